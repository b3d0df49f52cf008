/*
 * Accounts, instruments and what the ones have in the others (portfolio.h).
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "rec/cash.h"
#include "rec/owner.h"
#include "rec/redone.h"
#include "risk/portfolio.h"

/* What something is worth is within this, so that sums of it are numbers. */
#define CASH_MAX ((exch_i128)INT64_MAX << 32)

/* Known by (0, instrument). */
struct listed {
	struct exch_key key;
	char symbol[24];
	struct exch_money money;
	uint64_t qty_unit;
	exch_px reference, last, close, given; /* or none */
	bool opened;
};

/* Known by (0, account). */
struct account {
	struct exch_key key;
	const struct exch_account_row *row; /* or NULL */
	char member[16];		    /* by the stream, or NULs */
	exch_i128 cash;
	exch_u128 volume; /* quantity traded, of all instruments */
	uint32_t stakes;  /* slots of what it has, a list */
};

/* Known by (account, instrument). */
struct stake {
	struct exch_key key;
	struct exch_position pos;
	exch_u128 bought, sold;
	exch_i128 paid, got, fees;
	uint64_t trades, buys;
	uint32_t next; /* of its account */
};

/* An execution, known by (instrument, match). */
struct past {
	struct exch_key key;
	exch_i128 cash, fee[2];
	exch_qty qty;
	uint32_t account[2];
};

struct exch_portfolio {
	struct exch_portfolio_opts o;
	struct exch_opening opening;
	struct exch_owners owners;
	struct exch_redone redone; /* the venue's breaks name its own */
	struct exch_keyed listed, account, stake, past;
	struct exch_rec_block block; /* the last one asked for */
	struct past broken;	     /* the last one, for its correction */
	struct exch_booked booked;
	unsigned nbooked;
	uint64_t unpriced;
};

/* One side of an execution, as it is booked. */
struct side {
	struct account *a;
	struct stake *s;
	bool sell;
	exch_i128 fee;
};

static int
nomem(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for positions");
}

/* ---- accounts, instruments and stakes ---- */

static int
listed_of(struct exch_portfolio *p, uint32_t instr, struct listed **out,
    struct exch_diag *d)
{
	int err = exch_keyed_add(&p->listed, 0, instr, out);

	if (err == EXCH_ERR_EXISTS)
		return EXCH_OK;
	if (err != 0)
		return nomem(d);
	(*out)->money = exch_money_of(0, 0, EXCH_KIND_EQUITY);
	(*out)->qty_unit = 1;
	(*out)->reference = (*out)->last = EXCH_PX_NONE;
	(*out)->close = (*out)->given = EXCH_PX_NONE;
	return EXCH_OK;
}

static int
account_of(struct exch_portfolio *p, uint32_t id, struct account **out,
    struct exch_diag *d)
{
	int err = exch_keyed_add(&p->account, 0, id, out);

	return err == 0 || err == EXCH_ERR_EXISTS ? EXCH_OK : nomem(d);
}

static int
stake_of(struct exch_portfolio *p, uint32_t account, uint32_t instr,
    struct stake **out, struct exch_diag *d)
{
	int err = exch_keyed_add(&p->stake, account, instr, out);
	struct account *a;

	if (err == EXCH_ERR_EXISTS)
		return EXCH_OK;
	if (err != 0)
		return nomem(d);
	err = account_of(p, account, &a, d);
	if (err != 0)
		return err;
	(*out)->next = a->stakes;
	a->stakes = (*out)->key.slot;
	return EXCH_OK;
}

static int
add_accounts(struct exch_portfolio *p, struct exch_diag *d)
{
	const struct exch_reftable *t = p->o.accounts;
	const struct exch_account_row *row = t != NULL ? t->row : NULL;
	struct account *a;

	for (size_t i = 0; t != NULL && i < t->n; i++) {
		int err = exch_keyed_add(&p->account, 0, row[i].account, &a);

		if (err == EXCH_ERR_EXISTS)
			return exch_reftable_bad(t, i, d,
			    "account %u stands in line %llu already",
			    row[i].account,
			    (unsigned long long)t->line[a->row - row]);
		if (err != 0)
			return nomem(d);
		a->row = &row[i];
		a->cash = row[i].balance;
	}
	return EXCH_OK;
}

