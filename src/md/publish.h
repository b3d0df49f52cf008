/*
 * Where the packets of a feed go while it is made: multicast, and what may
 * come.  The feed does not know its transport, the transport not its feed but
 * for the header of MoldUDP64 that every packet begins with.
 */
#ifndef EXCH_MD_PUBLISH_H
#define EXCH_MD_PUBLISH_H

#include "base/err.h"

#define EXCH_MOLD_HEAD 20u     /* session 10, number 8, count 2 */
#define EXCH_MOLD_OVER 0xffffu /* the count of the last packet */

/* A packet, good during the call. */
struct exch_published {
	const unsigned char *p; /* from the header of MoldUDP64 on */
	size_t n;
	exch_ts time; /* of its messages */
};

struct exch_publisher {
	void *arg;
	/*
	 * Packets come in the order of their numbers, the last one says that
	 * the session is over.  Whoever paces them waits here; EXCH_ERR_STOP
	 * when a signal came, or what the transport says.
	 */
	int (*packet)(
	    void *arg, const struct exch_published *k, struct exch_diag *d);
};

#endif
