/*
 * Books without queues (tally.h): what is seldom done.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/tally.h"

#define FIRST_PLACES 1024
#define FIRST_LEVELS 1024

/* A table of n free places; five eighths are used before it grows. */
static int
make_places(struct exch_tally *t, uint32_t n)
{
	t->order = exch_big_alloc(n * sizeof(*t->order));
	t->qty = exch_big_alloc(n * sizeof(*t->qty));
	t->places = n;
	t->full = n / 8 * 5;
	return t->order != NULL && t->qty != NULL ? EXCH_OK : EXCH_ERR_NOMEM;
}

static void
free_places(struct exch_tally *t)
{
	exch_big_free(t->order, t->places * sizeof(*t->order));
	exch_big_free(t->qty, t->places * sizeof(*t->qty));
}

int
exch_tally_init(struct exch_tally *t)
{
	memset(t, 0, sizeof(*t));
	t->cap = FIRST_LEVELS;
	t->used = 1;
	t->level = exch_big_alloc(t->cap * sizeof(*t->level));
	if (make_places(t, FIRST_PLACES) != EXCH_OK || t->level == NULL)
		return EXCH_ERR_NOMEM;
	return exch_trie_init(&t->trie);
}

void
exch_tally_clear(struct exch_tally *t)
{
	free_places(t);
	if (t->level != NULL)
		exch_big_free(t->level, t->cap * sizeof(*t->level));
	if (t->trie.node != NULL)
		exch_trie_clear(&t->trie);
	if (t->book != NULL)
		exch_big_free(t->book, t->nbooks * sizeof(*t->book));
	memset(t, 0, sizeof(*t));
}

int
exch_tally_books(struct exch_tally *t, uint32_t n)
{
	uint32_t want = t->nbooks == 0 ? 64 : t->nbooks;
	struct exch_tally_book *b;

	if (n <= t->nbooks)
		return EXCH_OK;
	while (want < n)
		want *= 2;
	b = t->book == NULL ? exch_big_alloc(want * sizeof(*b))
			    : exch_big_grow(t->book, t->nbooks * sizeof(*b),
				  want * sizeof(*b));
	if (b == NULL)
		return EXCH_ERR_NOMEM;
	t->book = b;
	t->nbooks = want;
	return EXCH_OK;
}

/* The same orders in another table. */
static int
rebuild(struct exch_tally *t, uint32_t places, uint64_t salt)
{
	struct exch_tally grown = *t;

	grown.salt = salt;
	if (make_places(&grown, places) != EXCH_OK) {
		free_places(&grown);
		return EXCH_ERR_NOMEM;
	}
	for (uint32_t i = 0; i < t->places; i++) {
		struct exch_tally_order *o;

		if (t->order[i].level == 0)
			continue;
		o = exch_tally_probe(&grown, t->order[i].place, t->order[i].id);
		*o = t->order[i];
		*exch_tally_qty(&grown, o) = t->qty[i];
	}
	free_places(t);
	*t = grown;
	return EXCH_OK;
}

int
exch_tally_grow(struct exch_tally *t)
{
	if (t->places > UINT32_MAX / 2)
		return EXCH_ERR_NOMEM;
	/* by half, so that the table is never much larger than its orders */
	return rebuild(t, t->places + t->places / 2, t->salt);
}

int
exch_tally_salt(struct exch_tally *t)
{
	return rebuild(t, t->places, t->salt + UINT64_C(0xd1342543de82ef96));
}

/* ---- levels ---- */

/* Take an empty level out of its trie. */
static void
drop(struct exch_tally *t, exch_slot l)
{
	struct exch_slot_data *v = &t->level[l];
	struct exch_tally_book *b = &t->book[v->owner >> 1];
	unsigned side = v->owner & 1;
	exch_slot *at = exch_tally_near(b, side, v->tick);

	if (*at == l)
		*at = EXCH_SLOT_NONE;
	exch_trie_del(&t->trie, &b->side[side].trie, t->level, side, l);
	v->level = 0;
	v->next = t->free;
	t->free = l;
	t->priced--;
	t->empty--;
}

/* Every empty level: they outnumber the others, so it is paid for. */
static void
sweep(struct exch_tally *t)
{
	for (exch_slot l = 1; l < t->used; l++)
		if (t->level[l].level != 0 && t->level[l].prev == 0)
			drop(t, l);
}

exch_slot
exch_tally_worse(struct exch_tally *t, exch_slot level)
{
	unsigned side = t->level[level].owner & 1;
	exch_slot l;

	for (;;) {
		l = exch_trie_next(&t->trie, t->level, side, level);
		if (l == EXCH_SLOT_NONE || t->level[l].prev != 0)
			return l;
		drop(t, l);
	}
}

