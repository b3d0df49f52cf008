/*
 * A matched stream of one instrument becomes sums (realism.h).
 *
 * Only continuous trading counts: calls, halts and breaks are gaps that no
 * return, autocorrelation or time between arrivals spans.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "report/realism_sums.h"
#include "report/report.h"

const unsigned exch_realism_lag[EXCH_REALISM_LAGS] = {1, 2, 5, 10, 20, 50, 100};

/* Further from 0 a sum of two prices in ticks might not fit. */
#define FAR (INT64_C(1) << 61)

/* ---- orders join and leave ---- */

/*
 * How far a price is behind the best of its side, as that was before the event;
 * 0: at it or inside; *inside tells which.
 */
static uint64_t
behind(const struct exch_realism *x, unsigned side, int64_t tick, bool *inside)
{
	exch_i128 far = side == 0 ? (exch_i128)x->best[0] - tick
				  : (exch_i128)tick - x->best[1];

	*inside = far < 0;
	return far < 0 ? 0 : (uint64_t)far;
}

/* The level that an order stands on, from 1; those behind the tenth are one. */
static unsigned
level_of(const struct exch_realism *x, const struct exch_tally_order *o)
{
	return 1 +
	       exch_tally_before(&x->books.tally, o->level, EXCH_REALISM_TEN);
}

static void
place_order(struct exch_realism *x, const struct exch_tally_new *o)
{
	unsigned side = exch_book_index(o->side);
	bool inside;
	uint64_t far;
	unsigned c;

	if (!x->has[side])
		return;
	far = behind(x, side, o->tick, &inside);
	c = inside ? 0 : far == 0 ? 1 : far <= 5 ? 2 : far <= 20 ? 3 : 4;
	x->placed[c]++;
	exch_realism_count(x, EXCH_DIST_PLACEMENT, c);
	exch_realism_count(x, EXCH_DIST_DISTANCE, far);
}

static void
enter(void *arg, const struct exch_tally_new *o, bool by_id)
{
	struct exch_realism *x = arg;
	uint32_t slot = exch_tally_look(&x->books.tally, o->place, o->id);
	exch_qty hundred;
	struct exch_diag d = {0};

	(void)by_id;
	if (slot == 0)
		return;
	if (exch_report_grow(&x->born, &x->nborn, slot + 1, sizeof(*x->born),
		&d) != EXCH_OK) {
		x->failed = true;
		return;
	}
	x->born[slot] = 0;
	/* what is left of an order that took was not placed */
	if (!exch_realism_is_open(x) || o->tick == EXCH_TICK_MARKET ||
	    x->took != 0)
		return;
	x->born[slot] = x->clock;
	x->adds++;
	x->added = o->side == EXCH_BUY ? 1 : -1;
	place_order(x, o);
	exch_realism_count(
	    x, EXCH_DIST_LEVEL, level_of(x, &x->books.tally.order[slot]));
	exch_realism_count(x, EXCH_DIST_SIZE, o->qty);
	hundred = 100 * (exch_qty)exch_pow10[x->insts.inst[x->place].qty_scale];
	x->hundreds += o->qty == hundred;
	x->odd += o->qty < hundred;
}

static void
leave(void *arg, uint32_t place, exch_oid id)
{
	struct exch_realism *x = arg;
	const struct exch_tally *t = &x->books.tally;
	uint32_t slot = exch_tally_look(t, place, id);
	exch_ts lived;
	bool inside;

	if (slot == 0 || slot >= x->nborn || x->born[slot] == 0 ||
	    !x->withdraws || !exch_realism_is_open(x))
		return;
	lived = x->clock - x->born[slot];
	x->deletes++;
	x->gone = t->order[slot].side == 0 ? 1 : -1;
	exch_times_add(&x->lifetimes, lived);
	exch_realism_count(x, EXCH_DIST_LIFETIME, lived);
	exch_realism_count(
	    x, EXCH_DIST_LEFT_LEVEL, level_of(x, &t->order[slot]));
	if (x->has[t->order[slot].side])
		exch_realism_count(x, EXCH_DIST_WITHDRAWN,
		    behind(x, t->order[slot].side,
			exch_tally_tick_of(t, &t->order[slot]), &inside));
}

