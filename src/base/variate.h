/*
 * Random variates of more distributions, by fixed algorithms of uniform numbers
 * (rng.h) and functions (real.h): the same bits everywhere.
 */
#ifndef EXCH_BASE_VARIATE_H
#define EXCH_BASE_VARIATE_H

#include "base/err.h"
#include "base/types.h"

struct exch_rng;

/* Exponential, of mean 1; fast. */
double exch_rng_exponential(struct exch_rng *r);
/* Its layers, to be looked at by a test. */
#define EXCH_ZIGGURAT_LAYERS 256u
extern const double exch_ziggurat_edge[EXCH_ZIGGURAT_LAYERS + 1];

/* Beyond x >= 1 with the probability x^-a. */
double exch_rng_pareto(struct exch_rng *r, double a);
/* Its logarithm is normal, with the deviation sigma. */
double exch_rng_lognormal(struct exch_rng *r, double median, double sigma);
/* Student's t of nu > 0 degrees of freedom, which may be a fraction. */
double exch_rng_student(struct exch_rng *r, double nu);

/* One of 0..n-1, each with its weight, in constant time. */
struct exch_alias;

/* Weights are finite and not below 0, one of them above.  EXCH_ERR_NOMEM. */
int exch_alias_new(const double *weight, unsigned n, struct exch_alias **a);
void exch_alias_free(struct exch_alias *a);
unsigned exch_alias_draw(const struct exch_alias *a, struct exch_rng *r);

#endif
