/*
 * The last packets a session delivered, so that second copies (the other
 * line, a retransmission) can be compared byte by byte.  Bytes go round in
 * one buffer and entries in another; an entry is good as long as neither
 * has been overwritten, which is found out when it is asked for.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "feed/mold.h"

#define BYTES (256u << 10)
#define ENTRIES 4096u

struct entry {
	uint64_t first;
	uint32_t at; /* of its first byte, counting all bytes ever kept */
	uint16_t count;
	uint16_t n;
};

_Static_assert(
    (uint64_t)ENTRIES << 16 < UINT32_MAX, "positions of all entries differ");

struct exch_recent {
	uint64_t head;	/* bytes ever kept, with those skipped at the end */
	uint64_t begin; /* no entry before this one */
	uint64_t end;	/* next entry */
	struct entry entry[ENTRIES];
	unsigned char bytes[BYTES];
};

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

void
exch_recent_put(struct exch_recent *r, uint64_t first, uint64_t count,
    const unsigned char *blocks, size_t n)
{
	struct entry *e;
	size_t at;

	/* More than a packet holds. */
	if (count - 1 >= UINT16_MAX || n > UINT16_MAX)
		return;
	at = r->head % BYTES;
	/* Never wrap inside a packet. */
	if (__builtin_expect(at + n > BYTES, 0)) {
		r->head += BYTES - at;
		at = 0;
	}
	memcpy(r->bytes + at, blocks, n);
	e = &r->entry[r->end++ % ENTRIES];
	e->first = first;
	e->at = (uint32_t)r->head;
	e->count = (uint16_t)count;
	e->n = (uint16_t)n;
	r->head += n;
}

/* The entry that holds a number, or NULL.  Numbers ascend. */
static const struct entry *
find(const struct exch_recent *r, uint64_t seq)
{
	uint64_t hi = r->end;
	uint64_t lo = r->begin + ENTRIES > hi ? r->begin : hi - ENTRIES;
	uint64_t begin = lo;
	const struct entry *e;

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
	const struct entry *e = find(r, first);

	if (e == NULL || e->first != first || e->count != count)
		return NULL;
	*n = e->n;
	return r->bytes + e->at % BYTES;
}

const unsigned char *
exch_recent_message(const struct exch_recent *r, uint64_t seq, size_t *n)
{
	const struct entry *e = find(r, seq);
	const unsigned char *p;

	if (e == NULL)
		return NULL;
	p = r->bytes + e->at % BYTES;
	for (uint64_t i = e->first; i < seq; i++)
		p += 2 + exch_be16(p);
	*n = exch_be16(p);
	return p + 2;
}
