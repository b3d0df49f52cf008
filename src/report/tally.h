/*
 * What stands at each price of many books: the quantity of every order and
 * the sums of the levels, without queues.  Reports need no more, and what
 * is not kept is not touched: an order is 32 bytes in a pool, found by the
 * index that books have (book/ids.h), and a level is a sum.
 *
 * Many levels hold one order and come and go with it: that is done in the
 * level's node of the trie, inline, and nearly always needs no other.
 * Memory follows the live orders and no operation depends on depth.
 *
 * Always true: a level's qty and count are those of its orders in the
 * pool; a priced level has orders; `best` is the best level, and best_tick
 * its tick.
 */
#ifndef EXCH_REPORT_TALLY_H
#define EXCH_REPORT_TALLY_H

#include "base/check.h"
#include "base/err.h"
#include "book/book.h"
#include "book/ids.h"
#include "book/trie.h"
#include "book/trie_quick.h"

struct exch_tally_order {
	exch_oid id;
	exch_qty qty;	/* > 0 */
	uint32_t level; /* 0: free */
	uint32_t place; /* of its book */
	uint32_t side;	/* exch_book_index() */
	uint32_t next;	/* list of free ones */
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
	struct exch_tally_order *order; /* a pool; the first is none */
	uint32_t orders;		/* in the pool: any number */
	uint32_t begun;			/* of them ever taken */
	uint32_t spare;			/* the first of those given back */
	uint32_t live;			/* of a book */
	struct exch_ids ids;		/* of places and ids */
	struct exch_tally_book *book;	/* by place */
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

/* More free orders: EXCH_ERR_NOMEM. */
int exch_tally_grow(struct exch_tally *t);
/* Room for an order whose cell of the index is taken: EXCH_ERR_NOMEM. */
int exch_tally_room_apart(struct exch_tally *t);
/* Into the index, out of it, and where it is: what is not in its cell. */
void exch_tally_put_apart(struct exch_tally *t, uint32_t order);
void exch_tally_del_apart(struct exch_tally *t, uint32_t order);
uint32_t exch_tally_look_apart(
    const struct exch_tally *t, uint32_t place, exch_oid id);
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
 * How many levels of its side are better than a priced one that has orders;
 * none beyond `most` is looked for.
 */
unsigned exch_tally_before(
    const struct exch_tally *t, exch_slot level, unsigned most);

/* Is that the order? */
static inline bool
exch_tally_is(
    const struct exch_tally *t, uint32_t order, uint32_t place, exch_oid id)
{
	const struct exch_tally_order *o = &t->order[order];

	/* the first is in no level */
	return o->id == id && o->place == place && o->level != 0;
}

/* A live order, or 0; good until it goes. */
static inline uint32_t
exch_tally_look(const struct exch_tally *t, uint32_t place, exch_oid id)
{
	uint32_t cell = t->ids.cell[exch_ids_home(&t->ids, place, id)];

	if (__builtin_expect(
		exch_tally_is(t, exch_ids_slot(cell), place, id), 1))
		return exch_ids_slot(cell);
	if (__builtin_expect((cell & EXCH_IDS_OVER) == 0, 1))
		return 0;
	return exch_tally_look_apart(t, place, id);
}

/* The same, or NULL; good until the next change. */
static inline struct exch_tally_order *
exch_tally_find(const struct exch_tally *t, uint32_t place, exch_oid id)
{
	uint32_t i = exch_tally_look(t, place, id);

	return i != 0 ? &t->order[i] : NULL;
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

static inline bool
exch_tally_has_order(const struct exch_tally *t)
{
	return t->spare != 0 || t->begun < t->orders;
}

/* Can an order be added for sure, whatever its id and its price? */
static inline bool
exch_tally_room(struct exch_tally *t)
{
	return (exch_tally_has_order(t) || exch_tally_grow(t) == EXCH_OK) &&
	       (!exch_ids_full(&t->ids) ||
		   exch_tally_room_apart(t) == EXCH_OK) &&
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

/* One that is free, of which there are some, becomes that. */
static inline uint32_t
exch_tally_begin_order(struct exch_tally *t, const struct exch_tally_order *as)
{
	uint32_t i = t->spare;

	if (i != 0)
		t->spare = t->order[i].next;
	else
		i = t->begun++;
	t->order[i] = *as;
	return i;
}

/*
 * EXCH_ERR_EXISTS: the id is live in this book; EXCH_ERR_RANGE: the level's
 * sum would overflow; EXCH_ERR_NOMEM.  On failure nothing has changed.
 */
static inline __attribute__((always_inline)) int
exch_tally_add(struct exch_tally *t, const struct exch_tally_new *n)
{
	struct exch_tally_book *b = &t->book[n->place];
	unsigned side = exch_book_index(n->side);
	struct exch_slot_data *lv;
	uint32_t *cell;
	uint32_t at;
	exch_slot l;

	if (__builtin_expect(!exch_tally_has_order(t), 0) &&
	    exch_tally_grow(t) != EXCH_OK)
		return EXCH_ERR_NOMEM;
	cell = &t->ids.cell[exch_ids_home(&t->ids, n->place, n->id)];
	if (__builtin_expect(*cell != 0, 0)) {
		if (exch_tally_look(t, n->place, n->id) != 0)
			return EXCH_ERR_EXISTS;
		if (exch_tally_room_apart(t) != EXCH_OK)
			return EXCH_ERR_NOMEM;
		cell = &t->ids.cell[exch_ids_home(&t->ids, n->place, n->id)];
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
	at = exch_tally_begin_order(
	    t, &(struct exch_tally_order){n->id, n->qty, l, n->place, side, 0});
	if (__builtin_expect(exch_ids_slot(*cell) == 0, 1))
		*cell |= at;
	else
		exch_tally_put_apart(t, at);
	b->norders++;
	t->live++;
	return EXCH_OK;
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
	uint32_t *cell = &t->ids.cell[exch_ids_home(&t->ids, o->place, o->id)];
	uint32_t at = (uint32_t)(o - t->order);

	v->qty -= o->qty;
	t->book[o->place].norders--;
	t->live--;
	if (--v->prev == 0)
		exch_tally_emptied(t, o->place, o->side, o->level);
	if (__builtin_expect(exch_ids_slot(*cell) == at, 1))
		*cell ^= at;
	else
		exch_tally_del_apart(t, at);
	o->level = 0;
	o->next = t->spare;
	t->spare = at;
}

/*
 * Walk everything and compare it with what must always hold; aborts by
 * exch_check() on a violation.  For tests; linear.
 */
void exch_tally_audit(const struct exch_tally *t);

#endif
