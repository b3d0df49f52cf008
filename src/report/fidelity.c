/*
 * exch-report fidelity: the venue's own executions (EXPECT) against the
 * engine's, per instrument and cause, with the first misses and where they
 * stand.
 *
 * CSV and JSON are long tables: one row per instrument, measure and cause,
 * then one row with measure "miss" for each miss that is listed.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "rec/schema.h"
#include "report/fidel.h"
#include "report/grid.h"
#include "report/report.h"
#include "report/reports.h"

static const struct exch_col cols[] = {
    {"symbol", EXCH_COL_TEXT, 8},
    {"measure", EXCH_COL_TEXT, 12},
    {"cause", EXCH_COL_TEXT, 13},
    {"count", EXCH_COL_NUM, 9},
    {"percent", EXCH_COL_NUM, 7},
    {"time", EXCH_COL_TIME, 18},
    {"source", EXCH_COL_NUM, 6},
    {"seq", EXCH_COL_ID, 10},
    {"match", EXCH_COL_ID, 10},
    {"order", EXCH_COL_ID, 12},
    {"got_order", EXCH_COL_ID, 12},
    {"price", EXCH_COL_NUM, 11},
    {"got_price", EXCH_COL_NUM, 11},
    {"qty", EXCH_COL_NUM, 9},
    {"got_qty", EXCH_COL_NUM, 9},
};

struct miss {
	struct exch_rec_miss r;
	uint64_t seq;
	uint32_t place;
};

struct fidelity {
	struct exch_fidel *by; /* by place */
	uint32_t n;
	struct miss *miss;
	unsigned nmisses;
};

static int
open_fidelity(struct exch_report_run *run, struct exch_diag *d)
{
	struct fidelity *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->miss = exch_calloc((size_t)run->o.misses + 1, sizeof(*s->miss));
	if (s->miss == NULL)
		return exch_report_nomem(d);
	return exch_table_columns(&run->table, cols, EXCH_ARRAY_LEN(cols),
	    run->o.format != EXCH_FMT_TEXT, d);
}

static int
record_fidelity(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct fidelity *s = run->state;
	struct miss *m;
	uint32_t place;
	int rc;

	if (r->type != EXCH_REC_EXPECT && r->type != EXCH_REC_MISS)
		return EXCH_OK;
	rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc == EXCH_OK)
		rc = exch_report_grow(
		    &s->by, &s->n, place + 1, sizeof(*s->by), d);
	if (rc == EXCH_OK)
		rc = exch_fidel_record(&s->by[place], r, d);
	if (rc != EXCH_OK || r->type != EXCH_REC_MISS ||
	    s->nmisses == run->o.misses)
		return rc;
	m = &s->miss[s->nmisses++];
	memcpy(&m->r, r, sizeof(m->r));
	m->seq = seq;
	m->place = place;
	return EXCH_OK;
}

/* ---- rows ---- */

/* A row without a miss: `place` UINT32_MAX is the total. */
static void
put(struct exch_report_run *run, uint32_t place, const char *measure,
    const char *cause, uint64_t count, uint64_t share)
{
	struct exch_table *t = &run->table;

	exch_table_row(t);
	if (place == UINT32_MAX)
		exch_table_word(t, "total");
	else
		exch_report_symbol(run, place);
	exch_table_word(t, measure);
	exch_table_word(t, cause);
	exch_table_u64(t, count);
	if (share == EXCH_FIDEL_NONE)
		exch_table_none(t);
	else
		exch_table_dec(t, (exch_i128)share, 2, 2);
	exch_table_nones(t, EXCH_ARRAY_LEN(cols) - 5);
	exch_table_end(t);
}

static void
put_account(
    struct exch_report_run *run, uint32_t place, const struct exch_fidel *f)
{
	const uint64_t none = EXCH_FIDEL_NONE;

