/*
 * What reports derive from the stream alone, held to the naive engine: an
 * order's open quantity, working price, displayed part, place and state,
 * the best displayed prices, and what must hold of every execution and
 * auction of the general market.
 */
#ifndef EXCH_TESTS_DERIVE_H
#define EXCH_TESTS_DERIVE_H

#include "naive/naive.h"

struct derive;

/*
 * fifo: within a price, who came first trades first.  The rules have the
 * table of ticks; they must live as long.
 */
struct derive *derive_new(
    uint8_t phase, bool fifo, const struct naive_rules *rules);
void derive_free(struct derive *v);
/* Nobody looks: reports cannot follow such a stream. */
void derive_blind(struct derive *v);
/* Auctions have a band: not all that could trade has to. */
void derive_banded(struct derive *v);

/* A command, or events of one behind the other. */
void derive_record(struct derive *v, const struct exch_rec *r);
void derive_events(struct derive *v, const void *bytes, size_t nbytes);
/* No event is under way: everything is as the naive engine has it. */
void derive_compare(struct derive *v, const struct naive *n);
/* Bests alone: cheap. */
void derive_look(struct derive *v, const struct naive *n);

/* What was violated first, or NULL. */
const char *derive_wrong(const struct derive *v);

#endif
