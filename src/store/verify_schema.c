/*
 * What a database says of itself: its pages, by SQLite, and its tables, views
 * and triggers, against the schema of this program.
 */
#include <config.h>

#include <string.h>

#include "store/verify.h"

struct objects {
	struct exch_verify *v;
	struct exch_sql_stmt *t;
};

static int
check_object(void *arg, const char *name, const char *sql, struct exch_diag *d)
{
	struct objects *o = arg;
	struct exch_sql_value v = exch_sql_of_text(name, strlen(name));
	int got;

	exch_sql_bind(o->t, &v, 1);
	got = exch_sql_step(o->t, d);
	if (got > 0) {
		size_t n;
		const char *is = exch_sql_text(o->t, 0, &n);

		if (n != strlen(sql) || memcmp(is, sql, n) != 0)
			exch_verify_fault(
			    o->v, "schema: %s is not what it was", name);
		exch_sql_reset(o->t);
	} else if (got == 0) {
		exch_verify_fault(o->v, "schema: %s is missing", name);
	}
	return got < 0 ? got : 0;
}

int
exch_verify_pages(struct exch_verify *v, struct exch_diag *d)
{
	struct exch_sql_stmt *t;
	int got = exch_sql_prepare(v->sql, "PRAGMA integrity_check(20)", &t, d);

	if (got != 0)
		return got;
	while ((got = exch_sql_step(t, d)) > 0) {
		size_t n;
		const char *p = exch_sql_text(t, 0, &n);

		if (strcmp(p, "ok") != 0)
			exch_verify_fault(v, "database: %s", p);
	}
	exch_sql_finish(t);
	return got;
}

/* A trigger of somebody else would run whenever a stream is loaded. */
static int
check_triggers(struct exch_verify *v, struct exch_diag *d)
{
	struct exch_sql_stmt *t;
	int got = exch_sql_prepare(v->sql,
	    "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
	    " AND name NOT IN ('audit_stays', 'audit_keeps')",
	    &t, d);

	if (got != 0)
		return got;
	while ((got = exch_sql_step(t, d)) > 0)
		exch_verify_fault(v, "schema: trigger %s is none of ours",
		    exch_verify_text(t, 0));
	exch_sql_finish(t);
	return got;
}

int
exch_verify_schema(struct exch_verify *v, struct exch_diag *d)
{
	struct objects o = {.v = v};
	int err = exch_sql_prepare(
	    v->sql, "SELECT sql FROM sqlite_schema WHERE name = ?", &o.t, d);

	if (err == 0)
		err = exch_schema_each(check_object, &o, d);
	exch_sql_finish(o.t);
	return err != 0 ? err : check_triggers(v, d);
}

static int
check_word(void *arg, const struct exch_sql_value v[3], struct exch_diag *d)
{
	struct objects *o = arg;
	int got;

	exch_sql_bind(o->t, v, 2);
	got = exch_sql_step(o->t, d);
	if (got > 0) {
		struct exch_sql_value is = exch_sql_column(o->t, 0);

		if (!exch_sql_same(&is, &v[2]))
			exch_verify_fault(o->v,
			    "table words: %.*s %lld is '%s'", (int)v[0].n,
			    (const char *)v[0].p, (long long)v[1].i,
			    exch_verify_text(o->t, 0));
		exch_sql_reset(o->t);
	} else if (got == 0) {
		exch_verify_fault(o->v, "table words: %.*s %lld is missing",
		    (int)v[0].n, (const char *)v[0].p, (long long)v[1].i);
	}
	return got < 0 ? got : 0;
}

int
exch_verify_words(struct exch_verify *v, struct exch_diag *d)
{
	struct objects o = {.v = v};
	int err = exch_sql_prepare(v->sql,
	    "SELECT word FROM words WHERE field = ? AND code = ?", &o.t, d);

	if (err == 0)
		err = exch_schema_words(check_word, &o, d);
	exch_sql_finish(o.t);
	return err;
}
