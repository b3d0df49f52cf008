/*
 * A corporate action on the ex-date, before trading: what each account has of
 * the instrument becomes what action.h says, and so does what is open.
 *
 * What an account has it gets from the company, or gives to it: its own account
 * of what is outside.  What is open it gets from the other side.  Each is
 * rounded to whole units; under model 3 the roundings of a day's nets need not
 * cancel, and the central counterparty takes the rest of them for the company.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "settle/settle_act.h"

/* Of the nets of one instrument and day, changed so far. */
struct rest {
	uint32_t listed, date;
	exch_i128 qty, cash;
};

struct work {
	struct exch_settle *s;
	const struct exch_act *x;
	uint32_t date;		 /* on which it happens */
	struct exch_open *given; /* to be added: adding moves what is open */
	uint32_t ngiven;
	struct rest *rest;
	uint32_t nrest;
	exch_i128 lieu;
	struct exch_diag *d;
};

/* ---- what a quantity becomes ---- */

/* Does the ratio leave no fraction of it? */
static bool
is_whole(const struct exch_action_row *a, int64_t qty)
{
	return a->kind == EXCH_ACTION_RIGHTS || a->old_shares == 0 ||
	       (exch_i128)qty * a->new_shares % a->old_shares == 0;
}

int
exch_settle_effect(const struct exch_settle *s, const struct exch_act *x,
    int64_t qty, struct exch_action_effect *e, struct exch_diag *d)
{
	static const struct exch_action_prices any = {1, 1, 1};
	const struct exch_holding h = {.qty = qty};
	const struct exch_money *own = &s->listed[x->own].money;
	const struct exch_money *into = &s->listed[x->into].money;
	int err = exch_action_position(x->a, &h, &x->p, own, into, e);

	/* Nothing is known of costs: prices are asked for fractions alone. */
	if (err == EXCH_ERR_NEED && is_whole(x->a, qty))
		err = exch_action_position(x->a, &h, &any, own, into, e);
	if (err == EXCH_OK)
		return err;
	if (err == EXCH_ERR_NEED)
		return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "%.24s: fractions of %u are paid at a price nobody knows",
		    x->a->symbol, x->a->ex);
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "%.24s: positions after %u are more than numbers can say",
	    x->a->symbol, x->a->ex);
}

/* ---- what accounts have, or have lent and borrowed ---- */

static int
become(struct work *w, const struct exch_leg *had,
    const struct exch_action_effect *e)
{
	const struct exch_act *x = w->x;
	const exch_i128 qty = had->amount;
	struct exch_leg leg[6];

	/* An entry of nothing has no number. */
	if (e->own.qty == qty && e->into.qty == 0 && e->cash + e->lieu == 0)
		return EXCH_OK;
	for (unsigned i = 0; i < 2; i++) {
		uint8_t to = i == 0 ? had->ledger : EXCH_LEDGER_OUTSIDE;
		int sign = i == 0 ? 1 : -1;
		uint32_t who = had->account;

		leg[i] = (struct exch_leg){
		    who, x->own, to, sign * (e->own.qty - qty)};
		leg[2 + i] = (struct exch_leg){who, x->into, to,
		    x->into != 0 ? sign * (exch_i128)e->into.qty : 0};
		leg[4 + i] = (struct exch_leg){who, x->cash,
		    i == 0 ? EXCH_LEDGER_HOLDING : EXCH_LEDGER_OUTSIDE,
		    sign * (e->cash + e->lieu)};
	}
	return exch_settle_post(
	    w->s, leg, 6, EXCH_POSTED_ACTION, w->date, w->d);
}

static int
effect_of(
    struct work *w, const struct exch_leg *had, struct exch_action_effect *e)
{
	int64_t qty;
	int err = exch_settle_narrow(had->amount, &qty, w->d);

	return err != 0 ? err : exch_settle_effect(w->s, w->x, qty, e, w->d);
}

static int
hold(struct work *w, const struct exch_leg *had)
{
	struct exch_action_effect e;
	int err = effect_of(w, had, &e);

	return err != 0 ? err : become(w, had, &e);
}

/* ---- loans ---- */

static int
beyond(const struct work *w, uint32_t listed)
{
	return exch_diag_set(w->d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "loans of %.24s are more than numbers can say",
	    w->s->listed[listed].is.symbol);
}

/*
 * What a borrower owes afterwards, and not as much or more, costs him that much
 * less, or more, at the price that fractions are paid at; `is` is below 0.
 */
