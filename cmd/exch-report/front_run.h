/*
 * What the parts of front.h's run share, and nobody else:
 *
 *	front.c		operands and options that go together, and the run
 *	front_opts.c	what an option says
 *	front_run.c	the stream is read, what is made is written
 *	front_tell.c	what was wrong with the stream, and the exit code
 */
#ifndef EXCH_CMD_REPORT_FRONT_RUN_H
#define EXCH_CMD_REPORT_FRONT_RUN_H

#include "exch-report/front.h"
#include "exch-report/params.h"

/* What the command line said, and what is open. */
struct front_run {
	struct exch_cli cli;
	const struct front *front;
	struct exch_report_opts o;
	const struct exch_report *report;
	const char *input;
	const char *zone;
	const char *manifest;
	const char *sign;
	const char *redact;
	struct params params;
	const char *rules;
	bool given[OPT_END - OPT_ALL];
	uint64_t at[EXCH_REPORT_AT_MAX];
	struct exch_tz *tz;
	enum exch_report_file how;
	struct exch_in *in;
	struct exch_reader *reader;
	struct exch_cli_out *out;
	struct exch_report_run *run;
	bool strict;
	bool stopped; /* by a signal */
	uint64_t bad; /* records left out: their content is bad */
	int code;
};

/* ---- front_opts.c ---- */

/* One option, for exch_cli_parse(): 0, or an exit code. */
int front_option(void *run, struct exch_cli *c, int id, const char *value);
/* Is what is made a stream of records, and the report a filter? */
bool front_is_filter(const struct front_run *t);
/* Options that are not of this report, or not of one another.  -1: go on. */
int front_options_settle(const struct front_run *t, const char *name);

/* ---- front_run.c ---- */

/* All of it; t->code says how it ended. */
void front_go(struct front_run *t);

/* ---- front_tell.c ---- */

/* The worst code stays. */
void front_code(struct front_run *t, int code);
/* What the line of the stream's header behind `key` says, or NULL. */
const char *front_header(const struct front_run *t, const char *key);
/* At the end of a run that was not stopped. */
void front_tell(struct front_run *t);

#endif
