/*
 * Sessions of numbered messages: each message once and in the order of the
 * numbers, whatever order and however many times the packets came; and the
 * accounts of what was lost, doubled and late.  How a packet says its session
 * and its numbers is its transport's (mold.h, iextp.h), what a message means
 * is its decoder's.
 */
#ifndef EXCH_FEED_SEQ_H
#define EXCH_FEED_SEQ_H

#include "base/bytes.h"
#include "feed/feed.h"
#include "feed/line.h"
#include "feed/recent.h"

/*
 * How long, by capture time, and how much a session waits for a gap to be
 * filled by the other line or a retransmission.
 */
#define EXCH_SEQ_WAIT EXCH_SEC
#define EXCH_SEQ_HOLD_PACKETS 4096
#define EXCH_SEQ_HOLD_BYTES (4u << 20)
/* And all sessions together. */
#define EXCH_SEQ_HOLD_ALL (32u << 20)
/* Sessions in one capture. */
#define EXCH_SEQ_SESSIONS 256
/*
 * A live session is judged by the clock of who receives it, and begins with
 * number 1 whatever came first.
 */
struct exch_seq_rules {
	uint64_t wait;	/* ns that a gap may last */
	uint64_t begin; /* and what is missing at the beginning; 0: so, too */
	uint64_t stray; /* a session goes on without a packet for so long */
	bool from_one;
	unsigned room; /* times as much as is usual may be held; 0: once */
	/* Told of what is lost for good; NULL: of no interest. */
	void (*lost)(
	    void *arg, const char *session, uint64_t first, uint64_t count);
	void *arg;
};

/* A packet's messages, at most. */
#define EXCH_SEQ_COUNT_MAX 0xffffu

/* What a datagram of a capture holds. */
struct exch_payload {
	const unsigned char *p;
	size_t n;
	bool cut;		     /* fewer bytes were captured than sent */
	exch_ts time;		     /* of capture */
	uint64_t number;	     /* of the packet in the capture */
	uint64_t offset;	     /* of the payload in the packet */
	struct exch_feed_line *line; /* that it came on; NULL: not told */
};

/* The messages of one, each behind its length. */
struct exch_seq_packet {
	struct exch_payload k; /* without the transport's header */
	uint64_t first;	       /* number of the first, or of the next to come */
	uint64_t count;	       /* 0: none, only the number is told */
	bool end;	       /* none will follow; count is 0 */
};

/* Messages on their way into a decoder. */
struct exch_blocks {
	const unsigned char *p;
	size_t n;	  /* bytes */
	uint64_t count;	  /* messages that should be there */
	exch_ts captured; /* time of the packet */
};

typedef int exch_block_fn(void *arg, const unsigned char *p, size_t n,
    const struct exch_feed_at *at, struct exch_diag *d);

/*
 * Each of them to `message`, until one is not 0 or not whole.  Afterwards `b`
 * is what is left: nothing, bytes without messages, messages that are not
 * whole, or what follows after an error.  Inlined with its caller's function,
 * for it is the hot path of every decoder.
 */
static inline __attribute__((always_inline)) int
exch_blocks_each(struct exch_blocks *b, enum exch_length how,
    exch_block_fn *message, void *arg, const struct exch_feed_at *at,
    struct exch_diag *d)
{
	const ptrdiff_t lead = (ptrdiff_t)exch_length_size(how);
	const unsigned char *p = b->p;
	const unsigned char *end = p + b->n;
	uint64_t left = b->count;
	int err = 0;

	while (left > 0) {
		size_t len;

		if (end - p < lead ||
		    (size_t)(end - p - lead) < (len = exch_length_at(how, p)))
			break;
		err = message(arg, p + lead, len, at, d);
		if (__builtin_expect(err != 0, 0))
			break;
		p += (size_t)lead + len;
		left--;
	}
	b->p = p;
	b->n = (size_t)(end - p);
	b->count = left;
	return err;
}

#define EXCH_SEQ_KEY 10	 /* bytes by which a transport tells sessions apart */
#define EXCH_SEQ_NAME 11 /* the name of one as text, and a NUL */

