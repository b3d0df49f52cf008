/*
 * Estimating a Hawkes process by expectation and maximisation (Veen and
 * Schoenberg 2008).  Each event has a parent: nobody, or an earlier event and
 * one of the decays.  How likely each is follows from the intensities (E); base
 * rates, numbers of children, shares of decays, and decays, as one by the mean
 * age of parents, follow from that (M).
 *
 * Earlier events come into it by two sums per kind and decay, of exp(-beta age)
 * and of age exp(-beta age), which are carried along: a turn is
 * O(events x kinds x decays).
 */
#include <config.h>

#include <string.h>

#include "base/real.h"
#include "sim/fit.h"

#define KINDS EXCH_HAWKES_KINDS
#define DECAYS EXCH_HAWKES_DECAYS

/* What a turn sums up. */
struct turn {
	double base[KINDS];	    /* events without a parent */
	double child[KINDS][KINDS]; /* of kind, with a parent of kind */
	double fades[DECAYS];	    /* with a parent by that decay */
	double age[DECAYS];	    /* and the ages of these parents */
	/* along the way, of parents by kind */
	double sum[DECAYS][KINDS], aged[DECAYS][KINDS];
};

static void
age(struct turn *u, const struct exch_hawkes *h, double dt)
{
	for (unsigned k = 0; k < h->decays; k++) {
		double left = exch_real_exp(-h->beta[k] * dt);

		for (unsigned j = 0; j < h->kinds; j++) {
			u->aged[k][j] =
			    left * (u->aged[k][j] + dt * u->sum[k][j]);
			u->sum[k][j] *= left;
		}
	}
}

/* Whose child is an event of kind i, and how likely? */
static void
parents(struct turn *u, const struct exch_hawkes *h, unsigned i)
{
	double rate = h->mu[i];

	for (unsigned k = 0; k < h->decays; k++)
		for (unsigned j = 0; j < h->kinds; j++)
			rate += h->a[i][j] * h->share[k] * h->beta[k] *
				u->sum[k][j];
	if (!(rate > 0))
		return;
	u->base[i] += h->mu[i] / rate;
	for (unsigned k = 0; k < h->decays; k++)
		for (unsigned j = 0; j < h->kinds; j++) {
			double one =
			    h->a[i][j] * h->share[k] * h->beta[k] / rate;

			u->child[i][j] += one * u->sum[k][j];
			u->fades[k] += one * u->sum[k][j];
			u->age[k] += one * u->aged[k][j];
		}
}

/*
 * Where the ages of all parents are next to nothing, or many lives of a decay,
 * they do not tell it any more: it would run away.
 */
static double
bounded(double beta)
{
	if (beta < EXCH_HAWKES_BETA_LEAST)
		return EXCH_HAWKES_BETA_LEAST;
	return beta < EXCH_HAWKES_BETA_MOST ? beta : EXCH_HAWKES_BETA_MOST;
}

static void
maximise(struct exch_hawkes *h, const struct turn *u, const double *count,
    double end)
{
	double all = 0;

	for (unsigned k = 0; k < h->decays; k++)
		all += u->fades[k];
	for (unsigned i = 0; i < h->kinds; i++) {
		h->mu[i] = u->base[i] / end;
		for (unsigned j = 0; j < h->kinds; j++)
			h->a[i][j] =
			    count[j] > 0 ? u->child[i][j] / count[j] : 0;
	}
	for (unsigned k = 0; k < h->decays && all > 0; k++) {
		h->share[k] = u->fades[k] / all;
		if (u->age[k] > 0)
			h->beta[k] = bounded(u->fades[k] / u->age[k]);
	}
}

void
exch_fit_hawkes(struct exch_hawkes *h, const double *time, const uint8_t *kind,
    size_t n, double end, unsigned turns)
{
	double count[KINDS] = {0};

	for (size_t e = 0; e < n; e++)
		count[kind[e]]++;
	/* To begin with, half of all events have parents of any kind. */
	for (unsigned i = 0; i < h->kinds; i++) {
		h->mu[i] = 0.5 * count[i] / end;
		for (unsigned j = 0; j < h->kinds; j++)
			h->a[i][j] = 0.5 * count[i] / (double)(n > 0 ? n : 1);
	}
	for (unsigned k = 0; k < h->decays; k++)
		h->share[k] = 1.0 / h->decays;
	while (turns-- > 0) {
		struct turn u;
		double last = 0;

		memset(&u, 0, sizeof(u));
		for (size_t e = 0; e < n; e++) {
			age(&u, h, time[e] - last);
			last = time[e];
			parents(&u, h, kind[e]);
			for (unsigned k = 0; k < h->decays; k++)
				u.sum[k][kind[e]] += 1;
		}
		maximise(h, &u, count, end);
	}
}
