/*
 * exch-feed quality as a table, as a page, and its alarms (quality.h).
 */
#include <config.h>

#include <string.h>

#include "md/quality.h"
#include "report/grid.h"

enum unit { UNIT_NONE, UNIT_TIME, UNIT_COUNT, UNIT_PRICE };

static const struct {
	const char *word;
	enum unit unit; /* of its worst and its sum */
} checks[EXCH_CHECK_ALL] = {
    [EXCH_CHECK_RECORDS] = {"records", UNIT_NONE},
    [EXCH_CHECK_GAPS] = {"gaps", UNIT_COUNT},
    [EXCH_CHECK_ERRORS] = {"errors", UNIT_NONE},
    [EXCH_CHECK_LEFT_OUT] = {"left-out", UNIT_COUNT},
    [EXCH_CHECK_DUPLICATES] = {"duplicates", UNIT_NONE},
    [EXCH_CHECK_BACKWARDS] = {"backwards", UNIT_TIME},
    [EXCH_CHECK_BAD] = {"bad-content", UNIT_NONE},
    [EXCH_CHECK_LATENCY] = {"latency", UNIT_TIME},
    [EXCH_CHECK_EARLY] = {"early", UNIT_TIME},
    [EXCH_CHECK_STALE] = {"stale", UNIT_TIME},
    [EXCH_CHECK_REPEATS] = {"repeats", UNIT_NONE},
    [EXCH_CHECK_RESTARTS] = {"restarts", UNIT_NONE},
    [EXCH_CHECK_CROSSED] = {"crossed", UNIT_TIME},
    [EXCH_CHECK_LOCKED] = {"locked", UNIT_TIME},
    [EXCH_CHECK_PRICES] = {"not-above-zero", UNIT_NONE},
    [EXCH_CHECK_OFF_TICK] = {"off-tick", UNIT_NONE},
    [EXCH_CHECK_FAR] = {"far-price", UNIT_NONE},
    [EXCH_CHECK_OUTSIDE] = {"outside", UNIT_PRICE},
    [EXCH_CHECK_UNKNOWN] = {"unknown-order", UNIT_NONE},
    [EXCH_CHECK_MISSES] = {"misses", UNIT_NONE},
};

static const struct exch_col cols[] = {
    {"source", EXCH_COL_NUM, 0},
    {"symbol", EXCH_COL_TEXT, 0},
    {"check", EXCH_COL_TEXT, 0},
    {"count", EXCH_COL_NUM, 0},
    {"first", EXCH_COL_TIME, 0},
    {"last", EXCH_COL_TIME, 0},
    {"unit", EXCH_COL_TEXT, 0},
    {"worst", EXCH_COL_NUM, 0},
    {"sum", EXCH_COL_NUM, 0},
    {"p50", EXCH_COL_NUM, 0},
    {"p99", EXCH_COL_NUM, 0},
    {"p99_9", EXCH_COL_NUM, 0},
};

static const struct exch_col alarm_cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"check", EXCH_COL_TEXT, 14},
    {"seconds", EXCH_COL_NUM, 15},
    {"bid_px", EXCH_COL_NUM, 11},
    {"ask_px", EXCH_COL_NUM, 11},
    {"price", EXCH_COL_NUM, 11},
};

/* ---- the table ---- */

static void
put_size(struct exch_table *t, enum unit unit, exch_u128 v)
{
	switch (unit) {
	case UNIT_TIME:
		exch_table_dec(t, (exch_i128)v, 9, 9);
		return;
	case UNIT_COUNT:
		exch_table_dec(t, (exch_i128)v, 0, 0);
		return;
	case UNIT_PRICE:
		exch_table_dec(t, (exch_i128)v, 9, 2);
		return;
	default:
		exch_table_none(t);
	}
}

