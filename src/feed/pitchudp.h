/*
 * The packets of Cboe's binary PITCH: a header that says which unit's messages
 * follow, and from which number on (the Sequenced Unit Header).  What becomes of
 * them is feed/seq.h's and feed/pitchbin.h's.
 *
 * Every market has a unit 1, and both lines of a unit have the same numbers, so
 * a header alone does not say which session it is of: where packets go to has a
 * part in it, and what they say.
 */
#ifndef EXCH_FEED_PITCHUDP_H
#define EXCH_FEED_PITCHUDP_H

#include "feed/seq.h"

#define EXCH_PITCHUDP_HEADER 8

struct exch_pitchudp;

int exch_pitchudp_new(const struct exch_feed_opts *o, struct exch_run *run,
    struct exch_feed_stats *st, struct exch_pitchudp **out,
    struct exch_diag *d);
void exch_pitchudp_free(struct exch_pitchudp *x);

/*
 * Is this such a packet, as far as can be told from it: the lengths in it agree,
 * and there is a message of a type that is known (or it is `likely` one)?
 */
bool exch_pitchudp_is(const struct exch_payload *u, bool likely);
/* The same without messages, a heartbeat, which has little to be known by. */
bool exch_pitchudp_is_idle(const struct exch_payload *u);
/*
 * A datagram of a flow, which is known by a number; damage is trouble.  Flows of
 * number 0 are not told apart.
 */
int exch_pitchudp_take(struct exch_pitchudp *x, uint32_t flow,
    const struct exch_payload *u, struct exch_diag *d);
/* Its sessions. */
struct exch_seq *exch_pitchudp_seq(const struct exch_pitchudp *x);
/* That of a datagram which has its header; NULL: it is not known yet. */
struct exch_seq_session *exch_pitchudp_session(
    const struct exch_pitchudp *x, uint32_t flow, const unsigned char *p);

/* Numbers of the messages of a packet that has its header. */
static inline void
exch_pitchudp_numbers(const unsigned char *p, uint64_t *first, uint64_t *count)
{
	*count = p[2];
	*first = exch_le32(p + 4);
}

/* It is so late: gaps, and packets that wait, may have waited long enough. */
int exch_pitchudp_tick(
    struct exch_pitchudp *x, exch_ts now, struct exch_diag *d);
/* The capture ends. */
int exch_pitchudp_finish(struct exch_pitchudp *x, struct exch_diag *d);

#endif
