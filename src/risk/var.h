/*
 * Value at risk and expected shortfall.  A loss is a profit with its sign
 * turned; a level of 990,000 ppm is 99 %.
 *
 * Sources: Hull, Risk Management and Financial Institutions, chapters on
 * value at risk and expected shortfall; Acerbi and Tasche (2002) for the mean
 * of the tail.
 */
#ifndef EXCH_RISK_VAR_H
#define EXCH_RISK_VAR_H

#include "base/err.h"

/* ---- from a history ---- */

struct exch_tail {
	exch_cash var; /* the k-th worst loss: Hull's 5th of 500 at 99 % */
	exch_cash es;  /* mean of the k worst, that one included; half-even */
	size_t k;      /* ceil(n (1 - level)), in integers */
};

/*
 * Of n profits and losses, which are put in order, the worst first.  A VaR
 * below 0 is a profit that is made even then.  EXCH_ERR_ABSENT: n is 0.
 * EXCH_ERR_RANGE: a level that is not within 1..999,999, or a loss beyond
 * 2^63.
 */
int exch_var_history(
    exch_cash *pl, size_t n, uint32_t level, struct exch_tail *out);

/* ---- normal ---- */

struct exch_moments {
	double mean;
	double sd;  /* over n - 1 */
	double rms; /* over n, around 0 */
};

/* EXCH_ERR_ABSENT: fewer than two. */
int exch_moments(const exch_cash *pl, size_t n, struct exch_moments *out);

/* z sd - mean, and the mean of what is beyond it: sd phi(z) / (1 - level). */
double exch_var_normal(double mean, double sd, uint32_t level);
double exch_es_normal(double mean, double sd, uint32_t level);
/* How many standard deviations those are. */
double exch_var_factor(uint32_t level);
double exch_es_factor(uint32_t level);

/* ---- several assets ---- */

/*
 * n assets that move together.  `value` is what is held of each (below 0:
 * short), `vol` its standard deviation over a day as a part of one, `corr` n
 * by n by rows.  All are borrowed.
 */
struct exch_assets {
	size_t n;
	const double *value;
	const double *vol;
	const double *corr;
};

/*
 * Is that a correlation matrix: symmetric, 1 on the diagonal, nothing beyond
 * 1, positive definite?  Its lower Cholesky factor goes to `l` (n by n, the
 * rest 0).  EXCH_ERR_RANGE with the row and column, or the row whose variance
 * the rows before it leave nothing of.
 */
int exch_cholesky(const double *corr, size_t n, double *l, struct exch_diag *d);
/*
 * Of a matrix that is not positive definite, and else is one: the first row
 * that is to blame, with its pivot, and in `part` how it is made of those
 * before it, 0 of one that has no part in that.  n: nothing is to blame.  `l`
 * is room for n by n.
 */
size_t exch_corr_blame(
    const double *corr, size_t n, double *l, double *part, double *pivot);

/*
 * Standard deviation of a day's profit: sqrt(x' C x) with x = value * vol.
 * EXCH_ERR_RANGE: not a number, or `corr` is none (its variance is below 0).
 */
int exch_assets_sd(const struct exch_assets *a, double *sd);

struct exch_carlo_opts {
	uint64_t seed;
	uint64_t paths; /* at least 100 */
	uint32_t level;
	unsigned threads; /* 0 and 1: this one; the result is the same */
};

struct exch_carlo {
	double var;
	double es;
	/*
	 * Standard error of the VaR: sqrt(p (1 - p) / paths) over the density
	 * there, which is a normal one's with the paths' deviation.
	 */
	double se;
};

/*
 * Monte Carlo: normal returns with that correlation, from exch_rng_normal().
 * Paths are drawn in blocks, each from a seed of its own, so that the digits
 * depend on the seed and the number of paths alone.  EXCH_ERR_NOMEM;
 * EXCH_ERR_RANGE as exch_cholesky(), or fewer paths.
 */
int exch_var_carlo(const struct exch_assets *a, const struct exch_carlo_opts *o,
    struct exch_carlo *out, struct exch_diag *d);

#endif
