/*
 * Hashes of numbers that strangers choose, for tables that change the salt
 * when a search has become longer than chance makes it: what meets with one
 * salt does not with another.
 */
#ifndef EXCH_BASE_SALTED_H
#define EXCH_BASE_SALTED_H

#include "base/types.h"

#define EXCH_SALTED_FACTOR UINT64_C(0x9e3779b97f4a7c15)
/* From one salt to the next: even, as salts are. */
#define EXCH_SALTED_NEXT UINT64_C(0xd1342543de82ef96)

#define EXCH_FNV_BEGIN UINT64_C(0xcbf29ce484222325)

/* The hash of n bytes behind others: Fowler, Noll and Vo's, 1a. */
static inline uint64_t
exch_fnv(uint64_t h, const void *p, size_t n)
{
	const unsigned char *s = p;

	for (size_t i = 0; i < n; i++)
		h = (h ^ s[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* A product with factors that have the salt in them, all bits of it mixed. */
static inline uint32_t
exch_salted_mix(uint64_t h)
{
	h ^= h >> 29;
	h *= UINT64_C(0xbf58476d1ce4e5b9);
	return (uint32_t)(h >> 32);
}

/* The hash of one number; `salt` is even. */
static inline uint32_t
exch_salted(uint64_t x, uint64_t salt)
{
	return exch_salted_mix(x * (EXCH_SALTED_FACTOR + salt));
}

/*
 * The hash of a number in a place.  Were they one number before the salt, pairs
 * could be chosen that meet with every salt: here those that meet with one part
 * with the next, as 2 * EXCH_SALTED_FACTOR is not EXCH_SALTED_PLACE.
 */
#define EXCH_SALTED_PLACE UINT64_C(0xd6e8feb86659fd93)

static inline uint32_t
exch_salted_pair(uint32_t place, uint64_t x, uint64_t salt)
{
	return exch_salted_mix(x * (EXCH_SALTED_FACTOR + salt) +
			       place * (EXCH_SALTED_PLACE + 2 * salt));
}

#endif
