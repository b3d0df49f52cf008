/*
 * Strict tables in CSV (table.h).  What a kind of cell takes, and how it is
 * asked for when it does not, stands in one list.
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/csv.h"
#include "base/dec.h"
#include "base/near.h"
#include "base/time.h"
#include "ref/table.h"

#define COLUMNS_MAX 32
#define NOWHERE UINT32_MAX

struct parse {
	const struct exch_reftable_shape *s;
	struct exch_reftable *t;
	size_t cap;
	unsigned at[COLUMNS_MAX]; /* field of the file to column of ours */
	unsigned nfields;	  /* 0: no header yet */
};

/* ---- refusing ---- */

static const char *
expected(enum exch_cell kind)
{
	switch (kind) {
	case EXCH_CELL_TEXT:
		return "a name";
	case EXCH_CELL_UINT:
	case EXCH_CELL_U32:
	case EXCH_CELL_INT:
		return "a whole number";
	case EXCH_CELL_PX:
		return "a price of at most nine decimals";
	case EXCH_CELL_DEC:
		return "a number of at most nine decimals";
	case EXCH_CELL_CASH:
		return "an amount of at most six decimals";
	case EXCH_CELL_SHARE:
		return "a share such as 0.25 or 25%";
	case EXCH_CELL_RATE:
		return "a rate such as -0.05 or -5%";
	case EXCH_CELL_DATE:
		return "a date such as 2026-11-26";
	case EXCH_CELL_BIRTH:
		return "a day of birth such as 1949-12-31";
	case EXCH_CELL_TIME:
		return "a time from 1ns to 24h, such as 250ms";
	case EXCH_CELL_WORDS:
		return "some of";
	case EXCH_CELL_WORD:
		break;
	}
	return "one of";
}

static int
scale_of(enum exch_cell kind)
{
	return kind == EXCH_CELL_PX	 ? 9
	       : kind == EXCH_CELL_DEC	 ? 9
	       : kind == EXCH_CELL_RATE	 ? 9
	       : kind == EXCH_CELL_CASH	 ? 6
	       : kind == EXCH_CELL_SHARE ? 6
					 : 0;
}

/* "from 1 to 100" of a column that has a range, but of times, which are ns. */
static void
say_range(struct exch_buf *b, const struct exch_column *c)
{
	if (c->least == c->most || c->kind == EXCH_CELL_TIME)
		return;
	exch_buf_str(b, " from ");
	exch_buf_dec(b, c->least, scale_of(c->kind), 0);
	exch_buf_str(b, " to ");
	exch_buf_dec(b, c->most, scale_of(c->kind), 0);
}

static int word(
    const struct exch_cell_word *words, const char *s, size_t n, int64_t *v);

/* Of several words the first that is none; the cell may be a long one. */
static void
say_word(struct exch_buf *b, const struct exch_column *c, const char *s)
{
	int64_t v;

	for (size_t n; s += strspn(s, " "), n = strcspn(s, " "), n > 0; s += n)
		if (word(c->words, s, n, &v) != EXCH_OK) {
			exch_buf_fmt(
			    b, "'%.*s' is none; ", n > 40 ? 40 : (int)n, s);
			return;
		}
}

static int
refuse(const struct parse *p, const struct exch_csv_row *r, size_t field,
    struct exch_diag *d)
{
	const struct exch_column *c = &p->s->column[p->at[field]];
	const struct exch_cell_word *w = c->words;
	struct exch_buf b = {0};
	int err;

	exch_buf_fmt(&b, "is no '%s': ", c->name);
	if (c->kind == EXCH_CELL_WORDS)
		say_word(&b, c, r->field[field]);
	exch_buf_fmt(&b, "expected %s", expected(c->kind));
	if (c->kind == EXCH_CELL_TEXT)
		exch_buf_fmt(&b, " of at most %u bytes", c->size);
	else if (w == NULL)
		say_range(&b, c);
	for (; w != NULL && w->word != NULL; w++)
		exch_buf_fmt(&b, "%s %s", w == c->words ? "" : ",", w->word);
	exch_buf_char(&b, '\0');
	err = exch_csv_bad(
	    r, p->t->name, field, d, b.failed ? "is not as it has to be" : b.p);
	exch_buf_free(&b);
	return err;
}

