/*
 * The router's state, and what its two files share.
 *
 *	agent_router.c	its parameters, what it is told, when it acts
 *	router_send.c	its children: to venues, dark ones too, and at rest
 */
#ifndef EXCH_SIM_ROUTER_H
#define EXCH_SIM_ROUTER_H

#include "sim/agent_view.h"
#include "sim/route.h"

/* Its parameters. */
enum {
	ROUTER_SIDE,
	ROUTER_QTY,
	ROUTER_LIMIT,
	ROUTER_START,
	ROUTER_OVER,
	ROUTER_POLICY,
	ROUTER_PROTECT,
	ROUTER_TOGETHER,
	ROUTER_SWEEP,
	ROUTER_LEVELS,
	ROUTER_REST,
	ROUTER_DARK,
	ROUTER_AGAIN,
	ROUTER_MEMORY
};
/* Words of ROUTER_REST. */
enum { ROUTER_WAIT, ROUTER_POST, ROUTER_CANCEL };

/* tag 0: free. */
struct router_child {
	uint64_t tag;
	unsigned venue;
	uint64_t lots;
	uint64_t left;
	exch_ts sent; /* when it left */
	bool rests;
	bool leaving; /* its cancel is on its way */
};

struct router {
	struct exch_route_venue venue[EXCH_ROUTE_VENUES];
	struct exch_route r;
	struct router_child child[EXCH_ROUTE_CHILDREN];
	exch_ts start, end;
	uint64_t want, done, sent; /* lots; `sent` of children that live */
	uint64_t tag;
	bool seen;  /* a book has been told */
	bool tried; /* with rest cancel: once is enough */
};

/* The child of that tag; 0: a free place; NULL: none. */
struct router_child *exch_router_child(struct router *k, uint64_t tag);
/* What neither was executed nor is on its way, to where it may be had. */
int exch_router_route(
    struct exch_agent *a, exch_ts now, struct exch_agent_out *o);
/* What is posted goes. */
int exch_router_withdraw(struct router *k, struct exch_agent_out *o);

#endif
