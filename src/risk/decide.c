/*
 * What people decide at the gate: which of the held orders go on, and limits
 * from now on (gate.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "risk/gate_priv.h"

/* ---- orders that are held ---- */

static void
let_go(struct exch_risk_gate *g, struct exch_risk_held *h)
{
	struct exch_risk_account *a =
	    exch_keyed_find(&g->account, 0, h->why.account);

	a->held--;
	exch_free(h->rec);
	exch_keyed_drop(&g->held, h);
}

int
exch_risk_hold(struct exch_risk_gate *g, const struct exch_rec *r,
    struct exch_judged *v, struct exch_diag *d)
{
	size_t n = exch_rec_len(r);
	struct exch_rec *copy = exch_malloc(n);
	struct exch_risk_account *a = exch_risk_account(g, v->account, d);
	struct exch_risk_held *h;

	if (copy == NULL || a == NULL ||
	    exch_keyed_add(&g->held, r->instr, v->order, &h) != 0) {
		exch_free(copy);
		return exch_risk_nomem(d);
	}
	memcpy(copy, r, n);
	a->held++;
	v->ref = ++g->refs;
	h->rec = copy;
	h->n = (uint32_t)n;
	h->why = *v;
	return EXCH_OK;
}

/* It is refused for what it was held for. */
int
exch_risk_withdraw(
    struct exch_risk_gate *g, struct exch_risk_held *h, struct exch_diag *d)
{
	int err;

	h->why.verdict = EXCH_VERDICT_REJECT;
	err = exch_risk_give(g, h->rec, &h->why, d);
	let_go(g, h);
	return err;
}

/* The rule it was held for is asked no more; it may be held for another. */
static int
release(struct exch_risk_gate *g, struct exch_risk_held *h,
    struct exch_judged *v, struct exch_diag *d)
{
	struct exch_judged again = {.order = h->why.order,
	    .account = h->why.account,
	    .waived = h->why.waived | UINT32_C(1) << h->why.rule};
	int err = exch_risk_enter(g, (const void *)h->rec, false, &again, d);

	if (err != 0)
		return err;
	if (again.verdict == EXCH_VERDICT_HOLD) {
		again.ref = h->why.ref;
		h->why = *v = again;
		return EXCH_OK;
	}
	again.ref = h->why.ref;
	err = exch_risk_give(g, h->rec, &again, d);
	let_go(g, h);
	return err;
}

int
exch_risk_decision(struct exch_risk_gate *g, const struct exch_rec_decision *r,
    struct exch_judged *v, struct exch_diag *d)
{
	struct exch_risk_held *h =
	    exch_keyed_find(&g->held, r->h.instr, r->order);
	const struct exch_risk_account *a;
	const struct exch_risk_instr *in;

	v->order = r->order;
	/* It may be a gate in front that holds it. */
	if (h == NULL) {
		v->rule = g->in_front ? EXCH_RULE_NONE : EXCH_RULE_NOT_HELD;
		return EXCH_OK;
	}
	v->account = h->why.account;
	a = exch_risk_account(g, h->why.account, d);
	in = exch_risk_instr(g, r->h.instr, d);
	if (a == NULL || in == NULL)
		return EXCH_ERR_NOMEM;
	if (!exch_risk_approves(g, a, in, r->by)) {
		v->rule = EXCH_RULE_AUTHORITY;
		return EXCH_OK;
	}
	return r->verdict == EXCH_VERDICT_PASS ? release(g, h, v, d)
					       : exch_risk_withdraw(g, h, d);
}

int
exch_risk_cancel_held(struct exch_risk_gate *g, uint32_t instr, exch_oid order,
    struct exch_diag *d)
{
	struct exch_risk_held *h = exch_keyed_find(&g->held, instr, order);

	return h != NULL ? exch_risk_withdraw(g, h, d) : EXCH_OK;
}

/* As the matcher says whom it takes: mass.c there. */
static bool
takes(const struct exch_rec_mass_cancel *c, const struct exch_risk_held *h)
{
	const struct exch_rec_new *n = (const void *)h->rec;
	const struct exch_ext *e =
	    exch_rec_ext(h->rec, sizeof(*n), EXCH_EXT_SESSION);

	return (c->h.instr == 0 || c->h.instr == h->key.place) &&
	       (c->account == 0 || c->account == n->account) &&
	       (c->side == EXCH_SIDE_NONE ||
		   (c->side == EXCH_BUY) == (n->side == EXCH_BUY)) &&
	       (c->session == 0 || (e != NULL && e->value == c->session));
}

static bool
holds_of(const struct exch_risk_gate *g, uint32_t account)
{
	const struct exch_risk_account *a =
	    exch_keyed_find(&g->account, 0, account);

	return a != NULL && a->held > 0;
}

/* `why` NULL: whoever cancels takes back what was held for its own reason. */
static int
withdraw_all(struct exch_risk_gate *g, const struct exch_rec_mass_cancel *c,
    const struct exch_judged *why, struct exch_diag *d)
{
	struct exch_risk_held *h;
	uint32_t at = 0;
	int err = EXCH_OK;

	if (c->kind == EXCH_MASS_RELEASE ||
	    (c->account != 0 && !holds_of(g, c->account)))
		return EXCH_OK;
	while (err == 0 && (h = exch_keyed_next(&g->held, &at)) != NULL)
		if (takes(c, h)) {
			if (why != NULL) {
				h->why.rule = why->rule;
				h->why.limit = why->limit;
				h->why.observed = why->observed;
			}
			err = exch_risk_withdraw(g, h, d);
			at--; /* another one may stand there now */
		}
	return err;
}

