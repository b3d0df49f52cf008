/*
 * settle/accrued: published amounts, coupon periods against a list that is
 * walked through from the issue on, and accrual that never jumps.
 */
#include <config.h>

#include "base/time.h"
#include "settle/accrued.h"
#include "tap.h"

#define RATE(percent) INT64_C(percent##0000000)

static const struct exch_bond corporate = {.daycount = EXCH_DAYCOUNT_30_360,
    .coupon = RATE(6),
    .issue = 20240301,
    .maturity = 20340301,
    .per_year = 2};
static const struct exch_bond treasury = {
    .daycount = EXCH_DAYCOUNT_ACT_ACT_ICMA,
    .coupon = RATE(4),
    .issue = 20250815,
    .maturity = 20350815,
    .per_year = 2,
    .month_end = true};

static void
amounts(void)
{
	struct exch_bond money = {.daycount = EXCH_DAYCOUNT_ACT_360,
	    .coupon = RATE(5),
	    .issue = 20260105,
	    .maturity = 20270105,
	    .per_year = 1};
	struct exch_invoice v;
	exch_i128 cash = 0;
	exch_px px = 0;

	tap_is_i64(exch_accrued_cash(&corporate, 20260715, 1000, 0, &cash), 0,
	    "6 % on 1,000 from 1 March to 15 July");
	tap_is_i64(cash, 22333333, "are 22.333333");
	tap_is_i64(exch_accrued_price(&treasury, 20260610, &px), 0,
	    "4 % from 15 February to 10 June");
	tap_is_i64(px, 1270718232, "are 1.270718");
	(void)exch_accrued_cash(&treasury, 20260610, 100, 0, &cash);
	tap_is_i64(cash, 1270718, "and as much money on 100");
	(void)exch_accrued_cash(&money, 20260406, 100, 0, &cash);
	tap_is_i64(cash, 1263889, "5 % for 91 days, ACT/360");
	money.daycount = EXCH_DAYCOUNT_ACT_365F;
	(void)exch_accrued_cash(&money, 20260406, 100, 0, &cash);
	tap_is_i64(cash, 1246575, "ACT/365F");
	(void)exch_accrued_cash(&money, 20260406, 10000, 2, &cash);
	tap_is_i64(cash, 1246575, "and of hundredths");
	tap_is_i64(exch_invoice_of(
		       &corporate, 20260715, INT64_C(98500000000), 1000, 0, &v),
	    0, "1,000 at 98.5");
	tap_is_i64(v.principal, 985000000, "are 985.00");
	tap_is_i64(v.accrued, 22333333, "with interest");
	tap_is_i64(v.total, 1007333333, "1007.333333");
	(void)exch_accrued_cash(&corporate, 20260901, 1000, 0, &cash);
	tap_is_i64(cash, 0, "nothing on the day of a coupon");
	tap_is_i64(
	    exch_accrued_cash(&treasury, 20260610, EXCH_QTY_NONE - 1, 0, &cash),
	    0, "a nominal of 64 bits");
	tap_ok(cash == exch_div_half_even(
			   (exch_i128)(EXCH_QTY_NONE - 1) * 40000 * 115, 362),
	    "has its interest");
}

static void
periods(void)
{
	struct exch_bond b = corporate;
	struct exch_period p = {0, 0};

	tap_is_i64(exch_coupon_period(&b, 20260831, &p), 0, "in a period");
	tap_ok(p.from == 20260301 && p.to == 20260901, "March to September");
	(void)exch_coupon_period(&b, 20260901, &p);
	tap_ok(p.from == 20260901 && p.to == 20270301, "its end is the next's");
	(void)exch_coupon_period(&b, 20340228, &p);
	tap_ok(p.from == 20330901 && p.to == 20340301, "the last period");
	b.maturity = 20350831;
	(void)exch_coupon_period(&b, 20260301, &p);
	tap_ok(p.from == 20260228 && p.to == 20260831, "a month that is short");
	b.maturity = 20350228;
	(void)exch_coupon_period(&b, 20260301, &p);
	tap_ok(p.from == 20260228 && p.to == 20260828, "the 28th");
	b.month_end = true;
	(void)exch_coupon_period(&b, 20240301, &p);
	tap_ok(p.from == 20240301 && p.to == 20240831, "ends of months");
	(void)exch_coupon_regular(&b, 20240301, &p);
	tap_ok(p.from == 20240229 && p.to == 20240831, "the 29th, too");
	b = treasury;
	b.issue = 20250901;
	(void)exch_coupon_period(&b, 20251001, &p);
	tap_ok(p.from == 20250901 && p.to == 20260215, "a short first one");
}

