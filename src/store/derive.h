/*
 * Rows of records.  The one place that says what a record becomes in the
 * tables: loading inserts what it gives, verification compares it with what
 * is there.
 */
#ifndef EXCH_STORE_DERIVE_H
#define EXCH_STORE_DERIVE_H

#include <limits.h>

#include "rec/dir.h"
#include "rec/owner.h"
#include "store/sql.h"
#include "store/tables.h"

/* The number of the table of extension entries, behind all others. */
#define EXCH_ROW_ENTRY UINT_MAX

struct exch_row {
	unsigned table; /* or EXCH_ROW_ENTRY */
	unsigned n;
	/* Good as long as the record; v[0] is the id. */
	struct exch_sql_value v[EXCH_STORE_COLUMNS];
};

/* What rows of a stream depend on besides the record. */
struct exch_derive {
	uint32_t stream;
	unsigned purged;  /* kinds of rows that are gone: 1 << kind */
	uint32_t sources; /* SOURCE records so far: their position */
	struct exch_dir *dir;
	struct exch_owners owners;
	struct exch_keyed held;	     /* orders that a gate holds */
	struct exch_rec_block block; /* the last one: its TRADE follows */
	/* By type: number of its table, or -1, and its schema. */
	int16_t table[256];
	const struct exch_schema *schema[256];
	uint64_t strange; /* shorter than their fields: they have no row */
};

/* EXCH_ERR_NOMEM.  `stream` is its number. */
int exch_derive_init(struct exch_derive *v, uint32_t stream);
void exch_derive_clear(struct exch_derive *v);

typedef int exch_row_fn(
    void *arg, const struct exch_row *row, struct exch_diag *d);

/*
 * The rows of a record, in the order of the stream, of which `position`
 * numbered ones came before.  What `put` returns other than 0 is returned.
 * EXCH_ERR_NOMEM.
 */
int exch_derive(struct exch_derive *v, const struct exch_rec *r, uint64_t seq,
    uint64_t position, exch_row_fn *put, void *arg, struct exch_diag *d);

#endif
