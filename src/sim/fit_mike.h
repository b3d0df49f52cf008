/*
 * Estimating the model of Mike and Farmer (flow_mike.c): what is counted of a
 * day as its orders come and go, and the three laws that are made of it.
 */
#ifndef EXCH_SIM_FIT_MIKE_H
#define EXCH_SIM_FIT_MIKE_H

#include "base/types.h"

#define EXCH_FIT_LAGS 10 /* of signs: 1, 2, 4, ... 512 orders */
#define EXCH_FIT_PLACED_MOST                                                   \
	1000 /* ticks from the own best; farther: not seen */
#define EXCH_FIT_HIDDEN_MOST 64

struct exch_fit_mike {
	double orders;
	/* the last signs, and products of those that are a lag apart */
	int8_t sign[1u << (EXCH_FIT_LAGS - 1)];
	double product[EXCH_FIT_LAGS];
	/* how far from the own best orders came, to either side */
	double placed[EXCH_FIT_PLACED_MOST + 1];
	/*
	 * Cancels, and the sum of their sides' shares of all orders; and what
	 * these are of: sums over orders that came and sides of
	 * share^k (1 - e^-y), k = 1, 2, 3.
	 */
	double cancels, shares, exposed[3];
};

/* An order of this side comes. */
void exch_fit_mike_sign(struct exch_fit_mike *m, unsigned side);
/* So many ticks from the best of its own side, in either direction. */
void exch_fit_mike_placed(struct exch_fit_mike *m, int64_t ticks);
/*
 * While an order comes `share` of those that rest are on a side, and one of
 * them, which stands for all, is y times as far from the other best as it was
 * when it came.
 */
void exch_fit_mike_exposed(struct exch_fit_mike *m, double share, double y);
/* One of a side that has `share` of all goes. */
void exch_fit_mike_cancel(struct exch_fit_mike *m, double share);

/* Correlation of signs, a lag of 2^i orders apart; of fewer orders it is 0. */
double exch_fit_mike_memory(const struct exch_fit_mike *m, unsigned i);
/*
 * The tail of hidden orders' lengths, 1.01 to 4, and their number whose
 * correlation of signs is nearest by least squares.
 */
void exch_fit_mike_signs(
    const struct exch_fit_mike *m, double *alpha, unsigned *hidden);
/*
 * What that correlation is in the model: one in `hidden` orders is a piece of
 * the same hidden order, as long as it has one left.
 */
double exch_fit_mike_law(double alpha, unsigned hidden, unsigned lag);
/*
 * Student's distribution that is most likely: degrees of freedom, 0.5 to 100,
 * and scale, from 0.1 ticks to ten times the largest distance, `reach`, which is
 * at least 1.
 */
void exch_fit_mike_places(
    const struct exch_fit_mike *m, double *nu, double *scale, double *reach);
/*
 * A and B, 0 to 10, that explain how many cancels there were, and on which
 * sides; both 0 where there was none.
 */
void exch_fit_mike_cancels(const struct exch_fit_mike *m, double *a, double *b);

#endif
