/*
 * Runs of exch-match that follow each other: each is the standby of the one
 * before, over one journal in a directory or over a connection.
 */
#ifndef EXCH_TESTS_RUNS_H
#define EXCH_TESTS_RUNS_H

#include "lives.h"

/* What all of them have in common. */
struct runs {
	bool link;	    /* a journal each; else one, and its lock */
	const char *sync;   /* of --standby-sync, NULL: without */
	const char *lease;  /* of --lease, NULL: without */
	const char *input;  /* a file, NULL: the feed */
	const char *output; /* a file, NULL: a pipe from each */
	const struct feed *feed;
};

/* Where one of them is, and what it matches with; zeros: here, by itself. */
struct place {
	const char *net; /* a network namespace */
	const char *host;
	unsigned port;	  /* 0: a free one */
	const char *card; /* of --card, NULL: no card */
};

/*
 * Start number `i`, as a primary or as the standby of the one before, which
 * is at the place `before`; its own is filled in.
 */
void run_start(struct life *l, const struct runs *all, unsigned i,
    struct place *here, const struct place *before);
/* Nothing is left of runs before. */
void runs_clean(void);

#endif
