/*
 * European options by Black, Scholes and Merton, with a dividend yield:
 * price, the Greeks and the volatility that a price implies.
 *
 *	d1 = (ln(S/K) + (r - q + s^2/2) T) / (s sqrt T),  d2 = d1 - s sqrt T
 *	call = S e^-qT N(d1) - K e^-rT N(d2)
 *	put  = K e^-rT N(-d2) - S e^-qT N(-d1)
 *
 * Source: Hull, Options, Futures, and Other Derivatives, chapters on the
 * Black-Scholes-Merton model and on the Greek letters.  Real numbers: units of
 * the currency, rates and yields per year with continuous compounding,
 * volatility per square root of a year, years of 365 days or whatever the
 * caller counts.
 */
#ifndef EXCH_RISK_BSM_H
#define EXCH_RISK_BSM_H

#include "base/err.h"

struct exch_option {
	double spot;   /* above 0 */
	double strike; /* above 0 */
	double rate;
	double yield;
	double vol;   /* 0 and up */
	double years; /* to expiry; 0 or below: expired */
	bool call;
};

struct exch_greeks {
	double price;
	double delta; /* for 1 of the underlying */
	double gamma;
	double vega;  /* for 1.00 of volatility */
	double theta; /* for a year that passes */
	double rho;   /* for 1.00 of the rate */
};

/*
 * What an option is worth.  Expired it is worth its intrinsic value; without
 * volatility that of its forward, and both have the Greeks of the limit: a
 * gamma and vega of 0, a delta of one half of the payoff's jump at the kink.
 * EXCH_ERR_RANGE: a number that is none, or outside its range.
 */
int exch_bsm(const struct exch_option *o, struct exch_greeks *g);

/*
 * The volatility at which o (whose own is not read) is worth `price`, to
 * within 1e-12, or as near as the price's own digits say.  EXCH_ERR_RANGE: as
 * above, expired, or no volatility up to 100 makes that price.
 */
int exch_bsm_vol(const struct exch_option *o, double price, double *vol);

#endif
