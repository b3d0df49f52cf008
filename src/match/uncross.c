/*
 * Auctions in which orders of the general market take part: hidden orders
 * and icebergs with all they have, and imbalance-only orders, which offset
 * what the others leave over.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/err.h"
#include "match/general.h"

bool
exch_in_call(uint8_t tif, uint8_t cross)
{
	return tif == EXCH_TIF_GFA ||
	       (tif == EXCH_TIF_ATO && cross == EXCH_CROSS_OPEN) ||
	       (tif == EXCH_TIF_ATC && cross == EXCH_CROSS_CLOSE);
}

/* ---- the price ---- */

size_t
exch_general_collect(struct exch_match *m, const struct exch_instr *in,
    uint8_t side, size_t at, bool lasting)
{
	size_t n = at;
	struct exch_walk w;

	exch_walk_first(m, in, side, &w);
	for (; w.o != EXCH_SLOT_NONE; exch_walk_next(m, in, &w)) {
		const struct exch_special *s = exch_special_of(m, w.o);

		if (lasting && s != NULL && exch_is_call_tif(s->tif))
			continue;
		if (!exch_auction_add(m, in, side, at, &n, w.p.tick))
			break;
		m->level[n - 1].qty += exch_full_qty(m, w.o);
	}
	return n - at;
}

/* ---- imbalance-only orders ---- */

/* Better: the price further in the market, then the earlier entry. */
static bool
offset_before(const struct exch_special *a, const struct exch_special *b)
{
	if (a->price != b->price)
		return a->side == EXCH_BUY ? a->price > b->price
					   : a->price < b->price;
	return a->entry < b->entry;
}

/* Those that may offset at the price, in g.scratch; *sum is what they have. */
static size_t
offsets(struct exch_match *m, const struct exch_instr *in, uint8_t side,
    uint8_t cross, exch_px price, exch_u128 *sum)
{
	size_t n = 0;
	uint32_t i = in->more->first;

	*sum = 0;
	for (; i != 0; i = m->g.special[i].next) {
		const struct exch_special *s = &m->g.special[i];
		size_t k = n;

		if (!(s->flags & EXCH_ORD_IMBALANCE) || s->side != side ||
		    s->where != EXCH_AT_WAIT || !exch_in_call(s->tif, cross) ||
		    (side == EXCH_BUY ? s->price < price : s->price > price))
			continue;
		if (!exch_scratch_add(m, &n, i))
			return 0;
		*sum += s->reserve;
		for (; k > 0 &&
		       offset_before(s, &m->g.special[m->g.scratch[k - 1]]);
		     k--)
			m->g.scratch[k] = m->g.scratch[k - 1];
		m->g.scratch[k] = i;
	}
	return n;
}

/* ---- pairing ---- */

/* One side of the pairing. */
struct hand {
	uint8_t side;
	exch_u128 book;		/* what its resting orders still give */
	size_t offset, noffset; /* then these of g.scratch */
};

static exch_slot
head(const struct exch_match *m, const struct exch_instr *in, uint8_t side)
{
	exch_slot l = in->book.side[exch_book_index(side)].market;
	struct exch_walk w;

	if (l != EXCH_SLOT_NONE)
		return exch_book_first(m->store, l);
	exch_walk_first(m, in, side, &w);
	return w.o;
}

/* The order whose turn it is, and what it has. */
static exch_slot
next_of(const struct exch_match *m, const struct exch_instr *in,
    const struct hand *h, exch_qty *qty)
{
	exch_slot o;

	if (h->book == 0) {
		o = m->g.special[m->g.scratch[h->offset]].slot;
		*qty = m->g.special[m->g.scratch[h->offset]].reserve;
		return o;
	}
	o = head(m, in, h->side);
	*qty = exch_full_qty(m, o);
	if (*qty > h->book)
		*qty = (exch_qty)h->book;
	return o;
}

static void
note_fired(struct exch_match *m, const struct exch_special *s, bool filled)
{
	struct exch_general *g = &m->g;

	if (g->nfired == g->cap_fired) {
		size_t cap = g->cap_fired * 2 + 16;
		struct exch_fired *p = exch_realloc(g->fired, cap, sizeof(*p));

		if (p == NULL) {
			m->ended = true;
			return;
		}
		g->fired = p;
		g->cap_fired = cap;
	}
	g->fired[g->nfired++] = (struct exch_fired){s->oco, s->account,
	    exch_special_index(m, s), filled ? 0 : s->entry};
}

/*
 * What an iceberg shows of what is left: its part, and where its level has no
 * room for that what it showed, which is told because nobody could know.
 */
static void
reshow(struct exch_match *m, struct exch_instr *in, struct exch_special *s,
    exch_qty left)
{
	exch_qty was = exch_book_slots(m->store)[s->slot].qty;
	exch_qty shown = s->peak < left ? s->peak : left;
	bool full = exch_book_resize(m->store, s->slot, shown) != EXCH_OK;

	if (full) /* so it shows less than it would, and than is left */
		shown = was;
	s->reserve = left - shown;
	if (full || shown != was)
		exch_restated(
		    m, in, s, s->price, left, shown, EXCH_RESTATE_REFRESH);
}

