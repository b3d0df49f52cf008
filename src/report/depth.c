/*
 * exch-report depth: the best N price levels of both sides, with the running
 * trades, volume, turnover and last price, after each event, at given times
 * or at regular ones.  Orders without a price (a call's market orders) are
 * not shown.
 *
 * CSV and JSON: one row per sample.  Text: a small ladder per sample.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/dec.h"
#include "report/report.h"
#include "report/reports.h"
#include "report/books.h"
#include "report/tape.h"

static const struct exch_col first_cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"trades", EXCH_COL_NUM, 7},
    {"volume", EXCH_COL_NUM, 10},
    {"turnover", EXCH_COL_NUM, 16},
    {"last", EXCH_COL_NUM, 11},
};
#define NFIRST EXCH_ARRAY_LEN(first_cols)

struct level {
	int64_t tick;
	exch_qty qty;
};

struct depth {
	struct exch_books books;
	struct exch_tape tape;
	/* both sides of every place as last shown: 2 x levels each */
	struct level *shown;
	uint32_t nshown;   /* places */
	struct level *now; /* of one place */
	bool started;
	exch_ts next;  /* time of the next sample; NONE: no more */
	size_t nth;    /* of the --at list */
	uint32_t date; /* of the --at list */
	exch_ts clock; /* largest time so far */
	struct exch_buf text;
};

/* "bid_px_0" and so on; the names live as long as the table is made. */
static int
make_columns(struct exch_report_run *run, struct exch_diag *d)
{
	static const char *const what[4] = {
	    "bid_px_", "bid_qty_", "ask_px_", "ask_qty_"};
	unsigned n = run->o.levels;
	unsigned total = (unsigned)NFIRST + 4 * n;
	struct exch_col *cols = exch_calloc(total, sizeof(*cols));
	char(*names)[16] = exch_calloc((size_t)4 * n, sizeof(*names));
	int rc = EXCH_ERR_NOMEM;

	if (cols == NULL || names == NULL) {
		(void)exch_report_nomem(d);
		goto out;
	}
	memcpy(cols, first_cols, sizeof(first_cols));
	for (unsigned i = 0; i < 4 * n; i++) {
		unsigned kind = i / (2 * n) * 2 + i % 2;
		size_t len = strlen(what[kind]);
		struct exch_col *c = &cols[NFIRST + i];

		memcpy(names[i], what[kind], len);
		*exch_fmt_u64(names[i] + len, i % (2 * n) / 2) = '\0';
		c->name = names[i];
		c->kind = EXCH_COL_NUM;
	}
	rc = exch_table_columns(
	    &run->table, cols, total, run->o.format != EXCH_FMT_TEXT, d);
out:
	exch_free(names);
	exch_free(cols);
	return rc;
}

static int
open_depth(struct exch_report_run *run, struct exch_diag *d)
{
	struct depth *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->next = EXCH_TS_NONE;
	rc = exch_books_init(&s->books, &run->insts, d);
	if (rc != EXCH_OK)
		return rc;
	s->now = exch_calloc((size_t)2 * run->o.levels, sizeof(*s->now));
	return s->now != NULL ? make_columns(run, d) : exch_report_nomem(d);
}

/* The levels of one side into out[0..n-1]; the rest has qty 0. */
static void
collect(struct depth *s, uint32_t place, unsigned side, struct level *out,
    unsigned n)
{
	const struct exch_slot_data *slots = s->books.tally.level;
	exch_slot level = exch_books_top(&s->books, place, side);
	unsigned i = 0;

	for (; i < n && level != EXCH_SLOT_NONE; i++) {
		out[i].tick = slots[level].tick;
		out[i].qty = slots[level].qty;
		level = exch_tally_worse(&s->books.tally, level);
	}
	memset(out + i, 0, (n - i) * sizeof(*out));
}

/* Fill s->now; false when it equals what was shown of this place. */
static int
look(struct exch_report_run *run, uint32_t place, bool *differs,
    struct exch_diag *d)
{
	struct depth *s = run->state;
	unsigned n = run->o.levels;
	size_t size = (size_t)2 * n * sizeof(*s->now);
	char *shown;
	int rc;

