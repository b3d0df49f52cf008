/*
 * Loading a stream.  The ordinary writer makes blocks of the records, in
 * memory; each block becomes one transaction with the rows of its records
 * and a link of the chain.  A program that is killed leaves whole blocks.
 *
 * A stream that is there already is read beside the one that comes:
 *
 *	there   r1 r2 r3 r4 |
 *	comes   r1 r2 r3 r4 | r5 r6 ...
 *	        equal?        written
 *
 * so that loading again changes nothing, and goes on where it was cut.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/sha256.h"
#include "store/insert.h"
#include "store/priv.h"

struct exch_load {
	struct exch_store *s;
	struct exch_sql *sql;
	const char *name; /* of the database */
	struct exch_stream_info info;
	struct exch_load_result result;
	bool open; /* a transaction is */

	struct exch_out *out;
	struct exch_writer *w; /* NULL while records are compared */
	struct exch_derive derive;
	struct exch_audit audit;
	struct exch_packer packer;
	struct exch_sha256 sha; /* over all records so far */

	/* What is there. */
	struct exch_blocks there;
	struct exch_each each;
	bool in_block;
	const struct exch_rec *stored; /* the next numbered one */
	uint64_t stored_seq;
	unsigned framing; /* records behind the last one that has a number */
	unsigned skip;	  /* of those that come: they are there */
	enum exch_status status; /* it ended with */
	struct exch_stream_point point;
	uint64_t position; /* numbered records, compared or written */
	bool late;	   /* the whole stream that is there was seen */

	struct exch_insert *insert;
	struct exch_sql_stmt *block, *personal, *salt, *progress, *end;
};

/* ---- transactions ---- */

static int
begin(struct exch_load *l, struct exch_diag *d)
{
	int err = exch_sql_exec(l->sql, "BEGIN IMMEDIATE", d);

	l->open = err == 0;
	return err;
}

static int
commit(struct exch_load *l, int err, struct exch_diag *d)
{
	if (err == 0)
		err = exch_sql_exec(l->sql, "COMMIT", d);
	/* What failed is told already. */
	if (err != 0 && l->open)
		(void)exch_sql_exec(l->sql, "ROLLBACK", NULL);
	if (err != 0)
		exch_insert_drop(l->insert);
	l->open = false;
	return err;
}

/* ---- rows ---- */

static int
no_row(void *arg, const struct exch_row *row, struct exch_diag *d)
{
	(void)arg;
	(void)row;
	(void)d;
	return 0;
}

/* A record that is there, or is being stored. */
static int
take(struct exch_load *l, const struct exch_rec *r, uint64_t seq,
    exch_row_fn *put, struct exch_diag *d)
{
	int err =
	    exch_derive(&l->derive, r, seq, l->position, put, l->insert, d);

	l->point.time = r->time;
	if (exch_rec_is_framing(r->type))
		return err;
	exch_sha256_add(&l->sha, &seq, sizeof(seq));
	exch_sha256_add(&l->sha, r, exch_rec_len(r));
	l->position++;
	return err;
}

/* ---- blocks ---- */

/* Fields about people go beside the block, and are zeros in it. */
static int
keep_apart(struct exch_load *l, unsigned char *block, const struct exch_rec *r,
    size_t at, uint64_t n, struct exch_sha256 *content, struct exch_diag *d)
{
	struct exch_personal p = exch_personal_of(r);
	struct exch_sql_value salt, v[5];
	unsigned char sum[32];
	int err;

	if (p.n == 0)
		return 0;
	err = exch_sql_step(l->salt, d);
	if (err < 0)
		return err;
	salt = exch_sql_column(l->salt, 0);
	at += p.off;
	exch_personal_commit(salt.p, salt.n, block + at, p.n, sum);
	exch_sha256_add(content, sum, sizeof(sum));
	v[0] = exch_sql_of_int((int64_t)n);
	v[1] = exch_sql_of_int((int64_t)at);
	v[2] = exch_sql_of_blob(sum, sizeof(sum));
	v[3] = salt;
	v[4] = exch_sql_of_blob((const unsigned char *)r + p.off, p.n);
	err = exch_sql_run(l->personal, v, 5, d);
	exch_sql_reset(l->salt);
	memset(block + at, 0, p.n);
	return err;
}

