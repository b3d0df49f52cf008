/*
 * exch-report latency: how long things took, from one record to another, as
 * histograms: the same classes as those of feeds (base/times.h).
 *
 * A command waits in a pool until it is answered, an order until it is
 * executed for the first time or ends; so memory follows what is open.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keyed.h"
#include "base/times.h"
#include "rec/schema.h"
#include "report/grid.h"
#include "report/latency.h"
#include "report/quotes.h"
#include "report/reports.h"
#include "report/tracked.h"
#include "report/waits.h"

enum stage {
	STAGE_CAPTURE,	/* it happened, it was captured */
	STAGE_DATA,	/* best prices changed, a command came */
	STAGE_ACK,	/* an order came, was accepted */
	STAGE_REJECT,	/* or refused */
	STAGE_CANCEL,	/* a cancel came, was answered */
	STAGE_REPLACE,	/* a replacement came, was answered */
	STAGE_EXECUTED, /* an order came, was first executed */
	STAGE_FILLED,	/* and for the last time */
	STAGES
};

static const char *const stage_name[STAGES] = {
    [STAGE_CAPTURE] = "capture",
    [STAGE_DATA] = "data-to-command",
    [STAGE_ACK] = "order-to-ack",
    [STAGE_REJECT] = "order-to-reject",
    [STAGE_CANCEL] = "cancel-to-answer",
    [STAGE_REPLACE] = "replace-to-answer",
    [STAGE_EXECUTED] = "order-to-execution",
    [STAGE_FILLED] = "order-to-filled",
};

static const struct exch_report_param params[] = {
    {.name = "by",
	.arg = "WHAT,...",
	.what = "a row for each account, symbol, ... (tca, latency, ...)"},
    {.name = "histogram", .what = "latency: a row for each class of times"},
    {0},
};

/* A row. */
struct taken {
	struct exch_key key; /* account and stage; place + 1 or 0 */
	exch_u128 sum;
	uint64_t least;
	struct exch_times times;
};

struct latency {
	struct exch_tracked tracked;
	struct exch_quotes quotes;
	struct exch_waits waits;
	struct exch_keyed taken;
	bool by_account;
	bool by_symbol;
	bool histogram;
	uint64_t early;	    /* captured before it happened */
	uint64_t backwards; /* answered before it was asked */
};

bool
exch_report_captured(const struct exch_rec *r, exch_ts *at)
{
	const struct exch_schema *schema = exch_schema_of(r->type);
	const struct exch_ext *x;

	if ((r->flags & EXCH_F_EXT) == 0 || schema == NULL || schema->var ||
	    r->time == EXCH_TS_NONE)
		return false;
	x = exch_rec_ext(r, schema->size, EXCH_EXT_CAPTURE_TIME);
	if (x == NULL)
		return false;
	*at = x->value;
	return true;
}

/* ---- sums ---- */

static int
note(struct latency *s, enum stage stage, uint32_t place, uint32_t account,
    exch_ts from, exch_ts to, struct exch_diag *d)
{
	uint64_t id = stage;
	struct taken *t;
	int rc;

	if (to < from) {
		s->backwards++;
		return EXCH_OK;
	}
	if (s->by_account)
		id |= (uint64_t)account << 8;
	rc = exch_keyed_add(&s->taken, s->by_symbol ? place + 1 : 0, id, &t);
	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	if (t->times.n == 0 || to - from < t->least)
		t->least = to - from;
	t->sum += to - from;
	exch_times_add(&t->times, to - from);
	return EXCH_OK;
}

/* Since when the best prices stood that the command has seen. */
static int
note_data(struct latency *s, const struct exch_rec *r, uint32_t place,
    uint32_t account, struct exch_diag *d)
{
	const struct exch_quote *q = exch_quotes_of(&s->quotes, place);

	if (q == NULL)
		return EXCH_OK;
	return note(s, STAGE_DATA, place, account, q->time, r->time, d);
}

/* ---- answers ---- */

/* Of an order, as it was asked for: how long it took to this change. */
static int
note_order(struct latency *s, enum stage stage, const struct exch_change *c,
    const struct exch_wait *w, struct exch_diag *d)
{
	return note(s, stage, c->place, w->account, w->time, c->r->time, d);
}

static int
executed(struct latency *s, const struct exch_change *c, struct exch_wait *w,
    struct exch_diag *d)
{
	int rc = EXCH_OK;

	if (!w->begun) {
		w->begun = true;
		rc = note_order(s, STAGE_EXECUTED, c, w, d);
	}
	if (rc == EXCH_OK && c->ended)
		rc = note_order(s, STAGE_FILLED, c, w, d);
	return rc;
}

