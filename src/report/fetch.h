/*
 * Memory that the next records will want, asked for before the first of them
 * is taken, for reports that follow orders and books record by record.  With
 * some ten thousand live orders none is in the near caches: its entry in the
 * index, what is known of it, its order and level in the book and the node of
 * that are found one from the other.  These steps are taken for some dozens of
 * records at once, one step after the other, so that they wait together, as in
 * ahead.h.  What is found is only fetched, never believed.
 */
#ifndef EXCH_REPORT_FETCH_H
#define EXCH_REPORT_FETCH_H

#include "rec/stream.h"
#include "report/books.h"
#include "report/lives.h"

struct exch_fetch {
	unsigned left; /* records that were looked at and not taken yet */
};

/* For whom. */
struct exch_fetch_of {
	const struct exch_insts *insts;
	const struct exch_lives *lives;
	const struct exch_books *books;
};

/* Looks at the next records of the block in hand. */
void exch_fetch_more(struct exch_fetch *f, const struct exch_fetch_of *of,
    struct exch_reader *in);

/* Called before every record: is it one that was looked at? */
static inline bool
exch_fetch_has(struct exch_fetch *f)
{
	if (f->left == 0)
		return false;
	f->left--;
	return true;
}

#endif
