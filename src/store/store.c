/*
 * A history as a whole: opening it, and the streams that are in it.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sha256.h"
#include "base/time.h"
#include "store/priv.h"

/*
 * Before the first page is written.  Large pages: rows are appended, and
 * blocks are large.
 */
static const char made[] = "PRAGMA page_size = 16384;";

/*
 * A log that readers and a backup do not have to wait for; a transaction is
 * safe in it when the machine fails as far as the disk had taken it, and
 * always when only the program does.  Rows are appended, and indexes are
 * sorted in portions of the size of this cache: a small one takes its pages
 * again while the processor has them, and a large one takes new memory for
 * each, which cost as much as the rows themselves.
 */
static const char written[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
    "PRAGMA cache_size = -4096;";

static int
make(struct exch_store *s, struct exch_diag *d)
{
	int64_t objects;
	int err = exch_sql_exec(s->sql, "BEGIN IMMEDIATE", d);

	if (err != 0)
		return err;
	/* Another program may have been faster. */
	err = exch_sql_number(
	    s->sql, "SELECT count(*) FROM sqlite_schema", 0, &objects, d);
	if (err == 0 && objects == 0)
		err = exch_schema_make(s->sql, d);
	if (err == 0)
		err = exch_sql_exec(s->sql, "COMMIT", d);
	if (err != 0)
		(void)exch_sql_exec(s->sql, "ROLLBACK", NULL); /* failing */
	return err;
}

static int
prepare(struct exch_store *s, enum exch_store_mode mode, struct exch_diag *d)
{
	int64_t objects = 1;
	int err = 0;

	if (mode == EXCH_STORE_CREATE)
		err = exch_sql_number(s->sql,
		    "SELECT count(*) FROM sqlite_schema", 0, &objects, d);
	if (err == 0 && objects == 0)
		err = exch_sql_exec(s->sql, made, d);
	s->version = EXCH_STORE_VERSION;
	if (err == 0 && objects != 0)
		err = exch_schema_check(s->sql, &s->version, d);
	if (err == 0 && mode != EXCH_STORE_READ) {
		err = exch_sql_exec(s->sql, written, d);
		exch_sql_on_commit(s->sql, NULL, NULL);
	}
	if (err == 0 && objects == 0)
		err = make(s, d);
	return err;
}

int
exch_store_open(const char *path, enum exch_store_mode mode,
    struct exch_store **out, struct exch_diag *d)
{
	struct exch_store *s = exch_calloc(1, sizeof(*s));
	int err;

	if (s == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, path, EXCH_POS_NONE, 0, "out of memory");
	err = exch_sql_open(path,
	    mode == EXCH_STORE_READ    ? EXCH_SQL_READ
	    : mode == EXCH_STORE_WRITE ? EXCH_SQL_WRITE
				       : EXCH_SQL_CREATE,
	    &s->sql, d);
	if (err == 0)
		err = prepare(s, mode, d);
	if (err != 0) {
		exch_store_close(s);
		return err;
	}
	*out = s;
	return 0;
}

void
exch_store_close(struct exch_store *s)
{
	if (s == NULL)
		return;
	exch_sql_close(s->sql);
	exch_free(s);
}

int
exch_store_current(const struct exch_store *s, struct exch_diag *d)
{
	if (s->version == EXCH_STORE_VERSION)
		return 0;
	return exch_diag_set(d, EXCH_ERR_VERSION, exch_sql_name(s->sql),
	    EXCH_POS_NONE, 0,
	    "the history is of version %lld, this program writes %d: carry "
	    "it forward by exch-store migrate",
	    (long long)s->version, EXCH_STORE_VERSION);
}

int
exch_store_scrub(struct exch_store *s, struct exch_diag *d)
{
	int64_t busy = 0;
	int err = exch_sql_number(
	    s->sql, "PRAGMA wal_checkpoint(TRUNCATE)", 0, &busy, d);

	s->stays = busy != 0;
	return err;
}

bool
exch_store_stays(const struct exch_store *s)
{
	return s->stays;
}

int
exch_store_transact(struct exch_store *s, struct exch_diag *d)
{
	int err = exch_store_current(s, d);

	return err != 0 ? err : exch_sql_exec(s->sql, "BEGIN IMMEDIATE", d);
}

int
exch_store_commit(struct exch_store *s, int err, struct exch_diag *d)
{
	if (err == 0)
		err = exch_sql_exec(s->sql, "COMMIT", d);
	if (err != 0)
		(void)exch_sql_exec(s->sql, "ROLLBACK", NULL); /* failing */
	return err;
}

/* ---- streams ---- */

void
exch_store_identity(const uint8_t id[16], char out[65])
{
	unsigned char sum[32] = {0};

	memcpy(sum, id, 16);
	exch_sha256_hex(sum, out);
	out[32] = '\0';
}

static void
copy_text(struct exch_sql_stmt *t, unsigned column, char *to, size_t room)
{
	size_t n;
	const char *p = exch_sql_text(t, column, &n);

	(void)snprintf(to, room, "%s", p); /* what is longer is cut */
}

/* Of version 1 nothing is purged. */
#define EACH(purged)                                                           \
	"SELECT stream, date, identity, label, records, ifnull(status, 255),"  \
	" digest, " purged " FROM streams ORDER BY stream"

int
exch_store_each(struct exch_store *s,
    int (*each)(
	void *arg, const struct exch_store_stream *st, struct exch_diag *d),
    void *arg, struct exch_diag *d)
{
	struct exch_sql_stmt *t;
	int got, err;

	err = exch_sql_prepare(
	    s->sql, s->version == 1 ? EACH("0") : EACH("purged"), &t, d);

	if (err != 0)
		return err;
	while ((got = exch_sql_step(t, d)) > 0) {
		int64_t number = exch_sql_int(t, 0);
		struct exch_store_stream st = {.number = (uint32_t)number,
		    .date = (uint32_t)exch_sql_int(t, 1),
		    .records = (uint64_t)exch_sql_int(t, 4),
		    .status = (enum exch_status)exch_sql_int(t, 5),
		    .purged = (unsigned)exch_sql_int(t, 7)};

		if (number < 1 || number > EXCH_STORE_STREAMS_MAX) {
			err = exch_diag_set(d, EXCH_ERR_FORMAT,
			    exch_sql_name(s->sql), EXCH_POS_NONE, 0,
			    "the database is damaged: no stream has the "
			    "number %lld",
			    (long long)number);
			break;
		}
		copy_text(t, 2, st.identity, sizeof(st.identity));
		copy_text(t, 3, st.label, sizeof(st.label));
		copy_text(t, 6, st.digest, sizeof(st.digest));
		err = each(arg, &st, d);
		if (err != 0)
			break;
	}
	exch_sql_finish(t);
	return got < 0 ? got : err;
}

struct search {
	const char *which; /* NULL: any */
	size_t n;
	uint32_t date; /* that it is, or 0 */
	struct exch_store_stream *found;
	unsigned matches, all;
	char names[160];
};

static bool
matches(const struct search *q, const struct exch_store_stream *st)
{
	char number[16];

	(void)snprintf(
	    number, sizeof(number), "%lu", (unsigned long)st->number);
	return q->which == NULL || strcmp(q->which, number) == 0 ||
	       (q->date != 0 && q->date == st->date) ||
	       (q->n >= 6 && strncmp(q->which, st->identity, q->n) == 0) ||
	       (st->label[0] != '\0' && strcmp(q->which, st->label) == 0);
}

static int
look(void *arg, const struct exch_store_stream *st, struct exch_diag *d)
{
	struct search *q = arg;
	size_t at = strlen(q->names);

	(void)d;
	(void)snprintf(q->names + at, sizeof(q->names) - at, "%s%lu (%lu%s%s)",
	    q->all != 0 ? ", " : "", (unsigned long)st->number,
	    (unsigned long)st->date, st->label[0] != '\0' ? " " : "",
	    st->label); /* what is longer is cut */
	q->all++;
	if (matches(q, st)) {
		*q->found = *st;
		q->matches++;
	}
	return 0;
}

int
exch_store_find(struct exch_store *s, const char *which,
    struct exch_store_stream *out, struct exch_diag *d)
{
	struct search q = {.which = which, .found = out};
	const char *name = exch_sql_name(s->sql);
	int err;

	if (which != NULL) {
		q.n = strlen(which);
		if (exch_date_parse(which, q.n, &q.date) != 0)
			q.date = 0;
	}
	err = exch_store_each(s, look, &q, d);
	if (err != 0 || q.matches == 1)
		return err;
	if (q.all == 0)
		return exch_diag_set(d, EXCH_ERR_CUT, name, EXCH_POS_NONE, 0,
		    "no stream is in the history");
	return exch_diag_set(d, EXCH_ERR_NEED, name, EXCH_POS_NONE, 0,
	    "%u streams%s%.40s%s: add --stream with one of %s",
	    q.matches != 0 || which == NULL ? q.matches : q.all,
	    which == NULL    ? " are there"
	    : q.matches != 0 ? " are called '"
			     : " are there, none is called '",
	    which != NULL ? which : "", which != NULL ? "'" : "", q.names);
}
