/*
 * Accounts that are announced, for markets that take no orders of others
 * or that know whose accounts belong together (exch-market(5), accounts
 * and self-trade).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "match/general.h"

/* Where the account stands, or the free place it would take. */
static struct exch_announced *
place_of(const struct exch_shared *g, uint32_t account)
{
	size_t i = account * UINT64_C(0x9e3779b97f4a7c15) >> 32;

	for (;; i++) {
		struct exch_announced *p =
		    &g->account[i & (g->cap_account - 1)];

		if (p->id == account || p->id == 0)
			return p;
	}
}

static bool
grow(struct exch_match *m)
{
	struct exch_shared *g = m->all;
	struct exch_announced *was = g->account, *p;
	size_t n = g->cap_account;
	size_t cap = n == 0 ? 64 : n * 2;

	if (g->naccount * 2 < n)
		return true;
	p = exch_calloc(cap, sizeof(*p));
	if (p == NULL) {
		m->ended = true;
		return false;
	}
	g->account = p;
	g->cap_account = cap;
	for (size_t i = 0; i < n; i++)
		if (was[i].id != 0)
			*place_of(g, was[i].id) = was[i];
	exch_free(was);
	return true;
}

void
exch_account_add(struct exch_match *m, const struct exch_rec_account *a)
{
	struct exch_announced *p;

	if (!m->all->asked || a->id == 0 || !grow(m))
		return;
	p = place_of(m->all, a->id);
	m->all->naccount += p->id == 0;
	p->id = a->id;
	memcpy(p->member, a->member, sizeof(p->member));
}

static const struct exch_announced *
find(const struct exch_match *m, uint32_t account)
{
	const struct exch_announced *p;

	if (account == 0 || m->all->naccount == 0)
		return NULL;
	p = place_of(m->all, account);
	return p->id == account ? p : NULL;
}

bool
exch_account_ok(const struct exch_match *m, uint32_t account)
{
	return m->o.market == NULL || !m->o.market->announced ||
	       find(m, account) != NULL;
}

bool
exch_account_together(const struct exch_match *m, uint32_t a, uint32_t b)
{
	const struct exch_announced *x, *y;

	if (m->o.market == NULL || !m->o.market->stp_member)
		return false;
	x = find(m, a);
	y = find(m, b);
	return x != NULL && y != NULL && x->member[0] != '\0' &&
	       memcmp(x->member, y->member, sizeof(x->member)) == 0;
}
