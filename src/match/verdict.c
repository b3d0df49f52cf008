/*
 * Verdicts of a gate in front of the matcher.  A RISK record that rejects or
 * holds stands directly before the command it judges (exch-stream(5)); that
 * command is refused whatever the market would have said, or it is none until
 * the gate gives it again.  A verdict whose command does not come is void with
 * the next command of its instrument.
 */
#include <config.h>

#include "match/general.h"

void
exch_verdict_note(struct exch_match *m, const struct exch_rec_risk *k)
{
	struct exch_instr *in = exch_engine_instr(m, k->h.instr);

	if (in == NULL || k->verdict == EXCH_VERDICT_PASS ||
	    (k->verdict == EXCH_VERDICT_HOLD && k->command != EXCH_REC_NEW))
		return;
	in->nwatch += in->judged.code == 0; /* none goes the short way */
	in->judged = (struct exch_stopped){k->order,
	    k->verdict == EXCH_VERDICT_HOLD
		? EXCH_STOPPED_HELD
		: (uint16_t)(EXCH_REJ_RISK + k->rule),
	    k->command};
}

/* Is it the command that a verdict names?  One without its form is none. */
bool
exch_verdict_is_for(const struct exch_stopped *k, const struct exch_rec *r)
{
	exch_oid order;

	return k->code != 0 && r->type == k->command &&
	       exch_rec_judged(r, &order) && order == k->order;
}

bool
exch_verdict_stops(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec *r)
{
	struct exch_stopped k = in->judged;
	bool stops = exch_verdict_is_for(&k, r);

	if (k.code == 0)
		return false;
	in->judged = (struct exch_stopped){0};
	in->nwatch--;
	if (stops && k.code != EXCH_STOPPED_HELD)
		exch_engine_reject(m, r, k.order, (enum exch_reject)k.code);
	return stops;
}
