/*
 * The header of an order CSV: which column means what.  Private to the
 * reader in orders.c; the format is described in exch-orders(5).
 */
#ifndef EXCH_FEED_ORDERS_H
#define EXCH_FEED_ORDERS_H

#include "feed/rows.h"

enum exch_col {
	EXCH_COL_TIME,
	EXCH_COL_SYMBOL,
	EXCH_COL_ACTION,
	EXCH_COL_ORDER,
	EXCH_COL_SIDE,
	EXCH_COL_QTY,
	EXCH_COL_PRICE,
	EXCH_COL_TYPE,
	EXCH_COL_TIF,
	EXCH_COL_ACCOUNT,
	EXCH_COL_FLAGS,
	EXCH_COL_NEW_ORDER,
	EXCH_COLS
};

struct exch_columns {
	int at[EXCH_COLS]; /* number of the field, from 0, or -1 */
	unsigned n;	   /* fields in every row */
};

/* Our name of a column: "new_order". */
const char *exch_col_name(enum exch_col c);
/* True when the bytes begin with a header that needs no column map. */
bool exch_columns_match(const unsigned char *p, size_t n);
/*
 * Understand the header row, with `map` as --columns gives it (or NULL).
 * EXCH_ERR_FORMAT: a column is missing, unknown or there twice.
 */
int exch_columns_read(const struct exch_rows *row, const char *map,
    const char *name, struct exch_columns *c, struct exch_diag *d);

#endif
