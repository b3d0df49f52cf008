/* Kupiec's and Christoffersen's tests (backtest.h). */
#include <config.h>

#include <math.h>

#include "base/real.h"
#include "risk/backtest.h"

#define MILLION 1000000

/* n ln p; 0 ln 0 is 0. */
static double
times_log(uint32_t n, double p)
{
	return n == 0 ? 0.0 : n * exch_real_log(p);
}

static double
likelihood(uint32_t no, uint32_t yes, double p)
{
	return times_log(no, 1.0 - p) + times_log(yes, p);
}

/* Chi-squared's tail with one degree of freedom. */
static double
tail_1(double x)
{
	return x > 0 ? exch_real_erfc(sqrt(x / 2.0)) : 1.0;
}

int
exch_kupiec(uint32_t x, uint32_t days, uint32_t ppm, struct exch_lr *out)
{
	double p = ppm / 1e6;

	if (days == 0 || x > days || ppm == 0 || ppm >= MILLION)
		return EXCH_ERR_RANGE;
	out->value = 2.0 * (likelihood(days - x, x, (double)x / days) -
			       likelihood(days - x, x, p));
	if (out->value < 0) /* by rounding */
		out->value = 0;
	out->p = tail_1(out->value);
	return EXCH_OK;
}

int
exch_kupiec_range(
    uint32_t days, uint32_t ppm, double reject, uint32_t *least, uint32_t *most)
{
	struct exch_lr lr;
	bool any = false;
	int err = EXCH_OK;

	*least = *most = 0;
	/* The statistic falls to the expected number and rises behind it. */
	for (uint32_t x = 0; err == 0 && x <= days; x++) {
		err = exch_kupiec(x, days, ppm, &lr);
		if (err != 0 || lr.p < reject) {
			if (any)
				break;
			continue;
		}
		if (!any)
			*least = x;
		*most = x;
		any = true;
	}
	return err != 0 || any ? err : EXCH_ERR_ABSENT;
}

int
exch_christoffersen(const bool *hit, uint32_t days, uint32_t ppm,
    struct exch_christoffersen *out)
{
	struct exch_lr all;
	uint32_t x = hit != NULL && days > 0 && hit[0], (*n)[2] = out->n;
	double pi, pi0, pi1;
	int err;

	if (days < 2)
		return EXCH_ERR_RANGE;
	n[0][0] = n[0][1] = n[1][0] = n[1][1] = 0;
	for (uint32_t i = 1; i < days; i++) {
		n[hit[i - 1]][hit[i]]++;
		x += hit[i];
	}
	err = exch_kupiec(x, days, ppm, &all);
	if (err != 0)
		return err;
	pi = (double)(n[0][1] + n[1][1]) / (days - 1);
	pi0 = n[0][1] > 0 ? (double)n[0][1] / (n[0][0] + n[0][1]) : 0.0;
	pi1 = n[1][1] > 0 ? (double)n[1][1] / (n[1][0] + n[1][1]) : 0.0;
	out->independent.value =
	    2.0 * (likelihood(n[0][0], n[0][1], pi0) +
		      likelihood(n[1][0], n[1][1], pi1) -
		      likelihood(n[0][0] + n[1][0], n[0][1] + n[1][1], pi));
	if (out->independent.value < 0)
		out->independent.value = 0;
	out->independent.p = tail_1(out->independent.value);
	out->joint.value = all.value + out->independent.value;
	/* With two degrees of freedom the tail is an exponential. */
	out->joint.p = exch_real_exp(-out->joint.value / 2.0);
	return EXCH_OK;
}
