/* The day in bins (series.h). */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "report/series.h"

#define BINS EXCH_SERIES_BINS
#define LEVELS EXCH_SERIES_LEVELS
#define MS UINT64_C(1000000)

uint64_t
exch_bins_next(uint64_t width)
{
	static const uint64_t widths[] = {MS, 5 * MS, 10 * MS, 50 * MS,
	    100 * MS, 500 * MS, EXCH_SEC, 5 * EXCH_SEC, 10 * EXCH_SEC,
	    30 * EXCH_SEC, 60 * EXCH_SEC, 300 * EXCH_SEC, 600 * EXCH_SEC,
	    1800 * EXCH_SEC, 3600 * EXCH_SEC, 21600 * EXCH_SEC,
	    43200 * EXCH_SEC, 86400 * EXCH_SEC};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(widths); i++)
		if (widths[i] > width)
			return widths[i];
	return width > UINT64_MAX / 2 ? width : width * 2;
}

/* ---- cells ---- */

static void
empty_cell(struct exch_series_cell *c)
{
	*c = (struct exch_series_cell){.open = EXCH_PX_NONE,
	    .high = EXCH_PX_NONE,
	    .low = EXCH_PX_NONE,
	    .last = EXCH_PX_NONE,
	    .px = {EXCH_PX_NONE, EXCH_PX_NONE}};
}

static struct exch_series_level *
levels_of(const struct exch_series_slot *x, uint32_t bin)
{
	return x->level + (size_t)bin * 2 * LEVELS;
}

/* b comes behind a, and both are one from now on. */
static void
join(struct exch_series_cell *a, const struct exch_series_cell *b)
{
	if (b->last != EXCH_PX_NONE) {
		if (a->open == EXCH_PX_NONE)
			a->open = b->open;
		if (a->high == EXCH_PX_NONE || b->high > a->high)
			a->high = b->high;
		if (a->low == EXCH_PX_NONE || b->low < a->low)
			a->low = b->low;
		a->last = b->last;
	}
	a->trades += b->trades;
	a->volume += b->volume;
	a->priced += b->priced;
	a->notional += b->notional;
	a->spread += b->spread;
	a->quoted += b->quoted;
	if (b->seen) {
		a->seen = true;
		memcpy(a->px, b->px, sizeof(a->px));
		memcpy(a->qty, b->qty, sizeof(a->qty));
		memcpy(a->depth, b->depth, sizeof(a->depth));
	}
}

/* n cells become fewer: the first of them belongs behind `shift` others. */
static void
merge_slot(
    struct exch_series_slot *x, uint32_t n, uint32_t factor, uint32_t shift)
{
	struct exch_series_cell now;
	uint32_t to = 0;

	empty_cell(&now);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = (i + shift) / factor;

		if (at != to) {
			x->cell[to] = now;
			to = at;
			empty_cell(&now);
		}
		join(&now, &x->cell[i]);
		/* a state is that of the latest */
		if (x->cell[i].seen)
			memmove(levels_of(x, to), levels_of(x, i),
			    2 * LEVELS * sizeof(*x->level));
	}
	x->cell[to] = now;
	for (uint32_t i = to + 1; i < n; i++)
		empty_cell(&x->cell[i]);
}

/* Bins become wider until t is in one of them. */
static void
widen(struct exch_series *s, exch_ts t)
{
	struct exch_bins *b = &s->bins;

	while ((t - b->start) / b->width >= BINS) {
		uint64_t wide = exch_bins_next(b->width);
		exch_ts start = b->start - b->start % wide;
		uint32_t shift = (uint32_t)((b->start - start) / b->width);
		uint32_t factor = (uint32_t)(wide / b->width);

		if (wide == b->width)
			return;
		for (uint32_t i = 0; i < s->nslots; i++)
			merge_slot(&s->slot[i], b->n, factor, shift);
		if (s->watch.merge != NULL)
			s->watch.merge(s->watch.arg, b->n, factor, shift);
		b->n = (b->n - 1 + shift) / factor + 1;
		b->start = start;
		b->width = wide;
	}
}

/* The bin at hand. */
static uint32_t
now_bin(const struct exch_series *s)
{
	return s->bins.n - 1;
}

static exch_ts
end_of(const struct exch_bins *b, uint32_t i)
{
	exch_u128 t = (exch_u128)b->start + (exch_u128)b->width * (i + 1);

	return t > EXCH_TS_NONE ? EXCH_TS_NONE : (exch_ts)t;
}

/* ---- books ---- */

static void
spread_until(struct exch_series *s, struct exch_series_slot *x, exch_ts t)
{
	struct exch_series_cell *c = &x->cell[now_bin(s)];

	if (x->spread > 0 && t > x->spread_since) {
		uint64_t ns = t - x->spread_since;

		c->spread += (exch_u128)x->spread * ns;
		c->quoted += ns;
	}
	x->spread_since = t;
}

