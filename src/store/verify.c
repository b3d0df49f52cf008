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

static const char *
text_of(struct exch_sql_stmt *t, unsigned column)
{
	size_t n;

	return exch_sql_text(t, column, &n);
}

/* ---- the database ---- */

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

/* Pages and indexes, by SQLite itself. */
static int
check_pages(struct exch_verify *v, struct exch_diag *d)
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
		exch_verify_fault(
		    v, "schema: trigger %s is none of ours", text_of(t, 0));
	exch_sql_finish(t);
	return got;
}

static int
check_schema(struct exch_verify *v, struct exch_diag *d)
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
			    text_of(o->t, 0));
		exch_sql_reset(o->t);
	} else if (got == 0) {
		exch_verify_fault(o->v, "table words: %.*s %lld is missing",
		    (int)v[0].n, (const char *)v[0].p, (long long)v[1].i);
	}
	return got < 0 ? got : 0;
}

static int
check_words(struct exch_verify *v, struct exch_diag *d)
{
	struct objects o = {.v = v};
	int err = exch_sql_prepare(v->sql,
	    "SELECT word FROM words WHERE field = ? AND code = ?", &o.t, d);

	if (err == 0)
		err = exch_schema_words(check_word, &o, d);
	exch_sql_finish(o.t);
	return err;
}

/* ---- the chain ---- */

/* Numbers that are text would read as others. */
static bool
link_is_formed(struct exch_sql_stmt *t)
{
	static const enum exch_sql_kind kinds[] = {EXCH_SQL_INT, EXCH_SQL_INT,
	    EXCH_SQL_TEXT, EXCH_SQL_INT, EXCH_SQL_INT, EXCH_SQL_INT,
	    EXCH_SQL_TEXT, EXCH_SQL_TEXT, EXCH_SQL_TEXT};

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(kinds); i++)
		if (exch_sql_column(t, i).kind != kinds[i])
			return false;
	return true;
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
		    l.content, sizeof(l.content), "%s", text_of(t, 6));
		l.kind = text_of(t, 2);
		l.note = text_of(t, 7);
		exch_link_chain(&l, chain);
		if (!link_is_formed(t) || strcmp(chain, text_of(t, 8)) != 0)
			exch_verify_fault(v,
			    "chain: link %llu is not what it was, or one "
			    "before it",
			    (unsigned long long)n);
		/* From here on by what it says, so that each is told once. */
		(void)snprintf(chain, sizeof(chain), "%s", text_of(t, 8));
		v->result->links++;
	}
	exch_sql_finish(t);
	(void)snprintf(v->result->tip, sizeof(v->result->tip), "%s", chain);
	return got;
}

/* ---- a stream ---- */

struct stream {
	struct exch_verify *v;
	const struct exch_store_stream *st;
	struct exch_derive derive;
	struct exch_blocks blocks;
	struct exch_rows *rows;
	struct exch_sql_stmt *content, *personal;
	struct exch_sha256 sha;
	uint64_t position;
	uint64_t next[256];
	bool erased; /* its digest cannot be made any more */
	bool broken; /* what follows cannot be checked */
};

static void
hash_of(const void *p, size_t n, char out[65])
{
	struct exch_sha256 s;
	unsigned char sum[32];

	exch_sha256_init(&s);
	exch_sha256_add(&s, p, n);
	exch_sha256_end(&s, sum);
	exch_sha256_hex(sum, out);
}

/* Personal fields of a block: they are blanked in `copy`. */
static int
check_personal(struct stream *s, unsigned char *copy,
    struct exch_sha256 *commits, struct exch_diag *d)
{
	struct exch_sql_value key = exch_sql_of_int((int64_t)s->blocks.n);
	int got;

