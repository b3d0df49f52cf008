/*
 * Matching as plain as can be, on books of its own, for what a feed would
 * show of it: an execution for each resting order, an add for what is left.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/err.h"
#include "bench/display.h"
#include "rec/rec.h"

struct venue {
	struct display *v;
	size_t cap;
	struct exch_book_store *store;
	struct exch_book *book;
	uint64_t match;
};

/* Longest message with its length. */
#define ROOM 64

static unsigned char *
message(struct venue *x, char type, uint32_t locate, size_t n)
{
	struct display *v = x->v;
	unsigned char *p;

	if (v->nbytes + ROOM > x->cap) {
		x->cap = x->cap * 2 + (1u << 20);
		v->bytes = realloc(v->bytes, x->cap);
		exch_check(v->bytes != NULL);
	}
	p = v->bytes + v->nbytes;
	memset(p, 0, ROOM);
	exch_put_be16(p, (uint16_t)n);
	p += 2;
	p[0] = (unsigned char)type;
	exch_put_be16(p + 1, (uint16_t)locate);
	/* A message every microsecond, for as long as a day is. */
	exch_put_be32(p + 7, (uint32_t)(v->n * 1000));
	exch_put_be16(p + 5, (uint16_t)(v->n * 1000 >> 32));
	v->nbytes += 2 + n;
	v->n++;
	return p;
}

static void
put_stock(unsigned char *p, uint32_t instr)
{
	memset(p, ' ', 8);
	p[0] = 'S';
	for (int i = 5; i > 0; i--, instr /= 10)
		p[i] = (unsigned char)('0' + instr % 10);
}

static void
put_price(unsigned char *p, int64_t tick)
{
	exch_put_be32(p, (uint32_t)(tick * (DISPLAY_TICK / 100000)));
}

static void
rest(struct venue *x, uint32_t instr, const struct exch_book_order *o)
{
	unsigned char *p = message(x, 'A', instr, 36);

	exch_put_be64(p + 11, o->id);
	p[19] = o->side == EXCH_BUY ? 'B' : 'S';
	exch_put_be32(p + 20, (uint32_t)o->qty);
	put_stock(p + 24, instr);
	put_price(p + 32, o->tick);
	exch_check(exch_book_add(x->store, &x->book[instr], o, NULL) == 0);
}

/* Whom the order meets; what is left of it stays in o->qty. */
static void
trade(struct venue *x, uint32_t instr, struct exch_book_order *o)
{
	struct exch_book *b = &x->book[instr];
	uint8_t other = o->side == EXCH_BUY ? EXCH_SELL : EXCH_BUY;
	exch_slot level;

	while (
	    o->qty > 0 && (level = exch_book_top(b, other)) != EXCH_SLOT_NONE) {
		const struct exch_slot_data *slot = exch_book_slots(x->store);
		exch_slot r = exch_book_first(x->store, level);
		exch_qty qty = slot[r].qty < o->qty ? slot[r].qty : o->qty;
		unsigned char *p;

		if (o->side == EXCH_BUY ? slot[level].tick > o->tick
					: slot[level].tick < o->tick)
			return;
		p = message(x, 'E', instr, 31);
		exch_put_be64(p + 11, slot[r].id);
		exch_put_be32(p + 19, (uint32_t)qty);
		exch_put_be64(p + 23, ++x->match);
		exch_book_fill(x->store, b, r, qty);
		o->qty -= qty;
	}
}

static void
enter(struct venue *x, uint32_t instr, struct exch_book_order *o, bool ioc)
{
	trade(x, instr, o);
	if (o->qty > 0 && !ioc)
		rest(x, instr, o);
}

static void
take_new(struct venue *x, const struct exch_rec_new *c)
{
	struct exch_book_order o = {.id = c->order,
	    .tick = c->price / DISPLAY_TICK,
	    .qty = c->qty,
	    .side = c->side};

	enter(x, c->h.instr, &o, c->tif == EXCH_TIF_IOC);
}

static void
take_cancel(struct venue *x, uint32_t instr, exch_oid id)
{
	struct exch_book *b = &x->book[instr];
	exch_slot o = exch_book_find(x->store, b, id);

	if (o == EXCH_SLOT_NONE)
		return;
	exch_put_be64(message(x, 'D', instr, 19) + 11, id);
	exch_book_remove(x->store, b, o);
}

