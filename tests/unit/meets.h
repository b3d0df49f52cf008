/*
 * Ids that meet: exch_salted() without a salt, turned round, so
 * that all of them would begin at one place.
 */
#ifndef EXCH_TESTS_MEETS_H
#define EXCH_TESTS_MEETS_H

#include "base/types.h"

static inline exch_oid
meets(uint64_t low)
{
	uint64_t x = low;

	/* the inverses of both factors and of the shift between */
	x *= UINT64_C(0x96de1b173f119089);
	x ^= x >> 29 ^ x >> 58;
	return x * UINT64_C(0xf1de83e19937733d);
}

#endif
