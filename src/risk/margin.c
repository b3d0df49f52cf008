/* Initial and maintenance margin of stocks (margin.h). */
#include <config.h>

#include "risk/margin.h"

#define MILLION 1000000
#define PX_PER_CASH (EXCH_PX_ONE / EXCH_CASH_ONE) /* 10^-9 to 10^-6 */

/* Of a position whose value is a number of cash. */
static int
magnitude(int64_t qty, exch_px price, exch_i128 *n)
{
	*n = qty < 0 ? -(exch_i128)qty : qty;
	return price < 0 || *n * price > (exch_i128)INT64_MAX * PX_PER_CASH
		   ? EXCH_ERR_RANGE
		   : EXCH_OK;
}

/*
 * The greater of `rate` of the value and `least` for each share, in 10^-15,
 * which is ppm of prices: rounded up to cash.
 */
static int
greater(
    exch_i128 n, exch_px price, uint32_t rate, exch_px least, exch_cash *out)
{
	exch_i128 unit = (exch_i128)PX_PER_CASH * MILLION;
	exch_i128 a = n * price * rate, b, need;

	/* An amount for each share may be more than prices are worth. */
	if (__builtin_mul_overflow(n, (exch_i128)least * MILLION, &b) ||
	    __builtin_add_overflow(b, unit, &need))
		return EXCH_ERR_RANGE;
	need = ((a > b ? a : b) + unit - 1) / unit;
	if (need > INT64_MAX)
		return EXCH_ERR_RANGE;
	*out = (exch_cash)need;
	return EXCH_OK;
}

int
exch_margin_initial(const struct exch_margin_rates *r, int64_t qty,
    exch_px price, exch_cash *out)
{
	exch_i128 n;
	int err = magnitude(qty, price, &n);

	if (err != 0)
		return err;
	return greater(
	    n, price, qty < 0 ? r->initial_short : r->initial_long, 0, out);
}

int
exch_margin_keep(const struct exch_margin_rates *r, int64_t qty, exch_px price,
    exch_cash *out)
{
	exch_i128 n;
	int err = magnitude(qty, price, &n);

	if (err != 0)
		return err;
	if (qty >= 0)
		return greater(n, price, r->long_rate, 0, out);
	if (price < r->cheap)
		return greater(
		    n, price, r->short_cheap, r->short_least_cheap, out);
	return greater(n, price, r->short_rate, r->short_least, out);
}

/* ---- where the call comes ---- */

/* cash / (n (10^6 + rate) / 10^6) as a price, to the nearest. */
static exch_i128
price_at(exch_i128 cash, exch_i128 n, int64_t rate)
{
	exch_i128 b = n * (MILLION + rate);

	return (2 * cash * PX_PER_CASH * MILLION + b) / (2 * b);
}

static int
call_of_short(const struct exch_margin_rates *r, exch_i128 n, exch_cash cash,
    exch_i128 *out)
{
	exch_i128 each = (2 * (exch_i128)cash * PX_PER_CASH + n) / (2 * n);

	if (cash <= 0)
		return EXCH_ERR_ABSENT;
	/* One of the four holds: what must be kept rises with the price. */
	*out = price_at(cash, n, r->short_rate);
	if (*out >= r->cheap &&
	    *out * r->short_rate >= (exch_i128)r->short_least * MILLION)
		return EXCH_OK;
	*out = each - r->short_least;
	if (*out >= r->cheap)
		return EXCH_OK;
	*out = price_at(cash, n, r->short_cheap);
	if (*out * r->short_cheap >= (exch_i128)r->short_least_cheap * MILLION)
		return EXCH_OK;
	*out = each - r->short_least_cheap;
	return *out > 0 ? EXCH_OK : EXCH_ERR_ABSENT;
}

int
exch_margin_call_price(const struct exch_margin_rates *r, int64_t qty,
    exch_cash cash, exch_px *out)
{
	exch_i128 p;
	int err = EXCH_OK;

	if (qty == 0 || (qty > 0 && (cash >= 0 || r->long_rate >= MILLION)))
		return EXCH_ERR_ABSENT;
	if (qty < 0)
		err = call_of_short(r, -(exch_i128)qty, cash, &p);
	else
		p = price_at(-(exch_i128)cash, qty, -(int64_t)r->long_rate);
	if (err != 0)
		return err;
	if (p >= EXCH_PX_NONE)
		return EXCH_ERR_RANGE;
	*out = (exch_px)p;
	return EXCH_OK;
}

/* ---- accounts ---- */

exch_cash
exch_margin_equity(const struct exch_margin_rates *r, exch_cash keep,
    exch_cash longs, exch_cash shorts)
{
	exch_cash least = r->minimum_equity;

	if (shorts == 0 && longs < least)
		least = longs;
	return keep > least ? keep : least;
}

bool
exch_is_day_trader(
    const struct exch_day_trader *d, uint64_t day_trades, uint64_t trades)
{
	return d->trades > 0 && day_trades >= d->trades &&
	       (exch_u128)day_trades * MILLION > (exch_u128)trades * d->share;
}
