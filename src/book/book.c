/*
 * Books: slots, levels and queues (book.h).  The trie keeps levels in order
 * of price, the id index finds orders; both are told about every change
 * here and nowhere else.
 *
 * Always true: a level in use has at least one order and its qty is their
 * sum; an order is in the id index <=> it is in a level's list.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/err.h"
#include "book/book.h"
#include "book/ids.h"
#include "book/ops.h"
#include "book/trie.h"

/* Cells of the index for a pool of so many slots. */
static size_t
cells_for(uint32_t slots)
{
	size_t n = 1024;

	while (n < (size_t)slots * 4)
		n *= 2;
	return n;
}

struct exch_book_store *
exch_book_store_new(size_t hint)
{
	struct exch_book_store *s = exch_calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	if (hint > UINT32_MAX / 4)
		hint = UINT32_MAX / 4;
	s->cap = hint < 512 ? 1024 : (uint32_t)hint * 2;
	s->used = 1;
	s->slot = exch_big_alloc(s->cap * sizeof(*s->slot));
	if (s->slot == NULL ||
	    exch_ids_init(&s->ids, cells_for(s->cap), 0) != EXCH_OK ||
	    exch_near_init(&s->near) != EXCH_OK ||
	    exch_trie_init(&s->trie) != EXCH_OK) {
		exch_book_store_free(s);
		return NULL;
	}
	/* No order of any book, and a level of no price. */
	s->slot[0].tick = EXCH_TICK_MARKET;
	s->slot[0].owner = UINT32_MAX;
	return s;
}

void
exch_book_store_free(struct exch_book_store *s)
{
	if (s == NULL)
		return;
	exch_trie_clear(&s->trie);
	exch_near_clear(&s->near);
	exch_ids_clear(&s->ids);
	exch_big_free(s->slot, s->cap * sizeof(*s->slot));
	exch_free(s);
}

size_t
exch_book_live(const struct exch_book_store *s)
{
	return s->ids.used;
}

size_t
exch_book_count(const struct exch_book_store *s, const struct exch_book *b)
{
	const uint8_t side[] = {EXCH_BUY, EXCH_SELL};
	exch_slot l, o;
	size_t n = 0;

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(side); i++)
		for (l = exch_book_top(b, side[i]); l != EXCH_SLOT_NONE;
		     l = exch_book_worse(s, b, l))
			for (o = s->slot[l].next; o != l; o = s->slot[o].next)
				n++;
	return n;
}

/* ---- the index ---- */

static inline uint32_t
instr_of(const struct exch_book_store *s, exch_slot o)
{
	return s->slot[s->slot[o].level].owner >> 1;
}

exch_slot
exch_book_look_apart(
    const struct exch_book_store *s, const struct exch_book *b, exch_oid id)
{
	uint32_t tag = exch_ids_tag(&s->ids, b->instr, id);
	size_t i = exch_ids_begin(&s->ids, tag);
	const struct exch_ids_entry *entry = s->ids.entry;

	for (; entry[i].slot != EXCH_SLOT_NONE; i = exch_ids_after(&s->ids, i))
		if (entry[i].tag == tag &&
		    exch_book_is(s, b, entry[i].slot, id))
			break;
	return entry[i].slot;
}

static void
index_order(const struct exch_book_store *s, struct exch_ids *t, exch_slot o)
{
	uint32_t instr = instr_of(s, o);
	exch_oid id = s->slot[o].id;
	size_t home = exch_ids_home(t, instr, id);

	t->used++;
	if (exch_ids_slot(t->cell[home]) == EXCH_SLOT_NONE)
		t->cell[home] |= o;
	else
		(void)exch_ids_put_apart(
		    t, home, exch_ids_tag(t, instr, id), o);
}

