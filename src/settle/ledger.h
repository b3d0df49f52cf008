/*
 * A ledger by double entry.  Every participant has the accounts of enum
 * exch_ledger_of, each in every unit that there is: an instrument or a
 * currency.  An entry has legs that add up to 0 in each unit, and so do the
 * balances of all, at any time.
 *
 *	A buys 100 at 10.00	A due +100 sh, due -1000.00	CCP the other way
 *	and has settled		A holding +100, due -100, and the cash likewise
 *
 * Above 0 stands what the participant has or is to have.  What comes from
 * where no record tells, comes from its account EXCH_LEDGER_OUTSIDE.
 */
#ifndef EXCH_SETTLE_LEDGER_H
#define EXCH_SETTLE_LEDGER_H

#include "base/err.h"
#include "base/keyed.h"
#include "rec/rec.h"

/* Units above this one are currencies, those below it are instruments. */
#define EXCH_UNIT_CASH (EXCH_INSTR_MAX + 1)

/* One leg of an entry, and what is known of one account. */
struct exch_leg {
	uint32_t account;
	uint32_t unit;
	uint8_t ledger; /* enum exch_ledger_of */
	exch_i128 amount;
};

struct exch_ledger {
	struct exch_keyed accounts;
	uint64_t entries;
};

/* EXCH_ERR_NOMEM. */
int exch_ledger_init(struct exch_ledger *l);
void exch_ledger_clear(struct exch_ledger *l);

/*
 * Post an entry of n legs, those of 0 left out; l->entries is its number.
 * That they add up to 0 in each unit is checked: who posts what does not has
 * an error, and the program ends.  EXCH_ERR_NOMEM; EXCH_ERR_RANGE: a balance
 * would be beyond 63 bits, and nothing is posted.
 */
int exch_ledger_post(struct exch_ledger *l, const struct exch_leg *leg,
    size_t n, struct exch_diag *d);
exch_i128 exch_ledger_balance(const struct exch_ledger *l, uint32_t account,
    uint32_t unit, uint8_t ledger);

/* All that are not 0, by account, unit and ledger; what is not 0 stops. */
typedef int exch_ledger_fn(
    void *arg, const struct exch_leg *balance, struct exch_diag *d);
int exch_ledger_each(const struct exch_ledger *l, exch_ledger_fn *fn, void *arg,
    struct exch_diag *d);

#endif
