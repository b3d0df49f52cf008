/*
 * exch-report queue-audit: how well each queue model tells which orders of
 * this day were executed (queue_audit.h), and which one does best.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "report/grid.h"
#include "report/queue_audit.h"
#include "report/reports.h"

static const struct exch_report_param params[] = {
    {.name = "by",
	.arg = "WHAT,...",
	.what = "a row for each account, symbol, ... (tca, latency, ...)"},
    {0},
};

static const struct exch_col cols[] = {
    {"symbol", EXCH_COL_TEXT, 8},
    {"model", EXCH_COL_TEXT, 11},
    {"orders", EXCH_COL_NUM, 9},
    {"filled", EXCH_COL_NUM, 9},
    {"predicted", EXCH_COL_NUM, 9},
    {"false_fills", EXCH_COL_NUM, 9},
    {"missed", EXCH_COL_NUM, 9},
    {"accuracy", EXCH_COL_NUM, 8},
    {"false_percent", EXCH_COL_NUM, 8},
    {"missed_percent", EXCH_COL_NUM, 8},
    {"predicted_to_filled", EXCH_COL_NUM, 8},
    {"best", EXCH_COL_NUM, 4},
};

struct queue_audit {
	struct exch_queue_audit q;
	bool by_symbol;
};

static int
open_audit(struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *by = exch_report_given(run, "by");
	struct queue_audit *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->by_symbol = by != NULL;
	if (by != NULL && strcmp(by->value, "symbol") != 0)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--by: queue-audit has rows by symbol, not by '%.40s'",
		    by->value);
	rc = exch_queue_audit_init(&s->q, &run->insts, d);
	return rc == EXCH_OK
		   ? exch_table_columns(&run->table, cols, EXCH_ARRAY_LEN(cols),
			 run->o.format != EXCH_FMT_TEXT, d)
		   : rc;
}

static int
record_audit(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct queue_audit *s = run->state;
	uint32_t place = 0; /* a phase without an instrument is of all */
	int rc = EXCH_OK;

	(void)seq;
	if (!exch_books_wants(r, run->matcher))
		return EXCH_OK;
	if (r->instr != 0 || r->type != EXCH_REC_PHASE)
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
	return rc == EXCH_OK
		   ? exch_queue_audit_record(&s->q, r, place, run->matcher, d)
		   : rc;
}

/* ---- rows ---- */

/* Rounded down, two decimals; nothing of nothing. */
static void
put_share(struct exch_table *t, uint64_t part, uint64_t whole, int scale)
{
	if (whole == 0)
		exch_table_none(t);
	else
		exch_table_dec(
		    t, (exch_i128)exch_hundredths(part, whole), scale, scale);
}

/* `place` UINT32_MAX: all of the day. */
static void
put_rows(struct exch_report_run *run, uint32_t place,
    const struct exch_queue_score *c)
{
	struct exch_table *t = &run->table;
	unsigned best = exch_queue_best(c);

	for (unsigned m = 0; m < EXCH_ESTIMATE_MODELS; m++) {
		exch_table_row(t);
		if (place == UINT32_MAX)
			exch_table_word(t, "total");
		else
			exch_report_symbol(run, place);
		exch_table_word(
		    t, exch_estimate_name((enum exch_estimate_model)m));
		exch_table_u64(t, c->orders);
		exch_table_u64(t, c->filled);
		exch_table_u64(t, c->predicted[m]);
		exch_table_u64(t, c->false_fills[m]);
		exch_table_u64(t, c->missed[m]);
		put_share(t, exch_queue_right(c, m), c->orders, 2);
		put_share(t, c->false_fills[m], c->orders - c->filled, 2);
		put_share(t, c->missed[m], c->filled, 2);
		put_share(t, c->predicted[m], c->filled, 4);
		exch_table_u64(t, c->orders > 0 && m == best);
		exch_table_end(t);
	}
}

/* ---- the page ---- */

static const char *const heads[] = {"model", "orders", "filled", "predicted",
    "false", "missed", "right %", "false %", "missed %", "predicted:filled"};

