/*
 * Margin by the rules of the United States for stocks: what an account owes
 * when it opens a position (Regulation T, 12 CFR 220.12) and what it has to
 * keep (FINRA Rule 4210(c)).  The rates are the caller's.  Modelled on those
 * rules; cash and prices are integers, rounded so that the requirement is
 * never less than the exact one.  rulebook.h reads them from dated tables.
 */
#ifndef EXCH_RISK_MARGIN_H
#define EXCH_RISK_MARGIN_H

#include "base/err.h"

/*
 * Rates in ppm of the market value, amounts for one share.  A short position
 * in a stock below `cheap` keeps the greater of `short_least_cheap` a share
 * and `short_cheap`, any other the greater of `short_least` and
 * `short_rate`.
 */
struct exch_margin_rates {
	uint32_t initial_long;
	uint32_t initial_short; /* besides the proceeds */
	uint32_t long_rate;
	uint32_t short_rate;
	uint32_t short_cheap;
	exch_px cheap;
	exch_px short_least;
	exch_px short_least_cheap;
	exch_cash minimum_equity; /* of an account that has anything */
};

/*
 * Who traded within the day how often, and what that took: the rule that
 * intraday margin has replaced.  All 0: there is none.
 */
struct exch_day_trader {
	uint32_t trades; /* at least so many within five days, and */
	uint32_t share;	 /* ppm: more than that of all trades */
	exch_cash equity;
	uint32_t power; /* what can be bought: times what is over */
};

/*
 * What `qty` shares (below 0: short) at `price` need at the start, and must
 * keep.  EXCH_ERR_RANGE: a price below 0, or beyond what cash can say.
 */
int exch_margin_initial(const struct exch_margin_rates *r, int64_t qty,
    exch_px price, exch_cash *out);
int exch_margin_keep(const struct exch_margin_rates *r, int64_t qty,
    exch_px price, exch_cash *out);

/*
 * The price at which an account that has `qty` shares and `cash` (below 0: a
 * debt) has just what it must keep; a margin call comes below it for a long
 * position, above it for a short one.  To the nearest 10^-9.
 * EXCH_ERR_ABSENT: there is no such price above 0.
 */
int exch_margin_call_price(const struct exch_margin_rates *r, int64_t qty,
    exch_cash cash, exch_px *out);

/*
 * The least equity of an account that must keep `keep` for positions worth
 * `longs` and `shorts` (both 0 and up): nobody has to have more than what was
 * bought costs, and nothing is asked of an account that has nothing.
 */
exch_cash exch_margin_equity(const struct exch_margin_rates *r, exch_cash keep,
    exch_cash longs, exch_cash shorts);

/* Do so many day trades, of all trades, make a day trader? */
bool exch_is_day_trader(
    const struct exch_day_trader *d, uint64_t day_trades, uint64_t trades);

#endif
