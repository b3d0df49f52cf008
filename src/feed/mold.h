/*
 * MoldUDP64: the header that says which session's messages follow, and from
 * which number on.  What becomes of them is feed/seq.h's.
 */
#ifndef EXCH_FEED_MOLD_H
#define EXCH_FEED_MOLD_H

#include "feed/itch.h"
#include "feed/seq.h"

#define EXCH_MOLD_HEADER 20
#define EXCH_MOLD_END 0xffff /* count of an end-of-session packet */

/* Sessions of ITCH 5.0, whose keys are the names in the headers. */
int exch_mold_new(struct exch_run *run, struct exch_feed_stats *st, bool forced,
    struct exch_seq **out, struct exch_diag *d);
/* A session's name without the blanks behind it. */
void exch_mold_name(const unsigned char *key, char text[EXCH_SEQ_NAME]);
int exch_mold_open(struct exch_seq *m, const unsigned char *name,
    struct exch_itch *it, struct exch_seq_session **out, struct exch_diag *d);

static inline int
exch_mold_blocks(void *decoder, struct exch_blocks *b,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	return exch_itch_blocks(decoder, b, at, d);
}

/* Take a packet of a session, which has at least its header. */
static inline __attribute__((always_inline)) int
exch_mold_take(struct exch_seq *m, struct exch_seq_session *s,
    const struct exch_payload *u, struct exch_diag *d)
{
	struct exch_seq_packet q = {
	    .k = *u,
	    .first = exch_be64(u->p + 10),
	    .count = exch_be16(u->p + 18),
	};

	q.k.p += EXCH_MOLD_HEADER;
	q.k.n -= EXCH_MOLD_HEADER;
	q.k.offset += EXCH_MOLD_HEADER;
	if (__builtin_expect(q.count - 1 >= EXCH_MOLD_END - 1, 0)) {
		struct exch_seq_packet copy = q; /* it stays in registers */

		copy.end = q.count == EXCH_MOLD_END;
		copy.count = 0;
		exch_seq_note(s, &copy);
		return exch_seq_take_slow(m, s, &copy, d);
	}
	return exch_seq_take(m, s, &q, exch_mold_blocks, d);
}

#endif
