/* base/dec: exact decimal text, compared with the C library where it can. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "../tap.h"
#include "base/dec.h"
#include "base/err.h"
#include "base/rng.h"

/* The value, or the error code shown as "E-5". */
static const char *
parse(const char *s, int scale)
{
	static char out[64];
	int64_t v = 0;
	int err = exch_dec_parse(s, strlen(s), scale, &v);

	if (err != 0)
		snprintf(out, sizeof(out), "E%d", err);
	else
		snprintf(out, sizeof(out), "%" PRId64, v);
	return out;
}

static const char *
put(int64_t v, int scale, int min_frac)
{
	static char out[64];

	*exch_dec_put(out, v, scale, min_frac) = '\0';
	return out;
}

static const char *
put128(exch_i128 v, int scale, int min_frac)
{
	static char out[64];

	*exch_dec128_put(out, v, scale, min_frac) = '\0';
	return out;
}

static void
test_parse(void)
{
	static const char *const malformed[] = {"", ".", "-", "+", "1.", ".5",
	    "1e5", " 1", "1 ", "--1", "+-1", "1.2.3", "0x10", "1,5", "inf",
	    "nan", "1_0", "99999999999999999999x", "1.-5"};

	tap_is_str(parse("0", 0), "0", "zero");
	tap_is_str(parse("-0", 9), "0", "minus zero is zero");
	tap_is_str(parse("1800.00", 9), "1800000000000", "a price");
	tap_is_str(parse("+10.01", 2), "1001", "a plus sign");
	tap_is_str(parse("-0.000000001", 9), "-1", "the smallest step");
	tap_is_str(parse("007", 0), "7", "leading zeros");
	tap_is_str(parse("1.500", 1), "15", "trailing zeros beyond the scale");
	tap_is_str(parse("1.25", 1), "E-5", "a digit that would be lost");
	tap_is_str(parse("9223372036854775807", 0), "9223372036854775807",
	    "the largest");
	tap_is_str(parse("9223372036854775808", 0), "E-5", "one more");
	tap_is_str(parse("-9223372036854775808", 0), "-9223372036854775808",
	    "the smallest");
	tap_is_str(parse("-9223372036854775809", 0), "E-5", "one less");
	tap_is_str(parse("9223372036.854775807", 9), "9223372036854775807",
	    "the largest price");
	tap_is_str(parse("9223372036.854775808", 9), "E-5", "one step more");
	tap_is_str(parse("18446744073709551616", 0), "E-5", "2^64");
	tap_is_str(parse("10", 18), "E-5", "overflow by the scale alone");
	tap_is_str(parse("9.223372036854775807", 18), "9223372036854775807",
	    "scale 18");
	for (size_t i = 0; i < EXCH_ARRAY_LEN(malformed); i++)
		tap_is_str(parse(malformed[i], 2), "E-3", malformed[i]);
	/* Exactly n bytes: what follows is not looked at. */
	int64_t v = 0;
	tap_ok(exch_dec_parse("12.34", 2, 0, &v) == 0 && v == 12,
	    "only n bytes are read");
}

static void
test_uint(void)
{
	uint64_t v = 0;

	tap_ok(exch_uint_parse("18446744073709551615", 20, &v) == 0 &&
		   v == UINT64_MAX,
	    "the largest unsigned");
	tap_is_i64(exch_uint_parse("18446744073709551616", 20, &v),
	    EXCH_ERR_RANGE, "one more");
	tap_is_i64(exch_uint_parse("99999999999999999999", 20, &v),
	    EXCH_ERR_RANGE, "overflow by multiplication");
	tap_is_i64(exch_uint_parse("-1", 2, &v), EXCH_ERR_FORMAT, "a sign");
	tap_is_i64(exch_uint_parse("", 0, &v), EXCH_ERR_FORMAT, "nothing");
	tap_is_i64(exch_uint_parse("99999999999999999999x", 21, &v),
	    EXCH_ERR_FORMAT, "shape is judged before size");
}

static void
test_put(void)
{
	tap_is_str(put(0, 0, 0), "0", "zero, no fraction");
	tap_is_str(put(0, 9, 0), "0", "zero, fraction dropped");
	tap_is_str(put(0, 9, 2), "0.00", "zero, two digits");
	tap_is_str(put(1800080000000, 9, 2), "1800.08", "a price");
	tap_is_str(put(1800000000001, 9, 2), "1800.000000001", "all digits");
	tap_is_str(put(-5, 1, 0), "-0.5", "minus a half");
	tap_is_str(put(-5, 1, 9), "-0.5", "never more digits than the scale");
	tap_is_str(put(100, 2, 0), "1", "point dropped");
	tap_is_str(
	    put(INT64_MIN, 0, 0), "-9223372036854775808", "the smallest");
	tap_is_str(
	    put(INT64_MIN, 18, 0), "-9.223372036854775808", "and scaled");
	tap_is_str(put128(0, 6, 2), "0.00", "128 bits: zero");
	tap_is_str(put128(-((exch_i128)1 << 126) * 2, 0, 0),
	    "-170141183460469231731687303715884105728", "the smallest");
	tap_is_str(put128(-((exch_i128)1 << 126) * 2, 38, 0),
	    "-1.70141183460469231731687303715884105728", "and scaled");
	tap_is_str(put128((exch_i128)INT64_MAX * 1000, 9, 2),
	    "9223372036854.775807", "zeros dropped");
	tap_is_str(put128(5, 38, 0), "0.00000000000000000000000000000000000005",
	    "small");
}

