/*
 * What stands at each price of many books: the quantity of every order and
 * the sums of the levels, without queues.  Reports need no more, and what
 * is not kept is not touched: an order is 16 bytes in one open addressing
 * table, found and verified in one cache line, with its quantity beside it,
 * and a level is a sum.
 *
 * A level that has become empty stays where it is, because orders come back
 * to the prices they left: near the touch hardly a level is made or taken
 * out.  Empty levels go when a search for the next price meets them, or all
 * at once when they outnumber the others; so memory follows the live orders
 * and no operation depends on depth, on average over any flow.
 *
 * Always true: a level's qty and count are those of its orders in the
 * table; `best` is the best level with orders, and best_tick its tick.
 */
#ifndef EXCH_REPORT_TALLY_H
#define EXCH_REPORT_TALLY_H

#include "base/check.h"
#include "base/err.h"
#include "book/book.h"
#include "book/trie.h"

struct exch_tally_order {
	exch_oid id;
	uint32_t level; /* 0: the place is free */
	uint32_t place; /* of its book */
};

#define EXCH_TALLY_NEAR_BITS 6

/* One instrument.  Zero bytes make an empty book. */
struct exch_tally_book {
	struct exch_tally_side {
		exch_slot best;	   /* level of the best price, or none */
		exch_slot market;  /* of orders without a price, or none */
		int64_t best_tick; /* good while there is a best */
		struct exch_trie trie;
	} side[2]; /* exch_book_index() */
	uint32_t norders;
	/* of each side the levels used lately, by a hash of the tick */
	exch_slot near[2][1 << EXCH_TALLY_NEAR_BITS];
};

/*
 * Levels are slots as a book's are, so that the trie can hold them:
 *
 *	tick	EXCH_TICK_MARKET for orders without a price
 *	qty	sum of its orders
 *	prev	count of its orders
 *	next	list of free slots
 *	level	its node of the trie; 0: the slot is free, or without a price
 *	owner	place << 1 | (side is sell)
 */
struct exch_tally {
	struct exch_tally_order *order;
	exch_qty *qty;	 /* > 0, of the order at the same place */
	uint32_t places; /* in both; any number, to follow the orders closely */
	uint32_t full;	 /* so many orders ask for more places */
	uint32_t live;	 /* orders */
	uint64_t salt;	 /* even; makes the hash */
	struct exch_tally_book *book; /* by place */
	uint32_t nbooks;
	struct exch_slot_data *level;
	uint32_t cap;
	uint32_t used; /* level slots ever taken, slot 0 included */
	uint32_t free;
	uint32_t priced; /* levels in tries */
	uint32_t empty;	 /* of them without orders */
	struct exch_trie_pool trie;
};

/* What is added: qty > 0, tick may be EXCH_TICK_MARKET. */
struct exch_tally_new {
	exch_oid id;
	exch_qty qty;
	int64_t tick;
	uint32_t place;
	uint8_t side;
};

int exch_tally_init(struct exch_tally *t);
/* Good after a failed init, too. */
void exch_tally_clear(struct exch_tally *t);
/* Books for places 0..n-1 at least: EXCH_ERR_NOMEM. */
int exch_tally_books(struct exch_tally *t, uint32_t n);

/* ---- tally.c: the rare parts of what is inlined below ---- */

int exch_tally_grow(struct exch_tally *t);
/* Another hash. */
int exch_tally_salt(struct exch_tally *t);
/* exch_tally_level() by the trie. */
exch_slot exch_tally_far(
    struct exch_tally *t, uint32_t place, unsigned side, int64_t tick);
/* A level has no orders any more. */
void exch_tally_emptied(struct exch_tally *t, exch_slot level);

/* ---- looking ---- */

/*
 * The next level with orders behind one, or EXCH_SLOT_NONE; from `best` on
 * it walks the priced levels of a side.
 */
exch_slot exch_tally_worse(struct exch_tally *t, exch_slot level);
/* The level at a price if it has orders, or EXCH_SLOT_NONE. */
exch_slot exch_tally_at(
    const struct exch_tally *t, uint32_t place, uint8_t side, int64_t tick);

/*
 * Where the search for an order begins.  Ids are chosen by whoever sends
 * orders, who may choose them so that all of them meet: when a search has
 * become longer than chance makes it, the hash becomes another one.
 */
static inline size_t
exch_tally_home(const struct exch_tally *t, uint32_t place, exch_oid id)
{
	uint64_t h = (id ^ (uint64_t)place << 40) *
		     (UINT64_C(0x9e3779b97f4a7c15) + t->salt);

	h ^= h >> 29;
	h *= UINT64_C(0xbf58476d1ce4e5b9);
	return (h >> 32) * t->places >> 32;
}

#define EXCH_TALLY_FAR 1024u

/* The next place, round the end. */
static inline size_t
exch_tally_step(const struct exch_tally *t, size_t i)
{
	return ++i == t->places ? 0 : i;
}

/* Where the order is, or the free place where it would be. */
static inline struct exch_tally_order *
exch_tally_probe(const struct exch_tally *t, uint32_t place, exch_oid id)
{
	size_t i = exch_tally_home(t, place, id);

	while (t->order[i].level != 0 &&
	       (t->order[i].id != id || t->order[i].place != place))
		i = exch_tally_step(t, i);
	return &t->order[i];
}

/*
 * The order will be asked for soon.  Always inlined: gcc takes a function
 * that does nothing but this for one that does nothing.
 */
static inline __attribute__((always_inline)) void
exch_tally_soon(const struct exch_tally *t, uint32_t place, exch_oid id)
{
	size_t home = exch_tally_home(t, place, id);

	__builtin_prefetch(&t->order[home]);
	__builtin_prefetch(&t->qty[home]);
}

