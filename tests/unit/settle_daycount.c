/*
 * settle/daycount and settle/fraction: the published pairs of days, and every
 * pair of many against a walk from day to day.
 */
#include <config.h>

#include "base/time.h"
#include "settle/daycount.h"
#include "tap.h"

static int64_t
days(enum exch_daycount c, uint32_t from, uint32_t to)
{
	int64_t n = -1;

	return exch_daycount_days(c, from, to, &n) == EXCH_OK ? n : -1;
}

static void
pairs(void)
{
	static const struct {
		uint32_t from, to;
		int64_t us, isda, euro, true_days;
	} row[] = {{20070115, 20070130, 15, 15, 15, 15},
	    {20070228, 20070331, 30, 33, 32, 31},
	    {20070831, 20080229, 179, 179, 179, 182},
	    {20080229, 20080831, 180, 182, 181, 184},
	    {20260301, 20260715, 134, 134, 134, 136},
	    /* Both are the last day of February. */
	    {20070228, 20080229, 360, 361, 361, 366},
	    /* One that could be, and is not. */
	    {20080228, 20080229, 1, 1, 1, 1}};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(row); i++) {
		uint32_t a = row[i].from, b = row[i].to;

		printf("# %u to %u\n", a, b);
		tap_is_i64(
		    days(EXCH_DAYCOUNT_30_360_US, a, b), row[i].us, "US");
		tap_is_i64(days(EXCH_DAYCOUNT_30_360, a, b), row[i].isda,
		    "30/360 ISDA");
		tap_is_i64(
		    days(EXCH_DAYCOUNT_30E_360, a, b), row[i].euro, "30E/360");
		tap_is_i64(days(EXCH_DAYCOUNT_ACT_360, a, b), row[i].true_days,
		    "true days");
	}
}

static void
is(enum exch_daycount c, uint32_t from, uint32_t to, int64_t num, int64_t den,
    const char *what)
{
	struct exch_fraction f = {0, 0};
	int rc = exch_daycount_year(c, from, to, &f);

	if (!tap_ok(rc == EXCH_OK && f.num == num && f.den == den, what))
		printf("# %d: %lld/%lld\n", rc, (long long)f.num,
		    (long long)f.den);
}

static void
years(void)
{
	struct exch_fraction f;
	struct exch_period half = {20031101, 20040501};

	is(EXCH_DAYCOUNT_30_360, 20260301, 20260715, 67, 180, "134/360");
	is(EXCH_DAYCOUNT_30_360_US, 20070228, 20080229, 1, 1, "a whole year");
	is(EXCH_DAYCOUNT_ACT_360, 20260105, 20260406, 91, 360, "91/360");
	is(EXCH_DAYCOUNT_ACT_365F, 20260105, 20260406, 91, 365, "91/365");
	is(EXCH_DAYCOUNT_ACT_365F, 20240101, 20250101, 366, 365,
	    "more than a year in a leap year");
	/* 61/365 + 121/366 = (61 * 366 + 121 * 365) / 133590 */
	is(EXCH_DAYCOUNT_ACT_ACT_ISDA, 20031101, 20040501, 66491, 133590,
	    "61/365 + 121/366");
	is(EXCH_DAYCOUNT_ACT_ACT_ISDA, 20240101, 20250101, 1, 1, "leap year");
	is(EXCH_DAYCOUNT_ACT_ACT_ISDA, 19990101, 20040101, 5, 1, "five years");
	tap_is_i64(
	    exch_daycount_icma(20031101, 20040501, half, 2, &f), 0, "ICMA");
	tap_ok(f.num == 1 && f.den == 2, "is half a year");
	tap_is_i64(exch_daycount_icma(20260215, 20260610,
		       (struct exch_period){20260215, 20260815}, 2, &f),
	    0, "a Treasury");
	tap_ok(f.num == 115 && f.den == 362, "is 115 / (2 x 181)");
}

static void
refusals(void)
{
	static const uint32_t bad[][2] = {{20260229, 20260301},
	    {20260301, 20260431}, {20260301, 20260228}, {0, 20260101},
	    {20260101, 0}, {20261301, 20270101}, {20260100, 20260101},
	    {19691231, 19700101}, {20260101, UINT32_MAX}};
	struct exch_period p = {20260215, 20260815};
	struct exch_fraction f = {7, 9};
	int64_t n;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(bad); i++)
		for (int c = 0; c < EXCH_DAYCOUNTS; c++)
			tap_is_i64(exch_daycount_days((enum exch_daycount)c,
				       bad[i][0], bad[i][1], &n),
			    EXCH_ERR_RANGE, "no pair of days");
	tap_is_i64(exch_daycount_year(
		       EXCH_DAYCOUNT_ACT_ACT_ICMA, 20260101, 20260102, &f),
	    EXCH_ERR_NEED, "ICMA needs a period");
	tap_is_i64(exch_daycount_icma(20260214, 20260301, p, 2, &f),
	    EXCH_ERR_RANGE, "before the period");
	tap_is_i64(exch_daycount_icma(20260301, 20260816, p, 2, &f),
	    EXCH_ERR_RANGE, "after it");
	tap_is_i64(exch_daycount_icma(20260301, 20260302, p, 0, &f),
	    EXCH_ERR_RANGE, "no periods in a year");
	p.to = p.from;
	tap_is_i64(exch_daycount_icma(20260215, 20260215, p, 2, &f),
	    EXCH_ERR_RANGE, "a period of no days");
	tap_ok(f.num == 7 && f.den == 9, "and what was there stays");
}

/* ---- the walk ---- */

/* A calendar of its own, which only knows how to go on. */
struct day {
	int y, m, d;
};

