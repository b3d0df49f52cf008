/*
 * Trades as they come: whose they are, what they come to, and when they
 * settle.  Each becomes two obligations, which are told, and is added to what
 * is open.
 */
#include <config.h>

#include <string.h>

#include "settle/settle_priv.h"

/* One trade, or one taken back. */
struct deal {
	struct exch_listed *l;
	uint64_t match;
	exch_qty qty;
	exch_cash cash;
	exch_cash accrued;   /* interest, of it */
	uint32_t account[2]; /* buyer, seller */
	uint32_t block[2];   /* that they belong to, 0: none */
	exch_cash fee[2];
	uint32_t due;
	bool back;
};

/* The two sides of a trade: buyer, seller. */
struct sides {
	uint32_t account[2];
	uint64_t order[2];
	bool again; /* it stands for the one broken last */
	uint8_t aggressor;
};

/* ---- when ---- */

/* The settlement date of a trade of today. */
static int
due(struct exch_settle *s, struct exch_listed *l, struct exch_diag *d)
{
	uint32_t days = s->o.days;
	int err =
	    s->o.cycle == NULL || l->traded == s->date
		? EXCH_OK
		: exch_cycle_days(s->o.cycle, l->is.kind, s->date, &days, d);

	if (l->traded == s->date)
		return EXCH_OK;
	if (s->o.cycle == NULL && l->is.settle_days != 0)
		days = l->is.settle_days;
	if (err == 0)
		err =
		    exch_settle_step(s->o.calendar, s->date, days, &l->due, d);
	if (err == 0)
		l->traded = s->date;
	return err;
}

/* ---- into what is open ---- */

static int
too_much(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "what is open is more than numbers can say");
}

static uint64_t
magnitude(exch_cash v)
{
	return v < 0 ? -(uint64_t)v : (uint64_t)v;
}

/* A buyer's side is +1; gross is of the trade, and less when it is broken. */
static int
add_to(struct exch_open *o, const struct deal *x, int sign, struct exch_diag *d)
{
	int64_t qty = (int64_t)x->qty;

	if (x->back)
		sign = -sign;
	if (__builtin_add_overflow(o->qty, sign * qty, &o->qty))
		return too_much(d);
	o->cash -= sign * (exch_i128)x->cash;
	if (x->back) {
		o->gross_qty -= x->qty;
		o->gross_cash -= magnitude(x->cash);
		o->trades--;
	} else {
		o->gross_qty += x->qty;
		o->gross_cash += magnitude(x->cash);
		o->trades++;
	}
	return EXCH_OK;
}

static uint64_t
day_id(const struct exch_settle *s, const struct deal *x)
{
	return (uint64_t)(x->l - s->listed) | (uint64_t)x->due << 24;
}

static int
open_of(struct exch_settle *s, const struct deal *x, uint32_t place,
    uint64_t id, const uint32_t account[2], struct exch_open **out,
    struct exch_diag *d)
{
	int err = exch_keyed_add(&s->open, place, id, out);

	if (err == EXCH_ERR_EXISTS) {
		(*out)->traded = s->date;
		return EXCH_OK;
	}
	if (err != 0)
		return exch_settle_nomem(d);
	(*out)->account = account[0];
	(*out)->against = account[1];
	(*out)->listed = (uint32_t)(x->l - s->listed);
	(*out)->date = x->due;
	(*out)->traded = s->date;
	return EXCH_OK;
}

/* Both sides against the central counterparty. */
static int
novate(struct exch_settle *s, const struct deal *x, struct exch_diag *d)
{
	struct exch_open *o;
	int err = EXCH_OK;

	for (unsigned i = 0; i < 2 && err == 0; i++) {
		const uint32_t account[2] = {x->account[i], EXCH_ACCOUNT_CCP};

		err =
		    open_of(s, x, x->account[i], day_id(s, x), account, &o, d);
		if (err == 0)
			err = add_to(o, x, i == 0 ? 1 : -1, d);
		if (err == 0 || i == 0)
			continue;
		/* Not one side without the other. */
		o = exch_keyed_find(&s->open, x->account[0], day_id(s, x));
		(void)add_to(o, x, -1, NULL); /* it was less before */
		o->trades -= x->back ? 0 : 2;
		o->trades += x->back ? 2 : 0;
	}
	return err;
}

