/*
 * The insides of a book's operations, for those that do little else:
 * book.c and the engine's path of ordinary orders, which inline them.
 */
#ifndef EXCH_BOOK_OPS_H
#define EXCH_BOOK_OPS_H

#include "base/err.h"
#include "book/book.h"

/* book.c: the rare parts. */
/* More free slots; EXCH_ERR_NOMEM. */
int exch_book_grow(struct exch_book_store *s);
/* The level of a tick by the trie, made if needed; none: out of memory. */
exch_slot exch_book_level_far(struct exch_book_store *s, struct exch_book *b,
    unsigned side, int64_t tick);
/* The last of a level goes before those with higher ids. */
void exch_book_by_id(struct exch_book_store *s, exch_slot o);
/* Take an empty level out. */
void exch_book_level_drop(
    struct exch_book_store *s, struct exch_book *b, exch_slot l);

/* There is a free slot. */
static inline exch_slot
exch_book_take(struct exch_book_store *s)
{
	exch_slot i = s->free;

	s->free = s->slot[i].next;
	return i;
}

static inline void
exch_book_give(struct exch_book_store *s, exch_slot i)
{
	s->slot[i].next = s->free;
	s->free = i;
}

/*
 * Where a level may be found without asking the trie.  Both sides share the
 * table: in a book that is not crossed only one has a level at a tick.
 */
static inline exch_slot *
exch_book_near(
    const struct exch_book_store *s, const struct exch_book *b, int64_t tick)
{
	return exch_near_cell(&s->near, &b->near, tick);
}

/* book.c: the parts of the index that are apart. */
/* Room for one more there; EXCH_ERR_NOMEM. */
int exch_book_room_apart(struct exch_book_store *s);
void exch_book_put_apart(
    struct exch_book_store *s, const struct exch_book *b, exch_slot o);
void exch_book_del_apart(
    struct exch_book_store *s, const struct exch_book *b, exch_slot o);

/* Are there slots for an order and a level? */
static inline bool
exch_book_has_room(const struct exch_book_store *s)
{
	return s->free != 0 && s->slot[s->free].next != 0;
}

/*
 * To the end of a level that is in use; the index is the caller's, and so is
 * the room.
 */
static inline __attribute__((always_inline)) exch_slot
exch_book_append(struct exch_book_store *s, exch_slot l, exch_oid id,
    exch_qty qty, uint32_t owner)
{
	exch_slot n = exch_book_take(s);
	struct exch_slot_data *v = &s->slot[n];
	struct exch_slot_data *lv = &s->slot[l];
	exch_slot before = lv->prev;

	v->id = id;
	v->qty = qty;
	v->prev = before;
	v->next = l;
	v->level = l;
	v->owner = owner;
	lv->prev = n;
	s->slot[before].next = n;
	lv->qty += qty;
	s->ids.used++;
	return n;
}

/* Out of a level that has others; the index is the caller's. */
static inline __attribute__((always_inline)) void
exch_book_detach(struct exch_book_store *s, exch_slot o)
{
	struct exch_slot_data *v = &s->slot[o];

	s->slot[v->prev].next = v->next;
	s->slot[v->next].prev = v->prev;
	s->slot[v->level].qty -= v->qty;
	s->ids.used--;
	exch_book_give(s, o);
}

/* Out of the index; `home` is the id's. */
static inline __attribute__((always_inline)) void
exch_book_forget(struct exch_book_store *s, const struct exch_book *b,
    exch_slot o, size_t home)
{
	uint32_t rest = s->ids.cell[home] ^ o;

	if (__builtin_expect(exch_ids_slot(rest) == 0, 1))
		s->ids.cell[home] = rest;
	else
		exch_book_del_apart(s, b, o);
}

/*
 * exch_book_remove() of the first order of a level, whose quantity has been
 * taken off already; `home` is its id's.
 */
