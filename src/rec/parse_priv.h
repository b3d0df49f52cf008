/* What the parsers of the text forms share; used by parse*.c only. */
#ifndef EXCH_REC_PARSE_PRIV_H
#define EXCH_REC_PARSE_PRIV_H

#include "base/buf.h"
#include "rec/known.h"
#include "rec/parse.h"

/* One key with its value.  null: `null` in JSON, empty in CSV. */
struct exch_cell {
	const char *key;
	size_t nkey;
	const char *s;
	size_t n;
	bool null;
	bool used;
};

#define EXCH_CELLS_MAX 96u

/*
 * A table does not say which tools wrote it, and this program's own
 * records must have a source that no row has.  So rows may use sources up
 * to this one, or up to that of the first row: in a table of all records
 * the tool that wrote it speaks first, and its source is the highest.
 */
#define EXCH_CSV_SOURCES 127u

/* A line or row may be this long; the longest record needs less. */
#define EXCH_LINE_MAX (1u << 20)

struct exch_parse {
	struct exch_in *in;
	bool csv;
	bool ended;    /* the end line was read */
	uint64_t line; /* that is being parsed, from 1 */
	struct exch_known *known;
	struct exch_dir *dir;
	uint8_t source_max; /* highest source that may come */
	uint64_t next[256]; /* least number that may come, per source */
	uint64_t records;   /* numbered ones so far */
	enum exch_status status;

	char *raw;   /* EXCH_LINE_MAX bytes of input */
	size_t at;   /* first byte not parsed */
	size_t len;  /* end of what was read */
	size_t scan; /* bytes before it were searched for a line's end */

	struct exch_cell cell[EXCH_CELLS_MAX];
	unsigned ncell;
	unsigned hint;	    /* where the next cell probably is */
	unsigned char *rec; /* the record being built, EXCH_REC_MAX bytes */
	uint64_t seq;

	/* CSV: rows parsed ahead, and the heading in force */
	struct exch_buf batch; /* u64 seq, record, u64 seq, record ... */
	size_t batch_at;
	bool quoted;		 /* scan stands inside quotes */
	size_t row_end;		 /* end of the last whole row before scan */
	struct exch_buf heading; /* names, each with a NUL */
	unsigned columns;
	uint64_t rows;
	bool row_bad;  /* the error is of a row's content */
	uint64_t base; /* line number before the rows being parsed */
	int pending;   /* error to return after the batch */
	struct exch_diag pending_diag;
};

/* Complain about the line being parsed. */
#define EXCH_PARSE_BAD(p, d, ...)                                              \
	exch_diag_set(d, EXCH_ERR_FORMAT, exch_in_name((p)->in),               \
	    EXCH_POS_LINE, (p)->line, __VA_ARGS__)

/* More input at p->len: 1, 0 at its end, or an error. */
int exch_parse_more(struct exch_parse *p, struct exch_diag *d);

/* The cell of a key, marked as used; NULL when there is none. */
struct exch_cell *exch_parse_cell(struct exch_parse *p, const char *key);
/* Complain about a cell that nobody asked for. */
int exch_parse_unused(struct exch_parse *p, struct exch_diag *d);
/* A whole number in a cell that has to be there. */
int exch_parse_number(struct exch_parse *p, const char *key, uint64_t max,
    uint64_t *v, struct exch_diag *d);
/* Hex digits to bytes; -1 when they are none or more than max. */
int exch_parse_hex(
    const char *s, size_t n, unsigned char *out, size_t max, size_t *len);

/* The record that the cells describe, into p->rec and p->seq. */
int exch_parse_build(struct exch_parse *p, struct exch_diag *d);
/* The status that a word names. */
int exch_parse_status(
    struct exch_parse *p, const struct exch_cell *c, struct exch_diag *d);

/* JSON: the line [s, s+n) into cells.  Strings are unescaped in place. */
int exch_parse_json_line(
    struct exch_parse *p, char *s, size_t n, struct exch_diag *d);

/* CSV: rows into the batch until there is some: 1, 0, or an error. */
int exch_parse_csv_rows(struct exch_parse *p, struct exch_diag *d);

#endif
