/* A clock for measuring, and the order of what it measured. */
#ifndef EXCH_BENCH_CLOCK_H
#define EXCH_BENCH_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Monotonic, ns. */
static inline uint64_t
clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* For qsort() of uint64_t. */
static inline int
clock_order(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

#endif
