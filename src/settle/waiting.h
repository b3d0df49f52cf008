/*
 * Who waits for what.  Under models 1 and 2 something open does not settle
 * since somebody has not enough of a unit; only when that holding has become
 * as large as it needs is there a reason to try again.  Here they wait, by
 * their places in the list, and come out in the order in which a walk through
 * the list, again and again, would find that they can be tried:
 *
 *	walk	1: from the place of the last one on	2: from 0	...
 *
 * A holding has a tree of what those need who may wait for it, and all
 * holdings have one of who comes next of each: a step costs the logarithm of
 * how many there are.
 */
#ifndef EXCH_SETTLE_WAITING_H
#define EXCH_SETTLE_WAITING_H

#include "settle/settle_priv.h"

enum exch_waits_for { EXCH_WAITS_SECURITIES, EXCH_WAITS_CASH, EXCH_WAITS_FOR };

struct exch_waiter;

struct exch_waiting {
	const struct exch_settle *s;
	struct exch_keyed holdings; /* that somebody may wait for */
	struct exch_waiter *waiter; /* by place */
	uint32_t n;
	uint32_t *member; /* places of the waiters of each holding, rising */
	exch_i128 *need;  /* their trees */
	exch_i128 *turn;  /* who is next of each holding: walk and place */
	uint32_t turns;	  /* leaves of that tree, a power of two */
	uint64_t walk;
	uint32_t from; /* the place that comes next in it */
};

/* For places below n.  EXCH_ERR_NOMEM. */
int exch_waiting_init(struct exch_waiting *w, const struct exch_settle *s,
    uint32_t n, struct exch_diag *d);
/* Good after a failed init, and of zeros, too. */
void exch_waiting_clear(struct exch_waiting *w);

/*
 * First all that may be: `place`, told rising, may have to wait for this
 * holding; once for each `what`.  Then exch_waiting_lay() makes room for them.
 * EXCH_ERR_NOMEM.
 */
int exch_waiting_may(struct exch_waiting *w, uint32_t place,
    enum exch_waits_for what, uint32_t account, uint32_t unit,
    struct exch_diag *d);
int exch_waiting_lay(struct exch_waiting *w, struct exch_diag *d);

/* Until the holding is `need` or more; a holding below 0 counts as 0. */
void exch_waiting_wait(struct exch_waiting *w, uint32_t place,
    enum exch_waits_for what, exch_i128 need);
/* A holding is another one now, or another one waits for it. */
void exch_waiting_look(struct exch_waiting *w, uint32_t account, uint32_t unit);
/* The next one, which waits no more; false: nobody can be tried. */
bool exch_waiting_next(struct exch_waiting *w, uint32_t *place);

#endif
