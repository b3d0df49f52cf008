/*
 * One thing at several venues: instruments whose symbols are the same up to
 * the last point.  ABC.X and ABC.Y are ABC at X and at Y.  Their books as one:
 * at each price the sum, and who has it.
 */
#ifndef EXCH_MD_VENUES_H
#define EXCH_MD_VENUES_H

#include "report/books.h"
#include "report/report.h"

#define EXCH_VENUES_MAX 127 /* bytes of a list of names that are shown */

/* One price of a side, over all venues.  Two are compared by their bytes. */
struct exch_venues_level {
	exch_px px;
	exch_qty qty; /* 0: nobody is there */
	uint8_t nnames;
	char names[EXCH_VENUES_MAX]; /* "X+Y" */
};

_Static_assert(sizeof(struct exch_venues_level) == 8 + 8 + 1 + EXCH_VENUES_MAX,
    "without gaps");

/* Zero bytes are an empty one. */
struct exch_venues {
	struct exch_venues_link *link; /* by place */
	uint32_t nlink;		       /* room */
	uint32_t linked;	       /* places that have one */
	struct exch_venues_at *at;     /* where a merge stands, by venue */
	uint32_t nat;
};

void exch_venues_clear(struct exch_venues *v);
/* How much of a symbol names the thing. */
size_t exch_venues_thing(const struct exch_inst *in);
/* The first place of the thing that is at this place. */
int exch_venues_first(struct exch_venues *v, const struct exch_insts *x,
    uint32_t place, uint32_t *first, struct exch_diag *d);
/*
 * The best n levels of both sides of the thing into out[], bids and behind
 * them offers, of the venues that are watched; the rest is zeroed.
 * EXCH_ERR_RANGE: its venues have not one unit of quantity.
 */
int exch_venues_book(struct exch_venues *v, struct exch_report_run *run,
    const struct exch_books *books, uint32_t first,
    struct exch_venues_level *out, unsigned n, struct exch_diag *d);
/* "locked", "crossed" or NULL, of the best of both sides. */
const char *exch_venues_state(
    const struct exch_venues_level *bid, const struct exch_venues_level *ask);
/* Three cells: price, quantity, who. */
void exch_venues_cells(struct exch_table *t, const struct exch_venues_level *l,
    const struct exch_inst *in);

#endif
