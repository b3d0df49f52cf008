/*
 * exch-report bars: open, high, low, close, volume and VWAP of each
 * interval in which an instrument traded, or of so many of its trades, so
 * much volume or turnover; and indicators over them.
 *
 * A bar of time is over when the stream's time has passed its end; then the
 * bars of all instruments that traded are written, in ascending id.  Time
 * that goes back counts for the bar at hand.  Any other bar is written behind
 * the trade that makes it full, which is in it as a whole; those that are not
 * full at the end, then.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "report/report.h"
#include "report/reports.h"
#include "report/tape.h"

static const struct exch_col time_col = {"time", EXCH_COL_TIME, 18};
static const struct exch_col until_col = {"until", EXCH_COL_TIME, 18};
static const struct exch_col cols[] = {
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

/* From the first trade of a bar to its last so far. */
struct span {
	exch_ts first, last;
};

struct bars {
	struct exch_tape tape;
	struct exch_inds inds;
	struct span *span; /* of bars that are not of time, by place */
	uint32_t nspan;
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
set_columns(struct exch_report_run *run, struct exch_diag *d)
{
	char name[EXCH_IND_COLS][EXCH_IND_NAME];
	struct exch_col c[2 + EXCH_ARRAY_LEN(cols) + EXCH_IND_COLS];
	unsigned n = 0;

	c[n++] = time_col;
	if (run->o.bar != EXCH_BAR_TIME)
		c[n++] = until_col;
	memcpy(&c[n], cols, sizeof(cols));
	n += EXCH_ARRAY_LEN(cols);
	n += exch_inds_columns(&run->o.indicators, name, &c[n]);
	return exch_table_columns(&run->table, c, n, true, d);
}

static int
open_bars(struct exch_report_run *run, struct exch_diag *d)
{
	struct bars *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->begin = EXCH_TS_NONE;
	exch_inds_init(&s->inds, &run->o.indicators);
	return set_columns(run, d);
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
	if (run->o.bar == EXCH_BAR_TIME) {
		exch_table_time(t, s->begin);
	} else {
		exch_table_time(t, s->span[place].first);
		exch_table_time(t, s->span[place].last);
	}
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
	exch_inds_cells(&s->inds, place, in, t);
	exch_table_end(t);
}

/*
 * A bar is over: to the indicators, and out.  One whose trades had no price is
 * none to them.
 */
static int
put_over(struct exch_report_run *run, uint32_t place, exch_px close,
    struct exch_diag *d)
{
	struct bars *s = run->state;
	struct exch_tape_sum *b = &s->tape.sum[place];
	struct exch_ind_bar bar = {b->high, b->low, b->last};
	int rc = EXCH_OK;

	if (b->trades == 0)
		bar = (struct exch_ind_bar){close, close, close};
	if (run->o.indicators.n != 0 && bar.close != EXCH_PX_NONE)
		rc = exch_inds_take(&s->inds, place, &bar, d);
	if (rc != EXCH_OK)
		return rc;
	put(run, place, b, close);
	*b = (struct exch_tape_sum){.open = EXCH_PX_NONE,
	    .high = EXCH_PX_NONE,
	    .low = EXCH_PX_NONE,
	    .last = EXCH_PX_NONE};
	return EXCH_OK;
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
	int rc = EXCH_OK;

	if (key == NULL)
		return exch_report_nomem(d);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t place = list != NULL ? list[i] : i;

		key[i] = (uint64_t)run->insts.inst[place].id << 32 | place;
	}
	qsort(key, n, sizeof(*key), by_id);
	for (uint32_t i = 0; i < n && rc == EXCH_OK; i++) {
		uint32_t place = (uint32_t)key[i];
		const struct exch_tape_sum *b = &s->tape.sum[place];
		exch_px close =
		    s->close != NULL ? s->close[place] : EXCH_PX_NONE;

		if (b->trades == 0 && close == EXCH_PX_NONE)
			continue;
		if (s->close != NULL && b->last != EXCH_PX_NONE)
			s->close[place] = b->last;
		rc = put_over(run, place, close, d);
	}
	exch_free(key);
	return rc;
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

/* ---- bars that trades fill ---- */

static bool
is_full(const struct exch_report_run *run, const struct exch_tape_sum *b,
    const struct exch_inst *in)
{
	exch_u128 each = (exch_u128)run->o.each;
	exch_i128 cash = b->turnover < 0 ? -b->turnover : b->turnover;

	switch (run->o.bar) {
	case EXCH_BAR_TRADES:
		return (exch_u128)b->trades * 1000000 >= each;
	case EXCH_BAR_VOLUME:
		return b->volume * 1000000 >= each * exch_pow10[in->qty_scale];
	case EXCH_BAR_TURNOVER:
		return (exch_u128)cash >= each;
	case EXCH_BAR_TIME:
		break;
	}
	return false;
}

/* It was taken to the tape. */
static int
fill_bar(struct exch_report_run *run, uint32_t place, exch_ts time,
    struct exch_diag *d)
{
	struct bars *s = run->state;
	const struct exch_tape_sum *b = &s->tape.sum[place];
	int rc = exch_report_grow(
	    &s->span, &s->nspan, place + 1, sizeof(*s->span), d);

	if (rc != EXCH_OK)
		return rc;
	if (b->trades == 1)
		s->span[place].first = time;
	s->span[place].last = time;
	return is_full(run, b, &run->insts.inst[place])
		   ? put_over(run, place, EXCH_PX_NONE, d)
		   : EXCH_OK;
}

static int
record_filling(
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	struct bars *s = run->state;
	struct exch_tape_print print;
	uint32_t place;
	int rc = exch_insts_place(&run->insts, r->instr, &place, d);

	if (rc == EXCH_OK)
		rc =
		    exch_tape_trade(&s->tape, &run->insts, place, r, &print, d);
	return rc != EXCH_OK ? rc : fill_bar(run, place, r->time, d);
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
	if (run->o.bar != EXCH_BAR_TIME)
		return record_filling(run, r, d);
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

	/* there is room for more instruments than there are */
	if (run->o.bar != EXCH_BAR_TIME)
		return put_list(run, NULL,
		    s->nspan < run->insts.n ? s->nspan : run->insts.n, d);
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
	exch_inds_clear(&s->inds);
	exch_free(s->span);
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
