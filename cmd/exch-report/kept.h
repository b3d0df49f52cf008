/* The manifest of a table, its signature, and their verification. */
#ifndef EXCH_CMD_REPORT_KEPT_H
#define EXCH_CMD_REPORT_KEPT_H

#include "exch-report/front.h"

extern const struct front_kept kept_files;

/* "FILE.sig", freed by the caller with exch_free; NULL: no memory. */
char *kept_sig_name(const char *manifest);

/* exch-report verify: a whole run.  Returns the exit code. */
int verify_main(int argc, char **argv);

#endif
