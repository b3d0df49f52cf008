/*
 * Money of trades.  Cash is 10^-6 of a currency, rounded half-even once per
 * trade; sums are kept in 128 bits.
 */
#ifndef EXCH_REC_CASH_H
#define EXCH_REC_CASH_H

#include "base/even.h"

/* Parameters of one instrument. */
struct exch_money {
	uint64_t unit;	    /* px x qty to cash: 10^(3 + quantity digits) */
	int64_t multiplier; /* 10^-9 */
};

/*
 * For a kind of instrument, enum exch_instr_kind.  The price of a bond is
 * percent of its nominal, of all others money for one unit; what a unit of
 * a contract stands for is its multiplier.
 */
struct exch_money exch_money_of(
    int qty_scale, int64_t multiplier, uint8_t kind);

/* EXCH_ERR_RANGE when price x qty x multiplier does not fit 128 bits. */
int exch_money_wide(
    const struct exch_money *m, exch_px price, exch_qty qty, exch_i128 *cash);

/*
 * Cash of a sum of prices times quantities, of which `by` are meant once,
 * half-even: 1, or 2 for a sum of both sides of a market.  EXCH_ERR_RANGE.
 */
int exch_money_sum(
    const struct exch_money *m, exch_i128 sum, int by, exch_i128 *cash);

/*
 * What `part` of `all` that there are has cost, half-even; part <= all, and
 * that cost all of it.  A product beyond 128 bits is taken unit by unit, and
 * is a little less then.
 */
exch_i128 exch_cash_part(exch_i128 cost, exch_qty part, exch_qty all);

/* The common case stays in 64 bits: shares, a positive price; else false. */
static inline bool
exch_money_narrow(
    const struct exch_money *m, exch_px price, exch_qty qty, uint64_t *cash)
{
	uint64_t v, r;

	if (m->multiplier != 1000000000 || m->unit != 1000 || price < 0 ||
	    __builtin_mul_overflow((uint64_t)price, qty, &v))
		return false;
	r = v % 1000;
	v /= 1000;
	*cash = r == 0 ? v : v + (r > 500 || (r == 500 && (v & 1) != 0));
	return true;
}

/* Cash of one trade. */
static inline int
exch_money_cash(
    const struct exch_money *m, exch_px price, exch_qty qty, exch_i128 *cash)
{
	uint64_t v;

	if (__builtin_expect(exch_money_narrow(m, price, qty, &v), 1)) {
		*cash = (exch_i128)v;
		return 0;
	}
	return exch_money_wide(m, price, qty, cash);
}

/*
 * The price at which `qty` costs `cash`, half-even; EXCH_PX_NONE when qty is 0
 * or the price is beyond what numbers can say.
 */
exch_px exch_money_mean(
    const struct exch_money *m, exch_i128 cash, exch_u128 qty);

/*
 * notional / qty (10^-9) rounded half-even to `decimals` places, still in
 * 10^-9; EXCH_PX_NONE when qty is 0 or the price does not fit.
 */
exch_px exch_mean_px(exch_i128 notional, exch_u128 qty, int decimals);

#endif
