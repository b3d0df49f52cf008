/*
 * Lenders that recall what they have lent.  A row of the table says how much an
 * account still lends from a day on, so that nothing has to be remembered: what
 * is lent beyond that is to come back, and by when follows from the row.
 *
 *	from its day on		nobody borrows more of it; what comes back goes
 *				to it first, and others lend in its place
 *	on the morning of the	what has not come is bought outside, for those
 *	day it is due		who have borrowed, in proportion, and they pay
 */
#include <config.h>

#include <string.h>

#include "settle/action_priv.h"
#include "settle/borrow_priv.h"
#include "settle/fraction.h"

/* What a row says today. */
struct now {
	const char *symbol;
	uint64_t kept;	/* rounded down, as loans are */
	uint32_t since; /* merged into that symbol on this day; 0: it was not */
	bool over;	/* a later row says it instead */
};

static uint64_t
times(uint64_t kept, struct exch_fraction f)
{
	exch_u128 most = (exch_u128)kept * (exch_u128)f.num / (exch_u128)f.den;

	/* Loans have 63 bits. */
	return most < INT64_MAX ? (uint64_t)most : INT64_MAX;
}

/* Does a later row of the account, from before a day, say it about a symbol? */
static bool
is_over(const struct exch_borrow *w, size_t i, const char symbol[24],
    uint32_t from, uint32_t before)
{
	const struct exch_reftable *t = w->s->o.recalls;
	const struct exch_recall_row *r = t->row;

	for (size_t k = i + 1; k < t->n && r[k].date <= w->date; k++)
		if (r[k].account == r[i].account && r[k].date >= from &&
		    r[k].date < before &&
		    memcmp(r[k].symbol, symbol, sizeof(r[k].symbol)) == 0)
			return true;
	return false;
}

/*
 * A row is of the shares of its day, and loans follow splits and mergers:
 * without this what a lender wanted to keep would be bought in, and what it
 * wanted back would be forgotten.  Under each symbol that it has on its way a
 * later row takes its place.
 */
static struct now
follow(const struct exch_borrow *w, size_t row)
{
	const struct exch_recall_row *r =
	    (const struct exch_recall_row *)w->s->o.recalls->row + row;
	const struct exch_reftable *t = w->s->o.actions;
	const struct exch_action_row *a = t != NULL ? t->row : NULL;
	struct now x = {.symbol = r->symbol, .kept = r->keeps};

	for (size_t i = 0; t != NULL && i < t->n && a[i].ex <= w->date; i++) {
		if (a[i].ex <= r->date ||
		    memcmp(a[i].symbol, x.symbol, sizeof(a[i].symbol)) != 0)
			continue;
		if (a[i].kind != EXCH_ACTION_MERGER) {
			x.kept = times(x.kept, exch_action_shares(&a[i]));
		} else if (a[i].into[0] != '\0') {
			x.over |= is_over(w, row, x.symbol, x.since, a[i].ex);
			x.kept = times(x.kept, exch_action_given(&a[i]));
			x.symbol = a[i].into;
			x.since = a[i].ex;
		}
	}
	x.over |= is_over(w, row, x.symbol, x.since, UINT32_MAX);
	return x;
}

/* What an account offers of a symbol; 0: nothing. */
static uint64_t
offered(const struct exch_borrow *w, uint32_t account, const char symbol[24])
{
	const struct exch_reftable *t = w->s->o.lending;
	const struct exch_lending_row *r = t->row;

	for (size_t i = 0; i < t->n; i++)
		if (r[i].account == account &&
		    memcmp(r[i].symbol, symbol, sizeof(r[i].symbol)) == 0)
			return r[i].quantity;
	return 0;
}

/*
 * From which day the days of a row are counted: one that comes when nothing
 * settles is as one of the next settlement day, or borrowers would have a run
 * less to give back.
 */
static int
due_of(
    const struct exch_borrow *w, const struct exch_recall_row *r, uint32_t *due)
{
	const struct exch_calendar *c = w->s->o.calendar;
	int err = exch_settle_step(c, r->date, 0, due, w->d);

	return err != 0 ? err : exch_settle_step(c, *due, r->days, due, w->d);
}

/*
 * Of a symbol that others were merged into, more than one row may be: what is
 * kept of each is added up, and what is offered of the symbol itself, if no row
 * recalls that.  The rest is given back by the last of their days.
 */
int
exch_borrow_kept(const struct exch_borrow *w, uint32_t listed, uint32_t account,
    uint64_t *kept, uint32_t *due)
{
	const struct exch_reftable *t = w->s->o.recalls;
	const struct exch_recall_row *r = t != NULL ? t->row : NULL;
	const char *symbol = w->s->listed[listed].is.symbol;
	bool own = false, merged = false;
	exch_u128 sum = 0;
	uint32_t day = 0;
	int err = EXCH_OK;

	*kept = UINT64_MAX;
	if (due != NULL)
		*due = 0;
	for (size_t i = 0; t != NULL && i < t->n && err == 0; i++) {
		struct now x;

		if (r[i].date > w->date || r[i].account != account)
			continue;
		x = follow(w, i);
		if (x.over || memcmp(x.symbol, symbol, sizeof(r->symbol)) != 0)
			continue;
		own |= x.since == 0;
		merged |= x.since != 0;
		sum += x.kept;
		if (due == NULL)
			continue;
		err = due_of(w, &r[i], &day);
		*due = day > *due ? day : *due;
	}
	if (merged && !own)
		sum += offered(w, account, symbol);
	if (own || merged)
		*kept = sum < INT64_MAX ? (uint64_t)sum : INT64_MAX;
	return err;
}

