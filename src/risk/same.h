/*
 * Orders of a while ago, to know whether one is sent again: who, what side,
 * price and quantity.  What is older than the longest window is forgotten, so
 * that it holds as many as came within that.
 */
#ifndef EXCH_RISK_SAME_H
#define EXCH_RISK_SAME_H

#include "base/err.h"

struct exch_same_what {
	uint64_t who; /* account, instrument and side, as one number */
	exch_px price;
	exch_qty qty;
};

struct exch_same_entry {
	struct exch_same_what what;
	exch_ts time;
	uint64_t before; /* the number of the one before it in its bucket */
};

/*
 * A ring of them as they came, numbered from 1.  A bucket leads to the newest
 * of those that have its hash, and each to the one before it.  What is older
 * than `first` is forgotten, and all that it leads to: nothing is ever taken
 * out of a bucket.
 */
struct exch_same {
	struct exch_same_entry *ring;
	uint64_t *bucket;
	uint64_t first, end; /* the oldest; the next one */
	uint64_t mask;	     /* of both, a power of two less 1 */
	uint64_t salt;
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
