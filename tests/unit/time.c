/* base/time: dates and time stamps, compared with the C library's. */
#include <config.h>

#include <time.h>

#include "../tap.h"
#include "base/rng.h"
#include "base/time.h"

static void
test_civil(void)
{
	unsigned bad = 0;
	unsigned bad_back = 0;

	tap_is_i64(exch_days_from_civil(1970, 1, 1), 0, "the first day");
	tap_is_i64(exch_days_from_civil(2000, 2, 29), 11016, "29 Feb 2000");
	tap_is_i64(exch_days_from_civil(0, 3, 1), -719468, "1 March 0");
	for (int64_t day = -800000; day < 800000; day += 1) {
		time_t t = (time_t)(day * 86400);
		struct tm tm;
		int y, m, d;

		exch_civil_from_days(day, &y, &m, &d);
		bad_back += exch_days_from_civil(y, m, d) != day;
		if (day % 7 != 0)
			continue;
		gmtime_r(&t, &tm);
		bad += y != tm.tm_year + 1900 || m != tm.tm_mon + 1 ||
		       d != tm.tm_mday;
	}
	tap_is_u64(bad_back, 0, "back and forth over 4,380 years");
	tap_is_u64(bad, 0, "as the C library has it");
}

static const char *
date(const char *s)
{
	static char out[32];
	uint32_t v = 0;
	int err = exch_date_parse(s, strlen(s), &v);

	snprintf(out, sizeof(out), err != 0 ? "E%" PRId64 : "%" PRId64,
	    err != 0 ? (int64_t)err : (int64_t)v);
	return out;
}

static void
test_dates(void)
{
	static const char *const malformed[] = {"", "2023-02-29", "20231301",
	    "2023-00-10", "2023-1-10", "2023/01/10", "202301-10", "2023011",
	    "2100-02-29", "20230100", "2023-04-31", "abcd-ef-gh",
	    "2023-02-07 "};

	tap_is_str(date("2023-02-07"), "20230207", "with hyphens");
	tap_is_str(date("20230207"), "20230207", "without");
	tap_is_str(date("2024-02-29"), "20240229", "leap day");
	tap_is_str(date("20000229"), "20000229", "leap century");
	tap_is_str(date("1969-12-31"), "E-5", "before 1970");
	tap_is_str(date("2554-01-01"), "E-5", "after 2553");
	for (size_t i = 0; i < EXCH_ARRAY_LEN(malformed); i++)
		tap_is_str(date(malformed[i]), "E-3", malformed[i]);
	tap_is_u64(exch_date_ts(20230207), UINT64_C(1675728000) * EXCH_SEC,
	    "midnight of a date");
	tap_is_u64(exch_ts_date(UINT64_C(1675814399) * EXCH_SEC + 999999999),
	    20230207, "the last nanosecond of it");
	tap_ok(exch_date_is(20240229), "a leap day is one");
	tap_ok(!exch_date_is(20230229), "not in another year");
	tap_ok(!exch_date_is(19691231), "no day before 1970");
	tap_ok(!exch_date_is(UINT32_MAX), "nor a number that is none");
	tap_is_i64(exch_date_days(20000229), 11016, "days of a date");
	tap_is_u64(exch_days_date(11016), 20000229, "and back");
}

static const char *
stamp(const char *s)
{
	static char out[32];
	exch_ts t = 0;
	int err = exch_ts_parse(s, strlen(s), &t);

	if (err != 0)
		snprintf(out, sizeof(out), "E%d", err);
	else
		snprintf(out, sizeof(out), "%" PRIu64, t);
	return out;
}