/* A replacement that meets nobody is one message, another one three. */
static void
take_replace(struct venue *x, const struct exch_rec_replace *c)
{
	struct exch_book *b = &x->book[c->h.instr];
	exch_slot old = exch_book_find(x->store, b, c->order);
	struct exch_book_order o = {
	    .id = c->new_order, .tick = c->price / DISPLAY_TICK, .qty = c->qty};
	exch_slot top;
	unsigned char *p;

	if (old == EXCH_SLOT_NONE)
		return;
	o.side = exch_book_side_of(x->store, old);
	top = exch_book_top(b, o.side == EXCH_BUY ? EXCH_SELL : EXCH_BUY);
	if (o.id == c->order || o.qty == 0 ||
	    (top != EXCH_SLOT_NONE &&
		(o.side == EXCH_BUY
			? exch_book_slots(x->store)[top].tick <= o.tick
			: exch_book_slots(x->store)[top].tick >= o.tick))) {
		take_cancel(x, c->h.instr, c->order);
		enter(x, c->h.instr, &o, false);
		return;
	}
	p = message(x, 'U', c->h.instr, 35);
	exch_put_be64(p + 11, c->order);
	exch_put_be64(p + 19, o.id);
	exch_put_be32(p + 27, (uint32_t)o.qty);
	put_price(p + 31, o.tick);
	exch_book_remove(x->store, b, old);
	exch_check(exch_book_add(x->store, b, &o, NULL) == 0);
}

static void
directory(struct venue *x, uint32_t instruments)
{
	for (uint32_t i = 1; i <= instruments; i++) {
		put_stock(message(x, 'R', i, 39) + 11, i);
		x->book[i].instr = i;
	}
	x->v->head = x->v->nbytes;
	x->v->n = 0;
}

void
display_make(const struct load *l, uint32_t instruments, struct display *v)
{
	struct venue x = {.v = v,
	    .store = exch_book_store_new(0),
	    .book = calloc((size_t)instruments + 1, sizeof(*x.book))};
	const unsigned char *p = l->bytes + l->head;

	memset(v, 0, sizeof(*v));
	exch_check(x.store != NULL && x.book != NULL && instruments < 65536);
	v->instruments = instruments;
	directory(&x, instruments);
	while (p < l->bytes + l->nbytes) {
		const struct exch_rec *r = (const void *)p;

		if (r->type == EXCH_REC_NEW)
			take_new(&x, (const void *)r);
		else if (r->type == EXCH_REC_CANCEL)
			take_cancel(&x, r->instr,
			    ((const struct exch_rec_cancel *)(const void *)r)
				->order);
		else if (r->type == EXCH_REC_REPLACE)
			take_replace(&x, (const void *)r);
		p += exch_rec_len(r);
	}
	v->live = exch_book_live(x.store);
	v->sum = display_sum(x.store, x.book, instruments);
	exch_book_store_free(x.store);
	free(x.book);
}

void
display_free(struct display *v)
{
	free(v->bytes);
}

static uint64_t
mixed(uint64_t sum, uint64_t value)
{
	sum = (sum ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return sum ^ sum >> 29;
}

uint64_t
display_sum(const struct exch_book_store *s, const struct exch_book *book,
    uint32_t instruments)
{
	uint64_t sum = 1;

	for (uint32_t i = 1; i <= instruments; i++) {
		for (unsigned k = 0; k < 2; k++) {
			uint8_t side = k == 0 ? EXCH_BUY : EXCH_SELL;
			exch_slot l = exch_book_top(&book[i], side);

			for (; l != EXCH_SLOT_NONE;
			     l = exch_book_worse(s, &book[i], l)) {
				exch_slot o = exch_book_first(s, l);

				sum = mixed(sum, (uint64_t)s->slot[l].tick);
				for (; o != EXCH_SLOT_NONE;
				     o = exch_book_after(s, o))
					sum = mixed(mixed(sum, s->slot[o].id),
					    s->slot[o].qty);
			}
			sum = mixed(sum, i);
		}
	}
	return sum;
}
