/*
 * exch-report 605: how orders were executed against what everybody saw when
 * they came in, modelled on 17 CFR 242.605, by instrument, kind of order and
 * size.  exch-regulatory(7).
 *
 * An order is compared with the quote of its receipt; one that rests, with
 * that of the moment at which the market came to its limit, and a stop with
 * that of its trigger.  Realised spreads wait in a queue for each horizon until
 * their time has come: memory is bounded by what waits there and what lives.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "rec/schema.h"
#include "report/forms.h"
#include "report/report.h"
#include "report/reports.h"
#include "report/rule605.h"
#include "report/rule605_wait.h"
#include "report/things.h"

/* A covered order. */
struct order {
	struct exch_key key;
	uint32_t cell;		     /* its slot */
	exch_ts since;		     /* receipt, or when it became executable */
	struct exch_605_quote quote; /* then */
	exch_px limit;
	bool buy;
	bool waits; /* for the market to come to its limit */
	bool stop;  /* came as one */
	bool apart; /* not triggered yet: without a cell */
};

/* An execution whose time after has not come. */
struct after {
	exch_ts due;
	uint32_t place;
	uint32_t cell;
	exch_qty qty;
	exch_px price;
	exch_i128 effective;
	bool buy;
};

/* First in, first out: what came later is due later. */
struct queue {
	exch_ts wait;
	struct after *ring;
	uint32_t cap; /* a power of two */
	uint64_t head, tail;
};

/* Orders of an instrument that wait, best limit first; some may be gone. */
struct waiting {
	struct exch_605_waits side[2];
};

struct rule605 {
	struct exch_605 s;
	struct exch_tracked tracked;
	struct exch_quotes quotes;
	struct exch_keyed orders;
	struct queue queue[EXCH_605_HORIZONS];
	unsigned nqueue;
	struct exch_whats whats;
	struct exch_things things; /* whose quotes are seen together */
	struct waiting *waiting;   /* by place */
	uint32_t nwaiting;
	uint64_t not_covered;
};

/* ---- quotes ---- */

/* The best of all venues; false: a side is missing, or they are crossed. */
static bool
quote_of(const struct rule605 *s, uint32_t place, struct exch_605_quote *q)
{
	uint32_t at = place;

	*q = (struct exch_605_quote){EXCH_PX_NONE, EXCH_PX_NONE};
	do {
		const struct exch_quote *x = exch_quotes_of(&s->quotes, at);

		if (x != NULL && x->px[0] != EXCH_PX_NONE &&
		    (q->bid == EXCH_PX_NONE || x->px[0] > q->bid))
			q->bid = x->px[0];
		if (x != NULL && x->px[1] != EXCH_PX_NONE &&
		    (q->ask == EXCH_PX_NONE || x->px[1] < q->ask))
			q->ask = x->px[1];
		at = exch_things_next(&s->things, at);
	} while (at != place);
	return q->bid != EXCH_PX_NONE && q->ask != EXCH_PX_NONE &&
	       q->bid <= q->ask;
}

/* Twice the distance of a price from the midpoint, the worse the larger. */
static exch_i128
distance(bool buy, exch_px price, const struct exch_605_quote *q)
{
	exch_i128 v = (exch_i128)2 * price - q->bid - q->ask;

	return buy ? v : -v;
}

/* ---- cells ---- */

/* Fractional, odd, round: by the round lot at that price. */
static unsigned
lot_of(const struct rule605 *s, exch_px price, exch_qty qty, unsigned scale)
{
	int n = exch_605_find(&s->s.bands, EXCH_605_LOT, price);
	const struct exch_605_band *b =
	    n >= 0 ? exch_605_nth(&s->s.bands, EXCH_605_LOT, (unsigned)n)
		   : NULL;
	exch_i128 v = qty;

	for (unsigned i = scale; i < 9; i++)
		v *= 10;
	if (v < EXCH_PX_ONE)
		return 0;
	return b != NULL && v < b->value ? 1 : 2;
}

