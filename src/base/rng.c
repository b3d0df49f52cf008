/*
 * xoshiro256** and its seeding.  Distributions other than the uniform
 * integer are left to their users.
 */
#include <config.h>

#include "base/check.h"
#include "base/rng.h"

static uint64_t
rotl(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

void
exch_rng_seed(struct exch_rng *r, uint64_t seed)
{
	/* splitmix64; it never yields four zeros in a row. */
	for (int i = 0; i < 4; i++) {
		uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);

		z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
		r->s[i] = z ^ z >> 31;
	}
}

uint64_t
exch_rng_u64(struct exch_rng *r)
{
	uint64_t *s = r->s;
	uint64_t out = rotl(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return out;
}

/*
 * The high half of a 128-bit product, with the few low halves rejected
 * that would make some results more likely (Lemire 2019).
 */
uint64_t
exch_rng_below(struct exch_rng *r, uint64_t n)
{
	exch_u128 m;

	exch_check(n > 0);
	m = (exch_u128)exch_rng_u64(r) * n;
	if ((uint64_t)m < n) {
		uint64_t min = (0 - n) % n; /* 2^64 mod n */

		while ((uint64_t)m < min)
			m = (exch_u128)exch_rng_u64(r) * n;
	}
	return (uint64_t)(m >> 64);
}

bool
exch_rng_chance(struct exch_rng *r, uint32_t num, uint32_t den)
{
	return exch_rng_below(r, den) < num;
}
