/*
 * The three laws of fit_mike.h.  Each is a law of one or two numbers, which are
 * looked for where it is nearest to what was counted.
 */
#include <config.h>

#include <math.h>
#include <string.h>

#include "base/real.h"
#include "sim/fit_mike.h"

#define LAGS EXCH_FIT_LAGS
#define LAG_MOST (1u << (LAGS - 1))
#define PLACED EXCH_FIT_PLACED_MOST

/* Where a function of one number, which has one valley, is least: by golden
 * sections. */
struct valley {
	double (*of)(void *arg, double x);
	void *arg;
	double low, high;
};

static double
lowest(const struct valley *v)
{
	const double golden = 0.6180339887498949;
	double low = v->low, high = v->high;
	double a = high - golden * (high - low),
	       b = low + golden * (high - low);
	double at_a = v->of(v->arg, a), at_b = v->of(v->arg, b);

	for (unsigned turn = 0; turn < 32; turn++)
		if (at_a < at_b) {
			high = b;
			b = a;
			at_b = at_a;
			a = high - golden * (high - low);
			at_a = v->of(v->arg, a);
		} else {
			low = a;
			a = b;
			at_a = at_b;
			b = low + golden * (high - low);
			at_b = v->of(v->arg, b);
		}
	return at_a < at_b ? a : b;
}

/* ---- what happens ---- */

void
exch_fit_mike_sign(struct exch_fit_mike *m, unsigned side)
{
	uint64_t n = (uint64_t)m->orders;
	int sign = side == 0 ? 1 : -1;

	for (unsigned i = 0; i < LAGS && n >= (1u << i); i++)
		m->product[i] += sign * m->sign[(n - (1u << i)) % LAG_MOST];
	m->sign[n % LAG_MOST] = (int8_t)sign;
	m->orders++;
}

void
exch_fit_mike_placed(struct exch_fit_mike *m, int64_t ticks)
{
	if (ticks >= -PLACED && ticks <= PLACED)
		m->placed[ticks < 0 ? -ticks : ticks]++;
}

void
exch_fit_mike_exposed(struct exch_fit_mike *m, double share, double y)
{
	double e = 1 - exch_real_exp(-y);

	for (unsigned k = 0; k < 3; k++) {
		e *= share;
		m->exposed[k] += e;
	}
}

void
exch_fit_mike_cancel(struct exch_fit_mike *m, double share)
{
	m->cancels++;
	m->shares += share;
}

/* ---- signs ---- */

/* Where the model has no mean, none is taken off: that would be a part of what
 * long memory is. */
double
exch_fit_mike_memory(const struct exch_fit_mike *m, unsigned i)
{
	double pairs = m->orders - (double)(1u << i);

	return pairs > 0 ? m->product[i] / pairs : 0;
}

/*
 * rest[k]: the probability that a piece has k more behind it in its hidden
 * order.  Lengths are l or more with the probability l^-alpha, so that it is
 * zeta(alpha, k + 1) / zeta(alpha): the first terms, and behind them the
 * formula of Euler and Maclaurin.
 */
static void
remaining(double alpha, unsigned most, double *rest)
{
	double n = most + 1;
	double power = exch_real_pow(n, -alpha);
	double sum = power * (n / (alpha - 1) + 0.5 + alpha / (12 * n));

	rest[most] = sum;
	for (unsigned k = most; k-- > 0;)
		rest[k] = sum += exch_real_pow(k + 1, -alpha);
	for (unsigned k = 0; k <= most; k++)
		rest[k] /= sum;
}

/*
 * Of the orders in between any may be pieces of the same hidden order, each with
 * the probability 1 / hidden, and as many as there are have to be left.
 */
static double
correlation(const double *rest, unsigned hidden, unsigned lag)
{
	double p = 1.0 / hidden, c = 0, odds, chance;

	if (hidden == 1)
		return rest[lag];
	odds = p / (1 - p);
	chance = exch_real_pow(1 - p, lag - 1);
	for (unsigned k = 0; k < lag; k++) {
		c += chance * rest[k + 1];
		chance *= odds * (lag - 1 - k) / (k + 1);
	}
	return p * c;
}

double
exch_fit_mike_law(double alpha, unsigned hidden, unsigned lag)
{
	double rest[LAG_MOST + 1];

	if (lag < 1 || lag > LAG_MOST)
		return 0;
	remaining(alpha, LAG_MOST, rest);
	return correlation(rest, hidden, lag);
}

