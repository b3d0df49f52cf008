/*
 * The report of rebalancing, whose parts are these:
 *
 *	rebalance.c		what the stream tells of accounts
 *	rebalance_tables.c	what the tables say, of whom
 *	rebalance_orders.c	the orders, currency by currency
 *	plan.c			how many lots: numbers alone
 */
#ifndef EXCH_REPORT_REBALANCE_H
#define EXCH_REPORT_REBALANCE_H

#include "base/keyed.h"
#include "ref/table.h"
#include "report/charges.h"
#include "report/marks.h"
#include "report/quotes.h"

/* What an account holds of an instrument, in its units. */
struct exch_rebalance_position {
	struct exch_key key; /* which of the table's accounts; the place */
	exch_i128 qty;
	int64_t weight; /* 10^-9 */
	bool wanted;	/* the table names it */
};

/* And its cash of a currency, by trades and openings. */
struct exch_rebalance_purse {
	struct exch_key key; /* which account; letters of the currency */
	exch_i128 cash;
};

struct exch_rebalance {
	struct exch_charges charges;
	struct exch_quotes quotes;
	struct exch_marks marks;
	struct exch_reftable target, had, capital;
	char (*name)[33]; /* accounts of the table, as they come */
	uint32_t naccounts;
	/* by number of the account while they come; of those of the table */
	struct exch_keyed held, paid, position, purse;
	exch_oid next;	   /* number of an order */
	int64_t through;   /* bp */
	int64_t least;	   /* 10^-6 */
	int64_t tolerance; /* 10^-9 */
	bool at_mid, keep;
	bool overflow;
};

/* ---- rebalance_tables.c ---- */

/* The tables as they were given, and the accounts that they name. */
int exch_rebalance_read(struct exch_report_run *run, struct exch_diag *d);
/* What the accounts did, and what the tables say, into s->position and purse. */
int exch_rebalance_gather(struct exch_report_run *run, struct exch_diag *d);
/* So much more of an instrument, or of cash. */
int exch_rebalance_hold(struct exch_keyed *k, uint32_t who, uint32_t place,
    exch_i128 qty, struct exch_rebalance_position **out, struct exch_diag *d);
int exch_rebalance_pay(struct exch_keyed *k, uint32_t who, uint32_t code,
    exch_i128 cash, struct exch_diag *d);

/* ---- rebalance_orders.c ---- */

int exch_rebalance_columns(struct exch_report_run *run, struct exch_diag *d);
/* The orders of all accounts. */
int exch_rebalance_settle(struct exch_report_run *run, struct exch_diag *d);

#endif