/* ---- booking ---- */

/*
 * What a quantity is worth, as much as a record could say at most: sums of a
 * year stay in 128 bits.  0 without a price.
 */
static int
worth(const struct listed *l, exch_px price, exch_qty qty, exch_i128 *cash,
    struct exch_diag *d)
{
	*cash = 0;
	if (price == EXCH_PX_NONE)
		return EXCH_OK;
	if (exch_money_cash(&l->money, price, qty, cash) == 0 &&
	    *cash <= INT64_MAX && *cash >= -INT64_MAX)
		return EXCH_OK;
	*cash = 0;
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "an execution is worth more than numbers can say: expected "
	    "9223372036854.775807 at most; look for a wrong quantity, price or "
	    "multiplier");
}

static const char *
member_of(const struct account *a)
{
	return a->row != NULL && a->row->member[0] != '\0' ? a->row->member
							   : a->member;
}

/* Whom rows of other tables may be about. */
static struct exch_account_row
who_is(const struct account *a)
{
	struct exch_account_row who = {.account = (uint32_t)a->key.id};

	if (a->row != NULL)
		who = *a->row;
	memcpy(who.member, member_of(a), sizeof(who.member));
	return who;
}

static exch_i128
fee_of(const struct exch_portfolio *p, const struct account *a,
    const struct listed *l, enum exch_liquidity how, exch_i128 cash,
    exch_qty qty)
{
	struct exch_account_row who;
	const struct exch_fee_row *r;

	if (p->o.fees == NULL || a->key.id == 0)
		return 0;
	who = who_is(a);
	r = exch_fees_find(
	    p->o.fees, who.account, who.member, l->symbol, a->volume);
	return r == NULL ? 0 : exch_fee(r, how, cash, qty, l->qty_unit);
}

/* One side; `back`: it is taken back, a buy as a sale and what it cost. */
static int
book(struct exch_portfolio *p, const struct side *x, exch_qty qty,
    exch_i128 cash, bool back, struct exch_diag *d)
{
	struct stake *s = x->s;
	int sign = back ? -1 : 1;
	int err = exch_position_trade(
	    &s->pos, p->o.method, x->sell != back, qty, cash, d);

	if (err != 0)
		return err;
	if (x->sell) {
		s->sold += back ? -(exch_u128)qty : qty;
		s->got += sign * cash;
		x->a->cash += sign * cash;
	} else {
		s->bought += back ? -(exch_u128)qty : qty;
		s->paid += sign * cash;
		x->a->cash -= sign * cash;
	}
	s->fees += sign * x->fee;
	x->a->cash -= sign * x->fee;
	x->a->volume += back ? -(exch_u128)qty : qty;
	s->trades += back ? UINT64_MAX : 1;
	s->buys += x->sell ? 0 : back ? UINT64_MAX : 1;
	return EXCH_OK;
}

/* Stakes move when one is added: both are there before either is kept. */
static int
sides_of(struct exch_portfolio *p, uint32_t instr, const struct past *t,
    struct side x[2], struct exch_diag *d)
{
	int err = EXCH_OK;

	for (unsigned i = 0; i < 4 && err == 0; i++) {
		unsigned k = i % 2;

		x[k].sell = k == 1;
		x[k].fee = t->fee[k];
		err = account_of(p, t->account[k], &x[k].a, d);
		if (err == 0)
			err = stake_of(p, t->account[k], instr, &x[k].s, d);
	}
	return err;
}

static int
book_both(struct exch_portfolio *p, uint32_t instr, const struct past *t,
    bool back, struct exch_diag *d)
{
	struct exch_diag own = {0};
	struct side x[2];
	int err = sides_of(p, instr, t, x, d);

	if (err == 0)
		err = book(p, &x[0], t->qty, t->cash, back, d);
	if (err != 0)
		return err;
	err = book(p, &x[1], t->qty, t->cash, back, d);
	if (err != 0) {
		(void)book(p, &x[0], t->qty, t->cash, !back, &own);
		return err;
	}
	p->booked = (struct exch_booked){{t->account[0], t->account[1]}, instr};
	p->nbooked = 2;
	return EXCH_OK;
}

