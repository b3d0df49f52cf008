/*
 * exch-report bars: open, high, low, close, volume and VWAP of each
 * interval in which an instrument traded.
 *
 * A bar is over when the stream's time has passed its end; then the bars of
 * all instruments that traded are written, in ascending id.  Time that goes
 * back counts for the bar at hand.
 */
#include <config.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "report/report.h"
#include "report/reports.h"
#include "report/tape.h"

static const struct exch_col cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"open", EXCH_COL_NUM, 11},
    {"high", EXCH_COL_NUM, 11},
    {"low", EXCH_COL_NUM, 11},
    {"close", EXCH_COL_NUM, 11},
    {"volume", EXCH_COL_NUM, 10},
    {"turnover", EXCH_COL_NUM, 16},
    {"vwap", EXCH_COL_NUM, 11},
    {"trades", EXCH_COL_NUM, 7},
};

struct bars {
	struct exch_tape tape;
	exch_ts begin; /* of the bar at hand; EXCH_TS_NONE: none yet */
	exch_ts end;
	exch_ts now;	  /* largest time seen */
	uint32_t *active; /* places that traded in this bar */
	uint32_t nactive;
	uint32_t active_cap;
	/* with fill: the close before this bar, by place */
	exch_px *close;
	uint32_t close_cap;
	uint32_t nclose;
};

static int
open_bars(struct exch_report_run *run, struct exch_diag *d)
{
	struct bars *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->begin = EXCH_TS_NONE;
	return exch_table_columns(
	    &run->table, cols, EXCH_ARRAY_LEN(cols), true, d);
}

/* How far into its local day a time is, or the day that begins with it. */
static exch_ts
into_day(const struct exch_report_run *run, exch_ts t)
{
	const exch_i128 day = (exch_i128)86400 * (exch_i128)EXCH_SEC;
	exch_i128 off =
	    (exch_i128)exch_tz_offset(run->o.tz, t) * (exch_i128)EXCH_SEC;

	/* far from 1970 neither end of the range may be passed */
	return (exch_ts)((((exch_i128)t + off) % day + day) % day);
}

/* Where the bar of a time begins: multiples of the interval, local time. */
static exch_ts
bar_begin(const struct exch_report_run *run, exch_ts t)
{
	/* a day begins a bar, whatever the interval */
	exch_ts in = into_day(run, t) % run->o.interval;

	return in < t ? t - in : 0;
}

/*
 * And where it ends: an odd interval is cut by midnight.  EXCH_TS_NONE: time
 * ends before it.
 */
static exch_ts
bar_end(const struct exch_report_run *run, exch_ts begin)
{
	exch_ts left = UINT64_C(86400) * EXCH_SEC - into_day(run, begin);
	exch_ts n = run->o.interval < left ? run->o.interval : left;

	return n < EXCH_TS_NONE - begin ? begin + n : EXCH_TS_NONE;
}

static void
put(struct exch_report_run *run, uint32_t place, const struct exch_tape_sum *b,
    exch_px close)
{
	struct exch_table *t = &run->table;
	const struct bars *s = run->state;
	const struct exch_inst *in = &run->insts.inst[place];
	bool empty = b->trades == 0;

	exch_table_row(t);
	exch_table_time(t, s->begin);
	exch_report_symbol(run, place);
	exch_table_px(t, empty ? close : b->open, in->px_show);
	exch_table_px(t, empty ? close : b->high, in->px_show);
	exch_table_px(t, empty ? close : b->low, in->px_show);
	exch_table_px(t, empty ? close : b->last, in->px_show);
	exch_table_dec(t, (exch_i128)b->volume, in->qty_scale, 0);
	exch_table_dec(t, b->turnover, 6, 2);
	exch_table_px(
	    t, exch_tape_vwap(b, in), (unsigned)exch_tape_mean_decimals(in));
	exch_table_u64(t, b->trades);
	exch_table_end(t);
}

