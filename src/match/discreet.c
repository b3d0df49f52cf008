/*
 * Discretionary orders: they rest at their limit and are seen there, but
 * take what is displayed on the other side up to a price further in the
 * market.  They are looked at where pegs are, after every command.
 */
#include <config.h>

#include "match/general.h"

bool
exch_discretion_ok(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_special *s, exch_px limit)
{
	int64_t tick;

	if (exch_engine_check_price(in, s->discretion, &tick) != EXCH_REJ_NONE)
		return false;
	if (s->side == EXCH_BUY ? s->discretion <= limit
				: s->discretion >= limit)
		return false;
	return exch_check_market(m, in, s->discretion) == EXCH_REJ_NONE &&
	       exch_guard_entry(m, in, s, s->discretion) == EXCH_REJ_NONE;
}

/* Does it rest, and is something displayed that it reaches? */
static bool
reaches(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_special *s)
{
	exch_slot l = in->book.side[!exch_book_index(s->side)].best;
	struct exch_spot p = {0, false};

	if (!s->discreet ||
	    (s->where != EXCH_AT_BOOK && s->where != EXCH_AT_DARK))
		return false;
	/* Its turn would pass over what stands outside the bands. */
	for (; l != EXCH_SLOT_NONE;
	     l = exch_book_worse(m->store, &in->book, l)) {
		p.tick = exch_book_slots(m->store)[l].tick;
		if (!m->guarded ||
		    !exch_luld_outside(in, exch_spot_price(in, p)))
			break;
	}
	if (l == EXCH_SLOT_NONE)
		return false;
	/* A short sale's discretion ends where it may not sell now. */
	if (exch_guard_bars(m, in, s, exch_spot_of(in, s->discretion)))
		return false;
	return exch_spot_reaches(s->side, exch_spot_of(in, s->discretion), p);
}

static struct exch_special *
first(const struct exch_match *m, const struct exch_instr *in)
{
	uint32_t i = in->more->first;

	for (; i != 0; i = m->g.special[i].next)
		if (reaches(m, in, &m->g.special[i]))
			return &m->g.special[i];
	return NULL;
}

static void
turn(struct exch_match *m, struct exch_instr *in, struct exch_special *s)
{
	struct exch_turn t;

	exch_special_lift(m, in, s);
	t = (struct exch_turn){.id = s->id,
	    .left = s->reserve,
	    .limit = exch_spot_of(in, s->price),
	    .reach = exch_spot_of(in, s->discretion),
	    .s = s,
	    .account = s->account,
	    .side = s->side,
	    .type = s->type,
	    .tif = s->tif,
	    .stp = s->stp,
	    .by_id = (s->flags & EXCH_ORD_BY_ID) != 0,
	    .discreet = true};
	exch_turn_run(m, in, &t);
}

bool
exch_discretion_look(struct exch_match *m, struct exch_instr *in)
{
	struct exch_special *s;
	bool any = false;

	if (in->more->ndiscreet == 0)
		return false;
	/* Every turn takes a quantity out of the market, so this ends. */
	while (in->phase == EXCH_PHASE_CONTINUOUS && !exch_is_stopped(in) &&
	       !m->nomem && (s = first(m, in)) != NULL) {
		any = true;
		turn(m, in, s);
		exch_park_serve(m, in);
	}
	return any;
}