/* Numbers are those of who tells them. */
static uint64_t
past_id(uint8_t source, uint64_t match)
{
	return match ^ (uint64_t)source << 56;
}

/* An execution of two accounts, from now on under its number. */
static int
trade(struct exch_portfolio *p, const struct exch_rec_exec *e,
    const uint32_t account[2], struct exch_diag *d)
{
	struct past t = {.qty = e->qty}, *keep;
	struct exch_key key;
	struct listed *l;
	int err = listed_of(p, e->h.instr, &l, d);

	if (err == 0)
		err = worth(l, e->price, e->qty, &t.cash, d);
	for (unsigned i = 0; i < 2 && err == 0; i++) {
		enum exch_liquidity how =
		    exch_fee_liquidity((enum exch_side)e->aggressor,
			i == 1 ? EXCH_SELL : EXCH_BUY);
		struct account *a;

		t.account[i] = account[i];
		err = account_of(p, account[i], &a, d);
		if (err == 0)
			t.fee[i] = fee_of(p, a, l, how, t.cash, e->qty);
	}
	if (err == 0)
		err = book_both(p, e->h.instr, &t, false, d);
	if (err != 0)
		return err;
	err = exch_keyed_add(
	    &p->past, e->h.instr, past_id(e->h.source, e->match), &keep);
	if (err == EXCH_ERR_EXISTS)
		return EXCH_OK; /* of another source: the first is kept */
	if (err != 0)
		return nomem(d);
	key = keep->key;
	*keep = t;
	keep->key = key;
	return EXCH_OK;
}

/* What is not booked marks nothing. */
static int
traded_at(struct exch_portfolio *p, uint32_t instr, exch_px price,
    struct exch_diag *d)
{
	struct listed *l;
	int err = listed_of(p, instr, &l, d);

	if (err == 0 && price != EXCH_PX_NONE)
		l->last = price;
	return err;
}

static int
executed(struct exch_portfolio *p, const struct exch_rec_exec *e,
    struct exch_diag *d)
{
	const uint32_t account[2] = {
	    exch_owner_of(&p->owners, e->h.instr, e->buy),
	    exch_owner_of(&p->owners, e->h.instr, e->sell)};
	int err = trade(p, e, account, d);

	return err != 0 ? err : traded_at(p, e->h.instr, e->price, d);
}

/* What the venue told, or two agreed on, or stands for what was broken. */
static int
told(struct exch_portfolio *p, const struct exch_rec_trade *t,
    struct exch_diag *d)
{
	struct exch_rec_exec e = {.h = t->h,
	    .match = t->match,
	    .price = t->price,
	    .qty = t->qty,
	    .aggressor = t->aggressor};
	uint32_t account[2] = {exch_owner_of(&p->owners, t->h.instr, t->buy),
	    exch_owner_of(&p->owners, t->h.instr, t->sell)};
	bool marks = false;
	int err = EXCH_OK;

	if (t->kind == EXCH_PRINT_BLOCK && p->block.report == t->buy &&
	    p->block.h.instr == t->h.instr) {
		account[0] = p->block.buyer;
		account[1] = p->block.seller;
	} else if (t->kind == EXCH_PRINT_CORRECTED &&
		   p->broken.key.place == t->h.instr) {
		memcpy(account, p->broken.account, sizeof(account));
		p->broken.key.place = UINT32_MAX; /* once */
	} else {
		marks = t->kind != EXCH_PRINT_CROSS;
	}
	if (account[0] != 0 || account[1] != 0) { /* somebody named them */
		if (t->price != EXCH_PX_NONE)
			err = trade(p, &e, account, d);
		else
			p->unpriced++;
	}
	return err == 0 && marks ? traded_at(p, t->h.instr, t->price, d) : err;
}

/*
 * The venue names an execution of its own, for which the engine's is booked
 * (rec/redone.h); where the engine did not do it there is nothing to book back.
 */
static int
broken(struct exch_portfolio *p, const struct exch_rec_bust *b,
    struct exch_diag *d)
{
	uint64_t match = b->match;
	uint8_t source = b->h.source;
	struct past *t = NULL;
	int err;