/* The cell of an order of a type; *out 0: it is not covered. */
static int
cell_of(struct exch_report_run *run, uint32_t place, enum exch_605_type type,
    exch_px price, exch_qty qty, uint32_t *out, struct exch_diag *d)
{
	struct rule605 *s = run->state;
	unsigned scale = run->insts.inst[place].qty_scale;
	struct exch_605_cell *c;
	exch_i128 v = qty;
	unsigned lot = 0;
	int band;
	int rc;

	*out = 0;
	if (type == EXCH_605_NONE)
		return EXCH_OK;
	for (unsigned i = scale; i < 9; i++)
		v *= 10;
	if (s->s.classic) {
		band = exch_605_find(&s->s.bands, EXCH_605_SHARES, v);
		if (band < 0)
			return EXCH_OK;
	} else {
		band = exch_605_find(
		    &s->s.bands, EXCH_605_WORTH, v * price / EXCH_PX_ONE);
		lot = lot_of(s, price, qty, scale);
	}
	rc = exch_keyed_add(&s->s.cells, place,
	    exch_605_id(type, (unsigned)(band + 1), lot), &c);
	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	c->orders++;
	c->shares += qty;
	*out = c->key.slot;
	return EXCH_OK;
}

static struct exch_605_cell *
at_cell(const struct rule605 *s, uint32_t slot)
{
	return slot != 0 ? exch_keyed_at(&s->s.cells, slot) : NULL;
}

/* ---- orders ---- */

static bool
is_stop(const struct exch_life *o)
{
	return o->ordtype == EXCH_ORD_STOP ||
	       o->ordtype == EXCH_ORD_STOP_LIMIT ||
	       o->ordtype == EXCH_ORD_MIT || o->ordtype == EXCH_ORD_LIT;
}

static bool
still_waits(void *arg, exch_oid id)
{
	const struct exch_key *key = arg;
	const struct rule605 *s = (const void *)(uintptr_t)key->id;
	const struct order *o = exch_keyed_find(&s->orders, key->place, id);

	return o != NULL && o->waits;
}

/* It rests behind the market: it is executable when that has come to it. */
static int
let_wait(struct rule605 *s, struct order *o, struct exch_diag *d)
{
	uint32_t place = o->key.place;
	struct exch_key key = {.id = (uintptr_t)s, .place = place};
	struct exch_605_waits *w;
	int rc = exch_report_grow(
	    &s->waiting, &s->nwaiting, place + 1, sizeof(*s->waiting), d);

	if (rc != EXCH_OK)
		return rc;
	w = &s->waiting[place].side[o->buy ? 0 : 1];
	if (w->n > 4096 && w->n / 2 > s->orders.live)
		exch_605_wait_sift(w, still_waits, &key);
	o->waits = true;
	return exch_605_wait_add(
	    w, o->buy ? o->limit : -o->limit, o->key.id, d);
}

/* What an order is counted as, by what is seen now. */
static int
judge(struct exch_report_run *run, struct order *x, const struct exch_life *o,
    exch_ts time, struct exch_diag *d)
{
	struct rule605 *s = run->state;
	struct exch_605_quote q;
	enum exch_605_type type = EXCH_605_NONE;
	exch_px price = o->price;
	uint8_t cross;
	int rc;

	if (quote_of(s, o->key.place, &q) &&
	    exch_track_phase(s->tracked.track, o->key.place, &cross) ==
		EXCH_PHASE_CONTINUOUS)
		type = exch_605_type_of(o, x->stop, s->s.classic, &q);
	if (price == EXCH_PX_NONE && type != EXCH_605_NONE)
		price = x->buy ? q.ask : q.bid;
	rc = cell_of(run, o->key.place, type, price, o->open, &x->cell, d);
	s->not_covered += x->cell == 0;
	x->since = time;
	x->quote = q;
	x->limit = price;
	if (rc != EXCH_OK || x->cell == 0)
		return rc;
	/* a limit behind the best of its side has no chance yet */
	if (o->price != EXCH_PX_NONE &&
	    (x->buy ? o->price < q.bid : o->price > q.ask))
		return let_wait(s, x, d);
	return EXCH_OK;
}