/* All orders into an empty index that has room for them. */
static void
index_all(const struct exch_book_store *s, struct exch_ids *t)
{
	for (size_t i = 0; i <= s->ids.mask; i++)
		if (exch_ids_slot(s->ids.cell[i]) != EXCH_SLOT_NONE)
			index_order(s, t, exch_ids_slot(s->ids.cell[i]));
	for (size_t i = 0; i < (size_t)1 << s->ids.bits; i++)
		if (s->ids.entry[i].slot != EXCH_SLOT_NONE)
			index_order(s, t, s->ids.entry[i].slot);
}

/*
 * Twice the pool, and cells for it.  More cells take nobody's cell away, so
 * that of those apart there are not more than before.
 */
static int
enlarge(struct exch_book_store *s)
{
	struct exch_slot_data *slot;
	struct exch_ids ids;

	if (s->cap > EXCH_IDS_OVER / 2 ||
	    exch_ids_init(&ids, cells_for(s->cap * 2), s->ids.apart + 1) !=
		EXCH_OK)
		return EXCH_ERR_NOMEM;
	ids.spread = s->ids.spread;
	ids.salt = s->ids.salt;
	slot = exch_big_grow(
	    s->slot, s->cap * sizeof(*slot), s->cap * 2 * sizeof(*slot));
	if (slot == NULL) {
		exch_ids_clear(&ids);
		return EXCH_ERR_NOMEM;
	}
	s->slot = slot;
	s->cap *= 2;
	index_all(s, &ids);
	exch_ids_clear(&s->ids);
	s->ids = ids;
	return EXCH_OK;
}

/*
 * Free slots come into the list a few at a time: those behind them in the
 * pool stay untouched, and cost no memory yet.
 */
#define LUMP 64

int
exch_book_grow(struct exch_book_store *s)
{
	uint32_t end;

	if (s->used + 2 > s->cap && enlarge(s) != EXCH_OK)
		return EXCH_ERR_NOMEM;
	end = s->cap - s->used > LUMP ? s->used + LUMP : s->cap;
	for (uint32_t i = end; i-- > s->used;) {
		s->slot[i].next = s->free;
		s->free = i;
	}
	s->used = end;
	return EXCH_OK;
}

/* Each instrument has the same ids: give it a place of its own for them. */
static int
spread(struct exch_book_store *s)
{
	struct exch_ids ids;

	if (exch_ids_init(&ids, s->ids.mask + 1, s->ids.used + 1) != EXCH_OK)
		return EXCH_ERR_NOMEM;
	ids.spread = EXCH_IDS_SPREAD;
	ids.salt = s->ids.salt;
	index_all(s, &ids);
	exch_ids_clear(&s->ids);
	s->ids = ids;
	return EXCH_OK;
}

int
exch_book_room_apart(struct exch_book_store *s)
{
	if (!exch_ids_full(&s->ids))
		return EXCH_OK;
	if (s->ids.spread == 0 && s->ids.apart > s->ids.used / 2)
		return spread(s);
	return exch_ids_grow(&s->ids);
}

/* Another hash for all; without memory the old one has to do. */
static void
rehash(struct exch_book_store *s)
{
	struct exch_ids ids;

	if (exch_ids_init(&ids, s->ids.mask + 1, s->ids.apart + 1) != EXCH_OK)
		return;
	ids.spread = s->ids.spread;
	ids.salt = s->ids.salt + EXCH_SALTED_NEXT;
	index_all(s, &ids);
	exch_ids_clear(&s->ids);
	s->ids = ids;
}

void
exch_book_put_apart(
    struct exch_book_store *s, const struct exch_book *b, exch_slot o)
{
	exch_oid id = s->slot[o].id;
	size_t others =
	    exch_ids_put_apart(&s->ids, exch_ids_home(&s->ids, b->instr, id),
		exch_ids_tag(&s->ids, b->instr, id), o);

	if (__builtin_expect(others > EXCH_IDS_FAR, 0))
		rehash(s);
}

