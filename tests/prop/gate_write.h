/*
 * What gate.c made, for a run of exch-match: its commands as a stream, its
 * tables, and what its walk said no to.  A failure ends the program.
 */
#ifndef EXCH_TESTS_PROP_GATE_WRITE_H
#define EXCH_TESTS_PROP_GATE_WRITE_H

#include "risk/gate.h"

/* The directory; without one all the others do nothing. */
void gate_write_to(const char *dir);
void gate_write_table(const char *name, const char *text, size_t n);
/* orders.xst, and verdicts: order, account, rule, limit, observed. */
void gate_write_open(exch_ts begin);
void gate_write_record(const struct exch_rec *r);
void gate_write_verdict(
    const struct exch_judged *who, const struct exch_judged *want);
void gate_write_close(void);

#endif
