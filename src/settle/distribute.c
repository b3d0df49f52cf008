/*
 * Days of corporate actions: those whose ex-date has come are applied, and
 * dividends whose day has come are paid.  A dividend belongs to who has bought
 * the shares before the ex-date, settled or not: until it is paid, so many of
 * them stand in the ledger of what is entitled.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "settle/settle_act.h"

/* ---- who has it ---- */

struct holders {
	uint32_t unit;
	uint8_t ledger;
	struct exch_leg *list;
	size_t n, cap;
};

static int
collect(void *arg, const struct exch_leg *leg, struct exch_diag *d)
{
	struct holders *h = arg;

	if (leg->unit != h->unit || leg->ledger != h->ledger)
		return EXCH_OK;
	if (!exch_room(&h->list, h->n, &h->cap, sizeof(*h->list)))
		return exch_settle_nomem(d);
	h->list[h->n++] = *leg;
	return EXCH_OK;
}

int
exch_settle_holders(struct exch_settle *s, uint32_t unit, uint8_t ledger,
    struct exch_leg **out, size_t *n, struct exch_diag *d)
{
	struct holders h = {.unit = unit, .ledger = ledger};
	int err = exch_ledger_each(&s->ledger, collect, &h, d);

	*out = h.list;
	*n = h.n;
	return err;
}

/* ---- what an action needs ---- */

static exch_px
known(exch_px price)
{
	return price != EXCH_PX_NONE && price > 0 ? price : 0;
}

/*
 * A reference of the ex-date itself is a price without it; else the last price
 * with it leads to a theoretical one.
 */
static void
price(struct exch_settle *s, struct exch_act *x)
{
	const struct exch_listed *own = &s->listed[x->own];
	const struct exch_listed *into = &s->listed[x->into];
	struct exch_fraction f;
	exch_i128 v;
	int64_t px;

	x->p.cum = known(own->cum);
	x->p.into = x->into == 0 ? 0 : known(into->last);
	if (own->fresh)
		x->p.ex = known(own->is.reference);
	else if (exch_action_ex_price(x->a, &x->p, &f) == EXCH_OK &&
		 exch_fraction_round(1, f, &v) == EXCH_OK &&
		 exch_fits_i64(v, &px) == EXCH_OK)
		x->p.ex = px;
}

static int
prepare(struct exch_settle *s, const struct exch_action_row *a,
    struct exch_act *x, struct exch_diag *d)
{
	uint32_t currency;
	int err = EXCH_OK;

	*x = (struct exch_act){.a = a, .own = exch_settle_known(s, a->symbol)};
	if (x->own == 0)
		return EXCH_OK; /* nobody has any */
	if (a->into[0] != '\0')
		err = exch_settle_symbol(s, a->into, &x->into, d);
	if (err == 0 && x->into != 0)
		err = exch_settle_announce(s, d);
	currency = s->listed[x->own].currency;
	if (err == 0 && a->currency[0] != '\0')
		err = exch_settle_currency(s, a->currency, &currency, d);
	x->cash = EXCH_UNIT_CASH + currency;
	if (err == 0)
		price(s, x);
	return err;
}

static void
put(struct exch_settle *s, const struct exch_act *x, uint64_t number)
{
	const struct exch_action_row *a = x->a;
	struct exch_rec_action *r = exch_writer_new(
	    s->w, EXCH_REC_ACTION, sizeof(*r), s->listed[x->own].id, s->now);

	r->id = number;
	r->cash = a->cash;
	r->price = a->price != 0 ? a->price : EXCH_PX_NONE;
	r->new_shares = a->new_shares;
	r->old_shares = a->old_shares;
	r->instrument = x->into != 0 ? s->listed[x->into].id : 0;
	r->ex_date = a->ex;
	r->record_date = a->record;
	r->pay_date = a->pay;
	memcpy(r->currency, s->currency[x->cash - EXCH_UNIT_CASH].name, 4);
	r->kind = a->kind;
}

/* ---- dividends ---- */

static int
entitle(struct exch_settle *s, const struct exch_act *x, uint32_t account,
    exch_i128 qty, uint32_t date, struct exch_diag *d)
{
	const struct exch_leg leg[] = {
	    {account, x->own, EXCH_LEDGER_ENTITLED, qty},
	    {account, x->own, EXCH_LEDGER_OUTSIDE, -qty}};

	return exch_settle_post(s, leg, 2, EXCH_POSTED_ACTION, date, d);
}

/* Both sides of what is open: who is to receive has it from the other. */
static int
claim(struct exch_settle *s, const struct exch_act *x, uint32_t date,
    struct exch_diag *d)
{
	uint32_t n;
	struct exch_open **list = exch_settle_listing(s, UINT32_MAX, 0, &n, d);
	int err = list == NULL ? EXCH_ERR_NOMEM : EXCH_OK;

