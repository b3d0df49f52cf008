/* Files of order records, ours and others', for rts24.c. */
#ifndef EXCH_REPORT_RTS24_H
#define EXCH_REPORT_RTS24_H

#include "report/forms.h"

struct exch_in;

/*
 * Check a table of records, or show it.  A line is a row; memory holds the
 * orders that live in it.
 */
int exch_rts24_file(struct exch_report_run *run,
    const struct exch_form_table *fields, enum exch_report_file how,
    struct exch_in *in, struct exch_diag *d);

#endif
