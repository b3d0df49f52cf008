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

/* Is it the command that a verdict names?  One without its form is none. */
bool
exch_verdict_is_for(const struct exch_stopped *k, const struct exch_rec *r)
{
	const struct exch_rec_quote *q;
	const struct exch_rec_new *n;
	const struct exch_rec_replace *p;
	const struct exch_rec_block *b;

	if (k->code == 0 || r->type != k->command)
		return false;
	switch (r->type) {
	case EXCH_REC_NEW:
		n = EXCH_REC_AS(r, exch_rec_new);
		return n != NULL && n->order == k->order;
	case EXCH_REC_REPLACE:
		p = EXCH_REC_AS(r, exch_rec_replace);
		return p != NULL && p->order == k->order;
	case EXCH_REC_QUOTE:
		q = EXCH_REC_AS(r, exch_rec_quote);
		return q != NULL && (q->bid_qty > 0 ? q->bid_order
						    : q->ask_order) == k->order;
	case EXCH_REC_BLOCK:
		b = EXCH_REC_AS(r, exch_rec_block);
		return b != NULL && b->report == k->order;
	default:
		return false;
	}
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
	if (stops)
		exch_engine_reject(m, r, k.order, (enum exch_reject)k.code);
	return stops;
}
