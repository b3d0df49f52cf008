/*
 * Orders that wait for a price: every execution in continuous trading is an
 * event that moves trailing stops and triggers orders; these are served in
 * the order of their events once the order in hand is done.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/check.h"
#include "match/general.h"
#include "match/part.h"

/* The grid's neighbour of an exact price: below, or above. */
static exch_px
on_grid(const struct exch_instr *in, exch_i128 price, bool up)
{
	exch_i128 d = (exch_i128)in->tick.d;
	exch_i128 q = price / d - (price % d < 0);

	if (up && q * d != price)
		q++;
	q *= d;
	if (q > EXCH_PX_NONE - 1)
		return EXCH_PX_NONE - 1 - (EXCH_PX_NONE - 1) % (exch_px)d;
	if (q < -EXCH_PX_NONE)
		return -EXCH_PX_NONE + EXCH_PX_NONE % (exch_px)d;
	return (exch_px)q;
}

exch_px
exch_trail_stop(const struct exch_instr *in, const struct exch_special *s)
{
	/* Percent are in 10^-6 of one: exact until the grid rounds. */
	exch_i128 unit = 100000000;
	exch_i128 far = (exch_i128)s->trail;
	exch_i128 x = s->extreme;
	exch_i128 exact, floor;

	if (s->trail_kind == EXCH_TRAIL_AMOUNT)
		return on_grid(in, s->side == EXCH_SELL ? x - far : x + far,
		    s->side == EXCH_BUY);
	exact = x * unit + (s->side == EXCH_SELL ? -x * far : x * far);
	floor = exact / unit - (exact % unit < 0);
	if (s->side == EXCH_SELL)
		return on_grid(in, floor, false);
	return on_grid(in, floor + (floor * unit != exact), true);
}

/* A new extreme moves the stop along. */
static void
trail(struct exch_match *m, struct exch_instr *in, struct exch_special *s,
    exch_px price)
{
	exch_px stop;

	if (s->side == EXCH_SELL ? price <= s->extreme : price >= s->extreme)
		return;
	s->extreme = price;
	stop = exch_trail_stop(in, s);
	if (stop == s->stop)
		return;
	exch_special_lift(m, in, s);
	s->stop = stop;
	(void)exch_special_apart(m, in, s, EXCH_AT_STOPS);
}

void
exch_trail_join(struct exch_more *more, const struct exch_special *s)
{
	exch_px *still = &more->still[exch_book_index(s->side)];

	if (*still == EXCH_PX_NONE ||
	    (s->side == EXCH_BUY ? s->extreme > *still : s->extreme < *still))
		*still = s->extreme;
}

/* Is the price an extreme for some? */
static bool
moves(const struct exch_more *more, exch_px price)
{
	return (more->still[0] != EXCH_PX_NONE && price < more->still[0]) ||
	       (more->still[1] != EXCH_PX_NONE && price > more->still[1]);
}

static void
trail_all(struct exch_match *m, struct exch_instr *in, exch_px price)
{
	struct exch_more *more = in->more;
	uint32_t i = more->first;

	if (!moves(more, price))
		return;
	more->still[0] = more->still[1] = EXCH_PX_NONE;
	for (; i != 0; i = m->g.special[i].next) {
		struct exch_special *s = &m->g.special[i];

		m->st.walked++;
		if (s->trail == 0 || s->where != EXCH_AT_STOPS)
			continue;
		trail(m, in, s, price);
		exch_trail_join(more, s);
	}
}

bool
exch_park_push(struct exch_match *m, struct exch_special *s, exch_px price)
{
	struct exch_hand *g = &m->hand;

	if (g->queue_n == g->queue_cap) {
		size_t cap = g->queue_cap * 2 + 16;
		struct exch_triggered *q =
		    exch_realloc(g->queue, cap, sizeof(*q));

		if (q == NULL) {
			m->ended = true;
			return false;
		}
		g->queue = q;
		g->queue_cap = cap;
	}
	g->queue[g->queue_n] = (struct exch_triggered){
	    exch_special_index(m, s), s->instr, s->entry, price, 0, 0};
	exch_part_pushed(m, &g->queue[g->queue_n++]);
	return true;
}

