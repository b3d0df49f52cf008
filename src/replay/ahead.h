/*
 * Looking ahead in a run of records (book/ahead.h): what they will touch of
 * the shadow book.
 */
#ifndef EXCH_REPLAY_AHEAD_H
#define EXCH_REPLAY_AHEAD_H

#include "book/ahead.h"
#include "replay/own.h"

struct exch_ahead {
	const struct exch_rec *rec;
	struct exch_shown *in; /* NULL: nothing is known */
	struct exch_book_ahead book;
};

/* The instrument, and where the index has the order. */
static inline void
exch_ahead_first(
    const struct exch_shadow *s, struct exch_ahead *a, const struct exch_rec *r)
{
	/* All that name an order name it first. */
	const struct exch_rec_book_delete *named = (const void *)r;
	struct exch_shown *page = NULL;

	a->rec = r;
	if (r->instr <= EXCH_INSTR_MAX && exch_rec_len(r) >= sizeof(*named))
		page = s->page[r->instr / EXCH_SHOWN_PAGE];
	a->in = page != NULL ? &page[r->instr % EXCH_SHOWN_PAGE] : NULL;
	if (page == NULL)
		return;
	__builtin_prefetch(a->in);
	__builtin_prefetch(&a->in->book);
	exch_ahead_index(s->store, r->instr, named->order, &a->book);
}

/* The order; of a display, its level. */
static inline void
exch_ahead_second(const struct exch_shadow *s, struct exch_ahead *a)
{
	const struct exch_rec_book_add *r = (const void *)a->rec;

	if (a->in == NULL)
		return;
	if (r->h.type == EXCH_REC_BOOK_ADD && exch_rec_len(&r->h) >= sizeof(*r))
		exch_ahead_level(&a->in->book,
		    (int64_t)exch_div_u(
			&a->in->tick, (uint64_t)r->price & INT64_MAX),
		    &a->book);
	else
		exch_ahead_order(s->store, &a->book);
}

static inline void
exch_ahead_third(const struct exch_shadow *s, struct exch_ahead *a)
{
	if (a->in != NULL)
		exch_ahead_beside(s->store, &a->book);
}

#endif
