/*
 * A market at the midpoint, exch-market(5), midpoint: a dark pool.  Its orders
 * are hidden pegs to the middle of the best prices that the other venues of
 * the same thing (ref/venue.h) display.
 *
 * These books stand in the same engine, so that their prices are those of the
 * stream, and whoever matches it again has the same.  Behind each command the
 * pegs of those markets that it may concern are looked at: an event of its
 * own behind that of the command.
 */
#include <config.h>

#include <string.h>

#include "match/general.h"
#include "ref/venue.h"

bool
exch_mid_is(const struct exch_match *m)
{
	return m->o.market != NULL && m->o.market->midpoint;
}

static const struct exch_match *
owner_of(const struct exch_match *m, const struct exch_instr *in)
{
	return m->all->shard[in->shard];
}

/* ---- one thing at several venues: a ring by ids ---- */

/* How much of its symbol names the thing. */
static size_t
thing_of(const struct exch_instr *in)
{
	return exch_venue_thing(in->symbol, exch_venue_len(in->symbol));
}

static bool
same_thing(const struct exch_instr *x, const struct exch_instr *in, size_t n)
{
	return memcmp(x->symbol, in->symbol, n) == 0 && thing_of(x) == n;
}

static void
leave(const struct exch_match *m, struct exch_instr *in)
{
	struct exch_instr *x = in;

	while (x->sibling != in->book.instr)
		x = exch_engine_instr(m, x->sibling);
	x->sibling = in->sibling;
	in->sibling = 0;
}

void
exch_mid_announced(const struct exch_match *m, struct exch_instr *in)
{
	size_t n = thing_of(in);
	struct exch_instr *x = NULL;

	if (!m->all->midpoints)
		return;
	if (in->sibling != 0) {
		x = exch_engine_instr(m, in->sibling);
		if (x != in && same_thing(x, in, n))
			return;
		leave(m, in); /* its symbol may be another one */
		x = NULL;
	}
	in->sibling = in->book.instr;
	while ((x = exch_engine_after(m, x)) != NULL) {
		if (x == in || x->sibling == 0 || !same_thing(x, in, n))
			continue;
		in->sibling = x->sibling;
		x->sibling = in->book.instr;
		return;
	}
}

/* ---- the middle ---- */

/* The best displayed price of a side there, or none. */
static exch_px
best(const struct exch_match *m, const struct exch_instr *x, unsigned side)
{
	exch_slot l = x->book.side[side].best;

	if (l == EXCH_SLOT_NONE)
		return EXCH_PX_NONE;
	return exch_engine_price(x, exch_book_slots(m->store)[l].tick);
}

/* Of all venues that show prices and trade; none where nobody does. */
static void
best_of_all(
    const struct exch_match *m, const struct exch_instr *in, exch_px px[2])
{
	const struct exch_instr *x = in;

	px[0] = px[1] = EXCH_PX_NONE;
	while ((x = exch_engine_instr(m, x->sibling)) != NULL && x != in) {
		const struct exch_match *h = owner_of(m, x);
		exch_px bid = best(h, x, 0), offer = best(h, x, 1);

		if (exch_mid_is(h) || x->phase != EXCH_PHASE_CONTINUOUS)
			continue;
		if (bid != EXCH_PX_NONE &&
		    (px[0] == EXCH_PX_NONE || bid > px[0]))
			px[0] = bid;
		if (offer != EXCH_PX_NONE &&
		    (px[1] == EXCH_PX_NONE || offer < px[1]))
			px[1] = offer;
	}
}

bool
exch_mid_spot(const struct exch_match *m, const struct exch_instr *in,
    struct exch_spot *p)
{
	exch_i128 d = (exch_i128)in->tick.d, twice, halves;
	exch_px px[2];

	best_of_all(m, in, px);
	if (px[0] == EXCH_PX_NONE || px[1] == EXCH_PX_NONE || px[0] >= px[1])
		return false;
	/* In half ticks, down to one where the other venues' are finer. */
	twice = (exch_i128)px[0] + px[1];
	halves = twice / d - (twice % d < 0);
	p->tick = (int64_t)(halves / 2 - (halves % 2 < 0));
	p->half = halves % 2 != 0 && in->tick.d % 2 == 0;
	return true;
}

/* ---- behind a command ---- */

static exch_px
middle(const struct exch_match *m, const struct exch_instr *in)
{
	struct exch_spot p;

	return exch_mid_spot(m, in, &p) ? exch_spot_price(in, p) : EXCH_PX_NONE;
}

void
exch_mid_followed(const struct exch_match *m, struct exch_instr *in)
{
	in->more->followed =
	    in->phase == EXCH_PHASE_CONTINUOUS && !exch_is_stopped(in);
	in->more->mid = middle(m, in);
}

/* Most commands leave the middle where it is, and the pegs with it. */
static bool
has_to(const struct exch_match *h, const struct exch_instr *in)
{
	const struct exch_more *more = in->more;

	return exch_mid_is(h) && more != NULL && more->npeg != 0 &&
	       !(more->followed && more->mid == middle(h, in));
}

static void
follow(struct exch_match *m, struct exch_instr *in)
{
	struct exch_match *h;

	if (!has_to(owner_of(m, in), in))
		return;
	h = exch_visit(m, in);
	h->last = NULL;
	exch_general_after(h, in);
	if (h->last != NULL)
		h->last->flags |= EXCH_F_LAST;
	exch_back(m, h);
}

void
exch_mid_follow(struct exch_match *m, uint32_t instr)
{
	struct exch_instr *in = exch_engine_instr(m, instr), *x = in;

	if (in == NULL) {
		while ((x = exch_engine_after(m, x)) != NULL && !m->ended)
			follow(m, x);
		return;
	}
	while ((x = exch_engine_instr(m, x->sibling)) != NULL && x != in &&
	       !m->ended)
		follow(m, x);
}
