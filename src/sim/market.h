/*
 * What the models of background flow see of their instrument: the truth of
 * the engine's book, without delay.  Agents see it later and by messages
 * (agent.h).
 */
#ifndef EXCH_SIM_MARKET_H
#define EXCH_SIM_MARKET_H

#include "book/book.h"

#define EXCH_SIM_NO_TICK INT64_MIN

struct exch_sim_market {
	exch_ts now;
	uint32_t instr;
	/* Sides are 0 buy and 1 sell, as in book/book.h. */
	int64_t best[2];   /* ticks; EXCH_SIM_NO_TICK: that side is empty */
	int64_t reference; /* the instrument's, which a scenario has to give */
	int64_t last;	   /* of the last execution, or EXCH_SIM_NO_TICK */
	uint64_t trades;   /* executions so far */
	exch_qty lot;
	bool open; /* orders are matched: continuous trading */
	const struct exch_book_store *store;
	struct exch_book *book;
};

/* What rests at a price, in lots; 0: nothing. */
static inline uint64_t
exch_sim_lots(const struct exch_sim_market *m, unsigned side, int64_t tick)
{
	exch_slot l = exch_book_level(
	    m->store, m->book, side == 0 ? EXCH_BUY : EXCH_SELL, tick);

	return l == EXCH_SLOT_NONE ? 0 : m->store->slot[l].qty / m->lot;
}

/*
 * A price to begin with where one side is empty: the other side's best, the
 * last one, the reference.
 */
static inline int64_t
exch_sim_about(const struct exch_sim_market *m)
{
	if (m->best[0] != EXCH_SIM_NO_TICK)
		return m->best[0];
	if (m->best[1] != EXCH_SIM_NO_TICK)
		return m->best[1];
	return m->last != EXCH_SIM_NO_TICK ? m->last : m->reference;
}

#endif
