/* An account as a whole (whole.h). */
#include <config.h>

#include "risk/whole.h"

#define MILLION 1000000

/* Sums stay where products with a million still fit. */
static exch_i128
clamp(exch_i128 v)
{
	return v > EXCH_RISK_TOO_MUCH	 ? EXCH_RISK_TOO_MUCH
	       : v < -EXCH_RISK_TOO_MUCH ? -EXCH_RISK_TOO_MUCH
					 : v;
}

exch_px
exch_risk_mark(const struct exch_risk_instr *in)
{
	return in->last != EXCH_PX_NONE	       ? in->last
	       : in->reference != EXCH_PX_NONE ? in->reference
					       : in->first;
}

exch_i128
exch_risk_worth(const struct exch_risk_instr *in, exch_px mark, exch_i128 qty)
{
	bool below = qty < 0;
	exch_i128 v;

	qty = below ? -qty : qty;
	v = exch_risk_value(
	    in, mark, qty > INT64_MAX ? INT64_MAX : (exch_qty)qty);
	return below ? -v : v;
}

/* What is asked for a position of that worth; prices may be below 0. */
static exch_i128
require(exch_i128 value, uint32_t rate)
{
	if (rate == EXCH_COLLAR_NONE)
		return 0;
	return ((value < 0 ? -value : value) * rate + MILLION - 1) / MILLION;
}

/* One holding, `e` NULL: without an entry. */
static void
add(const struct exch_risk_gate *g, const struct exch_holding *p,
    const struct exch_entry *e, uint32_t sector, struct exch_whole *w)
{
	const struct exch_risk_instr *in = exch_keyed_at(&g->instr, p->instr);
	exch_px mark = exch_risk_mark(in);
	exch_i128 side[2] = {p->open[0], p->open[1]};
	exch_i128 value[2], most, need;

	if (mark == EXCH_PX_NONE && e != NULL)
		mark = e->worst;
	if (e != NULL)
		side[e->side != EXCH_BUY] +=
		    (exch_i128)e->qty - (e->old != NULL ? e->old->counted : 0);
	side[0] += p->position;
	side[1] -= p->position;
	for (unsigned i = 0; i < 2; i++) {
		value[i] = exch_risk_worth(in, mark, side[i] > 0 ? side[i] : 0);
		value[i] = value[i] < 0 ? -value[i] : value[i];
	}
	most = value[0] > value[1] ? value[0] : value[1];
	need = require(value[0], p->limit.margin_long);
	value[1] = require(value[1], p->limit.margin_short);
	w->equity = clamp(w->equity + exch_risk_worth(in, mark, p->position));
	w->margin = clamp(w->margin + (need > value[1] ? need : value[1]));
	w->gross = clamp(w->gross + most);
	if (e != NULL)
		w->mine = most;
	if (sector != 0 && in->sector == sector)
		w->sector = clamp(w->sector + most);
}

void
exch_risk_whole(const struct exch_risk_gate *g,
    const struct exch_risk_account *a, const struct exch_holding *h,
    const struct exch_entry *e, struct exch_whole *w)
{
	const struct exch_risk_instr *in = exch_keyed_at(&g->instr, h->instr);
	const struct exch_holding *p;

	*w = (struct exch_whole){.equity = clamp(a->cash)};
	for (uint32_t i = a->holdings; i != 0; i = p->next) {
		p = exch_keyed_at(&g->holding, i);
		add(g, p, p == h ? e : NULL, in->sector, w);
	}
}

int64_t
exch_risk_share(const struct exch_whole *w, exch_i128 part)
{
	exch_i128 all = w->equity > w->gross ? w->equity : w->gross;

	return all <= 0 ? 0 : (int64_t)((part * MILLION + all - 1) / all);
}
