/*
 * From a matched stream to holdings: a portfolio (portfolio.h) with what the
 * measures need besides, which is the instruments as they were announced and
 * the names of accounts.
 */
#ifndef EXCH_RISK_FILLS_H
#define EXCH_RISK_FILLS_H

#include "risk/history.h"
#include "risk/holdings.h"
#include "risk/portfolio.h"

struct exch_fills;

/* As exch_portfolio_new(). */
int exch_fills_new(const struct exch_portfolio_opts *o, struct exch_fills **out,
    struct exch_diag *d);
void exch_fills_free(struct exch_fills *f);

/*
 * Take one record.  EXCH_ERR_FORMAT: it has not the form of its type, and one
 * may go on; others as exch_portfolio_record().
 */
int exch_fills_record(
    struct exch_fills *f, const struct exch_rec *r, struct exch_diag *d);

/* Where they are booked; borrowed. */
struct exch_portfolio *exch_fills_portfolio(const struct exch_fills *f);

/* Trades that were booked nowhere, since nobody told their price. */
uint64_t exch_fills_unpriced(const struct exch_fills *f);

/*
 * All of it as holdings on a day.  The mark is the portfolio's, else the last
 * of `prices` up to that day (NULL: there are none).  *h is the caller's to
 * clear.
 */
int exch_fills_holdings(const struct exch_fills *f, uint32_t date,
    const struct exch_prices *prices, struct exch_holdings *h,
    struct exch_diag *d);

#endif
