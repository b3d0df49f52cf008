/*
 * What did not go as its owner wished, for pictures: commands that were
 * refused, by the matcher or by a gate, what a gate holds, switches that were
 * pulled, and alerts; and how large orders and trades are.
 */
#ifndef EXCH_REPORT_INCIDENTS_H
#define EXCH_REPORT_INCIDENTS_H

#include "report/report.h"

#define EXCH_INCIDENT_REJECTS 128
/* Those that are kept with their time; others are counted. */
#define EXCH_INCIDENTS_MAX 500u
#define EXCH_INCIDENT_TEXT 120

enum exch_incident_kind {
	EXCH_INCIDENT_ALERT,
	EXCH_INCIDENT_KILL,
	EXCH_INCIDENT_HOLD
};

struct exch_incident {
	exch_ts time;
	uint8_t kind;	  /* enum exch_incident_kind */
	uint8_t rule;	  /* enum exch_rule */
	uint8_t severity; /* as of ALERT; of others 1 */
	uint32_t account;
	uint32_t place;		       /* UINT32_MAX: of no instrument */
	char text[EXCH_INCIDENT_TEXT]; /* the first of it */
};

/* Sizes by powers of two: class k holds 2^(k-1) to 2^k - 1 units; 0 none. */
#define EXCH_SIZE_CLASSES 65

struct exch_sizes {
	uint64_t orders[EXCH_SIZE_CLASSES];
	uint64_t trades[EXCH_SIZE_CLASSES];
};

struct exch_incidents {
	uint64_t reject[EXCH_INCIDENT_REJECTS]; /* by enum exch_reject */
	uint64_t refused[EXCH_RULES]; /* verdicts of a gate, by rule */
	uint64_t held[EXCH_RULES];
	struct exch_incident *one;
	uint32_t n;
	uint32_t cap;
	uint64_t all; /* of them and of those that were not kept */
	struct exch_sizes size[10]; /* by digits behind the point */
};

/* Of zeros, too. */
void exch_incidents_clear(struct exch_incidents *x);
/* Any record. */
int exch_incidents_record(struct exch_incidents *x, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d);

/* The class of a quantity, and the largest of a class. */
static inline unsigned
exch_size_class(exch_qty q)
{
	return q == 0 ? 0 : 64 - (unsigned)__builtin_clzll(q);
}

static inline exch_qty
exch_size_end(unsigned class)
{
	return class == 0 ? 0 : UINT64_MAX >> (64 - class);
}

#endif
