/*
 * Books without queues (tally.h): what is seldom done.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/tally.h"

#define FIRST_PLACES 1024
#define FIRST_LEVELS 1024

/* A table of n free places; half of them are used before it grows. */
static int
make_places(struct exch_tally *t, uint32_t n)
{
	t->order = exch_big_alloc(n * sizeof(*t->order));
	t->places = n;
	t->full = n / 2;
	t->made++;
	return t->order != NULL ? EXCH_OK : EXCH_ERR_NOMEM;
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
	exch_big_free(t->order, t->places * sizeof(*t->order));
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
	if (make_places(&grown, places) != EXCH_OK)
		return EXCH_ERR_NOMEM;
	for (uint32_t i = 0; i < t->places; i++) {
		const struct exch_tally_order *o = &t->order[i];
		uint32_t home;
		struct exch_tally_order *to;

		if (o->level == 0)
			continue;
		home = exch_tally_home(&grown, o->place, o->id);
		to = exch_tally_probe(&grown, o->place, o->id, home);
		*to = *o;
		to->home = home;
	}
	exch_big_free(t->order, t->places * sizeof(*t->order));
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

	/* the one of orders without a price may have none */
	return t->level[l].prev != 0 ? l : EXCH_SLOT_NONE;
}

/* The slot that is taken next; moves the levels when there is none. */
static exch_slot
upcoming(struct exch_tally *t)
{
	struct exch_slot_data *level;

	if (exch_tally_upcoming(t) != EXCH_SLOT_NONE)
		return exch_tally_upcoming(t);
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

exch_slot
exch_tally_far(
    struct exch_tally *t, uint32_t place, unsigned side, int64_t tick)
{
	struct exch_tally_side *s = &t->book[place].side[side];
	exch_slot fresh, l;

	if (tick == EXCH_TICK_MARKET && s->market != EXCH_SLOT_NONE)
		return s->market;
	fresh = upcoming(t);
	if (fresh == EXCH_SLOT_NONE)
		return EXCH_SLOT_NONE;
	if (tick == EXCH_TICK_MARKET)
		l = s->market = fresh;
	else
		l = exch_trie_put(
		    &t->trie, &s->trie, t->level, side, tick, fresh);
	if (l == fresh) {
		exch_tally_begin(t, l, place, side, tick);
		if (tick == EXCH_TICK_MARKET)
			t->level[l].level = 0;
	}
	return l;
}

int
exch_tally_widen(struct exch_tally *t)
{
	if (upcoming(t) == EXCH_SLOT_NONE)
		return EXCH_ERR_NOMEM;
	return exch_trie_room(&t->trie);
}

/* ---- for tests ---- */

/* One side: prices in order, the best first, and how many orders. */
static uint32_t
audit_side(const struct exch_tally *t, uint32_t place, unsigned side)
{
	const struct exch_tally_side *s = &t->book[place].side[side];
	uint32_t n = s->market != 0 ? t->level[s->market].prev : 0;
	int64_t last = 0;
	exch_slot l = s->best;

	exch_check(s->best_tick == t->level[l].tick);
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
exch_tally_audit(const struct exch_tally *t)
{
	uint32_t live = 0;
	exch_qty *sum = exch_calloc(t->used, sizeof(*sum));

	exch_check(sum != NULL);
	for (uint32_t i = 0; i < t->places; i++) {
		const struct exch_tally_order *o = &t->order[i];

		if (o->level == 0)
			continue;
		exch_check(
		    o->qty > 0 &&
		    t->level[o->level].owner == (o->place << 1 | o->side) &&
		    o->home == exch_tally_home(t, o->place, o->id) &&
		    exch_tally_find(t, o->place, o->id) == o);
		sum[o->level] += o->qty;
		live++;
	}
	exch_check(live == t->live);
	for (exch_slot l = 1; l < t->used; l++)
		exch_check(t->level[l].level == 0 ||
			   (t->level[l].qty == sum[l] && sum[l] > 0));
	exch_free(sum);
	for (uint32_t p = 0; p < t->nbooks; p++)
		exch_check(audit_side(t, p, 0) + audit_side(t, p, 1) ==
			   t->book[p].norders);
}
