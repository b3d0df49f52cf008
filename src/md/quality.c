/*
 * exch-feed quality: looking at the records (quality.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "md/md.h"
#include "md/quality.h"
#include "report/latency.h"

/* A price that is so many times the last one, or its part, is far. */
#define FAR 10

static void
note(struct exch_checked *c, exch_ts time, uint64_t size)
{
	if (c->n++ == 0)
		c->first = time;
	c->last = time;
	c->sum += size;
	if (size > c->worst)
		c->worst = size;
}

static struct exch_checked *
of(struct exch_quality_inst *b, enum exch_check check)
{
	return &b->check[check - EXCH_CHECK_SOURCES];
}

/* What lasts no time and has no size. */
static void
alarm_now(struct exch_report_run *run, uint32_t place, enum exch_check check,
    exch_ts time, exch_px price, uint64_t size)
{
	struct exch_quality *s = run->state;
	struct exch_quality_inst *b = &s->by[place];

	note(of(b, check), time, size);
	if (run->o.alarms)
		exch_quality_alarm(run, place, check, time, 0, b->px, price);
}

/* ---- crossed and locked books ---- */

static void
alarm_ends(struct exch_report_run *run, uint32_t place, exch_ts now)
{
	struct exch_quality *s = run->state;
	struct exch_quality_inst *b = &s->by[place];
	uint64_t lasted = now > b->since ? now - b->since : 0;

	/* what lasts no time is on the way to another state */
	if (b->alarm == 0 || lasted == 0) {
		b->alarm = 0;
		return;
	}
	note(of(b, b->alarm), b->since, lasted);
	if (run->o.alarms)
		exch_quality_alarm(run, place, b->alarm, b->since, lasted,
		    b->alarm_px, EXCH_PX_NONE);
	b->alarm = 0;
}

/* The book as it stands now: in a call it may be crossed. */
static void
judge(struct exch_report_run *run, uint32_t place)
{
	struct exch_quality *s = run->state;
	struct exch_quality_inst *b = &s->by[place];
	exch_ts now = s->follow.clock;
	uint8_t alarm = 0;

	if (s->follow.books.inst[place].phase == EXCH_PHASE_CONTINUOUS &&
	    b->qty[0] > 0 && b->qty[1] > 0 && b->px[0] >= b->px[1])
		alarm = b->px[0] == b->px[1] ? EXCH_CHECK_LOCKED
					     : EXCH_CHECK_CROSSED;
	if (alarm == b->alarm)
		return;
	alarm_ends(run, place, now);
	b->alarm = alarm;
	b->since = now;
	memcpy(b->alarm_px, b->px, sizeof(b->px));
}

static void
look(struct exch_quality *s, uint32_t place)
{
	for (unsigned i = 0; i < 2; i++)
		exch_books_best(&s->follow.books, place, i, &s->by[place].px[i],
		    &s->by[place].qty[i]);
}

static int
at_place(struct exch_quality *s, uint32_t place, struct exch_diag *d)
{
	uint32_t was = s->n;
	int rc = exch_report_grow(&s->by, &s->n, place + 1, sizeof(*s->by), d);

	for (; rc == EXCH_OK && was < s->n; was++)
		s->by[was].traded = EXCH_PX_NONE;
	return rc;
}

/* ---- what the follower of the books tells ---- */

/* How far a price is from what the book shows. */
static uint64_t
outside(const struct exch_quality_inst *b, exch_px price)
{
	if (b->qty[1] > 0 && price > b->px[1])
		return (uint64_t)price - (uint64_t)b->px[1];
	if (b->qty[0] > 0 && price < b->px[0])
		return (uint64_t)b->px[0] - (uint64_t)price;
	return 0;
}

