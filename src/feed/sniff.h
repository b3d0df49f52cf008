/*
 * Packets as an interface sees them, through libpcap: what a capture of it would
 * hold, decoded while it comes.
 */
#ifndef EXCH_FEED_SNIFF_H
#define EXCH_FEED_SNIFF_H

#include "feed/feed.h"

struct exch_sniff {
	const char *interface;
	const char *filter;    /* pcap-filter(7), or NULL: all packets */
	uint64_t idle;	       /* ns without a packet end it; 0: nothing does */
	uint64_t (*now)(void); /* a clock in ns that never goes back */
	/* Packets are seen from now on. */
	void (*ready)(void *arg);
	/*
	 * Called before each wait for a packet, when all that was decoded has
	 * been handed on.  Non-zero ends the run.
	 */
	int (*waiting)(void *arg, struct exch_diag *d);
	/* So many packets came faster than they were read, and were not seen. */
	void (*dropped)(void *arg, uint64_t n);
	void *arg;
};

/*
 * Decode until every session of market data has said that it is over, or nothing
 * has come for `idle`: EXCH_ERR_CUT then, if sessions of market data were not
 * over.  EXCH_ERR_NEED: the interface cannot be read, or the filter is none;
 * EXCH_ERR_FORMAT: there was nothing of a feed; what the sink says.
 */
int exch_sniff_run(const struct exch_sniff *s, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_diag *d);

#endif
