/*
 * What a venue or a broker charges for executions: a table, exch-tables(5).
 */
#ifndef EXCH_REF_FEES_H
#define EXCH_REF_FEES_H

#include "base/types.h"
#include "ref/whom.h"

/* How an execution came about, for one of its sides. */
enum exch_liquidity {
	EXCH_LIQUIDITY_MAKER, /* it rested */
	EXCH_LIQUIDITY_TAKER,
	EXCH_LIQUIDITY_AUCTION, /* neither did: a cross, or a block */
	EXCH_LIQUIDITIES
};

/* That of a side of an execution whose aggressor is known, or none was. */
static inline enum exch_liquidity
exch_fee_liquidity(enum exch_side aggressor, enum exch_side side)
{
	if (aggressor == EXCH_SIDE_NONE)
		return EXCH_LIQUIDITY_AUCTION;
	return aggressor == side ? EXCH_LIQUIDITY_TAKER : EXCH_LIQUIDITY_MAKER;
}

struct exch_fee_row {
	struct exch_whom whom; /* from: quantity traded that day before */
	struct {
		int64_t rate;	/* 10^-9 of the cash of the execution */
		exch_px unit;	/* 10^-9 for one of the quantity */
	} of[EXCH_LIQUIDITIES]; /* below 0: a rebate */
	exch_cash least, most;	/* for one execution, of fees, not rebates */
};

extern const struct exch_reftable_shape exch_fees_shape;

struct exch_fees {
	struct exch_reftable t;
	struct exch_whom_index whom;
};

/*
 * Refused besides what a table is: a name where there is none or none where
 * there should be, the same row twice, a least fee beyond the most.
 */
int exch_fees_parse(const char *text, size_t n, const char *name,
    struct exch_fees *f, struct exch_diag *d);
void exch_fees_clear(struct exch_fees *f);

/*
 * The row for an account in an instrument that has traded `volume` so far: the
 * account's before its member's before that for all, of each a symbol's before
 * none, and of those the one that begins last.  NULL: none, and no fee.
 */
const struct exch_fee_row *exch_fees_find(const struct exch_fees *f,
    uint32_t account, const char member[16], const char symbol[24],
    exch_u128 volume);

/*
 * What an execution costs, half-even in cash 10^-6; qty_unit: 10^(digits of a
 * quantity).  Within 2^110.
 */
exch_i128 exch_fee(const struct exch_fee_row *r, enum exch_liquidity how,
    exch_i128 cash, exch_qty qty, uint64_t qty_unit);

#endif
