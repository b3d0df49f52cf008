/*
 * The packets delivered last (recent.h): what is asked of them.
 */
#include <config.h>

#include "base/alloc.h"
#include "feed/recent.h"

#define BYTES EXCH_RECENT_BYTES
#define ENTRIES EXCH_RECENT_ENTRIES

struct exch_recent *
exch_recent_new(void)
{
	struct exch_recent *r = exch_malloc(sizeof(*r));

	/* Entries and bytes are written before they are read. */
	if (r != NULL)
		r->head = r->begin = r->end = 0;
	return r;
}

void
exch_recent_free(struct exch_recent *r)
{
	exch_free(r);
}

void
exch_recent_clear(struct exch_recent *r)
{
	r->begin = r->end;
}

/* The entry that holds a number, or NULL.  Numbers ascend. */
static const struct exch_recent_entry *
find(const struct exch_recent *r, uint64_t seq)
{
	uint64_t hi = r->end;
	uint64_t lo = r->begin + ENTRIES > hi ? r->begin : hi - ENTRIES;
	uint64_t begin = lo;
	const struct exch_recent_entry *e;

	while (lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;

		if (r->entry[mid % ENTRIES].first <= seq)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == begin)
		return NULL;
	e = &r->entry[(lo - 1) % ENTRIES];
	if ((uint32_t)r->head - e->at > BYTES)
		return NULL;
	return seq - e->first < e->count ? e : NULL;
}

const unsigned char *
exch_recent_packet(
    const struct exch_recent *r, uint64_t first, uint64_t count, size_t *n)
{
	const struct exch_recent_entry *e = find(r, first);

	if (e == NULL || e->first != first || e->count != count)
		return NULL;
	*n = e->n;
	return r->bytes + e->at % BYTES;
}

const unsigned char *
exch_recent_message(
    const struct exch_recent *r, enum exch_length how, uint64_t seq, size_t *n)
{
	const struct exch_recent_entry *e = find(r, seq);
	const unsigned char *p;

	if (e == NULL)
		return NULL;
	p = r->bytes + e->at % BYTES;
	for (uint64_t i = e->first; i < seq; i++)
		p += exch_length_size(how) + exch_length_at(how, p);
	*n = exch_length_at(how, p);
	return p + exch_length_size(how);
}
