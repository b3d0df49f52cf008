/*
 * Tables made again from the blocks: after a change of their form, for types
 * that the program did not know when the stream was loaded, or when verify
 * has found that somebody changed them.  What counts is not touched.
 */
#include <config.h>

#include <string.h>

#include "store/insert.h"
#include "store/priv.h"

/* Everything of ours but what counts. */
static const char others[] =
    "SELECT type FROM sqlite_schema WHERE type IN ('table', 'view')"
    " AND name = ?1 COLLATE NOCASE AND ?1 NOT IN ('streams', 'audit',"
    " 'blocks', 'personal', 'rollups', 'daily_instruments',"
    " 'daily_accounts')";

/* Views, and words, of which each has its own. */
static const char views[] =
    "SELECT type FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE"
    " AND (type = 'view' OR (type = 'table' AND ?1 = 'words'))";

struct dropping {
	struct exch_sql *sql;
	const char *which;
};

/* What others made has other names, and stays. */
static int
drop_own(void *arg, const char *name, const char *text, struct exch_diag *d)
{
	struct dropping *o = arg;
	struct exch_sql_value v = exch_sql_of_text(name, strlen(name));
	struct exch_buf b = {0};
	struct exch_sql_stmt *t;
	size_t n;
	int got = exch_sql_prepare(o->sql, o->which, &t, d);

	(void)text;
	if (got != 0)
		return got;
	exch_sql_bind(t, &v, 1);
	got = exch_sql_step(t, d);
	if (got > 0)
		exch_buf_fmt(&b, "DROP %s \"%s\"",
		    strcmp(exch_sql_text(t, 0, &n), "view") == 0 ? "VIEW"
								 : "TABLE",
		    name);
	exch_sql_finish(t);
	if (got <= 0)
		return got;
	exch_buf_char(&b, '\0');
	got = b.failed ? exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE,
			     0, "out of memory")
		       : exch_sql_prepare(o->sql, b.p, &t, d);
	exch_buf_free(&b);
	if (got != 0)
		return got;
	got = exch_sql_run(t, NULL, 0, d);
	exch_sql_finish(t);
	return got;
}

/* What counts is there: its tables and triggers are not made again. */
static int
make_missing(void *arg, const char *name, const char *sql, struct exch_diag *d)
{
	struct exch_sql_value v = exch_sql_of_text(name, strlen(name));
	struct exch_sql_stmt *t;
	int got = exch_sql_prepare(
	    arg, "SELECT 1 FROM sqlite_schema WHERE name = ?", &t, d);

	if (got != 0)
		return got;
	exch_sql_bind(t, &v, 1);
	got = exch_sql_step(t, d);
	exch_sql_finish(t);
	return got == 0 ? exch_sql_exec(arg, sql, d) : got < 0 ? got : 0;
}

struct again {
	struct exch_sql *sql;
	struct exch_insert *insert;
};

static int
block_again(struct again *a, struct exch_derive *v, struct exch_blocks *b,
    uint64_t next[256], uint64_t *position, struct exch_diag *d)
{
	struct exch_each each;
	const struct exch_rec *r;
	uint64_t seq;
	const char *why = exch_each_begin(&each, b->p, &b->frame, next);
	int got = why != NULL ? -1 : 1, err = 0;

	while (got > 0 && err == 0) {
		got = exch_each_next(&each, &r, &seq, &why);
		if (got <= 0)
			break;
		err = exch_derive(
		    v, r, seq, *position, exch_insert_row, a->insert, d);
		*position += seq != 0;
	}
	if (got < 0)
		return exch_diag_set(d, EXCH_ERR_FORMAT, b->name,
		    EXCH_POS_RECORD, *position, "a block is damaged: %s", why);
	return err != 0 ? err : exch_insert_flush(a->insert, d);
}

static int
stream_again(void *arg, const struct exch_store_stream *st, struct exch_diag *d)
{
	struct again *a = arg;
	struct exch_derive v;
	struct exch_blocks b = {0};
	uint64_t next[256] = {0}, position = 0;
	int got = 0, err;

	if ((st->purged & 1u << EXCH_KEPT_AUDIT) != 0)
		return 0;
	err = exch_derive_init(&v, st->number);
	if (err != 0)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	v.purged = st->purged;
	err = exch_blocks_open(&b, a->sql, st->number, d);
	while (err == 0 && (got = exch_blocks_next(&b, d)) > 0)
		err = block_again(a, &v, &b, next, &position, d);
	exch_blocks_close(&b);
	exch_derive_clear(&v);
	return err != 0 ? err : got;
}

/* Drop what `which` finds of ours, and make the schema whole. */
static int
schema_again(struct exch_sql *sql, const char *which, struct exch_diag *d)
{
	struct dropping o = {.sql = sql, .which = which};
	int err = exch_schema_each(drop_own, &o, d);

	return err != 0 ? err : exch_schema_fill(sql, make_missing, d);
}

int
exch_rebuild_views(struct exch_store *s, struct exch_diag *d)
{
	return schema_again(s->sql, views, d);
}

int
exch_rebuild_all(struct exch_store *s, struct exch_diag *d)
{
	struct again a = {.sql = s->sql};
	bool built;
	int err = schema_again(s->sql, others, d);

	if (err == 0)
		err = exch_insert_new(s->sql, &a.insert, d);
	if (err == 0)
		err = exch_store_each(s, stream_again, &a, d);
	exch_insert_free(a.insert);
	return err != 0 ? err : exch_schema_index(s->sql, &built, d);
}

int
exch_store_rebuild(struct exch_store *s, struct exch_diag *d)
{
	int err = exch_store_transact(s, d);

	if (err == 0)
		err = exch_rebuild_all(s, d);
	return exch_store_commit(s, err, d);
}
