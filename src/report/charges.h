/*
 * What sides of executions are charged, by the table of fees and as settlement
 * does it: members of accounts, and tiers of what was traded on a trade date.
 *
 * Whoever charges looks at deals, so that these are in here as well: one
 * open, one record, one close and one free for both.
 */
#ifndef EXCH_REPORT_CHARGES_H
#define EXCH_REPORT_CHARGES_H

#include "base/keyed.h"
#include "report/deals.h"
#include "report/parties.h"

struct exch_charges {
	struct exch_deals deals;
	struct exch_report_run *run;
	struct exch_parties parties;
	struct exch_fees table;
	bool given;    /* a table was */
	bool day_ends; /* fees were posted: tiers begin anew */
	struct exch_keyed who;
};

/* Of a report: tables of fees and of parties. */
#define EXCH_PARAM_FEES                                                        \
	{                                                                      \
		.name = "fees", .arg = "FILE",                                 \
		.what = "what executions cost (fees, confirms, ...)",          \
		.table = true                                                  \
	}

/*
 * Reads both tables, if the report has them and they were given; `fn` is told
 * of every deal.
 */
int exch_charges_open(struct exch_charges *c, struct exch_report_run *run,
    exch_deal_fn *fn, struct exch_diag *d);
/* Of zeros, too. */
void exch_charges_free(struct exch_charges *c);
/* Any record. */
int exch_charges_record(struct exch_charges *c, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d);
/* At the end: what the report says of deals that it does not know. */
void exch_charges_close(struct exch_charges *c);

/* A side of a deal, and what it is charged. */
struct exch_charge {
	exch_i128 fee; /* 10^-6; below 0: given back */
	uint32_t row;  /* of the table, from 1; 0: none */
	unsigned side; /* 0 bought, 1 sold */
};

typedef int exch_charge_fn(struct exch_report_run *run, struct exch_deal *x,
    const struct exch_charge *c, struct exch_diag *d);

/*
 * Both sides of a deal, the buyer's first, those without an account left out;
 * none of a deal whose price the venue did not tell.
 */
int exch_charges_sides(struct exch_charges *c, struct exch_deal *x,
    exch_charge_fn *fn, struct exch_diag *d);

#endif
