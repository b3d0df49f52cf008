/*
 * The orders of one flow that rest in the book, so that it can cancel one of
 * them at random, among all or at a price, in constant time.
 */
#ifndef EXCH_SIM_LIVE_H
#define EXCH_SIM_LIVE_H

#include "base/types.h"

struct exch_live;

struct exch_live *exch_live_new(void); /* NULL: no memory */
void exch_live_free(struct exch_live *l);

/* It rests there now.  EXCH_ERR_NOMEM; EXCH_ERR_EXISTS: it did. */
int exch_live_add(struct exch_live *l, exch_oid id, unsigned side, int64_t tick,
    uint64_t lots);
/* So much of it is left, 0: nothing; false: it is none of these. */
bool exch_live_left(struct exch_live *l, exch_oid id, uint64_t lots);

/* Orders of a side; the i-th of them, in no order that means anything. */
size_t exch_live_count(const struct exch_live *l, unsigned side);
exch_oid exch_live_pick(const struct exch_live *l, unsigned side, size_t i);
/* Those at a price; the i-th of them, from 0, in no order either. */
size_t exch_live_at(const struct exch_live *l, unsigned side, int64_t tick);
exch_oid exch_live_pick_at(
    const struct exch_live *l, unsigned side, int64_t tick, size_t i);
/* Price and quantity of one; false: it is none of these. */
bool exch_live_find(const struct exch_live *l, exch_oid id, unsigned *side,
    int64_t *tick, uint64_t *lots);
/* What its flow wants to remember of one; 0 at first and of none of these. */
void exch_live_note(struct exch_live *l, exch_oid id, int64_t note);
int64_t exch_live_noted(const struct exch_live *l, exch_oid id);
/* How many were ever added, and which was the last. */
uint64_t exch_live_added(const struct exch_live *l, exch_oid *last);

#endif