	put(run, place, "expected", NULL, f->expected, none);
	put(run, place, "exact", NULL, exch_fidel_exact(f),
	    exch_fidel_share(f));
	for (unsigned i = 0; i < EXCH_FIDEL_CAUSES; i++)
		if (f->missed_by[i] != 0)
			put(run, place,
			    i == EXCH_CAUSE_UNEXPECTED ? "unexpected"
						       : "missed",
			    exch_word_of(exch_words_cause, (uint16_t)i),
			    f->missed_by[i], none);
	for (unsigned i = 0; i < EXCH_FIDEL_CAUSES; i++)
		if (f->imposed_by[i] != 0)
			put(run, place, "imposed",
			    exch_word_of(exch_words_cause, (uint16_t)i),
			    f->imposed_by[i], none);
	put(run, place, "groups", NULL, f->groups, none);
	put(run, place, "groups-exact", NULL, f->groups - f->groups_bad,
	    exch_fidel_groups(f));
}

static void
put_miss(struct exch_report_run *run, const struct miss *m)
{
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[m->place];
	const struct exch_rec_miss *r = &m->r;
	bool got = r->got_match != 0;

	exch_table_row(t);
	exch_report_symbol(run, m->place);
	exch_table_word(t, "miss");
	exch_table_word(t, exch_word_of(exch_words_cause, r->cause));
	exch_table_u64(t, 1);
	exch_table_none(t);
	exch_table_time(t, r->h.time);
	exch_table_u64(t, r->h.source);
	exch_table_id(t, m->seq);
	exch_table_id(t, r->match);
	exch_table_id(t, r->resting);
	exch_table_id(t, r->got_resting);
	exch_table_px(t, r->match != 0 ? r->price : EXCH_PX_NONE, in->px_show);
	exch_table_px(t, got ? r->got_price : EXCH_PX_NONE, in->px_show);
	exch_table_qty(t, r->qty, in->qty_scale);
	exch_table_qty(t, r->got_qty, in->qty_scale);
	exch_table_end(t);
}

static bool
is_empty(const struct exch_fidel *f)
{
	return f->expected == 0 && f->imposed == 0 && f->missed == 0 &&
	       f->unexpected == 0;
}

static void
put_rows(struct exch_report_run *run, const struct exch_fidel *total)
{
	struct fidelity *s = run->state;

	for (uint32_t i = 0; i < s->n; i++)
		if (!is_empty(&s->by[i]))
			put_account(run, i, &s->by[i]);
	put_account(run, UINT32_MAX, total);
	for (unsigned i = 0; i < s->nmisses; i++)
		put_miss(run, &s->miss[i]);
}

/* ---- the page ---- */

static const char *const heads[] = {"symbol", "expected", "exact", "missed",
    "unexpected", "imposed", "exact %", "groups", "groups exact", "groups %"};

static void
grid_account(struct exch_grid *g, const struct exch_fidel *f)
{
	exch_grid_u64(g, f->expected);
	exch_grid_u64(g, exch_fidel_exact(f));
	exch_grid_u64(g, f->missed);
	exch_grid_u64(g, f->unexpected);
	exch_grid_u64(g, f->imposed);
	if (exch_fidel_share(f) == EXCH_FIDEL_NONE)
		exch_grid_str(g, "-");
	else
		exch_grid_hundredths(g, exch_fidel_share(f));
	exch_grid_u64(g, f->groups);
	exch_grid_u64(g, f->groups - f->groups_bad);
	exch_grid_percent(g, f->groups - f->groups_bad, f->groups);
}

static void
grid_cause(struct exch_grid *g, const char *what, unsigned cause, uint64_t n,
    uint64_t whole)
{
	const char *w = exch_word_of(exch_words_cause, (uint16_t)cause);

	if (n == 0)
		return;
	exch_grid_str(g, what);
	exch_grid_str(g, w != NULL ? w : "other");
	exch_grid_u64(g, n);
	exch_grid_percent(g, n, whole);
}

static int
page_causes(struct exch_report_run *run, const struct exch_fidel *f,
    struct exch_diag *d)
{
	static const char *const h[] = {"", "cause", "executions", "%"};
	uint64_t whole = f->expected + f->unexpected + f->imposed;
	struct exch_grid g;

	if (f->missed == 0 && f->unexpected == 0 && f->imposed == 0)
		return EXCH_OK;
	exch_table_raw(&run->table, "\n", 1);
	exch_grid_init(&g, 3, h, EXCH_ARRAY_LEN(h));
	for (unsigned i = 0; i < EXCH_FIDEL_CAUSES; i++)
		grid_cause(&g,
		    i == EXCH_CAUSE_UNEXPECTED ? "unexpected" : "missed", i,
		    f->missed_by[i], whole);
	for (unsigned i = 0; i < EXCH_FIDEL_CAUSES; i++)
		grid_cause(&g, "imposed", i, f->imposed_by[i], whole);
	return exch_grid_print(&g, &run->table, d);
}

