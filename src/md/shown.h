/*
 * What a subscriber of an ITCH feed has been shown who heard all of it: stocks,
 * their states, and the orders that are displayed.  Told to one who comes late
 * it is a snapshot as GLIMPSE 5.0 has it, behind which the feed goes on.
 *
 * It is made of the packets that were sent, as the subscriber's own is; so a
 * snapshot can be had whenever somebody wants one, also while nothing comes.
 */
#ifndef EXCH_MD_SHOWN_H
#define EXCH_MD_SHOWN_H

#include "base/keyed.h"
#include "md/itch_out.h"

/* Of GLIMPSE: type and number. */
#define EXCH_SHOWN_END 21u

struct exch_shown_stock;

struct exch_shown {
	struct exch_keyed order;	/* by reference */
	struct exch_shown_stock *stock; /* by locate */
	uint32_t nstock;
	/* what was said of the market, each once */
	unsigned char system[8][12];
	unsigned nsystem;
	unsigned char time[6]; /* of the last message */
	uint64_t rank;	       /* of the last order that came */
	uint64_t next; /* number of the message that comes next, from 1 */
};

/* EXCH_ERR_NOMEM. */
int exch_shown_init(struct exch_shown *s);
/* Good after a failed init, and of zeros, too. */
void exch_shown_clear(struct exch_shown *s);
/*
 * The packet of MoldUDP64 that comes next, as the feed made it.
 * EXCH_ERR_NOMEM, EXCH_ERR_LIMIT: 2^30 orders.
 */
int exch_shown_take(struct exch_shown *s, const unsigned char *p, size_t n);
/*
 * The messages of a snapshot, one after the other to `put`: system events, then
 * each stock with its state, then the orders as they stand, first come first,
 * and the number of the next message of the feed.  All are of the time of the
 * last message.  EXCH_ERR_NOMEM.
 */
int exch_shown_tell(const struct exch_shown *s,
    void (*put)(void *arg, const unsigned char *p, size_t n), void *arg);

#endif
