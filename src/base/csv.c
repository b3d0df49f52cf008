/*
 * CSV tables by libcsv in its strict modes.  What the columns mean is left
 * to the callers.
 *
 * libcsv does not say on which line a row stands, so that it is fed line
 * by line here and lines are counted outside.
 */
#include <config.h>

#include <string.h>

#include <csv.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/csv.h"

struct table {
	struct exch_buf bytes; /* the row's fields, each with a NUL */
	size_t *len;
	const char **field;
	size_t n;
	size_t cap;
	uint64_t row_line;
	bool row_ended; /* some row ended on the line just fed */
	int err;	/* first failure, stops everything */
	exch_csv_fn *fn;
	void *arg;
	const char *name;
	struct exch_diag *d;
};

static void *
csv_realloc(void *p, size_t n)
{
	return exch_realloc(p, n, 1);
}

static bool
more_fields(struct table *t)
{
	size_t cap = t->cap > 0 ? 2 * t->cap : 32;
	size_t *len = exch_realloc(t->len, cap, sizeof(*len));
	const char **field;

	if (len == NULL)
		return false;
	t->len = len;
	field = exch_realloc(t->field, cap, sizeof(*field));
	if (field == NULL)
		return false;
	t->field = field;
	t->cap = cap;
	return true;
}

static void
on_field(void *p, size_t n, void *arg)
{
	struct table *t = arg;

	if (t->err != 0)
		return;
	if (t->n == t->cap && !more_fields(t)) {
		t->err = EXCH_ERR_NOMEM;
		return;
	}
	t->len[t->n++] = n;
	exch_buf_add(&t->bytes, p, n);
	exch_buf_char(&t->bytes, '\0');
}

static void
on_row(int end, void *arg)
{
	struct table *t = arg;
	struct exch_csv_row row;
	const char *p = t->bytes.p;

	(void)end; /* the byte that ended the row, -1 for the end of file */
	t->row_ended = true;
	if (t->bytes.failed)
		t->err = EXCH_ERR_NOMEM;
	if (t->err != 0)
		return;
	/* Only now, because the buffer moves while it grows. */
	for (size_t i = 0; i < t->n; i++) {
		t->field[i] = p;
		p += t->len[i] + 1;
	}
	row.line = t->row_line;
	row.nfields = t->n;
	row.field = t->field;
	row.len = t->len;
	t->err = t->fn(t->arg, &row, t->d);
	t->n = 0;
	t->bytes.len = 0;
}

static int
parse_error(struct table *t, struct csv_parser *p)
{
	if (t->err != 0)
		return t->err;
	switch (csv_error(p)) {
	case CSV_ENOMEM:
	case CSV_ETOOBIG:
		return EXCH_ERR_NOMEM;
	default:
		return exch_diag_set(t->d, EXCH_ERR_FORMAT, t->name,
		    EXCH_POS_LINE, t->row_line,
		    "quotes of this row are not valid CSV");
	}
}

static bool
is_blank(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] != ' ' && s[i] != '\t' && s[i] != '\r' && s[i] != '\n')
			return false;
	return true;
}

static int
feed_lines(struct table *t, struct csv_parser *p, const char *s, size_t n)
{
	uint64_t line = 0;
	bool inside = false; /* a quoted field goes on over the line's end */

	while (n > 0) {
		const char *nl = memchr(s, '\n', n);
		size_t len = nl != NULL ? (size_t)(nl - s) + 1 : n;

		line++;
		if (!inside)
			t->row_line = line;
		t->row_ended = false;
		if (csv_parse(p, s, len, on_field, on_row, t) != len ||
		    t->err != 0)
			return parse_error(t, p);
		inside = !t->row_ended && (inside || !is_blank(s, len));
		s += len;
		n -= len;
	}
	if (csv_fini(p, on_field, on_row, t) != 0 || t->err != 0)
		return parse_error(t, p);
	return 0;
}

int
exch_csv_parse(const char *bytes, size_t n, const char *name, exch_csv_fn *fn,
    void *arg, struct exch_diag *d)
{
	struct table t = {.fn = fn, .arg = arg, .name = name, .d = d};
	struct csv_parser p;
	int err;

	if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, name, EXCH_POS_NONE, 0, "out of memory");
	csv_set_realloc_func(&p, csv_realloc);
	csv_set_free_func(&p, exch_free);
	/* Spreadsheets put a byte order mark before the first name. */
	if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		bytes += 3;
		n -= 3;
	}
	err = feed_lines(&t, &p, bytes, n);
	if (err == EXCH_ERR_NOMEM)
		exch_diag_set(d, EXCH_ERR_NOMEM, name, EXCH_POS_LINE,
		    t.row_line, "out of memory");
	csv_free(&p);
	exch_free(t.field);
	exch_free(t.len);
	exch_buf_free(&t.bytes);
	return err;
}

int
exch_csv_bad(const struct exch_csv_row *row, const char *name, size_t field,
    struct exch_diag *d, const char *what)
{
	bool is_there = field < row->nfields;
	const char *text = is_there ? row->field[field] : "";
	bool cut = is_there && strlen(text) != row->len[field];
	uint64_t column = 1;
	int err =
	    exch_diag_set(d, EXCH_ERR_FORMAT, name, EXCH_POS_LINE, row->line,
		"'%.40s'%s %s", text, cut ? " and a byte of 0" : "", what);

	for (size_t i = 0; i < field && i < row->nfields; i++)
		column += row->len[i] + 1;
	if (d != NULL && d->column == 0)
		d->column = column;
	return err;
}
