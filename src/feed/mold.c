/*
 * ITCH 5.0 in MoldUDP64 sessions, which are known by their names alone, not
 * by where they were sent to: both lines of a feed, and retransmissions,
 * carry the same name and numbers.
 */
#include <config.h>

#include <string.h>

#include "feed/mold.h"

static int
blocks(void *decoder, struct exch_blocks *b, const struct exch_feed_at *at,
    struct exch_diag *d)
{
	return exch_itch_blocks(decoder, b, at, d);
}

static int
gap(void *decoder, const char *session, uint64_t first, uint64_t count,
    exch_ts captured, struct exch_diag *d)
{
	exch_itch_captured(decoder, captured);
	return exch_itch_gap(decoder, session, first, count, d);
}

static bool
later(const void *decoder, const unsigned char *p, size_t n)
{
	return exch_itch_peek(decoder, p, n) > exch_itch_now(decoder);
}

static const struct exch_seq_kind kind = {
    .before = EXCH_MOLD_HEADER - 10,
    .blocks = blocks,
    .gap = gap,
    .later = later,
};

int
exch_mold_new(struct exch_run *run, struct exch_feed_stats *st, bool forced,
    struct exch_seq **out, struct exch_diag *d)
{
	return exch_seq_new(&kind, run, st, forced, out, d);
}

void
exch_mold_name(const unsigned char *key, char text[EXCH_SEQ_NAME])
{
	size_t n = EXCH_SEQ_KEY;

	while (n > 0 && key[n - 1] == ' ')
		n--;
	memcpy(text, key, n);
	text[n] = '\0';
}

int
exch_mold_open(struct exch_seq *m, const unsigned char *name,
    struct exch_itch *it, struct exch_seq_session **out, struct exch_diag *d)
{
	char text[EXCH_SEQ_NAME];

	exch_mold_name(name, text);
	return exch_seq_open(m, name, text, it, out, d);
}
