/*
 * Options of single reports (struct exch_report_param): on the command line they
 * stand among those of the tool, and each goes to the reports that know it.
 */
#ifndef EXCH_CMD_REPORT_PARAMS_H
#define EXCH_CMD_REPORT_PARAMS_H

#include "common/cli.h"
#include "report/report.h"

/* Options of all reports of a tool; checked. */
#define PARAMS_MAX 96
/* Their ids, beyond those of tools. */
#define PARAMS_FIRST 1024

struct params {
	struct exch_opt opt[2 * PARAMS_MAX]; /* the tool's, and behind them */
	const struct exch_report_param *param[PARAMS_MAX];
	const char *value[PARAMS_MAX];
	unsigned n;
	const struct exch_report *const *all; /* the tool's reports */
	unsigned nall;
	struct exch_given
	    given[EXCH_PARAMS_MAX]; /* of the report that is made */
	char *text[EXCH_PARAMS_MAX];
	struct exch_in *in[EXCH_PARAMS_MAX];
};

/* p->opt becomes the tool's own options and those of its reports. */
void params_build(struct params *p, const struct exch_opt *own,
    const struct exch_report *const *all, unsigned n);
void params_take(struct params *p, int id, const char *value);
/*
 * What was said goes to a report, tables as their text: p->given is its.
 * Tables that nobody named come from the directory `rules`, those that the run
 * with the options `o` looks at.  Of a file that is checked or shown nothing is
 * needed.  -1, or an exit code.
 */
int params_settle(struct params *p, const struct exch_cli *c,
    const struct exch_report *report, const char *one, const char *rules,
    const struct exch_report_opts *o);
/* Other streams that it reads are opened: 0, or an error. */
int params_open(struct params *p, struct exch_cli *c,
    const struct exch_report *report, struct exch_diag *d);
/*
 * What was said to a report as words, " NAME=VALUE", of tables the beginning of
 * the SHA-256 of their text; behind what is in the buffer.
 */
struct exch_buf;
void params_words(const struct params *p, const struct exch_report *report,
    struct exch_buf *b);
void params_free(struct params *p);

#endif
