/*
 * Looking ahead in a run of records.  With a thousand books in turn, nearly
 * everything that a record touches has left the near caches: the
 * instrument, its entry in the index of orders, the order, its level and
 * neighbours, each known only when the one before has come.  While one
 * record would wait for each of them, forty wait for all of theirs at once.
 *
 * Nothing here decides anything: what is found may have changed by the time
 * the record is taken, and is only fetched, never believed.
 */
#ifndef EXCH_REPLAY_AHEAD_H
#define EXCH_REPLAY_AHEAD_H

#include "book/ops.h"
#include "replay/own.h"

/* Records looked at together. */
#define EXCH_AHEAD 48

struct exch_ahead {
	const struct exch_rec *rec;
	struct exch_shown *in; /* NULL: new */
	size_t home;	       /* of the order it names, in the index */
	exch_slot at;	       /* order or level, as far as it is known */
	exch_slot *near;       /* of a display: where its level may be found */
};

/* All that name an order name it first. */
static inline exch_oid
exch_ahead_order(const struct exch_rec *rec)
{
	return ((const struct exch_rec_book_delete *)(const void *)rec)->order;
}

/* The instrument, and where the index has the order. */
static inline void
exch_ahead_first(
    const struct exch_shadow *s, struct exch_ahead *a, const struct exch_rec *r)
{
	const struct exch_ids *ids = &s->store->ids;
	struct exch_shown *page = NULL;

	a->rec = r;
	a->near = NULL;
	if (r->instr <= EXCH_INSTR_MAX &&
	    exch_rec_len(r) >= sizeof(struct exch_rec_book_delete))
		page = s->page[r->instr / EXCH_SHOWN_PAGE];
	a->in = page != NULL ? &page[r->instr % EXCH_SHOWN_PAGE] : NULL;
	if (page == NULL)
		return;
	__builtin_prefetch(a->in);
	__builtin_prefetch(&a->in->book);
	a->home = exch_ids_home(ids, r->instr, exch_ahead_order(r));
	__builtin_prefetch(&ids->cell[a->home]);
}

/* The order by the index; a display's level by the table of the book. */
static inline void
exch_ahead_second(const struct exch_shadow *s, struct exch_ahead *a)
{
	if (a->in == NULL)
		return;
	if (a->rec->type == EXCH_REC_BOOK_ADD &&
	    exch_rec_len(a->rec) >= sizeof(struct exch_rec_book_add)) {
		const struct exch_rec_book_add *r = (const void *)a->rec;
		uint64_t tick =
		    exch_div_u(&a->in->tick, (uint64_t)r->price & INT64_MAX);

		a->near = exch_book_near(
		    &a->in->book, exch_book_index(r->side), (int64_t)tick);
		__builtin_prefetch(a->near);
		return;
	}
	a->at = s->store->ids.cell[a->home];
	__builtin_prefetch(&exch_book_slots(s->store)[a->at]);
}

/* The level, and who stands beside. */
static inline void
exch_ahead_third(const struct exch_shadow *s, struct exch_ahead *a)
{
	const struct exch_slot_data *slot = exch_book_slots(s->store);

	if (a->in == NULL)
		return;
	if (a->near != NULL) {
		a->at = *a->near;
		__builtin_prefetch(&slot[a->at]);
		return;
	}
	__builtin_prefetch(&slot[slot[a->at].prev]);
	__builtin_prefetch(&slot[slot[a->at].next]);
	a->at = slot[a->at].level;
	__builtin_prefetch(&slot[a->at]);
}

#endif
