/*
 * Allocation in the general market: the displayed orders of one price share
 * an incoming order that is smaller than their sum (alloc.h says how).
 * Self-trade prevention comes before, to every own order of the level that
 * could trade (turn.c).
 */
#include <config.h>

#include "base/alloc.h"
#include "base/err.h"
#include "match/general.h"

/* Three arrays side by side: alloc.c takes orders and parts apart. */
static bool
room(struct exch_match *m, size_t n)
{
	struct exch_general *g = &m->g;
	size_t cap = g->cap_share == 0 ? 64 : g->cap_share;
	struct exch_share *share;
	struct exch_alloc_order *order;
	exch_qty *part;

	if (n <= g->cap_share)
		return true;
	if (cap < n) /* by one */
		cap *= 2;
	share = exch_realloc(g->share, cap, sizeof(*share));
	if (share != NULL)
		g->share = share;
	order = exch_realloc(g->share_order, cap, sizeof(*order));
	if (order != NULL)
		g->share_order = order;
	part = exch_realloc(g->share_part, cap, sizeof(*part));
	if (part != NULL)
		g->share_part = part;
	if (share == NULL || order == NULL || part == NULL) {
		m->ended = true;
		return false;
	}
	g->cap_share = cap;
	return true;
}

/* The percentage of a market maker, or 0. */
static uint8_t
share_of(const struct exch_match *m, uint32_t account)
{
	const struct exch_market *k = m->o.market;

	for (unsigned i = 0; k != NULL && i < k->nmakers; i++)
		if (k->maker[i].account == account)
			return k->maker[i].percent;
	return 0;
}

/*
 * The orders of a level in the order of their queue; how many.  Of those that
 * cancel each other only the first, which takes the others away when it
 * executes.
 */
static size_t
collect(struct exch_match *m, const struct exch_instr *in, exch_slot level)
{
	const struct exch_slot_data *slot = exch_book_slots(m->store);
	unsigned side = slot[level].owner & 1;
	exch_slot top = in->more->top[side];
	exch_slot o = exch_book_first(m->store, level);
	size_t n = 0;

	exch_oco_look(m);
	for (; o != EXCH_SLOT_NONE; o = exch_book_after(m->store, o)) {
		const struct exch_special *s = exch_special_of(m, o);
		uint32_t owner = s != NULL ? s->account : slot[o].owner;

		if (s != NULL && exch_oco_seen(m, s))
			continue;
		if (s != NULL)
			exch_oco_see(m, s);
		if (!room(m, n + 1))
			return 0;
		m->g.share[n] = (struct exch_share){slot[o].id, o};
		m->g.share_order[n++] =
		    (struct exch_alloc_order){.qty = slot[o].qty,
			.owner = owner,
			.lmm = share_of(m, owner),
			.top = top == o};
	}
	return n;
}

/* Is the order still where it was?  One-cancels-other may have taken it. */
static bool
still_there(const struct exch_match *m, const struct exch_instr *in, size_t i)
{
	const struct exch_share *s = &m->g.share[i];

	return exch_book_find(m->store, &in->book, s->id) == s->slot;
}

bool
exch_share_level(struct exch_match *m, struct exch_instr *in,
    struct exch_turn *t, const struct exch_walk *w)
{
	exch_slot level = exch_book_slots(m->store)[w->o].level;
	struct exch_alloc_state *st;
	exch_u128 sum = 0;
	size_t n, i;

	if (t->left >= exch_book_slots(m->store)[level].qty ||
	    (t->s != NULL && t->s->min != 0)) /* of each execution, by now */
		return false;
	n = collect(m, in, level);
	for (i = 0; i < n; i++)
		sum += m->g.share_order[i].qty;
	/* Who does not take part is not there to be shared with. */
	if (n != 0 && t->left >= sum)
		return false;
	st = &in->more->alloc[exch_book_index(exch_other_side(t->side))];
	st->unit = in->lot;
	st->scratch = &m->g.scratch_alloc;
	if (n == 0 || exch_alloc_run(m->o.alloc, st, m->g.share_order, n,
			  t->left, m->g.share_part) != EXCH_OK) {
		m->ended = true;
		return true;
	}
	for (i = 0; i < n && !t->over; i++) {
		struct exch_walk at = *w;

		at.o = m->g.share[i].slot;
		if (m->g.share_part[i] != 0 && still_there(m, in, i))
			exch_turn_trade(m, in, t, &at, m->g.share_part[i]);
	}
	return true;
}

void
exch_share_note_top(
    struct exch_match *m, struct exch_instr *in, uint8_t side, exch_slot o)
{
	const struct exch_slot_data *slot = exch_book_slots(m->store);
	unsigned i = exch_book_index(side);
	exch_slot *top = &in->more->top[i];
	exch_slot l = slot[o].level;

	/* Alone at the best price: it bettered what was there. */
	if (in->book.side[i].best == l && slot[l].next == o &&
	    slot[o].next == l)
		*top = o;
	else if (*top == o) /* a slot that was used before */
		*top = EXCH_SLOT_NONE;
}
