/*
 * Zero intelligence: the Santa Fe model (Daniels, Farmer, Gillemot, Iori and
 * Smith 2003; Smith, Farmer, Gillemot and Krishnamurthy 2003).  Everything
 * comes at random and nobody thinks:
 *
 *	market orders	mu a second, half of them on each side
 *	limit orders	alpha a second at each price of each side's half-line,
 *			up to a window behind the other side's best
 *	cancels		delta a second for each resting order
 *
 * All rates are known when something is drawn, so that one number says what
 * happens: it falls into one of the stretches of the sum of rates,
 *
 *	| mu | alpha x window, buys | the same, sells | delta x orders |
 *
 * and where it falls there says which price, or which order.
 */
#include <config.h>

#include "base/real.h"
#include "sim/flow_common.h"
#include "sim/flow_kinds.h"

enum { MARKET_RATE, LIMIT_RATE, CANCEL_RATE, WINDOW, COMMON };

static const struct exch_param params[] = {
    {.name = "market-rate",
	.unit = "1/s",
	.what = "market orders of both sides (mu)",
	.def = 10,
	.max = 1e9},
    {.name = "limit-rate",
	.unit = "1/s/tick",
	.what = "limit orders at each price of a side (alpha)",
	.def = 2,
	.min = EXCH_FLOW_RATE_LEAST,
	.max = 1e9},
    {.name = "cancel-rate",
	.unit = "1/s",
	.what = "cancels of each order (delta)",
	.def = 0.2,
	.max = 1e9},
    {.name = "window",
	.unit = "ticks",
	.what = "prices behind the other side's best that get orders",
	.def = 30,
	.min = 1,
	.max = 1e6},
    EXCH_FLOW_COMMON_PARAMS,
};

struct zero {
	struct exch_flow_common common;
	double mu, alpha, delta;
	double limits; /* alpha x window: the rate of a side */
	int64_t window;
};

static int
open_zero(struct exch_flow *f, struct exch_diag *d)
{
	struct zero *z = f->state;

	z->mu = exch_params_number(f->params, MARKET_RATE);
	z->alpha = exch_params_number(f->params, LIMIT_RATE);
	z->delta = exch_params_number(f->params, CANCEL_RATE);
	z->window = (int64_t)exch_params_number(f->params, WINDOW);
	z->limits = z->alpha * (double)z->window;
	/* With neither, orders would pile up until memory ends. */
	if (z->mu <= 0 && z->delta <= 0)
		return exch_params_refuse(f->params, CANCEL_RATE, d,
		    "market-rate and cancel-rate are both 0: orders would "
		    "come and never go; give one above 0");
	return exch_flow_common_open(&z->common, f, COMMON, d);
}

static void
close_zero(struct exch_flow *f)
{
	struct zero *z = f->state;

	exch_flow_common_close(&z->common);
}

static double
cancels(const struct zero *z, const struct exch_flow *f)
{
	return z->delta * (double)(exch_live_count(f->live, 0) +
				   exch_live_count(f->live, 1));
}

static exch_ts
when(struct exch_flow *f, const struct exch_sim_market *m)
{
	const struct zero *z = f->state;
	double rate = z->mu + 2 * z->limits + cancels(z, f);

	return exch_flow_later(
	    &z->common, m->now, exch_rng_exponential(&f->rng) / rate);
}

static void
limit(const struct zero *z, struct exch_flow *f,
    const struct exch_sim_market *m, double r, struct exch_flow_order *o)
{
	int64_t k = (int64_t)(r / z->alpha);
	unsigned side = k >= z->window;

	k -= side ? z->window : 0;
	if (k >= z->window) /* by rounding */
		k = z->window - 1;
	side = exch_flow_side(&z->common, f, m, side);
	exch_flow_limit(
	    &z->common, f, m, side, exch_flow_behind(m, side, k + 1), o);
}

static void
cancel(const struct zero *z, const struct exch_flow *f, double r,
    struct exch_flow_order *o)
{
	size_t i = (size_t)(r / z->delta), buys = exch_live_count(f->live, 0);
	size_t n = buys + exch_live_count(f->live, 1);

	o->what = EXCH_FLOW_CANCEL;
	if (i >= n) /* by rounding */
		i = n - 1;
	o->side = i >= buys;
	o->id = exch_live_pick(f->live, o->side, i - (o->side ? buys : 0));
}

static void
act(struct exch_flow *f, const struct exch_sim_market *m,
    struct exch_flow_order *o)
{
	const struct zero *z = f->state;
	double some = z->mu + 2 * z->limits, go = cancels(z, f);
	double r = exch_rng_unit(&f->rng) * (some + go);

	if (r < z->mu)
		exch_flow_market(&z->common, f, m,
		    exch_flow_side(&z->common, f, m, r >= z->mu / 2), o);
	else if (r < some || go <= 0)
		limit(z, f, m, r - z->mu, o);
	else
		cancel(z, f, r - some, o);
}

const struct exch_flow_kind exch_flow_zero = {
    .name = "zero",
    .what = "zero intelligence: everything at random (Santa Fe)",
    .param = params,
    .nparam = EXCH_ARRAY_LEN(params),
    .size = sizeof(struct zero),
    .reactive = true,
    .open = open_zero,
    .close = close_zero,
    .when = when,
    .act = act,
};
