/*
 * What stands at each price of many books: the quantity of every order and
 * the sums of the levels, without queues.  Reports need no more, and what
 * is not kept is not touched: an order is 32 bytes in one open addressing
 * table, found, verified and changed in one cache line, and a level is a
 * sum.
 *
 * Many levels hold one order and come and go with it: that is done in the
 * level's node of the trie, inline, and nearly always needs no other.
 * Memory follows the live orders and no operation depends on depth.
 *
 * Always true: a level's qty and count are those of its orders in the
 * table; a priced level has orders; `best` is the best level, and best_tick
 * its tick.
 */
#ifndef EXCH_REPORT_TALLY_H
#define EXCH_REPORT_TALLY_H

#include "base/check.h"
#include "base/err.h"
#include "base/salted.h"
#include "book/book.h"
#include "book/trie.h"
#include "book/trie_quick.h"

struct exch_tally_order {
	exch_oid id;
	exch_qty qty;	/* > 0 */
	uint32_t level; /* 0: the place is free */
	uint32_t place; /* of its book */
	uint32_t home;	/* exch_tally_home() */
	uint32_t side;	/* exch_book_index() */
};

/* One instrument.  Zero bytes make an empty book. */
struct exch_tally_book {
	struct exch_tally_side {
		exch_slot best;	   /* level of the best price, or none */
		exch_slot market;  /* of orders without a price, or none */
		int64_t best_tick; /* 0 while there is no best */
		struct exch_trie trie;
	} side[2]; /* exch_book_index() */
	uint32_t norders;
	/*
	 * A best price has become another one: for whoever wants to know,
	 * who clears it.
	 */
	bool moved;
	uint8_t zero[11]; /* a line of the cache each */
};

_Static_assert(sizeof(struct exch_tally_book) == 64, "a line of the cache");

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
	uint32_t places; /* any number, to follow the orders closely */
	uint32_t full;	 /* so many orders ask for more places */
	uint32_t live;	 /* orders */
	uint32_t made;	 /* tables so far: homes are those of one */
	uint64_t salt;	 /* even; makes the hash */
	struct exch_tally_book *book; /* by place */
	uint32_t nbooks;
	struct exch_slot_data *level;
	uint32_t cap;
	uint32_t used; /* level slots ever taken, slot 0 included */
	uint32_t free;
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
/* exch_tally_level() for every case. */
exch_slot exch_tally_far(
    struct exch_tally *t, uint32_t place, unsigned side, int64_t tick);
/* Room for a level and a node: EXCH_ERR_NOMEM. */
int exch_tally_widen(struct exch_tally *t);

/* ---- looking ---- */

/*
 * The next level behind one, or EXCH_SLOT_NONE; from `best` on it walks the
 * priced levels of a side.
 */
static inline exch_slot
exch_tally_worse(const struct exch_tally *t, exch_slot level)
{
	unsigned side = t->level[level].owner & 1;
	exch_slot l = exch_trie_next_quick(&t->trie, t->level, side, level);

	return __builtin_expect(l != EXCH_SLOT_NONE, 1)
		   ? l
		   : exch_trie_next(&t->trie, t->level, side, level);
}

/* The level at a price if it has orders, or EXCH_SLOT_NONE. */
exch_slot exch_tally_at(
    const struct exch_tally *t, uint32_t place, uint8_t side, int64_t tick);

/*
 * Where the search for an order begins.  Ids are chosen by whoever sends
 * orders, who may choose them so that all of them meet: when a search has
 * become longer than chance makes it, the hash becomes another one.
 */
static inline uint32_t
exch_tally_home(const struct exch_tally *t, uint32_t place, exch_oid id)
{
	uint64_t h = exch_salted_pair(place, id, t->salt);

	return (uint32_t)(h * t->places >> 32);
}

#define EXCH_TALLY_FAR 1024u

/* The next place, round the end. */
static inline struct exch_tally_order *
exch_tally_step(const struct exch_tally *t, struct exch_tally_order *o)
{
	return ++o == t->order + t->places ? t->order : o;
}