void
exch_book_del_apart(
    struct exch_book_store *s, const struct exch_book *b, exch_slot o)
{
	exch_oid id = s->slot[o].id;

	exch_ids_del_apart(&s->ids, exch_ids_home(&s->ids, b->instr, id),
	    exch_ids_tag(&s->ids, b->instr, id), o);
}

/* ---- levels ---- */

/* An empty level, its list closed on itself; `level` is the trie's. */
static void
level_init(struct exch_book_store *s, const struct exch_book *b, unsigned side,
    int64_t tick, exch_slot l)
{
	struct exch_slot_data *v = &s->slot[l];

	v->tick = tick;
	v->qty = 0;
	v->prev = v->next = l;
	v->owner = b->instr << 1 | side;
}

static exch_slot
market_level(struct exch_book_store *s, struct exch_book *b, unsigned side)
{
	exch_slot *l = &b->side[side].market;

	if (*l == EXCH_SLOT_NONE) {
		*l = exch_book_take(s);
		level_init(s, b, side, EXCH_TICK_MARKET, *l);
		s->slot[*l].level = 0;
	}
	return *l;
}

/* The level of a tick by the trie, made if needed; none: out of memory. */
exch_slot
exch_book_level_far(
    struct exch_book_store *s, struct exch_book *b, unsigned side, int64_t tick)
{
	struct exch_book_side *bs = &b->side[side];
	uint64_t rank = exch_book_rank(side, tick);
	exch_slot fresh, l;

	if (tick == EXCH_TICK_MARKET)
		return market_level(s, b, side);
	if (b->near.base == 0 && exch_near_begin(&s->near, &b->near) != EXCH_OK)
		return EXCH_SLOT_NONE;
	fresh = s->free; /* there is one */
	l = exch_trie_put(&s->trie, &bs->trie, s->slot, side, tick, fresh);
	if (l == EXCH_SLOT_NONE)
		return EXCH_SLOT_NONE;
	if (*exch_book_near(s, b, tick) != EXCH_SLOT_NONE)
		exch_near_grow(&s->near, &b->near, s->slot);
	*exch_book_near(s, b, tick) = l;
	if (l == fresh) {
		b->near.levels++;
		(void)exch_book_take(s); /* it is `fresh` */
		level_init(s, b, side, tick, l);
		if (rank > b->rank[side]) {
			b->rank[side] = rank;
			bs->best = l;
		}
	}
	return l;
}

/*
 * The best level goes: the one behind it is the best, which nearly always
 * hangs in the same node.
 */
static inline void
next_best(const struct exch_book_store *s, struct exch_book *b, unsigned side,
    uint64_t key)
{
	struct exch_book_side *bs = &b->side[side];
	const struct exch_trie_node *v = &s->trie.node[s->slot[bs->best].level];
	uint64_t others = v->bits ^ UINT64_C(1) << exch_trie_part(v, key);
	exch_slot l;

	l = others != 0 ? exch_trie_first(&s->trie, v, others)
			: exch_trie_next(&s->trie, s->slot, side, bs->best);
	bs->best = l;
	b->rank[side] =
	    l != EXCH_SLOT_NONE ? exch_book_rank(side, s->slot[l].tick) : 0;
}

/* Take an empty level out. */
void
exch_book_level_drop(
    struct exch_book_store *s, struct exch_book *b, exch_slot l)
{
	const struct exch_slot_data *lv = &s->slot[l];
	unsigned side = lv->owner & 1;
	struct exch_book_side *bs = &b->side[side];
	uint64_t key = exch_trie_key(side, lv->tick);
	exch_slot *at;

	if (__builtin_expect(lv->tick == EXCH_TICK_MARKET, 0)) {
		bs->market = EXCH_SLOT_NONE;
		exch_book_give(s, l);
		return;
	}
	at = exch_book_near(s, b, lv->tick);
	if (*at == l)
		*at = EXCH_SLOT_NONE;
	b->near.levels--;
	if (l == bs->best)
		next_best(s, b, side, key);
	exch_trie_del(&s->trie, &bs->trie, lv->level, key);
	exch_book_give(s, l);
}

