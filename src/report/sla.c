/*
 * exch-report sla: what a venue promises its members, as it was kept: commands
 * that were answered (and in time), instructions that settled on their day,
 * and how much of the time in which there should have been trading there was.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keyed.h"
#include "base/time.h"
#include "rec/schema.h"
#include "report/grid.h"
#include "report/reports.h"
#include "report/tracked.h"
#include "report/waits.h"

static const struct exch_report_param params[] = {
    {.name = "within",
	.arg = "TIME",
	.what = "sla: also which answers came within so long"},
    {0},
};

static const struct exch_col cols[] = {
    {"measure", EXCH_COL_TEXT, 15},
    {"of", EXCH_COL_TEXT, 16},
    {"kept", EXCH_COL_NUM, 12},
    {"all", EXCH_COL_NUM, 12},
    {"percent", EXCH_COL_NUM, 7},
    {"broken", EXCH_COL_NUM, 6},
};

/* What an instrument did with its time. */
enum use { USE_OPEN, USE_DOWN, USE_CLOSED, USES };

struct inst {
	uint8_t phase;
	exch_ts since;
	uint64_t ns[USES];
	uint64_t halts;
};

/* Instructions of a day in a currency; and their cash. */
struct due {
	struct exch_key key; /* currency, as a number; the day */
	/* deliveries: as nets, as single obligations, not met */
	uint64_t nets, n, failed;
	exch_u128 net_cash, cash, failed_cash;
};

struct sla {
	struct exch_tracked tracked;
	struct exch_waits waits;
	uint64_t asked[EXCH_WAITS];
	uint64_t answered[EXCH_WAITS];
	uint64_t in_time[EXCH_WAITS];
	uint64_t within;   /* 0: not asked for */
	struct inst *inst; /* by place */
	uint32_t ninsts, nknown;
	exch_ts last; /* time of the market */
	uint8_t first_phase;
	bool phased; /* a phase of all was told */
	struct exch_keyed due;
	uint32_t settled; /* the last day on which something did */
	uint64_t gaps, missing, errors;
};

/* ---- answers ---- */

static int
change(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct sla *s = run->state;
	enum exch_wait_kind kind;
	struct exch_wait *w;

	(void)d;
	if (!exch_waits_answers(c, &kind))
		return EXCH_OK;
	w = exch_waits_find(&s->waits, kind, c->place, c->order);
	if (w == NULL)
		return EXCH_OK;
	s->answered[kind]++;
	if (c->r->time >= w->time && c->r->time - w->time <= s->within)
		s->in_time[kind]++;
	exch_waits_drop(&s->waits, kind, w);
	return EXCH_OK;
}

/* ---- phases ---- */

static enum use
use_of(uint8_t phase)
{
	if (phase == EXCH_PHASE_CONTINUOUS || phase == EXCH_PHASE_CALL)
		return USE_OPEN;
	return phase == EXCH_PHASE_HALT ? USE_DOWN : USE_CLOSED;
}

/* The time up to now is that of the phase before. */
static void
turn(struct inst *in, exch_ts now, uint8_t phase)
{
	if (now > in->since)
		in->ns[use_of(in->phase)] += now - in->since;
	if (phase == EXCH_PHASE_HALT && in->phase != EXCH_PHASE_HALT)
		in->halts++;
	in->since = now;
	in->phase = phase;
}

/* Instruments have a state each from when the market first speaks. */
static int
know(struct exch_report_run *run, exch_ts now, struct exch_diag *d)
{
	struct sla *s = run->state;
	int rc = exch_report_grow(
	    &s->inst, &s->ninsts, run->insts.n, sizeof(*s->inst), d);

	if (rc != EXCH_OK)
		return rc;
	for (; s->nknown < run->insts.n; s->nknown++)
		s->inst[s->nknown] = (struct inst){.since = now,
		    .phase =
			s->phased ? s->first_phase : exch_report_phase(run)};
	return EXCH_OK;
}

