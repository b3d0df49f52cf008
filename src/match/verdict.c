/*
 * Verdicts of a gate in front of the matcher.  A RISK record that rejects
 * stands directly before the command it judges (exch-stream(5)); that command
 * is refused whatever the market would have said.  A verdict whose command
 * does not come is void with the next command of its instrument.
 */
#include <config.h>

#include "match/general.h"

void
exch_verdict_note(struct exch_match *m, const struct exch_rec_risk *k)
{
	struct exch_instr *in = exch_engine_instr(m, k->h.instr);

	if (in == NULL || k->verdict != EXCH_VERDICT_REJECT)
		return;
	in->nwatch += in->judged.code == 0; /* none goes the short way */
	in->judged = (struct exch_stopped){
	    k->order, (uint16_t)(EXCH_REJ_RISK + k->rule), k->command};
}

/* Which of a command's numbers a verdict names; false: none is judged. */
static bool
named_by(const struct exch_rec *r, exch_oid *order)
{
	switch (r->type) {
	case EXCH_REC_NEW:
		*order = ((const struct exch_rec_new *)(const void *)r)->order;
		return true;
	case EXCH_REC_REPLACE:
		*order =
		    ((const struct exch_rec_replace *)(const void *)r)->order;
		return true;
	case EXCH_REC_QUOTE: {
		const struct exch_rec_quote *q = (const void *)r;

		*order = q->bid_qty > 0 ? q->bid_order : q->ask_order;
		return true;
	}
	case EXCH_REC_BLOCK:
		*order =
		    ((const struct exch_rec_block *)(const void *)r)->report;
		return true;
	default:
		return false;
	}
}

bool
exch_verdict_is_for(const struct exch_instr *in, const struct exch_rec *r)
{
	exch_oid order;

	return in != NULL && in->judged.code != 0 && named_by(r, &order) &&
	       r->type == in->judged.command && order == in->judged.order;
}

bool
exch_verdict_stops(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec *r)
{
	struct exch_stopped k = in->judged;
	bool stops = exch_verdict_is_for(in, r);

	if (k.code == 0)
		return false;
	in->judged = (struct exch_stopped){0};
	in->nwatch--;
	if (stops)
		exch_engine_reject(m, r, k.order, (enum exch_reject)k.code);
	return stops;
}
