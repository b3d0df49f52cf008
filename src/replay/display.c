/*
 * What a feed displayed becomes commands.  Rules, by the names of
 * exch-replay(1):
 *
 * add, reduce, delete, replace: a display is a day order; a reduction and
 *	a deletion are cancels; a replacement (ITCH U) takes a new id and
 *	goes to the back of its queue.
 * late-display: an order whose id is below one displayed before is older
 *	than it; its place in the queue follows its id.
 * imposed-display: a display while the venue is closed is marked IMPOSED,
 *	because no order could come in then.
 * cross-fill: an execution that does not print (ITCH C with N) belongs to an
 *	auction: its quantity is cancelled under the cause cross.
 * cross-print: the auction's volume comes as one TRADE (ITCH Q); a print of
 *	no shares says that there was none, and is left out.
 * unknown-order: a reference to an order never displayed (a capture that
 *	begins in the middle of a day) moves nothing.  Executions of such
 *	orders keep their volume (rule imposed); all are counted, and one
 *	NOTICE at the end says how many, because a mid-day capture has them
 *	by the million.  References to an order that replaced an unknown one
 *	(its side is not told) are counted apart, as its successors.
 *
 * Executions and their aggressors are group.c's, phases are venue.c's.
 */
#include <config.h>

#include "replay/ahead.h"
#include "replay/own.h"

/* ---- displays ---- */

static inline void
late_note(
    struct exch_replay *r, struct exch_shown *in, struct exch_shown_order *o)
{
	if (__builtin_expect(o->id > in->newest, 1)) {
		in->newest = o->id;
		o->fresh = true;
	} else if (r->o.by_id && o->id < in->newest) {
		r->st.late++;
		o->by_id = true;
	}
}

/* The flags a display needs in this phase of its instrument. */
static uint8_t
display_flags(const struct exch_shown *in)
{
	return in->phase == EXCH_PHASE_CLOSED ? EXCH_F_IMPOSED : 0;
}

static inline __attribute__((always_inline)) void
put_new(struct exch_replay *r, const struct exch_shown *in,
    const struct exch_shown_order *o, const struct exch_rec *h)
{
	struct exch_rec_new *n = exch_writer_put(
	    r->out, EXCH_REC_NEW, sizeof(*n), h->instr, h->time);

	r->st.commands++;
	if (__builtin_expect(h->flags != 0, 0)) {
		n->h.flags |= h->flags & (EXCH_F_SYNTHETIC | EXCH_F_SNAPSHOT);
		if ((h->flags & EXCH_F_SNAPSHOT) != 0)
			n->h.flags |= EXCH_F_IMPOSED; /* it rested already */
	}
	n->h.flags |= display_flags(in);
	n->order = o->id;
	n->price = o->price;
	n->qty = o->qty;
	n->account = exch_replay_owner(r, h->instr, o->id);
	n->side = o->side;
	n->ordtype = EXCH_ORD_LIMIT;
	n->tif = EXCH_TIF_DAY;
	n->ordflags = o->by_id ? EXCH_ORD_BY_ID : 0;
}

static inline void
put_cancel(struct exch_replay *r, const struct exch_rec *h, exch_oid order,
    exch_qty qty)
{
	struct exch_rec_cancel *c = exch_writer_put(
	    r->out, EXCH_REC_CANCEL, sizeof(*c), h->instr, h->time);

	r->st.commands++;
	c->order = order;
	c->qty = qty;
}

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for the displayed orders");
}

static __attribute__((noinline)) int
display(struct exch_replay *r, struct exch_shown *in,
    const struct exch_shown_order *o, struct exch_diag *d)
{
	size_t home = exch_shadow_home(r->shadow, in, o->id);

	if (exch_shadow_add(r->shadow, in, o, home) == EXCH_OK)
		return EXCH_OK;
	return no_memory(d);
}

