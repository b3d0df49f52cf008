/*
 * The index of a stream (exch-stream(5), THE INDEX): where reading may begin
 * without the blocks before, and which blocks hold nothing of a time or
 * later.
 *
 * A row stands for the blocks from its place to that of the next row.  It
 * has what a reader knows there, so that one who goes on there checks all
 * that follows as if it had read everything; the latest time of its records;
 * and whether there are others among them that count whatever their time:
 * directories, phases, clocks, and what is no whole record of its type.  So
 * times may go back in a stream: what is left out is known to be earlier,
 * record by record, and not by its place.
 */
#ifndef EXCH_REC_SEEK_H
#define EXCH_REC_SEEK_H

#include "base/buf.h"
#include "rec/stream.h"

/* Bytes of blocks after which the index of a plain file has another row. */
#define EXCH_SEEK_EVERY (256u << 10)

struct exch_seek;

/* ---- making one ---- */

/* NULL: no memory. */
struct exch_seek *exch_seek_new(void);
void exch_seek_free(struct exch_seek *s);
/* A row begins with the next block, which stands at `raw` in the file. */
void exch_seek_row(struct exch_seek *s, uint64_t raw);
/*
 * The next block, which is checked as a reader does.  EXCH_ERR_FORMAT: *why
 * says what is wrong, or that a stream of which not all blocks have checksums
 * cannot be told from another one; EXCH_ERR_NOMEM.  Nothing can be done with
 * the index then.
 */
int exch_seek_block(
    struct exch_seek *s, const unsigned char *p, size_t n, const char **why);
/* Was the end block seen?  Without it there is no index. */
bool exch_seek_whole(const struct exch_seek *s);

/* ---- its bytes ---- */

/*
 * The file that an index which stands beside it is of: its size and, from
 * `tail` on, the SHA-256 of its last blocks.  The end block is among them,
 * and has a checksum over those of all blocks.
 */
struct exch_seek_of {
	uint64_t size; /* 0: the index stands in the file itself */
	uint64_t tail;
	unsigned char digest[32];
};

/* Where the last row begins in the file. */
uint64_t exch_seek_tail(const struct exch_seek *s);
uint64_t exch_seek_rows(const struct exch_seek *s);
/* b->failed: no memory. */
void exch_seek_encode(const struct exch_seek *s, const struct exch_seek_of *of,
    struct exch_buf *b);
/*
 * EXCH_ERR_FORMAT: damaged, or none; EXCH_ERR_CUT; EXCH_ERR_VERSION: of a
 * newer program; EXCH_ERR_ABSENT: of the first version, which is of no use
 * here; EXCH_ERR_NOMEM.
 */
int exch_seek_decode(const unsigned char *p, size_t n, struct exch_seek_of *of,
    struct exch_seek **out, struct exch_diag *d);

/* ---- using one ---- */

/*
 * A reader stands between two blocks, `offset` bytes into the stream, where
 * it never stood farther on.  True: it may go on at *to, which is farther on
 * and at *raw in the file, for those who want records from a time on and all
 * that count whatever their time.
 */
bool exch_seek_skip(struct exch_seek *s, uint64_t offset, exch_ts from,
    struct exch_stream_point *to, uint64_t *raw);

/* ---- files ---- */

/*
 * The index of a plain file, made by reading all of it.  EXCH_ERR_FORMAT,
 * EXCH_ERR_CUT, EXCH_ERR_IO, EXCH_ERR_NOMEM.
 */
int exch_seek_make(struct exch_in *in, struct exch_seek **out,
    struct exch_seek_of *of, struct exch_diag *d);
/*
 * The index of the file that `in` reads, the kind of which was recognised:
 * in a compressed one, or beside a plain one, at `path`.  *out NULL and 0:
 * there is none.  Anything else says
 * why one that is there is of no use: EXCH_ERR_NEED when it is of another
 * file, and those of decode and reading.
 */
int exch_seek_find(struct exch_in *in, const char *path, struct exch_seek **out,
    struct exch_diag *d);

#endif
