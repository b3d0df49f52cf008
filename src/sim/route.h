/*
 * Where the parts of an order go: what a router knows of the venues of a
 * thing, and how it splits a quantity over them.  What becomes of the parts is
 * the router's own business (agent_router.c).
 *
 * Quantities are lots.
 */
#ifndef EXCH_SIM_ROUTE_H
#define EXCH_SIM_ROUTE_H

#include "rec/rec.h"

#define EXCH_ROUTE_VENUES 16u
#define EXCH_ROUTE_LEVELS 20u	/* of a venue, at most */
#define EXCH_ROUTE_CHILDREN 64u /* of a split, at most */
#define EXCH_ROUTE_MISSES 2u	/* in a row: what is shown is not to be had */

/* What decides: among venues of one price, or if prices do not count, of all. */
enum exch_route_policy {
	EXCH_ROUTE_COST, /* what is paid with the fee */
	EXCH_ROUTE_SIZE, /* what is shown, by what was got of it before */
	EXCH_ROUTE_FAST	 /* how soon an order is there */
};

struct exch_route_level {
	exch_px price;
	uint64_t lots;
};

struct exch_route_venue {
	/* The side that is taken from, best first; one told at a time, so
	 * that twice as many as it has may stand here meanwhile. */
	struct exch_route_level level[2 * EXCH_ROUTE_LEVELS];
	unsigned n;
	bool open; /* it trades */
	bool dark; /* it shows nothing */
	int64_t maker_fee, taker_fee;
	uint64_t entry; /* ns that an order is on its way */
	uint64_t feed;	/* and what it shows */
	uint64_t sent;	/* lots of children that live */
	/* What it has shown by then is older than what was done there. */
	exch_ts blind;
	exch_ts again; /* nothing is sent there before */
	double rate;   /* of what is sent there, executed */
	/* Children in a row that got nothing of what it still shows. */
	unsigned missed;
};

struct exch_route {
	uint8_t side; /* of the order */
	uint8_t policy;
	bool protect;  /* no better price of another venue is passed over */
	exch_px limit; /* or none */
};

struct exch_route_child {
	unsigned venue;
	exch_px price;
	uint64_t lots;
};

/* A level has so many lots now; 0: it is gone. */
void exch_route_level(
    struct exch_route_venue *v, uint8_t side, exch_px price, uint64_t lots);
/* Is the price within a limit of that side? */
static inline bool
exch_route_reaches(const struct exch_route *r, exch_px price)
{
	return r->limit == EXCH_PX_NONE ||
	       (r->side == EXCH_BUY ? price <= r->limit : price >= r->limit);
}

/*
 * `lots` over what n venues show at `now`, less what is on its way there, in
 * the order in which the parts are to be executed.  Says how many parts there
 * are; they are no more than `lots` together.
 */
unsigned exch_route_split(const struct exch_route *r,
    const struct exch_route_venue *v, unsigned n, exch_ts now, uint64_t lots,
    struct exch_route_child child[EXCH_ROUTE_CHILDREN]);

#endif
