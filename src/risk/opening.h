/*
 * The table of what accounts had before the first record, exch-tables(5): read,
 * by symbol, and rows that an instrument does not allow.
 */
#ifndef EXCH_RISK_OPENING_H
#define EXCH_RISK_OPENING_H

#include "rec/rec.h"
#include "ref/table.h"

struct exch_opening_row {
	uint32_t account;
	char symbol[24];
	int64_t qty;   /* below 0: short */
	exch_px price; /* it cost for one */
};

/*
 * An account has a symbol once.  Its rows are owned by *t and freed by
 * exch_reftable_clear; the text is borrowed.  A refused table is empty.
 */
int exch_opening_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);

/* Its rows by symbol, and then as they stand in the table, which is borrowed. */
struct exch_opening {
	const struct exch_reftable *t; /* NULL: no table */
	const struct exch_opening_row **row;
	bool *taken; /* by the first of each symbol */
	size_t n;
};

/* EXCH_ERR_NOMEM. */
int exch_opening_sort(
    struct exch_opening *o, const struct exch_reftable *t, struct exch_diag *d);
void exch_opening_clear(struct exch_opening *o);

/* The rows about a symbol, 24 bytes with NULs; *n of them. */
const struct exch_opening_row *const *exch_opening_of(
    const struct exch_opening *o, const char symbol[24], size_t *n);

/* Of its table, from 1. */
uint64_t exch_opening_line(
    const struct exch_opening *o, const struct exch_opening_row *row);

/* Nobody has asked so for these, as exch_opening_of() gave them, before. */
bool exch_opening_take(
    struct exch_opening *o, const struct exch_opening_row *const *rows);

/*
 * A row has a price that instruments of the kind do not have.
 * EXCH_ERR_FORMAT with its place.
 */
int exch_opening_price(const struct exch_opening *o,
    const struct exch_opening_row *row, uint8_t kind, struct exch_diag *d);
/* It is beyond numbers: of one position, or with what there is by then. */
int exch_opening_too_much(const struct exch_opening *o,
    const struct exch_opening_row *row, struct exch_diag *d);

#endif
