/*
 * The tape: running figures of what traded, per instrument.  Volume is the
 * sum of EXEC and TRADE; a BUST takes its trade away again.
 *
 * To know what a BUST breaks, the last executions are remembered: a stated
 * window (EXCH_TAPE_WINDOW), so that memory does not grow with the day.
 * Open, high, low and last are prices that were printed and stay.  A trade
 * without a price counts as volume and in nothing else.  Trades agreed
 * outside the book, and corrections, are in the sums but are no prices of
 * the market: open, high, low and last do not know them.
 */
#ifndef EXCH_REPORT_TAPE_H
#define EXCH_REPORT_TAPE_H

#include "base/err.h"
#include "rec/rec.h"
#include "report/insts.h"

#define EXCH_TAPE_WINDOW (UINT32_C(1) << 18)

struct exch_tape_sum {
	uint64_t trades;
	exch_u128 volume;   /* in the instrument's units */
	exch_u128 unpriced; /* of it: at a price nobody told */
	exch_i128 turnover; /* cash, 10^-6 */
	exch_i128 notional; /* price x quantity, for the VWAP */
	exch_px open;
	exch_px high;
	exch_px low;
	exch_px last;
	/* of them agreed outside the book */
	uint64_t blocks;
	exch_u128 block_volume;
	exch_i128 block_turnover;
	uint64_t corrected; /* of them: stand for a broken one */
	uint64_t busts;
};

struct exch_tape {
	struct exch_tape_sum *sum; /* by place */
	uint32_t n;
	struct exch_tape_past *past; /* ring */
	uint64_t next;
	uint64_t busts;
	uint64_t busts_unknown; /* of them: outside the window */
};

/* What a record did to the tape. */
struct exch_tape_print {
	exch_px price;
	exch_qty qty;
	exch_i128 cash;
	uint8_t kind; /* enum exch_print of a TRADE */
};

void exch_tape_clear(struct exch_tape *t);
/* The sums of an instrument, made if need be. */
int exch_tape_at(struct exch_tape *t, uint32_t place,
    struct exch_tape_sum **sum, struct exch_diag *d);

/* Take an EXEC or TRADE; *print receives what was traded. */
int exch_tape_trade(struct exch_tape *t, const struct exch_insts *x,
    uint32_t place, const struct exch_rec *r, struct exch_tape_print *print,
    struct exch_diag *d);
/* Take an EXPECT, MISS or BUST. */
int exch_tape_note(struct exch_tape *t, const struct exch_insts *x,
    uint32_t place, const struct exch_rec *r, uint8_t matcher,
    struct exch_diag *d);

/*
 * The columns trades, volume, turnover, vwap, open, high, low, close of a row
 * that has begun.
 */
struct exch_table;
void exch_tape_put(struct exch_table *t, const struct exch_tape_sum *s,
    const struct exch_inst *in);

/* Decimals in which means of prices are shown: at least four. */
static inline int
exch_tape_mean_decimals(const struct exch_inst *in)
{
	return in->px_decimals > 4 ? in->px_decimals : 4;
}

static inline exch_px
exch_tape_vwap(const struct exch_tape_sum *s, const struct exch_inst *in)
{
	return exch_mean_px(
	    s->notional, s->volume - s->unpriced, exch_tape_mean_decimals(in));
}

#endif
