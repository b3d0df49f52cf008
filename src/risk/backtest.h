/*
 * Was a VaR right?  Counts of the days whose loss went beyond it, and what
 * they say.
 *
 * Kupiec, P. (1995), Techniques for Verifying the Accuracy of Risk Measurement
 * Models: are there as many exceptions as the level says?
 * Christoffersen, P. (1998), Evaluating Interval Forecasts: do they come one
 * by one, or in clusters?
 */
#ifndef EXCH_RISK_BACKTEST_H
#define EXCH_RISK_BACKTEST_H

#include "base/err.h"

/* A statistic and the chance of one as large when the model is right. */
struct exch_lr {
	double value;
	double p;
};

/*
 * `x` exceptions in `days` days of a VaR at (10^6 - ppm) of a million: 10,000
 * is 1 %.  Against chi-squared with one degree of freedom: rejected at 5 %
 * when p is below 0.05 (value above 3.841459).  EXCH_ERR_RANGE: no days, more
 * exceptions than days, or ppm not within 1..999,999.
 */
int exch_kupiec(uint32_t x, uint32_t days, uint32_t ppm, struct exch_lr *out);
/* The exceptions that are not rejected with a chance of `reject`: 0.05. */
int exch_kupiec_range(uint32_t days, uint32_t ppm, double reject,
    uint32_t *least, uint32_t *most);

struct exch_christoffersen {
	uint32_t n[2][2]; /* days: [the day before][this one] had one */
	struct exch_lr independent; /* one degree of freedom */
	struct exch_lr joint;	    /* with Kupiec's: two */
};

/* hit[i]: was day i an exception?  EXCH_ERR_RANGE: fewer than two days. */
int exch_christoffersen(const bool *hit, uint32_t days, uint32_t ppm,
    struct exch_christoffersen *out);

#endif
