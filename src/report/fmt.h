/*
 * Numbers to decimal text, for the cells of reports: no printf, no locale,
 * no division where a multiplication does.  Every function writes at p and
 * returns the end; no NUL is written.
 */
#ifndef EXCH_REPORT_FMT_H
#define EXCH_REPORT_FMT_H

#include <string.h>

#include "base/dec.h"
#include "base/types.h"

/* "00" "01" ... "99" */
extern const char exch_fmt_pairs[200];

/* Most bytes that a number of up to 128 bits takes with sign and point. */
#define EXCH_FMT_MAX 44

/* Exactly nine digits; v < 10^9. */
static inline char *
exch_fmt_nine(char *p, uint32_t v)
{
	uint32_t hi = v / 10000;
	uint32_t lo = v % 10000;
	uint32_t top = hi / 10000;
	uint32_t mid = hi % 10000;

	p[0] = (char)('0' + top);
	memcpy(p + 1, exch_fmt_pairs + (size_t)(mid / 100) * 2, 2);
	memcpy(p + 3, exch_fmt_pairs + (size_t)(mid % 100) * 2, 2);
	memcpy(p + 5, exch_fmt_pairs + (size_t)(lo / 100) * 2, 2);
	memcpy(p + 7, exch_fmt_pairs + (size_t)(lo % 100) * 2, 2);
	return p + 9;
}

/* Decimal digits of v, at least 1. */
static inline unsigned
exch_fmt_digits(uint64_t v)
{
	/* 1233 / 4096 is log10(2), close enough below 2^64 */
	unsigned n = (64 - (unsigned)__builtin_clzll(v | 1)) * 1233 >> 12;

	return n + (v >= exch_pow10[n]) + (v == 0);
}

static inline char *
exch_fmt_u64(char *p, uint64_t v)
{
	unsigned n = exch_fmt_digits(v);
	char *q = p + n;

	while (v >= 100) {
		q -= 2;
		memcpy(q, exch_fmt_pairs + (v % 100) * 2, 2);
		v /= 100;
	}
	if (v >= 10)
		memcpy(q - 2, exch_fmt_pairs + v * 2, 2);
	else
		q[-1] = (char)('0' + v);
	return p + n;
}

/* A short text, without a call of the library for a few bytes. */
static inline char *
exch_fmt_copy(char *p, const char *s, size_t n)
{
	if (n > 16) {
		memcpy(p, s, n);
	} else if (n >= 8) {
		memcpy(p, s, 8);
		memcpy(p + n - 8, s + n - 8, 8);
	} else if (n >= 4) {
		memcpy(p, s, 4);
		memcpy(p + n - 4, s + n - 4, 4);
	} else {
		for (size_t i = 0; i < n; i++)
			p[i] = s[i];
	}
	return p + n;
}

/*
 * A price (10^-9) with at least `decimals` digits after the point; further
 * ones only when they are not zero, so that nothing is rounded away.
 */
static inline char *
exch_fmt_px(char *p, exch_px v, unsigned decimals)
{
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	uint32_t frac = (uint32_t)(u % UINT64_C(1000000000));
	unsigned n = 9;

	if (v < 0)
		*p++ = '-';
	p = exch_fmt_u64(p, u / UINT64_C(1000000000));
	if (frac == 0 && decimals == 0)
		return p;
	*p++ = '.';
	(void)exch_fmt_nine(p, frac);
	while (n > decimals && p[n - 1] == '0')
		n--;
	return p + n;
}

/*
 * How prices of an instrument are shown: its decimals, with this bit if
 * people read them in 32nds.
 */
#define EXCH_SHOW_32NDS 16u

/* A price as `show` says. */
char *exch_fmt_px_people(char *p, exch_px v, unsigned show);

/* A quantity in 10^-scale units, scale 0..9; no trailing zeros. */
char *exch_fmt_qty_scaled(char *p, exch_qty v, unsigned scale);

static inline char *
exch_fmt_qty(char *p, exch_qty v, unsigned scale)
{
	if (__builtin_expect(scale == 0, 1))
		return exch_fmt_u64(p, v);
	return exch_fmt_qty_scaled(p, v, scale);
}

#endif