	p->broken = (struct past){.key = {.place = UINT32_MAX}};
	if (exch_redone_of(&p->redone, b->h.instr, &match, &source) !=
	    EXCH_REDONE_NONE)
		t = exch_keyed_find(
		    &p->past, b->h.instr, past_id(source, match));
	if (t == NULL)
		return EXCH_OK;
	err = book_both(p, b->h.instr, t, true, d);
	if (err != 0)
		return err;
	p->broken = *t;
	exch_keyed_drop(&p->past, t);
	return EXCH_OK;
}

/* ---- instruments ---- */

const struct exch_opening_row *const *
exch_portfolio_opening(
    const struct exch_portfolio *p, const char symbol[24], size_t *n)
{
	return exch_opening_of(&p->opening, symbol, n);
}

uint64_t
exch_portfolio_opening_line(
    const struct exch_portfolio *p, uint32_t account, const char symbol[24])
{
	size_t n;
	const struct exch_opening_row *const *row =
	    exch_opening_of(&p->opening, symbol, &n);

	for (size_t i = 0; i < n; i++)
		if (row[i]->account == account)
			return exch_opening_line(&p->opening, row[i]);
	return 0;
}

/* One row of them; EXCH_ERR_RANGE: it is beyond numbers. */
static int
open_position(struct exch_portfolio *p, const struct listed *in,
    const struct exch_opening_row *row, struct exch_diag *d)
{
	uint32_t instr = (uint32_t)in->key.id;
	exch_qty qty = row->qty < 0 ? -(exch_qty)row->qty : (exch_qty)row->qty;
	struct account *a;
	struct stake *s;
	exch_i128 cash;
	int err = worth(in, row->price, qty, &cash, d);

	if (err == 0)
		err = account_of(p, row->account, &a, d);
	if (err == 0)
		err = stake_of(p, row->account, instr, &s, d);
	return err != 0 ? err
			: exch_position_trade(
			      &s->pos, p->o.method, row->qty < 0, qty, cash, d);
}

static int
open_positions(struct exch_portfolio *p, const struct listed *in, uint8_t kind,
    struct exch_diag *d)
{
	size_t n;
	const struct exch_opening_row *const *row =
	    exch_opening_of(&p->opening, in->symbol, &n);

	/* Another instrument of that symbol is not held twice. */
	if (n == 0 || !exch_opening_take(&p->opening, row))
		return EXCH_OK;
	for (size_t i = 0; i < n; i++) {
		int err = exch_opening_price(&p->opening, row[i], kind, d);

		if (err == 0 && row[i]->qty != 0)
			err = open_position(p, in, row[i], d);
		if (err == EXCH_ERR_RANGE) {
			exch_diag_clear(d);
			err = exch_opening_too_much(&p->opening, row[i], d);
		}
		if (err != 0)
			return err;
	}
	return EXCH_OK;
}

/* As in a gate: the table comes first, and who has traded stays whose he was. */
static int
named(struct exch_portfolio *p, const struct exch_rec_account *c,
    struct exch_diag *d)
{
	struct account *a;
	int err;

	if (c->id == 0 || c->member[0] == '\0')
		return EXCH_OK;
	err = account_of(p, c->id, &a, d);
	if (err == 0 && a->volume == 0 && a->member[0] == '\0')
		memcpy(a->member, c->member, sizeof(a->member));
	return err;
}

static int
announced(struct exch_portfolio *p, const struct exch_rec_instrument *c,
    struct exch_diag *d)
{
	struct listed *l;
	int err = listed_of(p, c->h.instr, &l, d);

	if (err != 0 || c->qty_exponent < -9 || c->qty_exponent > 0)
		return err;
	l->money = exch_money_of(-c->qty_exponent, c->multiplier, c->kind);
	l->qty_unit = l->money.unit / 1000;
	if (c->kind == EXCH_KIND_BOND)
		l->qty_unit /= 100;
	if (c->reference != EXCH_PX_NONE)
		l->reference = c->reference;
	memcpy(l->symbol, c->symbol, sizeof(l->symbol));
	if (l->opened)
		return EXCH_OK;
	l->opened = true;
	return open_positions(p, l, c->kind, d);
}

static int
phase(struct exch_portfolio *p, const struct exch_rec_phase *c,
    struct exch_diag *d)
{
	struct listed *l;
	int err;

