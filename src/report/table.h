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
/* Slow ends of the inline functions below. */
char *exch_table_pad(const struct exch_table *t, char *p);
void exch_table_no_value(struct exch_table *t);
void exch_table_px32(struct exch_table *t, exch_px v, unsigned show);
void exch_table_second(struct exch_table *t, uint64_t second);

static inline void
exch_table_row(struct exch_table *t)
{
	if (__builtin_expect(t->p > t->limit, 0))
		exch_table_drain(t);
	t->col = 0;
}

/* Begin a cell: returns where its value goes. */
static inline char *
exch_cell_begin(struct exch_table *t)
{
	const struct exch_table_cell *c = &t->cell[t->col];

	memcpy(t->p, c->before, sizeof(c->before));
	t->start = t->p + c->nbefore;
	return t->start;
}

/* End it: p is the end of the value. */
static inline void
exch_cell_end(struct exch_table *t, char *p)
{
	if (t->format == EXCH_FMT_TEXT)
		p = exch_table_pad(t, p);
	else if (t->cell[t->col].quoted)
		*p++ = '"';
	t->p = p;
	t->col++;
}

static inline void
exch_table_u64(struct exch_table *t, uint64_t v)
{
	exch_cell_end(t, exch_fmt_u64(exch_cell_begin(t), v));
}

static inline void
exch_table_qty(struct exch_table *t, exch_qty v, unsigned scale)
{
	exch_cell_end(t, exch_fmt_qty(exch_cell_begin(t), v, scale));
}

/* No value. */
static inline void
exch_table_none(struct exch_table *t)
{
	if (__builtin_expect(t->format != EXCH_FMT_CSV, 0)) {
		exch_table_no_value(t);
		return;
	}
	*t->p = ',';
	t->p += t->col++ != 0;
}

/* The same for n cells in a row, of which none is the first. */
static inline void
exch_table_nones(struct exch_table *t, unsigned n)
{
	if (__builtin_expect(t->format != EXCH_FMT_CSV, 0)) {
		while (n-- > 0)
			exch_table_no_value(t);
		return;
	}
	memset(t->p, ',', n);
	t->p += n;
	t->col += n;
}

/* A price as `show` says; programs get decimals in any case. */
static inline void
exch_table_px(struct exch_table *t, exch_px v, unsigned show)
{
	if (v == EXCH_PX_NONE)
		exch_table_none(t);
	else if (__builtin_expect((show & EXCH_SHOW_32NDS) != 0, 0))
		exch_table_px32(t, v, show);
	else
		exch_cell_end(t, exch_fmt_px(exch_cell_begin(t), v, show));
}

/* An id; 0 is none. */
static inline void
exch_table_id(struct exch_table *t, uint64_t v)
{
	if (v == 0)
		exch_table_none(t);
	else
		exch_table_u64(t, v);
}

/* v x 10^-scale with at least min_frac digits after the point. */
void exch_table_dec(struct exch_table *t, exch_i128 v, int scale, int min_frac);

/*
 * A word of ours: letters, digits and hyphens, so that no form needs to
 * quote it.  NULL is none.
 */
static inline void
exch_table_word(struct exch_table *t, const char *w)
{
	if (w == NULL)
		exch_table_none(t);
	else
		exch_cell_end(
		    t, exch_fmt_copy(exch_cell_begin(t), w, strlen(w)));
}

/*
 * Text of the stream, escaped as the form needs it; up to 4096 bytes are
 * shown.  In CSV a text that a spreadsheet would take for a formula gets an
 * apostrophe in front.  n 0 is none.
 */
void exch_table_text(struct exch_table *t, const char *s, size_t n);

/* True when a text may be copied as it is in every form. */
bool exch_table_plain(const char *s, size_t n);

static inline void
exch_table_time(struct exch_table *t, exch_ts time)
{
	uint64_t sec = time / EXCH_SEC;
	char *p = exch_cell_begin(t);

	if (__builtin_expect(sec != t->second, 0))
		exch_table_second(t, sec);
	memcpy(p, t->stamp, sizeof(t->stamp));
	p += t->nstamp;
	p = exch_fmt_nine(p, (uint32_t)(time % EXCH_SEC));
	memcpy(p, t->zone, sizeof(t->zone));
	exch_cell_end(t, p + t->nzone);
}

static inline void
exch_table_end(struct exch_table *t)
{
	char *p = t->p;

	if (t->format == EXCH_FMT_JSON)
		*p++ = '}';
	else if (t->format == EXCH_FMT_TEXT)
		while (p > t->buf && p[-1] == ' ')
			p--;
	*p++ = '\n';
	t->p = p;
	t->rows++;
}

#endif
