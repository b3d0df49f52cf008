/*
 * The layouts of OUCH 4.2 (2025) and 5.0 (2023, 2025), as far as orders need
 * them; numbers are big-endian, prices in 10^-4.  Private to ouch.c.
 */
#ifndef EXCH_FEED_OUCH_ASK_H
#define EXCH_FEED_OUCH_ASK_H

#include "base/types.h"

/* What a price counts. */
#define EXCH_OUCH_STEP (EXCH_PX_ONE / 10000)

/* Versions, as a set. */
#define EXCH_OUCH_42 1u
#define EXCH_OUCH_50 2u

/* Which of them have a message of such a length: of clients, to clients. */
unsigned exch_ouch_versions_from(const unsigned char *p, size_t n);
unsigned exch_ouch_versions_to(const unsigned char *p, size_t n);

/* What an order is called: 14 bytes, or the four of a number. */
struct exch_ouch_token {
	const unsigned char *p;
	size_t n;
};

/* What a client asks for, in our terms.  Pointers go into the message. */
struct exch_ouch_ask {
	struct exch_ouch_token token;
	struct exch_ouch_token old;  /* of a replacement */
	const unsigned char *symbol; /* 8 bytes */
	const unsigned char *firm;   /* 4 bytes, or NULL */
	exch_qty qty;
	exch_px price;
	exch_qty shown, least; /* 0: all of it; none */
	uint64_t expires;      /* seconds from now, 0: not so */
	uint64_t client;       /* their own number for it, 0: none */
	int64_t offset;
	uint8_t peg; /* enum exch_peg, or 0 */
	uint8_t side;
	uint8_t ordtype;
	uint8_t tif;
	uint8_t ordflags;
	const char *why; /* it cannot be taken; NULL: it can */
};

/* A message of a client whose length is right, by the versions it may be of. */
void exch_ouch_read(const unsigned char *p, size_t n, unsigned versions,
    struct exch_ouch_ask *a);

/* An order was filled. */
struct exch_ouch_fill {
	struct exch_ouch_token token;
	exch_qty qty;
};

/* An answer whose length is right; false: it is none about a fill. */
bool exch_ouch_read_fill(
    const unsigned char *p, unsigned versions, struct exch_ouch_fill *f);

#endif
