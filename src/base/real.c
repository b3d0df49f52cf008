/*
 * Exponential, logarithm, error function and the normal distribution with
 * fixed algorithms (real.h).  None of them is on a hot path: short series
 * that are easy to check are preferred to tables of coefficients.
 */
#include <config.h>

#include <math.h>
#include <string.h>

#include "base/real.h"
#include "base/rng.h"

/* ln 2 in two parts: k * LN2_HI is exact for |k| < 2^11. */
#define LN2_HI 0x1.62e42fee00000p-1
#define LN2_LO 0x1.a39ef35793c76p-33
#define LOG2_E 0x1.71547652b82fep+0
#define SQRT_PI 1.7724538509055160273
#define SQRT_2PI 2.5066282746310005024

static uint64_t
bits_of(double x)
{
	uint64_t u;

	memcpy(&u, &x, sizeof(u));
	return u;
}

static double
double_of(uint64_t u)
{
	double x;

	memcpy(&x, &u, sizeof(x));
	return x;
}

/* 2^k for k of a normal number. */
static double
power_of_2(int k)
{
	return double_of((uint64_t)(k + 1023) << 52);
}

double
exch_real_exp(double x)
{
	double r, sum = 1.0;
	int k;

	if (!(x > -746.0))
		return x < 0 ? 0.0 : x; /* NaN */
	if (x > 709.8)
		return HUGE_VAL;
	/* x = k ln 2 + r with |r| at most ln 2 / 2. */
	k = (int)(x * LOG2_E + (x < 0 ? -0.5 : 0.5));
	r = (x - k * LN2_HI) - k * LN2_LO;
	/* Taylor by Horner's rule; 0.3466^15 / 15! is below 2^-63. */
	for (int i = 14; i > 0; i--)
		sum = 1.0 + r / i * sum;
	/* In two steps: 2^k itself may be no normal number. */
	return sum * power_of_2(k / 2) * power_of_2(k - k / 2);
}

double
exch_real_log(double x)
{
	uint64_t u = bits_of(x);
	int k = 0;
	double m, s, z, sum = 0.0;

	if (!(x > 0.0))
		return x == 0.0 ? -HUGE_VAL : (double)NAN;
	if (x > 0x1.fffffffffffffp1023)
		return x;
	if (u >> 52 == 0) { /* subnormal */
		u = bits_of(x * 0x1p54);
		k = -54;
	}
	k += (int)(u >> 52) - 1023;
	m = double_of((u & 0xfffffffffffff) | 0x3ff0000000000000);
	if (m > 1.41421356237309515) {
		m /= 2.0;
		k++;
	}
	/* ln m = 2 artanh s; s^2 is below 0.0295. */
	s = (m - 1.0) / (m + 1.0);
	z = s * s;
	for (int i = 23; i >= 3; i -= 2)
		sum = z * (sum + 1.0 / i);
	return k * LN2_HI + (2.0 * s + (2.0 * s * sum + k * LN2_LO));
}

double
exch_real_pow(double x, double y)
{
	return exch_real_exp(y * exch_real_log(x));
}

/* exp(-x^2) with the square's lost digits put back. */
static double
bell(double x)
{
	/* The upper half of x has a square without a rounding. */
	double hi = double_of(bits_of(x) & ~(uint64_t)0x7ffffff);
	double lo = x - hi;

	return exch_real_exp(-hi * hi) * exch_real_exp(-lo * (x + hi));
}

double
exch_real_erfc(double x)
{
	double a = x < 0 ? -x : x, r;

	if (x != x)
		return x;
	if (a < 1.0) {
		/* erf(a) = 2/sqrt(pi) e^-a^2 sum 2^n a^(2n+1) / (2n+1)!! */
		double term = a, sum = a;

		for (int i = 3; term > sum * 0x1p-55; i += 2) {
			term *= 2.0 * a * a / i;
			sum += term;
		}
		r = 2.0 / SQRT_PI * bell(a) * sum;
		return x < 0 ? 1.0 + r : 1.0 - r;
	}
	if (a > 27.3)
		return x < 0 ? 2.0 : 0.0;
	/* Laplace's continued fraction, from behind; 1 needs most. */
	r = 0.0;
	for (int i = 200; i > 0; i--)
		r = i / 2.0 / (a + r);
	r = bell(a) / (SQRT_PI * (a + r));
	return x < 0 ? 2.0 - r : r;
}

double
exch_normal_density(double x)
{
	return bell(x * 0.70710678118654752440) / SQRT_2PI;
}

double
exch_normal_cdf(double x)
{
	return exch_real_erfc(-x * 0.70710678118654752440) / 2.0;
}

double
exch_normal_quantile(double p)
{
	/* The lower half; 1 - p is exact when p is at least a half. */
	double q = p <= 0.5 ? p : 1.0 - p, t, x;

	if (!(p >= 0.0 && p <= 1.0))
		return (double)NAN;
	if (q == 0.0)
		return p == 0.0 ? -HUGE_VAL : HUGE_VAL;
	/* Abramowitz and Stegun 26.2.23, within 4.5e-4 ... */
	t = sqrt(-2.0 * exch_real_log(q));
	x = (2.515517 + t * (0.802853 + t * 0.010328)) /
		(1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308))) -
	    t;
	/* ... and Halley's steps, each of which cubes the error. */
	for (int i = 0; i < 3; i++) {
		double e = (exch_normal_cdf(x) - q) / exch_normal_density(x);

		x -= e / (1.0 + x * e / 2.0);
	}
	return p <= 0.5 ? x : -x;
}

double
exch_rng_unit(struct exch_rng *r)
{
	return ((double)(exch_rng_u64(r) >> 11) + 0.5) * 0x1p-53;
}

/*
 * Marsaglia's polar method: a pair of points in the circle gives one variate
 * here, the other is not kept, so that a generator is all the state there is.
 */
double
exch_rng_normal(struct exch_rng *r)
{
	double u, v, s;

	do {
		u = 2.0 * exch_rng_unit(r) - 1.0;
		v = 2.0 * exch_rng_unit(r) - 1.0;
		s = u * u + v * v;
	} while (s >= 1.0);
	return u * sqrt(-2.0 * exch_real_log(s) / s);
}
