/*
 * A histogram of times: sixteen classes to a power of two, so that a figure
 * read from it is at most a sixteenth too long, from nanoseconds to hours.
 */
#ifndef EXCH_BASE_TIMES_H
#define EXCH_BASE_TIMES_H

#include <stdint.h>

#define EXCH_TIMES_CLASSES (61 * 16)

struct exch_times {
	uint64_t n;
	uint64_t max;
	uint64_t count[EXCH_TIMES_CLASSES];
};

/* The class of a time, and the longest time of a class. */
static inline unsigned
exch_times_class(uint64_t ns)
{
	unsigned high;

	if (ns < 16)
		return (unsigned)ns;
	high = 63 - (unsigned)__builtin_clzll(ns);
	return (high - 3) * 16 + (unsigned)(ns >> (high - 4) & 15);
}

static inline uint64_t
exch_times_end(unsigned c)
{
	unsigned high = c / 16 + 3;

	if (c < 16)
		return c;
	return (((uint64_t)16 + c % 16 + 1) << (high - 4)) - 1;
}

static inline void
exch_times_add(struct exch_times *t, uint64_t ns)
{
	t->n++;
	t->count[exch_times_class(ns)]++;
	if (ns > t->max)
		t->max = ns;
}

/* The time that so many of a thousand do not pass; 0 of none. */
static inline uint64_t
exch_times_at(const struct exch_times *t, unsigned permille)
{
	uint64_t want = (t->n * permille + 999) / 1000;
	uint64_t sum = 0;

	for (unsigned c = 0; c < EXCH_TIMES_CLASSES; c++) {
		sum += t->count[c];
		if (sum >= want && sum > 0)
			return exch_times_end(c) < t->max ? exch_times_end(c)
							  : t->max;
	}
	return t->max;
}

#endif
