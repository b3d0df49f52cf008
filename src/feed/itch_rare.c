/*
 * ITCH messages that are no orders: trades of hidden orders, auctions,
 * phases, and those that become words.
 */
#include <config.h>

#include "feed/itch_priv.h"

#define BAD(text) exch_itch_bad(it, p, n, at, text, d)

/* Price(4) where 0 means that there is none. */
static exch_px
price4_or_none(const unsigned char *p)
{
	exch_px px = exch_itch_px4(p);

	return px != 0 ? px : EXCH_PX_NONE;
}

/* ---- trades and auctions ---- */

static uint8_t
cross_of(unsigned char c)
{
	switch (c) {
	case 'O':
		return EXCH_CROSS_OPEN;
	case 'C':
		return EXCH_CROSS_CLOSE;
	case 'H':
		return EXCH_CROSS_HALT;
	case 'I':
		return EXCH_CROSS_INTRADAY;
	case 'A':
		return EXCH_CROSS_EXTENDED;
	default:
		return EXCH_CROSS_NONE;
	}
}

/*
 * P: a hidden order was executed.  Since 2014 the side is always B and the
 * reference 0: then it says nothing about the resting side.
 */
static int
on_hidden(struct exch_itch *it, const unsigned char *p, size_t n, exch_ts t,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	struct exch_rec_book_print r;
	uint32_t id;
	int err = exch_itch_named(it, p, p + 24, t, &id, d);

	if (err != 0)
		return err;
	r = (struct exch_rec_book_print){
	    .h =
		EXCH_ITCH_HEAD(EXCH_REC_BOOK_PRINT, exch_rec_book_print, id, t),
	    .match = exch_be64(p + 36),
	    .price = exch_itch_px4(p + 32),
	    .qty = exch_be32(p + 20),
	    .order = exch_be64(p + 11),
	    .kind = EXCH_PRINT_HIDDEN,
	};
	if (p[19] == 'S')
		r.side = EXCH_SELL;
	else if (p[19] != 'B')
		return BAD("side is neither B nor S");
	else if (r.order != 0)
		r.side = EXCH_BUY;
	if (r.qty == 0)
		return BAD("no shares");
	return exch_itch_emit(it, &r.h, d);
}

/* Q: the bulk print of an auction; of no shares when nothing traded. */
static int
on_cross(struct exch_itch *it, const unsigned char *p, exch_ts t,
    struct exch_diag *d)
{
	struct exch_rec_book_print r;
	uint32_t id;
	int err = exch_itch_named(it, p, p + 19, t, &id, d);

	if (err != 0)
		return err;
	r = (struct exch_rec_book_print){
	    .h =
		EXCH_ITCH_HEAD(EXCH_REC_BOOK_PRINT, exch_rec_book_print, id, t),
	    .match = exch_be64(p + 31),
	    .price = exch_itch_px4(p + 27),
	    .qty = exch_be64(p + 11),
	    .kind = EXCH_PRINT_CROSS,
	    .cross = cross_of(p[39]),
	};
	return exch_itch_emit(it, &r.h, d);
}

static int
on_broken(struct exch_itch *it, const unsigned char *p, exch_ts t,
    struct exch_diag *d)
{
	struct exch_rec_bust r;
	uint32_t id;
	int err = exch_itch_plain(it, p, t, &id, d);

	if (err != 0)
		return err;
	r = (struct exch_rec_bust){
	    .h = EXCH_ITCH_HEAD(EXCH_REC_BUST, exch_rec_bust, id, t),
	    .match = exch_be64(p + 11),
	};
	return exch_itch_emit(it, &r.h, d);
}

/* I: the net order imbalance indicator. */
static int
on_imbalance(struct exch_itch *it, const unsigned char *p, exch_ts t,
    struct exch_diag *d)
{
	struct exch_rec_auction r;
	uint32_t id;
	int err = exch_itch_named(it, p, p + 28, t, &id, d);

	if (err != 0)
		return err;
	r = (struct exch_rec_auction){
	    .h = EXCH_ITCH_HEAD(EXCH_REC_AUCTION, exch_rec_auction, id, t),
	    .price = price4_or_none(p + 40),
	    .paired = exch_be64(p + 11),
	    .imbalance = exch_be64(p + 19),
	    .reference = price4_or_none(p + 44),
	    .far = price4_or_none(p + 36),
	    .side = p[27] == 'B'   ? EXCH_BUY
		    : p[27] == 'S' ? EXCH_SELL
				   : EXCH_SIDE_NONE,
	    .cross = cross_of(p[48]),
	    .variation = p[49] != ' ' ? p[49] : 0,
	};
	return exch_itch_emit(it, &r.h, d);
}

