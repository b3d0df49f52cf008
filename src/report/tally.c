/*
 * Books without queues (tally.h): what is seldom done.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/tally.h"

#define FIRST_ORDERS 512
#define FIRST_LEVELS 1024

/*
 * Cells of the index for so many orders.  It wants a power of two: there are
 * from four to eight for each.
 */
static size_t
cells_for(uint32_t orders)
{
	size_t n = 1024;

	while (n < (size_t)orders * 4)
		n *= 2;
	return n;
}

int
exch_tally_init(struct exch_tally *t)
{
	memset(t, 0, sizeof(*t));
	t->cap = FIRST_LEVELS;
	t->used = 1;
	t->level = exch_big_alloc(t->cap * sizeof(*t->level));
	t->orders = FIRST_ORDERS;
	t->begun = 1;
	t->order = exch_big_alloc(t->orders * sizeof(*t->order));
	if (exch_ids_init(&t->ids, cells_for(t->orders), 0) != EXCH_OK ||
	    t->order == NULL || t->level == NULL)
		return EXCH_ERR_NOMEM;
	return exch_trie_init(&t->trie);
}

void
exch_tally_clear(struct exch_tally *t)
{
	exch_big_free(t->order, t->orders * sizeof(*t->order));
	if (t->ids.cell != NULL)
		exch_ids_clear(&t->ids);
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

/* ---- the index ---- */

static uint32_t
tag_of(const struct exch_ids *ids, const struct exch_tally_order *o)
{
	return exch_ids_tag(ids, o->place, o->id);
}

static size_t
home_of(const struct exch_ids *ids, const struct exch_tally_order *o)
{
	return exch_ids_home(ids, o->place, o->id);
}

/* All orders into an index of so many cells, which becomes the tally's. */
static int
index_again(struct exch_tally *t, size_t cells, uint64_t spread, uint64_t salt)
{
	struct exch_ids ids;

	if (exch_ids_init(&ids, cells,
		spread != t->ids.spread ? t->live + 1u : t->ids.apart + 1) !=
	    EXCH_OK)
		return EXCH_ERR_NOMEM;
	ids.spread = spread;
	ids.salt = salt;
	for (uint32_t i = 1; i < t->begun; i++) {
		const struct exch_tally_order *o = &t->order[i];
		size_t home = home_of(&ids, o);

		if (o->level == 0)
			continue;
		if (exch_ids_slot(ids.cell[home]) == 0)
			ids.cell[home] |= i;
		else
			(void)exch_ids_put_apart(
			    &ids, home, tag_of(&ids, o), i);
	}
	exch_ids_clear(&t->ids);
	t->ids = ids;
	return EXCH_OK;
}

/*
 * By half, so that the pool is never much larger than its orders.  More cells
 * take nobody's cell away, so that of those apart there are not more than
 * before.
 */
int
exch_tally_grow(struct exch_tally *t)
{
	uint32_t n = t->orders + t->orders / 2;
	struct exch_tally_order *order;

	if (n > EXCH_IDS_OVER / 2)
		return EXCH_ERR_NOMEM;
	order = exch_big_grow(
	    t->order, t->orders * sizeof(*order), n * sizeof(*order));
	if (order == NULL)
		return EXCH_ERR_NOMEM;
	t->order = order;
	t->orders = n;
	if (cells_for(n) > t->ids.mask + 1)
		/* with fewer cells more are apart, and all are found */
		(void)index_again(t, cells_for(n), t->ids.spread, t->ids.salt);
	return EXCH_OK;
}

int
exch_tally_room_apart(struct exch_tally *t)
{
	if (!exch_ids_full(&t->ids))
		return EXCH_OK;
	/* each instrument has the same ids: give it a place for its own */
	if (t->ids.spread == 0 && t->ids.apart > t->live / 2)
		return index_again(
		    t, t->ids.mask + 1, EXCH_IDS_SPREAD, t->ids.salt);
	return exch_ids_grow(&t->ids);
}

void
exch_tally_put_apart(struct exch_tally *t, uint32_t order)
{
	const struct exch_tally_order *o = &t->order[order];
	size_t others = exch_ids_put_apart(
	    &t->ids, home_of(&t->ids, o), tag_of(&t->ids, o), order);

	/* another hash; without memory the old one has to do */
	if (__builtin_expect(others > EXCH_IDS_FAR, 0))
		(void)index_again(t, t->ids.mask + 1, t->ids.spread,
		    t->ids.salt + EXCH_SALTED_NEXT);
}

void
exch_tally_del_apart(struct exch_tally *t, uint32_t order)
{
	const struct exch_tally_order *o = &t->order[order];

	exch_ids_del_apart(
	    &t->ids, home_of(&t->ids, o), tag_of(&t->ids, o), order);
}

uint32_t
exch_tally_look_apart(const struct exch_tally *t, uint32_t place, exch_oid id)
{
	uint32_t tag = exch_ids_tag(&t->ids, place, id);
	size_t i = exch_ids_begin(&t->ids, tag);
	const struct exch_ids_entry *entry = t->ids.entry;

	for (; entry[i].slot != 0; i = exch_ids_after(&t->ids, i))
		if (entry[i].tag == tag &&
		    exch_tally_is(t, entry[i].slot, place, id))
			break;
	return entry[i].slot;
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

/*
 * A node of height 0 has a bit for each level, so that those of it are counted
 * at once; what other nodes hold is walked.
 */
unsigned
exch_tally_before(const struct exch_tally *t, exch_slot level, unsigned most)
{
	const struct exch_slot_data *to = &t->level[level];
	unsigned side = to->owner & 1;
	exch_slot l = t->book[to->owner >> 1].side[side].best;
	unsigned n = 0;

	while (n < most && l != level) {
		const struct exch_slot_data *at = &t->level[l];
		const struct exch_trie_node *v = &t->trie.node[at->level];
		unsigned i = exch_trie_key(side, at->tick) & 63;
		uint64_t from_here = v->bits >> i << i;

		if (v->shift == 0 && to->level == at->level) {
			i = exch_trie_key(side, to->tick) & 63;
			from_here &= (UINT64_C(1) << i) - 1;
			n += (unsigned)__builtin_popcountll(from_here);
			break;
		}
		if (v->shift == 0) {
			n += (unsigned)__builtin_popcountll(from_here) - 1;
			l = v->child[63 - __builtin_clzll(from_here)];
		}
		l = exch_tally_worse(t, l);
		n++;
	}
	return n < most ? n : most;
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

/* Every order's entry in the index is the one that leads to it. */
static void
audit_ids(const struct exch_tally *t)
{
	const struct exch_ids *ids = &t->ids;
	uint32_t cells = 0, apart = 0;

	for (size_t i = 0; i <= ids->mask; i++) {
		uint32_t o = exch_ids_slot(ids->cell[i]);

		exch_check(((ids->cell[i] & EXCH_IDS_OVER) != 0) ==
			   (ids->over[i] != 0));
		exch_check(o == 0 || home_of(ids, &t->order[o]) == i);
		cells += o != 0;
	}
	for (size_t i = 0; i < (size_t)1 << ids->bits; i++) {
		uint32_t o = ids->entry[i].slot;

		exch_check(
		    o == 0 || ids->over[home_of(ids, &t->order[o])] != 0);
		apart += o != 0;
	}
	exch_check(apart == ids->apart && cells + apart == t->live);
}

/* The levels' sums are those of the orders, of which so many live. */
static uint32_t
audit_orders(const struct exch_tally *t)
{
	uint32_t live = 0;
	exch_qty *sum = exch_calloc(t->used, sizeof(*sum));

	exch_check(sum != NULL);
	for (uint32_t i = 1; i < t->begun; i++) {
		const struct exch_tally_order *o = &t->order[i];

		if (o->level == 0)
			continue;
		exch_check(
		    o->qty > 0 &&
		    t->level[o->level].owner == (o->place << 1 | o->side) &&
		    exch_tally_find(t, o->place, o->id) == o);
		sum[o->level] += o->qty;
		live++;
	}
	for (exch_slot l = 1; l < t->used; l++)
		exch_check(t->level[l].level == 0 ||
			   (t->level[l].qty == sum[l] && sum[l] > 0));
	exch_free(sum);
	return live;
}

void
exch_tally_audit(const struct exch_tally *t)
{
	uint32_t spare = 0;

	for (uint32_t i = t->spare; i != 0; i = t->order[i].next)
		spare++;
	exch_check(audit_orders(t) == t->live);
	exch_check(t->live + spare + 1 == t->begun);
	audit_ids(t);
	for (uint32_t p = 0; p < t->nbooks; p++)
		exch_check(audit_side(t, p, 0) + audit_side(t, p, 1) ==
			   t->book[p].norders);
}
