/* The tables that gate.c judges by. */
#ifndef EXCH_TESTS_PROP_GATE_TABLES_H
#define EXCH_TESTS_PROP_GATE_TABLES_H

#include "risk/daytrades.h"
#include "risk/limits.h"
#include "risk/margin.h"

extern struct exch_limits limits;
extern struct exch_reftable accounts, restricted, instruments;
extern const struct exch_margin_rates gate_rates; /* members M2, account 9 */
extern const struct exch_day_trading gate_trading;
extern bool whole_limits; /* with those that need executions */

/* All of them, written too (gate_write.h); accounts 1 to n. */
void gate_tables(uint32_t n);
/* Without limits that a gate in front cannot ask for. */
void gate_front_tables(void);
void gate_tables_clear(void);

#endif