static void
keep_side(struct exch_series *s, struct exch_series_slot *x,
    struct exch_series_cell *c, unsigned side)
{
	const struct exch_tally *t = &s->follow.books.tally;
	struct exch_series_level *l = levels_of(x, now_bin(s)) + side * LEVELS;
	exch_slot level = exch_books_top(&s->follow.books, x->place, side);
	int64_t best = t->book[x->place].side[side].best_tick;

	memset(l, 0, LEVELS * sizeof(*l));
	c->depth[side] = 0;
	exch_books_best(
	    &s->follow.books, x->place, side, &c->px[side], &c->qty[side]);
	for (unsigned i = 0; i < LEVELS && level != EXCH_SLOT_NONE; i++) {
		exch_i128 apart = (exch_i128)t->level[level].tick - best;

		if (apart < 0)
			apart = -apart;
		if (apart > UINT32_MAX)
			break;
		l[i].ticks = (uint32_t)apart;
		l[i].q = (float)t->level[level].qty;
		c->depth[side] += t->level[level].qty;
		level = exch_tally_worse(t, level);
	}
}

/* The book as it stands at the end of the bin at hand. */
static void
keep_book(struct exch_series *s, struct exch_series_slot *x)
{
	struct exch_series_cell *c = &x->cell[now_bin(s)];

	if (x->place >= s->follow.books.n ||
	    s->follow.books.tally.book[x->place].norders == 0) {
		/* an empty book is one, if there was one before */
		c->seen = now_bin(s) > 0 && x->cell[now_bin(s) - 1].seen;
		memset(levels_of(x, now_bin(s)), 0,
		    2 * LEVELS * sizeof(*x->level));
		return;
	}
	c->seen = true;
	x->tick = s->follow.books.inst[x->place].tick;
	keep_side(s, x, c, 0);
	keep_side(s, x, c, 1);
}

/* The bin at hand ends at t, or is looked at as if it did. */
static int
close_bin(struct exch_series *s, exch_ts t, struct exch_diag *d)
{
	for (uint32_t i = 0; i < s->nslots; i++) {
		spread_until(s, &s->slot[i], t);
		keep_book(s, &s->slot[i]);
	}
	return s->watch.over != NULL
		   ? s->watch.over(s->watch.arg, now_bin(s), d)
		   : EXCH_OK;
}

static void
begin(struct exch_series *s, exch_ts t)
{
	s->bins.width = exch_bins_next(0);
	s->bins.start = t - t % s->bins.width;
	s->bins.n = 1;
}

/* Time is about to grow to t: every bin before it is over. */
static int
pass(void *arg, exch_ts t, struct exch_diag *d)
{
	struct exch_series *s = arg;
	int rc = EXCH_OK;

	/* what is said before the first command or event begins no day */
	if (s->run->first_time == EXCH_TS_NONE)
		return EXCH_OK;
	if (s->bins.start == EXCH_TS_NONE)
		begin(s, t);
	else if (t <= s->clock)
		return EXCH_OK;
	while (rc == EXCH_OK && t >= end_of(&s->bins, now_bin(s))) {
		uint64_t width = s->bins.width;

		rc = close_bin(s, end_of(&s->bins, now_bin(s)), d);
		widen(s, t);
		/* the bin at hand has become longer: it ends anew, or not yet */
		if (s->bins.width != width)
			continue;
		if (s->bins.n >= BINS)
			break;
		s->bins.n++;
	}
	s->clock = t;
	return rc;
}

/* ---- who is kept ---- */

static uint64_t
trades_of(const struct exch_series *s, uint32_t place)
{
	return place < s->tape.n ? s->tape.sum[place].trades : 0;
}

static int
new_slot(struct exch_series *s, struct exch_diag *d)
{
	struct exch_series_slot *x = &s->slot[s->nslots];

	x->cell = exch_calloc(BINS, sizeof(*x->cell));
	x->level = exch_calloc((size_t)BINS * 2 * LEVELS, sizeof(*x->level));
	if (x->cell == NULL || x->level == NULL) {
		exch_free(x->cell);
		exch_free(x->level);
		return exch_report_nomem(d);
	}
	s->nslots++;
	return EXCH_OK;
}

static void
take_slot(struct exch_series *s, uint32_t i, uint32_t place, bool first)
{
	struct exch_series_slot *x = &s->slot[i];

	for (uint32_t bin = 0; bin < BINS; bin++)
		empty_cell(&x->cell[bin]);
	memset(x->level, 0, (size_t)BINS * 2 * LEVELS * sizeof(*x->level));
	if (!first)
		s->at[x->place] = 0;
	s->at[place] = i + 1;
	x->place = place;
	x->since = first ? 0 : s->clock;
	x->spread = 0;
	x->spread_since = s->clock;
	x->ncalls = 0;
	x->stride = 1;
	x->told = 0;
}

