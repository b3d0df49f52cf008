/*
 * The IEX decoder's memory and what its files share: iex.c decodes what moves
 * a book, iex_rare.c everything else.
 */
#ifndef EXCH_FEED_IEX_PRIV_H
#define EXCH_FEED_IEX_PRIV_H

#include "base/bytes.h"
#include "feed/iex.h"
#include "feed/live.h"
#include "feed/run.h"
#include "feed/symbols.h"

/* An instrument by its eight bytes. */
struct exch_iex_symbol {
	struct exch_key key;
	uint32_t id;
	uint32_t shown; /* bits of lines that showed levels or quotes of it */
};

struct exch_iex {
	struct exch_run *run;
	struct exch_feed_stats *st;
	struct exch_feed_sink sink; /* into the run */
	exch_px tick;
	bool capture_time;
	exch_ts captured;
	const unsigned char *from; /* what the caller's offset is of */
	struct exch_symbols names;
	struct exch_keyed symbols; /* by their eight bytes */
	struct exch_lives orders;  /* (instrument, order) */
	struct exch_iex_line *lines;
};

struct exch_iex_line {
	struct exch_iex *x;
	struct exch_iex_line *next;
	uint16_t protocol;
	uint8_t bit;	     /* of it in the table of messages */
	bool over;	     /* a message has said so */
	exch_ts now;	     /* the latest time of a message */
	uint64_t last_cross; /* number of the auction printed last */
};

/* A message in hand; all but `p` for those who complain. */
struct exch_iex_message {
	const unsigned char *p;
	size_t n;
	exch_ts t;
	const struct exch_feed_at *at;
};

/* Where fields stand. */
enum {
	EXCH_IEX_FLAGS = 1,
	EXCH_IEX_TIME = 2,
	EXCH_IEX_SYMBOL = 10,
	EXCH_IEX_BODY = 18
};

/* 10^-4 to 10^-9. */
#define EXCH_IEX_PX 100000

#define EXCH_IEX_HEAD(kind, T, id, t)                                          \
	{                                                                      \
		.type = (kind), .len8 = sizeof(struct T) / 8, .instr = (id),   \
		.time = (t)                                                    \
	}

/* A record made elsewhere. */
static inline int
exch_iex_emit(struct exch_iex *x, const struct exch_rec *r, struct exch_diag *d)
{
	size_t n = exch_rec_len(r);

	memcpy(exch_run_room(x->run), r, n);
	if (__builtin_expect(x->capture_time, 0))
		n = exch_run_captured(x->run, n, x->captured);
	return exch_run_add(x->run, n, d);
}

/* Trouble with a message, which is left out. */
int exch_iex_bad(struct exch_iex_line *l, const struct exch_iex_message *m,
    const char *what, struct exch_diag *d);
/* Its instrument, which is announced when it is new; 0 in *id: it has none. */
int exch_iex_instrument(struct exch_iex_line *l,
    const struct exch_iex_message *m, uint32_t *id, struct exch_diag *d);
/* A price of eight bytes; false: no record can hold it, or it is negative. */
static inline bool
exch_iex_price(const unsigned char *p, exch_px *px)
{
	uint64_t v = exch_le64(p);

	*px = (exch_px)(v * EXCH_IEX_PX);
	return v < INT64_MAX / EXCH_IEX_PX;
}

/* Messages that move no book; they are whole and of a known type. */
int exch_iex_rare(struct exch_iex_line *l, const struct exch_iex_message *m,
    struct exch_diag *d);

#endif
