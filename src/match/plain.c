/*
 * The short way: day and immediate limit orders, cancels and replaces
 * without entries, in an instrument that trades continuously.  Nearly every
 * command of a day is one.  Orders with conditions may rest there, as long as
 * they keep still when nothing trades and the command is not about them;
 * what would trade, does so here only where there are none.
 *
 * Here a command is only ever taken.  Whatever would be refused, and
 * whatever is not plain, goes to exch_engine_other() untouched, which looks
 * at it from the beginning: so the order of the checks is written down
 * once, in orders.c and intake.c, and here they stand as they are cheapest.
 *
 * The commonest of all, an order that rests at a price in use and the cancel
 * of one with others beside it, call nothing: what may need a call (a level
 * that comes or goes, a cell of the index that is taken, a full block) is
 * seen before anything is changed, and is left to a function that does the
 * whole of it.
 *
 * Events are written once, with whole words, straight into the block.
 */
#include <config.h>

#include <string.h>

#include "book/ops.h"
#include "match/engine.h"

#define INLINE static inline __attribute__((always_inline))
#define RARE(x) __builtin_expect(!!(x), 0)

/* ---- what is plain ---- */

/* Type, length and flags of a record, as its first bytes lie in memory. */
#define HEAD(TYPE, REC)                                                        \
	((uint32_t)EXCH_REC_##TYPE | (uint32_t)(sizeof(struct REC) / 8) << 8)
#define HEAD_MASK (0xffffu | (uint32_t)(EXCH_F_EXT | EXCH_F_IMPOSED) << 16)

/*
 * Side, type, time in force and flags of a NEW: this, or a seller's, which is
 * one more.
 */
#define WORDS (EXCH_BUY | (uint32_t)EXCH_ORD_LIMIT << 8)

_Static_assert(EXCH_TIF_DAY == 0 && EXCH_SELL == EXCH_BUY + 1 &&
		   offsetof(struct exch_rec_new, tif) ==
		       offsetof(struct exch_rec_new, side) + 2 &&
		   offsetof(struct exch_rec_new, ordflags) ==
		       offsetof(struct exch_rec_new, side) + 3 &&
		   EXCH_PHASE_CLOSED == 0,
    "words of a plain order");

/* The instrument's place, which may be empty: a closed one; or NULL. */
INLINE struct exch_instr *
place_of(const struct exch_match *m, uint32_t id)
{
	struct exch_instr *p;

	if (RARE(id > EXCH_INSTR_MAX))
		return NULL;
	p = m->page[id / EXCH_INSTR_PAGE];
	return RARE(p == NULL) ? NULL : p + id % EXCH_INSTR_PAGE;
}

/* May a plain order be taken, as far as this is not about the order? */
INLINE bool
is_open(const struct exch_match *m, const struct exch_instr *in)
{
	return in->phase == EXCH_PHASE_CONTINUOUS &&
	       (in->nwatch | in->pending | m->careful) == 0;
}

/* The quantity is one of whole lots, and in its range. */
INLINE bool
is_qty(const struct exch_instr *in, exch_qty qty)
{
	return exch_exact_u(&in->lots, qty) - in->first_lot <= in->lots_span;
}

/* The tick of a price, if that is on the grid and not below 0. */
INLINE int64_t
tick_of(const struct exch_instr *in, exch_px price)
{
	return (int64_t)exch_exact_u(&in->grid, (uint64_t)price);
}

/*
 * It comes through the gate, as far as that is open; so it is on the grid.
 */
INLINE bool
is_near(const struct exch_instr *in, int64_t tick)
{
	const struct exch_gate *g = &in->gate;

	return (uint64_t)tick - (uint64_t)g->tick <= g->span &&
	       (uint64_t)in->last - (uint64_t)g->last <= g->last_span;
}

/* And is a multiple of the market's step there. */
INLINE bool
is_on_step(const struct exch_instr *in, exch_px price)
{
	const struct exch_div *step = &in->gate.step;

	return step->d == 0 ||
	       exch_div_u(step, (uint64_t)price) * step->d == (uint64_t)price;
}

/* Both, where the gate may have to be opened; *tick becomes the price's. */
INLINE bool
is_allowed(const struct exch_match *m, struct exch_instr *in, exch_px price,
    int64_t *tick)
{
	*tick = tick_of(in, price);
	return is_near(in, *tick)
		   ? is_on_step(in, price)
		   : price >= 0 && exch_gate_ask(m, in, price, tick);
}

/* The order of a slot has conditions. */
INLINE bool
is_special(const struct exch_slot_data *v)
{
	return (v->owner & EXCH_SPECIAL) != 0;
}

/* ---- events ---- */

INLINE void *
put(const struct exch_match *m, uint8_t type, size_t size, uint32_t instr)
{
	return exch_writer_put(m->out, type, size, instr, m->now);
}

INLINE void
set_cancelled(struct exch_rec_cancelled *r, exch_oid order, exch_qty qty,
    uint16_t reason, bool open)
{
	uint64_t rest = reason | (uint64_t)open << 16;

	r->order = order;
	r->qty = qty;
	memcpy(&r->reason, &rest, sizeof(rest));
}

INLINE void
tell_cancelled(struct exch_match *m, uint32_t instr, exch_oid order,
    exch_qty qty, uint16_t reason, bool open)
{
	set_cancelled(put(m, EXCH_REC_CANCELLED,
			  sizeof(struct exch_rec_cancelled), instr),
	    order, qty, reason, open);
}

INLINE void
tell_replaced(struct exch_match *m, const struct exch_rec_replace *c, bool kept)
{
	struct exch_rec_replaced *r =
	    put(m, EXCH_REC_REPLACED, sizeof(*r), c->h.instr);
	uint64_t rest = kept;

	r->order = c->order;
	r->new_order = c->new_order;
	r->qty = c->qty;
	memcpy(&r->kept, &rest, sizeof(rest));
}

_Static_assert(offsetof(struct exch_rec_cancelled, reason) + 8 ==
		       sizeof(struct exch_rec_cancelled) &&
		   offsetof(struct exch_rec_cancelled, open) ==
		       offsetof(struct exch_rec_cancelled, reason) + 2 &&
		   offsetof(struct exch_rec_replaced, kept) + 8 ==
		       sizeof(struct exch_rec_replaced) &&
		   offsetof(struct exch_rec_exec, aggressor) + 8 ==
		       sizeof(struct exch_rec_exec) &&
		   EXCH_CROSS_NONE == 0,
    "last words of events");

/* ---- matching ---- */

/* An order on its way in. */
struct plain {
	exch_oid id;
	int64_t tick;
	exch_qty left;
	uint32_t owner;
	uint8_t side;
	bool now; /* it does not rest */
};

/* The order on its way executes with that of a slot. */
INLINE void
tell_exec(struct exch_match *m, struct exch_instr *in, const struct plain *o,
    exch_oid id, int64_t tick, exch_qty qty)
{
	struct exch_rec_exec *e =
	    put(m, EXCH_REC_EXEC, sizeof(*e), in->book.instr);
	/* Sides come as they like: no branch would guess them. */
	exch_oid both = o->id ^ id,
		 sells = both & (0 - (exch_oid)(o->side & 1));
	uint64_t rest = o->side;

	e->match = ++in->match;
	e->buy = id ^ sells;
	e->sell = o->id ^ sells;
	e->price = exch_engine_price(in, tick);
	e->qty = qty;
	memcpy(&e->aggressor, &rest, sizeof(rest));
	in->last = tick;
	in->last_half = false;
	m->st.execs++;
}

_Static_assert(EXCH_BUY % 2 == 1 && EXCH_SELL % 2 == 0, "a bit for the side");

/* Trade with what the other side has, of which the best is within reach. */
INLINE exch_qty
trade(struct exch_match *m, struct exch_instr *in, const struct plain *o)
{
	struct exch_book_store *s = m->store;
	unsigned other = o->side & 1;
	uint64_t limit = exch_book_rank(other, o->tick);
	uint32_t owner = o->owner != 0 ? o->owner | m->strangers : UINT32_MAX;
	exch_qty left = o->left;

	do {
		exch_slot l = in->book.side[other].best;
		struct exch_slot_data *lv = &s->slot[l];
		exch_slot r = lv->next;
		struct exch_slot_data *v = &s->slot[r];
		exch_oid id = v->id;
		exch_qty open = v->qty;
		exch_qty qty = open < left ? open : left;

		if (RARE(v->owner == owner)) {
			left = exch_engine_prevent(m, in, o->id, left, r);
			continue;
		}
		tell_exec(m, in, o, id, lv->tick, qty);
		if (RARE(m->o.expect))
			exch_engine_pend(m, in, id,
			    exch_engine_price(in, lv->tick), qty, o->side);
		left -= qty;
		lv->qty -= qty;
		if (qty < open) {
			v->qty = open - qty;
			break;
		}
		exch_book_pop(s, &in->book, l, r,
		    exch_ids_home(&s->ids, in->book.instr, id));
	} while (left != 0 && in->book.rank[other] >= limit);
	return left;
}

/* What is left comes to rest, or goes. */
static __attribute__((noinline)) int
stay(struct exch_match *m, struct exch_instr *in, const struct plain *o,
    struct exch_diag *d)
{
	struct exch_book_order b = {.id = o->id,
	    .tick = o->tick,
	    .qty = o->left,
	    .owner = o->owner,
	    .side = o->side};
	uint16_t why = o->now ? EXCH_WHY_IOC : 0;
	int err = EXCH_OK;

	if (!o->now)
		err = exch_book_put(m->store, &in->book, &b,
		    exch_ids_home(&m->store->ids, in->book.instr, o->id), NULL);
	if (RARE(err == EXCH_ERR_RANGE))
		why = EXCH_WHY_CAPACITY;
	if (why != 0) {
		tell_cancelled(m, in->book.instr, o->id, o->left, why, false);
		m->st.cancels++;
	}
	exch_writer_last(m->out)->flags |= EXCH_F_LAST;
	m->ended |= err == EXCH_ERR_NOMEM;
	return RARE(m->ended) ? exch_engine_why(m, d) : EXCH_OK;
}

/* It trades with somebody. */
INLINE int
meet(struct exch_match *m, struct exch_instr *in, struct plain *o,
    struct exch_diag *d)
{
	o->left = trade(m, in, o);
	if (o->left != 0)
		return stay(m, in, o, d);
	exch_writer_last(m->out)->flags |= EXCH_F_LAST;
	return RARE(m->ended) ? exch_engine_why(m, d) : EXCH_OK;
}

/* ---- new orders ---- */

INLINE struct plain
accept(struct exch_match *m, const struct exch_instr *in,
    const struct exch_rec_new *c, int64_t tick)
{
	struct exch_rec_ack *r =
	    put(m, EXCH_REC_ACK, sizeof(*r), in->book.instr);

	r->order = c->order;
	m->plain[EXCH_PLAIN_NEW]++;
	return (struct plain){.id = c->order,
	    .tick = tick,
	    .left = c->qty,
	    .owner = c->account,
	    .side = c->side,
	    .now = c->tif != EXCH_TIF_DAY};
}

/* An order that trades. */
static __attribute__((noinline)) int
take_part(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_new *c, int64_t tick, struct exch_diag *d)
{
	struct plain o;

	if (RARE(in->nspecial != 0))
		return exch_engine_other(m, &c->h, d);
	o = accept(m, in, c, tick);
	return meet(m, in, &o, d);
}

/* An order that rests is told and counted; `n` is its slot. */
INLINE int
tell_rests(struct exch_match *m, struct exch_book_store *s,
    const struct exch_rec_new *c, size_t home, exch_slot n)
{
	struct exch_rec_ack *r = exch_writer_append(
	    m->out, EXCH_REC_ACK, sizeof(*r), EXCH_F_LAST, c->h.instr, m->now);

	r->order = c->order;
	m->plain[EXCH_PLAIN_NEW]++;
	s->ids.cell[home] = n;
	return EXCH_OK;
}

/* One that was to trade at once, and with nobody could. */
static __attribute__((noinline)) int
lapse(struct exch_match *m, const struct exch_rec_new *c)
{
	struct exch_rec_ack *r = put(m, EXCH_REC_ACK, sizeof(*r), c->h.instr);

	r->order = c->order;
	m->plain[EXCH_PLAIN_NEW]++;
	tell_cancelled(m, c->h.instr, c->order, c->qty, EXCH_WHY_IOC, false);
	exch_writer_last(m->out)->flags |= EXCH_F_LAST;
	m->st.cancels++;
	return EXCH_OK;
}

/* One that comes to rest, and how is not to be seen at a glance. */
static __attribute__((noinline)) int
come(struct exch_match *m, struct exch_instr *in, const struct exch_rec_new *c,
    int64_t tick, struct exch_diag *d)
{
	struct exch_book_store *s = m->store;
	size_t home = exch_ids_home(&s->ids, c->h.instr, c->order);
	struct plain o;
	exch_slot l;

	/* At a price that has no orders: its level is new. */
	if (s->ids.cell[home] == EXCH_SLOT_NONE && exch_book_has_room(s) &&
	    exch_writer_ready(m->out, EXCH_REC_ACK)) {
		l = exch_book_open(
		    s, &in->book, c->side - (unsigned)EXCH_BUY, tick);
		if (l != EXCH_SLOT_NONE && s->slot[l].qty + c->qty >= c->qty)
			return tell_rests(m, s, c, home,
			    exch_book_append(
				s, l, c->order, c->qty, c->account));
	}
	o = accept(m, in, c, tick);
	return stay(m, in, &o, d);
}

/* One whose price or id cannot be judged at a glance. */
static __attribute__((noinline)) int
ask(struct exch_match *m, struct exch_instr *in, const struct exch_rec_new *c,
    struct exch_diag *d)
{
	int64_t tick;

	if (!is_allowed(m, in, c->price, &tick) ||
	    exch_book_find(m->store, &in->book, c->order) != EXCH_SLOT_NONE)
		return exch_engine_other(m, &c->h, d);
	if (exch_book_crosses(&in->book, c->side - (unsigned)EXCH_BUY, tick))
		return take_part(m, in, c, tick, d);
	return c->tif == EXCH_TIF_DAY ? come(m, in, c, tick, d) : lapse(m, c);
}

INLINE int
take_new(
    struct exch_match *m, const struct exch_rec_new *c, struct exch_diag *d)
{
	struct exch_instr *in = place_of(m, c->h.instr);
	struct exch_book_store *s = m->store;
	struct exch_slot_data *lv;
	uint32_t words;
	int64_t tick;
	size_t home;
	exch_slot l;

	memcpy(&words, &c->side, sizeof(words));
	words -= WORDS;
	if (RARE(in == NULL || !is_open(m, in) ||
		 (words > 1 && words - m->plain_now > 1) ||
		 (int32_t)c->account < 0 || !is_qty(in, c->qty)))
		return exch_engine_other(m, &c->h, d);
	/* What was looked at is read again where it is needed: registers are
	 * dearer. */
	__asm__ volatile("" ::: "memory");
	tick = tick_of(in, c->price);
	home = exch_ids_home(&s->ids, c->h.instr, c->order);
	if (RARE(!is_near(in, tick) || s->ids.cell[home] != EXCH_SLOT_NONE))
		return ask(m, in, c, d);
	if (RARE(!is_on_step(in, c->price)))
		return exch_engine_other(m, &c->h, d);
	if (exch_book_crosses(&in->book, words & 1, tick))
		return take_part(m, in, c, tick, d);
	if (words > 1)
		return lapse(m, c);
	/* As none of the other side trades with it, the level is of this. */
	l = *exch_book_near(s, &in->book, tick);
	lv = &s->slot[l];
	if (lv->tick != tick ||
	    RARE(s->free == 0 || lv->qty + c->qty < c->qty ||
		 !exch_writer_ready(m->out, EXCH_REC_ACK)))
		return come(m, in, c, tick, d);
	return tell_rests(m, s, c, home,
	    exch_book_append(s, l, c->order, c->qty, c->account));
}

/* ---- cancels ---- */

/* The order goes, whatever goes with it. */
static __attribute__((noinline)) int
cancel(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_cancel *c, exch_slot o)
{
	struct exch_book_store *s = m->store;
	exch_qty open = s->slot[o].qty;
	bool stays = c->qty < open;

	tell_cancelled(m, in->book.instr, c->order, stays ? c->qty : open,
	    EXCH_WHY_USER, stays);
	exch_writer_last(m->out)->flags |= EXCH_F_LAST;
	m->plain[EXCH_PLAIN_CANCEL]++;
	if (stays)
		exch_book_reduce(s, o, c->qty);
	else
		exch_book_unlink(s, &in->book, o,
		    exch_ids_home(&s->ids, in->book.instr, c->order));
	return EXCH_OK;
}

/* One whose id cannot be found at a glance. */
static __attribute__((noinline)) int
seek(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_cancel *c, struct exch_diag *d)
{
	exch_slot o = exch_book_find(m->store, &in->book, c->order);

	return o == EXCH_SLOT_NONE || is_special(&m->store->slot[o])
		   ? exch_engine_other(m, &c->h, d)
		   : cancel(m, in, c, o);
}

INLINE int
take_cancel(
    struct exch_match *m, const struct exch_rec_cancel *c, struct exch_diag *d)
{
	struct exch_instr *in = place_of(m, c->h.instr);
	struct exch_book_store *s = m->store;
	const struct exch_slot_data *v;
	uint32_t cell;
	size_t home;
	exch_slot o;

	if (RARE(in == NULL || (in->nwatch | in->pending | m->general) != 0 ||
		 c->qty == 0))
		return exch_engine_other(m, &c->h, d);
	home = exch_ids_home(&s->ids, c->h.instr, c->order);
	cell = s->ids.cell[home];
	o = exch_ids_slot(cell);
	v = &s->slot[o];
	if (RARE(!exch_book_is(s, &in->book, o, c->order)))
		return seek(m, in, c, d);
	if (RARE(is_special(v)))
		return exch_engine_other(m, &c->h, d);
	if (c->qty < v->qty || v->prev == v->next ||
	    RARE(!exch_writer_ready(m->out, EXCH_REC_CANCELLED)))
		return cancel(m, in, c, o);
	set_cancelled(exch_writer_append(m->out, EXCH_REC_CANCELLED,
			  sizeof(struct exch_rec_cancelled), EXCH_F_LAST,
			  c->h.instr, m->now),
	    c->order, v->qty, EXCH_WHY_USER, false);
	m->plain[EXCH_PLAIN_CANCEL]++;
	s->ids.cell[home] = cell ^ o;
	exch_book_detach(s, o);
	return EXCH_OK;
}

/* ---- replaces ---- */

/* Is it the same order, with not more than before? */
INLINE bool
is_kept(const struct exch_rec_replace *c, const struct exch_slot_data *v,
    int64_t was, int64_t tick)
{
	return c->new_order == c->order && c->qty <= v->qty && tick == was &&
	       (c->account == 0 || c->account == v->owner);
}

INLINE int
take_replace(
    struct exch_match *m, const struct exch_rec_replace *c, struct exch_diag *d)
{
	struct exch_instr *in = place_of(m, c->h.instr);
	struct exch_book_store *s = m->store;
	const struct exch_slot_data *v, *lv;
	struct plain o = {.id = c->new_order, .left = c->qty};
	exch_slot old;
	size_t home;
	bool trades;

	if (RARE(in == NULL || !is_open(m, in) || c->tif != EXCH_TIF_DAY ||
		 c->ordflags != 0 || (int32_t)c->account < 0))
		return exch_engine_other(m, &c->h, d);
	home = exch_ids_home(&s->ids, c->h.instr, c->order);
	old = exch_book_look(s, &in->book, home, c->order);
	v = &s->slot[old];
	lv = &s->slot[v->level];
	if (RARE(old == EXCH_SLOT_NONE || is_special(v) ||
		 lv->tick == EXCH_TICK_MARKET || !is_qty(in, c->qty) ||
		 !is_allowed(m, in, c->price, &o.tick) ||
		 (c->new_order != c->order &&
		     exch_book_find(s, &in->book, c->new_order) !=
			 EXCH_SLOT_NONE)))
		return exch_engine_other(m, &c->h, d);
	o.owner = c->account != 0 ? c->account : v->owner;
	o.side = lv->owner & 1 ? EXCH_SELL : EXCH_BUY;
	trades = exch_book_crosses(&in->book, lv->owner & 1, o.tick);
	if (RARE(trades && in->nspecial != 0))
		return exch_engine_other(m, &c->h, d);
	m->plain[EXCH_PLAIN_REPLACE]++;
	if (is_kept(c, v, lv->tick, o.tick)) {
		if (c->qty < v->qty)
			exch_book_reduce(s, old, v->qty - c->qty);
		tell_replaced(m, c, true);
		exch_writer_last(m->out)->flags |= EXCH_F_LAST;
		return EXCH_OK;
	}
	exch_book_unlink(s, &in->book, old, home);
	tell_replaced(m, c, false);
	return trades ? meet(m, in, &o, d) : stay(m, in, &o, d);
}

/* *len becomes the record's length. */
INLINE int
take(struct exch_match *m, const struct exch_rec *r, size_t *len,
    struct exch_diag *d)
{
	uint32_t head;

	memcpy(&head, r, sizeof(head));
	head &= HEAD_MASK;
	if (head == HEAD(NEW, exch_rec_new)) {
		*len = sizeof(struct exch_rec_new);
		return take_new(m, (const void *)r, d);
	}
	if (head == HEAD(CANCEL, exch_rec_cancel)) {
		*len = sizeof(struct exch_rec_cancel);
		return take_cancel(m, (const void *)r, d);
	}
	if (head == HEAD(REPLACE, exch_rec_replace)) {
		*len = sizeof(struct exch_rec_replace);
		return take_replace(m, (const void *)r, d);
	}
	*len = exch_rec_len(r);
	return exch_engine_other(m, r, d);
}

int
exch_engine_take(struct exch_match *m, const struct exch_rec *r, exch_ts now,
    struct exch_diag *d)
{
	size_t len;

	m->now = now;
	if (RARE(m->card != NULL))
		return exch_engine_other(m, r, d);
	return take(m, r, &len, d);
}

int
exch_match_apply(
    struct exch_match *m, const struct exch_rec *r, struct exch_diag *d)
{
	size_t len;

	if (r->time > m->now)
		m->now = r->time;
	if (RARE(m->several))
		return exch_engine_alone(m, r, d);
	return take(m, r, &len, d);
}

/* ---- many of them ---- */

/* Shards, or a market with protections: one by one. */
static __attribute__((noinline)) int
run_several(struct exch_match *m, const unsigned char **at,
    const unsigned char *end, struct exch_diag *d)
{
	int err = EXCH_OK;

	while (*at < end && err == EXCH_OK) {
		const struct exch_rec *r = (const void *)*at;

		err = exch_match_advance(m, r->time, d);
		if (err == EXCH_OK)
			err = exch_match_apply(m, r, d);
		*at += err == EXCH_OK ? exch_rec_len(r) : 0;
	}
	return err;
}

/* Up to `end`, and perhaps a record across it. */
INLINE int
run_to(struct exch_match *m, const unsigned char **at, const unsigned char *end,
    struct exch_diag *d)
{
	const unsigned char *p = *at;
	int err = EXCH_OK;

	while (p < end) {
		const struct exch_rec *r = (const void *)p;
		size_t len;

		if (RARE(r->time >= m->hot.due)) {
			err = exch_match_advance_slow(m, r->time, d);
			if (err != EXCH_OK)
				break;
		}
		if (r->time > m->now)
			m->now = r->time;
		err = take(m, r, &len, d);
		if (RARE(err != EXCH_OK))
			break;
		p += len;
	}
	*at = p;
	return err;
}

/* Bytes in one go: orders of a run that are looked at ahead together. */
#define STRIDE 2048

int
exch_match_run(struct exch_match *m, const unsigned char **at,
    const unsigned char *end, struct exch_diag *d)
{
	int err = EXCH_OK;

	if (m->several)
		return run_several(m, at, end, d);
	while (*at < end && err == EXCH_OK) {
		const unsigned char *stop =
		    end - *at > STRIDE ? *at + STRIDE : end;

		if (exch_match_is_far(m))
			exch_ahead_run(m, *at, stop);
		err = run_to(m, at, stop, d);
	}
	return err;
}
