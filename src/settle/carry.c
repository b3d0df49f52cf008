/*
 * What there was before the stream.  Cash is posted at once, securities when
 * their instrument is announced: records name those by the stream's ids.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/time.h"
#include "settle/settle_priv.h"

/* Ids of our own are above this one, where streams have few. */
#define FIRST_OWN 65535

int
exch_settle_carry(
    struct exch_settle *s, const struct exch_leg *leg, struct exch_diag *d)
{
	if (!exch_room(&s->carried, s->ncarried, &s->carried_cap, sizeof(*leg)))
		return exch_settle_nomem(d);
	s->carried[s->ncarried++] = *leg;
	s->sorted = false;
	return EXCH_OK;
}

static int
by_unit(const void *a, const void *b)
{
	const struct exch_leg *x = a, *y = b;

	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	if (x->account != y->account)
		return x->account < y->account ? -1 : 1;
	if (x->ledger != y->ledger)
		return x->ledger < y->ledger ? -1 : 1;
	return x->amount < y->amount ? -1 : x->amount > y->amount;
}

int
exch_settle_carried(struct exch_settle *s, uint32_t unit, struct exch_diag *d)
{
	size_t low = 0, high = s->ncarried, n = 0;
	exch_i128 sum = 0;
	bool any = false;
	int err;

	if (!s->sorted && s->ncarried > 0)
		qsort(s->carried, s->ncarried, sizeof(*s->carried), by_unit);
	s->sorted = true;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->carried[mid].unit < unit)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low + n < s->ncarried && s->carried[low + n].unit == unit; n++) {
		sum += s->carried[low + n].amount;
		any |= s->carried[low + n].amount != 0;
	}
	if (!any)
		return EXCH_OK;
	if (sum != 0)
		return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "what there was before of %.24s does not add up to 0",
		    unit < EXCH_UNIT_CASH
			? s->listed[unit].is.symbol
			: s->currency[unit - EXCH_UNIT_CASH].name);
	err = exch_settle_post(
	    s, s->carried + low, n, EXCH_POSTED_OPENING, s->date, d);
	/* Once: an instrument may be announced again. */
	for (size_t i = low; i < low + n; i++)
		s->carried[i].amount = 0;
	return err;
}

int
exch_settle_announce(struct exch_settle *s, struct exch_diag *d)
{
	int err = EXCH_OK;

	for (uint32_t i = 1; i <= s->nlisted && err == 0; i++) {
		struct exch_listed *l = &s->listed[i];
		struct exch_rec_instrument *r;

		if (l->id != 0)
			continue;
		if (s->top >= EXCH_INSTR_MAX)
			return exch_diag_set(d, EXCH_ERR_LIMIT, NULL,
			    EXCH_POS_NONE, 0, "no id is left for %.24s",
			    l->is.symbol);
		if (s->top < FIRST_OWN)
			s->top = FIRST_OWN;
		l->id = ++s->top;
		err = exch_settle_own(s, i, d);
		if (err != 0)
			return err;
		r = exch_writer_new(
		    s->w, EXCH_REC_INSTRUMENT, sizeof(*r), l->id, s->now);
		memcpy((char *)r + sizeof(r->h), (char *)&l->is + sizeof(r->h),
		    sizeof(*r) - sizeof(r->h));
		err = exch_settle_carried(s, i, d);
	}
	return err;
}

/* ---- from the stream of a day before ---- */

static int
wrong(struct exch_diag *d, const char *what)
{
	return exch_diag_set(
	    d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0, "%s", what);
}

static int
balance(struct exch_settle *s, const struct exch_rec_balance *b,
    const struct exch_rec_instrument *in, struct exch_diag *d)
{
	struct exch_leg leg = {
	    .account = b->account, .ledger = b->ledger, .amount = b->qty};
	uint32_t currency;
	int err;

	if (!exch_date_is(b->date))
		return wrong(d, "a balance is of no date");
	if (b->h.instr != 0) {
		if (in == NULL)
			return wrong(d, "a balance is of no instrument");
		err = exch_settle_restate(s, in, &leg.unit, d);
	} else {
		err = exch_settle_currency(s, b->currency, &currency, d);
		leg.unit = EXCH_UNIT_CASH + currency;
		leg.amount = b->amount;
	}
	s->closed = b->date > s->closed ? b->date : s->closed;
	s->fees.owed |= b->ledger == EXCH_LEDGER_FEES;
	return err != 0 ? err : exch_settle_carry(s, &leg, d);
}

int
exch_settle_open_at(struct exch_settle *s, const struct exch_open *is,
    struct exch_open **out, struct exch_diag *d)
{
	const uint32_t account[2] = {is->account, is->against};
	uint64_t id = is->listed | (uint64_t)is->date << 24;
	uint32_t place = is->account;
	int err = EXCH_OK;

