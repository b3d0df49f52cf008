/* What corporate actions do to open orders and to options (action.h). */
#include <config.h>

#include "settle/action.h"
#include "settle/action_priv.h"

/* FINRA 5330(a): a dividend of less is passed over. */
#define LEAST_DIVIDEND (EXCH_PX_ONE / 100)

/* ---- orders ---- */

/* (price - value) / ratio, down to the tick. */
static int
reduce(exch_px price, struct exch_fraction value, struct exch_fraction ratio,
    exch_px tick, exch_px *out)
{
	struct exch_fraction f;
	exch_i128 ticks;
	int err;

	value.num = -value.num;
	err = exch_fraction_add(exch_fraction_of(price, 1), value, &f);
	if (err == EXCH_OK)
		err = exch_fraction_times(
		    f, exch_fraction_of(ratio.den, ratio.num), &f);
	if (err == EXCH_OK)
		err = exch_fraction_times(f, exch_fraction_of(1, tick), &f);
	if (err == EXCH_OK)
		err = exch_fraction_floor(1, f, &ticks);
	return err == EXCH_OK ? exch_fits_i64(ticks * tick, out) : err;
}

static bool
is_passed_over(const struct exch_action_row *a, const struct exch_open_order *o)
{
	bool buy = o->side == EXCH_BUY, stop = o->stop != EXCH_PX_NONE;

	return buy == stop || (a->kind == EXCH_ACTION_DIVIDEND &&
				  (o->no_reduce || a->cash < LEAST_DIVIDEND));
}

/* The order with new prices and quantity. */
static int
adjust(const struct exch_action_row *a, const struct exch_action_prices *p,
    exch_px tick, exch_qty lot, struct exch_open_order *o)
{
	struct exch_fraction value, ratio = exch_action_shares(a);
	exch_px *price[] = {&o->limit, &o->stop};
	exch_i128 lots;
	int err = exch_action_value(a, p, &value);

	for (size_t i = 0; i < EXCH_ARRAY_LEN(price) && err == EXCH_OK; i++)
		if (*price[i] != EXCH_PX_NONE)
			err = reduce(*price[i], value, ratio, tick, price[i]);
	if (err != EXCH_OK || o->no_increase || ratio.num == ratio.den)
		return err;
	err = exch_fraction_times(ratio, exch_fraction_of(1, lot), &ratio);
	if (err == EXCH_OK)
		err = exch_fraction_floor((exch_i128)o->qty, ratio, &lots);
	if (err != EXCH_OK || lots > INT64_MAX / (exch_i128)lot)
		return EXCH_ERR_RANGE;
	o->qty = (exch_qty)lots * lot;
	return EXCH_OK;
}

int
exch_action_order(const struct exch_action_row *a,
    const struct exch_action_prices *p, exch_px tick, exch_qty lot,
    struct exch_open_order *o, enum exch_order_fate *fate)
{
	struct exch_open_order x = *o;
	int err;

	if (a->kind == EXCH_ACTION_REVERSE || a->kind == EXCH_ACTION_MERGER) {
		*fate = EXCH_ORDER_CANCELLED;
		return EXCH_OK;
	}
	*fate = EXCH_ORDER_KEPT;
	if (is_passed_over(a, o))
		return EXCH_OK;
	err = adjust(a, p, tick, lot, &x);
	if (err != EXCH_OK)
		return err;
	if (x.limit <= 0 || x.stop <= 0) {
		*fate = EXCH_ORDER_CANCELLED;
		return EXCH_OK;
	}
	if (x.limit != o->limit || x.stop != o->stop || x.qty != o->qty)
		*fate = EXCH_ORDER_CHANGED;
	*o = x;
	return EXCH_OK;
}

/* ---- options ---- */

/* To the nearest tick, ties up. */
static int
nearest(exch_px strike, struct exch_fraction f, exch_px tick, exch_px *out)
{
	exch_i128 ticks;
	int err = exch_fraction_times(f, exch_fraction_of(strike, tick), &f);

	if (err == EXCH_OK)
		err = exch_fraction_add(f, exch_fraction_of(1, 2), &f);
	if (err == EXCH_OK)
		err = exch_fraction_floor(1, f, &ticks);
	return err == EXCH_OK ? exch_fits_i64(ticks * tick, out) : err;
}

/* v times a ratio, and there is no rest to speak of below 10^-9. */
static int
times(int64_t v, struct exch_fraction f, int64_t *out)
{
	exch_i128 r;
	int err = exch_fraction_round(v, f, &r);

	return err == EXCH_OK ? exch_fits_i64(r, out) : err;
}

static int
divide(struct exch_fraction ratio, exch_px tick, struct exch_option_terms *o)
{
	bool whole = ratio.den == 1;
	int err = nearest(o->strike, exch_fraction_of(ratio.den, ratio.num),
	    tick, &o->strike);

	if (whole)
		return err == EXCH_OK
			   ? times(o->contracts, ratio, &o->contracts)
			   : err;
	if (err == EXCH_OK)
		err = times(o->multiplier, ratio, &o->multiplier);
	return err == EXCH_OK ? times(o->shares, ratio, &o->shares) : err;
}

/* What comes with a contract, for the shares it stands for. */
static int
deliver(const struct exch_action_row *a, struct exch_option_terms *o)
{
	int64_t into, cash;
	int err = times(o->shares, exch_action_given(a), &into);

	if (err == EXCH_OK)
		err = times(
		    o->shares, exch_fraction_of(a->cash, EXCH_PX_ONE), &cash);
	if (err != EXCH_OK || __builtin_add_overflow(o->into, into, &o->into) ||
	    __builtin_add_overflow(o->cash, cash, &o->cash))
		return EXCH_ERR_RANGE;
	if (a->kind == EXCH_ACTION_MERGER)
		o->shares = 0;
	return EXCH_OK;
}

int
exch_action_option(
    const struct exch_action_row *a, exch_px tick, struct exch_option_terms *o)
{
	struct exch_option_terms x = *o;
	int err = EXCH_OK;

	switch (a->kind) {
	case EXCH_ACTION_DIVIDEND:
		if (a->special)
			x.strike -= a->cash;
		break;
	case EXCH_ACTION_MERGER:
	case EXCH_ACTION_SPIN_OFF:
		err = deliver(a, &x);
		break;
	case EXCH_ACTION_RIGHTS:
		break;
	default:
		err = divide(exch_action_shares(a), tick, &x);
	}
	if (err != EXCH_OK || x.strike <= 0)
		return EXCH_ERR_RANGE;
	*o = x;
	return EXCH_OK;
}
