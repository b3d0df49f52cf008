/*
 * Hawkes processes of up to 12 kinds of events that excite each other and
 * themselves: the intensity of kind i is
 *
 *	mu[i] + sum over events (kind j, time s) of
 *		a[i][j] sum over k of share[k] beta[k] exp(-beta[k] (t - s))
 *
 * so that a[i][j] events of kind i come in the end from one of kind j itself.
 * The sum over the past is kept per kind and decay, where an event costs
 * O(kinds x decays), however long the past is.
 */
#ifndef EXCH_SIM_HAWKES_H
#define EXCH_SIM_HAWKES_H

#include "base/types.h"

struct exch_rng;

#define EXCH_HAWKES_KINDS 12
#define EXCH_HAWKES_DECAYS 3
/* 1/s: slower is no decay within a day, faster none that times in ns can show. */
#define EXCH_HAWKES_BETA_LEAST 1e-6
#define EXCH_HAWKES_BETA_MOST 1e9

struct exch_hawkes {
	/* what it is */
	unsigned kinds, decays;
	double mu[EXCH_HAWKES_KINDS];
	double a[EXCH_HAWKES_KINDS][EXCH_HAWKES_KINDS];
	double beta[EXCH_HAWKES_DECAYS];
	double share[EXCH_HAWKES_DECAYS]; /* sum 1 */
	/* how it stands; jump[j] is what an event of kind j adds */
	double base; /* sum of mu */
	double excited[EXCH_HAWKES_DECAYS][EXCH_HAWKES_KINDS];
	double jump[EXCH_HAWKES_KINDS][EXCH_HAWKES_DECAYS][EXCH_HAWKES_KINDS];
};

/*
 * The spectral radius of a: how many events come in the end directly from one.
 * At 1 there is no end of them.
 */
double exch_hawkes_branching(const struct exch_hawkes *h);
/* What each kind's rate is in the mean: (1 - a)^-1 mu, of branching below 1. */
void exch_hawkes_mean(const struct exch_hawkes *h, double *rate);
/* Begin with the excitement there is in the mean. */
void exch_hawkes_begin(struct exch_hawkes *h);
/*
 * Seconds until the next event, whose kind is in *kind; the process stands
 * right behind it.  Exact, by thinning (Ogata 1981): between events intensities
 * fall, and the one now is a bound.
 */
double exch_hawkes_next(
    struct exch_hawkes *h, struct exch_rng *r, unsigned *kind);

#endif
