/*
 * What became of alerts: a table that people keep, and that surveil and audit
 * read.
 *
 *	alert,status,by,when,note
 *	wash-ABC-ANN-1772450000,closed,JD,2026-03-03,a hedge
 *
 * The columns of what surveil writes may stand beside these, so that its
 * output, edited, is such a table: exch-tables(5) is about tables, and
 * exch-surveillance(7) about alerts.
 */
#ifndef EXCH_REPORT_CASES_H
#define EXCH_REPORT_CASES_H

#include "ref/table.h"
#include "report/report.h"

/* Texts fill their field at most, without a NUL then. */
struct exch_case {
	char alert[96];
	char status[12]; /* open, reviewed or closed */
	char by[32];
	char when[32];
	char note[160];
	/* what surveil tells of it; empty where the table does not */
	char pattern[12];
	char symbol[24];
	char accounts[160];
	char begun[40];
	char ended[40];
	bool found; /* for who uses the table: the stream has this alert */
	char other[1100];
};

struct exch_cases {
	struct exch_reftable table; /* of struct exch_case, by their alerts */
};

/*
 * What `given` holds (exch_report_given(run, "cases")); NULL: an empty table.
 * Refused: an alert that stands there twice, another status.
 */
int exch_cases_read(
    struct exch_cases *c, const struct exch_given *given, struct exch_diag *d);
/* Of zeros, too. */
void exch_cases_clear(struct exch_cases *c);
/* Of the alert with this name; NULL: the table does not say. */
struct exch_case *exch_cases_of(const struct exch_cases *c, const char *alert);

#endif
