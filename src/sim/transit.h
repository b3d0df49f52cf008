/*
 * What is on its way: things by the time at which they arrive.  Of those that
 * arrive together the lower number comes first, so that an order does not
 * depend on how they came to be there; one count of numbers may serve several
 * of these.
 *
 * Nearly everything arrives in the order in which it was sent, and stands in a
 * queue.  What overtakes the last of the queue stands in a heap, so that it
 * costs no more where very many are on their way.  Both hold keys, and the
 * things lie still.
 */
#ifndef EXCH_SIM_TRANSIT_H
#define EXCH_SIM_TRANSIT_H

#include <stddef.h>

#include "base/types.h"

struct exch_transit_key {
	exch_ts at;
	uint64_t no;
	size_t slot;
};

/*
 * Always true: queue[first..end) ascends, and in heap[0..n) nobody comes before
 * his parent.
 */
struct exch_transit {
	struct exch_transit_key *queue;
	size_t first, end, cap_queue;
	struct exch_transit_key *heap;
	size_t n, cap_heap;
	unsigned char *thing; /* by slot; a free one holds the next free one */
	size_t size;	      /* of a thing, at least that of a size_t */
	size_t free;	      /* one more than its slot; 0: none */
	size_t used, cap_thing;
};

/* Things of `size` bytes; no memory is taken. */
void exch_transit_init(struct exch_transit *t, size_t size);
/* Of zeros, too. */
void exch_transit_clear(struct exch_transit *t);
/* A copy of a thing; two have never the same number.  EXCH_ERR_NOMEM. */
int exch_transit_put(
    struct exch_transit *t, exch_ts at, uint64_t no, const void *thing);
/* The next one comes out; there is one. */
void exch_transit_take(struct exch_transit *t, void *thing);

static inline bool
exch_transit_is_before(
    const struct exch_transit_key *a, const struct exch_transit_key *b)
{
	return a->at < b->at || (a->at == b->at && a->no < b->no);
}

/* The next one, until something is put or taken; NULL: there is none. */
static inline const struct exch_transit_key *
exch_transit_head(const struct exch_transit *t)
{
	const struct exch_transit_key *q = NULL;

	if (t->first < t->end)
		q = &t->queue[t->first];
	if (t->n == 0)
		return q;
	return q != NULL && exch_transit_is_before(q, t->heap) ? q : t->heap;
}

/* When it arrives; EXCH_TS_NONE: never. */
static inline exch_ts
exch_transit_next(const struct exch_transit *t)
{
	const struct exch_transit_key *head = exch_transit_head(t);

	return head != NULL ? head->at : EXCH_TS_NONE;
}

#endif