	collect(s, place, 0, s->now, n);
	collect(s, place, 1, s->now + n, n);
	*differs = true;
	if (!run->o.changed)
		return EXCH_OK;
	rc = exch_report_grow(&s->shown, &s->nshown, place + 1, size, d);
	if (rc != EXCH_OK)
		return rc;
	shown = (char *)s->shown + place * size;
	*differs = memcmp(shown, s->now, size) != 0;
	memcpy(shown, s->now, size);
	return EXCH_OK;
}

static void
put_levels(struct exch_report_run *run, const struct level *l, exch_px tick,
    const struct exch_inst *in)
{
	struct exch_table *t = &run->table;

	for (unsigned i = 0; i < run->o.levels; i++) {
		if (l[i].qty == 0) {
			exch_table_none(t);
			exch_table_none(t);
			continue;
		}
		exch_table_px(t, l[i].tick * tick, in->px_show);
		exch_table_qty(t, l[i].qty, in->qty_scale);
	}
}

static void
put_row(struct exch_report_run *run, uint32_t place, exch_ts time,
    const struct exch_tape_sum *sum)
{
	struct depth *s = run->state;
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[place];
	exch_px tick = s->books.inst[place].tick;

	exch_table_row(t);
	exch_table_time(t, time);
	exch_report_symbol(run, place);
	exch_table_u64(t, sum->trades);
	exch_table_dec(t, (exch_i128)sum->volume, in->qty_scale, 0);
	exch_table_dec(t, sum->turnover, 6, 2);
	exch_table_px(t, sum->last, in->px_show);
	put_levels(run, s->now, tick, in);
	put_levels(run, s->now + run->o.levels, tick, in);
	exch_table_end(t);
}

