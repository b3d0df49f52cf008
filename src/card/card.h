/*
 * A matcher behind a ring of commands and a ring of events: a card, its
 * simulation, or software that does the same.
 *
 * A command is one beat of 32 bytes, or two when EXCH_CARD_PEAK is set.  It
 * names orders by slots, which the host hands out, and prices by ticks from
 * 0.  Each is answered by one event or more, of which exactly one, the last,
 * says EXCH_CARD_LAST.  The events of a command come together, and those of a
 * symbol in the order of its commands; a matcher that says `apart` lets symbols
 * go ahead of one another, so that their common order is that of `seq`, not
 * that of coming.  There a slot that another symbol's order had is free when
 * the event that says so has come, not when it may be expected.  A barrier is
 * answered behind all that were before it.  Fields are little-endian.
 *
 * What a command may say is bounded by the limits that open() was given; one
 * beyond them, or about an order that is not there, is answered by a
 * REJECTED event and changes nothing.
 */
#ifndef EXCH_CARD_CARD_H
#define EXCH_CARD_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXCH_CARD_ABI 5

enum exch_card_op {
	EXCH_CARD_NEW = 1,
	EXCH_CARD_CANCEL,  /* slot, gen, price, side */
	EXCH_CARD_REDUCE,  /* and qty to take off; all of it is a cancel */
	EXCH_CARD_REPLACE, /* old_price, price, qty: loses its place */
	EXCH_CARD_MASS,	   /* every order of symbol and side, best first */
	EXCH_CARD_BARRIER,
};

enum exch_card_stp {
	EXCH_CARD_STP_OFF,
	EXCH_CARD_STP_NEWEST,
	EXCH_CARD_STP_OLDEST,
	EXCH_CARD_STP_BOTH,
	EXCH_CARD_STP_DECREMENT,
};

/* Bits of exch_card_cmd.flags. */
#define EXCH_CARD_SELL 0x01u
#define EXCH_CARD_IOC 0x02u
#define EXCH_CARD_FOK 0x04u
#define EXCH_CARD_MARKET 0x08u /* price is not looked at; not for DAY */
#define EXCH_CARD_POST 0x10u
#define EXCH_CARD_PEAK 0x80u /* a beat of struct exch_card_peak follows */

struct exch_card_cmd {
	uint8_t op;    /* exch_card_op | exch_card_stp << 4 */
	uint8_t flags; /* EXCH_CARD_... */
	uint16_t symbol;
	uint32_t slot;
	uint8_t price[3];     /* ticks */
	uint8_t old_price[3]; /* REPLACE: where the order rests */
	uint8_t qty[4];
	uint8_t owner[4]; /* 0: nobody's; prevention looks at it */
	uint8_t gen[4];	  /* of the slot: each use of it has another */
	uint8_t seq[6];	  /* comes back in its events */
};

struct exch_card_peak {
	uint32_t peak; /* shown at a time, at most; 0: all */
	uint32_t zero[7];
};

enum exch_card_kind {
	EXCH_CARD_RESTED = 1, /* qty in all, left: shown */
	EXCH_CARD_TRADE,      /* left: shown by the maker now */
	EXCH_CARD_EXPIRED,    /* qty that did not trade */
	EXCH_CARD_CANCELLED,  /* qty that was open */
	EXCH_CARD_REDUCED,    /* qty taken, left */
	EXCH_CARD_REPLACED,   /* qty that was open; more events follow */
	EXCH_CARD_PREVENTED,  /* by the mode of prevention; see exch-fpga(7) */
	EXCH_CARD_REJECTED,
	EXCH_CARD_BARRIERED,
	EXCH_CARD_SWEPT, /* qty: orders a MASS cancelled */
};

/* Bits 0 to 3 of exch_card_evt.flags; above them an exch_card_why. */
#define EXCH_CARD_LAST 0x01u
#define EXCH_CARD_TAKER_SELLS 0x02u
#define EXCH_CARD_GONE 0x04u	  /* the maker has left the book */
#define EXCH_CARD_REFRESHED 0x08u /* an iceberg went to the back */

enum exch_card_why {
	EXCH_CARD_NO_OP = 1,
	EXCH_CARD_NO_SYMBOL,
	EXCH_CARD_NO_SLOT, /* beyond the limit, or in use */
	EXCH_CARD_NO_PRICE,
	EXCH_CARD_NO_QTY,
	EXCH_CARD_NO_LIVE,  /* the slot has no order */
	EXCH_CARD_NO_MATCH, /* it has another one, or elsewhere */
	EXCH_CARD_NO_POST,  /* post-only, and would trade */
	EXCH_CARD_NO_FILL,  /* FOK, and not enough is there */
};

struct exch_card_evt {
	uint8_t kind;
	uint8_t flags;
	uint16_t symbol;
	uint32_t slot;	/* of the command */
	uint32_t maker; /* slot of the resting order */
	uint32_t price;
	uint32_t qty;
	uint32_t left;
	uint8_t seq[6];
	uint16_t index; /* of the event within its command, modulo 2^16 */
};

