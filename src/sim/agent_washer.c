/*
 * Wash trades: buying from oneself, so that there seems to be trade.  For
 * lessons in surveillance; forbidden (Commodity Exchange Act 4c(a); FINRA rule
 * 5210.02).
 *
 * An agent has one account.  With `part both` it is both sides itself: an order
 * rests inside the spread, and another one, `delay` later, meets it; a venue that
 * prevents self-trades stops that.  Two accounts are two agents with the same
 * `start`, `every` and `delay`: `part first` shows its order, `part second` takes
 * it, and every other time it goes the other way, so that nothing is held.  They
 * do not speak to each other, but both see the market and keep to the times: what
 * stands inside the spread at that moment is theirs, as it may not be when
 * somebody is faster.
 */
#include <config.h>

#include "sim/agent_view.h"

enum { P_PART, P_QTY, P_START, P_EVERY, P_TIMES, P_DELAY };

static const char *const parts[] = {"both", "first", "second", NULL};
enum { BOTH, FIRST, SECOND };

static const struct exch_param params[] = {
    [P_PART] = {.name = "part",
	.kind = EXCH_PARAM_WORD,
	.what = "that it plays: both, or with another agent",
	.words = parts},
    [P_QTY] = {.name = "quantity",
	.unit = "lots",
	.what = "of a trade",
	.def = 5,
	.min = 1,
	.max = 1e9},
    [P_START] = {.name = "start",
	.kind = EXCH_PARAM_TIME,
	.what = "of the first trade, from the beginning on",
	.def = 60e9,
	.max = 1e15},
    [P_EVERY] = {.name = "every",
	.kind = EXCH_PARAM_TIME,
	.what = "from one trade to the next",
	.def = 10e9,
	.min = 1e3,
	.max = 1e15},
    [P_TIMES] = {.name = "times",
	.unit = "",
	.what = "how many trades",
	.def = 20,
	.min = 1,
	.max = 1e6},
    [P_DELAY] = {.name = "delay",
	.kind = EXCH_PARAM_TIME,
	.what = "from the order that rests to the one that meets it",
	.def = 1e6,
	.min = 1,
	.max = 1e15},
};

struct washer {
	struct exch_agent_view view;
	uint64_t begun, met; /* trades, by what was sent of them */
	uint64_t tag;
	uint64_t rests; /* tag of the order that rests; 0: none */
	exch_px price;	/* of it */
};

static int
open_washer(struct exch_agent *a, struct exch_diag *d)
{
	struct washer *k = a->state;
	int err = exch_agent_one(a, d);

	exch_agent_view_init(&k->view);
	a->wants.levels = 1;
	return err;
}

static exch_ts
begins(const struct exch_agent *a, uint64_t i)
{
	return exch_agent_when(a, P_START) + i * exch_agent_whole(a, P_EVERY);
}

/* Side of the order that rests in trade i. */
static uint8_t
resting(uint64_t i)
{
	return i % 2 == 0 ? EXCH_SELL : EXCH_BUY;
}

/* A tick inside the spread; where there is no room, nothing. */
static int
rest(struct exch_agent *a, struct exch_agent_out *o)
{
	struct washer *k = a->state;
	const struct exch_rec_instrument *in = &a->instr[0];
	uint8_t side = resting(k->begun++);
	exch_px best = exch_agent_best(&k->view, side);
	exch_px against = exch_agent_best(&k->view, exch_agent_other(side));
	exch_px price;

	k->rests = 0;
	if (best == EXCH_PX_NONE || against == EXCH_PX_NONE || !k->view.open)
		return EXCH_OK;
	price = exch_agent_better(best, 1, in->tick, side);
	if (price == against)
		return EXCH_OK;
	k->price = price;
	k->rests = ++k->tag;
	return exch_agent_limit(o, in->h.instr, side, price,
	    exch_agent_whole(a, P_QTY) * in->lot, k->rests);
}

/* To the price of what rests, and no further. */
static int
meet(struct exch_agent *a, struct exch_agent_out *o)
{
	struct washer *k = a->state;
	const struct exch_rec_instrument *in = &a->instr[0];
	uint8_t side = exch_agent_other(resting(k->met++));
	exch_px price = k->price;

	if (exch_agent_whole(a, P_PART) == SECOND)
		price = exch_agent_best(&k->view, exch_agent_other(side));
	else if (k->rests == 0)
		return EXCH_OK;
	if (price == EXCH_PX_NONE || !k->view.open)
		return EXCH_OK;
	return exch_agent_take(o, in->h.instr, side, price,
	    exch_agent_whole(a, P_QTY) * in->lot, ++k->tag);
}

/* What nobody met does not stay. */
static int
clear(struct washer *k, struct exch_agent_out *o)
{
	uint64_t tag = k->rests;

	k->rests = 0;
	return tag != 0 ? exch_agent_cancel(o, tag) : EXCH_OK;
}

static int
act(struct exch_agent *a, exch_ts now, struct exch_agent_out *o)
{
	struct washer *k = a->state;
	uint64_t part = exch_agent_whole(a, P_PART);
	uint64_t times = exch_agent_whole(a, P_TIMES);
	uint64_t delay = exch_agent_whole(a, P_DELAY);
	int err = EXCH_OK;

	if (k->met < k->begun && begins(a, k->met) + delay <= now) {
		if (part == FIRST)
			k->met++;
		else
			err = meet(a, o);
	} else if (k->begun < times && begins(a, k->begun) <= now) {
		err = clear(k, o);
		if (err == EXCH_OK && part != SECOND)
			err = rest(a, o);
		else
			k->begun++;
	}
	if (err != EXCH_OK)
		return err;
	if (k->met < k->begun)
		return exch_agent_wake(o, begins(a, k->met) + delay);
	if (k->begun < times)
		return exch_agent_wake(o, begins(a, k->begun));
	return EXCH_OK;
}

static int
turn(struct exch_agent *a, exch_ts now, const struct exch_agent_msg *m,
    size_t n, struct exch_agent_out *o, struct exch_diag *d)
{
	struct washer *k = a->state;
	int err;

	for (size_t i = 0; i < n; i++) {
		exch_agent_see(&k->view, &a->instr[0], &m[i]);
		if (exch_agent_gone(&m[i]) && m[i].tag == k->rests)
			k->rests = 0;
	}
	err = act(a, now, o);
	return err == EXCH_OK ? EXCH_OK : exch_agent_no_memory(a, d);
}

const struct exch_agent_kind exch_agent_washer = {
    .name = "washer",
    .what = "trades with itself, or with another one by appointment",
    .param = params,
    .nparam = EXCH_ARRAY_LEN(params),
    .size = sizeof(struct washer),
    .open = open_washer,
    .turn = turn,
};
