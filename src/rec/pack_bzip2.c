/*
 * bzip2 through libbz2, in and out: streams one after the other, as bzip2(1)
 * reads them.  Without the library nothing of it is there, and callers say so.
 */
#include <config.h>

#include <string.h>

#ifdef HAVE_BZLIB
#include <bzlib.h>
#endif

#include "base/alloc.h"
#include "rec/pack.h"

#ifdef HAVE_BZLIB

/* The library counts in 32 bits. */
#define MOST (1u << 30)

struct bzip2 {
	struct exch_unpack u;
	bz_stream z;
	bool open;
	bool between; /* a stream has ended, no next one has begun */
};

static void *
alloc_hook(void *opaque, int n, int size)
{
	(void)opaque;
	return exch_calloc((size_t)n, (size_t)size);
}

static void
free_hook(void *opaque, void *p)
{
	(void)opaque;
	exch_free(p);
}

/* Where the library takes and puts bytes; it wants no const, and asks none. */
static void
aim(bz_stream *z, const struct exch_unpack_io *io, size_t in, size_t out)
{
	unsigned char *to = io->out;

	memcpy(&z->next_in, &io->in, sizeof(z->next_in));
	memcpy(&z->next_out, &to, sizeof(z->next_out));
	z->avail_in = (unsigned)in;
	z->avail_out = (unsigned)out;
}

static void
moved(const bz_stream *z, struct exch_unpack_io *io, size_t in, size_t out)
{
	io->in += in - z->avail_in;
	io->in_len -= in - z->avail_in;
	io->out += out - z->avail_out;
	io->out_len -= out - z->avail_out;
}

static bool
begin(struct bzip2 *b)
{
	memset(&b->z, 0, sizeof(b->z));
	b->z.bzalloc = alloc_hook;
	b->z.bzfree = free_hook;
	b->open = BZ2_bzDecompressInit(&b->z, 0, 0) == BZ_OK;
	return b->open;
}

static int
bzip2_step(struct exch_unpack *u, struct exch_unpack_io *io, const char **why)
{
	struct bzip2 *b = (struct bzip2 *)(void *)u;
	size_t in = io->in_len < MOST ? io->in_len : MOST;
	size_t out = io->out_len < MOST ? io->out_len : MOST;
	int rc;

	if (io->in_len == 0 && b->between)
		return 0;
	if (b->between) {
		if (io->in[0] != 'B') {
			*why = "trailing bytes after the compressed data";
			return EXCH_ERR_FORMAT;
		}
		(void)BZ2_bzDecompressEnd(&b->z); /* it was open */
		b->open = false;
		b->between = false;
		if (!begin(b)) {
			*why = "out of memory";
			return EXCH_ERR_NOMEM;
		}
	}
	if (in > 0)
		b->u.inside = true;
	aim(&b->z, io, in, out);
	rc = BZ2_bzDecompress(&b->z);
	moved(&b->z, io, in, out);
	switch (rc) {
	case BZ_STREAM_END:
		b->between = true;
		b->u.inside = false;
		return 0;
	case BZ_OK:
		return 0;
	case BZ_MEM_ERROR:
		*why = "out of memory";
		return EXCH_ERR_NOMEM;
	default:
		*why = "bad bzip2 data";
		return EXCH_ERR_FORMAT;
	}
}

static void
bzip2_free(struct exch_unpack *u)
{
	struct bzip2 *b = (struct bzip2 *)(void *)u;

	if (b->open)
		(void)BZ2_bzDecompressEnd(&b->z); /* a stream we set up */
	exch_free(b);
}

static const struct exch_unpack_ops ops = {bzip2_step, bzip2_free};

struct exch_unpack *
exch_unpack_bzip2(void)
{
	struct bzip2 *b = exch_calloc(1, sizeof(*b));

	if (b == NULL)
		return NULL;
	b->u.ops = &ops;
	if (!begin(b)) {
		exch_free(b);
		return NULL;
	}
	return &b->u;
}

/* ---- out ---- */

struct exch_squeeze {
	bz_stream z;
};

struct exch_squeeze *
exch_squeeze_new(void)
{
	struct exch_squeeze *s = exch_calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->z.bzalloc = alloc_hook;
	s->z.bzfree = free_hook;
	/* blocks of 900,000 bytes, as bzip2(1) makes them */
	if (BZ2_bzCompressInit(&s->z, 9, 0, 0) != BZ_OK) {
		exch_free(s);
		return NULL;
	}
	return s;
}

void
exch_squeeze_free(struct exch_squeeze *s)
{
	if (s == NULL)
		return;
	(void)BZ2_bzCompressEnd(&s->z); /* a stream we set up */
	exch_free(s);
}

bool
exch_squeeze_step(struct exch_squeeze *s, struct exch_unpack_io *io, bool last)
{
	size_t in = io->in_len < MOST ? io->in_len : MOST;
	size_t out = io->out_len < MOST ? io->out_len : MOST;
	int rc;

	aim(&s->z, io, in, out);
	rc = BZ2_bzCompress(&s->z, last ? BZ_FINISH : BZ_RUN);
	moved(&s->z, io, in, out);
	return last ? rc == BZ_STREAM_END : io->in_len == 0;
}

bool
exch_bzip2_there(void)
{
	return true;
}

#else

struct exch_unpack *
exch_unpack_bzip2(void)
{
	return NULL;
}

struct exch_squeeze *
exch_squeeze_new(void)
{
	return NULL;
}

void
exch_squeeze_free(struct exch_squeeze *s)
{
	(void)s;
}

bool
exch_squeeze_step(struct exch_squeeze *s, struct exch_unpack_io *io, bool last)
{
	(void)s;
	(void)io;
	(void)last;
	return true;
}

bool
exch_bzip2_there(void)
{
	return false;
}

#endif