static void
consume(struct exch_match *m, struct exch_instr *in, struct hand *h,
    exch_slot o, exch_qty qty)
{
	struct exch_special *s = exch_special_of(m, o);
	exch_qty full;

	if (h->book != 0)
		h->book -= qty;
	if (s == NULL) {
		exch_book_fill(m->store, &in->book, o, qty);
		return;
	}
	full = exch_special_leaves(m, s);
	s->executed += qty;
	if (s->oco != 0)
		note_fired(m, s, qty == full);
	if (qty == full) {
		h->offset += s->where == EXCH_AT_WAIT;
		exch_special_lift(m, in, s);
		exch_special_free(m, in, s);
	} else if (s->where == EXCH_AT_WAIT) {
		s->reserve -= qty;
	} else if (s->peak != 0) {
		reshow(m, in, s, full - qty);
	} else {
		exch_book_reduce(m->store, o, qty);
	}
}

static void
pair(struct exch_match *m, struct exch_instr *in, struct hand *buy,
    struct hand *sell, int64_t tick, exch_u128 volume, uint8_t cross)
{
	const struct exch_slot_data *slot;

	while (volume > 0 && !m->ended) {
		exch_qty b, s, qty;
		exch_slot bo = next_of(m, in, buy, &b);
		exch_slot so = next_of(m, in, sell, &s);

		slot = exch_book_slots(m->store);
		qty = b < s ? b : s;
		exch_check(qty <= volume); /* `book` bounds a hand */
		if (m->guarded)
			exch_guard_prints(m, in, exch_engine_price(in, tick));
		exch_engine_exec(m, in, slot[bo].id, slot[so].id, tick, qty,
		    EXCH_SIDE_NONE, cross);
		consume(m, in, buy, bo, qty);
		consume(m, in, sell, so, qty);
		volume -= qty;
	}
}

/* What one-cancels-other groups do once the pairing is complete. */
static void
fire(struct exch_match *m)
{
	struct exch_general *g = &m->g;

	for (size_t i = 0; i < g->nfired; i++) {
		struct exch_fired f = g->fired[i];
		const struct exch_special *s = &g->special[f.special];

		if (f.entry != 0 && s->entry != f.entry)
			continue; /* an earlier one cancelled it */
		exch_oco_fire(m, f.group, f.account, f.entry != 0 ? s : NULL);
	}
	g->nfired = 0;
}

static bool
uncross(struct exch_match *m, struct exch_instr *in, uint8_t cross, bool banded,
    bool always_tell, int64_t *tick)
{
	int64_t ref = exch_auction_reference(m, in);
	struct exch_ladder_price p =
	    exch_auction_price(m, in, ref, cross, banded);
	struct hand buy = {.side = EXCH_BUY, .book = p.volume};
	struct hand sell = {.side = EXCH_SELL, .book = p.volume};
	exch_u128 surplus, sum = 0;
	struct hand *other;

	if (m->ended || (!p.found && !always_tell))
		return false;
	if (p.found && p.surplus != 0) {
		other = p.surplus > 0 ? &sell : &buy;
		surplus = p.surplus > 0 ? (exch_u128)p.surplus
					: (exch_u128)-p.surplus;
		other->noffset = offsets(m, in, other->side, cross,
		    exch_engine_price(in, p.tick), &sum);
		if (sum > surplus)
			sum = surplus;
		p.volume += sum;
		p.surplus += p.surplus > 0 ? -(exch_i128)sum : (exch_i128)sum;
		/* The surplus side's own orders give all of it. */
		(other == &sell ? &buy : &sell)->book = p.volume;
	}
	exch_auction_result(m, in, &p, ref, cross);
	if (!p.found)
		return false;
	*tick = p.tick;
	pair(m, in, &buy, &sell, p.tick, p.volume, cross);
	fire(m);
	return true;
}

bool
exch_general_uncross(struct exch_match *m, struct exch_instr *in, uint8_t cross,
    bool always_tell, int64_t *tick)
{
	return uncross(m, in, cross, true, always_tell, tick);
}

bool
exch_general_uncross_rest(
    struct exch_match *m, struct exch_instr *in, uint8_t cross, int64_t *tick)
{
	struct exch_walk buy, sell;

	if (exch_auction_ladder(m, cross)->band == EXCH_BAND_NONE || m->ended)
		return false;
	exch_walk_first(m, in, EXCH_BUY, &buy);
	exch_walk_first(m, in, EXCH_SELL, &sell);
	if (buy.o == EXCH_SLOT_NONE || sell.o == EXCH_SLOT_NONE ||
	    !exch_spot_reaches(EXCH_BUY, buy.p, sell.p))
		return false;
	return uncross(m, in, cross, false, false, tick);
}
