/*
 * Market by order as CME sends it and Databento writes it down.  An event is a
 * run of records up to one with the flag "last":
 *
 *	T	an order came in and traded: its number, side and quantity
 *	F	with whom: one for each order that rested
 *	C M A	what became of them in the book
 *
 * Executions are told by T and F, so the C or M that only says the same again
 * is left out.  What an event did besides is put where it must have happened:
 * an order that goes without a fill while others trade was cancelled before
 * (self-match prevention), and what is left of the incoming order follows its
 * executions.  A fill on the incoming order's own side is its own report.
 *
 * An order whose quantity after its fills is more than was left is an iceberg
 * that has shown its next part, behind the others.  What T has more than its F
 * traded with nobody who was displayed.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "feed/dbn.h"
#include "feed/live.h"

struct event {
	struct exch_key key; /* 0, its instrument */
	struct exch_mbo_rec *rec;
	uint32_t n;
	size_t cap;
};

/* What is left of an order that came in, by its number. */
struct rest {
	struct exch_key key;
	uint64_t at; /* in its event */
};

struct exch_mbo {
	const struct exch_feed_sink *sink;
	struct exch_feed_stats *st;
	bool capture_time;
	struct exch_lives orders; /* (instrument, order) */
	struct exch_keyed events;
	struct exch_keyed rests; /* of the event in hand */
	uint64_t executions;
	uint32_t number; /* of the event, to mark what it filled */
	/* the event in hand */
	uint32_t instr;
	const struct exch_mbo_rec *r;
	struct exch_feed_at at;
};

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "no memory for market by order");
}

int
exch_mbo_new(const struct exch_feed_opts *o, const struct exch_feed_sink *sink,
    struct exch_feed_stats *st, struct exch_mbo **out, struct exch_diag *d)
{
	struct exch_mbo *m = exch_calloc(1, sizeof(*m));

	*out = m;
	if (m == NULL)
		return no_memory(d);
	m->sink = sink;
	m->st = st;
	m->capture_time = o->capture_time;
	if (exch_lives_init(&m->orders) != 0 ||
	    exch_keyed_init(&m->events, sizeof(struct event)) != 0 ||
	    exch_keyed_init(&m->rests, sizeof(struct rest)) != 0) {
		exch_mbo_free(m);
		*out = NULL;
		return no_memory(d);
	}
	return EXCH_OK;
}

void
exch_mbo_free(struct exch_mbo *m)
{
	struct event *e;
	uint32_t at = 0;

	if (m == NULL)
		return;
	while (m->events.live > 0 &&
	       (e = exch_keyed_next(&m->events, &at)) != NULL)
		exch_free(e->rec);
	exch_keyed_clear(&m->rests);
	exch_keyed_clear(&m->events);
	exch_lives_clear(&m->orders);
	exch_free(m);
}

/* ---- records ---- */

static int
bad(struct exch_mbo *m, const char *text, struct exch_diag *d)
{
	m->st->messages_bad++;
	return m->sink->trouble(m->sink->arg, &m->at, text, d);
}

/* With --capture-time a record says when it was captured. */
static int
emit(struct exch_mbo *m, struct exch_rec *r, struct exch_diag *d)
{
	union {
		struct exch_rec h;
		unsigned char b[128];
	} u;
	size_t n = exch_rec_len(r);
	struct exch_ext x = {
	    .tag = EXCH_EXT_CAPTURE_TIME, .value = m->r->captured};

	if (!m->capture_time || (m->r->flags & EXCH_MBO_BAD_RECV) != 0)
		return m->sink->record(m->sink->arg, r, d);
	memcpy(u.b, r, n);
	memcpy(u.b + n, &x, sizeof(x));
	u.h.flags |= EXCH_F_EXT;
	u.h.len8 = (uint8_t)((n + sizeof(x)) / 8);
	return m->sink->record(m->sink->arg, &u.h, d);
}

#define HEAD(kind, T, m)                                                       \
	{                                                                      \
		.type = (kind), .len8 = sizeof(struct T) / 8,                  \
		.instr = (m)->instr, .time = (m)->r->time                      \
	}

static uint8_t
side_of(char side)
{
	return side == 'B'   ? EXCH_BUY
	       : side == 'A' ? EXCH_SELL
			     : EXCH_SIDE_NONE;
}

