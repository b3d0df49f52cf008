/* Buckets of what came before, and a list of them by time (same.h). */
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
	*s = (struct exch_same){.cap = FIRST, .used = 1, .mask = FIRST - 1};
	s->entry = exch_calloc(FIRST, sizeof(*s->entry));
	s->bucket = exch_calloc(FIRST, sizeof(*s->bucket));
	return s->entry != NULL && s->bucket != NULL ? EXCH_OK : EXCH_ERR_NOMEM;
}

void
exch_same_clear(struct exch_same *s)
{
	exch_free(s->entry);
	exch_free(s->bucket);
	memset(s, 0, sizeof(*s));
}

/* Each number has a product of its own, and the salt is in all of them. */
static uint32_t
hash_of(const struct exch_same *s, const struct exch_same_what *w)
{
	uint64_t h = (uint64_t)w->price * (EXCH_SALTED_FACTOR + s->salt);

	h = (h ^ h >> 31) + w->qty;
	h *= UINT64_C(0xd6e8feb86659fd93) - s->salt;
	h = (h ^ h >> 31) + ((uint64_t)w->holding << 8 | w->side);
	return exch_salted(h, s->salt);
}

static uint32_t *
bucket_of(const struct exch_same *s, uint32_t hash)
{
	return &s->bucket[hash & s->mask];
}

static bool
is_same(const struct exch_same_what *a, const struct exch_same_what *b)
{
	return a->price == b->price && a->qty == b->qty &&
	       a->holding == b->holding && a->side == b->side;
}

/* All of them in n buckets. */
static int
spread(struct exch_same *s, uint32_t n, uint64_t salt)
{
	uint32_t *bucket = exch_calloc(n, sizeof(*bucket));

	if (bucket == NULL)
		return EXCH_ERR_NOMEM;
	exch_free(s->bucket);
	s->bucket = bucket;
	s->mask = n - 1;
	s->salt = salt;
	for (uint32_t i = s->oldest; i != 0; i = s->entry[i].newer) {
		struct exch_same_entry *e = &s->entry[i];
		uint32_t *at;

		e->hash = hash_of(s, &e->what);
		at = bucket_of(s, e->hash);
		e->next = *at;
		*at = i;
	}
	return EXCH_OK;
}

static int
room(struct exch_same *s)
{
	struct exch_same_entry *more;

	if (s->free != 0 || s->used < s->cap)
		return EXCH_OK;
	if (s->cap > UINT32_MAX / 4)
		return EXCH_ERR_NOMEM;
	more = exch_realloc(s->entry, (size_t)s->cap * 2, sizeof(*more));
	if (more == NULL)
		return EXCH_ERR_NOMEM;
	s->entry = more;
	s->cap *= 2;
	return spread(s, s->cap, s->salt);
}

/* ---- by time ---- */

static void
unlink_time(struct exch_same *s, uint32_t i)
{
	struct exch_same_entry *e = &s->entry[i];

	if (e->older != 0)
		s->entry[e->older].newer = e->newer;
	else
		s->oldest = e->newer;
	if (e->newer != 0)
		s->entry[e->newer].older = e->older;
	else
		s->newest = e->older;
}

static void
link_newest(struct exch_same *s, uint32_t i, exch_ts now)
{
	struct exch_same_entry *e = &s->entry[i];

	e->time = now;
	e->newer = 0;
	e->older = s->newest;
	if (s->newest != 0)
		s->entry[s->newest].newer = i;
	else
		s->oldest = i;
	s->newest = i;
}

static void
forget(struct exch_same *s, exch_ts now, uint64_t keep)
{
	while (s->oldest != 0 && now - s->entry[s->oldest].time >= keep) {
		uint32_t i = s->oldest;
		uint32_t *at = bucket_of(s, s->entry[i].hash);

		while (*at != i)
			at = &s->entry[*at].next;
		*at = s->entry[i].next;
		unlink_time(s, i);
		s->entry[i].next = s->free;
		s->free = i;
		s->live--;
	}
}

static int
remember(struct exch_same *s, const struct exch_same_what *what, uint32_t hash,
    exch_ts now)
{
	uint32_t i, *at;

	if (room(s) != 0)
		return EXCH_ERR_NOMEM;
	i = s->free;
	if (i != 0)
		s->free = s->entry[i].next;
	else
		i = s->used++;
	at = bucket_of(s, hash);
	s->entry[i].what = *what;
	s->entry[i].hash = hash;
	s->entry[i].next = *at;
	*at = i;
	link_newest(s, i, now);
	s->live++;
	return EXCH_OK;
}

int
exch_same_ask(struct exch_same *s, const struct exch_same_what *what,
    exch_ts now, uint64_t within, uint64_t keep, uint64_t *ago)
{
	uint32_t hash = hash_of(s, what);
	uint32_t i, n = 0;

	*ago = EXCH_TS_NONE;
	forget(s, now, keep);
	for (i = *bucket_of(s, hash); i != 0; i = s->entry[i].next) {
		if (s->entry[i].hash == hash &&
		    is_same(&s->entry[i].what, what))
			break;
		n++;
	}
	if (n > FAR) {
		if (spread(s, s->mask + 1, s->salt + NEXT_SALT) != 0)
			return EXCH_ERR_NOMEM;
		hash = hash_of(s, what);
	}
	if (i == 0)
		return remember(s, what, hash, now);
	if (now - s->entry[i].time < within) {
		*ago = now - s->entry[i].time;
		return EXCH_OK;
	}
	unlink_time(s, i);
	link_newest(s, i, now);
	return EXCH_OK;
}

void
exch_same_image(struct exch_image *im, struct exch_same *s)
{
	struct exch_same own = *s;

	exch_image_bytes(im, s, sizeof(*s));
	s->entry = exch_image_array(
	    im, s->entry, own.entry, s->used, s->cap, sizeof(*s->entry));
	s->bucket = exch_image_array(im, s->bucket, own.bucket,
	    (size_t)s->mask + 1, (size_t)s->mask + 1, sizeof(*s->bucket));
}