/*
 * Records of the block into tables.  `copy` is the block as it is stored,
 * `n` its link.  `commits` is over what stands for the personal fields.
 */
static int
put_records(struct exch_load *l, const unsigned char *p,
    const struct exch_frame *f, unsigned char *copy, uint64_t n,
    struct exch_sha256 *commits, struct exch_diag *d)
{
	const struct exch_rec *r;
	const char *why = exch_each_begin(&l->each, p, f, l->point.next);
	uint64_t seq;
	int got, err = 0;

	exch_check(why == NULL); /* the writer made it */
	while (
	    err == 0 && (got = exch_each_next(&l->each, &r, &seq, &why)) != 0) {
		exch_check(got > 0);
		err = take(l, r, seq, exch_insert_row, d);
		if (err == 0)
			err = keep_apart(l, copy, r,
			    (size_t)((const unsigned char *)r - p), n, commits,
			    d);
	}
	return err != 0 ? err : exch_insert_flush(l->insert, d);
}

/* The bytes of the stream that people may have, in the chain and beside it. */
static int
put_stored(struct exch_load *l, const struct exch_link *link,
    const unsigned char *copy, size_t len, struct exch_diag *d)
{
	struct exch_sql_value v[2];
	size_t packed;
	int err = exch_packer_pack(&l->packer, copy, len, &packed, d);

	if (err != 0)
		return err;
	v[0] = exch_sql_of_int((int64_t)link->n);
	v[1] = exch_sql_of_blob(l->packer.packed, packed);
	l->result.plain_bytes += len;
	l->result.packed_bytes += packed;
	return exch_sql_run(l->block, v, 2, d);
}

/* Of a stream that somebody else must not have begun or let grow meanwhile. */
static int
update(struct exch_load *l, struct exch_sql_stmt *t,
    const struct exch_sql_value *v, unsigned n, uint64_t position,
    struct exch_diag *d)
{
	int got;

	exch_sql_bind(t, v, n);
	got = exch_sql_step(t, d);
	exch_sql_reset(t);
	if (got != 0)
		return got > 0 ? 0 : got;
	return exch_diag_set(d, EXCH_ERR_IO, l->name, EXCH_POS_RECORD, position,
	    "another program loads the same stream");
}

static int
put_progress(
    struct exch_load *l, const struct exch_frame *f, struct exch_diag *d)
{
	struct exch_sql_value v[3] = {
	    exch_sql_of_int((int64_t)(f->position + f->records)),
	    exch_sql_of_int(l->result.stream),
	    exch_sql_of_int((int64_t)f->position)};

	return update(l, l->progress, v, 3, f->position, d);
}

/* The link that the next one will be, inside a transaction. */
static int
next_link(struct exch_load *l, uint64_t *n, struct exch_diag *d)
{
	int64_t last;
	int err =
	    exch_sql_number(l->sql, "SELECT max(n) FROM audit", 0, &last, d);

	*n = (uint64_t)last + 1;
	return err;
}

static int
put_block(struct exch_load *l, const unsigned char *p, size_t len,
    const struct exch_frame *f, struct exch_diag *d)
{
	struct exch_link link = {.stream = l->result.stream,
	    .kind = "data",
	    .position = f->position,
	    .records = f->records,
	    .bytes = len,
	    .note = ""};
	struct exch_sha256 content, commits;
	unsigned char sum[32];
	unsigned char *copy = exch_malloc(len);
	uint64_t n;
	int err = copy == NULL ? exch_diag_set(d, EXCH_ERR_NOMEM, l->name,
				     EXCH_POS_NONE, 0, "out of memory")
			       : begin(l, d);

	if (err != 0)
		goto out;
	memcpy(copy, p, len);
	exch_sha256_init(&commits);
	err = put_progress(l, f, d);
	if (err == 0)
		err = next_link(l, &n, d);
	if (err == 0)
		err = put_records(l, p, f, copy, n, &commits, d);
	exch_sha256_init(&content);
	exch_sha256_add(&content, copy, len);
	exch_sha256_end(&commits, sum);
	exch_sha256_add(&content, sum, sizeof(sum));
	exch_sha256_end(&content, sum);
	exch_sha256_hex(sum, link.content);
	if (err == 0)
		err = exch_audit_add(&l->audit, &link, d);
	if (err == 0)
		err = put_stored(l, &link, copy, len, d);
	err = commit(l, err, d);
	if (err == 0) {
		l->result.added += f->records;
		l->result.blocks++;
	}
out:
	exch_free(copy);
	return err;
}

