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

/* What is asked for a position of that worth; rounded up. */
static exch_i128
require(exch_i128 value, uint32_t rate)
{
	uint64_t v = (uint64_t)value;

	if (rate == EXCH_COLLAR_NONE)
		return 0;
	if ((exch_i128)v != value)
		return (value * rate + MILLION - 1) / MILLION;
	/* The same without a division of 128 bits. */
	return (exch_i128)(v / MILLION) * rate +
	       (v % MILLION * rate + MILLION - 1) / MILLION;
}

/* One side of a holding, at a mark. */
struct side {
	exch_px mark;
	exch_i128 qty, value; /* both above 0 */
	bool shorts;
};

/* By the dated rules: a part of what it is worth, or so much for each. */
static exch_i128
by_rule(const struct exch_margin_rates *r, enum exch_margin_by how,
    const struct exch_risk_instr *in, const struct side *s)
{
	bool cheap = s->mark < r->cheap;
	exch_i128 need, least;
	uint32_t rate;

	if (how == EXCH_MARGIN_BY_INITIAL)
		rate = s->shorts ? r->initial_short : r->initial_long;
	else if (!s->shorts)
		rate = r->long_rate;
	else
		rate = cheap ? r->short_cheap : r->short_rate;
	need = require(s->value, rate);
	if (!s->shorts || how != EXCH_MARGIN_BY_KEEP)
		return need;
	least = exch_risk_worth(
	    in, cheap ? r->short_least_cheap : r->short_least, s->qty);
	return need > least ? need : least;
}

/* What a side of a holding needs. */
static exch_i128
need_of(const struct exch_risk_gate *g, const struct exch_risk_stake *k,
    const struct exch_risk_instr *in, const struct side *s)
{
	uint32_t rate = k->rate[s->shorts];

	return rate == EXCH_COLLAR_NONE && k->rule > EXCH_MARGIN_BY_NUMBERS
		   ? by_rule(g->o.rates, k->rule, in, s)
		   : require(s->value, rate);
}

void
exch_risk_stake(const struct exch_risk_holding *h, struct exch_risk_stake *out)
{
	*out = (struct exch_risk_stake){
	    .most = {(exch_i128)h->open[0] + h->position,
		(exch_i128)h->open[1] - h->position},
	    .position = h->position,
	    .rate = {h->limit.margin_long, h->limit.margin_short},
	    .rule = h->limit.margin_rule};
}

static exch_i128
size_of(exch_i128 v)
{
	return v < 0 ? -v : v;
}

void
exch_risk_part_of(const struct exch_risk_gate *g,
    const struct exch_risk_instr *in, exch_px mark,
    const struct exch_risk_stake *k, struct exch_risk_part *out)
{
	exch_i128 had = size_of(k->position);

	*out = (struct exch_risk_part){
	    .equity = exch_risk_worth(in, mark, k->position)};
	for (unsigned i = 0; i < 2; i++) {
		struct side s = {mark, k->most[i], 0, i == 1};
		exch_i128 need;

		if (s.qty <= 0 || mark == EXCH_PX_NONE)
			continue;
		/* Nothing is open: it is valued already. */
		s.value =
		    size_of(s.qty == had ? out->equity
					 : exch_risk_worth(in, mark, s.qty));
		need = need_of(g, k, in, &s);
		if (s.value > out->gross)
			out->gross = s.value;
		if (need > out->margin)
			out->margin = need;
	}
}

void
exch_risk_part(const struct exch_risk_gate *g,
    const struct exch_risk_holding *h, exch_px mark, const struct exch_entry *e,
    struct exch_risk_part *out)
{
	const struct exch_risk_instr *in = exch_keyed_at(&g->instr, h->instr);
	struct exch_risk_stake k;

	exch_risk_stake(h, &k);
	if (mark == EXCH_PX_NONE && e != NULL)
		mark = e->worst;
	if (e != NULL)
		k.most[e->side != EXCH_BUY] +=
		    (exch_i128)e->qty - (e->old != NULL ? e->old->counted : 0);
	exch_risk_part_of(g, in, mark, &k, out);
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
