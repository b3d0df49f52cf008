/*
 * Multicast as it comes: one or two groups with the same packets, of which
 * each message is taken once, from whoever brings it first; a server that is
 * asked for what neither brought; and one that tells who comes late how the
 * market stands.
 */
#ifndef EXCH_FEED_JOIN_H
#define EXCH_FEED_JOIN_H

#include "feed/feed.h"
#include "sock/udp.h"

#define EXCH_JOIN_LINES 2

struct exch_join_backup;

struct exch_join {
	struct exch_udp_group group[EXCH_JOIN_LINES];
	unsigned nlines;
	const char *interface; /* NULL: as the system finds it */
	const char *ask;       /* HOST:PORT of the server; NULL: none */
	const char *snapshot;  /* and of the other one */
	uint64_t wait;	       /* ns that a gap may last */
	uint64_t idle;	       /* ns without a packet end it; 0: nothing does */
	uint64_t (*now)(void); /* a clock in ns that never goes back */
	/*
	 * Called before each wait for a packet, when all that was decoded
	 * has been handed on.
	 * Non-zero ends the run (EXCH_ERR_STOP: a signal came).
	 */
	int (*waiting)(void *arg, struct exch_diag *d);
	/* All groups were joined. */
	void (*joined)(void *arg);
	/* So many messages of a session, from the first on, will not come. */
	void (*lost)(
	    void *arg, const char *session, uint64_t first, uint64_t count);
	/* A snapshot of so many messages stands for those below `next`. */
	void (*begun)(void *arg, uint64_t count, uint64_t next);
	/* The only session is called so, and that of the snapshot otherwise. */
	void (*otherwise)(void *arg, const char *session, const char *snapshot);
	void *arg;
	const struct exch_join_backup *backup; /* NULL: there is none */
};

/* What a line was good for. */
struct exch_join_line {
	uint64_t packets;
	uint64_t messages;
	uint64_t gaps;	 /* times that it jumped ahead */
	uint64_t passed; /* messages that it jumped over */
	uint64_t filled; /* of these, brought by the other line */
	uint64_t first;	 /* messages that nobody had brought before */
	uint64_t again;	 /* messages that were there */
	uint64_t next;	 /* its own next number */
};

struct exch_join_stats {
	struct exch_join_line line[EXCH_JOIN_LINES];
	struct exch_join_line answers; /* of the server */
	uint64_t requests;
	uint64_t refused; /* answers: it is not kept any more */
	uint64_t dropped; /* packets for which there was no room, asked later */
	uint64_t snapshot; /* messages of one */
	uint64_t attempts; /* to have one */
};

/*
 * Another feed, read beside the first from the beginning on.  When nothing at
 * all has come of the first for a time, while this one is alive or has said
 * that it is over, the first is left for good and the run goes on with this
 * one.  What it finds goes to a sink of its own, before and after.  A packet is
 * life when it is of a session of the feed, whatever it says.
 */
struct exch_join_backup {
	struct exch_join join; /* without `waiting` and `backup` */
	const struct exch_feed_opts *opts;
	const struct exch_feed_sink *sink;
	struct exch_feed_stats *st;
	struct exch_join_stats *js;
	uint64_t silent; /* ns */
	/* All of the first was handed on, and nothing of it will follow. */
	int (*change)(void *arg, struct exch_diag *d);
	/* It cannot be read any more, and is left; `why` as of an error. */
	void (*given_up)(void *arg, const struct exch_diag *why);
	void *arg;
};

/*
 * Join, and decode until every session has said that it is over and nothing is
 * missing.  EXCH_ERR_CUT when it went silent before; EXCH_ERR_NEED,
 * EXCH_ERR_IO when a group cannot be joined; what the sink says.
 */
int exch_join_run(const struct exch_join *j, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_join_stats *js, struct exch_diag *d);

#endif
