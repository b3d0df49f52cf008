/*
 * Connections for links: TCP, frames in and out, never waiting for longer
 * than it is told.  Every call gives up when the peer has gone.
 */
#ifndef EXCH_JOURNAL_WIRE_H
#define EXCH_JOURNAL_WIRE_H

#include "journal/link.h"

/*
 * Something for one thread to wait for that another one does.  Rings that
 * are not waited for are kept, as one.
 */
struct exch_bell {
	int fd[2];
};

int exch_bell_open(struct exch_bell *b, struct exch_diag *d);
void exch_bell_ring(const struct exch_bell *b);
/* Rung within `ms`?  Takes the ring. */
bool exch_bell_wait(const struct exch_bell *b, int ms);
void exch_bell_close(struct exch_bell *b);

struct exch_wire;

/* A connection that is open; the descriptor is taken. */
int exch_wire_new(
    int fd, const char *name, struct exch_wire **out, struct exch_diag *d);
int exch_wire_fd(const struct exch_wire *w);
/* Name of the peer, for messages. */
const char *exch_wire_name(const struct exch_wire *w);
/*
 * Send a frame with a payload of n bytes.
 * Waits for at most `ms` without progress, and eight times that in all;
 * EXCH_ERR_IO, EXCH_ERR_CUT: the peer has gone.
 */
int exch_wire_send(struct exch_wire *w, enum exch_link_kind kind, const void *p,
    size_t n, int ms, struct exch_diag *d);
/*
 * The next frame within `ms` (0: what has arrived): 1, good until the next
 * call; 0 none; EXCH_ERR_CUT the peer has gone; EXCH_ERR_FORMAT it does not
 * speak this; EXCH_ERR_IO.
 */
int exch_wire_next(struct exch_wire *w, struct exch_link_frame *f, int ms,
    struct exch_diag *d);
/* Has the frame after the last one come already?  A look that takes nothing. */
bool exch_wire_has(const struct exch_wire *w);
/* Nothing is sent or received any more; also while another thread does so. */
void exch_wire_break(const struct exch_wire *w);
/*
 * The last word was said: wait, for at most `ms`, until the peer hangs up, and
 * let go of what it still sends.  A close with bytes that were not read breaks
 * a connection at once, and what is on its way to the peer may be lost by it.
 */
void exch_wire_finish(struct exch_wire *w, int ms);
void exch_wire_close(struct exch_wire *w);

#endif
