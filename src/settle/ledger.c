/* Accounts of the ledger, and entries that balance (ledger.h). */
#include <config.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "base/check.h"
#include "settle/ledger.h"

/* Known by (participant, unit and ledger). */
struct account {
	struct exch_key key;
	exch_i128 balance;
};

static int
nomem(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for the ledger");
}

static uint64_t
id_of(uint32_t unit, uint8_t ledger)
{
	return (uint64_t)unit << 8 | ledger;
}

int
exch_ledger_init(struct exch_ledger *l)
{
	*l = (struct exch_ledger){0};
	return exch_keyed_init(&l->accounts, sizeof(struct account));
}

void
exch_ledger_clear(struct exch_ledger *l)
{
	exch_keyed_clear(&l->accounts);
}

/* Units come in few: the legs of an entry are looked through for each. */
static void
check_balanced(const struct exch_leg *leg, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		exch_i128 sum = 0;
		bool first = true;

		for (size_t k = 0; k < i && first; k++)
			first = leg[k].unit != leg[i].unit;
		for (size_t k = i; first && k < n; k++)
			if (leg[k].unit == leg[i].unit)
				sum += leg[k].amount;
		exch_check(sum == 0);
	}
}

int
exch_ledger_post(struct exch_ledger *l, const struct exch_leg *leg, size_t n,
    struct exch_diag *d)
{
	struct account *a;

	check_balanced(leg, n);
	for (size_t i = 0; i < n; i++) {
		int err = exch_keyed_add(&l->accounts, leg[i].account,
		    id_of(leg[i].unit, leg[i].ledger), &a);

		if (err != 0 && err != EXCH_ERR_EXISTS)
			return nomem(d);
		a->balance += leg[i].amount;
		if (a->balance <= INT64_MAX && a->balance >= -INT64_MAX)
			continue;
		/* Back to what it was. */
		for (size_t k = 0; k <= i; k++) {
			a = exch_keyed_find(&l->accounts, leg[k].account,
			    id_of(leg[k].unit, leg[k].ledger));
			a->balance -= leg[k].amount;
		}
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "account %u has more than numbers can say", leg[i].account);
	}
	l->entries++;
	return EXCH_OK;
}

exch_i128
exch_ledger_balance(const struct exch_ledger *l, uint32_t account,
    uint32_t unit, uint8_t ledger)
{
	const struct account *a =
	    exch_keyed_find(&l->accounts, account, id_of(unit, ledger));

	return a != NULL ? a->balance : 0;
}

int
exch_ledger_each(const struct exch_ledger *l, exch_ledger_fn *fn, void *arg,
    struct exch_diag *d)
{
	void **list = exch_keyed_sorted(&l->accounts);
	uint32_t n = l->accounts.live;
	int rc = EXCH_OK;

	if (list == NULL)
		return nomem(d);
	for (uint32_t i = 0; i < n && rc == 0; i++) {
		const struct account *a = list[i];
		struct exch_leg leg = {.account = a->key.place,
		    .unit = (uint32_t)(a->key.id >> 8),
		    .ledger = (uint8_t)a->key.id,
		    .amount = a->balance};

		if (a->balance != 0)
			rc = fn(arg, &leg, d);
	}
	exch_free(list);
	return rc;
}
