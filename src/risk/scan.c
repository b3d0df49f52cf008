/* Portfolio margin by scenarios (scan.h). */
#include <config.h>

#include <math.h>

#include "risk/scan.h"

/* Profit of one unit when the spot becomes that and the volatility so. */
static int
revalue(const struct exch_leg *leg, double spot, double vol, double *out)
{
	struct exch_option o = leg->terms;
	struct exch_greeks before, after;
	int err;

	if (!leg->option) {
		*out = (spot - o.spot) * leg->size;
		return isfinite(*out) ? EXCH_OK : EXCH_ERR_RANGE;
	}
	err = exch_bsm(&o, &before);
	/* A price that has fallen to nothing: the option's limit there. */
	o.spot = spot > 0 ? spot : o.strike * 1e-12;
	o.vol = vol > 0 ? vol : 0;
	if (err == 0)
		err = exch_bsm(&o, &after);
	if (err == 0)
		*out = (after.price - before.price) * leg->size;
	return err;
}

int
exch_leg_profit(
    const struct exch_leg *leg, double price_move, double vol_move, double *out)
{
	int err = revalue(leg, leg->terms.spot * (1.0 + price_move),
	    leg->terms.vol * (1.0 + vol_move), out);

	if (err == 0)
		*out *= leg->qty;
	return err;
}

int
exch_points_margin(const struct exch_points *p, const struct exch_leg *leg,
    size_t n, struct exch_points_margin *out)
{
	const int half = EXCH_POINTS / 2;
	double options = 0;

	for (size_t i = 0; i < n; i++)
		if (leg[i].option)
			options += fabs(leg[i].qty) * leg[i].size;
	out->worst = 0;
	for (int i = 0; i < EXCH_POINTS; i++) {
		double step = i < half ? -p->down * (half - i) / half
				       : p->up * (i - half + 1) / half;

		out->move[i] = step;
		out->profit[i] = 0;
		for (size_t j = 0; j < n; j++) {
			double profit;
			int err = exch_leg_profit(&leg[j], step, 0, &profit);

			if (err != 0)
				return err;
			out->profit[i] += profit;
		}
		/* No number is less than another, nor more than no loss. */
		if (!isfinite(out->profit[i]))
			return EXCH_ERR_RANGE;
		if (out->profit[i] < out->profit[out->worst])
			out->worst = (unsigned)i;
	}
	out->loss = fmax(-out->profit[out->worst], 0.0);
	out->least = p->least_option * options;
	out->requirement = fmax(out->loss, out->least);
	return EXCH_OK;
}

/* ---- sixteen scenarios ---- */

int
exch_span_array(const struct exch_span *s, const struct exch_leg *one,
    struct exch_span_array *out)
{
	static const int thirds[] = {0, 1, -1, 2, -2, 3, -3};

	for (int i = 0; i < EXCH_SCENARIOS; i++) {
		bool beyond = i >= EXCH_SCENARIOS - 2;
		double ranges = !beyond	     ? thirds[i / 2] / 3.0
				: i % 2 == 0 ? s->extreme
					     : -s->extreme;
		double vol = one->terms.vol + (beyond	       ? 0.0
						  : i % 2 == 0 ? s->vol_range
							       : -s->vol_range);
		double profit;
		int err = revalue(one,
		    one->terms.spot + ranges * s->price_range, vol, &profit);

		if (err != 0)
			return err;
		out->loss[i] = -profit * (beyond ? s->cover : 1.0);
	}
	return EXCH_OK;
}

/*
 * The mean of the scenario and the one with the other volatility, less what
 * happens when the price does not move; extreme moves have no other.
 */
static double
price_risk(const double total[EXCH_SCENARIOS], unsigned worst)
{
	unsigned pair = worst < EXCH_SCENARIOS - 2 ? worst ^ 1 : worst;

	return fmax(
	    (total[worst] + total[pair]) / 2 - (total[0] + total[1]) / 2, 0.0);
}

void
exch_span_margin(const struct exch_span_array *array, const double *qty,
    size_t n, const struct exch_span_charges *c, struct exch_span_margin *out)
{
	unsigned worst = 0;

	for (unsigned i = 0; i < EXCH_SCENARIOS; i++) {
		out->total[i] = 0;
		for (size_t j = 0; j < n; j++)
			out->total[i] += qty[j] * array[j].loss[i];
		if (out->total[i] > out->total[worst])
			worst = i;
	}
	out->active = worst + 1;
	out->scan = fmax(out->total[worst], 0.0);
	out->price_risk = price_risk(out->total, worst);
	out->requirement = fmax(
	    out->scan + c->inter_month - c->inter_commodity, c->short_option);
}
