/*
 * The server of snapshots: whoever logs in over SoupBinTCP is sent the market as
 * subscribers have it, and the number with which the multicast goes on.
 * Nobody waits for a client, and one that does not read goes away; nor do the
 * lines: only what is marked so needs them to stand still.
 */
#ifndef EXCH_CMD_FEED_SNAPSHOTS_H
#define EXCH_CMD_FEED_SNAPSHOTS_H

#include "md/shown.h"
#include "sock/soup.h"

#define SNAPSHOT_CLIENTS 16

struct snapshot; /* what several clients may be sent */

struct snapshot_client {
	int fd; /* -1: nobody */
	struct exch_soup in;
	struct snapshot *out; /* NULL: not logged in */
	size_t sent;
	uint64_t heard;	 /* when it came, logged in or took something last */
	uint64_t beaten; /* when a heartbeat was sent */
	uint64_t came;
	bool asks;   /* logged in, and waits for a snapshot to be made */
	bool silent; /* it says nothing more, and may still read */
	bool leaves;
	bool refused; /* there is no such session */
};

struct snapshots {
	int fd; /* -1: not open */
	/* Of the lines. */
	struct exch_shown shown;
	unsigned char session[10];
	uint64_t heard; /* when somebody was served last; 0: nobody */
	/* Of the server. */
	unsigned char told[10]; /* the session as it was when it looked */
	bool begun;
	struct snapshot *last; /* the one made last; NULL: none */
	uint64_t made, cost;   /* when, and how long it took */
	struct snapshot_client client[SNAPSHOT_CLIENTS];
	bool full; /* all places are taken */
	uint64_t now;
	uint64_t given, refusals, gone; /* gone: who did not read it all */
	bool failed;			/* no memory for one */
};

/* At HOST:PORT.  EXCH_ERR_NEED, EXCH_ERR_IO, EXCH_ERR_NOMEM. */
int snapshots_open(struct snapshots *s, const char *at, struct exch_diag *d);
/* The next packet of the feed.  The lines stand still. */
int snapshots_put(
    struct snapshots *s, const unsigned char *p, size_t n, struct exch_diag *d);
/* One for those who ask, when it is time to.  The lines stand still. */
void snapshots_make(struct snapshots *s, uint64_t now);
/* Who comes, who asks, who is sent something. */
void snapshots_serve(struct snapshots *s, uint64_t now);
void snapshots_close(struct snapshots *s);

#endif