static int
owe_instead(struct work *w, uint32_t listed, exch_px price, exch_i128 owes,
    int64_t *is, exch_i128 *lieu)
{
	exch_i128 more = owes + *is, cash;
	/*
	 * That has 63 bits, and the two are the same but for what was rounded:
	 * less than a share for each account.
	 */
	exch_qty n = (exch_qty)(more < 0 ? -more : more);

	if (more == 0)
		return EXCH_OK;
	/* There is a price, for what was lent had fractions. */
	if (exch_money_cash(&w->s->listed[listed].money, price, n, &cash) != 0)
		return beyond(w, listed);
	*lieu += more < 0 ? -cash : cash;
	return exch_settle_narrow(-owes, is, w->d);
}

/* Lenders are as holders; *all: what they have lent then, own and other. */
static int
lend(struct work *w, const struct exch_leg *had, size_t n, exch_i128 all[2])
{
	struct exch_action_effect e;
	int err = EXCH_OK;

	all[0] = all[1] = 0;
	for (size_t i = 0; i < n && err == 0; i++) {
		if (had[i].amount < 0)
			continue;
		err = effect_of(w, &had[i], &e);
		if (err == 0)
			err = become(w, &had[i], &e);
		all[0] += e.own.qty;
		all[1] += e.into.qty;
	}
	return err;
}

/*
 * Each rounded alone would leave shares that nobody owes, or that nobody is
 * owed: borrowers owe what lenders have lent, in proportion to what they owed
 * before; parts are differences of sums rounded down.
 */
static int
owe(struct work *w, const struct exch_leg *had, size_t n,
    const exch_i128 all[2])
{
	const struct exch_act *x = w->x;
	exch_i128 sum = 0, before = 0, part[2], owed[2] = {0, 0};
	struct exch_action_effect e;
	int err = EXCH_OK;

	for (size_t i = 0; i < n; i++)
		sum -= had[i].amount < 0 ? had[i].amount : 0;
	for (size_t i = 0; i < n && err == 0; i++) {
		if (had[i].amount >= 0)
			continue;
		before -= had[i].amount;
		/* Quantities have 63 bits, their sums have not. */
		for (unsigned k = 0; k < 2; k++) {
			if (__builtin_mul_overflow(before, all[k], &part[k]))
				return beyond(w, k == 0 ? x->own : x->into);
			part[k] = part[k] / sum - owed[k];
			owed[k] += part[k];
		}
		err = effect_of(w, &had[i], &e);
		if (err == 0)
			err = owe_instead(
			    w, x->own, x->p.ex, part[0], &e.own.qty, &e.lieu);
		if (err == 0)
			err = owe_instead(w, x->into, x->p.into, part[1],
			    &e.into.qty, &e.lieu);
		if (err == 0)
			err = become(w, &had[i], &e);
	}
	return err;
}

/* ---- what is open ---- */

static struct rest *
rest_of(struct work *w, uint32_t listed, uint32_t date)
{
	struct rest *r = w->rest;

	while (
	    r < w->rest + w->nrest && (r->listed != listed || r->date != date))
		r++;
	if (r == w->rest + w->nrest) {
		w->nrest++;
		r->listed = listed;
		r->date = date;
	}
	return r;
}

/* Gross goes with it and up, so that nets are never more. */
static exch_u128
grown(exch_u128 gross, struct exch_fraction f)
{
	return (gross * (exch_u128)f.num + (exch_u128)f.den - 1) /
	       (exch_u128)f.den;
}

static int
change(struct work *w, struct exch_open *o)
{
	const struct exch_act *x = w->x;
	struct exch_action_effect e;
	struct rest *r;
	int err = exch_settle_effect(w->s, x, o->qty, &e, w->d);

	if (err == 0)
		err = exch_settle_move(w->s, o, e.own.qty - o->qty, e.cash, 0,
		    EXCH_LEDGER_DUE, EXCH_POSTED_ACTION, w->date, w->d);
	if (err == 0)
		err = exch_settle_move(w->s, o, 0, e.lieu, 0,
		    EXCH_LEDGER_HOLDING, EXCH_POSTED_ACTION, w->date, w->d);
	if (err != 0)
		return err;
	o->qty = o->posted_qty = e.own.qty;
	o->cash += e.cash;
	o->posted_cash += e.cash;
	o->gross_qty = grown(o->gross_qty, exch_action_shares(x->a));
	o->gross_cash += e.cash < 0 ? -e.cash : e.cash;
	w->lieu += e.lieu;
	r = rest_of(w, x->own, o->date);
	r->qty += o->qty;
	r->cash += e.cash;
	if (x->into == 0 || e.into.qty == 0)
		return EXCH_OK;
	rest_of(w, x->into, o->date)->qty += e.into.qty;
	w->given[w->ngiven++] = (struct exch_open){.qty = e.into.qty,
	    .account = o->account,
	    .against = o->against,
	    .listed = x->into,
	    .date = o->date,
	    .match = o->match};
	return EXCH_OK;
}