static int
begin(struct exch_report_run *run, const struct exch_life *o, exch_ts time,
    struct exch_diag *d)
{
	struct rule605 *s = run->state;
	struct order *x;
	int rc = exch_keyed_add(&s->orders, o->key.place, o->key.id, &x);

	if (rc == EXCH_ERR_EXISTS)
		return EXCH_OK;
	if (rc != EXCH_OK)
		return exch_report_nomem(d);
	x->buy = o->side == EXCH_BUY;
	x->stop = is_stop(o);
	/* one that waits for its trigger is received when it is pulled */
	x->apart = x->stop && o->apart;
	return x->apart ? EXCH_OK : judge(run, x, o, time, d);
}

static void
take_away(const struct rule605 *s, const struct order *x, exch_qty qty)
{
	struct exch_605_cell *c = at_cell(s, x->cell);

	if (c != NULL)
		c->cancelled += qty;
}

/* ---- executions ---- */

static int
push(struct queue *q, const struct after *a, struct exch_diag *d)
{
	if (q->tail - q->head == q->cap) {
		uint32_t cap = q->cap == 0 ? 64 : q->cap * 2;
		struct after *ring = exch_malloc(cap * sizeof(*ring));

		if (ring == NULL)
			return exch_report_nomem(d);
		for (uint64_t i = q->head; i < q->tail; i++)
			ring[i & (cap - 1)] = q->ring[i & (q->cap - 1)];
		exch_free(q->ring);
		q->ring = ring;
		q->cap = cap;
	}
	q->ring[q->tail++ & (q->cap - 1)] = *a;
	return EXCH_OK;
}

/* Executions whose time has come: the quote is that before `now`. */
static void
ripen(struct rule605 *s, exch_ts now)
{
	for (unsigned h = 0; h < s->nqueue; h++) {
		struct queue *q = &s->queue[h];

		for (; q->head < q->tail; q->head++) {
			const struct after *a =
			    &q->ring[q->head & (q->cap - 1)];
			struct exch_605_cell *c = at_cell(s, a->cell);
			struct exch_605_quote then;
			exch_i128 v;

			if (a->due >= now)
				break;
			if (!quote_of(s, a->place, &then))
				continue;
			v = distance(a->buy, a->price, &then) *
			    (exch_i128)a->qty;
			c->after_shares[h] += a->qty;
			c->realised[h] += v;
			c->impact[h] += a->effective - v;
		}
	}
}

static void
compare(struct exch_605_cell *c, const struct order *x, exch_px price,
    exch_qty qty, exch_u128 time)
{
	exch_px far = x->buy ? x->quote.ask : x->quote.bid;
	exch_i128 better =
	    x->buy ? (exch_i128)far - price : (exch_i128)price - far;

	if (better > 0) {
		c->improved += qty;
		c->improvement += better * (exch_i128)qty;
		c->time_of[0] += time;
	} else if (better == 0) {
		c->at += qty;
		c->time_of[1] += time;
	} else {
		c->outside += qty;
		c->worse -= better * (exch_i128)qty;
		c->time_of[2] += time;
	}
}

static int
execute(struct rule605 *s, struct order *x, const struct exch_rec_exec *r,
    struct exch_diag *d)
{
	struct exch_605_cell *c = at_cell(s, x->cell);
	struct after a = {.place = x->key.place,
	    .cell = x->cell,
	    .qty = r->qty,
	    .price = r->price,
	    .buy = x->buy};
	exch_ts took;
	int band;
	int rc = EXCH_OK;

