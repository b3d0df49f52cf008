/*
 * The next records of a run, looked at together (book/ahead.h): what they
 * will touch of the shadow book is fetched for all of them before the first
 * is dealt with.  What was found on the way and cannot change is kept: the
 * instrument, the place in the index, the price in ticks.
 */
#ifndef EXCH_REPLAY_AHEAD_H
#define EXCH_REPLAY_AHEAD_H

#include "book/ahead.h"
#include "replay/own.h"

/* A BOOK_* record that is as long as its type. */
struct exch_ahead {
	const struct exch_rec *rec;
	struct exch_shown *in;
	size_t home;	 /* in the index, of the order it names */
	int64_t tick;	 /* of a display: its price, rounded down */
	exch_slot at;	 /* what stood at that place */
	exch_slot level; /* of a display: its level, if it is that one */
};

struct exch_batch {
	size_t n;
	/*
	 * The index they were looked up in: their places are good as long as
	 * it is this one.  Whenever places change it is another.
	 */
	const exch_slot *index;
	struct exch_ahead one[EXCH_AHEAD];
	/* Those that display an order at a price. */
	size_t ndisplays;
	struct exch_ahead *display[EXCH_AHEAD];
	/* Those whose order has its level for itself. */
	size_t nlone;
	struct exch_ahead *lone[EXCH_AHEAD];
	/* Displays at a price that had no level. */
	const struct exch_ahead *fresh[EXCH_AHEAD];
};

/*
 * Look at the records from *at on, which is moved behind them: up to the
 * end, to as many as can be looked at together, or to one that cannot be.
 */
void exch_ahead_look(struct exch_replay *r, struct exch_batch *b,
    const char **at, const char *end);

/* Is a BOOK_* record as long as its type? */
bool exch_ahead_is_whole(const struct exch_rec *rec);

/* Do the places still hold? */
static inline bool
exch_ahead_holds(const struct exch_replay *r, const struct exch_batch *b)
{
	return r->shadow->store->ids.cell == b->index;
}

#endif
