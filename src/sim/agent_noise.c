/*
 * Noise: orders without a reason.  At times of a Poisson process it sends an
 * order to either side, with a given chance a market order, otherwise a limit
 * order so many ticks behind the other side's best as chance has it.  (Gode and
 * Sunder, Allocative efficiency of markets with zero-intelligence traders,
 * Journal of Political Economy 101, 1993; the noise agents of Byrd, Hybinette
 * and Balch, ABIDES, arXiv 1904.12066, 2019.)  So many of its limit orders live
 * at most; one more is the end of that which has its place, an old one.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/real.h"
#include "base/variate.h"
#include "sim/agent_view.h"

enum { P_RATE, P_MARKET, P_QTY, P_DEPTH, P_ORDERS };

static const struct exch_param params[] = {
    [P_RATE] = {.name = "rate",
	.unit = "1/s",
	.what = "orders",
	.def = 0.5,
	.min = 1e-6,
	.max = 1e6},
    [P_MARKET] = {.name = "market",
	.unit = "%",
	.what = "of the orders that are market orders",
	.def = 50,
	.max = 100},
    [P_QTY] = {.name = "quantity",
	.unit = "lots",
	.what = "of an order at most, each from 1 on as likely",
	.def = 1,
	.min = 1,
	.max = 1e9},
    [P_DEPTH] = {.name = "depth",
	.unit = "ticks",
	.what = "behind the other side's best at most, each as likely",
	.def = 10,
	.min = 1,
	.max = 1e6},
    [P_ORDERS] = {.name = "orders",
	.unit = "",
	.what = "that live at most",
	.def = 20,
	.min = 1,
	.max = 1e6},
};

struct noise {
	struct exch_agent_view view;
	uint64_t tag;
	uint64_t *live; /* tags that live, by tag modulo their number */
	uint64_t orders;
};

static int
open_noise(struct exch_agent *a, struct exch_diag *d)
{
	struct noise *k = a->state;
	int err = exch_agent_one(a, d);

	if (err != EXCH_OK)
		return err;
	exch_agent_view_init(&k->view);
	k->orders = exch_agent_whole(a, P_ORDERS);
	k->live = exch_calloc(k->orders, sizeof(*k->live));
	a->wants.levels = 1;
	a->wants.wakes = EXCH_WAKES(EXCH_TOLD_PHASE);
	return k->live != NULL ? EXCH_OK : exch_agent_no_memory(a, d);
}

static void
close_noise(struct exch_agent *a)
{
	struct noise *k = a->state;

	exch_free(k->live);
}

static exch_ts
later(struct exch_agent *a, exch_ts now)
{
	double s = exch_rng_exponential(&a->rng) /
		   exch_params_number(a->params, P_RATE);

	return now + (exch_ts)(s * 1e9);
}

static int
rest(
    struct exch_agent *a, uint8_t side, uint64_t lots, struct exch_agent_out *o)
{
	struct noise *k = a->state;
	const struct exch_rec_instrument *in = &a->instr[0];
	uint8_t other = exch_agent_other(side);
	exch_px from = exch_agent_best(&k->view, other);
	int64_t ticks =
	    (int64_t)exch_rng_below(&a->rng, exch_agent_whole(a, P_DEPTH)) + 1;
	uint64_t *slot;
	int err = EXCH_OK;

	if (from == EXCH_PX_NONE) {
		exch_px about2 = exch_agent_about2(&k->view, in);

		if (about2 == EXCH_PX_NONE)
			return EXCH_OK;
		from = exch_agent_grid(
		    in->tick, (double)about2 / (2.0 * (double)in->tick), side);
	}
	from = exch_agent_better(from, -ticks, in->tick, side);
	if (from <= 0 || k->view.closed)
		return EXCH_OK;
	slot = &k->live[++k->tag % k->orders];
	if (*slot != 0)
		err = exch_agent_cancel(o, *slot);
	*slot = k->tag;
	if (err != EXCH_OK)
		return err;
	return exch_agent_limit(
	    o, in->h.instr, side, from, lots * in->lot, k->tag);
}

/* All chances are drawn before any is used: an auction changes none. */
static int
act(struct exch_agent *a, struct exch_agent_out *o)
{
	struct noise *k = a->state;
	const struct exch_rec_instrument *in = &a->instr[0];
	uint8_t side = exch_rng_below(&a->rng, 2) == 0 ? EXCH_BUY : EXCH_SELL;
	uint64_t lots = 1 + exch_rng_below(&a->rng, exch_agent_whole(a, P_QTY));
	bool market = exch_rng_unit(&a->rng) * 100 <
		      exch_params_number(a->params, P_MARKET);

	if (!market)
		return rest(a, side, lots, o);
	if (!k->view.open)
		return EXCH_OK;
	return exch_agent_market(
	    o, in->h.instr, side, lots * in->lot, ++k->tag);
}

static int
turn(struct exch_agent *a, exch_ts now, const struct exch_agent_msg *m,
    size_t n, struct exch_agent_out *o, struct exch_diag *d)
{
	struct noise *k = a->state;
	bool due = exch_agent_is_due(&k->view, m, n);
	int err = EXCH_OK;

	for (size_t i = 0; i < n; i++) {
		uint64_t *slot = &k->live[m[i].tag % k->orders];

		exch_agent_see(&k->view, &a->instr[0], &m[i]);
		if (exch_agent_gone(&m[i]) && *slot == m[i].tag)
			*slot = 0;
	}
	/* At the beginning there is nothing to react to but the time. */
	if (n > 0 && m[n - 1].what == EXCH_TOLD_TIMER)
		err = act(a, o);
	if (err == EXCH_OK && due)
		err = exch_agent_next(&k->view, later(a, now), o);
	return err == EXCH_OK ? EXCH_OK : exch_agent_no_memory(a, d);
}

const struct exch_agent_kind exch_agent_noise = {
    .name = "noise",
    .what = "sends orders without a reason",
    .param = params,
    .nparam = EXCH_ARRAY_LEN(params),
    .size = sizeof(struct noise),
    .open = open_noise,
    .close = close_noise,
    .turn = turn,
};
