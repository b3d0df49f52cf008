/*
 * exch-feed top: best bid and offer, after each event that has changed them
 * or at times.
 */
#include <config.h>

#include "md/md.h"
#include "report/sample.h"

static const struct exch_col cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"bid_px", EXCH_COL_NUM, 11},
    {"bid_qty", EXCH_COL_NUM, 9},
    {"ask_px", EXCH_COL_NUM, 11},
    {"ask_qty", EXCH_COL_NUM, 9},
};

static int
put(struct exch_report_run *run, uint32_t place, exch_ts time,
    const struct exch_tape_sum *sum, struct exch_diag *d)
{
	const struct exch_samples *s = run->state;
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[place];
	exch_px tick = exch_samples_tick(s, place);

	(void)sum;
	(void)d;
	exch_table_row(t);
	exch_table_time(t, time);
	exch_report_symbol(run, place);
	exch_samples_cells(t, &s->now[0], tick, in);
	exch_samples_cells(t, &s->now[1], tick, in);
	exch_table_end(t);
	return EXCH_OK;
}

static int
open_top(struct exch_report_run *run, struct exch_diag *d)
{
	int rc;

	run->o.levels = 1;
	/* what is published is news */
	if (run->o.when == EXCH_WHEN_EVENT)
		run->o.changed = true;
	rc = exch_samples_open(run, put, d);
	return rc == EXCH_OK ? exch_table_columns(&run->table, cols,
				   EXCH_ARRAY_LEN(cols), true, d)
			     : rc;
}

const struct exch_report exch_md_top = {
    .name = "top",
    .what = "the best bid and offer",
    .takes = EXCH_TAKES_WHEN | EXCH_TAKES_WATCH,
    .needs = EXCH_NEEDS_BOOK,
    .open = open_top,
    .record = exch_samples_record,
    .close = exch_samples_close,
    .free = exch_samples_free,
};
