/*
 * What accounts lend to those who would fail to deliver, as in the stock borrow
 * program that the National Securities Clearing Corporation had: so much of a
 * symbol, at a rate a year, and the cheapest is borrowed first.
 */
#ifndef EXCH_SETTLE_LENDING_H
#define EXCH_SETTLE_LENDING_H

#include "base/err.h"
#include "ref/table.h"

struct exch_lending_row {
	uint32_t account;
	char symbol[24];
	uint64_t quantity; /* lent at the same time, 1 and up */
	int64_t rate;	   /* of the value for a year, 10^-9, 0 and up */
};

/*
 * Rows as they stand, exch-tables(5); cleared by exch_reftable_clear.  Refused
 * besides what a table is: an account that lends a symbol twice.
 */
int exch_lending_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);

/*
 * What lending something of a value costs for so many nights, 10^-6, half-even:
 * value x rate x nights / 360, as money is lent in dollars and euros.
 * EXCH_ERR_RANGE: beyond 128 bits.
 */
int exch_lending_fee(
    exch_i128 value, int64_t rate, uint32_t nights, exch_i128 *fee);

#endif
