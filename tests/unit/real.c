/*
 * base/real: against the C library, which is another's work; the bits
 * themselves, which must be these everywhere; the edges.
 */
#include <config.h>

#include <math.h>

#include "base/real.h"
#include "base/rng.h"
#include "tap.h"

static double
worst(double (*own)(double), double (*other)(double), double from, double to)
{
	double most = 0;

	for (int i = 0; i <= 20000; i++) {
		double x = from + (to - from) * i / 20000.0;
		double want = other(x);
		double off = fabs(own(x) - want);

		if (want != 0 && !(off / fabs(want) <= most))
			most = off / fabs(want);
	}
	return most;
}

static void
like_the_library(void)
{
	tap_near(worst(exch_real_exp, exp, -700, 709), 0, 1e-15, "exp");
	tap_near(worst(exch_real_exp, exp, -1, 1), 0, 1e-15, "exp near 1");
	tap_near(worst(exch_real_log, log, 1e-6, 1.999), 0, 1e-15, "log");
	tap_near(worst(exch_real_log, log, 2, 1e12), 0, 1e-15, "log of more");
	tap_near(worst(exch_real_erfc, erfc, -6, 1.0), 0, 1e-14, "erfc");
	tap_near(worst(exch_real_erfc, erfc, 1.0, 26), 0, 3e-15, "its tail");
}

static void
edges(void)
{
	tap_ok(exch_real_exp(710) == HUGE_VAL, "exp overflows to infinity");
	tap_ok(exch_real_exp(-HUGE_VAL) == 0, "exp of minus infinity");
	tap_ok(exch_real_exp(-746) == 0 && exch_real_exp(-745) > 0,
	    "the least exp");
	tap_ok(isnan(exch_real_exp(NAN)), "exp of none");
	tap_ok(exch_real_log(0) == -HUGE_VAL, "log 0");
	tap_ok(isnan(exch_real_log(-1)) && isnan(exch_real_log(NAN)),
	    "log of what is below");
	tap_ok(exch_real_log(HUGE_VAL) == HUGE_VAL, "log of infinity");
	tap_ok(exch_real_log(1) == 0, "log 1");
	tap_near(exch_real_log(5e-324), -744.4400719213812, 1e-12,
	    "log of the least number");
	tap_ok(exch_real_erfc(28) == 0 && exch_real_erfc(-28) == 2,
	    "erfc far out");
	tap_ok(isnan(exch_real_erfc(NAN)), "erfc of none");
	tap_ok(exch_real_erfc(0) == 1, "erfc 0");
}

/* z of FACTS: tables of every textbook. */
static void
quantiles(void)
{
	double most = 0;

	tap_near(exch_normal_quantile(0.95), 1.644854, 5e-7, "z 95 %");
	tap_near(exch_normal_quantile(0.975), 1.959964, 5e-7, "z 97.5 %");
	tap_near(exch_normal_quantile(0.99), 2.326348, 5e-7, "z 99 %");
	tap_ok(exch_normal_quantile(0.5) == 0 ||
		   fabs(exch_normal_quantile(0.5)) < 1e-16,
	    "the median");
	tap_ok(exch_normal_quantile(0) == -HUGE_VAL &&
		   exch_normal_quantile(1) == HUGE_VAL,
	    "both ends");
	tap_ok(isnan(exch_normal_quantile(-0.1)) &&
		   isnan(exch_normal_quantile(1.1)) &&
		   isnan(exch_normal_quantile(NAN)),
	    "beyond them");
	for (int i = 1; i < 4000; i++) {
		double p = i / 4000.0;
		double off =
		    fabs(exch_normal_cdf(exch_normal_quantile(p)) / p - 1);

		if (!(off <= most))
			most = off;
	}
	tap_near(most, 0, 4e-15, "quantile and distribution are inverse");
	tap_near(erfc(-exch_normal_quantile(1e-300) / sqrt(2)) / 2e-300, 1,
	    1e-12, "deep in the tail");
}

/* Moments of two million variates, within five standard errors. */
static void
variates(void)
{
	struct exch_rng r;
	double sum = 0, two = 0, four = 0;
	int n = 2000000, beyond = 0;

	exch_rng_seed(&r, 20261127);
	for (int i = 0; i < n; i++) {
		double x = exch_rng_normal(&r);

		sum += x;
		two += x * x;
		four += x * x * x * x;
		beyond += x > 1.6448536269514722;
	}
	tap_near(sum / n, 0, 5 / sqrt(n), "mean 0");
	tap_near(two / n, 1, 5 * sqrt(2.0 / n), "variance 1");
	tap_near(four / n, 3, 5 * sqrt(96.0 / n), "kurtosis 3");
	tap_near(beyond / (double)n, 0.05, 5 * sqrt(0.0475 / n), "one in 20");
}

/* What a report prints may not depend on the machine: the very bits. */
static void
bits(void)
{
	struct exch_rng r;
	double x;
	uint64_t u;

	exch_rng_seed(&r, 7);
	x = exch_real_exp(1.0);
	memcpy(&u, &x, sizeof(u));
	tap_is_u64(u, 0x4005bf0a8b14576a, "of e, whose last is one too many");
	x = exch_real_log(10.0);
	memcpy(&u, &x, sizeof(u));
	tap_is_u64(u, 0x40026bb1bbb55516, "the bits of ln 10");
	tap_ok(exch_rng_unit(&r) > 0 && exch_rng_unit(&r) < 1,
	    "units within 0 and 1");
}

int
main(void)
{
	like_the_library();
	edges();
	quantiles();
	variates();
	bits();
	return tap_done();
}
