/*
 * exch-feed orders: what happens to each displayed order, one row per act.
 */
#include <config.h>

#include "md/acts.h"
#include "md/md.h"

static const struct exch_col cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"action", EXCH_COL_TEXT, 7},
    {"order", EXCH_COL_ID, 12},
    {"side", EXCH_COL_TEXT, 4},
    {"price", EXCH_COL_NUM, 11},
    {"qty", EXCH_COL_NUM, 9},
    {"left", EXCH_COL_NUM, 9},
    {"match", EXCH_COL_ID, 8},
};

static void
put(void *arg, const struct exch_act *a)
{
	static const char *const words[] = {
	    [EXCH_ACT_ADD] = "add",
	    [EXCH_ACT_EXECUTE] = "execute",
	    [EXCH_ACT_REDUCE] = "reduce",
	    [EXCH_ACT_DELETE] = "delete",
	};
	struct exch_report_run *run = arg;
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[a->place];

	if (!exch_report_watched(run, a->place))
		return;
	exch_table_row(t);
	exch_table_time(t, a->time);
	exch_report_symbol(run, a->place);
	exch_table_word(t, words[a->kind]);
	exch_table_id(t, a->order);
	exch_table_word(t, exch_report_side(a->side, NULL));
	exch_table_px(t, a->price, in->px_show);
	exch_table_qty(t, a->qty, in->qty_scale);
	exch_table_qty(t, a->left, in->qty_scale);
	exch_table_id(t, a->match);
	exch_table_end(t);
}

static int
open_orders(struct exch_report_run *run, struct exch_diag *d)
{
	int rc = exch_report_state(run, sizeof(struct exch_acts), d);

	if (rc == EXCH_OK)
		rc = exch_acts_init(run->state, run, put, run, d);
	return rc == EXCH_OK ? exch_table_columns(&run->table, cols,
				   EXCH_ARRAY_LEN(cols), true, d)
			     : rc;
}

static int
record_orders(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	(void)seq;
	return exch_acts_record(run->state, run, r, d);
}

static int
close_orders(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_acts *a = run->state;
	int rc = exch_acts_finish(a, d);

	run->unknown = a->follow.books.unknown;
	return rc;
}

static void
free_orders(struct exch_report_run *run)
{
	exch_acts_clear(run->state);
}

const struct exch_report exch_md_orders = {
    .name = "orders",
    .what = "what happens to each displayed order",
    .takes = EXCH_TAKES_WATCH,
    .needs = EXCH_NEEDS_BOOK,
    .open = open_orders,
    .record = record_orders,
    .close = close_orders,
    .free = free_orders,
};
