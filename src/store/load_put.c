/*
 * Blocks into the history: each in a transaction, with the rows of its
 * records, what is about people, and its link of the chain.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "store/load.h"

/* ---- transactions ---- */

int
exch_load_transact(struct exch_load *l, struct exch_diag *d)
{
	int err = exch_sql_exec(l->sql, "BEGIN IMMEDIATE", d);

	l->open = err == 0;
	return err;
}

int
exch_load_commit(struct exch_load *l, int err, struct exch_diag *d)
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

int
exch_load_update(struct exch_load *l, struct exch_sql_stmt *t,
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

int
exch_load_prepare(struct exch_load *l, struct exch_diag *d)
{
	int err = exch_audit_open(&l->audit, l->sql, d);

	if (err == 0)
		err = exch_beside_new(&l->beside, d);
	if (err == 0)
		err = exch_drain_new(l->sql, &l->drain, d);
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
		    " WHERE stream = ? AND records = ? AND purged = 0 "
		    "RETURNING 1",
		    &l->progress, d);
	if (err == 0)
		err = exch_sql_prepare(l->sql,
		    "UPDATE streams SET tail = ?, status = ?, digest = ?"
		    " WHERE stream = ? AND records = ? RETURNING 1",
		    &l->end, d);
	return err;
}

void
exch_load_finish(struct exch_load *l)
{
	if (l->open)
		(void)exch_sql_exec(l->sql, "ROLLBACK", NULL); /* given up */
	exch_insert_free(l->insert);
	exch_sql_finish(l->block);
	exch_sql_finish(l->personal);
	exch_sql_finish(l->salt);
	exch_sql_finish(l->progress);
	exch_sql_finish(l->end);
	exch_audit_close(&l->audit);
	exch_beside_free(l->beside);
	exch_drain_free(l->drain);
}

/* ---- a block ---- */

/* The block at hand. */
struct putting {
	const unsigned char *p;
	size_t len;
	const struct exch_frame *f;
	unsigned char *copy; /* as it is stored */
	unsigned char commits[32];
	struct exch_link link;
};

/* A field about people goes beside the block, and is zeros in it. */
static int
keep_apart(struct exch_load *l, struct putting *b, const struct exch_rec *r,
    struct exch_sha256 *commits, struct exch_diag *d)
{
	struct exch_personal p = exch_personal_of(r);
	size_t at = (size_t)((const unsigned char *)r - b->p) + p.off;
	struct exch_sql_value salt, v[5];
	unsigned char sum[32];
	int err;

	if (p.n == 0)
		return 0;
	err = exch_sql_step(l->salt, d);
	if (err < 0)
		return err;
	salt = exch_sql_column(l->salt, 0);
	exch_personal_commit(at, salt.p, salt.n, b->copy + at, p.n, sum);
	exch_sha256_add(commits, sum, sizeof(sum));
	v[0] = exch_sql_of_int((int64_t)b->link.n);
	v[1] = exch_sql_of_int((int64_t)at);
	v[2] = exch_sql_of_blob(sum, sizeof(sum));
	v[3] = salt;
	v[4] = exch_sql_of_blob((const unsigned char *)r + p.off, p.n);
	err = exch_sql_run(l->personal, v, 5, d);
	exch_sql_reset(l->salt);
	memset(b->copy + at, 0, p.n);
	return err;
}

/* The copy and what stands for the people that are in the block. */
static int
make_copy(struct exch_load *l, struct putting *b, struct exch_diag *d)
{
	struct exch_sha256 commits;
	struct exch_each each;
	const struct exch_rec *r;
	const char *why;
	uint64_t next[256], seq;
	int err = 0;

	memcpy(b->copy, b->p, b->len);
	memcpy(next, l->point.next, sizeof(next));
	exch_sha256_init(&commits);
	why = exch_each_begin(&each, b->p, b->f, next);
	exch_check(why == NULL); /* the writer made it */
	while (err == 0 && exch_each_next(&each, &r, &seq, &why) > 0)
		err = keep_apart(l, b, r, &commits, d);
	exch_sha256_end(&commits, b->commits);
	return err;
}

