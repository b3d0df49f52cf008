/*
 * MoldUDP64 sessions: messages in the order of their sequence numbers, each
 * once, whatever order and however many times the packets came; and the
 * accounts of what was lost, doubled and late.
 */
#ifndef EXCH_FEED_MOLD_H
#define EXCH_FEED_MOLD_H

#include "base/bytes.h"
#include "feed/feed.h"

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

struct exch_mold;
struct exch_mold_session;

/* `forced` (--as): blank sequence numbers are no trouble. */
int exch_mold_new(struct exch_run *run, struct exch_feed_stats *st, bool forced,
    struct exch_mold **out, struct exch_diag *d);
void exch_mold_free(struct exch_mold *m);

/* Is this 10-byte name the session's? */
static inline bool
exch_mold_is(const struct exch_mold_session *s, const unsigned char *name)
{
	const unsigned char *own = (const void *)s; /* its first member */

	return exch_le64(own) == exch_le64(name) &&
	       exch_le16(own + 8) == exch_le16(name + 8);
}

/* The session with this 10-byte name, or NULL. */
struct exch_mold_session *exch_mold_find(
    struct exch_mold *m, const unsigned char *name);
/* Begin a session decoded by `it`.  EXCH_ERR_LIMIT: too many of them. */
int exch_mold_open(struct exch_mold *m, const unsigned char *name,
    struct exch_itch *it, struct exch_mold_session **out, struct exch_diag *d);
struct exch_itch *exch_mold_itch(const struct exch_mold_session *s);

/* Take a packet of a session. */
int exch_mold_take(struct exch_mold *m, struct exch_mold_session *s,
    const struct exch_mold_packet *k, struct exch_diag *d);
/* The capture ends: deliver what was held, report what is missing. */
int exch_mold_finish(struct exch_mold *m, struct exch_diag *d);

/* ---- what was delivered lately, to compare second copies with ---- */

struct exch_recent;

struct exch_recent *exch_recent_new(void);
void exch_recent_free(struct exch_recent *r);
void exch_recent_clear(struct exch_recent *r);
/* Keep the message blocks (lengths included) of `count` messages. */
void exch_recent_put(struct exch_recent *r, uint64_t first, uint64_t count,
    const unsigned char *blocks, size_t n);
/* The kept packet's blocks when it has just these messages, or NULL. */
const unsigned char *exch_recent_packet(
    const struct exch_recent *r, uint64_t first, uint64_t count, size_t *n);
/* The kept message with this number, or NULL. */
const unsigned char *exch_recent_message(
    const struct exch_recent *r, uint64_t seq, size_t *n);

#endif
