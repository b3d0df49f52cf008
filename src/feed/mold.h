/*
 * MoldUDP64 sessions: messages in the order of their sequence numbers, each
 * once, whatever order and however many times the packets came; and the
 * accounts of what was lost, doubled and late.
 */
#ifndef EXCH_FEED_MOLD_H
#define EXCH_FEED_MOLD_H

#include "base/bytes.h"
#include "feed/feed.h"
#include "feed/itch.h"
#include "feed/recent.h"

#define EXCH_MOLD_HEADER 20
#define EXCH_MOLD_END 0xffff /* count of an end-of-session packet */

/*
 * How long, by capture time, and how much a session waits for a gap to be
 * filled by the other line or a retransmission.
 */
#define EXCH_MOLD_WAIT EXCH_SEC
#define EXCH_MOLD_HOLD_PACKETS 4096
#define EXCH_MOLD_HOLD_BYTES (4u << 20)
/* And all sessions together. */
#define EXCH_MOLD_HOLD_ALL (32u << 20)
/* Sessions in one capture. */
#define EXCH_MOLD_SESSIONS 256

struct exch_mold_packet {
	const unsigned char *p; /* UDP payload, at least the header */
	size_t n;
	bool cut;	 /* fewer bytes were captured than sent */
	exch_ts time;	 /* of capture */
	uint64_t number; /* of the packet in the capture */
	uint64_t offset; /* of the payload in the packet */
};

/* What the inlined calls touch: the first members of the two. */
struct exch_mold;
struct exch_mold_session;

struct exch_mold_hot {
	exch_ts now;	/* latest time of capture */
	size_t waiting; /* packets held, of all sessions */
};

struct exch_mold_session_hot {
	unsigned char name[10];
	bool started;	   /* `expected` means something */
	uint64_t expected; /* number of the next message */
	exch_ts moved;	   /* when the session last showed life there */
	struct exch_itch *it;
	struct exch_recent *recent; /* what it delivered last */
};

/* `forced` (--as): blank sequence numbers are no trouble. */
int exch_mold_new(struct exch_run *run, struct exch_feed_stats *st, bool forced,
    struct exch_mold **out, struct exch_diag *d);
void exch_mold_free(struct exch_mold *m);

/* Is this 10-byte name the session's? */
static inline bool
exch_mold_is(const struct exch_mold_session *s, const unsigned char *name)
{
	const struct exch_mold_session_hot *h = (const void *)s;

	return exch_le64(h->name) == exch_le64(name) &&
	       exch_le16(h->name + 8) == exch_le16(name + 8);
}

/* The session with this 10-byte name, or NULL. */
struct exch_mold_session *exch_mold_find(
    struct exch_mold *m, const unsigned char *name);
/* Begin a session decoded by `it`.  EXCH_ERR_LIMIT: too many of them. */
int exch_mold_open(struct exch_mold *m, const unsigned char *name,
    struct exch_itch *it, struct exch_mold_session **out, struct exch_diag *d);
struct exch_itch *exch_mold_itch(const struct exch_mold_session *s);

/* The next packet, of which something is left, or that met an error. */
int exch_mold_short(struct exch_mold *m, struct exch_mold_session *s,
    const struct exch_mold_packet *k, const struct exch_itch_blocks *left,
    int err, struct exch_diag *d);
/* The rare cases of the call below. */
int exch_mold_take_slow(struct exch_mold *m, struct exch_mold_session *s,
    const struct exch_mold_packet *k, struct exch_diag *d);

/* Take a packet of a session: nearly always the next one, and none waits. */
static inline __attribute__((always_inline)) int
exch_mold_take(struct exch_mold *m, struct exch_mold_session *s,
    const struct exch_mold_packet *k, struct exch_diag *d)
{
	struct exch_mold_hot *all = (void *)m;
	struct exch_mold_session_hot *h = (void *)s;
	const unsigned char *p = k->p + EXCH_MOLD_HEADER;
	uint64_t first = exch_be64(k->p + 10);
	uint64_t count = exch_be16(k->p + 18);
	struct exch_itch_blocks b = {
	    p, k->n - EXCH_MOLD_HEADER, count, k->time};
	struct exch_feed_at at = {
	    EXCH_POS_PACKET, k->number, k->offset + EXCH_MOLD_HEADER};
	int err;

	if (k->time > all->now)
		all->now = k->time;
	if (__builtin_expect(first != h->expected || !h->started ||
				 count - 1 >= EXCH_MOLD_END - 1 ||
				 all->waiting != 0,
		0)) {
		struct exch_mold_packet copy = *k; /* it stays in registers */

		return exch_mold_take_slow(m, s, &copy, d);
	}
	h->moved = k->time;
	err = exch_itch_blocks(h->it, &b, &at, d);
	if (__builtin_expect(((uint64_t)err | b.count | b.n) != 0, 0)) {
		struct exch_mold_packet copy = *k;

		return exch_mold_short(m, s, &copy, &b, err, d);
	}
	exch_recent_put(h->recent, first, count, p, k->n - EXCH_MOLD_HEADER);
	h->expected = first + count;
	return 0;
}

/* The capture ends: deliver what was held, report what is missing. */
int exch_mold_finish(struct exch_mold *m, struct exch_diag *d);

#endif