	if (c->reference == EXCH_PX_NONE || c->h.instr == 0)
		return EXCH_OK;
	err = listed_of(p, c->h.instr, &l, d);
	if (err == 0)
		l->reference = c->reference;
	return err;
}

static int
auction(struct exch_portfolio *p, const struct exch_rec_auction *a,
    struct exch_diag *d)
{
	struct listed *l;
	int err;

	if (a->final == 0 || a->cross != EXCH_CROSS_CLOSE ||
	    a->price == EXCH_PX_NONE)
		return EXCH_OK;
	err = listed_of(p, a->h.instr, &l, d);
	if (err == 0)
		l->close = a->price;
	return err;
}

/* No gain, and no loss. */
static int
deposited(struct exch_portfolio *p, const struct exch_rec_deposit *c,
    struct exch_diag *d)
{
	struct account *a;
	int err = account_of(p, c->account, &a, d);

	if (err == 0)
		a->cash += c->amount;
	return err;
}

/* The record as its type, or nothing: others have told of bad content. */
#define WITH(T, var)                                                           \
	const struct T *var = EXCH_REC_AS(r, T);                               \
	if ((var) == NULL)                                                     \
	break

static int
take(struct exch_portfolio *p, const struct exch_rec *r, struct exch_diag *d)
{
	switch (r->type) {
	case EXCH_REC_INSTRUMENT: {
		WITH(exch_rec_instrument, c);
		return announced(p, c, d);
	}
	case EXCH_REC_PHASE: {
		WITH(exch_rec_phase, c);
		return phase(p, c, d);
	}
	case EXCH_REC_AUCTION: {
		WITH(exch_rec_auction, c);
		return auction(p, c, d);
	}
	case EXCH_REC_BLOCK: {
		WITH(exch_rec_block, c);
		p->block = *c;
		break;
	}
	case EXCH_REC_DEPOSIT: {
		WITH(exch_rec_deposit, c);
		return deposited(p, c, d);
	}
	case EXCH_REC_ACCOUNT: {
		const struct exch_rec_account *c =
		    EXCH_REC_AS_LONG(r, exch_rec_account);

		return c != NULL ? named(p, c, d) : EXCH_OK;
	}
	case EXCH_REC_EXEC: {
		WITH(exch_rec_exec, e);
		return executed(p, e, d);
	}
	case EXCH_REC_TRADE: {
		WITH(exch_rec_trade, t);
		return told(p, t, d);
	}
	case EXCH_REC_BUST: {
		WITH(exch_rec_bust, b);
		return broken(p, b, d);
	}
	default:
		break;
	}
	return EXCH_OK;
}

int
exch_portfolio_record(
    struct exch_portfolio *p, const struct exch_rec *r, struct exch_diag *d)
{
	int err;

	p->nbooked = 0;
	err = take(p, r, d);
	if (err == EXCH_ERR_NOMEM)
		return err;
	if (exch_owners_record(&p->owners, r) != 0 ||
	    exch_redone_record(&p->redone, r) != 0)
		return nomem(d);
	return err;
}

unsigned
exch_portfolio_booked(const struct exch_portfolio *p, struct exch_booked *b)
{
	*b = p->booked;
	return p->nbooked;
}

uint64_t
exch_portfolio_unpriced(const struct exch_portfolio *p)
{
	return p->unpriced;
}

/* ---- views ---- */

int
exch_portfolio_mark(struct exch_portfolio *p, uint32_t instr, exch_px price,
    struct exch_diag *d)
{
	struct listed *l;
	int err = listed_of(p, instr, &l, d);

	if (err == 0)
		l->given = price;
	return err;
}

/* The one that is asked for, else the last price, else the reference. */
static exch_px
mark_of(const struct exch_portfolio *p, const struct listed *l)
{
	exch_px first = p->o.mark == EXCH_MARK_REFERENCE ? l->reference
			: p->o.mark == EXCH_MARK_CLOSE	 ? l->close
			: p->o.mark == EXCH_MARK_GIVEN	 ? l->given
							 : l->last;

	return first != EXCH_PX_NONE	 ? first
	       : l->last != EXCH_PX_NONE ? l->last
					 : l->reference;
}

