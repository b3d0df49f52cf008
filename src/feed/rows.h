/*
 * Rows of a comma-separated table straight from an input, for the hot
 * path: a fixed buffer, no copy of unquoted fields, no allocation per row.
 * RFC 4180 quotes, LF and CRLF, a byte order mark at the beginning.
 */
#ifndef EXCH_FEED_ROWS_H
#define EXCH_FEED_ROWS_H

#include "base/err.h"
#include "rec/zio.h"

#define EXCH_ROWS_FIELDS 64
/* The longest row, with its quotes. */
#define EXCH_ROWS_LONGEST 16384u

struct exch_field_at {
	const char *p; /* not NUL-terminated; good until the next row */
	uint32_t n;
	uint32_t column; /* where it begins in its line, from 1 */
};

struct exch_rows {
	struct exch_in *in;
	bool whole;    /* lines that are not split: one field, as it stands */
	char *buf;     /* ... pos, what is unread, end ... */
	char *scratch; /* fields whose quotes were taken off */
	size_t pos;
	size_t end;
	int ended; /* 0, 1 at the end of the file, or the error to give back */
	uint64_t next_line;
	/* the current row */
	uint64_t line; /* where it begins, from 1 */
	unsigned nfields;
	const char *bad; /* why it cannot be read as a row, or NULL */
	uint32_t bad_column;
	bool cut; /* the last row, and it has no line end */
	struct exch_field_at field[EXCH_ROWS_FIELDS];
};

/* `in` is not owned.  EXCH_ERR_NOMEM. */
int exch_rows_open(struct exch_rows *r, struct exch_in *in);
void exch_rows_close(struct exch_rows *r);
/*
 * 1: a row; a malformed one has `bad` set and no fields.  0: the end.
 * Negative: the input failed after all whole rows were given out.  Empty
 * lines are passed over.
 */
int exch_rows_next(struct exch_rows *r, struct exch_diag *d);

#endif