/* ---- cells ---- */

/* A part of one in 10^-scale, or in percent. */
static int
part(const char *s, size_t n, int scale, int64_t *v)
{
	if (n > 0 && s[n - 1] == '%')
		return exch_dec_parse(s, n - 1, scale - 2, v);
	return exch_dec_parse(s, n, scale, v);
}

static int
word(const struct exch_cell_word *words, const char *s, size_t n, int64_t *v)
{
	for (; words->word != NULL; words++)
		if (strlen(words->word) == n &&
		    memcmp(words->word, s, n) == 0) {
			*v = words->code;
			return EXCH_OK;
		}
	return EXCH_ERR_FORMAT;
}

/* Several, each a bit. */
static int
bits(const struct exch_cell_word *words, const char *s, int64_t *v)
{
	int64_t one;

	*v = 0;
	for (size_t n; s += strspn(s, " "), n = strcspn(s, " "), n > 0;
	     s += n) {
		if (word(words, s, n, &one) != EXCH_OK)
			return EXCH_ERR_FORMAT;
		*v |= INT64_C(1) << one;
	}
	return EXCH_OK;
}

/* A number of any kind; *u is the same when it is a large unsigned one. */
static int
number(const struct exch_column *c, const char *s, size_t n, int64_t *v)
{
	uint64_t u = 0;
	uint32_t date;
	int err;

	switch (c->kind) {
	case EXCH_CELL_INT:
		return exch_dec_parse(s, n, 0, v);
	case EXCH_CELL_PX:
	case EXCH_CELL_DEC:
		return exch_dec_parse(s, n, 9, v);
	case EXCH_CELL_CASH:
		return exch_dec_parse(s, n, 6, v);
	case EXCH_CELL_SHARE:
	case EXCH_CELL_RATE:
		return part(s, n, scale_of(c->kind), v);
	case EXCH_CELL_DATE:
		if (n != 10 || exch_date_parse(s, n, &date) != 0)
			return EXCH_ERR_FORMAT;
		*v = date;
		return EXCH_OK;
	case EXCH_CELL_BIRTH:
		if (n != 10 || exch_birth_parse(s, n, &date) != 0)
			return EXCH_ERR_FORMAT;
		*v = date;
		return EXCH_OK;
	case EXCH_CELL_TIME:
		err = exch_duration_parse(s, n, &u);
		break;
	case EXCH_CELL_WORD:
		return word(c->words, s, n, v);
	case EXCH_CELL_WORDS:
		return bits(c->words, s, v);
	default:
		err = exch_uint_parse(s, n, &u);
	}
	/* 2^63 and more are no quantity that anything is compared with. */
	if (err == EXCH_OK && u > INT64_MAX)
		err = EXCH_ERR_RANGE;
	*v = (int64_t)u;
	return err;
}

static bool
within(const struct exch_column *c, int64_t v)
{
	if (c->least != c->most && (v < c->least || v > c->most))
		return false;
	switch (c->kind) {
	case EXCH_CELL_U32:
	case EXCH_CELL_SHARE:
		return v >= 0 && v <= UINT32_MAX;
	default:
		return true;
	}
}

static void
put(const struct exch_column *c, char *row, int64_t v)
{
	uint32_t v32 = (uint32_t)v;
	uint8_t v8 = (uint8_t)v;

	switch (c->kind) {
	case EXCH_CELL_U32:
	case EXCH_CELL_SHARE:
	case EXCH_CELL_DATE:
	case EXCH_CELL_BIRTH:
	case EXCH_CELL_WORDS:
		memcpy(row + c->off, &v32, sizeof(v32));
		break;
	case EXCH_CELL_WORD:
		memcpy(row + c->off, &v8, sizeof(v8));
		break;
	case EXCH_CELL_TEXT:
		break;
	default:
		memcpy(row + c->off, &v, sizeof(v));
	}
}

