/*
 * Rows into tables, several by one statement: SQLite finds the end of a table
 * once for all of them, and that is most of what a row costs.
 */
#ifndef EXCH_STORE_INSERT_H
#define EXCH_STORE_INSERT_H

#include "store/derive.h"

struct exch_insert;

int exch_insert_new(
    struct exch_sql *sql, struct exch_insert **out, struct exch_diag *d);
void exch_insert_free(struct exch_insert *x);

/*
 * Take a row; exch_row_fn.  Its text and bytes have to stay until it was
 * flushed.
 */
int exch_insert_row(
    void *insert, const struct exch_row *row, struct exch_diag *d);
/* Insert what was taken. */
int exch_insert_flush(struct exch_insert *x, struct exch_diag *d);
/* Forget it. */
void exch_insert_drop(struct exch_insert *x);

#endif
