/* Value at risk from a history and from moments (var.h). */
#include <config.h>

#include <math.h>
#include <stdlib.h>

#include "base/real.h"
#include "rec/cash.h"
#include "risk/var.h"

#define MILLION 1000000u

static int
by_value(const void *a, const void *b)
{
	exch_cash x = *(const exch_cash *)a, y = *(const exch_cash *)b;

	return (x > y) - (x < y);
}

static bool
is_level(uint32_t level)
{
	return level > 0 && level < MILLION;
}

int
exch_var_history(exch_cash *pl, size_t n, uint32_t level, struct exch_tail *out)
{
	exch_i128 sum = 0;
	size_t k;

	if (n == 0)
		return EXCH_ERR_ABSENT;
	if (!is_level(level) || n > SIZE_MAX / MILLION)
		return EXCH_ERR_RANGE;
	qsort(pl, n, sizeof(*pl), by_value);
	k = (n * (MILLION - level) + MILLION - 1) / MILLION;
	for (size_t i = 0; i < k; i++)
		sum += pl[i];
	if (pl[0] == INT64_MIN) /* its loss is no number of ours */
		return EXCH_ERR_RANGE;
	out->k = k;
	out->var = -pl[k - 1];
	out->es = (exch_cash)-exch_div_half_even(sum, (exch_i128)k);
	return EXCH_OK;
}

int
exch_moments(const exch_cash *pl, size_t n, struct exch_moments *out)
{
	double sum = 0, squares = 0, around = 0;

	if (n < 2)
		return EXCH_ERR_ABSENT;
	for (size_t i = 0; i < n; i++) {
		sum += (double)pl[i];
		squares += (double)pl[i] * (double)pl[i];
	}
	out->mean = sum / (double)n;
	for (size_t i = 0; i < n; i++) {
		double e = (double)pl[i] - out->mean;

		around += e * e;
	}
	out->sd = sqrt(around / (double)(n - 1));
	out->rms = sqrt(squares / (double)n);
	return EXCH_OK;
}

double
exch_var_factor(uint32_t level)
{
	return exch_normal_quantile(level / 1e6);
}

double
exch_es_factor(uint32_t level)
{
	return exch_normal_density(exch_var_factor(level)) /
	       ((MILLION - level) / 1e6);
}

double
exch_var_normal(double mean, double sd, uint32_t level)
{
	return sd * exch_var_factor(level) - mean;
}

double
exch_es_normal(double mean, double sd, uint32_t level)
{
	return sd * exch_es_factor(level) - mean;
}