void
exch_tally_emptied(struct exch_tally *t, exch_slot l)
{
	const struct exch_slot_data *v = &t->level[l];
	struct exch_tally_side *s = &t->book[v->owner >> 1].side[v->owner & 1];

	if (v->level == 0)
		return; /* the one without a price stays */
	t->empty++;
	if (l == s->best) {
		s->best = exch_tally_worse(t, l);
		s->best_tick = t->level[s->best].tick;
	}
	if (t->empty > t->priced / 2 + FIRST_LEVELS)
		sweep(t);
}

exch_slot
exch_tally_at(
    const struct exch_tally *t, uint32_t place, uint8_t side, int64_t tick)
{
	unsigned i = exch_book_index(side);
	const struct exch_tally_side *s = &t->book[place].side[i];
	exch_slot l =
	    tick == EXCH_TICK_MARKET
		? s->market
		: exch_trie_get(&t->trie, &s->trie, t->level, i, tick);

	return l != EXCH_SLOT_NONE && t->level[l].prev != 0 ? l
							    : EXCH_SLOT_NONE;
}

/* The slot that is taken next; moves the levels when there is none. */
static exch_slot
upcoming(struct exch_tally *t)
{
	struct exch_slot_data *level;

	if (t->free != 0)
		return t->free;
	if (t->used < t->cap)
		return t->used;
	if (t->cap > UINT32_MAX / 2)
		return EXCH_SLOT_NONE;
	level = exch_big_grow(t->level, t->cap * sizeof(*level),
	    (size_t)t->cap * 2 * sizeof(*level));
	if (level == NULL)
		return EXCH_SLOT_NONE;
	t->level = level;
	t->cap *= 2;
	return t->used;
}

static void
take(struct exch_tally *t, exch_slot l)
{
	if (l == t->free)
		t->free = t->level[l].next;
	else
		t->used++;
}

exch_slot
exch_tally_far(
    struct exch_tally *t, uint32_t place, unsigned side, int64_t tick)
{
	struct exch_tally_book *b = &t->book[place];
	struct exch_tally_side *s = &b->side[side];
	exch_slot fresh, l;

	if (tick == EXCH_TICK_MARKET && s->market != EXCH_SLOT_NONE)
		return s->market;
	fresh = upcoming(t);
	if (fresh == EXCH_SLOT_NONE)
		return EXCH_SLOT_NONE;
	if (tick == EXCH_TICK_MARKET) {
		l = s->market = fresh;
	} else {
		l = exch_trie_put(
		    &t->trie, &s->trie, t->level, side, tick, fresh);
		*exch_tally_near(b, side, tick) = l;
	}
	if (l == fresh) {
		struct exch_slot_data *v = &t->level[l];

		take(t, l);
		v->tick = tick;
		v->qty = 0;
		v->prev = 0;
		v->owner = place << 1 | side;
		if (tick == EXCH_TICK_MARKET) {
			v->level = 0;
		} else {
			t->priced++;
			t->empty++;
		}
	}
	return l;
}

/* ---- for tests ---- */

/* One side: prices in order, the best first, and how many orders. */
static uint32_t
audit_side(struct exch_tally *t, uint32_t place, unsigned side)
{
	const struct exch_tally_side *s = &t->book[place].side[side];
	uint32_t n = s->market != 0 ? t->level[s->market].prev : 0;
	int64_t last = 0;
	exch_slot l = s->best;

	exch_check(l == 0 || t->level[l].tick == s->best_tick);
	for (; l != 0; l = exch_tally_worse(t, l)) {
		const struct exch_slot_data *v = &t->level[l];

		exch_check(v->owner == (place << 1 | side) && v->prev > 0);
		exch_check(l == s->best ||
			   (side == 0 ? v->tick < last : v->tick > last));
		exch_check(exch_trie_get(&t->trie, &s->trie, t->level, side,
			       v->tick) == l);
		last = v->tick;
		n += v->prev;
	}
	return n;
}

void
exch_tally_audit(struct exch_tally *t)
{
	uint32_t live = 0, empty = 0, priced = 0;
	exch_qty *sum = exch_calloc(t->used, sizeof(*sum));

	exch_check(sum != NULL);
	for (size_t i = 0; i < t->places; i++) {
		const struct exch_tally_order *o = &t->order[i];

		if (o->level == 0)
			continue;
		exch_check(t->qty[i] > 0 &&
			   t->level[o->level].owner >> 1 == o->place &&
			   exch_tally_find(t, o->place, o->id) == o);
		sum[o->level] += t->qty[i];
		live++;
	}
	exch_check(live == t->live);
	for (exch_slot l = 1; l < t->used; l++) {
		if (t->level[l].level == 0)
			continue;
		exch_check(t->level[l].qty == sum[l]);
		exch_check((sum[l] == 0) == (t->level[l].prev == 0));
		priced++;
		empty += sum[l] == 0;
	}
	exch_check(priced == t->priced && empty == t->empty);
	exch_free(sum);
	for (uint32_t p = 0; p < t->nbooks; p++)
		exch_check(audit_side(t, p, 0) + audit_side(t, p, 1) ==
			   t->book[p].norders);
}
