/*
 * The row reader of the order CSV.  Sixteen bytes are looked at in one
 * step for commas, quotes and line ends: most rows have no quote and their
 * fields are pointed at where they stand.  A row with quotes takes the
 * slow way, byte by byte into a scratch buffer.  What fields mean is
 * decided in orders.c.
 */
#include <config.h>

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/alloc.h"
#include "feed/rows.h"

#define CHUNK (256u << 10)
/* Bytes looked at in one step, and room to do so at the last byte. */
#define STEP 16u
#define PAD STEP

int
exch_rows_open(struct exch_rows *r, struct exch_in *in)
{
	*r = (struct exch_rows){.in = in, .next_line = 1};
	r->buf = exch_calloc(1, CHUNK + PAD);
	r->scratch = exch_malloc(EXCH_ROWS_LONGEST);
	if (r->buf == NULL || r->scratch == NULL) {
		exch_rows_close(r);
		return EXCH_ERR_NOMEM;
	}
	return 0;
}

void
exch_rows_close(struct exch_rows *r)
{
	exch_free(r->buf);
	exch_free(r->scratch);
	r->buf = NULL;
	r->scratch = NULL;
}

/* More bytes behind those that are unread.  Sets `ended` when there are none. */
static void
fill(struct exch_rows *r, struct exch_diag *d)
{
	size_t got;
	int rc;

	if (r->ended != 0)
		return;
	memmove(r->buf, r->buf + r->pos, r->end - r->pos);
	r->end -= r->pos;
	r->pos = 0;
	rc = exch_in_read(r->in, r->buf + r->end, CHUNK - r->end, &got, d);
	if (rc != 0)
		r->ended = rc;
	else if (got == 0)
		r->ended = 1;
	else
		r->end += got;
}

static void
bad(struct exch_rows *r, const char *why, size_t column)
{
	r->bad = why;
	r->bad_column = (uint32_t)column;
	r->nfields = 0;
}

static inline void
add(struct exch_rows *r, unsigned i, const char *p, const char *end,
    const char *row)
{
	struct exch_field_at *f = &r->field[i];

	f->p = p;
	f->n = (uint32_t)(end - p);
	f->column = (uint32_t)(p - row) + 1;
}

/* Bit i is set when p[i] is a comma, a quote or a line end. */
static inline unsigned
marks(const char *p)
{
#ifdef __SSE2__
	__m128i x = _mm_loadu_si128((const void *)p);
	__m128i m = _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8(',')),
	    _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('\n')),
		_mm_cmpeq_epi8(x, _mm_set1_epi8('"'))));

	return (unsigned)_mm_movemask_epi8(m);
#else
	unsigned m = 0;

	for (unsigned i = 0; i < STEP; i++)
		m |= (unsigned)(p[i] == ',' || p[i] == '\n' || p[i] == '"')
		     << i;
	return m;
#endif
}

/*
 * Split the row at buf[pos] in place.  Returns where the next row begins, 0
 * when this one's end is not in the buffer, SIZE_MAX when it has a quote.
 */
static inline size_t
split(struct exch_rows *r)
{
	const char *row = r->buf + r->pos, *end = r->buf + r->end;
	const char *begin = row;
	unsigned n = 0;

	for (const char *p = row; p < end; p += STEP) {
		for (unsigned m = marks(p); m != 0; m &= m - 1) {
			const char *at = p + __builtin_ctz(m);

			if (at >= end)
				return 0;
			if (*at == '"')
				return SIZE_MAX;
			if (n < EXCH_ROWS_FIELDS)
				add(r, n, begin, at, row);
			n++;
			if (*at == '\n') {
				r->nfields = n;
				return (size_t)(at - r->buf) + 1;
			}
			begin = at + 1;
		}
	}
	return 0;
}

/* The line at buf[pos] as one field; the same results. */
static size_t
whole(struct exch_rows *r)
{
	const char *line = r->buf + r->pos;
	const char *nl = memchr(line, '\n', r->end - r->pos);

	if (nl == NULL)
		return 0;
	add(r, 0, line, nl, line);
	r->nfields = 1;
	return (size_t)(nl - r->buf) + 1;
}