void
exch_book_by_id(struct exch_book_store *s, exch_slot o)
{
	struct exch_slot_data *v = &s->slot[o];
	exch_slot before = v->prev;

	while (before != v->level && s->slot[before].id > v->id)
		before = s->slot[before].prev;
	if (before == v->prev)
		return;
	s->slot[v->prev].next = v->level;
	s->slot[v->level].prev = v->prev;
	v->prev = before;
	v->next = s->slot[before].next;
	s->slot[v->next].prev = o;
	s->slot[before].next = o;
}

static inline void
mirror(struct exch_book_store *s, exch_slot o, exch_qty qty)
{
	if (s->mirror != NULL)
		s->mirror->changes(s->mirror, o, qty);
}

int
exch_book_add(struct exch_book_store *s, struct exch_book *b,
    const struct exch_book_order *o, exch_slot *slot)
{
	size_t home = exch_ids_home(&s->ids, b->instr, o->id);
	exch_slot n;
	int err;

	if (!o->fresh && exch_book_look(s, b, home, o->id) != EXCH_SLOT_NONE)
		return EXCH_ERR_EXISTS;
	if (s->mirror == NULL)
		return exch_book_put(s, b, o, home, slot);
	err = exch_book_put(s, b, o, home, &n);
	if (err == EXCH_OK && slot != NULL)
		*slot = n;
	if (err == EXCH_OK)
		s->mirror->added(s->mirror, b, n);
	return err;
}

void
exch_book_reduce(struct exch_book_store *s, exch_slot o, exch_qty qty)
{
	struct exch_slot_data *v = &s->slot[o];

	exch_check(qty < v->qty);
	mirror(s, o, v->qty - qty);
	v->qty -= qty;
	s->slot[v->level].qty -= qty;
}

int
exch_book_resize(struct exch_book_store *s, exch_slot o, exch_qty qty)
{
	struct exch_slot_data *v = &s->slot[o];
	exch_qty others = s->slot[v->level].qty - v->qty;

	exch_check(qty > 0);
	if (others + qty < others)
		return EXCH_ERR_RANGE;
	mirror(s, o, qty);
	s->slot[v->level].qty = others + qty;
	v->qty = qty;
	return EXCH_OK;
}

void
exch_book_remove(struct exch_book_store *s, struct exch_book *b, exch_slot o)
{
	mirror(s, o, 0);
	exch_book_unlink(
	    s, b, o, exch_ids_home(&s->ids, b->instr, s->slot[o].id));
}

void
exch_book_fill(
    struct exch_book_store *s, struct exch_book *b, exch_slot o, exch_qty qty)
{
	if (qty == s->slot[o].qty)
		exch_book_remove(s, b, o);
	else
		exch_book_reduce(s, o, qty);
}

exch_slot
exch_book_worse(
    const struct exch_book_store *s, const struct exch_book *b, exch_slot level)
{
	unsigned side = s->slot[level].owner & 1;

	if (level == b->side[side].market)
		return b->side[side].best;
	return exch_trie_next(&s->trie, s->slot, side, level);
}

exch_slot
exch_book_level(const struct exch_book_store *s, struct exch_book *b,
    uint8_t side, int64_t tick)
{
	unsigned i = exch_book_index(side);

	if (tick == EXCH_TICK_MARKET)
		return b->side[i].market;
	return exch_trie_get(&s->trie, &b->side[i].trie, s->slot, i, tick);
}

