/*
 * Credits between commodities, of margin by SPAN's sixteen scenarios: who is
 * long of one and short of another that moves with it needs less than both
 * need apart.  Modelled on CME's SPAN; exch-riskmodels(7) has the formulas and
 * an example, exch-tables(5) the table.
 *
 * A spread has legs on two sides, each so many deltas of one underlying; it is
 * there when the net deltas of all legs on one side are long and on the other
 * short.  Spreads are made in the order of their priorities, each of as many as
 * there are, from the deltas that those before it have left.
 */
#ifndef EXCH_RISK_SPREAD_H
#define EXCH_RISK_SPREAD_H

#include "ref/table.h"

/*
 * Parsed here, cleared by exch_reftable_clear.  Refused besides what a table
 * is: rows of no day, and an underlying twice in a spread on a day.
 */
int exch_spreads_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);

struct exch_spread_leg {
	const char *symbol; /* of the table, 24 bytes */
	uint32_t priority;
	bool other;    /* it is on side b */
	double ratio;  /* deltas of one spread, above 0 */
	double credit; /* part of the price risk that is taken off, 0 to 1 */
};

/* Those in force on a day, by priority. */
struct exch_spreads {
	struct exch_spread_leg *leg;
	size_t n;
};

/*
 * The table is borrowed as long as they are used.  EXCH_ERR_FORMAT: a spread of
 * one side, and where it stands; EXCH_ERR_NOMEM.
 */
int exch_spreads_at(const struct exch_reftable *t, uint32_t date,
    struct exch_spreads *out, struct exch_diag *d);
void exch_spreads_clear(struct exch_spreads *s);
/*
 * Those stay whose legs are all among the symbols, of 24 bytes each, which are
 * sorted: nobody can have the others.
 */
void exch_spreads_keep(struct exch_spreads *s, const char **symbol, size_t n);

/* What somebody has on one underlying. */
struct exch_spread_root {
	const char *symbol; /* 24 bytes */
	double delta;	    /* net, in contracts of the underlying */
	double risk;	    /* money that one delta of it is at risk, from 0 */
	double credit;	    /* found here */
	size_t place;	    /* where it stood */
};

/* The roots are in the order of their symbols then. */
void exch_spread_credits(
    const struct exch_spreads *s, struct exch_spread_root *root, size_t n);

#endif
