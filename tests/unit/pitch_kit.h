/*
 * Messages and packets of binary PITCH, written field by field as the
 * specification draws them and not with the decoder's own tables.
 */
#ifndef EXCH_TESTS_PITCH_KIT_H
#define EXCH_TESTS_PITCH_KIT_H

#include "feed_kit.h"

/* Length and type; and the nanoseconds that most have. */
static inline void
kit_pitch_bare(struct kit *k, unsigned len, unsigned type)
{
	kit_u8(k, len);
	kit_u8(k, type);
}

static inline void
kit_pitch(struct kit *k, unsigned len, unsigned type, uint32_t ns)
{
	kit_pitch_bare(k, len, type);
	kit_le(k, ns, 4);
}

static inline void
kit_pitch_time(struct kit *k, uint32_t sec)
{
	kit_pitch_bare(k, 6, 0x20);
	kit_le(k, sec, 4);
}

/*
 * What adds and trades begin with: by the type with shares of 2 or 4 bytes, a
 * symbol of 6 or 8, and a price of 2 or 8.
 */
static inline void
kit_pitch_order(struct kit *k, unsigned len, unsigned type, uint32_t ns,
    uint64_t order, char side, uint32_t shares, const char *symbol,
    uint64_t price)
{
	bool small = type == 0x22 || type == 0x2b;
	bool wide = type == 0x2f || type == 0x30;

	kit_pitch(k, len, type, ns);
	kit_le(k, order, 8);
	kit_u8(k, (unsigned char)side);
	kit_le(k, shares, small ? 2 : 4);
	kit_text(k, symbol, wide ? 8 : 6);
	kit_le(k, price, small ? 2 : 8);
}

/* 0x22, with its flags. */
static inline void
kit_pitch_add(struct kit *k, uint32_t ns, uint64_t order, char side,
    uint32_t shares, const char *symbol, uint64_t price)
{
	kit_pitch_order(k, 26, 0x22, ns, order, side, shares, symbol, price);
	kit_u8(k, 1);
}

/* A number of an order, and more numbers of n bytes. */
static inline void
kit_pitch_about(struct kit *k, unsigned len, unsigned type, uint32_t ns,
    uint64_t order, uint64_t more, int n)
{
	kit_pitch(k, len, type, ns);
	kit_le(k, order, 8);
	kit_le(k, more, n);
}

/* A packet's header for `count` messages, and then they. */
static inline void
kit_pitch_packet(struct kit *k, unsigned unit, uint32_t first, unsigned count,
    const struct kit *messages)
{
	kit_le(k, 8 + messages->n, 2);
	kit_u8(k, count);
	kit_u8(k, unit);
	kit_le(k, first, 4);
	kit_add(k, messages->b, messages->n);
}

#endif