bool
exch_cell_lacks(const struct exch_column *c, const void *row)
{
	const char *cell = (const char *)row + c->off;
	uint32_t v32;
	int64_t v;

	switch (c->kind) {
	case EXCH_CELL_U32:
	case EXCH_CELL_SHARE:
	case EXCH_CELL_DATE:
	case EXCH_CELL_BIRTH:
	case EXCH_CELL_WORDS:
		memcpy(&v32, cell, sizeof(v32));
		return v32 == (uint32_t)c->lack;
	case EXCH_CELL_WORD:
		return (uint8_t)*cell == (uint8_t)c->lack;
	case EXCH_CELL_TEXT:
		return *cell == '\0';
	default:
		memcpy(&v, cell, sizeof(v));
		return v == c->lack;
	}
}

static bool
take_cell(const struct exch_column *c, const char *s, size_t n, char *row)
{
	int64_t v = c->lack;

	if (n == 0)
		return c->may_lack;
	if (c->kind == EXCH_CELL_TEXT) {
		/* Names are compared up to a byte of 0. */
		if (n > c->size || memchr(s, '\0', n) != NULL)
			return false;
		memcpy(row + c->off, s, n);
		return true;
	}
	if (number(c, s, n, &v) != EXCH_OK || !within(c, v))
		return false;
	put(c, row, v);
	return true;
}

/* ---- rows ---- */

static unsigned
column_of(const struct exch_reftable_shape *s, const char *name)
{
	for (unsigned i = 0; i < s->ncolumns; i++)
		if (strcmp(s->column[i].name, name) == 0)
			return i;
	return NOWHERE;
}

static int
unknown(const struct parse *p, const struct exch_csv_row *r, size_t field,
    struct exch_diag *d)
{
	const char *names[COLUMNS_MAX], *near;
	char text[120];

	for (unsigned i = 0; i < p->s->ncolumns; i++)
		names[i] = p->s->column[i].name;
	near =
	    exch_nearest(r->field[field], r->len[field], names, p->s->ncolumns);
	(void)snprintf(text, sizeof(text), "is no column of %s%s%s%s",
	    p->s->what, near != NULL ? "; did you mean '" : "",
	    near != NULL ? near : "", near != NULL ? "'?" : "");
	return exch_csv_bad(r, p->t->name, field, d, text);
}

static int
take_header(struct parse *p, const struct exch_csv_row *r, struct exch_diag *d)
{
	bool seen[COLUMNS_MAX] = {false};

	for (size_t i = 0; i < r->nfields; i++) {
		unsigned at = column_of(p->s, r->field[i]);

		if (at == NOWHERE)
			return unknown(p, r, i, d);
		if (seen[at])
			return exch_csv_bad(
			    r, p->t->name, i, d, "stands twice in the header");
		seen[at] = true;
		p->at[i] = at;
	}
	for (unsigned i = 0; i < p->s->ncolumns; i++)
		if (!seen[i] && !p->s->column[i].may_lack)
			return exch_diag_set(d, EXCH_ERR_FORMAT, p->t->name,
			    EXCH_POS_LINE, r->line,
			    "column '%s' is missing in the header of %s",
			    p->s->column[i].name, p->s->what);
	p->nfields = (unsigned)r->nfields;
	return EXCH_OK;
}

static char *
add_row(struct parse *p, uint64_t line)
{
	struct exch_reftable *t = p->t;
	char *row;

	if (t->n == p->cap) {
		size_t cap = p->cap > 0 ? 2 * p->cap : 32;
		void *rows = exch_realloc(t->row, cap, p->s->row);
		uint64_t *lines;

		if (rows == NULL)
			return NULL;
		t->row = rows;
		lines = exch_realloc(t->line, cap, sizeof(*lines));
		if (lines == NULL)
			return NULL;
		t->line = lines;
		p->cap = cap;
	}
	t->line[t->n] = line;
	row = (char *)t->row + t->n++ * p->s->row;
	memset(row, 0, p->s->row);
	for (unsigned i = 0; i < p->s->ncolumns; i++)
		put(&p->s->column[i], row, p->s->column[i].lack);
	return row;
}

