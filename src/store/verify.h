/* What the files of verification share. */
#ifndef EXCH_STORE_VERIFY_H
#define EXCH_STORE_VERIFY_H

#include "base/sha256.h"
#include "store/priv.h"

struct exch_verify {
	struct exch_sql *sql;
	void (*tell)(void *arg, const char *fault);
	void *arg;
	struct exch_verify_result *result;
};

/* Tell a fault and count it. */
void exch_verify_fault(struct exch_verify *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- verify_rows.c: rows of a stream against its records ---- */

struct exch_rows;

int exch_rows_open(struct exch_verify *v, uint32_t stream,
    struct exch_rows **out, struct exch_diag *d);
/* The row that a record makes against the one that is there; exch_row_fn. */
int exch_rows_check(
    void *rows, const struct exch_row *row, struct exch_diag *d);
/* Rows that no record makes. */
int exch_rows_end(struct exch_rows *r, struct exch_diag *d);
void exch_rows_close(struct exch_rows *r);

#endif
