/*
 * exch-report realism: the stylised facts of a day (realism.h), alone or
 * against those of another.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/dec.h"
#include "report/grid.h"
#include "report/realism.h"
#include "report/reports.h"

static const struct exch_report_param params[] = {
    {.name = "against",
	.arg = "FILE",
	.what = "realism: compare with this day",
	.stream = true},
    {.name = "symbol",
	.arg = "NAME",
	.what = "realism: of this instrument (the only one)"},
    {.name = "seed",
	.arg = "N",
	.what = "realism: by which blocks are drawn for intervals (1)"},
    {0},
};

static const struct exch_col cols[] = {
    {"fact", EXCH_COL_TEXT, 24},
    {"statistic", EXCH_COL_TEXT, 18},
    {"unit", EXCH_COL_TEXT, 5},
    {"reference", EXCH_COL_NUM, 14},
    {"value", EXCH_COL_NUM, 14},
    {"least", EXCH_COL_NUM, 12},
    {"most", EXCH_COL_NUM, 12},
    {"low", EXCH_COL_NUM, 12},
    {"high", EXCH_COL_NUM, 12},
    {"verdict", EXCH_COL_TEXT, 14},
    {"why", EXCH_COL_TEXT, 8},
};

struct realism {
	struct exch_realism *day;
	struct exch_realism *reference; /* NULL: it stands alone */
	uint64_t seed;
};

/* ---- the other day ---- */

static int
read_all(struct exch_report_run *run, struct exch_reader *in,
    struct exch_realism *x, struct exch_diag *d)
{
	const struct exch_rec *r;
	int rc;

	while ((rc = exch_reader_next(in, &r, d)) > 0) {
		if (exch_report_stopped(run))
			return EXCH_ERR_STOP;
		rc = exch_realism_record(x, r, d);
		if (rc != EXCH_OK)
			return rc;
	}
	return rc == EXCH_OK ? exch_realism_finish(x, d) : rc;
}

/* Figures of a part of the day would pass for those of the whole. */
static int
refuse_part(const char *name, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_CUT, name, EXCH_POS_NONE, 0,
	    "this day is not whole: the tool that made it was stopped, or "
	    "stopped on an error, or its own input was incomplete");
}

/* It is read whole before the day at hand begins. */
static int
read_reference(struct exch_report_run *run, const struct exch_given *against,
    const char *symbol, struct exch_diag *d)
{
	const struct exch_reader_opts opts = {.partial = false};
	struct realism *s = run->state;
	struct exch_reader *in = NULL;
	int rc = exch_realism_new(symbol, &s->reference, d);

	if (rc == EXCH_OK)
		rc = exch_reader_open(against->in, &opts, &in, d);
	if (rc == EXCH_OK)
		rc = read_all(run, in, s->reference, d);
	if (rc == EXCH_OK && exch_reader_status(in) != EXCH_STATUS_COMPLETE &&
	    exch_reader_status(in) != EXCH_STATUS_UNKNOWN)
		rc = refuse_part(against->value, d);
	if (rc != EXCH_OK && d->name[0] == '\0')
		(void)snprintf(d->name, sizeof(d->name), "%s", against->value);
	exch_reader_close(in);
	return rc;
}

/* ---- the report ---- */

static int
open_realism(struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *against = exch_report_given(run, "against");
	const struct exch_given *symbol = exch_report_given(run, "symbol");
	const struct exch_given *seed = exch_report_given(run, "seed");
	const char *name = symbol != NULL ? symbol->value : NULL;
	struct realism *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->seed = 1;
	if (seed != NULL &&
	    exch_uint_parse(seed->value, strlen(seed->value), &s->seed) != 0)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--seed: '%.40s' is no number", seed->value);
	rc = exch_realism_new(name, &s->day, d);
	if (rc == EXCH_OK && against != NULL)
		rc = read_reference(run, against, name, d);
	return rc == EXCH_OK
		   ? exch_table_columns(&run->table, cols, EXCH_ARRAY_LEN(cols),
			 run->o.format != EXCH_FMT_TEXT, d)
		   : rc;
}

static int
record_realism(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct realism *s = run->state;

	(void)seq;
	return exch_realism_record(s->day, r, d);
}

/* ---- rows ---- */

static void
put_row(struct exch_report_run *run, const struct exch_fact *f)
{
	struct exch_table *t = &run->table;

	exch_table_row(t);
	exch_table_word(t, f->fact);
	exch_table_word(t, f->statistic);
	exch_table_word(t, f->unit[0] != '\0' ? f->unit : NULL);
	exch_report_real(run, f->reference, f->has_reference);
	exch_report_real(run, f->value, f->has_value);
	exch_report_real(run, f->least, f->has_least);
	exch_report_real(run, f->most, f->has_most);
	exch_report_real(run, f->low, f->sure);
	exch_report_real(run, f->high, f->sure);
	exch_table_word(t, exch_fact_verdict_name(f->verdict));
	exch_table_text(t, f->why, strlen(f->why));
	exch_table_end(t);
}

/* ---- the page ---- */

