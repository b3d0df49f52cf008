/*
 * A position and what it cost, in whole numbers: a quantity bought (above 0)
 * or sold short (below 0), and the lots that it is made of.
 *
 *	paid so far for all of it  =  cost of what is open  -  realised
 *
 * holds to the last digit, whatever is rounded in between: a trade that closes
 * a part of a lot takes the part of its cost, half-even, and leaves the rest.
 * So gains and losses of all who traded with each other add up to nothing.
 */
#ifndef EXCH_RISK_POSITION_H
#define EXCH_RISK_POSITION_H

#include "base/err.h"

/* Which part of a position is closed first. */
enum exch_lot_method {
	EXCH_LOTS_FIFO,	  /* what was opened first */
	EXCH_LOTS_AVERAGE /* all of it alike: one lot */
};

/* Opened in a row at one price. */
struct exch_lot {
	exch_qty qty;
	exch_i128 cost; /* below 0: what a short sale brought */
};

struct exch_position {
	int64_t qty;
	exch_i128 cost; /* of what is open, cash 10^-6 */
	exch_i128 realised;
	struct exch_lot *lot; /* from `first` on, `nlots` of them */
	uint32_t first, nlots, cap;
};

/*
 * So many are bought or sold for that much cash.  EXCH_ERR_NOMEM;
 * EXCH_ERR_RANGE: the position does not fit 63 bits, and is as it was.
 */
int exch_position_trade(struct exch_position *p, enum exch_lot_method method,
    bool sell, exch_qty qty, exch_i128 cash, struct exch_diag *d);
void exch_position_clear(struct exch_position *p);

#endif
