/*
 * Uncrossing: collect both sides, ask the ladder for the price, fill in
 * priority order.  Not a hot path; linear in the number of levels.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/check.h"
#include "match/general.h"

bool
exch_auction_room(struct exch_match *m, size_t n)
{
	struct exch_ladder_level *p;
	size_t cap = m->nlevel == 0 ? 256 : m->nlevel;

	if (n <= m->nlevel)
		return true;
	while (cap < n)
		cap *= 2;
	p = exch_realloc(m->level, cap, sizeof(*p));
	if (p == NULL) {
		m->ended = true;
		return false;
	}
	m->level = p;
	m->nlevel = cap;
	return true;
}

struct exch_steps
exch_auction_steps(const struct exch_match *m, const struct exch_instr *in)
{
	struct exch_steps s = {.tick = (exch_px)in->tick.d};

	if (m->o.market != NULL) {
		s.row = m->o.market->tick;
		s.n = m->o.market->nticks;
	}
	return s;
}

bool
exch_auction_add(struct exch_match *m, const struct exch_instr *in,
    uint8_t side, size_t at, size_t *n, int64_t tick)
{
	struct exch_steps steps = exch_auction_steps(m, in);

	tick = side == EXCH_BUY ? exch_step_down(&steps, tick)
				: exch_step_up(&steps, tick);
	if (*n > at && m->level[*n - 1].tick == tick)
		return true;
	if (!exch_auction_room(m, *n + 1))
		return false;
	m->level[(*n)++] = (struct exch_ladder_level){tick, 0};
	return true;
}

/*
 * The priced levels of a side, best first, into m->level from `at` on;
 * returns how many.  With `lasting` only orders of the continuous book,
 * not those for an auction.
 */
static size_t
collect(struct exch_match *m, const struct exch_instr *in, uint8_t side,
    size_t at, bool lasting)
{
	const struct exch_slot_data *slot = exch_book_slots(m->store);
	exch_slot l = in->book.side[exch_book_index(side)].best;
	size_t n = at;

	if (in->nspecial != 0)
		return exch_general_collect(m, in, side, at, lasting);
	for (; l != EXCH_SLOT_NONE;
	     l = exch_book_worse(m->store, &in->book, l)) {
		if (!exch_auction_add(m, in, side, at, &n, slot[l].tick))
			break;
		m->level[n - 1].qty += slot[l].qty;
	}
	return n - at;
}

/* What orders without a limit have. */
static exch_qty
collect_market(const struct exch_match *m, const struct exch_instr *in,
    uint8_t side, bool lasting)
{
	exch_slot l = in->book.side[exch_book_index(side)].market;
	const struct exch_slot_data *slot = exch_book_slots(m->store);
	exch_qty sum = 0;
	exch_slot o;

	if (l == EXCH_SLOT_NONE)
		return 0;
	if (!lasting || in->nspecial == 0)
		return slot[l].qty;
	for (o = exch_book_first(m->store, l); o != EXCH_SLOT_NONE;
	     o = exch_book_after(m->store, o)) {
		const struct exch_special *s = exch_special_of(m, o);

		if (s == NULL || !exch_is_call_tif(s->tif))
			sum += slot[o].qty;
	}
	return sum;
}

/* Counts and sums of both sides; their levels stand behind each other. */
static void
collect_book(struct exch_match *m, const struct exch_instr *in, size_t at,
    bool lasting, struct exch_ladder_book *lb)
{
	lb->nbuy = collect(m, in, EXCH_BUY, at, lasting);
	lb->nsell = collect(m, in, EXCH_SELL, at + lb->nbuy, lasting);
	lb->market_buy = collect_market(m, in, EXCH_BUY, lasting);
	lb->market_sell = collect_market(m, in, EXCH_SELL, lasting);
}

static void
reverse(struct exch_ladder_level *v, size_t n)
{
	size_t i;

	for (i = 0; i < n / 2; i++) {
		struct exch_ladder_level t = v[i];

		v[i] = v[n - 1 - i];
		v[n - 1 - i] = t;
	}
}

