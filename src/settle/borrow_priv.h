/* What the files of loans share: borrow.c, kept.c, recall.c, secure.c. */
#ifndef EXCH_SETTLE_BORROW_PRIV_H
#define EXCH_SETTLE_BORROW_PRIV_H

#include "settle/lending.h"
#include "settle/settle_priv.h"

/* A row of the table whose symbol is known. */
struct exch_offer {
	uint32_t listed, account;
	uint64_t quantity; /* of a lender that recalls some, what is left */
	int64_t rate;
	size_t row;
};

/* What an account is to deliver and to receive by today: (listed, account). */
struct exch_borrow_due {
	struct exch_key key;
	exch_i128 out, in;
};

/* A settlement day. */
struct exch_borrow {
	struct exch_settle *s;
	struct exch_offer *offer; /* by instrument, the cheapest first */
	size_t noffers;
	struct exch_keyed due;
	struct exch_borrow_due **list; /* of them, by instrument and account */
	struct exch_leg *loan;	       /* by instrument and account */
	size_t nloans;
	uint32_t date;
	struct exch_diag *d;
};

/* ---- borrow.c ---- */

/* What is borrowed in all, by the loans from `at` on. */
exch_i128 exch_borrow_owed(const struct exch_borrow *w, size_t at, size_t end);
/* Loans of the instrument that the i-th is of: up to which. */
size_t exch_borrow_end_of(const struct exch_borrow *w, size_t i);
/* So much goes from a lender to a borrower, or (below 0) back. */
int exch_borrow_move(const struct exch_borrow *w, uint32_t listed,
    uint32_t lender, uint32_t borrower, exch_i128 qty);
/* An account borrows of who offers some; *lacks is what nobody has lent it. */
int exch_borrow_of_offers(
    struct exch_borrow *w, uint32_t listed, uint32_t account, exch_i128 *lacks);

/* ---- kept.c ---- */

/*
 * What a lender still lends, by the last row up to today that is about it;
 * UINT64_MAX: it recalls nothing.  *due (may be NULL): the day on whose morning
 * the rest is bought in.  EXCH_ERR_ABSENT, of the calendar.
 */
int exch_borrow_kept(const struct exch_borrow *w, uint32_t listed,
    uint32_t account, uint64_t *kept, uint32_t *due);

/* ---- recall.c ---- */

/* More is lent than that, by so much; or 0.  Errors as above. */
int exch_borrow_over(const struct exch_borrow *w, const struct exch_leg *loan,
    exch_i128 *over, uint32_t *due);
/*
 * Of the loans of one instrument from `at` on: others lend what is recalled
 * instead, and what is late is bought in.
 */
int exch_borrow_recall(struct exch_borrow *w, size_t at, size_t end);

/* ---- secure.c ---- */

/* What lenders pay for collateral that they have had so many nights. */
int exch_borrow_rebate(struct exch_borrow *w, uint32_t nights);
/* Behind a run: collateral is what the loans of w->loan want. */
int exch_borrow_secure(struct exch_borrow *w);

#endif
