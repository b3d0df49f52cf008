/*
 * Best prices that were displayed within the last second, of 17 CFR
 * 242.611(b)(8): whoever executes at a price may pass over a better one whose
 * venue displayed, within one second before, a best price that was equal or
 * worse: its quote flickers, and could not be had for sure.
 *
 * Of each place and side the worst price that was the best one within the last
 * second.  Kept are those that are no better than all that came later, so that
 * each is looked at once when it comes and once when it goes.
 */
#ifndef EXCH_REPORT_FLICKER_H
#define EXCH_REPORT_FLICKER_H

#include "report/quotes.h"

struct exch_flicker_past {
	exch_px px;
	exch_ts until; /* it was the best price */
};

struct exch_flicker_side {
	exch_px px;			/* as it is now, or none */
	struct exch_flicker_past *past; /* from the worst, and oldest, on */
	size_t first, end, cap;
};

struct exch_flicker {
	struct exch_flicker_side (*side)[2]; /* by place; 0: bids */
	uint32_t n;
};

/* Of zeros, too. */
void exch_flicker_clear(struct exch_flicker *f);
/* The quote of a place may be another one since the last time. */
int exch_flicker_note(struct exch_flicker *f, uint32_t place,
    const struct exch_quote *q, struct exch_diag *d);
/* Did the place display a best price no better than that within a second? */
bool exch_flicker_had(struct exch_flicker *f, uint32_t place, unsigned side,
    exch_px price, exch_ts now);

#endif
