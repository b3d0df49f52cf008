/*
 * The one thing records need besides their layouts: finding an extension
 * entry.  Framing was checked by the reader; the entries were not, so every
 * step here is checked against the record's length.
 */
#include <config.h>

#include "rec/rec.h"

const struct exch_ext *
exch_rec_ext(const struct exch_rec *r, size_t fixed, uint16_t tag)
{
	const unsigned char *p = (const unsigned char *)r;
	size_t len = exch_rec_len(r);
	size_t at = fixed;

	if ((r->flags & EXCH_F_EXT) == 0)
		return NULL;
	while (at + 8 <= len) {
		const struct exch_ext *e = (const void *)(p + at);
		size_t n = (e->tag & 0x8000u) != 0
			       ? 8 + (((size_t)e->n + 7) & ~(size_t)7)
			       : sizeof(*e);

		if (n > len - at)
			return NULL;
		if (e->tag == tag)
			return e;
		at += n;
	}
	return NULL;
}
