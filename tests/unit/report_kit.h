/*
 * Records of a matched stream, made by hand, for tests of reports.
 */
#ifndef EXCH_TESTS_UNIT_REPORT_KIT_H
#define EXCH_TESTS_UNIT_REPORT_KIT_H

#include <string.h>

#include "rec/rec.h"

#define FEED 1
#define MATCHER 2
#define PX INT64_C(10000000)

/* A stream in memory: records one after the other, 8-byte aligned. */
struct tape {
	uint64_t word[4096];
	size_t n;
	exch_ts time;
};

static inline void *
add(struct tape *t, uint8_t type, size_t size, uint8_t source, uint8_t flags)
{
	struct exch_rec *r = (struct exch_rec *)(void *)&t->word[t->n];

	memset(r, 0, size);
	r->type = type;
	r->len8 = (uint8_t)(size / 8);
	r->source = source;
	r->flags = flags;
	r->instr = 1;
	r->time = t->time;
	t->time += EXCH_SEC;
	t->n += size / 8;
	return r;
}

static inline void
add_instrument(struct tape *t)
{
	struct exch_rec_instrument *r =
	    add(t, EXCH_REC_INSTRUMENT, sizeof(*r), FEED, 0);

	memcpy(r->symbol, "ABC", 3);
	memcpy(r->currency, "EUR", 3);
	r->px_decimals = 2;
	r->tick = PX;
	r->lot = 1;
	r->multiplier = 1000000000;
}

static inline void
add_order(struct tape *t, exch_oid id, uint8_t side, int64_t px, exch_qty qty,
    bool last)
{
	struct exch_rec_new *n = add(t, EXCH_REC_NEW, sizeof(*n), FEED, 0);
	struct exch_rec_ack *a;

	n->order = id;
	n->side = side;
	n->price = px * PX;
	n->qty = qty;
	n->ordtype = EXCH_ORD_LIMIT;
	a = add(t, EXCH_REC_ACK, sizeof(*a), MATCHER, last ? EXCH_F_LAST : 0);
	a->order = id;
}

static inline void
add_exec(struct tape *t, uint64_t match, exch_oid buy, exch_oid sell,
    int64_t px, exch_qty qty)
{
	struct exch_rec_exec *e =
	    add(t, EXCH_REC_EXEC, sizeof(*e), MATCHER, EXCH_F_LAST);

	e->match = match;
	e->buy = buy;
	e->sell = sell;
	e->price = px * PX;
	e->qty = qty;
	e->aggressor = EXCH_BUY;
}

#endif
