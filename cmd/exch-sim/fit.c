/*
 * exch-sim fit: parameters of a model of flow from a matched stream, as lines
 * of a scenario.
 */
#include <config.h>

#include <string.h>

#include "exch-sim/tool.h"
#include "report/table.h"
#include "sim/fit.h"

static int
take(struct tool *t, struct exch_fit *f, const char *path, struct exch_diag *d)
{
	struct exch_reader_opts o = {0};
	const struct exch_rec *r;
	struct exch_reader *reader = NULL;
	struct exch_in *in = NULL;
	int err = exch_cli_open(&t->cli, path, &in, d);

	if (err == EXCH_OK)
		err = exch_reader_open(in, &o, &reader, d);
	while (err == EXCH_OK && (err = exch_reader_next(reader, &r, d)) > 0)
		err = exch_fit_record(f, r, d);
	exch_reader_close(reader);
	exch_in_close(in);
	return err;
}

static bool
known(const char *kind)
{
	for (const char *const *k = exch_fit_kinds; *k != NULL; k++)
		if (strcmp(*k, kind) == 0)
			return true;
	return false;
}

/* ---- as rows ---- */

static const struct exch_col cols[] = {{"line", EXCH_COL_TEXT, 10},
    {"kind", EXCH_COL_TEXT, 8}, {"symbol", EXCH_COL_TEXT, 8},
    {"parameter", EXCH_COL_TEXT, 14}, {"value", EXCH_COL_TEXT, 8}};

/* The next word of a line; its length, 0 at the end of the line. */
static size_t
word(const char **p)
{
	*p += strspn(*p, " ");
	return strcspn(*p, " \n");
}

/* A line of a scenario: a row for each parameter and its value. */
static const char *
put_line(struct exch_table *t, const char *p, bool has_kind)
{
	const char *first[3] = {"", "", ""};
	size_t n[3] = {0}, nname, nvalue;

	for (unsigned i = 0; i < 3; i++) {
		if (i == 1 && !has_kind)
			continue;
		first[i] = p;
		n[i] = word(&first[i]);
		p = first[i] + n[i];
	}
	while ((nname = word(&p)) != 0) {
		const char *name = p;

		p += nname;
		nvalue = word(&p);
		exch_table_row(t);
		for (unsigned i = 0; i < 3; i++)
			exch_table_text(t, first[i], n[i]);
		exch_table_text(t, name, nname);
		exch_table_text(t, p, nvalue);
		exch_table_end(t);
		p += nvalue;
	}
	return p + (*p == '\n');
}

static int
say_rows(struct tool *t, struct exch_buf *b, int err, struct exch_diag *d)
{
	struct exch_table table;

	exch_buf_char(b, '\0');
	if (err == EXCH_OK && b->failed)
		err = exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	if (err == EXCH_OK) {
		err = sim_table_open(t, &table, d);
		if (err == EXCH_OK)
			err = exch_table_columns(
			    &table, cols, EXCH_ARRAY_LEN(cols), true, d);
		/* "instrument SYMBOL ...", then "flow KIND SYMBOL ..." */
		if (err == EXCH_OK)
			(void)put_line(
			    &table, put_line(&table, b->p, false), true);
		err = sim_table_close(t, &table, err, d);
	}
	exch_buf_free(b);
	return err == EXCH_OK ? EXCH_EXIT_OK : exch_cli_fail(&t->cli, d);
}

int
sim_fit(struct tool *t)
{
	struct exch_buf b = {0};
	struct exch_diag d = {0};
	struct exch_fit *f = NULL;
	int n = t->cli.noperands, err;

	if (n < 2 || n > 3 || !known(t->cli.operand[1]))
		return exch_cli_usage(&t->cli,
		    "fit takes a kind, which is zero, cst, hawkes, queue or "
		    "mike, and one stream");
	err = exch_fit_new(t->symbol, &f, &d);
	if (err == EXCH_OK)
		err = take(t, f, n == 3 ? t->cli.operand[2] : "-", &d);
	if (err == EXCH_OK)
		err = exch_fit_finish(f, &d);
	if (err == EXCH_OK)
		exch_fit_parts(f, (unsigned)t->parts);
	if (err == EXCH_OK)
		err = exch_fit_write(f, t->cli.operand[1], &b, &d);
	exch_fit_free(f);
	return sim_wants_rows(t) ? say_rows(t, &b, err, &d)
				 : sim_say(t, &b, err, &d);
}
