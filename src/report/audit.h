/*
 * The audit: every event of the day as a row, exch-audit(7).  One file for
 * each kind of what is told:
 *
 *	audit.c		the report: which record goes where
 *	audit_row.c	columns, cells, rows
 *	audit_order.c	what the venue did with orders
 *	audit_day.c	trades without orders, phases, auctions, gaps, errors
 *	audit_said.c	gates, limits, switches, decisions, alerts, reviews
 */
#ifndef EXCH_REPORT_AUDIT_H
#define EXCH_REPORT_AUDIT_H

#include "report/cases.h"
#include "report/fetch.h"
#include "report/quotes.h"
#include "report/redact.h"
#include "report/report.h"
#include "report/track.h"

/*
 * What rows have in the columns behind the market: few have any of it, and a
 * row of an order no more than a pointer to it.  What stays zero is empty.
 */
struct exch_audit_said {
	const char *rule;
	const char *verdict;
	enum exch_rule_unit unit; /* of the two numbers */
	int64_t limit;
	int64_t observed; /* INT64_MAX: none; so is the limit */
	const char *by;	  /* up to nby bytes; a NUL ends it */
	size_t nby;
	uint64_t ref;
	const char *member;
	size_t nmember;
	const char *alert;
	size_t nalert;
	const char *disposition;
	const char *when;
	size_t nwhen;
};

/* What a row tells; the words stand in audit_row.c. */
enum exch_audit_event {
	EXCH_AUDIT_ACCEPTED,
	EXCH_AUDIT_EXECUTED,
	EXCH_AUDIT_CANCELLED,
	EXCH_AUDIT_EXPIRED,
	EXCH_AUDIT_REPLACED,
	EXCH_AUDIT_REJECTED,
	EXCH_AUDIT_RESTATED,
	EXCH_AUDIT_TRIGGERED,
	EXCH_AUDIT_TRADE,
	EXCH_AUDIT_BUST,
	EXCH_AUDIT_PHASE,
	EXCH_AUDIT_AUCTION,
	EXCH_AUDIT_GAP,
	EXCH_AUDIT_ERROR,
	EXCH_AUDIT_NOTICE,
	EXCH_AUDIT_MASS_CANCEL,
	EXCH_AUDIT_RISK,
	EXCH_AUDIT_LIMIT,
	EXCH_AUDIT_SWITCH,
	EXCH_AUDIT_DECISION,
	EXCH_AUDIT_ALERT,
	EXCH_AUDIT_REVIEW
};

/*
 * A row; what stays zero is an empty cell, and so are labels of none and
 * letters that are NUL.
 */
struct exch_audit_row {
	const struct exch_rec *r; /* NULL: none told it */
	enum exch_audit_event event;
	bool instrument; /* the record speaks of one */
	uint32_t place;
	exch_oid order;
	uint32_t account;
	uint8_t side;
	exch_px price;
	exch_qty qty; /* EXCH_QTY_NONE: empty; so is leaves */
	exch_qty leaves;
	uint64_t match;
	exch_oid contra;
	const struct exch_label *liquidity;
	const struct exch_label *reason;
	const char *why;  /* another reason, or NULL */
	uint8_t flags;	  /* of the header */
	const char *more; /* another flag, or NULL */
	const struct exch_label *type;
	const struct exch_label *tif;
	exch_oid new_order;
	const char *command;
	uint16_t cause;
	const char *note;
	size_t nnote;
	const struct exch_label *initiator;
	const struct exch_life *o; /* as it is after the event, or NULL */
	const struct exch_label *cross;
	char aggressor;
	const struct exch_audit_said *said;
	/* of a review, where no record and no instrument is */
	const char *symbol;
	const char *who;
	const char *at;
};

/*
 * The cells of a quote in CSV as they were put last: many rows see the same
 * one.  What does not fit is put anew each time.
 */
struct exch_audit_market {
	exch_px px[2];
	exch_qty qty[2];
	uint8_t show, scale; /* of the instrument, at that time */
	uint8_t n;	     /* bytes; 0: none were */
	char cells[61];
};

struct exch_audit {
	struct exch_track *track;
	struct exch_quotes quotes;
	struct exch_audit_market *market; /* by place */
	uint32_t nmarket;
	struct exch_cases cases;
	struct exch_fetch fetch;
	struct exch_redact redact;
	bool redacts;
	uint64_t seq;			  /* of the record at hand */
	struct exch_rec_block block;	  /* the last one reported */
	struct exch_rec_mass_cancel mass; /* the last one asked for */
	struct exch_rec_risk refused;	  /* the last one a gate refused */
	/* the order a command let in last: what it trades it began itself */
	exch_oid came;
	uint32_t came_place;
	bool breaks;	 /* the record before was a BREAK */
	uint8_t matcher; /* whose phase at the start is known */
};

extern const struct exch_label exch_audit_client;
extern const struct exch_label exch_audit_venue;
extern const struct exch_label exch_audit_auction; /* of liquidity */

/* ---- audit_row.c ---- */

int exch_audit_columns(struct exch_report_run *run, struct exch_diag *d);
void exch_audit_put(
    struct exch_report_run *run, const struct exch_audit_row *w);

static inline struct exch_audit_row
exch_audit_row_of(const struct exch_rec *r)
{
	return (struct exch_audit_row){.r = r,
	    .liquidity = &exch_label_none,
	    .reason = &exch_label_none,
	    .type = &exch_label_none,
	    .tif = &exch_label_none,
	    .initiator = &exch_label_none,
	    .cross = &exch_label_none,
	    .price = EXCH_PX_NONE,
	    .qty = EXCH_QTY_NONE,
	    .leaves = EXCH_QTY_NONE,
	    .cause = EXCH_CAUSE_NONE,
	    .flags = r != NULL ? r->flags : 0};
}

/* The word of an auction; none: it is none. */
static inline const struct exch_label *
exch_audit_cross(const struct exch_report_run *run, uint8_t cross)
{
	return cross == EXCH_CROSS_NONE
		   ? &exch_label_none
		   : exch_label_of(&run->labels.cross, cross);
}

/* 'B', 'S', or 'N' where nobody came in. */
static inline char
exch_audit_aggressor(uint8_t side)
{
	return side == EXCH_BUY ? 'B' : side == EXCH_SELL ? 'S' : 'N';
}

/* ---- audit_order.c: for the tracker ---- */

int exch_audit_change(
    void *run, const struct exch_change *c, struct exch_diag *d);

/* ---- audit_day.c, audit_said.c ---- */

/*
 * A row for a record that no order is the subject of; others are passed over.
 * `w` is begun: record, place.  EXCH_ERR_FORMAT: it is shorter than its type.
 */
int exch_audit_day(struct exch_report_run *run, const struct exch_rec *r,
    struct exch_audit_row *w, struct exch_diag *d);
int exch_audit_judged(struct exch_report_run *run, const struct exch_rec *r,
    struct exch_audit_row *w, struct exch_diag *d);
/* At the end: reviews of alerts that are not in the stream. */
void exch_audit_reviews(struct exch_report_run *run);
/*
 * Why the command of a REJECT was refused, with the numbers: those of the gate,
 * or what the instrument asks for; *x is filled in.
 */
void exch_audit_why(const struct exch_report_run *run,
    const struct exch_rec_reject *r, const struct exch_life *asked,
    uint32_t place, struct exch_audit_said *x);

#endif
