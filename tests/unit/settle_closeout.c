/*
 * settle/closeout: days by which fails are closed out, with the calendar of
 * data/settle, against a walk from day to day; the box; threshold securities.
 */
#include <config.h>

#include "base/time.h"
#include "settle/closeout.h"
#include "unit/settle_kit.h"

static struct exch_calendar c;

/* The settlement date of a trade: T+1. */
static uint32_t
settles(uint32_t trade)
{
	uint32_t date = 0;

	(void)exch_calendar_step(&c, trade, 1, &date);
	return date;
}

static uint32_t
by(enum exch_sale how, uint32_t trade)
{
	uint32_t date = 0;
	int err = exch_closeout_by(how, trade, settles(trade), &c, &date);

	return err == 0 ? date : (uint32_t)-err;
}

static void
days(void)
{
	/* T+1 around Columbus Day and Veterans Day of 2026. */
	tap_is_u64(settles(20261009), 20261013, "Friday 9 October");
	tap_is_u64(settles(20261012), 20261013, "Columbus Day");
	tap_is_u64(settles(20261110), 20261112, "Tuesday 10 November");
	tap_is_u64(settles(20261111), 20261112, "Veterans Day");
	tap_is_u64(settles(20250108), 20250109, "the day of mourning settles");
	/* Monday 2 March 2026: settles on Tuesday. */
	tap_is_u64(by(EXCH_SALE_SHORT, 20260302), 20260304, "short: T+2");
	tap_is_u64(by(EXCH_SALE_LONG, 20260302), 20260306, "long: T+4");
	tap_is_u64(by(EXCH_SALE_MAKER, 20260302), 20260306, "maker: T+4");
	tap_is_u64(by(EXCH_SALE_OWNED, 20260302), 20260406, "35 days on");
	tap_is_u64(by(EXCH_SALE_SHORT, 20261008), 20261013,
	    "a short sale before Columbus Day");
	tap_is_u64(by(EXCH_SALE_LONG, 20261008), 20261015, "a long one");
	/* 3 July, on which Independence Day is observed. */
	tap_is_u64(by(EXCH_SALE_OWNED, 20260529), 20260706,
	    "the 35th day is a holiday before a weekend");
	tap_is_u64(by(EXCH_SALE_SHORT, 20281228), 8, "beyond the calendar");
	tap_is_u64(by(EXCH_SALE_OWNED, 20281201), 8, "this one, too");
	tap_is_u64(by(EXCH_SALE_OWNED, 20260230), 5, "no such day");
}

/* Counting on through a calendar, day by day, without its step. */
static uint32_t
walk(uint32_t date, int settlement_days)
{
	int64_t t = exch_date_days(date);

	while (settlement_days > 0)
		settlement_days -=
		    !exch_calendar_closed(&c, exch_days_date(++t));
	return exch_days_date(t);
}

static void
walks(void)
{
	int64_t last = exch_date_days(20281101);
	unsigned bad = 0;

	for (int64_t t = exch_date_days(20240101); t < last; t++) {
		uint32_t trade = exch_days_date(t);
		uint32_t owned = exch_days_date(t + 34);

		bad += by(EXCH_SALE_SHORT, trade) != walk(trade, 2);
		bad += by(EXCH_SALE_LONG, trade) != walk(trade, 4);
		bad += by(EXCH_SALE_OWNED, trade) != walk(owned, 1);
	}
	tap_is_u64(bad, 0, "every day from 2024 to 2028");
}

static void
box(void)
{
	struct exch_closeout x = {.by = 20260304};

	tap_ok(!exch_boxed(&x, 20260303), "not before its day");
	tap_ok(exch_boxed(&x, 20260304), "on its day");
	tap_ok(exch_boxed(&x, 20260401), "and on");
	x.settled = 20260310;
	tap_ok(exch_boxed(&x, 20260309), "until a purchase");
	tap_ok(!exch_boxed(&x, 20260310), "has settled");
	x = (struct exch_closeout){.by = 20260304, .in_time = true};
	tap_ok(!exch_boxed(&x, 20260304), "never if it was in time");
}

static void
threshold(void)
{
	struct exch_threshold t = {0, false};

	for (int i = 0; i < 4; i++)
		exch_threshold_day(&t, 10000, 2000000);
	tap_ok(!t.listed, "four days");
	exch_threshold_day(&t, 9999, 1);
	for (int i = 0; i < 4; i++)
		exch_threshold_day(&t, 10000, 2000000);
	tap_ok(!t.listed, "four again, after one of 9,999 shares");
	exch_threshold_day(&t, 10000, 2000001);
	for (int i = 0; i < 5; i++)
		exch_threshold_day(&t, 10000, 2000000);
	tap_ok(t.listed, "five in a row, after one below half a per cent");
	for (int i = 0; i < 4; i++)
		exch_threshold_day(&t, 0, 2000000);
	tap_ok(t.listed, "four days without fails");
	exch_threshold_day(&t, 0, 2000000);
	tap_ok(!t.listed, "five");
	for (int i = 0; i < 5; i++)
		exch_threshold_day(&t, UINT64_MAX, UINT64_MAX);
	tap_ok(t.listed, "numbers of 64 bits");
}

int
main(void)
{
	kit_dtc(&c);
	days();
	walks();
	box();
	threshold();
	exch_calendar_clear(&c);
	return tap_done();
}
