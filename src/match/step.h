/*
 * A market's table of ticks: from which price on limits are multiples of
 * what, besides being multiples of the instrument's tick (exch-market(5),
 * tick).  An auction's price has to keep to it, too, wherever it comes from.
 */
#ifndef EXCH_MATCH_STEP_H
#define EXCH_MATCH_STEP_H

#include "base/types.h"

/* From this price on (by size, whatever the sign) the step is `step`. */
struct exch_market_tick {
	exch_px from;
	exch_px step;
};

struct exch_steps {
	const struct exch_market_tick *row; /* ascending */
	unsigned n;			    /* 0: the instrument's tick alone */
	exch_px tick;			    /* of the instrument */
};

/*
 * The nearest price on the table that is not above, or not below, in ticks
 * of the instrument.  Below the first step there is none but 0, which is
 * nobody's price, and at the end of prices there may be none above: such a
 * price stays as it is.
 */
int64_t exch_step_down(const struct exch_steps *s, int64_t tick);
int64_t exch_step_up(const struct exch_steps *s, int64_t tick);
/* The same towards zero. */
int64_t exch_step_in(const struct exch_steps *s, int64_t tick);

#endif
