/* What the files of exch-settle report share: what a report is. */
#ifndef EXCH_CMD_SETTLE_REPORT_H
#define EXCH_CMD_SETTLE_REPORT_H

#include "base/buf.h"
#include "base/keyed.h"
#include "exch-settle/instruct.h"
#include "exch-settle/reconcile.h"
#include "exch-settle/tool.h"
#include "exch-settle/totals.h"
#include "report/table.h"

struct tool;

struct report {
	const char *name;
	const struct exch_col *cols;
	unsigned ncols;
	uint8_t type; /* a row for each record of it; 0: of the postings */
	int (*row)(struct tool *t, const struct exch_rec *r);
	int (*all)(struct tool *t, struct exch_diag *d);
	/* Takes all records and makes something of them. */
	int (*take)(
	    struct tool *t, const struct exch_rec *r, struct exch_diag *d);
};

struct tool {
	struct exch_cli cli;
	const struct report *report;
	struct exch_table out;
	struct exch_keyed ledger;
	struct exch_keyed last;	    /* prices, by instrument */
	const struct exch_dir *dir; /* while the reader is open */
	struct settle_recon recon;
	struct settle_totals totals;
	uint32_t defaulter; /* whose loss the rows in hand are of, or 0 */
	uint32_t defaulted; /* its day */
	exch_i128 loss;
	const char *path; /* --calendar, or NULL */
	struct settle_instruct instruct;
	bool xml;	      /* --xml */
	struct exch_buf text; /* of it, to be written */
	struct exch_calendar calendar;
	const char *unsound; /* what is wrong, or NULL */
};

/* ---- report_rows.c ---- */

extern const struct report settle_report_nets, settle_report_fails,
    settle_report_penalties, settle_report_actions, settle_report_allocations,
    settle_report_comparison, settle_report_accrued;

#endif
