/*
 * Children: orders that wait until another one, their parent, is gone, and
 * come in with no more than it executed.  They stand in buckets by the
 * parent's number, so that it finds them when it goes.
 *
 * A parent may go in the middle of anything: an execution, a mass cancel
 * that has a list of who is to go.  So its children are only called then,
 * and stay where they are; the queue of triggered orders gives them their
 * turns once the order in hand is done.
 */
#include <config.h>

#include "base/alloc.h"
#include "match/general.h"

/* ---- who waits for whom ---- */

static struct exch_bucket *
bucket_of(struct exch_general *g, uint32_t instr, exch_oid parent)
{
	uint64_t h =
	    (parent ^ (uint64_t)instr << 32) * UINT64_C(0x9e3779b97f4a7c15);

	_Static_assert(EXCH_CHILD_BUCKETS == 1u << 12, "bucket_of");
	return &g->child[h >> 52];
}

/* Behind those that came before: of one parent they stand by entry. */
void
exch_child_join(struct exch_match *m, struct exch_special *s)
{
	struct exch_general *g = &m->g;
	uint32_t i = exch_special_index(m, s);
	struct exch_bucket *b;

	if (g->child == NULL)
		g->child = exch_calloc(EXCH_CHILD_BUCKETS, sizeof(*g->child));
	if (g->child == NULL) {
		m->nomem = true;
		return;
	}
	b = bucket_of(g, s->instr, s->parent);
	s->child_prev = b->last;
	s->child_next = 0;
	if (b->last != 0)
		g->special[b->last].child_next = i;
	else
		b->first = i;
	b->last = i;
}

void
exch_child_leave(struct exch_match *m, const struct exch_special *s)
{
	struct exch_general *g = &m->g;
	struct exch_bucket *b;

	if (g->child == NULL)
		return; /* m->nomem */
	b = bucket_of(g, s->instr, s->parent);
	if (s->child_prev != 0)
		g->special[s->child_prev].child_next = s->child_next;
	else
		b->first = s->child_next;
	if (s->child_next != 0)
		g->special[s->child_next].child_prev = s->child_prev;
	else
		b->last = s->child_prev;
}

/* The first that waits for this parent, from place i of its bucket on. */
static uint32_t
next_child(
    const struct exch_match *m, const struct exch_special *parent, uint32_t i)
{
	const struct exch_special *pool = m->g.special;

	while (i != 0 &&
	       (pool[i].instr != parent->instr || pool[i].parent != parent->id))
		i = pool[i].child_next;
	return i;
}

static uint32_t
first_child(struct exch_match *m, const struct exch_special *parent)
{
	struct exch_general *g = &m->g;

	if (g->child == NULL)
		return 0;
	return next_child(
	    m, parent, bucket_of(g, parent->instr, parent->id)->first);
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
	uint32_t i, next;

	if (!old->is_parent)
		return;
	old->is_parent = false; /* it is not gone */
	if (to == old->id)
		return;
	for (i = first_child(m, old); i != 0; i = next) {
		struct exch_special *c = &m->g.special[i];

		next = next_child(m, old, c->child_next);
		exch_child_leave(m, c);
		c->parent = to;
		exch_child_join(m, c);
	}
}

void
exch_child_call(struct exch_match *m, const struct exch_special *s)
{
	uint32_t i, next;

	for (i = first_child(m, s); i != 0; i = next) {
		struct exch_special *c = &m->g.special[i];

		next = next_child(m, s, c->child_next);
		exch_child_leave(m, c);
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
