/*
 * exch-report trades: one row per EXEC and TRADE, and one per BUST.
 */
#include <config.h>

#include "rec/schema.h"
#include "report/report.h"
#include "report/reports.h"

static const struct exch_col cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"match", EXCH_COL_ID, 8},
    {"price", EXCH_COL_NUM, 11},
    {"qty", EXCH_COL_NUM, 9},
    {"buy_order", EXCH_COL_ID, 12},
    {"sell_order", EXCH_COL_ID, 12},
    {"aggressor", EXCH_COL_TEXT, 9},
    {"kind", EXCH_COL_TEXT, 7},
    {"cross", EXCH_COL_TEXT, 8},
    {"cause", EXCH_COL_TEXT, 8},
    {"flags", EXCH_COL_TEXT, 8},
    {"source", EXCH_COL_NUM, 6},
    {"seq", EXCH_COL_ID, 10},
};

static int
open_trades(struct exch_report_run *run, struct exch_diag *d)
{
	return exch_table_columns(
	    &run->table, cols, EXCH_ARRAY_LEN(cols), true, d);
}

/* What the three kinds of rows have in common, as TRADE has it. */
static void
put(struct exch_report_run *run, const struct exch_rec_trade *r, uint32_t place,
    const char *kind, uint64_t seq)
{
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[place];
	bool bust = r->h.type == EXCH_REC_BUST;

	exch_table_row(t);
	exch_table_time(t, r->h.time);
	exch_report_symbol(run, place);
	exch_table_id(t, r->match);
	exch_table_px(t, r->price, in->px_show);
	if (bust)
		exch_table_none(t);
	else
		exch_table_qty(t, r->qty, in->qty_scale);
	exch_table_id(t, r->buy);
	exch_table_id(t, r->sell);
	exch_table_word(t, bust ? NULL : exch_report_side(r->aggressor, "N"));
	exch_table_word(t, kind);
	exch_table_word(t, r->cross == EXCH_CROSS_NONE
			       ? NULL
			       : exch_word_of(exch_words_cross, r->cross));
	exch_table_word(t, r->cause == EXCH_CAUSE_NONE
			       ? NULL
			       : exch_word_of(exch_words_cause, r->cause));
	exch_report_flags(run, r->h.flags, NULL);
	exch_table_u64(t, r->h.source);
	exch_table_id(t, seq);
	exch_table_end(t);
}

static int
record_trades(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	const struct exch_rec_exec *e;
	const struct exch_rec_trade *tr;
	const struct exch_rec_bust *b;
	struct exch_rec_trade row = {.h = *r};
	const char *kind;
	uint32_t place;
	int rc;

	if (r->type != EXCH_REC_EXEC && r->type != EXCH_REC_TRADE &&
	    r->type != EXCH_REC_BUST)
		return EXCH_OK;
	rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc != EXCH_OK)
		return rc;
	if (r->type == EXCH_REC_EXEC) {
		if ((e = EXCH_REC_AS(r, exch_rec_exec)) == NULL)
			return exch_report_short(r, d);
		row.match = e->match;
		row.buy = e->buy;
		row.sell = e->sell;
		row.price = e->price;
		row.qty = e->qty;
		row.aggressor = e->aggressor;
		row.cross = e->cross;
		put(run, &row, place, "exec", seq);
	} else if (r->type == EXCH_REC_TRADE) {
		if ((tr = EXCH_REC_AS(r, exch_rec_trade)) == NULL)
			return exch_report_short(r, d);
		kind = exch_word_of(exch_words_print, tr->kind);
		put(run, tr, place, kind, seq);
	} else {
		if ((b = EXCH_REC_AS(r, exch_rec_bust)) == NULL)
			return exch_report_short(r, d);
		row.match = b->match;
		row.price = EXCH_PX_NONE;
		put(run, &row, place, "bust", seq);
	}
	return EXCH_OK;
}

static int
close_trades(struct exch_report_run *run, struct exch_diag *d)
{
	(void)run;
	(void)d;
	return EXCH_OK;
}

static void
free_trades(struct exch_report_run *run)
{
	(void)run;
}

const struct exch_report exch_report_trades = {
    .name = "trades",
    .what = "every execution and trade",
    .needs = EXCH_NEEDS_MATCH,
    .open = open_trades,
    .record = record_trades,
    .close = close_trades,
    .free = free_trades,
};