/* Where the order is, or the free place where it would be. */
static inline struct exch_tally_order *
exch_tally_probe(
    const struct exch_tally *t, uint32_t place, exch_oid id, uint32_t home)
{
	struct exch_tally_order *o = &t->order[home];

	while (o->level != 0 && (o->id != id || o->place != place))
		o = exch_tally_step(t, o);
	return o;
}

/* A live order whose home is known, or NULL; good until the next change. */
static inline struct exch_tally_order *
exch_tally_find_at(
    const struct exch_tally *t, uint32_t place, exch_oid id, uint32_t home)
{
	struct exch_tally_order *o = exch_tally_probe(t, place, id, home);

	return o->level != 0 ? o : NULL;
}

static inline struct exch_tally_order *
exch_tally_find(const struct exch_tally *t, uint32_t place, exch_oid id)
{
	return exch_tally_find_at(t, place, id, exch_tally_home(t, place, id));
}

static inline uint8_t
exch_tally_side_of(const struct exch_tally_order *o)
{
	return o->side != 0 ? EXCH_SELL : EXCH_BUY;
}

static inline int64_t
exch_tally_tick_of(const struct exch_tally *t, const struct exch_tally_order *o)
{
	return t->level[o->level].tick;
}

/* ---- changing ---- */

/* The slot of the next new level; none: the levels have to grow first. */
static inline exch_slot
exch_tally_upcoming(const struct exch_tally *t)
{
	if (t->free != EXCH_SLOT_NONE)
		return t->free;
	return t->used < t->cap ? t->used : EXCH_SLOT_NONE;
}

/* That slot becomes the level of a tick, without orders so far. */
static inline void
exch_tally_begin(struct exch_tally *t, exch_slot l, uint32_t place,
    unsigned side, int64_t tick)
{
	struct exch_slot_data *v = &t->level[l];

	if (l == t->free)
		t->free = v->next;
	else
		t->used++;
	v->tick = tick;
	v->qty = 0;
	v->prev = 0;
	v->owner = place << 1 | side;
}

/* The level of a tick, made if need be; none: out of memory. */
static inline exch_slot
exch_tally_level(
    struct exch_tally *t, uint32_t place, unsigned side, int64_t tick)
{
	exch_slot fresh = exch_tally_upcoming(t);
	exch_slot l;

	if (__builtin_expect(
		fresh == EXCH_SLOT_NONE || tick == EXCH_TICK_MARKET, 0))
		return exch_tally_far(t, place, side, tick);
	l = exch_trie_put_quick(&t->trie, &t->book[place].side[side].trie,
	    t->level, side, tick, fresh);
	if (__builtin_expect(l == EXCH_SLOT_NONE, 0))
		return exch_tally_far(t, place, side, tick);
	if (l == fresh)
		exch_tally_begin(t, l, place, side, tick);
	return l;
}

/* Can an order be added for sure, whatever its price? */
static inline bool
exch_tally_room(struct exch_tally *t)
{
	return (t->live < t->full || exch_tally_grow(t) == EXCH_OK) &&
	       ((exch_tally_upcoming(t) != EXCH_SLOT_NONE &&
		    exch_trie_has_room(&t->trie)) ||
		   exch_tally_widen(t) == EXCH_OK);
}

/* Orders of a new best price. */
static inline void
exch_tally_lead(
    struct exch_tally_book *b, unsigned side, exch_slot l, int64_t tick)
{
	struct exch_tally_side *s = &b->side[side];

	if (s->best != EXCH_SLOT_NONE &&
	    (side == 0 ? tick < s->best_tick : tick > s->best_tick))
		return;
	s->best = l;
	s->best_tick = tick;
	b->moved = true;
}

/*
 * EXCH_ERR_EXISTS: the id is live in this book; EXCH_ERR_RANGE: the level's
 * sum would overflow; EXCH_ERR_NOMEM.  On failure nothing has changed.
 */
static inline __attribute__((always_inline)) int
exch_tally_add_at(
    struct exch_tally *t, const struct exch_tally_new *n, uint32_t home)
{
	struct exch_tally_book *b = &t->book[n->place];
	unsigned side = exch_book_index(n->side);
	struct exch_tally_order *o;
	struct exch_slot_data *lv;
	exch_slot l;

