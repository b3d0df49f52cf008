/*
 * The trie of price levels (trie.h).  Knows keys and children only; what a
 * child is, the book decides.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/err.h"
#include "book/trie.h"

int
exch_trie_init(struct exch_trie_pool *p)
{
	p->cap = 64;
	p->used = 1;
	p->free = 0;
	p->node = exch_malloc(p->cap * sizeof(*p->node));
	return p->node == NULL ? EXCH_ERR_NOMEM : EXCH_OK;
}

void
exch_trie_clear(struct exch_trie_pool *p)
{
	exch_free(p->node);
	p->node = NULL;
}

/* Make sure that `n` nodes can be taken without moving the pool. */
static int
reserve(struct exch_trie_pool *p, uint32_t n)
{
	struct exch_trie_node *node;
	uint32_t cap;

	/* Free nodes are not counted: at most n nodes too early. */
	if (p->used + n <= p->cap)
		return EXCH_OK;
	if (p->cap > UINT32_MAX / 2)
		return EXCH_ERR_NOMEM;
	cap = p->cap * 2;
	node = exch_realloc(p->node, cap, sizeof(*node));
	if (node == NULL)
		return EXCH_ERR_NOMEM;
	p->node = node;
	p->cap = cap;
	return EXCH_OK;
}

/* Children of clear bits are never read, so they are not cleared. */
static uint32_t
take(struct exch_trie_pool *p, uint64_t key, uint32_t height, uint32_t parent)
{
	uint32_t i = p->free;
	struct exch_trie_node *n;

	if (i != 0)
		p->free = p->node[i].parent;
	else
		i = p->used++;
	n = &p->node[i];
	n->bits = 0;
	n->base =
	    height >= 10 ? 0 : key >> (6 * (height + 1)) << (6 * (height + 1));
	n->parent = parent;
	n->height = height;
	return i;
}

static void
link_child(struct exch_trie_pool *p, uint32_t parent, uint32_t child)
{
	struct exch_trie_node *n = &p->node[parent];
	unsigned i = exch_trie_index(p->node[child].base, n->height);

	n->child[i] = child;
	n->bits |= UINT64_C(1) << i;
	p->node[child].parent = parent;
}

/* The lowest height at which one node covers both keys (keys differ). */
static uint32_t
common_height(uint64_t a, uint64_t b)
{
	return (63 - (uint32_t)__builtin_clzll(a ^ b)) / 6;
}

/*
 * Put a node between `below` (a root, or a child whose range does not
 * hold the key) and its parent, high enough to cover both, and hang a new
 * leaf for the key into it.
 */
static uint32_t
split(struct exch_trie_pool *p, uint32_t *root, uint32_t below, uint64_t key)
{
	uint32_t parent = p->node[below].parent;
	uint32_t height = common_height(key, p->node[below].base);
	uint32_t mid = take(p, key, height, 0);
	uint32_t leaf = take(p, key, 0, mid);

	if (parent != 0)
		link_child(p, parent, mid);
	else
		*root = mid;
	link_child(p, mid, below);
	link_child(p, mid, leaf);
	return leaf;
}

int
exch_trie_leaf_far(struct exch_trie_pool *p, uint32_t *root, uint32_t *finger,
    uint64_t key, uint32_t *leaf)
{
	uint32_t n = *finger;

	if (reserve(p, 2) != EXCH_OK)
		return EXCH_ERR_NOMEM;
	if (*root == 0) {
		*root = *finger = *leaf = take(p, key, 0, 0);
		return EXCH_OK;
	}
	while (!exch_trie_covers(&p->node[n], key) && n != *root)
		n = p->node[n].parent;
	for (;;) {
		struct exch_trie_node *t = &p->node[n];
		unsigned i;

		if (!exch_trie_covers(t, key)) {
			n = split(p, root, n, key);
			break;
		}
		if (t->height == 0)
			break;
		i = exch_trie_index(key, t->height);
		if ((t->bits >> i & 1) == 0) {
			uint32_t new = take(p, key, 0, n);

			link_child(p, n, new);
			n = new;
			break;
		}
		n = t->child[i];
	}
	*leaf = *finger = n;
	return EXCH_OK;
}

uint32_t
exch_trie_get(const struct exch_trie_pool *p, uint32_t finger, uint64_t key)
{
	const struct exch_trie_node *t;
	uint32_t n = finger;

	if (n == 0)
		return 0;
	while (!exch_trie_covers(&p->node[n], key)) {
		n = p->node[n].parent;
		if (n == 0)
			return 0;
	}
	for (;;) {
		unsigned i;

		t = &p->node[n];
		i = exch_trie_index(key, t->height);
		if ((t->bits >> i & 1) == 0)
			return 0;
		n = t->child[i];
		if (t->height == 0)
			return n;
		if (!exch_trie_covers(&p->node[n], key))
			return 0;
	}
}

void
exch_trie_del(struct exch_trie_pool *p, uint32_t *root, uint32_t *finger,
    uint32_t leaf, uint64_t key)
{
	uint32_t n = leaf;

	for (;;) {
		struct exch_trie_node *t = &p->node[n];
		uint32_t parent = t->parent;

		t->bits &= ~(UINT64_C(1) << exch_trie_index(key, t->height));
		if (t->bits != 0)
			break;
		t->parent = p->free;
		p->free = n;
		if (*finger == n)
			*finger = parent;
		if (*root == n) {
			*root = 0;
			*finger = 0;
			return;
		}
		n = parent;
	}
	/* A finger needs no leaf, but it must be a node in use. */
	if (*finger == 0)
		*finger = n;
}

uint32_t
exch_trie_next(const struct exch_trie_pool *p, uint32_t leaf, uint64_t key)
{
	const struct exch_trie_node *t = &p->node[leaf];
	uint64_t above;
	uint32_t n = leaf;

	for (;;) {
		unsigned i = exch_trie_index(key, t->height);

		above = i == 63 ? 0 : t->bits >> (i + 1) << (i + 1);
		if (above != 0)
			break;
		n = t->parent;
		if (n == 0)
			return 0;
		t = &p->node[n];
	}
	while (t->height != 0) {
		t = &p->node[t->child[__builtin_ctzll(above)]];
		above = t->bits;
	}
	return t->child[__builtin_ctzll(above)];
}
