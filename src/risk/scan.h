/*
 * Margin of a portfolio by revaluing it in scenarios: at points of the
 * underlying's price (portfolio margin, modelled on OCC's TIMS) and over
 * sixteen pairs of price and volatility (modelled on CME's SPAN, first made in
 * 1988).  How far prices and volatilities are moved is the caller's to say.
 */
#ifndef EXCH_RISK_SCAN_H
#define EXCH_RISK_SCAN_H

#include "risk/bsm.h"

/* A holding in one underlying: that itself, or an option on it. */
struct exch_leg {
	double qty;  /* contracts or shares; below 0: short */
	double size; /* of the underlying that one stands for: 1, 100 */
	bool option; /* else only option.spot is read */
	struct exch_option terms;
};

/* A leg's profit when price and volatility move by those fractions. */
int exch_leg_profit(const struct exch_leg *leg, double price_move,
    double vol_move, double *out);

/* ---- points of the price ---- */

#define EXCH_POINTS 10

struct exch_points {
	double down, up;     /* fractions: 0.15 and 0.15 of a stock */
	double least_option; /* for each option on 1: 0.375 */
};

struct exch_points_margin {
	double move[EXCH_POINTS]; /* ascending, without 0 in the middle */
	double profit[EXCH_POINTS];
	unsigned worst;	    /* which point */
	double loss;	    /* there; 0 when every one has a profit */
	double least;	    /* by the number of option contracts */
	double requirement; /* the greater of both */
};

/* All legs have the same underlying, whose price is each one's spot. */
int exch_points_margin(const struct exch_points *p, const struct exch_leg *leg,
    size_t n, struct exch_points_margin *out);

/* ---- sixteen scenarios ---- */

#define EXCH_SCENARIOS 16

/*
 * Scenarios come in pairs, volatility up and then down, at moves of 0, 1/3,
 * -1/3, 2/3, -2/3, 1 and -1 of the price range; the last two move the price
 * by `extreme` ranges up and down, with the volatility as it is, and count
 * `cover` of the loss.
 */
struct exch_span {
	double price_range; /* of the underlying, in currency */
	double vol_range;   /* added to the volatility, 0.04 */
	double extreme;	    /* 2 or 3 */
	double cover;	    /* 0.35 or 0.33 */
};

/* Losses of one long contract; they are positive. */
struct exch_span_array {
	double loss[EXCH_SCENARIOS];
};

int exch_span_array(const struct exch_span *s, const struct exch_leg *one,
    struct exch_span_array *out);

struct exch_span_charges {
	double inter_month;	/* added */
	double inter_commodity; /* credit, taken off */
	double short_option;	/* the least for short options */
};

struct exch_span_margin {
	double total[EXCH_SCENARIOS]; /* losses of the whole */
	unsigned active;	      /* scenario 1..16 that is the worst */
	double scan;		      /* its loss, 0 at least */
	/* Of it what is of the price: without volatility, nor without a move. */
	double price_risk;
	double requirement;
};

/* `qty` of each of n arrays (below 0: short). */
void exch_span_margin(const struct exch_span_array *array, const double *qty,
    size_t n, const struct exch_span_charges *c, struct exch_span_margin *out);

#endif