/* Records of the block into tables. */
static int
put_records(struct exch_load *l, const struct putting *b, struct exch_diag *d)
{
	const struct exch_rec *r;
	const char *why = exch_each_begin(&l->each, b->p, b->f, l->point.next);
	uint64_t seq;
	int got, err = 0;

	exch_check(why == NULL); /* the writer made it */
	while (
	    err == 0 && (got = exch_each_next(&l->each, &r, &seq, &why)) != 0) {
		exch_check(got > 0);
		err = exch_derive(&l->derive, r, seq, l->position,
		    exch_insert_row, l->insert, d);
		l->point.time = r->time;
		l->position += !exch_rec_is_framing(r->type);
	}
	return err != 0 ? err : exch_insert_flush(l->insert, d);
}

/* Rows by this thread, hashes and compression by the other. */
static int
put_both(struct exch_load *l, struct putting *b, struct exch_diag *d)
{
	uint64_t next[256];
	const struct exch_beside_job job = {.block = b->p,
	    .frame = b->f,
	    .next = next,
	    .copy = b->copy,
	    .len = b->len,
	    .commits = b->commits,
	    .digest = &l->sha};
	const struct exch_beside_done *done;
	struct exch_sql_value v[2];
	struct exch_diag own = {0};
	int err, rows;

	memcpy(next, l->point.next, sizeof(next));
	exch_beside_begin(l->beside, &job);
	rows = put_records(l, b, d);
	err = exch_beside_end(l->beside, &done, &own);
	if (rows != 0)
		return rows;
	if (err != 0) {
		*d = own;
		return err;
	}
	memcpy(b->link.content, done->content, sizeof(b->link.content));
	err = exch_audit_add(&l->audit, &b->link, d);
	v[0] = exch_sql_of_int((int64_t)b->link.n);
	v[1] = exch_sql_of_blob(done->packed, done->npacked);
	l->result.plain_bytes += b->len;
	l->result.packed_bytes += done->npacked;
	return err != 0 ? err : exch_sql_run(l->block, v, 2, d);
}

static int
put_progress(
    struct exch_load *l, const struct exch_frame *f, struct exch_diag *d)
{
	struct exch_sql_value v[3] = {
	    exch_sql_of_int((int64_t)(f->position + f->records)),
	    exch_sql_of_int(l->result.stream),
	    exch_sql_of_int((int64_t)f->position)};

	return exch_load_update(l, l->progress, v, 3, f->position, d);
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
	struct putting b = {.p = p,
	    .len = len,
	    .f = f,
	    .copy = exch_malloc(len),
	    .link = {.stream = l->result.stream,
		.kind = "data",
		.position = f->position,
		.records = f->records,
		.bytes = len,
		.note = ""}};
	int err = b.copy == NULL ? exch_diag_set(d, EXCH_ERR_NOMEM, l->name,
				       EXCH_POS_NONE, 0, "out of memory")
				 : exch_load_transact(l, d);

	if (err != 0)
		goto out;
	err = put_progress(l, f, d);
	if (err == 0)
		err = next_link(l, &b.link.n, d);
	if (err == 0)
		err = make_copy(l, &b, d);
	if (err == 0)
		err = put_both(l, &b, d);
	err = exch_load_commit(l, err, d);
	if (err == 0) {
		l->result.added += f->records;
		l->result.blocks++;
	}
out:
	exch_free(b.copy);
	return err;
}

/* ---- the end ---- */

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
	int err = exch_load_transact(l, d);

	if (err != 0)
		return err;
	exch_sha256_init(&content);
	exch_sha256_add(&content, p, len);
	exch_sha256_end(&content, sum);
	exch_sha256_hex(sum, link.content);
	err = exch_load_update(l, l->end, v, 5, f->position, d);
	if (err == 0)
		err = exch_audit_add(&l->audit, &link, d);
	return exch_load_commit(l, err, d);
}

int
exch_load_output(struct exch_load *l, struct exch_diag *d)
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
