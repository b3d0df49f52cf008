/*
 * Pegs: orders whose price follows the best displayed prices.  After a
 * command each peg of the instrument is looked at in order of entry; one
 * whose price is another one now comes in anew.
 */
#include <config.h>

#include "base/check.h"
#include "match/general.h"
#include "match/part.h"

/* A peg moves at most so many times in the wake of one command. */
#define ROUNDS 16

/* The best displayed price of a side among orders that are not pegs. */
static bool
reference(const struct exch_match *m, const struct exch_instr *in,
    unsigned side, int64_t *tick)
{
	const struct exch_slot_data *slot = exch_book_slots(m->store);
	exch_slot l = in->book.side[side].best;

	for (; l != EXCH_SLOT_NONE;
	     l = exch_book_worse(m->store, &in->book, l)) {
		exch_slot o = exch_book_first(m->store, l);

		for (; o != EXCH_SLOT_NONE; o = exch_book_after(m->store, o)) {
			const struct exch_special *s = exch_special_of(m, o);

			if (s == NULL || s->peg == 0) {
				*tick = slot[l].tick;
				return true;
			}
		}
	}
	return false;
}

/* The best prices a round goes by. */
struct quote {
	bool has[2];
	int64_t tick[2];
};

static struct exch_spot
middle(const struct exch_instr *in, const struct quote *q)
{
	/* Ticks are far from the ends where both sides rest. */
	exch_i128 sum = (exch_i128)q->tick[0] + q->tick[1];
	exch_i128 half = sum / 2 - (sum % 2 < 0);

	return (struct exch_spot){
	    (int64_t)half, sum % 2 != 0 && in->tick.d % 2 == 0};
}

/* Keep within a limit: for buys not above, for sells not below. */
static struct exch_spot
within(uint8_t side, struct exch_spot p, struct exch_spot limit)
{
	return exch_spot_reaches(side, limit, p) ? p : limit;
}

/* Only a future has prices of nothing, or of less. */
static bool
is_price(const struct exch_instr *in, struct exch_spot p)
{
	if (!exch_spot_fits(in, p))
		return false;
	return in->kind == EXCH_KIND_FUTURE || p.tick > 0 ||
	       (p.tick == 0 && p.half);
}

/* Where the peg stands by this quote; false: it waits. */
static bool
working(const struct exch_instr *in, const struct exch_special *s,
    const struct quote *q, struct exch_spot *p)
{
	unsigned own = exch_book_index(s->side);
	unsigned from = s->peg == EXCH_PEG_PRIMARY ? own : !own;
	int64_t offset;

	if (in->phase != EXCH_PHASE_CONTINUOUS)
		return false;
	if (s->peg == EXCH_PEG_MID) {
		if (!q->has[0] || !q->has[1] || q->tick[0] >= q->tick[1])
			return false;
		*p = middle(in, q);
	} else {
		if (!q->has[from])
			return false;
		(void)exch_engine_tick_floor(in, s->offset, &offset);
		*p = (struct exch_spot){0, false};
		if (__builtin_add_overflow(q->tick[from], offset, &p->tick))
			return false;
		if (q->has[!own])
			*p = within(s->side, *p,
			    (struct exch_spot){
				q->tick[!own] + (own == 1 ? 1 : -1), false});
	}
	*p = within(s->side, *p, exch_spot_of(in, s->price));
	return is_price(in, *p);
}

/* In a market at the midpoint: of what the other venues show. */
bool
exch_peg_mid(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_special *s, struct exch_spot *p)
{
	if (in->phase != EXCH_PHASE_CONTINUOUS || !exch_mid_spot(m, in, p))
		return false;
	*p = within(s->side, *p, exch_spot_of(in, s->price));
	return is_price(in, *p);
}

/* It stands at this price from now on, or waits; false: as before. */
static bool
move(struct exch_match *m, struct exch_instr *in, struct exch_special *s,
    struct exch_spot p, exch_px price)
{
	exch_qty leaves;

	if (price == s->working)
		return false;
	exch_special_lift(m, in, s);
	s->working = price;
	leaves = s->reserve;
	exch_restated(m, in, s, price, leaves,
	    price == EXCH_PX_NONE || exch_special_hidden(s) ? 0 : leaves,
	    EXCH_RESTATE_PEG);
	if (price == EXCH_PX_NONE) {
		(void)exch_special_apart(m, in, s, EXCH_AT_WAIT);
		return true;
	}
	exch_turn_special(m, in, s, EXCH_ORD_LIMIT, p);
	exch_park_serve(m, in);
	return true;
}

