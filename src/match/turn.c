/*
 * The turn of an incoming order in the general market: the walk over the
 * resting orders with their conditions, self-trade prevention, refreshing
 * icebergs, and what becomes of the remainder.  What it would find, found.c
 * counts.
 */
#include <config.h>

#include "base/err.h"
#include "match/turn.h"

/* ---- icebergs ---- */

exch_qty
exch_next_peak(
    struct exch_match *m, const struct exch_instr *in, struct exch_special *s)
{
	exch_qty lots = s->peak / in->lot;
	exch_qty width = (exch_qty)((exch_u128)lots * s->vary / 100);
	uint64_t x = m->g.seed ^ s->id * UINT64_C(0x9e3779b97f4a7c15);

	s->refreshes++;
	if (width == 0)
		return s->peak;
	x ^= s->refreshes * UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	x ^= x >> 31;
	lots = lots - width + x % (2 * width + 1);
	return (lots > 0 ? lots : 1) * in->lot;
}

/* What it showed is gone: the next part goes to the back of the queue. */
void
exch_turn_refresh(struct exch_match *m, struct exch_instr *in,
    struct exch_special *s, struct exch_spot at)
{
	exch_qty leaves = s->reserve;
	exch_qty shown = exch_least(exch_next_peak(m, in, s), leaves);
	struct exch_book_order b = {.id = s->id,
	    .tick = at.tick,
	    .qty = shown,
	    .owner = EXCH_SPECIAL | exch_special_index(m, s),
	    .side = s->side,
	    .fresh = true};
	int err = exch_book_add(m->store, &in->book, &b, &s->slot);

	(void)exch_engine_goes_on(m); /* a step later it is seen */
	if (err == EXCH_OK) {
		s->where = EXCH_AT_BOOK;
		s->reserve = leaves - shown;
		/* Whoever goes to the back is not the first any more. */
		if (in->more->top[exch_book_index(s->side)] == s->slot)
			in->more->top[exch_book_index(s->side)] =
			    EXCH_SLOT_NONE;
		exch_restated(m, in, s, exch_spot_price(in, at), leaves, shown,
		    EXCH_RESTATE_REFRESH);
	} else if (err == EXCH_ERR_RANGE) {
		exch_drop(m, in, s, EXCH_WHY_CAPACITY);
	} else {
		m->ended = true;
	}
}

/* ---- executions ---- */

static void
tell_exec(struct exch_match *m, struct exch_instr *in, struct exch_turn *t,
    exch_oid resting, struct exch_spot p, exch_qty qty)
{
	bool buys = t->side == EXCH_BUY;
	exch_px price = exch_spot_price(in, p);
	struct exch_rec_exec *r;

	if (m->guarded)
		exch_guard_prints(m, in, price);
	r = exch_engine_emit(m, EXCH_REC_EXEC, sizeof(*r), in->book.instr);
	r->match = ++in->match;
	r->buy = buys ? t->id : resting;
	r->sell = buys ? resting : t->id;
	r->price = price;
	r->qty = qty;
	r->aggressor = t->side;
	in->last = p.tick;
	in->last_half = p.half;
	m->st.execs++;
	if (m->o.expect)
		exch_engine_pend(m, in, resting, price, qty, t->side);
}

static struct exch_book *
book_at(struct exch_instr *in, const struct exch_walk *w)
{
	return w->b == 0   ? &in->book
	       : w->b == 1 ? &in->more->dark
			   : &in->more->half;
}

/* Take an executed quantity from a resting special. */
static void
fill_special(struct exch_match *m, struct exch_instr *in,
    const struct exch_walk *w, struct exch_special *s, exch_qty qty)
{
	if (qty < exch_book_slots(m->store)[w->o].qty) {
		exch_book_reduce(m->store, w->o, qty);
		return;
	}
	exch_book_remove(m->store, book_at(in, w), w->o);
	s->slot = EXCH_SLOT_NONE;
	s->where = EXCH_AT_NONE;
	if (s->reserve > 0)
		exch_turn_refresh(m, in, s, w->p);
	else
		exch_special_free(m, in, s);
}

/* Trade qty with the order the walk stands at. */
void
exch_turn_trade(struct exch_match *m, struct exch_instr *in,
    struct exch_turn *t, const struct exch_walk *w, exch_qty qty)
{
	struct exch_special *s = exch_special_of(m, w->o);
	uint64_t entry = s != NULL ? s->entry : 0;
	uint64_t oco = s != NULL ? s->oco : 0;
	uint32_t account = s != NULL ? s->account : 0;

