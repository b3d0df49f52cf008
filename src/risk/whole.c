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

/* So many shares, by the dated rules: a part, or so much for each. */
static exch_i128
by_rule(const struct exch_margin_rates *r, enum exch_margin_by how,
    const struct exch_risk_instr *in, exch_px mark, exch_i128 qty, bool shorts)
{
	exch_i128 value = exch_risk_worth(in, mark, qty), need, least = 0;
	bool cheap = mark < r->cheap;
	uint32_t rate;

	if (how == EXCH_MARGIN_BY_INITIAL)
		rate = shorts ? r->initial_short : r->initial_long;
	else if (!shorts)
		rate = r->long_rate;
	else
		rate = cheap ? r->short_cheap : r->short_rate;
	need = require(value, rate);
	if (shorts && how == EXCH_MARGIN_BY_KEEP)
		least = exch_risk_worth(
		    in, cheap ? r->short_least_cheap : r->short_least, qty);
	return need > least ? need : least;
}

/* What a side of a holding needs, of which there are so many. */
static exch_i128
need_of(const struct exch_risk_gate *g, const struct exch_risk_holding *p,
    exch_px mark, exch_i128 qty, bool shorts)
{
	const struct exch_risk_instr *in = exch_keyed_at(&g->instr, p->instr);
	uint32_t rate = shorts ? p->limit.margin_short : p->limit.margin_long;

	if (qty <= 0 || mark == EXCH_PX_NONE)
		return 0;
	if (rate == EXCH_COLLAR_NONE &&
	    p->limit.margin_rule > EXCH_MARGIN_BY_NUMBERS)
		return by_rule(
		    g->o.rates, p->limit.margin_rule, in, mark, qty, shorts);
	return require(exch_risk_worth(in, mark, qty), rate);
}

void
exch_risk_part(const struct exch_risk_gate *g,
    const struct exch_risk_holding *h, exch_px mark, const struct exch_entry *e,
    struct exch_risk_part *out)
{
	const struct exch_risk_instr *in = exch_keyed_at(&g->instr, h->instr);
	exch_i128 side[2] = {h->open[0], h->open[1]};
	exch_i128 value[2], need[2];

	if (mark == EXCH_PX_NONE && e != NULL)
		mark = e->worst;
	if (e != NULL)
		side[e->side != EXCH_BUY] +=
		    (exch_i128)e->qty - (e->old != NULL ? e->old->counted : 0);
	side[0] += h->position;
	side[1] -= h->position;
	for (unsigned i = 0; i < 2; i++) {
		value[i] = exch_risk_worth(in, mark, side[i] > 0 ? side[i] : 0);
		value[i] = value[i] < 0 ? -value[i] : value[i];
	}
	need[0] = need_of(g, h, mark, side[0], false);
	need[1] = need_of(g, h, mark, side[1], true);
	out->equity = exch_risk_worth(in, mark, h->position);
	out->margin = need[0] > need[1] ? need[0] : need[1];
	out->gross = value[0] > value[1] ? value[0] : value[1];
}

void
exch_risk_whole(const struct exch_risk_gate *g,
    const struct exch_risk_account *a, const struct exch_risk_holding *h,
    const struct exch_entry *e, struct exch_whole *w)
{
	const struct exch_risk_instr *in = exch_keyed_at(&g->instr, h->instr);
	const struct exch_risk_holding *p;
	uint32_t sector = in->sector;

	*w = (struct exch_whole){.equity = clamp(a->cash)};
	for (uint32_t i = a->holdings; i != 0; i = p->next) {
		struct exch_risk_part x;

		p = exch_keyed_at(&g->holding, i);
		in = exch_keyed_at(&g->instr, p->instr);
		exch_risk_part(g, p, exch_risk_mark(in), p == h ? e : NULL, &x);
		w->equity = clamp(w->equity + x.equity);
		w->margin = clamp(w->margin + x.margin);
		w->gross = clamp(w->gross + x.gross);
		if (p == h)
			w->mine = x.gross;
		if (sector != 0 && in->sector == sector)
			w->sector = clamp(w->sector + x.gross);
	}
	w->all = w->equity > w->gross ? w->equity : w->gross;
}

int64_t
exch_risk_share(const struct exch_whole *w, exch_i128 part)
{
	return w->all <= 0 ? 0
			   : (int64_t)((part * MILLION + w->all - 1) / w->all);
}
