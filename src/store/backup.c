/*
 * The whole history into another file, while somebody writes it; and back.
 * What arrives is the database of one moment, or nothing: SQLite keeps a
 * transaction open in the target until the last page.
 */
#include <config.h>

#include "store/priv.h"

/* Pages copied before somebody else may have a turn: 16 MiB. */
#define PAGES 1024

/* The database to copy into, made if need be; *to is to be closed. */
static int
open_target(
    const char *path, struct exch_sql **to, bool *empty, struct exch_diag *d)
{
	int64_t objects = 0;
	int err;

	*to = NULL;
	err = exch_sql_open(path, EXCH_SQL_CREATE, to, d);
	if (err == 0)
		err = exch_sql_number(
		    *to, "SELECT count(*) FROM sqlite_schema", 0, &objects, d);
	*empty = objects == 0;
	return err;
}

int
exch_store_backup(struct exch_store *s, const char *path,
    int (*between)(void *arg, struct exch_diag *d), void *arg,
    struct exch_diag *d)
{
	struct exch_sql *to;
	bool empty;
	int err = open_target(path, &to, &empty, d);

	if (err == 0 && !empty)
		err = exch_diag_set(d, EXCH_ERR_EXISTS, path, EXCH_POS_NONE, 0,
		    "a database is there already: name another file");
	if (err == 0)
		err = exch_sql_copy(s->sql, to, PAGES, between, arg, d);
	exch_sql_close(to);
	return err;
}

int
exch_store_restore(const char *path, struct exch_store *from,
    int (*between)(void *arg, struct exch_diag *d), void *arg,
    struct exch_diag *d)
{
	struct exch_sql *to;
	int64_t version;
	bool empty;
	int err = open_target(path, &to, &empty, d);

	/* What is no history of ours is not overwritten. */
	if (err == 0 && !empty)
		err = exch_schema_check(to, &version, d);
	if (err == 0)
		err = exch_sql_copy(from->sql, to, PAGES, between, arg, d);
	exch_sql_close(to);
	return err;
}
