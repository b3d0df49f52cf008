/*
 * How far a feed came: the time of its last record, and what it has told of
 * executions at that very time.  Another feed that takes its place may tell the
 * same ones, and those that the first did not get to tell.
 *
 * Feeds know nothing of each other's numbers, and do not agree on how many
 * records a trade makes.  What they agree on is how much of an instrument was
 * traded at a price, so that is what is noted, and taken off again.
 *
 * A damaged time must not make a feed seem to have come further than it did: a
 * time is believed to be reached when the one behind it was.
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
	uint32_t instr;
	uint32_t what;
};

struct sum {
	struct exch_key key; /* (instrument and what, price) */
	exch_qty qty;
};

struct told {
	exch_ts last;  /* time of the latest record; 0: there was none */
	exch_ts until; /* and of the latest one before that time */
	struct exch_buf at_last;
	struct exch_keyed sums; /* of these, once they were added up */
	bool summed;
};

struct told *
told_new(void)
{
	return exch_calloc(1, sizeof(struct told));
}

void
told_free(struct told *t)
{
	if (t == NULL)
		return;
	exch_buf_free(&t->at_last);
	exch_keyed_clear(&t->sums);
	exch_free(t);
}

exch_ts
told_last(const struct told *t)
{
	return t->last;
}

exch_ts
told_until(const struct told *t)
{
	return t->until;
}

/* ---- what a record tells ---- */

/* The quantity that an execution is of; NULL: it is none. */
static exch_qty *
executed(struct exch_rec *r)
{
	void *p = r;

	if (r->type == EXCH_REC_BOOK_EXEC)
		return &((struct exch_rec_book_exec *)p)->qty;
	if (r->type == EXCH_REC_BOOK_PRINT)
		return &((struct exch_rec_book_print *)p)->qty;
	if (r->type == EXCH_REC_TRADE)
		return &((struct exch_rec_trade *)p)->qty;
	return NULL;
}

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
	struct execution e = {.instr = r->instr, .what = DONE};

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

/* The clock of the feed; whatever was told at another time is settled. */
static void
reach(struct told *t, exch_ts at)
{
	if (at == t->last)
		return;
	if (at < t->last && t->last - at <= DISORDER) {
		if (at > t->until)
			t->until = at;
		return;
	}
	/* All that is far ahead of this one was damage. */
	if (at < t->last)
		t->until = t->until < at ? t->until : at - 1;
	else
		t->until = t->last;
	t->last = at;
	t->at_last.len = 0;
}

int
told_note(struct told *t, const struct stand *s, const struct exch_rec *r,
    struct exch_diag *d)
{
	struct execution e;

	reach(t, r->time);
	if (r->time != t->last || !is_execution(r))
		return 0;
	e = execution_of(s, r);
	exch_buf_add(&t->at_last, &e, sizeof(e));
	return t->at_last.failed
		   ? exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
			 "out of memory for executions")
		   : 0;
}

/* ---- and the other one ---- */

static uint32_t
place_of(uint32_t instr, uint32_t what)
{
	return instr * WHATS + what;
}

static int
add_up(struct told *t)
{
	size_t n = t->at_last.len / sizeof(struct execution);
	const struct execution *e = (const void *)t->at_last.p;
	int err = exch_keyed_init(&t->sums, sizeof(struct sum));

	for (size_t i = 0; i < n && err == 0; i++) {
		struct sum *s;

		err = exch_keyed_add(&t->sums, place_of(e[i].instr, e[i].what),
		    (uint64_t)e[i].price, &s);
		if (err == EXCH_ERR_EXISTS)
			err = 0;
		if (err == 0)
			s->qty = e[i].qty < EXCH_QTY_NONE - s->qty
				     ? s->qty + e[i].qty
				     : EXCH_QTY_NONE;
	}
	t->summed = err == 0;
	return err;
}

/* How much of an execution was told at `last`; it is not told again. */
static exch_qty
take_off(struct told *t, uint32_t instr, const struct execution *e)
{
	struct sum *s = exch_keyed_find(
	    &t->sums, place_of(instr, e->what), (uint64_t)e->price);
	exch_qty n = s == NULL || s->qty < e->qty ? 0 : e->qty;

	if (s == NULL)
		return 0;
	if (n == 0)
		n = s->qty;
	s->qty -= n;
	return n;
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

int
told_else(struct told *t, const struct stand *first, const struct stand *second,
    const struct exch_rec *r, stand_fn *take, void *arg, struct exch_diag *d)
{
	uint64_t copy[64];
	struct exch_rec *left = (void *)copy;
	struct execution e;
	exch_qty told;
	int err;

	if (r->time > t->last || !is_execution(r) ||
	    (r->time > t->until && r->time != t->last))
		return take(arg, r, d);
	if (!t->summed && add_up(t) != 0)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for executions");
	e = execution_of(second, r);
	told = r->time <= t->until
		   ? e.qty
		   : take_off(t, stand_same(first, second, r->instr), &e);
	err = reduce(r, told, take, arg, d);
	if (err != 0 || told == e.qty)
		return err;
	if (told == 0 || exch_rec_len(r) > sizeof(copy))
		return take(arg, r, d);
	memcpy(copy, r, exch_rec_len(r));
	*executed(left) -= told;
	return take(arg, left, d);
}
