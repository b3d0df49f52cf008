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
	uint32_t mark;	     /* for who has the orders */
	uint32_t prev, next; /* slots of the same instrument; 0: none */
};

/* The orders of an instrument. */
struct exch_live_book {
	struct exch_key key; /* 0, the instrument */
	uint32_t first;	     /* slot; 0: none */
	uint32_t zero;
};

struct exch_lives {
	struct exch_keyed order;
	struct exch_keyed book;
};

/* EXCH_ERR_NOMEM. */
int exch_lives_init(struct exch_lives *s);
/* Good after a failed init, and of zeros, too. */
void exch_lives_clear(struct exch_lives *s);

/* NULL: there is none. */
static inline struct exch_live *
exch_live_find(const struct exch_lives *s, uint32_t place, exch_oid id)
{
	return exch_keyed_find(&s->order, place, id);
}

/*
 * One of an instrument, without quantity and price.  They move when others
 * come.  EXCH_ERR_EXISTS: it is there already; EXCH_ERR_NOMEM, EXCH_ERR_LIMIT.
 */
int exch_live_add(struct exch_lives *s, uint32_t place, exch_oid id,
    uint32_t instr, struct exch_live **out);
void exch_live_drop(struct exch_lives *s, struct exch_live *l);

/* It has so much less (at most all): it is gone when nothing is left. */
static inline void
exch_live_take(struct exch_lives *s, struct exch_live *l, exch_qty qty)
{
	l->qty -= qty;
	if (l->qty == 0)
		exch_live_drop(s, l);
}

/*
 * All orders of an instrument are gone: a BOOK_DELETE for each, in order of
 * their ids.  EXCH_ERR_NOMEM, or what the sink says.
 */
int exch_live_clear(struct exch_lives *s, uint32_t instr, exch_ts t,
    const struct exch_feed_sink *sink, struct exch_diag *d);

#endif
