/*
 * Resting orders in priority: price, displayed before hidden, place in the
 * queue.  Three books are walked side by side (general.h).
 */
#include <config.h>

#include "match/general.h"

static const struct exch_book *
book_of(const struct exch_instr *in, unsigned b)
{
	return b == 0 ? &in->book : b == 1 ? &in->more->dark : &in->more->half;
}

/* Begin the best of the three levels. */
static void
choose(const struct exch_match *m, uint8_t side, struct exch_walk *w)
{
	const struct exch_slot_data *slot = exch_book_slots(m->store);
	struct exch_spot best = {0};
	unsigned b, at = 3;

	for (b = 0; b < 3; b++) {
		struct exch_spot p = {.half = b == 2};

		if (w->level[b] == EXCH_SLOT_NONE)
			continue;
		p.tick = slot[w->level[b]].tick;
		/* Equal prices: the displayed came first. */
		if (at == 3 || (side == EXCH_BUY ? exch_spot_above(p, best)
						 : exch_spot_above(best, p))) {
			best = p;
			at = b;
		}
	}
	w->o = EXCH_SLOT_NONE;
	if (at == 3)
		return;
	w->b = (uint8_t)at;
	w->p = best;
	w->o = exch_book_first(m->store, w->level[at]);
}

void
exch_walk_first(const struct exch_match *m, const struct exch_instr *in,
    uint8_t side, struct exch_walk *w)
{
	unsigned b, i = exch_book_index(side);

	for (b = 0; b < 3; b++)
		w->level[b] = b > 0 && in->more == NULL
				  ? EXCH_SLOT_NONE
				  : book_of(in, b)->side[i].best;
	choose(m, side, w);
}

void
exch_walk_next(const struct exch_match *m, const struct exch_instr *in,
    struct exch_walk *w)
{
	uint8_t side;

	w->o = exch_book_after(m->store, w->o);
	if (w->o != EXCH_SLOT_NONE)
		return;
	side = exch_book_slots(m->store)[w->level[w->b]].owner & 1 ? EXCH_SELL
								   : EXCH_BUY;
	w->level[w->b] =
	    exch_book_worse(m->store, book_of(in, w->b), w->level[w->b]);
	choose(m, side, w);
}