/*
 * The central counterparty delivers or receives what the nets of a day do not
 * come to, and the company makes it good.
 */
static int
even_out(struct work *w, const struct rest *r)
{
	uint32_t ccp = EXCH_ACCOUNT_CCP;
	const struct exch_leg leg[] = {
	    {ccp, r->listed, EXCH_LEDGER_HOLDING, r->qty},
	    {ccp, r->listed, EXCH_LEDGER_OUTSIDE, -r->qty},
	    {ccp, w->x->cash, EXCH_LEDGER_HOLDING, r->cash},
	    {ccp, w->x->cash, EXCH_LEDGER_OUTSIDE, -r->cash}};
	struct exch_open o = {.account = ccp,
	    .against = ccp,
	    .listed = r->listed,
	    .date = r->date,
	    .cash = -r->cash};
	int err;

	if (r->qty == 0 && r->cash == 0)
		return EXCH_OK;
	err = exch_settle_narrow(-r->qty, &o.qty, w->d);
	if (err == 0)
		err = exch_settle_post(
		    w->s, leg, 4, EXCH_POSTED_ACTION, w->date, w->d);
	return err != 0 ? err
			: exch_settle_owe(
			      w->s, &o, EXCH_POSTED_ACTION, w->date, w->d);
}

static int
even_all(struct work *w)
{
	const struct exch_leg lieu[] = {
	    {EXCH_ACCOUNT_CCP, w->x->cash, EXCH_LEDGER_HOLDING, w->lieu},
	    {EXCH_ACCOUNT_CCP, w->x->cash, EXCH_LEDGER_OUTSIDE, -w->lieu}};
	int err = EXCH_OK;

	if (w->s->o.model != 3)
		return EXCH_OK;
	for (uint32_t i = 0; i < w->nrest && err == 0; i++)
		err = even_out(w, &w->rest[i]);
	return err != 0 || w->lieu == 0
		   ? err
		   : exch_settle_post(
			 w->s, lieu, 2, EXCH_POSTED_ACTION, w->date, w->d);
}

static int
change_all(struct work *w)
{
	uint32_t n;
	struct exch_open **list =
	    exch_settle_listing(w->s, UINT32_MAX, 0, &n, w->d);
	int err = EXCH_OK;

	if (list == NULL)
		return EXCH_ERR_NOMEM;
	w->given = exch_calloc((size_t)n + 1, sizeof(*w->given));
	w->rest = exch_calloc(2 * (size_t)n + 1, sizeof(*w->rest));
	if (w->given == NULL || w->rest == NULL)
		err = exch_settle_nomem(w->d);
	for (uint32_t i = 0; i < n && err == 0; i++)
		if (list[i]->listed == w->x->own && list[i]->qty != 0)
			err = change(w, list[i]);
	exch_free(list);
	for (uint32_t i = 0; i < w->ngiven && err == 0; i++)
		err = exch_settle_owe(
		    w->s, &w->given[i], EXCH_POSTED_ACTION, w->date, w->d);
	if (err == 0)
		err = even_all(w);
	exch_free(w->given);
	exch_free(w->rest);
	return err;
}

/* ---- both ---- */

static int
hold_all(struct work *w)
{
	struct exch_leg *had;
	size_t n;
	int err = exch_settle_holders(
	    w->s, w->x->own, EXCH_LEDGER_HOLDING, &had, &n, w->d);

	for (size_t i = 0; i < n && err == 0; i++)
		err = hold(w, &had[i]);
	exch_free(had);
	return err;
}

static int
lend_all(struct work *w)
{
	struct exch_leg *had;
	exch_i128 all[2];
	size_t n;
	int err = exch_settle_holders(
	    w->s, w->x->own, EXCH_LEDGER_LOAN, &had, &n, w->d);

	if (err == 0)
		err = lend(w, had, n, all);
	if (err == 0)
		err = owe(w, had, n, all);
	exch_free(had);
	return err;
}

int
exch_settle_apply(struct exch_settle *s, const struct exch_act *x,
    uint32_t date, struct exch_diag *d)
{
	struct work w = {.s = s, .x = x, .date = date, .d = d};
	int err = hold_all(&w);

	if (err == 0)
		err = lend_all(&w);
	return err == 0 ? change_all(&w) : err;
}
