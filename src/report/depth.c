/*
 * exch-report depth: the best N price levels of both sides, with the running
 * trades, volume, turnover and last price, after each event, at given times
 * or at regular ones.  Orders without a price (a call's market orders) are
 * not shown.
 *
 * CSV and JSON: one row per sample.  Text: a small ladder per sample.
 */
#include <config.h>

#include "base/buf.h"
#include "base/dec.h"
#include "report/report.h"
#include "report/reports.h"
#include "report/sample.h"

static const struct exch_col first_cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"trades", EXCH_COL_NUM, 7},
    {"volume", EXCH_COL_NUM, 10},
    {"turnover", EXCH_COL_NUM, 16},
    {"last", EXCH_COL_NUM, 11},
};
#define NFIRST EXCH_ARRAY_LEN(first_cols)

static int
make_columns(struct exch_report_run *run, struct exch_diag *d)
{
	static const char *const what[] = {
	    "bid_px_", "bid_qty_", "ask_px_", "ask_qty_"};

	return exch_samples_columns(run,
	    &(struct exch_sample_columns){first_cols, NFIRST, what, 2},
	    run->o.format != EXCH_FMT_TEXT, d);
}

static void
put_row(struct exch_report_run *run, uint32_t place, exch_ts time,
    const struct exch_tape_sum *sum)
{
	struct exch_samples *s = run->state;
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[place];
	exch_px tick = exch_samples_tick(s, place);

	exch_table_row(t);
	exch_table_time(t, time);
	exch_report_symbol(run, place);
	exch_table_u64(t, sum->trades);
	exch_table_dec(t, (exch_i128)sum->volume, in->qty_scale, 0);
	exch_table_dec(t, sum->turnover, 6, 2);
	exch_table_px(t, sum->last, in->px_show);
	for (unsigned i = 0; i < 2 * run->o.levels; i++)
		exch_samples_cells(t, &s->now[i], tick, in);
	exch_table_end(t);
}

/* One level of the ladder, right-aligned: "   7400  1800.00". */
static void
ladder_cell(struct exch_buf *b, const struct exch_sample_level *l, exch_px tick,
    const struct exch_inst *in, bool px_first)
{
	char px[EXCH_FMT_MAX] = "";
	char qty[EXCH_FMT_MAX] = "";

	if (l->qty != 0) {
		*exch_fmt_px_people(px, l->tick * tick, in->px_show) = '\0';
		*exch_fmt_qty(qty, l->qty, in->qty_scale) = '\0';
	}
	exch_buf_fmt(b, "  %12s", px_first ? px : qty);
	exch_buf_fmt(b, "  %12s", px_first ? qty : px);
}

static void
put_ladder(struct exch_report_run *run, uint32_t place, exch_ts time,
    const struct exch_tape_sum *sum)
{
	struct exch_samples *s = run->state;
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[place];
	exch_px tick = exch_samples_tick(s, place);
	unsigned n = run->o.levels;
	struct exch_buf *b = &s->text;

	/* the head is the table's first columns */
	exch_table_row(t);
	exch_table_time(t, time);
	exch_report_symbol(run, place);
	exch_table_end(t);
	b->len = 0;
	exch_buf_str(b, "trades ");
	exch_buf_uint(b, sum->trades);
	exch_buf_str(b, "  volume ");
	(void)exch_buf_room(b, EXCH_FMT_MAX);
	if (!b->failed)
		b->len =
		    (size_t)(exch_dec128_put(b->p + b->len,
				 (exch_i128)sum->volume, in->qty_scale, 0) -
			     b->p);
	if (sum->last != EXCH_PX_NONE) {
		exch_buf_str(b, "  last ");
		(void)exch_buf_room(b, EXCH_FMT_MAX);
		if (!b->failed)
			b->len = (size_t)(exch_fmt_px_people(b->p + b->len,
					      sum->last, in->px_show) -
					  b->p);
	}
	exch_buf_fmt(b, "\n  %12s  %12s  %12s  %12s\n", "bid qty", "bid", "ask",
	    "ask qty");
	for (unsigned i = 0; i < n; i++) {
		if (s->now[i].qty == 0 && s->now[n + i].qty == 0)
			break;
		ladder_cell(b, &s->now[i], tick, in, false);
		ladder_cell(b, &s->now[n + i], tick, in, true);
		while (b->len > 0 && b->p[b->len - 1] == ' ')
			b->len--;
		exch_buf_char(b, '\n');
	}
	exch_buf_char(b, '\n');
	if (!b->failed)
		exch_table_raw(t, b->p, b->len);
}

static int
put(struct exch_report_run *run, uint32_t place, exch_ts time,
    const struct exch_tape_sum *sum, struct exch_diag *d)
{
	struct exch_samples *s = run->state;

	if (run->o.format == EXCH_FMT_TEXT)
		put_ladder(run, place, time, sum);
	else
		put_row(run, place, time, sum);
	return s->text.failed ? exch_report_nomem(d) : EXCH_OK;
}

static int
open_depth(struct exch_report_run *run, struct exch_diag *d)
{
	int rc = exch_samples_open(run, put, d);

	return rc == EXCH_OK ? make_columns(run, d) : rc;
}

const struct exch_report exch_report_depth = {
    .name = "depth",
    .what = "the best price levels after each event or at times",
    .takes = EXCH_TAKES_DEPTH | EXCH_TAKES_WHEN,
    .needs = EXCH_NEEDS_MATCH,
    .open = open_depth,
    .record = exch_samples_record,
    .ahead = exch_samples_ahead,
    .close = exch_samples_close,
    .free = exch_samples_free,
};

const struct exch_report exch_report_depth_any = {
    .name = "depth",
    .what = "the best price levels of both sides",
    .takes = EXCH_TAKES_DEPTH | EXCH_TAKES_WHEN | EXCH_TAKES_WATCH,
    .needs = EXCH_NEEDS_BOOK,
    .open = open_depth,
    .record = exch_samples_record,
    .ahead = exch_samples_ahead,
    .close = exch_samples_close,
    .free = exch_samples_free,
};
