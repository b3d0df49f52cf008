/*
 * Cash that borrowers give to lenders for what they have borrowed: so much of
 * the value, by a dated table.  Behind each settlement day it is made what the
 * loans of that day want at the last price, in one entry, whatever has changed:
 * the price, the loans or the table.
 *
 *			lender				borrower
 *	more is wanted	holding +, collateral -		holding -, collateral +
 *	rebate		holding -			holding +
 *
 * The ledger is of cash, so it does not say which loans it is for.
 */
#include <config.h>

#include "base/alloc.h"
#include "settle/borrow_priv.h"
#include "settle/fraction.h"

/* Known by (account, unit of cash): what there is, and what is wanted. */
struct wanted {
	struct exch_key key;
	exch_i128 is, want;
};

struct work {
	struct exch_borrow *b;
	struct exch_keyed of;
	struct wanted **list; /* by account and unit */
};

static int
too_much(const struct exch_borrow *b)
{
	return exch_diag_set(b->d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "collateral is more than numbers can say");
}

static int
find(struct work *w, uint32_t account, uint32_t unit, struct wanted **out)
{
	int err = exch_keyed_add(&w->of, account, unit, out);

	return err == EXCH_OK || err == EXCH_ERR_EXISTS
		   ? EXCH_OK
		   : exch_settle_nomem(w->b->d);
}

static int
collect(void *arg, const struct exch_leg *b, struct exch_diag *d)
{
	struct work *w = arg;
	struct wanted *x;
	int err;

	(void)d; /* that of the work */
	if (b->ledger != EXCH_LEDGER_COLLATERAL)
		return EXCH_OK;
	err = find(w, b->account, b->unit, &x);
	if (err == EXCH_OK)
		x->is = b->amount;
	return err;
}

static int
begin(struct work *w)
{
	if (exch_keyed_init(&w->of, sizeof(struct wanted)) != 0)
		return exch_settle_nomem(w->b->d);
	return exch_ledger_each(&w->b->s->ledger, collect, w, w->b->d);
}

static int
sort(struct work *w)
{
	w->list = (struct wanted **)exch_keyed_sorted(&w->of);
	return w->list != NULL ? EXCH_OK : exch_settle_nomem(w->b->d);
}

static void
end(struct work *w)
{
	exch_keyed_clear(&w->of);
	exch_free(w->list);
}

/* ---- what is wanted ---- */

/*
 * Of the value of so much, rounded half-even; nothing without a price, or at
 * one that is not above 0.
 */
static int
secured(const struct work *w, uint32_t listed, exch_i128 qty, int64_t rate,
    exch_i128 *cash)
{
	const struct exch_listed *l = &w->b->s->listed[listed];
	exch_i128 value;

	*cash = 0;
	if (l->last == EXCH_PX_NONE || l->last <= 0)
		return EXCH_OK;
	if (exch_settle_worth(l, w->b->date, (exch_qty)qty, &value) != 0 ||
	    exch_fraction_round(
		value, exch_fraction_of(rate, EXCH_PX_ONE), cash) != 0)
		return too_much(w->b);
	return EXCH_OK;
}

/*
 * Of one instrument: borrowers give for what they have, and lenders get it by
 * what they have lent; parts are differences of rounded sums.
 */
static int
want(struct work *w, size_t at, size_t end, int64_t rate)
{
	const struct exch_leg *loan = w->b->loan;
	uint32_t unit =
	    exch_settle_unit_of_cash(&w->b->s->listed[loan[at].unit]);
	exch_i128 all = 0, lent = 0, before = 0, paid = 0;
	struct wanted *x;
	int err = EXCH_OK;

	for (size_t i = at; i < end; i++)
		lent += loan[i].amount > 0 ? loan[i].amount : 0;
	/* A reverse split has left lenders nothing. */
	if (lent == 0)
		return EXCH_OK;
	for (size_t i = at; i < end && err == 0; i++) {
		exch_i128 cash;

		if (loan[i].amount >= 0)
			continue;
		err = secured(w, loan[i].unit, -loan[i].amount, rate, &cash);
		if (err == 0)
			err = find(w, loan[i].account, unit, &x);
		if (err != 0)
			return err;
		x->want += cash;
		all += cash;
	}
	for (size_t i = at; i < end && err == 0; i++) {
		exch_i128 part;

		if (loan[i].amount <= 0)
			continue;
		before += loan[i].amount;
		if (exch_fraction_round(
			all, exch_fraction_of(before, lent), &part) != 0)
			return too_much(w->b);
		err = find(w, loan[i].account, unit, &x);
		if (err == 0)
			x->want -= part - paid;
		paid = part;
	}
	return err;
}

