/*
 * Rows of a report: columns declared once, cells put one after another,
 * written as aligned text, CSV (RFC 4180, LF) or one flat JSON object per
 * line.  Formatting is by hand into one big buffer: a row of a day with
 * millions of them costs some ten nanoseconds per cell.
 *
 *	exch_table_row(t);
 *	exch_table_time(t, r->h.time);
 *	exch_table_px(t, r->price, inst->px_show);
 *	exch_table_end(t);
 *
 * The cells of a row must be put in the order of the columns, all of them.
 * "None" is an empty cell in CSV, null in JSON and "-" in text.
 */
#ifndef EXCH_REPORT_TABLE_H
#define EXCH_REPORT_TABLE_H

#include "base/err.h"
#include "base/sha256.h"
#include "base/time.h"
#include "rec/stream.h"
#include "report/fmt.h"

/* How a column's values look in JSON and on which side text aligns them. */
enum exch_col_kind {
	EXCH_COL_TEXT, /* string; left */
	EXCH_COL_TIME, /* string; left */
	EXCH_COL_ID,   /* number as a JSON string: may exceed 2^53; right */
	EXCH_COL_NUM   /* exact decimal literal; right */
};

/* A name may have up to this many bytes (the buffer of struct exch_table_cell). */
#define EXCH_COL_NAME 24

struct exch_col {
	const char *name;
	uint8_t kind;  /* enum exch_col_kind */
	uint8_t width; /* least width in text */
};

/* What stands before and after a value, ready to be copied. */
struct exch_table_cell {
	char before[32];
	uint8_t nbefore;
	uint8_t kind;
	uint8_t width;
	bool quoted; /* a quote stands behind the value */
};

/*
 * A word of ours with its length, copied in one go whatever that is: letters,
 * digits and hyphens, so that no form needs to quote it.  Without letters it
 * is none.
 */
struct exch_label {
	char s[31];
	uint8_t n;
};

#define EXCH_LABEL(w)                                                          \
	{                                                                      \
		(w), sizeof(w) - 1                                             \
	}

struct exch_table {
	struct exch_out *out; /* not owned */
	enum exch_format format;
	const struct exch_tz *tz; /* NULL: UTC */
	char *buf;
	char *p;     /* end of what was written */
	char *limit; /* p beyond it at the start of a row: flush */
	char *start; /* of the value being written */
	struct exch_table_cell *cell;
	unsigned ncols;
	unsigned col; /* the next one */
	uint64_t rows;
	uint64_t bytes; /* written out */
	int error;
	struct exch_diag diag;
	bool hash; /* SHA-256 over the bytes */
	bool bare; /* CSV that no spreadsheet reads: no guard of formulas */
	struct exch_sha256 sha;
	/* the second that was formatted last */
	uint64_t second;
	char stamp[24];
	uint8_t nstamp;
	char zone[8];
	uint8_t nzone;
};

/* Columns come later, by exch_table_columns. */
int exch_table_init(struct exch_table *t, struct exch_out *out,
    enum exch_format format, const struct exch_tz *tz, struct exch_diag *d);
void exch_table_clear(struct exch_table *t);
/* Declares the columns and, if `header`, writes the header row. */
int exch_table_columns(struct exch_table *t, const struct exch_col *cols,
    unsigned n, bool header, struct exch_diag *d);
/* Hand everything so far to the output. */
int exch_table_flush(struct exch_table *t, struct exch_diag *d);
/* Free text between rows, for text pages. */
void exch_table_raw(struct exch_table *t, const char *p, size_t n);

void exch_table_drain(struct exch_table *t);

static inline void
exch_table_row(struct exch_table *t)
{
	if (__builtin_expect(t->p > t->limit, 0))
		exch_table_drain(t);
	t->col = 0;
}

/*
 * ---- cells by value ----
 *
 * Each puts a cell at p, where the row has come to, and returns where it has
 * come to then: so that p stays in a register, which it cannot in a table that
 * any character written might be part of.  Whoever writes rows of many cells
 * takes t->p, and gives it back before exch_table_end().  In CSV a cell is its
 * value and a comma, of which the last one becomes the end of the line; what
 * other forms have around a value they count by columns.
 */

/* Slow ends of the inline functions below; none is of CSV but _px32. */
char *exch_cell_open(struct exch_table *t, char *p);
char *exch_cell_close(struct exch_table *t, char *p);
char *exch_cell_no_value(struct exch_table *t, char *p);
char *exch_cell_px32(struct exch_table *t, char *p, exch_px v, unsigned show);
void exch_table_second(struct exch_table *t, uint64_t second);

static inline bool
exch_cell_is_csv(const struct exch_table *t)
{
	return __builtin_expect(t->format == EXCH_FMT_CSV, 1);
}

/* Begin a cell: returns where its value goes. */
static inline char *
exch_cell_begin(struct exch_table *t, char *p)
{
	return exch_cell_is_csv(t) ? p : exch_cell_open(t, p);
}

/* End it: p is the end of the value. */
static inline char *
exch_cell_end(struct exch_table *t, char *p)
{
	if (!exch_cell_is_csv(t))
		return exch_cell_close(t, p);
	*p = ',';
	return p + 1;
}

static inline char *
exch_cell_u64(struct exch_table *t, char *p, uint64_t v)
{
	return exch_cell_end(t, exch_fmt_u64(exch_cell_begin(t, p), v));
}