/* ---- records, before the books know ---- */

static void
arrive(struct exch_realism *x, const struct exch_rec *r)
{
	if ((r->flags & (EXCH_F_IMPOSED | EXCH_F_SNAPSHOT)) != 0)
		return;
	if (!exch_realism_is_open(x)) {
		x->arrived = 0;
		return;
	}
	if (x->arrived != 0) {
		uint64_t ns = x->clock - x->arrived;

		exch_moments_add(&x->arrival, (double)ns / 1e9);
		exch_times_add(&x->arrivals, ns);
		exch_realism_count(x, EXCH_DIST_ARRIVAL, ns);
	}
	x->arrived = x->clock;
}

static void
trade(struct exch_realism *x, const struct exch_rec_exec *e)
{
	exch_oid taker = e->aggressor == EXCH_BUY ? e->buy : e->sell;

	if (e->cross != EXCH_CROSS_NONE ||
	    (e->aggressor != EXCH_BUY && e->aggressor != EXCH_SELL))
		return;
	x->volume += (double)e->qty;
	exch_realism_bin_of(x, x->clock)->volume += (double)e->qty;
	/* one order takes as often as there are orders that it meets */
	if (x->taker == taker && x->took != 0)
		return;
	x->taker = taker;
	x->took = e->aggressor == EXCH_BUY ? 1 : -1;
	x->takers++;
	exch_memory_add(&x->signs, x->took);
}

static void
print(struct exch_realism *x, const struct exch_rec_trade *t)
{
	if (t->kind != EXCH_PRINT_HIDDEN || t->cross != EXCH_CROSS_NONE)
		return;
	x->volume += (double)t->qty;
	x->hidden += (double)t->qty;
	exch_realism_bin_of(x, x->clock)->volume += (double)t->qty;
}

static void
look(struct exch_realism *x, const struct exch_rec *r)
{
	const struct exch_rec_exec *e;
	const struct exch_rec_trade *t;
	const struct exch_rec_cancelled *c;

	x->withdraws = false;
	switch (r->type) {
	case EXCH_REC_NEW:
	case EXCH_REC_CANCEL:
	case EXCH_REC_REPLACE:
	case EXCH_REC_QUOTE:
		arrive(x, r);
		return;
	case EXCH_REC_EXEC:
		if ((e = EXCH_REC_AS(r, exch_rec_exec)) != NULL)
			trade(x, e);
		return;
	case EXCH_REC_TRADE:
		if ((t = EXCH_REC_AS(r, exch_rec_trade)) != NULL)
			print(x, t);
		return;
	case EXCH_REC_CANCELLED:
		c = EXCH_REC_AS(r, exch_rec_cancelled);
		x->withdraws = c != NULL && c->reason != EXCH_WHY_IMPOSED;
		return;
	case EXCH_REC_REPLACED:
	case EXCH_REC_RESTATED:
		x->withdraws = true;
		return;
	default:
		return;
	}
}

/* ---- an event is over ---- */

/* What events before did to the midpoint, seen from just before this one. */
static void
effects(struct exch_realism *x, int64_t half)
{
	unsigned block = exch_shape_block(x->clock);

	for (unsigned i = 0; i < EXCH_REALISM_LAGS; i++) {
		unsigned lag = exch_realism_lag[i];
		const struct exch_realism_past *p;
		struct exch_realism_effect *e;

		if (x->events < lag)
			return;
		p = &x->past[(x->events - lag) % EXCH_REALISM_RING];
		if (p->kind == EXCH_KINDS)
			continue;
		e = &x->effect[block][p->kind][i];
		e->n++;
		e->sum += p->sign * (double)(half - p->half);
	}
}

