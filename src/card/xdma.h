/*
 * A card behind two character devices: commands are written to one, events
 * read from the other, in beats of 32 bytes.  The semantics are those of the
 * XDMA driver with streams in both directions; pipes do as well.
 *
 * Options: h2c=PATH and c2h=PATH, the devices; symbols=N, levels=N, slots=N,
 * what the card has (8, 131072, 1048576); apart=1, its symbols go ahead of one
 * another; timeout=MS, how long an answer may take (10000).
 *
 * Of the card is needed, besides what card.h says: that it takes in
 * EXCH_XDMA_AHEAD beats of commands while nobody reads its events; and that
 * what it has of them goes out when a command ends, by TLAST, and not first
 * when a buffer of the host is full.
 */
#ifndef EXCH_CARD_XDMA_H
#define EXCH_CARD_XDMA_H

#include "card/card.h"

#define EXCH_XDMA_AHEAD 128u

/* Its most.* and apart are those of cards of which nothing is said. */
extern const struct exch_card_ops exch_card_xdma;

/* That card as the options say it is; false: `why` says what is wrong. */
bool exch_xdma_ops(
    const char *options, struct exch_card_ops *ops, char *why, size_t size);

#endif
