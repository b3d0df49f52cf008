/*
 * The naive allocation: every rule of exch-match(1), ALLOCATION, in the
 * most literal form, lot by lot and by looking for the largest again and
 * again.  It shares the rows with the real one, which are data, and no
 * code.
 */
#ifndef EXCH_TESTS_NAIVE_ALLOC_H
#define EXCH_TESTS_NAIVE_ALLOC_H

#include "match/alloc.h"

/*
 * Parts of `incoming`, less than the sum; *next is the participant whose
 * turn it is by parity.  Sums of what is open times places in the queue
 * times incoming must stay below 2^128 for time pro rata, and quantities
 * small in lots for parity.
 */
void naive_alloc(const struct exch_alloc *a, uint32_t *next, exch_qty unit,
    const struct exch_alloc_order *o, size_t n, exch_qty incoming,
    exch_qty *part);

#endif