/* Something was answered: it waits no more, but orders for executions. */
static int
answered(struct latency *s, const struct exch_change *c,
    enum exch_wait_kind kind, struct exch_diag *d)
{
	struct exch_wait *w =
	    exch_waits_find(&s->waits, kind, c->place, c->order);
	bool refused = c->kind == EXCH_CHANGE_REJECTED;
	enum stage stage = kind == EXCH_WAIT_CANCEL    ? STAGE_CANCEL
			   : kind == EXCH_WAIT_REPLACE ? STAGE_REPLACE
			   : refused		       ? STAGE_REJECT
						       : STAGE_ACK;
	int rc;

	if (w == NULL)
		return EXCH_OK;
	rc = note_order(s, stage, c, w, d);
	if (stage != STAGE_ACK)
		exch_waits_drop(&s->waits, kind, w);
	return rc;
}

static int
change(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct latency *s = run->state;
	struct exch_wait *w;
	enum exch_wait_kind kind;
	int rc = EXCH_OK;

	if (exch_waits_answers(c, &kind))
		rc = answered(s, c, kind, d);
	if (rc != EXCH_OK || c->kind == EXCH_CHANGE_REJECTED)
		return rc;
	if (c->kind == EXCH_CHANGE_REPLACED && c->next != NULL)
		return exch_waits_rename(
		    &s->waits, c->place, c->order, c->next->key.id, d);
	w = exch_waits_find(&s->waits, EXCH_WAIT_ORDER, c->place, c->order);
	if (w != NULL && c->kind == EXCH_CHANGE_EXECUTED)
		rc = executed(s, c, w, d);
	if (w != NULL && c->ended)
		exch_waits_drop(&s->waits, EXCH_WAIT_ORDER, w);
	return rc;
}

/* ---- the report ---- */

static int
set_by(struct latency *s, const char *p, struct exch_diag *d)
{
	for (;;) {
		size_t n = strcspn(p, ",");

		if (n == 7 && memcmp(p, "account", n) == 0)
			s->by_account = true;
		else if (n == 6 && memcmp(p, "symbol", n) == 0)
			s->by_symbol = true;
		else
			return exch_diag_set(d, EXCH_ERR_NEED, NULL,
			    EXCH_POS_NONE, 0,
			    "--by: '%.*s' is neither account nor symbol",
			    (int)(n < 40 ? n : 40), p);
		if (p[n] == '\0')
			return EXCH_OK;
		p += n + 1;
	}
}

static int
open_latency(struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *by = exch_report_given(run, "by");
	struct latency *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->histogram = exch_report_given(run, "histogram") != NULL;
	rc = exch_tracked_open(&s->tracked, run, change, d);
	if (rc == EXCH_OK)
		rc = exch_quotes_init(&s->quotes, run, d);
	if (rc == EXCH_OK)
		rc = exch_waits_init(&s->waits, d);
	if (rc == EXCH_OK &&
	    exch_keyed_init(&s->taken, sizeof(struct taken)) != 0)
		return exch_report_nomem(d);
	if (rc == EXCH_OK && by != NULL)
		rc = set_by(s, by->value, d);
	return rc;
}

static int
note_capture(struct exch_report_run *run, const struct exch_rec *r,
    uint32_t account, struct exch_diag *d)
{
	struct latency *s = run->state;
	uint32_t place = UINT32_MAX; /* of all instruments */
	exch_ts at;
	int rc = EXCH_OK;

	if (!exch_report_captured(r, &at))
		return EXCH_OK;
	if (at < r->time) {
		s->early++;
		return EXCH_OK;
	}
	if (r->instr != 0)
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
	return rc != EXCH_OK
		   ? rc
		   : note(s, STAGE_CAPTURE, place, account, r->time, at, d);
}

static int
record_latency(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct latency *s = run->state;
	uint32_t account = 0, place = 0;
	unsigned n;
	int rc = EXCH_OK;

	(void)seq;
	if (exch_waits_wants(r->type)) {
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
		if (rc == EXCH_OK)
			rc = exch_waits_command(&s->waits, s->tracked.track, r,
			    place, &account, &n, d);
		if (rc == EXCH_OK)
			rc = note_data(s, r, place, account, d);
	}
	if (rc == EXCH_OK && (r->flags & EXCH_F_EXT) != 0)
		rc = note_capture(run, r, account, d);
	if (rc == EXCH_OK)
		rc = exch_tracked_record(&s->tracked, run, r, d);
	return exch_quotes_after(&s->quotes, run, r, rc, d);
}

/* By stage, then account, then instrument. */
static int
by_stage(const void *x, const void *y)
{
	const struct taken *a = *(const struct taken *const *)x;
	const struct taken *b = *(const struct taken *const *)y;
	unsigned sa = a->key.id & 0xff, sb = b->key.id & 0xff;

	if (sa != sb)
		return sa < sb ? -1 : 1;
	if (a->key.id != b->key.id)
		return a->key.id < b->key.id ? -1 : 1;
	return a->key.place < b->key.place ? -1 : a->key.place > b->key.place;
}

