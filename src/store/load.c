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
#include "store/load.h"

/* ---- opening ---- */

static const char row_of[] =
    "SELECT stream, ifnull(status, 255), head, purged FROM streams"
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
		l->purged = (unsigned)exch_sql_int(t, 3);
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
	int err = exch_load_transact(l, d);

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
		err = exch_load_update(l, t, v, 7, 0, d);
	}
	if (err == 0)
		err = exch_audit_add(&l->audit, &link, d);
	exch_sql_finish(t);
	exch_out_mem_reset(l->out);
	return exch_load_commit(l, err, d);
}

static int
purged(const struct exch_load *l, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_EXISTS, l->name, EXCH_POS_RECORD,
	    l->position, "stream %lu was purged: it is not loaded any more",
	    (unsigned long)l->result.stream);
}

/* A new stream, or one to be compared with. */
static int
start(struct exch_load *l, const char *label, struct exch_diag *d)
{
	int found = find(l, label, d);
	int err = found < 0 ? found : 0;

	if (found == 0)
		err = exch_load_writer(l, d);
	if (found == 0 && err == 0)
		err = put_head(l, label, d);
	if (err == 0 && exch_derive_init(&l->derive, l->result.stream) != 0)
		err = exch_diag_set(d, EXCH_ERR_NOMEM, l->name, EXCH_POS_NONE,
		    0, "out of memory");
	if (found > 0 && err == 0 && (l->purged & 1u << EXCH_KEPT_AUDIT) != 0)
		err = purged(l, d);
	if (found > 0 && err == 0)
		err = exch_blocks_open(&l->there, l->sql, l->result.stream, d);
	if (found > 0 && err == 0)
		err = exch_load_advance(l, d);
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
		err = exch_store_current(s, d);
	if (err == 0)
		err = exch_load_prepare(l, d);
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
	exch_load_finish(l);
	exch_blocks_close(&l->there);
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
		return exch_load_compare(l, r, seq, d);
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
	if (l->purged != 0 && !exch_rec_is_framing(r->type))
		return purged(l, d);
	exch_writer_copy(l->w, r, seq);
	(void)exch_out_mem_bytes(l->out, &n);
	return n > 0 ? exch_load_output(l, d) : 0;
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
		err = exch_load_output(l, d);
	make_digest(l);
	if (err == 0)
		err = exch_writer_close(l->w, status, d);
	if (err == 0)
		err = exch_load_output(l, d);
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
