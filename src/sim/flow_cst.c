/*
 * The order book as a queueing system (Cont, Stoikov and Talreja 2010).  What
 * comes at a price depends on how many ticks i it is from the other side's
 * best:
 *
 *	limit orders	lambda(i) a second, or k i^-alpha
 *	cancels		theta(i) a second for each order resting there
 *	market orders	mu a second on each side
 *
 * The lists end somewhere: beyond lambda's end nothing comes, beyond theta's
 * the last rate is good for all.
 *
 * Cancels are drawn by thinning: candidates come at theta's largest rate from
 * all orders alike, and one is taken with the share that its own rate is of it.
 * So nothing has to be summed over prices.  Candidates that are not taken
 * change nothing; when() goes on drawing until something happens, and keeps
 * what that is for act().
 */
#include <config.h>

#include "base/real.h"
#include "base/rng.h"
#include "sim/flow_common.h"
#include "sim/flow_kinds.h"

#define PRICES_MOST 64

enum {
	MARKET_RATE,
	LIMIT_RATES,
	LIMIT_POWER,
	LIMIT_LEVELS,
	CANCEL_RATES,
	COMMON
};

/* Of Sky Perfect Communications, Tokyo: the paper's table 1. */
static const double lambda[] = {1.85, 1.51, 1.09, 0.88, 0.77};
static const double theta[] = {0.71, 0.81, 0.68, 0.56, 0.47};

static const struct exch_param params[] = {
    {.name = "market-rate",
	.unit = "1/s",
	.what = "market orders on each side (mu)",
	.def = 0.94,
	.max = 1e9},
    {.name = "limit-rates",
	.unit = "1/s",
	.what = "limit orders 1, 2, ... ticks from the other best (lambda)",
	.most = PRICES_MOST,
	.max = 1e9,
	.defs = lambda,
	.ndefs = EXCH_ARRAY_LEN(lambda)},
    {.name = "limit-power",
	.unit = "1/s,",
	.what = "instead: k,alpha of a rate k i^-alpha at distance i",
	.most = 2,
	.max = 1e9},
    {.name = "limit-levels",
	.unit = "ticks",
	.what = "how far limit-power goes",
	.def = 20,
	.min = 1,
	.max = PRICES_MOST},
    {.name = "cancel-rates",
	.unit = "1/s",
	.what = "cancels of an order 1, 2, ... ticks from the other best "
		"(theta); the last is good for all beyond",
	.most = PRICES_MOST,
	.max = 1e9,
	.defs = theta,
	.ndefs = EXCH_ARRAY_LEN(theta)},
    EXCH_FLOW_COMMON_PARAMS,
};

struct cst {
	struct exch_flow_common common;
	double mu;
	double lambda; /* of all distances */
	struct exch_alias *distance;
	const double *theta;
	unsigned ntheta;
	double most; /* of theta */
	/* what when() has drawn */
	enum { MARKET, LIMIT, CANCEL } next;
	exch_oid id; /* of a cancel */
};

static int
open_limits(struct cst *c, const struct exch_params *p, struct exch_diag *d)
{
	const struct exch_param_value *v = exch_params_get(p, LIMIT_RATES);
	const struct exch_param_value *law = exch_params_get(p, LIMIT_POWER);
	double rate[PRICES_MOST];
	unsigned n = v->n;

	if (law->given && v->given)
		return exch_params_refuse(p, LIMIT_POWER, d,
		    "limit-rates and limit-power: give one of them");
	if (law->given && law->n != 2)
		return exch_params_refuse(p, LIMIT_POWER, d,
		    "limit-power: give two numbers, k,alpha");
	if (law->given)
		n = (unsigned)exch_params_number(p, LIMIT_LEVELS);
	for (unsigned i = 0; i < n; i++) {
		rate[i] = law->given
			      ? law->v[0] * exch_real_pow(i + 1, -law->v[1])
			      : v->v[i];
		c->lambda += rate[i];
	}
	if (c->lambda <= 0)
		return exch_params_refuse(p,
		    law->given ? LIMIT_POWER : LIMIT_RATES, d,
		    "limit orders: all rates are 0: give one above 0");
	return exch_flow_weights(rate, n, &c->distance, d);
}

