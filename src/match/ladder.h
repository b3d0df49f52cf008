/*
 * The uncrossing price as data: a ladder is a list of rules, each of which
 * narrows the set of candidate prices the one before left over.  A new
 * venue is a new row in ladder.c, not a branch.
 *
 * For a price p: B(p) = buy quantity with limit >= p and market orders,
 * S(p) = sell quantity with limit <= p and market orders, V = min(B, S),
 * surplus = B - S.  Candidates are the limit prices of the book.
 *
 * A ladder may have a band.  When the price it comes to lies outside, it is
 * applied again to the limit prices inside the band and to the band's two
 * ends: the price within the band that its rules like best.
 */
#ifndef EXCH_MATCH_LADDER_H
#define EXCH_MATCH_LADDER_H

#include "match/step.h"

enum exch_rung {
	EXCH_RUNG_END = 0,
	EXCH_RUNG_MAX_VOLUME,  /* keep the largest V */
	EXCH_RUNG_MIN_SURPLUS, /* keep the smallest |surplus| */
	EXCH_RUNG_PRESSURE,    /* all > 0: highest; all < 0: lowest */
	EXCH_RUNG_CLAMP,       /* reference price clamped into the range that
	                         * mixed surpluses leave (Xetra step 4) */
	EXCH_RUNG_NEAR_REF,    /* nearest to the reference, higher if equal */
	EXCH_RUNG_NEAR_MID,    /* nearest to the bid-ask midpoint */
	EXCH_RUNG_HIGHEST,
	EXCH_RUNG_LOWEST,
	EXCH_RUNG_MIDDLE,  /* between the lowest and the highest, on the grid,
			   * the higher one of two (Shanghai) */
	EXCH_RUNG_REMAINS, /* those at which an order with this very limit is
			    * left over; passed over when there are none
			    * (Nasdaq) */
	EXCH_RUNG_FULL	   /* those at which all buys above and all sells below,
			* and market orders, are filled; passed over when
			* there are none */
};

enum exch_band {
	EXCH_BAND_NONE = 0,
	/* bid - x .. offer + x, x the larger of 0.50 and a tenth of their
	 * midpoint, ends moved inwards onto the grid (Nasdaq) */
	EXCH_BAND_QUOTE,
	/* between the reference and the clearing price (NYSE) */
	EXCH_BAND_CLEARING
};

struct exch_ladder {
	const char *name; /* "xetra", "euronext", "nasdaq", "plain-high" ... */
	enum exch_rung rung[6];
	enum exch_band band;
};

/* A ladder by its name, or NULL. */
const struct exch_ladder *exch_ladder_by_name(const char *name);
/* All of them; *n receives how many. */
const struct exch_ladder *exch_ladder_all(unsigned *n);

/* One side of the crossing range, summed per price. */
struct exch_ladder_level {
	int64_t tick;
	exch_u128 qty;
};

/* No midpoint: above the sum of any two ticks. */
#define EXCH_MID2_NONE ((exch_i128)INT64_MAX * 2 + 1)

struct exch_ladder_book {
	/* both in ascending order of tick */
	const struct exch_ladder_level *buy;
	size_t nbuy;
	const struct exch_ladder_level *sell;
	size_t nsell;
	exch_qty market_buy;
	exch_qty market_sell;
	int64_t reference; /* tick, or EXCH_TICK_MARKET: none */
	exch_i128 mid2;	   /* bid + ask ticks before the auction, for
			    * NEAR_MID, or EXCH_MID2_NONE */
	/*
	 * For bands: the price of one tick, or 0 when nothing of this is
	 * known and no ladder has a band; the best prices of the continuous
	 * book, without the orders that are for the auction only, and the
	 * price at which it alone would clear; in ticks or EXCH_TICK_MARKET.
	 * The caller must keep the two kinds of orders apart: two limits
	 * that cross always do so between the best prices of their book.
	 */
	exch_px tick;
	int64_t bid;
	int64_t offer;
	int64_t clearing;
	/* Prices that are no limits are moved onto it; those given here, and
	 * the limits, are on it. */
	struct exch_steps steps;
};

struct exch_ladder_price {
	bool found;
	int64_t tick;
	exch_u128 volume;
	exch_i128 surplus; /* B - S at the price */
};

/*
 * The price by the ladder's rules.  found is false when nothing can be
 * executed, or when only market orders cross and there is no reference.
 */
struct exch_ladder_price exch_ladder_find(
    const struct exch_ladder *l, const struct exch_ladder_book *b);

#endif
