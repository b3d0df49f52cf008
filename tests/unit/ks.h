/*
 * Goodness of fit: the statistics of Kolmogorov and Smirnov and of Pearson,
 * scaled so that they are compared with the same numbers for every size.
 */
#ifndef EXCH_TESTS_KS_H
#define EXCH_TESTS_KS_H

#include <math.h>
#include <stdlib.h>

/* Beyond these in one of 20, 100, 1000 and 100,000 when all is right. */
#define KS_5_PERCENT 1.3581
#define KS_1_PERCENT 1.6276
#define KS_PER_MILLE 1.9495
#define KS_1_IN_100000 2.4704

static int
ks_order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts x; Stephens's factor makes the limits good for small n, too. */
static inline double
ks(double *x, size_t n, double (*cdf)(double))
{
	double most = 0, root = sqrt((double)n);

	qsort(x, n, sizeof(*x), ks_order);
	for (size_t i = 0; i < n; i++) {
		double f = cdf(x[i]);
		double above = (double)(i + 1) / (double)n - f;
		double below = f - (double)i / (double)n;

		if (!(above <= most))
			most = above;
		if (!(below <= most))
			most = below;
	}
	return most * (root + 0.12 + 0.11 / root);
}

static inline double
ks_exponential(double x)
{
	return x > 0 ? -expm1(-x) : 0;
}

/*
 * Pearson's, as so many standard deviations of a normal variate (Wilson and
 * Hilferty); want is by shares that sum up to 1.
 */
static inline double
chi_square(const double *seen, const double *want, unsigned n, double total)
{
	double sum = 0, df = n - 1, v;

	for (unsigned i = 0; i < n; i++) {
		double off = seen[i] - want[i] * total;

		sum += off * off / (want[i] * total);
	}
	v = 2 / (9 * df);
	return (cbrt(sum / df) - (1 - v)) / sqrt(v);
}

#endif
