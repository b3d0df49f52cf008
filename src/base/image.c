/*
 * Moving a state to bytes and back (image.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/image.h"

void
exch_image_bytes(struct exch_image *im, void *p, size_t n)
{
	if (im->err == 0 && n > 0)
		im->err = im->move(im->arg, p, n);
}

/* Bytes of an array, of which `cap` fit. */
static void
elements(struct exch_image *im, void *p, size_t used, size_t cap, size_t size)
{
	if (im->err == 0 && used > cap)
		im->err = EXCH_ERR_FORMAT;
	exch_image_bytes(im, p, used * size);
}

void *
exch_image_array(struct exch_image *im, void *p, void *own, size_t used,
    size_t cap, size_t size)
{
	void *fresh = NULL;

	if (!im->reading) {
		if (p != NULL)
			elements(im, p, used, cap, size);
		return p;
	}
	exch_free(own);
	if (im->err != 0 || p == NULL)
		return NULL;
	fresh = exch_calloc(cap, size);
	if (fresh == NULL)
		im->err = EXCH_ERR_NOMEM;
	elements(im, fresh, used, cap, size);
	return fresh;
}

void *
exch_image_big(struct exch_image *im, void *p, void *own, size_t own_bytes,
    size_t used, size_t cap, size_t size)
{
	void *fresh;
	size_t bytes;

	if (!im->reading) {
		elements(im, p, used, cap, size);
		return p;
	}
	exch_big_free(own, own_bytes);
	if (im->err != 0)
		return NULL;
	fresh = __builtin_mul_overflow(cap, size, &bytes)
		    ? NULL
		    : exch_big_alloc(bytes);
	if (fresh == NULL)
		im->err = EXCH_ERR_NOMEM;
	elements(im, fresh, used, cap, size);
	return fresh;
}

void
exch_image_same(struct exch_image *im, uint64_t value)
{
	uint64_t v = value;

	exch_image_bytes(im, &v, sizeof(v));
	if (im->err == 0 && v != value)
		im->err = EXCH_ERR_VERSION;
}
