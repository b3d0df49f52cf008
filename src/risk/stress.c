/* Concentration, liquidity, correlations (stress.h). */
#include <config.h>

#include <math.h>

#include "risk/stress.h"

int
exch_hhi(const double *value, size_t n, double *out)
{
	double sum = 0, squares = 0;

	for (size_t i = 0; i < n; i++)
		sum += fabs(value[i]);
	if (!isfinite(sum))
		return EXCH_ERR_RANGE;
	if (sum == 0)
		return EXCH_ERR_ABSENT;
	for (size_t i = 0; i < n; i++)
		squares += (value[i] / sum) * (value[i] / sum);
	*out = squares;
	return EXCH_OK;
}

double
exch_liquidity_cost(double value, double spread, double spread_sd, double k)
{
	return 0.5 * fabs(value) * (spread + k * spread_sd);
}

int
exch_liquidation_days(double qty, double share, double volume, double *days)
{
	if (!(share > 0) || !(volume > 0))
		return EXCH_ERR_ABSENT;
	*days = fabs(qty) / (share * volume);
	return isfinite(*days) ? EXCH_OK : EXCH_ERR_RANGE;
}

double
exch_var_days(double var, double days)
{
	return days > 1.0 ? var * sqrt(days) : var;
}

int
exch_corr_stress(double *corr, size_t n, double lambda)
{
	if (!(lambda >= 0 && lambda <= 1))
		return EXCH_ERR_RANGE;
	for (size_t i = 0; i < n * n; i++)
		corr[i] += lambda * (1.0 - corr[i]);
	return EXCH_OK;
}
