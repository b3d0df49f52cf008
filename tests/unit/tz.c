/*
 * base/tz: offsets as the C library finds them in the same files, POSIX
 * rules, and files that lie.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../tap.h"
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/rng.h"
#include "base/time.h"

static unsigned char file[65536];

static size_t
load(const char *zone)
{
	char path[200];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", zone);
	f = fopen(path, "rb");
	if (f == NULL)
		return 0;
	n = fread(file, 1, sizeof(file), f);
	fclose(f);
	return n;
}

/* Every 17 hours from 1970 to 2120, and around every change found. */
static void
test_zone(const char *zone)
{
	struct exch_tz *tz = NULL;
	size_t n = load(zone);
	unsigned bad = 0;
	int last = 0;

	if (n == 0) {
		tap_skip(zone, "the tz database is not installed");
		return;
	}
	if (!tap_ok(exch_tz_parse(file, n, zone, &tz, NULL) == 0, zone))
		return;
	setenv("TZ", zone, 1);
	tzset();
	for (time_t t = 0; t < (time_t)4733510400; t += 61201) {
		struct tm tm;
		int off = exch_tz_offset(tz, (uint64_t)t * EXCH_SEC);

		localtime_r(&t, &tm);
		bad += off != tm.tm_gmtoff;
		if (off != last && t > 61201) {
			time_t lo = t - 61201;
			time_t hi = t;

			while (hi - lo > 1) { /* the second it changed */
				time_t mid = lo + (hi - lo) / 2;

				localtime_r(&mid, &tm);
				if (tm.tm_gmtoff == off)
					hi = mid;
				else
					lo = mid;
			}
			bad +=
			    exch_tz_offset(tz, (uint64_t)hi * EXCH_SEC) != off;
			bad += exch_tz_offset(
				   tz, (uint64_t)hi * EXCH_SEC - 1) == off;
		}
		last = off;
	}
	tap_is_u64(bad, 0, "every offset is the C library's");
	exch_tz_free(tz);
}

/* A version 2 file with an empty table and this footer. */
static size_t
make(const char *footer)
{
	unsigned char *p = file;
	size_t n = strlen(footer);

	memset(file, 0, 200);
	memcpy(p, "TZif2", 5);
	exch_put_be32(p + 36, 1);
	exch_put_be32(p + 40, 4);
	p += 44 + 6 + 4;
	memcpy(p, "TZif2", 5);
	exch_put_be32(p + 36, 1);
	exch_put_be32(p + 40, 4);
	p += 44 + 6 + 4;
	*p++ = '\n';
	memcpy(p, footer, n);
	p[n] = '\n';
	return (size_t)(p + n + 1 - file);
}

/* The same rule given to the C library by TZ. */
static void
test_rule(const char *rule)
{
	struct exch_tz *tz = NULL;
	unsigned bad = 0;

	if (!tap_ok(exch_tz_parse(file, make(rule), "t", &tz, NULL) == 0, rule))
		return;
	setenv("TZ", rule, 1);
	tzset();
	for (time_t t = 86400; t < (time_t)2082758400; t += 5401) {
		struct tm tm;

		localtime_r(&t, &tm);
		bad +=
		    exch_tz_offset(tz, (uint64_t)t * EXCH_SEC) != tm.tm_gmtoff;
	}
	tap_is_u64(bad, 0, "as the C library does it");
	exch_tz_free(tz);
}

static void
test_bad_rules(void)
{
	static const char *const bad[] = {"E5", "EST", "EST5EDT", "EST25",
	    "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0",
	    "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0",
	    "EST5EDT,J0,J100", "EST5EDT,J366,J100", "EST5EDT,366,1",
	    "EST5EDT,M3.2.0/168,M11.1.0", "EST5EDT,M3.2.0,M11.1.0x", "<+03",
	    "<>3", "EST5:60", "EST5EDT,,", "EST5EDT4:00:61"};
	struct exch_diag d;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(bad); i++) {
		struct exch_tz *tz = NULL;

		exch_diag_clear(&d);
		tap_ok(exch_tz_parse(file, make(bad[i]), "t", &tz, &d) ==
			       EXCH_ERR_FORMAT &&
			   d.code == EXCH_ERR_FORMAT,
		    bad[i]);
	}
}

/* Changed bytes give an error or a zone with sane offsets. */
static unsigned
insane(const unsigned char *p, size_t n)
{
	static const uint64_t at[] = {0, 1, 86400, 1000000000, 1675733400,
	    UINT64_C(4102444800), UINT64_C(18446744073)};
	struct exch_tz *tz = NULL;
	unsigned bad = 0;

	if (exch_tz_parse(p, n, "t", &tz, NULL) != 0)
		return 0;
	for (size_t i = 0; i < EXCH_ARRAY_LEN(at); i++) {
		int off = exch_tz_offset(tz, at[i] * EXCH_SEC);

		bad += off < -100000 || off > 100000;
	}
	bad += exch_tz_local(tz, 20230207, 0) == 0;
	exch_tz_free(tz);
	return bad;
}