/* A first coupon that comes late: its parts are those of both periods. */
static void
odd(void)
{
	struct exch_bond b = treasury;
	struct exch_fraction f;
	struct exch_period p;

	b.issue = 20250715;
	b.first = 20260215;
	(void)exch_coupon_period(&b, 20260101, &p);
	tap_ok(p.from == 20250715 && p.to == 20260215, "a long first one");
	tap_is_i64(exch_accrued_year(&b, 20251015, &f), 0, "its interest");
	/* 31 of 181 days, then 61 of 184, at two a year. */
	tap_ok(f.num == 31 * 184 + 61 * 181 && f.den == 2 * 181 * 184,
	    "counts each regular period");
	(void)exch_coupon_period(&b, 20260215, &p);
	tap_ok(p.from == 20260215 && p.to == 20260815, "then regular ones");
	/* The first coupon is no regular day. */
	b.first = 20251001;
	(void)exch_coupon_period(&b, 20251231, &p);
	tap_ok(p.from == 20251001 && p.to == 20260215, "a short second one");
}

static void
refusals(void)
{
	struct exch_bond b = treasury;
	struct exch_period p = {1, 2};
	exch_i128 cash = 7;
	exch_px px = 7;

#define NO(what)                                                               \
	tap_is_i64(exch_coupon_period(&b, 20260610, &p), EXCH_ERR_RANGE, what)
	b.per_year = 0;
	NO("no coupons");
	b.per_year = 5;
	NO("five a year");
	b = treasury;
	b.maturity = 20350832;
	NO("no maturity");
	b.maturity = b.issue;
	NO("an issue at maturity");
	b = treasury;
	b.first = 20250815;
	NO("a first coupon at the issue");
	b.first = 20360101;
	NO("one after maturity");
	b = treasury;
	b.coupon = -1;
	NO("interest below 0");
	b = treasury;
	tap_is_i64(exch_accrued_price(&b, 20350815, &px), EXCH_ERR_RANGE,
	    "at maturity");
	tap_is_i64(exch_accrued_price(&b, 20250814, &px), EXCH_ERR_RANGE,
	    "before the issue");
	tap_is_i64(
	    exch_accrued_price(&b, 20260231, &px), EXCH_ERR_RANGE, "on no day");
	b.coupon = INT64_MAX;
	tap_is_i64(exch_accrued_price(&b, 20260610, &px), EXCH_ERR_RANGE,
	    "interest beyond a price");
	b.coupon -= 2;
	tap_is_i64(exch_accrued_cash(&b, 20260610, EXCH_QTY_NONE - 1, 0, &cash),
	    EXCH_ERR_RANGE, "beyond 128 bits");
	tap_ok(cash == 7 && px == 7, "what was there stays");
}

/*
 * From day to day: the period is the one of the list of coupons, interest of a
 * whole period is the coupon, and it never becomes less within one.
 */
static unsigned
walk(const struct exch_bond *b, const uint32_t *coupon, size_t n)
{
	int64_t last = exch_date_days(b->maturity);
	unsigned bad = 0;
	exch_px was = 0;
	size_t i = 0;

	for (int64_t t = exch_date_days(b->issue); t < last; t++) {
		uint32_t date = exch_days_date(t);
		struct exch_period p = {0, 0};
		exch_px px = -1;

		while (i + 1 < n && coupon[i + 1] <= date) {
			i++;
			was = 0;
		}
		bad += exch_coupon_period(b, date, &p) != EXCH_OK ||
		       p.from != coupon[i] || p.to != coupon[i + 1];
		bad += exch_accrued_price(b, date, &px) != EXCH_OK || px < was;
		bad += (px == 0) != (date == coupon[i]);
		was = px;
	}
	return bad;
}

static void
walks(void)
{
	static const uint32_t quarters[] = {20230131, 20230430, 20230731,
	    20231031, 20240131, 20240430, 20240731, 20241031, 20250131};
	static const uint32_t halves[] = {
	    20230131, 20230731, 20240131, 20240731, 20250131};
	static const uint32_t years[] = {20230131, 20240131, 20250131};
	struct exch_bond b = {.coupon = RATE(3),
	    .issue = 20230131,
	    .maturity = 20250131,
	    .month_end = true};

	for (int c = 0; c < EXCH_DAYCOUNTS; c++) {
		b.daycount = (enum exch_daycount)c;
		/* The 31st may be no day there: interest stands still. */
		if (c <= EXCH_DAYCOUNT_30_360_US)
			continue;
		b.per_year = 4;
		tap_is_u64(walk(&b, quarters, 9), 0, "four coupons a year");
		b.per_year = 2;
		tap_is_u64(walk(&b, halves, 5), 0, "two");
		b.per_year = 1;
		tap_is_u64(walk(&b, years, 3), 0, "one");
	}
}

int
main(void)
{
	amounts();
	periods();
	odd();
	refusals();
	walks();
	return tap_done();
}
