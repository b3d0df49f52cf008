/*
 * IEX-TP 1: the segments in which IEX sends its feeds.  Which session a
 * segment belongs to, and from which number on its messages are, stands in its
 * header; what becomes of them is feed/seq.h's and feed/iex.h's.
 */
#ifndef EXCH_FEED_IEXTP_H
#define EXCH_FEED_IEXTP_H

#include "feed/seq.h"

#define EXCH_IEXTP_HEADER 40

struct exch_iextp;

int exch_iextp_new(const struct exch_feed_opts *o, struct exch_run *run,
    struct exch_feed_stats *st, struct exch_iextp **out, struct exch_diag *d);
void exch_iextp_free(struct exch_iextp *x);

/*
 * Is this a segment of a protocol known, as far as can be told from it: the
 * lengths in it agree, and so do its first message's and its type's?
 */
bool exch_iextp_is(const struct exch_payload *u);
/* A datagram that goes where segments went; damage is trouble. */
int exch_iextp_take(
    struct exch_iextp *x, const struct exch_payload *u, struct exch_diag *d);
/* Its sessions, whose keys are the ten bytes behind a header's first two. */
struct exch_seq *exch_iextp_seq(const struct exch_iextp *x);

/* Numbers of the messages of a segment that has its header; its key. */
static inline const unsigned char *
exch_iextp_numbers(const unsigned char *p, uint64_t *first, uint64_t *count)
{
	*count = exch_le16(p + 14);
	*first = exch_le64(p + 24);
	return p + 2;
}

/* The capture ends. */
int exch_iextp_finish(struct exch_iextp *x, struct exch_diag *d);

#endif
