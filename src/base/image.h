/*
 * A state of memory as bytes.  Each part of the state has one function that
 * walks it, for writing and for reading alike, so that nothing can be
 * written that is not read:
 *
 *	void
 *	exch_thing_image(struct exch_image *im, struct exch_thing *t)
 *	{
 *		struct exch_thing own = *t;
 *
 *		exch_image_bytes(im, t, sizeof(*t));
 *		t->list = exch_image_array(im, t->list, own.list, t->n,
 *		    t->cap, sizeof(*t->list));
 *	}
 *
 * A structure goes as it lies in memory: a field that is added later is in
 * it by itself.  Its pointers are of the process that wrote it, and each
 * has to be put right behind it, as above: memory of one's own, or `own` for
 * what is not part of the state.
 *
 * An image is for the program that wrote it: exch_image_same() with the
 * sizes of structures keeps others away, and who keeps images in files has
 * to know by checksums that they are whole.
 */
#ifndef EXCH_BASE_IMAGE_H
#define EXCH_BASE_IMAGE_H

#include "base/types.h"

struct exch_image {
	bool reading;
	/* Write n bytes from p, or read them to p; an error ends it. */
	int (*move)(void *arg, void *p, size_t n);
	void *arg;
	/*
	 * The first error.  When reading has one, the state is good for being
	 * freed only.
	 */
	int err;
};

/* Bytes without pointers, or a structure. */
void exch_image_bytes(struct exch_image *im, void *p, size_t n);
/*
 * `used` of `cap` elements; p NULL: there is no array.  Reading frees `own`
 * and gives memory of exch_malloc.  NULL on failure.
 */
void *exch_image_array(struct exch_image *im, void *p, void *own, size_t used,
    size_t cap, size_t size);
/* The same of exch_big_alloc; `own` has so many bytes.  The rest is zero. */
void *exch_image_big(struct exch_image *im, void *p, void *own,
    size_t own_bytes, size_t used, size_t cap, size_t size);
/* A number that both sides have to agree on: EXCH_ERR_VERSION. */
void exch_image_same(struct exch_image *im, uint64_t value);

#endif