/* The place of the one that trades least, if that is less than half of n. */
static uint32_t
least(const struct exch_series *s, uint64_t n)
{
	uint32_t at = UINT32_MAX;
	uint64_t fewest = n / 2;

	for (uint32_t i = 0; i < s->nslots; i++) {
		uint64_t k = trades_of(s, s->slot[i].place);

		if (k < fewest || (k == 0 && n > 0 && fewest == 0)) {
			fewest = k;
			at = i;
		}
	}
	return at;
}

/*
 * The slot of a place, or NULL: it has none.  Whether another one's place is
 * to be taken is asked at its 1st, 2nd, 4th ... trade only.
 */
static int
slot_of(struct exch_series *s, uint32_t place, bool traded,
    struct exch_series_slot **out, struct exch_diag *d)
{
	uint64_t n = trades_of(s, place);
	uint32_t i;
	int rc;

	*out = NULL;
	if (s->bins.start == EXCH_TS_NONE ||
	    !exch_report_watched(s->run, place))
		return EXCH_OK;
	rc = exch_report_grow(&s->at, &s->nat, place + 1, sizeof(*s->at), d);
	if (rc != EXCH_OK)
		return rc;
	if (s->at[place] == 0 && s->nslots < s->most) {
		rc = new_slot(s, d);
		if (rc != EXCH_OK)
			return rc;
		take_slot(s, s->nslots - 1, place, true);
	} else if (s->at[place] == 0 && traded && n > 0 && (n & (n - 1)) == 0 &&
		   (i = least(s, n)) != UINT32_MAX) {
		take_slot(s, i, place, false);
	}
	if (s->at[place] != 0)
		*out = &s->slot[s->at[place] - 1];
	return EXCH_OK;
}

/* ---- what happens ---- */

static int
event(void *arg, uint32_t place, exch_ts t, struct exch_diag *d)
{
	struct exch_series *s = arg;
	const struct exch_books *b = &s->follow.books;
	struct exch_series_slot *x;
	exch_px bid, ask, spread = 0;
	int rc = slot_of(s, place, false, &x, d);

	(void)t;
	if (rc != EXCH_OK || x == NULL)
		return rc;
	bid = exch_books_px(b, place, exch_books_top(b, place, 0));
	ask = exch_books_px(b, place, exch_books_top(b, place, 1));
	if (bid != EXCH_PX_NONE && ask != EXCH_PX_NONE && ask > bid &&
	    b->inst[place].phase == EXCH_PHASE_CONTINUOUS &&
	    __builtin_sub_overflow(ask, bid, &spread))
		spread = 0;
	if (spread != x->spread) {
		spread_until(s, x, s->clock);
		x->spread = spread;
	}
	return EXCH_OK;
}

static void
add_print(struct exch_series_cell *c, const struct exch_tape_print *p)
{
	if (p->kind == EXCH_PRINT_CORRECTED)
		return; /* it is in the bin of what it stands for */
	c->volume += p->qty;
	c->trades++;
	if (p->price == EXCH_PX_NONE)
		return;
	c->priced += p->qty;
	c->notional += (exch_i128)p->price * (exch_i128)p->qty;
	if (p->kind == EXCH_PRINT_BLOCK)
		return;
	if (c->open == EXCH_PX_NONE)
		c->open = p->price;
	if (c->high == EXCH_PX_NONE || p->price > c->high)
		c->high = p->price;
	if (c->low == EXCH_PX_NONE || p->price < c->low)
		c->low = p->price;
	c->last = p->price;
}

static int
trade(void *arg, uint32_t place, const struct exch_rec *r, struct exch_diag *d)
{
	struct exch_series *s = arg;
	struct exch_insts *insts = &s->run->insts;
	struct exch_tape_print print;
	struct exch_series_slot *x;
	int rc;

	if (r->type != EXCH_REC_EXEC && r->type != EXCH_REC_TRADE)
		return exch_tape_note(
		    &s->tape, insts, place, r, s->run->matcher, d);
	rc = exch_tape_trade(&s->tape, insts, place, r, &print, d);
	if (rc == EXCH_OK)
		rc = slot_of(s, place, true, &x, d);
	if (rc == EXCH_OK && x != NULL)
		add_print(&x->cell[now_bin(s)], &print);
	return rc;
}

/* Room for one more: of those that are no results every second one goes. */
static void
thin_out(struct exch_series_slot *x)
{
	uint32_t n = 0, seen = 0;

	for (uint32_t i = 0; i < x->ncalls; i++)
		if (x->call[i].final || seen++ % 2 == 0)
			x->call[n++] = x->call[i];
	/* a day of results only: the last of them */
	if (n == x->ncalls)
		n--;
	x->ncalls = n;
	x->stride *= 2;
}

