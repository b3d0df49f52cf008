/*
 * What an account has in all, at its worst with an entry: for the rules that
 * look at more than one instrument (rules.c).  A walk over what the account
 * ever traded, made for accounts with such limits only, and when neither
 * bounds (bounds.h) nor sums (exact.h) suffice.
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
	/* It could call that its own: the larger of equity and gross. */
	exch_i128 all;
};

/* What one holding adds to that. */
struct exch_risk_part {
	exch_i128 equity, margin, gross;
};

/* What that comes of, but for the instrument and its mark. */
struct exch_risk_stake {
	exch_i128 most[2]; /* that it may become, long and short */
	int64_t position;
	uint32_t rate[2]; /* of margin, of either */
	uint8_t rule;	  /* enum exch_margin_by: without a rate */
};

/* So many, below 0 too, at that price; without one nothing. */
exch_i128 exch_risk_worth(
    const struct exch_risk_instr *in, exch_px mark, exch_i128 qty);
/* As the holding stands. */
void exch_risk_stake(
    const struct exch_risk_holding *h, struct exch_risk_stake *out);
void exch_risk_part_of(const struct exch_risk_gate *g,
    const struct exch_risk_instr *in, exch_px mark,
    const struct exch_risk_stake *s, struct exch_risk_part *out);
/*
 * At that mark; with `e` (or NULL) in it, as if it had passed, and without a
 * mark at its price.
 */
void exch_risk_part(const struct exch_risk_gate *g,
    const struct exch_risk_holding *h, exch_px mark, const struct exch_entry *e,
    struct exch_risk_part *out);
/* With `e` (or NULL) in the holding `h` of `a`, as if it had passed. */
void exch_risk_whole(const struct exch_risk_gate *g,
    const struct exch_risk_account *a, const struct exch_risk_holding *h,
    const struct exch_entry *e, struct exch_whole *w);

/*
 * Sums that do not depend on the order of their additions: within that nothing
 * is cut off on the way, as a walk does where numbers end (clamp() in whole.c).
 * Equity is within cash and gross.  The one bound for accounts that nobody walks;
 * a group's sums are of parts within it, and nowhere cut off.
 */
#define EXCH_RISK_FAR ((exch_i128)1 << 93)
static inline bool
exch_risk_adds_up(exch_i128 cash, exch_i128 gross, exch_i128 margin)
{
	return cash <= EXCH_RISK_FAR && cash >= -EXCH_RISK_FAR &&
	       gross <= EXCH_RISK_FAR && margin <= EXCH_RISK_FAR;
}

/* Parts of a million that `part` is of all.  Rounded up. */
int64_t exch_risk_share(const struct exch_whole *w, exch_i128 part);

#endif
