/*
 * Accounts that are announced, for markets that take no orders of others
 * (exch-market(5), accounts).
 */
#include <config.h>

#include "base/alloc.h"
#include "match/general.h"

static bool
is_asked(const struct exch_match *m)
{
	return m->o.market != NULL && m->o.market->announced;
}

/* Where the account stands, or the free place it would take. */
static uint32_t *
place_of(const struct exch_general *g, uint32_t account)
{
	size_t i = account * UINT64_C(0x9e3779b97f4a7c15) >> 32;

	for (;; i++) {
		uint32_t *p = &g->account[i & (g->cap_account - 1)];

		if (*p == account || *p == 0)
			return p;
	}
}

static bool
grow(struct exch_match *m)
{
	struct exch_general *g = &m->g;
	uint32_t *was = g->account;
	size_t n = g->cap_account;
	size_t cap = n == 0 ? 64 : n * 2;
	uint32_t *p;

	if (g->naccount * 2 < n)
		return true;
	p = exch_calloc(cap, sizeof(*p));
	if (p == NULL) {
		m->nomem = true;
		return false;
	}
	g->account = p;
	g->cap_account = cap;
	for (size_t i = 0; i < n; i++)
		if (was[i] != 0)
			*place_of(g, was[i]) = was[i];
	exch_free(was);
	return true;
}

void
exch_account_add(struct exch_match *m, uint32_t account)
{
	uint32_t *p;

	if (!is_asked(m) || account == 0 || !grow(m))
		return;
	p = place_of(&m->g, account);
	m->g.naccount += *p == 0;
	*p = account;
}

bool
exch_account_ok(const struct exch_match *m, uint32_t account)
{
	return !is_asked(m) || (account != 0 && m->g.naccount != 0 &&
				   *place_of(&m->g, account) == account);
}
