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
#include "base/real.h"
#include "report/realism_sums.h"
#include "report/report.h"

const unsigned exch_realism_span[EXCH_REALISM_SPANS] = {1, 5, 10, 60};
const unsigned exch_realism_lag[EXCH_REALISM_LAGS] = {1, 2, 5, 10, 20, 50, 100};

/* Further from 0 a sum of two prices in ticks might not fit. */
#define FAR (INT64_C(1) << 61)

/* A gap in time after which seconds are not looked at one by one. */
#define LONG_GAP 86400u

/* ---- time passes ---- */

static bool
is_open(const struct exch_realism *x)
{
	return x->books.inst[x->place].phase == EXCH_PHASE_CONTINUOUS;
}

static int64_t
half_ticks(const struct exch_realism *x)
{
	return x->best[0] + x->best[1];
}

static void
gap(struct exch_realism *x)
{
	x->run = 0;
	exch_memory_gap(&x->linear);
	exch_memory_gap(&x->absolute);
}

/* The returns that end at a second. */
static void
returns(struct exch_realism *x, uint64_t second)
{
	int64_t now = x->mid[second % EXCH_ARRAY_LEN(x->mid)];

	for (unsigned i = 0; i < EXCH_REALISM_SPANS; i++) {
		unsigned span = exch_realism_span[i];
		double r;

		if (x->run <= span || second % span != 0)
			continue;
		r = exch_real_log(
		    (double)now /
		    (double)x->mid[(second - span) % EXCH_ARRAY_LEN(x->mid)]);
		exch_moments_add(&x->returns[i], r);
		if (span != 1)
			continue;
		exch_memory_add(&x->linear, r);
		r = r < 0 ? -r : r;
		exch_memory_add(&x->absolute, r);
		exch_tail_add(&x->tail, r);
	}
}

static void
count(struct exch_realism *x, enum exch_realism_dist which, uint64_t v)
{
	if (exch_shape_add(&x->dist[which], exch_shape_block(x->clock), v, 1) !=
	    EXCH_OK)
		x->failed = true;
}

static void
profile(struct exch_realism *x)
{
	const struct exch_tally *t = &x->books.tally;

	x->profiles++;
	for (unsigned side = 0; side < 2; side++) {
		exch_slot l = exch_books_top(&x->books, x->place, side);

		for (unsigned i = 0;
		     i < EXCH_REALISM_LEVELS && l != EXCH_SLOT_NONE; i++) {
			x->depth[i] += (double)t->level[l].qty;
			l = exch_tally_worse(t, l);
		}
	}
}

/* How much stands at the best prices, and which side has more of it. */
static void
count_best(struct exch_realism *x)
{
	const struct exch_tally *t = &x->books.tally;
	exch_qty qty[2];

	for (unsigned side = 0; side < 2; side++) {
		qty[side] =
		    t->level[exch_books_top(&x->books, x->place, side)].qty;
		count(x, EXCH_DIST_BEST, qty[side]);
	}
	/* in percent; a level has a quantity */
	count(x, EXCH_DIST_IMBALANCE,
	    (uint64_t)((exch_u128)qty[0] * 100 / ((exch_u128)qty[0] + qty[1])));
}

/* The books stand as they do at the end of this instant. */
static void
sample(struct exch_realism *x, uint64_t second)
{
	if (!x->quoted || half_ticks(x) <= 0) {
		gap(x);
		return;
	}
	x->mid[second % EXCH_ARRAY_LEN(x->mid)] = half_ticks(x);
	x->run++;
	returns(x, second);
	profile(x);
	count_best(x);
}

static void
sample_until(struct exch_realism *x, exch_ts t)
{
	uint64_t end = t / EXCH_SEC + (t % EXCH_SEC != 0); /* not looked at */

	if (x->second < end && end - x->second > LONG_GAP) {
		gap(x);
		x->second = end;
	}
	for (; x->second < end; x->second++)
		sample(x, x->second);
}

static struct exch_realism_bin *
bin_of(struct exch_realism *x, exch_ts t)
{
	struct exch_realism_bin *b =
	    &x->bin[t / (1800 * EXCH_SEC) % EXCH_REALISM_BINS];

	if (b->order == 0)
		b->order = ++x->bins;
	return b;
}

