/*
 * gzip input through zlib: members one after the other, as gzip(1) reads
 * them.  Padding with zeros after the last member, which tape blocks leave
 * behind, is accepted; anything else there is not.
 */
#include <config.h>

#include <string.h>

#include <zlib.h>

#include "base/alloc.h"
#include "rec/pack.h"

struct gzip {
	struct exch_unpack u;
	z_stream z;
	bool between; /* a member has ended, no next one has begun */
	bool padding; /* zeros were seen after it */
};

static void *
zalloc_hook(void *opaque, unsigned n, unsigned size)
{
	(void)opaque;
	return exch_calloc(n, size);
}

static void
zfree_hook(void *opaque, void *p)
{
	(void)opaque;
	exch_free(p);
}

/* Between members: 0 go on, 1 nothing to do yet, or an error. */
static int
next_member(struct gzip *g, struct exch_unpack_io *io, const char **why)
{
	while (io->in_len > 0 && io->in[0] == 0) {
		g->padding = true;
		io->in++;
		io->in_len--;
	}
	if (io->in_len == 0)
		return 1;
	if (g->padding || io->in[0] != 0x1f || inflateReset(&g->z) != Z_OK) {
		*why = "trailing bytes after the compressed data";
		return EXCH_ERR_FORMAT;
	}
	g->between = false;
	g->u.inside = true;
	return 0;
}

static int
gzip_step(struct exch_unpack *u, struct exch_unpack_io *io, const char **why)
{
	struct gzip *g = (struct gzip *)(void *)u;
	size_t in = io->in_len < (1u << 30) ? io->in_len : 1u << 30;
	size_t out = io->out_len < (1u << 30) ? io->out_len : 1u << 30;
	int err;

	if (g->between) {
		err = next_member(g, io, why);
		if (err != 0)
			return err == 1 ? 0 : err;
		in = io->in_len < (1u << 30) ? io->in_len : 1u << 30;
	}
	/* zlib wants a pointer to non-const but does not write there. */
	memcpy(&g->z.next_in, &io->in, sizeof(g->z.next_in));
	g->z.avail_in = (unsigned)in;
	g->z.next_out = io->out;
	g->z.avail_out = (unsigned)out;
	if (in > 0)
		g->u.inside = true;
	err = inflate(&g->z, Z_NO_FLUSH);
	io->in += in - g->z.avail_in;
	io->in_len -= in - g->z.avail_in;
	io->out += out - g->z.avail_out;
	io->out_len -= out - g->z.avail_out;
	switch (err) {
	case Z_STREAM_END:
		g->between = true;
		g->u.inside = false;
		return 0;
	case Z_OK:
	case Z_BUF_ERROR: /* no progress possible: more input is needed */
		return 0;
	case Z_MEM_ERROR:
		*why = "out of memory";
		return EXCH_ERR_NOMEM;
	default:
		*why = g->z.msg != NULL ? g->z.msg : "bad gzip data";
		return EXCH_ERR_FORMAT;
	}
}

static void
gzip_free(struct exch_unpack *u)
{
	struct gzip *g = (struct gzip *)(void *)u;

	(void)inflateEnd(&g->z); /* cannot fail on a stream we set up */
	exch_free(g);
}

static const struct exch_unpack_ops ops = {gzip_step, gzip_free};

struct exch_unpack *
exch_unpack_gzip(void)
{
	struct gzip *g = exch_calloc(1, sizeof(*g));

	if (g == NULL)
		return NULL;
	g->u.ops = &ops;
	g->z.zalloc = zalloc_hook;
	g->z.zfree = zfree_hook;
	/* 15 bits of window, 16: the gzip wrapper. */
	if (inflateInit2(&g->z, 15 + 16) != Z_OK) {
		exch_free(g);
		return NULL;
	}
	return &g->u;
}