int
exch_settle_pair(struct exch_settle *s, const uint32_t account[2],
    uint32_t *place, struct exch_diag *d)
{
	struct exch_key *pair;
	int err = exch_keyed_add(&s->pairs, account[0], account[1], &pair);

	if (err != 0 && err != EXCH_ERR_EXISTS)
		return exch_settle_nomem(d);
	*place = pair->slot;
	return EXCH_OK;
}

/* The lower number of a pair has the account. */
static int
pair_up(struct exch_settle *s, const struct deal *x, struct exch_diag *d)
{
	bool buys = x->account[0] < x->account[1];
	const uint32_t account[2] = {x->account[!buys], x->account[buys]};
	struct exch_open *o;
	uint32_t place = 0;
	int err = exch_settle_pair(s, account, &place, d);

	if (err == 0)
		err = open_of(s, x, place, day_id(s, x), account, &o, d);
	return err != 0 ? err : add_to(o, x, buys ? 1 : -1, d);
}

/* Each for itself: the number tells it from the others. */
static int
alone(struct exch_settle *s, const struct deal *x, uint64_t *number,
    struct exch_diag *d)
{
	struct exch_open *o;
	int err;

	if (x->back) {
		o = exch_keyed_find(&s->open, 0, *number);
		/* What the ledger has of it is taken back at the day's end. */
		if (o != NULL && (o->posted_qty != 0 || o->posted_cash != 0)) {
			o->traded = s->date;
			return add_to(o, x, 1, d);
		}
		if (o != NULL && o->traded != 0) {
			exch_keyed_drop(&s->open, o);
			return EXCH_OK;
		}
	}
	*number = ++s->nopen;
	err = open_of(s, x, 0, *number, x->account, &o, d);
	if (err != 0)
		return err;
	o->match = x->match;
	if (x->back) {
		struct deal turned = *x;

		turned.back = false;
		return add_to(o, &turned, -1, d);
	}
	return add_to(o, x, 1, d);
}

/* What one has with himself settles by itself. */
static int
open_up(struct exch_settle *s, const struct deal *x, uint64_t *number,
    struct exch_diag *d)
{
	if (s->o.model == 3)
		return novate(s, x, d);
	if (x->account[0] == x->account[1])
		return EXCH_OK;
	return s->o.bilateral ? pair_up(s, x, d) : alone(s, x, number, d);
}

/* ---- what is told of it ---- */

static void
tell(struct exch_settle *s, const struct deal *x)
{
	int64_t qty = (int64_t)x->qty;
	const struct exch_currency *c = &s->currency[x->l->currency];

	for (unsigned i = 0; i < 2; i++) {
		bool receives = (i == 0) != x->back;
		struct exch_rec_obligation *r = exch_writer_put(
		    s->w, EXCH_REC_OBLIGATION, sizeof(*r), x->l->id, s->now);

		r->match = x->match;
		r->qty = receives ? qty : -qty;
		r->cash = receives ? -x->cash : x->cash;
		r->account = x->account[i];
		r->against =
		    s->o.model == 3 ? EXCH_ACCOUNT_CCP : x->account[1 - i];
		r->date = x->due;
		memcpy(r->currency, c->name, 4);
		r->status = x->back ? EXCH_DUE_BROKEN : EXCH_DUE_OPEN;
		memset(r->zero, 0, sizeof(r->zero));
	}
}

/* ---- trades ---- */

static uint64_t
past_id(uint8_t source, uint64_t match)
{
	return match ^ (uint64_t)source << 56;
}

static void
drop(struct exch_settle *s, struct exch_past *p)
{
	for (unsigned i = 0; i < 2; i++)
		exch_settle_hold_block(s, p->block[i], false);
	exch_keyed_drop(&s->past, p);
}

/* The oldest one gives way. */
static void
forget(struct exch_settle *s)
{
	const struct exch_past_at *at = &s->ring[s->npast % s->o.remember];
	struct exch_past *p;

	if (s->npast < s->o.remember)
		return;
	p = exch_keyed_find(&s->past, at->place, at->id);
	if (p != NULL && p->order == s->npast - s->o.remember)
		drop(s, p);
}

