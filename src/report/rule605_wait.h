/*
 * Orders that wait for the market to come to their limit, the one that it
 * reaches first on top: a binary heap of limits.  Orders that are gone stay
 * in it until they come to the top; whoever fills it throws them out when they
 * are many.
 */
#ifndef EXCH_REPORT_RULE605_WAIT_H
#define EXCH_REPORT_RULE605_WAIT_H

#include "base/err.h"

struct exch_605_wait {
	exch_px rank; /* the largest first */
	exch_oid id;
};

struct exch_605_waits {
	struct exch_605_wait *e;
	size_t n, cap;
};

int exch_605_wait_add(
    struct exch_605_waits *w, exch_px rank, exch_oid id, struct exch_diag *d);
/* The top one is taken out. */
void exch_605_wait_pop(struct exch_605_waits *w);
/* Those of which `keep` says no are thrown out. */
void exch_605_wait_sift(
    struct exch_605_waits *w, bool (*keep)(void *arg, exch_oid id), void *arg);

#endif
