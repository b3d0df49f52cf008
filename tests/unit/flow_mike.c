/*
 * sim/flow_mike: signs remember by a power law of the exponent that hidden
 * orders' lengths give; prices are Student's, by a closed form; cancels are as
 * frequent as the law says; returns have fat tails.
 */
#include <config.h>

#include <math.h>

#include "base/real.h"
#include "flow_kit.h"
#include "ks.h"

#define SIGNS 1000000u

static signed char sign[SIGNS];

static double
correlation(unsigned lag)
{
	double sum = 0;

	for (unsigned i = lag; i < SIGNS; i++)
		sum += sign[i] * sign[i - lag];
	return sum / (SIGNS - lag);
}

/* The slope of the signs' correlation over lags, in logarithms. */
static double
exponent(const char *alpha, const char *hidden, uint64_t seed)
{
	const char *words[] = {alpha, hidden, "scale 2", NULL};
	double sx = 0, sy = 0, sxx = 0, sxy = 0, n = 0;
	struct exch_diag d;
	struct world w;

	exch_check(world_open(&w, "mike", words, seed, 1000, &d) == 0);
	for (unsigned i = 0; i < SIGNS;) {
		world_step(&w);
		if (w.order.what != EXCH_FLOW_CANCEL)
			sign[i++] = w.order.side == 0 ? 1 : -1;
	}
	world_close(&w);
	for (double lag = 20; lag < 1000; lag *= 1.5) {
		double x = log(floor(lag));
		double y = log(correlation((unsigned)lag));

		sx += x;
		sy += y;
		sxx += x * x;
		sxy += x * y;
		n++;
	}
	return -(n * sxy - sx * sy) / (n * sxx - sx * sx);
}

static void
memory(void)
{
	double sum = 0, none;

	for (uint64_t seed = 1; seed <= 4; seed++)
		sum += exponent("memory 1.5", "hidden 5", seed) / 4;
	tap_near(sum, 0.5, 0.12, "signs remember as lag^-0.5");
	printf("# exponent %.3f, theory 0.5; correlation at 1, 10, 100: %.3f "
	       "%.3f %.3f\n",
	    sum, correlation(1), correlation(10), correlation(100));
	tap_ok(
	    correlation(1) > 0.1 && correlation(100) > 0.01, "for a long time");
	/*
	 * One hidden order at a time: signs are the same until it ends, and
	 * the correlation is the sum of P(length >= j) for j > lag, which are
	 * j^-alpha, by the mean length, which is zeta(alpha).
	 */
	exponent("memory 2.5", "hidden 1", 1);
	for (unsigned lag = 1; lag <= 16; lag *= 4) {
		double all = 0, beyond = 0, want;

		for (unsigned j = 1000000; j > 0; j--) {
			all += pow(j, -2.5);
			beyond += j > lag ? pow(j, -2.5) : 0;
		}
		want = beyond / all;
		tap_near(correlation(lag), want, 0.01, "by the closed form");
		printf("# lag %u: %.4f, theory %.4f\n", lag, correlation(lag),
		    want);
	}
	/* Hidden orders of one piece nearly all: no memory. */
	exponent("memory 10", "hidden 20", 1);
	none = correlation(1);
	tap_near(none, 0, 0.02, "and with none not at all");
}

/* Distances from the own best, towards the other side, in ticks. */
static double
student2(double x)
{
	/* two degrees of freedom, scale 20 */
	x /= 20;
	return 0.5 + x / (2 * sqrt(2 + x * x));
}