/* Within CASH_MAX: what does not fit is more than any limit. */
static exch_i128
worth_of(const struct listed *l, exch_px mark, exch_i128 qty)
{
	exch_i128 n = qty < 0 ? -qty : qty, cash;

	if (mark == EXCH_PX_NONE || qty == 0)
		return 0;
	if (n >= EXCH_QTY_NONE ||
	    exch_money_cash(&l->money, mark, (exch_qty)n, &cash) != 0 ||
	    cash > CASH_MAX || cash < -CASH_MAX)
		cash = mark < 0 ? -CASH_MAX : CASH_MAX;
	return qty < 0 ? -cash : cash;
}

exch_i128
exch_portfolio_worth(
    const struct exch_portfolio *p, uint32_t instr, exch_i128 qty)
{
	const struct listed *l = exch_keyed_find(&p->listed, 0, instr);

	return l != NULL ? worth_of(l, mark_of(p, l), qty) : 0;
}

static void
view(const struct exch_portfolio *p, const struct stake *s,
    struct exch_position_view *v)
{
	const struct listed *l = exch_keyed_find(&p->listed, 0, s->key.id);

	*v = (struct exch_position_view){.account = s->key.place,
	    .instr = (uint32_t)s->key.id,
	    .symbol = l->symbol,
	    .qty = s->pos.qty,
	    .mark = mark_of(p, l),
	    .cost = s->pos.cost,
	    .realised = s->pos.realised,
	    .fees = s->fees,
	    .bought = s->bought,
	    .sold = s->sold,
	    .paid = s->paid,
	    .got = s->got,
	    .trades = s->trades,
	    .buys = s->buys};
	if (v->mark == EXCH_PX_NONE)
		return;
	v->value = worth_of(l, v->mark, v->qty);
	v->beyond = v->value == CASH_MAX || v->value == -CASH_MAX;
	v->unrealised = v->value - v->cost;
}

const char *
exch_portfolio_symbol(const struct exch_portfolio *p, uint32_t instr)
{
	static const char none[24];
	const struct listed *l = exch_keyed_find(&p->listed, 0, instr);

	return l != NULL ? l->symbol : none;
}

static int
by_name(const void *a, const void *b)
{
	return memcmp(a, b, 24);
}

char (*exch_portfolio_symbols(
    const struct exch_portfolio *p, size_t *n, struct exch_diag *d))[24]
{
	char(*list)[24] = exch_calloc(p->listed.live + 1, sizeof(*list));
	const struct listed *l;
	uint32_t at = 0;

	*n = 0;
	if (list == NULL) {
		(void)nomem(d);
		return NULL;
	}
	while ((l = exch_keyed_next(&p->listed, &at)) != NULL)
		if (l->symbol[0] != '\0')
			memcpy(list[(*n)++], l->symbol, sizeof(*list));
	qsort(list, *n, sizeof(*list), by_name);
	return list;
}

bool
exch_portfolio_position(const struct exch_portfolio *p, uint32_t account,
    uint32_t instr, struct exch_position_view *v)
{
	const struct stake *s = exch_keyed_find(&p->stake, account, instr);

	if (s != NULL)
		view(p, s, v);
	return s != NULL;
}

struct exch_account_row
exch_portfolio_account(
    const struct exch_portfolio *p, uint32_t account, exch_i128 *cash)
{
	const struct account *a = exch_keyed_find(&p->account, 0, account);
	struct exch_account_row nobody = {.account = account};

	*cash = a != NULL ? a->cash : 0;
	return a != NULL ? who_is(a) : nobody;
}

bool
exch_portfolio_has_member(const struct exch_portfolio *p, const char name[16])
{
	const struct account *a;
	uint32_t at = 0;

	while ((a = exch_keyed_next(&p->account, &at)) != NULL)
		if (memcmp(member_of(a), name, sizeof(a->member)) == 0)
			return true;
	return false;
}

/* All things of a pool by their numbers, k->live of them; NULL: no memory. */
static void **
sorted(const struct exch_keyed *k, struct exch_diag *d)
{
	void **list = exch_keyed_sorted(k);

	if (list == NULL)
		(void)nomem(d);
	return list;
}

