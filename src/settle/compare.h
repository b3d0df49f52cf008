/*
 * Comparison of trades that two have agreed on outside the venue: each side
 * reports what it thinks it has traded, and only where both say the same the
 * trade stands.
 *
 *	matched		the other side says the same, cash within a tolerance
 *	unmatched	it does not; what it says that is nearest differs by ...
 *	alleged		of the other side, which has said nothing like it
 *
 * Reports are told by their numbers in the table, exch-tables(5).
 */
#ifndef EXCH_SETTLE_COMPARE_H
#define EXCH_SETTLE_COMPARE_H

#include "rec/rec.h"
#include "ref/table.h"

/* A row of the table of reports. */
struct exch_reported_row {
	uint64_t report; /* number, once */
	uint64_t qty;	 /* in the instrument's units */
	exch_px price;	 /* or EXCH_PX_NONE */
	exch_cash amount;
	uint32_t account, against;
	uint32_t traded, settles; /* days */
	char symbol[24];
	uint8_t side; /* enum exch_side, the account's */
};

/* What an amount that was left out is in a row. */
#define EXCH_AMOUNT_NONE INT64_MIN

/*
 * Refused besides what a table is: a number twice, an account against itself,
 * a price and an amount or neither, a settlement day before the trade date.
 */
int exch_reported_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);

/* What is compared of a report, and what came of it. */
struct exch_report {
	uint32_t account, against;
	uint32_t instrument; /* a number that its symbol has */
	uint32_t traded, settles;
	uint8_t side;
	uint8_t state;	 /* enum exch_compared */
	uint8_t differs; /* enum exch_differs; 0 where it is matched */
	exch_qty qty;
	exch_cash cash; /* for all of it, as reported; above 0 the buyer pays */
	size_t other;	/* that it matches or is nearest; SIZE_MAX: none */
};

/*
 * Compare n reports in O(n log n): all are unmatched before, and each gets its
 * state, or `differs` and `other`.  Among those that are the same but for the
 * cash as many as can be match, the lowest first.  Nearest is what differs in
 * one thing, of several the one that enum exch_differs names first; and else
 * what is of the same two, instrument and sides.  EXCH_ERR_NOMEM.
 */
int exch_compare(
    struct exch_report *r, size_t n, exch_cash tolerance, struct exch_diag *d);

#endif