/* A display that is the rest of the pending aggressor, and no seeded one. */
static bool
joins(const struct exch_replay *r, const struct exch_shown *in,
    const struct exch_shown_order *o, const struct exch_rec *h)
{
	return (h->flags & (EXCH_F_SYNTHETIC | EXCH_F_SNAPSHOT)) == 0 &&
	       exch_group_joins(in->group, o) &&
	       exch_shadow_find(r->shadow, in, o->id) == EXCH_SLOT_NONE;
}

static int
add(struct exch_replay *r, const struct exch_ahead *a, struct exch_diag *d)
{
	const struct exch_rec_book_add *rec = (const void *)a->rec;
	struct exch_shown *in = a->in;
	struct exch_shown_order o = {.id = rec->order,
	    .price = rec->price,
	    .qty = rec->qty,
	    .side = rec->side,
	    .tick = a->tick};

	if (__builtin_expect(!exch_shadow_fits(in, &o), 0)) {
		exch_group_end(r, in);
		put_new(r, in, &o, &rec->h); /* the engine says why not */
		return EXCH_OK;
	}
	late_note(r, in, &o);
	if (in->group != NULL && joins(r, in, &o, &rec->h)) {
		struct exch_rest rest = {.order = &o};

		exch_group_flush(r, in->group, &rest);
		in->run_open = false;
		return display(r, in, &o, d);
	}
	exch_group_end(r, in);
	if (__builtin_expect(exch_shadow_crosses(in, &o), 0))
		exch_venue_crossed(r, in, rec->h.time);
	put_new(r, in, &o, &rec->h);
	return exch_shadow_add(r->shadow, in, &o, a->home) == EXCH_OK
		   ? EXCH_OK
		   : no_memory(d);
}

exch_px
exch_replay_unknown(
    struct exch_replay *r, struct exch_shown *in, exch_oid order, exch_qty qty)
{
	exch_px price = EXCH_PX_NONE;

	if (exch_shadow_lost(r->shadow, in, order, qty, &price))
		r->st.lost_refs++;
	else
		r->st.unknown_refs++;
	return price;
}

static __attribute__((noinline)) int
unknown(
    struct exch_replay *r, struct exch_shown *in, exch_oid order, exch_qty qty)
{
	exch_group_end(r, in);
	(void)exch_replay_unknown(r, in, order, qty);
	return EXCH_OK;
}

/* A deletion or a reduction by qty. */
static inline int
reduce(struct exch_replay *r, const struct exch_ahead *a, exch_qty qty)
{
	const struct exch_rec_book_delete *rec = (const void *)a->rec;
	struct exch_shown *in = a->in;
	exch_slot o = exch_shadow_look(r->shadow, in, a->home, rec->order);

	if (__builtin_expect(o == EXCH_SLOT_NONE, 0))
		return unknown(r, in, rec->order, qty);
	exch_group_end(r, in);
	put_cancel(r, &rec->h, rec->order, qty);
	if (qty != 0)
		(void)exch_shadow_take(r->shadow, in, o, a->home, qty);
	return EXCH_OK;
}

static void
put_replace(struct exch_replay *r, const struct exch_shown *in,
    const struct exch_rec_book_replace *u, const struct exch_shown_order *o)
{
	struct exch_rec_replace *n = exch_writer_new(
	    r->out, EXCH_REC_REPLACE, sizeof(*n), u->h.instr, u->h.time);

	r->st.commands++;
	n->h.flags |= display_flags(in);
	n->order = u->order;
	n->new_order = o->id;
	n->price = o->price;
	n->qty = o->qty;
	n->tif = EXCH_TIF_DAY;
	n->ordflags = o->by_id ? EXCH_ORD_BY_ID : 0;
}

/*
 * A replacement the engine would refuse or would not send to the back of
 * the queue: its two halves apart, so that the old order goes at least.
 */
static __attribute__((noinline)) int
replace_apart(struct exch_replay *r, const struct exch_ahead *a, exch_slot old,
    struct exch_shown_order *o, struct exch_diag *d)
{
	const struct exch_rec_book_replace *u = (const void *)a->rec;
	struct exch_shown *in = a->in;

