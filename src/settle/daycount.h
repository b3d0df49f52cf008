/*
 * Day counts: what part of a year lies between two days, by the conventions
 * of bonds and money markets, as an exact fraction.
 *
 * Days are YYYYMMDD; the first counts and the last does not.  A pair that is
 * none (no such day, or the last before the first) is EXCH_ERR_RANGE.
 */
#ifndef EXCH_SETTLE_DAYCOUNT_H
#define EXCH_SETTLE_DAYCOUNT_H

#include "settle/fraction.h"

enum exch_daycount {
	/*
	 * Years of 360 days in months of 30, days = 360 years + 30 months +
	 * days.  They differ in what becomes of a month's last day:
	 */
	EXCH_DAYCOUNT_30_360,  /* bond basis, ISDA 2006 4.16(f): 31 is 30 at the
				 start, and at the end if the start is 30 */
	EXCH_DAYCOUNT_30E_360, /* Eurobond basis, 4.16(g): 31 is 30 */
	EXCH_DAYCOUNT_30_360_US, /* SIFMA: as bond basis, and the last day of
				    February is 30 at the start, and at the end
				    if both are one */
	/* True days, over: */
	EXCH_DAYCOUNT_ACT_360,	    /* 360; ISDA 2006 4.16(e) */
	EXCH_DAYCOUNT_ACT_365F,	    /* 365, in leap years, too; 4.16(d) */
	EXCH_DAYCOUNT_ACT_ACT_ISDA, /* 366 for those in a leap year, 365 for
				       others; 4.16(b) */
	EXCH_DAYCOUNT_ACT_ACT_ICMA, /* the days of the coupon period, times the
				       periods in a year; ICMA rule 251.1 */
	EXCH_DAYCOUNTS
};

/* Days between, as the convention counts them: true ones or of 30-day months. */
int exch_daycount_days(
    enum exch_daycount c, uint32_t from, uint32_t to, int64_t *days);

/*
 * The part of a year.  EXCH_ERR_NEED: that of ACT/ACT ICMA depends on the
 * coupon period and is had by the call below.
 */
int exch_daycount_year(enum exch_daycount c, uint32_t from, uint32_t to,
    struct exch_fraction *year);

/* A coupon period, regular or the notional one that an odd one lies in. */
struct exch_period {
	uint32_t from, to;
};

/*
 * ACT/ACT ICMA within one period of which there are `per_year`, > 0.
 * EXCH_ERR_RANGE, too, for days outside the period.
 */
int exch_daycount_icma(uint32_t from, uint32_t to, struct exch_period p,
    unsigned per_year, struct exch_fraction *year);

#endif
