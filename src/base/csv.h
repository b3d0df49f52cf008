/*
 * Reading CSV tables through libcsv (strict: RFC 4180, quotes checked at
 * the end).  Rows come one at a time with their line number.  Meant for
 * tables and small files; the hot order CSV has a reader of its own.
 */
#ifndef EXCH_BASE_CSV_H
#define EXCH_BASE_CSV_H

#include "base/err.h"

struct exch_csv_row {
	uint64_t line; /* line on which the row starts, from 1 */
	size_t nfields;
	const char *const *field; /* NUL-terminated, good during the call */
	const size_t *len;
};

/* Called per row, header included; a non-zero result stops the parse. */
typedef int exch_csv_fn(
    void *arg, const struct exch_csv_row *row, struct exch_diag *d);

/* Parse a whole table held in memory. */
int exch_csv_parse(const char *bytes, size_t n, const char *name,
    exch_csv_fn *fn, void *arg, struct exch_diag *d);

/*
 * Refuse a field (from 0) of a row of the table `name`: "'5OO' what".  The
 * place that is told is that of its first character.
 */
int exch_csv_bad(const struct exch_csv_row *row, const char *name, size_t field,
    struct exch_diag *d, const char *what);

#endif
