/*
 * What was shown (shown.h).  The feed's own messages are trusted to be whole;
 * what they say of an order that is not known is left out, as a subscriber
 * would.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/check.h"
#include "md/publish.h"
#include "md/shown.h"

struct exch_shown_stock {
	unsigned char directory[39]; /* R; its first byte 0: not announced */
	unsigned char state[25];     /* H; the same */
};

struct shown_order {
	struct exch_key key; /* 0, reference */
	uint64_t rank;
	uint32_t shares, price;
	uint16_t locate;
	unsigned char side;
	uint8_t zero[5];
};

int
exch_shown_init(struct exch_shown *s)
{
	*s = (struct exch_shown){.next = 1};
	return exch_keyed_init(&s->order, sizeof(struct shown_order));
}

void
exch_shown_clear(struct exch_shown *s)
{
	exch_keyed_clear(&s->order);
	exch_free(s->stock);
	s->stock = NULL;
}

/* ---- messages ---- */

/* What is said again is said last; there are six events. */
static void
take_system(struct exch_shown *s, const unsigned char *p)
{
	unsigned i = 0;

	while (i < s->nsystem && s->system[i][11] != p[11])
		i++;
	if (i < s->nsystem)
		memmove(s->system[i], s->system[i + 1],
		    (--s->nsystem - i) * sizeof(s->system[0]));
	if (s->nsystem < EXCH_ARRAY_LEN(s->system))
		memcpy(s->system[s->nsystem++], p, sizeof(s->system[0]));
}

/* The stock of a message; NULL: no memory. */
static struct exch_shown_stock *
stock_of(struct exch_shown *s, const unsigned char *p)
{
	uint32_t at = exch_be16(p + 1), n = s->nstock == 0 ? 64 : s->nstock;
	struct exch_shown_stock *list;

	while (n <= at)
		n *= 2;
	if (n != s->nstock) {
		list = exch_realloc(s->stock, n, sizeof(*list));
		if (list == NULL)
			return NULL;
		memset(list + s->nstock, 0, (n - s->nstock) * sizeof(*list));
		s->stock = list;
		s->nstock = n;
	}
	return &s->stock[at];
}

static int
take_stock(struct exch_shown *s, const unsigned char *p)
{
	struct exch_shown_stock *k = stock_of(s, p);

	if (k == NULL)
		return EXCH_ERR_NOMEM;
	if (p[0] == 'R')
		memcpy(k->directory, p, sizeof(k->directory));
	else
		memcpy(k->state, p, sizeof(k->state));
	return EXCH_OK;
}

static int
add(struct exch_shown *s, uint64_t ref, const struct shown_order *as)
{
	struct shown_order *o;
	int err = exch_keyed_add(&s->order, 0, ref, &o);

	if (err != 0)
		return err == EXCH_ERR_EXISTS ? EXCH_OK : err;
	o->rank = ++s->rank;
	o->shares = as->shares;
	o->price = as->price;
	o->locate = as->locate;
	o->side = as->side;
	return EXCH_OK;
}

static int
take_add(struct exch_shown *s, const unsigned char *p)
{
	struct shown_order o = {.shares = exch_be32(p + 20),
	    .price = exch_be32(p + 32),
	    .locate = exch_be16(p + 1),
	    .side = p[19]};

	return add(s, exch_be64(p + 11), &o);
}

static int
take_replace(struct exch_shown *s, const unsigned char *p)
{
	struct shown_order *old =
	    exch_keyed_find(&s->order, 0, exch_be64(p + 11));
	struct shown_order o;

	if (old == NULL)
		return EXCH_OK;
	o = *old;
	o.shares = exch_be32(p + 27);
	o.price = exch_be32(p + 31);
	exch_keyed_drop(&s->order, old);
	return add(s, exch_be64(p + 19), &o);
}

/* It has so much less. */
static void
take_part(struct exch_shown *s, const unsigned char *p, uint32_t shares)
{
	struct shown_order *o =
	    exch_keyed_find(&s->order, 0, exch_be64(p + 11));

	if (o == NULL)
		return;
	if (shares >= o->shares)
		exch_keyed_drop(&s->order, o);
	else
		o->shares -= shares;
}

