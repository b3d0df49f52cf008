/*
 * Division by a number that is fixed per instrument (tick, lot), by one
 * multiplication: q = (n * mul) >> (63 + shift) with
 * mul = ceil(2^(63 + shift) / d) and 2^shift >= d, exact for 0 <= n < 2^63
 * (Granlund and Montgomery, 1994).  The product's upper half is that of
 * 2 n, so that one shift is left.
 */
#ifndef EXCH_BASE_DIV_H
#define EXCH_BASE_DIV_H

#include "base/types.h"

struct exch_div {
	uint64_t d;
	uint64_t mul;
	unsigned shift;
};

/* d in 1..2^63-1. */
static inline struct exch_div
exch_div_by(uint64_t d)
{
	unsigned s = d > 1 ? 64 - (unsigned)__builtin_clzll(d - 1) : 0;
	exch_u128 p = (exch_u128)1 << (63 + s);

	return (struct exch_div){d, (uint64_t)((p + d - 1) / d), s};
}

/* floor(n / d) for n < 2^63. */
static inline uint64_t
exch_div_u(const struct exch_div *v, uint64_t n)
{
	return (uint64_t)(((exch_u128)(n + n) * v->mul) >> 64) >> v->shift;
}

/*
 * Division of multiples, by the inverse of the odd part of d modulo 2^64 and
 * a rotation by its power of two.  What is no multiple of d gives more than
 * any quotient does, UINT64_MAX / d: so one comparison with a range asks
 * whether there is a remainder, too (Warren, Hacker's Delight, 10-17).
 */
struct exch_exact {
	uint64_t inverse;
	uint32_t shift;
};

/* d > 0. */
static inline struct exch_exact
exch_exact_by(uint64_t d)
{
	uint32_t s = (uint32_t)__builtin_ctzll(d);
	uint64_t odd = d >> s, x = odd;

	/* Right in its 3 lowest bits, and in twice as many each time. */
	for (int i = 0; i < 5; i++)
		x *= 2 - odd * x;
	return (struct exch_exact){x, s};
}

static inline uint64_t
exch_exact_u(const struct exch_exact *v, uint64_t n)
{
	n *= v->inverse;
	return n >> (v->shift & 63) | n << (-v->shift & 63);
}

#endif
