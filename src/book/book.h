/*
 * Price levels and queues of orders: the state of a market without any
 * policy.  Whoever matches, replays or draws depth builds on this.
 *
 * One store holds the orders of many books.  Orders and levels are 32-byte
 * slots of one pool, linked by 32-bit indexes; a level is the sentinel of
 * the circular list of its orders, so that linking and unlinking have no
 * branches:
 *
 *	level --next--> first order --next--> ... last order --next--> level
 *
 * Levels hang in a 64-ary trie per side (trie.h) whose nodes follow the
 * prices in use: there is no window to leave.  Nearly always the book's
 * table (near.h) knows the level that is asked for, and the trie is not
 * climbed.  The id index (ids.h) is sized to live orders.  No operation
 * depends on depth.
 *
 * Slot numbers are good until the order (or its level) is gone.
 */
#ifndef EXCH_BOOK_BOOK_H
#define EXCH_BOOK_BOOK_H

#include "base/types.h"
#include "book/ids.h"
#include "book/near.h"
#include "book/trie.h"

typedef uint32_t exch_slot;
#define EXCH_SLOT_NONE 0u

/*
 * Prices are integer ticks of the instrument's grid.  Orders without a
 * price (market orders waiting in a call) stand in a level of their own,
 * before every price.
 */
#define EXCH_TICK_MARKET INT64_MAX

struct exch_book;

struct exch_slot_data {
	union {
		exch_oid id;  /* order */
		int64_t tick; /* level; EXCH_TICK_MARKET for the market level */
	};
	exch_qty qty; /* order: open quantity; level: sum of its orders */
	uint32_t prev;
	uint32_t next;	/* level: first order */
	uint32_t level; /* order: its level; level: trie node */
	uint32_t owner; /* order: account; level: instr << 1 | (side is sell) */
};

/*
 * Whoever keeps the same books elsewhere is told of every change that book.c
 * makes, and calls it with.  `added`: the order stands there now.  `changes`:
 * its open quantity is about to become that; 0: it is about to go.
 */
struct exch_book_mirror {
	void (*added)(
	    struct exch_book_mirror *m, const struct exch_book *b, exch_slot o);
	void (*changes)(struct exch_book_mirror *m, exch_slot o, exch_qty qty);
};

/* Open to view so that lookups can be inlined; changed by book.c only. */
struct exch_book_store {
	struct exch_slot_data *slot;
	uint32_t cap;
	uint32_t used; /* slots ever in the list, slot 0 included */
	uint32_t free; /* list through next */
	struct exch_ids ids;
	struct exch_near_pool near;
	struct exch_trie_pool trie;
	struct exch_book_mirror *mirror; /* borrowed; NULL: nobody */
};

/* One instrument.  Zero bytes make an empty book. */
struct exch_book {
	uint32_t instr;
	struct exch_near near;
	/* of each side the best price, so that a larger one is better; 0:
	 * none (exch_book_rank) */
	uint64_t rank[2];
	struct exch_book_side {
		struct exch_trie trie;
		exch_slot best;	  /* best priced level, or none */
		exch_slot market; /* level of unpriced orders, or none */
	} side[2];		  /* 0 buy, 1 sell: exch_book_index() */
};

static inline unsigned
exch_book_index(uint8_t side)
{
	return side == EXCH_SELL;
}

/* A price of a side as a number that is larger for better ones, never 0. */
static inline uint64_t
exch_book_rank(unsigned side, int64_t tick)
{
	return ~exch_trie_key(side, tick);
}

/* Does an order trade at its limit with what rests on the other side? */
static inline bool
exch_book_crosses(const struct exch_book *b, unsigned side, int64_t limit)
{
	return b->rank[!side] >= exch_book_rank(!side, limit);
}

/* `hint`: live orders expected; the store grows as needed. */
struct exch_book_store *exch_book_store_new(size_t hint);
void exch_book_store_free(struct exch_book_store *s);

/* Slots move when the store grows: fetch again after an add. */
static inline struct exch_slot_data *
exch_book_slots(const struct exch_book_store *s)
{
	return s->slot;
}

/* Live orders in all books. */
size_t exch_book_live(const struct exch_book_store *s);

/* Has a book no orders? */
static inline bool
exch_book_is_empty(const struct exch_book *b)
{
	return (b->rank[0] | b->rank[1] | b->side[0].market |
		   b->side[1].market) == 0;
}

/* How many it has; they are counted one by one. */
size_t exch_book_count(
    const struct exch_book_store *s, const struct exch_book *b);

