/*
 * What the answers to quotes and to mass cancels mean to a report.
 */
#include <config.h>

#include "report/report.h"

void
exch_report_quoted(
    const struct exch_rec_quote *q, exch_oid id, struct exch_rec_new *n)
{
	bool bid = q->bid_qty != 0 && q->bid_order == id;
	bool ask = !bid && q->ask_qty != 0 && q->ask_order == id;

	*n = (struct exch_rec_new){.h = q->h,
	    .order = id,
	    .price = bid ? q->bid : q->ask,
	    .qty = bid ? q->bid_qty : q->ask_qty,
	    .account = q->account,
	    .side = bid ? EXCH_BUY : EXCH_SELL,
	    .ordtype = EXCH_ORD_LIMIT,
	    .tif = EXCH_TIF_DAY};
	n->h.type = bid || ask ? EXCH_REC_NEW : 0;
}

bool
exch_report_withdrawn(uint16_t reason)
{
	switch (reason) {
	case EXCH_WHY_USER:
	case EXCH_WHY_IMPOSED:
	case EXCH_WHY_MASS:
	case EXCH_WHY_KILL:
	case EXCH_WHY_DISCONNECT:
	case EXCH_WHY_QUOTE:
		return true;
	default:
		return false;
	}
}
