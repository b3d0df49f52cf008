/*
 * Limit up, limit down: what an instrument remembers of it.  Apart from
 * guard.h because only some markets with protections have it, and its table
 * of executions is large.
 */
#ifndef EXCH_MATCH_LULD_H
#define EXCH_MATCH_LULD_H

#include "rec/rec.h"

/* The window is so many parts; what lies in one comes and goes as one. */
#define EXCH_LULD_PARTS 300u

struct exch_luld {
	exch_px reference; /* or none */
	exch_ts since;	   /* it holds */
	exch_px lower;	   /* both none: there are no bands */
	exch_px upper;
	exch_px opened; /* price of the auction in hand, or none */
	uint8_t state;	/* the side at its band, or EXCH_SIDE_NONE */
	bool printed;	/* something executed since the last look */
	/* Executions by part; a place is reused 300 parts later. */
	struct exch_luld_part {
		uint64_t part;
		uint64_t n;
		exch_i128 sum;
	} at[EXCH_LULD_PARTS];
};

#endif