/* The end block, and what the whole stream amounts to. */
static int
put_end(struct exch_load *l, const unsigned char *p, size_t len,
    const struct exch_frame *f, struct exch_diag *d)
{
	enum exch_status status =
	    (enum exch_status)exch_end_status(p + exch_frame_front(f));
	struct exch_link link = {.stream = l->result.stream,
	    .kind = "end",
	    .position = f->position,
	    .bytes = len,
	    .note = l->result.digest};
	struct exch_sql_value v[5] = {exch_sql_of_blob(p, len),
	    exch_sql_of_int(status),
	    exch_sql_of_text(l->result.digest, strlen(l->result.digest)),
	    exch_sql_of_int(l->result.stream),
	    exch_sql_of_int((int64_t)f->position)};
	struct exch_sha256 content;
	unsigned char sum[32];
	int err = begin(l, d);

	if (err != 0)
		return err;
	exch_sha256_init(&content);
	exch_sha256_add(&content, p, len);
	exch_sha256_end(&content, sum);
	exch_sha256_hex(sum, link.content);
	err = update(l, l->end, v, 5, f->position, d);
	if (err == 0)
		err = exch_audit_add(&l->audit, &link, d);
	return commit(l, err, d);
}

/* Whatever the writer has finished. */
static int
take_output(struct exch_load *l, struct exch_diag *d)
{
	size_t left;
	const unsigned char *p = exch_out_mem_bytes(l->out, &left);
	int err = 0;

	while (left > 0 && err == 0) {
		struct exch_frame f;
		const char *why;
		long len = exch_each_block(p, left, &f, &why);

		exch_check(len > 0);
		if (f.kind == 'D')
			err = put_block(l, p, (size_t)len, &f, d);
		else if (f.kind == 'E')
			err = put_end(l, p, (size_t)len, &f, d);
		p += len;
		left -= (size_t)len;
	}
	exch_out_mem_reset(l->out);
	return err;
}

/* ---- what is there ---- */

static int
open_writer(struct exch_load *l, struct exch_diag *d)
{
	struct exch_writer_opts o = {.copy_of = &l->info, .tool = "exch-store"};

	if (l->point.blocks != 0)
		o.at = &l->point;
	return exch_writer_open(l->out, &o, &l->w, d);
}

static int
damaged(const struct exch_load *l, const char *why, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_FORMAT, l->name, EXCH_POS_RECORD,
	    l->position, "stream %lu of the history is damaged: %s",
	    (unsigned long)l->result.stream, why);
}

/* The next record that is there: 1, or 0 behind the last. */
static int
next_stored(struct exch_load *l, const struct exch_rec **r, uint64_t *seq,
    struct exch_diag *d)
{
	const char *why;
	int got;

	for (;;) {
		if (!l->in_block) {
			got = exch_blocks_next(&l->there, d);
			if (got <= 0)
				return got;
			why = exch_each_begin(&l->each, l->there.p,
			    &l->there.frame, l->point.next);
			if (why != NULL)
				return damaged(l, why, d);
			l->point.chain =
			    exch_frame_chain(l->point.chain, &l->there.frame);
			l->point.blocks++;
			l->in_block = true;
		}
		got = exch_each_next(&l->each, r, seq, &why);
		if (got < 0)
			return damaged(l, why, d);
		if (got > 0)
			return 1;
		l->in_block = false;
	}
}

