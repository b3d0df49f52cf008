/*
 * Exercise and assignment of options at expiry, as the Options Clearing
 * Corporation does it (OCC Rules 801, 803, 805).
 *
 * An option that expires 0.01 or more in the money is exercised unless its
 * holder says otherwise.  Who has written it is assigned: clearing members by
 * chance, and in a member its accounts by chance or the oldest position first.
 * What is delivered is a trade of that day at the strike, and settles like one;
 * premiums settle on the next settlement day.
 */
#ifndef EXCH_SETTLE_EXERCISE_H
#define EXCH_SETTLE_EXERCISE_H

#include "base/rng.h"
#include "ref/table.h"
#include "settle/action.h"

/* Settlement days after a trade in options, and after an exercise in T+1. */
#define EXCH_OPTION_DAYS 1

/* Prices on which it is decided: of an index its settlement value. */
struct exch_expiry {
	struct exch_option_terms terms; /* `contracts` is not looked at */
	bool put;
	bool in_cash;	       /* the difference is paid, nothing delivered */
	exch_px price;	       /* of one share */
	exch_px into;	       /* of one other that comes with them, or 0 */
	int scale, into_scale; /* digits of their quantities, 0..9 */
};

/* What the holder of a series has said. */
enum exch_wish { EXCH_WISH_NONE, EXCH_WISH_EXERCISE, EXCH_WISH_ABANDON };

/* Of a table of wishes: on a day, of contracts that it has then. */
struct exch_wish_row {
	uint32_t date;
	uint32_t account;
	char symbol[24];
	uint8_t wish;	    /* enum exch_wish, not NONE */
	uint32_t contracts; /* 0: all */
};

/*
 * Rows in the order of their days, exch-tables(5); cleared by
 * exch_reftable_clear.  Refused besides what a table is: a day before that of
 * the row above, and an account that says the same of a series twice on a day.
 */
int exch_wishes_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);

/*
 * What exercising one contract is worth, 10^-18: below 0 out of the money.
 * EXCH_ERR_RANGE: beyond 128 bits.
 */
int exch_option_worth(const struct exch_expiry *x, exch_i128 *worth);
/* Is it exercised?  By exception from 0.01 for each unit.  As above. */
int exch_option_exercised(
    const struct exch_expiry *x, enum exch_wish wish, bool *exercised);

struct exch_exercise {
	int64_t shares, into; /* received, or below 0 delivered */
	exch_i128 cash;	      /* 10^-6, half-even, received */
};
/*
 * What so many exercised contracts do to who holds them, and of n < 0 to who
 * is assigned them; the two add up to 0.  Of shares that are no whole unit the
 * rest is paid at the price.  EXCH_ERR_RANGE as above, and beyond 64 bits.
 */
int exch_option_exercise(
    const struct exch_expiry *x, int64_t n, struct exch_exercise *out);

/* ---- assignment ---- */

/* A position written; those of a member stand together, the oldest first. */
struct exch_written {
	uint32_t member;
	uint32_t account;
	uint64_t contracts;
	uint64_t assigned; /* of them */
};

enum exch_assign_how {
	EXCH_ASSIGN_RANDOM,
	EXCH_ASSIGN_FIFO,    /* as they stand in the list */
	EXCH_ASSIGN_PRO_RATA /* by what each has written */
};

/*
 * Assign so many of the contracts written.  Each contract has the same chance
 * to fall to a member, whatever comes before it in the list; `how` is about
 * the accounts of a member.  Pro rata their parts are differences of sums that
 * are rounded down, so that all of it is assigned.  The same state of the generator
 * and the same list give the same.  It takes a step for each contract written.  EXCH_ERR_RANGE:
 * there are not so many, or more than 64 bits, and nothing is assigned.
 */
int exch_assign(struct exch_rng *rng, struct exch_written *w, size_t n,
    uint64_t contracts, enum exch_assign_how how);

#endif
