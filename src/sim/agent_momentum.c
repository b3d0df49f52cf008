/*
 * Momentum: buys what rises and sells what falls.  At a fixed pace it notes the
 * middle of the market; when the mean of the last few is above the mean of more
 * of them it takes the offer, below it the bid, up to a position.  (The moving
 * averages of Brock, Lakonishok and LeBaron, Simple technical trading rules and
 * the stochastic properties of stock returns, Journal of Finance 47, 1992; the
 * momentum agents of ABIDES have 20 and 50.)  Sums are of integers, so that they
 * do not drift.
 */
#include <config.h>

#include "base/alloc.h"
#include "sim/agent_view.h"

enum { P_EVERY, P_SHORT, P_LONG, P_BAND, P_QTY, P_LIMIT };

static const struct exch_param params[] = {
    [P_EVERY] = {.name = "every",
	.kind = EXCH_PARAM_TIME,
	.what = "between two looks at the market",
	.def = 1e9,
	.min = 1e3,
	.max = 1e15},
    [P_SHORT] = {.name = "short",
	.unit = "looks",
	.what = "of the shorter mean",
	.def = 20,
	.min = 1,
	.max = 1e5},
    [P_LONG] = {.name = "long",
	.unit = "looks",
	.what = "of the longer mean",
	.def = 50,
	.min = 2,
	.max = 1e5},
    [P_BAND] = {.name = "band",
	.unit = "ticks",
	.what = "between the means in which it does nothing",
	.def = 0.5,
	.max = 1e6},
    [P_QTY] = {.name = "quantity",
	.unit = "lots",
	.what = "of an order",
	.def = 1,
	.min = 1,
	.max = 1e9},
    [P_LIMIT] = {.name = "limit",
	.unit = "lots",
	.what = "position that it does not exceed",
	.def = 10,
	.min = 1,
	.max = 1e9},
};

struct momentum {
	struct exch_agent_view view;
	exch_px *seen; /* twice the middle, the last `longer` of them */
	uint64_t shorter, longer, n;
	__int128 sum[2]; /* of the last shorter, longer ones */
	int64_t held;	 /* lots */
	uint64_t open;	 /* of the order on its way */
	uint64_t tag;
};

static int
open_momentum(struct exch_agent *a, struct exch_diag *d)
{
	struct momentum *k = a->state;
	int err = exch_agent_one(a, d);

	if (err != EXCH_OK)
		return err;
	exch_agent_view_init(&k->view);
	k->shorter = exch_agent_whole(a, P_SHORT);
	k->longer = exch_agent_whole(a, P_LONG);
	if (k->shorter >= k->longer)
		return exch_params_refuse(a->params,
		    exch_params_get(a->params, P_SHORT)->given ? P_SHORT
							       : P_LONG,
		    d, "agent %s: short, %llu, has to be less than long, %llu",
		    a->name, (unsigned long long)k->shorter,
		    (unsigned long long)k->longer);
	k->seen = exch_calloc(k->longer, sizeof(*k->seen));
	a->wants.levels = 1;
	return k->seen != NULL ? EXCH_OK : exch_agent_no_memory(a, d);
}

static void
close_momentum(struct exch_agent *a)
{
	struct momentum *k = a->state;

	exch_free(k->seen);
}

static void
note(struct momentum *k, exch_px mid2)
{
	exch_px *at = &k->seen[k->n % k->longer];

	k->sum[0] += mid2;
	k->sum[1] += mid2;
	if (k->n >= k->shorter)
		k->sum[0] -= k->seen[(k->n - k->shorter) % k->longer];
	if (k->n >= k->longer)
		k->sum[1] -= *at;
	*at = mid2;
	k->n++;
}

/* By how many ticks the shorter mean is above the longer one. */
static double
rise(const struct exch_agent *a)
{
	const struct momentum *k = a->state;
	__int128 diff =
	    k->sum[0] * (int64_t)k->longer - k->sum[1] * (int64_t)k->shorter;

	return (double)diff / ((double)k->shorter * (double)k->longer * 2 *
				  (double)a->instr[0].tick);
}

static int
act(struct exch_agent *a, struct exch_agent_out *o)
{
	struct momentum *k = a->state;
	const struct exch_rec_instrument *in = &a->instr[0];
	double band = exch_params_number(a->params, P_BAND);
	int64_t limit = (int64_t)exch_agent_whole(a, P_LIMIT);
	uint64_t lots = exch_agent_whole(a, P_QTY);
	exch_px mid2 = exch_agent_mid2(&k->view);
	double by;
	int64_t room;

	if (mid2 == EXCH_PX_NONE || !k->view.open)
		return EXCH_OK;
	note(k, mid2);
	by = rise(a);
	if (k->n < k->longer || k->open != 0 || (by >= -band && by <= band))
		return EXCH_OK;
	room = by > 0 ? limit - k->held : limit + k->held;
	if (room <= 0)
		return EXCH_OK;
	if (lots > (uint64_t)room)
		lots = (uint64_t)room;
	k->open = lots;
	return exch_agent_market(o, in->h.instr, by > 0 ? EXCH_BUY : EXCH_SELL,
	    lots * in->lot, ++k->tag);
}

static void
hear(struct exch_agent *a, const struct exch_agent_msg *m)
{
	struct momentum *k = a->state;
	int64_t lots = (int64_t)(m->qty / a->instr[0].lot);

	exch_agent_see(&k->view, &a->instr[0], m);
	if (m->what == EXCH_TOLD_FILLED)
		k->held += m->side == EXCH_BUY ? lots : -lots;
	if (exch_agent_gone(m) && m->tag == k->tag)
		k->open = 0;
}

static int
turn(struct exch_agent *a, exch_ts now, const struct exch_agent_msg *m,
    size_t n, struct exch_agent_out *o, struct exch_diag *d)
{
	int err = EXCH_OK;

	for (size_t i = 0; i < n; i++)
		hear(a, &m[i]);
	if (n > 0 && m[n - 1].what == EXCH_TOLD_TIMER)
		err = act(a, o);
	if (err == EXCH_OK)
		err = exch_agent_wake(o, now + exch_agent_whole(a, P_EVERY));
	return err == EXCH_OK ? EXCH_OK : exch_agent_no_memory(a, d);
}

const struct exch_agent_kind exch_agent_momentum = {
    .name = "momentum",
    .what = "buys what rises and sells what falls",
    .param = params,
    .nparam = EXCH_ARRAY_LEN(params),
    .size = sizeof(struct momentum),
    .open = open_momentum,
    .close = close_momentum,
    .turn = turn,
};
