/*
 * Tables that people write: CSV with a header, read strictly.
 *
 *	# anything behind a number sign
 *	account,member,status
 *	17,ALPHA,active
 *
 * The header names the columns, in any order; those that a table may leave
 * out may be left out whole or cell by cell.  What is wrong is refused with
 * line, column and what was expected there.  exch-tables(5).
 */
#ifndef EXCH_REF_TABLE_H
#define EXCH_REF_TABLE_H

#include "base/err.h"

enum exch_cell {
	EXCH_CELL_TEXT, /* char[size], NUL padded; fills it at most */
	EXCH_CELL_UINT, /* u64 */
	EXCH_CELL_U32,
	EXCH_CELL_INT,	 /* i64 */
	EXCH_CELL_PX,	 /* i64, 10^-9 */
	EXCH_CELL_CASH,	 /* i64, 10^-6 */
	EXCH_CELL_DEC,	 /* i64, 10^-9: "-2", "0.25" */
	EXCH_CELL_SHARE, /* u32 in ppm: "0.25", "25%" */
	EXCH_CELL_RATE,	 /* i64, 10^-9: "-0.2047", "-20.47%" */
	EXCH_CELL_DATE,	 /* u32, a day that there is */
	EXCH_CELL_BIRTH, /* the same, also before 1970 */
	EXCH_CELL_TIME,	 /* u64 ns: "250ms" */
	EXCH_CELL_WORD,	 /* u8: one of the words */
	EXCH_CELL_WORDS	 /* u32: bits 1 << code of several, blanks between */
};

/* `word` NULL ends a list. */
struct exch_cell_word {
	const char *word;
	uint8_t code;
};

struct exch_column {
	const char *name;
	enum exch_cell kind;
	uint16_t off;	     /* in a row */
	uint16_t size;	     /* of a text */
	bool may_lack;	     /* else each row has it */
	int64_t lack;	     /* what stands there then; a text is "" */
	int64_t least, most; /* both 0: what the kind can hold */
	const struct exch_cell_word *words;
};

struct exch_reftable_shape {
	const char *what; /* "a table of accounts" */
	const struct exch_column *column;
	unsigned ncolumns;
	size_t row; /* bytes of one */
};

struct exch_reftable {
	void *row;
	uint64_t *line; /* where each stood */
	size_t n;
	/* borrowed from the caller of parse */
	const char *name, *text;
	size_t ntext;
};

/*
 * Parse a table's text; its rows are owned by *t and freed by
 * exch_reftable_clear.  A refused table is empty.
 */
int exch_reftable_parse(const char *text, size_t n, const char *name,
    const struct exch_reftable_shape *s, struct exch_reftable *t,
    struct exch_diag *d);
void exch_reftable_clear(struct exch_reftable *t);

/*
 * Rows in an order, as qsort compares two of them; those that are equal stay
 * as they stand in the file.  Their places, t->n of them, which are the
 * caller's to exch_free; NULL: out of memory, and told.
 */
typedef int exch_reftable_compare(const void *a, const void *b);
size_t *exch_reftable_order(const struct exch_reftable *t, size_t size,
    exch_reftable_compare *compare, struct exch_diag *d);
/* And those that are equal as `then` (NULL: nothing) compares them. */
size_t *exch_reftable_order_then(const struct exch_reftable *t, size_t size,
    exch_reftable_compare *compare, exch_reftable_compare *then,
    struct exch_diag *d);
/*
 * Refuse the first row that equals one before it: "line 2 WHAT".  `size` is
 * that of a row.
 */
int exch_reftable_once(const struct exch_reftable *t, size_t size,
    exch_reftable_compare *compare, const char *what, struct exch_diag *d);
/*
 * Refuse the first row whose day is before that of the row above: rows of
 * `size` bytes begin with it, YYYYMMDD in 32 bits.
 */
int exch_reftable_by_day(
    const struct exch_reftable *t, size_t size, struct exch_diag *d);

/*
 * Rows, and the lines of them, in that order from now on.  EXCH_ERR_NOMEM, and
 * nothing has changed.
 */
int exch_reftable_sort(struct exch_reftable *t, size_t size,
    exch_reftable_compare *compare, struct exch_diag *d);

/* Does the row's cell say what a cell says that nobody wrote? */
bool exch_cell_lacks(const struct exch_column *c, const void *row);

/* Refuse a row for what its cells say together. */
int exch_reftable_bad(const struct exch_reftable *t, size_t row,
    struct exch_diag *d, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/*
 * Refuse a cell for what other tables say: "FILE:LINE:COLUMN: 'CELL' WHAT".
 * The table's text, which has to be there still, is read again for the place.
 */
int exch_reftable_bad_cell(const struct exch_reftable *t, size_t row,
    const char *column, struct exch_diag *d, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

#endif
