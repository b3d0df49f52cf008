/*
 * Quote stuffing: bursts of orders that live for one message's time, far from
 * where anything trades, so that others have more to read.  For lessons in
 * surveillance and in what a venue's throttle is for.  (Egginton, Van Ness and
 * Van Ness, Quote stuffing, Financial Management 45, 2016.)  Every other message
 * is an order, the one behind it its cancel.
 */
#include <config.h>

#include "sim/agent_view.h"

enum { P_RATE, P_QTY, P_DISTANCE, P_SIDE, P_START, P_FOR, P_EVERY, P_TIMES };

static const struct exch_param params[] = {
    [P_RATE] = {.name = "rate",
	.unit = "1/s",
	.what = "messages in a burst",
	.def = 2000,
	.min = 1,
	.max = 1e6},
    [P_QTY] = {.name = "quantity",
	.unit = "lots",
	.what = "of an order",
	.def = 1,
	.min = 1,
	.max = 1e9},
    [P_DISTANCE] = {.name = "distance",
	.unit = "ticks",
	.what = "from the best of its side",
	.def = 20,
	.max = 1e6},
    [P_SIDE] = {.name = "side",
	.kind = EXCH_PARAM_WORD,
	.what = "buy or sell",
	.words = exch_agent_sides},
    [P_START] = {.name = "start",
	.kind = EXCH_PARAM_TIME,
	.what = "of the first burst, from the beginning on",
	.def = 60e9,
	.max = 1e15},
    [P_FOR] = {.name = "for",
	.kind = EXCH_PARAM_TIME,
	.what = "a burst lasts",
	.def = 2e9,
	.min = 1e3,
	.max = 1e15},
    [P_EVERY] = {.name = "every",
	.kind = EXCH_PARAM_TIME,
	.what = "from one burst to the next",
	.def = 30e9,
	.min = 1e3,
	.max = 1e15},
    [P_TIMES] = {.name = "times",
	.unit = "",
	.what = "how many bursts",
	.def = 5,
	.min = 1,
	.max = 1e6},
};

struct stuffer {
	struct exch_agent_view view;
	uint64_t tag;
	uint64_t live;	 /* tag of the order that stands; 0: none */
	exch_ts start;	 /* of the present or next burst */
	uint64_t bursts; /* that are over */
};

static int
open_stuffer(struct exch_agent *a, struct exch_diag *d)
{
	struct stuffer *k = a->state;
	int err = exch_agent_one(a, d);

	exch_agent_view_init(&k->view);
	k->start = exch_agent_when(a, P_START);
	a->wants.levels = 1;
	return err;
}

static int
act(struct exch_agent *a, struct exch_agent_out *o)
{
	struct stuffer *k = a->state;
	const struct exch_rec_instrument *in = &a->instr[0];
	uint8_t side = exch_agent_side(a, P_SIDE);
	exch_px best = exch_agent_best(&k->view, side);
	exch_px about2 = exch_agent_about2(&k->view, in);
	exch_px price;
	uint64_t tag = k->live;

	k->live = 0;
	if (tag != 0)
		return exch_agent_cancel(o, tag);
	if (about2 == EXCH_PX_NONE)
		return EXCH_OK;
	if (best == EXCH_PX_NONE)
		best = about2 / 2;
	price = exch_agent_better(
	    best, -(int64_t)exch_agent_whole(a, P_DISTANCE), in->tick, side);
	price -= price % in->tick;
	if (price <= 0 || !k->view.open)
		return EXCH_OK;
	k->live = ++k->tag;
	return exch_agent_limit(o, in->h.instr, side, price,
	    exch_agent_whole(a, P_QTY) * in->lot, k->live);
}

static int
turn(struct exch_agent *a, exch_ts now, const struct exch_agent_msg *m,
    size_t n, struct exch_agent_out *o, struct exch_diag *d)
{
	struct stuffer *k = a->state;
	uint64_t pause =
	    (uint64_t)(1e9 / exch_params_number(a->params, P_RATE));
	exch_ts next = now + pause;
	int err = EXCH_OK;

	for (size_t i = 0; i < n; i++) {
		exch_agent_see(&k->view, &a->instr[0], &m[i]);
		if (exch_agent_gone(&m[i]) && m[i].tag == k->live)
			k->live = 0;
	}
	/* The last order of a burst does not outlive it. */
	if (now >= k->start &&
	    (now < k->start + exch_agent_whole(a, P_FOR) || k->live != 0)) {
		err = act(a, o);
	} else if (now >= k->start) {
		k->bursts++;
		k->start += exch_agent_whole(a, P_EVERY);
	}
	if (next < k->start)
		next = k->start;
	if (err == EXCH_OK && k->bursts < exch_agent_whole(a, P_TIMES))
		err = exch_agent_wake(o, next);
	return err == EXCH_OK ? EXCH_OK : exch_agent_no_memory(a, d);
}

const struct exch_agent_kind exch_agent_stuffer = {
    .name = "stuffer",
    .what = "sends bursts of orders that go at once",
    .param = params,
    .nparam = EXCH_ARRAY_LEN(params),
    .size = sizeof(struct stuffer),
    .open = open_stuffer,
    .turn = turn,
};