/* Trading was open from the clock to t. */
static void
open_until(struct exch_realism *x, exch_ts t)
{
	const exch_ts half_hour = 1800 * EXCH_SEC;
	exch_ts from = x->clock;

	if (t - from > LONG_GAP * EXCH_SEC || t > EXCH_TS_NONE - half_hour)
		return;
	while (from < t) {
		exch_ts end = from - from % half_hour + half_hour;

		if (end > t)
			end = t;
		bin_of(x, from)->open += end - from;
		from = end;
	}
}

/* What holds until t was decided by then. */
static void
pass(struct exch_realism *x, exch_ts t)
{
	if (!x->begun) {
		x->begun = true;
		x->clock = t;
		x->second = t / EXCH_SEC + (t % EXCH_SEC != 0);
		return;
	}
	if (t <= x->clock)
		return;
	sample_until(x, t);
	if (is_open(x))
		open_until(x, t);
	if (x->quoted) {
		uint64_t ticks = (uint64_t)(x->best[1] - x->best[0]);
		uint64_t ns = t - x->clock;

		x->spread_time += (double)ns;
		x->spread_sum += (double)ns * (double)ticks;
		if (exch_shape_add(&x->dist[EXCH_DIST_SPREAD],
			exch_shape_block(x->clock), ticks, ns) != EXCH_OK)
			x->failed = true;
	}
	x->clock = t;
}

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
	count(x, EXCH_DIST_PLACEMENT, c);
	count(x, EXCH_DIST_DISTANCE, far);
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
	if (!is_open(x) || o->tick == EXCH_TICK_MARKET || x->took != 0)
		return;
	x->born[slot] = x->clock;
	x->adds++;
	x->added = o->side == EXCH_BUY ? 1 : -1;
	place_order(x, o);
	count(x, EXCH_DIST_SIZE, o->qty);
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
	    !x->withdraws || !is_open(x))
		return;
	lived = x->clock - x->born[slot];
	x->deletes++;
	x->gone = t->order[slot].side == 0 ? 1 : -1;
	exch_times_add(&x->lifetimes, lived);
	count(x, EXCH_DIST_LIFETIME, lived);
	if (x->has[t->order[slot].side])
		count(x, EXCH_DIST_WITHDRAWN,
		    behind(x, t->order[slot].side,
			exch_tally_tick_of(t, &t->order[slot]), &inside));
}

/* ---- records, before the books know ---- */

static void
arrive(struct exch_realism *x, const struct exch_rec *r)
{
	if ((r->flags & (EXCH_F_IMPOSED | EXCH_F_SNAPSHOT)) != 0)
		return;
	if (!is_open(x)) {
		x->arrived = 0;
		return;
	}
	if (x->arrived != 0) {
		uint64_t ns = x->clock - x->arrived;

		exch_moments_add(&x->arrival, (double)ns / 1e9);
		exch_times_add(&x->arrivals, ns);
		count(x, EXCH_DIST_ARRIVAL, ns);
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
	bin_of(x, x->clock)->volume += (double)e->qty;
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
	bin_of(x, x->clock)->volume += (double)t->qty;
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
	for (unsigned i = 0; i < EXCH_REALISM_LAGS; i++) {
		unsigned lag = exch_realism_lag[i];
		const struct exch_realism_past *p;

		if (x->events < lag)
			return;
		p = &x->past[(x->events - lag) % EXCH_REALISM_RING];
		if (p->kind == EXCH_KINDS)
			continue;
		x->effect[p->kind][i].n++;
		x->effect[p->kind][i].sum += p->sign * (double)(half - p->half);
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
	moved = half_ticks(x) != before;
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
	int64_t before = half_ticks(x);
	bool something = x->took != 0 || x->added != 0 || x->gone != 0;

	for (unsigned side = 0; side < 2; side++) {
		int64_t tick = b->side[side].best_tick;

		x->has[side] = b->side[side].best != EXCH_SLOT_NONE &&
			       tick > -FAR && tick < FAR;
		x->best[side] = x->has[side] ? tick : 0;
	}
	x->quoted =
	    is_open(x) && x->has[0] && x->has[1] && x->best[0] <= x->best[1];
	if (something || was != x->quoted)
		follow(x, was, before);
	x->took = x->added = x->gone = 0;
	x->taker = 0;
	if (!is_open(x))
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
		pass(x, r->time);
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
		pass(x, r->time);
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
		sample_until(x, x->clock + 1);
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