	exch_sql_bind(s->personal, &key, 1);
	while ((got = exch_sql_step(s->personal, d)) > 0) {
		size_t at = (size_t)exch_sql_int(s->personal, 0);
		struct exch_sql_value stands = exch_sql_column(s->personal, 1);
		struct exch_sql_value salt = exch_sql_column(s->personal, 2);
		struct exch_sql_value v = exch_sql_column(s->personal, 3);
		unsigned char sum[32];

		exch_sha256_add(commits, stands.p, stands.n);
		if (v.kind != EXCH_SQL_BLOB) {
			s->erased = true;
			s->v->result->erased++;
			continue;
		}
		exch_personal_commit(salt.p, salt.n, v.p, v.n, sum);
		if (stands.n != sizeof(sum) || at > s->blocks.len ||
		    v.n > s->blocks.len - at ||
		    memcmp(stands.p, sum, sizeof(sum)) != 0)
			exch_verify_fault(s->v,
			    "personal field of block %llu at byte %llu is "
			    "not what it was",
			    (unsigned long long)s->blocks.n,
			    (unsigned long long)at);
		else
			memset(copy + at, 0, v.n);
	}
	return got;
}

/* The block as it is stored, against its link. */
static int
check_content(struct stream *s, struct exch_diag *d)
{
	struct exch_sql_value key = exch_sql_of_int((int64_t)s->blocks.n);
	unsigned char *copy = exch_malloc(s->blocks.len);
	struct exch_sha256 content, commits;
	unsigned char sum[32];
	char is[65];
	int got;

	if (copy == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory to verify");
	memcpy(copy, s->blocks.p, s->blocks.len);
	exch_sha256_init(&commits);
	got = check_personal(s, copy, &commits, d);
	exch_sha256_end(&commits, sum);
	exch_sha256_init(&content);
	exch_sha256_add(&content, copy, s->blocks.len);
	exch_sha256_add(&content, sum, sizeof(sum));
	exch_sha256_end(&content, sum);
	exch_sha256_hex(sum, is);
	exch_free(copy);
	if (got != 0)
		return got;
	exch_sql_bind(s->content, &key, 1);
	got = exch_sql_step(s->content, d);
	if (got <= 0)
		return got;
	if (strcmp(is, text_of(s->content, 0)) != 0)
		exch_verify_fault(s->v,
		    "stream %lu: block %llu is not what it was",
		    (unsigned long)s->st->number,
		    (unsigned long long)s->blocks.n);
	exch_sql_reset(s->content);
	return 0;
}

static int
check_records(struct stream *s, struct exch_diag *d)
{
	struct exch_each each;
	const struct exch_rec *r;
	uint64_t seq;
	const char *why =
	    exch_each_begin(&each, s->blocks.p, &s->blocks.frame, s->next);
	int got = why != NULL ? -1 : 1, err = 0;

	while (got > 0 && err == 0) {
		got = exch_each_next(&each, &r, &seq, &why);
		if (got <= 0)
			break;
		err = exch_derive(&s->derive, r, seq, s->position,
		    exch_rows_check, s->rows, d);
		if (exch_rec_is_framing(r->type))
			continue;
		exch_sha256_add(&s->sha, &seq, sizeof(seq));
		exch_sha256_add(&s->sha, r, exch_rec_len(r));
		s->position++;
		s->v->result->records++;
	}
	if (got < 0) {
		exch_verify_fault(s->v, "stream %lu: block %llu: %s",
		    (unsigned long)s->st->number,
		    (unsigned long long)s->blocks.n, why);
		s->broken = true;
	}
	return err;
}

static int
check_blocks(struct stream *s, struct exch_diag *d)
{
	struct exch_diag own = {0};
	int got;

	while (!s->broken && (got = exch_blocks_next(&s->blocks, &own)) != 0) {
		if (got == EXCH_ERR_FORMAT) {
			exch_verify_fault(s->v, "record %llu: %s",
			    (unsigned long long)own.where, own.text);
			s->broken = true;
			return 0;
		}
		if (got < 0) {
			*d = own;
			return got;
		}
		if (s->blocks.position != s->position ||
		    s->blocks.frame.position != s->position) {
			exch_verify_fault(s->v,
			    "stream %lu: records %llu and more are missing",
			    (unsigned long)s->st->number,
			    (unsigned long long)s->position);
			s->broken = true;
			return 0;
		}
		s->v->result->blocks++;
		got = check_content(s, d);
		if (got == 0)
			got = check_records(s, d);
		if (got != 0)
			return got;
	}
	return 0;
}

static void
end_fault(struct stream *s, const char *what)
{
	exch_verify_fault(s->v, "stream %lu: its %s is not what it was",
	    (unsigned long)s->st->number, what);
}

static void
check_bytes(struct stream *s, struct exch_sql_stmt *t, unsigned column,
    const char *content, const char *what)
{
	struct exch_sql_value v = exch_sql_column(t, column);
	char is[65];

	if (v.kind == EXCH_SQL_BLOB)
		hash_of(v.p, v.n, is);
	if (v.kind != EXCH_SQL_BLOB || strcmp(is, content) != 0)
		end_fault(s, what);
}

/* What the row of the stream says, against its header. */
static void
check_says(struct stream *s, struct exch_sql_stmt *t)
{
	struct exch_sql_value head = exch_sql_column(t, 0);
	struct exch_stream_info info;
	struct exch_frame f;
	const char *why;
	char id[65];

	if (head.kind != EXCH_SQL_BLOB || head.n == 0 ||
	    exch_each_block(head.p, head.n, &f, &why) != (long)head.n ||
	    exch_head_get((const unsigned char *)head.p + exch_frame_front(&f),
		f.body, &info, "", NULL) != 0)
		return; /* told already */
	exch_store_identity(info.id, id);
	if (strcmp(id, text_of(t, 2)) != 0)
		end_fault(s, "identity");
	if (exch_sql_int(t, 3) != info.date)
		end_fault(s, "date");
	if ((uint64_t)exch_sql_int(t, 4) != info.start)
		end_fault(s, "start");
	if (strcmp(info.text, text_of(t, 5)) != 0)
		end_fault(s, "settings");
	if (strcmp(text_of(t, 6), text_of(t, 7)) != 0)
		end_fault(s, "label");
}

/* The end: where the last link of the stream is one, it is there. */
static void
check_tail(struct stream *s, struct exch_sql_stmt *t)
{
	struct exch_sql_value tail = exch_sql_column(t, 1);
	struct exch_sql_value status = exch_sql_column(t, 11);
	struct exch_frame f;
	const char *why;

	if (strcmp(text_of(t, 9), "end") != 0) {
		if (tail.kind != EXCH_SQL_NULL)
			end_fault(s, "end block");
		return;
	}
	check_bytes(s, t, 1, text_of(t, 10), "end block");
	if (tail.kind != EXCH_SQL_BLOB || tail.n == 0 ||
	    exch_each_block(tail.p, tail.n, &f, &why) != (long)tail.n ||
	    f.body < EXCH_END_FIXED)
		return; /* told already */
	if (status.kind != EXCH_SQL_INT ||
	    (uint64_t)status.i !=
		exch_end_status(
		    (const unsigned char *)tail.p + exch_frame_front(&f)))
		end_fault(s, "status");
}

static const char ends[] =
    "SELECT s.head, s.tail, s.identity, s.date, s.start, s.settings, s.label,"
    " h.note, h.content, l.kind, l.content, s.status FROM streams s"
    " LEFT JOIN audit h ON h.n = (SELECT min(n) FROM audit"
    " WHERE stream = s.stream AND kind = 'head')"
    " LEFT JOIN audit l ON l.n = (SELECT max(n) FROM audit"
    " WHERE stream = s.stream AND kind IN ('head', 'data', 'end'))"
    " WHERE s.stream = ?";

static int
check_ends(struct stream *s, struct exch_diag *d)
{
	struct exch_sql_value key = exch_sql_of_int(s->st->number);
	struct exch_sql_stmt *t;
	int got = exch_sql_prepare(s->v->sql, ends, &t, d);

	if (got != 0)
		return got;
	exch_sql_bind(t, &key, 1);
	got = exch_sql_step(t, d);
	if (got > 0) {
		check_bytes(s, t, 0, text_of(t, 8), "head block");
		check_says(s, t);
		check_tail(s, t);
	}
	exch_sql_finish(t);
	return got < 0 ? got : 0;
}

/* The digest against the records; what the stream's row says, too. */
static void
check_digest(struct stream *s)
{
	char hexed[65], is[96];
	unsigned char sum[32];
	struct exch_sha256 sha = s->sha;

	if (s->position != s->st->records)
		exch_verify_fault(s->v,
		    "stream %lu: it says %llu records and has %llu",
		    (unsigned long)s->st->number,
		    (unsigned long long)s->st->records,
		    (unsigned long long)s->position);
	if (s->erased || s->st->digest[0] == '\0')
		return;
	exch_sha256_end(&sha, sum);
	exch_sha256_hex(sum, hexed);
	(void)snprintf(is, sizeof(is), "sha256:%s %llu", hexed,
	    (unsigned long long)s->position);
	if (strcmp(is, s->st->digest) != 0)
		exch_verify_fault(s->v,
		    "stream %lu: its digest is another than its records give",
		    (unsigned long)s->st->number);
}

/* What cannot be read is a fault, and the rest is looked at all the same. */
static int
unless_damaged(struct exch_verify *v, int err, struct exch_diag *d)
{
	if (err != EXCH_ERR_FORMAT)
		return err;
	exch_verify_fault(v, "%s", d->text);
	exch_diag_clear(d);
	return 0;
}

static int
check_stream(void *arg, const struct exch_store_stream *st, struct exch_diag *d)
{
	struct stream s = {.v = arg, .st = st};
	struct exch_sql *sql = s.v->sql;
	int err = exch_derive_init(&s.derive, st->number);

	if (err != 0)
		(void)exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory to verify");
	exch_sha256_init(&s.sha);
	if (err == 0)
		err = exch_blocks_open(&s.blocks, sql, st->number, d);
	if (err == 0)
		err = exch_sql_prepare(sql,
		    "SELECT content FROM audit WHERE n = ?", &s.content, d);
	if (err == 0)
		err = exch_sql_prepare(sql,
		    "SELECT offset, stands, salt, bytes FROM personal"
		    " WHERE block = ? ORDER BY offset",
		    &s.personal, d);
	if (err == 0)
		err = exch_rows_open(s.v, st->number, &s.rows, d);
	if (err == 0)
		err = check_blocks(&s, d);
	if (err == 0 && !s.broken)
		err = exch_rows_end(s.rows, d);
	if (err == 0 && !s.broken)
		check_digest(&s);
	if (err == 0)
		err = check_ends(&s, d);
	exch_rows_close(s.rows);
	exch_sql_finish(s.content);
	exch_sql_finish(s.personal);
	exch_blocks_close(&s.blocks);
	exch_derive_clear(&s.derive);
	return unless_damaged(arg, err, d);
}

/* Rows, blocks and links of streams that are not there. */
static int
check_strays(struct exch_verify *v, struct exch_diag *d)
{
	unsigned n;
	const struct exch_store_table *t = exch_store_tables(&n);
	int64_t stray = 0;
	int err = exch_sql_number(v->sql,
	    "SELECT count(*) FROM blocks b LEFT JOIN audit a ON a.n = b.block"
	    " WHERE a.n IS NULL OR a.kind <> 'data'",
	    0, &stray, d);

	if (stray != 0)
		exch_verify_fault(v, "%lld blocks have no link in the chain",
		    (long long)stray);
	if (err == 0)
		err = exch_sql_number(v->sql,
		    "SELECT count(*) FROM personal WHERE block NOT IN"
		    " (SELECT n FROM audit WHERE kind = 'data')",
		    0, &stray, d);
	if (err == 0 && stray != 0)
		exch_verify_fault(v, "%lld personal fields are of no block",
		    (long long)stray);
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
exch_store_verify(struct exch_store *s,
    void (*tell)(void *arg, const char *fault), void *arg,
    struct exch_verify_result *out, struct exch_diag *d)
{
	struct exch_verify v = {
	    .sql = s->sql, .tell = tell, .arg = arg, .result = out};
	int err;

	memset(out, 0, sizeof(*out));
	/* One moment for all: a load may go on meanwhile. */
	err = exch_sql_exec(s->sql, "BEGIN", d);
	if (err != 0)
		return err;
	err = unless_damaged(&v, check_pages(&v, d), d);
	if (err == 0)
		err = unless_damaged(&v, check_schema(&v, d), d);
	if (err == 0)
		err = unless_damaged(&v, check_words(&v, d), d);
	if (err == 0)
		err = unless_damaged(&v, check_chain(&v, d), d);
	if (err == 0)
		err = unless_damaged(
		    &v, exch_store_each(s, check_stream, &v, d), d);
	if (err == 0)
		err = unless_damaged(&v, check_strays(&v, d), d);
	(void)exch_sql_exec(s->sql, "ROLLBACK", NULL); /* nothing was written */
	return err;
}