static int
note_call(struct exch_series_slot *x, const struct exch_rec_auction *a,
    struct exch_diag *d)
{
	struct exch_series_call *c;

	if (x->call == NULL) {
		x->call = exch_calloc(EXCH_SERIES_CALLS, sizeof(*x->call));
		if (x->call == NULL)
			return exch_report_nomem(d);
	}
	if (a->final == 0 && x->told++ % x->stride != 0)
		return EXCH_OK;
	if (x->ncalls == EXCH_SERIES_CALLS)
		thin_out(x);
	c = &x->call[x->ncalls++];
	*c = (struct exch_series_call){.time = a->h.time,
	    .price = a->price,
	    .paired = a->paired,
	    .imbalance = (exch_i128)a->imbalance,
	    .cross = a->cross,
	    .final = a->final != 0};
	if (a->side == EXCH_SELL)
		c->imbalance = -c->imbalance;
	return EXCH_OK;
}

static int
auction(struct exch_series *s, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_auction *a = EXCH_REC_AS(r, exch_rec_auction);
	struct exch_series_slot *x;
	uint32_t place;
	int rc;

	if (a == NULL)
		return exch_report_short(r, d);
	rc = exch_insts_place(&s->run->insts, r->instr, &place, d);
	if (rc == EXCH_OK && r->time > s->clock && r->time != EXCH_TS_NONE)
		rc = pass(s, r->time, d);
	if (rc == EXCH_OK)
		rc = slot_of(s, place, false, &x, d);
	return rc != EXCH_OK || x == NULL ? rc : note_call(x, a, d);
}

/* ---- the whole ---- */

int
exch_series_init(struct exch_series *s, struct exch_report_run *run,
    uint32_t top, struct exch_diag *d)
{
	struct exch_follow_watch watch = {
	    .arg = s, .time = pass, .trade = trade, .event = event};

	s->run = run;
	s->bins.start = EXCH_TS_NONE;
	s->most = top < 4 ? 16 : 4 * top;
	s->slot = exch_calloc(s->most, sizeof(*s->slot));
	if (s->slot == NULL)
		return exch_report_nomem(d);
	return exch_follow_init(&s->follow, run, &watch, d);
}

void
exch_series_clear(struct exch_series *s)
{
	exch_follow_clear(&s->follow);
	exch_tape_clear(&s->tape);
	for (uint32_t i = 0; i < s->nslots; i++) {
		exch_free(s->slot[i].cell);
		exch_free(s->slot[i].level);
		exch_free(s->slot[i].call);
	}
	exch_free(s->slot);
	exch_free(s->at);
}

int
exch_series_record(
    struct exch_series *s, const struct exch_rec *r, struct exch_diag *d)
{
	int rc = EXCH_OK;

	/* books may end an event with it, too */
	if (r->type == EXCH_REC_AUCTION)
		rc = auction(s, r, d);
	return rc == EXCH_OK ? exch_follow_record(&s->follow, s->run, r, d)
			     : rc;
}

int
exch_series_finish(struct exch_series *s, struct exch_diag *d)
{
	int rc = exch_follow_finish(&s->follow, d);

	if (rc != EXCH_OK || s->bins.start == EXCH_TS_NONE)
		return rc;
	return close_bin(s, s->clock, d);
}

struct rank {
	uint64_t trades;
	uint32_t id, slot;
};

static int
by_rank(const void *a, const void *b)
{
	const struct rank *x = a;
	const struct rank *y = b;

	if (x->trades != y->trades)
		return x->trades < y->trades ? 1 : -1;
	return x->id < y->id ? -1 : x->id > y->id;
}

int
exch_series_order(const struct exch_series *s, uint32_t **order, uint32_t *n,
    struct exch_diag *d)
{
	struct rank *r = exch_calloc(s->nslots + 1, sizeof(*r));

	*n = 0;
	*order = exch_calloc(s->nslots + 1, sizeof(**order));
	if (r == NULL || *order == NULL) {
		exch_free(r);
		return exch_report_nomem(d);
	}
	for (uint32_t i = 0; i < s->nslots; i++) {
		uint32_t place = s->slot[i].place;
		uint32_t id = s->run->insts.inst[place].id;

		/* what is for all instruments is none's */
		if (id != 0)
			r[(*n)++] = (struct rank){trades_of(s, place), id, i};
	}
	qsort(r, *n, sizeof(*r), by_rank);
	for (uint32_t i = 0; i < *n; i++)
		(*order)[i] = r[i].slot;
	exch_free(r);
	return EXCH_OK;
}
