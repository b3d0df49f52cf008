/*
 * The right to release results, for a primary and a standby that have a
 * journal each: a small file on storage that both can reach (exch-journal(5),
 * LEASES).  Who holds it renews it four times a period; who wants it waits
 * until it has seen it unchanged for a whole period, and then takes it
 * under the next number.  Who holds it stops releasing after three quarters
 * of a period without a renewal, before anybody else can begin.
 *
 * Only two may take it over: the holder itself, started again, and the one
 * it has named as being in step.  A standby that lags is named no longer
 * before the holder releases anything that it lacks.
 *
 * Times are of the clock that is given; two clocks are never compared.
 */
#ifndef EXCH_JOURNAL_LEASE_H
#define EXCH_JOURNAL_LEASE_H

#include "journal/link.h"

#define EXCH_LEASE_SIZE 80u
/* Period in ns without another one. */
#define EXCH_LEASE_PERIOD (UINT64_C(3000) * 1000000)

/* What stands in the file. */
struct exch_lease_state {
	uint64_t epoch;	  /* how often it has changed hands */
	uint64_t counter; /* of renewals */
	uint32_t period;  /* ms */
	bool held;	  /* false: given back in order */
	struct exch_node holder;
	struct exch_node partner; /* in step with it, or none */
};

void exch_lease_put(
    unsigned char p[EXCH_LEASE_SIZE], const struct exch_lease_state *s);
/* NULL or what is wrong. */
const char *exch_lease_get(
    const unsigned char *p, size_t n, struct exch_lease_state *s);

struct exch_lease;

struct exch_lease_opts {
	const char *path; /* made by the first primary */
	uint64_t period;  /* ns, 0: EXCH_LEASE_PERIOD */
	struct exch_node me;
	bool first; /* a primary: makes the lease when there is none */
	uint64_t (*now)(void); /* monotonic, ns */
};

int exch_lease_open(const struct exch_lease_opts *o, struct exch_lease **out,
    struct exch_diag *d);

/*
 * To be asked again and again by who wants the lease: 1 it is ours, from
 * now on renewed in the background; 0 not yet; EXCH_ERR_NEED: it may not be
 * taken by us, with why and what to do; EXCH_ERR_IO.
 */
int exch_lease_take(struct exch_lease *l, struct exch_diag *d);
/* Look without wanting it, so that a later wait is shorter. */
void exch_lease_watch(struct exch_lease *l);
/*
 * Of the holder, before results leave: 0, or EXCH_ERR_IO with why the lease
 * is no longer ours or may not be.
 */
int exch_lease_check(struct exch_lease *l, struct exch_diag *d);
/* Of the holder: this one is in step, or (NULL) none is. */
int exch_lease_name(
    struct exch_lease *l, const struct exch_node *partner, struct exch_diag *d);
/* The number under which it is held, 0 when it is not. */
uint64_t exch_lease_epoch(const struct exch_lease *l);
/* Give it back, if it is ours; ends the renewing. */
void exch_lease_close(struct exch_lease *l);

#endif
