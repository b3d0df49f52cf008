/* What the files of verification share. */
#ifndef EXCH_STORE_VERIFY_H
#define EXCH_STORE_VERIFY_H

#include "base/sha256.h"
#include "store/priv.h"

struct exch_verify {
	struct exch_sql *sql;
	void (*tell)(void *arg, const char *fault);
	void *arg;
	const char *noted; /* or NULL */
	struct exch_verify_result *result;
};

/* Tell a fault and count it. */
void exch_verify_fault(struct exch_verify *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* What cannot be read is a fault, and the rest is looked at all the same. */
int exch_verify_go_on(struct exch_verify *v, int err, struct exch_diag *d);
/* A column as text. */
const char *exch_verify_text(struct exch_sql_stmt *t, unsigned column);

/* ---- verify_schema.c ---- */

/* Pages and indexes, by SQLite itself. */
int exch_verify_pages(struct exch_verify *v, struct exch_diag *d);
/* Tables, views and triggers. */
int exch_verify_schema(struct exch_verify *v, struct exch_diag *d);
int exch_verify_words(struct exch_verify *v, struct exch_diag *d);

/* ---- verify_stream.c ---- */

/* `arg` is the struct exch_verify. */
int exch_verify_stream(
    void *arg, const struct exch_store_stream *st, struct exch_diag *d);

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
