/*
 * What sides of executions are charged, by the table of fees and as settlement
 * does it: members of accounts, and tiers of what was traded on a trade date.
 */
#ifndef EXCH_REPORT_CHARGES_H
#define EXCH_REPORT_CHARGES_H

#include "base/keyed.h"
#include "report/deals.h"
#include "report/parties.h"

struct exch_charges {
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

/* Reads both tables, if the report has them and they were given. */
int exch_charges_open(
    struct exch_charges *c, struct exch_report_run *run, struct exch_diag *d);
/* Of zeros, too. */
void exch_charges_free(struct exch_charges *c);
/* ACCOUNT and POSTING; all others are passed over. */
int exch_charges_record(
    struct exch_charges *c, const struct exch_rec *r, struct exch_diag *d);
/*
 * What a side is charged, and by which row of the table, from 1; 0: none.  Of
 * a broken one what it had been charged; the row is kept in its note.
 */
int exch_charges_of(struct exch_charges *c, struct exch_deal *x, unsigned side,
    uint32_t *row, exch_i128 *fee, struct exch_diag *d);

#endif