/* The reference price in ticks, towards zero when off the grid. */
int64_t
exch_auction_reference(const struct exch_match *m, const struct exch_instr *in)
{
	struct exch_steps steps = exch_auction_steps(m, in);
	exch_px p = in->reference;
	int64_t tick = EXCH_TICK_MARKET;

	if (p == EXCH_PX_NONE)
		p = in->instr_reference;
	if (in->reference == EXCH_PX_NONE && in->last != EXCH_TICK_MARKET)
		tick = in->last + (in->last < 0 && in->last_half);
	else if (p != EXCH_PX_NONE)
		(void)exch_engine_tick(in, p, &tick); /* rounded is fine */
	return tick == EXCH_TICK_MARKET ? tick : exch_step_in(&steps, tick);
}

const struct exch_ladder *
exch_auction_ladder(const struct exch_match *m, uint8_t cross)
{
	const struct exch_market *k = m->o.market;

	if (k != NULL && cross < EXCH_MARKET_CROSSES &&
	    k->ladder[cross] != NULL)
		return k->ladder[cross];
	return m->o.ladder;
}

/* Once nothing is appended any more: the levels that begin at `at`. */
static void
point(struct exch_match *m, size_t at, struct exch_ladder_book *lb)
{
	/* With no limits at all there may be no memory either. */
	if (m->level == NULL) {
		exch_check(lb->nbuy + lb->nsell == 0);
		return;
	}
	reverse(m->level + at, lb->nbuy);
	lb->buy = m->level + at;
	lb->sell = lb->buy + lb->nbuy;
}

/* What bands are made of, from the continuous book. */
static void
set_band(const struct exch_instr *in, const struct exch_ladder *l,
    const struct exch_ladder_book *c, struct exch_ladder_book *lb)
{
	struct exch_ladder alone = *l;
	struct exch_ladder_price p;

	lb->tick = (exch_px)in->tick.d;
	exch_check(c->buy != NULL || c->nbuy == 0);
	exch_check(c->sell != NULL || c->nsell == 0);
	if (c->nbuy != 0)
		lb->bid = c->buy[c->nbuy - 1].tick;
	if (c->nsell != 0)
		lb->offer = c->sell[0].tick;
	if (c->nbuy != 0 && c->nsell != 0)
		lb->mid2 = (exch_i128)lb->bid + lb->offer;
	if (l->band != EXCH_BAND_CLEARING)
		return;
	alone.band = EXCH_BAND_NONE;
	p = exch_ladder_find(&alone, c);
	if (p.found)
		lb->clearing = p.tick;
}

struct exch_ladder_price
exch_auction_price(struct exch_match *m, const struct exch_instr *in,
    int64_t ref, uint8_t cross, bool banded)
{
	const struct exch_ladder *l = exch_auction_ladder(m, cross);
	struct exch_ladder_book lb = {.reference = ref,
	    .mid2 = EXCH_MID2_NONE,
	    .bid = EXCH_TICK_MARKET,
	    .offer = EXCH_TICK_MARKET,
	    .clearing = EXCH_TICK_MARKET,
	    .steps = exch_auction_steps(m, in)};
	struct exch_ladder_book lasting = lb;
	size_t n;

	collect_book(m, in, 0, false, &lb);
	n = lb.nbuy + lb.nsell;
	if (l->band != EXCH_BAND_NONE)
		collect_book(m, in, n, true, &lasting);
	if (m->ended)
		return (struct exch_ladder_price){0};
	point(m, 0, &lb);
	if (l->band != EXCH_BAND_NONE) {
		point(m, n, &lasting);
		set_band(in, l, &lasting, &lb);
	}
	if (!banded)
		lb.tick = 0;
	return exch_ladder_find(l, &lb);
}

static exch_qty
saturate(exch_u128 v)
{
	return v >= EXCH_QTY_NONE ? EXCH_QTY_NONE - 1 : (exch_qty)v;
}