/* Away from the other side, where it meets nobody. */
static bool
recedes(const struct exch_special *s, exch_px price)
{
	if (s->working == EXCH_PX_NONE || price == EXCH_PX_NONE)
		return false;
	return s->side == EXCH_BUY ? price < s->working : price > s->working;
}

/*
 * In a market at the midpoint those that recede go first, `back`: one whose
 * limit held it short of the old middle would else be met there, by another
 * that is at the new one already.
 */
static bool
look_mid(struct exch_match *m, struct exch_instr *in, struct exch_special *s,
    bool back)
{
	struct exch_spot p = {0, false};
	exch_px price = EXCH_PX_NONE;

	if (exch_peg_mid(m, in, s, &p))
		price = exch_spot_price(in, p);
	if (back && !recedes(s, price))
		return false;
	return move(m, in, s, p, price);
}

/* One peg; true if it moved. */
static bool
look(struct exch_match *m, struct exch_instr *in, struct exch_special *s,
    bool back)
{
	struct quote q;
	struct exch_spot p = {0, false};
	exch_px price = EXCH_PX_NONE;

	if (exch_is_stopped(in))
		return false;
	if (exch_mid_is(m))
		return look_mid(m, in, s, back);
	q.has[0] = reference(m, in, 0, &q.tick[0]);
	q.has[1] = reference(m, in, 1, &q.tick[1]);
	if (working(in, s, &q, &p))
		price = exch_spot_price(in, p);
	return move(m, in, s, p, price);
}

/* Pegs by entry; a peg that goes takes its number with it. */
static bool
round_once(struct exch_match *m, struct exch_instr *in, bool back)
{
	bool moved = false;
	size_t n = 0;
	uint32_t i;

	for (i = in->more->first; i != 0; i = m->g.special[i].next)
		if (m->g.special[i].peg != 0 && !exch_scratch_add(m, &n, i))
			return false;
	for (size_t k = 0; k < n && !m->ended; k++) {
		struct exch_special *s = &m->g.special[m->g.scratch[k]];

		/* A child may come in in the middle of a round. */
		if (s->entry != 0 && s->child == EXCH_CHILD_NOT)
			moved |= look(m, in, s, back);
	}
	return moved;
}

void
exch_peg_rounds(struct exch_match *m, struct exch_instr *in)
{
	if (in->more->npeg == 0)
		return;
	if (exch_mid_is(m))
		(void)round_once(m, in, true); /* what moved is looked at */
	for (unsigned k = 0; k < ROUNDS && round_once(m, in, false); k++)
		;
	if (exch_mid_is(m))
		exch_mid_followed(m, in);
}

void
exch_settle(struct exch_match *m, struct exch_instr *in)
{
	do
		exch_peg_rounds(m, in);
	while (exch_discretion_look(m, in) && !m->ended);
}

void
exch_settle_mark(struct exch_match *m, struct exch_instr *in)
{
	if (in->more->dirty)
		return;
	in->more->dirty = true;
	m->hand.ndirty++;
}

void
exch_peg_mark(struct exch_match *m, struct exch_instr *in)
{
	if (in->more != NULL && in->more->npeg != 0)
		exch_settle_mark(m, in);
}

/*
 * The first instrument in need, by id; there is one.  Those of other shards
 * are looked at by who is alone only.
 */
static struct exch_instr *
first_dirty(const struct exch_match *m)
{
	struct exch_instr *in = NULL;

	do {
		in = exch_engine_after(m, in);
		exch_check(in != NULL);
	} while ((m->all->apart && in->shard != m->no) || in->more == NULL ||
		 !in->more->dirty);
	return in;
}

void
exch_peg_elsewhere(struct exch_match *m)
{
	/* An interruption in here comes back to here: the loop goes on. */
	if (m->hand.elsewhere || m->hand.phases)
		return;
	m->hand.elsewhere = true;
	while (m->hand.ndirty != 0 && !m->ended) {
		struct exch_instr *in = first_dirty(m);
		struct exch_match *h = exch_visit(m, in);

		exch_part_settle(h, in->book.instr);
		in->more->dirty = false;
		h->hand.ndirty--;
		exch_settle(h, in);
		exch_monitor_interrupt(h, in);
		exch_back(m, h);
	}
	m->hand.elsewhere = false;
}
