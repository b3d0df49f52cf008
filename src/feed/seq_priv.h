/*
 * The memory of sessions, and what its files share: seq.c puts packets in order,
 * seq_ask.c answers those who ask what is there and what is missing.
 */
#ifndef EXCH_FEED_SEQ_PRIV_H
#define EXCH_FEED_SEQ_PRIV_H

#include "feed/seq.h"

/* Lost ranges remembered, to tell late messages from doubled ones. */
#define EXCH_SEQ_GAPS 64

/* Messages that no line is behind another. */
#define EXCH_SEQ_FAR (1u << 20)

/* A packet that waits, in order of first number. */
struct exch_seq_held {
	struct exch_seq_held *next;
	struct exch_seq_packet q; /* q.k.p points behind this structure */
};

struct exch_seq_lost {
	uint64_t first;
	uint64_t count;
};

struct exch_seq_session {
	struct exch_seq_session_hot h; /* first */
	char name[EXCH_SEQ_NAME];
	bool blank;	/* of zeros: numbers mean nothing */
	bool spoke;	/* a message of it has come */
	bool ended;	/* an end-of-session packet was seen */
	uint64_t end;	/* the number that would have come next */
	uint64_t begin; /* first number seen */
	struct exch_seq_held *held;
	struct exch_seq_held *tail; /* the last of them */
	/* that a packet was put at last, or told from; NULL: nobody knows */
	struct exch_seq_held *near;
	size_t nheld;
	size_t held_bytes;
	/* with an old number, and later than all; or NULL */
	struct exch_seq_held *odd;
	uint64_t odd_at; /* what was expected when it came */
	struct exch_seq_lost gap[EXCH_SEQ_GAPS];
	size_t ngaps;
};

struct exch_seq {
	struct exch_seq_hot h; /* first */
	const struct exch_seq_kind *kind;
	struct exch_run *run;
	struct exch_feed_stats *st;
	bool forced;
	struct exch_seq_rules rules;
	size_t waiting_bytes; /* of all sessions */
	size_t nsessions;
	size_t nspoke;		       /* of them, those that spoke */
	struct exch_seq_session *last; /* found */
	struct exch_seq_session *session[EXCH_SEQ_SESSIONS];
};

#endif