static int
on_trade(
    void *arg, uint32_t place, const struct exch_rec *r, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct exch_quality *s = run->state;
	const struct exch_rec_exec *e = EXCH_REC_AS(r, exch_rec_exec);
	const struct exch_rec_trade *t = EXCH_REC_AS(r, exch_rec_trade);
	uint64_t far;
	int rc;

	if ((r->type != EXCH_REC_EXEC && r->type != EXCH_REC_TRADE) ||
	    e == NULL || e->price == EXCH_PX_NONE)
		return EXCH_OK;
	/* behind an engine's answers a venue's print comes late */
	if (s->follow.by == EXCH_FOLLOW_ENGINE &&
	    (r->flags & EXCH_F_IMPOSED) != 0)
		return EXCH_OK;
	if (r->type == EXCH_REC_TRADE && t != NULL &&
	    (t->kind == EXCH_PRINT_BLOCK || t->kind == EXCH_PRINT_CORRECTED))
		return EXCH_OK;
	rc = at_place(s, place, d);
	if (rc != EXCH_OK)
		return rc;
	s->by[place].traded = e->price;
	far = outside(&s->by[place], e->price);
	if (e->cross == EXCH_CROSS_NONE && far > 0 &&
	    s->follow.books.inst[place].phase == EXCH_PHASE_CONTINUOUS)
		alarm_now(
		    run, place, EXCH_CHECK_OUTSIDE, r->time, e->price, far);
	return EXCH_OK;
}

static int
on_event(void *arg, uint32_t place, exch_ts t, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct exch_quality *s = run->state;
	int rc = at_place(s, place, d);

	(void)t;
	if (rc != EXCH_OK)
		return rc;
	look(s, place);
	judge(run, place);
	return EXCH_OK;
}

/* ---- records, each by itself ---- */

static int
source_of(struct exch_quality *s, const struct exch_rec *r,
    struct exch_quality_source **out, struct exch_diag *d)
{
	struct exch_quality_source **q = &s->source[r->source];

	if (*q == NULL)
		*q = exch_calloc(1, sizeof(**q));
	*out = *q;
	return *q != NULL ? EXCH_OK : exch_report_nomem(d);
}

/* From when it happened to when it was captured. */
static void
take_latency(struct exch_quality *s, struct exch_quality_source *q,
    const struct exch_rec *r)
{
	exch_ts at;

	if (!exch_report_captured(r, &at))
		return;
	s->captured++;
	if (at < r->time) {
		note(&q->check[EXCH_CHECK_EARLY], r->time, r->time - at);
		return;
	}
	note(&q->check[EXCH_CHECK_LATENCY], r->time, at - r->time);
	exch_times_add(&q->latency, at - r->time);
}

static void
take_source(struct exch_quality *s, struct exch_quality_source *q,
    const struct exch_rec *r, uint64_t seq)
{
	const struct exch_rec_gap *g = EXCH_REC_AS(r, exch_rec_gap);

	note(&q->check[EXCH_CHECK_RECORDS], r->time, 0);
	if (seq > q->seq + 1)
		note(&q->check[EXCH_CHECK_LEFT_OUT], r->time, seq - q->seq - 1);
	q->seq = seq;
	if (r->type == EXCH_REC_GAP && g != NULL)
		note(&q->check[EXCH_CHECK_GAPS], r->time, g->count);
	if (r->type == EXCH_REC_ERROR)
		note(&q->check[EXCH_CHECK_ERRORS], r->time, 0);
	if ((r->flags & EXCH_F_DUP) != 0)
		note(&q->check[EXCH_CHECK_DUPLICATES], r->time, 0);
	if (r->time < q->clock)
		note(&q->check[EXCH_CHECK_BACKWARDS], r->time,
		    q->clock - r->time);
	else if (r->time != EXCH_TS_NONE)
		q->clock = r->time;
	take_latency(s, q, r);
}

