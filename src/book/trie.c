/*
 * The trie of price levels (trie.h).  Of a level it reads the tick, and of
 * its slot it keeps the node; everything else about levels is book.c's.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/err.h"
#include "book/book.h"
#include "book/trie.h"

/*
 * Height of a first node: a book begins with the prices of some thousands
 * of ticks in one node.
 */
#define FIRST_SHIFT 6

/* Of the node that holds all keys. */
#define LAST_SHIFT 60

int
exch_trie_init(struct exch_trie_pool *p)
{
	p->cap = 64;
	p->used = 1;
	p->free = 0;
	p->node = exch_big_alloc(p->cap * sizeof(*p->node));
	if (p->node == NULL)
		return EXCH_ERR_NOMEM;
	p->node[0].bits = UINT64_MAX;
	return EXCH_OK;
}

void
exch_trie_clear(struct exch_trie_pool *p)
{
	exch_big_free(p->node, p->cap * sizeof(*p->node));
	p->node = NULL;
}

static inline bool
covers(const struct exch_trie_node *n, uint64_t key)
{
	return (key ^ n->base) >> n->shift < 64;
}

static inline unsigned
index_in(uint64_t key, uint32_t shift)
{
	return (unsigned)(key >> shift) & 63;
}

/* So that a node can be taken without moving the pool. */
int
exch_trie_room(struct exch_trie_pool *p)
{
	struct exch_trie_node *node;

	if (exch_trie_has_room(p))
		return EXCH_OK;
	if (p->cap > UINT32_MAX / 2)
		return EXCH_ERR_NOMEM;
	node = exch_big_grow(
	    p->node, p->cap * sizeof(*node), p->cap * 2 * sizeof(*node));
	if (node == NULL)
		return EXCH_ERR_NOMEM;
	p->node = node;
	p->cap *= 2;
	return EXCH_OK;
}

/* Children of clear bits are never read, so they are not cleared. */
static uint32_t
take(struct exch_trie_pool *p, uint64_t key, uint32_t shift)
{
	uint32_t i = p->free;
	struct exch_trie_node *n;

	if (i != 0)
		p->free = p->node[i].parent;
	else
		i = p->used++;
	n = &p->node[i];
	n->bits = 0;
	n->base = shift >= LAST_SHIFT ? 0 : key >> (shift + 6) << (shift + 6);
	n->parent = 0;
	n->shift = shift;
	return i;
}

static void
give(struct exch_trie_pool *p, struct exch_trie *t, uint32_t n)
{
	uint32_t parent = p->node[n].parent;

	if (t->finger == n)
		t->finger = parent;
	p->node[n].parent = p->free;
	p->free = n;
}

static void
hang_level(struct exch_trie_pool *p, struct exch_slot_data *slot, uint32_t n,
    uint64_t key, uint32_t level)
{
	struct exch_trie_node *t = &p->node[n];
	unsigned i = index_in(key, t->shift);

	t->child[i] = level;
	t->bits |= UINT64_C(1) << i;
	slot[level].level = n;
}

static void
hang_node(struct exch_trie_pool *p, uint32_t n, uint32_t below)
{
	struct exch_trie_node *t = &p->node[n];
	unsigned i = index_in(p->node[below].base, t->shift);

	t->child[i] = EXCH_TRIE_NODE | below;
	t->bits |= UINT64_C(1) << i;
	p->node[below].parent = n;
}

/* The least with which one node covers both keys (keys differ). */
static inline uint32_t
common_shift(uint64_t a, uint64_t b)
{
	return (63 - (uint32_t)__builtin_clzll(a ^ b)) / 6 * 6;
}

/* Where a search begins. */
static inline uint32_t
begin(const struct exch_trie_pool *p, const struct exch_trie *t, uint64_t key)
{
	return covers(&p->node[t->finger], key) ? t->finger : t->root;
}

