/*
 * A program at the other end of two pipes.  Blocks of lines go to it, and for
 * each of them a block comes back, in order; a block ends with a line that is
 * a full stop.  What the lines say is left to others.
 *
 *	exch_child_out(c) <- a block, exch_child_told(c)	any number
 *	exch_child_hear(c) -> the answer to the oldest
 *
 * Neither side can stop the other: while we wait to write we read, up to a
 * bound, and behind that bound we do not write either, but keep what is to
 * be told.  Patience is counted without a clock, in slices of waiting in
 * which nothing moved.
 */
#ifndef EXCH_SIM_PIPE_CHILD_H
#define EXCH_SIM_PIPE_CHILD_H

#include "base/buf.h"
#include "base/err.h"

struct exch_child;

/* What an answer may have: lines, and bytes of a line. */
#define EXCH_CHILD_LINES 65536u
#define EXCH_CHILD_LINE 512u

/*
 * `sh -c COMMAND` in a process group of its own.  It shares our standard error
 * and our environment.  Silent for `patience` ns while an answer is waited
 * for: it is hung.  EXCH_ERR_IO, EXCH_ERR_NOMEM.
 */
int exch_child_start(const char *command, uint64_t patience,
    struct exch_child **out, struct exch_diag *d);
/* Whatever it is doing, it and what it started have ended then. */
void exch_child_free(struct exch_child *c);

/* What it is told is appended here. */
struct exch_buf *exch_child_out(struct exch_child *c);
/* So much for a block: it leaves now, or with others.  As hear(). */
int exch_child_told(struct exch_child *c);

/*
 * The next answer, with the line that ends it: good until the next call.
 * EXCH_ERR_LATE: it is hung; EXCH_ERR_CUT: it has ended, EXCH_ERR_LIMIT: it
 * says too much; then *p is the whole lines that there are of the answer, and
 * why() says more.  EXCH_ERR_NOMEM, EXCH_ERR_IO.
 */
int exch_child_hear(struct exch_child *c, const char **p, size_t *n);
/*
 * There is nothing more to tell: it has to end by itself, say nothing and be
 * content (status 0).  Errors as of hear(); EXCH_ERR_FORMAT: it was not.
 */
int exch_child_end(struct exch_child *c);
/* "ended with status 1", behind the name of a program. */
const char *exch_child_why(const struct exch_child *c);
/* It has ended, with status 0. */
bool exch_child_content(const struct exch_child *c);

#endif
