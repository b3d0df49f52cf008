/*
 * Numbers to decimal text, for the cells of reports: no printf, no locale,
 * no division where a multiplication does.  Every function writes at p and
 * returns the end; no NUL is written.
 */
#ifndef EXCH_REPORT_FMT_H
#define EXCH_REPORT_FMT_H

#include <string.h>

#include "base/bytes.h"
#include "base/dec.h"
#include "base/div.h"
#include "base/types.h"

/* "00" "01" ... "99" */
extern const char exch_fmt_pairs[200];

/* Most bytes that a number of up to 128 bits takes with sign and point. */
#define EXCH_FMT_MAX 44

#define EXCH_FMT_TEN8 UINT32_C(100000000)
/* Eight zeros as characters. */
#define EXCH_FMT_ZEROS UINT64_C(0x3030303030303030)

/*
 * The eight digits of v < 10^8, a byte each, 0 to 9, the first one lowest: as
 * they go to memory.  First two fours, then each becomes two pairs, and each of
 * these two digits, all lanes of the number in one step.  Of x < 10^4 a
 * hundredth is x * 10486 >> 20, of x < 100 a tenth x * 103 >> 10.
 */
static inline uint64_t
exch_fmt_eight(uint32_t v)
{
	uint64_t fours = v / 10000 | (uint64_t)(v % 10000) << 32;
	uint64_t hundreds = (fours * 10486 >> 20) & UINT64_C(0x7f0000007f);
	uint64_t pairs = hundreds | (fours - hundreds * 100) << 16;
	uint64_t tens = (pairs * 103 >> 10) & UINT64_C(0x000f000f000f000f);

	return tens | (pairs - tens * 10) << 8;
}

/* Exactly eight digits; v < 10^8. */
static inline char *
exch_fmt_all_eight(char *p, uint32_t v)
{
	exch_put_le64(p, exch_fmt_eight(v) | EXCH_FMT_ZEROS);
	return p + 8;
}

/* Exactly nine digits; v < 10^9. */
static inline char *
exch_fmt_nine(char *p, uint32_t v)
{
	*p = (char)('0' + v / EXCH_FMT_TEN8);
	return exch_fmt_all_eight(p + 1, v % EXCH_FMT_TEN8);
}

/* v < 10^8 without zeros in front; what is left of eight bytes becomes 0. */
static inline char *
exch_fmt_short(char *p, uint32_t v)
{
	uint64_t digits = exch_fmt_eight(v);
	/* the last digit stays, whatever it is */
	unsigned gone = (unsigned)__builtin_ctzll(digits | UINT64_C(1) << 56);

	gone &= ~7u;
	exch_put_le64(p, (digits | EXCH_FMT_ZEROS) >> gone);
	return p + 8 - gone / 8;
}

/* Room that a number needs: fewer digits take as much. */
#define EXCH_FMT_ROOM 8

char *exch_fmt_long(char *p, uint64_t v);

/* Digits of v.  There is room for EXCH_FMT_ROOM bytes at p, or for all. */
static inline char *
exch_fmt_u64(char *p, uint64_t v)
{
	if (v < EXCH_FMT_TEN8)
		return exch_fmt_short(p, (uint32_t)v);
	if (__builtin_expect(v >= (uint64_t)EXCH_FMT_TEN8 * EXCH_FMT_TEN8, 0))
		return exch_fmt_long(p, v);
	p = exch_fmt_short(p, (uint32_t)(v / EXCH_FMT_TEN8));
	return exch_fmt_all_eight(p, (uint32_t)(v % EXCH_FMT_TEN8));
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
 * A point and nine decimals, of which so many stay at least, and of the others
 * none that is a zero with zeros behind; no point with nothing behind it.
 * Ten bytes at p are written.
 */
static inline char *
exch_fmt_fraction(char *p, uint32_t nine, unsigned least)
{
	uint32_t first = nine / EXCH_FMT_TEN8;
	uint64_t others = exch_fmt_eight(nine % EXCH_FMT_TEN8);
	unsigned n = first != 0;

	if (others != 0)
		n = 9 - (unsigned)__builtin_clzll(others) / 8;
	if (n < least)
		n = least;
	p[0] = '.';
	p[1] = (char)('0' + first);
	exch_put_le64(p + 2, others | EXCH_FMT_ZEROS);
	return p + n + (n != 0);
}

/* Division by 10^i. */
extern const struct exch_div exch_fmt_ten[10];

/* v < 10^8 with a point before the last `decimals` digits, 1 to 7 of them. */
static inline char *
exch_fmt_point(char *p, uint32_t v, unsigned decimals)
{
	uint64_t digits = exch_fmt_eight(v);
	/* the last digit before the point stays, whatever it is */
	uint64_t stays = UINT64_C(1) << (56 - 8 * decimals);
	unsigned gone = (unsigned)__builtin_ctzll(digits | stays) & ~7u;
	unsigned before = 8 - gone / 8 - decimals;

	digits = (digits | EXCH_FMT_ZEROS) >> gone;
	exch_put_le64(p, digits);
	p += before;
	*p = '.';
	exch_put_le64(p + 1, digits >> 8 * before);
	return p + 1 + decimals;
}

/*
 * A price (10^-9) with at least `decimals` digits after the point; further
 * ones only when they are not zero, so that nothing is rounded away.
 */
static inline char *
exch_fmt_px(char *p, exch_px v, unsigned decimals)
{
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	*p = '-';
	p += v < 0;
	if (__builtin_expect(decimals - 1 < 7, 1)) {
		/* nearly every price has these decimals and no more */
		const struct exch_div *unit = &exch_fmt_ten[9 - decimals];
		uint64_t n = exch_div_u(unit, u);

		if (n < EXCH_FMT_TEN8 && n * unit->d == u)
			return exch_fmt_point(p, (uint32_t)n, decimals);
	}
	p = exch_fmt_u64(p, u / UINT64_C(1000000000));
	return exch_fmt_fraction(
	    p, (uint32_t)(u % UINT64_C(1000000000)), decimals);
}

/*
 * How prices of an instrument are shown: its decimals, with this bit if
 * people read them in 32nds.
 */
#define EXCH_SHOW_32NDS 16u

/* A price as `show` says. */
char *exch_fmt_px_people(char *p, exch_px v, unsigned show);

/* A quantity in 10^-scale units, scale 0..9; no trailing zeros. */
static inline char *
exch_fmt_qty(char *p, exch_qty v, unsigned scale)
{
	if (__builtin_expect(scale == 0, 1))
		return exch_fmt_u64(p, v);
	p = exch_fmt_u64(p, v / exch_pow10[scale]);
	return exch_fmt_fraction(
	    p, (uint32_t)(v % exch_pow10[scale] * exch_pow10[9 - scale]), 0);
}

#endif
