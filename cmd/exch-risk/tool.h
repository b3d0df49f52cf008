/* The commands of exch-risk behind a word: exch-risk WORD ... */
#ifndef EXCH_CMD_RISK_TOOL_H
#define EXCH_CMD_RISK_TOOL_H

#include "common/cli.h"
#include "rec/rec.h"

/* report.c; argv[0] is the word.  Returns the exit code. */
int risk_report_main(int argc, char **argv);
/* watch.c and decide.c, likewise. */
int risk_decide_main(int argc, char **argv);
int risk_watch_main(int argc, char **argv);

/* ---- bad.c ---- */

/* Records of bad content: the first ones told, the others counted. */
struct risk_bad {
	bool strict; /* --strict: they end the run */
	uint64_t n;
};

/* A record failed as *d says; 0: it was told, and the run goes on. */
int risk_bad_content(struct risk_bad *b, const struct exch_cli *c,
    enum exch_err survived, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d);
/* At the end: how many "were not judged", and EXCH_EXIT_NO; 0: none. */
int risk_bad_end(
    const struct risk_bad *b, const struct exch_cli *c, const char *what);

#endif