/* One level of the ladder, right-aligned: "   7400  1800.00". */
static void
ladder_cell(struct exch_buf *b, const struct level *l, exch_px tick,
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
	struct depth *s = run->state;
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[place];
	exch_px tick = s->books.inst[place].tick;
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

/* One sample of one place. */
static int
sample(struct exch_report_run *run, uint32_t place, exch_ts time,
    struct exch_diag *d)
{
	struct depth *s = run->state;
	struct exch_tape_sum *sum;
	bool differs;
	int rc = look(run, place, &differs, d);

	if (rc != EXCH_OK || !differs)
		return rc;
	rc = exch_tape_at(&s->tape, place, &sum, d);
	if (rc != EXCH_OK)
		return rc;
	if (run->o.format == EXCH_FMT_TEXT)
		put_ladder(run, place, time, sum);
	else
		put_row(run, place, time, sum);
	return s->text.failed ? exch_report_nomem(d) : EXCH_OK;
}

/* The sample time after `next`, or the first one that is not before t. */
static void
schedule(struct exch_report_run *run, exch_ts t, bool first)
{
	struct depth *s = run->state;

	s->next = EXCH_TS_NONE;
	if (run->o.when == EXCH_WHEN_EVERY) {
		s->next = t - t % run->o.every;
		if ((!first || s->next < t) &&
		    __builtin_add_overflow(s->next, run->o.every, &s->next))
			s->next = EXCH_TS_NONE; /* time ends before it */
	} else if (run->o.when == EXCH_WHEN_AT && s->nth < run->o.nat) {
		s->next =
		    exch_tz_local(run->o.tz, s->date, run->o.at[s->nth++]);
	}
}

static void
start(struct exch_report_run *run, exch_ts t)
{
	struct depth *s = run->state;
	int64_t off = (int64_t)exch_tz_offset(run->o.tz, t);

	s->started = true;
	s->date = run->info->date;
	if (s->date == 0)
		s->date = exch_ts_date(t + (exch_ts)(off * (int64_t)EXCH_SEC));
	schedule(run, t, true);
}

static int
sample_all(struct exch_report_run *run, exch_ts time, struct exch_diag *d)
{
	struct depth *s = run->state;
	int rc = exch_books_finish(&s->books, d);

	for (uint32_t i = 0; rc == EXCH_OK && i < run->insts.n; i++) {
		struct exch_books_inst *si;

		/* What is for all instruments is none's: 0 has no book. */
		if (run->insts.inst[i].id == 0)
			continue;
		rc = exch_books_at(&s->books, i, &si, d);
		if (rc == EXCH_OK)
			rc = sample(run, i, time, d);
	}
	return rc;
}

/* Samples due before a record of time t is looked at. */
static int
advance(struct exch_report_run *run, exch_ts t, struct exch_diag *d)
{
	struct depth *s = run->state;
	int rc = EXCH_OK;

	if (!s->started)
		start(run, t);
	while (rc == EXCH_OK && s->next < t && !exch_report_stopped(run)) {
		exch_ts at = s->next;

		rc = sample_all(run, at, d);
		/*
		 * Nothing changes until t, which may be centuries from now: of
		 * the samples before it only this one can show anything.
		 */
		if (run->o.changed && run->o.when == EXCH_WHEN_EVERY)
			schedule(run, t, true);
		else
			schedule(run, at, false);
	}
	return rc;
}

static int
take_tape(struct exch_report_run *run, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	struct depth *s = run->state;
	struct exch_tape_print print;

	switch (r->type) {
	case EXCH_REC_EXEC:
	case EXCH_REC_TRADE:
		return exch_tape_trade(
		    &s->tape, &run->insts, place, r, &print, d);
	case EXCH_REC_EXPECT:
	case EXCH_REC_MISS:
	case EXCH_REC_BUST:
		return exch_tape_note(
		    &s->tape, &run->insts, place, r, run->matcher, d);
	default:
		return EXCH_OK;
	}
}

static int
record_depth(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct depth *s = run->state;
	uint32_t place = 0;
	int rc = EXCH_OK;

	(void)seq;
	if (!exch_books_wants(r, run->matcher))
		return EXCH_OK;
	/* what has no time is no instant to show anything at */
	if (r->time > s->clock && r->time != EXCH_TS_NONE) {
		s->clock = r->time;
		if (run->o.when != EXCH_WHEN_EVENT)
			rc = advance(run, r->time, d);
	}
	/* a phase without an instrument speaks to all */
	if (rc == EXCH_OK && (r->instr != 0 || r->type != EXCH_REC_PHASE))
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc == EXCH_OK)
		rc = take_tape(run, r, place, d);
	if (rc == EXCH_OK)
		rc = exch_books_record(&s->books, r, place, run->matcher, d);
	if (rc != EXCH_OK || run->o.when != EXCH_WHEN_EVENT ||
	    !s->books.boundary)
		return rc;
	for (uint32_t i = 0; rc == EXCH_OK && i < s->books.ntouched; i++)
		rc = sample(run, s->books.touched[i], r->time, d);
	return rc;
}

static int
close_depth(struct exch_report_run *run, struct exch_diag *d)
{
	struct depth *s = run->state;
	int rc = exch_books_finish(&s->books, d);

	run->unknown = s->books.unknown;
	/* times listed beyond the last record: the book stays as it is */
	while (rc == EXCH_OK && !exch_report_stopped(run) &&
	       s->next != EXCH_TS_NONE &&
	       (run->o.when == EXCH_WHEN_AT || s->next <= s->clock)) {
		rc = sample_all(run, s->next, d);
		schedule(run, s->next, false);
	}
	return rc;
}

static void
free_depth(struct exch_report_run *run)
{
	struct depth *s = run->state;

	exch_books_clear(&s->books);
	exch_tape_clear(&s->tape);
	exch_free(s->shown);
	exch_free(s->now);
	exch_buf_free(&s->text);
}

const struct exch_report exch_report_depth = {
    .name = "depth",
    .what = "the best price levels after each event or at times",
    .takes = EXCH_TAKES_DEPTH,
    .needs = EXCH_NEEDS_MATCH,
    .open = open_depth,
    .record = record_depth,
    .close = close_depth,
    .free = free_depth,
};
