/*
 * A market followed through the events of exch-match alone: which orders
 * are open is read from ACK, EXEC, CANCELLED and REPLACED, so that what the
 * tests compare with the venue is what the events say and not what the
 * engine holds.  One instrument.
 */
#ifndef EXCH_TESTS_FOLLOW_H
#define EXCH_TESTS_FOLLOW_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "book/book.h"
#include "rec/stream.h"

struct follow {
	struct exch_book_store *s;
	struct exch_book b;
	exch_px tick;
	struct exch_rec_new in; /* the latest of each */
	struct exch_rec_replace rep;
	uint64_t execs;
	uint64_t cross_fills; /* imposed: two make one trade */
	exch_qty volume;
	exch_i128 turnover; /* 10^-9 */
	bool boundary;	    /* the record ended an event */
};

static inline void
follow_die(const char *why)
{
	fprintf(stderr, "%s\n", why);
	exit(1);
}

static inline void
follow_open(struct follow *f)
{
	memset(f, 0, sizeof(*f));
	f->s = exch_book_store_new(1024);
	if (f->s == NULL)
		follow_die("out of memory");
	f->tick = 1;
}

static inline void
follow_put(struct follow *f, exch_oid id, uint8_t side, exch_px px,
    exch_qty qty, bool by_id)
{
	struct exch_book_order o = {
	    .id = id,
	    .tick = px == EXCH_PX_NONE ? EXCH_TICK_MARKET : px / f->tick,
	    .qty = qty,
	    .side = side,
	    .by_id = by_id,
	};

	if (exch_book_add(f->s, &f->b, &o, NULL) != EXCH_OK)
		follow_die("an order is acknowledged twice");
}

static inline exch_slot
follow_find(struct follow *f, exch_oid id)
{
	exch_slot o = exch_book_find(f->s, &f->b, id);

	if (o == EXCH_SLOT_NONE)
		follow_die("an event names an order that is not open");
	return o;
}

static inline void
follow_take(struct follow *f, exch_oid id, exch_qty qty)
{
	exch_slot o = follow_find(f, id);

	if (qty > exch_book_slots(f->s)[o].qty)
		follow_die("an event takes more than is open");
	exch_book_fill(f->s, &f->b, o, qty);
}

static inline void
follow_replaced(struct follow *f, const struct exch_rec_replaced *r)
{
	exch_slot o = follow_find(f, r->order);
	uint8_t side = exch_book_side_of(f->s, o);

	if (r->kept) {
		exch_qty open = exch_book_slots(f->s)[o].qty;

		if (r->qty < open)
			exch_book_reduce(f->s, o, open - r->qty);
		return;
	}
	exch_book_remove(f->s, &f->b, o);
	follow_put(f, r->new_order, side, f->rep.price, r->qty,
	    (f->rep.ordflags & EXCH_ORD_BY_ID) != 0);
}

static inline void
follow_cancelled(struct follow *f, const struct exch_rec_cancelled *c)
{
	const struct exch_ext *e =
	    exch_rec_ext(&c->h, sizeof(*c), EXCH_EXT_CAUSE);

	follow_take(f, c->order, c->qty);
	if (c->reason == EXCH_WHY_IMPOSED && e != NULL &&
	    e->small == EXCH_CAUSE_CROSS)
		f->cross_fills++;
}

static inline void
follow_traded(struct follow *f, exch_px px, exch_qty qty)
{
	f->volume += qty;
	if (px != EXCH_PX_NONE)
		f->turnover += (exch_i128)px * (exch_i128)qty;
}

static inline void
follow_record(struct follow *f, const struct exch_rec *h)
{
	const void *p = h;
	const struct exch_rec_exec *x = p;
	const struct exch_rec_trade *t = p;

	f->boundary = false;
	switch (h->type) {
	case EXCH_REC_INSTRUMENT:
		f->b.instr = h->instr;
		f->tick = ((const struct exch_rec_instrument *)p)->tick;
		return;
	case EXCH_REC_NEW:
		memcpy(&f->in, p, sizeof(f->in));
		return;
	case EXCH_REC_REPLACE:
		memcpy(&f->rep, p, sizeof(f->rep));
		return;
	case EXCH_REC_ACK:
		if (f->in.order != ((const struct exch_rec_ack *)p)->order)
			follow_die("ACK of another order");
		follow_put(f, f->in.order, f->in.side, f->in.price, f->in.qty,
		    (f->in.ordflags & EXCH_ORD_BY_ID) != 0);
		break;
	case EXCH_REC_EXEC:
		follow_take(f, x->buy, x->qty);
		follow_take(f, x->sell, x->qty);
		follow_traded(f, x->price, x->qty);
		f->execs++;
		break;
	case EXCH_REC_TRADE:
		follow_traded(f, t->price, t->qty);
		return;
	case EXCH_REC_CANCELLED:
		follow_cancelled(f, p);
		break;
	case EXCH_REC_REPLACED:
		follow_replaced(f, p);
		break;
	default:
		break;
	}
	f->boundary = (h->flags & EXCH_F_LAST) != 0;
}

/* Standard input as a stream; the caller closes reader and input. */
static inline struct exch_reader *
follow_input(struct exch_in **in, struct exch_diag *d)
{
	struct exch_reader *r = NULL;

	if (exch_in_fd(0, false, "input", in, d) != EXCH_OK ||
	    exch_reader_open(*in, NULL, &r, d) != EXCH_OK)
		follow_die(d->text);
	return r;
}

#endif
