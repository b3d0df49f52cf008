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

/* Where those of a member begin: no instrument has that number. */
#define HEADS UINT32_MAX

/* The entry of a member in an instrument, made if need be; NULL: no memory. */
static struct exch_risk_stopped *
stopped(struct exch_risk_gate *g, const char member[16], uint32_t instr)
{
	struct exch_keyed *pool = &g->members.stopped;
	struct exch_risk_stopped *s, *head;
	int err = exch_keyed_add(pool, HEADS, hash_of(member), &head);

	if (err != 0 && err != EXCH_ERR_EXISTS)
		return NULL;
	err = exch_keyed_add(pool, instr, hash_of(member), &s);
	if (err == EXCH_ERR_EXISTS)
		return s;
	if (err != 0)
		return NULL;
	/* The addition may have moved it. */
	head = exch_keyed_find(pool, HEADS, hash_of(member));
	s->next = head->next;
	head->next = s->key.slot;
	return s;
}

int
exch_risk_member_stopped(
    struct exch_risk_gate *g, const struct exch_rec_kill *r)
{
	struct exch_risk_stopped *s;

	if (r->on == 0) {
		s = exch_keyed_find(
		    &g->members.stopped, r->h.instr, hash_of(r->member));
		if (s != NULL)
			s->on = false;
		return EXCH_OK;
	}
	s = stopped(g, r->member, r->h.instr);
	if (s == NULL)
		return EXCH_ERR_NOMEM;
	s->on = true;
	return EXCH_OK;
}

/* ---- what the stream says ---- */

/* What its member was told before holds for this one, too. */
static int
join(struct exch_risk_gate *g, struct exch_risk_account *a, struct exch_diag *d)
{
	const struct exch_keyed *pool = &g->members.stopped;
	const struct exch_risk_stopped *s =
	    exch_keyed_find(pool, HEADS, hash_of(a->member));
	int err = EXCH_OK;

	exch_risk_account_limits(g, a);
	/* It has not traded: all that counts is of the days before. */
	a->day_trades = a->trades = 0;
	exch_risk_trader(g, a);
	exch_bounds_anew(g, a);
	for (uint32_t i = s != NULL ? s->next : 0; i != 0 && err == 0;) {
		s = exch_keyed_at(pool, i);
		i = s->next;
		if (s->on)
			err = exch_risk_stop_for_member(g, a, s->key.place, d);
	}
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
