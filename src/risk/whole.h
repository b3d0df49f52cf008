/*
 * What an account has in all, at its worst with an entry: for the rules that
 * look at more than one instrument (rules.c).  A walk over what the account
 * ever traded, made for accounts with such limits only.
 *
 * An instrument counts at its mark: the last execution, else the reference,
 * else the price of the first order that the gate let pass, else nothing.
 */
#ifndef EXCH_RISK_WHOLE_H
#define EXCH_RISK_WHOLE_H

#include "risk/gate_priv.h"

struct exch_whole {
	exch_i128 equity; /* cash, and positions at their marks */
	exch_i128 margin; /* that worst positions require */
	exch_i128 gross;  /* worst positions at their marks, all above 0 */
	exch_i128 mine;	  /* of them: the entry's instrument ... */
	exch_i128 sector; /* ... and its sector, if it has one */
};

/* What an instrument counts at; none: nothing is known of it. */
exch_px exch_risk_mark(const struct exch_risk_instr *in);
/* So many, below 0 too, at that price; without one nothing. */
exch_i128 exch_risk_worth(
    const struct exch_risk_instr *in, exch_px mark, exch_i128 qty);
/* With `e` in the holding `h` of `a`, as if it had passed. */
void exch_risk_whole(const struct exch_risk_gate *g,
    const struct exch_risk_account *a, const struct exch_risk_holding *h,
    const struct exch_entry *e, struct exch_whole *w);

/*
 * Parts of a million that `part` is of what the account could call its own:
 * the larger of its equity and its exposure.  Rounded up.
 */
int64_t exch_risk_share(const struct exch_whole *w, exch_i128 part);

#endif
