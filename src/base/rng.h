/*
 * Seeded random numbers with a fixed algorithm (xoshiro256**, seeded by
 * splitmix64; Blackman and Vigna), so that no result depends on the C
 * library.
 */
#ifndef EXCH_BASE_RNG_H
#define EXCH_BASE_RNG_H

#include "base/types.h"

struct exch_rng {
	uint64_t s[4];
};

void exch_rng_seed(struct exch_rng *r, uint64_t seed);
uint64_t exch_rng_u64(struct exch_rng *r);
/* Uniform in 0..n-1, without bias; n > 0. */
uint64_t exch_rng_below(struct exch_rng *r, uint64_t n);
/* True num times in den. */
bool exch_rng_chance(struct exch_rng *r, uint32_t num, uint32_t den);

#endif
