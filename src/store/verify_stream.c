/*
 * A stream against the chain: its blocks by their hashes, its records by its
 * digest and by their rows, and what the history says of it.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "store/beside.h"
#include "store/rollup.h"
#include "store/verify.h"

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
	bool gone;   /* purged, blocks and all */
	bool broken; /* what follows cannot be checked */
};

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
		if (v.kind == EXCH_SQL_NULL && salt.kind == EXCH_SQL_NULL) {
			s->erased = true;
			s->v->result->erased++;
			continue;
		}
		exch_personal_commit(at, salt.p, salt.n, v.p, v.n, sum);
		if (v.kind != EXCH_SQL_BLOB || salt.kind != EXCH_SQL_BLOB ||
		    stands.n != sizeof(sum) || at > s->blocks.len ||
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
	struct exch_sha256 commits;
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
	exch_block_content(copy, s->blocks.len, sum, is);
	exch_free(copy);
	if (got != 0)
		return got;
	exch_sql_bind(s->content, &key, 1);
	got = exch_sql_step(s->content, d);
	if (got <= 0)
		return got;
	if (strcmp(is, exch_verify_text(s->content, 0)) != 0)
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
		exch_link_content(v.p, v.n, is);
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
	if (strcmp(id, exch_verify_text(t, 2)) != 0)
		end_fault(s, "identity");
	if (exch_sql_int(t, 3) != info.date)
		end_fault(s, "date");
	if ((uint64_t)exch_sql_int(t, 4) != info.start)
		end_fault(s, "start");
	if (strcmp(info.text, exch_verify_text(t, 5)) != 0)
		end_fault(s, "settings");
	if (strcmp(exch_verify_text(t, 6), exch_verify_text(t, 7)) != 0)
		end_fault(s, "label");
}

/* The end: where the last link of the stream is one, it is there. */
static void
check_tail(struct stream *s, struct exch_sql_stmt *t)
{
	struct exch_sql_value tail = exch_sql_column(t, 1);
	struct exch_sql_value status = exch_sql_column(t, 11);
	struct exch_sql_value digest = exch_sql_column(t, 12);
	struct exch_frame f;
	const char *why;

	if (strcmp(exch_verify_text(t, 9), "end") != 0) {
		if (tail.kind != EXCH_SQL_NULL)
			end_fault(s, "end block");
		if (status.kind != EXCH_SQL_NULL)
			end_fault(s, "status");
		if (digest.kind != EXCH_SQL_NULL)
			end_fault(s, "digest");
		return;
	}
	check_bytes(s, t, 1, exch_verify_text(t, 10), "end block");
	if (digest.kind != EXCH_SQL_TEXT ||
	    strcmp(exch_verify_text(t, 12), exch_verify_text(t, 13)) != 0)
		end_fault(s, "digest");
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
    " h.note, h.content, l.kind, l.content, s.status, s.digest,"
    " l.note FROM streams s"
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
		check_bytes(s, t, 0, exch_verify_text(t, 8), "head block");
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
	if (s->erased || s->gone || s->st->digest[0] == '\0')
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

/* Nothing that was purged is back. */
static int
check_gone(struct stream *s, struct exch_diag *d)
{
	char ask[160];
	int64_t blocks;
	int err;

	(void)snprintf(ask, sizeof(ask),
	    "SELECT count(*) FROM blocks WHERE block IN (SELECT n FROM audit"
	    " WHERE stream = %lu AND kind = 'data')",
	    (unsigned long)s->st->number); /* fits */
	err = exch_sql_number(s->v->sql, ask, 0, &blocks, d);
	if (err == 0 && blocks != 0)
		exch_verify_fault(s->v,
		    "stream %lu: %lld blocks are there that were purged",
		    (unsigned long)s->st->number, (long long)blocks);
	return err;
}

/* What is gone, by the stream's row and by the chain. */
static int
check_purged(struct stream *s, struct exch_diag *d)
{
	struct exch_sql_value key = exch_sql_of_int(s->st->number);
	struct exch_sql_stmt *t;
	unsigned purged = 0;
	int got = exch_sql_prepare(s->v->sql,
	    "SELECT kind, note, records FROM audit WHERE stream = ?"
	    " AND kind IN ('purge', 'data') ORDER BY n",
	    &t, d);

	if (got != 0)
		return got;
	s->gone = (s->st->purged & 1u << EXCH_KEPT_AUDIT) != 0;
	exch_sql_bind(t, &key, 1);
	while ((got = exch_sql_step(t, d)) > 0) {
		const char *kind = exch_verify_text(t, 0);
		const char *note = exch_verify_text(t, 1);

		if (strcmp(kind, "data") == 0 && s->gone)
			s->position += (uint64_t)exch_sql_int(t, 2);
		for (unsigned k = 0; k < EXCH_KEPT_KINDS; k++)
			if (strcmp(kind, "purge") == 0 &&
			    strncmp(note, exch_kept_words[k].word,
				strlen(exch_kept_words[k].word)) == 0)
				purged |= 1u << k;
	}
	exch_sql_finish(t);
	if (got == 0 && s->gone)
		got = check_gone(s, d);
	if (purged != s->st->purged)
		end_fault(s, "mark of what was purged");
	else if (purged != 0)
		s->v->result->purged++;
	return got;
}

int
exch_verify_stream(
    void *arg, const struct exch_store_stream *st, struct exch_diag *d)
{
	struct stream s = {.v = arg, .st = st};
	struct exch_sql *sql = s.v->sql;
	int err = exch_derive_init(&s.derive, st->number);

	if (err != 0)
		(void)exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory to verify");
	s.derive.purged = st->purged;
	exch_sha256_init(&s.sha);
	if (err == 0)
		err = check_purged(&s, d);
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
	if (err == 0 && !s.gone)
		err = check_blocks(&s, d);
	if (err == 0 && !s.broken)
		err = exch_rows_end(s.rows, d);
	if (err == 0 && !s.broken)
		check_digest(&s);
	if (err == 0)
		err = check_ends(&s, d);
	if (err == 0)
		err = exch_verify_rollup(s.v, st, d);
	exch_rows_close(s.rows);
	exch_sql_finish(s.content);
	exch_sql_finish(s.personal);
	exch_blocks_close(&s.blocks);
	exch_derive_clear(&s.derive);
	return exch_verify_go_on(arg, err, d);
}
