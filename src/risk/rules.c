/*
 * The rules of the gate, each of which says yes or names its limit and what
 * it saw (gate.h).  Quantities and cash are compared in 128 bits: nothing
 * that a stranger writes makes a sum small again.
 */
#include <config.h>

#include "risk/exact.h"

#define MILLION 1000000

/* ---- who, and how often ---- */

/*
 * The generic cell rate algorithm: each message takes per / messages of time,
 * and none comes earlier than `per` before all that came is paid for.  Times
 * are in ns x messages, so that nothing is rounded.
 */
static bool
throttled(const struct exch_risk_gate *g, struct exch_risk_account *a,
    struct exch_judged *v)
{
	uint64_t n = (uint64_t)a->limit.messages;
	exch_u128 now, due, per;

	if (a->limit.messages == EXCH_LIMIT_NONE)
		return false;
	now = (exch_u128)g->now * n;
	per = (exch_u128)(uint64_t)a->limit.per;
	due = now + per;
	if (a->due > now)
		due = a->due + per;
	if (due > now + per * n)
		return exch_risk_no(v, EXCH_RULE_THROTTLE, a->limit.messages,
		    a->limit.messages + (exch_i128)1);
	a->due = due;
	return false;
}

/* ---- the order by itself ---- */

/* What prices are compared with; none: nothing is known. */
static exch_px
collar_of(const struct exch_risk_holding *h, const struct exch_risk_instr *in)
{
	return h->limit.collar_of == EXCH_COLLAR_OF_LAST &&
		       in->last != EXCH_PX_NONE
		   ? in->last
		   : in->reference;
}

exch_px
exch_risk_edge(
    const struct exch_risk_holding *h, const struct exch_risk_instr *in)
{
	exch_px around = collar_of(h, in);
	exch_i128 edge;

	if (around == EXCH_PX_NONE || h->limit.collar == EXCH_COLLAR_NONE)
		return EXCH_PX_NONE;
	/* Above, also of a price below 0; rounded up. */
	edge = (exch_i128)(around < 0 ? -(exch_i128)around : around) *
	       h->limit.collar;
	edge = around + (edge + MILLION - 1) / MILLION;
	return edge >= EXCH_PX_NONE ? EXCH_PX_NONE : (exch_px)edge;
}

/* An order of any price has no value that a limit could hold it to. */
static bool
beyond_value(const struct exch_risk_holding *h, const struct exch_entry *e,
    struct exch_judged *v)
{
	return exch_risk_above(v, EXCH_RULE_VALUE, h->limit.value,
	    e->worst == EXCH_PX_NONE ? INT64_MAX : e->value);
}

static uint64_t
distance(exch_px a, exch_px b)
{
	return a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
}

static bool
beyond_collar(const struct exch_risk_holding *h,
    const struct exch_risk_instr *in, const struct exch_entry *e,
    struct exch_judged *v)
{
	exch_px around = collar_of(h, in);
	uint64_t off;
	exch_u128 most;

	if (h->limit.collar == EXCH_COLLAR_NONE || around == EXCH_PX_NONE ||
	    e->price == EXCH_PX_NONE)
		return false;
	off = distance(e->price, around);
	most = (exch_u128)distance(around, 0) * h->limit.collar;
	return (exch_u128)off * MILLION > most && /* both in millionths */
	       exch_risk_no(v, EXCH_RULE_COLLAR,
		   exch_risk_seen((exch_i128)(most / MILLION)), (exch_i128)off);
}

/* ---- what the account has ---- */

/* Where fills are seen, what makes a position smaller may go on. */
static bool
stopped(const struct exch_risk_gate *g, const struct exch_risk_account *a,
    const struct exch_risk_holding *h, const struct exch_risk_instr *in,
    const struct exch_entry *e, struct exch_judged *v)
{
	return (g->killed | a->killed | h->killed | in->killed) != 0 &&
	       !(g->o.fills && exch_risk_worst(h, e) <= 0) &&
	       exch_risk_no(v, EXCH_RULE_KILL, 0, 0);
}

/* No limit is the largest number there is: sums stay what they are. */
static bool
beyond_position(const struct exch_risk_holding *h, const struct exch_entry *e,
    struct exch_judged *v)
{
	exch_i128 worst = exch_risk_worst(h, e);

	return worst > h->limit.position &&
	       exch_risk_no(v, EXCH_RULE_POSITION, h->limit.position, worst);
}

static bool
not_permitted(const struct exch_risk_account *a,
    const struct exch_risk_holding *h, const struct exch_entry *e,
    struct exch_judged *v)
{
	exch_i128 worst;

	if (h->barred)
		return exch_risk_no(v, EXCH_RULE_PERMISSION, 0, 0);
	if (a->sells_short || e->side == EXCH_BUY)
		return false;
	worst = exch_risk_worst(h, e);
	return worst > 0 && exch_risk_no(v, EXCH_RULE_PERMISSION, 0, worst);
}

static bool
beyond_credit(const struct exch_risk_account *a, const struct exch_entry *e,
    struct exch_judged *v)
{
	return a->limit.credit != EXCH_LIMIT_NONE && exch_risk_costs(e) &&
	       exch_risk_above(v, EXCH_RULE_CREDIT, a->limit.credit,
		   exch_risk_owes(e, a->open_value - a->cash));
}

static bool
has_margin(const struct exch_risk_holding *h)
{
	return h->limit.margin_long != EXCH_COLLAR_NONE ||
	       h->limit.margin_short != EXCH_COLLAR_NONE ||
	       h->limit.margin_rule > EXCH_MARGIN_BY_NUMBERS;
}

/* ---- what it has in all ---- */

