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

struct exch_book_ahead {
	size_t home;	       /* of the order, in the index */
	exch_slot at;	       /* the order; of a new one, its level */
	const exch_slot *near; /* of a new one: where its level may be found */
};

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

/* First: where the index has an order, or will have it. */
static inline void
exch_ahead_index(const struct exch_book_store *s, uint32_t instr, exch_oid id,
    struct exch_book_ahead *a)
{
	a->home = exch_ids_home(&s->ids, instr, id);
	a->near = NULL;
	__builtin_prefetch(&s->ids.cell[a->home]);
}

/* Second, for a new one: its level, by the table of the book. */
static inline void
exch_ahead_level(const struct exch_book_store *s, const struct exch_book *b,
    int64_t tick, struct exch_book_ahead *a)
{
	a->near = exch_book_near(s, b, tick);
	__builtin_prefetch(a->near);
}

/* Second, for one that should be live: the order. */
static inline void
exch_ahead_order(const struct exch_book_store *s, struct exch_book_ahead *a)
{
	a->at = exch_ids_slot(s->ids.cell[a->home]);
	__builtin_prefetch(&s->slot[a->at]);
}

/* Third: the level, and who stands beside. */
static inline void
exch_ahead_beside(const struct exch_book_store *s, struct exch_book_ahead *a)
{
	if (a->near != NULL) {
		a->at = *a->near;
		__builtin_prefetch(&s->slot[a->at]);
		return;
	}
	__builtin_prefetch(&s->slot[s->slot[a->at].prev]);
	__builtin_prefetch(&s->slot[s->slot[a->at].next]);
	__builtin_prefetch(&s->slot[s->slot[a->at].level]);
}

/*
 * Fourth, of an order that may be the last one of its level: what has to be
 * told when the level goes.  Slot 0 is as good as any.
 */
static inline void
exch_ahead_end(
    const struct exch_book_store *s, const struct exch_book *b, exch_slot order)
{
	const struct exch_slot_data *level = &s->slot[s->slot[order].level];

	__builtin_prefetch(exch_book_near(s, b, level->tick));
	__builtin_prefetch(&s->trie.node[level->level]);
}

#endif
