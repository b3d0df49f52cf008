/*
 * risk/bsm: options of Hull's book and others computed in double precision,
 * parity, the Greeks against differences of prices, limits, and back from the
 * price to the volatility.
 */
#include <config.h>

#include <math.h>

#include "base/real.h"
#include "risk/bsm.h"
#include "tap.h"

static const struct row {
	double s, k, r, q, vol, t;
	double call, put, delta, gamma, vega, theta, rho;
} table[] = {
    {42, 40, .10, 0, .20, .5, 4.759422, 0.808599, 0.779131, 0.049963, 8.813415,
	-4.559092, 13.982046},
    {49, 50, .05, 0, .20, .3846, 2.400461, 2.448147, 0.521602, 0.065545,
	12.105243, -4.305390, 8.906574},
    {930, 900, .08, .03, .20, 1.0 / 6, 51.832957, 14.550997, 0.703418, 0.004507,
	129.948453, -106.531373, 100.390965},
    {100, 100, .05, .02, .25, 1, 11.123762, 8.226837, 0.584955, 0.015179,
	37.948089, -5.942188, 47.371729},
    {100, 100, .05, 0, .20, 1, 10.450584, 5.573526, 0.636831, 0.018762,
	37.524035, -6.414028, 53.232482},
};

static struct exch_option
option(const struct row *w, bool call)
{
	return (struct exch_option){w->s, w->k, w->r, w->q, w->vol, w->t, call};
}

static double
price(struct exch_option o)
{
	struct exch_greeks g = {.price = NAN};

	(void)exch_bsm(&o, &g);
	return g.price;
}

/* The Greeks are derivatives: central differences say the same. */
static void
differences(const struct exch_option *o, const struct exch_greeks *g)
{
	struct exch_option a = *o, b = *o;
	double h = o->spot * 1e-4;

	a.spot -= h;
	b.spot += h;
	tap_near((price(b) - price(a)) / (2 * h), g->delta, 1e-6, "delta");
	tap_near((price(b) - 2 * price(*o) + price(a)) / (h * h), g->gamma,
	    1e-5, "gamma");
	a = b = *o;
	a.vol -= 1e-4;
	b.vol += 1e-4;
	tap_near((price(b) - price(a)) / 2e-4, g->vega, 1e-4, "vega");
	a = b = *o;
	a.years += 1e-4;
	b.years -= 1e-4;
	tap_near((price(b) - price(a)) / 2e-4, g->theta, 1e-3, "theta");
	a = b = *o;
	a.rate -= 1e-5;
	b.rate += 1e-5;
	tap_near((price(b) - price(a)) / 2e-5, g->rho, 1e-4, "rho");
}

static void
known(const struct row *w)
{
	struct exch_option c = option(w, true), p = option(w, false);
	struct exch_greeks gc, gp;
	double vol = 0;

	tap_ok(exch_bsm(&c, &gc) == 0 && exch_bsm(&p, &gp) == 0, "is priced");
	tap_near(gc.price, w->call, 1e-6, "call");
	tap_near(gp.price, w->put, 1e-6, "put");
	tap_near(gc.delta, w->delta, 1e-6, "delta of the call");
	tap_near(gc.gamma, w->gamma, 1e-6, "its gamma");
	tap_near(gc.vega, w->vega, 1e-6, "its vega");
	tap_near(gc.theta, w->theta, 1e-6, "its theta");
	tap_near(gc.rho, w->rho, 1e-6, "its rho");
	tap_near(gc.price - gp.price,
	    w->s * exch_real_exp(-w->q * w->t) -
		w->k * exch_real_exp(-w->r * w->t),
	    1e-12 * w->s, "call and put differ by the forward");
	differences(&c, &gc);
	differences(&p, &gp);
	tap_ok(exch_bsm_vol(&c, gc.price, &vol) == 0, "a volatility");
	tap_near(vol, w->vol, 1e-10, "is that of the call");
	vol = 0;
	tap_ok(exch_bsm_vol(&p, gp.price, &vol) == 0, "a volatility");
	tap_near(vol, w->vol, 1e-10, "is that of the put");
}

