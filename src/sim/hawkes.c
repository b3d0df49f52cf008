/* Simulation and means of Hawkes processes (hawkes.h). */
#include <config.h>

#include <math.h>
#include <string.h>

#include "base/real.h"
#include "base/rng.h"
#include "base/variate.h"
#include "sim/hawkes.h"

#define KINDS EXCH_HAWKES_KINDS
#define DECAYS EXCH_HAWKES_DECAYS

/*
 * Powers of 1 + a, whose radius is greater by 1: a itself might go around in a
 * circle, and then powers of it have no limit.
 */
double
exch_hawkes_branching(const struct exch_hawkes *h)
{
	double v[KINDS], w[KINDS], most = 1;

	for (unsigned i = 0; i < h->kinds; i++)
		v[i] = 1;
	for (unsigned n = 0; n < 2000; n++) {
		most = 0;
		for (unsigned i = 0; i < h->kinds; i++) {
			w[i] = v[i];
			for (unsigned j = 0; j < h->kinds; j++)
				w[i] += h->a[i][j] * v[j];
			most = w[i] > most ? w[i] : most;
		}
		for (unsigned i = 0; i < h->kinds; i++)
			v[i] = w[i] / most;
	}
	return most - 1;
}

/* Gauss and Jordan's elimination; 1 - a has its largest on the diagonal. */
void
exch_hawkes_mean(const struct exch_hawkes *h, double *rate)
{
	double m[KINDS][KINDS + 1];
	unsigned n = h->kinds;

	for (unsigned i = 0; i < n; i++) {
		for (unsigned j = 0; j < n; j++)
			m[i][j] = (i == j) - h->a[i][j];
		m[i][n] = h->mu[i];
	}
	for (unsigned p = 0; p < n; p++) {
		for (unsigned i = 0; i < n; i++) {
			double f = m[i][p] / m[p][p];

			if (i == p)
				continue;
			for (unsigned j = p; j <= n; j++)
				m[i][j] -= f * m[p][j];
		}
	}
	for (unsigned i = 0; i < n; i++)
		rate[i] = m[i][n] / m[i][i];
}

void
exch_hawkes_begin(struct exch_hawkes *h)
{
	double rate[KINDS];

	exch_hawkes_mean(h, rate);
	memset(h->excited, 0, sizeof(h->excited));
	memset(h->jump, 0, sizeof(h->jump));
	h->base = 0;
	for (unsigned i = 0; i < h->kinds; i++) {
		h->base += h->mu[i];
		for (unsigned k = 0; k < h->decays; k++) {
			h->excited[k][i] = (rate[i] - h->mu[i]) * h->share[k];
			for (unsigned j = 0; j < h->kinds; j++)
				h->jump[j][k][i] =
				    h->a[i][j] * h->share[k] * h->beta[k];
		}
	}
}

/* An event of that kind, when excitement has fallen to `left` of it. */
static void
happens(struct exch_hawkes *h, const double *left, unsigned kind)
{
	for (unsigned k = 0; k < h->decays; k++)
		for (unsigned i = 0; i < KINDS; i++)
			h->excited[k][i] =
			    h->excited[k][i] * left[k] + h->jump[kind][k][i];
}

/* Whose is it, of the sum of all intensities? */
static unsigned
whose(const struct exch_hawkes *h, const double *left, double u)
{
	unsigned i;

	for (i = 0; i + 1 < h->kinds; i++) {
		u -= h->mu[i];
		for (unsigned k = 0; k < h->decays; k++)
			u -= h->excited[k][i] * left[k];
		if (u < 0)
			break;
	}
	return i;
}

double
exch_hawkes_next(struct exch_hawkes *h, struct exch_rng *r, unsigned *kind)
{
	double left[DECAYS], sum[DECAYS], now = h->base, t = 0, u;

	for (unsigned k = 0; k < h->decays; k++) {
		left[k] = 1;
		sum[k] = 0;
		for (unsigned i = 0; i < KINDS; i++)
			sum[k] += h->excited[k][i];
		now += sum[k];
	}
	do {
		double bound = now, dt = exch_rng_exponential(r) / bound;

		t += dt;
		now = h->base;
		for (unsigned k = 0; k < h->decays; k++) {
			left[k] *= exch_real_exp(-h->beta[k] * dt);
			now += sum[k] * left[k];
		}
		u = exch_rng_unit(r) * bound;
	} while (u >= now);
	*kind = whose(h, left, u);
	happens(h, left, *kind);
	return t;
}