static int
take_row(void *arg, const struct exch_csv_row *r, struct exch_diag *d)
{
	struct parse *p = arg;
	char *row;

	if (r->nfields > 0 && r->field[0][0] == '#')
		return EXCH_OK;
	if (p->nfields == 0)
		return take_header(p, r, d);
	if (r->nfields != p->nfields)
		return exch_diag_set(d, EXCH_ERR_FORMAT, p->t->name,
		    EXCH_POS_LINE, r->line,
		    "a row of %zu fields; the header has %u", r->nfields,
		    p->nfields);
	row = add_row(p, r->line);
	if (row == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, p->t->name,
		    EXCH_POS_NONE, 0, "out of memory for %s", p->s->what);
	for (size_t i = 0; i < r->nfields; i++)
		if (!take_cell(
			&p->s->column[p->at[i]], r->field[i], r->len[i], row))
			return refuse(p, r, i, d);
	return EXCH_OK;
}

int
exch_reftable_parse(const char *text, size_t n, const char *name,
    const struct exch_reftable_shape *s, struct exch_reftable *t,
    struct exch_diag *d)
{
	struct parse p = {.s = s, .t = t};
	int err;

	memset(t, 0, sizeof(*t));
	t->name = name;
	t->text = text;
	t->ntext = n;
	err = exch_csv_parse(text, n, name, take_row, &p, d);
	if (err == 0 && p.nfields == 0)
		err = exch_diag_set(d, EXCH_ERR_FORMAT, name, EXCH_POS_NONE, 0,
		    "the header of %s is missing", s->what);
	if (err != 0)
		exch_reftable_clear(t);
	return err;
}

void
exch_reftable_clear(struct exch_reftable *t)
{
	exch_free(t->row);
	exch_free(t->line);
	*t = (struct exch_reftable){.name = t->name};
}

int
exch_reftable_bad(const struct exch_reftable *t, size_t row,
    struct exch_diag *d, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return exch_diag_set(d, EXCH_ERR_FORMAT, t->name, EXCH_POS_LINE,
	    row < t->n ? t->line[row] : 0, "%s", text);
}

/* A cell that is looked for again. */
struct place {
	const struct exch_reftable *t;
	uint64_t line;
	const char *column, *what;
	size_t field; /* of the column; SIZE_MAX: no header yet */
};

static int
refuse_there(void *arg, const struct exch_csv_row *r, struct exch_diag *d)
{
	struct place *p = arg;

	if (r->nfields > 0 && r->field[0][0] == '#')
		return EXCH_OK;
	if (p->field == SIZE_MAX) {
		p->field = 0;
		while (p->field < r->nfields &&
		       strcmp(r->field[p->field], p->column) != 0)
			p->field++;
		return EXCH_OK;
	}
	return r->line == p->line
		   ? exch_csv_bad(r, p->t->name, p->field, d, p->what)
		   : EXCH_OK;
}

int
exch_reftable_bad_cell(const struct exch_reftable *t, size_t row,
    const char *column, struct exch_diag *d, const char *fmt, ...)
{
	char text[200];
	struct place p = {.t = t,
	    .line = t->line[row],
	    .column = column,
	    .what = text,
	    .field = SIZE_MAX};
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return exch_csv_parse(t->text, t->ntext, t->name, refuse_there, &p, d);
}

/* ---- rows among each other ---- */

struct sorting {
	const char *row;
	size_t size, n;
	exch_reftable_compare *compare, *then;
};

static int
compare_at(const struct sorting *s, size_t a, size_t b)
{
	const char *x = s->row + a * s->size, *y = s->row + b * s->size;
	int c = s->compare(x, y);

	return c == 0 && s->then != NULL ? s->then(x, y) : c;
}