static int
put_add(struct exch_mbo *m, struct exch_diag *d)
{
	const struct exch_mbo_rec *r = m->r;
	struct exch_rec_book_add a = {
	    .h = HEAD(EXCH_REC_BOOK_ADD, exch_rec_book_add, m),
	    .order = r->order,
	    .price = r->price,
	    .qty = r->size,
	    .side = side_of(r->side),
	};

	if ((r->flags & EXCH_MBO_SNAPSHOT) != 0)
		a.h.flags = EXCH_F_SNAPSHOT;
	return emit(m, &a.h, d);
}

static int
put_replace(struct exch_mbo *m, struct exch_diag *d)
{
	struct exch_rec_book_replace u = {
	    .h = HEAD(EXCH_REC_BOOK_REPLACE, exch_rec_book_replace, m),
	    .order = m->r->order,
	    .new_order = m->r->order,
	    .price = m->r->price,
	    .qty = m->r->size,
	};

	return emit(m, &u.h, d);
}

static int
put_reduce(struct exch_mbo *m, exch_qty qty, struct exch_diag *d)
{
	struct exch_rec_book_reduce x = {
	    .h = HEAD(EXCH_REC_BOOK_REDUCE, exch_rec_book_reduce, m),
	    .order = m->r->order,
	    .qty = qty,
	};

	return emit(m, &x.h, d);
}

static int
put_delete(struct exch_mbo *m, struct exch_diag *d)
{
	struct exch_rec_book_delete x = {
	    .h = HEAD(EXCH_REC_BOOK_DELETE, exch_rec_book_delete, m),
	    .order = m->r->order,
	};

	return emit(m, &x.h, d);
}

/* Executions have no number: they are counted. */
static int
put_exec(struct exch_mbo *m, const struct exch_live *l, exch_qty qty,
    bool printable, struct exch_diag *d)
{
	struct exch_rec_book_exec x = {
	    .h = HEAD(EXCH_REC_BOOK_EXEC, exch_rec_book_exec, m),
	    .order = m->r->order,
	    .qty = qty,
	    .match = ++m->executions,
	    .price = m->r->price == l->price ? EXCH_PX_NONE : m->r->price,
	    .printable = printable,
	};

	return emit(m, &x.h, d);
}

static int
put_print(struct exch_mbo *m, exch_qty qty, enum exch_print kind,
    exch_oid order, uint8_t side, struct exch_diag *d)
{
	struct exch_rec_book_print p = {
	    .h = HEAD(EXCH_REC_BOOK_PRINT, exch_rec_book_print, m),
	    .match = ++m->executions,
	    .price = m->r->price,
	    .qty = qty,
	    .order = order,
	    .side = side,
	    .kind = (uint8_t)kind,
	    .cross =
		kind == EXCH_PRINT_CROSS ? EXCH_CROSS_OPEN : EXCH_CROSS_NONE,
	};

	return emit(m, &p.h, d);
}

/* ---- the book ---- */

/* A, and M of an order that is not there. */
static int
on_add(struct exch_mbo *m, struct exch_diag *d)
{
	const struct exch_mbo_rec *r = m->r;
	struct exch_live *l;
	int err = exch_live_add(&m->orders, m->instr, r->order, m->instr, &l);

	if (err == EXCH_ERR_EXISTS)
		return bad(m, "A: the order is displayed already", d);
	if (err != 0)
		return no_memory(d);
	l->qty = r->size;
	l->price = r->price;
	return put_add(m, d);
}

/* Less keeps its place; more, or another price, goes behind the others. */
static int
on_modify(struct exch_mbo *m, struct exch_diag *d)
{
	const struct exch_mbo_rec *r = m->r;
	struct exch_live *l = exch_live_find(&m->orders, m->instr, r->order);
	exch_qty had;
	bool moved;

	if (l == NULL)
		return on_add(m, d);
	had = l->qty;
	moved = l->price != r->price;
	l->qty = r->size;
	l->price = r->price;
	if (had == 0)
		return put_add(m, d);
	if (moved || r->size > had)
		return put_replace(m, d);
	return r->size < had ? put_reduce(m, had - r->size, d) : EXCH_OK;
}