struct signs {
	double seen[LAGS];
	unsigned hidden;
};

static double
signs_off(void *arg, double alpha)
{
	const struct signs *s = arg;
	double rest[LAG_MOST + 1], off = 0;

	remaining(alpha, LAG_MOST, rest);
	for (unsigned i = 0; i < LAGS; i++) {
		double d = correlation(rest, s->hidden, 1u << i) - s->seen[i];

		off += d * d;
	}
	return off;
}

void
exch_fit_mike_signs(
    const struct exch_fit_mike *m, double *alpha, unsigned *hidden)
{
	struct signs s;
	struct valley v = {signs_off, &s, 1.01, 4};
	double best = INFINITY;

	for (unsigned i = 0; i < LAGS; i++)
		s.seen[i] = exch_fit_mike_memory(m, i);
	for (s.hidden = 1; s.hidden <= EXCH_FIT_HIDDEN_MOST; s.hidden++) {
		double x = lowest(&v), off = signs_off(&s, x);

		if (off < best) {
			best = off;
			*alpha = x;
			*hidden = s.hidden;
		}
	}
}

/* ---- prices ---- */

struct places {
	const double *count;
	unsigned reach;
	double nu, scale; /* logarithms */
};

/* The density at x ticks, but for a factor. */
static double
density(double nu, double scale, double x)
{
	double z = x / scale;

	return exch_real_exp(-(nu + 1) / 2 * exch_real_log(1 + z * z / nu));
}

/* Of a distance, to one side: Simpson's rule, in parts where it is steep. */
static double
mass(double nu, double scale, unsigned k)
{
	double from = k == 0 ? 0 : k - 0.5, to = k + 0.5, sum = 0;
	unsigned parts = k < 4 ? 16 : 1;
	double h = (to - from) / parts;

	for (unsigned i = 0; i < parts; i++) {
		double x = from + i * h;

		sum += density(nu, scale, x) +
		       4 * density(nu, scale, x + h / 2) +
		       density(nu, scale, x + h);
	}
	return sum * h / 6;
}

/* How unlikely these distances are: the logarithm, turned round. */
static double
places_off(void *arg, double scale)
{
	const struct places *p = arg;
	double nu = exch_real_exp(p->nu), all = 0, sum = 0, n = 0;

	scale = exch_real_exp(scale);
	for (unsigned k = 0; k <= p->reach; k++) {
		double w = mass(nu, scale, k);

		all += w;
		n += p->count[k];
		if (p->count[k] > 0)
			sum += p->count[k] * exch_real_log(w);
	}
	return n * exch_real_log(all) - sum;
}

static double
freedom_off(void *arg, double nu)
{
	struct places *p = arg;
	/* Ten times as wide it is flat, and draws within reach are few. */
	struct valley v = {
	    places_off, p, exch_real_log(0.1), exch_real_log(10.0 * p->reach)};

	p->nu = nu;
	p->scale = lowest(&v);
	return places_off(p, p->scale);
}

void
exch_fit_mike_places(
    const struct exch_fit_mike *m, double *nu, double *scale, double *reach)
{
	struct places p = {.count = m->placed, .reach = PLACED};
	struct valley v = {
	    freedom_off, &p, exch_real_log(0.5), exch_real_log(100)};

	while (p.reach > 1 && p.count[p.reach] <= 0)
		p.reach--;
	(void)freedom_off(&p, lowest(&v));
	*nu = exch_real_exp(p.nu);
	*scale = exch_real_exp(p.scale);
	*reach = p.reach;
}

/* ---- cancels ---- */

/*
 * Cancels are A (e2 + B e1) and the sum of their shares A (e3 + B e2), e_k being
 * what was exposed: two equations.
 */
void
exch_fit_mike_cancels(const struct exch_fit_mike *m, double *a, double *b)
{
	const double *e = m->exposed;
	double det = e[1] * e[1] - e[0] * e[2];
	double of_a = m->cancels * e[1] - m->shares * e[0];
	double of_ab = m->shares * e[1] - m->cancels * e[2];

	*a = *b = 0;
	if (m->cancels <= 0 || e[1] <= 0)
		return;
	/* The determinant is not above 0, and 0 where shares are all alike. */
	if (of_a < 0)
		*b = of_ab < 0 ? of_ab / of_a : 0;
	else if (det < 0)
		*b = 10;
	*b = *b < 10 ? *b : 10;
	*a = m->cancels / (e[1] + *b * e[0]);
}