static void
test_hostile(void)
{
	size_t n = load("America/New_York");
	unsigned bad = 0;
	unsigned whole = 0;
	struct exch_rng r;

	if (n == 0) {
		tap_skip("hostile files", "the tz database is not installed");
		return;
	}
	for (size_t k = 0; k < n; k++) {
		struct exch_tz *tz = NULL;
		/* Its own memory, so that a sanitizer sees its end. */
		unsigned char *cut = malloc(k > 0 ? k : 1);

		memcpy(cut, file, k);
		if (exch_tz_parse(cut, k, "t", &tz, NULL) == 0)
			whole++;
		exch_tz_free(tz);
		free(cut);
	}
	tap_is_u64(whole, 0, "no cut file is accepted");
	for (size_t i = 0; i < 8 * n; i++) {
		file[i / 8] ^= (unsigned char)(1 << i % 8);
		bad += insane(file, n);
		file[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	tap_is_u64(bad, 0, "every single bit flipped");
	exch_rng_seed(&r, 9);
	for (int i = 0; i < 20000; i++) {
		unsigned char save[8];
		size_t at = exch_rng_below(&r, n - 8);

		if (i % 2 == 0)
			at = exch_rng_below(&r, 44); /* counts */
		memcpy(save, file + at, 8);
		for (int k = 0; k < 8; k++)
			file[at + (size_t)k] = (unsigned char)exch_rng_u64(&r);
		bad += insane(file, n);
		memcpy(file + at, save, 8);
	}
	tap_is_u64(bad, 0, "bytes overwritten at random");
}

static void
test_local(void)
{
	struct exch_tz *tz = NULL;
	const uint64_t hour = 3600 * EXCH_SEC;

	tap_is_u64(exch_tz_local(NULL, 20230207, hour),
	    exch_date_ts(20230207) + hour, "no zone is UTC");
	tap_ok(exch_tz_parse(
		   file, make("EST5EDT,M3.2.0,M11.1.0"), "t", &tz, NULL) == 0,
	    "New York's rule");
	tap_is_u64(exch_tz_local(tz, 20230207, 9 * hour + 5),
	    exch_date_ts(20230207) + 14 * hour + 5, "winter");
	tap_is_u64(exch_tz_local(tz, 20230707, 9 * hour),
	    exch_date_ts(20230707) + 13 * hour, "summer");
	tap_is_u64(exch_tz_local(tz, 20230312, 2 * hour + hour / 2),
	    exch_date_ts(20230312) + 7 * hour + hour / 2,
	    "an hour that does not exist");
	tap_is_u64(exch_tz_local(tz, 20231105, hour + hour / 2),
	    exch_date_ts(20231105) + 5 * hour + hour / 2,
	    "an hour that comes twice");
	tap_is_u64(exch_tz_local(tz, 20231105, 3 * hour),
	    exch_date_ts(20231105) + 8 * hour, "after it");
	exch_tz_free(tz);
	tap_ok(exch_tz_fixed(8 * 3600, &tz) == 0, "a fixed offset");
	tap_is_i64(exch_tz_offset(tz, 0), 28800, "holds always");
	tap_is_u64(exch_tz_local(tz, 20230207, 9 * hour + hour / 2),
	    UINT64_C(1675733400) * EXCH_SEC, "Shanghai opens");
	tap_is_u64(exch_tz_local(tz, 19700101, 0), 0, "never before 1970");
	exch_tz_free(tz);
	tap_is_i64(exch_tz_fixed(86400, &tz), EXCH_ERR_RANGE, "a day is much");
}

static void
test_offset_text(void)
{
	static const char *const bad[] = {"", "08:00", "+8:00", "+08", "+0800",
	    "+08:60", "+24:00", "+08:00 ", "*08:00"};
	int s = 0;

	tap_ok(exch_tz_offset_parse("+08:00", &s) == 0 && s == 28800, "east");
	tap_ok(exch_tz_offset_parse("-05:30", &s) == 0 && s == -19800, "west");
	for (size_t i = 0; i < EXCH_ARRAY_LEN(bad); i++)
		tap_is_i64(
		    exch_tz_offset_parse(bad[i], &s), EXCH_ERR_FORMAT, bad[i]);
}

static void
test_no_memory(void)
{
	size_t n = make("EST5EDT,M3.2.0,M11.1.0");
	unsigned bad = 0;
	unsigned i;

	for (i = 1; i < 20; i++) {
		struct exch_tz *tz = NULL;
		struct exch_diag d = {0};
		int err;

		exch_alloc_fail_at(i);
		err = exch_tz_parse(file, n, "t", &tz, &d);
		exch_alloc_fail_at(0);
		exch_tz_free(tz);
		if (err == 0)
			break;
		bad += err != EXCH_ERR_NOMEM || d.code != EXCH_ERR_NOMEM;
	}
	tap_ok(i > 1 && i < 20 && bad == 0, "memory runs out");
}

int
main(void)
{
	static const char *const zones[] = {"UTC", "Asia/Shanghai",
	    "America/New_York", "America/Chicago", "Europe/London",
	    "Europe/Dublin", "Europe/Berlin", "Australia/Sydney",
	    "Australia/Lord_Howe", "America/St_Johns", "Asia/Kolkata",
	    "Asia/Tehran", "Africa/Casablanca", "America/Sao_Paulo",
	    "Pacific/Apia", "America/Nuuk", "Asia/Tokyo", "Etc/GMT-14"};
	static const char *const rules[] = {"EST5EDT,M3.2.0,M11.1.0",
	    "CET-1CEST,M3.5.0,M10.5.0/3",
	    "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
	    "AEST-10AEDT,M10.1.0,M4.1.0/3", "UTC0", "ZZZ-5:45:30",
	    "AAA3BBB,J60/0,J300/0", "AAA3BBB,59/0,300/0",
	    "<-02>2<-01>,M3.5.0/-1,M10.5.0/0"};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(zones); i++)
		test_zone(zones[i]);
	for (size_t i = 0; i < EXCH_ARRAY_LEN(rules); i++)
		test_rule(rules[i]);
	test_bad_rules();
	test_local();
	test_offset_text();
	test_no_memory();
	test_hostile();
	return tap_done();
}
