/*
 * What accounts come to hold by the executions of a matched stream: positions
 * at average cost, profits, cash.  Fed with every record in order; memory
 * grows with live orders, and with accounts times what they trade.
 *
 * The side of an execution whose order the stream does not hold, or whose
 * order has no account, is account 0's: so the sums over all accounts close.
 * Cash of a trade is rounded once, half-even, and alike for both sides; what a
 * part of a position has cost is rounded half-even, too, and the rest keeps
 * the difference, so that realised and unrealised profit add up to the cash
 * paid and the worth of what is left, exactly.
 *
 * An execution that is broken is taken back by its opposite at its price, if
 * it is one of the last 2^20; one that is corrected is told anew.
 */
#ifndef EXCH_RISK_FILLS_H
#define EXCH_RISK_FILLS_H

#include "risk/history.h"
#include "risk/holdings.h"

struct exch_fills;

int exch_fills_new(struct exch_fills **out, struct exch_diag *d);
void exch_fills_free(struct exch_fills *f);

/*
 * Take one record.  EXCH_ERR_FORMAT: it has not the form of its type, and one
 * may go on; EXCH_ERR_RANGE: a sum beyond what numbers can say;
 * EXCH_ERR_NOMEM.
 */
int exch_fills_record(
    struct exch_fills *f, const struct exch_rec *r, struct exch_diag *d);

/* Cash that an account has before the first record. */
int exch_fills_balance(struct exch_fills *f, uint32_t account, exch_cash cash,
    struct exch_diag *d);

/* Executions that were seen, and broken ones too far back to be known. */
uint64_t exch_fills_count(const struct exch_fills *f);
uint64_t exch_fills_unknown(const struct exch_fills *f);

/*
 * All of it as holdings on a day.  The mark is the last price at which it was
 * traded, else the reference that INSTRUMENT or PHASE told, else the last of
 * `prices` up to that day (NULL: there are none).  *h is the caller's to clear.
 */
int exch_fills_holdings(const struct exch_fills *f, uint32_t date,
    const struct exch_prices *prices, struct exch_holdings *h,
    struct exch_diag *d);

#endif
