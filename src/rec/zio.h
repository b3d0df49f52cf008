/*
 * Bytes in and out of a stream: plain files and pipes, gzip, bzip2 and zstd.  A
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
int exch_in_mem(const void *p, size_t n, const char *name, struct exch_in **out,
    struct exch_diag *d);
/*
 * Read from somebody who gives bytes, as a history does: `read` puts up to n
 * of them at p and gives 0 at the end; it does not wait.  `close` is called
 * with the object, once this call has succeeded.
 */
struct exch_in_source {
	int (*read)(void *arg, unsigned char *p, size_t n, size_t *got,
	    struct exch_diag *d);
	void (*close)(void *arg);
	void *arg;
};
int exch_in_from(const struct exch_in_source *from, const char *name,
    struct exch_in **out, struct exch_diag *d);
void exch_in_close(struct exch_in *in);

/*
 * Up to n bytes; *got 0 at the end of the file.  Blocks for the first
 * byte only.  EXCH_ERR_IO, EXCH_ERR_FORMAT (bad compressed data),
 * EXCH_ERR_CUT (compressed frame incomplete; what could be decompressed
 * was delivered before).
 */
int exch_in_read(
    struct exch_in *in, void *p, size_t n, size_t *got, struct exch_diag *d);
/*
 * Look at up to n (<= 4096) bytes without consuming them; fewer only at
 * the end, or before damage that the next read will report.
 */
int exch_in_peek(struct exch_in *in, const unsigned char **p, size_t n,
    size_t *got, struct exch_diag *d);

/* Decompressed bytes delivered so far. */
uint64_t exch_in_offset(const struct exch_in *in);
const char *exch_in_name(const struct exch_in *in);
/* Size of the plain file below and bytes of it read, for progress; 0. */
uint64_t exch_in_size(const struct exch_in *in);
uint64_t exch_in_consumed(const struct exch_in *in);

/*
 * The file that these bytes were read from as they are, and where they stand
 * in it: of a plain regular file.  Good while the object lives; -1: there is
 * none.
 */
int exch_in_file(const struct exch_in *in, uint64_t offset, uint64_t *at);

/*
 * The descriptor of a regular file that is read from its beginning, for those
 * who look at other places of it, or -1; good while the object lives.
 */
int exch_in_seekable(const struct exch_in *in);
/*
 * Go on elsewhere in it: at `raw` in the file, where a frame begins if it is
 * compressed, and which is `offset` bytes into what comes out.  What was
 * peeked at is forgotten.  EXCH_ERR_IO, EXCH_ERR_NOMEM.
 */
int exch_in_jump(
    struct exch_in *in, uint64_t raw, uint64_t offset, struct exch_diag *d);

/*
 * Called when the next read would block, before the wait: whoever writes
 * downstream flushes here.  Called again every 250 ms while it lasts, and
 * after a signal interrupted a call, so that it may end the wait: a result
 * other than 0 is handed up by the read, which can be tried again.
 */
typedef int exch_in_wait_fn(void *arg, struct exch_diag *d);
void exch_in_on_wait(struct exch_in *in, exch_in_wait_fn *fn, void *arg);

struct exch_out;

enum exch_out_kind { EXCH_OUT_PLAIN, EXCH_OUT_ZSTD, EXCH_OUT_BZIP2 };

/*
 * Write to an open descriptor, not owned.  ZSTD writes frames of at least
 * 256 KiB of input, level 1, with checksum, that begin where
 * exch_out_mark() was called (or anywhere, if it never is), then our index
 * and the seekable table.  BZIP2 writes one stream of it; EXCH_ERR_NEED: this
 * was built without the library.
 */
int exch_out_fd(int fd, enum exch_out_kind kind, const char *name,
    struct exch_out **out, struct exch_diag *d);
/*
 * Collect in memory (tests, embedding).  The bytes are borrowed until the
 * next call on the object; reset forgets them.
 */
int exch_out_mem(struct exch_out **out);
int exch_out_mem_zstd(struct exch_out **out);
const unsigned char *exch_out_mem_bytes(const struct exch_out *o, size_t *n);
void exch_out_mem_reset(struct exch_out *o);

int exch_out_write(
    struct exch_out *o, const void *p, size_t n, struct exch_diag *d);
/*
 * The same bytes, which stand at `at` in a file as well (exch_in_file(); -1:
 * in none): into a pipe the kernel brings them from there, where it can, and
 * nobody copies them.  If others write to that file meanwhile, what arrives
 * may be what they wrote: only for bytes that the reader can check.
 */
int exch_out_move(struct exch_out *o, int file, uint64_t at, const void *p,
    size_t n, struct exch_diag *d);
/*
 * A stream block begins here, or what ends with the next call; a compressed
 * file of blocks gets an index of them (rec/seek.h).
 */
int exch_out_mark(struct exch_out *o, struct exch_diag *d);
/*
 * Finish frames and tables; a second call does nothing.  The object stays
 * to be freed.
 */
int exch_out_finish(struct exch_out *o, struct exch_diag *d);
void exch_out_free(struct exch_out *o);
/*
 * Has a compressed file, which others have read and found good, its index and
 * its table, of the frames that it has?  No record is lost with them.
 */
bool exch_zio_has_index(int fd);
/*
 * The bytes of that index, which is in the file `name`.  EXCH_ERR_ABSENT: it
 * has none; EXCH_ERR_FORMAT, EXCH_ERR_IO, EXCH_ERR_NOMEM.
 */
struct exch_buf;
int exch_zio_index(
    int fd, const char *name, struct exch_buf *index, struct exch_diag *d);
/*
 * From now on a closed reader (EPIPE; SIGPIPE is the caller's to ignore) is
 * no error: bytes go nowhere, and that is what lost() tells.
 */
void exch_out_outlive(struct exch_out *o);
bool exch_out_lost(const struct exch_out *o);
/*
 * Output that has to wait, for a disk say: from now on bytes are written by
 * a thread of the object's own, in their order and each after a call of
 * `ask`, by that thread, that began when they were here and returned 0.
 * What comes meanwhile, up to `limit` bytes, leaves behind the next call;
 * with more than that, writing waits.  A failure of `ask`, or to write, is
 * what every call returns from then on, and nothing leaves any more;
 * exch_out_finish() waits for all.  For a descriptor, before anything is
 * written to it.  EXCH_ERR_NOMEM, EXCH_ERR_IO.
 */
struct exch_out_gate {
	int (*ask)(void *arg, struct exch_diag *d);
	void *arg;
	size_t limit;
};
int exch_out_behind(
    struct exch_out *o, const struct exch_out_gate *gate, struct exch_diag *d);
/* `ask` is called soon, even if nothing was written; others do nothing. */
int exch_out_kick(struct exch_out *o, struct exch_diag *d);
/*
 * True for regular files and for compressed output: body checksums on, and
 * no live flushing, so that the same records give the same bytes.
 */
bool exch_out_is_file(const struct exch_out *o);

#endif
