/*
 * Orders of a while ago, to know whether one is sent again: who, what side,
 * price and quantity.  What is older than the longest window is forgotten, so
 * that it holds as many as came within that.
 */
#ifndef EXCH_RISK_SAME_H
#define EXCH_RISK_SAME_H

#include "base/err.h"
#include "base/salted.h"

/* More in one bucket are no accident. */
#define EXCH_SAME_FAR 64u

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
/* Each number has a product of its own, and the salt is in all of them. */
static inline uint64_t *
exch_same_bucket(const struct exch_same *s, const struct exch_same_what *w)
{
	uint64_t h = (uint64_t)w->price * (EXCH_SALTED_FACTOR + s->salt);

	h = (h ^ h >> 31) + w->qty;
	h *= UINT64_C(0xd6e8feb86659fd93) - s->salt;
	h = (h ^ h >> 31) + w->who;
	return &s->bucket[exch_salted(h, s->salt) & s->mask];
}

static inline struct exch_same_entry *
exch_same_at(const struct exch_same *s, uint64_t number)
{
	return &s->ring[number & s->mask];
}

static inline bool
exch_same_is(const struct exch_same_what *a, const struct exch_same_what *b)
{
	return a->price == b->price && a->qty == b->qty && a->who == b->who;
}

static inline void
exch_same_add(struct exch_same *s, uint64_t *bucket,
    const struct exch_same_what *what, exch_ts time)
{
	*exch_same_at(s, s->end) =
	    (struct exch_same_entry){*what, time, *bucket};
	*bucket = s->end++;
}

static inline bool
exch_same_is_full(const struct exch_same *s)
{
	return s->end - s->first > s->mask;
}

/* It becomes larger when it is full, else it gets another hash. */
int exch_same_room(struct exch_same *s);

/*
 * Did the same come within `within` ns before `now`, which never goes back?
 * *ago is how long before then; EXCH_TS_NONE: no, and it is remembered now.
 * What came `keep` ns before or longer is forgotten; `within` is not longer.
 * EXCH_ERR_NOMEM.
 */
static inline int
exch_same_ask(struct exch_same *s, const struct exch_same_what *what,
    exch_ts now, uint64_t within, uint64_t keep, uint64_t *ago)
{
	uint64_t *bucket = exch_same_bucket(s, what), i = *bucket, n = 0;

	*ago = EXCH_TS_NONE;
	while (
	    s->first < s->end && now - exch_same_at(s, s->first)->time >= keep)
		s->first++;
	for (; i >= s->first && !exch_same_is(&exch_same_at(s, i)->what, what);
	     n++)
		i = exch_same_at(s, i)->before;
	if (i >= s->first && now - exch_same_at(s, i)->time < within) {
		*ago = now - exch_same_at(s, i)->time;
		return EXCH_OK;
	}
	if (exch_same_is_full(s) || n > EXCH_SAME_FAR) {
		if (exch_same_room(s) != 0)
			return EXCH_ERR_NOMEM;
		bucket = exch_same_bucket(s, what);
	}
	exch_same_add(s, bucket, what, now);
	return EXCH_OK;
}

/* All of it as bytes (base/image.h), read into an initialised one. */
struct exch_image;
void exch_same_image(struct exch_image *im, struct exch_same *s);

#endif