static void
put_check(struct exch_table *t, enum exch_check check,
    const struct exch_checked *c, const struct exch_times *latency)
{
	static const char *const units[] = {NULL, "s", "messages", "price"};
	enum unit unit = checks[check].unit;

	exch_table_word(t, checks[check].word);
	exch_table_u64(t, c->n);
	if (c->n == 0) {
		exch_table_none(t);
		exch_table_none(t);
	} else {
		exch_table_time(t, c->first);
		exch_table_time(t, c->last);
	}
	exch_table_word(t, units[unit]);
	put_size(t, c->n == 0 ? UNIT_NONE : unit, c->worst);
	/* distances of prices, and delays of messages, add up to nothing */
	put_size(t,
	    c->n == 0 || unit == UNIT_PRICE || latency != NULL ? UNIT_NONE
							       : unit,
	    c->sum);
	for (unsigned i = 0; i < 3; i++) {
		static const unsigned permille[] = {500, 990, 999};

		if (latency == NULL || latency->n == 0)
			exch_table_none(t);
		else
			put_size(
			    t, UNIT_TIME, exch_times_at(latency, permille[i]));
	}
	exch_table_end(t);
}

static void
put_rows(struct exch_report_run *run)
{
	const struct exch_quality *s = run->state;
	struct exch_table *t = &run->table;

	for (unsigned i = 0; i < 256; i++) {
		const struct exch_quality_source *q = s->source[i];

		for (unsigned k = 0; q != NULL && k < EXCH_CHECK_SOURCES; k++) {
			exch_table_row(t);
			exch_table_u64(t, i);
			exch_table_none(t);
			put_check(t, k, &q->check[k],
			    k == EXCH_CHECK_LATENCY ? &q->latency : NULL);
		}
	}
	for (uint32_t i = 0; i < run->insts.n; i++) {
		const struct exch_checked *c = s->by[i].check;

		if (run->insts.inst[i].id == 0 || !exch_report_watched(run, i))
			continue;
		for (unsigned k = 0; k < EXCH_CHECK_INSTRUMENTS; k++) {
			exch_table_row(t);
			exch_table_none(t);
			exch_report_symbol(run, i);
			put_check(t, EXCH_CHECK_SOURCES + k, &c[k], NULL);
		}
	}
}

/* ---- alarms ---- */

void
exch_quality_alarm(struct exch_report_run *run, uint32_t place,
    enum exch_check check, exch_ts time, uint64_t lasted, const exch_px px[2],
    exch_px price)
{
	struct exch_table *t = &run->table;
	unsigned show = run->insts.inst[place].px_show;

	if (!exch_report_watched(run, place))
		return;
	exch_table_row(t);
	exch_table_time(t, time);
	exch_report_symbol(run, place);
	exch_table_word(t, checks[check].word);
	put_size(
	    t, checks[check].unit == UNIT_TIME ? UNIT_TIME : UNIT_NONE, lasted);
	exch_table_px(t, px[0], show);
	exch_table_px(t, px[1], show);
	exch_table_px(t, price, show);
	exch_table_end(t);
}

/* ---- the page ---- */

static void
grid_time(struct exch_grid *g, uint64_t ns)
{
	exch_grid_dec(g, (exch_i128)ns, 9, 9);
}

static int
put_sources(struct exch_report_run *run, struct exch_diag *d)
{
	static const char *const heads[] = {"source", "made by", "records",
	    "gaps", "messages", "errors", "left out", "dup", "back", "bad"};
	const struct exch_quality *s = run->state;
	struct exch_grid g;

	exch_table_raw(&run->table, "Sources\n", 8);
	exch_grid_init(&g, 2u, heads, EXCH_ARRAY_LEN(heads));
	for (unsigned i = 0; i < 256; i++) {
		const struct exch_quality_source *q = s->source[i];
		const char *by = run->source[i].text;

		if (q == NULL)
			continue;
		exch_grid_u64(&g, i);
		if (by != NULL)
			exch_grid_text(&g, by, strcspn(by, " "));
		else
			exch_grid_str(&g, "-");
		exch_grid_u64(&g, q->check[EXCH_CHECK_RECORDS].n);
		exch_grid_u64(&g, q->check[EXCH_CHECK_GAPS].n);
		exch_grid_dec(
		    &g, (exch_i128)q->check[EXCH_CHECK_GAPS].sum, 0, 0);
		exch_grid_u64(&g, q->check[EXCH_CHECK_ERRORS].n);
		exch_grid_dec(
		    &g, (exch_i128)q->check[EXCH_CHECK_LEFT_OUT].sum, 0, 0);
		exch_grid_u64(&g, q->check[EXCH_CHECK_DUPLICATES].n);
		exch_grid_u64(&g, q->check[EXCH_CHECK_BACKWARDS].n);
		exch_grid_u64(&g, q->check[EXCH_CHECK_BAD].n);
	}
	return exch_grid_print(&g, &run->table, d);
}

