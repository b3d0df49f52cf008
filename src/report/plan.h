/*
 * How many lots of each of several things to buy or sell, so that their values
 * come near what is wanted and no more is spent than there is.  Pure numbers:
 * all values are cash of one currency, 10^-6.
 */
#ifndef EXCH_REPORT_PLAN_H
#define EXCH_REPORT_PLAN_H

#include <stddef.h>

#include "base/types.h"

struct exch_plan_item {
	exch_i128 held;	   /* worth of what is held; below 0: sold short */
	exch_i128 want;	   /* worth that is wanted */
	exch_i128 lot;	   /* worth of a lot, above 0 */
	int64_t held_lots; /* whole lots that are held, towards 0 */
	/* the answer: lots to buy, below 0 to sell */
	int64_t lots;
};

struct exch_plan {
	struct exch_plan_item *item;
	size_t n;
	exch_i128 cash;	 /* that there is */
	exch_i128 keep;	 /* that is to be left; what there is less the wants */
	exch_i128 least; /* smaller trades are not worth it */
	/* the answer: left above `keep`, below 0: less */
	exch_i128 over;
};

/*
 * Every item down to whole lots, so that cash is left; that is spent on those
 * that are half a lot and more short, the shortest first.  What is sold never
 * becomes a short position unless that is wanted.  Trades that are too small
 * are left out, and buys made smaller if what those would have brought is
 * missing.  EXCH_ERR_RANGE: a number of lots does not fit.
 */
int exch_plan_make(struct exch_plan *p);

#endif
