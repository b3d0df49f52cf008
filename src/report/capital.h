/* What accounts began with, as --capital tells: account,currency,capital. */
#ifndef EXCH_REPORT_CAPITAL_H
#define EXCH_REPORT_CAPITAL_H

#include "ref/table.h"
#include "report/report.h"

struct exch_capital {
	char account[32];
	char currency[4]; /* NUL padded; "": whatever it trades in */
	exch_cash cash;	  /* above 0 */
};

/*
 * Rows of struct exch_capital; no table: none.  An account has one row of a
 * currency, and one of none.
 */
int exch_capital_read(
    struct exch_reftable *t, struct exch_report_run *run, struct exch_diag *d);

/* Of an account in a currency; 0: not told. */
exch_cash exch_capital_of(const struct exch_reftable *t,
    const struct exch_report_run *run, uint32_t account, const char *currency);

#endif
