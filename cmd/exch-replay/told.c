/*
 * How far a feed came, and what it has told of executions.  Another feed that
 * takes its place may tell the same ones, and those that the first did not get
 * to tell.
 *
 * Feeds know nothing of each other's numbers, and do not agree on how many
 * records a trade makes.  What they agree on is how much of an instrument was
 * traded at a price and at a time, so that is what is noted, and taken off again.
 * What is older than an instrument's last time was told; of that time and of
 * later, what was noted at the same time was.
 *
 * A damaged time must not make a feed seem to have come further, or less far,
 * than it did: a jump is believed when the record behind it is there, too.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/keyed.h"
#include "exch-replay/tool.h"
#include "rec/schema.h"

/* Records of several sessions of a feed may be in disorder by so much. */
#define DISORDER EXCH_SEC

/* Executions and prints are counted apart where a feed tells both of a cross. */
enum what { DONE, CROSSED, UNPRINTED, WHATS };

struct execution {
	exch_px price;
	exch_qty qty;
	exch_ts time;
	uint32_t instr; /* of the first feed; 0: it does not know it */
	enum what what;
};

struct clock {
	exch_ts last;  /* the latest time; 0: there was none */
	exch_ts until; /* and the latest one before it */
	exch_ts odd;   /* a jump that is not believed yet; 0: there is none */
};

struct of_instr {
	struct exch_key key; /* (0, instrument) */
	struct clock clock;
};

/* What was executed at a price, the last time that something was. */
struct sum {
	struct exch_key key; /* (instrument and what, price) */
	exch_ts at;
	exch_qty qty;
};

struct told {
	struct clock clock; /* of all of it */
	exch_ts farthest;   /* time of an execution */
	struct exch_keyed instrs;
	struct exch_keyed sums;
};

struct told *
told_new(void)
{
	struct told *t = exch_calloc(1, sizeof(*t));

	if (t != NULL &&
	    (exch_keyed_init(&t->instrs, sizeof(struct of_instr)) != 0 ||
		exch_keyed_init(&t->sums, sizeof(struct sum)) != 0)) {
		told_free(t);
		t = NULL;
	}
	return t;
}

void
told_free(struct told *t)
{
	if (t == NULL)
		return;
	exch_keyed_clear(&t->instrs);
	exch_keyed_clear(&t->sums);
	exch_free(t);
}

exch_ts
told_last(const struct told *t)
{
	return t->clock.last;
}

exch_ts
told_reached(const struct told *t)
{
	return t->clock.odd > t->clock.last ? t->clock.odd : t->clock.last;
}

bool
told_knows(const struct told *t, exch_ts at)
{
	return at <= t->farthest || at <= told_reached(t);
}

exch_ts
told_before(const struct told *t)
{
	return t->clock.until > DISORDER ? t->clock.until - DISORDER : 0;
}

/* ---- clocks ---- */

static bool
is_near(exch_ts a, exch_ts b)
{
	return (a > b ? a - b : b - a) <= DISORDER;
}

static void
step(struct clock *c, exch_ts at)
{
	if (at > c->last) {
		c->until = c->last;
		c->last = at;
	} else if (at < c->last && at > c->until) {
		c->until = at;
	}
}

/* The jump was none of a damaged time: what is behind it goes on there. */
static void
believe(struct clock *c)
{
	if (c->odd > c->last)
		c->until = c->last;
	else if (c->until >= c->odd)
		c->until = c->odd - 1;
	c->last = c->odd;
	c->odd = 0;
}

static void
reach(struct clock *c, exch_ts at)
{
	if (at == 0)
		return;
	if (c->odd != 0 && !is_near(at, c->last) &&
	    (is_near(at, c->odd) || (c->odd > c->last && at > c->odd)))
		believe(c);
	if (c->last == 0 || is_near(at, c->last)) {
		c->odd = 0;
		step(c, at);
	} else {
		c->odd = at;
	}
}

/* ---- what a record tells ---- */

static bool
is_execution(const struct exch_rec *r)
{
	const struct exch_schema *known = exch_schema_of(r->type);

	return (r->type == EXCH_REC_BOOK_EXEC ||
		   r->type == EXCH_REC_BOOK_PRINT ||
		   r->type == EXCH_REC_TRADE) &&
	       exch_rec_len(r) >= known->size && r->instr <= EXCH_INSTR_MAX;
}

/* `s` has the orders as they were before. */
static struct execution
execution_of(const struct stand *s, const struct exch_rec *r)
{
	const void *p = r;
	const struct exch_rec_book_exec *x = p;
	const struct exch_rec_book_print *b = p;
	const struct exch_rec_trade *t = p;
	struct execution e = {.time = r->time, .instr = r->instr, .what = DONE};

	switch (r->type) {
	case EXCH_REC_BOOK_EXEC:
		e.price = x->price != EXCH_PX_NONE
			      ? x->price
			      : stand_price(s, r->instr, x->order);
		e.qty = x->qty;
		e.what = x->printable != 0 ? DONE : UNPRINTED;
		break;
	case EXCH_REC_BOOK_PRINT:
		e.price = b->price;
		e.qty = b->qty;
		e.what = b->cross != 0 ? CROSSED : DONE;
		break;
	default:
		e.price = t->price;
		e.qty = t->qty;
		e.what = t->cross != 0 ? CROSSED : DONE;
		break;
	}
	return e;
}

