/*
 * Children: orders that wait until another one, their parent, is gone, and
 * come in with no more than it executed.  They stand in chains by their
 * parent (chain.h), so that it finds them when it goes.
 *
 * A parent may go in the middle of anything: an execution, a mass cancel
 * that has a list of who is to go.  So its children are only called then,
 * and stay where they are; the queue of triggered orders gives them their
 * turns once the order in hand is done.
 */
#include <config.h>

#include "match/general.h"

static struct exch_special *
first_child(const struct exch_match *m, const struct exch_special *parent)
{
	return exch_chain_first(m, EXCH_CHAIN_CHILD,
	    (struct exch_chain_key){parent->id, parent->instr});
}

/* ---- a parent ---- */

bool
exch_child_may(const struct exch_match *m, const struct exch_instr *in,
    exch_oid parent, uint32_t account)
{
	exch_slot o = exch_book_find(m->store, &in->book, parent);
	const struct exch_special *s;

	if (o == EXCH_SLOT_NONE)
		return false;
	s = exch_special_of(m, o);
	if (s == NULL)
		return account == exch_book_slots(m->store)[o].owner;
	return account == s->account && !exch_is_request(s);
}

bool
exch_child_link(
    struct exch_match *m, struct exch_instr *in, struct exch_special *s)
{
	exch_slot o = exch_book_find(m->store, &in->book, s->parent);
	struct exch_special *p = exch_special_of(m, o);

	if (p == NULL) {
		struct exch_special as = exch_ordinary(m, in, o);

		p = exch_special_of_ordinary(m, in, o, &as);
	}
	if (p == NULL)
		return false;
	p->is_parent = true;
	s->share = p->executed;
	return true;
}

void
exch_child_move(struct exch_match *m, struct exch_special *old, exch_oid to)
{
	struct exch_special *c, *next;

	if (!old->is_parent)
		return;
	old->is_parent = false; /* it is not gone */
	if (to == old->id)
		return;
	for (c = first_child(m, old); c != NULL; c = next) {
		next = exch_chain_next(m, EXCH_CHAIN_CHILD, c);
		exch_chain_leave(m, EXCH_CHAIN_CHILD, c);
		c->parent = to;
		(void)exch_chain_join(m, EXCH_CHAIN_CHILD, c);
	}
}

void
exch_child_call(struct exch_match *m, const struct exch_special *s)
{
	struct exch_special *c, *next;

	for (c = first_child(m, s); c != NULL; c = next) {
		next = exch_chain_next(m, EXCH_CHAIN_CHILD, c);
		exch_chain_leave(m, EXCH_CHAIN_CHILD, c);
		c->child = EXCH_CHILD_CALLED;
		c->share = s->executed - c->share;
		if (!exch_park_push(m, c, EXCH_PX_NONE))
			return;
	}
}

/* ---- its child ---- */

/* It is an order like others now. */
static void
come_in(struct exch_match *m, struct exch_instr *in, struct exch_special *s)
{
	bool open = in->phase == EXCH_PHASE_CONTINUOUS;
	enum exch_where to;

	exch_special_lift(m, in, s);
	if (s->trail != 0) {
		(void)exch_last_price(in, &s->extreme);
		s->stop = exch_trail_stop(in, s);
	}
	if (!exch_goes_apart(in, s, &to)) {
		exch_turn_special(
		    m, in, s, s->type, exch_spot_of(in, s->price));
		return;
	}
	/* The last price may be beyond its stop already. */
	if (exch_special_apart(m, in, s, to) && to == EXCH_AT_STOPS && open)
		exch_park_event(
		    m, in, (struct exch_spot){in->last, in->last_half});
}

void
exch_child_serve(
    struct exch_match *m, struct exch_instr *in, struct exch_special *s)
{
	struct exch_rec_triggered *r;
	exch_qty less;

	if (s->share == 0) {
		exch_drop(m, in, s, EXCH_WHY_PARENT);
		return;
	}
	r = exch_engine_emit(m, EXCH_REC_TRIGGERED, sizeof(*r), in->book.instr);
	r->order = s->id;
	r->price = EXCH_PX_NONE;
	s->child = EXCH_CHILD_NOT;
	if (s->share < s->reserve) {
		less = s->reserve - (exch_qty)s->share;
		s->reserve -= less;
		exch_engine_cancelled(
		    m, in->book.instr, s->id, less, EXCH_WHY_PARENT, true);
	}
	come_in(m, in, s);
}
