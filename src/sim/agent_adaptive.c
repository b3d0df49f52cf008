/*
 * A market maker who looks about: several levels on both sides, farther apart
 * when prices move more, larger when more is traded, shifted against what he
 * holds; and one who leaves when it becomes too much.
 *
 * At a fixed pace he measures two moving means, exponentially weighted: of the
 * squared steps of the middle of the market, which gives the half-spread, and of
 * the volume, of which each quote is a share (the adaptive makers of ABIDES,
 * configuration rmsc04, arXiv 1904.12066: 2.5 % of the volume, 10 levels, 60 s;
 * quotes that follow volatility: Ho and Stoll, Optimal dealer pricing under
 * transactions and return uncertainty, Journal of Financial Economics 9, 1981).
 * Quotes that are where they should be stay, and keep their place in the queue.
 * When a step of the middle is beyond `panic`, he withdraws everything and is
 * away for a while, as makers were on 6 May 2010.
 *
 * Always true of each side: held + all that may still be executed <= limit.
 */
#include <config.h>

#include <math.h>

#include "sim/agent_view.h"

#define LEVELS_MOST 20u
#define QUOTES_MOST (2 * LEVELS_MOST) /* those that are leaving, too */

enum {
	P_EVERY,
	P_LEVELS,
	P_GAP,
	P_SHARE,
	P_QTY,
	P_HALF,
	P_DEVIATIONS,
	P_MEMORY,
	P_SKEW,
	P_LIMIT,
	P_PANIC,
	P_AWAY
};

static const struct exch_param params[] = {
    [P_EVERY] = {.name = "every",
	.kind = EXCH_PARAM_TIME,
	.what = "between two looks at the market",
	.def = 1e9,
	.min = 1e3,
	.max = 1e15},
    [P_LEVELS] = {.name = "levels",
	.unit = "",
	.what = "of quotes on each side",
	.def = 5,
	.min = 1,
	.max = LEVELS_MOST},
    [P_GAP] = {.name = "gap",
	.unit = "ticks",
	.what = "from one level to the next",
	.def = 1,
	.min = 1,
	.max = 1e6},
    [P_SHARE] = {.name = "share",
	.unit = "%",
	.what = "of the volume between two looks that a quote is",
	.def = 2.5,
	.max = 100},
    [P_QTY] = {.name = "quantity",
	.unit = "lots",
	.what = "of a quote at least",
	.def = 1,
	.min = 1,
	.max = 1e9},
    [P_HALF] = {.name = "half-spread",
	.unit = "ticks",
	.what = "from the middle to the first level at least",
	.def = 1,
	.max = 1e6},
    [P_DEVIATIONS] = {.name = "deviations",
	.unit = "",
	.what = "of a step of the middle that the half-spread is",
	.def = 1,
	.max = 1e3},
    [P_MEMORY] = {.name = "memory",
	.unit = "looks",
	.what = "of its means",
	.def = 20,
	.min = 1,
	.max = 1e6},
    [P_SKEW] = {.name = "skew",
	.unit = "ticks",
	.what = "that quotes shift when it holds all that it may",
	.def = 5,
	.max = 1e6},
    [P_LIMIT] = {.name = "limit",
	.unit = "lots",
	.what = "position that it does not exceed",
	.def = 100,
	.min = 1,
	.max = 1e9},
    [P_PANIC] = {.name = "panic",
	.unit = "ticks",
	.what = "step of the middle that makes it leave; 0: none does",
	.def = 0,
	.max = 1e9},
    [P_AWAY] = {.name = "away",
	.kind = EXCH_PARAM_TIME,
	.what = "for so long",
	.def = 60e9,
	.min = 1e3,
	.max = 1e15},
};

struct quote {
	uint64_t tag; /* 0: none */
	exch_px price;
	uint64_t lots; /* that may still be executed */
	bool leaving;  /* its cancel is on its way */
};