/* The same digit by digit, from the last one on. */
static const char *
slow128(exch_i128 v, int scale, int min_frac)
{
	static char out[64];
	char *p = out + sizeof(out);
	exch_u128 mag = v < 0 ? 0 - (exch_u128)v : (exch_u128)v;
	bool any = false;

	*--p = '\0';
	for (int i = scale; i > 0; i--, mag /= 10) {
		any = any || mag % 10 != 0 || i <= min_frac;
		if (any)
			*--p = (char)('0' + (int)(mag % 10));
	}
	if (any)
		*--p = '.';
	do {
		*--p = (char)('0' + (int)(mag % 10));
		mag /= 10;
	} while (mag != 0);
	if (v < 0)
		*--p = '-';
	return p;
}

static void
test_wide(void)
{
	struct exch_rng r;
	unsigned bad = 0;
	exch_u128 ten = 1;

	exch_rng_seed(&r, 2);
	for (int n = 0; n <= 38; n++, ten *= 10)
		for (int scale = 0; scale <= 38; scale++)
			for (int by = -1; by <= 1; by++) {
				exch_i128 v = (exch_i128)ten + by;

				bad += strcmp(put128(v, scale, 2),
					   slow128(v, scale, 2)) != 0;
				bad += strcmp(put128(-v, scale, 0),
					   slow128(-v, scale, 0)) != 0;
			}
	for (int i = 0; i < 100000; i++) {
		exch_u128 v =
		    (exch_u128)exch_rng_u64(&r) << 64 | exch_rng_u64(&r);
		int scale = (int)exch_rng_below(&r, 39);
		int min = (int)exch_rng_below(&r, (uint64_t)scale + 1);
		exch_i128 s = (exch_i128)(v >> exch_rng_below(&r, 128));

		bad +=
		    strcmp(put128(s, scale, min), slow128(s, scale, min)) != 0;
	}
	tap_is_u64(bad, 0, "128 bits of every scale, digit by digit");
}

/* Every number of digits, against printf; and back. */
static void
test_against_printf(void)
{
	struct exch_rng r;
	char got[64];
	char want[64];
	unsigned bad_uint = 0;
	unsigned bad_128 = 0;
	unsigned bad_back = 0;

	exch_rng_seed(&r, 1);
	for (int i = 0; i < 200000; i++) {
		uint64_t v = exch_rng_u64(&r) >> exch_rng_below(&r, 64);
		int64_t s = (int64_t)exch_rng_u64(&r) >> exch_rng_below(&r, 64);
		int scale = (int)exch_rng_below(&r, 19);
		int min = (int)exch_rng_below(&r, (uint64_t)scale + 1);
		int64_t back = 0;
		char *end;

		*exch_uint_put(got, v) = '\0';
		snprintf(want, sizeof(want), "%" PRIu64, v);
		bad_uint += strcmp(got, want) != 0;
		end = exch_dec_put(got, s, scale, min);
		*end = '\0';
		*exch_dec128_put(want, s, scale, min) = '\0';
		bad_128 += strcmp(got, want) != 0;
		bad_back += exch_dec_parse(
				got, (size_t)(end - got), scale, &back) != 0 ||
			    back != s;
	}
	for (int i = 0; i < 20; i++) {
		uint64_t edge[3] = {
		    exch_pow10[i] - 1, exch_pow10[i], exch_pow10[i] + 1};

		for (int k = 0; k < 3; k++) {
			*exch_uint_put(got, edge[k]) = '\0';
			snprintf(want, sizeof(want), "%" PRIu64, edge[k]);
			bad_uint += strcmp(got, want) != 0;
		}
	}
	tap_is_u64(bad_uint, 0, "integers are printf's (200,060)");
	tap_is_u64(bad_128, 0, "64 and 128 bits agree (200,000)");
	tap_is_u64(bad_back, 0, "text gives the number back (200,000)");
}

int
main(void)
{
	test_parse();
	test_uint();
	test_put();
	test_wide();
	test_against_printf();
	return tap_done();
}
