/* European options (bsm.h). */
#include <config.h>

#include <math.h>

#include "base/real.h"
#include "risk/bsm.h"

#define VOL_MAX 100.0

static bool
is_sound(const struct exch_option *o)
{
	return isfinite(o->spot) && o->spot > 0 && isfinite(o->strike) &&
	       o->strike > 0 && isfinite(o->rate) && isfinite(o->yield) &&
	       isfinite(o->vol) && o->vol >= 0 && isfinite(o->years);
}

/*
 * Nothing is left to chance: the payoff of the forward, discounted.  `t` is 0
 * for one that has expired.
 */
static void
certain(const struct exch_option *o, double t, struct exch_greeks *g)
{
	double sign = o->call ? 1.0 : -1.0;
	double dq = exch_real_exp(-o->yield * t);
	double dr = exch_real_exp(-o->rate * t);
	double in = sign * (o->spot * dq - o->strike * dr);
	double share = in > 0 ? 1.0 : in < 0 ? 0.0 : 0.5;

	*g = (struct exch_greeks){
	    .price = in > 0 ? in : 0.0,
	    .delta = sign * share * dq,
	    .theta =
		t > 0 ? sign * share *
			    (o->yield * o->spot * dq - o->rate * o->strike * dr)
		      : 0.0,
	    .rho = sign * share * o->strike * t * dr,
	};
}

static void
uncertain(const struct exch_option *o, struct exch_greeks *g)
{
	double t = o->years, root = sqrt(t), s = o->vol;
	double sign = o->call ? 1.0 : -1.0;
	double dq = exch_real_exp(-o->yield * t);
	double dr = exch_real_exp(-o->rate * t);
	double d1 = (exch_real_log(o->spot / o->strike) +
			(o->rate - o->yield + s * s / 2.0) * t) /
		    (s * root);
	double d2 = d1 - s * root;
	double n1 = exch_normal_cdf(sign * d1), n2 = exch_normal_cdf(sign * d2);
	double bell = exch_normal_density(d1);

	g->price = sign * (o->spot * dq * n1 - o->strike * dr * n2);
	g->delta = sign * dq * n1;
	g->gamma = dq * bell / (o->spot * s * root);
	g->vega = o->spot * dq * bell * root;
	g->theta = -o->spot * bell * s * dq / (2.0 * root) +
		   sign * (o->yield * o->spot * n1 * dq -
			      o->rate * o->strike * dr * n2);
	g->rho = sign * o->strike * t * dr * n2;
	if (g->price < 0) /* far out of the money, by rounding */
		g->price = 0;
}

int
exch_bsm(const struct exch_option *o, struct exch_greeks *g)
{
	if (!is_sound(o))
		return EXCH_ERR_RANGE;
	if (o->years <= 0)
		certain(o, 0.0, g);
	else if (o->vol * sqrt(o->years) < 1e-12)
		certain(o, o->years, g);
	else
		uncertain(o, g);
	return isfinite(g->price) ? EXCH_OK : EXCH_ERR_RANGE;
}

int
exch_bsm_vol(const struct exch_option *o, double price, double *vol)
{
	struct exch_option x = *o;
	struct exch_greeks g;
	double low = 0.0, high = VOL_MAX;
	int err;

	x.vol = high;
	err = exch_bsm(&x, &g);
	if (err != 0)
		return err;
	if (!isfinite(price) || x.years <= 0 || price > g.price)
		return EXCH_ERR_RANGE;
	x.vol = low;
	(void)exch_bsm(&x, &g);
	if (price < g.price)
		return EXCH_ERR_RANGE;
	/*
	 * The price rises with the volatility: Newton's step where it stays
	 * between what is too low and too high, else halves.
	 */
	x.vol = 0.2;
	for (int i = 0; i < 200 && high - low > 1e-13; i++) {
		double step;

		(void)exch_bsm(&x, &g);
		if (g.price < price)
			low = x.vol;
		else
			high = x.vol;
		step = g.vega > 0 ? x.vol - (g.price - price) / g.vega : -1.0;
		if (fabs(step - x.vol) < 1e-14 && step > 0) {
			x.vol = step;
			break;
		}
		x.vol =
		    step > low && step < high ? step : low + (high - low) / 2.0;
	}
	*vol = x.vol;
	return EXCH_OK;
}
