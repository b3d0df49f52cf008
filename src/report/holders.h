/*
 * Whose accounts are whose: accounts of one group of the table of parties are
 * taken together, all others stand alone.  For reports of what a person does,
 * through whatever accounts.
 */
#ifndef EXCH_REPORT_HOLDERS_H
#define EXCH_REPORT_HOLDERS_H

#include "base/keyed.h"
#include "report/parties.h"

struct exch_holder {
	uint32_t account;  /* the first that was met */
	uint32_t accounts; /* how many were */
	char group[32];	   /* NUL padded; "": the account stands alone */
};

struct exch_holders {
	struct exch_parties parties;
	struct exch_keyed known; /* account: its holder + 1 */
	struct exch_holder *holder;
	size_t n, cap;
};

/* From --parties of the report. */
int exch_holders_open(
    struct exch_holders *h, struct exch_report_run *run, struct exch_diag *d);
/* Of zeros, too. */
void exch_holders_clear(struct exch_holders *h);

/* The number of an account's holder, from 0; as they are met. */
int exch_holder_of(struct exch_holders *h, struct exch_report_run *run,
    uint32_t account, uint32_t *holder, struct exch_diag *d);

/* A cell: the name of the group, or of the account. */
void exch_report_holder(
    struct exch_report_run *run, const struct exch_holders *h, uint32_t holder);

#endif
