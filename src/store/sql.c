/*
 * SQLite, with our memory and our errors.  Its allocations go through
 * base/alloc.h, so that the tests can make each of them fail, too.
 */
#include <config.h>

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include <sqlite3.h>

#include "base/alloc.h"
#include "base/check.h"
#include "store/place.h"
#include "store/sql.h"

/* How long another writer is waited for. */
#define BUSY_MS 5000

struct exch_sql {
	sqlite3 *db;
	char *name;
	bool reads; /* and leaves nothing beside the database */
	void (*committed)(void *arg, unsigned pages);
	void *arg;
};

struct exch_sql_stmt {
	struct exch_sql *sql;
	sqlite3_stmt *s;
};

/* ---- memory ---- */

/* SQLite asks for the size of what it was given: it stands before it. */
#define FRONT 16

static void *
mem_new(int n)
{
	unsigned char *p = exch_malloc((size_t)n + FRONT);

	if (p == NULL)
		return NULL;
	memcpy(p, &n, sizeof(n));
	return p + FRONT;
}

static void
mem_free(void *p)
{
	if (p != NULL)
		exch_free((unsigned char *)p - FRONT);
}

static void *
mem_resize(void *p, int n)
{
	unsigned char *q =
	    exch_realloc((unsigned char *)p - FRONT, (size_t)n + FRONT, 1);

	if (q == NULL)
		return NULL;
	memcpy(q, &n, sizeof(n));
	return q + FRONT;
}

static int
mem_size(void *p)
{
	int n = 0;

	if (p != NULL)
		memcpy(&n, (unsigned char *)p - FRONT, sizeof(n));
	return n;
}

static int
mem_round(int n)
{
	return (n + 7) & ~7;
}

static int
mem_begin(void *arg)
{
	(void)arg;
	return SQLITE_OK;
}

static void
mem_end(void *arg)
{
	(void)arg;
}

static void
configure(void)
{
	static const sqlite3_mem_methods ours = {mem_new, mem_free, mem_resize,
	    mem_size, mem_round, mem_begin, mem_end, NULL};

	/* Refused once SQLite runs: then somebody else has chosen. */
	(void)sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* ---- errors ---- */

/* The log of a database, by the name that a link to it leads to. */
static const char *
log_of(const struct exch_sql *s)
{
	return sqlite3_filename_wal(sqlite3_db_filename(s->db, "main"));
}

/* What a result of the library means to us, and to people. */
static enum exch_err
meaning(int rc, const char **why, int *sys)
{
	*sys = 0;
	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		*why = "out of memory";
		return EXCH_ERR_NOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		*why = "the database is locked: another program writes it";
		return EXCH_ERR_IO;
	case SQLITE_READONLY:
	case SQLITE_PERM:
		*why = "the database is read-only";
		return EXCH_ERR_IO;
	case SQLITE_FULL:
		*why = "cannot write";
		*sys = ENOSPC;
		return EXCH_ERR_IO;
	case SQLITE_ERROR: /* a table or a column that is not there */
		*why = "the tables are not those that are expected";
		return EXCH_ERR_FORMAT;
	case SQLITE_CORRUPT:
		*why = "the database is damaged";
		return EXCH_ERR_FORMAT;
	case SQLITE_NOTADB:
		*why = "this is no database";
		return EXCH_ERR_FORMAT;
	case SQLITE_CANTOPEN:
		*why = "cannot open";
		return EXCH_ERR_ABSENT;
	case SQLITE_CONSTRAINT:
		*why = "a row is refused";
		return EXCH_ERR_EXISTS;
	case SQLITE_TOOBIG:
		*why = "a value is too large";
		return EXCH_ERR_LIMIT;
	case SQLITE_IOERR:
		*why = "cannot read or write";
		return EXCH_ERR_IO;
	}
	*why = "SQLite failed";
	return EXCH_ERR_IO;
}

