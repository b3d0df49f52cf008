/*
 * How what an account has traded is divided among others: a table of rules,
 * exch-tables(5).  A block is what an account has bought, or sold, of an
 * instrument on a trade date, or of that what one order has.  The rows that
 * say the same of a block are one rule, and give its parts in their order:
 *
 *	account,symbol,side,order,date,to,shares,ratio
 *	7,ABC,buy,,,71,300,	300 of it
 *	7,ABC,buy,,,72,200,	and 200
 *	7,,,,,71,,60%		of all else that 7 trades, six in ten
 *
 * An execution belongs to one block: that of the rule that says most of it.
 */
#ifndef EXCH_SETTLE_ALLOCATION_H
#define EXCH_SETTLE_ALLOCATION_H

#include "base/types.h"
#include "ref/table.h"

struct exch_allocation_row {
	uint64_t order;	  /* 0: all of them */
	uint64_t shares;  /* 0: by ratio */
	uint32_t account; /* that trades */
	uint32_t to;
	uint32_t date;	 /* a trade date; 0: on each */
	uint32_t ratio;	 /* ppm of the block; 0: by shares */
	char symbol[24]; /* "": each instrument, for itself */
	uint8_t side;	 /* enum exch_side; EXCH_SIDE_NONE: both, each alone */
};

/*
 * Refused besides what a table is: shares and ratio, or neither; both within a
 * rule; ratios of a rule above 100%; an account twice in one, or the one that
 * trades.
 */
int exch_allocations_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);

/*
 * The order of rules, as qsort compares two rows: by account; those with an
 * order first, and by it; then those that say more, a symbol before a side
 * before a date.  0: they are of one rule.
 */
int exch_allocation_compare(const void *a, const void *b);

/*
 * The part of a block of `all` that ends where ratios have come to `ppm`; what
 * one of them gets is the difference of two, so that nothing is lost.
 */
exch_qty exch_allocation_upto(exch_qty all, uint64_t ppm);

#endif