	if (c == NULL)
		return EXCH_OK;
	/* a hidden order met it: it is executable now, and was not before */
	if (x->waits && quote_of(s, x->key.place, &x->quote)) {
		x->waits = false;
		x->since = r->h.time;
	}
	took = r->h.time > x->since ? r->h.time - x->since : 0;
	c->executed += r->qty;
	c->time += (exch_u128)took * r->qty;
	band = exch_605_find(&s->s.bands, EXCH_605_TIME, (exch_i128)took);
	if (band >= 0)
		c->within[band] += r->qty;
	a.effective = distance(x->buy, r->price, &x->quote) * (exch_i128)r->qty;
	c->spread_shares += r->qty;
	c->effective += a.effective;
	c->quoted +=
	    ((exch_i128)x->quote.ask - x->quote.bid) * (exch_i128)r->qty;
	compare(c, x, r->price, r->qty, (exch_u128)took * r->qty);
	for (unsigned h = 0; rc == EXCH_OK && h < s->nqueue; h++) {
		a.due = r->h.time + s->queue[h].wait;
		rc = push(&s->queue[h], &a, d);
	}
	return rc;
}

/* ---- changes ---- */

static int
replace(struct exch_report_run *run, const struct exch_change *c,
    struct order *x, struct exch_diag *d)
{
	struct rule605 *s = run->state;

	/* less of it in the same place is a cancel of a part */
	if (EXCH_CHANGE_REC(c, exch_rec_replaced)->kept != 0 &&
	    c->next != NULL && c->next->open <= c->o->open) {
		take_away(s, x, c->o->open - c->next->open);
		return EXCH_OK;
	}
	take_away(s, x, c->o->open);
	exch_keyed_drop(&s->orders, x);
	return c->next != NULL ? begin(run, c->next, c->r->time, d) : EXCH_OK;
}

static int
change(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct rule605 *s = run->state;
	struct order *x = exch_keyed_find(&s->orders, c->place, c->order);
	int rc = EXCH_OK;

	if (c->o == NULL || c->kind == EXCH_CHANGE_REJECTED)
		return EXCH_OK;
	if (c->kind == EXCH_CHANGE_ACCEPTED)
		return begin(run, c->o, c->r->time, d);
	if (x == NULL)
		return EXCH_OK;
	switch (c->kind) {
	case EXCH_CHANGE_EXECUTED:
		rc = execute(s, x, EXCH_CHANGE_REC(c, exch_rec_exec), d);
		break;
	case EXCH_CHANGE_CANCELLED:
		take_away(s, x, EXCH_CHANGE_REC(c, exch_rec_cancelled)->qty);
		break;
	case EXCH_CHANGE_REPLACED:
		return replace(run, c, x, d);
	case EXCH_CHANGE_TRIGGERED:
		if (x->apart) {
			x->apart = false;
			rc = judge(run, x, c->o, c->r->time, d);
		}
		break;
	default:
		break;
	}
	if (rc == EXCH_OK && c->ended)
		exch_keyed_drop(&s->orders, x);
	return rc;
}

/* The market has come to the limits of orders that wait at a place. */
static void
reach(struct rule605 *s, uint32_t place, unsigned side, exch_px best,
    exch_ts time, const struct exch_605_quote *q)
{
	struct exch_605_waits *w = &s->waiting[place].side[side];

	while (w->n > 0) {
		exch_oid id = w->e[0].id;
		struct order *o = exch_keyed_find(&s->orders, place, id);

		if (o != NULL && o->waits && w->e[0].rank < best)
			return;
		if (o != NULL && o->waits) {
			o->waits = false;
			o->since = time;
			o->quote = *q;
		}
		exch_605_wait_pop(w);
	}
}

/* An event is over: whose limits are at the best price now? */
static void
reach_all(struct rule605 *s, exch_ts time)
{
	const struct exch_books *b = &s->quotes.books;

	if (!b->boundary)
		return;
	for (uint32_t i = 0; i < b->ntouched; i++) {
		uint32_t at = b->touched[i];

		do {
			struct exch_605_quote q;

			if (at < s->nwaiting && quote_of(s, at, &q)) {
				reach(s, at, 0, q.bid, time, &q);
				reach(s, at, 1, -q.ask, time, &q);
			}
			at = exch_things_next(&s->things, at);
		} while (at != b->touched[i]);
	}
}

/* ---- the report ---- */