static void
follow(struct exch_realism *x, bool was, int64_t before)
{
	struct exch_realism_past *p = &x->past[x->events % EXCH_REALISM_RING];
	bool moved;

	if (!was || !x->quoted) {
		x->events = 0;
		return;
	}
	effects(x, before);
	moved = exch_realism_half_ticks(x) != before;
	*p = (struct exch_realism_past){.half = before, .kind = EXCH_KINDS};
	if (x->took != 0) {
		p->kind = moved ? EXCH_KIND_MO1 : EXCH_KIND_MO0;
		p->sign = x->took;
	} else if (x->added != 0) {
		p->kind = moved ? EXCH_KIND_LO1 : EXCH_KIND_LO0;
		p->sign = x->added;
	} else if (x->gone != 0) {
		p->kind = moved ? EXCH_KIND_CA1 : EXCH_KIND_CA0;
		p->sign = (int8_t)-x->gone; /* a bid less is a step down */
	}
	x->events++;
}

static void
end_event(struct exch_realism *x)
{
	const struct exch_tally_book *b = &x->books.tally.book[x->place];
	bool was = x->quoted;
	int64_t before = exch_realism_half_ticks(x);
	bool something = x->took != 0 || x->added != 0 || x->gone != 0;

	for (unsigned side = 0; side < 2; side++) {
		int64_t tick = b->side[side].best_tick;

		x->has[side] = b->side[side].best != EXCH_SLOT_NONE &&
			       tick > -FAR && tick < FAR;
		x->best[side] = x->has[side] ? tick : 0;
	}
	x->quoted = exch_realism_is_open(x) && x->has[0] && x->has[1] &&
		    x->best[0] <= x->best[1];
	if (something || was != x->quoted)
		follow(x, was, before);
	x->took = x->added = x->gone = 0;
	x->taker = 0;
	if (!exch_realism_is_open(x))
		x->arrived = 0;
}

/* ---- which instrument ---- */

static int
choose(struct exch_realism *x, uint32_t place, struct exch_diag *d)
{
	const struct exch_inst *in = &x->insts.inst[place];

	if (x->named && (strlen(x->symbol) != in->nsymbol ||
			    memcmp(x->symbol, in->symbol, in->nsymbol) != 0))
		return 0;
	if (!x->named && x->known)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "the stream has several instruments, %s and %.*s: name one "
		    "with --symbol",
		    x->symbol, (int)in->nsymbol, in->symbol);
	if (!x->named)
		(void)snprintf(x->symbol, sizeof(x->symbol), "%.*s",
		    (int)in->nsymbol, in->symbol);
	x->known = true;
	x->place = place;
	return 1;
}

/* 1: the record concerns the instrument, 0: it does not, or an error. */
static int
concerns(struct exch_realism *x, const struct exch_rec *r, struct exch_diag *d)
{
	uint32_t place;
	int rc;

	if (r->instr == 0) /* a phase of all */
		return r->type == EXCH_REC_PHASE && x->known;
	rc = exch_insts_place(&x->insts, r->instr, &place, d);
	if (rc != EXCH_OK)
		return rc;
	if (x->known && place == x->place)
		return 1;
	/* a phase of an instrument says nothing about who trades */
	if (r->type == EXCH_REC_PHASE && !x->named && x->known)
		return 0;
	return choose(x, place, d);
}

/* ---- records ---- */

static int
note(struct exch_realism *x, const struct exch_rec *r, struct exch_diag *d)
{
	if (r->type >= EXCH_REC_ACK && r->type <= EXCH_REC_REPLACED)
		x->matcher = r->source;
	if (r->type == EXCH_REC_INSTRUMENT || r->type == EXCH_REC_ACCOUNT ||
	    (r->type == EXCH_REC_ERROR && r->source == x->matcher))
		return exch_insts_note(&x->insts, r, d);
	return EXCH_OK;
}

