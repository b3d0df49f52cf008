/*
 * exch-feed nbbo: the best bid and offer over the venues of a thing (venues.h),
 * and who has them.  The books of two venues may lock or cross each other for
 * as long as nobody trades on it.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "md/md.h"
#include "md/venues.h"
#include "report/sample.h"

static const struct exch_col cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"bid_px", EXCH_COL_NUM, 11},
    {"bid_qty", EXCH_COL_NUM, 9},
    {"bid_venues", EXCH_COL_TEXT, 10},
    {"ask_px", EXCH_COL_NUM, 11},
    {"ask_qty", EXCH_COL_NUM, 9},
    {"ask_venues", EXCH_COL_TEXT, 10},
    {"state", EXCH_COL_TEXT, 7},
    {"imbalance", EXCH_COL_NUM, 9},
};

/* Of the first place of a thing: what was shown last. */
struct shown {
	struct exch_venues_level side[2];
	exch_ts time;
	bool any;
};

struct nbbo {
	struct exch_samples samples; /* first: exch_samples_begin() */
	struct exch_venues venues;
	struct shown *shown; /* by place */
	uint32_t nshown;
};

static void
put_row(struct exch_report_run *run, uint32_t first, exch_ts time,
    const struct exch_venues_level side[2])
{
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[first];

	exch_table_row(t);
	exch_table_time(t, time);
	exch_table_text(t, in->symbol, exch_venues_thing(in));
	exch_venues_cells(t, &side[0], in);
	exch_venues_cells(t, &side[1], in);
	exch_table_word(t, exch_venues_state(&side[0], &side[1]));
	exch_md_imbalance(t, side[0].qty, side[1].qty);
	exch_table_end(t);
}

/* The book of one venue is to be shown: it is the thing's that is. */
static int
put(struct exch_report_run *run, uint32_t place, exch_ts time,
    const struct exch_tape_sum *sum, struct exch_diag *d)
{
	struct nbbo *s = run->state;
	struct exch_venues_level side[2];
	struct shown *was;
	uint32_t first;
	int rc = exch_venues_first(&s->venues, &run->insts, place, &first, d);

	(void)sum;
	if (rc == EXCH_OK)
		rc = exch_report_grow(
		    &s->shown, &s->nshown, first + 1, sizeof(*s->shown), d);
	if (rc == EXCH_OK)
		rc = exch_venues_book(&s->venues, run, &s->samples.follow.books,
		    first, side, 1, d);
	if (rc != EXCH_OK)
		return rc;
	was = &s->shown[first];
	/* at a time each venue comes up, and the thing once */
	if (run->o.when != EXCH_WHEN_EVENT && was->any && was->time == time)
		return EXCH_OK;
	if (run->o.changed && was->any &&
	    memcmp(was->side, side, sizeof(side)) == 0)
		return EXCH_OK;
	memcpy(was->side, side, sizeof(side));
	was->time = time;
	was->any = true;
	put_row(run, first, time, side);
	return EXCH_OK;
}

static int
open_nbbo(struct exch_report_run *run, struct exch_diag *d)
{
	int rc = exch_report_state(run, sizeof(struct nbbo), d);

	run->o.levels = 1;
	if (run->o.when == EXCH_WHEN_EVENT)
		run->o.changed = true;
	if (rc == EXCH_OK)
		rc = exch_samples_begin(run, put, d);
	return rc == EXCH_OK ? exch_table_columns(&run->table, cols,
				   EXCH_ARRAY_LEN(cols), true, d)
			     : rc;
}

static void
free_nbbo(struct exch_report_run *run)
{
	struct nbbo *s = run->state;

	exch_samples_free(run);
	exch_venues_clear(&s->venues);
	exch_free(s->shown);
}

const struct exch_report exch_md_nbbo = {
    .name = "nbbo",
    .what = "the best bid and offer over venues, ABC.X and ABC.Y",
    .takes = EXCH_TAKES_WHEN | EXCH_TAKES_WATCH,
    .needs = EXCH_NEEDS_BOOK,
    .open = open_nbbo,
    .record = exch_samples_record,
    .close = exch_samples_close,
    .free = free_nbbo,
};
