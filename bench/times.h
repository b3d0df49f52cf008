/* A histogram of times (base/times.h) as a benchmark shows it. */
#ifndef EXCH_BENCH_TIMES_H
#define EXCH_BENCH_TIMES_H

#include <inttypes.h>
#include <stdio.h>

#include "base/times.h"

/* A line per power of two: up to how many us, how many, and their share. */
static inline void
times_print(const struct exch_times *t, FILE *to)
{
	for (unsigned c = 0; c < EXCH_TIMES_CLASSES; c += 16) {
		uint64_t n = 0;

		for (unsigned i = 0; i < 16; i++)
			n += t->count[c + i];
		if (n == 0)
			continue;
		fprintf(to, "# <= %12.3f us %12" PRIu64 " %8.4f %%  ",
		    (double)exch_times_end(c + 15) / 1e3, n,
		    100.0 * (double)n / (double)t->n);
		for (uint64_t bar = n * 40 / t->n; bar > 0; bar--)
			fputc('#', to);
		fputc('\n', to);
	}
}

#endif