static void
limits(void)
{
	struct exch_option o = {110, 100, .05, 0, .2, 0, true};
	struct exch_greeks g;

	(void)exch_bsm(&o, &g);
	tap_near(g.price, 10, 0, "expired in the money");
	tap_ok(g.delta == 1 && g.gamma == 0 && g.vega == 0 && g.theta == 0,
	    "moves with the stock alone");
	o.years = -3;
	(void)exch_bsm(&o, &g);
	tap_near(g.price, 10, 0, "long expired");
	o.call = false;
	(void)exch_bsm(&o, &g);
	tap_near(g.price, 0, 0, "out of the money");
	o.years = 1;
	o.vol = 0;
	o.call = true;
	(void)exch_bsm(&o, &g);
	tap_near(g.price, 110 - 100 * exch_real_exp(-.05), 1e-12,
	    "without volatility it is its forward");
	o.vol = 1e-9;
	tap_near(price(o), 110 - 100 * exch_real_exp(-.05), 1e-9,
	    "and nearly so with hardly any");
	o.spot = 1e-300;
	o.vol = .2;
	tap_near(price(o), 0, 0, "a stock worth nothing");
	o.spot = 1e300;
	tap_ok(exch_bsm(&o, &g) == 0 && g.delta == 1, "one worth all");
	o.vol = 50;
	o.spot = 100;
	tap_near(price(o), 100, 1e-9, "any volatility: worth the stock");
}

static void
refused(struct exch_option o, const char *what)
{
	struct exch_greeks g;
	double vol;

	tap_is_i64(exch_bsm(&o, &g), EXCH_ERR_RANGE, what);
	if (isfinite(o.vol) && o.vol >= 0)
		tap_is_i64(exch_bsm_vol(&o, 1, &vol), EXCH_ERR_RANGE, what);
}

static void
refusals(void)
{
	struct exch_option good = {100, 100, .05, 0, .2, 1, true}, o;
	double vol;

	o = good, o.spot = 0;
	refused(o, "no spot");
	o = good, o.spot = -1;
	refused(o, "a spot below 0");
	o = good, o.strike = 0;
	refused(o, "no strike");
	o = good, o.vol = -0.1;
	refused(o, "a volatility below 0");
	o = good, o.rate = NAN;
	refused(o, "a rate that is none");
	o = good, o.years = HUGE_VAL;
	refused(o, "for ever");
	tap_is_i64(exch_bsm_vol(&good, 101, &vol), EXCH_ERR_RANGE,
	    "a call above the stock has no volatility");
	tap_is_i64(exch_bsm_vol(&good, 4, &vol), EXCH_ERR_RANGE,
	    "nor one below its forward");
	tap_is_i64(exch_bsm_vol(&good, NAN, &vol), EXCH_ERR_RANGE,
	    "nor a price that is none");
	o = good, o.years = 0;
	tap_is_i64(
	    exch_bsm_vol(&o, 1, &vol), EXCH_ERR_RANGE, "nor an expired one");
}

/* Volatilities of options far from the money and near to expiry. */
static void
back(void)
{
	unsigned bad = 0, n = 0;

	for (int i = 0; i < 30; i++)
		for (int j = 1; j < 30; j++) {
			struct exch_option o = {100, 40 + 4.0 * i, .03, .01,
			    j * .05, .02 + .1 * (i % 7), i % 2 != 0};
			struct exch_greeks g;
			double vol = -1;

			(void)exch_bsm(&o, &g);
			if (g.vega < 1e-5)
				continue;
			n++;
			if (exch_bsm_vol(&o, g.price, &vol) != 0 ||
			    fabs(vol - o.vol) > 1e-8)
				bad++;
		}
	tap_ok(n > 400, "many options whose price depends on it");
	tap_is_u64(bad, 0, "each has its volatility back");
}

int
main(void)
{
	for (size_t i = 0; i < EXCH_ARRAY_LEN(table); i++)
		known(&table[i]);
	limits();
	refusals();
	back();
	return tap_done();
}