static int
take_phase(
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_phase *p = EXCH_REC_AS(r, exch_rec_phase);
	struct sla *s = run->state;
	uint32_t place;

	if (p == NULL)
		return exch_report_short(r, d);
	if (p->phase > EXCH_PHASE_END)
		return EXCH_OK;
	if (r->instr != 0) {
		place = exch_insts_known(&run->insts, r->instr);
		if (place < s->nknown)
			turn(&s->inst[place], r->time, p->phase);
		return EXCH_OK;
	}
	s->phased = true;
	s->first_phase = p->phase;
	for (uint32_t i = 0; i < s->nknown; i++)
		turn(&s->inst[i], r->time, p->phase);
	return EXCH_OK;
}

/* ---- settlement ---- */

static int
due_of(struct sla *s, uint32_t date, const char currency[4], struct due **out,
    struct exch_diag *d)
{
	uint32_t code;
	int rc;

	memcpy(&code, currency, sizeof(code));
	rc = exch_keyed_add(&s->due, date, code, out);
	return rc == EXCH_OK || rc == EXCH_ERR_EXISTS ? EXCH_OK
						      : exch_report_nomem(d);
}

static exch_u128
size_of(exch_cash cash)
{
	return cash < 0 ? 0 - (uint64_t)cash : (uint64_t)cash;
}

/*
 * What is to be delivered: nets, where there are some, else each obligation.
 * Both are told where there are nets.
 */
static int
take_net(struct sla *s, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_net *n = EXCH_REC_AS(r, exch_rec_net);
	struct due *x;
	int rc;

	if ((r->flags & EXCH_F_SNAPSHOT) != 0)
		return EXCH_OK;
	if (n == NULL)
		return exch_report_short(r, d);
	rc = due_of(s, n->date, n->currency, &x, d);
	if (rc == EXCH_OK && n->qty < 0) {
		x->nets++;
		x->net_cash += size_of(n->cash);
	}
	return rc;
}

static int
take_obligation(struct sla *s, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_obligation *o =
	    EXCH_REC_AS(r, exch_rec_obligation);
	struct due *x;
	int rc;

	if ((r->flags & EXCH_F_SNAPSHOT) != 0)
		return EXCH_OK;
	if (o == NULL)
		return exch_report_short(r, d);
	rc = due_of(s, o->date, o->currency, &x, d);
	if (rc == EXCH_OK && o->status == EXCH_DUE_OPEN && o->qty < 0) {
		x->n++;
		x->cash += size_of(o->cash);
	} else if (rc == EXCH_OK && o->status == EXCH_DUE_BROKEN &&
		   o->qty > 0 && x->n > 0 && x->cash >= size_of(o->cash)) {
		x->n--;
		x->cash -= size_of(o->cash);
	}
	return rc;
}

static int
take_fail(struct sla *s, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_fail *f = EXCH_REC_AS(r, exch_rec_fail);
	struct due *x;
	int rc;

	if (f == NULL)
		return exch_report_short(r, d);
	/* once, on its day, by who does not deliver */
	if (f->age > 0 || f->qty >= 0)
		return EXCH_OK;
	rc = due_of(s, f->date, f->currency, &x, d);
	if (rc == EXCH_OK) {
		x->failed++;
		x->failed_cash += size_of(f->cash);
	}
	if (f->date > s->settled)
		s->settled = f->date;
	return rc;
}

static int
take_posting(struct sla *s, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_posting *p = EXCH_REC_AS(r, exch_rec_posting);

	if (p == NULL)
		return exch_report_short(r, d);
	if (p->why == EXCH_POSTED_SETTLE && p->date > s->settled)
		s->settled = p->date;
	return EXCH_OK;
}

/* ---- the report ---- */