struct adaptive {
	struct exch_agent_view view;
	struct quote q[2][QUOTES_MOST];
	uint64_t tag;
	int64_t held;  /* lots */
	exch_px tick;  /* what `square` is counted in */
	exch_px mid2;  /* at the last look */
	double square; /* mean of squared steps, ticks^2 */
	double volume; /* mean lots from look to look */
	uint64_t seen; /* volume at the last look */
	exch_ts back;  /* when it is there again */
};

static int
open_adaptive(struct exch_agent *a, struct exch_diag *d)
{
	struct adaptive *k = a->state;
	int err = exch_agent_one(a, d);

	exch_agent_view_init(&k->view);
	k->tick = a->instr[0].tick;
	k->mid2 = EXCH_PX_NONE;
	a->wants.levels = 1;
	a->wants.trades = true;
	return err;
}

/* ---- what it hears ---- */

static void
hear(struct exch_agent *a, const struct exch_agent_msg *m)
{
	struct adaptive *k = a->state;
	unsigned side = m->side != EXCH_BUY;
	uint64_t lots = m->qty / a->instr[0].lot;

	exch_agent_see(&k->view, &a->instr[0], m);
	if (m->what == EXCH_TOLD_FILLED)
		k->held += side == 0 ? (int64_t)lots : -(int64_t)lots;
	if (m->tag == 0)
		return;
	for (unsigned i = 0; i < QUOTES_MOST; i++) {
		struct quote *q = &k->q[side][i];

		if (q->tag != m->tag)
			continue;
		if (exch_agent_gone(m))
			*q = (struct quote){0};
		else if (m->what == EXCH_TOLD_FILLED)
			q->lots -= lots < q->lots ? lots : q->lots;
	}
}

/* The step since the last look, in ticks; means are brought up to now. */
static double
measure(struct exch_agent *a)
{
	struct adaptive *k = a->state;
	double weight = 2 / (exch_params_number(a->params, P_MEMORY) + 1);
	double traded = (double)(k->view.volume - k->seen);
	exch_px mid2 = exch_agent_mid2(&k->view);
	exch_px tick = a->instr[0].tick;
	double step = 0;

	if (tick != k->tick) {
		double factor = (double)k->tick / (double)tick;

		k->square *= factor * factor;
		k->tick = tick;
	}
	if (k->mid2 != EXCH_PX_NONE && mid2 != EXCH_PX_NONE)
		step = (double)(mid2 - k->mid2) / (2.0 * (double)tick);
	if (mid2 != EXCH_PX_NONE)
		k->mid2 = mid2;
	else if (k->mid2 == EXCH_PX_NONE)
		k->mid2 = exch_agent_about2(&k->view, &a->instr[0]);
	k->square += (step * step - k->square) * weight;
	k->volume += (traded - k->volume) * weight;
	k->seen = k->view.volume;
	return step;
}

/* ---- quotes ---- */

/* Where level i of a side is wanted. */
static exch_px
wanted(const struct exch_agent *a, unsigned side, unsigned i)
{
	const struct adaptive *k = a->state;
	exch_px tick = a->instr[0].tick;
	double least = exch_params_number(a->params, P_HALF);
	double half =
	    exch_params_number(a->params, P_DEVIATIONS) * sqrt(k->square);
	double shift = exch_params_number(a->params, P_SKEW) * (double)k->held /
		       exch_params_number(a->params, P_LIMIT);
	double away = (half > least ? half : least) +
		      exch_params_number(a->params, P_GAP) * i;

	return exch_agent_grid(tick,
	    (double)k->mid2 / (2.0 * (double)tick) - shift +
		(side == 0 ? -away : away),
	    side == 0 ? EXCH_BUY : EXCH_SELL);
}

/* Quotes for which `keep` has no place any more are withdrawn. */
static int
withdraw(struct adaptive *k, unsigned side, const exch_px *keep, unsigned n,
    struct exch_agent_out *o)
{
	int err = EXCH_OK;

	for (unsigned j = 0; j < QUOTES_MOST && err == EXCH_OK; j++) {
		struct quote *q = &k->q[side][j];
		bool stays = false;

		if (q->tag == 0 || q->leaving)
			continue;
		for (unsigned i = 0; i < n; i++)
			stays = stays || keep[i] == q->price;
		if (stays)
			continue;
		q->leaving = true;
		err = exch_agent_cancel(o, q->tag);
	}
	return err;
}