/* The price that a record brings into a book, or that it prints. */
static exch_px
price_of(const struct exch_rec *r)
{
	const struct exch_rec_new *n = EXCH_REC_AS(r, exch_rec_new);
	const struct exch_rec_replace *p = EXCH_REC_AS(r, exch_rec_replace);
	const struct exch_rec_exec *e = EXCH_REC_AS(r, exch_rec_exec);
	const struct exch_rec_book_add *a = EXCH_REC_AS(r, exch_rec_book_add);
	const struct exch_rec_book_replace *u =
	    EXCH_REC_AS(r, exch_rec_book_replace);
	const struct exch_rec_book_print *t =
	    EXCH_REC_AS(r, exch_rec_book_print);
	const struct exch_rec_book_level *l =
	    EXCH_REC_AS(r, exch_rec_book_level);

	switch (r->type) {
	case EXCH_REC_NEW:
		return n != NULL ? n->price : EXCH_PX_NONE;
	case EXCH_REC_REPLACE:
		return p != NULL ? p->price : EXCH_PX_NONE;
	case EXCH_REC_EXEC:
	case EXCH_REC_TRADE:
		return e != NULL ? e->price : EXCH_PX_NONE;
	case EXCH_REC_BOOK_ADD:
		return a != NULL ? a->price : EXCH_PX_NONE;
	case EXCH_REC_BOOK_REPLACE:
		return u != NULL ? u->price : EXCH_PX_NONE;
	case EXCH_REC_BOOK_PRINT:
		return t != NULL ? t->price : EXCH_PX_NONE;
	case EXCH_REC_BOOK_LEVEL:
		return l != NULL ? l->price : EXCH_PX_NONE;
	default:
		return EXCH_PX_NONE;
	}
}

static bool
is_far(exch_px price, exch_px last)
{
	return last != EXCH_PX_NONE && last > 0 && price > 0 &&
	       (price / FAR > last || price < last / FAR);
}

static void
take_price(
    struct exch_report_run *run, uint32_t place, const struct exch_rec *r)
{
	struct exch_quality *s = run->state;
	exch_px tick = run->insts.inst[place].tick;
	exch_px price = price_of(r);

	if (price == EXCH_PX_NONE)
		return;
	if (price <= 0)
		alarm_now(run, place, EXCH_CHECK_PRICES, r->time, price, 0);
	/* a print may lie between the steps of orders */
	if (tick > 0 && price % tick != 0 && r->type != EXCH_REC_TRADE &&
	    r->type != EXCH_REC_EXEC && r->type != EXCH_REC_BOOK_PRINT)
		alarm_now(run, place, EXCH_CHECK_OFF_TICK, r->time, price, 0);
	if (is_far(price, s->by[place].traded))
		alarm_now(run, place, EXCH_CHECK_FAR, r->time, price, 0);
}

/* Told again, byte for byte, directly behind itself. */
static void
take_repeat(
    struct exch_report_run *run, uint32_t place, const struct exch_rec *r)
{
	struct exch_quality *s = run->state;
	struct exch_quality_inst *b = &s->by[place];
	size_t n = exch_rec_len(r);

	if (n == b->nlast && memcmp(b->last, r, n) == 0)
		alarm_now(
		    run, place, EXCH_CHECK_REPEATS, r->time, EXCH_PX_NONE, 0);
	b->nlast = n <= sizeof(b->last) ? (uint8_t)n : 0;
	memcpy(b->last, r, b->nlast);
}

static void
take_silence(
    struct exch_report_run *run, uint32_t place, const struct exch_rec *r)
{
	struct exch_quality *s = run->state;
	struct exch_quality_inst *b = &s->by[place];

	if (r->time == EXCH_TS_NONE)
		return;
	if (b->heard != 0 && r->time > b->heard &&
	    r->time - b->heard > run->o.stale && place < s->follow.books.n &&
	    s->follow.books.inst[place].phase == EXCH_PHASE_CONTINUOUS) {
		note(of(b, EXCH_CHECK_STALE), b->heard, r->time - b->heard);
		if (run->o.alarms)
			exch_quality_alarm(run, place, EXCH_CHECK_STALE,
			    b->heard, r->time - b->heard, b->px, EXCH_PX_NONE);
	}
	if (r->time > b->heard)
		b->heard = r->time;
}

static void
take_market(
    struct exch_report_run *run, uint32_t place, const struct exch_rec *r)
{
	const struct exch_rec_book_level *l =
	    EXCH_REC_AS(r, exch_rec_book_level);

