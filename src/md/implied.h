/*
 * The book that the books of legs imply: who buys one unit of a synthetic
 * instrument buys of each leg with a ratio above 0 so much, and sells of the
 * others.  So its bid is made of the bids of the former and the offers of the
 * latter, its offer of the other sides.
 *
 * Each side is walked level by level.  At every step all legs stand at one of
 * their levels; the sum of their prices is a price of the synthetic, and there
 * is as much of it as the leg has that allows least.  That is taken from all of
 * them, and those that cannot give another unit go to their next level: what a
 * level has left that is less than a unit takes is not joined with the next.
 * Never more than `levels` levels of a leg are looked at, so that an event costs
 * legs x levels at most.
 *
 * Numbers are exact: a price is 10^-18 in 128 bits, a quantity is divided
 * once and rounded down.
 */
#ifndef EXCH_MD_IMPLIED_H
#define EXCH_MD_IMPLIED_H

#include "report/books.h"

/* Decimals of a price: those of a ratio and those of a price. */
#define EXCH_IMPLIED_SCALE 18

/*
 * There are as many units as (quantity x times) / by: the units of quantity of
 * the leg and of the synthetic and the ratio make both.
 */
struct exch_implied_leg {
	exch_u128 times;
	exch_u128 by;
	int64_t ratio;	/* 10^-9, not 0 */
	uint32_t place; /* UINT32_MAX: no instrument is known */
};

/* Where a walk stands. */
struct exch_implied_at {
	exch_u128 left; /* x times */
	exch_slot level;
	uint32_t depth;
};

/* Two are compared by their bytes. */
struct exch_implied_level {
	exch_i128 px; /* 10^-18 */
	exch_u128
	    qty; /* 0 at the best prices: of a leg is less than takes one */
	uint64_t any; /* 0: there is no such level */
	uint64_t leg; /* that allows least; the first of them */
};

_Static_assert(sizeof(struct exch_implied_level) == 48, "without gaps");

/* Quantities: 10^-scale of the synthetic, of a leg in 10^-leg_scale. */
void exch_implied_units(
    struct exch_implied_leg *leg, unsigned scale, unsigned leg_scale);

/*
 * The levels of one side into out[0..levels-1], the rest zeroed; `at` is room
 * for n.  EXCH_ERR_RANGE: a price does not fit 128 bits.
 */
int exch_implied_side(const struct exch_books *books,
    const struct exch_implied_leg *leg, uint32_t n, struct exch_implied_at *at,
    unsigned side, struct exch_implied_level *out, unsigned levels);

#endif
