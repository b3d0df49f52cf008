/*
 * 32nds of a point to 10^-9 and back (px32.h).  Both ways are exact: a price
 * that has no such form is left to the decimals.
 */
#include <config.h>

#include "base/dec.h"
#include "base/err.h"
#include "base/px32.h"

/* An eighth of a 32nd. */
#define STEP UINT64_C(3906250)
#define ONE UINT64_C(1000000000)

/* The last place by eighths, 0 being none. */
static const char eighths[8] = {0, '1', '2', '3', '+', '6', '7', '8'};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Eighths by the last place; -1 for 4 and 9, which no eighth begins with. */
static int
eighths_of(char c)
{
	static const signed char by_digit[10] = {
	    0, 1, 2, 3, -1, 4, 5, 6, 7, -1};

	return c == '+' ? 4 : by_digit[c - '0'];
}

/* Bytes of the points in front of the dash; 0: the shape is another. */
static size_t
points_of(const char *s, size_t n)
{
	size_t k = 0;

	while (k < n && is_digit(s[k]))
		k++;
	if (k == 0 || n - k < 3 || n - k > 4 || s[k] != '-' ||
	    !is_digit(s[k + 1]) || !is_digit(s[k + 2]))
		return 0;
	return n - k == 3 || is_digit(s[k + 3]) || s[k + 3] == '+' ? k : 0;
}

int
exch_px32_parse(const char *s, size_t n, exch_px *out)
{
	bool neg = n > 0 && s[0] == '-';
	uint64_t points;
	unsigned part;
	int eighth = 0;
	size_t k;
	uint64_t v;

	if (neg) {
		s++;
		n--;
	}
	k = points_of(s, n);
	if (k == 0)
		return EXCH_ERR_FORMAT;
	part = (unsigned)(s[k + 1] - '0') * 10 + (unsigned)(s[k + 2] - '0');
	if (n - k == 4)
		eighth = eighths_of(s[k + 3]);
	if (part > 31 || eighth < 0 || exch_uint_parse(s, k, &points) != 0 ||
	    points >= (uint64_t)INT64_MAX / ONE)
		return EXCH_ERR_RANGE;
	v = points * ONE + (part * 8 + (unsigned)eighth) * STEP;
	*out = neg ? -(exch_px)v : (exch_px)v;
	return EXCH_OK;
}

char *
exch_px32_put(char *p, exch_px v, int min_frac)
{
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	unsigned k;

	if (u % STEP != 0)
		return exch_dec_put(p, v, 9, min_frac);
	k = (unsigned)(u % ONE / STEP);
	if (v < 0)
		*p++ = '-';
	p = exch_uint_put(p, u / ONE);
	*p++ = '-';
	*p++ = (char)('0' + k / 80);
	*p++ = (char)('0' + k / 8 % 10);
	if (k % 8 != 0)
		*p++ = eighths[k % 8];
	return p;
}