static const int lengths[] = {
    0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

static bool
leap(int y)
{
	return y % 400 == 0 || (y % 100 != 0 && y % 4 == 0);
}

static int
length(struct day a)
{
	return lengths[a.m] + (a.m == 2 && leap(a.y));
}

static struct day
next(struct day a)
{
	if (++a.d > length(a)) {
		a.d = 1;
		a.m = a.m % 12 + 1;
		a.y += a.m == 1;
	}
	return a;
}

static uint32_t
number(struct day a)
{
	return (uint32_t)(a.y * 10000 + a.m * 100 + a.d);
}

static bool
is_feb_end(struct day a)
{
	return a.m == 2 && a.d == length(a);
}

/* Months of 30 days: the 31st is no day, a short February ends with more. */
static int
step_of_30(struct day a)
{
	if (a.d == length(a))
		return a.d == 31 ? 1 : 31 - a.d;
	return a.d == 30 ? 0 : 1;
}

struct walk {
	int euro, us, true_days, common, leap;
};

static unsigned
compare(struct day a, struct day b, const struct walk *w)
{
	int more = b.d == 31 && a.d < 30;
	int us_more = more && !is_feb_end(a);
	int us_last = is_feb_end(a) && is_feb_end(b) ? 30 - b.d : 0;
	uint32_t x = number(a), y = number(b);
	struct exch_fraction f;
	unsigned bad = 0;

	bad += days(EXCH_DAYCOUNT_30E_360, x, y) != w->euro;
	bad += days(EXCH_DAYCOUNT_30_360, x, y) != w->euro + more;
	bad += days(EXCH_DAYCOUNT_30_360_US, x, y) != w->us + us_more + us_last;
	bad += days(EXCH_DAYCOUNT_ACT_365F, x, y) != w->true_days;
	bad +=
	    exch_daycount_year(EXCH_DAYCOUNT_ACT_ACT_ISDA, x, y, &f) != EXCH_OK;
	bad += f.num * 365 * 366 != f.den * (w->common * 366 + w->leap * 365);
	return bad;
}

/* All pairs that begin with a day and are at most `most` days apart. */
static unsigned
walk_from(struct day a, int most)
{
	struct walk w = {0, 0, 0, 0, 0};
	struct day b = a;
	unsigned bad;

	/* In the US the last of February is the 30th: less is left to go. */
	if (is_feb_end(a))
		w.us = a.d - 30;
	bad = compare(a, a, &w);
	for (int i = 0; i < most; i++) {
		w.euro += step_of_30(b);
		w.us += step_of_30(b);
		w.true_days++;
		w.common += !leap(b.y);
		w.leap += leap(b.y);
		b = next(b);
		bad += compare(a, b, &w);
	}
	return bad;
}

static void
walks(void)
{
	struct day a = {1990, 1, 1};
	unsigned bad = 0, n = 0;

	for (; a.y < 2101; a = next(a)) {
		bool corner = a.d >= 28 || a.d == 1;

		if (corner || a.d == 15)
			bad += walk_from(a, corner ? 800 : 100);
		n += corner;
	}
	tap_ok(n > 4000, "days from 1990 to 2100");
	tap_is_u64(bad, 0, "each count is that of the walk");
}

/* ---- fractions ---- */

static void
fractions(void)
{
	exch_i128 most = (exch_i128)(~(exch_u128)0 >> 1), v = 5;
	struct exch_fraction f = exch_fraction_of(-6, -4), g;
	int64_t n = 5;

	tap_ok(f.num == 3 && f.den == 2, "lowest terms, a denominator above 0");
	f = exch_fraction_of(0, -7);
	tap_ok(f.num == 0 && f.den == 1, "nothing is 0/1");
	(void)exch_fraction_add(
	    exch_fraction_of(61, 365), exch_fraction_of(121, 366), &f);
	tap_ok(f.num == 66491 && f.den == 133590, "a sum");
	f = (struct exch_fraction){most, 3};
	tap_is_i64(exch_fraction_times(f, (struct exch_fraction){3, most}, &g),
	    0, "what cancels is taken out first");
	tap_ok(g.num == 1 && g.den == 1, "and so 1 is left");
	tap_is_i64(exch_fraction_times(f, exch_fraction_of(2, 1), &g),
	    EXCH_ERR_RANGE, "a product beyond 128 bits");
	tap_is_i64(exch_fraction_add(f, f, &g), EXCH_ERR_RANGE, "a sum");
	tap_ok(g.num == 1 && g.den == 1, "leave what was there");
	f = exch_fraction_of(1, 2);
	(void)exch_fraction_round(5, f, &v);
	tap_is_i64(v, 2, "2.5 to the even one");
	(void)exch_fraction_round(7, f, &v);
	tap_is_i64(v, 4, "3.5 to the even one");
	(void)exch_fraction_round(-5, f, &v);
	tap_is_i64(v, -2, "below 0, too");
	(void)exch_fraction_floor(-5, f, &v);
	tap_is_i64(v, -3, "down is away from 0 there");
	(void)exch_fraction_floor(-4, f, &v);
	tap_is_i64(v, -2, "but not of a whole one");
	tap_is_i64(exch_fraction_round(most, exch_fraction_of(3, 2), &v),
	    EXCH_ERR_RANGE, "beyond 128 bits");
	tap_is_i64(exch_fits_i64((exch_i128)INT64_MAX + 1, &n), EXCH_ERR_RANGE,
	    "beyond 64");
	tap_is_i64(n, 5, "and what was there stays");
	tap_is_i64(exch_fits_i64(INT64_MIN, &n), 0, "the least of 64 bits");
	tap_is_i64(n, INT64_MIN, "fits");
}

int
main(void)
{
	pairs();
	years();
	refusals();
	walks();
	fractions();
	return tap_done();
}