struct exch_book_order {
	exch_oid id;
	int64_t tick; /* or EXCH_TICK_MARKET */
	exch_qty qty; /* > 0 */
	uint32_t owner;
	uint8_t side;
	bool by_id; /* queue place by id instead of arrival */
	bool fresh; /* the caller knows that the id is not live */
};

/*
 * Append to its level's queue.  *slot (may be NULL) receives the order.
 * EXCH_ERR_EXISTS: the id is live in this book; EXCH_ERR_RANGE: the level's
 * sum would overflow; EXCH_ERR_NOMEM.  On failure nothing has changed.
 */
int exch_book_add(struct exch_book_store *s, struct exch_book *b,
    const struct exch_book_order *o, exch_slot *slot);

/* Is the order of that slot this one?  Slot 0 is nobody's. */
static inline bool
exch_book_is(const struct exch_book_store *s, const struct exch_book *b,
    exch_slot o, exch_oid id)
{
	return s->slot[o].id == id &&
	       s->slot[s->slot[o].level].owner >> 1 == b->instr;
}

/* The same among those whose cell of the index was taken. */
exch_slot exch_book_look_apart(
    const struct exch_book_store *s, const struct exch_book *b, exch_oid id);

/* The live order with this id, or EXCH_SLOT_NONE; `home` is the id's. */
static inline exch_slot
exch_book_look(const struct exch_book_store *s, const struct exch_book *b,
    size_t home, exch_oid id)
{
	uint32_t cell = s->ids.cell[home];

	if (exch_book_is(s, b, exch_ids_slot(cell), id))
		return exch_ids_slot(cell);
	if (__builtin_expect((cell & EXCH_IDS_OVER) == 0, 1))
		return EXCH_SLOT_NONE;
	return exch_book_look_apart(s, b, id);
}

static inline exch_slot
exch_book_find(
    const struct exch_book_store *s, const struct exch_book *b, exch_oid id)
{
	return exch_book_look(s, b, exch_ids_home(&s->ids, b->instr, id), id);
}

/* Take qty (< open) away; the place in the queue stays. */
void exch_book_reduce(struct exch_book_store *s, exch_slot o, exch_qty qty);
/* Another quantity (> 0) in the same place; EXCH_ERR_RANGE as for an add. */
int exch_book_resize(struct exch_book_store *s, exch_slot o, exch_qty qty);
/* Take the order out. */
void exch_book_remove(
    struct exch_book_store *s, struct exch_book *b, exch_slot o);
/* Take qty (<= open) away: reduce, or remove when nothing is left. */
void exch_book_fill(
    struct exch_book_store *s, struct exch_book *b, exch_slot o, exch_qty qty);

/*
 * Walking.  Levels from best to worst: the market level first, then
 * prices.  EXCH_SLOT_NONE at the end.
 */
static inline exch_slot
exch_book_top(const struct exch_book *b, uint8_t side)
{
	const struct exch_book_side *bs = &b->side[exch_book_index(side)];

	return bs->market != EXCH_SLOT_NONE ? bs->market : bs->best;
}

exch_slot exch_book_worse(const struct exch_book_store *s,
    const struct exch_book *b, exch_slot level);
/* The level at a tick, or EXCH_SLOT_NONE. */
exch_slot exch_book_level(const struct exch_book_store *s, struct exch_book *b,
    uint8_t side, int64_t tick);
/* First order of a level; next order or EXCH_SLOT_NONE after the last. */
static inline exch_slot
exch_book_first(const struct exch_book_store *s, exch_slot level)
{
	return s->slot[level].next;
}

static inline exch_slot
exch_book_after(const struct exch_book_store *s, exch_slot o)
{
	exch_slot n = s->slot[o].next;

	return n == s->slot[o].level ? EXCH_SLOT_NONE : n;
}

/* Side and price of an order (not of a level: its slot has both). */
static inline uint8_t
exch_book_side_of(const struct exch_book_store *s, exch_slot o)
{
	return s->slot[s->slot[o].level].owner & 1 ? EXCH_SELL : EXCH_BUY;
}

static inline int64_t
exch_book_tick_of(const struct exch_book_store *s, exch_slot o)
{
	return s->slot[s->slot[o].level].tick;
}

struct exch_image;
/* The orders and levels of all books; a book itself holds no memory. */
void exch_book_store_image(struct exch_image *im, struct exch_book_store *s);

/*
 * Walk everything and compare it with what must always hold; aborts by
 * exch_check() on a violation.  For tests; linear.
 */
void exch_book_audit(const struct exch_book_store *s,
    const struct exch_book *const *books, size_t n);

#endif
