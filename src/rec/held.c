/*
 * The queue of held blocks.  One allocation each: structure, room for the
 * front that is written before the body, and body.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "rec/held.h"

void
exch_held_init(struct exch_held *h, size_t limit)
{
	memset(h, 0, sizeof(*h));
	h->last = &h->first;
	h->limit = limit;
}

void
exch_held_free(struct exch_held *h)
{
	struct exch_held_block *b;

	while ((b = exch_held_take(h, true)) != NULL)
		exch_free(b);
}

struct exch_held_block *
exch_held_push(struct exch_held *h, const unsigned char *body, size_t n)
{
	/* A front is a multiple of 8 long: the body stays aligned. */
	struct exch_held_block *b =
	    exch_malloc(sizeof(*b) + EXCH_FRAME_FRONT_MAX + n);

	if (b == NULL)
		return NULL;
	memset(b, 0, sizeof(*b));
	b->body = (unsigned char *)(b + 1) + EXCH_FRAME_FRONT_MAX;
	b->n = n;
	memcpy(b->body, body, n);
	*h->last = b;
	h->last = &b->next;
	h->bytes += n;
	return b;
}

struct exch_held_block *
exch_held_take(struct exch_held *h, bool all)
{
	struct exch_held_block *b = h->first;

	if (b == NULL || (!all && h->bytes - b->n < h->limit))
		return NULL;
	h->first = b->next;
	if (h->first == NULL)
		h->last = &h->first;
	h->bytes -= b->n;
	if (!all)
		h->gone = b->position + b->records;
	return b;
}
