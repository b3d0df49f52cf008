/*
 * Decimal text to integers and back by hand: exact, independent of the
 * locale, and much faster than printf, which is what text output of
 * records spends its time in otherwise.
 */
#include <config.h>

#include <string.h>

#include "base/check.h"
#include "base/dec.h"
#include "base/err.h"

#define TEN(n) UINT64_C(1##n)

const uint64_t exch_pow10[20] = {1, TEN(0), TEN(00), TEN(000), TEN(0000),
    TEN(00000), TEN(000000), TEN(0000000), TEN(00000000), TEN(000000000),
    TEN(0000000000), TEN(00000000000), TEN(000000000000), TEN(0000000000000),
    TEN(00000000000000), TEN(000000000000000), TEN(0000000000000000),
    TEN(00000000000000000), TEN(000000000000000000), TEN(0000000000000000000)};

/* Two digits at a time halve the number of divisions. */
static const char pairs[200] = "00010203040506070809"
			       "10111213141516171819"
			       "20212223242526272829"
			       "30313233343536373839"
			       "40414243444546474849"
			       "50515253545556575859"
			       "60616263646566676869"
			       "70717273747576777879"
			       "80818283848586878889"
			       "90919293949596979899";

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One more digit; false when the value leaves 64 bits. */
static bool
push(uint64_t *v, char c)
{
	return !__builtin_mul_overflow(*v, (uint64_t)10, v) &&
	       !__builtin_add_overflow(*v, (uint64_t)(c - '0'), v);
}

/* [+-]digits[.digits]: the shape alone, so that it is judged first. */
static bool
well_formed(const char *s, size_t n, size_t *point)
{
	size_t i = 0;
	size_t digits = 0;

	*point = n;
	for (; i < n && is_digit(s[i]); i++)
		digits++;
	if (digits == 0)
		return false;
	if (i == n)
		return true;
	if (s[i] != '.' || i + 1 == n)
		return false;
	*point = i;
	for (i++; i < n; i++)
		if (!is_digit(s[i]))
			return false;
	return true;
}

int
exch_dec_parse(const char *s, size_t n, int scale, int64_t *out)
{
	uint64_t v = 0;
	bool neg = false;
	bool fits = true;
	size_t point;
	int frac = 0;

	exch_check(scale >= 0 && scale <= 18);
	if (n > 0 && (*s == '-' || *s == '+')) {
		neg = *s == '-';
		s++;
		n--;
	}
	if (!well_formed(s, n, &point))
		return EXCH_ERR_FORMAT;
	for (size_t i = 0; i < point; i++)
		fits = fits && push(&v, s[i]);
	for (size_t i = point + 1; i < n; i++) {
		if (frac < scale) {
			fits = fits && push(&v, s[i]);
			frac++;
		} else {
			fits = fits && s[i] == '0';
		}
	}
	if (!fits || __builtin_mul_overflow(v, exch_pow10[scale - frac], &v))
		return EXCH_ERR_RANGE;
	if (v > (uint64_t)INT64_MAX + neg)
		return EXCH_ERR_RANGE;
	*out = neg ? (int64_t)(0 - v) : (int64_t)v;
	return 0;
}

int
exch_uint_parse(const char *s, size_t n, uint64_t *out)
{
	uint64_t v = 0;
	bool fits = true;

	if (n == 0)
		return EXCH_ERR_FORMAT;
	for (size_t i = 0; i < n; i++) {
		if (!is_digit(s[i]))
			return EXCH_ERR_FORMAT;
		fits = fits && push(&v, s[i]);
	}
	if (!fits)
		return EXCH_ERR_RANGE;
	*out = v;
	return 0;
}

/* Exactly n digits of v ending before `end`. */
static void
put_fixed(char *end, uint64_t v, int n)
{
	while (n >= 2) {
		end -= 2;
		memcpy(end, pairs + 2 * (v % 100), 2);
		v /= 100;
		n -= 2;
	}
	if (n > 0)
		end[-1] = (char)('0' + v % 10);
}

static int
count_digits(uint64_t v)
{
	/* log10 from log2 by 1233/4096, at most one too small. */
	int bits = 64 - __builtin_clzll(v | 1);
	int n = bits * 1233 >> 12;

	return n + (v >= exch_pow10[n]);
}

char *
exch_uint_put(char *p, uint64_t v)
{
	int n;

	if (v < 10) {
		*p = (char)('0' + v);
		return p + 1;
	}
	n = count_digits(v);
	p += n;
	put_fixed(p, v, n);
	return p;
}

/*
 * Drop the zeros at the end of a fraction that begins at `point` (the
 * place of the '.'), but leave min digits.
 */
static char *
trim(char *point, char *end, int min)
{
	char *least = point + 1 + min;

	while (end > least && end[-1] == '0')
		end--;
	return end == point + 1 ? point : end;
}

char *
exch_dec_put(char *p, int64_t v, int scale, int min_frac)
{
	uint64_t mag = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	uint64_t unit;
	char *point;

	exch_check(scale >= 0 && scale <= 18 && min_frac >= 0);
	if (v < 0)
		*p++ = '-';
	if (scale == 0)
		return exch_uint_put(p, mag);
	unit = exch_pow10[scale];
	point = exch_uint_put(p, mag / unit);
	*point = '.';
	put_fixed(point + 1 + scale, mag % unit, scale);
	return trim(
	    point, point + 1 + scale, min_frac < scale ? min_frac : scale);
}

/*
 * All digits of a number of 128 bits before `end`, at least so many; returns
 * where they begin.  It is divided by 10^19 until it fits 64 bits, as division
 * of the wide ones costs a call each.
 */
static char *
put_wide(char *end, exch_u128 v, int least)
{
	char *begin = end;
	int n;

	for (; v > UINT64_MAX; v /= exch_pow10[19], least -= 19) {
		put_fixed(begin, (uint64_t)(v % exch_pow10[19]), 19);
		begin -= 19;
	}
	n = count_digits((uint64_t)v);
	if (n < least)
		n = least;
	put_fixed(begin, (uint64_t)v, n);
	return begin - n;
}

/* scale 0..38 */
char *
exch_dec128_put(char *p, exch_i128 v, int scale, int min_frac)
{
	exch_u128 mag = v < 0 ? 0 - (exch_u128)v : (exch_u128)v;
	char digits[64];
	char *end = digits + sizeof(digits);
	const char *q;
	size_t whole;

	exch_check(scale >= 0 && scale <= 38 && min_frac >= 0);
	if (v < 0)
		*p++ = '-';
	q = put_wide(end, mag, scale + 1);
	whole = (size_t)(end - q) - (size_t)scale;
	memcpy(p, q, whole);
	p += whole;
	if (scale == 0)
		return p;
	*p = '.';
	memcpy(p + 1, q + whole, (size_t)scale);
	return trim(p, p + 1 + scale, min_frac < scale ? min_frac : scale);
}
