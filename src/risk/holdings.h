/*
 * What accounts hold at one moment, and what it is worth: the input of every
 * measure.  Instruments and accounts stand in ascending order of their numbers,
 * and of each account its holdings in the order of the instruments.
 *
 * Marks and quantities are integers as in records; what models make of them
 * are real numbers in units of the currency.
 */
#ifndef EXCH_RISK_HOLDINGS_H
#define EXCH_RISK_HOLDINGS_H

#include "rec/cash.h"
#include "rec/rec.h"
#include "risk/market.h"
#include "risk/rulebook.h"
#include "risk/scan.h"

/* An instrument, and what tables know of it. */
struct exch_thing {
	uint32_t id;
	char symbol[EXCH_SYMBOL];
	char currency[4];
	uint8_t kind;	   /* enum exch_instr_kind */
	uint8_t qty_scale; /* digits after the point */
	uint8_t decimals;  /* of prices, for people */
	bool put;	   /* of an option */
	exch_px mark;	   /* what one is valued at, or none */
	exch_px strike;
	uint32_t expiry;     /* YYYYMMDD, 0: none */
	uint32_t underlying; /* id, 0: none */
	struct exch_money money;
	double unit; /* money that a quantity of 1 is at a price of 1 */
	/* settled by exch_holdings_model() */
	uint32_t root; /* place of what its price follows: perhaps its own */
	bool ended;    /* an option that has expired before the day */
	bool follows;  /* another one, whose underlying has a price */
	struct exch_option terms; /* of that; vol is NAN when nobody knows it */
	double implied;		  /* volatility that its mark implies, or NAN */
	enum exch_tims_class class;
	exch_px scan; /* price range of SPAN, or none */
	double vol_scan;
	double short_option; /* SPAN's least for a short one on one unit */
};

struct exch_held {
	uint32_t account;
	uint32_t place; /* of the thing */
	int64_t qty;	/* below 0: short */
	exch_px cost;	/* average price paid, or none */
	exch_cash realised, unrealised;
	uint64_t buys, sells; /* trades of the day */
};

struct exch_holder {
	uint32_t account;
	char name[24];	 /* "" without one */
	size_t first, n; /* of its holdings */
	exch_cash cash, fees;
};

struct exch_holdings {
	struct exch_thing *thing;
	struct exch_holder *holder;
	struct exch_held *holding;
	uint32_t nthings;
	size_t nholders, nholdings;
	uint32_t date; /* of the moment, YYYYMMDD */
};

void exch_holdings_clear(struct exch_holdings *h);

/* Tables that model; NULL: there is none. */
struct exch_model_tables {
	const struct exch_reftable *rates, *vols;
};

/*
 * Settle what the measures need of each thing on h->date.  An option without
 * a row of volatilities has that of its underlying, else what its mark
 * implies.  EXCH_ERR_ABSENT: no rate for an option's expiry.
 */
int exch_holdings_model(struct exch_holdings *h,
    const struct exch_model_tables *t, struct exch_diag *d);

/* The instrument of that number; NULL: it was not announced. */
const struct exch_thing *exch_holdings_thing(
    const struct exch_holdings *h, uint32_t id);

/* Worth of a holding in cash; EXCH_ERR_ABSENT: it has no mark. */
int exch_held_value(
    const struct exch_holdings *h, const struct exch_held *x, exch_cash *out);

/*
 * As a leg of a portfolio in its root; none of what has ended: it hedges
 * nothing, and whatever it paid was paid.  EXCH_ERR_ABSENT: a mark, or a
 * volatility, is not known.
 */
int exch_held_leg(const struct exch_holdings *h, const struct exch_held *x,
    struct exch_leg *leg);

/* Can it be valued in another state of its root, or is nothing held? */
bool exch_held_known(const struct exch_holdings *h, const struct exch_held *x);

/*
 * Money that it moves when its root's price moves by all of itself: its worth,
 * or an option's delta times its underlying's.
 */
int exch_held_delta(
    const struct exch_holdings *h, const struct exch_held *x, double *out);

#endif
