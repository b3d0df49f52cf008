/*
 * Messages and segments of IEX, written field by field as the specifications
 * draw them and not with the decoder's own tables.
 */
#ifndef EXCH_TESTS_IEX_KIT_H
#define EXCH_TESTS_IEX_KIT_H

#include "feed_kit.h"

enum { KIT_TOPS_1_5 = 0x8002, KIT_TOPS, KIT_DEEP, KIT_DEEP_PLUS };

/*
 * A segment's header for n bytes of `count` messages, and then they.  The
 * session is 77.
 */
static inline void
kit_segment(struct kit *k, unsigned protocol, uint64_t first, unsigned count,
    const struct kit *messages)
{
	kit_u8(k, 1);
	kit_u8(k, 0);
	kit_le(k, protocol, 2);
	kit_le(k, 1, 4);
	kit_le(k, 77, 4);
	kit_le(k, messages->n, 2);
	kit_le(k, count, 2);
	kit_le(k, 0, 8);
	kit_le(k, first, 8);
	kit_le(k, 0, 8);
	kit_add(k, messages->b, messages->n);
}

/* The length before a message, and what all but S begin with. */
static inline void
kit_iex(struct kit *k, unsigned len, char type, unsigned flags, uint64_t time,
    const char *symbol)
{
	kit_le(k, len, 2);
	kit_u8(k, (unsigned char)type);
	kit_u8(k, flags);
	kit_le(k, time, 8);
	kit_text(k, symbol, 8);
}

/* a and M; L has the number of the trade behind it. */
static inline void
kit_iex_order(struct kit *k, char type, unsigned flags, uint64_t time,
    const char *symbol, uint64_t order, uint32_t size, uint64_t price)
{
	kit_iex(k, type == 'L' ? 46 : 38, type, flags, time, symbol);
	kit_le(k, order, 8);
	kit_le(k, size, 4);
	kit_le(k, price, 8);
}

static inline void
kit_iex_executed(struct kit *k, unsigned flags, uint64_t time,
    const char *symbol, uint64_t order, uint32_t size, uint64_t price,
    uint64_t trade)
{
	kit_iex_order(k, 'L', flags, time, symbol, order, size, price);
	kit_le(k, trade, 8);
}

static inline void
kit_iex_delete(struct kit *k, uint64_t time, const char *symbol, uint64_t order)
{
	kit_iex(k, 26, 'R', 0, time, symbol);
	kit_le(k, order, 8);
}

/* T and B. */
static inline void
kit_iex_trade(struct kit *k, char type, unsigned flags, uint64_t time,
    const char *symbol, uint32_t size, uint64_t price, uint64_t trade)
{
	kit_iex(k, 38, type, flags, time, symbol);
	kit_le(k, size, 4);
	kit_le(k, price, 8);
	kit_le(k, trade, 8);
}

static inline void
kit_iex_level(struct kit *k, char type, unsigned flags, uint64_t time,
    const char *symbol, uint32_t size, uint64_t price)
{
	kit_iex(k, 30, type, flags, time, symbol);
	kit_le(k, size, 4);
	kit_le(k, price, 8);
}

static inline void
kit_iex_quote(struct kit *k, uint64_t time, const char *symbol,
    uint32_t bid_size, uint64_t bid, uint64_t ask, uint32_t ask_size)
{
	kit_iex(k, 42, 'Q', 0, time, symbol);
	kit_le(k, bid_size, 4);
	kit_le(k, bid, 8);
	kit_le(k, ask, 8);
	kit_le(k, ask_size, 4);
}

static inline void
kit_iex_system(struct kit *k, char event, uint64_t time)
{
	kit_le(k, 10, 2);
	kit_u8(k, 'S');
	kit_u8(k, (unsigned char)event);
	kit_le(k, time, 8);
}

#endif