/* One entry makes it so. */
static int
give(struct work *w)
{
	struct exch_leg *leg =
	    exch_calloc(2 * (size_t)w->of.live + 1, sizeof(*leg));
	size_t n = 0;
	int err;

	if (leg == NULL)
		return exch_settle_nomem(w->b->d);
	for (uint32_t i = 0; i < w->of.live; i++) {
		const struct wanted *x = w->list[i];
		uint32_t account = x->key.place, unit = (uint32_t)x->key.id;

		if (x->want == x->is)
			continue;
		leg[n++] = (struct exch_leg){
		    account, unit, EXCH_LEDGER_HOLDING, x->is - x->want};
		leg[n++] = (struct exch_leg){
		    account, unit, EXCH_LEDGER_COLLATERAL, x->want - x->is};
	}
	err = n == 0 ? EXCH_OK
		     : exch_settle_post(w->b->s, leg, n, EXCH_POSTED_LOAN,
			   w->b->date, w->b->d);
	exch_free(leg);
	return err;
}

int
exch_borrow_secure(struct exch_borrow *b)
{
	struct work w = {.b = b};
	int64_t rate, rebate;
	int err;

	if (b->s->o.collateral == NULL)
		return EXCH_OK;
	exch_collateral_at(b->s->o.collateral, b->date, &rate, &rebate);
	err = begin(&w);
	for (size_t i = 0, k; i < b->nloans && err == 0; i = k) {
		k = exch_borrow_end_of(b, i);
		err = want(&w, i, k, rate);
	}
	if (err == 0)
		err = sort(&w);
	if (err == 0)
		err = give(&w);
	end(&w);
	return err;
}

/* ---- rebates ---- */

/* Lenders of a currency pay *all, into `leg` by places of the list. */
static int
pay(const struct work *w, uint32_t unit, int64_t rate, uint32_t nights,
    struct exch_leg *leg, exch_i128 *all, exch_i128 *given)
{
	*all = *given = 0;
	for (uint32_t i = 0; i < w->of.live; i++) {
		const struct wanted *x = w->list[i];
		exch_i128 cash;

		if (x->key.id != unit)
			continue;
		if (x->is > 0) {
			*given += x->is;
			continue;
		}
		if (exch_lending_fee(-x->is, rate, nights, &cash) != EXCH_OK)
			return too_much(w->b);
		leg[i] = (struct exch_leg){
		    x->key.place, unit, EXCH_LEDGER_HOLDING, -cash};
		*all += cash;
	}
	return EXCH_OK;
}

/* And borrowers have it by what they have given. */
static int
get(const struct work *w, uint32_t unit, exch_i128 all, exch_i128 given,
    struct exch_leg *leg)
{
	exch_i128 before = 0, had = 0, part;

	for (uint32_t i = 0; i < w->of.live; i++) {
		const struct wanted *x = w->list[i];

		if (x->key.id != unit || x->is <= 0)
			continue;
		before += x->is;
		if (exch_fraction_round(
			all, exch_fraction_of(before, given), &part) != 0)
			return too_much(w->b);
		leg[i] = (struct exch_leg){
		    x->key.place, unit, EXCH_LEDGER_HOLDING, part - had};
		had = part;
	}
	return EXCH_OK;
}

static int
rebate_of(const struct work *w, uint32_t unit, int64_t rate, uint32_t nights)
{
	struct exch_leg *leg =
	    exch_calloc((size_t)w->of.live + 1, sizeof(*leg));
	exch_i128 all, given;
	int err;

	if (leg == NULL)
		return exch_settle_nomem(w->b->d);
	err = pay(w, unit, rate, nights, leg, &all, &given);
	if (err == 0 && all != 0)
		err = get(w, unit, all, given, leg);
	if (err == 0 && all != 0)
		err = exch_settle_post(w->b->s, leg, w->of.live,
		    EXCH_POSTED_LOAN, w->b->date, w->b->d);
	exch_free(leg);
	return err;
}

int
exch_borrow_rebate(struct exch_borrow *b, uint32_t nights)
{
	struct work w = {.b = b};
	int64_t rate, rebate;
	int err;

	if (b->s->o.collateral == NULL || nights == 0)
		return EXCH_OK;
	exch_collateral_at(b->s->o.collateral, b->date, &rate, &rebate);
	err = begin(&w);
	if (err == 0)
		err = sort(&w);
	for (uint32_t k = 0; k < b->s->ncurrency && err == 0 && rebate != 0;
	     k++)
		err = rebate_of(&w, EXCH_UNIT_CASH + k, rebate, nights);
	end(&w);
	return err;
}
