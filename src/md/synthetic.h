/*
 * What exch-feed synthetic knows of its instruments, and their rows
 * (synthetic_rows.c).
 */
#ifndef EXCH_MD_SYNTHETIC_H
#define EXCH_MD_SYNTHETIC_H

#include "md/implied.h"
#include "md/legs.h"
#include "report/sample.h"

/* The phase of one whose legs, and itself, all trade continuously. */
#define EXCH_SYNTHETIC_CONTINUOUS UINT8_MAX

/* Of one synthetic: what depends on the directory, and what was shown. */
struct exch_synthetic_sum {
	uint32_t own;	  /* its own place; UINT32_MAX: it is no instrument */
	uint8_t scale;	  /* digits of its quantities */
	uint8_t decimals; /* of its prices, at least */
	uint8_t phase;	  /* as shown */
	bool known;	  /* the three of above, and its legs' units, are so */
};

struct exch_synthetic {
	struct exch_samples samples; /* first: exch_samples_begin() */
	struct exch_legs legs;
	struct exch_implied_leg *leg;	/* by row of the table */
	struct exch_implied_at *at;	/* room for a walk */
	struct exch_synthetic_sum *sum; /* by synthetic */
	uint32_t *place;		/* by number of a name: place and 1 */
	uint32_t *name;			/* by place: number of its name and 1 */
	uint32_t nname;
	uint32_t looked; /* places whose names are known */
	/*
	 * Bids, offers, its own bid and offer: now, and as shown of each
	 * synthetic.
	 */
	struct exch_implied_level *now;
	struct exch_implied_level *shown;
	size_t each; /* levels in one of them */
	uint8_t phase;
	bool only_changed;
	exch_ts sampled; /* and 1; 0: never */
	/* what a phase, or an instrument told again, has touched */
	bool pending, all;
	exch_ts since;
	uint32_t *touched; /* numbers of names, and 1 */
	uint32_t ntouched, room;
};

/* Declares the columns. */
int exch_synthetic_columns(struct exch_report_run *run, struct exch_diag *d);
/* What now[] says of synthetic i: a row, or as text a line for each level. */
void exch_synthetic_put(struct exch_report_run *run, uint32_t i, exch_ts time);

#endif
