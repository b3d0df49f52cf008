/*
 * What a change of phase does to the orders of the general market, in the
 * order exch-ordertypes(7) gives: the auction, leftovers of its own orders,
 * market-to-limit orders, who leaves the book, who joins it, who has a turn,
 * and who is done for the day.
 */
#include <config.h>

#include "match/general.h"

/* Orders for this call only: what is left of them goes. */
static bool
is_left_over(const struct exch_special *s, uint8_t cross)
{
	return s != NULL && exch_is_call_tif(s->tif) &&
	       exch_in_call(s->tif, cross);
}

static void
drop_slots(struct exch_match *m, struct exch_instr *in, size_t n)
{
	for (size_t k = 0; k < n && !m->ended; k++)
		exch_drop(m, in, exch_special_of(m, m->g.scratch[k]),
		    EXCH_WHY_UNCROSSED);
}

static void
drop_left_over(
    struct exch_match *m, struct exch_instr *in, uint8_t side, uint8_t cross)
{
	exch_slot l = in->book.side[exch_book_index(side)].market;
	struct exch_walk w;
	size_t n = 0;
	uint32_t i;
	exch_slot o;

	if (l != EXCH_SLOT_NONE)
		for (o = exch_book_first(m->store, l); o != EXCH_SLOT_NONE;
		     o = exch_book_after(m->store, o))
			if (is_left_over(exch_special_of(m, o), cross) &&
			    !exch_scratch_add(m, &n, o))
				return;
	exch_walk_first(m, in, side, &w);
	for (; w.o != EXCH_SLOT_NONE; exch_walk_next(m, in, &w))
		if (is_left_over(exch_special_of(m, w.o), cross) &&
		    !exch_scratch_add(m, &n, w.o))
			return;
	for (i = in->more->first; i != 0; i = m->g.special[i].next) {
		const struct exch_special *s = &m->g.special[i];

		if (s->side == side && s->where == EXCH_AT_WAIT &&
		    s->flags & EXCH_ORD_IMBALANCE && is_left_over(s, cross) &&
		    !exch_scratch_add(m, &n, s->slot))
			return;
	}
	drop_slots(m, in, n);
}

/* Market-to-limit orders the auction left get its price as their limit. */
static void
convert(
    struct exch_match *m, struct exch_instr *in, unsigned side, int64_t tick)
{
	exch_slot l = in->book.side[side].market;
	size_t n = 0;
	exch_slot o;

	if (l == EXCH_SLOT_NONE)
		return;
	for (o = exch_book_first(m->store, l); o != EXCH_SLOT_NONE;
	     o = exch_book_after(m->store, o)) {
		const struct exch_special *s = exch_special_of(m, o);

		if (s != NULL && s->type == EXCH_ORD_MTL &&
		    !exch_scratch_add(m, &n, o))
			return;
	}
	for (size_t k = 0; k < n && !m->ended; k++) {
		struct exch_special *s = exch_special_of(m, m->g.scratch[k]);

		exch_special_lift(m, in, s);
		s->type = EXCH_ORD_LIMIT;
		s->price = exch_engine_price(in, tick);
		/* Those with a minimum of each execution wait apart. */
		exch_restated(m, in, s, s->price, s->reserve, s->reserve,
		    EXCH_RESTATE_TO_LIMIT);
		exch_rest_special(m, in, s);
	}
}

typedef bool pick_fn(const struct exch_special *s, uint8_t cross);

static bool
leaves_book(const struct exch_special *s, uint8_t cross)
{
	(void)cross;
	/* In the book itself: without a limit, where trading was stopped. */
	return (s->where == EXCH_AT_DARK || s->where == EXCH_AT_BOOK) &&
	       s->peg == 0 && exch_has_conditions(s);
}

static bool
comes_back(const struct exch_special *s, uint8_t cross)
{
	(void)cross;
	return s->where == EXCH_AT_WAIT && s->peg == 0 &&
	       s->child == EXCH_CHILD_NOT && exch_has_conditions(s);
}

static bool
joins_call(const struct exch_special *s, uint8_t cross)
{
	return s->where == EXCH_AT_WAIT && exch_is_call_tif(s->tif) &&
	       exch_in_call(s->tif, cross) && !(s->flags & EXCH_ORD_IMBALANCE);
}

/* Specials by entry that are meant, in g.scratch. */
static size_t
list(struct exch_match *m, const struct exch_instr *in, pick_fn *pick,
    uint8_t cross)
{
	size_t n = 0;
	uint32_t i = in->more->first;

	for (; i != 0; i = m->g.special[i].next)
		if (pick(&m->g.special[i], cross) &&
		    !exch_scratch_add(m, &n, i))
			break;
	return n;
}

