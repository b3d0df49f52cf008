/* Limits that change and the switch of a gate, for gate.c and its walk. */
#ifndef EXCH_TESTS_PROP_GATE_SAID_H
#define EXCH_TESTS_PROP_GATE_SAID_H

#include "base/rng.h"
#include "rec/rec.h"

#define INSTRS 6u
extern const char *const gate_symbols[INSTRS + 1];

/* The switch that is pulled, one at a time; on 0: none is. */
extern struct exch_rec_kill gate_killed;

/*
 * A LIMIT that leaves nobody beyond it, or a KILL, for the account or others;
 * `x` has room for either.
 */
void gate_said_make(
    struct exch_rec *x, uint32_t account, exch_ts now, struct exch_rng *rng);
/* The last thing said for just them; EXCH_LIMIT_NONE: nothing. */
int64_t gate_said_limit(uint32_t account, const char *symbol, size_t off);
void gate_said_clear(void);

#endif