static int
failed(struct exch_sql *s, int rc, struct exch_diag *d)
{
	const char *why;
	int sys;
	enum exch_err err = meaning(rc, &why, &sys);

	if ((rc & 0xff) == SQLITE_IOERR && sqlite3_system_errno(s->db) != 0)
		sys = sqlite3_system_errno(s->db);
	if (rc == SQLITE_IOERR_NOMEM)
		err = EXCH_ERR_NOMEM;
	if ((rc & 0xff) == SQLITE_CANTOPEN && s->reads &&
	    exch_place_has(log_of(s)))
		err = exch_diag_set(d, EXCH_ERR_IO, s->name, EXCH_POS_NONE, 0,
		    "a part of it is in its log, %s, which is not read where "
		    "nothing may be written: copy both to another place",
		    log_of(s));
	else if (err == EXCH_ERR_NOMEM || sys == ENOSPC)
		exch_diag_set(d, err, s->name, EXCH_POS_NONE, 0, "%s", why);
	else
		exch_diag_set(d, err, s->name, EXCH_POS_NONE, 0, "%s (%s)", why,
		    sqlite3_errmsg(s->db));
	if (d != NULL && d->code == err && sys != 0)
		d->sys = sys;
	return err;
}

/* ---- connections ---- */

/*
 * A database may come from anywhere.  Its triggers do not run in here, for
 * ours only keep others from what we never do; what its schema calls may be
 * nothing that has effects; and its pages are looked at before they are used.
 */
static int
distrust(sqlite3 *db)
{
	int rc = sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_db_config(
		    db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(
		    db, "PRAGMA cell_size_check = ON", NULL, NULL, NULL);
	return rc;
}

/*
 * Also who only reads a database with a log needs a file beside it.  Where
 * none can be made, and no log is there, nobody writes it from here: then it
 * is read as it is.
 */
static int
read_only(struct exch_sql *s)
{
	struct exch_buf uri = {0};
	int rc;

	s->reads = true;
	if (!exch_place_is_closed(log_of(s)) || exch_place_has(log_of(s)))
		return SQLITE_OK;
	s->reads = false;
	exch_place_immutable(&uri, sqlite3_db_filename(s->db, "main"));
	(void)sqlite3_close(s->db); /* it has no statements */
	s->db = NULL;
	rc = uri.failed ? SQLITE_NOMEM
			: sqlite3_open_v2(uri.p, &s->db,
			      SQLITE_OPEN_READONLY | SQLITE_OPEN_URI |
				  SQLITE_OPEN_NOMUTEX,
			      NULL);
	exch_buf_free(&uri);
	return rc;
}

/*
 * SQLite takes the log and what its readers share away with the last
 * connection, if that one may write.  A reader cannot; so it is followed by
 * one that can, and does nothing.
 */
static void
tidy(const char *database)
{
	sqlite3 *db = NULL;

	/* Where it cannot be done the files stay, and harm nothing. */
	if (sqlite3_open_v2(database, &db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK)
		(void)sqlite3_exec(
		    db, "SELECT 1 FROM sqlite_schema", NULL, NULL, NULL);
	(void)sqlite3_close(db); /* it has no statements */
}

int
exch_sql_open(const char *path, enum exch_sql_mode mode, struct exch_sql **out,
    struct exch_diag *d)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int flags = mode == EXCH_SQL_READ ? SQLITE_OPEN_READONLY
					  : SQLITE_OPEN_READWRITE;
	struct exch_sql *s;
	int rc;

	(void)pthread_once(&once, configure);
	if (mode == EXCH_SQL_CREATE)
		flags |= SQLITE_OPEN_CREATE;
	s = exch_calloc(1, sizeof(*s));
	if (s != NULL)
		s->name = exch_strdup(path);
	if (s == NULL || s->name == NULL) {
		exch_free(s);
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, path, EXCH_POS_NONE, 0, "out of memory");
	}
	rc = sqlite3_open_v2(path, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc == SQLITE_OK && mode == EXCH_SQL_READ)
		rc = read_only(s);
	if (rc == SQLITE_OK)
		rc = sqlite3_extended_result_codes(s->db, 1);
	if (rc == SQLITE_OK)
		rc = sqlite3_busy_timeout(s->db, BUSY_MS);
	if (rc == SQLITE_OK)
		rc = distrust(s->db);
	if (rc != SQLITE_OK) {
		int err = failed(s, s->db == NULL ? SQLITE_NOMEM : rc, d);

		exch_sql_close(s);
		return err;
	}
	*out = s;
	return 0;
}

