/*
 * OUCH 4.2 as it is written: what a client asks for and what the exchange
 * answers.  Each function makes one message at `to` and returns its size, at
 * most EXCH_OUCH_MESSAGE.
 */
#ifndef EXCH_MD_OUCH_OUT_H
#define EXCH_MD_OUCH_OUT_H

#include "base/types.h"

#define EXCH_OUCH_MESSAGE 80u
#define EXCH_OUCH_TOKEN 14u
#define EXCH_OUCH_SYMBOL 8u
#define EXCH_OUCH_PX (EXCH_PX_ONE / 10000)
/* The price of an order at any price, and the highest of the others. */
#define EXCH_OUCH_MARKET 0x7fffffffu
#define EXCH_OUCH_PX_MAX 1999999900u
#define EXCH_OUCH_SHARES 999999u

/* An order, in the words of the protocol. */
struct exch_ouch_order {
	char token[EXCH_OUCH_TOKEN];
	char symbol[EXCH_OUCH_SYMBOL]; /* blanks behind it */
	uint64_t ref;		       /* the exchange's number for it */
	uint32_t shares, price, tif, least;
	char side, display, cross;
	char sweep; /* Y, N: between markets */
};

/* Of the client. */
size_t exch_ouch_put_enter(unsigned char *to, const struct exch_ouch_order *o);
size_t exch_ouch_put_replace(unsigned char *to, const char old[EXCH_OUCH_TOKEN],
    const struct exch_ouch_order *o);
/* What is to be left of it in all; 0: nothing more. */
size_t exch_ouch_put_cancel(
    unsigned char *to, const char token[EXCH_OUCH_TOKEN], uint32_t shares);

/* Of the exchange; time: ns since midnight. */
size_t exch_ouch_put_accepted(
    unsigned char *to, uint64_t time, const struct exch_ouch_order *o);
size_t exch_ouch_put_replaced(unsigned char *to, uint64_t time,
    const struct exch_ouch_order *o, const char old[EXCH_OUCH_TOKEN]);
size_t exch_ouch_put_cancelled(unsigned char *to, uint64_t time,
    const char token[EXCH_OUCH_TOKEN], uint32_t shares, char reason);
/* liquidity: A added, R removed, O and C in the auctions. */
size_t exch_ouch_put_executed(unsigned char *to, uint64_t time,
    const char token[EXCH_OUCH_TOKEN], uint32_t shares, uint32_t price,
    char liquidity, uint64_t match);
size_t exch_ouch_put_rejected(unsigned char *to, uint64_t time,
    const char token[EXCH_OUCH_TOKEN], char reason);
size_t exch_ouch_put_cancel_rejected(
    unsigned char *to, uint64_t time, const char token[EXCH_OUCH_TOKEN]);

#endif