/* Runs of `width` in `from` become runs of twice that in `to`. */
static void
merge(const struct sorting *s, const size_t *from, size_t *to, size_t width)
{
	for (size_t first = 0; first < s->n; first += 2 * width) {
		size_t mid = first + width < s->n ? first + width : s->n;
		size_t end = mid + width < s->n ? mid + width : s->n;
		size_t i = first, j = mid;

		for (size_t k = first; k < end; k++) {
			bool left =
			    i < mid &&
			    (j == end || compare_at(s, from[i], from[j]) <= 0);

			to[k] = left ? from[i++] : from[j++];
		}
	}
}

size_t *
exch_reftable_order_then(const struct exch_reftable *t, size_t size,
    exch_reftable_compare *compare, exch_reftable_compare *then,
    struct exch_diag *d)
{
	struct sorting s = {t->row, size, t->n, compare, then};
	size_t *a = exch_calloc(t->n + 1, sizeof(*a));
	size_t *b = exch_calloc(t->n + 1, sizeof(*b));

	if (a == NULL || b == NULL) {
		exch_free(a);
		exch_free(b);
		(void)exch_diag_set(d, EXCH_ERR_NOMEM, t->name, EXCH_POS_NONE,
		    0, "out of memory for a table");
		return NULL;
	}
	for (size_t i = 0; i < t->n; i++)
		a[i] = i;
	for (size_t width = 1; width < t->n; width *= 2) {
		size_t *was = a;

		merge(&s, a, b, width);
		a = b;
		b = was;
	}
	exch_free(b);
	return a;
}

size_t *
exch_reftable_order(const struct exch_reftable *t, size_t size,
    exch_reftable_compare *compare, struct exch_diag *d)
{
	return exch_reftable_order_then(t, size, compare, NULL, d);
}

int
exch_reftable_sort(struct exch_reftable *t, size_t size,
    exch_reftable_compare *compare, struct exch_diag *d)
{
	size_t *order = exch_reftable_order(t, size, compare, d);
	char *row = exch_calloc(t->n + 1, size);
	uint64_t *line = exch_calloc(t->n + 1, sizeof(*line));

	if (order == NULL || row == NULL || line == NULL) {
		exch_free(order);
		exch_free(row);
		exch_free(line);
		return exch_diag_set(d, EXCH_ERR_NOMEM, t->name, EXCH_POS_NONE,
		    0, "out of memory for a table");
	}
	for (size_t i = 0; i < t->n; i++) {
		memcpy(row + i * size, (const char *)t->row + order[i] * size,
		    size);
		line[i] = t->line[order[i]];
	}
	exch_free(order);
	exch_free(t->row);
	exch_free(t->line);
	t->row = row;
	t->line = line;
	return EXCH_OK;
}

int
exch_reftable_once(const struct exch_reftable *t, size_t size,
    exch_reftable_compare *compare, const char *what, struct exch_diag *d)
{
	struct sorting s = {t->row, size, t->n, compare, NULL};
	size_t *order = exch_reftable_order(t, size, compare, d);
	size_t bad = t->n, first = 0;

	if (order == NULL)
		return EXCH_ERR_NOMEM;
	for (size_t i = 1; i < t->n; i++)
		if (order[i] < bad &&
		    compare_at(&s, order[i - 1], order[i]) == 0) {
			bad = order[i];
			first = order[i - 1];
		}
	exch_free(order);
	if (bad == t->n)
		return EXCH_OK;
	return exch_reftable_bad(t, bad, d, "line %llu %s",
	    (unsigned long long)t->line[first], what);
}

int
exch_reftable_by_day(
    const struct exch_reftable *t, size_t size, struct exch_diag *d)
{
	const unsigned char *rows = t->row;
	uint32_t before = 0, day;

	for (size_t i = 0; i < t->n; i++, before = day) {
		memcpy(&day, rows + i * size, sizeof(day));
		if (day < before)
			return exch_reftable_bad(
			    t, i, d, "its day is before that of the row above");
	}
	return EXCH_OK;
}