static inline char *
exch_cell_qty(struct exch_table *t, char *p, exch_qty v, unsigned scale)
{
	return exch_cell_end(t, exch_fmt_qty(exch_cell_begin(t, p), v, scale));
}

/* No value. */
static inline char *
exch_cell_none(struct exch_table *t, char *p)
{
	if (!exch_cell_is_csv(t))
		return exch_cell_no_value(t, p);
	*p = ',';
	return p + 1;
}

/* The same for n cells in a row. */
static inline char *
exch_cell_nones(struct exch_table *t, char *p, unsigned n)
{
	if (!exch_cell_is_csv(t)) {
		while (n-- > 0)
			p = exch_cell_no_value(t, p);
		return p;
	}
	memset(p, ',', n);
	return p + n;
}

/* A price as `show` says; programs get decimals in any case. */
static inline char *
exch_cell_px(struct exch_table *t, char *p, exch_px v, unsigned show)
{
	if (v == EXCH_PX_NONE)
		return exch_cell_none(t, p);
	if (__builtin_expect((show & EXCH_SHOW_32NDS) != 0, 0))
		return exch_cell_px32(t, p, v, show);
	return exch_cell_end(t, exch_fmt_px(exch_cell_begin(t, p), v, show));
}

/* An id; 0 is none. */
static inline char *
exch_cell_id(struct exch_table *t, char *p, uint64_t v)
{
	return v == 0 ? exch_cell_none(t, p) : exch_cell_u64(t, p, v);
}

static inline char *
exch_cell_time(struct exch_table *t, char *p, exch_ts time)
{
	uint64_t sec = time / EXCH_SEC;

	p = exch_cell_begin(t, p);
	if (__builtin_expect(sec != t->second, 0))
		exch_table_second(t, sec);
	memcpy(p, t->stamp, sizeof(t->stamp));
	p += t->nstamp;
	p = exch_fmt_nine(p, (uint32_t)(time % EXCH_SEC));
	memcpy(p, t->zone, sizeof(t->zone));
	return exch_cell_end(t, p + t->nzone);
}

/*
 * A word of ours: letters, digits and hyphens, so that no form needs to
 * quote it.  NULL is none.
 */
static inline char *
exch_cell_word(struct exch_table *t, char *p, const char *w)
{
	if (w == NULL)
		return exch_cell_none(t, p);
	p = exch_cell_begin(t, p);
	return exch_cell_end(t, exch_fmt_copy(p, w, strlen(w)));
}

static inline char *
exch_cell_label(struct exch_table *t, char *p, const struct exch_label *l)
{
	if (l->n == 0)
		return exch_cell_none(t, p);
	p = exch_cell_begin(t, p);
	memcpy(p, l->s, sizeof(l->s));
	return exch_cell_end(t, p + l->n);
}

/* A letter or digit; NUL is none. */
static inline char *
exch_cell_char(struct exch_table *t, char *p, char c)
{
	if (c == '\0')
		return exch_cell_none(t, p);
	p = exch_cell_begin(t, p);
	*p = c;
	return exch_cell_end(t, p + 1);
}

/*
 * Text of the stream, escaped as the form needs it; up to 4096 bytes are
 * shown.  In CSV a text that a spreadsheet would take for a formula gets an
 * apostrophe in front.  n 0 is none.
 */
char *exch_cell_text(struct exch_table *t, char *p, const char *s, size_t n);

/* v x 10^-scale with at least min_frac digits after the point. */
char *exch_cell_dec(
    struct exch_table *t, char *p, exch_i128 v, int scale, int min_frac);

/* ---- the same, at the end of what was written ---- */

static inline void
exch_table_u64(struct exch_table *t, uint64_t v)
{
	t->p = exch_cell_u64(t, t->p, v);
}

static inline void
exch_table_qty(struct exch_table *t, exch_qty v, unsigned scale)
{
	t->p = exch_cell_qty(t, t->p, v, scale);
}

static inline void
exch_table_none(struct exch_table *t)
{
	t->p = exch_cell_none(t, t->p);
}

static inline void
exch_table_nones(struct exch_table *t, unsigned n)
{
	t->p = exch_cell_nones(t, t->p, n);
}

static inline void
exch_table_px(struct exch_table *t, exch_px v, unsigned show)
{
	t->p = exch_cell_px(t, t->p, v, show);
}

static inline void
exch_table_id(struct exch_table *t, uint64_t v)
{
	t->p = exch_cell_id(t, t->p, v);
}

static inline void
exch_table_time(struct exch_table *t, exch_ts time)
{
	t->p = exch_cell_time(t, t->p, time);
}

static inline void
exch_table_word(struct exch_table *t, const char *w)
{
	t->p = exch_cell_word(t, t->p, w);
}

static inline void
exch_table_text(struct exch_table *t, const char *s, size_t n)
{
	t->p = exch_cell_text(t, t->p, s, n);
}

static inline void
exch_table_dec(struct exch_table *t, exch_i128 v, int scale, int min_frac)
{
	t->p = exch_cell_dec(t, t->p, v, scale, min_frac);
}

/* True when a text may be copied as it is in every form. */
bool exch_table_plain(const char *s, size_t n);

static inline void
exch_table_end(struct exch_table *t)
{
	char *p = t->p;

	t->rows++;
	if (exch_cell_is_csv(t)) {
		p[-1] = '\n';
		return;
	}
	if (t->format == EXCH_FMT_JSON)
		*p++ = '}';
	else
		while (p > t->buf && p[-1] == ' ')
			p--;
	*p++ = '\n';
	t->p = p;
}

#endif
