/* The live orders of a stream by instrument and id: a pool of base/keyed.h. */
#ifndef EXCH_REPORT_LIVES_H
#define EXCH_REPORT_LIVES_H

#include "base/keyed.h"
#include "rec/rec.h"
#include "report/asked.h"

/*
 * What a stream tells of a live order.  Where it stands follows from its
 * terms, the phase and the venue's RESTATED and TRIGGERED records by the
 * rules of exch-ordertypes(7); standing.c has them.
 */
struct exch_life {
	struct exch_key key; /* its id, and place of its instrument */
	exch_i128 notional;  /* of its executions, price x quantity */
	exch_oid replaces;   /* the order it came from, or 0 */
	exch_oid first;	     /* the one with which that began, or 0 */
	exch_px price;	     /* or none */
	exch_qty qty;	     /* filled + cancelled + open, always */
	exch_qty open;
	exch_qty filled;
	exch_qty cancelled;
	exch_ts entered;
	uint64_t nth; /* orders that came in before it */
	uint32_t account;
	uint32_t execs;
	uint32_t changes; /* replacements under the same id */
	uint8_t side;
	uint8_t ordtype;
	uint8_t tif;
	uint8_t flags; /* of the command's header */
	uint8_t ordflags;
	uint8_t type;	 /* it is now: triggered, with its limit */
	bool apart;	 /* parked, or waits: not in the book */
	exch_px working; /* price it stands at; none: apart, or no limit */
	exch_qty shown;	 /* the part displayed, or that it will display */
	struct exch_terms terms;
	struct exch_stage stage;
};

struct exch_lives {
	struct exch_keyed k;
	uint64_t made;
};

typedef int exch_life_fn(
    void *arg, const struct exch_life *o, struct exch_diag *d);

int exch_lives_init(struct exch_lives *l, struct exch_diag *d);
/* Good after a failed init, too. */
void exch_lives_clear(struct exch_lives *l);

/* NULL: not live.  Good until the next insert. */
struct exch_life *exch_lives_find(
    const struct exch_lives *l, uint32_t place, exch_oid id);
/* A new zeroed order; NULL in *out when the id is live already. */
int exch_lives_insert(struct exch_lives *l, uint32_t place, exch_oid id,
    struct exch_life **out, struct exch_diag *d);
/* One that is live. */
static inline void
exch_lives_drop(struct exch_lives *l, struct exch_life *o)
{
	exch_keyed_drop(&l->k, o);
}

/* All in the order in which they came in. */
int exch_lives_each(const struct exch_lives *l, exch_life_fn *fn, void *arg,
    struct exch_diag *d);
/* The next one in no order, from *at = 0 on; NULL: that was the last. */
struct exch_life *exch_lives_next(const struct exch_lives *l, uint32_t *at);

#endif
