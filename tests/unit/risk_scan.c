/*
 * risk/scan, stress: a protective put at ten points, a published SPAN example,
 * arrays of a future and an option, concentration, liquidity, correlations.
 */
#include <config.h>

#include <math.h>

#include "risk/scan.h"
#include "risk/stress.h"
#include "risk/var.h"
#include "tap.h"

static const struct exch_leg stock = {100, 1, false, {.spot = 100}};
static const struct exch_leg put = {1, 100, true,
    {.spot = 100, .strike = 100, .rate = .05, .vol = .30, .years = .25}};

static void
points(void)
{
	static const double want[EXCH_POINTS] = {-544.04, -481.09, -396.84,
	    -289.12, -156.84, 180.42, 382.60, 604.21, 842.60, 1095.08};
	static const struct exch_points p = {.15, .15, .375};
	static const struct exch_points broad = {.08, .06, .375};
	struct exch_leg legs[2] = {stock, put};
	struct exch_points_margin m;

	tap_is_i64(exch_points_margin(&p, legs, 2, &m), 0, "a margin");
	for (int i = 0; i < EXCH_POINTS; i++) {
		tap_near(m.move[i], i < 5 ? -.15 + .03 * i : .03 * (i - 4),
		    1e-12, "equal steps");
		tap_near(m.profit[i], want[i], 0.005, "profit there");
	}
	tap_near(m.requirement, 544.04, 0.005, "the worst");
	tap_near(m.least, 37.5, 1e-12, "at least that for one option");
	legs[1].qty = -20;
	legs[0].qty = 0;
	legs[1].terms.strike = 1;
	(void)exch_points_margin(&p, legs, 2, &m);
	tap_near(m.requirement, 750, 1e-9, "of options far from the money");
	(void)exch_points_margin(&broad, &stock, 1, &m);
	tap_near(m.loss, 800, 1e-9, "a broad index falls by 8 %");
	tap_near(m.profit[9], 600, 1e-9, "and rises by 6 %");
	tap_near(m.profit[0] - m.profit[1], -160, 1e-9, "in fifths");
	legs[1].terms.vol = -1;
	tap_is_i64(exch_points_margin(&p, legs, 2, &m), EXCH_ERR_RANGE,
	    "an option that is none");
}

/* Losses are given for a long contract; the sum of the two is published. */
static void
published(void)
{
	static const double total[EXCH_SCENARIOS] = {-460, 610, 690, 1600,
	    -2060, -990, 1460, 2130, -4130, -3240, 1940, 2360, -6620, -6010,
	    3870, -5500};
	struct exch_span_array a[2];
	static const double qty[2] = {1, -1};
	struct exch_span_charges c = {0};
	struct exch_span_margin m;

	for (int i = 0; i < EXCH_SCENARIOS; i++) {
		a[0].loss[i] = 3 * i;
		a[1].loss[i] = 3 * i + total[i]; /* profits of the pair */
	}
	exch_span_margin(a, qty, 2, &c, &m);
	tap_near(m.total[12], 6620, 1e-9, "a loss of 6,620");
	tap_is_u64(m.active, 13, "in scenario 13");
	tap_near(m.scan, 6620, 1e-9, "is the scan risk");
	/* (6620 + 6010) / 2 - (460 - 610) / 2 */
	tap_near(m.price_risk, 6390, 1e-9, "what of it is of the price");
	c = (struct exch_span_charges){100, 1000, 0};
	exch_span_margin(a, qty, 2, &c, &m);
	tap_near(m.requirement, 5720, 1e-9, "with its charge and credit");
	c.short_option = 6000;
	exch_span_margin(a, qty, 2, &c, &m);
	tap_near(m.requirement, 6000, 1e-9, "the least for short options");
}

static void
arrays(void)
{
	static const struct exch_span s = {
	    .price_range = 6, .vol_range = .04, .extreme = 3, .cover = .33};
	struct exch_leg future = {1, 1, false, {.spot = 100}};
	struct exch_span_array f, o;
	struct exch_greeks now, then;
	struct exch_option t = put.terms;
	static const double moves[] = {0, 2, -2, 4, -4, 6, -6};

	tap_is_i64(exch_span_array(&s, &future, &f), 0, "a future");
	for (int i = 0; i < 14; i++)
		tap_near(f.loss[i], -moves[i / 2], 1e-12, "a third each");
	tap_near(f.loss[14], -.33 * 18, 1e-12, "far up, covered by a third");
	tap_near(f.loss[15], .33 * 18, 1e-12, "far down");
	tap_is_i64(exch_span_array(&s, &put, &o), 0, "an option");
	tap_ok(o.loss[0] < 0 && o.loss[1] > 0, "volatility up, then down");
	(void)exch_bsm(&t, &now);
	t.spot -= 6;
	t.vol -= .04;
	(void)exch_bsm(&t, &then);
	tap_near(o.loss[13], (now.price - then.price) * 100, 1e-9,
	    "scenario 14 is the range down, and less volatility");
	t.spot = 118;
	t.vol = .30;
	(void)exch_bsm(&t, &then);
	tap_near(o.loss[14], (now.price - then.price) * 33, 1e-9,
	    "far up, with the volatility as it is");
}

static void
stress(void)
{
	static const double w[3] = {5, 3, 2}, none[2] = {0, 0};
	double c[9] = {1, .3, -.5, .3, 1, .2, -.5, .2, 1}, l[9], x = 0;

	tap_is_i64(exch_hhi(w, 3, &x), 0, "a concentration");
	tap_near(x, .38, 1e-12, "of three holdings");
	tap_near(1 / x, 2.63, .005, "like 2.63 equal ones");
	tap_is_i64(exch_hhi(none, 2, &x), EXCH_ERR_ABSENT, "of none");
	tap_near(exch_liquidity_cost(1e6, .002, .0005, 3), 1750, 1e-9,
	    "half a spread as it may be");
	tap_is_i64(exch_liquidation_days(-1e6, .1, 2e6, &x), 0, "a way out");
	tap_near(x, 5, 1e-12, "of five days");
	tap_near(exch_var_days(100, 4), 200, 1e-12, "root of the days");
	tap_near(exch_var_days(100, .5), 100, 1e-12, "at least one");
	tap_is_i64(exch_liquidation_days(1, .1, 0, &x), EXCH_ERR_ABSENT,
	    "where nothing is traded");
	tap_is_i64(exch_corr_stress(c, 3, .5), 0, "nearer to 1");
	tap_near(c[1], .65, 1e-12, "0.3 becomes 0.65");
	tap_near(c[0], 1, 0, "1 stays");
	tap_is_i64(exch_cholesky(c, 3, l, NULL), 0, "positive definite still");
	tap_is_i64(exch_corr_stress(c, 3, 1.5), EXCH_ERR_RANGE, "farther");
}

int
main(void)
{
	points();
	published();
	arrays();
	stress();
	return tap_done();
}
