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

int
exch_risk_member_turn(
    struct exch_risk_gate *g, const struct exch_rec_kill *r, bool *was)
{
	struct exch_risk_stopped *s = exch_keyed_find(
	    &g->members.stopped, r->h.instr, hash_of(r->member));
	int err = EXCH_OK;

	*was = s != NULL && s->on;
	if (s == NULL && r->on != 0)
		err = exch_keyed_add(
		    &g->members.stopped, r->h.instr, hash_of(r->member), &s);
	if (s != NULL && err == 0)
		s->on = r->on != 0;
	return err;
}

bool
exch_risk_member_stops(const struct exch_risk_gate *g,
    const struct exch_risk_account *a, uint32_t instr)
{
	const char *member = exch_risk_member(g, a);
	const struct exch_risk_stopped *s = NULL;

	if (member[0] != '\0' && g->members.stopped.live > 0)
		s = exch_keyed_find(
		    &g->members.stopped, instr, hash_of(member));
	return s != NULL && s->on;
}

/* ---- what the stream says ---- */

/* What its member was told before holds for this one, too. */
static void
join(struct exch_risk_gate *g, struct exch_risk_account *a)
{
	exch_risk_account_limits(g, a);
	/* It has not traded: all that counts is of the days before. */
	a->day_trades = a->trades = 0;
	exch_risk_trader(g, a);
	exch_bounds_anew(g, a);
	if (exch_risk_member_stops(g, a, 0))
		a->killed |= EXCH_KILLED_MEMBER;
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
	join(g, a);
	return EXCH_OK;
}

uint64_t
exch_risk_gate_members_passed(const struct exch_risk_gate *g)
{
	return g->members.passed;
}