	if (s != NULL)
		s->executed += qty;
	tell_exec(m, in, t, exch_book_slots(m->store)[w->o].id, w->p, qty);
	t->left -= qty;
	t->traded = true;
	t->last = w->p;
	exch_turn_hold(t, w->p, &t->reach);
	if (t->s != NULL) {
		t->s->reserve = t->left;
		t->s->executed += qty;
	}
	if (s != NULL)
		fill_special(m, in, w, s, qty);
	else
		exch_book_fill(m->store, book_at(in, w), w->o, qty);
	exch_park_event(m, in, w->p);
	if (oco != 0)
		exch_oco_fire(m, oco, account, s->entry == entry ? s : NULL);
	if (t->s != NULL && t->s->oco != 0)
		exch_oco_fire(m, t->s->oco, t->s->account, t->s);
	if (t->s != NULL && t->s->where == EXCH_AT_NONE)
		t->over = true;
}

/* ---- self-trade prevention ---- */

static void
drop_resting(struct exch_match *m, struct exch_instr *in,
    const struct exch_walk *w, enum exch_reason why)
{
	struct exch_special *s = exch_special_of(m, w->o);
	struct exch_slot_data v = exch_book_slots(m->store)[w->o];

	if (s != NULL) {
		exch_drop(m, in, s, why);
		return;
	}
	exch_book_remove(m->store, book_at(in, w), w->o);
	exch_engine_cancelled(
	    m, in->book.instr, v.id, v.qty, (uint16_t)why, false);
}

/* The incoming order ends here; its rest is cancelled. */
static void
end_turn(struct exch_match *m, struct exch_instr *in, struct exch_turn *t,
    enum exch_reason why)
{
	exch_engine_cancelled(
	    m, in->book.instr, t->id, t->left, (uint16_t)why, false);
	t->over = true;
}

/* Both lose what the smaller has. */
static void
decrement(struct exch_match *m, struct exch_instr *in, struct exch_turn *t,
    const struct exch_walk *w)
{
	struct exch_special *s = exch_special_of(m, w->o);
	exch_oid id = exch_book_slots(m->store)[w->o].id;
	exch_qty full = exch_full_qty(m, w->o);
	exch_qty q = exch_least(t->left, full);

	if (q == full) {
		drop_resting(m, in, w, EXCH_WHY_SELF_TRADE);
	} else {
		exch_qty hidden = s != NULL ? exch_least(s->reserve, q) : 0;

		if (s != NULL)
			s->reserve -= hidden;
		if (q > hidden)
			exch_book_reduce(m->store, w->o, q - hidden);
		exch_engine_cancelled(
		    m, in->book.instr, id, q, EXCH_WHY_SELF_TRADE, true);
	}
	t->left -= q;
	if (t->s != NULL)
		t->s->reserve = t->left;
	exch_engine_cancelled(
	    m, in->book.instr, t->id, q, EXCH_WHY_SELF_TRADE, t->left > 0);
	t->over = t->left == 0;
}

static void
prevent(struct exch_match *m, struct exch_instr *in, struct exch_turn *t,
    const struct exch_walk *w)
{
	switch (t->stp) {
	case EXCH_STP_NEWEST:
		end_turn(m, in, t, EXCH_WHY_SELF_TRADE);
		break;
	case EXCH_STP_OLDEST:
		drop_resting(m, in, w, EXCH_WHY_SELF_TRADE);
		break;
	case EXCH_STP_BOTH:
		drop_resting(m, in, w, EXCH_WHY_SELF_TRADE);
		end_turn(m, in, t, EXCH_WHY_SELF_TRADE);
		break;
	default:
		decrement(m, in, t, w);
		break;
	}
}

/* ---- the walk ---- */

/* Is the price one at which the market stops? */
static inline bool
stops(struct exch_match *m, struct exch_instr *in, struct exch_spot p)
{
	return m->guarded && exch_monitor_stops(m, in, p);
}

/*
 * Where orders share a level: own ones that could trade are dealt with
 * first, one at a time; then the others get their parts.
 */
static bool
share(struct exch_match *m, struct exch_instr *in, struct exch_turn *t,
    struct exch_walk *w)
{
	exch_slot o = w->o;

	for (; o != EXCH_SLOT_NONE; o = exch_book_after(m->store, o))
		if (exch_turn_prevents(m, t, o)) {
			w->o = o;
			prevent(m, in, t, w);
			return true;
		}
	return !stops(m, in, w->p) && exch_share_level(m, in, t, w);
}

