/*
 * An order that takes part in the market's volume: of all that is traded in its
 * time, the agent's trades included, a given share is its own.  Others' volume
 * V then calls for V * share / (1 - share); what is missing to that is taken at
 * once.  (Kissell and Glantz, Optimal Trading Strategies, 2003: a participation
 * order.  The algorithm of 6 May 2010 sold at 9 % of the volume of the minute
 * before, with every sale adding to the volume it looked at.)
 */
#include <config.h>

#include "sim/agent_slice.h"

enum { P_SIDE, P_QTY, P_SHARE, P_START, P_OVER, P_EVERY, P_LIMIT };

static const struct exch_param params[] = {
    [P_SIDE] = {.name = "side",
	.kind = EXCH_PARAM_WORD,
	.what = "buy or sell",
	.words = exch_agent_sides},
    [P_QTY] = {.name = "quantity",
	.unit = "lots",
	.what = "at most",
	.needed = true,
	.min = 1,
	.max = 1e9},
    [P_SHARE] = {.name = "share",
	.unit = "%",
	.what = "of the volume, its own included",
	.def = 10,
	.min = 0.01,
	.max = 90},
    [P_START] = {.name = "start",
	.kind = EXCH_PARAM_TIME,
	.what = "when it begins to count, from the beginning on",
	.max = 1e15},
    [P_OVER] = {.name = "over",
	.kind = EXCH_PARAM_TIME,
	.what = "how long; 0: the rest of the run",
	.max = 1e15},
    [P_EVERY] = {.name = "every",
	.kind = EXCH_PARAM_TIME,
	.what = "how often it looks; 0: at every trade",
	.max = 1e15},
    [P_LIMIT] = {.name = "limit",
	.unit = "price",
	.what = "not beyond it; 0: at any price",
	.max = 9e9},
};

struct pov {
	struct exch_agent_view view;
	struct exch_slice s;
	exch_ts start, end, every;
	double factor;	 /* of what others trade */
	uint64_t volume; /* lots before it began to count */
	bool counts;
};

static int
open_pov(struct exch_agent *a, struct exch_diag *d)
{
	struct pov *k = a->state;
	double share = exch_params_number(a->params, P_SHARE) / 100;
	exch_ts over = exch_agent_whole(a, P_OVER);
	int err = exch_agent_one(a, d);

	if (err != EXCH_OK)
		return err;
	exch_agent_view_init(&k->view);
	k->s.side = exch_agent_side(a, P_SIDE);
	k->s.want = exch_agent_whole(a, P_QTY);
	k->s.limit = exch_agent_price(a->instr[0].tick,
	    exch_params_number(a->params, P_LIMIT), k->s.side);
	k->start = exch_agent_when(a, P_START);
	k->end = over != 0 ? k->start + over : a->end;
	k->every = exch_agent_whole(a, P_EVERY);
	k->factor = share / (1 - share);
	a->wants.trades = true;
	/*
	 * Nothing but a trade wakes it: what was cancelled because nobody was
	 * there would find nobody a nanosecond later either.
	 */
	if (k->every == 0)
		a->wants.wakes = EXCH_WAKES(EXCH_TOLD_TRADE);
	return EXCH_OK;
}

/* What it should have by now, in lots. */
static uint64_t
aim(const struct pov *k)
{
	uint64_t seen = k->view.volume - k->volume;
	uint64_t others = seen > k->s.done ? seen - k->s.done : 0;
	/* A share is no exact fraction of two: 1/9 of 9 is 1. */
	double lots = (double)others * k->factor + 1e-9;

	return lots < (double)k->s.want ? (uint64_t)lots : k->s.want;
}

static int
turn(struct exch_agent *a, exch_ts now, const struct exch_agent_msg *m,
    size_t n, struct exch_agent_out *o, struct exch_diag *d)
{
	struct pov *k = a->state;
	int err = EXCH_OK;
	uint64_t lots;

	for (size_t i = 0; i < n; i++) {
		/* What is traded before the start is no volume of its own. */
		if (!k->counts && m[i].time >= k->start) {
			k->counts = true;
			k->volume = k->view.volume;
		}
		exch_agent_see(&k->view, &a->instr[0], &m[i]);
		exch_slice_hear(&k->s, &a->instr[0], &m[i]);
	}
	if (k->counts && now < k->end) {
		lots = aim(k);
		if (lots > k->s.done)
			err = exch_slice_take(
			    &k->s, &a->instr[0], lots - k->s.done, o);
	}
	if (err == EXCH_OK && k->every != 0 && now < k->end)
		err = exch_agent_wake(
		    o, now < k->start ? k->start : now + k->every);
	return err == EXCH_OK ? EXCH_OK : exch_agent_no_memory(a, d);
}

const struct exch_agent_kind exch_agent_pov = {
    .name = "pov",
    .what = "takes a share of what the market trades",
    .param = params,
    .nparam = EXCH_ARRAY_LEN(params),
    .size = sizeof(struct pov),
    .open = open_pov,
    .turn = turn,
};