	if (__builtin_expect(t->live >= t->full, 0)) {
		if (exch_tally_grow(t) != EXCH_OK)
			return EXCH_ERR_NOMEM;
		home = exch_tally_home(t, n->place, n->id);
	}
	o = exch_tally_probe(t, n->place, n->id, home);
	if (__builtin_expect(o->level != 0, 0))
		return EXCH_ERR_EXISTS;
	if (__builtin_expect(
		o - t->order > EXCH_TALLY_FAR + (int64_t)home, 0) &&
	    exch_tally_salt(t) == EXCH_OK) {
		home = exch_tally_home(t, n->place, n->id);
		o = exch_tally_probe(t, n->place, n->id, home);
	}
	l = exch_tally_level(t, n->place, side, n->tick);
	if (__builtin_expect(l == EXCH_SLOT_NONE, 0))
		return EXCH_ERR_NOMEM;
	lv = &t->level[l];
	if (lv->qty + n->qty < n->qty)
		return EXCH_ERR_RANGE;
	if (lv->prev++ == 0 && lv->level != 0)
		exch_tally_lead(b, side, l, n->tick);
	lv->qty += n->qty;
	*o = (struct exch_tally_order){n->id, n->qty, l, n->place, home, side};
	b->norders++;
	t->live++;
	return EXCH_OK;
}

static inline int
exch_tally_add(struct exch_tally *t, const struct exch_tally_new *n)
{
	return exch_tally_add_at(t, n, exch_tally_home(t, n->place, n->id));
}

/* Take qty (< open) away. */
static inline void
exch_tally_reduce(
    struct exch_tally *t, struct exch_tally_order *o, exch_qty qty)
{
	exch_check(qty < o->qty);
	o->qty -= qty;
	t->level[o->level].qty -= qty;
}

/* Another quantity (> 0); EXCH_ERR_RANGE as for an add. */
static inline int
exch_tally_resize(
    struct exch_tally *t, struct exch_tally_order *o, exch_qty qty)
{
	exch_qty others = t->level[o->level].qty - o->qty;

	exch_check(qty > 0);
	if (others + qty < others)
		return EXCH_ERR_RANGE;
	t->level[o->level].qty = others + qty;
	o->qty = qty;
	return EXCH_OK;
}

/* A level has no orders any more: it goes. */
static inline void
exch_tally_emptied(
    struct exch_tally *t, uint32_t place, unsigned side, exch_slot l)
{
	struct exch_tally_book *b = &t->book[place];
	struct exch_tally_side *s = &b->side[side];
	struct exch_slot_data *v = &t->level[l];

	if (__builtin_expect(v->level == 0, 0))
		return; /* the one without a price stays */
	if (l == s->best) {
		s->best = exch_tally_worse(t, l);
		s->best_tick = t->level[s->best].tick;
		b->moved = true;
	}
	exch_trie_del(
	    &t->trie, &s->trie, v->level, exch_trie_key(side, v->tick));
	v->level = 0;
	v->next = t->free;
	t->free = l;
}

static inline void
exch_tally_remove(struct exch_tally *t, struct exch_tally_order *o)
{
	struct exch_slot_data *v = &t->level[o->level];
	struct exch_tally_order *p = o;

	v->qty -= o->qty;
	t->book[o->place].norders--;
	t->live--;
	if (--v->prev == 0)
		exch_tally_emptied(t, o->place, o->side, o->level);
	/*
	 * Close the hole: an order further on may move into it unless its
	 * home lies behind the hole.
	 */
	while ((p = exch_tally_step(t, p))->level != 0) {
		const struct exch_tally_order *home = &t->order[p->home];

		if (o <= p ? home <= o || home > p : home <= o && home > p) {
			*o = *p;
			o = p;
		}
	}
	o->level = 0;
}

/*
 * Walk everything and compare it with what must always hold; aborts by
 * exch_check() on a violation.  For tests; linear.
 */
void exch_tally_audit(const struct exch_tally *t);

#endif
