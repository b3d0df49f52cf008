/*
 * A histogram of times: sixteen classes to a power of two, so that a figure
 * read from it is at most a sixteenth too long, from nanoseconds to hours.
 */
#ifndef EXCH_BENCH_TIMES_H
#define EXCH_BENCH_TIMES_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#define TIMES_CLASSES (61 * 16)

struct times {
	uint64_t n;
	uint64_t max;
	uint64_t count[TIMES_CLASSES];
};

/* The class of a time, and the longest time of a class. */
static inline unsigned
times_class(uint64_t ns)
{
	unsigned high;

	if (ns < 16)
		return (unsigned)ns;
	high = 63 - (unsigned)__builtin_clzll(ns);
	return (high - 3) * 16 + (unsigned)(ns >> (high - 4) & 15);
}

static inline uint64_t
times_end(unsigned c)
{
	unsigned high = c / 16 + 3;

	if (c < 16)
		return c;
	return (((uint64_t)16 + c % 16 + 1) << (high - 4)) - 1;
}

static inline void
times_add(struct times *t, uint64_t ns)
{
	t->n++;
	t->count[times_class(ns)]++;
	if (ns > t->max)
		t->max = ns;
}

/* The time that so many of a thousand do not pass. */
static inline uint64_t
times_at(const struct times *t, unsigned permille)
{
	uint64_t want = (t->n * permille + 999) / 1000;
	uint64_t sum = 0;

	for (unsigned c = 0; c < TIMES_CLASSES; c++) {
		sum += t->count[c];
		if (sum >= want && sum > 0)
			return times_end(c) < t->max ? times_end(c) : t->max;
	}
	return t->max;
}

/* A line per power of two: up to how many us, how many, and their share. */
static inline void
times_print(const struct times *t, FILE *to)
{
	for (unsigned c = 0; c < TIMES_CLASSES; c += 16) {
		uint64_t n = 0;

		for (unsigned i = 0; i < 16; i++)
			n += t->count[c + i];
		if (n == 0)
			continue;
		fprintf(to, "# <= %12.3f us %12" PRIu64 " %8.4f %%  ",
		    (double)times_end(c + 15) / 1e3, n,
		    100.0 * (double)n / (double)t->n);
		for (uint64_t bar = n * 40 / t->n; bar > 0; bar--)
			fputc('#', to);
		fputc('\n', to);
	}
}

#endif