void
exch_sql_close(struct exch_sql *s)
{
	bool left;

	if (s == NULL)
		return;
	left = s->reads && exch_place_is(log_of(s));
	/* It refuses only where a statement was forgotten. */
	exch_check(sqlite3_close(s->db) == SQLITE_OK);
	if (left)
		tidy(s->name);
	exch_free(s->name);
	exch_free(s);
}

const char *
exch_sql_name(const struct exch_sql *s)
{
	return s->name;
}

int
exch_sql_exec(struct exch_sql *s, const char *sql, struct exch_diag *d)
{
	int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : failed(s, rc, d);
}

int
exch_sql_number(struct exch_sql *s, const char *sql, int64_t none, int64_t *out,
    struct exch_diag *d)
{
	struct exch_sql_stmt *t;
	int n = exch_sql_prepare(s, sql, &t, d);

	*out = none;
	if (n != 0)
		return n;
	n = exch_sql_step(t, d);
	if (n > 0 && sqlite3_column_type(t->s, 0) != SQLITE_NULL)
		*out = sqlite3_column_int64(t->s, 0);
	exch_sql_finish(t);
	return n < 0 ? n : 0;
}

/* ---- the log ---- */

/* Pages of the log after which a writer takes them over by itself. */
#define LOG_PAGES 2000

static int
on_commit(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct exch_sql *s = arg;

	(void)db;
	(void)name; /* there is one database */
	s->committed(s->arg, (unsigned)pages);
	return SQLITE_OK;
}

void
exch_sql_on_commit(
    struct exch_sql *s, void (*committed)(void *arg, unsigned pages), void *arg)
{
	s->committed = committed;
	s->arg = arg;
	if (committed != NULL)
		(void)sqlite3_wal_hook(
		    s->db, on_commit, s); /* the one before */
	else
		(void)sqlite3_wal_autocheckpoint(s->db, LOG_PAGES); /* it can */
}

