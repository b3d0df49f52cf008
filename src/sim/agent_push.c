/*
 * Ramper and igniter: who trades to move the price, and has the other half of
 * his trade behind it.  For lessons in surveillance; both are forbidden.
 *
 * He takes `takes` times, a pause apart, `quantity` lots or all that stands at
 * the best price, and reaches `reach` ticks beyond it; then he waits, and gives
 * back what he holds in some orders.  The ramper takes little, often, one price
 * after the other ("painting the tape": Securities Exchange Act 9(a)(2); IOSCO,
 * Investigating and prosecuting market manipulation, 2000).  The igniter takes
 * much in seconds, so that those who follow the price carry it on, and sells to
 * them (momentum ignition: SEC release 34-61358, Concept release on equity market
 * structure, 2010; ESMA Guidelines 2012/122).
 */
#include <config.h>

#include "sim/agent_slice.h"

enum {
	P_SIDE,
	P_TAKES,
	P_QTY,
	P_REACH,
	P_PAUSE,
	P_START,
	P_WAIT,
	P_BACK,
	P_BACK_PAUSE
};

/* clang-format off */
#define PUSH_PARAMS(takes_def, qty_def, reach_def, pause_def, wait_def,        \
    back_def, back_pause_def)                                                  \
	[P_SIDE] = {.name = "side", .kind = EXCH_PARAM_WORD,                   \
	    .what = "buy: it pushes upwards; or sell",                         \
	    .words = exch_agent_sides},                                        \
	[P_TAKES] = {.name = "takes", .unit = "", .what = "orders that push",  \
	    .def = takes_def, .min = 1, .max = 1e6},                           \
	[P_QTY] = {.name = "quantity", .unit = "lots",                         \
	    .what = "of each; 0: what stands at the best price",               \
	    .def = qty_def, .max = 1e9},                                       \
	[P_REACH] = {.name = "reach", .unit = "ticks",                         \
	    .what = "beyond the best price that they go at most",              \
	    .def = reach_def, .max = 1e6},                                     \
	[P_PAUSE] = {.name = "pause", .kind = EXCH_PARAM_TIME,                 \
	    .what = "between them", .def = pause_def, .min = 1, .max = 1e15},  \
	[P_START] = {.name = "start", .kind = EXCH_PARAM_TIME,                 \
	    .what = "of the first, from the beginning on",                     \
	    .def = 60e9, .max = 1e15},                                         \
	[P_WAIT] = {.name = "wait", .kind = EXCH_PARAM_TIME,                   \
	    .what = "before it gives back what it holds",                      \
	    .def = wait_def, .max = 1e15},                                     \
	[P_BACK] = {.name = "back", .unit = "",                                \
	    .what = "orders to do so; 0: it does not",                         \
	    .def = back_def, .max = 1e6},                                      \
	[P_BACK_PAUSE] = {.name = "back-pause", .kind = EXCH_PARAM_TIME,       \
	    .what = "between those", .def = back_pause_def, .min = 1,          \
	    .max = 1e15}
/* clang-format on */

static const struct exch_param ramper_params[] = {
    PUSH_PARAMS(12, 0, 0, 2e9, 30e9, 4, 5e9)};
static const struct exch_param igniter_params[] = {
    PUSH_PARAMS(10, 20, 1000, 200e6, 10e9, 5, 1e9)};

/* Numbers of the orders that give back, beyond all others. */
#define BACK_TAGS (UINT64_C(1) << 32)

struct push {
	struct exch_agent_view view;
	struct exch_slice in, out;
	uint64_t takes, backs; /* that were sent */
};

static int
open_push(struct exch_agent *a, struct exch_diag *d)
{
	struct push *k = a->state;
	int err = exch_agent_one(a, d);

	if (err != EXCH_OK)
		return err;
	exch_agent_view_init(&k->view);
	k->in.side = exch_agent_side(a, P_SIDE);
	k->out.side = exch_agent_other(k->in.side);
	k->in.limit = k->out.limit = EXCH_PX_NONE;
	k->out.tag = BACK_TAGS;
	a->wants.levels = 1;
	return EXCH_OK;
}

