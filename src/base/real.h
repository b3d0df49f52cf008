/*
 * The few functions of real numbers that results depend on, made of IEEE 754
 * additions, multiplications, divisions and square roots alone.  The C
 * library's differ in the last digit between versions and processors; these
 * give the same bits everywhere, which a random variate that decides an order,
 * or a report that is compared, needs.  Relative errors are below 4e-16, of
 * exch_real_erfc below 5e-15.
 */
#ifndef EXCH_BASE_REAL_H
#define EXCH_BASE_REAL_H

#include "base/types.h"

struct exch_rng;

/* Infinity above 709.78, 0 below -745.13; NaN stays NaN. */
double exch_real_exp(double x);
/* Natural logarithm: minus infinity of 0, NaN of what is below. */
double exch_real_log(double x);
/* x^y of x > 0; the relative error is that of exp, and of y ln x in it. */
double exch_real_pow(double x, double y);
/* 1 - erf(x), exact in its digits far into the tail (until it is 0 at 27). */
double exch_real_erfc(double x);

/* The normal distribution: density, distribution function, its inverse. */
double exch_normal_density(double x);
double exch_normal_cdf(double x);
/* p in (0, 1); infinities at 0 and 1, NaN elsewhere. */
double exch_normal_quantile(double p);

/* Uniform in (0, 1): a multiple of 2^-53, shifted by half of one. */
double exch_rng_unit(struct exch_rng *r);
/* A standard normal variate; how many numbers it draws depends on them. */
double exch_rng_normal(struct exch_rng *r);

#endif
