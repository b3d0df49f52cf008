/*
 * What an incoming order would find on the other side, counted before it
 * trades: for conditions on all of it (fill or kill, all or none, a minimum
 * on entry), and for orders that must not trade at all.
 *
 * What is counted is there when the order trades, always: a fill or kill
 * order that got a part would be worse than one that got nothing though all
 * was there.  So what may go, or may end the turn, is not counted.
 */
#include <config.h>

#include "match/turn.h"

/* ---- who ends it ---- */

static bool
same_owner(const struct exch_match *m, const struct exch_turn *t, exch_slot o)
{
	const struct exch_special *r = exch_special_of(m, o);
	uint64_t group = t->s != NULL ? t->s->group : 0;
	uint64_t other = r != NULL ? r->group : 0;
	uint32_t account =
	    r != NULL ? r->account : exch_book_slots(m->store)[o].owner;

	if (group != 0 || other != 0)
		return group == other;
	return account != 0 &&
	       (account == t->account ||
		   exch_account_together(m, account, t->account));
}

bool
exch_turn_prevents(
    const struct exch_match *m, const struct exch_turn *t, exch_slot o)
{
	return t->stp != EXCH_STP_NONE && same_owner(m, t, o);
}

/* Is it of the incoming order's group, which ends where they meet? */
static bool
is_rival(const struct exch_match *m, const struct exch_turn *t, exch_slot o)
{
	const struct exch_special *r = exch_special_of(m, o);

	return r != NULL && t->s != NULL && t->s->oco != 0 &&
	       r->oco == t->s->oco && r->account == t->s->account &&
	       !exch_oco_seen(m, r);
}

/* Does self-trade prevention take from the incoming order here? */
static bool
ends(const struct exch_match *m, const struct exch_turn *t, exch_slot o)
{
	return t->stp != EXCH_STP_OLDEST && exch_turn_prevents(m, t, o);
}

/*
 * Or behind one of this level, from o on?  Where it is shared a rival may be
 * the first to execute.
 */
static bool
ends_at(const struct exch_match *m, const struct exch_turn *t, exch_slot o)
{
	bool own = t->stp != EXCH_STP_NONE && t->stp != EXCH_STP_OLDEST;
	bool rivals = m->o.alloc != NULL && t->s != NULL && t->s->oco != 0;

	if (!own && !rivals)
		return false;
	for (; o != EXCH_SLOT_NONE; o = exch_book_after(m->store, o))
		if ((own && ends(m, t, o)) || (rivals && is_rival(m, t, o)))
			return true;
	return false;
}

/* ---- counting ---- */

/* The count on its way. */
struct count {
	exch_qty left;
	struct exch_spot reach;
	exch_px last; /* price of the execution before */
};

static struct count
start(struct exch_match *m, const struct exch_instr *in,
    const struct exch_turn *t)
{
	struct count c = {t->left, t->reach, EXCH_PX_NONE};

	(void)exch_last_price(in, &c.last);
	exch_oco_look(m);
	return c;
}

/*
 * Passed over: by the conditions, or gone by then, because an order of its
 * group executed before.
 */
static bool
passes(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_turn *t, const struct exch_walk *w, exch_qty left,
    exch_qty qty)
{
	const struct exch_special *s = exch_special_of(m, w->o);

	return exch_turn_outside(m, in, w->p) ||
	       exch_turn_skips(t->s, left, s, qty) ||
	       (s != NULL && exch_oco_seen(m, s));
}

/*
 * The order the walk stands at trades qty, or what it shows if it is a rival;
 * false: there is nothing behind it, or the market would stop before it.
 */
static bool
takes(struct exch_match *m, const struct exch_instr *in,
    const struct exch_turn *t, const struct exch_walk *w, exch_qty qty,
    struct count *c)
{
	struct exch_special *s = exch_special_of(m, w->o);
	exch_px price = exch_spot_price(in, w->p);
	bool rival = is_rival(m, t, w->o);
	struct exch_breach broken;

