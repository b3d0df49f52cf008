/* Names of tables that are those of somebody (known.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "risk/known.h"
#include "risk/limits.h"
#include "risk/portfolio.h"

/* ---- accounts by what they are known by ---- */

static int
by_member(const void *x, const void *y)
{
	const struct exch_account_row *a = x, *b = y;

	return memcmp(a->member, b->member, sizeof(a->member));
}

static int
by_group(const void *x, const void *y)
{
	const struct exch_account_row *a = x, *b = y;

	return memcmp(a->group, b->group, sizeof(a->group));
}

static int
by_account(const void *x, const void *y)
{
	const struct exch_account_row *a = x, *b = y;

	return (a->account > b->account) - (a->account < b->account);
}

static const struct kind {
	const char *what;
	exch_reftable_compare *compare;
} kinds[] = {[EXCH_SCOPE_MEMBER] = {"member", by_member},
    [EXCH_SCOPE_ACCOUNT] = {"account", by_account},
    [EXCH_SCOPE_GROUP] = {"group", by_group}};

/* The table of accounts in the orders that were needed so far. */
struct known {
	const struct exch_reftable *accounts; /* or NULL */
	size_t *order[EXCH_SCOPE_GROUP + 1];
	bool told; /* members may come with the stream */
};

static void
clear(struct known *k)
{
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(k->order); i++)
		exch_free(k->order[i]);
}

/* Is there an account like that one?  EXCH_ERR_NOMEM. */
static int
is_there(struct known *k, unsigned scope, const struct exch_account_row *like,
    bool *is, struct exch_diag *d)
{
	const struct exch_account_row *a = k->accounts->row;
	size_t low = 0, high = k->accounts->n;

	if (k->order[scope] == NULL)
		k->order[scope] = exch_reftable_order(
		    k->accounts, sizeof(*a), kinds[scope].compare, d);
	if (k->order[scope] == NULL)
		return EXCH_ERR_NOMEM;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (kinds[scope].compare(&a[k->order[scope][mid]], like) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	*is = low < k->accounts->n &&
	      kinds[scope].compare(&a[k->order[scope][low]], like) == 0;
	return EXCH_OK;
}

/* ---- tables ---- */

static int
check(struct known *k, const struct exch_reftable *t, size_t i, unsigned scope,
    const struct exch_account_row *like, const char *column,
    struct exch_diag *d)
{
	bool is = false;
	int err;

	if (scope == EXCH_SCOPE_ALL || (scope == EXCH_SCOPE_MEMBER && k->told))
		return EXCH_OK;
	if (k->accounts == NULL)
		return scope == EXCH_SCOPE_ACCOUNT
			   ? EXCH_OK
			   : exch_reftable_bad_cell(t, i, column, d,
				 "is a %s, and no table says whose accounts "
				 "are in it: expected --accounts FILE",
				 kinds[scope].what);
	err = is_there(k, scope, like, &is, d);
	if (err != 0 || is)
		return err;
	return exch_reftable_bad_cell(t, i, column, d,
	    "is no %s: expected one of the column '%s' of %s",
	    kinds[scope].what, kinds[scope].what, k->accounts->name);
}

/* Some account is nobody's by the table. */
static bool
lacks_members(const struct exch_reftable *accounts)
{
	const struct exch_account_row *a = accounts->row;

	for (size_t i = 0; i < accounts->n; i++)
		if (a[i].member[0] == '\0')
			return true;
	return false;
}

static int
check_whom(const struct exch_reftable *t, size_t size,
    const struct exch_reftable *accounts, bool told, struct exch_diag *d)
{
	struct known k = {.accounts = accounts, .told = told};
	int err = EXCH_OK;

	for (size_t i = 0; i < t->n && err == 0; i++) {
		const struct exch_whom *w =
		    (const void *)((const char *)t->row + i * size);
		struct exch_account_row like = {.account = 0};
		uint64_t number = 0;

		memcpy(like.member, w->name, sizeof(w->name));
		memcpy(like.group, w->name, sizeof(w->name));
		/* A name that is none has been refused before. */
		if (w->scope == EXCH_SCOPE_ACCOUNT)
			(void)exch_uint_parse(w->name,
			    strnlen(w->name, sizeof(w->name)), &number);
		like.account = (uint32_t)number;
		err = check(&k, t, i, w->scope, &like, "name", d);
	}
	clear(&k);
	return err;
}

int
exch_known_whom(const struct exch_reftable *t, size_t size,
    const struct exch_reftable *accounts, struct exch_diag *d)
{
	return check_whom(t, size, accounts, false, d);
}

int
exch_known_told(const struct exch_reftable *t, size_t size,
    const struct exch_reftable *accounts, struct exch_diag *d)
{
	return check_whom(
	    t, size, accounts, accounts == NULL || lacks_members(accounts), d);
}

static bool
is_among(const char (*symbol)[24], size_t n, const char *name)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (memcmp(symbol[mid], name, 24) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && memcmp(symbol[low], name, 24) == 0;
}

size_t
exch_known_symbol(const struct exch_reftable *t, size_t size, size_t at,
    const char (*symbol)[24], size_t n, size_t first)
{
	for (; first < t->n; first++) {
		const char *name = (const char *)t->row + first * size + at;

		if (name[0] != '\0' && !is_among(symbol, n, name))
			break;
	}
	return first;
}

int
exch_known_opening(const struct exch_reftable *t,
    const struct exch_reftable *accounts, struct exch_diag *d)
{
	const struct exch_opening_row *row = t->row;
	struct known k = {.accounts = accounts};
	int err = EXCH_OK;

	for (size_t i = 0; i < t->n && err == 0; i++) {
		struct exch_account_row like = {.account = row[i].account};

		err = check(&k, t, i, EXCH_SCOPE_ACCOUNT, &like, "account", d);
	}
	clear(&k);
	return err;
}
