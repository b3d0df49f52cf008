/*
 * The fidelity account of one instrument: how many of the venue's own
 * executions the engine gave too, and why the others differ.
 */
#ifndef EXCH_REPORT_FIDEL_H
#define EXCH_REPORT_FIDEL_H

#include "base/err.h"
#include "rec/rec.h"

/* Causes above this are counted under it. */
#define EXCH_FIDEL_CAUSES 16

struct exch_fidel {
	uint64_t expected;   /* EXPECT records that were not imposed */
	uint64_t missed;     /* of them: not given by the engine */
	uint64_t unexpected; /* given by the engine, not by the venue */
	uint64_t imposed;    /* EXPECT records that were imposed */
	/* runs of EXPECT with one group number: one aggressor each */
	uint64_t groups;
	uint64_t groups_bad;
	uint32_t group; /* the run at hand, 0 none */
	bool group_bad;
	uint64_t missed_by[EXCH_FIDEL_CAUSES]; /* unexpected ones too */
	uint64_t imposed_by[EXCH_FIDEL_CAUSES];
};

/* Take an EXPECT or MISS; others are ignored. */
int exch_fidel_record(
    struct exch_fidel *f, const struct exch_rec *r, struct exch_diag *d);
/* Add b to a, for totals. */
void exch_fidel_sum(struct exch_fidel *a, const struct exch_fidel *b);

static inline uint64_t
exch_fidel_exact(const struct exch_fidel *f)
{
	return f->expected > f->missed ? f->expected - f->missed : 0;
}

/* No figure to show. */
#define EXCH_FIDEL_NONE UINT64_MAX

/*
 * The share of exact executions among all that the venue had, imposed ones
 * included, in hundredths of a percent, rounded down; 10000 only when
 * nothing at all differs.
 */
static inline uint64_t
exch_fidel_share(const struct exch_fidel *f)
{
	uint64_t whole = f->expected + f->imposed;
	uint64_t v;

	if (whole == 0)
		return EXCH_FIDEL_NONE;
	v = (uint64_t)((exch_u128)exch_fidel_exact(f) * 10000 / whole);
	return v == 10000 && f->unexpected != 0 ? 9999 : v;
}

/* The same of groups. */
static inline uint64_t
exch_fidel_groups(const struct exch_fidel *f)
{
	if (f->groups == 0)
		return EXCH_FIDEL_NONE;
	return (uint64_t)((exch_u128)(f->groups - f->groups_bad) * 10000 /
			  f->groups);
}

#endif
