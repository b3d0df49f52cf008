/*
 * What a feed displayed before --from: the orders that rest, in the order
 * in which they took their places.  At --from they are given out as if
 * displayed at once, so that the book is the venue's from the first moment
 * of the window on.
 *
 * Orders live in an array, chained by display order and found by an open
 * hash of slots; a slot once used is used again, so that memory follows
 * the most orders that rested at one time.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "exch-replay/tool.h"
#include "rec/schema.h"

struct shown {
	struct exch_rec_book_add add;
	uint32_t prev, next; /* in order of display; free: next free */
	uint32_t chain;	     /* of the same hash */
};

struct snap {
	struct shown *at; /* [0] is the ring's head */
	uint32_t n, cap;  /* slots used so far */
	uint32_t free;	  /* 0 none */
	uint32_t *head;	  /* by hash */
	uint32_t mask;
};

struct snap *
snap_new(void)
{
	struct snap *s = exch_calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->cap = 1024;
	s->mask = 4095;
	s->n = 1;
	s->at = exch_calloc(s->cap, sizeof(*s->at));
	s->head = exch_calloc((size_t)s->mask + 1, sizeof(*s->head));
	if (s->at == NULL || s->head == NULL) {
		snap_free(s);
		return NULL;
	}
	return s;
}

void
snap_free(struct snap *s)
{
	if (s == NULL)
		return;
	exch_free(s->at);
	exch_free(s->head);
	exch_free(s);
}

static uint32_t *
bucket(const struct snap *s, uint32_t instr, exch_oid order)
{
	uint64_t h =
	    (order ^ (uint64_t)instr << 40) * UINT64_C(0x9e3779b97f4a7c15);

	return &s->head[(h >> 32) & s->mask];
}

static uint32_t
find(const struct snap *s, uint32_t instr, exch_oid order)
{
	uint32_t i = *bucket(s, instr, order);

	while (i != 0 &&
	       (s->at[i].add.order != order || s->at[i].add.h.instr != instr))
		i = s->at[i].chain;
	return i;
}

static void
chain_in(struct snap *s, uint32_t i)
{
	uint32_t *b = bucket(s, s->at[i].add.h.instr, s->at[i].add.order);

	s->at[i].chain = *b;
	*b = i;
}

static void
drop(struct snap *s, uint32_t i)
{
	struct shown *o = &s->at[i];
	uint32_t *b = bucket(s, o->add.h.instr, o->add.order);

	while (*b != i)
		b = &s->at[*b].chain;
	*b = o->chain;
	s->at[o->prev].next = o->next;
	s->at[o->next].prev = o->prev;
	o->next = s->free;
	s->free = i;
}

/* Twice the slots and buckets; the chains are made anew. */
static int
grow(struct snap *s)
{
	uint32_t mask = s->mask * 2 + 1;
	struct shown *at = exch_realloc(s->at, (size_t)s->cap * 2, sizeof(*at));
	uint32_t *head;

	if (at == NULL)
		return EXCH_ERR_NOMEM;
	s->at = at;
	s->cap *= 2;
	head = exch_calloc((size_t)mask + 1, sizeof(*head));
	if (head == NULL)
		return EXCH_ERR_NOMEM;
	exch_free(s->head);
	s->head = head;
	s->mask = mask;
	for (uint32_t i = s->at[0].next; i != 0; i = s->at[i].next)
		chain_in(s, i);
	return 0;
}

static int
add(struct snap *s, const struct exch_rec_book_add *a)
{
	uint32_t i = find(s, a->h.instr, a->order);

	if (i != 0)
		drop(s, i);
	if (s->free == 0 && s->n == s->cap && grow(s) != 0)
		return EXCH_ERR_NOMEM;
	i = s->free != 0 ? s->free : s->n++;
	if (i == s->free)
		s->free = s->at[i].next;
	s->at[i].add = *a;
	s->at[i].next = 0;
	s->at[i].prev = s->at[0].prev;
	s->at[s->at[0].prev].next = i;
	s->at[0].prev = i;
	chain_in(s, i);
	return 0;
}

static void
take_away(struct snap *s, uint32_t instr, exch_oid order, exch_qty qty)
{
	uint32_t i = find(s, instr, order);

	if (i == 0)
		return;
	if (qty >= s->at[i].add.qty)
		drop(s, i);
	else
		s->at[i].add.qty -= qty;
}

static int
change(struct snap *s, const struct exch_rec_book_replace *u)
{
	struct exch_rec_book_add a;
	uint32_t i = find(s, u->h.instr, u->order);

	if (i == 0)
		return 0;
	a = s->at[i].add;
	drop(s, i);
	a.h.time = u->h.time;
	a.order = u->new_order;
	a.price = u->price;
	a.qty = u->qty;
	return add(s, &a);
}

int
snap_take(struct snap *s, const struct exch_rec *r)
{
	const struct exch_schema *known = exch_schema_of(r->type);
	const void *p = r;
	const struct exch_rec_book_exec *x = p;
	const struct exch_rec_book_reduce *e = p;
	const struct exch_rec_book_delete *d = p;

	/* Too short for its type: nothing in it can be trusted. */
	if (known == NULL || exch_rec_len(r) < known->size)
		return 0;
	switch (r->type) {
	case EXCH_REC_BOOK_ADD:
		return add(s, p);
	case EXCH_REC_BOOK_EXEC:
		take_away(s, r->instr, x->order, x->qty);
		break;
	case EXCH_REC_BOOK_REDUCE:
		take_away(s, r->instr, e->order, e->qty);
		break;
	case EXCH_REC_BOOK_DELETE:
		take_away(s, r->instr, d->order, EXCH_QTY_NONE);
		break;
	case EXCH_REC_BOOK_REPLACE:
		return change(s, p);
	default:
		break;
	}
	return 0;
}

int
snap_give(struct snap *s,
    int (*take)(void *arg, const struct exch_rec *r, struct exch_diag *d),
    void *arg, struct exch_diag *d)
{
	int rc = 0;

	for (uint32_t i = s->at[0].next; i != 0 && rc == 0; i = s->at[i].next) {
		s->at[i].add.h.flags |= EXCH_F_SNAPSHOT;
		rc = take(arg, &s->at[i].add.h, d);
	}
	return rc;
}

exch_px
snap_price(const struct snap *s, uint32_t instr, exch_oid order)
{
	uint32_t i = find(s, instr, order);

	return i != 0 ? s->at[i].add.price : EXCH_PX_NONE;
}