/* One queue by receipt over all prices the order reaches. */
static bool
step_by_time(struct exch_match *m, struct exch_instr *in, struct exch_turn *t)
{
	struct exch_walk w, best = {.o = EXCH_SLOT_NONE};
	struct exch_alloc_order first = {0};
	exch_qty qty = 0; /* of the best */

	exch_walk_first(m, in, exch_other_side(t->side), &w);
	for (; w.o != EXCH_SLOT_NONE; exch_walk_next(m, in, &w)) {
		struct exch_alloc_order a = exch_turn_receipt(m, w.o);
		exch_qty has = exch_book_slots(m->store)[w.o].qty;

		if (!exch_spot_reaches(t->side, t->reach, w.p))
			break;
		if (exch_turn_outside(m, in, w.p) ||
		    exch_turn_skips(
			t->s, t->left, exch_special_of(m, w.o), has))
			continue;
		if (best.o == EXCH_SLOT_NONE || exch_alloc_before(&a, &first)) {
			best = w;
			first = a;
			qty = has;
		}
	}
	if (best.o == EXCH_SLOT_NONE)
		return false;
	if (exch_turn_prevents(m, t, best.o))
		prevent(m, in, t, &best);
	else if (stops(m, in, best.p))
		return false;
	else
		exch_turn_trade(m, in, t, &best, exch_least(t->left, qty));
	return true;
}

/* One execution, or one act of prevention; false: nothing more to meet. */
static bool
step(struct exch_match *m, struct exch_instr *in, struct exch_turn *t)
{
	struct exch_walk w;

	if (m->o.alloc != NULL && m->o.alloc->by_time)
		return step_by_time(m, in, t);
	exch_walk_first(m, in, exch_other_side(t->side), &w);
	for (; w.o != EXCH_SLOT_NONE; exch_walk_next(m, in, &w)) {
		exch_qty qty = exch_book_slots(m->store)[w.o].qty;

		if (!exch_spot_reaches(t->side, t->reach, w.p))
			return false;
		if (exch_turn_outside(m, in, w.p) ||
		    exch_turn_skips(
			t->s, t->left, exch_special_of(m, w.o), qty))
			continue;
		if (m->o.alloc != NULL && w.b == 0 && share(m, in, t, &w))
			return true;
		if (exch_turn_prevents(m, t, w.o))
			prevent(m, in, t, &w);
		else if (exch_is_stopped(in) || stops(m, in, w.p))
			return false;
		else
			exch_turn_trade(m, in, t, &w, exch_least(t->left, qty));
		return true;
	}
	return false;
}

/*
 * May it trade now?  Conditions on everything it would find: fill or kill,
 * all or none, minimum on entry.
 */
static bool
admitted(struct exch_match *m, struct exch_instr *in, struct exch_turn *t)
{
	bool aon = t->s != NULL && (t->s->flags & EXCH_ORD_AON) != 0;
	exch_qty min = t->s != NULL && t->s->min_total ? t->s->min : 0;
	exch_qty want = aon || t->tif == EXCH_TIF_FOK ? t->left : min;
	struct exch_spot at;

	if (want == 0)
		return true;
	if (t->s != NULL && t->s->min_total)
		t->s->min = 0; /* on entry only */
	if (exch_turn_finds(m, in, t) >= want)
		return true;
	if (t->tif == EXCH_TIF_FOK)
		end_turn(m, in, t, EXCH_WHY_FOK);
	else if (t->tif == EXCH_TIF_IOC || t->type != EXCH_ORD_LIMIT ||
		 /* It must not be displayed across what it passed over. */
		 (!aon && exch_turn_meets(
			      m, in, t->side, t->limit, t->left, t->s, &at)))
		end_turn(m, in, t, EXCH_WHY_MIN_QTY);
	return false;
}

/* ---- the remainder ---- */

bool
exch_turn_rest(struct exch_match *m, struct exch_instr *in, struct exch_turn *t)
{
	struct exch_special *s = t->s;
	enum exch_where where = EXCH_AT_BOOK;
	struct exch_book_order b = {.id = t->id,
	    .tick = t->limit.tick,
	    .qty = t->left,
	    .owner = t->account,
	    .side = t->side,
	    .by_id = t->by_id,
	    .fresh = true};
	exch_slot slot;
	int err;

	if (s != NULL) {
		b.owner = EXCH_SPECIAL | exch_special_index(m, s);
		if (s->peak != 0)
			b.qty = exch_least(s->peak, t->left);
		if (t->limit.half)
			where = EXCH_AT_HALF;
		else if (b.tick != EXCH_TICK_MARKET && exch_special_hidden(s))
			where = EXCH_AT_DARK;
	}
	err = exch_book_add(m->store, exch_place(in, where), &b, &slot);
	if (err == EXCH_OK) {
		if (s != NULL) {
			s->slot = slot;
			s->where = (uint8_t)where;
			s->reserve = t->left - b.qty;
		}
		if (m->o.alloc != NULL && where == EXCH_AT_BOOK)
			exch_share_note_top(m, in, t->side, slot);
		return true;
	}
	if (err != EXCH_ERR_RANGE)
		m->ended = true;
	else
		end_turn(m, in, t, EXCH_WHY_CAPACITY);
	t->over = true;
	return false;
}

