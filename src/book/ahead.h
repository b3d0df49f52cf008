/*
 * Looking ahead.  With a thousand books in turn, nearly everything that an
 * order touches has left the near caches: its entry in the index, the
 * order, its level and neighbours, each known only when the one before has
 * come.  Who has many orders at hand takes these steps for all of them, one
 * step after the other, before the first is dealt with: then they wait for
 * memory together instead of one by one.
 *
 * Nothing here decides anything: what is found may have changed by the time
 * it is needed, and is only fetched, never believed.  The store must not
 * change between the steps.
 */
#ifndef EXCH_BOOK_AHEAD_H
#define EXCH_BOOK_AHEAD_H

#include "book/ops.h"

/* As many as wait together; more would not stay in the first cache. */
#define EXCH_AHEAD 48

/*
 * Whether it pays, for so many instruments of so many bytes: what fits into
 * a second cache comes soon enough.
 */
static inline bool
exch_ahead_pays(
    const struct exch_book_store *s, size_t instruments, size_t each)
{
	size_t orders = s->used * (sizeof(*s->slot) + sizeof(*s->ids.cell));

	return orders + instruments * each > (size_t)1 << 20;
}

/* Of one that should be live, first: where the index has it. */
static inline const uint32_t *
exch_ahead_cell(const struct exch_book_store *s, size_t home)
{
	const uint32_t *cell = &s->ids.cell[home];

	__builtin_prefetch(cell);
	return cell;
}

/* Of a new one, first: where the table of the book has its level. */
static inline const uint32_t *
exch_ahead_near(
    const struct exch_book_store *s, const struct exch_book *b, int64_t tick)
{
	const uint32_t *cell = exch_book_near(s, b, tick);

	__builtin_prefetch(cell);
	return cell;
}

/* Second, of both: the order, or the level. */
static inline exch_slot
exch_ahead_slot(const struct exch_book_store *s, const uint32_t *cell)
{
	exch_slot at = exch_ids_slot(*cell);

	__builtin_prefetch(&s->slot[at]);
	return at;
}

/*
 * A function that does nothing but fetch has no effects, as gcc sees it, and
 * calls of it are left out; not if it is inlined before they are looked at.
 */
#define EXCH_AHEAD_ONLY static inline __attribute__((always_inline))

/* Third: the level of an order, and who stands beside. */
EXCH_AHEAD_ONLY void
exch_ahead_beside(const struct exch_book_store *s, exch_slot order)
{
	const struct exch_slot_data *v = &s->slot[order];

	__builtin_prefetch(&s->slot[v->prev]);
	__builtin_prefetch(&s->slot[v->next]);
	__builtin_prefetch(&s->slot[v->level]);
}

/* Third: behind whom an order will stand in a level. */
EXCH_AHEAD_ONLY void
exch_ahead_behind(const struct exch_book_store *s, exch_slot level)
{
	__builtin_prefetch(&s->slot[s->slot[level].prev]);
}

/* Fourth, for one that makes its level: where that will hang. */
EXCH_AHEAD_ONLY void
exch_ahead_hang(const struct exch_book_store *s, const struct exch_book *b)
{
	__builtin_prefetch(&s->trie.node[b->side[0].trie.finger], 1);
	__builtin_prefetch(&s->trie.node[b->side[1].trie.finger], 1);
}

/*
 * Fourth, of an order that may be the last one of its level: what has to be
 * told when the level goes.  Slot 0 is as good as any.
 */
EXCH_AHEAD_ONLY void
exch_ahead_end(
    const struct exch_book_store *s, const struct exch_book *b, exch_slot order)
{
	const struct exch_slot_data *level = &s->slot[s->slot[order].level];

	__builtin_prefetch(exch_book_near(s, b, level->tick));
	__builtin_prefetch(&s->trie.node[level->level]);
}

/*
 * Fifth, of the same: when the best level goes, the one behind it is asked
 * for its price.  Where that hangs in another node it is not looked for.
 */
EXCH_AHEAD_ONLY void
exch_ahead_next(
    const struct exch_book_store *s, const struct exch_book *b, exch_slot order)
{
	exch_slot l = s->slot[order].level;
	const struct exch_slot_data *level = &s->slot[l];
	unsigned side = level->owner & 1;
	const struct exch_trie_node *v = &s->trie.node[level->level];
	uint64_t part, others;
	uint32_t child;

	if (l != b->side[side].best)
		return;
	part = exch_trie_part(v, exch_trie_key(side, level->tick));
	others = v->bits & ~(UINT64_C(1) << (part & 63));
	if (others == 0)
		return;
	child = v->child[__builtin_ctzll(others)];
	if ((child & EXCH_TRIE_NODE) == 0)
		__builtin_prefetch(&s->slot[child]);
}

#endif