/* The next numbered record that is there; behind the last, write. */
static int
advance(struct exch_load *l, struct exch_diag *d)
{
	const struct exch_rec *r;
	uint64_t seq;
	int got, err;

	while ((got = next_stored(l, &r, &seq, d)) > 0) {
		err = take(l, r, seq, no_row, d);
		if (err != 0)
			return err;
		l->stored = r;
		l->stored_seq = seq;
		l->framing = seq == 0 ? l->framing + 1 : 0;
		if (seq != 0)
			return 0;
	}
	if (got < 0)
		return got;
	l->stored = NULL;
	l->late = true;
	l->skip = l->framing;
	l->point.position = l->position;
	l->result.known = l->position;
	return open_writer(l, d);
}

/* Equal but for a field about a person, which is there no more? */
static bool
same_but_erased(const struct exch_rec *stored, const struct exch_rec *r)
{
	struct exch_personal p = exch_personal_of(r);
	const unsigned char *a = (const unsigned char *)stored;
	const unsigned char *b = (const unsigned char *)r;
	size_t n = exch_rec_len(r), end = p.off + p.n;

	return p.n != 0 && exch_all_zero(a + p.off, p.n) &&
	       memcmp(a, b, p.off) == 0 &&
	       memcmp(a + end, b + end, n - end) == 0;
}

/* The record that comes against the one that is there. */
static int
compare(struct exch_load *l, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	size_t n = exch_rec_len(r);

	if (exch_rec_is_framing(r->type))
		return 0;
	if (seq != l->stored_seq || n != exch_rec_len(l->stored) ||
	    (memcmp(r, l->stored, n) != 0 && !same_but_erased(l->stored, r)))
		return exch_diag_set(d, EXCH_ERR_EXISTS, l->name,
		    EXCH_POS_RECORD, l->position,
		    "stream %lu of the history has the identity of this one "
		    "and another record here: a different stream is loaded "
		    "under a --label of its own",
		    (unsigned long)l->result.stream);
	return advance(l, d);
}

/* ---- opening ---- */

static const char row_of[] =
    "SELECT stream, ifnull(status, 255), head FROM streams"
    " WHERE identity = ? AND label = ?";

/* Is it there?  1 yes, 0 no. */
static int
find(struct exch_load *l, const char *label, struct exch_diag *d)
{
	struct exch_sql_stmt *t;
	char id[65];
	struct exch_sql_value v[2];
	int got = exch_sql_prepare(l->sql, row_of, &t, d);

	if (got != 0)
		return got;
	exch_store_identity(l->info.id, id);
	v[0] = exch_sql_of_text(id, 32);
	v[1] = exch_sql_of_text(label, strlen(label));
	exch_sql_bind(t, v, 2);
	got = exch_sql_step(t, d);
	if (got > 0) {
		struct exch_sql_value head = exch_sql_column(t, 2);
		const char *why;

		l->result.stream = (uint32_t)exch_sql_int(t, 0);
		l->status = (enum exch_status)exch_sql_int(t, 1);
		if (head.kind != EXCH_SQL_BLOB || head.n == 0 ||
		    exch_each_block(head.p, head.n, &l->there.frame, &why) !=
			(long)head.n)
			got = exch_diag_set(d, EXCH_ERR_FORMAT, l->name,
			    EXCH_POS_NONE, 0,
			    "the header of stream %lu is damaged",
			    (unsigned long)l->result.stream);
		else
			l->point.chain = exch_frame_chain(0, &l->there.frame);
		l->point.blocks = 1;
	}
	exch_sql_finish(t);
	return got;
}