int
exch_borrow_over(const struct exch_borrow *w, const struct exch_leg *loan,
    exch_i128 *over, uint32_t *due)
{
	uint64_t kept;
	int err = EXCH_OK;

	*over = 0;
	if (loan->amount <= 0)
		return EXCH_OK;
	err = exch_borrow_kept(w, loan->unit, loan->account, &kept, NULL);
	if (err != 0 || kept >= (exch_u128)loan->amount)
		return err;
	*over = loan->amount - (exch_i128)kept;
	/* Its day may be in a year that the calendar has no more. */
	return due == NULL
		   ? EXCH_OK
		   : exch_borrow_kept(w, loan->unit, loan->account, &kept, due);
}

/* Who offers some lends it in place of who recalls it. */
static int
replace(struct exch_borrow *w, struct exch_leg *loan, exch_i128 *over)
{
	int err = EXCH_OK;

	for (size_t i = 0; i<w->noffers && * over> 0 && err == 0; i++) {
		const struct exch_offer *o = &w->offer[i];
		exch_i128 qty;

		/* Who owes some has none to lend. */
		if (o->listed != loan->unit || o->account == loan->account ||
		    exch_ledger_balance(&w->s->ledger, o->account, o->listed,
			EXCH_LEDGER_LOAN) < 0)
			continue;
		qty = exch_borrow_left(w, o);
		if (qty > *over)
			qty = *over;
		if (qty <= 0)
			continue;
		err = exch_borrow_move(
		    w, loan->unit, o->account, loan->account, qty);
		loan->amount -= qty;
		*over -= qty;
		w->s->tally.borrowed++;
	}
	return err;
}

/* ---- what is late ---- */

/* So much is bought for a borrower, and goes to the lender. */
static int
buy(const struct exch_borrow *w, uint32_t listed, uint32_t lender,
    uint32_t borrower, exch_i128 qty)
{
	struct exch_settle *s = w->s;
	const struct exch_listed *l = &s->listed[listed];
	uint32_t money = exch_settle_unit_of_cash(l);
	exch_i128 value, more;

	if (exch_settle_dear(
		l, w->date, (exch_qty)qty, s->o.premium, &value, &more) != 0)
		return exch_diag_set(w->d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE,
		    0, "what %.24s costs is more than numbers can say",
		    l->is.symbol);
	value += more;
	{
		const struct exch_leg leg[] = {
		    {lender, listed, EXCH_LEDGER_LOAN, -qty},
		    {lender, listed, EXCH_LEDGER_HOLDING, qty},
		    {borrower, listed, EXCH_LEDGER_LOAN, qty},
		    {borrower, listed, EXCH_LEDGER_OUTSIDE, -qty},
		    {borrower, money, EXCH_LEDGER_HOLDING, -value},
		    {borrower, money, EXCH_LEDGER_OUTSIDE, value}};

		return exch_settle_post(
		    s, leg, 6, EXCH_POSTED_BUY_IN, w->date, w->d);
	}
}

/* For all borrowers; their parts are differences of sums rounded down. */
static int
buy_in(struct exch_borrow *w, size_t at, size_t end, struct exch_leg *lender,
    exch_i128 qty)
{
	exch_i128 sum = exch_borrow_owed(w, at, end), before = 0, bought = 0;
	int err = EXCH_OK;

	for (size_t i = at; i < end && err == 0; i++) {
		struct exch_leg *b = &w->loan[i];
		exch_i128 part;

		if (b->amount >= 0)
			continue;
		before -= b->amount;
		/* Quantities have 63 bits, their sum has not. */
		if (__builtin_mul_overflow(before, qty, &part))
			return exch_diag_set(w->d, EXCH_ERR_RANGE, NULL,
			    EXCH_POS_NONE, 0,
			    "loans of %.24s are more than numbers can say",
			    w->s->listed[b->unit].is.symbol);
		part = part / sum - bought;
		if (part == 0)
			continue;
		bought += part;
		err = buy(w, b->unit, lender->account, b->account, part);
		b->amount += part;
		lender->amount -= part;
	}
	w->s->tally.recalled += bought > 0;
	return err;
}

int
exch_borrow_recall(struct exch_borrow *w, size_t at, size_t end)
{
	int err = EXCH_OK;

	for (size_t i = at; i < end && err == 0; i++) {
		struct exch_leg *b = &w->loan[i];
		exch_i128 over;
		uint32_t due = 0;

		err = exch_borrow_over(w, b, &over, &due);
		if (err == 0 && over > 0)
			err = replace(w, b, &over);
		if (err == 0 && over > 0 && due <= w->date &&
		    w->s->listed[b->unit].last != EXCH_PX_NONE)
			err = buy_in(w, at, end, b, over);
	}
	return err;
}
