/* base/px32: prices in 32nds, there and back, against tables by hand. */
#include <config.h>

#include <stdio.h>

#include "../tap.h"
#include "base/dec.h"
#include "base/err.h"
#include "base/px32.h"

/* The value, or the error code shown as "E-5". */
static const char *
parse(const char *s)
{
	static char out[64];
	exch_px v = 0;
	int err = exch_px32_parse(s, strlen(s), &v);

	if (err != 0)
		snprintf(out, sizeof(out), "E%d", err);
	else
		*exch_dec_put(out, v, 9, 0) = '\0';
	return out;
}

static const char *
put(exch_px v, int min_frac)
{
	static char out[64];

	*exch_px32_put(out, v, min_frac) = '\0';
	return out;
}

/* k/256, with the digits put together by printf. */
static bool
one(int k)
{
	static const char *const last[8] = {
	    "", "1", "2", "3", "+", "6", "7", "8"};
	char want[64], got[64];
	exch_px v = (exch_px)k * 3906250;
	exch_px back = -1;

	snprintf(
	    want, sizeof(want), "%d-%02d%s", k / 256, k % 256 / 8, last[k % 8]);
	snprintf(got, sizeof(got), "%s", put(v, 2));
	if (strcmp(got, want) != 0 ||
	    exch_px32_parse(got, strlen(got), &back) != 0 || back != v) {
		printf("# %d/256: %s, not %s\n", k, got, want);
		return false;
	}
	snprintf(got, sizeof(got), "%s", put(-v, 2));
	return k == 0 ||
	       (got[0] == '-' && strcmp(got + 1, want) == 0 &&
		   exch_px32_parse(got, strlen(got), &back) == 0 && back == -v);
}

static void
round_trip(void)
{
	bool ok = true;
	bool dec = true;

	for (int k = 0; k <= 130 * 256; k++)
		ok = one(k) && ok;
	tap_ok(ok, "every 1/256 from -130 to 130 goes there and back");
	for (int k = 0; k < 256; k++) {
		char want[64];
		exch_px v = 99 * EXCH_PX_ONE + (exch_px)k * 3906250 + 1;

		snprintf(want, sizeof(want), "99.%09d", k * 3906250 + 1);
		dec = dec && strcmp(put(v, 0), want) == 0;
	}
	tap_ok(dec, "what lies between is written as a decimal");
}

static void
by_hand(void)
{
	tap_is_str(parse("99-16"), "99.5", "half a point");
	tap_is_str(parse("99-16+"), "99.515625", "and half a 32nd");
	tap_is_str(parse("99-165"), "99.515625", "the same as a digit");
	tap_is_str(parse("99-162"), "99.5078125", "a quarter");
	tap_is_str(parse("99-167"), "99.5234375", "three quarters");
	tap_is_str(parse("99-161"), "99.50390625", "an eighth");
	tap_is_str(parse("99-160"), "99.5", "none");
	tap_is_str(parse("100-31+"), "100.984375", "near the next point");
	tap_is_str(parse("0-00+"), "0.015625", "a tick of half a 32nd");
	tap_is_str(parse("-0-01"), "-0.03125", "below zero");
	tap_is_str(parse("9223372035-318"), "9223372035.99609375", "large");
	tap_is_str(put(99515625000, 6), "99-16+", "written with +");
	tap_is_str(put(0, 6), "0-00", "zero");
	tap_is_str(put(99 * EXCH_PX_ONE, 0), "99-00", "whole points");
	tap_is_str(put(99510000000, 4), "99.5100", "no multiple of 1/256");
	tap_is_str(put(INT64_MIN, 2), "-9223372036.854775808", "the least");
}

static void
refused(void)
{
	static const char *const shape[] = {"", "-", "99", "99.5", "99-",
	    "99-1", "-16", "--1-16", "99-16++", "99-1612", "99-1+", "99-+",
	    "99-16-", "99-16 ", " 99-16", "+99-16", "9.9-16", "1,000-16",
	    "99 -16", "99-a6", "99-1a", "99-16a", "99_16", "99-16."};
	static const char *const range[] = {"99-32", "99-99", "99-164",
	    "99-169", "99-32+", "99-314", "9223372036-00",
	    "99999999999999999999-00"};

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(shape); i++) {
		exch_px v = 7;

		tap_ok(exch_px32_parse(shape[i], strlen(shape[i]), &v) ==
			       EXCH_ERR_FORMAT &&
			   v == 7,
		    shape[i]);
	}
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(range); i++) {
		exch_px v = 7;

		tap_ok(exch_px32_parse(range[i], strlen(range[i]), &v) ==
			       EXCH_ERR_RANGE &&
			   v == 7,
		    range[i]);
	}
}

int
main(void)
{
	round_trip();
	by_hand();
	refused();
	return tap_done();
}
