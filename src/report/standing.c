/*
 * Where an order of the general market stands, from its terms and what the
 * venue told of it: in the book or apart, at which price, and how much of
 * it is displayed.  The rules are those of exch-ordertypes(7).
 */
#include <config.h>

#include "report/track.h"

static exch_qty
least(exch_qty a, exch_qty b)
{
	return a < b ? a : b;
}

static bool
is_conditional(const struct exch_life *o)
{
	return (o->ordflags & EXCH_ORD_AON) != 0 ||
	       (o->terms.min != 0 && o->terms.each);
}

static bool
is_hidden(const struct exch_life *o)
{
	return (o->ordflags & EXCH_ORD_HIDDEN) != 0 || is_conditional(o) ||
	       o->terms.peg == EXCH_PEG_MID;
}

static bool
is_parked(uint8_t type)
{
	return type == EXCH_ORD_STOP || type == EXCH_ORD_STOP_LIMIT ||
	       type == EXCH_ORD_MIT || type == EXCH_ORD_LIT;
}

static bool
is_of_call(uint8_t tif)
{
	return tif == EXCH_TIF_ATO || tif == EXCH_TIF_ATC ||
	       tif == EXCH_TIF_GFA;
}

static bool
takes_part(uint8_t tif, uint8_t cross)
{
	if (tif == EXCH_TIF_ATO)
		return cross == EXCH_CROSS_OPEN;
	if (tif == EXCH_TIF_ATC)
		return cross == EXCH_CROSS_CLOSE;
	return true;
}

static bool
goes_apart(const struct exch_life *o, uint8_t phase, uint8_t cross)
{
	if (o->terms.has_parent)
		return true;
	/* requests for quotes and their answers never match */
	if ((o->ordflags & EXCH_ORD_REQUEST) != 0 || o->terms.answers)
		return true;
	if (is_of_call(o->tif))
		return (o->ordflags & EXCH_ORD_IMBALANCE) != 0 ||
		       phase != EXCH_PHASE_CALL || !takes_part(o->tif, cross);
	return is_parked(o->type) || o->type == EXCH_ORD_PEG ||
	       (phase != EXCH_PHASE_CONTINUOUS && is_conditional(o));
}

/* All of it, the part of an iceberg, or nothing. */
static void
show(struct exch_life *o)
{
	if (o->apart || is_hidden(o))
		o->shown = 0;
	else if (o->terms.display != 0)
		o->shown = least(o->terms.display, o->open);
	else
		o->shown = o->open;
}

bool
exch_stand_in(struct exch_life *o, uint8_t phase, uint8_t cross)
{
	o->apart = goes_apart(o, phase, cross);
	o->working = o->apart ? EXCH_PX_NONE : o->price;
	show(o);
	return o->apart;
}

void
exch_stand_filled(
    struct exch_life *o, uint8_t side, uint8_t aggressor, exch_qty qty)
{
	/*
	 * Only a displayed part is met in the book; what is shown next is
	 * told by a RESTATED behind the execution.  An order that came in,
	 * and an auction, have all of it, and it shows its part again.
	 */
	if (aggressor != EXCH_SIDE_NONE && aggressor != side && o->shown != 0)
		o->shown -= least(o->shown, qty);
	else
		show(o);
}

void
exch_stand_reduced(struct exch_life *o)
{
	/* what is not displayed goes first */
	o->shown = least(o->shown, o->open);
}

enum exch_life_event
exch_stand_restated(struct exch_life *o, const struct exch_rec_restated *r)
{
	bool was_apart = o->apart;

	o->apart = r->reason == EXCH_RESTATE_LEAVE ||
		   (r->reason == EXCH_RESTATE_PEG && r->price == EXCH_PX_NONE);
	o->working = o->apart ? EXCH_PX_NONE : r->price;
	o->shown = r->shown;
	if (r->reason == EXCH_RESTATE_TO_LIMIT) {
		o->type = EXCH_ORD_LIMIT;
		o->price = r->price;
	} else if (r->reason == EXCH_RESTATE_SLIDE ||
		   r->reason == EXCH_RESTATE_BAND) {
		o->price = r->price;
	}
	if (o->apart == was_apart)
		return EXCH_LIFE_RESTATE;
	return o->apart ? EXCH_LIFE_LEAVE : EXCH_LIFE_ENTER;
}

enum exch_life_event
exch_stand_triggered(struct exch_life *o, uint8_t phase, uint8_t cross)
{
	bool market = o->type == EXCH_ORD_STOP || o->type == EXCH_ORD_MIT;

	/* a child whose parent is gone is an order like others now */
	if (o->terms.has_parent) {
		o->terms.has_parent = false;
		return exch_stand_in(o, phase, cross) ? EXCH_LIFE_RESTATE
						      : EXCH_LIFE_TRIGGER;
	}
	o->type = market ? EXCH_ORD_MARKET : EXCH_ORD_LIMIT;
	o->apart = false;
	o->working = market ? EXCH_PX_NONE : o->price;
	show(o);
	return EXCH_LIFE_TRIGGER;
}
