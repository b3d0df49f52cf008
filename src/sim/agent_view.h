/*
 * What an agent knows of one instrument, by what it was told, and the small
 * things that most of the built-in agents need: the one instrument that they
 * trade, prices on its grid, a time of the run.
 */
#ifndef EXCH_SIM_AGENT_VIEW_H
#define EXCH_SIM_AGENT_VIEW_H

#include "sim/agents.h"

struct exch_agent_view {
	exch_px bid, offer; /* or none */
	exch_qty bid_qty, offer_qty;
	exch_px last;	 /* price of the last trade, or none */
	uint64_t volume; /* of all trades told, in lots */
	bool open;	 /* continuous trading, unless told otherwise */
	bool closed;	 /* nobody is heard */
	bool asleep;	 /* until that ends: exch_agent_next() */
};

void exch_agent_view_init(struct exch_agent_view *v);
/* A message about the instrument `in`; others are left alone. */
void exch_agent_see(struct exch_agent_view *v,
    const struct exch_rec_instrument *in, const struct exch_agent_msg *m);

/* Of two prices twice the middle, or the most that a price can be. */
exch_px exch_agent_sum(exch_px a, exch_px b);
/* Twice the middle of the market; none while a side is empty. */
exch_px exch_agent_mid2(const struct exch_agent_view *v);
/*
 * The same, or the best that is known in its place: the side that is there,
 * the last price, the reference of the instrument; or none.
 */
exch_px exch_agent_about2(
    const struct exch_agent_view *v, const struct exch_rec_instrument *in);

/* The whole number below or above x, of what fits into prices. */
int64_t exch_agent_floor(double x);
int64_t exch_agent_ceil(double x);
/* So many ticks as a price: of a buy rounded down, of a sell up. */
exch_px exch_agent_grid(exch_px tick, double ticks, uint8_t side);
/*
 * The better by so many ticks is the higher of buys, the lower of sells.  What
 * no price holds is the farthest that one does, and the engine's to refuse.
 */
exch_px exch_agent_better(
    exch_px price, int64_t ticks, exch_px tick, uint8_t side);
/* A price that was given as a decimal number, on the grid; 0: none. */
exch_px exch_agent_price(exch_px tick, double price, uint8_t side);

static inline uint8_t
exch_agent_other(uint8_t side)
{
	return side == EXCH_BUY ? EXCH_SELL : EXCH_BUY;
}

/* Best of a side, or none. */
static inline exch_px
exch_agent_best(const struct exch_agent_view *v, uint8_t side)
{
	return side == EXCH_BUY ? v->bid : v->offer;
}

/* A parameter that is a whole number, or a time since the run began. */
static inline uint64_t
exch_agent_whole(const struct exch_agent *a, unsigned param)
{
	return (uint64_t)exch_params_number(a->params, param);
}

static inline exch_ts
exch_agent_when(const struct exch_agent *a, unsigned param)
{
	return a->begin + exch_agent_whole(a, param);
}

/* Words of a parameter `side`. */
extern const char *const exch_agent_sides[];
static inline uint8_t
exch_agent_side(const struct exch_agent *a, unsigned param)
{
	return exch_agent_whole(a, param) == 0 ? EXCH_BUY : EXCH_SELL;
}

/* Executed at once, to the limit (or none: a market order), or cancelled. */
int exch_agent_take(struct exch_agent_out *o, uint32_t instr, uint8_t side,
    exch_px limit, exch_qty qty, uint64_t tag);

/*
 * Times of an agent that acts by a process without memory.  While the market is
 * closed it has none, as nothing would come of them: it sleeps, and is woken by
 * the phase, which it has to want.  Is this turn one of them, or the one that
 * may end its sleep?
 */
static inline bool
exch_agent_is_due(
    const struct exch_agent_view *v, const struct exch_agent_msg *m, size_t n)
{
	return n == 0 || m[n - 1].what == EXCH_TOLD_TIMER || v->asleep;
}
/* The next one, behind such a turn.  EXCH_ERR_NOMEM. */
int exch_agent_next(
    struct exch_agent_view *v, exch_ts at, struct exch_agent_out *o);

/* For agents that trade one instrument: EXCH_ERR_RANGE when it is not one. */
int exch_agent_one(const struct exch_agent *a, struct exch_diag *d);

/*
 * Its order of this number is gone for good, by what this message says; a
 * refused cancel of what was executed meanwhile says nothing new.
 */
static inline bool
exch_agent_gone(const struct exch_agent_msg *m)
{
	if (m->what == EXCH_TOLD_REJECTED)
		return m->qty2 == 0 && m->reason != EXCH_REJ_UNKNOWN_ORDER;
	return (m->what == EXCH_TOLD_FILLED || m->what == EXCH_TOLD_CANCELED) &&
	       m->qty2 == 0;
}

#endif
