/*
 * ITCH 5.0 as it is written: messages of a stock from numbers, big endian, by
 * the table of Nasdaq TotalView-ITCH 5.0.  The decoder is in src/feed.
 */
#ifndef EXCH_MD_ITCH_OUT_H
#define EXCH_MD_ITCH_OUT_H

#include "base/err.h"
#include "rec/rec.h"

/* The longest of them. */
#define EXCH_ITCH_MESSAGE 50u
/* What its fields hold. */
#define EXCH_ITCH_SYMBOL 8u
#define EXCH_ITCH_PX 100000 /* a price is a multiple of 10^-4 */
#define EXCH_ITCH_TIME (UINT64_C(1) << 48)

/* What every message begins with. */
struct exch_itch_head {
	uint16_t locate; /* of the stock; 0: of none */
	uint64_t time;	 /* ns since local midnight, below EXCH_ITCH_TIME */
};

struct exch_itch_stock {
	char symbol[EXCH_ITCH_SYMBOL]; /* with blanks behind it */
	uint32_t lot;
};

/*
 * Each writes to `to`, where EXCH_ITCH_MESSAGE bytes are free, and returns the
 * length.  Prices are in 10^-4.
 */
size_t exch_itch_put_system(
    unsigned char *to, const struct exch_itch_head *h, char event);
size_t exch_itch_put_directory(unsigned char *to,
    const struct exch_itch_head *h, const struct exch_itch_stock *s);
size_t exch_itch_put_action(unsigned char *to, const struct exch_itch_head *h,
    const struct exch_itch_stock *s, char state, const char reason[4]);

struct exch_itch_add {
	uint64_t ref;
	uint32_t shares, price;
	char side; /* B, S */
};

size_t exch_itch_put_add(unsigned char *to, const struct exch_itch_head *h,
    const struct exch_itch_stock *s, const struct exch_itch_add *a);
/* U: the old one is gone, its place is lost. */
size_t exch_itch_put_replace(unsigned char *to, const struct exch_itch_head *h,
    uint64_t old, const struct exch_itch_add *a);
/* E: at the price of the order. */
size_t exch_itch_put_executed(unsigned char *to, const struct exch_itch_head *h,
    uint64_t ref, uint32_t shares, uint64_t match);
/* C: at another one; `printable` N: a cross tells the volume. */
size_t exch_itch_put_executed_at(unsigned char *to,
    const struct exch_itch_head *h, uint64_t ref, uint32_t shares,
    uint64_t match, char printable, uint32_t price);
/* X */
size_t exch_itch_put_reduce(unsigned char *to, const struct exch_itch_head *h,
    uint64_t ref, uint32_t shares);
size_t exch_itch_put_delete(
    unsigned char *to, const struct exch_itch_head *h, uint64_t ref);
/* P: nothing of it was displayed. */
size_t exch_itch_put_trade(unsigned char *to, const struct exch_itch_head *h,
    const struct exch_itch_stock *s, uint32_t shares, uint32_t price,
    uint64_t match);
size_t exch_itch_put_cross(unsigned char *to, const struct exch_itch_head *h,
    const struct exch_itch_stock *s, uint64_t shares, uint32_t price,
    uint64_t match, char type);
size_t exch_itch_put_broken(
    unsigned char *to, const struct exch_itch_head *h, uint64_t match);

struct exch_itch_imbalance {
	uint64_t paired, imbalance;
	char direction; /* B, S, N, O */
	uint32_t far, near, reference;
	char type, variation;
};

size_t exch_itch_put_imbalance(unsigned char *to,
    const struct exch_itch_head *h, const struct exch_itch_stock *s,
    const struct exch_itch_imbalance *i);

/* O, C, H and so on; a blank: none. */
char exch_itch_cross(uint8_t cross);

#endif