/* Its header and its first link. */
static int
put_head(struct exch_load *l, const char *label, struct exch_diag *d)
{
	struct exch_link link = {.kind = "head", .note = label};
	struct exch_sql_value v[8];
	struct exch_sql_stmt *t = NULL;
	struct exch_sha256 content;
	unsigned char sum[32];
	char id[65];
	int64_t last;
	size_t n;
	const unsigned char *p = exch_out_mem_bytes(l->out, &n);
	int err = begin(l, d);

	if (err == 0)
		err = exch_sql_number(
		    l->sql, "SELECT max(stream) FROM streams", 0, &last, d);
	if (err == 0 && last >= EXCH_STORE_STREAMS_MAX)
		err = exch_diag_set(d, EXCH_ERR_LIMIT, l->name, EXCH_POS_NONE,
		    0, "no more streams fit into this history");
	if (err == 0)
		err = exch_sql_prepare(l->sql,
		    "INSERT INTO streams (stream, identity, label, date,"
		    " start, records, settings, head)"
		    " VALUES (?,?,?,?,?,0,?,?)"
		    " ON CONFLICT (identity, label) DO NOTHING RETURNING 1",
		    &t, d);
	if (err == 0) {
		l->result.stream = link.stream = (uint32_t)last + 1;
		link.bytes = n;
		exch_sha256_init(&content);
		exch_sha256_add(&content, p, n);
		exch_sha256_end(&content, sum);
		exch_sha256_hex(sum, link.content);
		exch_store_identity(l->info.id, id);
		v[0] = exch_sql_of_int(link.stream);
		v[1] = exch_sql_of_text(id, 32);
		v[2] = exch_sql_of_text(label, strlen(label));
		v[3] = exch_sql_of_int(l->info.date);
		v[4] = exch_sql_of_int((int64_t)l->info.start);
		v[5] = exch_sql_of_text(l->info.text, strlen(l->info.text));
		v[6] = exch_sql_of_blob(p, n);
		err = update(l, t, v, 7, 0, d);
	}
	if (err == 0)
		err = exch_audit_add(&l->audit, &link, d);
	exch_sql_finish(t);
	exch_out_mem_reset(l->out);
	return commit(l, err, d);
}

static int
prepare(struct exch_load *l, struct exch_diag *d)
{
	int err = exch_audit_open(&l->audit, l->sql, d);

	if (err == 0)
		err = exch_insert_new(l->sql, &l->insert, d);
	if (err == 0)
		err = exch_sql_prepare(
		    l->sql, "INSERT INTO blocks VALUES (?,?)", &l->block, d);
	if (err == 0)
		err = exch_sql_prepare(l->sql,
		    "INSERT INTO personal VALUES (?,?,?,?,?)", &l->personal, d);
	if (err == 0)
		err = exch_sql_prepare(
		    l->sql, "SELECT randomblob(16)", &l->salt, d);
	if (err == 0)
		err = exch_sql_prepare(l->sql,
		    "UPDATE streams SET records = ?, tail = NULL,"
		    " status = NULL, digest = NULL"
		    " WHERE stream = ? AND records = ? RETURNING 1",
		    &l->progress, d);
	if (err == 0)
		err = exch_sql_prepare(l->sql,
		    "UPDATE streams SET tail = ?, status = ?, digest = ?"
		    " WHERE stream = ? AND records = ? RETURNING 1",
		    &l->end, d);
	return err;
}

/* A new stream, or one to be compared with. */
static int
start(struct exch_load *l, const char *label, struct exch_diag *d)
{
	int found = find(l, label, d);
	int err = found < 0 ? found : 0;

	if (found == 0)
		err = open_writer(l, d);
	if (found == 0 && err == 0)
		err = put_head(l, label, d);
	if (err == 0 && exch_derive_init(&l->derive, l->result.stream) != 0)
		err = exch_diag_set(d, EXCH_ERR_NOMEM, l->name, EXCH_POS_NONE,
		    0, "out of memory");
	if (found > 0 && err == 0)
		err = exch_blocks_open(&l->there, l->sql, l->result.stream, d);
	if (found > 0 && err == 0)
		err = advance(l, d);
	return err;
}

