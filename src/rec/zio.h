/*
 * Bytes in and out of a stream: plain files and pipes, gzip and zstd.  A
 * reader recognises compression by the first bytes; one object can be
 * peeked at, so that the caller may recognise what is inside as well.
 */
#ifndef EXCH_REC_ZIO_H
#define EXCH_REC_ZIO_H

#include "base/err.h"

struct exch_in;

/*
 * Read from an open descriptor, which the object closes at the end when
 * `own` is set.  `name` is for diagnoses and is copied.
 */
int exch_in_fd(int fd, bool own, const char *name, struct exch_in **out,
    struct exch_diag *d);
/* Read from memory that outlives the object (tests, fuzzers). */
int exch_in_mem(const void *p, size_t n, const char *name,
    struct exch_in **out, struct exch_diag *d);
void exch_in_close(struct exch_in *in);

/*
 * Up to n bytes; *got 0 at the end of the file.  Blocks for the first
 * byte only.  EXCH_ERR_IO, EXCH_ERR_FORMAT (bad compressed data),
 * EXCH_ERR_CUT (compressed frame incomplete; what could be decompressed
 * was delivered before).
 */
int exch_in_read(struct exch_in *in, void *p, size_t n, size_t *got,
    struct exch_diag *d);
/* Look at up to n (<= 4096) bytes without consuming them. */
int exch_in_peek(struct exch_in *in, const unsigned char **p, size_t n,
    size_t *got, struct exch_diag *d);

/* Decompressed bytes delivered so far. */
uint64_t exch_in_offset(const struct exch_in *in);
const char *exch_in_name(const struct exch_in *in);
/* Size of the plain file below and bytes of it read, for progress; 0. */
uint64_t exch_in_size(const struct exch_in *in);
uint64_t exch_in_consumed(const struct exch_in *in);

/*
 * Called when the next read would block, with 0 waiting allowed: whoever
 * writes downstream flushes here.  Also called between reads once `every`
 * ns have passed, so that a trickle does not wait for a full block.
 */
typedef int exch_in_wait_fn(void *arg, struct exch_diag *d);
void exch_in_on_wait(struct exch_in *in, exch_in_wait_fn *fn, void *arg);

struct exch_out;

enum exch_out_kind { EXCH_OUT_PLAIN, EXCH_OUT_ZSTD };

/*
 * Write to an open descriptor, not owned.  ZSTD writes one frame per
 * exch_out_frame() call or 256 KiB of input, level 1, with checksum, and
 * the seekable table at the end.
 */
int exch_out_fd(int fd, enum exch_out_kind kind, const char *name,
    struct exch_out **out, struct exch_diag *d);
/* Collect in memory; exch_out_mem_take hands it over (tests, embedding). */
int exch_out_mem(struct exch_out **out);
const unsigned char *exch_out_mem_bytes(const struct exch_out *o, size_t *n);
void exch_out_mem_reset(struct exch_out *o);

int exch_out_write(
    struct exch_out *o, const void *p, size_t n, struct exch_diag *d);
/*
 * A stream block begins here; position and time go into the index of a
 * compressed file (per frame: first position, first time, directory).
 */
int exch_out_mark(struct exch_out *o, uint64_t position, exch_ts time,
    bool directory, struct exch_diag *d);
/* Finish frames and tables.  The object stays to be freed. */
int exch_out_finish(struct exch_out *o, struct exch_diag *d);
void exch_out_free(struct exch_out *o);
/* True for regular files: body checksums on, no live flushing. */
bool exch_out_is_file(const struct exch_out *o);

#endif
