/*
 * What an account, or a group, has in all to the last unit, for those whose
 * limit is too near for bounds (bounds.h): kept beside them once somebody had
 * to know, and the same as a walk over the holdings would say (whole.h).
 *
 * What a holding's value comes of stands in a line, and lines stand side by
 * side.  One is counted again when its holding has changed, as bounds are told,
 * or when the mark of its instrument is another than it was counted at.  So an
 * order costs a look at each mark, and a product for those that have moved.
 *
 *	sum of bounds.h -- exact -- at[]: mark, instrument, sector
 *	    part.line  ---------->  line[]: stake, its value at that mark
 *
 * Always true: the sums are those over all lines, each at the mark in at[].
 */
#ifndef EXCH_RISK_EXACT_H
#define EXCH_RISK_EXACT_H

#include "risk/whole.h"

/* What every look reads. */
struct exch_exact_at {
	exch_px mark;
	uint32_t instr;	 /* slot */
	uint32_t sector; /* slot in bounds.sector, or 0 */
};

struct exch_exact_line {
	struct exch_risk_stake stake;
	struct exch_risk_part is;
	bool huge; /* it is in no sum, which it would not fit in */
};

struct exch_exact {
	struct exch_risk_part sum;
	uint32_t n, cap, huge;
	struct exch_exact_at *at;
	struct exch_exact_line *line;
};

void exch_exact_free(struct exch_exact *x);
/*
 * A part of the sum was counted, because it is new or has changed; nothing
 * without an exact.  EXCH_ERR_NOMEM.
 */
int exch_exact_told(struct exch_risk_gate *g, struct exch_bounds_sum *s,
    struct exch_bounds_part *x);
/*
 * The same as exch_risk_whole().  False: the account has too few, or too much,
 * or memory is out.
 */
bool exch_exact_whole(struct exch_risk_gate *g, struct exch_risk_account *a,
    const struct exch_risk_holding *h, const struct exch_entry *e,
    struct exch_whole *w);
/* What a group has, with cash; false as above. */
bool exch_exact_group(
    struct exch_risk_gate *g, struct exch_risk_group *p, exch_i128 *equity);

/* Of so many holdings, when bounds have not sufficed: what has. */
static inline void
exch_exact_looked(struct exch_risk_looks *n, bool exact, uint32_t holdings)
{
	if (exact)
		n->exact++;
	else if (holdings <= EXCH_BOUNDS_FEW)
		n->few++;
	else
		n->walks++;
}

#endif
