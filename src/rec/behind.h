/*
 * Bytes on their way out behind the back of who makes them: a thread takes
 * what has come, asks a gate whether it may leave, and puts it where it
 * goes, while more comes.
 *
 *	exch_behind_put -> coming | swap | going -> gate -> put
 *
 * Two buffers are all there is: whatever comes while the gate is shut leaves
 * together when it opens the next time, so that a slow gate makes larger
 * portions and not a longer queue of them.
 *
 * Who makes them may fork; the child has no thread and leaves this alone.
 */
#ifndef EXCH_REC_BEHIND_H
#define EXCH_REC_BEHIND_H

#include "rec/zio.h"

struct exch_behind;

struct exch_behind_opts {
	struct exch_out_gate gate;
	/* Where bytes go, called by the thread alone. */
	int (*put)(
	    void *arg, const unsigned char *p, size_t n, struct exch_diag *d);
	void *arg;
};

/* EXCH_ERR_NOMEM, EXCH_ERR_IO without a thread. */
int exch_behind_new(const struct exch_behind_opts *o, struct exch_behind **out,
    struct exch_diag *d);
/*
 * Take a copy of n bytes; waits while there are too many.  As the two below,
 * returns the first failure of gate or put, after which nothing leaves.
 */
int exch_behind_put(struct exch_behind *b, const unsigned char *p, size_t n,
    struct exch_diag *d);
/* The gate is asked once more, even if nothing has come. */
int exch_behind_kick(struct exch_behind *b, struct exch_diag *d);
/* Wait until all has left. */
int exch_behind_drain(struct exch_behind *b, struct exch_diag *d);
/* What has not left by now does not.  NULL is fine. */
void exch_behind_free(struct exch_behind *b);

#endif
