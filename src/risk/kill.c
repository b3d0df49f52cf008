/*
 * The kill switch: who may send nothing from now on, and who may again.
 *
 * Whoever pulls it leaves a bit of its own in what it was pulled for, so that
 * the release of an account does not release its member, nor what stops all.
 */
#include <config.h>

#include <string.h>

#include "risk/gate_priv.h"

/* Did it stand there before? */
static bool
turn(uint8_t *flags, uint8_t bit, bool on)
{
	bool was = (*flags & bit) != 0;

	*flags = on ? *flags | bit : (uint8_t)(*flags & ~bit);
	return was;
}

static bool
turn_account(struct exch_risk_account *a, uint8_t bit, bool on)
{
	bool was = turn(&a->killed, bit, on);

	/* Who releases an account knows what it has lost. */
	if (!on && bit == EXCH_KILLED_ACCOUNT) {
		was |= turn(&a->killed, EXCH_KILLED_LOSS, false) || a->tripped;
		a->tripped = false;
	}
	return was;
}

/*
 * An account, in the instrument or in every one; *was: it was stopped so.  Of
 * an instrument in which it has nothing there is nothing to turn: whoever stops
 * makes a holding first, or exch_risk_member_stops() says so when one is made.
 */
static int
stop(struct exch_risk_gate *g, struct exch_risk_account *a,
    const struct exch_rec_kill *r, uint8_t bit, bool *was, struct exch_diag *d)
{
	struct exch_judged why = {.account = (uint32_t)a->key.id};
	struct exch_risk_holding *h;

	if (r->h.instr == 0) {
		*was |= turn_account(a, bit, r->on != 0);
	} else {
		h = exch_keyed_find(&g->holding, why.account, r->h.instr);
		if (h == NULL)
			return EXCH_OK;
		*was |= turn(&h->killed, bit, r->on != 0);
	}
	return r->on != 0 ? exch_risk_sweep(g, why.account, r->h.instr, &why, d)
			  : EXCH_OK;
}

static int
stop_account(struct exch_risk_gate *g, const struct exch_rec_kill *r, bool *was,
    struct exch_diag *d)
{
	struct exch_risk_account *a = exch_risk_account(g, r->account, d);

	if (a == NULL ||
	    (r->on != 0 && r->h.instr != 0 &&
		exch_risk_holding(g, r->account, r->h.instr, d) == NULL))
		return EXCH_ERR_NOMEM;
	return stop(g, a, r, EXCH_KILLED_ACCOUNT, was, d);
}

static int
stop_member(struct exch_risk_gate *g, const struct exch_rec_kill *r, bool *was,
    struct exch_judged *v, struct exch_diag *d)
{
	struct exch_risk_account *a;
	bool found = false, unused = false;
	uint32_t at = 0;
	int err = EXCH_OK;

	while (err == 0 && (a = exch_keyed_next(&g->account, &at)) != NULL) {
		if (memcmp(exch_risk_member(g, a), r->member,
			sizeof(r->member)) != 0)
			continue;
		found = true;
		err = stop(g, a, r, EXCH_KILLED_MEMBER, &unused, d);
	}
	if (!found)
		v->rule = EXCH_RULE_UNKNOWN;
	else if (err == 0 && exch_risk_member_turn(g, r, was) != 0)
		err = exch_risk_nomem(d);
	return err;
}

static int
stop_all(struct exch_risk_gate *g, const struct exch_rec_kill *r, bool *was,
    struct exch_diag *d)
{
	struct exch_judged why = {.account = 0};
	uint8_t *flags = &g->killed;
	struct exch_risk_instr *in;

	if (r->h.instr != 0) {
		in = exch_risk_instr(g, r->h.instr, d);
		if (in == NULL)
			return EXCH_ERR_NOMEM;
		flags = &in->killed;
	}
	*was = turn(flags, EXCH_KILLED_ALL, r->on != 0);
	return r->on != 0 ? exch_risk_sweep(g, 0, r->h.instr, &why, d)
			  : EXCH_OK;
}

/* An account may be stopped for its loss by a gate behind, which sees it. */
static bool
knows(const struct exch_risk_gate *g, const struct exch_rec_kill *r)
{
	return g->o.fills || r->account == 0 || r->h.instr != 0;
}

int
exch_risk_kill(struct exch_risk_gate *g, const struct exch_rec_kill *r,
    struct exch_judged *v, struct exch_diag *d)
{
	bool was = false;
	int err;

	v->account = r->account;
	if (r->account != 0)
		err = stop_account(g, r, &was, d);
	else if (r->member[0] != '\0')
		err = stop_member(g, r, &was, v, d);
	else
		err = stop_all(g, r, &was, d);
	if (r->on == 0 && !was && v->rule == EXCH_RULE_NONE && knows(g, r))
		v->rule = EXCH_RULE_NOT_STOPPED;
	return err;
}