/* Take a quoted field from *p on; NULL when its closing quote is missing. */
static const char *
unquote(const char *p, const char *end, char **to, uint64_t *lines)
{
	char *w = *to;

	for (p++; p < end; p++) {
		if (*p == '"') {
			if (p + 1 == end || p[1] != '"') {
				*to = w;
				return p + 1;
			}
			p++;
		}
		*lines += *p == '\n';
		*w++ = *p;
	}
	return NULL;
}

/*
 * The slow way, with the results of split().  A row that quotes wrongly ends at the end of its first line,
 * so that one lost quote costs one row and not the rest of the file.
 */
static size_t
split_quoted(struct exch_rows *r)
{
	const char *row = r->buf + r->pos, *end = r->buf + r->end, *p = row;
	const char *nl = memchr(row, '\n', (size_t)(end - row));
	char *w = r->scratch;
	uint64_t lines = 0;

	if ((size_t)(end - row) > EXCH_ROWS_LONGEST)
		end = row + EXCH_ROWS_LONGEST;
	r->nfields = 0;
	for (;;) {
		const char *begin = p, *from = w;

		if (p < end && *p == '"') {
			p = unquote(p, end, &w, &lines);
			if (p == NULL)
				break;
			if (p < end && *p != ',' && *p != '\n' && *p != '\r') {
				bad(r, "text behind a closing quote",
				    (size_t)(p - row) + 1);
				break;
			}
		} else {
			while (p < end && *p != ',' && *p != '\n')
				*w++ = *p++;
		}
		if (r->nfields < EXCH_ROWS_FIELDS) {
			add(r, r->nfields, from, w, from);
			r->field[r->nfields].column =
			    (uint32_t)(begin - row) + 1;
		}
		r->nfields++;
		if (p < end && *p == '\r')
			p++;
		if (p == end)
			return 0;
		if (*p == '\n') {
			r->next_line += lines;
			return (size_t)(p - r->buf) + 1;
		}
		p++;
	}
	if (r->bad == NULL) {
		if (r->ended == 0 && end == r->buf + r->end)
			return 0;
		bad(r, "a quote is not closed", 1);
	}
	return nl != NULL ? (size_t)(nl - r->buf) + 1 : 0;
}

/* Drop a row longer than the buffer allows, to the end of its line. */
static void
skip_long(struct exch_rows *r, struct exch_diag *d)
{
	bad(r, "the row is longer than 16384 bytes", 1);
	for (;;) {
		char *nl = memchr(r->buf + r->pos, '\n', r->end - r->pos);

		if (nl != NULL) {
			r->pos = (size_t)(nl - r->buf) + 1;
			return;
		}
		r->pos = r->end;
		if (r->ended != 0)
			return;
		fill(r, d);
	}
}

/* The last row may lack its line end: it gets one. */
static bool
last_row(struct exch_rows *r)
{
	if (r->ended != 1 || r->pos == r->end)
		return false;
	r->buf[r->end++] = '\n';
	r->cut = true;
	return true;
}

static void
strip_cr(struct exch_rows *r)
{
	if (r->nfields > 0 && r->nfields <= EXCH_ROWS_FIELDS) {
		struct exch_field_at *f = &r->field[r->nfields - 1];

		if (f->n > 0 && f->p[f->n - 1] == '\r')
			f->n--;
	}
	if (r->nfields > EXCH_ROWS_FIELDS)
		bad(r, "the row has more than 64 fields", 1);
}

static bool
blank(const struct exch_rows *r)
{
	return r->nfields == 1 && r->field[0].n == 0 && r->bad == NULL;
}

int
exch_rows_next(struct exch_rows *r, struct exch_diag *d)
{
	for (;;) {
		size_t next;

		r->bad = NULL;
		r->line = r->next_line;
		next = r->pos == r->end ? 0 : r->whole ? whole(r) : split(r);
		if (next == SIZE_MAX)
			next = split_quoted(r);
		if (next == 0 && r->end - r->pos > EXCH_ROWS_LONGEST) {
			skip_long(r, d);
		} else if (next == 0) {
			if (r->ended == 0) {
				fill(r, d);
				if (r->line == 1 && r->end >= 3 &&
				    memcmp(r->buf, "\xef\xbb\xbf", 3) == 0)
					r->pos = 3;
				continue;
			}
			if (last_row(r))
				continue;
			return r->ended == 1 ? 0 : r->ended;
		} else {
			r->pos = next;
		}
		r->next_line++;
		strip_cr(r);
		if (!blank(r))
			return 1;
	}
}