static int
put_latency(struct exch_report_run *run, struct exch_diag *d)
{
	static const char none[] =
	    "\nLatency: cannot be told, no record has a time of capture "
	    "(exch-replay --capture-time)\n";
	static const char title[] =
	    "\nLatency, from the venue's time to that of capture, in seconds\n";
	static const char *const heads[] = {
	    "source", "records", "p50", "p99", "p99.9", "most", "before it"};
	const struct exch_quality *s = run->state;
	struct exch_grid g;

	if (s->captured == 0) {
		exch_table_raw(&run->table, none, strlen(none));
		return EXCH_OK;
	}
	exch_table_raw(&run->table, title, strlen(title));
	exch_grid_init(&g, 0, heads, EXCH_ARRAY_LEN(heads));
	for (unsigned i = 0; i < 256; i++) {
		const struct exch_quality_source *q = s->source[i];

		if (q == NULL || q->check[EXCH_CHECK_LATENCY].n +
					 q->check[EXCH_CHECK_EARLY].n ==
				     0)
			continue;
		exch_grid_u64(&g, i);
		exch_grid_u64(&g, q->latency.n);
		grid_time(&g, exch_times_at(&q->latency, 500));
		grid_time(&g, exch_times_at(&q->latency, 990));
		grid_time(&g, exch_times_at(&q->latency, 999));
		grid_time(&g, q->latency.max);
		exch_grid_u64(&g, q->check[EXCH_CHECK_EARLY].n);
	}
	return exch_grid_print(&g, &run->table, d);
}

static int
put_instruments(struct exch_report_run *run, struct exch_diag *d)
{
	static const char title[] = "\nInstruments\n";
	static const char *const heads[EXCH_CHECK_INSTRUMENTS + 1] = {"symbol",
	    "stale", "repeats", "restarts", "crossed", "locked", "<=0", "off",
	    "far", "outside", "unknown", "misses"};
	const struct exch_quality *s = run->state;
	struct exch_grid g;

	exch_table_raw(&run->table, title, strlen(title));
	exch_grid_init(&g, 1u, heads, EXCH_ARRAY_LEN(heads));
	for (uint32_t i = 0; i < run->insts.n; i++) {
		const struct exch_inst *in = &run->insts.inst[i];

		if (in->id == 0 || !exch_report_watched(run, i))
			continue;
		exch_grid_text(&g, in->symbol, in->nsymbol);
		for (unsigned k = 0; k < EXCH_CHECK_INSTRUMENTS; k++)
			exch_grid_u64(&g, s->by[i].check[k].n);
	}
	return exch_grid_print(&g, &run->table, d);
}

int
exch_quality_columns(struct exch_report_run *run, struct exch_diag *d)
{
	if (run->o.alarms)
		return exch_table_columns(&run->table, alarm_cols,
		    EXCH_ARRAY_LEN(alarm_cols), true, d);
	return exch_table_columns(&run->table, cols, EXCH_ARRAY_LEN(cols),
	    run->o.format != EXCH_FMT_TEXT, d);
}

int
exch_quality_show(struct exch_report_run *run, struct exch_diag *d)
{
	int rc;

	if (run->o.alarms)
		return EXCH_OK;
	if (run->o.format != EXCH_FMT_TEXT) {
		put_rows(run);
		return EXCH_OK;
	}
	rc = put_sources(run, d);
	if (rc == EXCH_OK)
		rc = put_latency(run, d);
	return rc == EXCH_OK ? put_instruments(run, d) : rc;
}