/* Of an order that was filled it says nothing new. */
static int
on_cancel(struct exch_mbo *m, struct exch_diag *d)
{
	struct exch_live *l = exch_live_find(&m->orders, m->instr, m->r->order);
	exch_qty had;

	if (l == NULL)
		return bad(m, "C: nobody displayed this order", d);
	had = l->qty;
	exch_live_drop(&m->orders, l);
	return had != 0 ? put_delete(m, d) : EXCH_OK;
}

/* What is more than was displayed came from below the surface. */
static int
on_fill(struct exch_mbo *m, bool printable, struct exch_diag *d)
{
	const struct exch_mbo_rec *r = m->r;
	struct exch_live *l = exch_live_find(&m->orders, m->instr, r->order);
	exch_qty shown = l == NULL ? 0 : l->qty;
	exch_qty qty = shown < r->size ? shown : r->size;
	int err = EXCH_OK;

	if (qty != 0) {
		l->qty -= qty;
		err = put_exec(m, l, qty, printable, d);
	}
	if (err == 0 && printable && qty < r->size)
		err = put_print(m, r->size - qty, EXCH_PRINT_HIDDEN, r->order,
		    side_of(r->side), d);
	return err;
}

static int
on_book(struct exch_mbo *m, struct exch_diag *d)
{
	switch (m->r->action) {
	case 'A':
		return on_add(m, d);
	case 'M':
		return on_modify(m, d);
	case 'C':
		return on_cancel(m, d);
	case 'R':
		return exch_live_clear(
		    &m->orders, m->instr, m->r->time, m->sink, d);
	default:
		return EXCH_OK;
	}
}

/* ---- events ---- */

/* Who is filled in it, and what is added in it. */
static int
survey(struct exch_mbo *m, const struct event *e, struct exch_diag *d)
{
	m->number++;
	for (uint32_t i = 0; i < e->n; i++) {
		const struct exch_mbo_rec *r = &e->rec[i];
		struct exch_live *l;
		struct rest *a;
		int err;

		if (r->action == 'F') {
			l = exch_live_find(&m->orders, m->instr, r->order);
			if (l != NULL)
				l->mark = m->number;
		} else if (r->action == 'A') {
			err = exch_keyed_add(&m->rests, 0, r->order, &a);
			if (err != 0 && err != EXCH_ERR_EXISTS)
				return no_memory(d);
			a->at = i;
		}
	}
	return EXCH_OK;
}

/* Orders that went while others traded, without trading. */
static int
prevented(struct exch_mbo *m, struct event *e, struct exch_diag *d)
{
	const struct exch_live *l;
	int err = EXCH_OK;

	for (uint32_t i = 0; i < e->n && err == 0; i++) {
		m->r = &e->rec[i];
		if (m->r->action != 'C')
			continue;
		l = exch_live_find(&m->orders, m->instr, m->r->order);
		if (l != NULL && l->mark == m->number)
			continue;
		err = on_cancel(m, d);
		e->rec[i].action = 'N';
	}
	return err;
}

/* What is left of the order that came in. */
static int
what_is_left(
    struct exch_mbo *m, struct event *e, exch_oid order, struct exch_diag *d)
{
	struct rest *a = exch_keyed_find(&m->rests, 0, order);

	if (a == NULL)
		return EXCH_OK;
	m->r = &e->rec[a->at];
	e->rec[a->at].action = 'N';
	exch_keyed_drop(&m->rests, a);
	return on_add(m, d);
}

/* A trade and its fills, up to the next one; *i is behind them afterwards. */
static int
trade(struct exch_mbo *m, struct event *e, uint32_t *i, struct exch_diag *d)
{
	const struct exch_mbo_rec *t = &e->rec[(*i)++];
	bool auction = side_of(t->side) == EXCH_SIDE_NONE;
	uint64_t filled = 0;
	int err = EXCH_OK;

	for (; *i < e->n && e->rec[*i].action != 'T' && err == 0; ++*i) {
		m->r = &e->rec[*i];
		if (m->r->action != 'F' || (!auction && m->r->side == t->side))
			continue;
		filled += m->r->size;
		err = on_fill(m, !auction, d);
	}
	m->r = t;
	if (err == 0 && auction)
		err = put_print(
		    m, t->size, EXCH_PRINT_CROSS, 0, EXCH_SIDE_NONE, d);
	else if (err == 0 && filled < t->size)
		err = put_print(m, t->size - filled, EXCH_PRINT_HIDDEN, 0,
		    t->side == 'B' ? EXCH_SELL : EXCH_BUY, d);
	if (err == 0 && t->order != 0 &&
	    (*i == e->n || e->rec[*i].order != t->order))
		err = what_is_left(m, e, t->order, d);
	return err;
}

