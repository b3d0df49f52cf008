/*
 * What accounts have, from a matched stream: positions with what they cost,
 * gains and losses, fees and cash.  Both sides of each execution are booked,
 * those without an account as number 0, which is nobody's: so the gains and
 * losses of all add up to nothing but what opening positions and prices
 * beyond 10^-6 leave.
 *
 *	a buys 100 at 10.00 of b	a: +100, cost 1000	b: -100, cost -1000
 *	a sells 100 at 10.20 to c	a: realised 20		c: +100, cost 1020
 *	marked at 10.10			b: unrealised -10	c: -10
 *
 * A position is marked at the last price its instrument traded at that day, or
 * until then at its reference; without either it has no value, and no gain.
 * Where another mark is asked for, that one comes before these.
 * An execution that is broken is booked back at its own price, for which every
 * execution is remembered, and so are its fees; a correction is booked anew.
 */
#ifndef EXCH_RISK_PORTFOLIO_H
#define EXCH_RISK_PORTFOLIO_H

#include "rec/rec.h"
#include "ref/fees.h"
#include "risk/limits.h"
#include "risk/opening.h"
#include "risk/position.h"

struct exch_portfolio;

enum exch_mark {
	EXCH_MARK_LAST,
	EXCH_MARK_REFERENCE, /* of INSTRUMENT or PHASE, such as a settlement */
	EXCH_MARK_CLOSE,     /* what the closing auction found last */
	EXCH_MARK_GIVEN	     /* exch_portfolio_mark() */
};

struct exch_portfolio_opts {
	enum exch_lot_method method;
	enum exch_mark mark;
	const struct exch_reftable *accounts; /* balances; NULL: all from 0 */
	const struct exch_reftable *opening;  /* NULL: no positions */
	const struct exch_fees *fees;	      /* NULL: none */
};

/* The tables are borrowed for the portfolio's life.  EXCH_ERR_NOMEM. */
int exch_portfolio_new(const struct exch_portfolio_opts *o,
    struct exch_portfolio **out, struct exch_diag *d);
void exch_portfolio_free(struct exch_portfolio *p);

/*
 * Any record of the stream, in its order.  EXCH_ERR_NOMEM; EXCH_ERR_RANGE: an
 * execution or a position beyond 64 bits, and the record is not booked.
 */
int exch_portfolio_record(
    struct exch_portfolio *p, const struct exch_rec *r, struct exch_diag *d);

/*
 * From now on the instrument is marked at that, where given marks are asked
 * for; EXCH_PX_NONE: no more.  EXCH_ERR_NOMEM.
 */
int exch_portfolio_mark(struct exch_portfolio *p, uint32_t instr, exch_px price,
    struct exch_diag *d);

/* Of one account in one instrument; cash in 10^-6. */
struct exch_position_view {
	uint32_t account, instr;
	const char
	    *symbol; /* 24 bytes, NUL padded; good until the next record */
	int64_t qty;
	exch_px mark;	 /* or none */
	exch_i128 value; /* at the mark, within 2^95; 0 without */
	bool beyond;	 /* it is worth more than that */
	exch_i128 cost;	 /* of what is open */
	exch_i128 realised;
	exch_i128 unrealised;	/* value - cost; 0 without a mark */
	exch_i128 fees;		/* paid; below 0: received */
	exch_u128 bought, sold; /* quantities */
	exch_i128 paid, got;	/* cash for them */
	uint64_t trades;	/* executions; both sides are two */
	uint64_t buys;		/* of them those that bought */
};

/* Of an account: sums over its positions, and its cash. */
struct exch_balance_view {
	uint32_t account;
	exch_i128 cash; /* balance + what sales brought - purchases - fees */
	exch_i128 realised, unrealised, fees;
	exch_i128 longs, shorts; /* values at the marks; shorts below 0 */
	uint32_t positions;	 /* that are not 0 */
	uint64_t trades;
};

typedef int exch_position_fn(
    void *arg, const struct exch_position_view *v, struct exch_diag *d);
typedef int exch_balance_fn(
    void *arg, const struct exch_balance_view *v, struct exch_diag *d);

/*
 * All that ever had something, by account and then instrument; stops at what
 * is not 0 and returns it.  EXCH_ERR_NOMEM.
 */
int exch_portfolio_positions(const struct exch_portfolio *p,
    exch_position_fn *fn, void *arg, struct exch_diag *d);
int exch_portfolio_balances(const struct exch_portfolio *p, exch_balance_fn *fn,
    void *arg, struct exch_diag *d);
/* One of them; false: it never had any. */
bool exch_portfolio_position(const struct exch_portfolio *p, uint32_t account,
    uint32_t instr, struct exch_position_view *v);

/*
 * What so many of an instrument are worth at its mark, within 2^95; 0 without a
 * mark.
 */
exch_i128 exch_portfolio_worth(
    const struct exch_portfolio *p, uint32_t instr, exch_i128 qty);

/* The sums of one account, by a walk over what it has. */
bool exch_portfolio_balance(const struct exch_portfolio *p, uint32_t account,
    struct exch_balance_view *b);

/* What is told of an instrument in the table of opening positions; *n rows. */
const struct exch_opening_row *const *exch_portfolio_opening(
    const struct exch_portfolio *p, const char symbol[24], size_t *n);
/* The line of that table about what an account has of it; 0: none. */
uint64_t exch_portfolio_opening_line(
    const struct exch_portfolio *p, uint32_t account, const char symbol[24]);

/*
 * Who an account is: its row in the table, with the member that an ACCOUNT
 * record told before it traded where the table has none; and the cash that it
 * has now.
 */
struct exch_account_row exch_portfolio_account(
    const struct exch_portfolio *p, uint32_t account, exch_i128 *cash);
/* Is any account one of that member's?  Looks at all of them. */
bool exch_portfolio_has_member(
    const struct exch_portfolio *p, const char name[16]);

/* The symbol of an instrument, 24 bytes, NULs before it was announced. */
const char *exch_portfolio_symbol(
    const struct exch_portfolio *p, uint32_t instr);

/*
 * Symbols of all that were announced, ascending, *n of them: the caller's to
 * exch_free.  NULL: out of memory, and told.
 */
char (*exch_portfolio_symbols(
    const struct exch_portfolio *p, size_t *n, struct exch_diag *d))[24];

/* What the two sides of the record shown last were, for who watches them. */
struct exch_booked {
	uint32_t account[2]; /* buyer, seller */
	uint32_t instr;
};
/* How many accounts that record has moved: 0 or 2. */
unsigned exch_portfolio_booked(
    const struct exch_portfolio *p, struct exch_booked *b);

/* Trades that were booked nowhere, since nobody told their price. */
uint64_t exch_portfolio_unpriced(const struct exch_portfolio *p);

#endif