void
exch_sql_drain(struct exch_sql *s)
{
	(void)sqlite3_wal_checkpoint_v2(
	    s->db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/* ---- statements ---- */

int
exch_sql_prepare(struct exch_sql *s, const char *sql,
    struct exch_sql_stmt **out, struct exch_diag *d)
{
	struct exch_sql_stmt *t = exch_calloc(1, sizeof(*t));
	int rc = SQLITE_NOMEM;

	*out = NULL;
	if (t != NULL)
		rc = sqlite3_prepare_v3(
		    s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &t->s, NULL);
	if (rc != SQLITE_OK) {
		exch_free(t);
		return failed(s, rc, d);
	}
	t->sql = s;
	*out = t;
	return 0;
}

void
exch_sql_finish(struct exch_sql_stmt *t)
{
	if (t == NULL)
		return;
	(void)sqlite3_finalize(t->s); /* tells again what a step told */
	exch_free(t);
}

/* Binding fails only for memory, and SQLite copies nothing here. */
void
exch_sql_bind(
    struct exch_sql_stmt *t, const struct exch_sql_value *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		int at = (int)i + 1, rc = SQLITE_OK;

		switch (v[i].kind) {
		case EXCH_SQL_NULL:
			rc = sqlite3_bind_null(t->s, at);
			break;
		case EXCH_SQL_INT:
			rc = sqlite3_bind_int64(t->s, at, v[i].i);
			break;
		case EXCH_SQL_TEXT:
			rc = sqlite3_bind_text(
			    t->s, at, v[i].p, (int)v[i].n, SQLITE_STATIC);
			break;
		case EXCH_SQL_BLOB:
			rc = sqlite3_bind_blob(t->s, at,
			    v[i].n != 0 ? v[i].p : "", (int)v[i].n,
			    SQLITE_STATIC);
			break;
		}
		exch_check(rc == SQLITE_OK || rc == SQLITE_NOMEM);
	}
}

int
exch_sql_step(struct exch_sql_stmt *t, struct exch_diag *d)
{
	int rc = sqlite3_step(t->s);

	int err = 0;

	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		err = failed(t->sql, rc, d);
	(void)sqlite3_reset(t->s); /* tells again what the step told */
	return err;
}

void
exch_sql_reset(struct exch_sql_stmt *t)
{
	(void)sqlite3_reset(t->s); /* tells again what a step told */
}

int
exch_sql_run(struct exch_sql_stmt *t, const struct exch_sql_value *v,
    unsigned n, struct exch_diag *d)
{
	int rc;

	exch_sql_bind(t, v, n);
	rc = exch_sql_step(t, d);
	if (rc > 0) {
		exch_sql_reset(t);
		rc = 0;
	}
	return rc;
}

/* ---- rows ---- */

struct exch_sql_value
exch_sql_column(struct exch_sql_stmt *t, unsigned i)
{
	struct exch_sql_value v = {.kind = EXCH_SQL_NULL};
	int at = (int)i;

	switch (sqlite3_column_type(t->s, at)) {
	case SQLITE_NULL:
		break;
	case SQLITE_INTEGER:
		v = exch_sql_of_int(sqlite3_column_int64(t->s, at));
		break;
	case SQLITE_BLOB:
		v.kind = EXCH_SQL_BLOB;
		v.p = sqlite3_column_blob(t->s, at);
		v.n = (uint32_t)sqlite3_column_bytes(t->s, at);
		break;
	default: /* numbers with a fraction are compared as they read */
		v.kind = EXCH_SQL_TEXT;
		v.p = sqlite3_column_text(t->s, at);
		v.n = (uint32_t)sqlite3_column_bytes(t->s, at);
		break;
	}
	return v;
}

int64_t
exch_sql_int(struct exch_sql_stmt *t, unsigned i)
{
	return sqlite3_column_int64(t->s, (int)i);
}

bool
exch_sql_is_number(struct exch_sql_stmt *t, unsigned i)
{
	int type = sqlite3_column_type(t->s, (int)i);

	return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

unsigned
exch_sql_columns(struct exch_sql_stmt *t)
{
	return (unsigned)sqlite3_column_count(t->s);
}

const char *
exch_sql_heading(struct exch_sql_stmt *t, unsigned i)
{
	const char *name = sqlite3_column_name(t->s, (int)i);

	return name != NULL ? name : "";
}

const char *
exch_sql_text(struct exch_sql_stmt *t, unsigned i, size_t *n)
{
	const unsigned char *p = sqlite3_column_text(t->s, (int)i);

	*n = p != NULL ? (size_t)sqlite3_column_bytes(t->s, (int)i) : 0;
	return p != NULL ? (const char *)p : "";
}

bool
exch_sql_same(const struct exch_sql_value *a, const struct exch_sql_value *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == EXCH_SQL_NULL)
		return true;
	if (a->kind == EXCH_SQL_INT)
		return a->i == b->i;
	return a->n == b->n && (a->n == 0 || memcmp(a->p, b->p, a->n) == 0);
}

/* ---- copies ---- */

int
exch_sql_copy(struct exch_sql *from, struct exch_sql *to, int pages,
    int (*between)(void *arg, struct exch_diag *d), void *arg,
    struct exch_diag *d)
{
	sqlite3_backup *b =
	    sqlite3_backup_init(to->db, "main", from->db, "main");
	int rc = SQLITE_OK, err = 0, waits = 0;

	if (b == NULL)
		return failed(to, sqlite3_extended_errcode(to->db), d);
	while (err == 0 && rc != SQLITE_DONE) {
		rc = sqlite3_backup_step(b, pages);
		if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED) {
			sqlite3_sleep(10);
			if (++waits > BUSY_MS / 10)
				break;
		} else if (rc != SQLITE_OK) {
			break;
		}
		err = between != NULL ? between(arg, d) : 0;
	}
	(void)sqlite3_backup_finish(b); /* tells again what a step told */
	if (err == 0 && rc != SQLITE_DONE)
		err = failed(to, rc, d);
	return err;
}