/* A transport with the decoder behind it. */
struct exch_seq_kind {
	/* Bytes from the number of a packet's header to its first message. */
	uint8_t before;
	uint8_t length; /* enum exch_length: of the messages' lengths */
	/* Number 0 is of messages without numbers, and no trouble. */
	bool unnumbered;
	/*
	 * A session that begins anew says nothing of it: `again` is called for
	 * its first message, too.  And few messages tell whether they are
	 * later: who goes on behind one that is need not say so.
	 */
	bool silent;
	/*
	 * Decode messages; `at` is where they begin.  Afterwards `b` is what
	 * is left: nothing, bytes without messages, messages that are not
	 * whole, or what follows after an error.
	 */
	int (*blocks)(void *decoder, struct exch_blocks *b,
	    const struct exch_feed_at *at, struct exch_diag *d);
	/* Messages were lost for good, before a packet of this time. */
	int (*gap)(void *decoder, const char *session, uint64_t first,
	    uint64_t count, exch_ts captured, struct exch_diag *d);
	/* Is this message later than all decoded? */
	bool (*later)(const void *decoder, const unsigned char *p, size_t n);
	/*
	 * The session begins anew with this message, and what it said at its
	 * beginning was lost, or it says nothing (`silent`).  NULL: the decoder remembers nothing.
	 */
	int (*again)(void *decoder, const unsigned char *p, size_t n,
	    struct exch_diag *d);
	/*
	 * Has a message said that none will follow?  NULL: the transport says
	 * so itself.
	 */
	bool (*over)(const void *decoder);
};

struct exch_run;

/* What the inlined calls touch: the first members of the two. */
struct exch_seq;
struct exch_seq_session;

struct exch_seq_hot {
	exch_ts now;	/* latest time of capture */
	size_t waiting; /* packets held, of all sessions */
};

struct exch_seq_session_hot {
	unsigned char key[EXCH_SEQ_KEY];
	bool started;	   /* `expected` means something */
	uint64_t expected; /* number of the next message */
	exch_ts moved;	   /* when the session last showed life there */
	void *decoder;
	struct exch_recent *recent; /* what it delivered last */
};

/* `forced` (--as): blank sequence numbers are no trouble. */
int exch_seq_new(const struct exch_seq_kind *kind, struct exch_run *run,
    struct exch_feed_stats *st, bool forced, struct exch_seq **out,
    struct exch_diag *d);
void exch_seq_free(struct exch_seq *m);
/* Before the first packet; good as long as `m`. */
void exch_seq_rule(struct exch_seq *m, const struct exch_seq_rules *r);

/* Is this the session's key? */
static inline bool
exch_seq_is(const struct exch_seq_session *s, const unsigned char *key)
{
	const struct exch_seq_session_hot *h = (const void *)s;

	return exch_le64(h->key) == exch_le64(key) &&
	       exch_le16(h->key + 8) == exch_le16(key + 8);
}

/* The session with this key, or NULL. */
struct exch_seq_session *exch_seq_find(
    struct exch_seq *m, const unsigned char *key);
/*
 * Begin a session, of which `name` is told.  A key of zeros: its numbers mean
 * nothing.  EXCH_ERR_LIMIT: too many of them.
 */
int exch_seq_open(struct exch_seq *m, const unsigned char *key,
    const char *name, void *decoder, struct exch_seq_session **out,
    struct exch_diag *d);
void *exch_seq_decoder(const struct exch_seq_session *s);
/* The next packet, of which something is left, or that met an error. */
int exch_seq_short(struct exch_seq *m, struct exch_seq_session *s,
    const struct exch_seq_packet *k, const struct exch_blocks *left, int err,
    struct exch_diag *d);
/* The rare cases of the call below, and packets without messages. */
int exch_seq_take_slow(struct exch_seq *m, struct exch_seq_session *s,
    const struct exch_seq_packet *k, struct exch_diag *d);

/* Its line is accounted for, before it is taken. */
static inline void
exch_seq_note(const struct exch_seq_session *s, const struct exch_seq_packet *q)
{
	const struct exch_seq_session_hot *h = (const void *)s;

	if (q->k.line != NULL)
		exch_line_note(q->k.line, h->key, q->first, q->count,
		    h->started ? h->expected : 0);
}

/*
 * Take a packet of a session: nearly always the next one, and none waits.
 * `blocks` is that of the kind, named by the caller so that it is inlined.
 */
static inline __attribute__((always_inline)) int
exch_seq_take(struct exch_seq *m, struct exch_seq_session *s,
    const struct exch_seq_packet *q,
    int (*blocks)(void *decoder, struct exch_blocks *b,
	const struct exch_feed_at *at, struct exch_diag *d),
    struct exch_diag *d)
{
	struct exch_seq_hot *all = (void *)m;
	struct exch_seq_session_hot *h = (void *)s;
	struct exch_blocks b = {q->k.p, q->k.n, q->count, q->k.time};
	struct exch_feed_at at = {EXCH_POS_PACKET, q->k.number, q->k.offset};
	int err;

