/*
 * The best of what rests, of one side: heaps of ranks, lower first, that share
 * a pool.  Pairing heaps, by Fredman, Sedgewick, Sleator and Tarjan: adding
 * takes a step or two, taking one out is logarithmic over many, and a node
 * that is in the middle leaves as the first one does.  A sorted list would do
 * for people; a stranger with a hundred thousand orders makes it walk.
 *
 * A rank is a price, so turned that the best is the lowest.
 */
#ifndef EXCH_RISK_BEST_H
#define EXCH_RISK_BEST_H

#include "base/keyed.h"

/* Known by (0, running number). */
struct exch_best_node {
	struct exch_key key;
	int64_t rank;
	uint32_t child; /* its first, or 0 */
	uint32_t next;	/* to the right, of one parent */
	uint32_t prev;	/* to the left, or the parent of a first child */
	uint32_t zero;
	int64_t stands, wants; /* ranks that its owner keeps here: meet.c */
};

struct exch_best {
	struct exch_keyed node;
	uint64_t made;
};

/* EXCH_ERR_NOMEM. */
int exch_best_init(struct exch_best *b);
void exch_best_clear(struct exch_best *b);
struct exch_image;
void exch_best_image(struct exch_image *im, struct exch_best *b);

/* One more below *root, 0: an empty heap.  EXCH_ERR_NOMEM, EXCH_ERR_LIMIT. */
int exch_best_add(
    struct exch_best *b, uint32_t *root, int64_t rank, uint32_t *node);
void exch_best_drop(struct exch_best *b, uint32_t *root, uint32_t node);
/* It has another rank now. */
void exch_best_move(
    struct exch_best *b, uint32_t *root, uint32_t node, int64_t rank);
/* The lowest rank, without that of a node (0: of all).  False: there is none. */
bool exch_best_of(
    struct exch_best *b, uint32_t *root, uint32_t without, int64_t *rank);

#endif