/* Of one event, the earlier entry goes first. */
static void
sort_from(struct exch_hand *g, size_t from)
{
	struct exch_triggered *q = g->queue;
	size_t n = g->queue_n, i, gap;

	/* Shell's sort: no memory, and short runs are the rule. */
	for (gap = (n - from) / 2; gap > 0; gap /= 2)
		for (i = from + gap; i < n; i++) {
			struct exch_triggered t = q[i];
			size_t j = i;

			for (; j >= from + gap && q[j - gap].entry > t.entry;
			     j -= gap)
				q[j] = q[j - gap];
			q[j] = t;
		}
}

/* Those that stand before the price on one side of the parking. */
static bool
trigger(struct exch_match *m, struct exch_instr *in, unsigned side,
    struct exch_spot p)
{
	struct exch_book *stops = &in->more->stops;
	exch_px price = exch_spot_price(in, p);
	exch_slot l;

	while ((l = stops->side[side].best) != EXCH_SLOT_NONE) {
		int64_t tick = exch_book_slots(m->store)[l].tick;
		struct exch_special *s;

		/* Index 1: rising prices trigger; 0: falling ones. */
		if (side == 1 ? tick > p.tick : tick < p.tick + p.half)
			return true;
		s = exch_special_of(m, exch_book_first(m->store, l));
		if (!exch_park_push(m, s, price))
			return false;
		exch_special_lift(m, in, s);
		s->where = EXCH_AT_QUEUE;
	}
	return true;
}

void
exch_park_event(struct exch_match *m, struct exch_instr *in, struct exch_spot p)
{
	size_t from = m->hand.queue_n;

	if (in->more == NULL || exch_book_is_empty(&in->more->stops))
		return;
	if (in->more->ntrail != 0)
		trail_all(m, in, exch_spot_price(in, p));
	if (trigger(m, in, 0, p) && trigger(m, in, 1, p) &&
	    m->hand.queue_n - from > 1)
		sort_from(&m->hand, from);
}

static void
serve(struct exch_match *m, struct exch_instr *in, struct exch_special *s,
    exch_px price)
{
	bool market = s->type == EXCH_ORD_STOP || s->type == EXCH_ORD_MIT;
	struct exch_rec_triggered *r;

	if (s->child != EXCH_CHILD_NOT) {
		exch_child_serve(m, in, s);
		return;
	}
	r = exch_engine_emit(m, EXCH_REC_TRIGGERED, sizeof(*r), in->book.instr);
	r->order = s->id;
	r->price = price;
	/* Alive from here on, and no longer in the queue. */
	s->type = market ? EXCH_ORD_MARKET : EXCH_ORD_LIMIT;
	in->more->ntrail -= s->trail != 0;
	s->trail = 0;
	if (s->oco != 0)
		exch_oco_fire(m, s->oco, s->account, s);
	exch_turn_special(m, in, s, s->type,
	    exch_spot_of(in, market ? EXCH_PX_NONE : s->price));
}

/* Its turn, unless what it waits in is to be left as it is. */
static bool
serve_one(struct exch_match *m, struct exch_instr *in,
    const struct exch_triggered *t, bool other)
{
	struct exch_special *s = &m->g.special[t->special];

	/* What OCO took away meanwhile is not there any more. */
	if (s->entry != t->entry)
		return true;
	/* While all change it is in its old phase still. */
	if (other && m->hand.phases)
		return false;
	if (other)
		exch_settle_mark(m, in);
	serve(m, in, s, t->price);
	return true;
}

void
exch_park_serve(struct exch_match *m, struct exch_instr *in)
{
	size_t later = 0;

	while (m->hand.queue_at < m->hand.queue_n && !m->ended) {
		struct exch_triggered t = m->hand.queue[m->hand.queue_at++];
		struct exch_instr *at = exch_engine_instr(m, t.instr);
		struct exch_match *h;
		bool served;

		exch_check(at != NULL);
		h = exch_visit(m, at);
		exch_part_turn(h, &t, in != NULL);
		/* Mass cancels and OCO reach other instruments. */
		served = serve_one(h, at, &t, at != in);
		exch_back(m, h);
		if (!served)
			m->hand.queue[later++] = t;
	}
	m->hand.queue_at = 0;
	m->hand.queue_n = later;
}
