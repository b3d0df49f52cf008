/*
 * Children: orders that wait until another one, their parent, is gone, and
 * come in with no more than it executed.  A parent need not know its
 * children by name: it is enough that it may have some, because the list of
 * the instrument's specials is walked once, when it goes.
 *
 * A parent may go in the middle of anything: an execution, a mass cancel
 * that has a list of who is to go.  So its children are only called then,
 * and stay where they are; the queue of triggered orders gives them their
 * turns once the order in hand is done.
 */
#include <config.h>

#include "match/general.h"

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

static bool
waits_for(const struct exch_special *s, exch_oid parent)
{
	return s->child == EXCH_CHILD_WAITS && s->parent == parent;
}

void
exch_child_move(struct exch_match *m, const struct exch_instr *in,
    struct exch_special *old, exch_oid to)
{
	uint32_t i = in->more->first;

	if (!old->is_parent)
		return;
	for (; i != 0; i = m->g.special[i].next)
		if (waits_for(&m->g.special[i], old->id))
			m->g.special[i].parent = to;
	old->is_parent = false; /* it is not gone */
}

void
exch_child_call(struct exch_match *m, const struct exch_instr *in,
    const struct exch_special *s)
{
	uint32_t i = in->more->first;

	for (; i != 0; i = m->g.special[i].next) {
		struct exch_special *c = &m->g.special[i];

		if (!waits_for(c, s->id))
			continue;
		c->child = EXCH_CHILD_CALLED;
		c->share = s->executed - c->share;
		if (!exch_park_push(m, c, EXCH_PX_NONE))
			return;
	}
}

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
