/*
 * The row writer's slower half: set-up, flushing, text that needs escaping,
 * and the part of a time stamp that changes once a second.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "report/table.h"

/* What is collected before it is written. */
#define TABLE_BUF ((size_t)256 << 10)
/* A text cell is cut here; escaped it may take six times as much. */
#define TEXT_MAX 4096
/* Room kept for one row: every cell, and a few long texts. */
#define ROW_ROOM(n) ((size_t)(n)*128 + (size_t)4 * 6 * TEXT_MAX)

int
exch_table_init(struct exch_table *t, struct exch_out *out,
    enum exch_format format, const struct exch_tz *tz, struct exch_diag *d)
{
	memset(t, 0, sizeof(*t));
	t->out = out;
	t->format = format;
	t->tz = format == EXCH_FMT_JSON ? NULL : tz;
	t->second = UINT64_MAX;
	exch_sha256_init(&t->sha);
	t->buf = exch_malloc(TABLE_BUF + ROW_ROOM(1));
	if (t->buf == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	t->p = t->buf;
	t->limit = t->buf + TABLE_BUF;
	return EXCH_OK;
}

void
exch_table_clear(struct exch_table *t)
{
	exch_free(t->buf);
	exch_free(t->cell);
	t->buf = NULL;
	t->cell = NULL;
}

/* The bytes before a value: separator, and in JSON the name. */
static void
make_cell(const struct exch_table *t, struct exch_table_cell *c,
    const struct exch_col *col, bool first)
{
	char *p = c->before;
	size_t n = strlen(col->name);

	memset(c, 0, sizeof(*c));
	c->kind = col->kind;
	c->width = col->width > n ? col->width : (uint8_t)n;
	switch (t->format) {
	case EXCH_FMT_CSV: /* a comma behind it is all */
		break;
	case EXCH_FMT_JSON:
		c->quoted = col->kind != EXCH_COL_NUM;
		*p++ = first ? '{' : ',';
		*p++ = '"';
		if (n > EXCH_COL_NAME)
			n = EXCH_COL_NAME;
		memcpy(p, col->name, n);
		p += n;
		*p++ = '"';
		*p++ = ':';
		if (c->quoted)
			*p++ = '"';
		break;
	default:
		if (!first) {
			*p++ = ' ';
			*p++ = ' ';
		}
	}
	c->nbefore = (uint8_t)(p - c->before);
}

static void
put_header(struct exch_table *t, const struct exch_col *cols)
{
	exch_table_row(t);
	for (unsigned i = 0; i < t->ncols; i++)
		exch_table_word(t, cols[i].name);
	exch_table_end(t);
	t->rows--;
}

int
exch_table_columns(struct exch_table *t, const struct exch_col *cols,
    unsigned n, bool header, struct exch_diag *d)
{
	char *buf;

	exch_table_drain(t);
	exch_free(t->cell);
	t->cell = exch_calloc(n, sizeof(*t->cell));
	buf = exch_realloc(t->buf, 1, TABLE_BUF + ROW_ROOM(n));
	if (buf != NULL) {
		t->buf = buf;
		t->p = buf;
		t->limit = buf + TABLE_BUF;
	}
	if (t->cell == NULL || buf == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	t->ncols = n;
	for (unsigned i = 0; i < n; i++)
		make_cell(t, &t->cell[i], &cols[i], i == 0);
	if (header && t->format != EXCH_FMT_JSON)
		put_header(t, cols);
	return EXCH_OK;
}

void
exch_table_drain(struct exch_table *t)
{
	size_t n = (size_t)(t->p - t->buf);

	t->p = t->buf;
	if (n == 0 || t->error != EXCH_OK)
		return;
	if (t->hash)
		exch_sha256_add(&t->sha, t->buf, n);
	t->error = exch_out_write(t->out, t->buf, n, &t->diag);
	t->bytes += n;
}

int
exch_table_flush(struct exch_table *t, struct exch_diag *d)
{
	exch_table_drain(t);
	if (t->error != EXCH_OK && d != NULL && d->code == EXCH_OK)
		*d = t->diag;
	return t->error;
}

void
exch_table_raw(struct exch_table *t, const char *p, size_t n)
{
	while (n > 0) {
		size_t k = n < TEXT_MAX ? n : TEXT_MAX;

		if (t->p > t->limit)
			exch_table_drain(t);
		memcpy(t->p, p, k);
		t->p += k;
		p += k;
		n -= k;
	}
}

char *
exch_cell_open(struct exch_table *t, char *p)
{
	const struct exch_table_cell *c = &t->cell[t->col];

	memcpy(p, c->before, sizeof(c->before));
	t->start = p + c->nbefore;
	return t->start;
}

/* Spaces up to the width of the column, on the side that is not aligned. */
static char *
pad(const struct exch_table *t, const struct exch_table_cell *c, char *p)
{
	size_t n = (size_t)(p - t->start);
	size_t fill;

	if (n >= c->width)
		return p;
	fill = c->width - n;
	if (c->kind == EXCH_COL_ID || c->kind == EXCH_COL_NUM) {
		memmove(t->start + fill, t->start, n);
		memset(t->start, ' ', fill);
	} else {
		memset(p, ' ', fill);
	}
	return p + fill;
}

char *
exch_cell_close(struct exch_table *t, char *p)
{
	const struct exch_table_cell *c = &t->cell[t->col++];

	if (t->format == EXCH_FMT_TEXT)
		return pad(t, c, p);
	if (c->quoted)
		*p++ = '"';
	return p;
}

static char *
put_two(char *p, unsigned v)
{
	memcpy(p, exch_fmt_pairs + (size_t)v * 2, 2);
	return p + 2;
}

void
exch_table_second(struct exch_table *t, uint64_t second)
{
	int off = exch_tz_offset(t->tz, second * EXCH_SEC);
	int64_t local = (int64_t)second + off;
	int64_t days = local / 86400;
	unsigned tod;
	char *p = t->stamp;
	int year;
	int month;
	int day;

	if (local < days * 86400)
		days--;
	tod = (unsigned)(local - days * 86400);
	t->second = second;
	if (t->format != EXCH_FMT_TEXT) {
		exch_civil_from_days(days, &year, &month, &day);
		p = put_two(p, (unsigned)year / 100);
		p = put_two(p, (unsigned)year % 100);
		*p++ = '-';
		p = put_two(p, (unsigned)month);
		*p++ = '-';
		p = put_two(p, (unsigned)day);
		*p++ = 'T';
	}
	p = put_two(p, tod / 3600);
	*p++ = ':';
	p = put_two(p, tod / 60 % 60);
	*p++ = ':';
	p = put_two(p, tod % 60);
	*p++ = '.';
	t->nstamp = (uint8_t)(p - t->stamp);
	p = t->zone;
	if (t->format != EXCH_FMT_TEXT && t->tz == NULL) {
		*p++ = 'Z';
	} else if (t->format != EXCH_FMT_TEXT) {
		unsigned east = (unsigned)(off < 0 ? -off : off);

		*p++ = off < 0 ? '-' : '+';
		p = put_two(p, east / 3600);
		*p++ = ':';
		p = put_two(p, east / 60 % 60);
	}
	t->nzone = (uint8_t)(p - t->zone);
}

char *
exch_cell_px32(struct exch_table *t, char *p, exch_px v, unsigned show)
{
	p = exch_cell_begin(t, p);
	if (t->format == EXCH_FMT_TEXT)
		p = exch_fmt_px_people(p, v, show);
	else
		p = exch_fmt_px(p, v, show & ~EXCH_SHOW_32NDS);
	return exch_cell_end(t, p);
}

char *
exch_cell_no_value(struct exch_table *t, char *p)
{
	p = exch_cell_open(t, p);
	if (t->format == EXCH_FMT_JSON) {
		/* null stands without the quotes of a value */
		if (t->cell[t->col].quoted)
			p--;
		t->col++;
		return exch_fmt_copy(p, "null", 4);
	}
	*p++ = '-';
	return exch_cell_close(t, p);
}

char *
exch_cell_dec(
    struct exch_table *t, char *p, exch_i128 v, int scale, int min_frac)
{
	p = exch_cell_begin(t, p);
	return exch_cell_end(t, exch_dec128_put(p, v, scale, min_frac));
}

static bool
is_formula(char c)
{
	return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' ||
	       c == '\r';
}

bool
exch_table_plain(const char *s, size_t n)
{
	if (n == 0 || is_formula(s[0]))
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c >= 0x7f || c == '"' || c == ',' || c == '\\')
			return false;
	}
	return true;
}

