/* Pairing heaps in a pool (best.h). */
#include <config.h>

#include "base/image.h"
#include "risk/best.h"

int
exch_best_init(struct exch_best *b)
{
	b->made = 0;
	return exch_keyed_init(&b->node, sizeof(struct exch_best_node));
}

void
exch_best_clear(struct exch_best *b)
{
	exch_keyed_clear(&b->node);
}

void
exch_best_image(struct exch_image *im, struct exch_best *b)
{
	exch_keyed_image(im, &b->node);
	exch_image_bytes(im, &b->made, sizeof(b->made));
}

static struct exch_best_node *
at(const struct exch_best *b, uint32_t node)
{
	return exch_keyed_at(&b->node, node);
}

/* Two heaps become one: the higher root is the other's first child. */
static uint32_t
merge(const struct exch_best *b, uint32_t x, uint32_t y)
{
	struct exch_best_node *up, *down;
	uint32_t low;

	if (x == 0 || y == 0)
		return x + y;
	low = at(b, y)->rank < at(b, x)->rank ? y : x;
	up = at(b, low);
	down = at(b, low == x ? y : x);
	down->next = up->child;
	if (up->child != 0)
		at(b, up->child)->prev = down->key.slot;
	down->prev = low;
	up->child = down->key.slot;
	up->next = up->prev = 0;
	return low;
}

/* The children become a heap: pairs from the left, then all from the right. */
static uint32_t
gather(const struct exch_best *b, uint32_t child)
{
	uint32_t pairs = 0, all = 0, next;

	for (; child != 0; child = next) {
		uint32_t y = at(b, child)->next, pair;

		next = y != 0 ? at(b, y)->next : 0;
		at(b, child)->next = at(b, child)->prev = 0;
		pair = merge(b, child, y);
		at(b, pair)->next = pairs;
		pairs = pair;
	}
	for (; pairs != 0; pairs = next) {
		next = at(b, pairs)->next;
		at(b, pairs)->next = 0;
		all = merge(b, all, pairs);
	}
	if (all != 0)
		at(b, all)->next = at(b, all)->prev = 0;
	return all;
}

/* It stands alone from now on. */
static void
take_out(const struct exch_best *b, uint32_t *root, uint32_t node)
{
	struct exch_best_node *n = at(b, node);
	uint32_t rest = gather(b, n->child);

	n->child = 0;
	if (node == *root) {
		*root = rest;
		return;
	}
	if (at(b, n->prev)->child == node)
		at(b, n->prev)->child = n->next;
	else
		at(b, n->prev)->next = n->next;
	if (n->next != 0)
		at(b, n->next)->prev = n->prev;
	n->next = n->prev = 0;
	*root = merge(b, *root, rest);
}

int
exch_best_add(struct exch_best *b, uint32_t *root, int64_t rank, uint32_t *node)
{
	struct exch_best_node *n;
	int err = exch_keyed_add(&b->node, 0, ++b->made, &n);

	if (err != 0)
		return err;
	n->rank = rank;
	*node = n->key.slot;
	*root = merge(b, *root, *node);
	return EXCH_OK;
}

void
exch_best_drop(struct exch_best *b, uint32_t *root, uint32_t node)
{
	take_out(b, root, node);
	exch_keyed_drop(&b->node, at(b, node));
}

void
exch_best_move(struct exch_best *b, uint32_t *root, uint32_t node, int64_t rank)
{
	take_out(b, root, node);
	at(b, node)->rank = rank;
	*root = merge(b, *root, node);
}

bool
exch_best_of(
    struct exch_best *b, uint32_t *root, uint32_t without, int64_t *rank)
{
	uint32_t best = *root;

	if (best == without && best != 0) {
		take_out(b, root, without);
		best = *root;
		*root = merge(b, *root, without);
	}
	if (best == 0)
		return false;
	*rank = at(b, best)->rank;
	return true;
}
