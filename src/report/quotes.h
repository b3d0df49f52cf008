/*
 * The best displayed prices of every instrument as they stood before the event
 * at hand: what whoever sent it could see.  Books do not change for others
 * within an event (books.h), and so quotes do when it is over.
 *
 *	rc = exch_quotes_record(&q, run, r, d);	after the report used them
 */
#ifndef EXCH_REPORT_QUOTES_H
#define EXCH_REPORT_QUOTES_H

#include "report/books.h"
#include "report/report.h"

struct exch_quote {
	exch_px px[2]; /* by side - 1: bid, ask; none: nobody */
	exch_qty qty[2];
	exch_ts time; /* of the event that made it so */
	bool known;   /* a book was seen */
};

struct exch_quotes {
	struct exch_books books;
	struct exch_quote *quote; /* by place */
	uint32_t n;
};

int exch_quotes_init(
    struct exch_quotes *q, struct exch_report_run *run, struct exch_diag *d);
/* Of zeros, too. */
void exch_quotes_clear(struct exch_quotes *q);

/* Any record: those that no book is concerned with are passed over. */
int exch_quotes_record(struct exch_quotes *q, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d);

/*
 * The same at the end of a report's record(), which has come to `rc` so far:
 * the books go on over a record of bad content, which is told once.  What
 * record() returns.
 */
int exch_quotes_after(struct exch_quotes *q, struct exch_report_run *run,
    const struct exch_rec *r, int rc, struct exch_diag *d);

/* Of a place; NULL: no book of it was seen. */
static inline const struct exch_quote *
exch_quotes_of(const struct exch_quotes *q, uint32_t place)
{
	return place < q->n && q->quote[place].known ? &q->quote[place] : NULL;
}

#endif
