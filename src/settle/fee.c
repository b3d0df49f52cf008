/*
 * What the venue charges for executions, and gives back, by the table of fees
 * (ref/fees.h).  It is added up for each account over a trade date, and posted
 * when that ends; on the next settlement day it is paid.
 *
 *	trade date		account fees -x		venue fees +x
 *	settlement day		account fees +x		venue fees -x
 *				account holding -x	venue holding +x
 */
#include <config.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "settle/settle_priv.h"

/* Known by (account, currency). */
struct charged {
	struct exch_key key;
	exch_i128 fee;
};

/* What an account has traded today: of tiers. */
struct traded {
	struct exch_key key;
	exch_u128 volume;
	char member[16];
};

int
exch_settle_member(struct exch_settle *s, uint32_t account,
    const char member[16], struct exch_diag *d)
{
	struct traded *t;
	int err = exch_keyed_add(&s->fees.traded, account, 0, &t);

	if (err != 0 && err != EXCH_ERR_EXISTS)
		return exch_settle_nomem(d);
	memcpy(t->member, member, sizeof(t->member));
	return EXCH_OK;
}

static int
charge(struct exch_settle *s, const struct exch_listed *l, uint32_t account,
    exch_i128 fee, struct exch_diag *d)
{
	struct charged *c;
	int err;

	if (fee == 0)
		return EXCH_OK;
	err = exch_keyed_add(&s->fees.charged, account, l->currency, &c);
	if (err != 0 && err != EXCH_ERR_EXISTS)
		return exch_settle_nomem(d);
	c->fee += fee;
	return EXCH_OK;
}

int
exch_settle_fee(struct exch_settle *s, const struct exch_listed *l,
    const struct exch_charge *of, exch_cash *fee, struct exch_diag *d)
{
	static const char nobody[16];
	const struct exch_fee_row *row;
	struct traded *t;
	exch_i128 v;
	int err;

	*fee = 0;
	if (s->o.fees == NULL || of->account == 0)
		return EXCH_OK;
	err = exch_keyed_add(&s->fees.traded, of->account, 0, &t);
	if (err != 0 && err != EXCH_ERR_EXISTS)
		return exch_settle_nomem(d);
	row = exch_fees_find(s->o.fees, of->account,
	    err == 0 ? nobody : t->member, l->is.symbol, t->volume);
	v = row == NULL ? 0
			: exch_fee(row, of->how, of->cash, of->qty,
			      exch_pow10[-l->is.qty_exponent]);
	err = exch_settle_narrow(v, fee, d);
	if (err == 0)
		err = charge(s, l, of->account, v, d);
	if (err == 0)
		t->volume += of->qty;
	return err;
}

int
exch_settle_fee_back(struct exch_settle *s, const struct exch_listed *l,
    uint32_t account, exch_cash fee, exch_qty qty, bool today,
    struct exch_diag *d)
{
	struct traded *t = s->o.fees == NULL || !today
			       ? NULL
			       : exch_keyed_find(&s->fees.traded, account, 0);

	if (t != NULL)
		t->volume -= qty;
	return charge(s, l, account, -(exch_i128)fee, d);
}

/* ---- the end of a trade date ---- */

static int
post(struct exch_settle *s, const struct charged *c, struct exch_diag *d)
{
	uint32_t unit = EXCH_UNIT_CASH + (uint32_t)c->key.id;
	const struct exch_leg leg[2] = {
	    {c->key.place, unit, EXCH_LEDGER_FEES, -c->fee},
	    {EXCH_ACCOUNT_VENUE, unit, EXCH_LEDGER_FEES, c->fee}};

	if (c->fee == 0)
		return EXCH_OK;
	s->tally.charged++;
	s->fees.owed = true;
	return exch_settle_post(s, leg, 2, EXCH_POSTED_FEE, s->date, d);
}

int
exch_settle_fees(struct exch_settle *s, struct exch_diag *d)
{
	struct traded *t;
	uint32_t at = 0;
	void **list;
	int err = EXCH_OK;

	if (s->o.fees == NULL)
		return EXCH_OK;
	list = exch_keyed_sorted(&s->fees.charged);
	if (list == NULL)
		return exch_settle_nomem(d);
	for (uint32_t i = 0; i < s->fees.charged.live && err == 0; i++)
		err = post(s, list[i], d);
	exch_free(list);
	exch_keyed_clear(&s->fees.charged);
	if (exch_keyed_init(&s->fees.charged, sizeof(struct charged)) != 0)
		return exch_settle_nomem(d);
	for (at = 0; (t = exch_keyed_next(&s->fees.traded, &at)) != NULL;)
		t->volume = 0;
	return err;
}

/* ---- a settlement day ---- */

/* What stands in the ledger of fees, but for the venue's. */
struct owed {
	struct exch_leg *leg;
	size_t n, cap;
};

static int
owe(void *arg, const struct exch_leg *balance, struct exch_diag *d)
{
	struct owed *o = arg;

	if (balance->ledger != EXCH_LEDGER_FEES ||
	    balance->account == EXCH_ACCOUNT_VENUE)
		return EXCH_OK;
	if (!exch_room(&o->leg, o->n, &o->cap, sizeof(*o->leg)))
		return exch_settle_nomem(d);
	o->leg[o->n++] = *balance;
	return EXCH_OK;
}

static int
pay(struct exch_settle *s, const struct exch_leg *b, uint32_t date,
    struct exch_diag *d)
{
	exch_i128 fee = -b->amount;
	const struct exch_leg leg[4] = {
	    {b->account, b->unit, EXCH_LEDGER_HOLDING, -fee},
	    {b->account, b->unit, EXCH_LEDGER_FEES, fee},
	    {EXCH_ACCOUNT_VENUE, b->unit, EXCH_LEDGER_HOLDING, fee},
	    {EXCH_ACCOUNT_VENUE, b->unit, EXCH_LEDGER_FEES, -fee}};

	return exch_settle_post(s, leg, 4, EXCH_POSTED_FEE, date, d);
}

int
exch_settle_fees_paid(struct exch_settle *s, uint32_t date, struct exch_diag *d)
{
	struct owed o = {0};
	int err;

	if (!s->fees.owed)
		return EXCH_OK;
	err = exch_ledger_each(&s->ledger, owe, &o, d);
	for (size_t i = 0; i < o.n && err == 0; i++)
		err = pay(s, &o.leg[i], date, d);
	s->fees.owed = false;
	exch_free(o.leg);
	return err;
}

int
exch_settle_fees_init(struct exch_settle *s)
{
	int err = exch_keyed_init(&s->fees.charged, sizeof(struct charged));

	return err != 0
		   ? err
		   : exch_keyed_init(&s->fees.traded, sizeof(struct traded));
}

void
exch_settle_fees_clear(struct exch_settle *s)
{
	exch_keyed_clear(&s->fees.charged);
	exch_keyed_clear(&s->fees.traded);
}
