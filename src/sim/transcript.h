/*
 * Who said what: both directions of what passed between the simulator and one
 * program, as a text file.
 *
 *	exch-transcript 1 maker
 *	> turn 1 0			to the program
 *	> .
 *	< buy 100 ABC @ 10.00 as 1	from it
 *	< .
 *	! agent maker:...		it failed then
 *	= 57				whole: the number of blocks
 *
 * A file is recorded while a program runs, and appears under its name when it
 * is whole.  Or it is read instead of running the program: then what the
 * program would be told is compared with what it was told, and a difference
 * is an error.
 */
#ifndef EXCH_SIM_TRANSCRIPT_H
#define EXCH_SIM_TRANSCRIPT_H

#include "base/buf.h"
#include "base/err.h"

struct exch_transcript;

/*
 * `agent` is its name.  A path that ends in .zst is compressed; when reading,
 * any is.  EXCH_ERR_IO, EXCH_ERR_NOMEM; of replay EXCH_ERR_FORMAT for what is
 * no transcript, EXCH_ERR_VERSION and EXCH_ERR_DIFFERS for another agent's.
 */
int exch_transcript_record(const char *path, const char *agent,
    struct exch_transcript **t, struct exch_diag *d);
int exch_transcript_replay(const char *path, const char *agent,
    struct exch_transcript **t, struct exch_diag *d);
/* One that is not whole leaves no file. */
void exch_transcript_free(struct exch_transcript *t);

/* Blocks that the program is told are appended here, in their order. */
struct exch_buf *exch_transcript_told(struct exch_transcript *t);

/*
 * Recording: the oldest block was answered by n bytes of lines.  EXCH_ERR_IO,
 * EXCH_ERR_NOMEM.
 */
int exch_transcript_heard(
    struct exch_transcript *t, const char *p, size_t n, struct exch_diag *d);
/*
 * Replay: the oldest block is compared, and this was its answer, good until
 * the next call; *line is the number of its first line in the file.
 * EXCH_ERR_DIFFERS, EXCH_ERR_FORMAT, EXCH_ERR_IO, EXCH_ERR_NOMEM; EXCH_ERR_CUT:
 * the program failed there, or the file ends; then *p is the whole lines that
 * there are of the answer, and d says what the program had done.
 */
int exch_transcript_hear(struct exch_transcript *t, const char **p, size_t *n,
    uint64_t *line, struct exch_diag *d);

/* It failed, and the oldest block is not answered, or by n bytes only. */
int exch_transcript_failed(struct exch_transcript *t, const char *p, size_t n,
    const char *sentence, struct exch_diag *d);
/* Recording: the file is whole.  Replay: nothing more may be in it. */
int exch_transcript_end(struct exch_transcript *t, struct exch_diag *d);

#endif