	take_silence(run, place, r);
	take_repeat(run, place, r);
	take_price(run, place, r);
	if (r->type == EXCH_REC_BOOK_LEVEL && l != NULL &&
	    l->price == EXCH_PX_NONE)
		alarm_now(
		    run, place, EXCH_CHECK_RESTARTS, r->time, EXCH_PX_NONE, 0);
	if (r->type == EXCH_REC_MISS)
		alarm_now(
		    run, place, EXCH_CHECK_MISSES, r->time, EXCH_PX_NONE, 0);
}

/* The books take it as far as they can; what they cannot is counted. */
static int
follow(struct exch_report_run *run, const struct exch_rec *r, uint32_t place,
    struct exch_quality_source *q, struct exch_diag *d)
{
	struct exch_quality *s = run->state;
	uint64_t unknown = s->follow.books.unknown;
	int rc = exch_follow_record(&s->follow, run, r, d);

	if (rc == EXCH_ERR_FORMAT || rc == EXCH_ERR_RANGE) {
		exch_diag_clear(d);
		note(&q->check[EXCH_CHECK_BAD], r->time, 0);
		rc = EXCH_OK;
	}
	if (place != UINT32_MAX && s->follow.books.unknown != unknown)
		alarm_now(
		    run, place, EXCH_CHECK_UNKNOWN, r->time, EXCH_PX_NONE, 0);
	return rc;
}

/* A phase may make a state of the books an alarm, or end it. */
static void
judge_all(struct exch_report_run *run, const struct exch_rec *r)
{
	struct exch_quality *s = run->state;
	uint32_t one = exch_insts_known(&run->insts, r->instr);

	for (uint32_t i = 0; i < s->n && i < s->follow.books.n; i++)
		if (r->instr == 0 || i == one)
			judge(run, i);
}

static int
record_quality(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct exch_quality *s = run->state;
	struct exch_quality_source *q;
	uint32_t place = UINT32_MAX;
	int rc = source_of(s, r, &q, d);

	if (rc != EXCH_OK)
		return rc;
	take_source(s, q, r, seq);
	if (r->time > s->clock && r->time != EXCH_TS_NONE)
		s->clock = r->time;
	if (r->instr != 0 && r->type >= EXCH_REC_NEW) {
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
		if (rc == EXCH_OK)
			rc = at_place(s, place, d);
		if (rc != EXCH_OK)
			return rc;
		take_market(run, place, r);
	}
	rc = follow(run, r, place, q, d);
	if (rc != EXCH_OK)
		return rc;
	/* what the next record of the event is compared with */
	if (place != UINT32_MAX)
		look(s, place);
	if (r->type == EXCH_REC_PHASE)
		judge_all(run, r);
	return EXCH_OK;
}

/* ---- the life of a run ---- */

static int
close_quality(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_quality *s = run->state;
	int rc = exch_follow_finish(&s->follow, d);

	if (rc == EXCH_OK && run->insts.n > 0)
		rc = at_place(s, run->insts.n - 1, d);
	if (rc != EXCH_OK)
		return rc;
	for (uint32_t i = 0; i < run->insts.n; i++)
		alarm_ends(run, i, s->clock);
	return exch_quality_show(run, d);
}

static int
open_quality(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_follow_watch watch = {
	    .arg = run, .trade = on_trade, .event = on_event};
	struct exch_quality *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	rc = exch_follow_init(&s->follow, run, &watch, d);
	return rc == EXCH_OK ? exch_quality_columns(run, d) : rc;
}

static void
free_quality(struct exch_report_run *run)
{
	struct exch_quality *s = run->state;

	exch_follow_clear(&s->follow);
	for (unsigned i = 0; i < 256; i++)
		exch_free(s->source[i]);
	exch_free(s->by);
}

const struct exch_report exch_md_quality = {
    .name = "quality",
    .what = "how good the feed is: gaps, alarms of the books, latency",
    .takes = EXCH_TAKES_WATCH | EXCH_TAKES_QUALITY,
    .open = open_quality,
    .record = record_quality,
    .close = close_quality,
    .free = free_quality,
};
