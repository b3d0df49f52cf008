/*
 * Orders that nobody answered: a stream from before the matcher, in which
 * nobody has anything and nothing is to watch.
 */
#ifndef EXCH_CMD_RISK_FLOW_H
#define EXCH_CMD_RISK_FLOW_H

#include "common/cli.h"
#include "rec/rec.h"

/* All zero before the first record. */
struct risk_flow {
	bool asked, answered; /* there are orders, and what became of them */
};

void risk_flow_note(struct risk_flow *f, const struct exch_rec *r);
/*
 * Were there orders and no answers?  Then what to do is told: `command` is that
 * of exch-risk, with its report.
 */
bool risk_flow_lacks(const struct risk_flow *f, const struct exch_cli *c,
    const char *command, const char *report);

#endif
