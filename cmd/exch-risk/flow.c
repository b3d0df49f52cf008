/* Was the stream matched? (flow.h) */
#include <config.h>

#include "exch-risk/flow.h"

void
risk_flow_note(struct risk_flow *f, const struct exch_rec *r)
{
	f->asked |= r->type == EXCH_REC_NEW || r->type == EXCH_REC_QUOTE ||
		    r->type == EXCH_REC_BLOCK;
	f->answered |=
	    (r->type >= EXCH_REC_ACK && r->type <= EXCH_REC_REPLACED) ||
	    r->type == EXCH_REC_TRADE;
}

bool
risk_flow_lacks(const struct risk_flow *f, const struct exch_cli *c,
    const char *command, const char *report)
{
	if (!f->asked || f->answered)
		return false;
	exch_cli_warn(c,
	    "the stream has orders but no answers: put exch-match in the "
	    "pipe: exch-replay FILE | exch-match | exch-risk %s%s%s",
	    command, report[0] != '\0' ? " " : "", report);
	return true;
}
