/*
 * TCP connections of a capture: the bytes of both directions, each once and in
 * order, whatever order the segments were captured in and however often.  What
 * a capture misses is told as so many bytes lost, and waited for no longer than
 * it can still come: memory is bounded (RFC 9293, section 3.4, has the numbers).
 */
#ifndef EXCH_FEED_TCP_H
#define EXCH_FEED_TCP_H

#include "feed/feed.h"

/* What a hole may hold back: by capture time, and in one direction and all. */
#define EXCH_TCP_WAIT (3 * EXCH_SEC)
#define EXCH_TCP_HOLD (256u << 10)
#define EXCH_TCP_HOLD_ALL (32u << 20)
/* Connections that are known at a time; one more, and the most silent goes. */
#define EXCH_TCP_MAX 65536u

/* One end of a connection. */
struct exch_tcp_end {
	uint8_t family;		/* 4 or 6 */
	unsigned char addr[16]; /* 4 of them for family 4 */
	uint16_t port;
};

struct exch_tcp_conn {
	struct exch_tcp_end end[2];
	/*
	 * Which of them asked for the connection; -1: that was not captured.
	 */
	int client;
	void *user; /* the taker's; NULL at first */
};

/* Bytes that come next from end[from]. */
struct exch_tcp_bytes {
	struct exch_tcp_conn *conn;
	unsigned from;
	uint64_t lost; /* bytes before them that are not there */
	/*
	 * They follow what came before the last bytes that were lost: those
	 * behind these were of a number that was none.
	 */
	bool back;
	const unsigned char *p; /* good during the call */
	size_t n;
	exch_ts time;		/* of their capture */
	struct exch_feed_at at; /* where the first of them stands */
};

/* Who takes them.  A non-zero result ends it and is handed back. */
struct exch_tcp_taker {
	void *arg;
	int (*bytes)(
	    void *arg, const struct exch_tcp_bytes *b, struct exch_diag *d);
	/* It is over; the taker frees what it has.  No d: it asks nobody. */
	int (*over)(void *arg, struct exch_tcp_conn *c, struct exch_diag *d);
	/* A segment was left out: its side went on without it. */
	int (*astray)(
	    void *arg, const struct exch_feed_at *at, struct exch_diag *d);
};

/* A segment: an IP payload of protocol 6. */
struct exch_tcp_segment {
	uint8_t family;
	const unsigned char *src, *dst;
	const unsigned char *p; /* the header and what follows */
	size_t n;
	exch_ts time;
	struct exch_feed_at at; /* of p */
};

struct exch_tcp_stats {
	uint64_t connections;
	uint64_t again;	    /* segments that brought nothing new */
	uint64_t reordered; /* that came before others they follow */
	uint64_t holes;
	uint64_t lost;	 /* bytes */
	uint64_t astray; /* segments */
};

struct exch_tcp;

/* EXCH_ERR_NOMEM */
int exch_tcp_new(const struct exch_tcp_taker *taker, struct exch_tcp **out,
    struct exch_diag *d);
/* Every connection is over; what is held back is lost without a word. */
void exch_tcp_free(struct exch_tcp *t);

enum exch_tcp_result {
	EXCH_TCP_OK,
	EXCH_TCP_SHORT, /* no whole header */
	EXCH_TCP_BAD	/* a header that contradicts itself */
};
/* *result is told with 0; other values are the taker's, or EXCH_ERR_NOMEM. */
int exch_tcp_take(struct exch_tcp *t, const struct exch_tcp_segment *s,
    enum exch_tcp_result *result, struct exch_diag *d);
/* End of the capture: what was held back is given, and all are over. */
int exch_tcp_finish(struct exch_tcp *t, struct exch_diag *d);
const struct exch_tcp_stats *exch_tcp_stats(const struct exch_tcp *t);

#endif