/* ---- state of the market ---- */

static int
phase(struct exch_itch *it, uint32_t id, uint8_t to,
    const unsigned char *reason, exch_ts t, struct exch_diag *d)
{
	struct exch_rec_phase r = {
	    .h = EXCH_ITCH_HEAD(EXCH_REC_PHASE, exch_rec_phase, id, t),
	    .phase = to,
	    .reference = EXCH_PX_NONE,
	};

	if (reason != NULL) {
		for (int i = 0; i < 4 && reason[i] > ' '; i++)
			r.reason[i] = reason[i] < 0x7f ? (char)reason[i] : '?';
	}
	return exch_itch_emit(it, &r.h, d);
}

static int
notice(struct exch_itch *it, uint32_t id, const unsigned char *p, exch_ts t,
    struct exch_diag *d)
{
	struct {
		struct exch_rec_notice r;
		char text[EXCH_SENTENCE_TEXT + 8];
	} u = {.r = {.h = {.type = EXCH_REC_NOTICE, .instr = id, .time = t}}};
	size_t n = exch_itch_words(p, u.text);

	u.r.ntext = (uint16_t)n;
	u.r.bytes = sizeof(u.r) + ((n + 7) & ~(size_t)7);
	return exch_itch_emit(it, &u.r.h, d);
}

/*
 * S: trading goes on from the start of system hours to their end; the
 * market hours inside change no rule of the book and stay notices (a stock
 * halted before they begin stays halted).
 */
static int
on_system(struct exch_itch *it, const unsigned char *p, exch_ts t,
    struct exch_diag *d)
{
	int err = notice(it, 0, p, t, d);

	if (err != 0)
		return err;
	switch (p[11]) {
	case 'S':
		return phase(it, 0, EXCH_PHASE_CONTINUOUS, NULL, t, d);
	case 'E':
		return phase(it, 0, EXCH_PHASE_CLOSED, NULL, t, d);
	default:
		return 0;
	}
}

/* H: the trading state of one stock. */
static int
on_action(struct exch_itch *it, const unsigned char *p, size_t n, exch_ts t,
    const struct exch_feed_at *at, struct exch_diag *d)
{
	uint32_t id;
	int err = exch_itch_named(it, p, p + 11, t, &id, d);

	if (err != 0)
		return err;
	switch (p[19]) {
	case 'T':
		return phase(it, id, EXCH_PHASE_CONTINUOUS, p + 21, t, d);
	case 'H':
	case 'P':
		return phase(it, id, EXCH_PHASE_HALT, p + 21, t, d);
	case 'Q':
		return phase(it, id, EXCH_PHASE_PRE_OPEN, p + 21, t, d);
	default:
		return BAD("trading state is not one of T H P Q");
	}
}

/* Messages about one stock that become words only. */
static int
on_words(struct exch_itch *it, const unsigned char *p,
    const unsigned char *stock, exch_ts t, struct exch_diag *d)
{
	uint32_t id;
	int err = exch_itch_named(it, p, stock, t, &id, d);

	return err != 0 ? err : notice(it, id, p, t, d);
}

int
exch_itch_rare(struct exch_itch *it, const unsigned char *p, size_t n,
    exch_ts t, const struct exch_feed_at *at, struct exch_diag *d)
{
	uint32_t id;
	int err;

	switch (p[0]) {
	case 'P':
		return on_hidden(it, p, n, t, at, d);
	case 'Q':
		return on_cross(it, p, t, d);
	case 'B':
		return on_broken(it, p, t, d);
	case 'I':
		return on_imbalance(it, p, t, d);
	case 'S':
		return on_system(it, p, t, d);
	case 'H':
		return on_action(it, p, n, t, at, d);
	case 'R':
		err = exch_itch_directory(it, p, t, &id, d);
		return err != 0 ? err : notice(it, id, p, t, d);
	case 'V':
	case 'W':
		return notice(it, 0, p, t, d);
	case 'L':
		return on_words(it, p, p + 15, t, d);
	default: /* Y K J h N O */
		return on_words(it, p, p + 11, t, d);
	}
}
