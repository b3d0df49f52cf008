/*
 * Liquidity that goes away: orders on both sides that rest from the beginning
 * on and are withdrawn at a time, all by one command, or each by its own, a
 * storm of cancels.  With `away` they come back behind it, about the price of
 * then.  (CFTC and SEC, Findings regarding the market events of May 6, 2010: who
 * paused, and what was left of the depth; a storm is what a venue sees when a
 * firm's kill switch cancels order by order.)  What was executed is not
 * replaced.
 */
#include <config.h>

#include "sim/agent_view.h"

enum { P_LEVELS, P_ORDERS, P_QTY, P_DISTANCE, P_AT, P_HOW, P_OVER, P_AWAY };

static const char *const hows[] = {"all", "each", NULL};
enum { ALL, EACH };

static const struct exch_param params[] = {
    [P_LEVELS] = {.name = "levels",
	.unit = "",
	.what = "on each side, a tick apart",
	.def = 10,
	.min = 1,
	.max = 1000},
    [P_ORDERS] = {.name = "orders",
	.unit = "",
	.what = "at each level",
	.def = 1,
	.min = 1,
	.max = 1000},
    [P_QTY] = {.name = "quantity",
	.unit = "lots",
	.what = "of an order",
	.def = 1,
	.min = 1,
	.max = 1e9},
    [P_DISTANCE] = {.name = "distance",
	.unit = "ticks",
	.what = "from the middle to the first level",
	.def = 1,
	.min = 1,
	.max = 1e6},
    [P_AT] = {.name = "at",
	.kind = EXCH_PARAM_TIME,
	.what = "when it withdraws, from the beginning on",
	.needed = true,
	.max = 1e15},
    [P_HOW] = {.name = "how",
	.kind = EXCH_PARAM_WORD,
	.what = "all by one command, or each by its own",
	.words = hows},
    [P_OVER] = {.name = "over",
	.kind = EXCH_PARAM_TIME,
	.what = "how long that takes, if each",
	.def = 0,
	.max = 1e15},
    [P_AWAY] = {.name = "away",
	.kind = EXCH_PARAM_TIME,
	.what = "until it comes back; 0: it does not",
	.def = 0,
	.max = 1e15},
};

struct canceller {
	struct exch_agent_view view;
	uint64_t n;    /* orders that it shows */
	uint64_t tag;  /* of the last one sent */
	uint64_t gone; /* cancels sent, of those from `first` on */
	uint64_t first;
	bool back; /* it was away */
	enum { COMES, RESTS, GOES, AWAY } state;
};

static int
open_canceller(struct exch_agent *a, struct exch_diag *d)
{
	struct canceller *k = a->state;
	int err = exch_agent_one(a, d);

	exch_agent_view_init(&k->view);
	a->wants.levels = 1;
	return err;
}

/* One order on the grid, i levels from the middle. */
static int
rest(struct exch_agent *a, uint8_t side, uint64_t i, exch_px about2,
    struct exch_agent_out *o)
{
	struct canceller *k = a->state;
	const struct exch_rec_instrument *in = &a->instr[0];
	double away = (double)(exch_agent_whole(a, P_DISTANCE) + i);
	exch_px price = exch_agent_grid(in->tick,
	    (double)about2 / (2.0 * (double)in->tick) +
		(side == EXCH_BUY ? -away : away),
	    side);
	uint64_t orders = exch_agent_whole(a, P_ORDERS);
	int err = EXCH_OK;

	for (uint64_t j = 0; j < orders && err == EXCH_OK && price > 0; j++)
		err = exch_agent_limit(o, in->h.instr, side, price,
		    exch_agent_whole(a, P_QTY) * in->lot, ++k->tag);
	return err;
}

static int
come(struct exch_agent *a, struct exch_agent_out *o)
{
	struct canceller *k = a->state;
	exch_px about2 = exch_agent_about2(&k->view, &a->instr[0]);
	uint64_t levels = exch_agent_whole(a, P_LEVELS);
	int err = EXCH_OK;

	k->first = k->tag + 1;
	k->gone = 0;
	k->state = RESTS;
	for (uint64_t i = 0;
	     i < levels && err == EXCH_OK && about2 != EXCH_PX_NONE; i++) {
		err = rest(a, EXCH_BUY, i, about2, o);
		if (err == EXCH_OK)
			err = rest(a, EXCH_SELL, i, about2, o);
	}
	k->n = k->tag + 1 - k->first;
	return err;
}

/* Those whose time has come; what was executed is refused, and no harm. */
static int
go(struct exch_agent *a, exch_ts now, struct exch_agent_out *o)
{
	struct canceller *k = a->state;
	exch_ts at = exch_agent_when(a, P_AT);
	uint64_t over = exch_agent_whole(a, P_OVER);
	uint64_t due = k->n;
	int err = EXCH_OK;

	k->state = GOES;
	if (exch_agent_whole(a, P_HOW) == ALL) {
		struct exch_agent_cmd c = {.what = EXCH_AGENT_CANCEL_ALL,
		    .instr = a->instr[0].h.instr};

		k->state = AWAY;
		return exch_agent_say(o, &c);
	}
	if (now - at < over)
		due =
		    (uint64_t)((unsigned __int128)(now - at) * k->n / over) + 1;
	for (; k->gone < due && k->gone < k->n && err == EXCH_OK; k->gone++)
		err = exch_agent_cancel(o, k->first + k->gone);
	if (k->gone == k->n)
		k->state = AWAY;
	return err;
}

/* When it acts next, or none. */
static exch_ts
due(const struct exch_agent *a)
{
	const struct canceller *k = a->state;
	exch_ts at = exch_agent_when(a, P_AT);
	uint64_t over = exch_agent_whole(a, P_OVER);
	uint64_t away = exch_agent_whole(a, P_AWAY);

	switch (k->state) {
	case COMES:
		return k->back ? at + over + away : a->begin;
	case RESTS:
		return k->back ? EXCH_TS_NONE : at;
	case GOES:
		/* Rounded up: at that time its share is due. */
		return at + (exch_ts)(((unsigned __int128)over * k->gone +
					  k->n - 1) /
				      k->n);
	default:
		return EXCH_TS_NONE;
	}
}

static int
turn(struct exch_agent *a, exch_ts now, const struct exch_agent_msg *m,
    size_t n, struct exch_agent_out *o, struct exch_diag *d)
{
	struct canceller *k = a->state;
	int err = EXCH_OK;

	for (size_t i = 0; i < n; i++)
		exch_agent_see(&k->view, &a->instr[0], &m[i]);
	if (due(a) <= now) {
		err = k->state == COMES ? come(a, o) : go(a, now, o);
		if (k->state == AWAY && !k->back &&
		    exch_agent_whole(a, P_AWAY) != 0) {
			k->state = COMES;
			k->back = true;
		}
	}
	if (err == EXCH_OK && due(a) != EXCH_TS_NONE)
		err = exch_agent_wake(o, due(a));
	return err == EXCH_OK ? EXCH_OK : exch_agent_no_memory(a, d);
}

const struct exch_agent_kind exch_agent_canceller = {
    .name = "canceller",
    .what = "rests on both sides and withdraws everything at a time",
    .param = params,
    .nparam = EXCH_ARRAY_LEN(params),
    .size = sizeof(struct canceller),
    .open = open_canceller,
    .close = NULL,
    .turn = turn,
};
