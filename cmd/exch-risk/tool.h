/* The commands of exch-risk behind a word: exch-risk WORD ... */
#ifndef EXCH_CMD_RISK_TOOL_H
#define EXCH_CMD_RISK_TOOL_H

/* report.c; argv[0] is the word.  Returns the exit code. */
int risk_report_main(int argc, char **argv);
/* watch.c, likewise. */
int risk_watch_main(int argc, char **argv);

#endif
