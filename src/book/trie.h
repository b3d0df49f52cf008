/*
 * The set of price levels of one side: a 64-ary trie over unsigned 64-bit
 * keys, the best price being the smallest key.  A node stands for an
 * aligned range of 64^(height + 1) keys and has 64 children, each for a
 * part of it.  A part that holds one level leads to that level directly,
 * whatever the node's height; a node below is made only when two levels
 * share a part.
 *
 *	key:  ... | 6 bits | 6 bits | 6 bits |
 *	           height 2  height 1  height 0
 *
 * So the nodes follow the prices in use and not the tick: where prices move
 * by cents on a grid of a hundredth of a cent, one node holds 41 cents.  A
 * lone far price costs no node of its own.
 *
 * Searches start at a finger, the node used last, if its range holds the
 * key, and else at the root: near the touch that is seldom a step, whatever
 * far prices have made of the root.
 *
 * Always true: bit i of `bits` is set <=> child[i] leads to a level: it is
 * the level's slot, or EXCH_TRIE_NODE and the index of a node; no node is
 * without bits.  0 is no node and no level.  Node 0 covers some keys and has
 * no room for any.
 */
#ifndef EXCH_BOOK_TRIE_H
#define EXCH_BOOK_TRIE_H

#include "base/types.h"

struct exch_slot_data;

#define EXCH_TRIE_NODE (UINT32_C(1) << 31)

struct exch_trie_node {
	uint64_t bits;
	uint64_t base; /* smallest key of the range */
	uint32_t parent;
	uint32_t shift; /* 6 * height: of the key to the part */
	uint32_t child[64];
};

/* Nodes of all tries of a store. */
struct exch_trie_pool {
	struct exch_trie_node *node;
	uint32_t cap;
	uint32_t used; /* nodes ever taken, node 0 included */
	uint32_t free; /* list through parent */
};

/* One trie: where it begins, and where it was used last. */
struct exch_trie {
	uint32_t root;
	uint32_t finger;
};

int exch_trie_init(struct exch_trie_pool *p);
void exch_trie_clear(struct exch_trie_pool *p);
/* The next exch_trie_put() will not fail: EXCH_ERR_NOMEM. */
int exch_trie_room(struct exch_trie_pool *p);

static inline bool
exch_trie_has_room(const struct exch_trie_pool *p)
{
	return p->free != 0 || p->used < p->cap;
}

/* The key of a level's tick: buy sides are turned round. */
static inline uint64_t
exch_trie_key(unsigned side, int64_t tick)
{
	/* Sides come as they like: no branch would guess them. */
	return (uint64_t)tick ^ UINT64_C(1) << 63 ^ ((uint64_t)side - 1);
}

/* The level of a tick, or 0. */
uint32_t exch_trie_get(const struct exch_trie_pool *p,
    const struct exch_trie *t, const struct exch_slot_data *slot, unsigned side,
    int64_t tick);
/*
 * The level of a tick; if there is none, `fresh` becomes it, its slot's
 * `level` being set to its node (the rest is the caller's).  Returns 0
 * when out of memory.
 */
uint32_t exch_trie_put(struct exch_trie_pool *p, struct exch_trie *t,
    struct exch_slot_data *slot, unsigned side, int64_t tick, uint32_t fresh);
/* A node lost its last bit: it goes, and those above that lose theirs. */
void exch_trie_prune(
    struct exch_trie_pool *p, struct exch_trie *t, uint32_t node);
/* The level behind one, or 0. */
uint32_t exch_trie_next(const struct exch_trie_pool *p,
    const struct exch_slot_data *slot, unsigned side, uint32_t level);

/* The part a key is in; more than 63: in none of this node. */
static inline uint64_t
exch_trie_part(const struct exch_trie_node *v, uint64_t key)
{
	return (key ^ v->base) >> v->shift;
}

/*
 * A new level into a node, if that covers its key and has nothing in that
 * part.  The slot's `level` is the caller's.
 */
static inline bool
exch_trie_hang(
    struct exch_trie_pool *p, uint32_t node, uint64_t key, uint32_t level)
{
	struct exch_trie_node *v = &p->node[node];
	uint64_t i = exch_trie_part(v, key);

	if (i > 63 || (v->bits >> i & 1) != 0)
		return false;
	v->child[i] = level;
	v->bits |= UINT64_C(1) << i;
	return true;
}

/* The first level in these parts of a node, of which there are some. */
static inline uint32_t
exch_trie_first(const struct exch_trie_pool *p, const struct exch_trie_node *v,
    uint64_t bits)
{
	for (;;) {
		uint32_t c = v->child[__builtin_ctzll(bits)];

		if (__builtin_expect((c & EXCH_TRIE_NODE) == 0, 1))
			return c;
		v = &p->node[c ^ EXCH_TRIE_NODE];
		bits = v->bits;
	}
}

/* Take a level out. */
static inline void
exch_trie_del(
    struct exch_trie_pool *p, struct exch_trie *t, uint32_t node, uint64_t key)
{
	struct exch_trie_node *v = &p->node[node];

	v->bits &= ~(UINT64_C(1) << exch_trie_part(v, key));
	if (__builtin_expect(v->bits == 0, 0))
		exch_trie_prune(p, t, node);
}

#endif