int
exch_portfolio_positions(const struct exch_portfolio *p, exch_position_fn *fn,
    void *arg, struct exch_diag *d)
{
	void **list = sorted(&p->stake, d);
	int rc = list == NULL ? EXCH_ERR_NOMEM : EXCH_OK;

	for (uint32_t i = 0; rc == 0 && i < p->stake.live; i++) {
		struct exch_position_view v;

		view(p, list[i], &v);
		rc = fn(arg, &v, d);
	}
	exch_free(list);
	return rc;
}

static void
add_up(const struct exch_position_view *v, struct exch_balance_view *b)
{
	b->realised += v->realised;
	b->unrealised += v->unrealised;
	b->fees += v->fees;
	b->trades += v->trades;
	b->positions += v->qty != 0;
	if (v->value > 0)
		b->longs += v->value;
	else
		b->shorts += v->value;
}

/* Positions come by account: *k is the first of this one or a later one. */
static void
sum_up(const struct exch_portfolio *p, void **stake, uint32_t *k,
    struct exch_balance_view *b)
{
	for (; *k < p->stake.live; ++*k) {
		const struct stake *s = stake[*k];
		struct exch_position_view v;

		if (s->key.place != b->account)
			break;
		view(p, s, &v);
		add_up(&v, b);
	}
}

bool
exch_portfolio_balance(const struct exch_portfolio *p, uint32_t account,
    struct exch_balance_view *b)
{
	const struct account *a = exch_keyed_find(&p->account, 0, account);
	const struct stake *s;

	if (a == NULL)
		return false;
	*b = (struct exch_balance_view){.account = account, .cash = a->cash};
	for (uint32_t i = a->stakes; i != 0; i = s->next) {
		struct exch_position_view v;

		s = exch_keyed_at(&p->stake, i);
		view(p, s, &v);
		add_up(&v, b);
	}
	return true;
}

int
exch_portfolio_balances(const struct exch_portfolio *p, exch_balance_fn *fn,
    void *arg, struct exch_diag *d)
{
	void **stake = sorted(&p->stake, d);
	void **list = stake != NULL ? sorted(&p->account, d) : NULL;
	int rc = list == NULL ? EXCH_ERR_NOMEM : EXCH_OK;
	uint32_t k = 0;

	for (uint32_t i = 0; rc == 0 && i < p->account.live; i++) {
		const struct account *a = list[i];
		struct exch_balance_view b = {
		    .account = (uint32_t)a->key.id, .cash = a->cash};

		sum_up(p, stake, &k, &b);
		rc = fn(arg, &b, d);
	}
	exch_free(list);
	exch_free(stake);
	return rc;
}

/* ---- life ---- */

int
exch_portfolio_new(const struct exch_portfolio_opts *o,
    struct exch_portfolio **out, struct exch_diag *d)
{
	struct exch_portfolio *p = exch_calloc(1, sizeof(*p));
	int err;

	*out = NULL;
	if (p == NULL)
		return nomem(d);
	p->o = *o;
	p->broken.key.place = UINT32_MAX;
	if (exch_owners_init(&p->owners) != 0 ||
	    exch_redone_init(&p->redone, EXCH_REDONE_WINDOW) != 0 ||
	    exch_keyed_init(&p->listed, sizeof(struct listed)) != 0 ||
	    exch_keyed_init(&p->account, sizeof(struct account)) != 0 ||
	    exch_keyed_init(&p->stake, sizeof(struct stake)) != 0 ||
	    exch_keyed_init(&p->past, sizeof(struct past)) != 0)
		err = nomem(d);
	else
		err = add_accounts(p, d);
	if (err == 0)
		err = exch_opening_sort(&p->opening, o->opening, d);
	if (err != 0)
		exch_portfolio_free(p);
	else
		*out = p;
	return err;
}

void
exch_portfolio_free(struct exch_portfolio *p)
{
	struct stake *s;
	uint32_t at = 0;

	if (p == NULL)
		return;
	while ((s = exch_keyed_next(&p->stake, &at)) != NULL)
		exch_position_clear(&s->pos);
	exch_opening_clear(&p->opening);
	exch_owners_clear(&p->owners);
	exch_redone_clear(&p->redone);
	exch_keyed_clear(&p->listed);
	exch_keyed_clear(&p->account);
	exch_keyed_clear(&p->stake);
	exch_keyed_clear(&p->past);
	exch_free(p);
}