static void
prices(void)
{
	static const char *const words[] = {
	    "freedom 2", "scale 20", "reach 1000000", NULL};
	static double x[100000];
	struct exch_diag d;
	struct world w;
	struct exch_rng r;
	double most;
	size_t n = 0;

	exch_rng_seed(&r, 1);
	exch_check(world_open(&w, "mike", words, 2, 1000, &d) == 0);
	while (n < EXCH_ARRAY_LEN(x)) {
		struct exch_sim_market before = w.m;

		world_step(&w);
		if (w.order.what != EXCH_FLOW_LIMIT ||
		    before.best[w.order.side] == EXCH_SIM_NO_TICK)
			continue;
		x[n] = (double)(w.order.tick - before.best[w.order.side]);
		x[n] = w.order.side == 0 ? x[n] : -x[n];
		/* Ticks are whole: anywhere within one. */
		x[n] += exch_rng_unit(&r) - 0.5;
		n++;
	}
	most = ks(x, n, student2);
	tap_ok(most < KS_PER_MILLE, "prices are Student's");
	printf("# Kolmogorov-Smirnov %.3f\n", most);
	world_close(&w);
}

/* Each order's rate of being cancelled, by the law, summed over time. */
static void
cancels(void)
{
	static const char *const words[] = {
	    "order-rate 5", "cancel-a 0.7", "cancel-b 0.4", NULL};
	struct exch_diag d;
	struct world w;
	double want = 0, got = 0;

	exch_check(world_open(&w, "mike", words, 3, 1000, &d) == 0);
	for (unsigned i = 0; i < 300000; i++) {
		double rate = 0, n[2], dt;

		n[0] = (double)exch_live_count(w.f.live, 0);
		n[1] = (double)exch_live_count(w.f.live, 1);
		for (unsigned side = 0; side < 2; side++)
			for (size_t k = 0; n[side] > 1 && k < n[side]; k++) {
				exch_oid id = exch_live_pick(w.f.live, side, k);
				unsigned s;
				int64_t tick, edge;
				uint64_t lots;
				double y;

				exch_live_find(w.f.live, id, &s, &tick, &lots);
				edge = exch_flow_edge(&w.m, side);
				y = (double)(side == 0 ? edge - tick
						       : tick - edge) /
				    (double)exch_live_noted(w.f.live, id);
				rate += 5 * 0.7 * (1 - exp(-y)) *
					(n[side] / (n[0] + n[1]) + 0.4) /
					(n[0] + n[1]);
			}
		world_step(&w);
		dt = (double)(w.m.now - w.before) / 1e9;
		want += rate * dt;
		got += w.order.what == EXCH_FLOW_CANCEL;
	}
	tap_near(got, want, 4 * sqrt(want), "cancels are those of the law");
	printf("# %g cancels, theory %.1f\n", got, want);
	world_close(&w);
}

/* Hill's estimate of the tail of moves of the middle, by orders. */
static void
tails(void)
{
	static const char *const none[] = {NULL};
	static double x[200000];
	struct exch_diag d;
	struct world w;
	double hill = 0, two = 0, four = 0, last = 0;
	size_t n = 0, k;
	unsigned sided = 0, steps = 0;

	exch_check(world_open(&w, "mike", none, 4, 1000, &d) == 0);
	while (n < EXCH_ARRAY_LEN(x)) {
		double middle;

		world_step(&w);
		steps++;
		sided += world_two_sided(&w);
		if (!world_two_sided(&w) || steps % 10 != 0)
			continue;
		middle = (double)(w.m.best[0] + w.m.best[1]) / 2;
		if (last > 0)
			x[n++] = fabs(middle - last);
		last = middle;
	}
	tap_ok(sided > 0.99 * steps, "a living market");
	for (size_t i = 0; i < n; i++) {
		two += x[i] * x[i] / (double)n;
		four += x[i] * x[i] * x[i] * x[i] / (double)n;
	}
	qsort(x, n, sizeof(*x), ks_order);
	k = n / 200;
	for (size_t i = n - k; i < n; i++)
		hill += log(x[i] / x[n - k - 1]) / (double)k;
	tap_ok(four / two / two > 6, "moves have fat tails");
	tap_ok(1 / hill > 2 && 1 / hill < 4.5, "of a power");
	printf("# kurtosis %.1f, tail exponent %.2f\n", four / two / two,
	    1 / hill);
	tap_is_u64(w.m.trades, 468783, "and everywhere the same");
	world_close(&w);
}

int
main(void)
{
	memory();
	prices();
	cancels();
	tails();
	return tap_done();
}
