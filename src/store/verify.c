/*
 * Everything against everything.  What a database says of itself is first
 * held against the schema of this program, then the chain against itself,
 * then each stream against the chain, its records against its tables.
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "store/verify.h"

void
exch_verify_fault(struct exch_verify *v, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(
	    text, sizeof(text), fmt, ap); /* what is longer is cut */
	va_end(ap);
	v->result->faults++;
	v->tell(v->arg, text);
}

const char *
exch_verify_text(struct exch_sql_stmt *t, unsigned column)
{
	size_t n;

	return exch_sql_text(t, column, &n);
}

int
exch_verify_go_on(struct exch_verify *v, int err, struct exch_diag *d)
{
	if (err != EXCH_ERR_FORMAT)
		return err;
	exch_verify_fault(v, "%s", d->text);
	exch_diag_clear(d);
	return 0;
}

/* ---- the chain ---- */

/* Text of a link: no NUL hides a part of it; of these characters, if any. */
static bool
text_is_formed(struct exch_sql_stmt *t, unsigned column, const char *of)
{
	struct exch_sql_value v;

	/* A number is asked for as one before it is read as text. */
	if (exch_sql_is_number(t, column))
		return false;
	v = exch_sql_column(t, column);
	return v.kind == EXCH_SQL_TEXT && strlen(v.p) == v.n &&
	       (of == NULL || strspn(v.p, of) == v.n);
}

static bool
number_is_formed(struct exch_sql_stmt *t, unsigned column, int64_t max)
{
	struct exch_sql_value v = exch_sql_column(t, column);

	return v.kind == EXCH_SQL_INT && v.i >= 0 && v.i <= max;
}

/*
 * Values that would read as others: what the chain is made of says less than
 * a value of SQL can.  Asked before any of them is read as text.
 */
static bool
link_is_formed(struct exch_sql_stmt *t)
{
	static const char hex[] = "0123456789abcdef";

	return number_is_formed(t, 0, INT64_MAX) &&
	       number_is_formed(t, 1, EXCH_STORE_STREAMS_MAX) &&
	       text_is_formed(t, 2, "abcdefghijklmnopqrstuvwxyz") &&
	       number_is_formed(t, 3, INT64_MAX) &&
	       number_is_formed(t, 4, INT64_MAX) &&
	       number_is_formed(t, 5, INT64_MAX) && text_is_formed(t, 6, hex) &&
	       exch_sql_column(t, 6).n == 64 && text_is_formed(t, 7, NULL) &&
	       text_is_formed(t, 8, hex) && exch_sql_column(t, 8).n == 64;
}

static int
check_chain(struct exch_verify *v, struct exch_diag *d)
{
	char chain[65] = "";
	struct exch_sql_stmt *t;
	uint64_t n = 0;
	int got =
	    exch_sql_prepare(v->sql, "SELECT * FROM audit ORDER BY n", &t, d);

	if (got != 0)
		return got;
	while ((got = exch_sql_step(t, d)) > 0) {
		bool formed = link_is_formed(t);
		struct exch_link l = {.n = (uint64_t)exch_sql_int(t, 0),
		    .stream = (uint32_t)exch_sql_int(t, 1),
		    .position = (uint64_t)exch_sql_int(t, 3),
		    .records = (uint64_t)exch_sql_int(t, 4),
		    .bytes = (uint64_t)exch_sql_int(t, 5)};

		if (l.n != ++n)
			exch_verify_fault(v,
			    "chain: link %llu is missing, %llu follows",
			    (unsigned long long)n, (unsigned long long)l.n);
		n = l.n;
		(void)snprintf(
		    l.content, sizeof(l.content), "%s", exch_verify_text(t, 6));
		l.kind = exch_verify_text(t, 2);
		l.note = exch_verify_text(t, 7);
		exch_link_chain(&l, chain);
		if (!formed || strcmp(chain, exch_verify_text(t, 8)) != 0)
			exch_verify_fault(v,
			    "chain: link %llu is not what it was, or one "
			    "before it",
			    (unsigned long long)n);
		else if (v->noted != NULL && strcmp(chain, v->noted) == 0)
			v->result->noted = n;
		/* From here on by what it says, so that each is told once. */
		(void)snprintf(
		    chain, sizeof(chain), "%s", exch_verify_text(t, 8));
		v->result->links++;
	}
	exch_sql_finish(t);
	(void)snprintf(v->result->tip, sizeof(v->result->tip), "%s", chain);
	if (got == 0 && v->noted != NULL && v->result->noted == 0)
		exch_verify_fault(v,
		    "chain: the tip that was noted is none of its %llu links: "
		    "it was cut, or made again",
		    (unsigned long long)v->result->links);
	return got;
}

