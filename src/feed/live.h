/*
 * Orders that a feed has displayed, for feeds whose later messages do not say
 * all about them: which symbol it was, or how much is left.
 */
#ifndef EXCH_FEED_LIVE_H
#define EXCH_FEED_LIVE_H

#include "base/keyed.h"
#include "feed/feed.h"

struct exch_live {
	struct exch_key key; /* what the feed knows it by; id: the order's */
	exch_qty qty;	     /* what is left of it */
	exch_px price;
	uint32_t instr;
	uint32_t mark; /* for who has the orders */
};

/* It has so much less (at most all): it is gone when nothing is left. */
static inline void
exch_live_take(struct exch_keyed *orders, struct exch_live *l, exch_qty qty)
{
	l->qty -= qty;
	if (l->qty == 0)
		exch_keyed_drop(orders, l);
}

/*
 * All orders of an instrument are gone: a BOOK_DELETE for each, in order of
 * their ids.  Takes time for all orders of the feed.  EXCH_ERR_NOMEM, or what
 * the sink says.
 */
int exch_live_clear(struct exch_keyed *orders, uint32_t instr, exch_ts t,
    const struct exch_feed_sink *sink, struct exch_diag *d);

#endif