static bool
beyond_share(struct exch_judged *v, enum exch_rule rule, uint32_t limit,
    const struct exch_whole *w, exch_i128 part)
{
	return limit != EXCH_COLLAR_NONE && w->all > 0 &&
	       part * MILLION > w->all * limit &&
	       exch_risk_no(v, rule, limit, exch_risk_share(w, part));
}

/* Is there any price that it could be valued at? */
static bool
is_priced(const struct exch_risk_instr *in, const struct exch_entry *e)
{
	return e->worst != EXCH_PX_NONE || exch_risk_mark(in) != EXCH_PX_NONE;
}

static bool
beyond_margin(const struct exch_risk_holding *h,
    const struct exch_risk_instr *in, const struct exch_entry *e,
    const struct exch_whole *w, struct exch_judged *v)
{
	if (!has_margin(h))
		return false;
	if (!is_priced(in, e))
		return exch_risk_no(v, EXCH_RULE_MARGIN, 0, INT64_MAX);
	return w->margin > w->equity &&
	       exch_risk_no(
		   v, EXCH_RULE_MARGIN, exch_risk_seen(w->equity), w->margin);
}

static bool
beyond_whole(const struct exch_risk_gate *g, const struct exch_risk_account *a,
    const struct exch_risk_holding *h, const struct exch_entry *e,
    const struct exch_whole *w, struct exch_judged *v)
{
	const struct exch_risk_instr *in = exch_keyed_at(&g->instr, h->instr);

	return beyond_margin(h, in, e, w, v) ||
	       beyond_share(v, EXCH_RULE_CONCENTRATION, h->limit.concentration,
		   w, w->mine) ||
	       beyond_share(
		   v, EXCH_RULE_SECTOR, a->limit.sector, w, w->sector) ||
	       exch_risk_above(
		   v, EXCH_RULE_LOSS, a->limit.loss, a->opening - w->equity) ||
	       exch_risk_beyond_trader(g, a, w, is_priced(in, e), v);
}

/*
 * Whoever is beyond these may still become smaller.  What they say yes to at
 * the worst is not looked at any closer.
 */
static bool
on_the_whole(struct exch_risk_gate *g, struct exch_risk_account *a,
    const struct exch_risk_holding *h, const struct exch_entry *e,
    struct exch_judged *v)
{
	const struct exch_order_limits *l = &h->limit;
	struct exch_judged unsaid = *v;
	struct exch_whole w;
	bool exact;

	if ((!has_margin(h) && l->concentration == EXCH_COLLAR_NONE &&
		a->limit.sector == EXCH_COLLAR_NONE &&
		a->limit.loss == EXCH_LIMIT_NONE && !a->counts) ||
	    exch_risk_worst(h, e) <= 0)
		return false;
	if (exch_bounds_whole(g, a, h, e, &w) &&
	    !beyond_whole(g, a, h, e, &w, &unsaid)) {
		g->looks.bounds++;
		return false;
	}
	exact = exch_exact_whole(g, a, h, e, &w);
	exch_exact_looked(&g->looks, exact, a->nholdings);
	if (!exact)
		exch_risk_whole(g, a, h, e, &w);
	return beyond_whole(g, a, h, e, &w, v);
}

/* ---- all of them ---- */

static bool
by_itself(const struct exch_risk_holding *h, const struct exch_risk_instr *in,
    const struct exch_entry *e, struct exch_judged *v)
{
	return exch_risk_above(
		   v, EXCH_RULE_SIZE, h->limit.size, (exch_i128)e->qty) ||
	       beyond_value(h, e, v) || beyond_collar(h, in, e, v);
}

static int
ask_same(struct exch_risk_gate *g, const struct exch_risk_account *a,
    const struct exch_risk_holding *h, const struct exch_entry *e,
    struct exch_judged *v, struct exch_diag *d)
{
	struct exch_same_what what = {
	    (uint64_t)h->key.slot << 8 | e->side, e->price, e->qty};
	uint64_t ago;

	if (!e->is_new || a->limit.duplicate == EXCH_LIMIT_NONE)
		return EXCH_OK;
	if (exch_same_ask(&g->same, &what, g->now, (uint64_t)a->limit.duplicate,
		(uint64_t)g->window, &ago) != 0)
		return exch_risk_nomem(d);
	if (ago != EXCH_TS_NONE)
		(void)exch_risk_no(
		    v, EXCH_RULE_DUPLICATE, a->limit.duplicate, (exch_i128)ago);
	return EXCH_OK;
}

int
exch_risk_rules(struct exch_risk_gate *g, struct exch_risk_account *a,
    struct exch_risk_holding *h, const struct exch_risk_instr *in,
    const struct exch_entry *e, struct exch_judged *v, struct exch_diag *d)
{
	int err;

	if ((!a->may_enter && exch_risk_no(v, EXCH_RULE_ACCOUNT, 0, 0)) ||
	    stopped(g, a, h, in, e, v))
		return EXCH_OK;
	if (not_permitted(a, h, e, v) || (!e->second && throttled(g, a, v)) ||
	    by_itself(h, in, e, v))
		return EXCH_OK;
	err = ask_same(g, a, h, e, v, d);
	if (err != 0 || v->rule != EXCH_RULE_NONE)
		return err;
	(void)((e->adds > 0 && exch_risk_above(v, EXCH_RULE_OPEN_ORDERS,
				   a->limit.open_orders,
				   (exch_i128)a->open_orders + e->adds)) ||
	       beyond_position(h, e, v) || beyond_credit(a, e, v) ||
	       on_the_whole(g, a, h, e, v) ||
	       (a->group != 0 && exch_group_rules(g, a, h, e, v)) ||
	       (h->limit.self_trade != 0 && exch_risk_meets(g, h, e, v)));
	return EXCH_OK;
}
