/* Entries of the ledger, and what is told of them and of what is open. */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "settle/settle_priv.h"

/* A unit as records say it. */
static void
unit(const struct exch_settle *s, uint32_t u, uint32_t *instr, char name[4])
{
	*instr = u < EXCH_UNIT_CASH ? s->listed[u].id : 0;
	if (u >= EXCH_UNIT_CASH)
		memcpy(name, s->currency[u - EXCH_UNIT_CASH].name, 4);
}

int
exch_settle_post(struct exch_settle *s, const struct exch_leg *leg, size_t n,
    enum exch_posted why, uint32_t date, struct exch_diag *d)
{
	int err = exch_ledger_post(&s->ledger, leg, n, d);

	for (size_t i = 0; i < n && err == 0; i++) {
		struct exch_rec_posting *r;
		uint32_t instr = 0;
		char name[4] = {0};
		int64_t v;

		if (leg[i].amount == 0)
			continue;
		err = exch_settle_narrow(leg[i].amount, &v, d);
		unit(s, leg[i].unit, &instr, name);
		r = exch_writer_new(
		    s->w, EXCH_REC_POSTING, sizeof(*r), instr, s->now);
		r->entry = s->ledger.entries;
		if (leg[i].unit < EXCH_UNIT_CASH)
			r->qty = v;
		else
			r->amount = v;
		r->account = leg[i].account;
		r->date = date;
		memcpy(r->currency, name, 4);
		r->ledger = leg[i].ledger;
		r->why = (uint8_t)why;
	}
	return err;
}

int
exch_settle_move(struct exch_settle *s, const struct exch_open *o, int64_t qty,
    exch_i128 cash, uint8_t from, uint8_t to, enum exch_posted why,
    uint32_t date, struct exch_diag *d)
{
	uint32_t paper = o->listed;
	uint32_t money = exch_settle_unit_of_cash(&s->listed[o->listed]);
	struct exch_leg leg[8];
	size_t n = 0;

	for (unsigned side = 0; side < 2; side++) {
		uint32_t who = side == 0 ? o->account : o->against;
		exch_i128 q = side == 0 ? qty : -(exch_i128)qty;
		exch_i128 c = side == 0 ? cash : -cash;

		leg[n++] = (struct exch_leg){who, paper, to, q};
		leg[n++] = (struct exch_leg){who, money, to, c};
		if (from == 0)
			continue;
		leg[n++] = (struct exch_leg){who, paper, from, -q};
		leg[n++] = (struct exch_leg){who, money, from, -c};
	}
	return qty == 0 && cash == 0
		   ? EXCH_OK
		   : exch_settle_post(s, leg, n, why, date, d);
}

int
exch_settle_owe(struct exch_settle *s, const struct exch_open *more,
    enum exch_posted why, uint32_t date, struct exch_diag *d)
{
	struct exch_open own = *more, *at;
	int err;

	own.gross_qty =
	    more->qty < 0 ? -(exch_u128)more->qty : (exch_u128)more->qty;
	own.gross_cash = more->cash < 0 ? -more->cash : more->cash;
	err = exch_settle_open_at(s, &own, &at, d);
	if (err == EXCH_OK) {
		struct exch_key key = at->key;

		*at = own;
		at->key = key;
	} else if (err == EXCH_ERR_EXISTS) {
		err = exch_settle_narrow(
		    (exch_i128)at->qty + own.qty, &at->qty, d);
		at->cash += own.cash;
		at->gross_qty += own.gross_qty;
		at->gross_cash += own.gross_cash;
		at->trades += own.trades;
		at->changed |= own.changed;
	}
	if (err != EXCH_OK)
		return err;
	at->posted_qty = at->qty;
	at->posted_cash = at->cash;
	return exch_settle_move(
	    s, &own, own.qty, own.cash, 0, EXCH_LEDGER_DUE, why, date, d);
}

/* What it is worth at the last price; false: nobody knows. */
static bool
worth(const struct exch_listed *l, uint32_t date, int64_t qty, exch_i128 *value)
{
	exch_qty n = qty < 0 ? -(exch_qty)qty : (exch_qty)qty;

	*value = 0;
	if (l->last == EXCH_PX_NONE ||
	    exch_settle_worth(l, date, n, value) != 0)
		return false;
	if (qty < 0)
		*value = -*value;
	return true;
}

int
exch_settle_put_net(struct exch_settle *s, const struct exch_open *o,
    bool other, uint8_t flags, struct exch_diag *d)
{
	const struct exch_listed *l = &s->listed[o->listed];
	struct exch_rec_net *r =
	    exch_writer_new(s->w, EXCH_REC_NET, sizeof(*r), l->id, s->now);
	int sign = other ? -1 : 1;
	exch_i128 value;
	int err;

	r->h.flags |= flags;
	r->qty = sign * o->qty;
	err = exch_settle_narrow(sign * o->cash, &r->cash, d);
	if (err == 0)
		err = exch_settle_narrow(o->gross_cash, &r->gross_cash, d);
	r->gross_qty =
	    o->gross_qty > UINT64_MAX ? UINT64_MAX : (exch_qty)o->gross_qty;
	r->price = l->last;
	if (err == 0 && worth(l, o->date, r->qty, &value))
		err = exch_settle_narrow(value + sign * o->cash, &r->market, d);
	r->account = other ? o->against : o->account;
	r->against = other ? o->account : o->against;
	r->date = o->date;
	r->since = o->date;
	r->trades = o->trades > UINT32_MAX ? UINT32_MAX : (uint32_t)o->trades;
	memcpy(r->currency, s->currency[l->currency].name, 4);
	return err;
}