static int
page_misses(struct exch_report_run *run, const struct exch_fidel *f,
    struct exch_diag *d)
{
	static const char title[] = "\nFirst misses (expected : got)\n";
	static const char *const h[] = {"source", "seq", "symbol", "cause",
	    "match", "order", "", "price", "", "qty", ""};
	struct fidelity *s = run->state;
	struct exch_grid g;

	if (s->nmisses == 0)
		return EXCH_OK;
	(void)f;
	exch_table_raw(&run->table, title, sizeof(title) - 1);
	exch_grid_init(&g, 1u << 2 | 1u << 3 | 1u << 6 | 1u << 8 | 1u << 10, h,
	    EXCH_ARRAY_LEN(h));
	for (unsigned i = 0; i < s->nmisses; i++) {
		const struct miss *m = &s->miss[i];
		const struct exch_inst *in = &run->insts.inst[m->place];
		const struct exch_rec_miss *r = &m->r;
		const char *w = exch_word_of(exch_words_cause, r->cause);
		bool got = r->got_match != 0;

		exch_grid_u64(&g, r->h.source);
		exch_grid_u64(&g, m->seq);
		exch_grid_text(&g, in->symbol, in->nsymbol);
		exch_grid_str(&g, w != NULL ? w : "other");
		exch_grid_u64(&g, r->match);
		exch_grid_u64(&g, r->resting);
		exch_grid_u64(&g, r->got_resting);
		exch_grid_px(
		    &g, r->match != 0 ? r->price : EXCH_PX_NONE, in->px_show);
		exch_grid_px(
		    &g, got ? r->got_price : EXCH_PX_NONE, in->px_show);
		exch_grid_dec(&g, (exch_i128)r->qty, in->qty_scale, 0);
		exch_grid_dec(&g, (exch_i128)r->got_qty, in->qty_scale, 0);
	}
	return exch_grid_print(&g, &run->table, d);
}

static int
put_page(struct exch_report_run *run, const struct exch_fidel *total,
    struct exch_diag *d)
{
	struct fidelity *s = run->state;
	struct exch_grid g;
	unsigned shown = 0;
	int rc;

	exch_grid_init(&g, 1, heads, EXCH_ARRAY_LEN(heads));
	for (uint32_t i = 0; i < s->n; i++) {
		const struct exch_inst *in;

		if (is_empty(&s->by[i]))
			continue;
		in = &run->insts.inst[i];
		exch_grid_text(&g, in->symbol, in->nsymbol);
		grid_account(&g, &s->by[i]);
		shown++;
	}
	if (shown != 1) {
		exch_grid_str(&g, "total");
		grid_account(&g, total);
	}
	rc = exch_grid_print(&g, &run->table, d);
	if (rc == EXCH_OK)
		rc = page_causes(run, total, d);
	return rc != EXCH_OK ? rc : page_misses(run, total, d);
}

static int
close_fidelity(struct exch_report_run *run, struct exch_diag *d)
{
	struct fidelity *s = run->state;
	struct exch_fidel total = {0};

	/* what was not compared has no figures; the caller says so */
	if (exch_report_lacks(run) != 0)
		return EXCH_OK;
	for (uint32_t i = 0; i < s->n; i++)
		exch_fidel_sum(&total, &s->by[i]);
	if (run->o.format == EXCH_FMT_TEXT)
		return put_page(run, &total, d);
	put_rows(run, &total);
	return EXCH_OK;
}

static void
free_fidelity(struct exch_report_run *run)
{
	struct fidelity *s = run->state;

	exch_free(s->by);
	exch_free(s->miss);
}

const struct exch_report exch_report_fidelity = {
    .name = "fidelity",
    .what = "the venue's executions against the engine's, with causes",
    .takes = EXCH_TAKES_MISSES,
    .needs = EXCH_NEEDS_MATCH | EXCH_NEEDS_EXPECT,
    .open = open_fidelity,
    .record = record_fidelity,
    .close = close_fidelity,
    .free = free_fidelity,
};
