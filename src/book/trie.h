/*
 * The set of price levels of one side: a 64-ary trie over unsigned 64-bit
 * keys, the best price being the smallest key.  A node stands for an
 * aligned range of 64^(height + 1) keys; chains of nodes with one child are
 * left out where they would be made (the child may be several heights
 * below), so a lone far price costs two nodes and not eleven.
 *
 *	key:  ... | 6 bits | 6 bits | 6 bits |
 *	           height 2  height 1  height 0 (leaf: child = level slot)
 *
 * Searches start at a finger, the leaf used last, and climb only as far as
 * the two keys differ: near the touch that is no step at all, whatever far
 * prices have made of the root.
 *
 * Always true: bit i of a node is set <=> child[i] leads to a level; no
 * node but a root has no bits.  Nodes are named by index; 0 is none.
 */
#ifndef EXCH_BOOK_TRIE_H
#define EXCH_BOOK_TRIE_H

#include "base/types.h"

struct exch_trie_node {
	uint64_t bits;
	uint64_t base; /* smallest key of the range */
	uint32_t parent;
	uint32_t height;
	uint32_t child[64];
};

/* Nodes of all tries of a store. */
struct exch_trie_pool {
	struct exch_trie_node *node;
	uint32_t cap;
	uint32_t used; /* nodes ever taken, node 0 included */
	uint32_t free; /* list through parent */
};

int exch_trie_init(struct exch_trie_pool *p);
void exch_trie_clear(struct exch_trie_pool *p);

/* True when `key` lies in the range of the node. */
static inline bool
exch_trie_covers(const struct exch_trie_node *n, uint64_t key)
{
	return n->height >= 10 || (key ^ n->base) >> (6 * (n->height + 1)) == 0;
}

static inline unsigned
exch_trie_index(uint64_t key, uint32_t height)
{
	return (unsigned)(key >> (6 * height)) & 63;
}

int exch_trie_leaf_far(struct exch_trie_pool *p, uint32_t *root,
    uint32_t *finger, uint64_t key, uint32_t *leaf);

/*
 * The leaf for a key, made if it does not exist; its bit is not set yet:
 * the caller stores the child and sets it, at once.  EXCH_ERR_NOMEM.
 */
static inline int
exch_trie_leaf(struct exch_trie_pool *p, uint32_t *root, uint32_t *finger,
    uint64_t key, uint32_t *leaf)
{
	uint32_t n = *finger;

	if (__builtin_expect(n != 0 && (key ^ p->node[n].base) >> 6 == 0 &&
				 p->node[n].height == 0,
		1)) {
		*leaf = n;
		return 0;
	}
	return exch_trie_leaf_far(p, root, finger, key, leaf);
}

/* The child stored for a key, or 0. */
uint32_t exch_trie_get(
    const struct exch_trie_pool *p, uint32_t finger, uint64_t key);
/* Take a key out; empty nodes go back to the pool. */
void exch_trie_del(struct exch_trie_pool *p, uint32_t *root, uint32_t *finger,
    uint32_t leaf, uint64_t key);
/* The child of the smallest key above `key`, which lies in `leaf`; or 0. */
uint32_t exch_trie_next(
    const struct exch_trie_pool *p, uint32_t leaf, uint64_t key);

#endif
