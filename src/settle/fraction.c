/* Exact fractions of 128 bits (fraction.h). */
#include <config.h>

#include "base/check.h"
#include "rec/cash.h"
#include "settle/fraction.h"

/* b >= 0, and not both are 0. */
static exch_i128
gcd(exch_i128 v, exch_i128 b)
{
	exch_u128 a = v < 0 ? -(exch_u128)v : (exch_u128)v;
	exch_u128 d = (exch_u128)b;

	while (d != 0) {
		exch_u128 r = a % d;

		a = d;
		d = r;
	}
	return (exch_i128)a;
}

struct exch_fraction
exch_fraction_of(exch_i128 num, exch_i128 den)
{
	exch_i128 g;

	exch_check(den != 0);
	if (den < 0) {
		num = -num;
		den = -den;
	}
	g = gcd(num, den);
	return (struct exch_fraction){num / g, den / g};
}

int
exch_fraction_times(
    struct exch_fraction a, struct exch_fraction b, struct exch_fraction *out)
{
	/* What is common goes out crosswise first: so less leaves 128 bits. */
	exch_i128 g = gcd(a.num, b.den), h = gcd(b.num, a.den);
	struct exch_fraction r;

	if (__builtin_mul_overflow(a.num / g, b.num / h, &r.num) ||
	    __builtin_mul_overflow(a.den / h, b.den / g, &r.den))
		return EXCH_ERR_RANGE;
	*out = r;
	return EXCH_OK;
}

int
exch_fraction_add(
    struct exch_fraction a, struct exch_fraction b, struct exch_fraction *out)
{
	exch_i128 g = gcd(a.den, b.den), x, y, den;

	if (__builtin_mul_overflow(a.num, b.den / g, &x) ||
	    __builtin_mul_overflow(b.num, a.den / g, &y) ||
	    __builtin_mul_overflow(a.den, b.den / g, &den) ||
	    __builtin_add_overflow(x, y, &x))
		return EXCH_ERR_RANGE;
	*out = exch_fraction_of(x, den);
	return EXCH_OK;
}

/* v over one denominator: what remains is to divide. */
static int
scaled(exch_i128 v, struct exch_fraction *f)
{
	return exch_fraction_times(
	    (struct exch_fraction){.num = v, .den = 1}, *f, f);
}

int
exch_fraction_round(exch_i128 v, struct exch_fraction f, exch_i128 *out)
{
	if (scaled(v, &f) != EXCH_OK)
		return EXCH_ERR_RANGE;
	*out = exch_div_half_even(f.num, f.den);
	return EXCH_OK;
}

int
exch_fraction_floor(exch_i128 v, struct exch_fraction f, exch_i128 *out)
{
	if (scaled(v, &f) != EXCH_OK)
		return EXCH_ERR_RANGE;
	*out = f.num / f.den - (f.num % f.den < 0);
	return EXCH_OK;
}

int
exch_fits_i64(exch_i128 v, int64_t *out)
{
	if (v < INT64_MIN || v > INT64_MAX)
		return EXCH_ERR_RANGE;
	*out = (int64_t)v;
	return EXCH_OK;
}
