/*
 * The short ways into a trie (trie.h), for whoever puts levels with every
 * order: what concerns one node only, the node used last or the level's own.
 * Each says when there is more to do, and then has changed nothing.
 */
#ifndef EXCH_BOOK_TRIE_QUICK_H
#define EXCH_BOOK_TRIE_QUICK_H

#include "book/book.h"
#include "book/trie.h"

/* exch_trie_put() where the node used last holds it; 0: call that. */
static inline uint32_t
exch_trie_put_quick(const struct exch_trie_pool *p, const struct exch_trie *t,
    struct exch_slot_data *slot, unsigned side, int64_t tick, uint32_t fresh)
{
	uint64_t key = exch_trie_key(side, tick);
	struct exch_trie_node *v = &p->node[t->finger];
	unsigned i = (unsigned)(key >> v->shift) & 63;
	uint64_t bit = UINT64_C(1) << i;

	if (t->finger == 0 || (key ^ v->base) >> v->shift >= 64)
		return 0;
	if ((v->bits & bit) != 0) {
		uint32_t c = v->child[i];

		return (c & EXCH_TRIE_NODE) == 0 && slot[c].tick == tick ? c
									 : 0;
	}
	v->child[i] = fresh;
	v->bits |= bit;
	slot[fresh].level = t->finger;
	return fresh;
}

/* exch_trie_next() within the level's node; 0: call that. */
static inline uint32_t
exch_trie_next_quick(const struct exch_trie_pool *p,
    const struct exch_slot_data *slot, unsigned side, uint32_t level)
{
	uint64_t key = exch_trie_key(side, slot[level].tick);
	const struct exch_trie_node *v = &p->node[slot[level].level];
	unsigned i = (unsigned)(key >> v->shift) & 63;
	uint64_t above = v->bits >> i >> 1 << i << 1;
	uint32_t c;

	if (above == 0)
		return 0;
	c = v->child[__builtin_ctzll(above)];
	return (c & EXCH_TRIE_NODE) == 0 ? c : 0;
}

#endif
