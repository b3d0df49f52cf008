/*
 * Who bears what a member leaves that defaults: the layers of a central
 * counterparty (CPMI-IOSCO, Principles for financial market infrastructures,
 * 4 and 13; Regulation (EU) 648/2012, Article 45), each used up before the
 * next one is touched:
 *
 *	margin		of who defaults
 *	own fund	what it has paid into the default fund
 *	capital		a part of the counterparty's own (skin in the game)
 *	mutual		what the others have paid into the fund, pro rata
 *	assessment	what they can be asked for besides, pro rata
 *	uncovered	is left to the counterparty
 */
#ifndef EXCH_SETTLE_LOSS_H
#define EXCH_SETTLE_LOSS_H

#include "rec/cash.h"
#include "ref/table.h"

/* Of a table of the default fund; cash is of the currency of balances. */
struct exch_member_row {
	uint32_t account; /* 0: the counterparty and its own capital */
	exch_cash margin, fund;
	exch_cash assess; /* the most it can be asked for, all in all */
};

/* Of a table of defaults. */
struct exch_default_row {
	uint32_t date;
	uint32_t account;
};

/*
 * Tables of both, exch-tables(5); cleared by exch_reftable_clear.  Refused
 * besides: a member twice, and a counterparty that has margin or is assessed.
 */
int exch_members_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);
int exch_defaults_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);

/*
 * Share `loss`, or all that there is if that is less, among n by what each has,
 * 0 and up: parts are differences of sums rounded half-even to 10^-6, so that
 * they come to it exactly, and none is more than its owner has.  *shared is
 * their sum.  EXCH_ERR_RANGE: all together have more than 64 bits.
 */
int exch_loss_share(exch_i128 loss, const exch_i128 *has, exch_i128 *part,
    size_t n, exch_i128 *shared);

#endif
