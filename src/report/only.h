/*
 * The accounts that a report is about: all, or those of a list with commas,
 * by name or by number.
 */
#ifndef EXCH_REPORT_ONLY_H
#define EXCH_REPORT_ONLY_H

#include "report/report.h"

/* Names of a list that are told apart when it is said which are not there. */
#define EXCH_ONLY_MOST 64u

struct exch_only {
	struct exch_report_run *run;
	const char *list; /* of --account; NULL: all */
	uint64_t met;	  /* bit i: something was of the i-th */
};

/* Of a report: some accounts instead of all. */
#define EXCH_PARAM_ACCOUNT                                                     \
	{                                                                      \
		.name = "account", .arg = "NAME,...",                          \
		.what = "only these accounts (pnl, tca, confirms, ...)"        \
	}

/* Reads --account, if the report has it and it was given. */
void exch_only_open(struct exch_only *x, struct exch_report_run *run);
/* Is it one of them? */
bool exch_only_has(struct exch_only *x, uint32_t account);
/*
 * At the end: tells which of them the stream does not know, a name that nobody
 * has, or a number of which nothing came.
 */
void exch_only_close(const struct exch_only *x);

/* Is an account called so, or is that its number? */
bool exch_report_is_account(
    const struct exch_report_run *run, const char *name, uint32_t account);
/*
 * Which of a list with commas it is, from 0, or -1.  The list is looked at as
 * one name first, since a name may have a comma.
 */
int exch_report_among(
    const struct exch_report_run *run, const char *list, uint32_t account);

#endif