int
exch_risk_mass_cancel(struct exch_risk_gate *g,
    const struct exch_rec_mass_cancel *c, struct exch_diag *d)
{
	return withdraw_all(g, c, NULL, d);
}

int
exch_risk_sweep(struct exch_risk_gate *g, uint32_t account, uint32_t instr,
    const struct exch_judged *why, struct exch_diag *d)
{
	struct exch_rec_mass_cancel c = {.h = {.type = EXCH_REC_MASS_CANCEL,
					     .len8 = sizeof(c) / 8,
					     .instr = instr,
					     .time = g->now},
	    .account = account,
	    .kind = EXCH_MASS_CANCEL};
	const struct exch_risk_account *a =
	    account != 0 ? exch_keyed_find(&g->account, 0, account) : NULL;
	static const struct exch_judged killed = {.rule = EXCH_RULE_KILL};
	int err =
	    withdraw_all(g, &c, why->rule != EXCH_RULE_NONE ? why : &killed, d);

	if (err != 0)
		return err;
	/* A reason is told, also where nothing rests. */
	return account == 0 || why->rule != EXCH_RULE_NONE ||
		       (a != NULL && a->open_orders > 0)
		   ? exch_risk_give(g, &c.h, why, d)
		   : EXCH_OK;
}

/* ---- limits that change ---- */

/* Of those that are meant by no number. */
static bool
is_of(const struct exch_risk_gate *g, const struct exch_risk_account *a,
    const struct exch_rec_limit *r)
{
	return r->member[0] == '\0' || memcmp(exch_risk_member(g, a), r->member,
					   sizeof(r->member)) == 0;
}

static void
read_again(struct exch_risk_gate *g, struct exch_risk_account *a)
{
	struct exch_risk_holding *h;

	exch_risk_account_limits(g, a);
	exch_bounds_anew(g, a);
	for (uint32_t i = a->holdings; i != 0; i = h->next) {
		h = exch_keyed_at(&g->holding, i);
		exch_risk_limits(g, h, exch_keyed_at(&g->instr, h->instr));
	}
}

/* Those that it may concern look again. */
static void
look_again(struct exch_risk_gate *g, const struct exch_rec_limit *r)
{
	struct exch_risk_account *a;
	uint32_t at = 0;

	if (exch_limit_is_of_group(r->what)) {
		exch_group_changed(g, r->member);
		return;
	}
	if (r->account != 0) {
		a = exch_keyed_find(&g->account, 0, r->account);
		if (a != NULL)
			read_again(g, a);
		return;
	}
	while ((a = exch_keyed_next(&g->account, &at)) != NULL)
		if (is_of(g, a, r))
			read_again(g, a);
}

/* What depends on executions is for a gate that sees them. */
static bool
may_ask(const struct exch_risk_gate *g, uint8_t what)
{
	switch (what) {
	case EXCH_LIMIT_OF_MARGIN_LONG:
	case EXCH_LIMIT_OF_MARGIN_SHORT:
	case EXCH_LIMIT_OF_CONCENTRATION:
	case EXCH_LIMIT_OF_SECTOR:
	case EXCH_LIMIT_OF_LOSS:
	case EXCH_LIMIT_OF_GROUP_NOTIONAL:
	case EXCH_LIMIT_OF_GROUP_LOSS:
		return g->o.fills;
	default:
		return true;
	}
}

static bool
has_member(const struct exch_risk_gate *g, const struct exch_rec_limit *r)
{
	const struct exch_risk_account *a;
	uint32_t at = 0;

	while ((a = exch_keyed_next(&g->account, &at)) != NULL)
		if (is_of(g, a, r))
			return true;
	return r->member[0] == '\0';
}

/*
 * A group or a member that no account has cannot have a limit, nor an
 * instrument that was not announced: limits go by its symbol.
 */
static int
is_somebody(struct exch_risk_gate *g, const struct exch_rec_limit *r,
    const struct exch_risk_instr *in, bool *is, struct exch_diag *d)
{
	*is = in == NULL || in->symbol[0] != '\0';
	if (!*is)
		return EXCH_OK;
	if (exch_limit_is_of_group(r->what))
		return exch_group_named(g, r->member, is, d);
	*is = has_member(g, r);
	return EXCH_OK;
}

int
exch_risk_limit(struct exch_risk_gate *g, const struct exch_rec_limit *r,
    struct exch_judged *v, struct exch_diag *d)
{
	static const char all[24];
	const struct exch_risk_instr *in =
	    r->h.instr != 0 ? exch_risk_instr(g, r->h.instr, d) : NULL;
	struct exch_whom whom;
	bool is = true;
	int err;

	v->account = r->account;
	if (r->h.instr != 0 && in == NULL)
		return EXCH_ERR_NOMEM;
	err = is_somebody(g, r, in, &is, d);
	if (err != 0)
		return err;
	if (!is || !may_ask(g, r->what)) {
		v->rule = is ? EXCH_RULE_IMPOSSIBLE : EXCH_RULE_UNKNOWN;
		return EXCH_OK;
	}
	exch_change_whom(r, in != NULL ? in->symbol : all, &whom);
	err = exch_changes_set(&g->changes, &whom, r->what, r->value);
	if (err == EXCH_ERR_NOMEM)
		return exch_risk_nomem(d);
	if (err != 0)
		v->rule = EXCH_RULE_IMPOSSIBLE;
	else
		look_again(g, r);
	return EXCH_OK;
}