static int
remember(struct exch_settle *s, const struct exch_rec *r, const struct deal *x,
    uint64_t number, struct exch_diag *d)
{
	uint64_t id = past_id(r->source, x->match);
	struct exch_past *p;

	forget(s);
	if (exch_keyed_add(&s->past, r->instr, id, &p) != 0)
		return exch_settle_nomem(d);
	p->cash = x->cash;
	p->accrued = x->accrued;
	p->qty = x->qty;
	memcpy(p->account, x->account, sizeof(p->account));
	memcpy(p->block, x->block, sizeof(p->block));
	for (unsigned i = 0; i < 2; i++)
		exch_settle_hold_block(s, p->block[i], true);
	memcpy(p->fee, x->fee, sizeof(p->fee));
	p->trade_date = s->date;
	p->due = x->due;
	p->open = number;
	p->order = s->npast;
	s->traded[r->source] = true;
	s->ring[s->npast++ % s->o.remember] =
	    (struct exch_past_at){.id = id, .place = r->instr};
	return EXCH_OK;
}

/* The blocks of both sides; what is corrected stays in its own. */
static int
blocks(struct exch_settle *s, const struct sides *of, struct deal *x,
    struct exch_diag *d)
{
	int err = EXCH_OK;

	if (of->again && s->broken.trade_date == s->date) {
		memcpy(x->block, s->broken.block, sizeof(x->block));
		return EXCH_OK;
	}
	for (unsigned i = 0; i < 2 && err == 0; i++)
		err = exch_settle_block(s, x->l, of->account[i], of->order[i],
		    i == 0 ? EXCH_BUY : EXCH_SELL, &x->block[i], d);
	return err;
}

/* What both sides are charged for it. */
static int
fees(struct exch_settle *s, const struct sides *of, struct deal *x,
    struct exch_diag *d)
{
	int err = EXCH_OK;

	for (unsigned i = 0; i < 2 && err == 0; i++) {
		const struct exch_charge c = {.account = x->account[i],
		    .how = exch_fee_liquidity((enum exch_side)of->aggressor,
			i == 0 ? EXCH_BUY : EXCH_SELL),
		    .cash = x->cash - x->accrued,
		    .qty = x->qty};

		err = exch_settle_fee(s, x->l, &c, &x->fee[i], d);
	}
	return err;
}

/* What is in them now. */
static void
in_blocks(struct exch_settle *s, const struct deal *x)
{
	for (unsigned i = 0; i < 2; i++)
		exch_settle_in_block(s, x->block[i], x->qty, x->cash,
		    x->accrued, x->due, x->back);
}

/* A bond costs what it has accrued besides. */
static int
add_interest(const struct exch_settle *s, struct deal *x, struct exch_diag *d)
{
	int err = exch_settle_interest(s, x->l, x->due, x->qty, &x->accrued, d);

	if (err == 0 && __builtin_add_overflow(x->cash, x->accrued, &x->cash))
		err = too_much(d);
	return err;
}

/*
 * Of a series that has ended nothing can be traded or taken back any more: its
 * contracts have been exercised, assigned and delivered, or are worth nothing.
 * A clearing house leaves it to both sides to make good what is wrong then.
 */
static int
not_ended(const struct exch_settle *s, const struct exch_listed *l, bool back,
    struct exch_diag *d)
{
	if (s->o.exercises == NULL || l->is.kind != EXCH_KIND_OPTION ||
	    l->is.expiry == 0 || l->is.expiry > s->exercised)
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "%.24s has ended on %u: a trade in it %s", l->is.symbol,
	    l->is.expiry,
	    back ? "is broken too late, and stays" : "is too late");
}