int
exch_load_begin(struct exch_store *s, const struct exch_stream_info *info,
    const char *label, struct exch_load **out, struct exch_diag *d)
{
	struct exch_load *l = exch_calloc(1, sizeof(*l));
	int err;

	if (l == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	l->s = s;
	l->sql = s->sql;
	l->name = exch_sql_name(s->sql);
	l->info = *info;
	l->status = EXCH_STATUS_UNKNOWN;
	exch_sha256_init(&l->sha);
	err = exch_out_mem(&l->out);
	if (err != 0)
		(void)exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	if (err == 0 && info->position != 0)
		err = exch_diag_set(d, EXCH_ERR_CUT, NULL, EXCH_POS_NONE, 0,
		    "part of a stream: a history needs its first records");
	if (err == 0)
		err = prepare(l, d);
	if (err == 0)
		err = start(l, label != NULL ? label : "", d);
	if (err != 0) {
		exch_load_free(l);
		return err;
	}
	*out = l;
	return 0;
}

void
exch_load_free(struct exch_load *l)
{
	if (l == NULL)
		return;
	if (l->open)
		(void)exch_sql_exec(l->sql, "ROLLBACK", NULL); /* given up */
	exch_insert_free(l->insert);
	exch_sql_finish(l->block);
	exch_sql_finish(l->personal);
	exch_sql_finish(l->salt);
	exch_sql_finish(l->progress);
	exch_sql_finish(l->end);
	exch_blocks_close(&l->there);
	exch_audit_close(&l->audit);
	exch_packer_clear(&l->packer);
	exch_writer_free(l->w);
	exch_out_free(l->out);
	exch_derive_clear(&l->derive);
	exch_free(l);
}

/* ---- records ---- */

int
exch_load_record(struct exch_load *l, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	size_t n;

	if (l->stored != NULL)
		return compare(l, r, seq, d);
	if (__builtin_expect(l->skip > 0, 0)) {
		if (exch_rec_is_framing(r->type)) {
			l->skip--;
			return 0;
		}
		l->skip = 0;
	}
	if (l->late && l->status == EXCH_STATUS_COMPLETE &&
	    !exch_rec_is_framing(r->type))
		return exch_diag_set(d, EXCH_ERR_EXISTS, l->name,
		    EXCH_POS_RECORD, l->position,
		    "stream %lu of the history was complete here, and this "
		    "one of the same identity goes on",
		    (unsigned long)l->result.stream);
	exch_writer_copy(l->w, r, seq);
	(void)exch_out_mem_bytes(l->out, &n);
	return n > 0 ? take_output(l, d) : 0;
}

static void
make_digest(struct exch_load *l)
{
	unsigned char sum[32];
	char hexed[65];
	struct exch_sha256 s = l->sha;

	exch_sha256_end(&s, sum);
	exch_sha256_hex(sum, hexed);
	(void)snprintf(l->result.digest, sizeof(l->result.digest),
	    "sha256:%s %llu", hexed, (unsigned long long)l->position);
}

/* Would this end say more than the one that is there? */
static bool
is_better(const struct exch_load *l, enum exch_status status)
{
	return exch_writer_records(l->w) > l->result.known ||
	       l->status == EXCH_STATUS_UNKNOWN ||
	       (status == EXCH_STATUS_COMPLETE &&
		   l->status != EXCH_STATUS_COMPLETE);
}

int
exch_load_end(struct exch_load *l, enum exch_status status, struct exch_diag *d)
{
	int err;

	l->result.strange = l->derive.strange;
	if (l->stored != NULL) {
		l->result.known = l->position;
		if (status != EXCH_STATUS_COMPLETE)
			return 0;
		return exch_diag_set(d, EXCH_ERR_EXISTS, l->name,
		    EXCH_POS_RECORD, l->position - 1,
		    "stream %lu of the history has the identity of this one "
		    "and more records",
		    (unsigned long)l->result.stream);
	}
	if (!is_better(l, status)) {
		make_digest(l);
		return 0;
	}
	/* The last block first: the digest goes with the end. */
	err = exch_writer_end_block(l->w, d);
	if (err == 0)
		err = take_output(l, d);
	make_digest(l);
	if (err == 0)
		err = exch_writer_close(l->w, status, d);
	if (err == 0)
		err = take_output(l, d);
	l->result.strange = l->derive.strange;
	return err;
}

int
exch_load_index(struct exch_load *l, struct exch_diag *d)
{
	return exch_schema_index(l->sql, &l->result.indexed, d);
}

const struct exch_load_result *
exch_load_result(const struct exch_load *l)
{
	return &l->result;
}