static void
leave(struct exch_match *m, struct exch_instr *in)
{
	size_t n = list(m, in, leaves_book, 0);

	for (size_t k = 0; k < n && !m->ended; k++) {
		struct exch_special *s = &m->g.special[m->g.scratch[k]];

		exch_special_lift(m, in, s);
		exch_restated(
		    m, in, s, s->price, s->reserve, 0, EXCH_RESTATE_LEAVE);
		(void)exch_special_apart(m, in, s, EXCH_AT_WAIT);
	}
}

static void
join_call(struct exch_match *m, struct exch_instr *in, uint8_t cross)
{
	size_t n = list(m, in, joins_call, cross);

	for (size_t k = 0; k < n && !m->ended; k++) {
		struct exch_special *s = &m->g.special[m->g.scratch[k]];
		exch_qty shown;

		exch_special_lift(m, in, s);
		shown =
		    s->peak != 0 && s->peak < s->reserve ? s->peak : s->reserve;
		exch_restated(m, in, s, s->price, s->reserve,
		    exch_special_hidden(s) ? 0 : shown, EXCH_RESTATE_ENTER);
		exch_rest_special(m, in, s);
	}
}

/*
 * Conditional orders have their turns.  One of the list may be gone by then,
 * or have traded; nobody joins it, so that its entry need not be compared.
 */
static void
come_back(struct exch_match *m, struct exch_instr *in)
{
	size_t n = list(m, in, comes_back, 0);

	for (size_t k = 0; k < n && !m->ended; k++) {
		struct exch_special *s = &m->g.special[m->g.scratch[k]];

		if (!comes_back(s, 0))
			continue;
		exch_special_lift(m, in, s);
		exch_restated(
		    m, in, s, s->price, s->reserve, 0, EXCH_RESTATE_ENTER);
		exch_turn_special(
		    m, in, s, s->type, exch_spot_of(in, s->price));
		exch_park_serve(m, in);
	}
}

static bool
ends_call(const struct exch_instr *in, const struct exch_rec_phase *p)
{
	return in->phase == EXCH_PHASE_CALL &&
	       (p->phase != EXCH_PHASE_CALL || p->cross != in->cross);
}

/* Everything up to the moment the new phase holds. */
static void
end_phase(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec_phase *p)
{
	bool opens = p->phase == EXCH_PHASE_CONTINUOUS;
	bool uncrosses = exch_phase_uncrosses(in->phase, p);
	bool priced = false;
	int64_t tick = 0;

	if (uncrosses)
		priced = exch_general_uncross(m, in, exch_phase_cross(in),
		    in->phase == EXCH_PHASE_CALL, &tick);
	if (ends_call(in, p)) {
		drop_left_over(m, in, EXCH_BUY, in->cross);
		drop_left_over(m, in, EXCH_SELL, in->cross);
	}
	if (uncrosses && opens &&
	    exch_general_uncross_rest(m, in, exch_phase_cross(in), &tick))
		priced = true;
	if (priced && opens) {
		convert(m, in, 0, tick);
		convert(m, in, 1, tick);
	}
}

void
exch_general_phase(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec_phase *p)
{
	uint8_t was = in->phase, was_cross = in->cross;
	struct exch_which day = {.of_day = true};

	if (exch_more_get(m, in) == NULL)
		return;
	if (in->more->guard.luld != NULL)
		in->more->guard.luld->opened = EXCH_PX_NONE;
	end_phase(m, in, p);
	if (m->guarded)
		exch_monitor_phase(m, in, p);
	in->phase = p->phase;
	if (p->phase == EXCH_PHASE_CALL)
		in->cross = p->cross;
	if (p->phase == EXCH_PHASE_CONTINUOUS ||
	    p->phase == EXCH_PHASE_CLOSED || p->phase == EXCH_PHASE_END)
		exch_engine_drop_market(m, in);
	if (m->guarded)
		exch_luld_phase(m, in, was);
	if (was == EXCH_PHASE_CONTINUOUS && p->phase != EXCH_PHASE_CONTINUOUS) {
		leave(m, in);
		exch_peg_rounds(m, in);
	}
	if (p->phase == EXCH_PHASE_CALL &&
	    (was != EXCH_PHASE_CALL || was_cross != p->cross))
		join_call(m, in, p->cross);
	if (p->phase == EXCH_PHASE_CONTINUOUS && was != EXCH_PHASE_CONTINUOUS) {
		come_back(m, in);
		if (in->last != EXCH_TICK_MARKET)
			exch_park_event(
			    m, in, (struct exch_spot){in->last, in->last_half});
	}
	if (p->phase == EXCH_PHASE_END) {
		if (m->guarded) {
			exch_guard_day(m, in);
			exch_breaker_day(m, in);
		}
		(void)exch_mass_drop(m, in, &day, EXCH_WHY_EXPIRED);
	}
	exch_general_after(m, in);
}
