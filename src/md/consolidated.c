/*
 * exch-feed consolidated: the books of a thing at several venues (venues.h) as
 * one by price, with the sum of each level and who has it.  Nothing is done
 * about books that lock or cross each other: they are shown as they are.
 *
 * CSV and JSON: one row per sample.  Text: a line per level.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "md/md.h"
#include "md/venues.h"
#include "report/sample.h"

static const struct exch_col first_cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"state", EXCH_COL_TEXT, 7},
};

static const char *const level_cols[] = {
    "bid_px_", "bid_qty_", "bid_venues_", "ask_px_", "ask_qty_", "ask_venues_"};

static const struct exch_col text_cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"state", EXCH_COL_TEXT, 7},
    {"level", EXCH_COL_NUM, 5},
    {"bid_px", EXCH_COL_NUM, 11},
    {"bid_qty", EXCH_COL_NUM, 9},
    {"bid_venues", EXCH_COL_TEXT, 10},
    {"ask_px", EXCH_COL_NUM, 11},
    {"ask_qty", EXCH_COL_NUM, 9},
    {"ask_venues", EXCH_COL_TEXT, 10},
};

struct consolidated {
	struct exch_samples samples; /* first: exch_samples_begin() */
	struct exch_venues venues;
	struct exch_venues_level *now;	 /* bids, and behind them offers */
	struct exch_venues_level *shown; /* of each first place; --changed */
	uint32_t nshown;
	exch_ts *time; /* of each first place, its last row's and 1; 0: none */
	uint32_t ntime;
};

static void
put_first(
    struct exch_report_run *run, uint32_t first, exch_ts time, unsigned levels)
{
	const struct consolidated *s = run->state;
	const struct exch_inst *in = &run->insts.inst[first];
	struct exch_table *t = &run->table;

	exch_table_row(t);
	exch_table_time(t, time);
	exch_table_text(t, in->symbol, exch_venues_thing(in));
	exch_table_word(t, exch_venues_state(&s->now[0], &s->now[levels]));
}

static void
put_row(struct exch_report_run *run, uint32_t first, exch_ts time)
{
	const struct consolidated *s = run->state;
	struct exch_table *t = &run->table;

	put_first(run, first, time, run->o.levels);
	for (unsigned i = 0; i < 2 * run->o.levels; i++) {
		/* names that have to be escaped are longer than their cell */
		if (t->p > t->limit)
			exch_table_drain(t);
		exch_venues_cells(t, &s->now[i], &run->insts.inst[first]);
	}
	exch_table_end(t);
}

/* Of an empty book there is one line, which says so. */
static void
put_lines(struct exch_report_run *run, uint32_t first, exch_ts time)
{
	const struct consolidated *s = run->state;
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[first];
	unsigned n = run->o.levels;

	for (unsigned i = 0; i < n; i++) {
		if (i > 0 && s->now[i].qty == 0 && s->now[n + i].qty == 0)
			return;
		put_first(run, first, time, n);
		exch_table_u64(t, i);
		exch_venues_cells(t, &s->now[i], in);
		exch_venues_cells(t, &s->now[n + i], in);
		exch_table_end(t);
	}
}

/* Is it other than what was shown of the thing? */
static int
compare(struct exch_report_run *run, uint32_t first, bool *differs,
    struct exch_diag *d)
{
	struct consolidated *s = run->state;
	size_t n = (size_t)2 * run->o.levels;
	size_t size = n * sizeof(*s->now);
	char *was;
	int rc;

	*differs = true;
	if (!run->o.changed)
		return EXCH_OK;
	rc = exch_report_grow(&s->shown, &s->nshown, first + 1, size, d);
	if (rc != EXCH_OK)
		return rc;
	was = (char *)s->shown + first * size;
	*differs = memcmp(was, s->now, size) != 0;
	memcpy(was, s->now, size);
	return EXCH_OK;
}

/* The book of one venue is to be shown: it is the thing's that is. */
static int
put(struct exch_report_run *run, uint32_t place, exch_ts time,
    const struct exch_tape_sum *sum, struct exch_diag *d)
{
	struct consolidated *s = run->state;
	uint32_t first;
	bool differs;
	int rc = exch_venues_first(&s->venues, &run->insts, place, &first, d);

	(void)sum;
	if (rc == EXCH_OK)
		rc = exch_report_grow(
		    &s->time, &s->ntime, first + 1, sizeof(*s->time), d);
	/* at a time each venue comes up, and the thing once */
	if (rc != EXCH_OK ||
	    (run->o.when != EXCH_WHEN_EVENT && s->time[first] == time + 1))
		return rc;
	rc = exch_venues_book(&s->venues, run, &s->samples.follow.books, first,
	    s->now, run->o.levels, d);
	if (rc == EXCH_OK)
		rc = compare(run, first, &differs, d);
	if (rc != EXCH_OK || !differs)
		return rc;
	s->time[first] = time + 1;
	if (run->o.format == EXCH_FMT_TEXT)
		put_lines(run, first, time);
	else
		put_row(run, first, time);
	return EXCH_OK;
}

static int
open_consolidated(struct exch_report_run *run, struct exch_diag *d)
{
	int rc = exch_report_state(run, sizeof(struct consolidated), d);
	struct consolidated *s = run->state;

	if (rc == EXCH_OK)
		rc = exch_samples_begin(run, put, d);
	if (rc != EXCH_OK)
		return rc;
	s->now = exch_calloc((size_t)2 * run->o.levels, sizeof(*s->now));
	if (s->now == NULL)
		return exch_report_nomem(d);
	if (run->o.format == EXCH_FMT_TEXT)
		return exch_table_columns(
		    &run->table, text_cols, EXCH_ARRAY_LEN(text_cols), true, d);
	return exch_samples_columns(run,
	    &(struct exch_sample_columns){
		first_cols, EXCH_ARRAY_LEN(first_cols), level_cols, 3},
	    true, d);
}

static void
free_consolidated(struct exch_report_run *run)
{
	struct consolidated *s = run->state;

	exch_samples_free(run);
	exch_venues_clear(&s->venues);
	exch_free(s->now);
	exch_free(s->shown);
	exch_free(s->time);
}

const struct exch_report exch_md_consolidated = {
    .name = "consolidated",
    .what = "the price levels of all venues of a thing as one book",
    .takes = EXCH_TAKES_DEPTH | EXCH_TAKES_WHEN | EXCH_TAKES_WATCH,
    .needs = EXCH_NEEDS_BOOK,
    .open = open_consolidated,
    .record = exch_samples_record,
    .close = exch_samples_close,
    .free = free_consolidated,
};
