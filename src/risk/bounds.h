/*
 * Bounds of what an account, or a group, has in all: enough for most orders to
 * say yes without a walk over what it holds (whole.h).
 *
 * A holding is counted at a price of its instrument, the base, around which
 * there is a band of a 64th up and down.  As long as the mark stays in there,
 * sums are off by no more than a 64th of what all is worth, and roundings.
 * What a rule allows at the worst of that, it allows; anything else is for the
 * exact sums (exact.h).  So no verdict depends on what is kept here.
 *
 *	sum (account or group) -- part (sum, instrument): as counted last
 *	    \-- sector (sum, sector)
 *
 * What changes is marked in its part, and counted again when somebody asks.
 * Instruments whose mark has left the band are kept in the order in which that
 * happened; who asks looks up those it has missed.  An execution costs the same
 * whether one or a million hold the instrument.
 */
#ifndef EXCH_RISK_BOUNDS_H
#define EXCH_RISK_BOUNDS_H

#include "base/keyed.h"

/* Whoever holds no more is walked: that is as fast. */
#define EXCH_BOUNDS_FEW 2u
/* Who has missed more looks at all it holds. */
#define EXCH_BOUNDS_LEFT 256u

/* Known by (of a group?, slot of the account or group). */
struct exch_bounds_sum {
	struct exch_key key;
	exch_i128 equity, margin, gross; /* of its parts, without cash */
	uint64_t seen;			 /* of those that left their bands */
	uint32_t n;			 /* parts */
	uint32_t huge;			 /* parts that do not fit in a part */
	uint32_t changed;		 /* slots of parts, a list */
	bool anew;			 /* all have changed */
	struct exch_exact *exact;	 /* NULL: nobody had to know */
};

/* Known by (slot of the sum, slot of the instrument). */
struct exch_bounds_part {
	struct exch_key key;
	int64_t equity, margin, gross;
	uint32_t holding; /* slot, of the account's or the group's */
	uint32_t sector;  /* slot, or 0 */
	uint32_t next;	  /* that has changed */
	uint32_t line;	  /* of the exact, from 1, or 0 */
	bool changed;
	bool huge;
};

/* Known by (slot of the sum, number of the sector). */
struct exch_bounds_sector {
	struct exch_key key;
	exch_i128 gross, exact; /* at bases, and at marks */
};

struct exch_bounds {
	struct exch_keyed sum, part, sector;
	uint64_t nleft;			 /* instruments that left their band */
	uint32_t left[EXCH_BOUNDS_LEFT]; /* slots of the last ones */
};

/* EXCH_ERR_NOMEM.  Cleared after a failure, too. */
int exch_bounds_init(struct exch_bounds *b);
void exch_bounds_clear(struct exch_bounds *b);
struct exch_image;
void exch_bounds_image(struct exch_image *im, struct exch_bounds *b);

/* The holding of that part has changed. */
static inline void
exch_bounds_told(struct exch_bounds *b, uint32_t part)
{
	struct exch_bounds_part *x = exch_keyed_at(&b->part, part);
	struct exch_bounds_sum *s;

	if (x->changed)
		return;
	s = exch_keyed_at(&b->sum, x->key.place);
	x->changed = true;
	x->next = s->changed;
	s->changed = part;
}

struct exch_risk_gate;
struct exch_risk_instr;
struct exch_risk_account;
struct exch_risk_holding;
struct exch_risk_group;
struct exch_entry;
struct exch_whole;

/* It has another band, around its mark of now. */
void exch_bounds_leave(struct exch_risk_gate *g, struct exch_risk_instr *in);
/* Limits of the account have changed, and with them what margin it needs. */
void exch_bounds_anew(
    struct exch_risk_gate *g, const struct exch_risk_account *a);
/*
 * The sum of an account, or of a group, as it is now; NULL: none, for it holds
 * too few, or memory is out.
 */
struct exch_bounds_sum *exch_bounds_sum_of(
    struct exch_risk_gate *g, struct exch_risk_account *a);
struct exch_bounds_sum *exch_bounds_sum_of_group(
    struct exch_risk_gate *g, struct exch_risk_group *p);
/* All its parts are counted again.  EXCH_ERR_NOMEM. */
int exch_bounds_tell_all(struct exch_risk_gate *g, struct exch_bounds_sum *s);
/*
 * As exch_risk_whole(), but at the worst that may be: equity and `all` no more
 * than they are, the others no less.  False: nothing is known.
 */
bool exch_bounds_whole(struct exch_risk_gate *g, struct exch_risk_account *a,
    const struct exch_risk_holding *h, const struct exch_entry *e,
    struct exch_whole *w);
/* The group's equity is no less.  False: nothing is known. */
bool exch_bounds_group(
    struct exch_risk_gate *g, struct exch_risk_group *p, exch_i128 *equity);

#endif
