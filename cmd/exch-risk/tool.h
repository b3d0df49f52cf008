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

#endif