/* Why a market order's rest goes: is there more, but too far away? */
static enum exch_reason
unmet(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_turn *t)
{
	struct exch_walk w;

	exch_walk_first(m, in, exch_other_side(t->side), &w);
	for (; w.o != EXCH_SLOT_NONE; exch_walk_next(m, in, &w))
		if (!exch_spot_reaches(t->side, t->reach, w.p))
			return EXCH_WHY_COLLAR;
		else if (exch_turn_outside(m, in, w.p))
			return EXCH_WHY_BAND;
	return EXCH_WHY_NO_LIQUIDITY;
}

/* What does not stay goes; a market-to-limit order gets its limit. */
static void
remain(struct exch_match *m, struct exch_instr *in, struct exch_turn *t)
{
	if (t->tif == EXCH_TIF_IOC) {
		end_turn(m, in, t, EXCH_WHY_IOC);
	} else if (t->tif == EXCH_TIF_FOK) {
		end_turn(m, in, t, EXCH_WHY_FOK);
	} else if (t->type == EXCH_ORD_MARKET ||
		   (t->type == EXCH_ORD_MTL && !t->traded)) {
		end_turn(m, in, t, unmet(m, in, t));
	} else if (t->type == EXCH_ORD_MTL) {
		t->limit = t->last;
		/* Half a tick is no limit: step back from the market. */
		if (t->limit.half)
			t->limit.tick += t->side == EXCH_SELL;
		t->limit.half = false;
		t->s->type = EXCH_ORD_LIMIT;
		t->s->price = exch_spot_price(in, t->limit);
		exch_restated(m, in, t->s, t->s->price, t->left,
		    exch_special_hidden(t->s) ? 0 : t->left,
		    EXCH_RESTATE_TO_LIMIT);
	}
}

/* In continuous trading: trade, and let go what does not stay. */
static void
trade(struct exch_match *m, struct exch_instr *in, struct exch_turn *t)
{
	if (m->guarded && !exch_is_stopped(in) && !exch_luld_bounds(m, in, t)) {
		end_turn(m, in, t, EXCH_WHY_BAND);
		return;
	}
	if (!t->discreet)
		t->reach = t->limit;
	if (t->limit.tick == EXCH_TICK_MARKET && m->guarded)
		(void)exch_guard_collar(m, in, t->side, &t->reach.tick);
	if (!exch_is_stopped(in) && t->s != NULL &&
	    exch_guard_bars(m, in, t->s, t->limit))
		end_turn(m, in, t, EXCH_WHY_SHORT);
	else if (!exch_is_stopped(in) && admitted(m, in, t))
		while (!t->over && t->left > 0 && !m->ended && step(m, in, t))
			;
	if (t->over || t->left == 0 || m->ended)
		return;
	if (!exch_is_stopped(in))
		remain(m, in, t);
	else if (t->tif == EXCH_TIF_IOC || t->tif == EXCH_TIF_FOK)
		end_turn(m, in, t,
		    t->tif == EXCH_TIF_IOC ? EXCH_WHY_IOC : EXCH_WHY_FOK);
}

void
exch_turn_run(struct exch_match *m, struct exch_instr *in, struct exch_turn *t)
{
	if (t->s != NULL) {
		t->s->where = EXCH_AT_TURN;
		t->s->reserve = t->left;
	}
	if (in->phase == EXCH_PHASE_CONTINUOUS && !t->imposed)
		trade(m, in, t);
	if (m->ended)
		return; /* whatever came now would not be true */
	if (t->discreet && !t->over && t->left > 0)
		exch_restated(m, in, t->s, t->s->price, t->left,
		    exch_special_hidden(t->s) ? 0 : t->left,
		    EXCH_RESTATE_DISCRETION);
	if (!t->over && t->left > 0 && exch_turn_rest(m, in, t))
		return;
	if (t->s != NULL)
		exch_special_free(m, in, t->s);
}

void
exch_turn_special(struct exch_match *m, struct exch_instr *in,
    struct exch_special *s, uint8_t type, struct exch_spot limit)
{
	struct exch_turn t = {.id = s->id,
	    .left = s->reserve,
	    .limit = limit,
	    .s = s,
	    .account = s->account,
	    .side = s->side,
	    .type = type,
	    .tif = s->tif,
	    .stp = s->stp,
	    .by_id = (s->flags & EXCH_ORD_BY_ID) != 0};

	exch_turn_run(m, in, &t);
}

void
exch_rest_special(
    struct exch_match *m, struct exch_instr *in, struct exch_special *s)
{
	struct exch_turn t = {.id = s->id,
	    .left = s->reserve,
	    .limit = exch_spot_of(in, s->price),
	    .s = s,
	    .account = s->account,
	    .side = s->side,
	    .type = s->type,
	    .tif = s->tif,
	    .by_id = (s->flags & EXCH_ORD_BY_ID) != 0,
	    .imposed = true};

	exch_turn_run(m, in, &t);
}
