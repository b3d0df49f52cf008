/*
 * Stored blocks: compressed one by one, found by their link, and put back
 * together with what was kept beside them.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "rec/pack.h"
#include "store/priv.h"

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for a block");
}

void
exch_packer_clear(struct exch_packer *p)
{
	exch_pack_free(p->pack);
	if (p->unpack != NULL)
		p->unpack->ops->free(p->unpack);
	exch_free(p->packed);
	exch_free(p->plain);
	memset(p, 0, sizeof(*p));
}

/* Room for n bytes; what was there is gone. */
static bool
room(unsigned char **p, size_t *cap, size_t n)
{
	if (*cap >= n)
		return true;
	exch_free(*p);
	*p = exch_malloc(n);
	*cap = *p != NULL ? n : 0;
	return *p != NULL;
}

int
exch_packer_pack(struct exch_packer *p, const unsigned char *block, size_t n,
    size_t *len, struct exch_diag *d)
{
	if (p->pack == NULL)
		p->pack = exch_pack_new();
	if (p->pack == NULL ||
	    !room(&p->packed, &p->packed_cap, exch_pack_bound(n)))
		return no_memory(d);
	return exch_pack_frame(
	    p->pack, block, n, p->packed, p->packed_cap, len, d);
}

int
exch_packer_unpack(struct exch_packer *p, const void *packed, size_t n,
    size_t want, const char **why)
{
	struct exch_unpack_io io = {.in = packed, .in_len = n};

	*why = "out of memory";
	/* After a failure it is in the middle of a frame. */
	if (p->unpack != NULL && p->unpack->inside) {
		p->unpack->ops->free(p->unpack);
		p->unpack = NULL;
	}
	if (p->unpack == NULL)
		p->unpack = exch_unpack_zstd();
	if (p->unpack == NULL || !room(&p->plain, &p->plain_cap, want + 1))
		return EXCH_ERR_NOMEM;
	io.out = p->plain;
	io.out_len = want + 1; /* one that is longer is seen */
	while (io.in_len > 0 && io.out_len > 0) {
		size_t before = io.in_len + io.out_len;

		if (p->unpack->ops->step(p->unpack, &io, why) != 0) {
			p->unpack->inside = true;
			return EXCH_ERR_FORMAT;
		}
		if (io.in_len + io.out_len == before)
			break;
	}
	if (io.in_len == 0 && io.out_len == 1 && !p->unpack->inside)
		return 0;
	p->unpack->inside = true;
	*why = "it has another length";
	return EXCH_ERR_FORMAT;
}

/* ---- the blocks of a stream ---- */

int
exch_blocks_open(struct exch_blocks *b, struct exch_sql *sql, uint32_t stream,
    struct exch_diag *d)
{
	struct exch_sql_value v = exch_sql_of_int(stream);
	int err;

	memset(b, 0, sizeof(*b));
	b->name = exch_sql_name(sql);
	b->stream = stream;
	err = exch_sql_prepare(sql,
	    "SELECT a.n, a.position, a.records, a.bytes, b.zstd"
	    " FROM audit a LEFT JOIN blocks b ON b.block = a.n"
	    " WHERE a.stream = ? AND a.kind = 'data' ORDER BY a.n",
	    &b->block, d);
	if (err == 0)
		err = exch_sql_prepare(sql,
		    "SELECT offset, bytes FROM personal"
		    " WHERE block = ? ORDER BY offset",
		    &b->personal, d);
	if (err == 0)
		exch_sql_bind(b->block, &v, 1);
	return err;
}

void
exch_blocks_close(struct exch_blocks *b)
{
	exch_sql_finish(b->block);
	exch_sql_finish(b->personal);
	exch_packer_clear(&b->packer);
	memset(b, 0, sizeof(*b));
}

/* Personal fields back into their places; where they are gone, zeros stay. */
static int
patch(struct exch_blocks *b, struct exch_diag *d)
{
	struct exch_sql_value key = exch_sql_of_int((int64_t)b->n);
	int got;

	b->whole = true;
	exch_sql_bind(b->personal, &key, 1);
	while ((got = exch_sql_step(b->personal, d)) > 0) {
		uint64_t at = (uint64_t)exch_sql_int(b->personal, 0);
		struct exch_sql_value v = exch_sql_column(b->personal, 1);

		if (v.kind == EXCH_SQL_NULL)
			continue; /* erased */
		if (v.kind == EXCH_SQL_BLOB && at <= b->len &&
		    v.n <= b->len - at)
			memcpy(b->p + at, v.p, v.n);
		else
			b->whole = false;
	}
	return got;
}

static int
bad(const struct exch_blocks *b, int err, const char *why, struct exch_diag *d)
{
	return exch_diag_set(d, (enum exch_err)err, b->name, EXCH_POS_RECORD,
	    b->position, "a block of stream %lu is damaged: %s",
	    (unsigned long)b->stream, why);
}

int
exch_blocks_next(struct exch_blocks *b, struct exch_diag *d)
{
	struct exch_sql_value v;
	const char *why = "its length is wrong";
	uint64_t bytes;
	int err = exch_sql_step(b->block, d);

	if (err <= 0)
		return err;
	b->n = (uint64_t)exch_sql_int(b->block, 0);
	b->position = (uint64_t)exch_sql_int(b->block, 1);
	b->records = (uint64_t)exch_sql_int(b->block, 2);
	bytes = (uint64_t)exch_sql_int(b->block, 3);
	v = exch_sql_column(b->block, 4);
	if (v.kind != EXCH_SQL_BLOB)
		return bad(b, EXCH_ERR_FORMAT, "it is not there", d);
	if (bytes == 0 || bytes > EXCH_BLOCK_MAX + EXCH_FRAME_FRONT_MAX)
		return bad(b, EXCH_ERR_FORMAT, why, d);
	err = exch_packer_unpack(&b->packer, v.p, v.n, bytes, &why);
	if (err != 0)
		return bad(b, err, why, d);
	b->p = b->packer.plain;
	b->len = bytes;
	if (exch_each_block(b->p, b->len, &b->frame, &why) != (long)b->len)
		return bad(b, EXCH_ERR_FORMAT, why, d);
	if (b->frame.kind != 'D')
		return bad(b, EXCH_ERR_FORMAT, "it is of another kind", d);
	err = patch(b, d);
	return err != 0 ? err : 1;
}
