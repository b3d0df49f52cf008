/*
 * SQLite behind a small interface: the only part that knows it.  One
 * connection belongs to one thread.  Failures of the library come out as a
 * diagnosis that names the database and says what a person can do.
 */
#ifndef EXCH_STORE_SQL_H
#define EXCH_STORE_SQL_H

#include "base/err.h"

struct exch_sql;
struct exch_sql_stmt;

enum exch_sql_mode {
	EXCH_SQL_READ,	/* it is there, and stays as it is */
	EXCH_SQL_WRITE, /* it is there */
	EXCH_SQL_CREATE /* it is made if it is not there */
};

enum exch_sql_kind {
	EXCH_SQL_NULL,
	EXCH_SQL_INT,
	EXCH_SQL_TEXT, /* UTF-8 without NUL */
	EXCH_SQL_BLOB
};

/* A value of a row; text and bytes are borrowed. */
struct exch_sql_value {
	enum exch_sql_kind kind;
	uint32_t n; /* bytes of text and blob */
	union {
		int64_t i;
		const void *p;
	};
};

/*
 * Open the database of that path.  EXCH_ERR_ABSENT: there is none, or it
 * cannot be opened; EXCH_ERR_NOMEM.  What is in the file is looked at by the
 * first statement.
 */
int exch_sql_open(const char *path, enum exch_sql_mode mode,
    struct exch_sql **out, struct exch_diag *d);
/* Statements are finished before.  NULL is fine. */
void exch_sql_close(struct exch_sql *s);
const char *exch_sql_name(const struct exch_sql *s);

/*
 * Run statements that give no rows.  As all below: EXCH_ERR_NOMEM;
 * EXCH_ERR_FORMAT for a file that is damaged or no database;
 * EXCH_ERR_EXISTS for a row that a constraint refuses; EXCH_ERR_IO for the
 * rest: locked, read-only, full.
 */
int exch_sql_exec(struct exch_sql *s, const char *sql, struct exch_diag *d);
/* One number that a query gives; `none` where it gives no row or NULL. */
int exch_sql_number(struct exch_sql *s, const char *sql, int64_t none,
    int64_t *out, struct exch_diag *d);

/*
 * After each commit `committed` is told how many pages the log has; NULL: the
 * connection takes them over by itself again, now and then, as all others do.
 */
void exch_sql_on_commit(struct exch_sql *s,
    void (*committed)(void *arg, unsigned pages), void *arg);
/*
 * Pages of the log into the database, as far as nobody reads older ones, and
 * both to the disk.  What cannot be taken over stays in the log.
 */
void exch_sql_drain(struct exch_sql *s);

/* A statement, finished by the caller; NULL is fine to finish. */
int exch_sql_prepare(struct exch_sql *s, const char *sql,
    struct exch_sql_stmt **out, struct exch_diag *d);
void exch_sql_finish(struct exch_sql_stmt *t);

/*
 * Bind n values from parameter 1 on; text and bytes have to stay until the
 * statement is reset.
 */
void exch_sql_bind(
    struct exch_sql_stmt *t, const struct exch_sql_value *v, unsigned n);
/* 1: a row is there; 0: no more, and it was reset; or an error. */
int exch_sql_step(struct exch_sql_stmt *t, struct exch_diag *d);
void exch_sql_reset(struct exch_sql_stmt *t);
/* Bind, run to its end, reset. */
int exch_sql_run(struct exch_sql_stmt *t, const struct exch_sql_value *v,
    unsigned n, struct exch_diag *d);

/* Of the row at hand; columns from 0, borrowed until the next step. */
struct exch_sql_value exch_sql_column(struct exch_sql_stmt *t, unsigned i);
int64_t exch_sql_int(struct exch_sql_stmt *t, unsigned i);
/* An integer, or a number with a fraction? */
bool exch_sql_is_number(struct exch_sql_stmt *t, unsigned i);
unsigned exch_sql_columns(struct exch_sql_stmt *t);
/* The name of a column, good as long as the statement. */
const char *exch_sql_heading(struct exch_sql_stmt *t, unsigned i);
/* The value as text for people, "" for NULL; *n bytes. */
const char *exch_sql_text(struct exch_sql_stmt *t, unsigned i, size_t *n);

/*
 * Copy the whole database into another file, `pages` at a time, so that
 * somebody else can go on writing it; `between` is asked after each portion
 * and may stop the copying with its result.  The file is what the database
 * was at one moment.
 */
int exch_sql_copy(struct exch_sql *from, struct exch_sql *to, int pages,
    int (*between)(void *arg, struct exch_diag *d), void *arg,
    struct exch_diag *d);

static inline struct exch_sql_value
exch_sql_of_int(int64_t i)
{
	return (struct exch_sql_value){.kind = EXCH_SQL_INT, .i = i};
}

static inline struct exch_sql_value
exch_sql_of_blob(const void *p, size_t n)
{
	return (struct exch_sql_value){
	    .kind = EXCH_SQL_BLOB, .n = (uint32_t)n, .p = p};
}

static inline struct exch_sql_value
exch_sql_of_text(const void *p, size_t n)
{
	return (struct exch_sql_value){
	    .kind = EXCH_SQL_TEXT, .n = (uint32_t)n, .p = p};
}

bool exch_sql_same(
    const struct exch_sql_value *a, const struct exch_sql_value *b);

#endif
