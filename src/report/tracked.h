/*
 * A tracker fed by a report: what reports share that look at orders as they
 * live (track.h).
 */
#ifndef EXCH_REPORT_TRACKED_H
#define EXCH_REPORT_TRACKED_H

#include "report/report.h"
#include "report/track.h"

struct exch_tracked {
	struct exch_track *track;
	uint8_t matcher; /* whose phase at the start is known */
};

/* The report is the argument of `change`. */
int exch_tracked_open(struct exch_tracked *t, struct exch_report_run *run,
    exch_change_fn *change, struct exch_diag *d);
/* Any record; those that no order is concerned with are passed over. */
int exch_tracked_record(struct exch_tracked *t, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d);
/* At the end: what the report says of orders that nobody knew. */
void exch_tracked_close(
    const struct exch_tracked *t, struct exch_report_run *run);
/* Of zeros, too. */
void exch_tracked_free(struct exch_tracked *t);

#endif