static int
open_cst(struct exch_flow *f, struct exch_diag *d)
{
	struct cst *c = f->state;
	const struct exch_param_value *v =
	    exch_params_get(f->params, CANCEL_RATES);
	int rc;

	c->mu = exch_params_number(f->params, MARKET_RATE);
	c->theta = v->v;
	c->ntheta = v->n;
	for (unsigned i = 0; i < v->n; i++)
		c->most = c->most < v->v[i] ? v->v[i] : c->most;
	/* Orders that the price has left behind would stay for ever. */
	if (v->v[v->n - 1] <= 0)
		return exch_params_refuse(f->params, CANCEL_RATES, d,
		    "cancel-rates: the last is not above 0, and orders far "
		    "away would never go: give one above 0");
	rc = open_limits(c, f->params, d);
	return rc == EXCH_OK ? exch_flow_common_open(&c->common, f, COMMON, d)
			     : rc;
}

static void
close_cst(struct exch_flow *f)
{
	struct cst *c = f->state;

	exch_alias_free(c->distance);
	exch_flow_common_close(&c->common);
}

/* Is this one of those that go?  It is remembered. */
static bool
goes(struct cst *c, struct exch_flow *f, const struct exch_sim_market *m)
{
	size_t buys = exch_live_count(f->live, 0);
	size_t n = buys + exch_live_count(f->live, 1);
	size_t i = exch_rng_below(&f->rng, n);
	unsigned side = i >= buys;
	int64_t tick, far;
	uint64_t lots, place;

	c->id = exch_live_pick(f->live, side, i - (side ? buys : 0));
	exch_live_find(f->live, c->id, &side, &tick, &lots);
	far = exch_flow_edge(m, side) - tick;
	far = side == 0 ? far : -far;
	/* Below 1 only where the book is crossed, in a call. */
	place = far < 1 ? 0 : (uint64_t)far - 1;
	if (place >= c->ntheta)
		place = c->ntheta - 1;
	return exch_rng_unit(&f->rng) * c->most < c->theta[place];
}

static exch_ts
when(struct exch_flow *f, const struct exch_sim_market *m)
{
	struct cst *c = f->state;
	double n =
	    (double)(exch_live_count(f->live, 0) + exch_live_count(f->live, 1));
	double some = 2 * (c->mu + c->lambda), rate = some + c->most * n;
	double t = 0, r;

	do {
		t += exch_rng_exponential(&f->rng) / rate;
		r = exch_rng_unit(&f->rng) * rate;
		c->next = r < 2 * c->mu	      ? MARKET
			  : r < some || n < 1 ? LIMIT
					      : CANCEL;
	} while (c->next == CANCEL && !goes(c, f, m));
	return exch_flow_later(&c->common, m->now, t);
}

static void
act(struct exch_flow *f, const struct exch_sim_market *m,
    struct exch_flow_order *o)
{
	struct cst *c = f->state;
	unsigned side;

	if (c->next == CANCEL) {
		o->what = EXCH_FLOW_CANCEL;
		o->id = c->id;
		return;
	}
	side = exch_flow_side(
	    &c->common, f, m, (unsigned)exch_rng_below(&f->rng, 2));
	if (c->next == MARKET)
		exch_flow_market(&c->common, f, m, side, o);
	else
		exch_flow_limit(&c->common, f, m, side,
		    exch_flow_behind(
			m, side, 1 + exch_alias_draw(c->distance, &f->rng)),
		    o);
}

const struct exch_flow_kind exch_flow_cst = {
    .name = "cst",
    .what = "queues by distance from the best (Cont, Stoikov, Talreja)",
    .param = params,
    .nparam = EXCH_ARRAY_LEN(params),
    .size = sizeof(struct cst),
    .reactive = true,
    .open = open_cst,
    .close = close_cst,
    .when = when,
    .act = act,
};
