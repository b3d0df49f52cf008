/*
 * What records need besides their layouts: finding extension entries.  Framing was checked by the reader; the entries were not, so every
 * step here is checked against the record's length.
 */
#include <config.h>

#include "rec/rec.h"

/* Bytes of the entry that begins at `at`; 0: it is cut. */
static inline size_t
entry_len(const unsigned char *p, size_t at, size_t len)
{
	const struct exch_ext *e = (const void *)(p + at);
	size_t n;

	if (at + 8 > len)
		return 0;
	n = (e->tag & 0x8000u) != 0 ? 8 + (((size_t)e->n + 7) & ~(size_t)7)
				    : sizeof(*e);
	return n <= len - at ? n : 0;
}

const struct exch_ext *
exch_rec_ext(const struct exch_rec *r, size_t fixed, uint16_t tag)
{
	const unsigned char *p = (const unsigned char *)r;
	size_t len = exch_rec_len(r);
	size_t n;

	if ((r->flags & EXCH_F_EXT) == 0)
		return NULL;
	for (size_t at = fixed; (n = entry_len(p, at, len)) != 0; at += n) {
		const struct exch_ext *e = (const void *)(p + at);

		if (e->tag == tag)
			return e;
	}
	return NULL;
}

bool
exch_rec_is_entries(const struct exch_rec *r, size_t fixed)
{
	const unsigned char *p = (const unsigned char *)r;
	size_t len = exch_rec_len(r), at = fixed, n;

	while ((n = entry_len(p, at, len)) != 0)
		at += n;
	return at == len;
}

bool
exch_rec_judged(const struct exch_rec *r, exch_oid *order)
{
	const struct exch_rec_quote *q;
	const struct exch_rec_new *n;
	const struct exch_rec_replace *p;
	const struct exch_rec_block *b;

	switch (r->type) {
	case EXCH_REC_NEW:
		n = EXCH_REC_AS(r, exch_rec_new);
		*order = n != NULL ? n->order : 0;
		return n != NULL;
	case EXCH_REC_REPLACE:
		p = EXCH_REC_AS(r, exch_rec_replace);
		*order = p != NULL ? p->order : 0;
		return p != NULL;
	case EXCH_REC_QUOTE:
		q = EXCH_REC_AS(r, exch_rec_quote);
		*order = q == NULL	  ? 0
			 : q->bid_qty > 0 ? q->bid_order
					  : q->ask_order;
		return q != NULL;
	case EXCH_REC_BLOCK:
		b = EXCH_REC_AS(r, exch_rec_block);
		*order = b != NULL ? b->report : 0;
		return b != NULL;
	default:
		return false;
	}
}