	if (s->o.model != 3 && !s->o.bilateral) {
		place = 0;
		id = ++s->nopen;
	} else if (s->o.model != 3) {
		err = exch_settle_pair(s, account, &place, d);
	}
	if (err == 0)
		err = exch_keyed_add(&s->open, place, id, out);
	return err == 0 || err == EXCH_ERR_EXISTS ? err : exch_settle_nomem(d);
}

/* Of any model: whose, against whom, how much and for which day. */
static int
open(struct exch_settle *s, const struct exch_open *is, bool net,
    const struct exch_rec_instrument *in, exch_px price, struct exch_diag *d)
{
	struct exch_open at = *is;
	struct exch_key key;
	struct exch_open *o;
	int err;

	if (in == NULL || !exch_date_is(is->date))
		return wrong(d, "what is open is of no instrument or date");
	if ((is->against == EXCH_ACCOUNT_CCP) != (s->o.model == 3))
		return wrong(d, "it was settled by another model");
	if (s->o.model != 3 && net != s->o.bilateral)
		return wrong(
		    d, net ? "it is a net of two accounts: add --bilateral"
			   : "it is of one trade, settled without --bilateral");
	if (s->o.model != 3 && net && is->account >= is->against)
		return wrong(d, "it is the net of a pair the wrong way round");
	err = exch_settle_restate(s, in, &at.listed, d);
	if (err == 0)
		err = exch_settle_open_at(s, &at, &o, d);
	if (err == EXCH_ERR_EXISTS)
		return wrong(d, "the same is open twice");
	if (err != 0)
		return err;
	key = o->key;
	*o = at;
	o->key = key;
	o->posted_qty = o->qty;
	o->posted_cash = o->cash;
	if (price != EXCH_PX_NONE)
		s->listed[at.listed].last = s->listed[at.listed].cum = price;
	return EXCH_OK;
}

/* What settlement valued it at when that day had ended. */
static int
priced(struct exch_settle *s, const struct exch_rec_price *p,
    const struct exch_rec_instrument *in, struct exch_diag *d)
{
	uint32_t listed;
	int err;

	if (in == NULL)
		return wrong(d, "a price is of no instrument");
	if (p->price == EXCH_PX_NONE)
		return wrong(d, "a price is none");
	err = exch_settle_restate(s, in, &listed, d);
	if (err == 0)
		s->listed[listed].last = s->listed[listed].cum = p->price;
	return err;
}

/*
 * An execution: streams of older versions tell no price at their end.  Only a
 * number is kept, for most of what was traded nobody will ask.
 */
static int
traded(struct exch_settle *s, uint32_t id, exch_px price, struct exch_diag *d)
{
	if (price == EXCH_PX_NONE || id > EXCH_INSTR_MAX)
		return EXCH_OK;
	if (id >= s->nbefore) {
		uint32_t n = s->nbefore == 0 ? 64 : s->nbefore;
		exch_px *p;

		while (n <= id)
			n *= 2;
		p = exch_realloc(s->before, n, sizeof(*p));
		if (p == NULL)
			return exch_settle_nomem(d);
		for (uint32_t i = s->nbefore; i < n; i++)
			p[i] = EXCH_PX_NONE;
		s->before = p;
		s->nbefore = n;
	}
	s->before[id] = price;
	return EXCH_OK;
}

int
exch_settle_from(struct exch_settle *s, const struct exch_rec *r,
    const struct exch_rec_instrument *in, struct exch_diag *d)
{
	const struct exch_rec_balance *b = EXCH_REC_AS(r, exch_rec_balance);
	const struct exch_rec_net *n = EXCH_REC_AS(r, exch_rec_net);
	const struct exch_rec_obligation *o =
	    EXCH_REC_AS(r, exch_rec_obligation);
	const struct exch_rec_exec *e = EXCH_REC_AS(r, exch_rec_exec);
	const struct exch_rec_price *p = EXCH_REC_AS(r, exch_rec_price);
	struct exch_open is = {0};
	int err = EXCH_OK;

	if (r->type == EXCH_REC_EXEC && e != NULL)
		return traded(s, r->instr, e->price, d);
	if ((r->flags & EXCH_F_SNAPSHOT) == 0)
		return EXCH_OK;
	if (r->type == EXCH_REC_BALANCE && b != NULL)
		return balance(s, b, in, d);
	if (r->type == EXCH_REC_PRICE && p != NULL)
		return priced(s, p, in, d);
	if (r->type == EXCH_REC_NET && n != NULL) {
		is.qty = n->qty;
		is.cash = n->cash;
		is.gross_qty = n->gross_qty;
		is.gross_cash = n->gross_cash;
		is.trades = n->trades;
		is.account = n->account;
		is.against = n->against;
		is.date = n->date;
		err = open(s, &is, true, in, n->price, d);
	} else if (r->type == EXCH_REC_OBLIGATION && o != NULL) {
		is.qty = o->qty;
		is.cash = o->cash;
		is.match = o->match;
		is.account = o->account;
		is.against = o->against;
		is.date = o->date;
		err = open(s, &is, false, in, EXCH_PX_NONE, d);
	}
	return err;
}
