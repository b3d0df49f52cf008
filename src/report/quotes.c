/* What everybody saw before the event at hand (quotes.h). */
#include <config.h>

#include "base/alloc.h"
#include "report/quotes.h"
#include "report/track.h"

int
exch_quotes_init(
    struct exch_quotes *q, struct exch_report_run *run, struct exch_diag *d)
{
	*q = (struct exch_quotes){0};
	return exch_books_init(&q->books, &run->insts, d);
}

void
exch_quotes_clear(struct exch_quotes *q)
{
	exch_books_clear(&q->books);
	exch_free(q->quote);
	q->quote = NULL;
	q->n = 0;
}

static int
take(struct exch_quotes *q, uint32_t place, exch_ts time, struct exch_diag *d)
{
	struct exch_quote *x, now = {.time = time, .known = true};
	int rc =
	    exch_report_grow(&q->quote, &q->n, place + 1, sizeof(*q->quote), d);

	if (rc != EXCH_OK)
		return rc;
	x = &q->quote[place];
	for (unsigned side = 0; side < 2; side++)
		exch_books_best(
		    &q->books, place, side, &now.px[side], &now.qty[side]);
	if (x->known && x->px[0] == now.px[0] && x->px[1] == now.px[1] &&
	    x->qty[0] == now.qty[0] && x->qty[1] == now.qty[1])
		return EXCH_OK;
	*x = now;
	return EXCH_OK;
}

int
exch_quotes_record(struct exch_quotes *q, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d)
{
	uint32_t place = 0; /* a phase without an instrument is of all */
	int rc = EXCH_OK;

	if (!exch_books_wants(r, run->matcher))
		return EXCH_OK;
	if (r->instr != 0 || exch_track_wants(r->type))
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc == EXCH_OK)
		rc = exch_books_record(&q->books, r, place, run->matcher, d);
	if (rc != EXCH_OK || !q->books.boundary)
		return rc;
	for (uint32_t i = 0; rc == EXCH_OK && i < q->books.ntouched; i++)
		rc = take(q, q->books.touched[i], r->time, d);
	return rc;
}

/* The books go on, whatever was wrong: told once is enough. */
__attribute__((noinline, cold)) static int
go_on(struct exch_quotes *q, struct exch_report_run *run,
    const struct exch_rec *r, int rc)
{
	struct exch_diag unused = {0};

	if (rc == EXCH_ERR_FORMAT)
		(void)exch_quotes_record(q, run, r, &unused);
	return rc;
}

int
exch_quotes_after(struct exch_quotes *q, struct exch_report_run *run,
    const struct exch_rec *r, int rc, struct exch_diag *d)
{
	/* a diagnosis is long, and records of bad content are few */
	if (__builtin_expect(rc != EXCH_OK, 0))
		return go_on(q, run, r, rc);
	return exch_quotes_record(q, run, r, d);
}
