/* Day counts of bonds and money markets (daycount.h). */
#include <config.h>

#include "base/time.h"
#include "settle/daycount.h"

static bool
is_leap(uint32_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool
ends_february(uint32_t date)
{
	return date / 100 % 100 == 2 &&
	       date % 100 == 28u + is_leap(date / 10000);
}

static bool
is_pair(uint32_t from, uint32_t to)
{
	return exch_date_is(from) && exch_date_is(to) && from <= to;
}

static int64_t
days_of_30(enum exch_daycount c, uint32_t from, uint32_t to)
{
	int64_t y = (int64_t)(to / 10000) - from / 10000;
	int64_t m = (int64_t)(to / 100 % 100) - from / 100 % 100;
	int64_t d1 = from % 100, d2 = to % 100;

	if (c == EXCH_DAYCOUNT_30_360_US && ends_february(from)) {
		if (ends_february(to))
			d2 = 30;
		d1 = 30;
	}
	if (d1 == 31)
		d1 = 30;
	if (d2 == 31 && (c == EXCH_DAYCOUNT_30E_360 || d1 == 30))
		d2 = 30;
	return 360 * y + 30 * m + d2 - d1;
}

int
exch_daycount_days(
    enum exch_daycount c, uint32_t from, uint32_t to, int64_t *days)
{
	if (!is_pair(from, to))
		return EXCH_ERR_RANGE;
	if (c <= EXCH_DAYCOUNT_30_360_US)
		*days = days_of_30(c, from, to);
	else
		*days = exch_date_days(to) - exch_date_days(from);
	return EXCH_OK;
}

/* Of the days before a date those that lie in leap years. */
static int64_t
leap_days(uint32_t date)
{
	uint32_t year = date / 10000, y = year - 1;
	int64_t leaps = (int64_t)(y / 4) - y / 100 + y / 400;
	int64_t days = 366 * leaps;

	if (is_leap(year))
		days +=
		    exch_date_days(date) - exch_date_days(year * 10000 + 101);
	return days;
}

int
exch_daycount_year(enum exch_daycount c, uint32_t from, uint32_t to,
    struct exch_fraction *year)
{
	int64_t days, leap;

	if (c == EXCH_DAYCOUNT_ACT_ACT_ICMA)
		return EXCH_ERR_NEED;
	if (exch_daycount_days(c, from, to, &days) != EXCH_OK)
		return EXCH_ERR_RANGE;
	if (c == EXCH_DAYCOUNT_ACT_365F) {
		*year = exch_fraction_of(days, 365);
	} else if (c == EXCH_DAYCOUNT_ACT_ACT_ISDA) {
		leap = leap_days(to) - leap_days(from);
		*year = exch_fraction_of(
		    366 * (days - leap) + 365 * leap, INT64_C(365) * 366);
	} else {
		*year = exch_fraction_of(days, 360);
	}
	return EXCH_OK;
}

int
exch_daycount_icma(uint32_t from, uint32_t to, struct exch_period p,
    unsigned per_year, struct exch_fraction *year)
{
	if (!is_pair(from, to) || !is_pair(p.from, p.to) || p.from == p.to ||
	    from < p.from || to > p.to || per_year == 0)
		return EXCH_ERR_RANGE;
	*year = exch_fraction_of(exch_date_days(to) - exch_date_days(from),
	    (exch_i128)per_year *
		(exch_date_days(p.to) - exch_date_days(p.from)));
	return EXCH_OK;
}
