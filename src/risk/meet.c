/*
 * Orders that would meet one of their own account, or of its group: what may
 * rest of each holding, best first (gate.h).
 *
 * An order counts from when it passed until it is gone, at the limit that its
 * client gave it; without one it would meet any.  A stop or touch order without a
 * limit never rests, and is not asked.  While a replacement is on its way an
 * order counts at the price that meets more.
 */
#include <config.h>

#include "risk/gate_priv.h"

/* Lower ranks are met first: the dearest buy, the cheapest sell. */
static int64_t
rank_of(bool sell, exch_px price)
{
	if (price == EXCH_PX_NONE)
		return INT64_MIN;
	if (sell)
		return price;
	return price == INT64_MIN ? INT64_MAX : -price;
}

/* It meets what has this rank on the other side, or a lower one. */
static int64_t
reach_of(bool sell, exch_px price)
{
	if (price == EXCH_PX_NONE)
		return INT64_MAX;
	return rank_of(!sell, price);
}

static exch_px
price_of(bool sell, int64_t rank)
{
	if (rank == INT64_MIN)
		return EXCH_PX_NONE;
	return sell ? rank : -rank;
}

/* Whose orders: of the account (0), or of its group (1). */
static uint32_t *
heap_of(struct exch_risk_gate *g, struct exch_risk_holding *h, unsigned whose,
    bool sell)
{
	const struct exch_group_part *x;
	struct exch_group_holding *p;

	if (whose == 0)
		return &h->best[sell];
	x = exch_keyed_at(&g->groups.part, h->part);
	p = exch_keyed_at(&g->groups.holding, x->holding);
	return &p->best[sell];
}

static bool
is_kept(const struct exch_risk_gate *g, const struct exch_risk_holding *h,
    unsigned whose)
{
	uint8_t asked = g->o.limits->self_trade;

	return whose == 1 ? h->part != 0 && (asked & EXCH_SELF_TRADE_GROUP) != 0
			  : (asked & EXCH_SELF_TRADE_ACCOUNT) != 0 ||
				(h->part == 0 && asked != 0);
}

int
exch_risk_rest(struct exch_risk_gate *g, struct exch_risk_holding *h,
    const struct exch_entry *e, struct exch_risk_order *o)
{
	bool sell = e->side != EXCH_BUY;
	int64_t rank = rank_of(sell, e->price);

	for (unsigned i = 0; i < 2; i++) {
		struct exch_best_node *n;
		uint32_t node;

		if (!is_kept(g, h, i))
			continue;
		if (exch_best_add(
			&g->best, heap_of(g, h, i, sell), rank, &node) != 0)
			return EXCH_ERR_NOMEM;
		n = exch_keyed_at(&g->best.node, node);
		n->stands = n->wants = rank;
		if (o != NULL)
			o->rests[i] = node;
	}
	return EXCH_OK;
}

void
exch_risk_rest_ends(struct exch_risk_gate *g, struct exch_risk_order *o)
{
	struct exch_risk_holding *h = exch_keyed_at(&g->holding, o->holding);

	for (unsigned i = 0; i < 2; i++) {
		if (o->rests[i] != 0)
			exch_best_drop(
			    &g->best, heap_of(g, h, i, o->sell), o->rests[i]);
		o->rests[i] = 0;
	}
}

static void
set_rank(struct exch_risk_gate *g, const struct exch_risk_order *o,
    unsigned whose, int64_t rank)
{
	struct exch_risk_holding *h = exch_keyed_at(&g->holding, o->holding);
	const struct exch_best_node *n =
	    exch_keyed_at(&g->best.node, o->rests[whose]);

	if (n->rank != rank)
		exch_best_move(&g->best, heap_of(g, h, whose, o->sell),
		    o->rests[whose], rank);
}

void
exch_risk_rest_asked(
    struct exch_risk_gate *g, const struct exch_risk_order *o, exch_px price)
{
	for (unsigned i = 0; i < 2; i++) {
		struct exch_best_node *n;

		if (o->rests[i] == 0)
			continue;
		n = exch_keyed_at(&g->best.node, o->rests[i]);
		n->wants = rank_of(o->sell, price);
		set_rank(g, o, i, n->wants < n->rank ? n->wants : n->rank);
	}
}

void
exch_risk_rest_told(
    struct exch_risk_gate *g, const struct exch_risk_order *o, bool taken)
{
	for (unsigned i = 0; i < 2; i++) {
		struct exch_best_node *n;

		if (o->rests[i] == 0)
			continue;
		n = exch_keyed_at(&g->best.node, o->rests[i]);
		/* Of several on their way, as exch_risk_order.price. */
		if (taken && (o->asked == 0 || n->wants < n->stands))
			n->stands = n->wants;
		if (o->asked == 0)
			set_rank(g, o, i, n->stands);
	}
}

bool
exch_risk_meets(struct exch_risk_gate *g, struct exch_risk_holding *h,
    const struct exch_entry *e, struct exch_judged *v)
{
	bool sell = e->side != EXCH_BUY;
	unsigned whose =
	    h->limit.self_trade == EXCH_SELF_TRADE_GROUP && h->part != 0;
	int64_t rank;

	return h->limit.self_trade > EXCH_SELF_TRADE_ALLOW && !e->apart &&
	       exch_best_of(&g->best, heap_of(g, h, whose, !sell),
		   e->gone != NULL ? e->gone->rests[whose] : 0, &rank) &&
	       rank <= reach_of(sell, e->price) &&
	       exch_risk_no(
		   v, EXCH_RULE_SELF_TRADE, price_of(!sell, rank), e->price);
}