/* A phase for all before the first order is that of books to come. */
static int
early_phase(
    struct exch_realism *x, const struct exch_rec *r, struct exch_diag *d)
{
	return r->type == EXCH_REC_PHASE && r->instr == 0
		   ? exch_books_phase(&x->books, r, 0, d)
		   : EXCH_OK;
}

int
exch_realism_record(
    struct exch_realism *x, const struct exch_rec *r, struct exch_diag *d)
{
	struct exch_books_inst *si;
	int rc = note(x, r, d);

	if (rc != EXCH_OK || !exch_books_wants(r, x->matcher))
		return rc;
	/* what happens elsewhere is time that passes */
	if (x->known && r->time != EXCH_TS_NONE)
		exch_realism_pass(x, r->time);
	rc = concerns(x, r, d);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return x->known ? EXCH_OK : early_phase(x, r, d);
	rc = exch_books_at(&x->books, x->place, &si, d);
	if (rc != EXCH_OK)
		return rc;
	x->books.watch = &x->watch;
	if (!x->begun && r->time != EXCH_TS_NONE)
		exch_realism_pass(x, r->time);
	look(x, r);
	rc = exch_books_record(&x->books, r, x->place, x->matcher, d);
	if (x->books.boundary || r->type == EXCH_REC_PHASE)
		end_event(x);
	return rc == EXCH_OK && x->failed ? exch_report_nomem(d) : rc;
}

int
exch_realism_finish(struct exch_realism *x, struct exch_diag *d)
{
	int rc;

	if (!x->known && x->named)
		return exch_diag_set(d, EXCH_ERR_ABSENT, NULL, EXCH_POS_NONE, 0,
		    "nothing happens in an instrument '%s'", x->symbol);
	if (!x->known || x->matcher == 0)
		return exch_diag_set(d, EXCH_ERR_ABSENT, NULL, EXCH_POS_NONE, 0,
		    "there are no answers to orders: put exch-match in the "
		    "pipe");
	rc = exch_books_finish(&x->books, d);
	end_event(x);
	/* the last instant is over, too */
	if (x->begun && x->clock < EXCH_TS_NONE)
		exch_realism_sample(x, x->clock + 1);
	return rc == EXCH_OK && x->failed ? exch_report_nomem(d) : rc;
}

int
exch_realism_new(
    const char *symbol, struct exch_realism **out, struct exch_diag *d)
{
	struct exch_realism *x = exch_calloc(1, sizeof(*x));
	int rc;

	*out = NULL;
	if (x == NULL)
		return exch_report_nomem(d);
	rc = exch_books_init(&x->books, &x->insts, d);
	if (rc != EXCH_OK) {
		exch_realism_free(x);
		return rc;
	}
	if (symbol != NULL) {
		x->named = true;
		(void)snprintf(x->symbol, sizeof(x->symbol), "%s", symbol);
	}
	x->watch =
	    (struct exch_books_watch){.arg = x, .enter = enter, .leave = leave};
	x->linear.lags = 1;
	x->absolute.lags = 20;
	x->signs.lags = EXCH_MEMORY_LAGS;
	*out = x;
	return EXCH_OK;
}

void
exch_realism_free(struct exch_realism *x)
{
	if (x == NULL)
		return;
	for (unsigned i = 0; i < EXCH_DISTS; i++)
		exch_shape_clear(&x->dist[i]);
	exch_realism_given_clear(x);
	exch_books_clear(&x->books);
	exch_insts_clear(&x->insts);
	exch_free(x->born);
	exch_free(x);
}

const char *
exch_realism_symbol(const struct exch_realism *x)
{
	return x->symbol;
}

uint64_t
exch_realism_unknown(const struct exch_realism *x)
{
	return x->books.unknown;
}