/* To six decimals, without zeros at the end. */
static void
put_number(struct exch_buf *b, double v)
{
	double scaled = v * 1e6;
	char num[EXCH_FMT_MAX];

	if (!(scaled > -1e38 && scaled < 1e38)) {
		exch_buf_char(b, '-');
		return;
	}
	*exch_dec128_put(num,
	    (exch_i128)(scaled < 0 ? scaled - 0.5 : scaled + 0.5), 6, 0) = '\0';
	exch_buf_str(b, num);
}

static void
cell(struct exch_grid *g, struct exch_buf *b)
{
	exch_grid_text(g, b->len > 0 ? b->p : "-", b->len > 0 ? b->len : 1);
	b->len = 0;
}

static void
grid_number(struct exch_grid *g, struct exch_buf *b, double v, bool known)
{
	if (known)
		put_number(b, v);
	cell(g, b);
}

static void
grid_pair(struct exch_grid *g, struct exch_buf *b, const struct exch_fact *f)
{
	if (f->has_least)
		put_number(b, f->least);
	if (f->has_least || f->has_most)
		exch_buf_str(b, "..");
	if (f->has_most)
		put_number(b, f->most);
	cell(g, b);
	if (f->sure) {
		put_number(b, f->low);
		exch_buf_str(b, "..");
		put_number(b, f->high);
	}
	cell(g, b);
}

static int
put_page(struct exch_report_run *run, const struct exch_facts *list,
    struct exch_diag *d)
{
	static const char *const heads[] = {"fact", "statistic", "unit",
	    "reference", "value", "band", "95%", "verdict", "why"};
	struct realism *s = run->state;
	struct exch_buf b = {0};
	struct exch_grid g;
	int rc;

	exch_grid_init(
	    &g, 1u | 2u | 4u | 1u << 7 | 1u << 8, heads, EXCH_ARRAY_LEN(heads));
	for (unsigned i = 0; i < list->n; i++) {
		const struct exch_fact *f = &list->fact[i];

		exch_grid_str(&g, f->fact);
		exch_grid_str(&g, f->statistic);
		exch_grid_str(&g, f->unit);
		grid_number(&g, &b, f->reference, f->has_reference);
		grid_number(&g, &b, f->value, f->has_value);
		grid_pair(&g, &b, f);
		exch_grid_str(&g, f->verdict == EXCH_FACT_NONE
				      ? "-"
				      : exch_fact_verdict_name(f->verdict));
		exch_grid_str(&g, f->why);
	}
	rc = exch_grid_print(&g, &run->table, d);
	exch_buf_fmt(&b, "\n%s: %u of %u facts with a band pass",
	    exch_realism_symbol(s->day), list->passed,
	    list->passed + list->failed);
	if (s->reference != NULL)
		exch_buf_fmt(
		    &b, ", against %s", exch_realism_symbol(s->reference));
	exch_buf_str(&b, ".\n");
	if (rc == EXCH_OK && b.failed)
		rc = exch_report_nomem(d);
	for (size_t i = 1; i + 1 < b.len && rc == EXCH_OK; i++)
		if ((unsigned char)b.p[i] < 0x20 ||
		    (unsigned char)b.p[i] > 0x7e)
			b.p[i] = '?';
	if (rc == EXCH_OK)
		exch_table_raw(&run->table, b.p, b.len);
	exch_buf_free(&b);
	return rc;
}

/* A day without the instrument, or without any. */
static int
put_nothing(struct exch_report_run *run, struct exch_diag *d)
{
	static const char said[] = "Nothing happens on this day.\n";
	const struct exch_given *symbol = exch_report_given(run, "symbol");

	exch_diag_clear(d);
	if (symbol != NULL) {
		run->absent = 1;
		run->absent_name = symbol->value;
		run->absent_from = "symbol";
	}
	if (run->o.format == EXCH_FMT_TEXT)
		exch_table_raw(&run->table, said, sizeof(said) - 1);
	return EXCH_OK;
}

static int
close_realism(struct exch_report_run *run, struct exch_diag *d)
{
	struct realism *s = run->state;
	struct exch_facts list;
	int rc;

	if (exch_report_lacks(run) != 0)
		return EXCH_OK; /* the caller says so */
	rc = exch_realism_finish(s->day, d);
	run->unknown = exch_realism_unknown(s->day);
	if (s->reference != NULL)
		run->unknown += exch_realism_unknown(s->reference);
	if (rc == EXCH_ERR_ABSENT)
		return put_nothing(run, d);
	if (rc != EXCH_OK)
		return rc;
	exch_realism_facts(s->day, s->reference, s->seed, &list);
	if (run->o.format == EXCH_FMT_TEXT)
		return put_page(run, &list, d);
	for (unsigned i = 0; i < list.n; i++)
		put_row(run, &list.fact[i]);
	return EXCH_OK;
}

static void
free_realism(struct exch_report_run *run)
{
	struct realism *s = run->state;

	exch_realism_free(s->day);
	exch_realism_free(s->reference);
}

const struct exch_report exch_report_realism = {
    .name = "realism",
    .what = "stylised facts of a day, and whether they are a market's",
    .params = params,
    .needs = EXCH_NEEDS_MATCH,
    .open = open_realism,
    .record = record_realism,
    .close = close_realism,
    .free = free_realism,
};