void
exch_auction_fill(const struct exch_instr *in,
    const struct exch_ladder_price *p, int64_t ref, uint8_t cross,
    struct exch_rec_auction *a)
{
	a->price = EXCH_PX_NONE;
	a->paired = a->imbalance = 0;
	a->reference =
	    ref == EXCH_TICK_MARKET ? EXCH_PX_NONE : exch_engine_price(in, ref);
	a->far = EXCH_PX_NONE;
	a->side = EXCH_SIDE_NONE;
	a->cross = cross;
	if (!p->found)
		return;
	a->price = exch_engine_price(in, p->tick);
	a->paired = saturate(p->volume);
	a->side = p->surplus > 0   ? EXCH_BUY
		  : p->surplus < 0 ? EXCH_SELL
				   : EXCH_SIDE_NONE;
	a->imbalance = saturate(
	    p->surplus < 0 ? (exch_u128)-p->surplus : (exch_u128)p->surplus);
}

struct exch_rec_auction *
exch_auction_tell(struct exch_match *m, const struct exch_instr *in,
    const struct exch_ladder_price *p, int64_t ref, uint8_t cross)
{
	struct exch_rec_auction *a =
	    exch_engine_emit(m, EXCH_REC_AUCTION, sizeof(*a), in->book.instr);

	exch_auction_fill(in, p, ref, cross, a);
	return a;
}

void
exch_auction_result(struct exch_match *m, struct exch_instr *in,
    const struct exch_ladder_price *p, int64_t ref, uint8_t cross)
{
	exch_auction_tell(m, in, p, ref, cross)->final = 1;
	m->st.auctions++;
	if (m->guarded && p->found) {
		in->more->guard.auction = exch_engine_price(in, p->tick);
		if (in->more->guard.luld != NULL)
			in->more->guard.luld->opened = in->more->guard.auction;
	}
}

/* Pair the heads of both sides until the volume is done. */
static void
fill(struct exch_match *m, struct exch_instr *in, int64_t tick,
    exch_u128 volume, uint8_t cross)
{
	const struct exch_slot_data *slot = exch_book_slots(m->store);

	while (volume > 0) {
		exch_slot b = slot[exch_book_top(&in->book, EXCH_BUY)].next;
		exch_slot s = slot[exch_book_top(&in->book, EXCH_SELL)].next;
		exch_qty qty =
		    slot[b].qty < slot[s].qty ? slot[b].qty : slot[s].qty;

		/* One of the sides has exactly the volume. */
		exch_check(qty <= volume);
		exch_engine_exec(m, in, slot[b].id, slot[s].id, tick, qty,
		    EXCH_SIDE_NONE, cross);
		exch_book_fill(m->store, &in->book, b, qty);
		exch_book_fill(m->store, &in->book, s, qty);
		volume -= qty;
	}
}

void
exch_engine_uncross(struct exch_match *m, struct exch_instr *in, uint8_t cross,
    bool always_tell)
{
	int64_t ref = exch_auction_reference(m, in);
	struct exch_ladder_price p =
	    exch_auction_price(m, in, ref, cross, true);

	if (m->ended || (!p.found && !always_tell))
		return;
	exch_auction_result(m, in, &p, ref, cross);
	if (p.found)
		fill(m, in, p.tick, p.volume, cross);
}

void
exch_engine_drop_market(struct exch_match *m, struct exch_instr *in)
{
	unsigned side;

	for (side = 0; side < 2; side++) {
		exch_slot l;

		while ((l = in->book.side[side].market) != EXCH_SLOT_NONE) {
			exch_slot o = exch_book_first(m->store, l);
			struct exch_slot_data v = exch_book_slots(m->store)[o];

			struct exch_special *s = exch_special_of(m, o);

			if (s != NULL) {
				exch_drop(m, in, s, EXCH_WHY_UNCROSSED);
				continue;
			}
			exch_book_remove(m->store, &in->book, o);
			exch_engine_cancelled(m, in->book.instr, v.id, v.qty,
			    EXCH_WHY_UNCROSSED, false);
		}
	}
}