/* A live order, or NULL; good until the next add or remove. */
static inline struct exch_tally_order *
exch_tally_find(const struct exch_tally *t, uint32_t place, exch_oid id)
{
	struct exch_tally_order *o = exch_tally_probe(t, place, id);

	return o->level != 0 ? o : NULL;
}

static inline exch_qty *
exch_tally_qty(const struct exch_tally *t, const struct exch_tally_order *o)
{
	return &t->qty[o - t->order];
}

static inline uint8_t
exch_tally_side_of(const struct exch_tally *t, const struct exch_tally_order *o)
{
	return t->level[o->level].owner & 1 ? EXCH_SELL : EXCH_BUY;
}

static inline int64_t
exch_tally_tick_of(const struct exch_tally *t, const struct exch_tally_order *o)
{
	return t->level[o->level].tick;
}

/* ---- changing ---- */

static inline exch_slot *
exch_tally_near(struct exch_tally_book *b, unsigned side, int64_t tick)
{
	uint64_t h = (uint64_t)tick * UINT64_C(0x9e3779b97f4a7c15);

	return &b->near[side][h >> (64 - EXCH_TALLY_NEAR_BITS)];
}

/* The level of a tick, made if need be; none: out of memory. */
static inline exch_slot
exch_tally_level(
    struct exch_tally *t, uint32_t place, unsigned side, int64_t tick)
{
	exch_slot l = *exch_tally_near(&t->book[place], side, tick);

	/* slot 0 is never a level, whatever it says */
	if (l != EXCH_SLOT_NONE && t->level[l].tick == tick)
		return l;
	return exch_tally_far(t, place, side, tick);
}

/*
 * EXCH_ERR_EXISTS: the id is live in this book; EXCH_ERR_RANGE: the level's
 * sum would overflow; EXCH_ERR_NOMEM.  On failure nothing has changed.
 */
static inline int
exch_tally_add(struct exch_tally *t, const struct exch_tally_new *n)
{
	struct exch_tally_book *b = &t->book[n->place];
	unsigned side = exch_book_index(n->side);
	struct exch_tally_order *o;
	struct exch_slot_data *lv;
	exch_slot l;
	size_t home;

	if (__builtin_expect(t->live >= t->full, 0) &&
	    exch_tally_grow(t) != EXCH_OK)
		return EXCH_ERR_NOMEM;
	home = exch_tally_home(t, n->place, n->id);
	o = exch_tally_probe(t, n->place, n->id);
	if (__builtin_expect(o->level != 0, 0))
		return EXCH_ERR_EXISTS;
	if (__builtin_expect(
		o - t->order > EXCH_TALLY_FAR + (int64_t)home, 0) &&
	    exch_tally_salt(t) == EXCH_OK)
		o = exch_tally_probe(t, n->place, n->id);
	l = exch_tally_level(t, n->place, side, n->tick);
	if (__builtin_expect(l == EXCH_SLOT_NONE, 0))
		return EXCH_ERR_NOMEM;
	lv = &t->level[l];
	if (lv->qty + n->qty < n->qty)
		return EXCH_ERR_RANGE;
	if (lv->prev++ == 0 && lv->level != 0) {
		struct exch_tally_side *s = &b->side[side];

		t->empty--;
		if (s->best == EXCH_SLOT_NONE ||
		    (side == 0 ? n->tick > s->best_tick
			       : n->tick < s->best_tick)) {
			s->best = l;
			s->best_tick = n->tick;
		}
	}
	lv->qty += n->qty;
	*o = (struct exch_tally_order){n->id, l, n->place};
	*exch_tally_qty(t, o) = n->qty;
	b->norders++;
	t->live++;
	return EXCH_OK;
}

/* Take qty (< open) away. */
static inline void
exch_tally_reduce(
    struct exch_tally *t, struct exch_tally_order *o, exch_qty qty)
{
	exch_qty *open = exch_tally_qty(t, o);

	exch_check(qty < *open);
	*open -= qty;
	t->level[o->level].qty -= qty;
}

/* Another quantity (> 0); EXCH_ERR_RANGE as for an add. */
static inline int
exch_tally_resize(
    struct exch_tally *t, struct exch_tally_order *o, exch_qty qty)
{
	exch_qty *open = exch_tally_qty(t, o);
	exch_qty others = t->level[o->level].qty - *open;

	exch_check(qty > 0);
	if (others + qty < others)
		return EXCH_ERR_RANGE;
	t->level[o->level].qty = others + qty;
	*open = qty;
	return EXCH_OK;
}

static inline void
exch_tally_remove(struct exch_tally *t, struct exch_tally_order *o)
{
	size_t i = (size_t)(o - t->order);
	exch_slot l = o->level;

	t->level[l].qty -= t->qty[i];
	t->book[o->place].norders--;
	t->live--;
	if (--t->level[l].prev == 0)
		exch_tally_emptied(t, l);
	/*
	 * Close the hole: an order further on may move into it unless its
	 * home lies behind the hole.
	 */
	for (size_t j = exch_tally_step(t, i); t->order[j].level != 0;
	     j = exch_tally_step(t, j)) {
		size_t home =
		    exch_tally_home(t, t->order[j].place, t->order[j].id);

		if (i <= j ? home <= i || home > j : home <= i && home > j) {
			t->order[i] = t->order[j];
			t->qty[i] = t->qty[j];
			i = j;
		}
	}
	t->order[i].level = 0;
}

/*
 * Walk everything and compare it with what must always hold; aborts by
 * exch_check() on a violation.  For tests; linear.
 */
void exch_tally_audit(struct exch_tally *t);

#endif
