/*
 * The memory of the decoder of binary PITCH and what its files share: pitchbin.c
 * decodes orders, pitchbin_rare.c what moves no book.
 */
#ifndef EXCH_FEED_PITCHBIN_PRIV_H
#define EXCH_FEED_PITCHBIN_PRIV_H

#include "base/bytes.h"
#include "feed/live.h"
#include "feed/pitchbin.h"
#include "feed/run.h"
#include "feed/symbols.h"

/* 10^-4 to 10^-9. */
#define EXCH_PITCHBIN_PX 100000

enum {
	EXCH_PITCHBIN_TIME = 0x20,
	EXCH_PITCHBIN_ADD_LONG = 0x21,
	EXCH_PITCHBIN_ADD_SHORT = 0x22,
	EXCH_PITCHBIN_EXECUTED = 0x23,
	EXCH_PITCHBIN_EXECUTED_AT = 0x24,
	EXCH_PITCHBIN_REDUCE_LONG = 0x25,
	EXCH_PITCHBIN_REDUCE_SHORT = 0x26,
	EXCH_PITCHBIN_MODIFY_LONG = 0x27,
	EXCH_PITCHBIN_MODIFY_SHORT = 0x28,
	EXCH_PITCHBIN_DELETE = 0x29,
	EXCH_PITCHBIN_TRADE_LONG = 0x2a,
	EXCH_PITCHBIN_TRADE_SHORT = 0x2b,
	EXCH_PITCHBIN_BROKEN = 0x2c,
	EXCH_PITCHBIN_END = 0x2d,
	EXCH_PITCHBIN_MAPPING = 0x2e,
	EXCH_PITCHBIN_ADD_EXPANDED = 0x2f,
	EXCH_PITCHBIN_TRADE_EXPANDED = 0x30,
	EXCH_PITCHBIN_STATUS = 0x31,
	EXCH_PITCHBIN_AUCTION = 0x95,
	EXCH_PITCHBIN_AUCTION_OVER = 0x96,
	EXCH_PITCHBIN_CLEAR = 0x97
};

enum {
	EXCH_PITCHBIN_OFFSET = 1,
	EXCH_PITCHBIN_ID = 5,
	EXCH_PITCHBIN_SIDE = 13,
	EXCH_PITCHBIN_SHARES = 14,
	EXCH_PITCHBIN_TAKEN = 13
};
/* Of those about a symbol. */
enum {
	EXCH_PITCHBIN_NAME = 5,
	EXCH_PITCHBIN_WORD = 13,
	EXCH_PITCHBIN_MORE = 14
};

struct exch_pitchbin {
	struct exch_run *run;
	struct exch_feed_stats *st;
	struct exch_feed_sink sink; /* into the run */
	exch_ts midnight;
	exch_ts second; /* the last that any unit told */
	bool capture_time;
	exch_ts captured;
	const unsigned char *from; /* what the caller's offset is of */
	struct exch_symbols names;
	struct exch_keyed symbols;
	struct exch_pitchbin_line *lines;
	uint32_t nlines;
};

struct exch_pitchbin_line {
	struct exch_pitchbin *x;
	struct exch_pitchbin_line *next;
	struct exch_lives orders;
	uint32_t number; /* of the line, from 1 */
	unsigned unit;
	bool timed;	/* it has told a second */
	bool untimed;	/* it was told that it had not */
	bool doubled;	/* and that a symbol of it is another unit's, too */
	bool over;	/* a message has said so */
	bool anew;	/* it begins again, with a second of its own */
	exch_ts second; /* told last */
	exch_ts now;	/* the latest time of a message */
};

/* A message in hand. */
struct exch_pitchbin_message {
	const unsigned char *p;
	size_t n;
	exch_ts t;
	const struct exch_feed_at *at;
};

#define EXCH_PITCHBIN_HEAD(kind, T, id, m)                                     \
	{                                                                      \
		.type = (kind), .len8 = sizeof(struct T) / 8, .instr = (id),   \
		.time = (m)->t                                                 \
	}

static inline int
exch_pitchbin_emit(
    struct exch_pitchbin *x, const struct exch_rec *r, struct exch_diag *d)
{
	size_t n = exch_rec_len(r);

	memcpy(exch_run_room(x->run), r, n);
	if (__builtin_expect(x->capture_time, 0))
		n = exch_run_captured(x->run, n, x->captured);
	return exch_run_add(x->run, n, d);
}

/* A price of eight bytes; false: no record can hold it. */
static inline bool
exch_pitchbin_price(const unsigned char *p, exch_px *px)
{
	uint64_t v = exch_le64(p);

	*px = (exch_px)(v * EXCH_PITCHBIN_PX);
	return v < INT64_MAX / EXCH_PITCHBIN_PX;
}

/* Trouble with a message, which is left out. */
int exch_pitchbin_bad(struct exch_pitchbin_line *l,
    const struct exch_pitchbin_message *m, const char *why,
    struct exch_diag *d);
/*
 * The instrument of a symbol of `len` bytes, announced when it is new; 0 in *id:
 * it has none.
 */
int exch_pitchbin_instrument(struct exch_pitchbin_line *l,
    const struct exch_pitchbin_message *m, size_t at, size_t len, uint32_t *id,
    struct exch_diag *d);
int exch_pitchbin_notice(struct exch_pitchbin_line *l,
    const struct exch_pitchbin_message *m, uint32_t id, const char *text,
    struct exch_diag *d);

/* Messages that move no book; they are whole and of a known type. */
int exch_pitchbin_rare(struct exch_pitchbin_line *l,
    const struct exch_pitchbin_message *m, struct exch_diag *d);

#endif