static int
open_sla(struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *within = exch_report_given(run, "within");
	struct sla *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	if (within != NULL && (exch_duration_parse(within->value,
				   strlen(within->value), &s->within) != 0 ||
				  s->within == 0))
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--within: '%.40s' is no time up to 24h, such as 500us or "
		    "10ms",
		    within->value);
	rc = exch_tracked_open(&s->tracked, run, change, d);
	if (rc == EXCH_OK)
		rc = exch_waits_init(&s->waits, d);
	if (rc == EXCH_OK && exch_keyed_init(&s->due, sizeof(struct due)) != 0)
		return exch_report_nomem(d);
	return rc == EXCH_OK ? exch_table_columns(&run->table, cols,
				   EXCH_ARRAY_LEN(cols), true, d)
			     : rc;
}

static int
take_command(
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	struct sla *s = run->state;
	uint32_t place, account;
	unsigned n = 0;
	int rc = exch_insts_place(&run->insts, r->instr, &place, d);

	if (rc == EXCH_OK)
		rc = exch_waits_command(
		    &s->waits, s->tracked.track, r, place, &account, &n, d);
	s->asked[r->type == EXCH_REC_CANCEL    ? EXCH_WAIT_CANCEL
		 : r->type == EXCH_REC_REPLACE ? EXCH_WAIT_REPLACE
					       : EXCH_WAIT_ORDER] += n;
	return rc;
}

static int
record_sla(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	const struct exch_rec_gap *g = EXCH_REC_AS(r, exch_rec_gap);
	struct sla *s = run->state;
	int rc = EXCH_OK;

	(void)seq;
	if (exch_waits_wants(r->type))
		rc = take_command(run, r, d);
	if (rc != EXCH_OK)
		return rc;
	/* the directory, settlement and risk are not the market's time */
	if (r->type == EXCH_REC_PHASE ||
	    (r->type >= EXCH_REC_NEW && r->type < EXCH_REC_RISK)) {
		if (r->time > s->last)
			s->last = r->time;
		if (s->nknown < run->insts.n)
			rc = know(run, r->time, d);
		if (rc != EXCH_OK)
			return rc;
	}
	switch (r->type) {
	case EXCH_REC_PHASE:
		rc = take_phase(run, r, d);
		break;
	case EXCH_REC_GAP:
		s->gaps++;
		s->missing += g != NULL ? g->count : 0;
		return EXCH_OK;
	case EXCH_REC_ERROR:
		s->errors++;
		return EXCH_OK;
	case EXCH_REC_NET:
		return take_net(s, r, d);
	case EXCH_REC_OBLIGATION:
		return take_obligation(s, r, d);
	case EXCH_REC_FAIL:
		return take_fail(s, r, d);
	case EXCH_REC_POSTING:
		return take_posting(s, r, d);
	default:
		break;
	}
	return rc != EXCH_OK ? rc : exch_tracked_record(&s->tracked, run, r, d);
}

/* part of all in hundredths of a percent, rounded down. */
static void
put_percent(struct exch_table *t, exch_u128 part, exch_u128 all)
{
	if (all == 0)
		exch_table_none(t);
	else
		exch_table_dec(t, (exch_i128)(part * 10000 / all), 2, 2);
}

static void
put_counts(struct exch_report_run *run, const char *measure, const char *of,
    uint64_t kept, uint64_t all)
{
	struct exch_table *t = &run->table;

	exch_table_row(t);
	exch_table_word(t, measure);
	exch_table_word(t, of);
	exch_table_u64(t, kept);
	exch_table_u64(t, all);
	put_percent(t, kept, all);
	exch_table_u64(t, all - kept);
	exch_table_end(t);
}

static void
put_answers(struct exch_report_run *run)
{
	static const char *const of[EXCH_WAITS] = {
	    "order", "cancel", "replace"};
	const struct sla *s = run->state;

	for (unsigned i = 0; i < EXCH_WAITS; i++)
		put_counts(run, "answered", of[i], s->answered[i], s->asked[i]);
	for (unsigned i = 0; s->within != 0 && i < EXCH_WAITS; i++)
		put_counts(run, "in-time", of[i], s->in_time[i], s->asked[i]);
}

