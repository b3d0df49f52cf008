/*
 * Fills on paper: an agent's orders do not enter the market; they lie beside
 * it, and a model says when they would have been executed.  The market takes
 * no notice, so nothing drifts, and the same shares may fill several orders.
 * exch-backtest(7) has what each model assumes, and `exch-report queue-audit`
 * how right it is on a day.
 *
 * What the models know of an order's place in its queue, besides its price and
 * what is left of it:
 *
 *	touch	nothing: it is filled when the price trades
 *	l2	how much is in front, by one of book/estimate.h
 *	ghost	who is in front: the orders that rested when it came
 */
#ifndef EXCH_SIM_PAPER_H
#define EXCH_SIM_PAPER_H

#include "book/estimate.h"

enum exch_fill {
	EXCH_FILL_MARKET, /* the orders are in the market: no paper */
	EXCH_FILL_TOUCH,
	EXCH_FILL_L2,
	EXCH_FILL_GHOST
};

struct exch_fill_model {
	enum exch_fill fill;
	enum exch_estimate_model queue; /* of l2 */
};

/*
 * "market", "rematch" and "agents" (all of them the market's), "touch",
 * "ghost", "l2:risk-averse", "l2:power1" to "l2:power3", "l2:log".
 * EXCH_ERR_FORMAT.
 */
int exch_fill_parse(const char *s, size_t n, struct exch_fill_model *m);

#endif
