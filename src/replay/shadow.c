/*
 * The shadow book (shadow.h): thin, over src/book.  Leaves to others what
 * becomes of its answers; knows nothing of groups or commands.
 */
#include <config.h>

#include "base/alloc.h"
#include "replay/shadow.h"

#define PAGE EXCH_SHOWN_PAGE
#define PAGES ((EXCH_INSTR_MAX + 1) / PAGE)

struct exch_shadow *
exch_shadow_new(size_t orders)
{
	struct exch_shadow *s = exch_calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->store = exch_book_store_new(orders);
	s->lost = exch_book_store_new(0);
	s->page = exch_calloc(PAGES, sizeof(struct exch_shown *));
	if (s->store == NULL || s->lost == NULL || s->page == NULL) {
		exch_shadow_free(s);
		return NULL;
	}
	return s;
}

void
exch_shadow_free(struct exch_shadow *s)
{
	if (s == NULL)
		return;
	for (uint32_t i = 0; s->page != NULL && i < s->npages; i++) {
		for (uint32_t k = 0; s->page[i] != NULL && k < PAGE; k++)
			exch_free(s->page[i][k].lost);
		exch_big_free(s->page[i], PAGE * sizeof(struct exch_shown));
	}
	exch_free(s->page);
	exch_book_store_free(s->lost);
	exch_book_store_free(s->store);
	exch_free(s);
}

static bool
page_make(struct exch_shadow *s, uint32_t p)
{
	s->page[p] = exch_big_alloc(PAGE * sizeof(struct exch_shown));
	if (s->page[p] == NULL)
		return false;
	if (p >= s->npages)
		s->npages = p + 1;
	return true;
}

struct exch_shown *
exch_shadow_make(struct exch_shadow *s, uint32_t instr, uint8_t phase)
{
	uint32_t p = instr / PAGE;
	struct exch_shown *in;

	if (s->page[p] == NULL && !page_make(s, p))
		return NULL;
	in = &s->page[p][instr % PAGE];
	if (in->tick.d == 0) {
		/* Not announced (yet): the finest grid there is. */
		s->ninstr++;
		in->tick = exch_div_by(1);
		in->book.instr = instr;
		in->phase = phase;
	}
	return in;
}

struct exch_shown *
exch_shadow_next(struct exch_shadow *s, uint32_t *instr)
{
	uint32_t i = *instr;

	while (i / PAGE < s->npages) {
		struct exch_shown *page = s->page[i / PAGE];

		if (page == NULL) {
			i = (i / PAGE + 1) * PAGE;
			continue;
		}
		if (page[i % PAGE].tick.d != 0) {
			*instr = i + 1;
			return &page[i % PAGE];
		}
		i++;
	}
	return NULL;
}

void
exch_shadow_announce(struct exch_shown *in, exch_px tick)
{
	if (tick > 0 && exch_book_is_empty(&in->book) &&
	    (in->lost == NULL || exch_book_is_empty(in->lost)))
		in->tick = exch_div_by((uint64_t)tick);
}

/* The best tick of a side (an index); false when it is empty. */
static inline bool
best(const struct exch_shadow *s, const struct exch_shown *in, unsigned side,
    int64_t *tick)
{
	exch_slot l = in->book.side[side].best;

	if (l == EXCH_SLOT_NONE)
		return false;
	*tick = exch_book_slots(s->store)[l].tick;
	return true;
}

int
exch_shadow_lose(struct exch_shadow *s, struct exch_shown *in,
    const struct exch_shown_order *o)
{
	struct exch_book_order b = {
	    .id = o->id, .tick = o->tick, .qty = o->qty, .side = EXCH_BUY};
	int e;

	if (in->lost == NULL) {
		in->lost = exch_calloc(1, sizeof(*in->lost));
		if (in->lost == NULL)
			return EXCH_ERR_NOMEM;
		in->lost->instr = in->book.instr;
	}
	e = exch_book_add(s->lost, in->lost, &b, NULL);
	return e == EXCH_ERR_NOMEM ? e : EXCH_OK;
}

bool
exch_shadow_lost(struct exch_shadow *s, struct exch_shown *in, exch_oid id,
    exch_qty qty, exch_px *price)
{
	exch_slot o;

	if (in->lost == NULL || exch_book_is_empty(in->lost))
		return false;
	o = exch_book_find(s->lost, in->lost, id);
	if (o == EXCH_SLOT_NONE)
		return false;
	*price = exch_book_tick_of(s->lost, o) * (exch_px)in->tick.d;
	if (qty < exch_book_slots(s->lost)[o].qty)
		exch_book_reduce(s->lost, o, qty);
	else
		exch_book_remove(s->lost, in->lost, o);
	return true;
}

uint8_t
exch_shadow_aggressor(
    const struct exch_shadow *s, const struct exch_shown *in, exch_px price)
{
	exch_i128 p = price;
	int64_t tick;

	if (price == EXCH_PX_NONE)
		return EXCH_SIDE_NONE;
	if (best(s, in, 0, &tick) && p <= (exch_i128)tick * in->tick.d)
		return EXCH_SELL;
	if (best(s, in, 1, &tick) && p >= (exch_i128)tick * in->tick.d)
		return EXCH_BUY;
	return EXCH_SIDE_NONE;
}
