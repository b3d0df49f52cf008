/*
 * Concentration, liquidity and correlations under stress.
 *
 * Sources: Herfindahl and Hirschman's index; Bangia, Diebold, Schuermann and
 * Stroughair (1999), Modeling Liquidity Risk.
 */
#ifndef EXCH_RISK_STRESS_H
#define EXCH_RISK_STRESS_H

#include "base/err.h"

/*
 * Sum of the squares of n holdings' shares of the whole, by size: 1 when there
 * is one, 1/n when all are equal; its inverse is how many equal ones it is
 * like.  EXCH_ERR_ABSENT: they are all 0.  EXCH_ERR_RANGE: not numbers.
 */
int exch_hhi(const double *value, size_t n, double *out);

/*
 * What a way out costs besides the VaR: half of the spread as it may be, `k`
 * deviations wider than its mean, both as fractions of the price.
 */
double exch_liquidity_cost(
    double value, double spread, double spread_sd, double k);

/*
 * Days that it takes to sell `qty` when `share` of a day's `volume` is ours;
 * and a VaR of a day for as many (at least one): times the square root.
 * EXCH_ERR_ABSENT: nothing is traded.
 */
int exch_liquidation_days(
    double qty, double share, double volume, double *days);
double exch_var_days(double var, double days);

/*
 * All correlations of an n by n matrix nearer to 1: rho + lambda (1 - rho),
 * lambda within 0..1.  It stays positive definite below 1: a mix of it with
 * the matrix of ones, which is not negative anywhere.
 */
int exch_corr_stress(double *corr, size_t n, double lambda);

#endif