/* Of a day and a currency: deliveries, and their cash. */
static void
put_due(struct exch_report_run *run, const struct due *x)
{
	struct exch_table *t = &run->table;
	uint32_t code = (uint32_t)x->key.id;
	uint64_t n = x->nets > 0 ? x->nets : x->n;
	exch_u128 cash = x->nets > 0 ? x->net_cash : x->cash;
	uint64_t failed = x->failed < n ? x->failed : n;
	exch_u128 lost = x->failed_cash < cash ? x->failed_cash : cash;
	char of[32];
	size_t len = (size_t)(exch_fmt_u64(of, x->key.place) - of);

	of[len++] = ' ';
	memcpy(of + len, &code, sizeof(code));
	len += strnlen(of + len, sizeof(code));
	exch_table_row(t);
	exch_table_word(t, "settled");
	exch_table_text(t, of, len);
	exch_table_u64(t, n - failed);
	exch_table_u64(t, n);
	put_percent(t, n - failed, n);
	exch_table_u64(t, failed);
	exch_table_end(t);
	exch_table_row(t);
	exch_table_word(t, "settled-cash");
	exch_table_text(t, of, len);
	exch_table_dec(t, (exch_i128)(cash - lost), 6, 2);
	exch_table_dec(t, (exch_i128)cash, 6, 2);
	put_percent(t, cash - lost, cash);
	exch_table_dec(t, (exch_i128)lost, 6, 2);
	exch_table_end(t);
}

static int
put_settled(struct exch_report_run *run, struct exch_diag *d)
{
	const struct sla *s = run->state;
	struct due **all = (struct due **)(void *)exch_keyed_sorted(&s->due);

	if (all == NULL)
		return exch_report_nomem(d);
	/* what is due later is not late */
	for (uint32_t i = 0; i < s->due.live; i++)
		if (all[i]->key.place <= s->settled &&
		    all[i]->nets + all[i]->n > 0)
			put_due(run, all[i]);
	exch_free(all);
	return EXCH_OK;
}

static void
put_open(struct exch_report_run *run)
{
	struct exch_table *t = &run->table;
	struct sla *s = run->state;

	for (uint32_t i = 0; i < s->nknown; i++) {
		struct inst *in = &s->inst[i];
		uint64_t all;

		if (run->insts.inst[i].id == 0)
			continue;
		turn(in, s->last, in->phase);
		all = in->ns[USE_OPEN] + in->ns[USE_DOWN];
		exch_table_row(t);
		exch_table_word(t, "available");
		exch_report_symbol(run, i);
		exch_table_dec(t, in->ns[USE_OPEN], 9, 9);
		exch_table_dec(t, (exch_i128)all, 9, 9);
		put_percent(t, in->ns[USE_OPEN], all);
		exch_table_u64(t, in->halts);
		exch_table_end(t);
	}
}

static void
put_stream(struct exch_report_run *run)
{
	const struct sla *s = run->state;
	bool whole = !run->damaged && run->status == EXCH_STATUS_COMPLETE;
	uint64_t had = run->numbered;

	put_counts(run, "complete", "stream", whole ? 1 : 0, 1);
	put_counts(run, "gaps", "messages", had, had + s->missing);
	put_counts(run, "errors", "records", had - s->errors, had);
}

static int
close_sla(struct exch_report_run *run, struct exch_diag *d)
{
	struct sla *s = run->state;
	int rc;

	exch_tracked_close(&s->tracked, run);
	put_answers(run);
	rc = put_settled(run, d);
	if (rc != EXCH_OK)
		return rc;
	put_open(run);
	put_stream(run);
	return EXCH_OK;
}

static void
free_sla(struct exch_report_run *run)
{
	struct sla *s = run->state;

	exch_tracked_free(&s->tracked);
	exch_waits_clear(&s->waits);
	exch_keyed_clear(&s->due);
	exch_free(s->inst);
}

const struct exch_report exch_report_sla = {
    .name = "sla",
    .what = "what was answered, settled and open, of what should be",
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .open = open_sla,
    .record = record_sla,
    .close = close_sla,
    .free = free_sla,
};