static const char *
option(const struct exch_report_run *run, const char *name, const char *lack)
{
	const struct exch_given *g = exch_report_given(run, name);

	return g != NULL ? g->value : lack;
}

static int
open_605(struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_605_band *b;
	struct rule605 *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->s.classic = exch_report_given(run, "classic") != NULL;
	s->s.participant = option(run, "participant", "X");
	s->s.center = option(run, "center", "SIM");
	rc = exch_605_read(&s->s.bands, exch_report_given(run, "bands"),
	    exch_form_day(run), d);
	if (rc == EXCH_OK)
		rc = exch_tracked_open(&s->tracked, run, change, d);
	if (rc == EXCH_OK)
		rc = exch_quotes_init(&s->quotes, run, d);
	if (rc == EXCH_OK)
		rc = exch_whats_init(&s->whats, run, d);
	if (rc == EXCH_OK &&
	    (exch_keyed_init(&s->orders, sizeof(struct order)) != EXCH_OK ||
		exch_keyed_init(&s->s.cells, sizeof(struct exch_605_cell)) !=
		    EXCH_OK))
		rc = exch_report_nomem(d);
	if (rc != EXCH_OK)
		return rc;
	while ((b = exch_605_nth(&s->s.bands, EXCH_605_HORIZON, s->nqueue)) !=
	       NULL)
		s->queue[s->nqueue++].wait = (exch_ts)b->low;
	return exch_605_columns(run, &s->s, d);
}

static int
record_605(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	struct rule605 *s = run->state;
	int rc;

	(void)seq;
	/* the clock is the largest time seen */
	if (r->type >= EXCH_REC_NEW)
		ripen(s, run->last_time);
	rc = exch_things_note(&s->things, &s->whats, run, r, d);
	if (rc == EXCH_OK)
		rc = exch_tracked_record(&s->tracked, run, r, d);
	if (rc == EXCH_OK)
		rc = exch_quotes_record(&s->quotes, run, r, d);
	if (rc == EXCH_OK && exch_books_wants(r, run->matcher))
		reach_all(s, r->time);
	return rc;
}

static int
close_605(struct exch_report_run *run, struct exch_diag *d)
{
	struct rule605 *s = run->state;

	exch_tracked_close(&s->tracked, run);
	/* what is due at the end is known, what is due later is not */
	ripen(s, run->last_time + 1);
	run->left_out = s->not_covered;
	run->left_why =
	    "orders that are not covered: nobody quoted both sides, "
	    "or the market was not in continuous trading";
	return exch_605_rows(run, &s->s, d);
}

static void
free_605(struct exch_report_run *run)
{
	struct rule605 *s = run->state;

	exch_tracked_free(&s->tracked);
	exch_quotes_clear(&s->quotes);
	exch_keyed_clear(&s->orders);
	exch_keyed_clear(&s->s.cells);
	exch_605_clear(&s->s.bands);
	for (unsigned i = 0; i < EXCH_605_HORIZONS; i++)
		exch_free(s->queue[i].ring);
	for (uint32_t i = 0; i < s->nwaiting; i++)
		for (unsigned side = 0; side < 2; side++)
			exch_free(s->waiting[i].side[side].e);
	exch_free(s->waiting);
	exch_whats_clear(&s->whats);
	exch_things_clear(&s->things);
}

static const struct exch_report_param params[] = {
    {.name = "classic",
	.what = "605: lines and codes of before 2024, with bars between"},
    {.name = "participant", .arg = "CODE", .what = "605 --classic: code (X)"},
    {.name = "center",
	.arg = "CODE",
	.what = "605 --classic: market center (SIM)"},
    {.name = "bands",
	.arg = "FILE",
	.what = "605: its bands, instead of those of the package",
	.table = true,
	.stock = "rule605.csv"},
    EXCH_PARAM_PRODUCTS,
    {0},
};

const struct exch_report exch_report_605 = {
    .name = "605",
    .what = "quality of executions, modelled on Rule 605",
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .open = open_605,
    .record = record_605,
    .close = close_605,
    .free = free_605,
};