	exch_seq_note(s, q);
	if (q->k.time > all->now)
		all->now = q->k.time;
	if (__builtin_expect(q->first != h->expected || !h->started ||
				 q->count == 0 || all->waiting != 0,
		0)) {
		struct exch_seq_packet copy = *q; /* it stays in registers */

		return exch_seq_take_slow(m, s, &copy, d);
	}
	h->moved = q->k.time;
	err = blocks(h->decoder, &b, &at, d);
	if (__builtin_expect(((uint64_t)err | b.count | b.n) != 0, 0)) {
		struct exch_seq_packet copy = *q;

		return exch_seq_short(m, s, &copy, &b, err, d);
	}
	exch_recent_put(h->recent, q->first, q->count, q->k.p, q->k.n);
	h->expected = q->first + q->count;
	return 0;
}

/* The number of the next message: all before it were delivered, or are lost. */
static inline uint64_t
exch_seq_expected(const struct exch_seq_session *s)
{
	return ((const struct exch_seq_session_hot *)(const void *)s)->expected;
}

/* ---- for who can do something about a gap ---- */

struct exch_seq_gap {
	struct exch_seq_session *session;
	const unsigned char *key;
	uint64_t first, count; /* what is missing before the first that waits */
};

/* The gap of the first session that has one; false: none waits. */
bool exch_seq_missing(const struct exch_seq *m, struct exch_seq_gap *g);
/* The same, of those that have their first message, or that have it not. */
bool exch_seq_missing_later(const struct exch_seq *m, struct exch_seq_gap *g);
bool exch_seq_missing_first(const struct exch_seq *m, struct exch_seq_gap *g);
/* It is so late: gaps may have lasted long enough. */
int exch_seq_tick(struct exch_seq *m, exch_ts now, struct exch_diag *d);
/* What is missing below `to` will not come. */
int exch_seq_pass(struct exch_seq *m, struct exch_seq_session *s, uint64_t to,
    struct exch_diag *d);
/*
 * All messages below `next` are known in another way (a snapshot): the session
 * begins there, and what waited goes on.  To be called before anything was
 * delivered.
 */
int exch_seq_begin(struct exch_seq *m, struct exch_seq_session *s,
    uint64_t next, struct exch_diag *d);
/* Sessions that there are, and each of them. */
size_t exch_seq_sessions(const struct exch_seq *m);
struct exch_seq_session *exch_seq_at(const struct exch_seq *m, size_t i);
const unsigned char *exch_seq_key(const struct exch_seq_session *s);
/* Its first message is missing, and others wait for it. */
bool exch_seq_lacks_first(const struct exch_seq_session *s);
/*
 * Has the session delivered messages of this packet, and were they the same?  1:
 * they were, and one of more than `chance` bytes is among them, by which they may
 * be so by chance; -1: another one had its number; 0: nobody knows.
 */
int exch_seq_knows(const struct exch_seq *m, const struct exch_seq_session *s,
    const struct exch_seq_packet *q, size_t chance);
/* When, by capture, it last went on: a message, or a heartbeat at that number. */
static inline exch_ts
exch_seq_moved(const struct exch_seq_session *s)
{
	return ((const struct exch_seq_session_hot *)(const void *)s)->moved;
}
/* The first message that counts: that of exch_seq_begin(), 1 after a new start. */
uint64_t exch_seq_first(const struct exch_seq_session *s);
/* Would a packet that begins there have to wait where nothing more may? */
bool exch_seq_is_full(
    const struct exch_seq *m, const struct exch_seq_session *s, uint64_t first);
/* Has it said that it is over, and which number would have come next? */
bool exch_seq_ended(const struct exch_seq_session *s, uint64_t *next);
/*
 * Messages of others have come, and of this one only its number was told: a
 * stray heartbeat, or a session in which nothing happens.  What its number says
 * to be missing is not missed.
 */
bool exch_seq_is_rumour(struct exch_seq *m, struct exch_seq_session *s);
/* Messages of some session have come. */
bool exch_seq_spoke(struct exch_seq *m);
/*
 * All sessions but for rumours have said that they are over, and nothing waits;
 * *any: there is one that did.
 */
bool exch_seq_over(struct exch_seq *m, bool *any);

/* The capture ends: deliver what was held, report what is missing. */
int exch_seq_finish(struct exch_seq *m, struct exch_diag *d);

#endif