/* Two accounts have traded; what is remembered is not captured again. */
static int
trade(struct exch_settle *s, const struct exch_rec *r, uint64_t match,
    exch_px price, exch_qty qty, const struct sides *of, struct exch_diag *d)
{
	struct deal x = {.match = match,
	    .qty = qty,
	    .account = {of->account[0], of->account[1]}};
	struct exch_currency *c;
	uint64_t number = 0;
	exch_i128 cash;
	int err = exch_settle_listed_of(s, r->instr, &x.l, d);

	if (err != 0)
		return err;
	if (exch_keyed_find(&s->past, r->instr, past_id(r->source, match)) !=
	    NULL)
		return EXCH_OK;
	err = not_ended(s, x.l, false, d);
	if (err != 0)
		return err;
	if (qty > INT64_MAX ||
	    exch_money_cash(&x.l->money, price, qty, &cash) != 0)
		return too_much(d);
	err = exch_settle_narrow(cash, &x.cash, d);
	if (err == 0)
		err = due(s, x.l, d);
	x.due = x.l->due;
	if (err == 0)
		err = add_interest(s, &x, d);
	if (err == 0)
		err = blocks(s, of, &x, d);
	if (err == 0)
		err = fees(s, of, &x, d);
	if (err == 0)
		err = open_up(s, &x, &number, d);
	if (err == 0)
		err = remember(s, r, &x, number, d);
	if (err != 0)
		return err;
	c = &s->currency[x.l->currency];
	c->gross_cash += magnitude(x.cash);
	s->tally.trades++;
	in_blocks(s, &x);
	if (x.l->bond != NULL)
		exch_settle_put_accrued(
		    s, x.l, match, x.cash - x.accrued, x.accrued, x.due);
	tell(s, &x);
	return EXCH_OK;
}

int
exch_settle_transfer(
    struct exch_settle *s, const struct exch_transfer *t, struct exch_diag *d)
{
	struct deal x = {.l = &s->listed[t->listed],
	    .match = t->match,
	    .qty = t->qty,
	    .cash = t->cash,
	    .account = {t->account[0], t->account[1]},
	    .due = t->due};
	uint64_t number = 0;
	int err = open_up(s, &x, &number, d);

	if (err == 0)
		tell(s, &x);
	return err;
}

static int
executed(
    struct exch_settle *s, const struct exch_rec_exec *e, struct exch_diag *d)
{
	const struct sides of = {
	    .account = {exch_owner_of(&s->owners, e->h.instr, e->buy),
		exch_owner_of(&s->owners, e->h.instr, e->sell)},
	    .order = {e->buy, e->sell},
	    .aggressor = e->aggressor};
	struct exch_listed *l;
	int err = exch_settle_listed_of(s, e->h.instr, &l, d);

	if (err != 0)
		return err;
	if (e->price != EXCH_PX_NONE)
		l->last = e->price;
	return trade(s, &e->h, e->match, e->price, e->qty, &of, d);
}

/* What the venue told, or two agreed on, or stands for what was broken. */
static int
told(struct exch_settle *s, const struct exch_rec_trade *t, struct exch_diag *d)
{
	struct sides of = {
	    .account = {exch_owner_of(&s->owners, t->h.instr, t->buy),
		exch_owner_of(&s->owners, t->h.instr, t->sell)},
	    .order = {t->buy, t->sell},
	    .aggressor = t->aggressor};
	struct exch_listed *l;
	int err = exch_settle_listed_of(s, t->h.instr, &l, d);

	if (err != 0)
		return err;
	if (t->kind == EXCH_PRINT_BLOCK && s->block.report == t->buy &&
	    s->block.h.instr == t->h.instr) {
		of.account[0] = s->block.buyer;
		of.account[1] = s->block.seller;
	} else if (t->kind == EXCH_PRINT_CORRECTED &&
		   s->broken.key.place == t->h.instr) {
		memcpy(of.account, s->broken.account, sizeof(of.account));
		of.again = true;
	} else if (t->kind != EXCH_PRINT_CROSS && t->price != EXCH_PX_NONE) {
		l->last = t->price;
	}
	if (of.account[0] == 0 && of.account[1] == 0)
		return EXCH_OK; /* of people nobody named */
	if (t->price == EXCH_PX_NONE) {
		s->tally.unpriced++;
		return EXCH_OK;
	}
	return trade(s, &t->h, t->match, t->price, t->qty, &of, d);
}

/*
 * A trade of today is taken back for the day it was to settle on.  One of an
 * earlier trade date is turned round: on that day if it has not come, else when
 * a trade of today would settle.  The venue names an execution of its own,
 * which is not captured: it is the engine's that is (rec/redone.h), and where
 * the engine did not do it there is nothing to take back.
 */
