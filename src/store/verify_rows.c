/*
 * Each row of each table against the record that makes it.  Tables are read
 * in the order of the stream, each by a cursor that stands on the next row:
 *
 *	records  r1   r2   r3   r4 ...
 *	orders   ^         ^
 *	acks          ^         ^
 *
 * so that one pass over everything finds what was changed, what is missing
 * and what was added.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "store/verify.h"

struct cursor {
	struct exch_sql_stmt *t;
	bool there; /* it stands on a row */
	int64_t id, entry;
};

struct exch_rows {
	struct exch_verify *v;
	unsigned n; /* tables, and that of entries behind them */
	struct cursor *c;
};

static int
step(struct cursor *c, bool entries, struct exch_diag *d)
{
	int got = exch_sql_step(c->t, d);

	c->there = got > 0;
	if (c->there) {
		c->id = exch_sql_int(c->t, 0);
		c->entry = entries ? exch_sql_int(c->t, 1) : 0;
	}
	return got < 0 ? got : 0;
}

static const char *
name_of(unsigned table, unsigned n)
{
	return table == n - 1 ? EXCH_STORE_ENTRIES
			      : exch_store_tables(&(unsigned){0})[table].name;
}

static int
open_cursor(
    struct exch_rows *r, unsigned i, uint32_t stream, struct exch_diag *d)
{
	struct exch_sql_value v[2] = {
	    exch_sql_of_int((int64_t)stream << EXCH_STORE_POSITION_BITS),
	    exch_sql_of_int(((int64_t)stream + 1) << EXCH_STORE_POSITION_BITS)};
	char sql[128];
	int err;

	(void)snprintf(sql, sizeof(sql),
	    "SELECT * FROM %s WHERE id >= ? AND id < ? ORDER BY id%s",
	    name_of(i, r->n), i == r->n - 1 ? ", entry" : ""); /* fits */
	err = exch_sql_prepare(r->v->sql, sql, &r->c[i].t, d);
	if (err != 0)
		return err;
	exch_sql_bind(r->c[i].t, v, 2);
	return step(&r->c[i], i == r->n - 1, d);
}

int
exch_rows_open(struct exch_verify *v, uint32_t stream, struct exch_rows **out,
    struct exch_diag *d)
{
	struct exch_rows *r = exch_calloc(1, sizeof(*r));
	int err = 0;

	if (r != NULL) {
		r->v = v;
		(void)exch_store_tables(&r->n);
		r->n++;
		r->c = exch_calloc(r->n, sizeof(*r->c));
	}
	if (r == NULL || r->c == NULL) {
		exch_free(r);
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory to verify");
	}
	for (unsigned i = 0; i < r->n && err == 0; i++)
		err = open_cursor(r, i, stream, d);
	if (err != 0) {
		exch_rows_close(r);
		return err;
	}
	*out = r;
	return 0;
}

void
exch_rows_close(struct exch_rows *r)
{
	if (r == NULL)
		return;
	for (unsigned i = 0; i < r->n; i++)
		exch_sql_finish(r->c[i].t);
	exch_free(r->c);
	exch_free(r);
}

/* A value for people, at most 60 bytes. */
static void
show(const struct exch_sql_value *v, char out[64])
{
	if (v->kind == EXCH_SQL_NULL)
		(void)snprintf(out, 64, "NULL");
	else if (v->kind == EXCH_SQL_INT)
		(void)snprintf(out, 64, "%lld", (long long)v->i);
	else if (v->kind == EXCH_SQL_TEXT)
		(void)snprintf(out, 64, "'%.*s'", (int)(v->n < 40 ? v->n : 40),
		    (const char *)v->p);
	else
		(void)snprintf(out, 64, "%lu bytes", (unsigned long)v->n);
}

static const char *
heading(unsigned table, unsigned n, unsigned column)
{
	static const char *const entry[EXCH_STORE_ENTRY_COLUMNS] = {
	    "id", "entry", "tag", "small", "value", "bytes"};

	return table == n - 1
		   ? entry[column]
		   : exch_store_heading(
			 &exch_store_tables(&(unsigned){0})[table], column);
}

static void
extra(struct exch_rows *r, unsigned table)
{
	exch_verify_fault(r->v, "table %s, row %lld: no record made it",
	    name_of(table, r->n), (long long)r->c[table].id);
}

/* The row at hand against what the record says. */
static void
compare(struct exch_rows *r, unsigned table, const struct exch_row *row)
{
	struct cursor *c = &r->c[table];

	r->v->result->rows++;
	for (unsigned i = 0; i < row->n; i++) {
		struct exch_sql_value v = exch_sql_column(c->t, i);
		char is[64], says[64];

		if (exch_sql_same(&v, &row->v[i]))
			continue;
		show(&v, is);
		show(&row->v[i], says);
		exch_verify_fault(r->v,
		    "table %s, row %lld: %s is %s, its record says %s",
		    name_of(table, r->n), (long long)c->id,
		    heading(table, r->n, i), is, says);
	}
}

int
exch_rows_check(void *rows, const struct exch_row *row, struct exch_diag *d)
{
	struct exch_rows *r = rows;
	bool entries = row->table == EXCH_ROW_ENTRY;
	unsigned table = entries ? r->n - 1 : row->table;
	struct cursor *c = &r->c[table];
	int64_t id = row->v[0].i;
	int64_t entry = entries ? row->v[1].i : 0;
	int err = 0;

	while (err == 0 && c->there &&
	       (c->id < id || (c->id == id && c->entry < entry))) {
		extra(r, table);
		err = step(c, entries, d);
	}
	if (err != 0)
		return err;
	if (!c->there || c->id != id || c->entry != entry) {
		exch_verify_fault(r->v, "table %s, row %lld: it is missing",
		    name_of(table, r->n), (long long)id);
		return 0;
	}
	compare(r, table, row);
	return step(c, entries, d);
}

int
exch_rows_end(struct exch_rows *r, struct exch_diag *d)
{
	int err = 0;

	for (unsigned i = 0; i < r->n && err == 0; i++)
		while (err == 0 && r->c[i].there) {
			extra(r, i);
			err = step(&r->c[i], i == r->n - 1, d);
		}
	return err;
}
