/* Coupon periods and accrued interest (accrued.h). */
#include <config.h>

#include "base/dec.h"
#include "base/time.h"
#include "rec/rec.h"
#include "settle/accrued.h"

/* Months since the year 0, as a schedule counts. */
static int64_t
month_of(uint32_t date)
{
	return (int64_t)(date / 10000) * 12 + date / 100 % 100 - 1;
}

static uint32_t
last_day(int64_t month)
{
	int year = (int)((month + 1) / 12), next = (int)((month + 1) % 12) + 1;

	return exch_days_date(exch_days_from_civil(year, next, 1) - 1) % 100;
}

static bool
is_schedule(const struct exch_bond *b)
{
	return exch_date_is(b->issue) && exch_date_is(b->maturity) &&
	       b->issue < b->maturity && b->per_year > 0 &&
	       12 % b->per_year == 0 && b->coupon >= 0 &&
	       (b->first == 0 ||
		   (exch_date_is(b->first) && b->first > b->issue &&
		       b->first <= b->maturity));
}

/* The coupon day `n` coupons before maturity. */
static uint32_t
coupon_day(const struct exch_bond *b, int64_t n)
{
	int64_t end = month_of(b->maturity);
	int64_t month = end - n * (12 / b->per_year);
	uint32_t day = b->maturity % 100, last = last_day(month);

	if (day > last || (b->month_end && day == last_day(end)))
		day = last;
	return (uint32_t)(month / 12 * 10000 + (month % 12 + 1) * 100) + day;
}

int
exch_coupon_regular(
    const struct exch_bond *b, uint32_t date, struct exch_period *p)
{
	int64_t n;

	if (!is_schedule(b) || !exch_date_is(date) || date >= b->maturity)
		return EXCH_ERR_RANGE;
	/* Of its own month the coupon may be before the day or after it. */
	n = (month_of(b->maturity) - month_of(date)) / (12 / b->per_year);
	if (coupon_day(b, n) <= date)
		n--;
	p->from = coupon_day(b, n + 1);
	p->to = coupon_day(b, n);
	return exch_date_is(p->from) ? EXCH_OK : EXCH_ERR_RANGE;
}

int
exch_coupon_period(
    const struct exch_bond *b, uint32_t date, struct exch_period *p)
{
	int err = exch_coupon_regular(b, date, p);

	if (err != EXCH_OK || date < b->issue)
		return EXCH_ERR_RANGE;
	if (date < b->first) {
		p->from = b->issue;
		p->to = b->first;
	} else if (p->from < b->first) {
		p->from = b->first;
	} else if (p->from < b->issue) {
		p->from = b->issue;
	}
	return EXCH_OK;
}

/* ACT/ACT ICMA from a day on, through all regular periods. */
static int
icma(const struct exch_bond *b, uint32_t from, uint32_t to,
    struct exch_fraction *year)
{
	struct exch_fraction part;
	struct exch_period p;
	int err = EXCH_OK;

	*year = exch_fraction_of(0, 1);
	for (; err == EXCH_OK && from < to; from = p.to) {
		err = exch_coupon_regular(b, from, &p);
		if (err == EXCH_OK)
			err = exch_daycount_icma(
			    from, to < p.to ? to : p.to, p, b->per_year, &part);
		if (err == EXCH_OK)
			err = exch_fraction_add(*year, part, year);
	}
	return err;
}

int
exch_accrued_year(
    const struct exch_bond *b, uint32_t settle, struct exch_fraction *year)
{
	struct exch_period p;
	int err = exch_coupon_period(b, settle, &p);

	if (err != EXCH_OK)
		return err;
	if (b->daycount == EXCH_DAYCOUNT_ACT_ACT_ICMA)
		return icma(b, p.from, settle, year);
	return exch_daycount_year(b->daycount, p.from, settle, year);
}

/* What has accrued on v units of which one has 10^9 parts, / d. */
static int
accrued(const struct exch_bond *b, uint32_t settle, exch_i128 v, exch_i128 d,
    exch_i128 *out)
{
	struct exch_fraction f;
	int err = exch_accrued_year(b, settle, &f);

	if (err == EXCH_OK)
		err =
		    exch_fraction_times(f, exch_fraction_of(b->coupon, d), &f);
	return err == EXCH_OK ? exch_fraction_round(v, f, out) : err;
}

int
exch_accrued_price(const struct exch_bond *b, uint32_t settle, exch_px *price)
{
	exch_i128 v;
	int err = accrued(b, settle, 100, 1, &v);

	return err == EXCH_OK ? exch_fits_i64(v, price) : err;
}

int
exch_accrued_cash(const struct exch_bond *b, uint32_t settle, exch_qty nominal,
    int qty_scale, exch_i128 *cash)
{
	/* 10^-9 of the coupon to 10^-6 of cash. */
	exch_i128 unit = (exch_i128)exch_pow10[qty_scale] * 1000;

	return accrued(b, settle, (exch_i128)nominal, unit, cash);
}

int
exch_invoice_of(const struct exch_bond *b, uint32_t settle, exch_px clean,
    exch_qty nominal, int qty_scale, struct exch_invoice *out)
{
	struct exch_money m = exch_money_of(qty_scale, 0, EXCH_KIND_BOND);
	struct exch_invoice v;
	int err = exch_money_cash(&m, clean, nominal, &v.principal);

	if (err == EXCH_OK)
		err = exch_accrued_cash(
		    b, settle, nominal, qty_scale, &v.accrued);
	if (err != EXCH_OK)
		return err;
	if (__builtin_add_overflow(v.principal, v.accrued, &v.total))
		return EXCH_ERR_RANGE;
	*out = v;
	return EXCH_OK;
}
