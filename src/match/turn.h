/*
 * What the turn of an order (turn.c) and the counting of what it would find
 * (found.c) have in common: both must pass over the same resting orders and
 * end at the same.
 */
#ifndef EXCH_MATCH_TURN_H
#define EXCH_MATCH_TURN_H

#include "match/general.h"

static inline exch_qty
exch_least(exch_qty a, exch_qty b)
{
	return a < b ? a : b;
}

/* The quantity each execution of it has to have, 0 for any. */
static inline exch_qty
exch_min_each(const struct exch_special *s)
{
	return s != NULL && !s->min_total ? s->min : 0;
}

/*
 * Whether an incoming order with `left` to trade passes over a resting one
 * of `qty`.
 */
static inline bool
exch_turn_skips(const struct exch_special *incoming, exch_qty left,
    const struct exch_special *resting, exch_qty qty)
{
	exch_qty now = exch_least(left, qty);

	if (resting != NULL && (resting->flags & EXCH_ORD_AON) != 0 &&
	    left < qty)
		return true;
	return now < exch_least(exch_min_each(resting), qty) ||
	       now < exch_least(exch_min_each(incoming), left);
}

/* Is what rests at this price passed over, whoever comes? */
static inline bool
exch_turn_outside(
    const struct exch_match *m, const struct exch_instr *in, struct exch_spot p)
{
	return m->guarded && exch_luld_outside(in, exch_spot_price(in, p));
}

/*
 * A market-to-limit order never leaves the price it has traded at: how far
 * it reaches once it executed there.
 */
static inline void
exch_turn_hold(
    const struct exch_turn *t, struct exch_spot p, struct exch_spot *reach)
{
	if (t->type == EXCH_ORD_MTL)
		*reach = p;
}

/*
 * An order in the words of an allocation by receipt, which are of the moment
 * it came in: what it has left, or shows, would change its place under way.
 * All orders of such a market are specials.
 */
static inline struct exch_alloc_order
exch_turn_receipt(const struct exch_match *m, exch_slot o)
{
	const struct exch_special *s = exch_special_of(m, o);

	return (struct exch_alloc_order){
	    .qty = s->came, .time = s->time, .entry = s->entry};
}

/* Does self-trade prevention come between the two? */
bool exch_turn_prevents(
    const struct exch_match *m, const struct exch_turn *t, exch_slot o);

/* ---- found.c ---- */

/* How much the order would find; that is what it gets. */
exch_qty exch_turn_finds(struct exch_match *m, const struct exch_instr *in,
    const struct exch_turn *t);

#endif
