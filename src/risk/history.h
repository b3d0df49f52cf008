/*
 * How prices move together: the closing prices of days, what they returned,
 * and correlations that people write instead.  exch-tables(5) has the columns.
 *
 * What is refused is told with file, line and column, and leaves nothing.
 */
#ifndef EXCH_RISK_HISTORY_H
#define EXCH_RISK_HISTORY_H

#include "risk/market.h"

/* ---- closing prices ---- */

struct exch_close_row {
	uint32_t date; /* YYYYMMDD */
	char symbol[EXCH_SYMBOL];
	exch_px close; /* above 0 */
};

/*
 * In order of symbol and date.  A price of a symbol that comes twice for a
 * day is refused.
 */
struct exch_prices {
	struct exch_reftable t;
	const struct exch_close_row **row; /* t.n of them */
};

int exch_prices_parse(const char *text, size_t n, const char *name,
    struct exch_prices *p, struct exch_diag *d);
void exch_prices_clear(struct exch_prices *p);

/* The last one of a symbol up to a day, or none. */
exch_px exch_price_at(
    const struct exch_prices *p, const char *symbol, uint32_t date);

/*
 * Returns of `nsymbols` symbols, day by day, on the last `most` of the days
 * before or on `date` for which each of them has a price: close over the close
 * before, less one.  Days that one of them lacks are left out for all, so that
 * what stands in a row happened together.
 */
struct exch_returns {
	size_t nsymbols, ndays;
	double *r;	/* by days, the oldest first, of each the symbols */
	uint32_t *date; /* of each row */
};

/*
 * EXCH_ERR_ABSENT: a symbol has no prices, or all together have not two days;
 * the diagnosis names it.  Symbols are padded with NUL.
 */
int exch_returns_of(const struct exch_prices *p, const char *const *symbol,
    size_t nsymbols, uint32_t date, size_t most, struct exch_returns *out,
    struct exch_diag *d);
void exch_returns_clear(struct exch_returns *r);

/* Standard deviations and correlations of them (n by n by rows). */
void exch_returns_sd(const struct exch_returns *r, double *sd);
void exch_returns_corr(const struct exch_returns *r, double *corr);

/* ---- correlations ---- */

/*
 * A row for each pair; a pair that no row tells is 0, a symbol and itself 1.
 * Whether they can all be true, exch_cholesky() says of those that are used.
 */
int exch_correlations_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);
/*
 * The matrix of some symbols, n by n.  EXCH_ERR_ABSENT: the table never names
 * one of them.
 */
int exch_correlations_of(const struct exch_reftable *t,
    const char *const *symbol, size_t n, double *corr, struct exch_diag *d);
/*
 * These symbols are why a matrix is not positive definite, with that pivot:
 * EXCH_ERR_RANGE at the last of their lines, with the others.
 */
int exch_correlations_bad(const struct exch_reftable *t,
    const char *const *symbol, size_t n, double pivot, struct exch_diag *d);

#endif
