/*
 * Messages of binary PITCH that move no book: states and auctions of a symbol,
 * broken trades and those that become words.
 */
#include <config.h>

#include <stdio.h>

#include "feed/pitchbin_priv.h"

#define BAD(text) exch_pitchbin_bad(l, m, text, d)

/* The states that all of its markets have; S: this exchange alone halts. */
static bool
phase_of(unsigned char state, uint8_t *phase)
{
	switch (state) {
	case 'T':
		*phase = EXCH_PHASE_CONTINUOUS;
		return true;
	case 'H':
	case 'S':
		*phase = EXCH_PHASE_HALT;
		return true;
	case 'A':
	case 'Q':
		*phase = EXCH_PHASE_PRE_OPEN;
		return true;
	default:
		return false;
	}
}

static int
on_status(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    struct exch_diag *d)
{
	struct exch_rec_phase r = {
	    .h = EXCH_PITCHBIN_HEAD(EXCH_REC_PHASE, exch_rec_phase, 0, m),
	    .reference = EXCH_PX_NONE,
	};
	unsigned char sho = m->p[EXCH_PITCHBIN_MORE];
	char text[32];
	uint32_t id;
	int err;

	if (!phase_of(m->p[EXCH_PITCHBIN_WORD], &r.phase))
		return BAD("trading status is not one of T H S A Q");
	err = exch_pitchbin_instrument(l, m, EXCH_PITCHBIN_NAME, 8, &id, d);
	if (err != 0 || id == 0)
		return err;
	if (sho >= '0' && sho <= '9') {
		snprintf(text, sizeof(text), "reg-sho action=%c", sho);
		err = exch_pitchbin_notice(l, m, id, text, d);
	}
	r.h.instr = id;
	return err != 0 ? err : exch_pitchbin_emit(l->x, &r.h, d);
}

static uint8_t
cross_of(unsigned char c)
{
	switch (c) {
	case 'O':
		return EXCH_CROSS_OPEN;
	case 'C':
		return EXCH_CROSS_CLOSE;
	case 'H':
	case 'I': /* of a new listing: as after a halt */
	case 'V':
		return EXCH_CROSS_HALT;
	case 'P':
		return EXCH_CROSS_INTRADAY;
	default:
		return EXCH_CROSS_NONE;
	}
}

/* 0: there is none. */
static bool
price_or_none(const unsigned char *p, exch_px *px)
{
	bool good = exch_pitchbin_price(p, px);

	if (good && *px == 0)
		*px = EXCH_PX_NONE;
	return good;
}

static int
on_auction(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    struct exch_diag *d)
{
	const unsigned char *p = m->p;
	uint64_t buy = exch_le32(p + 22), sell = exch_le32(p + 26);
	struct exch_rec_auction r = {
	    .h = EXCH_PITCHBIN_HEAD(EXCH_REC_AUCTION, exch_rec_auction, 0, m),
	    .paired = buy < sell ? buy : sell,
	    .imbalance = buy < sell ? sell - buy : buy - sell,
	    .side = buy > sell	 ? EXCH_BUY
		    : buy < sell ? EXCH_SELL
				 : EXCH_SIDE_NONE,
	    .cross = cross_of(p[EXCH_PITCHBIN_WORD]),
	};
	int err;

	if (!price_or_none(p + EXCH_PITCHBIN_MORE, &r.reference) ||
	    !price_or_none(p + 30, &r.price) || !price_or_none(p + 38, &r.far))
		return BAD("the price is out of range");
	err = exch_pitchbin_instrument(
	    l, m, EXCH_PITCHBIN_NAME, 8, &r.h.instr, d);
	return err != 0 || r.h.instr == 0 ? err
					  : exch_pitchbin_emit(l->x, &r.h, d);
}

/* The result of an auction has no number of its own: that of its message. */
static int
on_auction_over(struct exch_pitchbin_line *l,
    const struct exch_pitchbin_message *m, struct exch_diag *d)
{
	struct exch_rec_book_print r = {
	    .h = EXCH_PITCHBIN_HEAD(
		EXCH_REC_BOOK_PRINT, exch_rec_book_print, 0, m),
	    .match = l->x->st->messages,
	    .qty = exch_le32(m->p + 22),
	    .kind = EXCH_PRINT_CROSS,
	    .cross = cross_of(m->p[EXCH_PITCHBIN_WORD]),
	};
	int err;

	if (!exch_pitchbin_price(m->p + EXCH_PITCHBIN_MORE, &r.price))
		return BAD("the price is out of range");
	err = exch_pitchbin_instrument(
	    l, m, EXCH_PITCHBIN_NAME, 8, &r.h.instr, d);
	return err != 0 || r.h.instr == 0 ? err
					  : exch_pitchbin_emit(l->x, &r.h, d);
}

/* A broken execution is known by its number alone. */
static int
on_broken(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    struct exch_diag *d)
{
	char text[48];

	snprintf(text, sizeof(text), "trade-break match=%llu",
	    (unsigned long long)exch_le64(m->p + EXCH_PITCHBIN_ID));
	return exch_pitchbin_notice(l, m, 0, text, d);
}

static int
on_end(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    struct exch_diag *d)
{
	char text[40];

	snprintf(text, sizeof(text), "end-of-session unit=%u", l->unit);
	l->over = true;
	return exch_pitchbin_notice(l, m, 0, text, d);
}

/* Of options: what a symbol of six bytes stands for. */
static int
on_mapping(struct exch_pitchbin_line *l, const struct exch_pitchbin_message *m,
    struct exch_diag *d)
{
	char text[72], osi[22];
	uint32_t id;
	int err;

	for (unsigned i = 0; i < 21; i++) {
		unsigned char c = m->p[7 + i];

		osi[i] = c >= ' ' && c < 0x7f ? (char)c : '?';
	}
	osi[21] = '\0';
	err = exch_pitchbin_instrument(l, m, 1, 6, &id, d);
	if (err != 0 || id == 0)
		return err;
	snprintf(text, sizeof(text), "symbol-mapping osi=\"%s\"", osi);
	return exch_pitchbin_notice(l, m, id, text, d);
}

int
exch_pitchbin_rare(struct exch_pitchbin_line *l,
    const struct exch_pitchbin_message *m, struct exch_diag *d)
{
	switch (m->p[0]) {
	case EXCH_PITCHBIN_BROKEN:
		return on_broken(l, m, d);
	case EXCH_PITCHBIN_END:
		return on_end(l, m, d);
	case EXCH_PITCHBIN_STATUS:
		return on_status(l, m, d);
	case EXCH_PITCHBIN_AUCTION:
		return on_auction(l, m, d);
	case EXCH_PITCHBIN_AUCTION_OVER:
		return on_auction_over(l, m, d);
	default:
		return on_mapping(l, m, d);
	}
}
