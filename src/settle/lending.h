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
	uint64_t quantity; /* lent at the same time, 1 and up; of each day */
	int64_t rate;	   /* of the value for a year, 10^-9, 0 and up */
};

/*
 * Rows as they stand, exch-tables(5); cleared by exch_reftable_clear.  Refused
 * besides what a table is: an account that lends a symbol twice.
 */
int exch_lending_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);

/*
 * What lenders recall: from a day on an account lends no more than so much, and
 * what it has lent beyond that so many settlement days later is bought in, on
 * the morning of that day.
 */
struct exch_recall_row {
	uint32_t date;
	uint32_t account;
	char symbol[24];
	uint64_t keeps; /* still lent, 0 and up */
	uint32_t days;
};

/*
 * Rows in the order of their days, exch-tables(5); cleared as above.  Refused
 * besides what a table is: a day before that of the row above, and an account
 * that recalls a symbol twice on a day.
 */
int exch_recalls_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);

/* What loans are secured with: a dated table, exch-tables(5); cleared so. */
int exch_collateral_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);
/* Of the value, and a rebate a year on it, 10^-9; 0 where no row tells. */
void exch_collateral_at(const struct exch_reftable *t, uint32_t date,
    int64_t *rate, int64_t *rebate);

/*
 * What lending something of a value costs for so many nights, 10^-6, half-even:
 * value x rate x nights / 360, as money is lent in dollars and euros.
 * EXCH_ERR_RANGE: beyond 128 bits.
 */
int exch_lending_fee(
    exch_i128 value, int64_t rate, uint32_t nights, exch_i128 *fee);

#endif
