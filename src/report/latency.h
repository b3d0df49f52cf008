/* Times that records tell, for reports of how long things take. */
#ifndef EXCH_REPORT_LATENCY_H
#define EXCH_REPORT_LATENCY_H

#include "rec/rec.h"

/* When a record was captured; false: it does not say, or not when it was. */
bool exch_report_captured(const struct exch_rec *r, exch_ts *at);

#endif
