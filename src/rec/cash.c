/*
 * Products of price and quantity beyond 64 bits, and exact means (cash.h).
 */
#include <config.h>

#include "base/dec.h"
#include "base/err.h"
#include "rec/rec.h"
#include "rec/cash.h"

struct exch_money
exch_money_of(int qty_scale, int64_t multiplier, uint8_t kind)
{
	struct exch_money m;

	m.unit = 1000 * exch_pow10[qty_scale];
	if (kind == EXCH_KIND_BOND)
		m.unit *= 100;
	m.multiplier = multiplier > 0 ? multiplier : 1000000000;
	return m;
}

int
exch_money_sum(
    const struct exch_money *m, exch_i128 sum, int by, exch_i128 *cash)
{
	exch_i128 unit = (exch_i128)m->unit * by;

	if (m->multiplier != 1000000000) {
		if (__builtin_mul_overflow(sum, (exch_i128)m->multiplier, &sum))
			return EXCH_ERR_RANGE;
		unit *= 1000000000;
	}
	*cash = exch_div_half_even(sum, unit);
	return EXCH_OK;
}

int
exch_money_wide(
    const struct exch_money *m, exch_px price, exch_qty qty, exch_i128 *cash)
{
	exch_i128 v;

	if (__builtin_mul_overflow((exch_i128)price, (exch_i128)qty, &v))
		return EXCH_ERR_RANGE;
	return exch_money_sum(m, v, 1, cash);
}

exch_i128
exch_cash_part(exch_i128 cost, exch_qty part, exch_qty all)
{
	exch_i128 v;

	if (part == all)
		return cost;
	/* Beyond 128 bits: from one unit's share on, still less than all. */
	if (__builtin_mul_overflow(cost, (exch_i128)part, &v))
		return cost / (exch_i128)all * (exch_i128)part;
	return exch_div_half_even(v, (exch_i128)all);
}

exch_px
exch_money_mean(const struct exch_money *m, exch_i128 cash, exch_u128 qty)
{
	exch_i128 n = (exch_i128)qty;
	exch_i128 v;

	if (n <= 0 || __builtin_mul_overflow(cash, (exch_i128)m->unit, &v))
		return EXCH_PX_NONE;
	if (m->multiplier != 1000000000 &&
	    (__builtin_mul_overflow(v, (exch_i128)1000000000, &v) ||
		__builtin_mul_overflow(n, (exch_i128)m->multiplier, &n)))
		return EXCH_PX_NONE;
	v = exch_div_half_even(v, n);
	return v < INT64_MAX && v > INT64_MIN ? (exch_px)v : EXCH_PX_NONE;
}

exch_px
exch_mean_px(exch_i128 notional, exch_u128 qty, int decimals)
{
	exch_i128 step;
	exch_i128 v;

	if (qty == 0 || qty >> 90 != 0)
		return EXCH_PX_NONE;
	step = (exch_i128)exch_pow10[9 - decimals];
	v = exch_div_half_even(notional, (exch_i128)qty * step) * step;
	if (v >= INT64_MAX || v <= INT64_MIN)
		return EXCH_PX_NONE;
	return (exch_px)v;
}
