/*
 * zstd both ways.  Input: frames one after the other, skippable ones
 * skipped (our index and the seek table are such).  Output: a frame at a
 * time from memory, which makes the bytes independent of how the data
 * arrived.
 */
#include <config.h>

#include <zstd.h>

#include "base/alloc.h"
#include "rec/pack.h"

struct zstd_in {
	struct exch_unpack u;
	ZSTD_DCtx *z;
};

static int
zstd_step(struct exch_unpack *u, struct exch_unpack_io *io, const char **why)
{
	struct zstd_in *s = (struct zstd_in *)(void *)u;
	ZSTD_inBuffer in = {io->in, io->in_len, 0};
	ZSTD_outBuffer out = {io->out, io->out_len, 0};
	size_t left = ZSTD_decompressStream(s->z, &out, &in);

	io->in += in.pos;
	io->in_len -= in.pos;
	io->out += out.pos;
	io->out_len -= out.pos;
	if (ZSTD_isError(left)) {
		*why = ZSTD_getErrorName(left);
		return EXCH_ERR_FORMAT;
	}
	/* 0: a frame is complete.  A call that moves nothing says nothing. */
	if (in.pos > 0 || out.pos > 0)
		u->inside = left != 0;
	return 0;
}

static void
zstd_free(struct exch_unpack *u)
{
	struct zstd_in *s = (struct zstd_in *)(void *)u;

	(void)ZSTD_freeDCtx(s->z); /* always 0 */
	exch_free(s);
}

static const struct exch_unpack_ops ops = {zstd_step, zstd_free};

struct exch_unpack *
exch_unpack_zstd(void)
{
	struct zstd_in *s = exch_calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->u.ops = &ops;
	s->z = ZSTD_createDCtx();
	if (s->z == NULL) {
		exch_free(s);
		return NULL;
	}
	return &s->u;
}

struct exch_pack {
	ZSTD_CCtx *z;
};

struct exch_pack *
exch_pack_new(void)
{
	struct exch_pack *p = exch_calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->z = ZSTD_createCCtx();
	if (p->z == NULL ||
	    ZSTD_isError(
		ZSTD_CCtx_setParameter(p->z, ZSTD_c_compressionLevel, 1)) ||
	    ZSTD_isError(
		ZSTD_CCtx_setParameter(p->z, ZSTD_c_checksumFlag, 1))) {
		exch_pack_free(p);
		return NULL;
	}
	return p;
}

void
exch_pack_free(struct exch_pack *p)
{
	if (p == NULL)
		return;
	(void)ZSTD_freeCCtx(p->z); /* always 0 */
	exch_free(p);
}

size_t
exch_pack_bound(size_t n)
{
	return ZSTD_compressBound(n);
}

int
exch_pack_frame(struct exch_pack *p, const void *in, size_t n, void *out,
    size_t cap, size_t *len, struct exch_diag *d)
{
	size_t got = ZSTD_compress2(p->z, out, cap, in, n);

	if (ZSTD_isError(got))
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "zstd: %s", ZSTD_getErrorName(got));
	*len = got;
	return 0;
}
