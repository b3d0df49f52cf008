/*
 * The last packets that a session delivered, so that second copies (the
 * other line, a retransmission) can be compared byte by byte.  Bytes go
 * round in one buffer and entries in another; an entry is good as long as
 * neither has been overwritten, which is found out when it is asked for.
 */
#ifndef EXCH_FEED_RECENT_H
#define EXCH_FEED_RECENT_H

#include <string.h>

#include "base/bytes.h"
#include "base/types.h"

/* How the length of a message stands before it. */
enum exch_length {
	EXCH_LENGTH_BE16,
	EXCH_LENGTH_LE16,
	EXCH_LENGTH_BYTE /* which is counted by itself */
};

/* Bytes that it has. */
static inline size_t
exch_length_size(enum exch_length how)
{
	return how == EXCH_LENGTH_BYTE ? 1 : 2;
}

/* Bytes behind it; more than there can be for a length that is none. */
static inline size_t
exch_length_at(enum exch_length how, const unsigned char *p)
{
	switch (how) {
	case EXCH_LENGTH_BE16:
		return exch_be16(p);
	case EXCH_LENGTH_LE16:
		return exch_le16(p);
	default:
		return (size_t)p[0] - 1;
	}
}

#define EXCH_RECENT_BYTES (256u << 10)
#define EXCH_RECENT_ENTRIES 4096u

struct exch_recent_entry {
	uint64_t first;
	uint32_t at; /* of its first byte, counting all bytes ever kept */
	uint16_t count;
	uint16_t n;
};

_Static_assert((uint64_t)EXCH_RECENT_ENTRIES << 16 < UINT32_MAX,
    "positions of all entries differ");

/* Open to view for inlining; all else is recent.c's. */
struct exch_recent {
	uint64_t head;	/* bytes ever kept, with those skipped at the end */
	uint64_t begin; /* no entry before this one */
	uint64_t end;	/* next entry */
	struct exch_recent_entry entry[EXCH_RECENT_ENTRIES];
	unsigned char bytes[EXCH_RECENT_BYTES];
};

struct exch_recent *exch_recent_new(void);
void exch_recent_free(struct exch_recent *r);
void exch_recent_clear(struct exch_recent *r);

/*
 * Keep the message blocks (lengths included) of `count` messages, which
 * begin with a number above all before.
 */
static inline void
exch_recent_put(struct exch_recent *r, uint64_t first, uint64_t count,
    const unsigned char *blocks, size_t n)
{
	struct exch_recent_entry *e;
	size_t at = r->head % EXCH_RECENT_BYTES;

	/* More than a packet holds. */
	if (__builtin_expect((count - 1 >= UINT16_MAX) | (n > UINT16_MAX), 0))
		return;
	/* Never wrap inside a packet. */
	if (__builtin_expect(at + n > EXCH_RECENT_BYTES, 0)) {
		r->head += EXCH_RECENT_BYTES - at;
		at = 0;
	}
	memcpy(r->bytes + at, blocks, n);
	e = &r->entry[r->end++ % EXCH_RECENT_ENTRIES];
	e->first = first;
	e->at = (uint32_t)r->head;
	e->count = (uint16_t)count;
	e->n = (uint16_t)n;
	r->head += n;
}

/* The kept packet's blocks when it has just these messages, or NULL. */
const unsigned char *exch_recent_packet(
    const struct exch_recent *r, uint64_t first, uint64_t count, size_t *n);
/* The kept message with this number, or NULL. */
const unsigned char *exch_recent_message(
    const struct exch_recent *r, enum exch_length how, uint64_t seq, size_t *n);

#endif
