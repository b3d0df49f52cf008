/*
 * What must hold for the engine's events whatever the rules in detail:
 * quantity is conserved, trades respect limits, price and time, auctions
 * trade the most that can be traded, matches are numbered without gaps,
 * and no crossed book is left in continuous trading.  Nothing here is
 * taken from either engine: the books are rebuilt from the events.
 */
#ifndef EXCH_TESTS_INVARIANTS_H
#define EXCH_TESTS_INVARIANTS_H

#include "rec/rec.h"

struct inv;

/* phase: in which instruments begin */
struct inv *inv_new(uint8_t phase);
void inv_free(struct inv *v);
/* Auctions have a band: not all that could trade has to. */
void inv_banded(struct inv *v);

/* A command, its events one by one, and that there are no more. */
void inv_command(struct inv *v, const struct exch_rec *r);
void inv_event(struct inv *v, const struct exch_rec *r);
void inv_done(struct inv *v);

/* What was violated first, or NULL. */
const char *inv_wrong(const struct inv *v);
/* Orders that rest by the account of the events. */
size_t inv_live(const struct inv *v);

#endif
