/* Portions of rows, one for each table; see insert.h. */
#include <config.h>

#include "base/alloc.h"
#include "store/insert.h"

/* Rows of a portion. */
#define MANY 24u

struct portion {
	struct exch_sql_stmt *many, *one;
	struct exch_sql_value *v; /* of MANY rows; NULL: none came yet */
	unsigned n, width;
};

struct exch_insert {
	struct exch_sql *sql;
	unsigned ntables; /* that of entries is behind them */
	struct portion *p;
};

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for rows");
}

int
exch_insert_new(
    struct exch_sql *sql, struct exch_insert **out, struct exch_diag *d)
{
	struct exch_insert *x = exch_calloc(1, sizeof(*x));

	if (x == NULL)
		return no_memory(d);
	x->sql = sql;
	(void)exch_store_tables(&x->ntables);
	x->p = exch_calloc(x->ntables + 1, sizeof(*x->p));
	if (x->p == NULL) {
		exch_free(x);
		return no_memory(d);
	}
	*out = x;
	return 0;
}

void
exch_insert_free(struct exch_insert *x)
{
	if (x == NULL)
		return;
	for (unsigned i = 0; i <= x->ntables; i++) {
		exch_sql_finish(x->p[i].many);
		exch_sql_finish(x->p[i].one);
		exch_free(x->p[i].v);
	}
	exch_free(x->p);
	exch_free(x);
}

static int
prepare(struct exch_insert *x, const char *table, unsigned width, unsigned rows,
    struct exch_sql_stmt **out, struct exch_diag *d)
{
	struct exch_buf b = {0};
	int err;

	/*
	 * A row that is refused undoes the whole transaction, so SQLite need
	 * not keep pages to undo the portion by itself.
	 */
	exch_buf_fmt(&b, "INSERT OR FAIL INTO %s VALUES", table);
	for (unsigned r = 0; r < rows; r++) {
		exch_buf_str(&b, r == 0 ? " (?" : ", (?");
		for (unsigned i = 1; i < width; i++)
			exch_buf_str(&b, ",?");
		exch_buf_str(&b, ")");
	}
	exch_buf_char(&b, '\0');
	err = b.failed ? no_memory(d) : exch_sql_prepare(x->sql, b.p, out, d);
	exch_buf_free(&b);
	return err;
}

/* The first row of a table. */
static int
begin(struct exch_insert *x, struct portion *p, const struct exch_row *row,
    struct exch_diag *d)
{
	const char *table =
	    row->table == EXCH_ROW_ENTRY
		? EXCH_STORE_ENTRIES
		: exch_store_tables(&(unsigned){0})[row->table].name;
	int err = prepare(x, table, row->n, MANY, &p->many, d);

	if (err == 0)
		err = prepare(x, table, row->n, 1, &p->one, d);
	p->width = row->n;
	if (err == 0) {
		p->v = exch_malloc(MANY * row->n * sizeof(*p->v));
		if (p->v == NULL)
			err = no_memory(d);
	}
	return err;
}

int
exch_insert_row(void *insert, const struct exch_row *row, struct exch_diag *d)
{
	struct exch_insert *x = insert;
	struct portion *p =
	    &x->p[row->table == EXCH_ROW_ENTRY ? x->ntables : row->table];
	struct exch_sql_value *to;
	int err;

	if (__builtin_expect(p->v == NULL, 0)) {
		err = begin(x, p, row, d);
		if (err != 0)
			return err;
	}
	to = p->v + p->n++ * p->width;
	for (unsigned i = 0; i < p->width; i++)
		to[i] = row->v[i];
	if (p->n < MANY)
		return 0;
	p->n = 0;
	return exch_sql_run(p->many, p->v, MANY * p->width, d);
}

int
exch_insert_flush(struct exch_insert *x, struct exch_diag *d)
{
	int err = 0;

	for (unsigned i = 0; i <= x->ntables && err == 0; i++) {
		struct portion *p = &x->p[i];

		for (unsigned r = 0; r < p->n && err == 0; r++)
			err = exch_sql_run(
			    p->one, p->v + r * p->width, p->width, d);
		p->n = 0;
	}
	return err;
}

void
exch_insert_drop(struct exch_insert *x)
{
	for (unsigned i = 0; i <= x->ntables; i++)
		x->p[i].n = 0;
}