	if (m->guarded && !exch_monitor_within(m, in, price, c->last, &broken))
		return false;
	if (rival)
		qty = exch_book_slots(m->store)[w->o].qty;
	c->last = price;
	c->left -= exch_least(c->left, qty);
	exch_turn_hold(t, w->p, &c->reach);
	if (s != NULL)
		exch_oco_see(m, s);
	if (t->s != NULL)
		exch_oco_see(m, t->s);
	return !rival;
}

/*
 * By receipt: who is met, and so who is passed over, depends on the order in
 * which they are.  Conditional orders only pay for it.
 */
static exch_qty
by_time(struct exch_match *m, const struct exch_instr *in,
    const struct exch_turn *t)
{
	struct count c = start(m, in, t);
	struct exch_alloc_order done = {0};
	bool any = false;

	while (c.left > 0) {
		struct exch_walk w, best = {.o = EXCH_SLOT_NONE};
		struct exch_alloc_order first = {0};

		exch_walk_first(m, in, exch_other_side(t->side), &w);
		for (; w.o != EXCH_SLOT_NONE &&
		       exch_spot_reaches(t->side, c.reach, w.p);
		     exch_walk_next(m, in, &w)) {
			struct exch_alloc_order a = exch_turn_receipt(m, w.o);

			if ((any && !exch_alloc_before(&done, &a)) ||
			    passes(m, in, t, &w, c.left, exch_full_qty(m, w.o)))
				continue;
			if (best.o == EXCH_SLOT_NONE ||
			    exch_alloc_before(&a, &first)) {
				best = w;
				first = a;
			}
		}
		if (best.o == EXCH_SLOT_NONE || ends(m, t, best.o))
			break;
		done = first;
		any = true;
		if (!exch_turn_prevents(m, t, best.o) &&
		    !takes(m, in, t, &best, exch_full_qty(m, best.o), &c))
			break;
	}
	return t->left - c.left;
}

/*
 * Behind an order that ends it there is nothing: not what icebergs of that
 * level still hide, and where a level is shared, none of the level.
 */
exch_qty
exch_turn_finds(struct exch_match *m, const struct exch_instr *in,
    const struct exch_turn *t)
{
	const struct exch_slot_data *slot = exch_book_slots(m->store);
	exch_slot level = EXCH_SLOT_NONE;
	bool last = false;
	struct exch_walk w;
	struct count c;

	if (m->o.alloc != NULL && m->o.alloc->by_time)
		return by_time(m, in, t);
	c = start(m, in, t);
	exch_walk_first(m, in, exch_other_side(t->side), &w);
	for (; w.o != EXCH_SLOT_NONE && c.left > 0; exch_walk_next(m, in, &w)) {
		exch_qty qty = exch_full_qty(m, w.o);

		if (!exch_spot_reaches(t->side, c.reach, w.p))
			break;
		if (w.b == 0 && slot[w.o].level != level) {
			level = slot[w.o].level;
			last = ends_at(m, t, w.o);
			if (last && m->o.alloc != NULL)
				break;
		}
		if (w.b == 0 && last)
			qty = slot[w.o].qty;
		if (passes(m, in, t, &w, c.left, qty))
			continue;
		if (ends(m, t, w.o))
			break;
		if (!exch_turn_prevents(m, t, w.o) &&
		    !takes(m, in, t, &w, qty, &c))
			break;
	}
	return t->left - c.left;
}

bool
exch_turn_meets(const struct exch_match *m, const struct exch_instr *in,
    uint8_t side, struct exch_spot limit, exch_qty qty,
    const struct exch_special *s, struct exch_spot *at)
{
	struct exch_walk w;

	exch_walk_first(m, in, exch_other_side(side), &w);
	for (; w.o != EXCH_SLOT_NONE; exch_walk_next(m, in, &w)) {
		if (!exch_spot_reaches(side, limit, w.p))
			return false;
		if (exch_turn_outside(m, in, w.p) ||
		    exch_turn_skips(
			s, qty, exch_special_of(m, w.o), exch_full_qty(m, w.o)))
			continue;
		*at = w.p;
		return true;
	}
	return false;
}