static char *
text_csv(char *p, const char *s, size_t n, bool guarded)
{
	bool quote = false;

	for (size_t i = 0; i < n; i++)
		if (s[i] == '"' || s[i] == ',' || s[i] == '\n' || s[i] == '\r')
			quote = true;
	if (quote)
		*p++ = '"';
	if (guarded && is_formula(s[0]))
		*p++ = '\'';
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"')
			*p++ = '"';
		/* a NUL ends strings elsewhere: nobody may hide behind it */
		*p++ = s[i] == '\0' ? '?' : s[i];
	}
	if (quote)
		*p++ = '"';
	return p;
}

static char *
text_json(char *p, const char *s, size_t n)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '"' || c == '\\') {
			*p++ = '\\';
			*p++ = (char)c;
		} else if (c < 0x20 || c >= 0x7f) {
			p = exch_fmt_copy(p, "\\u00", 4);
			*p++ = hex[c >> 4];
			*p++ = hex[c & 15];
		} else {
			*p++ = (char)c;
		}
	}
	return p;
}

/* People's screens get no control characters from a stream. */
static char *
text_text(char *p, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		*p++ = c < 0x20 || c >= 0x7f ? '?' : (char)c;
	}
	return p;
}

char *
exch_cell_text(struct exch_table *t, char *p, const char *s, size_t n)
{
	if (n == 0)
		return exch_cell_none(t, p);
	if (n > TEXT_MAX)
		n = TEXT_MAX;
	p = exch_cell_begin(t, p);
	if (t->format == EXCH_FMT_CSV)
		p = text_csv(p, s, n, !t->bare);
	else if (t->format == EXCH_FMT_JSON)
		p = text_json(p, s, n);
	else
		p = text_text(p, s, n);
	return exch_cell_end(t, p);
}
