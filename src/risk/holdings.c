/* What is held and what it is worth (holdings.h). */
#include <config.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/time.h"
#include "risk/holdings.h"

#define NANO 1e-9
#define YEAR_DAYS 365.0

void
exch_holdings_clear(struct exch_holdings *h)
{
	exch_free(h->thing);
	exch_free(h->holder);
	exch_free(h->holding);
	*h = (struct exch_holdings){0};
}

/* ---- what tables say ---- */

static double
days_between(uint32_t from, uint32_t to)
{
	exch_ts a = exch_date_ts(from), b = exch_date_ts(to);
	double day = 86400.0 * (double)EXCH_SEC;

	return b >= a ? (double)(b - a) / day : -(double)(a - b) / day;
}

static uint32_t
place_of(const struct exch_holdings *h, uint32_t id)
{
	uint32_t low = 0, high = h->nthings;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (h->thing[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < h->nthings && h->thing[low].id == id ? low : UINT32_MAX;
}

/* The row of its own, else that of its underlying. */
static const struct exch_vol_row *
vol_row(const struct exch_holdings *h, const struct exch_thing *x,
    const struct exch_reftable *vols)
{
	const struct exch_vol_row *own, *root;

	if (vols == NULL)
		return NULL;
	own = exch_vol_at(vols, h->date, x->symbol);
	root = exch_vol_at(vols, h->date, h->thing[x->root].symbol);
	return own != NULL && own->symbol[0] != '\0' ? own : root;
}

static int
model_option(struct exch_holdings *h, struct exch_thing *x,
    const struct exch_vol_row *v, const struct exch_model_tables *t,
    struct exch_diag *d)
{
	const struct exch_thing *root = &h->thing[x->root];
	double days = days_between(h->date, x->expiry);
	int err = 0;

	x->terms = (struct exch_option){.spot = (double)root->mark * NANO,
	    .strike = (double)x->strike * NANO,
	    .yield = v != NULL ? (double)v->yield * NANO : 0,
	    .vol = NAN,
	    .years = days / YEAR_DAYS,
	    .call = !x->put};
	if (t->rates != NULL)
		err = exch_rate_at(
		    t->rates, h->date, days > 0 ? days : 0, &x->terms.rate, d);
	if (err != 0)
		return err;
	x->terms.vol = 0;
	if (x->mark != EXCH_PX_NONE &&
	    exch_bsm_vol(&x->terms, (double)x->mark * NANO, &x->implied) != 0)
		x->implied = NAN;
	x->terms.vol = v != NULL && v->vol >= 0 ? (double)v->vol * NANO
		       : days <= 0		? 0
						: x->implied;
	return EXCH_OK;
}

int
exch_holdings_model(struct exch_holdings *h, const struct exch_model_tables *t,
    struct exch_diag *d)
{
	for (uint32_t i = 0; i < h->nthings; i++) {
		struct exch_thing *x = &h->thing[i];
		const struct exch_vol_row *v;
		uint32_t root = x->kind == EXCH_KIND_OPTION
				    ? place_of(h, x->underlying)
				    : UINT32_MAX;
		int err;

		x->root = root != UINT32_MAX ? root : i;
		x->implied = NAN;
		x->ended = x->kind == EXCH_KIND_OPTION && x->expiry != 0 &&
			   x->expiry < h->date;
		x->follows = !x->ended && root != UINT32_MAX &&
			     h->thing[root].mark != EXCH_PX_NONE &&
			     h->thing[root].mark > 0 && x->strike > 0 &&
			     x->strike != EXCH_PX_NONE && x->expiry != 0;
		v = vol_row(h, x, t->vols);
		x->class = v != NULL ? (enum exch_tims_class)v->class
				     : EXCH_TIMS_STOCK;
		x->scan = v != NULL ? v->scan : EXCH_PX_NONE;
		x->vol_scan = v != NULL ? (double)v->vol_scan * NANO : 0;
		x->short_option =
		    v != NULL ? (double)v->short_option * NANO : 0;
		err = x->follows ? model_option(h, x, v, t, d) : EXCH_OK;
		if (err != 0)
			return err;
	}
	return EXCH_OK;
}

/* ---- what it is worth ---- */

const struct exch_thing *
exch_holdings_thing(const struct exch_holdings *h, uint32_t id)
{
	uint32_t at = place_of(h, id);

	return at != UINT32_MAX ? &h->thing[at] : NULL;
}

int
exch_held_value(
    const struct exch_holdings *h, const struct exch_held *x, exch_cash *out)
{
	const struct exch_thing *t = &h->thing[x->place];
	exch_qty n = x->qty < 0 ? 0 - (exch_qty)x->qty : (exch_qty)x->qty;
	exch_i128 cash;

	*out = 0;
	if (x->qty == 0)
		return EXCH_OK;
	if (t->mark == EXCH_PX_NONE)
		return EXCH_ERR_ABSENT;
	if (exch_money_cash(&t->money, t->mark, n, &cash) != 0 ||
	    cash > INT64_MAX || cash < -(exch_i128)INT64_MAX)
		return EXCH_ERR_RANGE;
	*out = (exch_cash)(x->qty < 0 ? -cash : cash);
	return EXCH_OK;
}

int
exch_held_leg(const struct exch_holdings *h, const struct exch_held *x,
    struct exch_leg *leg)
{
	const struct exch_thing *t = &h->thing[x->place];

	*leg = (struct exch_leg){.qty = (double)x->qty,
	    .size = t->unit,
	    .option = t->follows,
	    .terms = t->terms};
	if (t->ended) {
		leg->qty = 0;
		leg->terms.spot = (double)t->strike * NANO;
		return EXCH_OK;
	}
	if (t->follows)
		return isnan(t->terms.vol) ? EXCH_ERR_ABSENT : EXCH_OK;
	leg->terms.spot = (double)t->mark * NANO;
	return t->mark == EXCH_PX_NONE || t->kind == EXCH_KIND_OPTION
		   ? EXCH_ERR_ABSENT
		   : EXCH_OK;
}

bool
exch_held_known(const struct exch_holdings *h, const struct exch_held *x)
{
	struct exch_leg leg;
	double profit;

	return x->qty == 0 || (exch_held_leg(h, x, &leg) == 0 &&
				  exch_leg_profit(&leg, 0, 0, &profit) == 0);
}

int
exch_held_delta(
    const struct exch_holdings *h, const struct exch_held *x, double *out)
{
	struct exch_leg leg;
	struct exch_greeks g = {.delta = 1};
	int err = x->qty == 0 ? EXCH_OK : exch_held_leg(h, x, &leg);

	*out = 0;
	if (err != 0 || x->qty == 0)
		return err;
	if (leg.option)
		err = exch_bsm(&leg.terms, &g);
	*out = leg.qty * leg.size * g.delta * leg.terms.spot;
	return err;
}
