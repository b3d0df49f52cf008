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

#include "settle/borrow_priv.h"

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
	exch_i128 was = *over;
	int err = exch_borrow_of_offers(w, loan->unit, loan->account, over);

	loan->amount -= was - *over;
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
	exch_i128 value;
	int err = exch_settle_cost(
	    l, w->date, -(int64_t)qty, s->o.premium, &value, w->d);

	if (err != 0)
		return err;
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
