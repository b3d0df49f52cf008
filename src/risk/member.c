/*
 * Whose accounts a member has: by the table of accounts, and where that names
 * none, by the stream's own ACCOUNT records (gate.h).
 *
 * A record counts from there on, for an account that has not come to the
 * market yet: what was counted before by other limits is never looked at
 * again.  The first of them counts.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/image.h"
#include "rec/stream.h"
#include "risk/gate_priv.h"

/* Members stand beside the symbols, which are in place 0. */
#define MEMBERS 1u

const char *
exch_risk_member(
    const struct exch_risk_gate *g, const struct exch_risk_account *a)
{
	const struct exch_account_row *row = exch_risk_row(g, a);

	return row != NULL && row->member[0] != '\0' ? row->member : a->member;
}

static uint64_t
hash_of(const char member[16])
{
	return exch_fnv(EXCH_FNV_BEGIN, member, 16);
}

int
exch_risk_member_known(struct exch_risk_gate *g, const char member[16])
{
	struct exch_key *k;
	int err;

	if (member[0] == '\0')
		return EXCH_OK;
	err = exch_keyed_add(&g->symbol, MEMBERS, hash_of(member), &k);
	return err == EXCH_ERR_EXISTS ? EXCH_OK : err;
}

bool
exch_risk_gate_has_member(const struct exch_risk_gate *g, const char member[16])
{
	return exch_keyed_find(&g->symbol, MEMBERS, hash_of(member)) != NULL;
}

/* ---- switches over members ---- */

static struct exch_risk_stopped *
find_stopped(
    const struct exch_risk_members *m, const char member[16], uint32_t instr)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->stopped[i].instr == instr &&
		    memcmp(m->stopped[i].member, member, 16) == 0)
			return &m->stopped[i];
	return NULL;
}

static int
room(struct exch_risk_members *m)
{
	size_t cap = m->cap > 0 ? 2 * m->cap : 8;
	void *p;

	if (m->n < m->cap)
		return EXCH_OK;
	p = exch_realloc(m->stopped, cap, sizeof(*m->stopped));
	if (p == NULL)
		return EXCH_ERR_NOMEM;
	m->stopped = p;
	m->cap = cap;
	return EXCH_OK;
}

int
exch_risk_member_stopped(
    struct exch_risk_gate *g, const struct exch_rec_kill *r)
{
	struct exch_risk_members *m = &g->members;
	struct exch_risk_stopped *s = find_stopped(m, r->member, r->h.instr);

	if (r->on == 0) {
		if (s != NULL)
			*s = m->stopped[--m->n];
		return EXCH_OK;
	}
	if (s != NULL)
		return EXCH_OK;
	if (room(m) != 0)
		return EXCH_ERR_NOMEM;
	s = &m->stopped[m->n++];
	memset(s, 0, sizeof(*s));
	memcpy(s->member, r->member, sizeof(s->member));
	s->instr = r->h.instr;
	return EXCH_OK;
}

void
exch_risk_members_image(struct exch_image *im, struct exch_risk_members *m)
{
	struct exch_risk_members own = *m;

	exch_image_same(im, sizeof(*m->stopped));
	exch_image_bytes(im, m, sizeof(*m));
	m->stopped = exch_image_array(
	    im, m->stopped, own.stopped, m->n, m->cap, sizeof(*m->stopped));
}

/* ---- what the stream says ---- */

/* What its member was told before holds for this one, too. */
static int
join(struct exch_risk_gate *g, struct exch_risk_account *a, struct exch_diag *d)
{
	const struct exch_risk_members *m = &g->members;
	int err = EXCH_OK;

	exch_risk_account_limits(g, a);
	/* It has not traded: all that counts is of the days before. */
	a->day_trades = a->trades = 0;
	exch_risk_trader(g, a);
	exch_bounds_anew(g, a);
	for (size_t i = 0; i < m->n && err == 0; i++)
		if (memcmp(m->stopped[i].member, a->member, 16) == 0)
			err = exch_risk_stop_for_member(
			    g, a, m->stopped[i].instr, d);
	return err;
}

int
exch_risk_told_account(struct exch_risk_gate *g,
    const struct exch_rec_account *c, struct exch_diag *d)
{
	struct exch_risk_account *a;
	const char *had;

	if (c->id == 0 || c->member[0] == '\0')
		return EXCH_OK;
	a = exch_risk_account(g, c->id, d);
	if (a == NULL)
		return EXCH_ERR_NOMEM;
	had = exch_risk_member(g, a);
	if (had[0] != '\0' || a->holdings != 0) {
		g->members.passed += memcmp(had, c->member, 16) != 0;
		return EXCH_OK;
	}
	memcpy(a->member, c->member, sizeof(a->member));
	if (exch_risk_member_known(g, a->member) != 0)
		return exch_risk_nomem(d);
	return join(g, a, d);
}

uint64_t
exch_risk_gate_members_passed(const struct exch_risk_gate *g)
{
	return g->members.passed;
}
