/*
 * The record switch: what a feed displayed becomes commands.  Rules, by the
 * names of exch-replay(1):
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
 * Records of the decoder have no source: all are made anew here.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "replay/ahead.h"
#include "replay/own.h"

int
exch_replay_new(const struct exch_replay_opts *o, struct exch_writer *out,
    struct exch_replay **r, struct exch_diag *d)
{
	struct exch_replay *n = exch_calloc(1, sizeof(*n));

	if (n == NULL)
		goto fail;
	n->o = *o;
	n->out = out;
	n->phase = EXCH_PHASE_CONTINUOUS; /* as in exch-match */
	n->shadow = exch_shadow_new(o->orders);
	if (n->shadow == NULL)
		goto fail;
	*r = n;
	return EXCH_OK;
fail:
	exch_free(n);
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for the displayed orders");
}

void
exch_replay_free(struct exch_replay *r)
{
	if (r == NULL)
		return;
	exch_group_free(r);
	exch_shadow_free(r->shadow);
	exch_free(r);
}

const struct exch_replay_stats *
exch_replay_stats(const struct exch_replay *r)
{
	return &r->st;
}

/* A record passed on as it is, but numbered by our writer. */
static void
pass(struct exch_replay *r, const struct exch_rec *rec, uint8_t flags)
{
	size_t n = exch_rec_len(rec);
	struct exch_rec *q =
	    exch_writer_new(r->out, rec->type, n, rec->instr, rec->time);

	memcpy(q + 1, rec + 1, n - sizeof(*rec));
	q->len8 = rec->len8;
	q->flags = rec->flags | flags;
}

/* ---- displays ---- */

