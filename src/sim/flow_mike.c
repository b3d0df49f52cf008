/*
 * The empirical model of Mike and Farmer (2008): order flow by three laws that
 * were measured, and prices as what comes of them.
 *
 *	signs		have long memory: there are some large hidden orders,
 *			each on its side, whose pieces come one by one (Lillo,
 *			Mike and Farmer 2005).  Their lengths have Pareto's tail
 *			l^-alpha; the correlation of signs falls as
 *			lag^-(alpha - 1).
 *	prices		are a distance from the best of the own side that has
 *			Student's distribution; what crosses the spread trades.
 *	cancels		an order goes at each arrival with the probability
 *			A (1 - e^-y) (share of its side + B) / orders
 *			where y is its distance from the other best, in units of
 *			what that was when it came.
 *
 * Arrivals are Poisson here, and a cancel's probability at an arrival is a rate
 * between arrivals.  Candidates for a cancel come at the largest rate that can
 * be, A (1 + B) of the arrivals', whatever the number of orders is.
 */
#include <config.h>

#include <math.h>

#include "base/real.h"
#include "base/rng.h"
#include "sim/flow_common.h"
#include "sim/flow_kinds.h"

#define HIDDEN_MOST 64

enum {
	ORDER_RATE,
	MEMORY,
	HIDDEN,
	FREEDOM,
	SCALE,
	REACH,
	CANCEL_A,
	CANCEL_B,
	COMMON
};

static const struct exch_param params[] = {
    {.name = "order-rate",
	.unit = "1/s",
	.what = "orders of both sides",
	.def = 10,
	.min = 1e-9,
	.max = 1e9},
    {.name = "memory",
	.unit = "",
	.what = "tail of hidden orders' lengths (alpha); signs remember as "
		"lag^-(alpha - 1)",
	.def = 1.5,
	.min = 1.01,
	.max = 10},
    {.name = "hidden",
	.unit = "orders",
	.what = "hidden orders at a time",
	.def = 20,
	.min = 1,
	.max = HIDDEN_MOST},
    {.name = "freedom",
	.unit = "",
	.what = "degrees of freedom of Student's prices",
	.def = 1.3,
	.min = 0.5,
	.max = 100},
    {.name = "scale",
	.unit = "ticks",
	.what = "scale of Student's prices",
	.def = 4,
	.min = 0.1,
	.max = 1e6},
    {.name = "reach",
	.unit = "ticks",
	.what = "prices farther from the best are drawn anew",
	.def = 200,
	.min = 1,
	.max = 1e9},
    {.name = "cancel-a",
	.unit = "",
	.what = "A of the cancels; below 0.65 orders pile up",
	.def = 0.76,
	.min = 0.001,
	.max = 1000},
    {.name = "cancel-b",
	.unit = "",
	.what = "B of the cancels",
	.def = 0.2,
	.max = 1000},
    EXCH_FLOW_COMMON_PARAMS,
};

struct mike {
	struct exch_flow_common common;
	double rate, cancels; /* of orders, of candidates */
	double alpha, nu, scale, reach, b;
	unsigned hidden;
	uint64_t left[HIDDEN_MOST]; /* pieces of hidden orders to come */
	uint8_t side[HIDDEN_MOST];
	uint64_t added; /* of live, before the order that act() has given */
	bool cancel;	/* when() has found `id` */
	exch_oid id;
};

/* Another hidden order: at least one piece, of a discrete Pareto law. */
static void
hide(struct mike *s, struct exch_rng *r, unsigned i)
{
	double n = exch_rng_pareto(r, s->alpha);

	s->left[i] = n < 1e15 ? (uint64_t)n : UINT64_C(1000000000000000);
	s->side[i] = (uint8_t)exch_rng_below(r, 2);
}

static int
open_mike(struct exch_flow *f, struct exch_diag *d)
{
	struct mike *s = f->state;

	s->rate = exch_params_number(f->params, ORDER_RATE);
	s->alpha = exch_params_number(f->params, MEMORY);
	s->hidden = (unsigned)exch_params_number(f->params, HIDDEN);
	s->nu = exch_params_number(f->params, FREEDOM);
	s->scale = exch_params_number(f->params, SCALE);
	s->reach = exch_params_number(f->params, REACH);
	s->b = exch_params_number(f->params, CANCEL_B);
	s->cancels =
	    s->rate * exch_params_number(f->params, CANCEL_A) * (1 + s->b);
	for (unsigned i = 0; i < s->hidden; i++)
		hide(s, &f->rng, i);
	return exch_flow_common_open(&s->common, f, COMMON, d);
}

