/*
 * What an instrument is worth.  The steps are those of the process itself and
 * no approximation: over s seconds the distance to the mean shrinks by
 * exp(-kappa s), and what is added is normal with the variance
 * sigma^2 (1 - exp(-2 kappa s)) / (2 kappa).
 */
#include <config.h>

#include <math.h>

#include "base/real.h"
#include "base/variate.h"
#include "sim/worth.h"

double
exch_worth_keep(const struct exch_worth_law *law, double s)
{
	return exch_real_exp(-law->kappa * s);
}

/* What comes in at so much variance a second fades as the gap does. */
static double
gathered(const struct exch_worth_law *law, double rate, double s)
{
	double keep = exch_worth_keep(law, s);

	/* Nearly no pull: the limit, which the quotient would not reach. */
	if (law->kappa * s < 1e-9)
		return rate * s;
	return rate * (1 - keep * keep) / (2 * law->kappa);
}

double
exch_worth_variance(const struct exch_worth_law *law, double s)
{
	return gathered(law, law->sigma * law->sigma, s);
}

double
exch_worth_doubt(const struct exch_worth_law *law, double s)
{
	return gathered(law,
	    law->sigma * law->sigma + law->shocks * law->shock * law->shock, s);
}

static exch_ts
later(struct exch_worth *w, exch_ts from)
{
	double s;

	if (!(w->law.shocks > 0))
		return EXCH_TS_NONE;
	s = exch_rng_exponential(&w->rng) / w->law.shocks;
	/* Beyond any run. */
	return s < 1e9 ? from + (exch_ts)(s * 1e9) : EXCH_TS_NONE;
}

void
exch_worth_init(struct exch_worth *w, const struct exch_worth_law *law,
    uint64_t seed, uint64_t factor)
{
	double s = (double)law->step / 1e9;

	*w = (struct exch_worth){
	    .law = *law, .value = law->mean, .at = law->begin};
	exch_rng_seed(&w->rng, seed);
	exch_rng_seed(&w->factor, factor);
	w->own = sqrt(1 - law->loading * law->loading);
	w->keep = exch_worth_keep(law, s);
	w->spread = sqrt(exch_worth_variance(law, s));
	w->next_shock = later(w, law->begin);
}

void
exch_worth_scale(struct exch_worth *w, double factor)
{
	w->law.mean *= factor;
	w->law.sigma *= factor;
	w->law.shock *= factor;
	w->law.news *= factor;
	w->value *= factor;
	w->spread *= factor;
}

/* A step's chance. */
static double
chance(struct exch_worth *w)
{
	double z = exch_rng_normal(&w->rng);

	if (w->law.loading == 0)
		return z;
	return w->law.loading * exch_rng_normal(&w->factor) + w->own * z;
}

static void
step(struct exch_worth *w)
{
	w->at += w->law.step;
	w->value = w->law.mean + (w->value - w->law.mean) * w->keep +
		   w->spread * chance(w);
	while (w->next_shock <= w->at) {
		w->value += w->law.shock * exch_rng_normal(&w->rng);
		w->next_shock = later(w, w->next_shock);
	}
}

double
exch_worth_at(struct exch_worth *w, exch_ts t)
{
	while (t >= w->law.step && w->at <= t - w->law.step)
		step(w);
	if (!w->told && t >= w->law.news_at) {
		w->told = true;
		w->law.mean += w->law.news;
		w->value += w->law.news;
	}
	return w->value;
}
