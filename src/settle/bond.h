/*
 * The bonds there are, by their symbols: what a trade in one of them pays for
 * besides its price (accrued.h).  A table that people write, exch-tables(5).
 */
#ifndef EXCH_SETTLE_BOND_H
#define EXCH_SETTLE_BOND_H

#include "ref/table.h"
#include "settle/accrued.h"

struct exch_bond_row {
	char symbol[24];
	struct exch_bond bond;
	uint8_t daycount; /* as `bond` has it */
};

/*
 * A table of bonds, its rows by symbol; cleared by exch_reftable_clear.
 * Refused are a symbol that comes twice and a schedule that is none.
 */
int exch_bonds_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);
/* The row of a symbol, borrowed from the table; NULL: there is none. */
const struct exch_bond_row *exch_bond_find(
    const struct exch_reftable *t, const char symbol[24]);

#endif
