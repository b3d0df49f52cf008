/*
 * sim/fit_mike: the law of signs as worked out by hand and as its own hidden
 * orders have it; numbers that the laws were made of come back from what they
 * say is to be expected.
 */
#include <config.h>

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "base/variate.h"
#include "sim/fit_mike.h"
#include "tap.h"

#define ZETA_2 1.6449340668482264 /* pi^2 / 6 */

/* Of alpha 2: of a hidden order that is long enough, 1 - 1 / zeta(2), ... */
static void
law_by_hand(void)
{
	double one = 1 - 1 / ZETA_2, two = one - 0.25 / ZETA_2;
	double three = two - 1 / (9 * ZETA_2);

	tap_near(exch_fit_mike_law(2, 1, 1), one, 1e-12, "the next of one");
	tap_near(exch_fit_mike_law(2, 1, 3), three, 1e-12, "the third of one");
	tap_near(exch_fit_mike_law(2, 5, 1), one / 5, 1e-12, "one of five");
	tap_near(exch_fit_mike_law(2, 2, 2), one / 4 + two / 4, 1e-12,
	    "the second of two");
	tap_near(exch_fit_mike_law(2, 2, 3), (one + 2 * two + three) / 8, 1e-12,
	    "the third of two");
	tap_near(exch_fit_mike_law(2, 2, 0), 0, 0, "itself is no lag");
	/* far away as lag^-(alpha - 1) */
	tap_near(
	    exch_fit_mike_law(1.5, 4, 512) / exch_fit_mike_law(1.5, 4, 128),
	    0.5, 0.005, "four times as far with alpha 1.5: a half");
}

/* Orders of hidden orders, as flow_mike.c has them; short ones, whose mean over
 * a run is that of their law. */
static void
signs(void)
{
	static struct exch_fit_mike m;
	uint64_t left[6] = {0};
	unsigned side[6] = {0}, hidden;
	struct exch_rng r;
	double alpha;

	exch_rng_seed(&r, 7);
	memset(&m, 0, sizeof(m));
	for (unsigned i = 0; i < 2000000; i++) {
		unsigned k = (unsigned)exch_rng_below(&r, 6);

		if (left[k] == 0) {
			left[k] = (uint64_t)exch_rng_pareto(&r, 2.5);
			side[k] = (unsigned)exch_rng_below(&r, 2);
		}
		left[k]--;
		exch_fit_mike_sign(&m, side[k]);
	}
	for (unsigned i = 0; i < EXCH_FIT_LAGS; i++)
		tap_near(exch_fit_mike_memory(&m, i),
		    exch_fit_mike_law(2.5, 6, 1u << i), 0.004,
		    "as the law has it");
	exch_fit_mike_signs(&m, &alpha, &hidden);
	tap_is_u64(hidden, 6, "as many hidden orders");
	tap_near(alpha, 2.5, 0.05, "and their tail");
	memset(&m, 0, sizeof(m));
	exch_fit_mike_sign(&m, 0);
	tap_near(exch_fit_mike_memory(&m, 0), 0, 0, "one order has no memory");
	exch_fit_mike_sign(&m, 1);
	exch_fit_mike_sign(&m, 0);
	tap_near(exch_fit_mike_memory(&m, 0), -1, 0, "one after the other");
	tap_near(exch_fit_mike_memory(&m, 1), 1, 0, "and the one after that");
}

static void
places(void)
{
	static const double nus[] = {0.8, 1.3, 4}, scales[] = {0.4, 5, 30};
	static struct exch_fit_mike m;
	double nu, scale, reach;
	struct exch_rng r;

	exch_rng_seed(&r, 8);
	for (unsigned k = 0; k < 9; k++) {
		double want = nus[k / 3], wide = scales[k % 3];

		memset(&m, 0, sizeof(m));
		for (unsigned i = 0; i < 200000; i++)
			exch_fit_mike_placed(
			    &m, llround(wide * exch_rng_student(&r, want)));
		exch_fit_mike_places(&m, &nu, &scale, &reach);
		printf("# %g of %g, %g of %g\n", nu, want, scale, wide);
		/* a standard error is some 0.3 % of either; a narrow law in
		 * whole ticks says less */
		tap_near(nu / want, 1, 0.03, "degrees of freedom");
		tap_near(scale / wide, 1, 0.03, "and the scale");
		tap_ok(m.placed[(unsigned)reach] > 0 &&
			   reach <= EXCH_FIT_PLACED_MOST,
		    "up to the farthest");
	}
	memset(&m, 0, sizeof(m));
	exch_fit_mike_placed(&m, EXCH_FIT_PLACED_MOST + 1);
	exch_fit_mike_placed(&m, INT64_MIN);
	exch_fit_mike_places(&m, &nu, &scale, &reach);
	tap_ok(
	    nu >= 0.5 && nu <= 100 && scale >= 0.1 && scale <= 10 && reach == 1,
	    "of nothing something that the model takes");
}

/*
 * Two states as often, a quarter of the orders on a side and three quarters;
 * orders that are far away go for sure: e1 = 1, e2 = 0.625, e3 = 0.4375 each.
 */
static void
cancels(void)
{
	struct exch_fit_mike m = {.cancels = 0};
	double a, b;

	for (unsigned i = 0; i < 100; i++) {
		exch_fit_mike_exposed(&m, 0.25, 1000);
		exch_fit_mike_exposed(&m, 0.75, 1000);
	}
	exch_fit_mike_cancels(&m, &a, &b);
	tap_ok(a == 0 && b == 0, "no cancel");
	/* 0.8 (0.625 + 0.3), 0.8 (0.4375 + 0.3 x 0.625) */
	m.cancels = 74;
	m.shares = 50;
	exch_fit_mike_cancels(&m, &a, &b);
	tap_near(a, 0.8, 1e-9, "A");
	tap_near(b, 0.3, 1e-9, "B");
	m.shares = 0.4375 / 0.625 * 74 + 5; /* steeper than B = 0 */
	exch_fit_mike_cancels(&m, &a, &b);
	tap_near(a, 74 / 62.5, 1e-9, "B is not below 0");
	tap_near(b, 0, 0, "but 0");
	m.shares = 0.5 * 74; /* not at all steep */
	exch_fit_mike_cancels(&m, &a, &b);
	tap_near(b, 10, 0, "nor above 10");
	tap_near(a, 74 / 1062.5, 1e-9, "and A is what that makes it");
	memset(&m, 0, sizeof(m));
	exch_fit_mike_exposed(&m, 0.5, 0.6931471805599453);
	tap_near(
	    m.exposed[0], 0.25, 1e-12, "near the other best half as likely");
	m.cancels = 1;
	m.shares = 0.5;
	exch_fit_mike_cancels(&m, &a, &b);
	tap_near(a * (0.5 + b), 4, 1e-9, "one share alone: their product");
}

int
main(void)
{
	law_by_hand();
	signs();
	places();
	cancels();
	return tap_done();
}
