/*
 * Division by a number that is fixed per instrument (tick, lot), by one
 * multiplication: q = (n * mul) >> (64 + shift) with
 * mul = ceil(2^(64 + shift) / d), exact for 0 <= n < 2^63 (Granlund and
 * Montgomery, 1994).  For d = 1 the multiplier would need a 65th bit: it is
 * 0, and n itself is added.
 */
#ifndef EXCH_BASE_DIV_H
#define EXCH_BASE_DIV_H

#include "base/types.h"

struct exch_div {
	uint64_t d;
	uint64_t mul;
	uint64_t one; /* all bits when d is 1 */
	unsigned shift;
};

/* d in 1..2^63-1. */
static inline struct exch_div
exch_div_by(uint64_t d)
{
	unsigned s = d > 1 ? 63 - (unsigned)__builtin_clzll(d - 1) : 0;
	exch_u128 p = (exch_u128)1 << (64 + s);

	if (d == 1)
		return (struct exch_div){1, 0, UINT64_MAX, 0};
	return (struct exch_div){d, (uint64_t)((p + d - 1) / d), 0, s};
}

/* floor(n / d) for n < 2^63. */
static inline uint64_t
exch_div_u(const struct exch_div *v, uint64_t n)
{
	uint64_t high = (uint64_t)(((exch_u128)n * v->mul) >> 64);

	return (high >> v->shift) + (n & v->one);
}

#endif