/* ---- the first feed ---- */

static uint32_t
place_of(uint32_t instr, enum what what)
{
	return instr * WHATS + what;
}

static int
note_execution(struct told *t, const struct execution *e)
{
	struct sum *s;
	int err = exch_keyed_add(
	    &t->sums, place_of(e->instr, e->what), (uint64_t)e->price, &s);

	if (err != 0 && err != EXCH_ERR_EXISTS)
		return err;
	if (e->time > t->farthest)
		t->farthest = e->time;
	if (s->at != e->time)
		s->qty = 0;
	s->at = e->time;
	s->qty =
	    e->qty < EXCH_QTY_NONE - s->qty ? s->qty + e->qty : EXCH_QTY_NONE;
	return 0;
}

int
told_note(struct told *t, const struct stand *s, const struct exch_rec *r,
    struct exch_diag *d)
{
	struct of_instr *i;
	int err;

	if (r->instr > EXCH_INSTR_MAX)
		return 0;
	reach(&t->clock, r->time);
	err = exch_keyed_add(&t->instrs, 0, r->instr, &i);
	if (err == 0 || err == EXCH_ERR_EXISTS) {
		reach(&i->clock, r->time);
		err = 0;
	}
	if (err == 0 && is_execution(r)) {
		struct execution e = execution_of(s, r);

		err = note_execution(t, &e);
	}
	return err == 0 ? 0
			: exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE,
			      0, "out of memory for executions");
}

/* ---- and the other one ---- */

/* So much of it was told at its time, at a price; it is taken off with `take`. */
static exch_qty
told_at(struct told *t, const struct execution *e, exch_px price, exch_qty most,
    bool take)
{
	struct sum *s = exch_keyed_find(
	    &t->sums, place_of(e->instr, e->what), (uint64_t)price);
	exch_qty n;

	if (s == NULL || s->at != e->time)
		return 0;
	n = s->qty < most ? s->qty : most;
	if (take)
		s->qty -= n;
	return n;
}

/* How much of an execution the first has told. */
static exch_qty
told_of(struct told *t, const struct execution *e, bool take)
{
	const struct of_instr *i = exch_keyed_find(&t->instrs, 0, e->instr);
	exch_qty n;

	if (e->instr == 0 || i == NULL)
		return 0;
	if (e->time <= i->clock.until)
		return e->qty;
	n = told_at(t, e, e->price, e->qty, take);
	/* Of orders that it did not know it could not tell the price. */
	if (n < e->qty && e->price != EXCH_PX_NONE)
		n += told_at(t, e, EXCH_PX_NONE, e->qty - n, take);
	return n;
}

/* An execution of the second, of an instrument of the first. */
static struct execution
of_second(const struct stand *first, const struct stand *second,
    const struct exch_rec *r)
{
	struct execution e = execution_of(second, r);

	e.instr = stand_same(first, second, r->instr);
	return e;
}

bool
told_is_all(struct told *t, const struct stand *first,
    const struct stand *second, const struct exch_rec *r)
{
	struct execution e;

	if (!is_execution(r))
		return true;
	e = of_second(first, second, r);
	if (told_of(t, &e, false) < e.qty)
		return false;
	(void)told_of(t, &e, true);
	return true;
}

/* What was executed and told leaves the order nevertheless. */
static int
reduce(const struct exch_rec *r, exch_qty qty, stand_fn *take, void *arg,
    struct exch_diag *d)
{
	const struct exch_rec_book_exec *x = (const void *)r;
	struct exch_rec_book_reduce out = {
	    .h = {.type = EXCH_REC_BOOK_REDUCE,
		.len8 = sizeof(out) / 8,
		.instr = r->instr,
		.time = r->time},
	    .order = x->order,
	    .qty = qty,
	};

	return qty != 0 && r->type == EXCH_REC_BOOK_EXEC ? take(arg, &out.h, d)
							 : 0;
}

/* An execution of less, without what extends the record. */
static int
rest(const struct exch_rec *r, exch_qty qty, stand_fn *take, void *arg,
    struct exch_diag *d)
{
	union {
		struct exch_rec h;
		struct exch_rec_book_exec exec;
		struct exch_rec_book_print print;
		struct exch_rec_trade trade;
	} u;
	size_t n = exch_schema_of(r->type)->size;

	memcpy(&u, r, n);
	u.h.len8 = (uint8_t)(n / 8);
	u.h.flags &= (uint8_t)~EXCH_F_EXT;
	if (r->type == EXCH_REC_BOOK_EXEC)
		u.exec.qty = qty;
	else if (r->type == EXCH_REC_BOOK_PRINT)
		u.print.qty = qty;
	else
		u.trade.qty = qty;
	return take(arg, &u.h, d);
}

int
told_else(struct told *t, const struct stand *first, const struct stand *second,
    const struct exch_rec *r, stand_fn *take, void *arg, struct exch_diag *d)
{
	struct execution e;
	exch_qty n;
	int err;

	if (!is_execution(r))
		return take(arg, r, d);
	e = of_second(first, second, r);
	n = told_of(t, &e, true);
	if (n == 0)
		return take(arg, r, d);
	err = reduce(r, n, take, arg, d);
	return err == 0 && n < e.qty ? rest(r, e.qty - n, take, arg, d) : err;
}