	exch_group_end(r, in);
	put_cancel(r, &u->h, u->order, EXCH_QTY_NONE);
	(void)exch_shadow_take(r->shadow, in, old, a->home, EXCH_QTY_NONE);
	if (!exch_shadow_fits(in, o)) {
		put_new(r, in, o, &u->h);
		return EXCH_OK;
	}
	if (o->id != u->order)
		late_note(r, in, o);
	if (exch_shadow_crosses(in, o))
		exch_venue_crossed(r, in, u->h.time);
	put_new(r, in, o, &u->h);
	return display(r, in, o, d);
}

/* What replaces an order never seen has no side, and cannot be placed. */
static __attribute__((noinline)) int
replace_unknown(struct exch_replay *r, const struct exch_ahead *a,
    struct exch_shown_order *o, struct exch_diag *d)
{
	const struct exch_rec_book_replace *u = (const void *)a->rec;

	(void)unknown(r, a->in, u->order, EXCH_QTY_NONE);
	o->side = EXCH_BUY; /* any: only price and quantity are kept */
	if (!exch_shadow_fits(a->in, o))
		return EXCH_OK;
	if (exch_shadow_lose(r->shadow, a->in, o) == EXCH_OK)
		return EXCH_OK;
	return no_memory(d);
}

/* Is this id free?  The highest so far is, without a look. */
static inline bool
is_free(const struct exch_replay *r, const struct exch_shown *in, exch_oid id)
{
	return id > in->newest ||
	       exch_shadow_find(r->shadow, in, id) == EXCH_SLOT_NONE;
}

static int
replace(struct exch_replay *r, const struct exch_ahead *a, struct exch_diag *d)
{
	const struct exch_rec_book_replace *u = (const void *)a->rec;
	struct exch_shown *in = a->in;
	exch_slot old = exch_shadow_look(r->shadow, in, a->home, u->order);
	struct exch_shown_order o = {.id = u->new_order,
	    .price = u->price,
	    .qty = u->qty,
	    .tick = a->tick};

	if (old == EXCH_SLOT_NONE)
		return replace_unknown(r, a, &o, d);
	o.side = exch_shadow_side(r->shadow, old);
	if (!exch_shadow_fits(in, &o) || !is_free(r, in, o.id))
		return replace_apart(r, a, old, &o, d);
	late_note(r, in, &o);
	if (in->group != NULL && joins(r, in, &o, &u->h)) {
		struct exch_rest rest = {.order = &o, .old = u->order};

		exch_group_flush(r, in->group, &rest);
		in->run_open = false;
	} else {
		exch_group_end(r, in);
		if (exch_shadow_crosses(in, &o))
			exch_venue_crossed(r, in, u->h.time);
		put_replace(r, in, u, &o);
	}
	(void)exch_shadow_take(r->shadow, in, old, a->home, EXCH_QTY_NONE);
	return display(r, in, &o, d);
}

/* ---- executions and prints ---- */

static int
executed(struct exch_replay *r, const struct exch_ahead *a, struct exch_diag *d)
{
	const struct exch_rec_book_exec *x = (const void *)a->rec;
	struct exch_shown *in = a->in;
	exch_slot o;

	/* Nothing was executed; no order can be reduced by it. */
	if (x->qty == 0)
		return EXCH_OK;
	o = exch_shadow_look(r->shadow, in, a->home, x->order);
	if (x->printable != 0) {
		if (in->phase != EXCH_PHASE_CONTINUOUS)
			exch_venue_matching(r, in, x->h.time);
		return exch_replay_execution(r, a, o, d);
	}
	r->st.cross_fills++;
	if (o == EXCH_SLOT_NONE)
		return unknown(r, in, x->order, x->qty);
	exch_group_end(r, in);
	exch_replay_impose_cancel(
	    r, x->h.instr, x->h.time, x->order, x->qty, EXCH_CAUSE_CROSS);
	(void)exch_shadow_take(r->shadow, in, o, a->home, x->qty);
	return EXCH_OK;
}

