/*
 * Inside of the ITCH 5.0 decoder, for the files that make it up and for
 * those that must know a message when they see one.
 */
#ifndef EXCH_FEED_ITCH_H
#define EXCH_FEED_ITCH_H

#include "feed/feed.h"
#include "feed/seq.h"
#include "feed/words.h"

/* Length of a message type in the specification, 0 for unknown types. */
extern const unsigned char exch_itch_len[256];

/* Who gives out instrument ids that are not stock locates. */
struct exch_itch_ids {
	uint32_t next;
};

/*
 * Take ids from `ids`, which outlives the decoder, and with `mapped` never
 * the stock locate: a second venue in one capture has locates of its own
 * that would collide.  To be called before the first message.
 */
void exch_itch_share(
    struct exch_itch *it, struct exch_itch_ids *ids, bool mapped);

/* Capture time of the messages that follow, for --capture-time. */
void exch_itch_captured(struct exch_itch *it, exch_ts t);

/* Decode messages as they stand in a MoldUDP64 packet: exch_seq_kind.blocks. */
int exch_itch_blocks(struct exch_itch *it, struct exch_blocks *b,
    const struct exch_feed_at *at, struct exch_diag *d);

/* Time of the last message, of local midnight before the first. */
exch_ts exch_itch_now(const struct exch_itch *it);

/* Time of a message not yet decoded, 0 when it is too short to have one. */
exch_ts exch_itch_peek(
    const struct exch_itch *it, const unsigned char *p, size_t n);

/* A GAP record: messages that the capture lost for good. */
int exch_itch_gap(struct exch_itch *it, const char *session, uint64_t first,
    uint64_t count, struct exch_diag *d);

/*
 * The words of a message that moves no order ("reg-sho action=1"): every
 * field after the stock.  Returns the length, 0 for types that have none.
 * p holds at least exch_itch_len[p[0]] bytes.
 */
size_t exch_itch_words(const unsigned char *p, char out[EXCH_SENTENCE_TEXT]);

#endif