/* What may still be added to a side, in lots. */
static uint64_t
room(const struct exch_agent *a, unsigned side)
{
	const struct adaptive *k = a->state;
	int64_t left = (int64_t)exch_agent_whole(a, P_LIMIT) -
		       (side == 0 ? k->held : -k->held);

	for (unsigned j = 0; j < QUOTES_MOST; j++)
		left -= (int64_t)k->q[side][j].lots;
	return left > 0 ? (uint64_t)left : 0;
}

static int
add(struct exch_agent *a, unsigned side, exch_px price, uint64_t lots,
    struct exch_agent_out *o)
{
	struct adaptive *k = a->state;
	const struct exch_rec_instrument *in = &a->instr[0];
	struct quote *empty = NULL;

	for (unsigned j = 0; j < QUOTES_MOST; j++) {
		struct quote *q = &k->q[side][j];

		if (q->tag != 0 && !q->leaving && q->price == price)
			return EXCH_OK;
		if (q->tag == 0)
			empty = q;
	}
	if (empty == NULL || lots == 0 || price <= 0)
		return EXCH_OK;
	*empty = (struct quote){++k->tag, price, lots, false};
	return exch_agent_limit(o, in->h.instr,
	    side == 0 ? EXCH_BUY : EXCH_SELL, price, lots * in->lot, k->tag);
}

static int
quote(struct exch_agent *a, unsigned side, struct exch_agent_out *o)
{
	struct adaptive *k = a->state;
	unsigned n = (unsigned)exch_agent_whole(a, P_LEVELS);
	uint64_t size = (uint64_t)exch_agent_floor(
	    k->volume * exch_params_number(a->params, P_SHARE) / 100);
	exch_px at[LEVELS_MOST];
	int err;

	if (size < exch_agent_whole(a, P_QTY))
		size = exch_agent_whole(a, P_QTY);
	for (unsigned i = 0; i < n; i++)
		at[i] = wanted(a, side, i);
	err = withdraw(k, side, at, n, o);
	for (unsigned i = 0; i < n && err == EXCH_OK; i++) {
		uint64_t most = room(a, side);

		err = add(a, side, at[i], size < most ? size : most, o);
	}
	return err;
}

static int
act(struct exch_agent *a, exch_ts now, struct exch_agent_out *o)
{
	struct adaptive *k = a->state;
	double panic = exch_params_number(a->params, P_PANIC);
	double step = measure(a);
	int err;

	if (panic > 0 && fabs(step) > panic)
		k->back = now + exch_agent_whole(a, P_AWAY);
	if (now < k->back) {
		err = withdraw(k, 0, NULL, 0, o);
		return err == EXCH_OK ? withdraw(k, 1, NULL, 0, o) : err;
	}
	if (k->mid2 == EXCH_PX_NONE || k->view.closed)
		return EXCH_OK;
	err = quote(a, 0, o);
	return err == EXCH_OK ? quote(a, 1, o) : err;
}

static int
turn(struct exch_agent *a, exch_ts now, const struct exch_agent_msg *m,
    size_t n, struct exch_agent_out *o, struct exch_diag *d)
{
	int err = EXCH_OK;

	for (size_t i = 0; i < n; i++)
		hear(a, &m[i]);
	if (n == 0 || m[n - 1].what == EXCH_TOLD_TIMER) {
		err = act(a, now, o);
		if (err == EXCH_OK)
			err = exch_agent_wake(
			    o, now + exch_agent_whole(a, P_EVERY));
	}
	return err == EXCH_OK ? EXCH_OK : exch_agent_no_memory(a, d);
}

const struct exch_agent_kind exch_agent_adaptive = {
    .name = "adaptive",
    .what = "quotes several levels, by volatility, volume and position",
    .param = params,
    .nparam = EXCH_ARRAY_LEN(params),
    .size = sizeof(struct adaptive),
    .open = open_adaptive,
    .turn = turn,
};
