/*
 * What a line of a capture was good for: its numbers by themselves, and beside
 * those that had come on any line (feed.h has what is counted).
 */
#ifndef EXCH_FEED_LINE_H
#define EXCH_FEED_LINE_H

#include "base/bytes.h"
#include "feed/feed.h"

/* Its next packet is none that follows the one before. */
void exch_line_jump(
    struct exch_feed_line *l, const unsigned char *key, uint64_t first);

/*
 * A packet of `count` messages from `first` on, of the session of a key, when
 * all below `there` has come.
 */
static inline void
exch_line_note(struct exch_feed_line *l, const unsigned char *key,
    uint64_t first, uint64_t count, uint64_t there)
{
	uint64_t again = there > first ? there - first : 0;

	if (__builtin_expect(first != l->next ||
				 exch_le64(key) != exch_le64(l->key) ||
				 exch_le16(key + 8) != exch_le16(l->key + 8),
		0))
		exch_line_jump(l, key, first);
	l->packets++;
	l->messages += count;
	l->first += count - (again < count ? again : count);
	if (first + count > l->next)
		l->next = first + count;
}

/* The line to an address and port; NULL: there are too many. */
struct exch_feed_line *exch_line_of(struct exch_feed_stats *st, uint8_t family,
    const unsigned char *addr, uint16_t port);

#endif
