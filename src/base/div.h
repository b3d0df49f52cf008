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

#endif