static int
take(struct exch_agent *a, struct exch_agent_out *o)
{
	struct push *k = a->state;
	const struct exch_rec_instrument *in = &a->instr[0];
	bool buys = k->in.side == EXCH_BUY;
	exch_px best = exch_agent_best(&k->view, k->out.side);
	uint64_t lots = exch_agent_whole(a, P_QTY);

	k->takes++;
	k->in.open = 0;
	if (best == EXCH_PX_NONE || !k->view.open)
		return EXCH_OK;
	if (lots == 0)
		lots = (buys ? k->view.offer_qty : k->view.bid_qty) / in->lot;
	k->in.limit = exch_agent_better(
	    best, (int64_t)exch_agent_whole(a, P_REACH), in->tick, k->in.side);
	/* A sale that reaches below nothing is one at any price. */
	if (k->in.limit <= 0)
		k->in.limit = EXCH_PX_NONE;
	return exch_slice_take(&k->in, in, lots, o);
}

/* The part of what it holds that is to be given back by now. */
static int
give_back(struct exch_agent *a, struct exch_agent_out *o)
{
	struct push *k = a->state;
	uint64_t n = exch_agent_whole(a, P_BACK);
	uint64_t due = k->in.done * ++k->backs / n;

	k->out.open = 0;
	if (!k->view.open || due <= k->out.done)
		return EXCH_OK;
	return exch_slice_take(&k->out, &a->instr[0], due - k->out.done, o);
}

/* The time of the next order, or none. */
static exch_ts
due(const struct exch_agent *a)
{
	const struct push *k = a->state;
	uint64_t takes = exch_agent_whole(a, P_TAKES);
	uint64_t pause = exch_agent_whole(a, P_PAUSE);
	exch_ts start = exch_agent_when(a, P_START);

	if (k->takes < takes)
		return start + k->takes * pause;
	if (k->backs == exch_agent_whole(a, P_BACK))
		return EXCH_TS_NONE;
	return start + (takes - 1) * pause + exch_agent_whole(a, P_WAIT) +
	       k->backs * exch_agent_whole(a, P_BACK_PAUSE);
}

static int
turn(struct exch_agent *a, exch_ts now, const struct exch_agent_msg *m,
    size_t n, struct exch_agent_out *o, struct exch_diag *d)
{
	struct push *k = a->state;
	int err = EXCH_OK;

	for (size_t i = 0; i < n; i++) {
		exch_agent_see(&k->view, &a->instr[0], &m[i]);
		exch_slice_hear(&k->in, &a->instr[0], &m[i]);
		exch_slice_hear(&k->out, &a->instr[0], &m[i]);
	}
	if (due(a) <= now)
		err = k->takes < exch_agent_whole(a, P_TAKES) ? take(a, o)
							      : give_back(a, o);
	if (err == EXCH_OK && due(a) != EXCH_TS_NONE)
		err = exch_agent_wake(o, due(a));
	return err == EXCH_OK ? EXCH_OK : exch_agent_no_memory(a, d);
}

const struct exch_agent_kind exch_agent_ramper = {
    .name = "ramper",
    .what = "raises the price by small trades, one after the other",
    .param = ramper_params,
    .nparam = EXCH_ARRAY_LEN(ramper_params),
    .size = sizeof(struct push),
    .open = open_push,
    .turn = turn,
};

const struct exch_agent_kind exch_agent_igniter = {
    .name = "igniter",
    .what = "starts a move by a burst and trades against those who follow",
    .param = igniter_params,
    .nparam = EXCH_ARRAY_LEN(igniter_params),
    .size = sizeof(struct push),
    .open = open_push,
    .turn = turn,
};
