/*
 * Price levels as messages to agents: who asked for the best n of each side is
 * told what has changed in these, and nothing of what stands behind them.  A
 * level that others have pushed out of the window is told as gone, as a change
 * of it would not be told any more; it is told anew when it comes back.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "sim/kernel.h"

/* The most that an agent asks for, as exch_agent_wants counts. */
#define LEVELS 255u

struct level {
	int64_t tick;
	exch_qty qty;
};

/* Best first. */
struct window {
	unsigned n;
	struct level at[LEVELS];
};

/* As it was looked at last. */
struct sim_levels {
	unsigned most; /* that anybody wants */
	struct window side[2];
};

int
exch_desk_levels_open(struct sim_instr *in, unsigned n)
{
	if (n < 2)
		return EXCH_OK;
	if (in->levels == NULL)
		in->levels = exch_calloc(1, sizeof(*in->levels));
	if (in->levels == NULL)
		return EXCH_ERR_NOMEM;
	if (n > in->levels->most)
		in->levels->most = n;
	return EXCH_OK;
}

static void
look(const struct sim_instr *in, unsigned side, unsigned most, struct window *w)
{
	const struct exch_book_store *st = in->m.store;
	exch_slot l = in->m.book->side[side].best;

	for (w->n = 0; w->n < most && l != EXCH_SLOT_NONE; w->n++) {
		w->at[w->n] = (struct level){st->slot[l].tick, st->slot[l].qty};
		l = exch_book_worse(st, in->m.book, l);
	}
}

static int
tell(struct exch_sim *s, struct sim_desk *k, const struct sim_instr *in,
    unsigned side, struct level l)
{
	struct exch_agent_msg m = {
	    .what = EXCH_TOLD_LEVEL,
	    .side = side == 0 ? EXCH_BUY : EXCH_SELL,
	    .instr = in->m.instr,
	    .price = l.tick * in->tick,
	    .qty = l.qty,
	};

	return exch_desk_tell(s, k, EXCH_PATH_FEED, &m);
}

/* Both windows cut to n levels, as two sorted lists are merged. */
static int
differences(struct exch_sim *s, struct sim_desk *k, const struct sim_instr *in,
    unsigned side, const struct window *was, const struct window *is)
{
	unsigned n = k->a.wants.levels, i = 0, j = 0;
	unsigned ni = was->n < n ? was->n : n, nj = is->n < n ? is->n : n;
	int err = EXCH_OK;

	while (err == EXCH_OK && (i < ni || j < nj)) {
		uint64_t a = i < ni ? exch_book_rank(side, was->at[i].tick) : 0;
		uint64_t b = j < nj ? exch_book_rank(side, is->at[j].tick) : 0;

		if (j == nj || (i < ni && a > b)) {
			err = tell(
			    s, k, in, side, (struct level){was->at[i].tick, 0});
			i++;
			continue;
		}
		if (i == ni || b > a || was->at[i].qty != is->at[j].qty)
			err = tell(s, k, in, side, is->at[j]);
		i += i < ni && a == b;
		j++;
	}
	return err;
}

int
exch_desk_levels(struct exch_sim *s, struct sim_instr *in)
{
	struct window now;
	int err = EXCH_OK;

	for (unsigned side = 0; side < 2; side++) {
		struct window *was = &in->levels->side[side];

		look(in, side, in->levels->most, &now);
		if (now.n == was->n &&
		    memcmp(now.at, was->at, now.n * sizeof(now.at[0])) == 0)
			continue;
		for (size_t i = 0; i < s->ndesk && err == EXCH_OK; i++) {
			struct sim_desk *k = s->desk[i];

			if (k->open && k->a.wants.levels > 1 &&
			    exch_desk_sees(k, in->m.instr))
				err = differences(s, k, in, side, was, &now);
		}
		was->n = now.n;
		memcpy(was->at, now.at, now.n * sizeof(now.at[0]));
	}
	return err;
}
