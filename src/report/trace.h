/*
 * exch-report trace: everything that ever referred to one order.
 *
 *	trace.c		the report, its operand, rows
 *	trace_refs.c	which orders and trades a record names
 *
 * The number that is asked for may be the last one of a chain of replacements,
 * and what was said of the earlier ones has passed by then.  So the records of
 * every live order are kept until it is gone: memory grows with live orders
 * and what was said of them, and not with the day.
 */
#ifndef EXCH_REPORT_TRACE_H
#define EXCH_REPORT_TRACE_H

#include "rec/rec.h"

/* What a record refers to; zeros: nothing of that kind. */
struct exch_trace_refs {
	exch_oid order[2]; /* two: both sides of an execution, or of a quote */
	uint64_t match;	   /* of an execution or trade */
	/*
	 * Whose number that is: the source of the record that told the trade,
	 * or 0 where any EXEC or TRADE of the instrument is meant.
	 */
	uint8_t numbered_by;
	bool trades;	  /* it tells of that trade; else it is about it */
	uint32_t account; /* only if the order is this account's; 0: any */
	exch_oid parent;  /* the order waits for this one */
	uint8_t source;	  /* of a record that it speaks of */
	uint64_t seq;
	bool begins; /* it may be the first that is said of an order */
};

/* Of records shorter than their type: nothing. */
void exch_trace_refs_of(struct exch_trace_refs *x, const struct exch_rec *r);

#endif