	for (uint32_t i = 0; err == 0 && i < n; i++) {
		const struct exch_open *o = list[i];

		if (o->listed != x->own || o->qty == 0)
			continue;
		err = entitle(s, x, o->account, o->qty, date, d);
		if (err == 0)
			err = entitle(
			    s, x, o->against, -(exch_i128)o->qty, date, d);
	}
	exch_free(list);
	return err;
}

/* Of a ledger. */
static int
entitle_those(struct exch_settle *s, const struct exch_act *x, uint8_t ledger,
    uint32_t date, struct exch_diag *d)
{
	struct exch_leg *had;
	size_t n;
	int err = exch_settle_holders(s, x->own, ledger, &had, &n, d);

	for (size_t i = 0; i < n && err == 0; i++)
		err = entitle(s, x, had[i].account, had[i].amount, date, d);
	exch_free(had);
	return err;
}

/* Who has borrowed makes it good to who has lent. */
static int
entitle_all(struct exch_settle *s, const struct exch_act *x, uint32_t date,
    struct exch_diag *d)
{
	struct exch_leg *before;
	size_t n;
	int err = exch_settle_holders(
	    s, x->own, EXCH_LEDGER_ENTITLED, &before, &n, d);

	exch_free(before);
	if (err == 0 && n != 0)
		err = exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "%.24s: the dividend of %u comes before the last one is "
		    "paid",
		    x->a->symbol, x->a->ex);
	if (err == 0)
		err = entitle_those(s, x, EXCH_LEDGER_HOLDING, date, d);
	if (err == 0)
		err = entitle_those(s, x, EXCH_LEDGER_LOAN, date, d);
	return err == 0 ? claim(s, x, date, d) : err;
}

/* It is no longer entitled, and has the cash. */
static int
pay_one(struct exch_settle *s, const struct exch_act *x,
    const struct exch_leg *has, uint32_t date, struct exch_diag *d)
{
	struct exch_action_effect e;
	int64_t qty;
	int err = exch_settle_narrow(has->amount, &qty, d);

	if (err == 0)
		err = exch_settle_effect(s, x, qty, &e, d);
	if (err == 0) {
		uint32_t who = has->account;
		const struct exch_leg leg[] = {
		    {who, x->own, EXCH_LEDGER_ENTITLED, -(exch_i128)qty},
		    {who, x->own, EXCH_LEDGER_OUTSIDE, qty},
		    {who, x->cash, EXCH_LEDGER_HOLDING, e.cash},
		    {who, x->cash, EXCH_LEDGER_OUTSIDE, -e.cash}};

		err = exch_settle_post(s, leg, 4, EXCH_POSTED_ACTION, date, d);
	}
	return err;
}

static int
pay(struct exch_settle *s, const struct exch_action_row *a, uint32_t date,
    struct exch_diag *d)
{
	struct exch_leg *has;
	struct exch_act x;
	size_t n;
	int err = prepare(s, a, &x, d);

	if (err != 0 || x.own == 0)
		return err;
	err = exch_settle_holders(s, x.own, EXCH_LEDGER_ENTITLED, &has, &n, d);
	for (size_t i = 0; i < n && err == 0; i++)
		err = pay_one(s, &x, &has[i], date, d);
	exch_free(has);
	return err;
}

/* ---- days ---- */

static int
happen(struct exch_settle *s, const struct exch_action_row *a, uint64_t number,
    uint32_t date, struct exch_diag *d)
{
	struct exch_listed *l;
	struct exch_act x;
	int err = prepare(s, a, &x, d);

	if (err != 0 || x.own == 0)
		return err;
	l = &s->listed[x.own];
	if (a->kind == EXCH_ACTION_MERGER && a->cash != 0 &&
	    x.cash != exch_settle_unit_of_cash(l))
		return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "%.24s: its merger pays in another currency than trades",
		    a->symbol);
	put(s, &x, number);
	err = a->kind == EXCH_ACTION_DIVIDEND
		  ? entitle_all(s, &x, date, d)
		  : exch_settle_apply(s, &x, date, d);
	if (x.p.ex > 0)
		s->listed[x.own].last = s->listed[x.own].cum = x.p.ex;
	return err;
}

int
exch_settle_actions(struct exch_settle *s, uint32_t date, struct exch_diag *d)
{
	const struct exch_reftable *t = s->o.actions;
	const struct exch_action_row *a = t != NULL ? t->row : NULL;
	size_t n = t != NULL ? t->n : 0;
	int err = EXCH_OK;

	for (size_t i = 0; i < n && err == 0; i++)
		if (a[i].ex > s->acted && a[i].ex <= date)
			err = happen(s, &a[i], i + 1, date, d);
	for (size_t i = 0; i < n && err == 0; i++) {
		uint32_t day = a[i].pay > a[i].ex ? a[i].pay : a[i].ex;

		if (a[i].kind == EXCH_ACTION_DIVIDEND && day > s->acted &&
		    day <= date)
			err = pay(s, &a[i], date, d);
	}
	s->acted = date;
	return err;
}
