/* Several assets that move together: covariance and Cholesky (var.h). */
#include <config.h>

#include <math.h>
#include <string.h>

#include "risk/var.h"

/* What rounding may take from a variance of 1 that is there. */
#define LEAST_VARIANCE 1e-12

static int
check_corr(const double *corr, size_t n, struct exch_diag *d)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j <= i; j++) {
			double c = corr[i * n + j];
			const char *why = NULL;

			if (!(c >= -1.0 && c <= 1.0))
				why = "is not within -1 and 1";
			else if (i == j && c != 1.0)
				why = "stands on the diagonal, where 1 has to";
			else if (c != corr[j * n + i])
				why = "has another number across the diagonal";
			if (why != NULL)
				return exch_diag_set(d, EXCH_ERR_RANGE, NULL,
				    EXCH_POS_NONE, 0,
				    "correlation in row %zu, column %zu (%g) "
				    "%s",
				    i + 1, j + 1, c, why);
		}
	}
	return EXCH_OK;
}

/*
 * The lower factor, as far as there is one: the row whose pivot is none, of
 * which the rest is there, or n.
 */
static size_t
factor(const double *corr, size_t n, double *l, double *pivot)
{
	memset(l, 0, n * n * sizeof(*l));
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j <= i; j++) {
			double sum = corr[i * n + j];

			for (size_t k = 0; k < j; k++)
				sum -= l[i * n + k] * l[j * n + k];
			*pivot = sum;
			if (i != j)
				l[i * n + j] = sum / l[j * n + j];
			else if (sum > LEAST_VARIANCE)
				l[i * n + i] = sqrt(sum);
			else
				return i;
		}
	}
	return n;
}

int
exch_cholesky(const double *corr, size_t n, double *l, struct exch_diag *d)
{
	int err = check_corr(corr, n, d);
	double pivot;
	size_t bad;

	if (err != 0)
		return err;
	bad = factor(corr, n, l, &pivot);
	if (bad == n)
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "correlations are not positive definite: row %zu follows from "
	    "those before it, or contradicts them (pivot %.6g)",
	    bad + 1, pivot);
}

size_t
exch_corr_blame(
    const double *corr, size_t n, double *l, double *part, double *pivot)
{
	size_t bad = factor(corr, n, l, pivot);

	/* L L' part = its row, of which y = L' part stands in l already. */
	for (size_t i = bad; bad < n && i-- > 0;) {
		part[i] = l[bad * n + i];
		for (size_t k = i + 1; k < bad; k++)
			part[i] -= l[k * n + i] * part[k];
		part[i] /= l[i * n + i];
	}
	return bad;
}

int
exch_assets_sd(const struct exch_assets *a, double *sd)
{
	double sum = 0;

	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j < a->n; j++)
			sum += a->value[i] * a->vol[i] * a->value[j] *
			       a->vol[j] * a->corr[i * a->n + j];
	if (!isfinite(sum) || sum < 0)
		return EXCH_ERR_RANGE;
	*sd = sqrt(sum);
	return EXCH_OK;
}
