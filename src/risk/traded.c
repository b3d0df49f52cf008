/*
 * The old rule of day traders at the gate, FINRA Rule 4210(f)(8)(B) as it was:
 * who makes so many day trades in five business days, and more than a part of
 * all trades, needs an equity, and buys at most a multiple of what margin left
 * over when the day began (exch-riskmodels(7)).
 */
#include <config.h>

#include "risk/whole.h"

/* In force for the account on the day; NULL: no. */
static const struct exch_day_trader *
rule_of(const struct exch_risk_gate *g, const struct exch_risk_account *a)
{
	const struct exch_day_trading *t = g->o.trading;
	const struct exch_day_trader *r;

	if (t == NULL || a->limit.day_trader <= EXCH_DAY_TRADER_OFF)
		return NULL;
	r = a->limit.day_trader == EXCH_DAY_TRADER_PHASED ? &t->phased
							  : &t->rule;
	return r->trades > 0 ? r : NULL;
}

void
exch_risk_trader(struct exch_risk_gate *g, struct exch_risk_account *a)
{
	const struct exch_day_trading *t = g->o.trading;

	a->counts = rule_of(g, a) != NULL;
	if (a->counts && t->earlier != NULL)
		exch_day_trades_add(t->earlier, (uint32_t)a->key.id, t->since,
		    t->date, &a->day_trades, &a->trades);
}

static uint32_t
day_trades(const struct exch_risk_holding *h)
{
	return h->trades[0] < h->trades[1] ? h->trades[0] : h->trades[1];
}

void
exch_risk_count_trade(struct exch_risk_account *a, struct exch_risk_holding *h,
    bool sell, bool back)
{
	uint32_t was = day_trades(h);

	if (h->trades[sell] == (back ? 0 : UINT32_MAX))
		return;
	h->trades[sell] += back ? UINT32_MAX : 1;
	a->trades += back ? UINT64_MAX : 1;
	a->day_trades += day_trades(h);
	a->day_trades -= was;
}

/*
 * Nothing was held before the first record, so that nothing of the opening
 * equity was kept for it: all of it is the excess that power multiplies.
 */
bool
exch_risk_beyond_trader(const struct exch_risk_gate *g,
    const struct exch_risk_account *a, const struct exch_whole *w, bool priced,
    struct exch_judged *v)
{
	const struct exch_day_trader *r = a->counts ? rule_of(g, a) : NULL;
	exch_i128 most = a->opening > 0 ? a->opening : 0;

	if (r == NULL || !exch_is_day_trader(r, a->day_trades, a->trades))
		return false;
	if (w->equity < r->equity &&
	    exch_risk_no(v, EXCH_RULE_DAY_TRADER_EQUITY, r->equity, w->equity))
		return true;
	most = most > EXCH_RISK_TOO_MUCH / UINT32_MAX ? EXCH_RISK_TOO_MUCH
						      : most * r->power;
	return (!priced || w->gross > most) &&
	       exch_risk_no(v, EXCH_RULE_DAY_TRADER_POWER, exch_risk_seen(most),
		   priced ? w->gross : INT64_MAX);
}