/* Who was filled to the end and of whom nothing more is said. */
static void
forget(struct exch_mbo *m, const struct event *e)
{
	for (uint32_t i = 0; i < e->n; i++) {
		const struct exch_mbo_rec *r = &e->rec[i];
		struct exch_live *l;
		struct rest *a;

		if (r->action == 'F') {
			l = exch_live_find(&m->orders, m->instr, r->order);
			if (l != NULL && l->qty == 0)
				exch_live_drop(&m->orders, l);
		} else if (r->action == 'A') {
			a = exch_keyed_find(&m->rests, 0, r->order);
			if (a != NULL)
				exch_keyed_drop(&m->rests, a);
		}
	}
}

/* An event is over. */
static int
over(struct exch_mbo *m, struct event *e, struct exch_diag *d)
{
	uint32_t first = 0;
	int err = EXCH_OK;

	while (first < e->n && e->rec[first].action != 'T')
		first++;
	if (first < e->n)
		err = survey(m, e, d);
	if (err == 0 && first < e->n)
		err = prevented(m, e, d);
	for (uint32_t i = first; i < e->n && err == 0;)
		err = trade(m, e, &i, d);
	for (uint32_t i = 0; i < e->n && err == 0; i++) {
		m->r = &e->rec[i];
		err = on_book(m, d);
	}
	forget(m, e);
	e->n = 0;
	return err;
}

static int
keep(struct event *e, const struct exch_mbo_rec *r, struct exch_diag *d)
{
	if (!exch_room(&e->rec, e->n, &e->cap, sizeof(*r)))
		return no_memory(d);
	e->rec[e->n++] = *r;
	return EXCH_OK;
}

/* What would make no sense in any event; NULL: nothing. */
static const char *
wrong(const struct exch_mbo_rec *r)
{
	bool sided = side_of(r->side) != EXCH_SIDE_NONE;

	if (r->price == INT64_MIN)
		return "the price is beyond numbers";

	switch (r->action) {
	case 'A':
	case 'M':
		return r->order == 0		  ? "the order is 0"
		       : !sided			  ? "side is neither A nor B"
		       : r->size == 0		  ? "no quantity"
		       : r->price == EXCH_PX_NONE ? "no price"
						  : NULL;
	case 'T':
	case 'F':
		return r->size == 0		  ? "no quantity"
		       : r->price == EXCH_PX_NONE ? "no price"
						  : NULL;
	default:
		return NULL;
	}
}

int
exch_mbo_take(struct exch_mbo *m, uint32_t instr, const struct exch_mbo_rec *r,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	const char *why = wrong(r);
	struct event *e;
	char text[48];
	int err = exch_keyed_add(&m->events, 0, instr, &e);

	m->instr = instr;
	m->r = r;
	m->at = *at;
	if (err != 0 && err != EXCH_ERR_EXISTS)
		return no_memory(d);
	err = EXCH_OK;
	if (why != NULL) {
		snprintf(text, sizeof(text), "%c: %s", r->action, why);
		err = bad(m, text, d);
	} else if ((r->flags & EXCH_MBO_SNAPSHOT) != 0 ||
		   (e->n == 0 && (r->flags & EXCH_MBO_LAST) != 0 &&
		       r->action != 'T')) {
		return on_book(m, d);
	} else {
		err = keep(e, r, d);
	}
	if (err == 0 && e->n == EXCH_MBO_EVENT)
		err = bad(m, "an event of this length has no end", d);
	if (err == 0 &&
	    ((r->flags & EXCH_MBO_LAST) != 0 || e->n == EXCH_MBO_EVENT))
		err = over(m, e, d);
	return err;
}

int
exch_mbo_finish(struct exch_mbo *m, struct exch_diag *d)
{
	struct event *e;
	uint32_t at = 0;
	int err = EXCH_OK;

	while (err == 0 && (e = exch_keyed_next(&m->events, &at)) != NULL) {
		m->instr = (uint32_t)e->key.id;
		err = over(m, e, d);
	}
	return err;
}
