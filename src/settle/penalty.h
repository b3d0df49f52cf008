/*
 * Cash penalties of settlement fails in the EU (CSDR, Regulation (EU) 909/2014,
 * Article 7; rates: Delegated Regulation (EU) 2017/389, Annex).  Whoever makes
 * an instruction fail pays for each business day on which it fails; what it
 * would have delivered is valued at that day's price.
 */
#ifndef EXCH_SETTLE_PENALTY_H
#define EXCH_SETTLE_PENALTY_H

#include "rec/cash.h"
#include "ref/dated.h"

/* What fails to come, in the words of the table. */
enum exch_penalty_class {
	EXCH_PENALTY_LIQUID,	/* shares with a liquid market */
	EXCH_PENALTY_ILLIQUID,	/* other shares */
	EXCH_PENALTY_GROWTH,	/* of an SME growth market, other than debt */
	EXCH_PENALTY_SOVEREIGN, /* debt of states, central banks, regions */
	EXCH_PENALTY_DEBT,	/* other debt */
	EXCH_PENALTY_GROWTH_DEBT,
	EXCH_PENALTY_OTHER /* funds, rights and all else */
};
extern const struct exch_cell_word exch_penalty_classes[];

/* Basis points in 10^-6, which is 10^-10 of the value. */
#define EXCH_PENALTY_POINT INT64_C(1000000)

/* A table with dates, exch-tables(5); cleared by exch_reftable_clear. */
int exch_penalties_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);
/*
 * Basis points for a business day; EXCH_ERR_ABSENT, told: the table has none.
 */
int exch_penalty_points(const struct exch_reftable *t, uint32_t date,
    enum exch_penalty_class class, int64_t *points, struct exch_diag *d);

/*
 * One day's penalty in cash 10^-6 of a quantity at the day's reference price,
 * rounded half-even once.  EXCH_ERR_RANGE: beyond 128 bits.
 */
int exch_penalty_day(const struct exch_money *m, exch_px reference,
    exch_qty qty, int64_t points, exch_i128 *cash);

/*
 * One day's penalty for cash that does not come: the central bank's rate for
 * overnight credit, 10^-9 a year, and not below 0.  The regulation does not say
 * how many days a year has; it has the 360 of money markets here.
 */
int exch_penalty_cash_day(exch_i128 missing, int64_t rate, exch_i128 *cash);

#endif
