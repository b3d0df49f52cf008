/*
 * What an instrument is worth, which nobody sees: a price that wanders about a
 * mean to which it comes back, with a jump now and then (Ornstein and
 * Uhlenbeck's process with Poisson shocks: Wah and Wellman, Latency arbitrage,
 * market fragmentation, and efficiency, EC 2013; the oracle of ABIDES,
 * configuration rmsc04).
 *
 * All agents of a run that ask with the same law are told the same path, though
 * each makes it for itself: the path's random numbers come from a seed that
 * they share, and it moves in steps of fixed length, so that it is the same
 * whenever one asks.
 *
 * What instruments are worth may move together: by its loading a path follows a
 * factor that is common to all of a run, so that the steps of two paths with
 * loadings a and b have the correlation a b (one factor, as in Sharpe's market
 * model, Management Science 9, 1963).
 */
#ifndef EXCH_SIM_WORTH_H
#define EXCH_SIM_WORTH_H

#include "base/rng.h"

/* Values in ticks, times in ns unless they say otherwise. */
struct exch_worth_law {
	double mean;
	double kappa;	 /* 1/s: how fast it comes back */
	double sigma;	 /* per root of a second */
	double shocks;	 /* 1/s */
	double shock;	 /* deviation of their size */
	exch_ts news_at; /* of one jump that is no chance, or none */
	double news;	 /* its size; the mean jumps with it */
	double loading;	 /* -1 to 1: correlation of steps with the factor */
	exch_ts begin;	 /* the value is the mean then */
	uint64_t step;	 /* > 0 */
};

struct exch_worth {
	struct exch_worth_law law;
	struct exch_rng rng;
	struct exch_rng factor; /* the same numbers in all paths of a run */
	double own;		/* what is left for rng by the loading */
	double value;		/* at `at` */
	exch_ts at;
	double keep;   /* of the distance to the mean, in a step */
	double spread; /* deviation of a step */
	exch_ts next_shock;
	bool told; /* the news */
};

/* `seed` is the instrument's, `factor` the run's. */
void exch_worth_init(struct exch_worth *w, const struct exch_worth_law *law,
    uint64_t seed, uint64_t factor);
/* The value at a time; times do not go back. */
double exch_worth_at(struct exch_worth *w, exch_ts t);
/* Ticks are so many times as small now: the worth stays what it is. */
void exch_worth_scale(struct exch_worth *w, double factor);
/*
 * Of a gap to the mean, in s >= 0 seconds: what is kept of it, 0 to 1, and the
 * variance (ticks^2) that it gets by steps alone, and by shocks, too.
 */
double exch_worth_keep(const struct exch_worth_law *law, double s);
double exch_worth_variance(const struct exch_worth_law *law, double s);
double exch_worth_doubt(const struct exch_worth_law *law, double s);

#endif
