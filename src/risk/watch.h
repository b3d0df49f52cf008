/*
 * Limits of what accounts have, watched behind the matcher: an alert when one
 * is nearly reached, passed, and kept again.
 *
 *	0 ......... warn x limit ......... limit .........
 *	  (info)      warning                  critical
 *
 * Each is told once until that changes.
 */
#ifndef EXCH_RISK_WATCH_H
#define EXCH_RISK_WATCH_H

#include "risk/limits.h"
#include "risk/portfolio.h"

struct exch_watch;

struct exch_watch_opts {
	const struct exch_limits *limits;
	const struct exch_portfolio *portfolio;
	const struct exch_reftable *accounts; /* with groups; NULL: none */
	uint32_t warn; /* share of a limit, ppm; 1000000: no warnings */
};

/*
 * Of enum exch_rule: position, credit, loss and concentration, and of a group
 * position, gross, notional, credit and loss.
 */
struct exch_alert {
	uint32_t account;  /* that has changed */
	const char *group; /* its own, 16 bytes, of a rule of groups; or NULL */
	uint32_t instr;	   /* 0: of all that the account, or group, has */
	uint8_t severity;  /* as in struct exch_rec_alert */
	uint8_t rule;
	int64_t limit, observed;
	bool cut; /* it is beyond the observed value */
};
#define EXCH_ALERTS_MOST 9

/* What is in *o is borrowed.  EXCH_ERR_NOMEM. */
int exch_watch_new(const struct exch_watch_opts *o, struct exch_watch **out,
    struct exch_diag *d);
void exch_watch_free(struct exch_watch *w);

/*
 * An account's position in an instrument has changed, or (instrument 0) its
 * cash alone: what there is to tell, *n of them.  EXCH_ERR_NOMEM.
 */
int exch_watch_look(struct exch_watch *w, uint32_t account, uint32_t instr,
    struct exch_alert alert[EXCH_ALERTS_MOST], unsigned *n,
    struct exch_diag *d);

/* An account has a member now: limits are read again when they are asked. */
void exch_watch_again(struct exch_watch *w);

/*
 * A LIMIT of the stream, with the symbol of its instrument, or NULs.  One that
 * the table could not have is none.  EXCH_ERR_NOMEM.
 */
int exch_watch_change(struct exch_watch *w, const struct exch_rec_limit *r,
    const char symbol[24], struct exch_diag *d);

#endif