int
exch_settle_put_met(
    struct exch_settle *s, const struct exch_open *o, struct exch_diag *d)
{
	const struct exch_listed *l = &s->listed[o->listed];
	bool all = o->take == o->qty && o->pays == o->cash;
	struct exch_rec_obligation *r;
	int err;

	if (o->take == 0 && o->pays == 0)
		return EXCH_OK;
	r = exch_writer_new(
	    s->w, EXCH_REC_OBLIGATION, sizeof(*r), l->id, s->now);
	err = exch_settle_narrow(o->pays, &r->cash, d);
	r->match = o->match;
	r->qty = o->take;
	r->account = o->account;
	r->against = o->against;
	r->date = o->date;
	memcpy(r->currency, s->currency[l->currency].name, 4);
	r->status = all ? EXCH_DUE_SETTLED : EXCH_DUE_PARTIAL;
	return err;
}

/* The side that fails to deliver and the one that fails to receive. */
int
exch_settle_put_fail(struct exch_settle *s, const struct exch_open *o,
    uint32_t age, struct exch_diag *d)
{
	const struct exch_listed *l = &s->listed[o->listed];
	unsigned sides = o->against == EXCH_ACCOUNT_CCP ? 1 : 2;
	int err = EXCH_OK;

	for (unsigned side = 0; side < sides && err == 0; side++) {
		struct exch_rec_fail *r = exch_writer_new(
		    s->w, EXCH_REC_FAIL, sizeof(*r), l->id, s->now);

		r->qty = side == 0 ? o->qty : -o->qty;
		err = exch_settle_narrow(
		    side == 0 ? o->cash : -o->cash, &r->cash, d);
		r->price = l->last;
		r->account = side == 0 ? o->account : o->against;
		r->against = side == 0 ? o->against : o->account;
		r->date = o->date;
		r->age = age;
		r->reason = o->why;
		memcpy(r->currency, s->currency[l->currency].name, 4);
		s->tally.fails += side == 0;
	}
	return err;
}

/* ---- the end ---- */

static int
put_balance(void *arg, const struct exch_leg *b, struct exch_diag *d)
{
	struct exch_settle *s = arg;
	struct exch_rec_balance *r;
	uint32_t instr = 0;
	char name[4] = {0};
	int64_t v;
	int err = exch_settle_narrow(b->amount, &v, d);

	if (err != 0)
		return err;
	unit(s, b->unit, &instr, name);
	r = exch_writer_new(s->w, EXCH_REC_BALANCE, sizeof(*r), instr, s->now);
	r->h.flags |= EXCH_F_SNAPSHOT;
	if (b->unit < EXCH_UNIT_CASH)
		r->qty = v;
	else
		r->amount = v;
	r->account = b->account;
	r->date = s->closed;
	memcpy(r->currency, name, 4);
	r->ledger = b->ledger;
	return EXCH_OK;
}

static int
put_open(struct exch_settle *s, const struct exch_open *o, struct exch_diag *d)
{
	const struct exch_listed *l = &s->listed[o->listed];
	struct exch_rec_obligation *r;
	int err;

	/* A net goes on with what it is of, which no obligation tells. */
	if (s->o.model == 3 || s->o.bilateral)
		return exch_settle_put_net(s, o, false, EXCH_F_SNAPSHOT, d);
	r = exch_writer_new(
	    s->w, EXCH_REC_OBLIGATION, sizeof(*r), l->id, s->now);
	r->h.flags |= EXCH_F_SNAPSHOT;
	r->match = o->match;
	r->qty = o->qty;
	err = exch_settle_narrow(o->cash, &r->cash, d);
	r->account = o->account;
	r->against = o->against;
	r->date = o->date;
	memcpy(r->currency, s->currency[l->currency].name, 4);
	r->status = s->last != 0 && o->date <= s->last ? EXCH_DUE_FAILED
						       : EXCH_DUE_OPEN;
	return err;
}

/* What has ended may still be open, lent or secured. */
static int
ask(void *arg, const struct exch_leg *b, struct exch_diag *d)
{
	struct exch_settle *s = arg;

	(void)d;
	if (b->unit < EXCH_UNIT_CASH)
		s->listed[b->unit].asked = true;
	return EXCH_OK;
}

static void
put_price(struct exch_settle *s, const struct exch_listed *l)
{
	struct exch_rec_price *r;

	if (l->last == EXCH_PX_NONE ||
	    (l->is.expiry != 0 && l->is.expiry <= s->closed && !l->asked))
		return;
	r = exch_writer_new(s->w, EXCH_REC_PRICE, sizeof(*r), l->id, s->now);
	r->h.flags |= EXCH_F_SNAPSHOT;
	r->price = l->last;
	r->date = s->closed;
}

int
exch_settle_put_state(struct exch_settle *s, struct exch_diag *d)
{
	struct exch_open **list;
	uint32_t n;
	int err = EXCH_OK;

	list = exch_settle_listing(s, UINT32_MAX, 0, &n, d);
	if (list == NULL)
		return EXCH_ERR_NOMEM;
	for (uint32_t i = 0; i < n && err == 0; i++) {
		if (list[i]->qty == 0 && list[i]->cash == 0)
			continue;
		s->tally.open++;
		s->listed[list[i]->listed].asked = true;
		err = put_open(s, list[i], d);
	}
	exch_free(list);
	if (err == 0)
		err = exch_ledger_each(&s->ledger, ask, s, d);
	for (uint32_t i = 1; i <= s->nlisted && err == 0; i++)
		put_price(s, &s->listed[i]);
	return err != 0 ? err : exch_ledger_each(&s->ledger, put_balance, s, d);
}
