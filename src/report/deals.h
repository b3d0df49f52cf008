/*
 * Both sides of everything that was traded, with their accounts: executions,
 * blocks, and what a break takes back or a correction puts in its place.  For
 * reports of who bought and sold what.
 *
 * What a break takes back is looked for among the last EXCH_DEALS_WINDOW.
 * One of the venue's own executions is looked for as the engine's that stands
 * for it (rec/redone.h); where the engine has none, nothing is there to break.
 */
#ifndef EXCH_REPORT_DEALS_H
#define EXCH_REPORT_DEALS_H

#include "rec/owner.h"
#include "rec/redone.h"
#include "ref/fees.h"
#include "report/only.h"
#include "report/report.h"

#define EXCH_DEALS_WINDOW (UINT32_C(1) << 18)

struct exch_deal_side {
	exch_oid order;	  /* of a block the number of its report */
	uint32_t account; /* 0: nobody's */
	uint8_t how;	  /* enum exch_liquidity */
	bool none;	  /* nobody is there: the execution is on paper */
};

enum exch_deal_state {
	EXCH_DEAL_NEW,
	EXCH_DEAL_BROKEN,   /* it is taken back; seq and at are of the break */
	EXCH_DEAL_CORRECTED /* in place of the one broken just before */
};

struct exch_deal {
	exch_ts time; /* at which it was traded */
	exch_ts at;   /* of the record at hand */
	uint64_t seq; /* of it */
	uint64_t match;
	exch_i128 cash; /* 10^-6, above 0 unless the price is below */
	exch_px price;
	exch_qty qty;
	uint32_t place;
	uint8_t state; /* enum exch_deal_state */
	uint8_t kind;  /* enum exch_print; NONE: an execution */
	uint8_t source;
	struct exch_deal_side side[2]; /* who bought, who sold */
	/* the report's own, that a break gives back as it was */
	int64_t note[5];
};

/* It may change notes; a BROKEN one has them as they were left. */
typedef int exch_deal_fn(
    struct exch_report_run *run, struct exch_deal *x, struct exch_diag *d);

struct exch_deals {
	struct exch_owners owners;
	struct exch_redone redone;
	struct exch_report_run *run;
	exch_deal_fn *fn;
	struct exch_only only;
	struct exch_rec_block block; /* the last one */
	struct exch_deal now;
	struct exch_deal *past; /* a ring */
	uint64_t cap, next;
	struct exch_deal broken; /* the last record's, for its correction */
	bool is_broken;
	uint64_t lost; /* breaks of what is not in the window */
};

/* Reads --account, if the report has it and it was given. */
int exch_deals_open(struct exch_deals *x, struct exch_report_run *run,
    exch_deal_fn *fn, struct exch_diag *d);
/* Of zeros, too. */
void exch_deals_free(struct exch_deals *x);
/* Any record. */
int exch_deals_record(struct exch_deals *x, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d);
/* Is the account one of those that the report is about? */
bool exch_deals_wanted(struct exch_deals *x, uint32_t account);
/* At the end: what the report says of what it does not know. */
void exch_deals_close(struct exch_deals *x);

#endif
