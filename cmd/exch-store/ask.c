/*
 * query: the questions of exch-schema(5) by their names.
 *
 * An answer is gone through twice: for the widths of its columns and whether
 * they are numbers throughout, and to be written.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "exch-store/tool.h"
#include "store/question.h"

struct column {
	size_t width;
	bool text; /* a cell of it is no number */
};

struct answer {
	struct exch_ask *ask;
	unsigned ncolumns;
	struct column *column;
	struct exch_buf *b;
	uint64_t nrows;
};

static int
list(struct tool *t, struct exch_diag *d)
{
	unsigned n;
	const struct exch_question *q = exch_questions(&n);
	struct exch_buf b = {0};
	int err;

	for (unsigned i = 0; i < n; i++)
		exch_buf_fmt(&b, "%-10s %s\n", q[i].name, q[i].title);
	err = tool_put(t, &b, d);
	return err;
}

/* ---- a cell ---- */

/* Bytes that would end a line or a string are shown as what they are. */
static void
put_json(struct exch_buf *b, const char *s, size_t n)
{
	exch_buf_char(b, '"');
	for (size_t i = 0; i < n; i++)
		if (s[i] == '"' || s[i] == '\\')
			exch_buf_fmt(b, "\\%c", s[i]);
		else if ((unsigned char)s[i] < 0x20)
			exch_buf_fmt(b, "\\u%04x", (unsigned)s[i]);
		else
			exch_buf_char(b, s[i]);
	exch_buf_char(b, '"');
}

static void
put_text(struct exch_buf *b, const char *s, size_t n, const struct column *c,
    bool last)
{
	if (!c->text)
		exch_buf_fmt(b, "%*s", (int)(c->width - n), "");
	for (size_t i = 0; i < n; i++)
		exch_buf_char(b, (unsigned char)s[i] < 0x20 ? '?' : s[i]);
	if (c->text && !last)
		exch_buf_fmt(b, "%*s", (int)(c->width - n), "");
	exch_buf_str(b, last ? "\n" : "  ");
}

static void
put_cell(struct answer *a, unsigned i, const struct exch_ask_cell *c,
    enum exch_format format)
{
	bool last = i + 1 == a->ncolumns;

	switch (format) {
	case EXCH_FMT_JSON:
		exch_buf_str(a->b, i == 0 ? "{" : ",");
		put_json(a->b, exch_ask_heading(a->ask, i),
		    strlen(exch_ask_heading(a->ask, i)));
		exch_buf_char(a->b, ':');
		if (c->text == NULL)
			exch_buf_str(a->b, "null");
		else if (a->column[i].text)
			put_json(a->b, c->text, c->n);
		else
			exch_buf_add(a->b, c->text, c->n);
		if (last)
			exch_buf_str(a->b, "}\n");
		return;
	case EXCH_FMT_CSV:
		if (c->text != NULL)
			tool_put_csv(a->b, c->text, c->n);
		exch_buf_char(a->b, last ? '\n' : ',');
		return;
	default:
		if (c->text != NULL)
			put_text(a->b, c->text, c->n, &a->column[i], last);
		else
			put_text(a->b, "-", 1, &a->column[i], last);
		return;
	}
}

static void
put_head(struct answer *a, enum exch_format format)
{
	for (unsigned i = 0; i < a->ncolumns && format != EXCH_FMT_JSON; i++) {
		const char *name = exch_ask_heading(a->ask, i);
		struct exch_ask_cell c = {.text = name, .n = strlen(name)};

		put_cell(a, i, &c, format);
	}
}

/* ---- an answer ---- */

static void
look(struct answer *a, unsigned i, const struct exch_ask_cell *c)
{
	size_t n = c->text != NULL ? c->n : 1;

	if (n > a->column[i].width)
		a->column[i].width = n;
	a->column[i].text |= c->text != NULL && !c->number;
}

/* Every row: looked at, or written. */
static int
rows(struct answer *a, bool write, enum exch_format format, struct exch_diag *d)
{
	int got;

	for (a->nrows = 0; (got = exch_ask_next(a->ask, d)) > 0; a->nrows++)
		for (unsigned i = 0; i < a->ncolumns; i++) {
			struct exch_ask_cell c;
			int err = exch_ask_cell(a->ask, i, &c, d);

			if (err != 0)
				return err;
			if (write)
				put_cell(a, i, &c, format);
			else
				look(a, i, &c);
		}
	return got;
}

static int
answer(struct tool *t, struct exch_ask *ask, struct exch_buf *b, bool *empty,
    struct exch_diag *d)
{
	struct answer a = {
	    .ask = ask, .ncolumns = exch_ask_columns(ask), .b = b};
	enum exch_format format =
	    t->cli.format_given ? t->cli.format : EXCH_FMT_TEXT;
	int err;

	a.column = exch_calloc(a.ncolumns, sizeof(*a.column));
	if (a.column == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for the answer");
	for (unsigned i = 0; i < a.ncolumns; i++)
		a.column[i].width = strlen(exch_ask_heading(ask, i));
	err = rows(&a, false, format, d);
	put_head(&a, format);
	if (err == 0)
		err = rows(&a, true, format, d);
	exch_free(a.column);
	*empty = a.nrows == 0;
	return err;
}

static bool
is_restricted(const struct tool *t)
{
	return t->instr != NULL || t->account != 0 || t->date != 0 ||
	       t->has_order || t->cli.stream != NULL;
}

static int
ask(struct tool *t, const struct exch_question *q, struct exch_diag *d)
{
	struct exch_ask_opts o = {.instr = t->instr,
	    .account = t->account,
	    .date = t->date,
	    .order = t->order};
	struct exch_store *s = NULL;
	struct exch_store_stream st;
	struct exch_ask *a = NULL;
	struct exch_buf b = {0};
	bool empty = false;
	int err = exch_store_open(t->path, EXCH_STORE_READ, &s, d);

	if (err == 0 && t->cli.stream != NULL) {
		err = exch_store_find(s, t->cli.stream, &st, d);
		o.stream = err == 0 ? st.number : 0;
	}
	if (err == 0)
		err = exch_ask_open(s, q, &o, &a, d);
	if (err == 0)
		err = answer(t, a, &b, &empty, d);
	exch_ask_close(a);
	exch_store_close(s);
	if (err == 0)
		err = tool_put(t, &b, d);
	if (err == 0 && empty)
		exch_cli_note(&t->cli, "%s: nothing in it answers '%s'%s",
		    t->path, q->name,
		    is_restricted(t) ? " as it is restricted" : "");
	exch_buf_free(&b);
	return err;
}

int
tool_query(struct tool *t)
{
	unsigned n;
	const struct exch_question *q = exch_questions(&n);
	struct exch_diag d = {0};
	int err;

	if (t->nrest == 0) {
		err = list(t, &d);
		return err != 0 ? exch_cli_fail(&t->cli, &d) : EXCH_EXIT_OK;
	}
	for (; n > 0 && strcmp(q->name, t->rest[0]) != 0; n--)
		q++;
	if (n == 0)
		return exch_cli_usage(&t->cli,
		    "'%s' is no question: exch-store query lists them",
		    t->rest[0]);
	if (exch_question_of_order(q) && !t->has_order)
		return exch_cli_usage(
		    &t->cli, "which order? add --order NUMBER");
	if (t->has_order && !exch_question_of_order(q))
		return exch_cli_usage(
		    &t->cli, "--order is not an option of query %s", q->name);
	err = ask(t, q, &d);
	return err != 0 ? exch_cli_fail(&t->cli, &d) : EXCH_EXIT_OK;
}