static int
crossed(struct exch_replay *r, struct exch_shown *in,
    const struct exch_rec_book_print *p)
{
	struct exch_rec_trade *t;

	r->st.crosses++;
	exch_group_end(r, in);
	if (p->qty != 0) {
		t = exch_writer_new(
		    r->out, EXCH_REC_TRADE, sizeof(*t), p->h.instr, p->h.time);
		t->h.flags |= EXCH_F_IMPOSED;
		t->match = p->match;
		t->price = p->price;
		t->qty = p->qty;
		t->cross = p->cross;
		t->kind = EXCH_PRINT_CROSS;
		t->cause = EXCH_CAUSE_CROSS;
	}
	exch_venue_cross(r, in, p->h.time);
	return EXCH_OK;
}

/* A trade of a feed that does not show orders. */
static int
traded(struct exch_replay *r, struct exch_shown *in,
    const struct exch_rec_book_print *p)
{
	struct exch_rec_trade *t;

	exch_group_end(r, in);
	t = exch_writer_new(
	    r->out, EXCH_REC_TRADE, sizeof(*t), p->h.instr, p->h.time);
	t->h.flags |= EXCH_F_IMPOSED;
	t->match = p->match;
	t->price = p->price;
	t->qty = p->qty;
	t->kind = EXCH_PRINT_TRADE;
	return EXCH_OK;
}

static int
printed(struct exch_replay *r, const struct exch_ahead *a, struct exch_diag *d)
{
	const struct exch_rec_book_print *p = (const void *)a->rec;

	if (p->kind == EXCH_PRINT_CROSS)
		return crossed(r, a->in, p);
	if (p->kind == EXCH_PRINT_TRADE)
		return traded(r, a->in, p);
	return p->qty == 0 ? EXCH_OK : exch_replay_hidden(r, a->in, p, d);
}

/* ---- runs ---- */

static inline int
take(struct exch_replay *r, const struct exch_ahead *a, struct exch_diag *d)
{
	exch_replay_begin(r, a->rec);
	switch (a->rec->type) {
	case EXCH_REC_BOOK_ADD:
		return add(r, a, d);
	case EXCH_REC_BOOK_DELETE:
		return reduce(r, a, EXCH_QTY_NONE);
	case EXCH_REC_BOOK_REPLACE:
		return replace(r, a, d);
	case EXCH_REC_BOOK_REDUCE:
		return reduce(r, a,
		    ((const struct exch_rec_book_reduce *)(const void *)a->rec)
			->qty);
	case EXCH_REC_BOOK_EXEC:
		return executed(r, a, d);
	default:
		return printed(r, a, d);
	}
}

/* A record that could not be looked at. */
static int
refuse(struct exch_replay *r, const struct exch_rec *rec, struct exch_diag *d)
{
	exch_replay_begin(r, rec);
	if (rec->instr > EXCH_INSTR_MAX)
		return exch_replay_far(rec, d);
	if (exch_ahead_is_whole(rec))
		return no_memory(d);
	return exch_replay_cut(d);
}

int
exch_replay_run(struct exch_replay *r, const struct exch_rec *rec, size_t *n,
    struct exch_diag *d)
{
	struct exch_batch b;
	const char *begin = (const void *)rec;
	const char *p = begin, *end = begin + *n;
	int rc = 0;

	while (p < end && rc == 0) {
		size_t i = 0;

		exch_ahead_look(r, &b, &p, end);
		if (b.n == 0)
			break;
		do
			rc = take(r, &b.one[i++], d);
		while (rc == 0 && i < b.n && exch_ahead_holds(r, &b));
		if (i < b.n)
			p = (const void *)b.one[i].rec;
	}
	*n = (size_t)(p - begin);
	rec = (const void *)p;
	if (*n != 0 || rc != 0 || !exch_replay_is_display(rec))
		return rc;
	return refuse(r, rec, d);
}
