/*
 * Orders of a while ago, to know whether one is sent again: who, what side,
 * price and quantity.  What is older than the longest window is forgotten, so
 * that it holds as many as came within that.
 */
#ifndef EXCH_RISK_SAME_H
#define EXCH_RISK_SAME_H

#include "base/err.h"

struct exch_same_what {
	uint32_t holding; /* account and instrument */
	uint8_t side;
	exch_px price;
	exch_qty qty;
};

struct exch_same_entry {
	struct exch_same_what what;
	exch_ts time;
	uint32_t hash;
	uint32_t next;	       /* of its bucket */
	uint32_t older, newer; /* in time; 0: none */
};

struct exch_same {
	struct exch_same_entry *entry; /* 0 is none */
	uint32_t *bucket;
	uint32_t cap, used, free; /* free: list through `next` */
	uint32_t live, mask;
	uint64_t salt;
	uint32_t oldest, newest;
};

/* EXCH_ERR_NOMEM. */
int exch_same_init(struct exch_same *s);
void exch_same_clear(struct exch_same *s);
/*
 * Did the same come within `within` ns before `now`, which never goes back?
 * *ago is how long before then; EXCH_TS_NONE: no, and it is remembered now.
 * What came `keep` ns before or longer is forgotten; `within` is not longer.
 * EXCH_ERR_NOMEM.
 */
int exch_same_ask(struct exch_same *s, const struct exch_same_what *what,
    exch_ts now, uint64_t within, uint64_t keep, uint64_t *ago);
/* All of it as bytes (base/image.h), read into an initialised one. */
struct exch_image;
void exch_same_image(struct exch_image *im, struct exch_same *s);

#endif