static void
grid_model(struct exch_grid *g, const struct exch_queue_score *c, unsigned m)
{
	exch_grid_str(g, exch_estimate_name((enum exch_estimate_model)m));
	exch_grid_u64(g, c->orders);
	exch_grid_u64(g, c->filled);
	exch_grid_u64(g, c->predicted[m]);
	exch_grid_u64(g, c->false_fills[m]);
	exch_grid_u64(g, c->missed[m]);
	exch_grid_percent(g, exch_queue_right(c, m), c->orders);
	exch_grid_percent(g, c->false_fills[m], c->orders - c->filled);
	exch_grid_percent(g, c->missed[m], c->filled);
	if (c->filled == 0)
		exch_grid_str(g, "-");
	else
		exch_grid_dec(g,
		    (exch_i128)exch_hundredths(c->predicted[m], c->filled), 4,
		    4);
}

static void
say_percent(struct exch_buf *b, uint64_t part, uint64_t whole)
{
	uint64_t v = exch_hundredths(part, whole);

	exch_buf_fmt(b, "%llu.%02llu%%", (unsigned long long)(v / 100),
	    (unsigned long long)(v % 100));
}

/* The sentence below a table: what to use, and what it is worth. */
static void
say_best(struct exch_buf *b, const struct exch_queue_score *c)
{
	unsigned best = exch_queue_best(c);

	if (c->orders == 0) {
		exch_buf_fmt(b, "\nNo order stood at a price that traded: "
				"nothing tells the models apart.\n");
		return;
	}
	exch_buf_fmt(b,
	    "\n%s is the best model here that sees levels and "
	    "trades only: right about ",
	    exch_estimate_name((enum exch_estimate_model)best));
	say_percent(b, exch_queue_right(c, best), c->orders);
	exch_buf_fmt(
	    b, " of %llu contested orders.\n", (unsigned long long)c->orders);
}

static int
put_page(struct exch_report_run *run, uint32_t place,
    const struct exch_queue_score *c, struct exch_diag *d)
{
	const struct exch_inst *in =
	    place != UINT32_MAX ? &run->insts.inst[place] : NULL;
	struct exch_buf b = {0};
	struct exch_grid g;
	int rc;

	if (in != NULL) {
		exch_buf_fmt(&b, "%.*s\n", (int)in->nsymbol, in->symbol);
		for (size_t i = 0; i + 1 < b.len && !b.failed; i++)
			if ((unsigned char)b.p[i] - 0x20u >= 0x5fu)
				b.p[i] = '?';
		exch_table_raw(&run->table, b.p, b.len);
		b.len = 0;
	}
	exch_grid_init(&g, 1, heads, EXCH_ARRAY_LEN(heads));
	for (unsigned m = 0; m < EXCH_ESTIMATE_MODELS; m++)
		grid_model(&g, c, m);
	rc = exch_grid_print(&g, &run->table, d);
	say_best(&b, c);
	exch_buf_fmt(&b, "Not contested: %llu; left out: %llu.\n",
	    (unsigned long long)c->calm, (unsigned long long)c->apart);
	if (in != NULL)
		exch_buf_char(&b, '\n');
	if (rc == EXCH_OK && b.failed)
		rc = exch_report_nomem(d);
	if (rc == EXCH_OK)
		exch_table_raw(&run->table, b.p, b.len);
	exch_buf_free(&b);
	return rc;
}

static int
put(struct exch_report_run *run, uint32_t place,
    const struct exch_queue_score *c, struct exch_diag *d)
{
	if (run->o.format == EXCH_FMT_TEXT)
		return put_page(run, place, c, d);
	put_rows(run, place, c);
	return EXCH_OK;
}

static int
close_audit(struct exch_report_run *run, struct exch_diag *d)
{
	struct queue_audit *s = run->state;
	struct exch_queue_score total = {0};
	int rc = exch_queue_audit_finish(&s->q, d);

	run->unknown = s->q.books.unknown;
	for (uint32_t i = 0; i < s->q.nscores && i < run->insts.n; i++) {
		const struct exch_queue_score *c = &s->q.score[i];

		exch_queue_score_sum(&total, c);
		if (rc == EXCH_OK && s->by_symbol &&
		    c->orders + c->calm + c->apart > 0)
			rc = put(run, i, c, d);
	}
	return rc == EXCH_OK ? put(run, UINT32_MAX, &total, d) : rc;
}

static void
free_audit(struct exch_report_run *run)
{
	struct queue_audit *s = run->state;

	exch_queue_audit_clear(&s->q);
}

const struct exch_report exch_report_queue_audit = {
    .name = "queue-audit",
    .what = "which queue model tells best what was executed",
    .params = params,
    .needs = EXCH_NEEDS_MATCH,
    .open = open_audit,
    .record = record_audit,
    .close = close_audit,
    .free = free_audit,
};