#ifndef __cplusplus
_Static_assert(sizeof(struct exch_card_cmd) == 32 &&
		   sizeof(struct exch_card_peak) == 32 &&
		   sizeof(struct exch_card_evt) == 32,
    "beats");
#endif

/* Numbers of n bytes in the fields of a command. */
static inline void
exch_card_put(uint8_t *p, uint64_t v, unsigned n)
{
	while (n-- > 0) {
		*p++ = (uint8_t)v;
		v >>= 8;
	}
}

static inline uint64_t
exch_card_get(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

/*
 * The same for every matcher that is to give the same answers.  A matcher may
 * take more than it was opened for: the host is not to send it.
 */
struct exch_card_limits {
	uint32_t symbols; /* 0 to symbols-1 */
	uint32_t levels;  /* prices 0 to levels-1 */
	uint32_t slots;	  /* 0 to slots-1 */
};

/* The first limit that is beyond the most, by name; NULL: none is. */
static inline const char *
exch_card_beyond(
    const struct exch_card_limits *most, const struct exch_card_limits *l)
{
	return l->symbols > most->symbols ? "symbols"
	       : l->levels > most->levels ? "levels"
	       : l->slots > most->slots	  ? "slots"
					  : 0;
}

#define EXCH_CARD_OPS 16

/* What a command that met an idle matcher had to wait for. */
enum exch_card_class {
	EXCH_CARD_NEAR, /* nothing: all it needed was on the chip */
	EXCH_CARD_LONG, /* orders were counted first: of FOK, of an iceberg */
	EXCH_CARD_FAR,	/* the memory */
	EXCH_CARD_CLASSES
};

/* Cycles up to 15 are told apart, then powers of 2: from 16, 32, ... */
#define EXCH_CARD_SPANS 32

static inline unsigned
exch_card_span(uint64_t cycles)
{
	unsigned i = cycles < 16 ? (unsigned)cycles : 16;

	for (; cycles >= 32 && i < EXCH_CARD_SPANS - 1; cycles >>= 1)
		i++;
	return i;
}

/* The least of those cycles. */
static inline uint64_t
exch_card_span_from(unsigned i)
{
	return i < 16 ? i : UINT64_C(16) << (i - 16);
}

/* Of a matcher that has cycles; all 0 otherwise. */
struct exch_card_stats {
	uint64_t cycles;
	uint64_t idle; /* of them without a command in hand */
	uint64_t held; /* of them waiting for a place for an event */
	uint64_t commands, events;
	/* By operation, and REJECTED ones under 0: how many, the cycles from
	 * taking the command in hand to letting it go, and the most. */
	uint64_t n[EXCH_CARD_OPS];
	uint64_t busy[EXCH_CARD_OPS];
	uint64_t most[EXCH_CARD_OPS];
	/* Commands that met an idle matcher: cycles until the first event;
	 * and by class, how many took so many cycles: exch_card_span(). */
	uint64_t first_n, first_sum, first_least, first_most;
	uint64_t first[EXCH_CARD_CLASSES][EXCH_CARD_SPANS];
	/* Of a matcher with a memory behind it: cycles it waited for that,
	 * and for its writes; orders, levels and leaf words it read, and of
	 * them those that were not on the chip; lines of 32 bytes. */
	uint64_t late, full;
	uint64_t reads[3], misses[3];
	uint64_t fetched, written;
	uint64_t dropped; /* of those fetched: written meanwhile */
};

struct exch_card;

struct exch_card_ops {
	uint32_t abi; /* EXCH_CARD_ABI */
	const char *name;
	struct exch_card_limits most; /* what open() takes */
	bool apart;		      /* symbols go ahead of one another */
	/*
	 * An empty matcher.  NULL: out of memory, limits beyond the most, or
	 * options (words with commas between; NULL: none) that it does not
	 * know; `why`, of so many bytes, says which.
	 */
	struct exch_card *(*open)(const struct exch_card_limits *l,
	    const char *options, char *why, size_t size);
	/* Beats taken, fewer when the ring is full; never half a command. */
	size_t (*submit)(struct exch_card *c, const void *beats, size_t n);
	/*
	 * Events given, at most `max`.  0: all that was submitted is
	 * answered, or nothing came for as long as something had to (*fault).
	 */
	size_t (*poll)(struct exch_card *c, struct exch_card_evt *evts,
	    size_t max, bool *fault);
	void (*stats)(const struct exch_card *c, struct exch_card_stats *s);
	void (*close)(struct exch_card *c);
	/*
	 * Behind a fault, or when submit() takes nothing though all is
	 * answered: ": why", of the card; NULL: it does not know.  May be NULL.
	 */
	const char *(*trouble)(const struct exch_card *c);
	/*
	 * As after open(), at any time: all that was submitted and not polled
	 * is gone with all orders; the figures go on.  NULL: close() and
	 * open() do it.
	 */
	void (*reset)(struct exch_card *c);
	/*
	 * Words of options that name files it writes, "trace=", with commas
	 * between; NULL: there are none.  Whoever opens another card beside or
	 * behind one leaves them out, or loses what the first has written.
	 */
	const char *files;
};

#endif
