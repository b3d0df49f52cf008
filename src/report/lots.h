/*
 * Lots of a position for tax: what was opened when and for how much, and which
 * of it is closed by what, in whole numbers.  What a lot has cost is divided
 * half-even when a part of it is closed, and the rest stays with the rest, so
 * that nothing is lost.
 */
#ifndef EXCH_REPORT_LOTS_H
#define EXCH_REPORT_LOTS_H

#include "base/err.h"
#include "rec/cash.h"

/* Which lot is closed first. */
enum exch_lots_by {
	EXCH_LOTS_BY_FIFO, /* the oldest */
	EXCH_LOTS_BY_LIFO, /* the youngest */
	EXCH_LOTS_BY_PICK  /* the one that was named; then the oldest */
};

struct exch_taxlot {
	uint64_t day;	/* at which it was opened, YYYYMMDD */
	uint64_t match; /* by which; 0: before the stream */
	exch_qty qty;
	exch_i128 cash; /* paid; of what was sold short got */
};

struct exch_taxlots {
	struct exch_taxlot *lot; /* from first on */
	uint32_t first, n, cap;
	bool is_short;
};

/* What comes in: bought or sold. */
struct exch_taxdeal {
	uint64_t day;
	uint64_t match;
	exch_qty qty;
	exch_i128 cash; /* paid, or got */
	bool sell;
};

/* A lot, or a part of one, that was closed. */
struct exch_taxclosed {
	const struct exch_taxlot *lot; /* before it was */
	const struct exch_taxdeal *by;
	exch_qty qty;
	exch_i128 cost;	    /* of buying it */
	exch_i128 proceeds; /* of selling it */
	bool is_short;
};

/*
 * Who asks: told of what is closed; and, with EXCH_LOTS_BY_PICK, asked which
 * lot `by` is to close next, *qty of it at most: its match, or 0.
 */
struct exch_taxask {
	void *arg;
	int (*closed)(
	    void *arg, const struct exch_taxclosed *c, struct exch_diag *d);
	uint64_t (*pick)(
	    void *arg, const struct exch_taxdeal *by, exch_qty *qty);
};

void exch_taxlots_clear(struct exch_taxlots *l);
/* A deal closes what it can, and opens a lot of the rest. */
int exch_taxlots_deal(struct exch_taxlots *l, enum exch_lots_by how,
    const struct exch_taxdeal *deal, const struct exch_taxask *ask,
    struct exch_diag *d);

#endif