/* How many the query counts: a fault if there is one. */
static int
count_faults(struct exch_verify *v, const char *sql, const char *what,
    struct exch_diag *d)
{
	int64_t n = 0;
	int err = exch_sql_number(v->sql, sql, 0, &n, d);

	if (err == 0 && n > 0)
		exch_verify_fault(v, "%lld %s", (long long)n, what);
	return err;
}

/* What is nobody's, and what is missing without a link that says so. */
static const struct {
	const char *sql, *what;
} strays[] = {
    {"SELECT count(*) FROM blocks b LEFT JOIN audit a ON a.n = b.block"
     " WHERE a.n IS NULL OR a.kind <> 'data'",
	"blocks have no link in the chain"},
    {"SELECT count(*) FROM personal WHERE block NOT IN"
     " (SELECT n FROM audit WHERE kind = 'data')",
	"personal fields are of no block"},
    {"SELECT count(DISTINCT stream) FROM audit WHERE stream <> 0"
     " AND stream NOT IN (SELECT stream FROM streams)",
	"streams of the chain are not there"},
    {"SELECT (SELECT count(*) FROM personal WHERE bytes IS NULL) -"
     " (SELECT ifnull(sum(records), 0) FROM audit WHERE kind = 'erase')",
	"personal fields are missing that nobody erased"},
};

/* Rows, blocks and links of streams that are not there. */
static int
check_strays(struct exch_verify *v, struct exch_diag *d)
{
	unsigned n;
	const struct exch_store_table *t = exch_store_tables(&n);
	int64_t stray = 0;
	int err = 0;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(strays) && err == 0; i++)
		err = count_faults(v, strays[i].sql, strays[i].what, d);
	for (unsigned i = 0; i <= n && err == 0; i++) {
		const char *name = i < n ? t[i].name : EXCH_STORE_ENTRIES;
		char sql[160];

		(void)snprintf(sql, sizeof(sql),
		    "SELECT count(*) FROM %s WHERE id >> 40 NOT IN"
		    " (SELECT stream FROM streams)",
		    name); /* fits */
		err = exch_sql_number(v->sql, sql, 0, &stray, d);
		if (err == 0 && stray != 0)
			exch_verify_fault(v,
			    "table %s: %lld rows are of no stream", name,
			    (long long)stray);
	}
	return err;
}

int
exch_store_verify(struct exch_store *s, const char *noted,
    void (*tell)(void *arg, const char *fault), void *arg,
    struct exch_verify_result *out, struct exch_diag *d)
{
	struct exch_verify v = {.sql = s->sql,
	    .noted = noted,
	    .tell = tell,
	    .arg = arg,
	    .result = out};
	int err;

	memset(out, 0, sizeof(*out));
	err = exch_store_current(s, d);
	if (err != 0)
		return err;
	/* One moment for all: a load may go on meanwhile. */
	err = exch_sql_exec(s->sql, "BEGIN", d);
	if (err != 0)
		return err;
	err = exch_verify_go_on(&v, exch_verify_pages(&v, d), d);
	if (err == 0)
		err = exch_verify_go_on(&v, exch_verify_schema(&v, d), d);
	if (err == 0)
		err = exch_verify_go_on(&v, exch_verify_words(&v, d), d);
	if (err == 0)
		err = exch_verify_go_on(&v, check_chain(&v, d), d);
	if (err == 0)
		err = exch_verify_go_on(
		    &v, exch_store_each(s, exch_verify_stream, &v, d), d);
	if (err == 0)
		err = exch_verify_go_on(&v, check_strays(&v, d), d);
	(void)exch_sql_exec(s->sql, "ROLLBACK", NULL); /* nothing was written */
	return err;
}