static int
take(struct exch_shown *s, const unsigned char *p)
{
	memcpy(s->time, p + 5, sizeof(s->time));
	switch (p[0]) {
	case 'S':
		take_system(s, p);
		return EXCH_OK;
	case 'R':
	case 'H':
		return take_stock(s, p);
	case 'A':
		return take_add(s, p);
	case 'U':
		return take_replace(s, p);
	case 'E':
	case 'C':
	case 'X':
		take_part(s, p, exch_be32(p + 19));
		return EXCH_OK;
	case 'D':
		take_part(s, p, UINT32_MAX);
		return EXCH_OK;
	default: /* what was traded, and what would be: no part of the book */
		return EXCH_OK;
	}
}

int
exch_shown_take(struct exch_shown *s, const unsigned char *p, size_t n)
{
	unsigned count = exch_be16(p + 18);
	int err = EXCH_OK;

	exch_check(exch_be64(p + 10) == s->next);
	if (count == EXCH_MOLD_OVER)
		return EXCH_OK;
	p += EXCH_MOLD_HEAD;
	n -= EXCH_MOLD_HEAD;
	for (; count > 0 && err == EXCH_OK; count--) {
		size_t len = 2 + (size_t)exch_be16(p);

		exch_check(len <= n && len <= 2 + EXCH_ITCH_MESSAGE);
		err = take(s, p + 2);
		s->next++;
		p += len;
		n -= len;
	}
	return err;
}

/* ---- the snapshot ---- */

struct teller {
	const struct exch_shown *s;
	void (*put)(void *arg, const unsigned char *p, size_t n);
	void *arg;
};

/* A message as it was, at the time that it is. */
static void
tell(const struct teller *t, const unsigned char *p, size_t n)
{
	unsigned char m[EXCH_ITCH_MESSAGE];

	memcpy(m, p, n);
	memcpy(m + 5, t->s->time, sizeof(t->s->time));
	t->put(t->arg, m, n);
}

static void
tell_stocks(const struct teller *t)
{
	for (uint32_t i = 0; i < t->s->nstock; i++) {
		const struct exch_shown_stock *k = &t->s->stock[i];

		if (k->directory[0] != 0)
			tell(t, k->directory, sizeof(k->directory));
		if (k->state[0] != 0)
			tell(t, k->state, sizeof(k->state));
	}
}

static int
by_rank(const void *a, const void *b)
{
	const struct shown_order *const *x = a, *const *y = b;

	return ((*x)->rank > (*y)->rank) - ((*x)->rank < (*y)->rank);
}

static void
tell_order(const struct teller *t, const struct shown_order *o)
{
	unsigned char m[EXCH_ITCH_MESSAGE];
	struct exch_itch_head h = {.locate = o->locate};
	struct exch_itch_stock stock = {.lot = 0};
	struct exch_itch_add a = {.ref = o->key.id,
	    .shares = o->shares,
	    .price = o->price,
	    .side = (char)o->side};

	if (o->locate < t->s->nstock)
		memcpy(stock.symbol, t->s->stock[o->locate].directory + 11,
		    sizeof(stock.symbol));
	tell(t, m, exch_itch_put_add(m, &h, &stock, &a));
}

static int
tell_orders(const struct teller *t)
{
	const struct exch_keyed *k = &t->s->order;
	const struct shown_order **list =
	    exch_malloc((k->live + 1) * sizeof(const void *));
	uint32_t at = 0, n = 0;

	if (list == NULL)
		return EXCH_ERR_NOMEM;
	while (n < k->live)
		list[n++] = exch_keyed_next(k, &at);
	if (n > 1)
		qsort(list, n, sizeof(const void *), by_rank);
	for (uint32_t i = 0; i < n; i++)
		tell_order(t, list[i]);
	exch_free(list);
	return EXCH_OK;
}

int
exch_shown_tell(const struct exch_shown *s,
    void (*put)(void *arg, const unsigned char *p, size_t n), void *arg)
{
	struct teller t = {s, put, arg};
	char end[EXCH_SHOWN_END + 1];
	int err;

	for (unsigned i = 0; i < s->nsystem; i++)
		tell(&t, s->system[i], sizeof(s->system[i]));
	tell_stocks(&t);
	err = tell_orders(&t);
	if (err != 0)
		return err;
	(void)snprintf(
	    end, sizeof(end), "G%20llu", (unsigned long long)s->next);
	put(arg, (const unsigned char *)end, EXCH_SHOWN_END);
	return EXCH_OK;
}