static void
test_stamps(void)
{
	static const char *const malformed[] = {"", "2023-02-07T09:30:00",
	    "2023-02-07 09:30:00Z", "2023-02-07T24:00:00Z",
	    "2023-02-07T09:60:00Z", "2023-02-07T09:30:60Z",
	    "2023-02-07T09:30:00.Z", "2023-02-07T09:30:00.1234567890Z",
	    "2023-02-30T09:30:00Z", "20230207T09:30:00.000Z",
	    "2023-02-07T09:30Z", "2023-02-07T9:30:00.000Z", "12x"};
	struct exch_rng r;
	unsigned bad = 0;
	char text[32];

	tap_is_str(stamp("2023-02-07T01:30:00.123456789Z"),
	    "1675733400123456789", "nine decimals");
	tap_is_str(
	    stamp("2023-02-07T01:30:00.5Z"), "1675733400500000000", "one");
	tap_is_str(
	    stamp("2023-02-07T01:30:00Z"), "1675733400000000000", "none");
	tap_is_str(
	    stamp("1675733400123456789"), "1675733400123456789", "digits only");
	for (size_t i = 0; i < EXCH_ARRAY_LEN(malformed); i++)
		tap_is_str(stamp(malformed[i]), "E-3", malformed[i]);
	*exch_ts_put(text, UINT64_C(1675733400000000007)) = '\0';
	tap_is_str(text, "2023-02-07T01:30:00.000000007Z", "written");
	*exch_ts_put(text, 0) = '\0';
	tap_is_str(text, "1970-01-01T00:00:00.000000000Z", "the first");
	*exch_ts_put(text, UINT64_MAX) = '\0';
	tap_is_str(text, "2554-07-21T23:34:33.709551615Z", "the last");

	exch_rng_seed(&r, 5);
	for (int i = 0; i < 100000; i++) {
		exch_ts t = exch_rng_below(
		    &r, UINT64_C(18429292800) * EXCH_SEC); /* 2554-01-01 */
		exch_ts back = 0;

		bad += exch_ts_put(text, t) != text + 30 ||
		       exch_ts_parse(text, 30, &back) != 0 || back != t;
	}
	tap_is_u64(bad, 0, "text gives the time back (100,000)");
}

static void
test_durations(void)
{
	static const struct {
		const char *s;
		uint64_t ns;
	} good[] = {{"1ns", 1}, {"350us", 350000}, {"250ms", 250000000},
	    {"2m", UINT64_C(120000000000)}, {"24h", UINT64_C(86400000000000)}};
	static const char *const wrong[] = {"", "5", "ms", "0s", "-1s", "1.5s",
	    "25h", "1d", "1 s", "99999999999999999999s",
	    "18446744073709551615h"};
	uint64_t ns;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(good); i++)
		tap_ok(exch_duration_parse(good[i].s, strlen(good[i].s), &ns) ==
			       0 &&
			   ns == good[i].ns,
		    good[i].s);
	for (size_t i = 0; i < EXCH_ARRAY_LEN(wrong); i++)
		tap_ok(
		    exch_duration_parse(wrong[i], strlen(wrong[i]), &ns) != 0,
		    wrong[i]);
}

static const char *
tod(const char *s)
{
	static char out[32];
	uint64_t t = 0;
	int err = exch_tod_parse(s, strlen(s), &t);

	if (err != 0)
		snprintf(out, sizeof(out), "E%d", err);
	else
		*exch_tod_put(out, t) = '\0';
	return out;
}

static void
test_times_of_day(void)
{
	static const char *const malformed[] = {"", "9:30", "09:3", "0930",
	    "09:30:", "09:30:1", "09:30:00.", "09:30:00,5", "24:00:01",
	    "24:00:00.000000001", "25:00", "09:60", "-1:00",
	    "09:30:00.1234567890", "09:30 "};

	tap_is_str(tod("09:30"), "09:30:00.000000000", "minutes");
	tap_is_str(tod("09:30:05"), "09:30:05.000000000", "seconds");
	tap_is_str(tod("09:30:05.25"), "09:30:05.250000000", "hundredths");
	tap_is_str(
	    tod("23:59:59.999999999"), "23:59:59.999999999", "nanoseconds");
	tap_is_str(tod("24:00"), "24:00:00.000000000", "the day's end");
	for (size_t i = 0; i < EXCH_ARRAY_LEN(malformed); i++)
		tap_is_str(tod(malformed[i]), "E-3", malformed[i]);
}

int
main(void)
{
	test_civil();
	test_dates();
	test_stamps();
	test_times_of_day();
	test_durations();
	return tap_done();
}