static int
broken(
    struct exch_settle *s, const struct exch_rec_bust *b, struct exch_diag *d)
{
	struct deal x = {.match = b->match, .back = true};
	uint8_t source = b->h.source;
	struct exch_currency *c;
	struct exch_past *p;
	uint64_t number;
	int err;

	s->broken = (struct exch_past){.key = {.place = UINT32_MAX}};
	if (exch_redone_of(&s->redone, b->h.instr, &x.match, &source) ==
	    EXCH_REDONE_NONE)
		return EXCH_OK;
	p = exch_keyed_find(&s->past, b->h.instr, past_id(source, x.match));
	if (p == NULL) {
		/* Perhaps it was never captured: told by the venue only. */
		s->tally.forgotten +=
		    s->npast > s->o.remember && s->traded[source];
		return EXCH_OK;
	}
	err = exch_settle_listed_of(s, b->h.instr, &x.l, d);
	if (err == 0)
		err = not_ended(s, x.l, true, d);
	if (err == 0)
		err = due(s, x.l, d);
	if (err != 0)
		return err;
	x.qty = p->qty;
	x.cash = p->cash;
	x.accrued = p->accrued;
	memcpy(x.account, p->account, sizeof(x.account));
	if (p->trade_date == s->date)
		memcpy(x.block, p->block, sizeof(x.block));
	x.due = p->due > s->last ? p->due : x.l->due;
	number = p->open;
	err = open_up(s, &x, &number, d);
	for (unsigned i = 0; i < 2 && err == 0; i++)
		err = exch_settle_fee_back(s, x.l, p->account[i], p->fee[i],
		    p->qty, p->trade_date == s->date, d);
	if (err != 0)
		return err;
	s->broken = *p;
	c = &s->currency[x.l->currency];
	c->gross_cash -= magnitude(x.cash);
	s->tally.broken++;
	in_blocks(s, &x);
	tell(s, &x);
	for (unsigned i = 0; i < 2 && p->trade_date != s->date && err == 0; i++)
		err = exch_settle_divide_again(s, p->block[i], p, x.due, d);
	drop(s, p);
	return err;
}

static int
deposited(struct exch_settle *s, const struct exch_rec_deposit *c,
    struct exch_diag *d)
{
	const struct exch_leg leg[2] = {
	    {c->account, EXCH_UNIT_CASH, EXCH_LEDGER_HOLDING, c->amount},
	    {c->account, EXCH_UNIT_CASH, EXCH_LEDGER_OUTSIDE,
		-(exch_i128)c->amount}};

	if (!s->named) {
		int err = exch_settle_carry(s, &leg[0], d);

		return err != 0 ? err : exch_settle_carry(s, &leg[1], d);
	}
	return exch_settle_post(s, leg, 2, EXCH_POSTED_DEPOSIT, s->date, d);
}

/* The record as its type, or nothing: others have told of bad content. */
#define WITH(T, var)                                                           \
	const struct T *var = EXCH_REC_AS(r, T);                               \
	if ((var) == NULL)                                                     \
	break

int
exch_settle_capture(
    struct exch_settle *s, const struct exch_rec *r, struct exch_diag *d)
{
	switch (r->type) {
	case EXCH_REC_INSTRUMENT: {
		WITH(exch_rec_instrument, c);
		return exch_settle_announced(s, c, d);
	}
	case EXCH_REC_BLOCK: {
		WITH(exch_rec_block, c);
		s->block = *c;
		break;
	}
	case EXCH_REC_DEPOSIT: {
		WITH(exch_rec_deposit, c);
		return deposited(s, c, d);
	}
	case EXCH_REC_EXEC: {
		WITH(exch_rec_exec, e);
		return executed(s, e, d);
	}
	case EXCH_REC_TRADE: {
		WITH(exch_rec_trade, t);
		return told(s, t, d);
	}
	case EXCH_REC_BUST: {
		WITH(exch_rec_bust, b);
		return broken(s, b, d);
	}
	default:
		break;
	}
	return EXCH_OK;
}