static void
late_note(
    struct exch_replay *r, struct exch_shown *in, struct exch_shown_order *o)
{
	if (__builtin_expect(o->id > in->newest, 1)) {
		in->newest = o->id;
		o->fresh = true;
	} else if (o->id < in->newest) {
		r->st.late++;
		o->by_id = r->o.by_id;
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
	n->account = 0;
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
	if (exch_shadow_add(r->shadow, in, o) == EXCH_OK)
		return EXCH_OK;
	return no_memory(d);
}

/* A display that is the rest of the pending aggressor, and no seeded one. */
static bool
joins(const struct exch_replay *r, const struct exch_shown *in,
    const struct exch_shown_order *o, const struct exch_rec *h)
{
	return (h->flags & (EXCH_F_SYNTHETIC | EXCH_F_SNAPSHOT)) == 0 &&
	       exch_group_joins(r, in->group, o) &&
	       exch_shadow_find(r->shadow, in, o->id) == EXCH_SLOT_NONE;
}

static int
add(struct exch_replay *r, struct exch_shown *in,
    const struct exch_rec_book_add *a, struct exch_diag *d)
{
	struct exch_shown_order o = {
	    .id = a->order, .price = a->price, .qty = a->qty, .side = a->side};

	if (!exch_shadow_fits(in, &o)) {
		exch_group_end(r, in);
		put_new(r, in, &o, &a->h); /* the engine says why not */
		return EXCH_OK;
	}
	late_note(r, in, &o);
	if (in->group != NULL && joins(r, in, &o, &a->h)) {
		struct exch_rest rest = {.order = &o};

		exch_group_flush(r, in->group, &rest);
		in->run_open = false;
		return display(r, in, &o, d);
	}
	exch_group_end(r, in);
	if (exch_shadow_crosses(r->shadow, in, &o))
		exch_venue_crossed(r, in, a->h.time);
	put_new(r, in, &o, &a->h);
	return exch_shadow_add(r->shadow, in, &o) == EXCH_OK ? EXCH_OK
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

static int
unknown(
    struct exch_replay *r, struct exch_shown *in, exch_oid order, exch_qty qty)
{
	exch_group_end(r, in);
	(void)exch_replay_unknown(r, in, order, qty);
	return EXCH_OK;
}

static int
reduce(struct exch_replay *r, struct exch_shown *in, const struct exch_rec *h,
    exch_oid order, exch_qty qty)
{
	exch_slot o = exch_shadow_find(r->shadow, in, order);

	if (o == EXCH_SLOT_NONE)
		return unknown(r, in, order, qty);
	exch_group_end(r, in);
	put_cancel(r, h, order, qty);
	if (qty != 0)
		(void)exch_shadow_take(r->shadow, in, o, qty);
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
replace_apart(struct exch_replay *r, struct exch_shown *in,
    const struct exch_rec_book_replace *u, exch_slot old,
    struct exch_shown_order *o, struct exch_diag *d)
{
	exch_group_end(r, in);
	put_cancel(r, &u->h, u->order, EXCH_QTY_NONE);
	(void)exch_shadow_take(r->shadow, in, old, EXCH_QTY_NONE);
	if (!exch_shadow_fits(in, o)) {
		put_new(r, in, o, &u->h);
		return EXCH_OK;
	}
	if (o->id != u->order)
		late_note(r, in, o);
	if (exch_shadow_crosses(r->shadow, in, o))
		exch_venue_crossed(r, in, u->h.time);
	put_new(r, in, o, &u->h);
	return display(r, in, o, d);
}

/* What replaces an order never seen has no side, and cannot be placed. */
static int
replace_unknown(struct exch_replay *r, struct exch_shown *in,
    const struct exch_rec_book_replace *u, struct exch_shown_order *o,
    struct exch_diag *d)
{
	(void)unknown(r, in, u->order, EXCH_QTY_NONE);
	o->side = EXCH_BUY; /* any: only price and quantity are kept */
	if (!exch_shadow_fits(in, o))
		return EXCH_OK;
	if (exch_shadow_lose(r->shadow, in, o) == EXCH_OK)
		return EXCH_OK;
	return no_memory(d);
}

static int
replace(struct exch_replay *r, struct exch_shown *in,
    const struct exch_rec_book_replace *u, struct exch_diag *d)
{
	exch_slot old = exch_shadow_find(r->shadow, in, u->order);
	struct exch_shown_order o = {
	    .id = u->new_order, .price = u->price, .qty = u->qty};

	if (old == EXCH_SLOT_NONE)
		return replace_unknown(r, in, u, &o, d);
	o.side = exch_shadow_side(r->shadow, old);
	if (!exch_shadow_fits(in, &o) ||
	    exch_shadow_find(r->shadow, in, o.id) != EXCH_SLOT_NONE)
		return replace_apart(r, in, u, old, &o, d);
	late_note(r, in, &o);
	if (in->group != NULL && joins(r, in, &o, &u->h)) {
		struct exch_rest rest = {.order = &o, .old = u->order};

		exch_group_flush(r, in->group, &rest);
		in->run_open = false;
	} else {
		exch_group_end(r, in);
		if (exch_shadow_crosses(r->shadow, in, &o))
			exch_venue_crossed(r, in, u->h.time);
		put_replace(r, in, u, &o);
	}
	(void)exch_shadow_take(r->shadow, in, old, EXCH_QTY_NONE);
	return display(r, in, &o, d);
}

/* ---- executions and prints ---- */

static int
executed(struct exch_replay *r, struct exch_shown *in,
    const struct exch_rec_book_exec *x, struct exch_diag *d)
{
	exch_slot o;

	if (x->printable != 0) {
		if (in->phase != EXCH_PHASE_CONTINUOUS)
			exch_venue_matching(r, in, x->h.time);
		return exch_replay_execution(r, in, x, d);
	}
	r->st.cross_fills++;
	o = exch_shadow_find(r->shadow, in, x->order);
	if (o == EXCH_SLOT_NONE)
		return unknown(r, in, x->order, x->qty);
	exch_group_end(r, in);
	exch_replay_impose_cancel(
	    r, x->h.instr, x->h.time, x->order, x->qty, EXCH_CAUSE_CROSS);
	(void)exch_shadow_take(r->shadow, in, o, x->qty);
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

/* ---- the switch ---- */

/* A record shorter than its type is the decoder's defect. */
static int
cut(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
	    "a record is shorter than its type");
}

static int
take_exec(struct exch_replay *r, struct exch_shown *in,
    const struct exch_rec *rec, struct exch_diag *d)
{
	const struct exch_rec_book_exec *x =
	    EXCH_REC_AS(rec, exch_rec_book_exec);

	if (x == NULL)
		return cut(d);
	/* Nothing was executed; no order can be reduced by it. */
	return x->qty == 0 ? EXCH_OK : executed(r, in, x, d);
}

static int
take_print(struct exch_replay *r, struct exch_shown *in,
    const struct exch_rec *rec, struct exch_diag *d)
{
	const struct exch_rec_book_print *p =
	    EXCH_REC_AS(rec, exch_rec_book_print);

	if (p == NULL)
		return cut(d);
	if (p->kind == EXCH_PRINT_CROSS)
		return crossed(r, in, p);
	return p->qty == 0 ? EXCH_OK : exch_replay_hidden(r, in, p, d);
}

/* A market data record of one instrument. */
static int
take_book(struct exch_replay *r, struct exch_shown *in,
    const struct exch_rec *rec, struct exch_diag *d)
{
	const struct exch_rec_book_add *a;
	const struct exch_rec_book_reduce *x;
	const struct exch_rec_book_delete *e;
	const struct exch_rec_book_replace *u;

	switch (rec->type) {
	case EXCH_REC_BOOK_ADD:
		a = EXCH_REC_AS(rec, exch_rec_book_add);
		return a != NULL ? add(r, in, a, d) : cut(d);
	case EXCH_REC_BOOK_DELETE:
		e = EXCH_REC_AS(rec, exch_rec_book_delete);
		return e != NULL ? reduce(r, in, rec, e->order, EXCH_QTY_NONE)
				 : cut(d);
	case EXCH_REC_BOOK_REPLACE:
		u = EXCH_REC_AS(rec, exch_rec_book_replace);
		return u != NULL ? replace(r, in, u, d) : cut(d);
	case EXCH_REC_BOOK_REDUCE:
		x = EXCH_REC_AS(rec, exch_rec_book_reduce);
		return x != NULL ? reduce(r, in, rec, x->order, x->qty)
				 : cut(d);
	case EXCH_REC_BOOK_EXEC:
		return take_exec(r, in, rec, d);
	default:
		return take_print(r, in, rec, d);
	}
}

/* All else is passed on, behind what was held back of its instrument. */
static int
take_other(
    struct exch_replay *r, const struct exch_rec *rec, struct exch_diag *d)
{
	const struct exch_rec_phase *p;
	const struct exch_rec_instrument *i;
	struct exch_shown *in = NULL;
	uint8_t flags = 0;

	if (rec->instr != 0) {
		in = exch_shadow_get(r->shadow, rec->instr, r->phase);
		if (in == NULL)
			return exch_diag_set(d, EXCH_ERR_NOMEM, NULL,
			    EXCH_POS_NONE, 0, "out of memory for instruments");
		exch_group_end(r, in);
	} else {
		exch_group_flush_all(r);
	}
	if (rec->type == EXCH_REC_PHASE) {
		p = EXCH_REC_AS(rec, exch_rec_phase);
		if (p == NULL)
			return cut(d);
		exch_venue_phase(r, in, p->phase);
		flags = EXCH_F_IMPOSED;
	} else if (rec->type == EXCH_REC_INSTRUMENT && in != NULL) {
		i = EXCH_REC_AS(rec, exch_rec_instrument);
		if (i == NULL)
			return cut(d);
		exch_shadow_announce(in, i->tick);
	}
	pass(r, rec, flags);
	return EXCH_OK;
}

/* A record comes: what was held back for another time is complete. */
static inline void
begin(struct exch_replay *r, const struct exch_rec *rec)
{
	if (r->npending != 0 && rec->time != r->pending_time)
		exch_group_flush_all(r);
	r->last_time = rec->time;
}

/* A record of any kind. */
static inline int
take(struct exch_replay *r, const struct exch_rec *rec, struct exch_diag *d)
{
	struct exch_shown *in;

	begin(r, rec);
	if (__builtin_expect(rec->instr > EXCH_INSTR_MAX, 0))
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "instrument id %u is too large", rec->instr);
	if (rec->type < EXCH_REC_BOOK_ADD || rec->type > EXCH_REC_BOOK_PRINT)
		return take_other(r, rec, d);
	in = exch_shadow_get(r->shadow, rec->instr, r->phase);
	if (__builtin_expect(in == NULL, 0))
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for instruments");
	return take_book(r, in, rec, d);
}

int
exch_replay_take(
    struct exch_replay *r, const struct exch_rec *rec, struct exch_diag *d)
{
	return take(r, rec, d);
}

/* The next records of a run, looked at together. */
static int
take_ahead(struct exch_replay *r, const char **p, const char *end,
    exch_ts *last, struct exch_diag *d)
{
	struct exch_ahead ahead[EXCH_AHEAD];
	size_t n = 0;
	int rc = 0;

	for (; n < EXCH_AHEAD && *p < end; n++) {
		exch_ahead_first(r->shadow, &ahead[n], (const void *)*p);
		*p += exch_rec_len(ahead[n].rec);
	}
	for (size_t i = 0; i < n; i++)
		exch_ahead_second(r->shadow, &ahead[i]);
	for (size_t i = 0; i < n; i++)
		exch_ahead_third(r->shadow, &ahead[i]);
	for (size_t i = 0; i < n && rc == 0; i++) {
		const struct exch_ahead *a = &ahead[i];

		*last = a->rec->time;
		if (__builtin_expect(a->in != NULL && a->in->tick.d != 0, 1)) {
			begin(r, a->rec);
			rc = take_book(r, a->in, a->rec, d);
		} else {
			rc = take(r, a->rec, d);
		}
	}
	return rc;
}

int
exch_replay_run(struct exch_replay *r, const struct exch_rec *rec, size_t n,
    exch_ts *last, struct exch_diag *d)
{
	const char *p = (const void *)rec;
	const char *end = p + n;
	bool far = exch_ahead_pays(
	    r->shadow->store, r->shadow->ninstr, sizeof(struct exch_shown));
	int rc = 0;

	while (far && p < end && rc == 0)
		rc = take_ahead(r, &p, end, last, d);
	while (p < end && rc == 0) {
		const struct exch_rec *one = (const void *)p;

		*last = one->time;
		rc = take(r, one, d);
		p += exch_rec_len(one);
	}
	return rc;
}

void
exch_replay_until(struct exch_replay *r, exch_ts time)
{
	if (r->npending != 0 && time != r->pending_time)
		exch_group_flush_all(r);
}

int
exch_replay_finish(struct exch_replay *r, struct exch_diag *d)
{
	char text[96];
	int n;

	exch_group_flush_all(r);
	if (r->st.unknown_refs + r->st.lost_refs == 0)
		return exch_writer_error(r->out, d);
	n = snprintf(text, sizeof(text),
	    "unknown-orders references=%" PRIu64 " successors=%" PRIu64,
	    r->st.unknown_refs, r->st.lost_refs);
	(void)exch_writer_new_text(r->out, EXCH_REC_NOTICE,
	    sizeof(struct exch_rec_notice), 0, r->last_time, text, (size_t)n);
	return exch_writer_error(r->out, d);
}
