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

static void
widen(struct exch_more *more, const struct exch_special *s)
{
	exch_px *reach = &more->reach[exch_book_index(s->side)];

	if (*reach == EXCH_PX_NONE ||
	    (s->side == EXCH_BUY ? s->discretion > *reach
				 : s->discretion < *reach))
		*reach = s->discretion;
}

void
exch_discretion_join(struct exch_more *more, const struct exch_special *s)
{
	if (more->ndiscreet++ == 0)
		more->reach[0] = more->reach[1] = EXCH_PX_NONE;
	widen(more, s);
}

/* What is displayed for orders of a side, and reached by some of them. */
struct met {
	struct exch_spot p;
	bool any;
};

static struct met
displayed(const struct exch_match *m, const struct exch_instr *in, uint8_t side)
{
	exch_slot l = in->book.side[!exch_book_index(side)].best;
	exch_px reach = in->more->reach[exch_book_index(side)];
	struct met t = {{0, false}, false};

	if (reach == EXCH_PX_NONE)
		return t;
	/* Its turn would pass over what stands outside the bands. */
	for (; l != EXCH_SLOT_NONE;
	     l = exch_book_worse(m->store, &in->book, l)) {
		t.p.tick = exch_book_slots(m->store)[l].tick;
		if (!m->guarded ||
		    !exch_luld_outside(in, exch_spot_price(in, t.p)))
			break;
	}
	t.any = l != EXCH_SLOT_NONE &&
		exch_spot_reaches(side, exch_spot_of(in, reach), t.p);
	return t;
}

/* Does it rest, and reach what is displayed? */
static bool
reaches(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_special *s, struct exch_spot p)
{
	if (s->where != EXCH_AT_BOOK && s->where != EXCH_AT_DARK)
		return false;
	/* A short sale's discretion ends where it may not sell now. */
	if (exch_guard_bars(m, in, s, exch_spot_of(in, s->discretion)))
		return false;
	return exch_spot_reaches(s->side, exch_spot_of(in, s->discretion), p);
}

/* The earliest that acts; where there is none, it is known how far they
 * come. */
static struct exch_special *
first(struct exch_match *m, const struct exch_instr *in)
{
	struct exch_more *more = in->more;
	uint32_t i = more->first;
	struct met met[2] = {
	    displayed(m, in, EXCH_BUY), displayed(m, in, EXCH_SELL)};

	if (!met[0].any && !met[1].any)
		return NULL;
	for (; i != 0; i = m->g.special[i].next) {
		struct exch_special *s = &m->g.special[i];
		const struct met *t = &met[exch_book_index(s->side)];

		m->st.walked++;
		if (s->discreet && t->any && reaches(m, in, s, t->p))
			return s;
	}
	more->reach[0] = more->reach[1] = EXCH_PX_NONE;
	for (i = more->first; i != 0; i = m->g.special[i].next)
		if (m->g.special[i].discreet)
			widen(more, &m->g.special[i]);
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
	       !m->ended && (s = first(m, in)) != NULL) {
		any = true;
		turn(m, in, s);
		exch_park_serve(m, in);
	}
	return any;
}
