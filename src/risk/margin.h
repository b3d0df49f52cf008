/*
 * Margin by the rules of the United States for stocks: what an account owes
 * when it opens a position (Regulation T, 12 CFR 220.12) and what it has to
 * keep (FINRA Rule 4210(c)).  The rates are the caller's.  Modelled on those
 * rules; cash and prices are integers, rounded so that the requirement is
 * never less than the exact one.
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
	uint32_t initial_long;	   /* 500,000 */
	uint32_t initial_short;	   /* 500,000: besides the proceeds */
	uint32_t long_rate;	   /* 250,000 */
	uint32_t short_rate;	   /* 300,000 */
	uint32_t short_cheap;	   /* 1,000,000 */
	exch_px cheap;		   /* 5.00 */
	exch_px short_least;	   /* 5.00 */
	exch_px short_least_cheap; /* 2.50 */
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

#endif
