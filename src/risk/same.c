/* A ring of what came before, and buckets into it (same.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/image.h"
#include "risk/same.h"

#define FIRST 1024u

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
		const struct exch_same_entry *e = exch_same_at(&was, i);

		exch_same_add(
		    s, exch_same_bucket(s, &e->what), &e->what, e->time);
	}
	exch_free(was.ring);
	exch_free(was.bucket);
	return EXCH_OK;
}

int
exch_same_room(struct exch_same *s)
{
	return exch_same_is_full(s)
		   ? spread(s, (s->mask + 1) * 2, s->salt)
		   : spread(s, s->mask + 1, s->salt + EXCH_SALTED_NEXT);
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
