/* Which orders, trades and records a record refers to (trace.h). */
#include <config.h>

#include "report/trace.h"

#define AS(T) ((const struct T *)(const void *)r)
#define WHOLE(T) (EXCH_REC_AS(r, T) != NULL)
#define WHOLE_LONG(T) (EXCH_REC_AS_LONG(r, T) != NULL)

static void
of_new(struct exch_trace_refs *x, const struct exch_rec *r)
{
	const struct exch_rec_new *n = EXCH_REC_AS_ASKED(r, exch_rec_new);
	const struct exch_ext *e;

	if (n == NULL)
		return;
	x->order[0] = n->order;
	x->begins = true;
	e = (r->flags & EXCH_F_EXT) != 0
		? exch_rec_ext(r, sizeof(*n), EXCH_EXT_PARENT)
		: NULL;
	if (e != NULL)
		x->parent = e->value;
}

static void
of_trade(struct exch_trace_refs *x, const struct exch_rec *r, exch_oid buy,
    exch_oid sell, uint64_t match)
{
	x->order[0] = buy;
	x->order[1] = sell;
	x->match = match;
	x->numbered_by = r->source;
	x->trades = true;
}

static void
of_event(struct exch_trace_refs *x, const struct exch_rec *r)
{
	/* `order` stands at the same place in all of these */
	switch (r->type) {
	case EXCH_REC_ACK:
	case EXCH_REC_TRIGGERED:
	case EXCH_REC_CANCELLED:
	case EXCH_REC_REPLACED:
	case EXCH_REC_RESTATED:
		if (WHOLE(exch_rec_ack))
			x->order[0] = AS(exch_rec_ack)->order;
		break;
	case EXCH_REC_REJECT:
		if (!WHOLE(exch_rec_reject))
			break;
		/* of a BREAK it is the number of the trade */
		if (AS(exch_rec_reject)->command == EXCH_REC_BREAK)
			x->match = AS(exch_rec_reject)->order;
		else
			x->order[0] = AS(exch_rec_reject)->order;
		break;
	case EXCH_REC_EXEC:
		if (WHOLE(exch_rec_exec))
			of_trade(x, r, AS(exch_rec_exec)->buy,
			    AS(exch_rec_exec)->sell, AS(exch_rec_exec)->match);
		break;
	case EXCH_REC_TRADE:
		if (WHOLE(exch_rec_trade))
			of_trade(x, r, AS(exch_rec_trade)->buy,
			    AS(exch_rec_trade)->sell,
			    AS(exch_rec_trade)->match);
		break;
	case EXCH_REC_EXPECT:
		if (WHOLE(exch_rec_expect))
			of_trade(x, r, AS(exch_rec_expect)->buy,
			    AS(exch_rec_expect)->sell,
			    AS(exch_rec_expect)->match);
		break;
	case EXCH_REC_MISS:
		if (!WHOLE(exch_rec_miss))
			break;
		x->order[0] = AS(exch_rec_miss)->resting;
		x->order[1] = AS(exch_rec_miss)->got_resting;
		break;
	case EXCH_REC_BUST:
		if (!WHOLE(exch_rec_bust))
			break;
		x->match = AS(exch_rec_bust)->match;
		x->numbered_by = r->source;
		break;
	default:
		break;
	}
}

static void
of_display(struct exch_trace_refs *x, const struct exch_rec *r)
{
	switch (r->type) {
	case EXCH_REC_BOOK_ADD:
	case EXCH_REC_BOOK_EXEC:
	case EXCH_REC_BOOK_REDUCE:
	case EXCH_REC_BOOK_DELETE:
		if (WHOLE(exch_rec_book_delete))
			x->order[0] = AS(exch_rec_book_delete)->order;
		break;
	case EXCH_REC_BOOK_REPLACE:
		if (!WHOLE(exch_rec_book_replace))
			break;
		x->order[0] = AS(exch_rec_book_replace)->order;
		x->order[1] = AS(exch_rec_book_replace)->new_order;
		break;
	case EXCH_REC_BOOK_PRINT:
		if (WHOLE(exch_rec_book_print))
			x->order[0] = AS(exch_rec_book_print)->order;
		break;
	default:
		break;
	}
}

static void
of_command(struct exch_trace_refs *x, const struct exch_rec *r)
{
	switch (r->type) {
	case EXCH_REC_NEW:
		of_new(x, r);
		break;
	case EXCH_REC_CANCEL:
	case EXCH_REC_REPLACE:
		if (WHOLE(exch_rec_cancel))
			x->order[0] = AS(exch_rec_cancel)->order;
		break;
	case EXCH_REC_QUOTE:
		if (!WHOLE(exch_rec_quote))
			break;
		x->order[0] = AS(exch_rec_quote)->bid_order;
		x->order[1] = AS(exch_rec_quote)->ask_order;
		x->begins = true;
		break;
	case EXCH_REC_ACCEPT:
		if (!WHOLE(exch_rec_accept))
			break;
		x->order[0] = AS(exch_rec_accept)->order;
		x->order[1] = AS(exch_rec_accept)->answer;
		break;
	case EXCH_REC_BLOCK:
		if (WHOLE(exch_rec_block))
			x->order[0] = AS(exch_rec_block)->report;
		break;
	case EXCH_REC_BREAK:
		if (WHOLE(exch_rec_break))
			x->match = AS(exch_rec_break)->match;
		break;
	default:
		break;
	}
}

static void
of_judgement(struct exch_trace_refs *x, const struct exch_rec *r)
{
	switch (r->type) {
	case EXCH_REC_RISK:
		if (!WHOLE(exch_rec_risk))
			break;
		x->order[0] = AS(exch_rec_risk)->order;
		x->begins = AS(exch_rec_risk)->command == EXCH_REC_NEW;
		break;
	case EXCH_REC_DECISION:
		if (WHOLE_LONG(exch_rec_decision))
			x->order[0] = AS(exch_rec_decision)->order;
		break;
	case EXCH_REC_OBLIGATION:
		if (!WHOLE(exch_rec_obligation))
			break;
		x->match = AS(exch_rec_obligation)->match;
		x->account = AS(exch_rec_obligation)->account;
		break;
	case EXCH_REC_ACCRUED:
		if (WHOLE(exch_rec_accrued))
			x->match = AS(exch_rec_accrued)->match;
		break;
	case EXCH_REC_ALLOCATION:
		if (WHOLE(exch_rec_allocation))
			x->order[0] = AS(exch_rec_allocation)->order;
		break;
	default:
		break;
	}
}

void
exch_trace_refs_of(struct exch_trace_refs *x, const struct exch_rec *r)
{
	*x = (struct exch_trace_refs){.match = 0};
	if (r->type >= EXCH_REC_RISK)
		of_judgement(x, r);
	else if (r->type >= EXCH_REC_BOOK_ADD)
		of_display(x, r);
	else if (r->type >= EXCH_REC_ACK)
		of_event(x, r);
	else if (r->type >= EXCH_REC_NEW)
		of_command(x, r);
	else if (r->type == EXCH_REC_ERROR && WHOLE_LONG(exch_rec_error)) {
		x->source = AS(exch_rec_error)->ref_source;
		x->seq = AS(exch_rec_error)->ref_seq;
	}
}
