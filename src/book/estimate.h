/*
 * How much of a price level stands ahead of an order, guessed by someone who
 * sees the level's quantity and the trades at its price, but no single
 * orders: the queue models of backtests without order-by-order data
 * (exch-backtest(7), QUEUE MODELS).
 *
 *	ahead = what stands at the price when the order joins it
 *	ahead = exch_estimate(model, ahead, &change)	after every event
 *	filled = exch_estimate_filled(ahead)
 *
 * Shares of a withdrawal are real numbers, and so is the estimate; functions
 * of real numbers are those of base/real.h, so that a fill does not depend on
 * the C library.
 */
#ifndef EXCH_BOOK_ESTIMATE_H
#define EXCH_BOOK_ESTIMATE_H

#include "base/types.h"

enum exch_estimate_model {
	EXCH_ESTIMATE_TOUCH,  /* no queue: a trade at the price fills */
	EXCH_ESTIMATE_RISK,   /* what is withdrawn was all behind */
	EXCH_ESTIMATE_DELETE, /* any order that goes clears the queue */
	EXCH_ESTIMATE_POWER1, /* of what is withdrawn, so much was */
	EXCH_ESTIMATE_POWER2, /* behind: b^n / (b^n + a^n) */
	EXCH_ESTIMATE_POWER3,
	EXCH_ESTIMATE_LOG, /* the same of ln(1 + b) and ln(1 + a) */
	EXCH_ESTIMATE_MODELS
};

/*
 * What an event did to a level.  Quantities at the price are those of the
 * others; trades are all at the price, whoever they met.
 */
struct exch_level_change {
	exch_qty before;
	exch_qty after;
	exch_qty traded;
	exch_qty traded_others; /* of it: with orders of `before` */
	bool deleted;		/* an order was withdrawn as a whole */
};

/* "power2"; words of no form need quotes. */
const char *exch_estimate_name(enum exch_estimate_model m);
/* The model of a name, or EXCH_ESTIMATE_MODELS. */
enum exch_estimate_model exch_estimate_by_name(const char *name);
/* Does it need to see single orders? */
static inline bool
exch_estimate_needs_orders(enum exch_estimate_model m)
{
	return m == EXCH_ESTIMATE_DELETE;
}

/* The share of a withdrawal that was behind, of so much ahead and behind. */
double exch_estimate_behind(
    enum exch_estimate_model m, double ahead, double behind);

/* What stands ahead after an event, of `ahead` (at least 0) before it. */
double exch_estimate(enum exch_estimate_model m, double ahead,
    const struct exch_level_change *c);

/*
 * More was traded than stood ahead: at least half a unit, so that what
 * rounding leaves of a share of a unit fills nothing.
 */
static inline bool
exch_estimate_filled(double ahead)
{
	return ahead <= -0.5;
}

#endif
