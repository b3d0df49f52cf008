/*
 * Who is next: actors and the time at which each of them is due, as a heap of
 * their numbers.  Of those that are due together the one with the lowest
 * number comes first, so that an order does not depend on how they came to be
 * there.
 */
#ifndef EXCH_SIM_AGENDA_H
#define EXCH_SIM_AGENDA_H

#include "base/types.h"

/*
 * Always true: place[heap[i]] == i, and nobody comes before his parent.
 */
struct exch_agenda {
	exch_ts *due;	 /* by actor; EXCH_TS_NONE: never */
	uint32_t *heap;	 /* actors */
	uint32_t *place; /* by actor: where in the heap */
	uint32_t n;
};

/* n actors, none of them ever due.  EXCH_ERR_NOMEM. */
int exch_agenda_init(struct exch_agenda *a, uint32_t n);
void exch_agenda_clear(struct exch_agenda *a);
/* An actor is due at another time. */
void exch_agenda_set(struct exch_agenda *a, uint32_t actor, exch_ts due);

/* The next one; n > 0. */
static inline uint32_t
exch_agenda_first(const struct exch_agenda *a, exch_ts *due)
{
	*due = a->due[a->heap[0]];
	return a->heap[0];
}

#endif
