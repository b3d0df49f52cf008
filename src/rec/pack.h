/*
 * Compression behind small interfaces, so that zstd.h, zlib.h and bzlib.h
 * are each included by one file: an unpacker that turns any chunk of input
 * into any chunk of output, a packer that makes whole zstd frames, and one
 * that makes a bzip2 stream as bytes come.
 */
#ifndef EXCH_REC_PACK_H
#define EXCH_REC_PACK_H

#include "base/err.h"

enum exch_unpack_kind { EXCH_UNPACK_GZIP, EXCH_UNPACK_ZSTD };

/* One call's input and output; both positions are moved. */
struct exch_unpack_io {
	const unsigned char *in;
	size_t in_len;
	unsigned char *out;
	size_t out_len;
};

struct exch_unpack;

struct exch_unpack_ops {
	/*
	 * Take some input, give some output.  EXCH_ERR_FORMAT for bad data,
	 * with *why a phrase of the library.
	 */
	int (*step)(
	    struct exch_unpack *u, struct exch_unpack_io *io, const char **why);
	void (*free)(struct exch_unpack *u);
};

struct exch_unpack {
	const struct exch_unpack_ops *ops;
	bool inside; /* in the middle of a frame or member */
};

/* NULL when out of memory. */
struct exch_unpack *exch_unpack_gzip(void);
struct exch_unpack *exch_unpack_zstd(void);

/* ---- bzip2, where libbz2 is there ---- */

bool exch_bzip2_there(void);
struct exch_unpack *exch_unpack_bzip2(void);

struct exch_squeeze;

/* NULL when out of memory, or without the library. */
struct exch_squeeze *exch_squeeze_new(void);
void exch_squeeze_free(struct exch_squeeze *s);
/*
 * Take some input, give some output; `last`: nothing comes behind it.  True
 * when all was taken, or with `last`, all was given as well.
 */
bool exch_squeeze_step(
    struct exch_squeeze *s, struct exch_unpack_io *io, bool last);

/* ---- zstd frames ---- */

struct exch_pack;

struct exch_pack *exch_pack_new(void);
void exch_pack_free(struct exch_pack *p);
/* Room needed for the frame of n bytes. */
size_t exch_pack_bound(size_t n);
/*
 * One frame of n bytes, level 1, content size and checksum in it: the same
 * bytes for the same input.
 */
int exch_pack_frame(struct exch_pack *p, const void *in, size_t n, void *out,
    size_t cap, size_t *len, struct exch_diag *d);

#endif