static inline __attribute__((always_inline)) void
exch_book_pop(struct exch_book_store *s, struct exch_book *b, exch_slot l,
    exch_slot o, size_t home)
{
	exch_slot next = s->slot[o].next;

	exch_book_forget(s, b, o, home);
	s->slot[l].next = next;
	s->slot[next].prev = l;
	s->ids.used--;
	exch_book_give(s, o);
	if (next == l)
		exch_book_level_drop(s, b, l);
}

/*
 * The level of a tick that exch_book_near() does not know: nearly always it
 * is new, and the node of the trie used last has room for it.  There is a
 * free slot; the level gets an order at once.  None: out of memory.
 */
static inline __attribute__((always_inline)) exch_slot
exch_book_open(
    struct exch_book_store *s, struct exch_book *b, unsigned side, int64_t tick)
{
	struct exch_book_side *bs = &b->side[side];
	uint64_t key = exch_trie_key(side, tick);
	exch_slot *at = exch_book_near(s, b, tick);
	exch_slot l = s->free;
	struct exch_slot_data *lv = &s->slot[l];

	if (*at != EXCH_SLOT_NONE || tick == EXCH_TICK_MARKET ||
	    !exch_trie_hang(&s->trie, bs->trie.finger, key, l))
		return exch_book_level_far(s, b, side, tick);
	*at = l;
	b->near.levels++;
	s->free = lv->next;
	lv->tick = tick;
	lv->qty = 0;
	lv->prev = lv->next = l;
	lv->level = bs->trie.finger;
	lv->owner = b->instr << 1 | side;
	if (~key > b->rank[side]) {
		b->rank[side] = ~key;
		bs->best = l;
	}
	return l;
}

/* exch_book_add() of an id that is not live and has this home. */
static inline __attribute__((always_inline)) int
exch_book_put(struct exch_book_store *s, struct exch_book *b,
    const struct exch_book_order *o, size_t home, exch_slot *slot)
{
	unsigned side = exch_book_index(o->side);
	struct exch_slot_data *lv;
	exch_slot l, n;
	bool apart;

	if (__builtin_expect(!exch_book_has_room(s), 0)) {
		if (exch_book_grow(s) != EXCH_OK)
			return EXCH_ERR_NOMEM;
		home = exch_ids_home(&s->ids, b->instr, o->id);
	}
	apart = exch_ids_slot(s->ids.cell[home]) != EXCH_SLOT_NONE;
	if (__builtin_expect(apart, 0) && exch_book_room_apart(s) != EXCH_OK)
		return EXCH_ERR_NOMEM;
	l = *exch_book_near(s, b, o->tick);
	/* slot 0 is never a level, whatever it says */
	if (l == EXCH_SLOT_NONE || s->slot[l].tick != o->tick ||
	    (s->slot[l].owner & 1) != side) {
		l = exch_book_open(s, b, side, o->tick);
		if (l == EXCH_SLOT_NONE)
			return EXCH_ERR_NOMEM;
	}
	lv = &s->slot[l];
	/* A new level has no sum to overflow, so none is left empty. */
	if (lv->qty + o->qty < o->qty)
		return EXCH_ERR_RANGE;
	n = exch_book_append(s, l, o->id, o->qty, o->owner);
	if (__builtin_expect(o->by_id, 0))
		exch_book_by_id(s, n);
	if (__builtin_expect(apart, 0))
		exch_book_put_apart(s, b, n);
	else
		s->ids.cell[home] |= n;
	if (slot != NULL)
		*slot = n;
	return EXCH_OK;
}

/* exch_book_remove(); `home` is the id's. */
static inline __attribute__((always_inline)) void
exch_book_unlink(
    struct exch_book_store *s, struct exch_book *b, exch_slot o, size_t home)
{
	exch_slot l = s->slot[o].level;

	exch_book_forget(s, b, o, home);
	exch_book_detach(s, o);
	if (s->slot[l].next == l)
		exch_book_level_drop(s, b, l);
}

#endif
