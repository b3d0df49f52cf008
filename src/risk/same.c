/* A ring of what came before, and buckets into it (same.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/image.h"
#include "base/salted.h"
#include "risk/same.h"

#define FIRST 1024u
/* More in one bucket are no accident. */
#define FAR 64u
#define NEXT_SALT UINT64_C(0xd1342543de82ef96)

int
exch_same_init(struct exch_same *s)
{
	*s = (struct exch_same){.mask = FIRST - 1, .first = 1, .end = 1};
	s->ring = exch_calloc(FIRST, sizeof(*s->ring));
	s->bucket = exch_calloc(FIRST, sizeof(*s->bucket));
	return s->ring != NULL && s->bucket != NULL ? EXCH_OK : EXCH_ERR_NOMEM;
}

void
exch_same_clear(struct exch_same *s)
{
	exch_free(s->ring);
	exch_free(s->bucket);
	memset(s, 0, sizeof(*s));
}

/* Each number has a product of its own, and the salt is in all of them. */
static inline uint64_t *
bucket_of(const struct exch_same *s, const struct exch_same_what *w)
{
	uint64_t h = (uint64_t)w->price * (EXCH_SALTED_FACTOR + s->salt);

	h = (h ^ h >> 31) + w->qty;
	h *= UINT64_C(0xd6e8feb86659fd93) - s->salt;
	h = (h ^ h >> 31) + w->who;
	return &s->bucket[exch_salted(h, s->salt) & s->mask];
}

static inline struct exch_same_entry *
entry_of(const struct exch_same *s, uint64_t number)
{
	return &s->ring[number & s->mask];
}

static inline bool
is_same(const struct exch_same_what *a, const struct exch_same_what *b)
{
	return a->price == b->price && a->qty == b->qty && a->who == b->who;
}

static inline void
add(struct exch_same *s, uint64_t *bucket, const struct exch_same_what *what,
    exch_ts time)
{
	*entry_of(s, s->end) = (struct exch_same_entry){*what, time, *bucket};
	*bucket = s->end++;
}

/* All of them in a ring of that size, in other buckets. */
static int
spread(struct exch_same *s, uint64_t size, uint64_t salt)
{
	struct exch_same was = *s;

	s->ring = exch_calloc(size, sizeof(*s->ring));
	s->bucket = exch_calloc(size, sizeof(*s->bucket));
	if (s->ring == NULL || s->bucket == NULL) {
		exch_free(s->ring);
		exch_free(s->bucket);
		*s = was;
		return EXCH_ERR_NOMEM;
	}
	s->mask = size - 1;
	s->salt = salt;
	s->end = was.first;
	for (uint64_t i = was.first; i < was.end; i++) {
		const struct exch_same_entry *e = entry_of(&was, i);

		add(s, bucket_of(s, &e->what), &e->what, e->time);
	}
	exch_free(was.ring);
	exch_free(was.bucket);
	return EXCH_OK;
}

/* For one more, in a bucket that has n already. */
static int
room(struct exch_same *s, uint64_t n)
{
	if (s->end - s->first > s->mask)
		return spread(s, (s->mask + 1) * 2, s->salt);
	return n > FAR ? spread(s, s->mask + 1, s->salt + NEXT_SALT) : EXCH_OK;
}

int
exch_same_ask(struct exch_same *s, const struct exch_same_what *what,
    exch_ts now, uint64_t within, uint64_t keep, uint64_t *ago)
{
	uint64_t *bucket = bucket_of(s, what), i = *bucket, n = 0;

	*ago = EXCH_TS_NONE;
	while (s->first < s->end && now - entry_of(s, s->first)->time >= keep)
		s->first++;
	for (; i >= s->first && !is_same(&entry_of(s, i)->what, what); n++)
		i = entry_of(s, i)->before;
	if (i >= s->first && now - entry_of(s, i)->time < within) {
		*ago = now - entry_of(s, i)->time;
		return EXCH_OK;
	}
	if (n > FAR || s->end - s->first > s->mask) {
		if (room(s, n) != 0)
			return EXCH_ERR_NOMEM;
		bucket = bucket_of(s, what);
	}
	add(s, bucket, what, now);
	return EXCH_OK;
}

void
exch_same_image(struct exch_image *im, struct exch_same *s)
{
	struct exch_same own = *s;
	size_t size;

	exch_image_bytes(im, s, sizeof(*s));
	size = (size_t)s->mask + 1;
	s->ring = exch_image_array(
	    im, s->ring, own.ring, size, size, sizeof(*s->ring));
	s->bucket = exch_image_array(
	    im, s->bucket, own.bucket, size, size, sizeof(*s->bucket));
}