static void
close_mike(struct exch_flow *f)
{
	struct mike *s = f->state;

	exch_flow_common_close(&s->common);
}

/* Ticks from the other side's best, at least 1. */
static double
far(const struct exch_sim_market *m, unsigned side, int64_t tick)
{
	int64_t edge = exch_flow_edge(m, side);
	int64_t ticks = side == 0 ? edge - tick : tick - edge;

	return ticks > 1 ? (double)ticks : 1.0;
}

/* Is this candidate one that goes?  The last of a side stays. */
static bool
goes(struct mike *s, struct exch_flow *f, const struct exch_sim_market *m)
{
	size_t buys = exch_live_count(f->live, 0);
	size_t n = buys + exch_live_count(f->live, 1), i, own;
	unsigned side;
	int64_t tick, first;
	uint64_t lots;
	double y, p;

	if (n == 0)
		return false;
	i = exch_rng_below(&f->rng, n);
	side = i >= buys;
	own = side ? n - buys : buys;
	if (own < 2)
		return false;
	s->id = exch_live_pick(f->live, side, i - (side ? buys : 0));
	exch_live_find(f->live, s->id, &side, &tick, &lots);
	first = exch_live_noted(f->live, s->id);
	y = far(m, side, tick) / (first > 0 ? (double)first : 1.0);
	p = (1 - exch_real_exp(-y)) * ((double)own / (double)n + s->b) /
	    (1 + s->b);
	return exch_rng_unit(&f->rng) < p;
}

static exch_ts
when(struct exch_flow *f, const struct exch_sim_market *m)
{
	struct mike *s = f->state;
	double rate = s->rate + s->cancels, t = 0;

	do {
		t += exch_rng_exponential(&f->rng) / rate;
		s->cancel = exch_rng_unit(&f->rng) * rate >= s->rate;
	} while (s->cancel && !goes(s, f, m));
	return exch_flow_later(&s->common, m->now, t);
}

/* The side of the next piece, of one of the hidden orders. */
static unsigned
sign(struct mike *s, struct exch_rng *r)
{
	unsigned i = (unsigned)exch_rng_below(r, s->hidden);
	unsigned side = s->side[i];

	if (--s->left[i] == 0)
		hide(s, r, i);
	return side;
}

static void
act(struct exch_flow *f, const struct exch_sim_market *m,
    struct exch_flow_order *o)
{
	struct mike *s = f->state;
	int64_t best, step;
	unsigned side;
	double x;

	if (s->cancel) {
		o->what = EXCH_FLOW_CANCEL;
		o->id = s->id;
		return;
	}
	side = exch_flow_side(&s->common, f, m, sign(s, &f->rng));
	step = side == 0 ? 1 : -1; /* towards the other side */
	best = m->best[side];
	if (best == EXCH_SIM_NO_TICK)
		best = exch_flow_edge(m, side) - step;
	do {
		x = s->scale * exch_rng_student(&f->rng, s->nu);
	} while (fabs(x) > s->reach);
	s->added = exch_live_added(f->live, &s->id);
	exch_flow_limit(&s->common, f, m, side,
	    best + step * (int64_t)(x < 0 ? x - 0.5 : x + 0.5), o);
}

/* The order that has just come, if any of it rests, is told how far it is. */
static void
told(struct exch_flow *f, const struct exch_sim_market *m, bool own)
{
	struct mike *s = f->state;
	unsigned side;
	exch_oid last;
	int64_t tick;
	uint64_t lots;

	if (!own || s->cancel || exch_live_added(f->live, &last) == s->added)
		return;
	if (exch_live_find(f->live, last, &side, &tick, &lots))
		exch_live_note(f->live, last, (int64_t)far(m, side, tick));
}

const struct exch_flow_kind exch_flow_mike = {
    .name = "mike",
    .what = "measured laws of signs, prices and cancels (Mike, Farmer)",
    .param = params,
    .nparam = EXCH_ARRAY_LEN(params),
    .size = sizeof(struct mike),
    .reactive = true,
    .open = open_mike,
    .close = close_mike,
    .when = when,
    .act = act,
    .told = told,
};
