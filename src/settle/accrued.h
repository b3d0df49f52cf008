/*
 * Interest of bonds: coupon periods, what has accrued up to a settlement
 * date, and what a buyer pays.  Invoice = clean price + accrued interest.
 *
 * Interest accrues from the last coupon (or the issue) up to, but not on, the
 * settlement date.  Coupon days are those of the schedule, whether banks are
 * open or not: a payment that moves changes no amount.  Periods in which a bond
 * trades without its next coupon, as gilts do, are not known here.
 */
#ifndef EXCH_SETTLE_ACCRUED_H
#define EXCH_SETTLE_ACCRUED_H

#include "rec/cash.h"
#include "settle/daycount.h"

struct exch_bond {
	enum exch_daycount daycount;
	int64_t coupon;	   /* a year's, 10^-9 of the nominal, >= 0 */
	uint32_t issue;	   /* interest begins */
	uint32_t first;	   /* its first coupon; 0: the first regular one */
	uint32_t maturity; /* the last one, from which the others are counted */
	uint8_t per_year;  /* 1, 2, 3, 4, 6 or 12 */
	bool month_end;	   /* if maturity ends a month, all coupons do */
};

/*
 * The regular period of the schedule with from <= date < to.  EXCH_ERR_RANGE:
 * no such day or schedule, or one at or after maturity or before 1970.
 */
int exch_coupon_regular(
    const struct exch_bond *b, uint32_t date, struct exch_period *p);

/*
 * The period that is paid for at its end: as above, but the first one begins
 * with the issue and ends with the first coupon.  EXCH_ERR_RANGE, too, before
 * the issue.
 */
int exch_coupon_period(
    const struct exch_bond *b, uint32_t date, struct exch_period *p);

/*
 * The part of a year that has accrued.  A first period longer than a regular
 * one counts each regular period that it lies in (ICMA rule 251.1(b)).
 */
int exch_accrued_year(
    const struct exch_bond *b, uint32_t settle, struct exch_fraction *year);

/* Of a nominal of 100, 10^-9, rounded half-even once.  EXCH_ERR_RANGE. */
int exch_accrued_price(
    const struct exch_bond *b, uint32_t settle, exch_px *price);

/*
 * Cash 10^-6 of a nominal in 10^-qty_scale, rounded half-even once.
 * EXCH_ERR_RANGE: beyond 128 bits.
 */
int exch_accrued_cash(const struct exch_bond *b, uint32_t settle,
    exch_qty nominal, int qty_scale, exch_i128 *cash);

struct exch_invoice {
	exch_i128 principal, accrued, total; /* cash, 10^-6 */
};

/*
 * What is paid for a nominal at a clean price in percent: the cash of the
 * trade as everywhere (rec/cash.h) and the interest, each rounded once, and
 * their sum.
 */
int exch_invoice_of(const struct exch_bond *b, uint32_t settle, exch_px clean,
    exch_qty nominal, int qty_scale, struct exch_invoice *out);

#endif