/* qsort has no argument: sort pairs of (id, place). */
static int
by_id(const void *a, const void *b)
{
	const uint64_t *x = a;
	const uint64_t *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Write this bar of the places listed in ascending id, and clear them. */
static int
put_list(struct exch_report_run *run, const uint32_t *list, uint32_t n,
    struct exch_diag *d)
{
	struct bars *s = run->state;
	uint64_t *key = exch_calloc(n == 0 ? 1 : n, sizeof(*key));

	if (key == NULL)
		return exch_report_nomem(d);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t place = list != NULL ? list[i] : i;

		key[i] = (uint64_t)run->insts.inst[place].id << 32 | place;
	}
	qsort(key, n, sizeof(*key), by_id);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t place = (uint32_t)key[i];
		struct exch_tape_sum *b = &s->tape.sum[place];
		exch_px close =
		    s->close != NULL ? s->close[place] : EXCH_PX_NONE;

		if (b->trades == 0 && close == EXCH_PX_NONE)
			continue;
		put(run, place, b, close);
		if (s->close != NULL && b->last != EXCH_PX_NONE)
			s->close[place] = b->last;
		*b = (struct exch_tape_sum){.open = EXCH_PX_NONE,
		    .high = EXCH_PX_NONE,
		    .low = EXCH_PX_NONE,
		    .last = EXCH_PX_NONE};
	}
	exch_free(key);
	return EXCH_OK;
}

static int
put_bar(struct exch_report_run *run, struct exch_diag *d)
{
	struct bars *s = run->state;
	int rc;

	if (run->o.fill)
		rc = put_list(run, NULL, s->nclose, d);
	else
		rc = put_list(run, s->active, s->nactive, d);
	s->nactive = 0;
	return rc;
}

/* Time has passed to t: write the bars that are over. */
static int
advance(struct exch_report_run *run, exch_ts t, struct exch_diag *d)
{
	struct bars *s = run->state;
	int rc;

	while (s->begin != EXCH_TS_NONE && t >= s->end &&
	       s->end != EXCH_TS_NONE && !exch_report_stopped(run)) {
		rc = put_bar(run, d);
		if (rc != EXCH_OK)
			return rc;
		/* without fill nothing can come of the empty ones */
		s->begin = run->o.fill ? s->end : bar_begin(run, t);
		s->end = bar_end(run, s->begin);
	}
	return EXCH_OK;
}

static int
note_place(struct exch_report_run *run, uint32_t place, struct exch_diag *d)
{
	struct bars *s = run->state;
	uint32_t old = s->close_cap;
	int rc = exch_report_grow(
	    &s->active, &s->active_cap, s->nactive + 1, sizeof(uint32_t), d);

	if (rc != EXCH_OK)
		return rc;
	if (s->tape.sum[place].trades == 1)
		s->active[s->nactive++] = place;
	if (!run->o.fill)
		return EXCH_OK;
	rc = exch_report_grow(
	    &s->close, &s->close_cap, place + 1, sizeof(*s->close), d);
	for (uint32_t i = old; rc == EXCH_OK && i < s->close_cap; i++)
		s->close[i] = EXCH_PX_NONE;
	if (place + 1 > s->nclose)
		s->nclose = place + 1;
	return rc;
}

/* What it stands for is in the bar of its own time, and stays there. */
static bool
is_correction(const struct exch_rec *r)
{
	const struct exch_rec_trade *t = EXCH_REC_AS(r, exch_rec_trade);

	return t != NULL && t->kind == EXCH_PRINT_CORRECTED;
}

static int
record_bars(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	struct bars *s = run->state;
	struct exch_tape_print print;
	uint32_t place;
	int rc;

	(void)seq;
	if (r->type != EXCH_REC_EXEC &&
	    (r->type != EXCH_REC_TRADE || is_correction(r)))
		return EXCH_OK;
	if (r->time > s->now)
		s->now = r->time;
	rc = advance(run, s->now, d);
	if (rc == EXCH_OK)
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc != EXCH_OK)
		return rc;
	if (s->begin == EXCH_TS_NONE) {
		s->begin = bar_begin(run, s->now);
		s->end = bar_end(run, s->begin);
	}
	rc = exch_tape_trade(&s->tape, &run->insts, place, r, &print, d);
	return rc != EXCH_OK ? rc : note_place(run, place, d);
}

static int
close_bars(struct exch_report_run *run, struct exch_diag *d)
{
	struct bars *s = run->state;
	int rc = EXCH_OK;

	/* --fill goes on to the end of the stream */
	if (run->o.fill && run->last_time > s->now)
		rc = advance(run, run->last_time, d);
	return rc != EXCH_OK || s->begin == EXCH_TS_NONE ? rc : put_bar(run, d);
}

static void
free_bars(struct exch_report_run *run)
{
	struct bars *s = run->state;

	exch_tape_clear(&s->tape);
	exch_free(s->active);
	exch_free(s->close);
}

const struct exch_report exch_report_bars = {
    .name = "bars",
    .what = "open, high, low, close and volume per interval",
    .takes = EXCH_TAKES_BARS,
    .needs = EXCH_NEEDS_MATCH,
    .open = open_bars,
    .record = record_bars,
    .close = close_bars,
    .free = free_bars,
};