uint32_t
exch_trie_get(const struct exch_trie_pool *p, const struct exch_trie *t,
    const struct exch_slot_data *slot, unsigned side, int64_t tick)
{
	uint64_t key = exch_trie_key(side, tick);
	uint32_t n;

	if (t->root == 0)
		return 0;
	n = begin(p, t, key);
	while (covers(&p->node[n], key)) {
		const struct exch_trie_node *v = &p->node[n];
		unsigned i = index_in(key, v->shift);

		if ((v->bits >> i & 1) == 0)
			return 0;
		n = v->child[i];
		if ((n & EXCH_TRIE_NODE) == 0)
			return slot[n].tick == tick ? n : 0;
		n ^= EXCH_TRIE_NODE;
	}
	return 0;
}

/*
 * Put a node between `below` (a root, or a child whose range does not hold
 * the key) and its parent, high enough to cover both.
 */
static uint32_t
split_node(
    struct exch_trie_pool *p, struct exch_trie *t, uint32_t below, uint64_t key)
{
	uint32_t parent = p->node[below].parent;
	uint32_t mid = take(p, key, common_shift(key, p->node[below].base));

	if (parent != 0)
		hang_node(p, parent, mid);
	else
		t->root = mid;
	hang_node(p, mid, below);
	return mid;
}

/* Two levels in one part: a node for them. */
static uint32_t
split_level(struct exch_trie_pool *p, struct exch_slot_data *slot, uint32_t n,
    uint32_t level, uint64_t was, uint64_t key)
{
	uint32_t mid = take(p, key, common_shift(key, was));

	hang_node(p, n, mid);
	hang_level(p, slot, mid, was, level);
	return mid;
}

uint32_t
exch_trie_put(struct exch_trie_pool *p, struct exch_trie *t,
    struct exch_slot_data *slot, unsigned side, int64_t tick, uint32_t fresh)
{
	uint64_t key = exch_trie_key(side, tick);
	uint32_t n;

	if (!exch_trie_has_room(p) && exch_trie_room(p) != EXCH_OK)
		return 0;
	if (t->root == 0)
		t->root = t->finger = take(p, key, FIRST_SHIFT);
	for (n = begin(p, t, key);;) {
		const struct exch_trie_node *v = &p->node[n];
		uint64_t i = exch_trie_part(v, key);
		uint32_t c;

		if (i > 63) {
			n = split_node(p, t, n, key);
			break;
		}
		if ((v->bits >> i & 1) == 0)
			break;
		c = v->child[i];
		if ((c & EXCH_TRIE_NODE) != 0) {
			n = c ^ EXCH_TRIE_NODE;
			continue;
		}
		if (slot[c].tick == tick) {
			t->finger = n;
			return c;
		}
		n = split_level(
		    p, slot, n, c, exch_trie_key(side, slot[c].tick), key);
		break;
	}
	hang_level(p, slot, n, key, fresh);
	t->finger = n;
	return fresh;
}

void
exch_trie_prune(struct exch_trie_pool *p, struct exch_trie *t, uint32_t n)
{
	while (p->node[n].bits == 0) {
		uint32_t parent = p->node[n].parent;
		uint64_t key = p->node[n].base;

		give(p, t, n);
		if (parent == 0) {
			t->root = t->finger = 0;
			return;
		}
		p->node[parent].bits &=
		    ~(UINT64_C(1) << exch_trie_part(&p->node[parent], key));
		n = parent;
	}
}

uint32_t
exch_trie_next(const struct exch_trie_pool *p,
    const struct exch_slot_data *slot, unsigned side, uint32_t level)
{
	uint64_t key = exch_trie_key(side, slot[level].tick);
	const struct exch_trie_node *v = &p->node[slot[level].level];
	uint64_t above;

	for (;;) {
		unsigned i = index_in(key, v->shift);

		above = i == 63 ? 0 : v->bits >> (i + 1) << (i + 1);
		if (above != 0)
			break;
		if (v->parent == 0)
			return 0;
		v = &p->node[v->parent];
	}
	return exch_trie_first(p, v, above);
}
