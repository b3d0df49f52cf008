/*
 * Value at risk of what one account holds, by three methods over the same
 * history: the days as they were, a normal distribution with their variances
 * and correlations, and paths drawn from that.  Day's values; several days are
 * times the square root of their number.
 */
#ifndef EXCH_RISK_ACCOUNT_VAR_H
#define EXCH_RISK_ACCOUNT_VAR_H

#include "risk/history.h"
#include "risk/holdings.h"
#include "risk/var.h"

/* Where it comes from.  Tables that are NULL are not there. */
struct exch_var_source {
	const struct exch_prices *prices;
	const struct exch_reftable *correlations; /* instead of the history's */
	const struct exch_reftable *vols; /* instead of its deviations */
	const struct exch_reftable *liquidity;
	uint32_t level;	      /* ppm */
	size_t days;	      /* of history at most */
	uint32_t horizon;     /* days */
	double stress;	      /* correlations nearer to 1 by that: 0..1 */
	double participation; /* part of a day's volume that we can be */
	double spread_k;      /* deviations by which a spread is wider */
	struct exch_carlo_opts carlo; /* 0 paths: none is drawn */
};

struct exch_account_var {
	size_t days; /* of history that there were */
	double history, history_es;
	double normal, normal_es;
	double stressed; /* normal with stressed correlations */
	struct exch_carlo carlo;
	bool drawn;	 /* carlo is there: the matrix is definite */
	double cost;	 /* of a way out, spread as it may be */
	double days_out; /* that it takes; NAN: a volume is not known */
	double liquid;	 /* history's over as many days, and the cost */
};

/*
 * EXCH_ERR_ABSENT: the account holds nothing, or something is not known of
 * what it holds; EXCH_ERR_RANGE: correlations that are none.
 */
int exch_account_var(const struct exch_holdings *h,
    const struct exch_holder *who, const struct exch_var_source *s,
    struct exch_account_var *out, struct exch_diag *d);

#endif
