/* risk/margin: initial margin, what must be kept, where the call comes. */
#include <config.h>

#include "risk/margin.h"
#include "tap.h"

#define PX(x) ((exch_px)((x)*1e9 + 0.5))
#define CASH(x) ((exch_cash)((x)*1e6 + 0.5))

static const struct exch_margin_rates r = {.initial_long = 500000,
    .initial_short = 500000,
    .long_rate = 250000,
    .short_rate = 300000,
    .short_cheap = 1000000,
    .cheap = PX(5),
    .short_least = PX(5),
    .short_least_cheap = PX(2.5)};

static exch_cash
keep(int64_t qty, exch_px price)
{
	exch_cash c = -1;

	(void)exch_margin_keep(&r, qty, price, &c);
	return c;
}

static void
worked(void)
{
	exch_px p = 0;
	exch_cash c = 0;

	(void)exch_margin_initial(&r, 100, PX(50), &c);
	tap_is_i64(c, CASH(2500), "half of 100 at 50");
	(void)exch_margin_initial(&r, -100, PX(50), &c);
	tap_is_i64(c, CASH(2500), "sold: besides the proceeds");
	(void)exch_margin_call_price(&r, 100, -CASH(2500), &p);
	tap_is_i64(p, INT64_C(33333333333), "a call below 33.3333");
	(void)exch_margin_call_price(&r, -100, CASH(7500), &p);
	tap_is_i64(p, INT64_C(57692307692), "a call above 57.6923");
}

static void
kept(void)
{
	tap_is_i64(keep(100, PX(50)), CASH(1250), "25 % of a long one");
	tap_is_i64(keep(-100, PX(50)), CASH(1500), "30 % of a short one");
	tap_is_i64(keep(-100, PX(10)), CASH(500), "5 a share at least");
	tap_is_i64(keep(-100, PX(4)), CASH(400), "all of a cheap one");
	tap_is_i64(keep(-100, PX(1)), CASH(250), "2.50 a share at least");
	tap_is_i64(keep(-100, PX(5)), CASH(500), "5.00 is not cheap");
	tap_is_i64(keep(1, 1), 1, "rounded up");
	tap_is_i64(keep(0, PX(50)), 0, "nothing for nothing");
	tap_is_i64(keep(INT64_MIN, EXCH_PX_NONE - 1), -1, "beyond cash");
	tap_is_i64(keep(10, -1), -1, "a price below 0");
}

/* At that price equity is what must be kept; a little farther it is less. */
static void
calls(void)
{
	static const struct {
		int64_t qty;
		double cash;
	} table[] = {{100, -2500}, {100, -9999}, {7, -1}, {-100, 7500},
	    {-100, 1500}, {-100, 1200}, {-100, 800}, {-100, 500}, {-3, 10}};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(table); i++) {
		int64_t q = table[i].qty;
		exch_cash cash = (exch_cash)(table[i].cash * 1e6), equity;
		exch_px p = 0, far;

		tap_is_i64(exch_margin_call_price(&r, q, cash, &p), 0,
		    "there is a call");
		equity = cash + (exch_cash)((exch_i128)q * p / 1000);
		tap_near((double)(equity - keep(q, p)), 0, 2, "at the brim");
		far = q > 0 ? p - PX(0.01) : p + PX(0.01);
		equity = cash + (exch_cash)((exch_i128)q * far / 1000);
		tap_ok(equity < keep(q, far), "and called behind it");
	}
}

static void
no_calls(void)
{
	exch_px p;

	tap_is_i64(
	    exch_margin_call_price(&r, 100, 0, &p), EXCH_ERR_ABSENT, "no debt");
	tap_is_i64(
	    exch_margin_call_price(&r, 0, 5, &p), EXCH_ERR_ABSENT, "nothing");
	tap_is_i64(exch_margin_call_price(&r, -100, CASH(250), &p),
	    EXCH_ERR_ABSENT, "called at any price");
	tap_is_i64(exch_margin_call_price(&r, -100, -1, &p), EXCH_ERR_ABSENT,
	    "without the proceeds");
	tap_is_i64(exch_margin_call_price(&r, 1, INT64_MIN + 1, &p),
	    EXCH_ERR_RANGE, "a price that is no number");
}

/* An amount for each share that no number says for so many. */
static void
too_many(void)
{
	struct exch_margin_rates dear = r;
	exch_cash keep = 0;

	dear.short_least = dear.short_least_cheap = 1000000 * EXCH_PX_ONE;
	tap_is_i64(
	    exch_margin_keep(&dear, -INT64_C(5000000000000000000), 1, &keep),
	    EXCH_ERR_RANGE, "more than 128 bits");
}

int
main(void)
{
	too_many();
	worked();
	kept();
	calls();
	no_calls();
	return tap_done();
}