static void
put_head(struct exch_report_run *run, const struct taken *t)
{
	const struct latency *s = run->state;

	exch_table_row(&run->table);
	exch_table_word(&run->table, stage_name[t->key.id & 0xff]);
	if (s->by_account)
		exch_report_account(run, (uint32_t)(t->key.id >> 8));
	if (s->by_symbol && t->key.place == 0)
		exch_table_none(&run->table);
	else if (s->by_symbol)
		exch_report_symbol(run, t->key.place - 1);
}

static void
put_seconds(struct exch_table *t, uint64_t ns)
{
	exch_table_dec(t, (exch_i128)ns, 9, 9);
}

static void
put_row(struct exch_report_run *run, const struct taken *t)
{
	static const unsigned at[] = {500, 900, 990, 999};
	struct exch_table *out = &run->table;

	put_head(run, t);
	exch_table_u64(out, t->times.n);
	put_seconds(out, t->least);
	put_seconds(out, (uint64_t)(t->sum / t->times.n));
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(at); i++)
		put_seconds(out, exch_times_at(&t->times, at[i]));
	put_seconds(out, t->times.max);
	exch_table_end(out);
}

/* Times up to each class that has some: how many, and what part so far. */
static void
put_classes(struct exch_report_run *run, const struct taken *t)
{
	uint64_t so_far = 0;

	for (unsigned c = 0; c < EXCH_TIMES_CLASSES; c++) {
		if (t->times.count[c] == 0)
			continue;
		so_far += t->times.count[c];
		put_head(run, t);
		put_seconds(
		    &run->table, c == 0 ? 0 : exch_times_end(c - 1) + 1);
		put_seconds(&run->table, exch_times_end(c));
		exch_table_u64(&run->table, t->times.count[c]);
		exch_table_dec(&run->table,
		    (exch_i128)exch_hundredths(so_far, t->times.n), 2, 2);
		exch_table_end(&run->table);
	}
}

static int
put_columns(struct exch_report_run *run, struct exch_diag *d)
{
	static const struct exch_col rows[] = {{"count", EXCH_COL_NUM, 9},
	    {"least", EXCH_COL_NUM, 12}, {"mean", EXCH_COL_NUM, 12},
	    {"p50", EXCH_COL_NUM, 12}, {"p90", EXCH_COL_NUM, 12},
	    {"p99", EXCH_COL_NUM, 12}, {"p99_9", EXCH_COL_NUM, 12},
	    {"most", EXCH_COL_NUM, 12}};
	static const struct exch_col classes[] = {{"from", EXCH_COL_NUM, 12},
	    {"to", EXCH_COL_NUM, 12}, {"count", EXCH_COL_NUM, 9},
	    {"percent", EXCH_COL_NUM, 6}};
	const struct latency *s = run->state;
	struct exch_col col[3 + EXCH_ARRAY_LEN(rows)];
	unsigned n = 0;

	col[n++] = (struct exch_col){"stage", EXCH_COL_TEXT, 18};
	if (s->by_account)
		col[n++] = (struct exch_col){"account", EXCH_COL_TEXT, 8};
	if (s->by_symbol)
		col[n++] = (struct exch_col){"symbol", EXCH_COL_TEXT, 8};
	if (s->histogram)
		for (unsigned i = 0; i < EXCH_ARRAY_LEN(classes); i++)
			col[n++] = classes[i];
	else
		for (unsigned i = 0; i < EXCH_ARRAY_LEN(rows); i++)
			col[n++] = rows[i];
	return exch_table_columns(&run->table, col, n, true, d);
}

static int
close_latency(struct exch_report_run *run, struct exch_diag *d)
{
	struct latency *s = run->state;
	struct taken **all;
	int rc = put_columns(run, d);

	exch_tracked_close(&s->tracked, run);
	if (rc != EXCH_OK)
		return rc;
	all = (struct taken **)(void *)exch_keyed_sorted(&s->taken);
	if (all == NULL)
		return exch_report_nomem(d);
	qsort(all, s->taken.live, sizeof(*all), by_stage);
	for (uint32_t i = 0; i < s->taken.live; i++)
		if (s->histogram)
			put_classes(run, all[i]);
		else
			put_row(run, all[i]);
	exch_free(all);
	run->left_out = s->early + s->backwards;
	run->left_why = "times are below 0: captured before it happened, or "
			"answered before it was asked";
	return EXCH_OK;
}

static void
free_latency(struct exch_report_run *run)
{
	struct latency *s = run->state;

	exch_tracked_free(&s->tracked);
	exch_quotes_clear(&s->quotes);
	exch_waits_clear(&s->waits);
	exch_keyed_clear(&s->taken);
}

const struct exch_report exch_report_latency = {
    .name = "latency",
    .what = "how long answers, executions and reactions took",
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .open = open_latency,
    .record = record_latency,
    .close = close_latency,
    .free = free_latency,
};