/* One level: list closed both ways, sum right, orders found by id. */
static size_t
audit_level(
    const struct exch_book_store *s, const struct exch_book *b, exch_slot l)
{
	exch_qty sum = 0;
	exch_slot o, prev = l;
	size_t n = 0;

	for (o = s->slot[l].next; o != l; o = s->slot[o].next) {
		exch_check(s->slot[o].prev == prev);
		exch_check(s->slot[o].level == l);
		exch_check(s->slot[o].qty > 0);
		exch_check(exch_book_find(s, b, s->slot[o].id) == o);
		sum += s->slot[o].qty;
		prev = o;
		n++;
	}
	exch_check(s->slot[l].prev == prev);
	exch_check(n > 0 && s->slot[l].qty == sum);
	return n;
}

static size_t
audit_side(const struct exch_book_store *s, const struct exch_book *b,
    unsigned side, size_t *near, size_t *levels)
{
	const struct exch_book_side *bs = &b->side[side];
	exch_slot l;
	uint64_t last = 0;
	size_t n = 0;
	bool first = true;

	exch_check((bs->trie.root == 0) == (bs->best == EXCH_SLOT_NONE));
	exch_check(b->rank[side] ==
		   (bs->best == EXCH_SLOT_NONE
			   ? 0
			   : exch_book_rank(side, s->slot[bs->best].tick)));
	exch_check((bs->trie.root == 0) == (bs->trie.finger == 0));
	if (bs->market != EXCH_SLOT_NONE)
		n += audit_level(s, b, bs->market);
	for (l = bs->best; l != EXCH_SLOT_NONE; l = exch_book_worse(s, b, l)) {
		int64_t tick = s->slot[l].tick;
		uint64_t key = exch_trie_key(side, tick);

		exch_check(s->slot[l].owner == (b->instr << 1 | side));
		exch_check(first || key > last);
		exch_check(exch_trie_get(
			       &s->trie, &bs->trie, s->slot, side, tick) == l);
		n += audit_level(s, b, l);
		*near += *exch_book_near(s, b, tick) == l;
		++*levels;
		last = key;
		first = false;
	}
	return n;
}

/* Of every cell and of every entry apart the order is at home there. */
static void
audit_ids(const struct exch_book_store *s)
{
	const struct exch_ids *t = &s->ids;
	size_t n = 0, apart = 0;

	for (size_t i = 0; i <= t->mask; i++) {
		exch_slot o = exch_ids_slot(t->cell[i]);

		exch_check(
		    ((t->cell[i] & EXCH_IDS_OVER) != 0) == (t->over[i] != 0));
		if (o == EXCH_SLOT_NONE)
			continue;
		exch_check(
		    exch_ids_home(t, instr_of(s, o), s->slot[o].id) == i);
		n++;
	}
	for (size_t i = 0; i < (size_t)1 << t->bits; i++) {
		exch_slot o = t->entry[i].slot;

		if (o == EXCH_SLOT_NONE)
			continue;
		exch_check(
		    t->over[exch_ids_home(t, instr_of(s, o), s->slot[o].id)] !=
		    0);
		apart++;
	}
	exch_check(apart == t->apart && n + apart == t->used);
}

/* Both sides; in the table is what was found there, and nothing else. */
static size_t
audit_book(const struct exch_book_store *s, const struct exch_book *b)
{
	size_t near = 0, levels = 0;
	size_t n = audit_side(s, b, 0, &near, &levels) +
		   audit_side(s, b, 1, &near, &levels);

	for (uint32_t i = 0; i <= b->near.mask; i++)
		near -= s->near.cell[b->near.base + i] != EXCH_SLOT_NONE;
	exch_check(near == 0);
	exch_check(levels == b->near.levels);
	return n;
}

void
exch_book_audit(const struct exch_book_store *s,
    const struct exch_book *const *books, size_t n)
{
	size_t i, total = 0;

	for (i = 0; i < n; i++) {
		size_t m = audit_book(s, books[i]);

		exch_check((m == 0) == exch_book_is_empty(books[i]));
		total += m;
	}
	exch_check(total == s->ids.used);
	audit_ids(s);
}
