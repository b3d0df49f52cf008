/*
 * Ordinary commands: checks in the documented order, matching in continuous
 * trading, resting otherwise.  Of those that plain.c sees will be taken none
 * comes here.  exch-match(1), MARKET RULES, is the text this code
 * implements; auctions are in auction.c.
 */
#include <config.h>

#include "book/ops.h"
#include "match/aboard.h"
#include "match/general.h"

#define FLAGS_KNOWN (EXCH_ORD_POST_ONLY | EXCH_ORD_BY_ID)

void
exch_engine_reject(struct exch_match *m, const struct exch_rec *c,
    exch_oid order, enum exch_reject code)
{
	struct exch_rec_reject *r =
	    exch_engine_emit(m, EXCH_REC_REJECT, sizeof(*r), c->instr);

	r->order = order;
	r->code = (uint16_t)code;
	r->command = c->type;
	m->st.rejects++;
}

void
exch_engine_cancelled(struct exch_match *m, uint32_t instr, exch_oid order,
    exch_qty qty, uint16_t reason, bool open)
{
	struct exch_rec_cancelled *r =
	    exch_engine_emit(m, EXCH_REC_CANCELLED, sizeof(*r), instr);

	r->order = order;
	r->qty = qty;
	r->reason = reason;
	r->open = open;
	m->st.cancels++;
}

void
exch_engine_exec(struct exch_match *m, struct exch_instr *in, exch_oid buy,
    exch_oid sell, int64_t tick, exch_qty qty, uint8_t aggressor, uint8_t cross)
{
	struct exch_rec_exec *r =
	    exch_engine_emit(m, EXCH_REC_EXEC, sizeof(*r), in->book.instr);

	r->match = ++in->match;
	r->buy = buy;
	r->sell = sell;
	r->price = exch_engine_price(in, tick);
	r->qty = qty;
	r->aggressor = aggressor;
	r->cross = cross;
	in->last = tick;
	in->last_half = false;
	m->st.execs++;
	if (m->o.expect)
		exch_engine_pend(m, in, aggressor == EXCH_BUY ? sell : buy,
		    r->price, qty, aggressor);
}

/* An order on its way into the market, in the form the book takes it. */
struct incoming {
	struct exch_book_order b;
	uint8_t tif;
	bool imposed;
};

/* Whether an order of `side` at `limit` can trade at `tick`. */
static inline bool
reaches(uint8_t side, int64_t limit, int64_t tick)
{
	if (limit == EXCH_TICK_MARKET)
		return true;
	return side == EXCH_BUY ? tick <= limit : tick >= limit;
}

/* Best priced level of the other side that the order reaches, or none. */
static inline exch_slot
target(const struct exch_slot_data *slot, const struct exch_instr *in,
    uint8_t side, int64_t limit)
{
	exch_slot l = in->book.side[!exch_book_index(side)].best;

	if (l == EXCH_SLOT_NONE || !reaches(side, limit, slot[l].tick))
		return EXCH_SLOT_NONE;
	return l;
}

/* Whether the other side holds `qty` within the limit. */
static bool
can_fill(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_book_order *o)
{
	const struct exch_slot_data *slot = exch_book_slots(m->store);
	exch_slot l = target(slot, in, o->side, o->tick);
	exch_qty left = o->qty;

	while (l != EXCH_SLOT_NONE && reaches(o->side, o->tick, slot[l].tick)) {
		if (slot[l].qty >= left)
			return true;
		left -= slot[l].qty;
		l = exch_book_worse(m->store, &in->book, l);
	}
	return false;
}

/* ---- self-trade prevention ---- */

static void
drop(struct exch_match *m, struct exch_instr *in, exch_slot r)
{
	struct exch_slot_data v = exch_book_slots(m->store)[r];

	exch_book_remove(m->store, &in->book, r);
	exch_engine_cancelled(
	    m, in->book.instr, v.id, v.qty, EXCH_WHY_SELF_TRADE, false);
}

/* Both lose what the smaller has. */
static exch_qty
decrement(struct exch_match *m, struct exch_instr *in, exch_oid id,
    exch_qty left, exch_slot r)
{
	struct exch_slot_data v = exch_book_slots(m->store)[r];
	exch_qty q = v.qty < left ? v.qty : left;

	if (q == v.qty) {
		drop(m, in, r);
	} else {
		exch_book_reduce(m->store, r, q);
		exch_engine_cancelled(
		    m, in->book.instr, v.id, q, EXCH_WHY_SELF_TRADE, true);
	}
	left -= q;
	exch_engine_cancelled(
	    m, in->book.instr, id, q, EXCH_WHY_SELF_TRADE, left > 0);
	return left;
}

exch_qty
exch_engine_prevent(struct exch_match *m, struct exch_instr *in, exch_oid id,
    exch_qty left, exch_slot r)
{
	if (m->g.stp == EXCH_STP_DECREMENT)
		return decrement(m, in, id, left, r);
	if (m->g.stp != EXCH_STP_NEWEST)
		drop(m, in, r);
	if (m->g.stp == EXCH_STP_OLDEST)
		return left;
	exch_engine_cancelled(
	    m, in->book.instr, id, left, EXCH_WHY_SELF_TRADE, false);
	return 0;
}

/* ---- matching ---- */

/* Fill the head of a level; the order has something left to trade. */
static void
fill_head(struct exch_match *m, struct exch_instr *in,
    struct exch_book_order *o, exch_slot level)
{
	struct exch_slot_data *slot = exch_book_slots(m->store);
	exch_slot r = slot[level].next;
	exch_oid id = slot[r].id;
	exch_qty open = slot[r].qty;
	exch_qty qty = open < o->qty ? open : o->qty;
	bool buys = o->side == EXCH_BUY;

	if (exch_engine_is_own(m, o->owner, slot[r].owner)) {
		o->qty = exch_engine_prevent(m, in, o->id, o->qty, r);
		return;
	}
	exch_engine_exec(m, in, buys ? o->id : id, buys ? id : o->id,
	    slot[level].tick, qty, o->side, EXCH_CROSS_NONE);
	o->qty -= qty;
	exch_book_fill(m->store, &in->book, r, qty);
}

static void
rest(struct exch_match *m, struct exch_instr *in, const struct incoming *o)
{
	int err = exch_book_add(m->store, &in->book, &o->b, NULL);

	if (err == EXCH_OK)
		return;
	if (err == EXCH_ERR_RANGE)
		exch_engine_cancelled(m, in->book.instr, o->b.id, o->b.qty,
		    EXCH_WHY_CAPACITY, false);
	else
		m->ended = true;
}

/* What does not stay in the book in continuous trading goes. */
static bool
goes(
    struct exch_match *m, const struct exch_instr *in, const struct incoming *o)
{
	uint16_t why = EXCH_WHY_NO_LIQUIDITY;

	if (o->tif == EXCH_TIF_IOC)
		why = EXCH_WHY_IOC;
	else if (o->b.tick != EXCH_TICK_MARKET)
		return false;
	exch_engine_cancelled(m, in->book.instr, o->b.id, o->b.qty, why, false);
	return true;
}

/* The card is asked, if there is one; false: it has failed. */
static bool
ask(struct exch_match *m, struct exch_instr *in, const struct incoming *o,
    exch_slot old)
{
	if (m->card == NULL)
		return true;
	m->card->asked = false;
	return o->imposed || in->phase != EXCH_PHASE_CONTINUOUS ||
	       exch_aboard_ask(m, in, &o->b, o->tif, old);
}

/*
 * In continuous trading: trade what can be traded; false: nothing is left, or
 * what is left goes.  `there`: a card does it as well, and what it has to say
 * of each step is due.  A constant: the way without a card has none of it.
 */
static inline __attribute__((always_inline)) bool
trade(
    struct exch_match *m, struct exch_instr *in, struct incoming *o, bool there)
{
	struct exch_book_order *b = &o->b;
	exch_slot l;

	if (o->tif == EXCH_TIF_FOK && !can_fill(m, in, b)) {
		if (!there || exch_aboard_end(m->card, b->qty))
			exch_engine_cancelled(m, in->book.instr, b->id, b->qty,
			    EXCH_WHY_FOK, false);
		return false;
	}
	while ((l = target(exch_book_slots(m->store), in, b->side, b->tick)) !=
	       EXCH_SLOT_NONE) {
		if (there && !exch_aboard_meet(m, l, b))
			return false;
		fill_head(m, in, b, l);
		if (b->qty == 0)
			return false;
	}
	if (there && !exch_aboard_end(m->card, b->qty))
		return false;
	return !goes(m, in, o);
}

/* Into this book and that of the card, which has been sent it. */
static __attribute__((noinline)) void
enter_both(struct exch_match *m, struct exch_instr *in, struct incoming *o)
{
	struct exch_aboard *a = m->card;
	exch_slot at;

	a->asked = false;
	a->muted = true;
	if (!trade(m, in, o, true))
		exch_aboard_give(a, a->slot);
	else if (exch_book_add(m->store, &in->book, &o->b, &at) == EXCH_OK)
		exch_aboard_put(a, at, a->slot);
	else
		m->ended = true; /* a sum of their quantities has room */
	a->muted = false;
}

/* An accepted order: trade what can be traded, then rest or go. */
static void
enter(struct exch_match *m, struct exch_instr *in, struct incoming *o)
{
	if (m->card != NULL && m->card->asked)
		enter_both(m, in, o);
	else if (in->phase != EXCH_PHASE_CONTINUOUS || o->imposed ||
		 trade(m, in, o, false))
		rest(m, in, o);
}

enum exch_reject
exch_engine_check_qty(const struct exch_instr *in, exch_qty qty)
{
	if (qty - in->min_qty > in->qty_span || qty == EXCH_QTY_NONE)
		return EXCH_REJ_QTY;
	if (in->lot != 1 && qty % in->lot != 0)
		return EXCH_REJ_LOT;
	return EXCH_REJ_NONE;
}

/* A limit price: on the grid, and positive but for spreads. */
enum exch_reject
exch_engine_check_price(
    const struct exch_instr *in, exch_px price, int64_t *tick)
{
	if (price == EXCH_PX_NONE ||
	    (price <= 0 && in->kind != EXCH_KIND_FUTURE))
		return EXCH_REJ_PRICE;
	if (!exch_engine_tick(in, price, tick))
		return EXCH_REJ_TICK;
	return EXCH_REJ_NONE;
}

/*
 * What this file serves; intake.c knows all the others, and found.c counts
 * for fill or kill orders that may meet their owner's.
 */
static bool
is_ordinary(const struct exch_match *m, const struct exch_rec_new *c)
{
	if (c->tif == EXCH_TIF_FOK && m->g.stp != EXCH_STP_NONE)
		return false;
	return (c->ordtype == EXCH_ORD_LIMIT ||
		   c->ordtype == EXCH_ORD_MARKET) &&
	       (c->tif == EXCH_TIF_DAY || c->tif == EXCH_TIF_IOC ||
		   c->tif == EXCH_TIF_FOK) &&
	       (c->ordflags & ~(FLAGS_KNOWN | EXCH_ORD_SWEEP)) == 0 &&
	       (uint8_t)(c->side - EXCH_BUY) <= 1 &&
	       (c->h.flags & EXCH_F_EXT) == 0 && c->account < EXCH_SPECIAL;
}

/* The words of an ordinary order that contradict each other. */
static enum exch_reject
check_words(const struct exch_rec_new *c)
{
	bool market = c->ordtype == EXCH_ORD_MARKET;
	bool now = c->tif != EXCH_TIF_DAY;

	if (market && (c->h.flags & EXCH_F_IMPOSED))
		return EXCH_REJ_TYPE;
	if ((c->ordflags & EXCH_ORD_POST_ONLY && (market || now)) ||
	    (c->ordflags & EXCH_ORD_BY_ID && market))
		return EXCH_REJ_FLAGS;
	if (c->ordflags & EXCH_ORD_SWEEP &&
	    (c->ordflags != EXCH_ORD_SWEEP || market ||
		c->tif != EXCH_TIF_IOC || (c->h.flags & EXCH_F_IMPOSED) != 0))
		return EXCH_REJ_FLAGS;
	return EXCH_REJ_NONE;
}

/* What is allowed depends on the phase; imposed orders are above it. */
static enum exch_reject
check_phase(const struct exch_instr *in, const struct exch_rec_new *c)
{
	bool now = c->tif == EXCH_TIF_IOC || c->tif == EXCH_TIF_FOK;

	if (c->h.flags & EXCH_F_IMPOSED || in->phase == EXCH_PHASE_CONTINUOUS)
		return EXCH_REJ_NONE;
	return now || in->phase == EXCH_PHASE_CLOSED ||
		       in->phase == EXCH_PHASE_END
		   ? EXCH_REJ_PHASE
		   : EXCH_REJ_NONE;
}

/* What a market says of types, times in force, accounts and prices. */
static enum exch_reject
check_taken(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_rec_new *c)
{
	const struct exch_market *k = m->o.market;

	if (k == NULL || c->h.flags & EXCH_F_IMPOSED)
		return EXCH_REJ_NONE;
	if (!exch_market_takes(k->types, c->ordtype))
		return EXCH_REJ_TYPE;
	if (!exch_market_takes(k->tifs, c->tif))
		return EXCH_REJ_TIF;
	if (!exch_account_ok(m, c->account))
		return EXCH_REJ_ACCOUNT;
	return exch_check_market(m, in, c->price);
}

/* And of the phase; and is the account shut out? */
static enum exch_reject
check_admitted(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_rec_new *c)
{
	enum exch_reject code;

	if (c->h.flags & EXCH_F_IMPOSED)
		return EXCH_REJ_NONE;
	code = exch_eligible(m, in, EXCH_FREEZE_NEW, c->ordtype, c->tif);
	if (code != EXCH_REJ_NONE)
		return code;
	return exch_is_killed(m, c->account) ? EXCH_REJ_KILLED : EXCH_REJ_NONE;
}

static enum exch_reject
check_new(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_rec_new *c, int64_t *tick)
{
	enum exch_reject code;

	if (in == NULL)
		return EXCH_REJ_INSTRUMENT;
	if ((code = check_words(c)) != EXCH_REJ_NONE ||
	    (code = exch_engine_check_qty(in, c->qty)) != EXCH_REJ_NONE)
		return code;
	if (c->ordtype == EXCH_ORD_MARKET) {
		if (c->price != EXCH_PX_NONE)
			return EXCH_REJ_PRICE;
		*tick = EXCH_TICK_MARKET;
	} else if ((code = exch_engine_check_price(in, c->price, tick)) !=
		   EXCH_REJ_NONE) {
		return code;
	}
	if ((m->rules && (code = check_taken(m, in, c)) != EXCH_REJ_NONE) ||
	    (code = check_phase(in, c)) != EXCH_REJ_NONE ||
	    (m->rules && (code = check_admitted(m, in, c)) != EXCH_REJ_NONE))
		return code;
	if (exch_book_find(m->store, &in->book, c->order) != EXCH_SLOT_NONE)
		return EXCH_REJ_DUPLICATE;
	if (c->ordflags & EXCH_ORD_POST_ONLY &&
	    !(c->h.flags & EXCH_F_IMPOSED) &&
	    in->phase == EXCH_PHASE_CONTINUOUS &&
	    target(exch_book_slots(m->store), in, c->side, *tick) !=
		EXCH_SLOT_NONE)
		return EXCH_REJ_POST_ONLY;
	return EXCH_REJ_NONE;
}

static void
take_new(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec_new *c)
{
	struct exch_rec_ack *a;
	struct incoming o = {.b.id = c->order,
	    .b.qty = c->qty,
	    .b.owner = c->account,
	    .b.side = c->side,
	    .b.by_id = (c->ordflags & EXCH_ORD_BY_ID) != 0,
	    .b.fresh = true,
	    .tif = c->tif,
	    .imposed = (c->h.flags & EXCH_F_IMPOSED) != 0};
	enum exch_reject code = check_new(m, in, c, &o.b.tick);

	if (code != EXCH_REJ_NONE) {
		exch_engine_reject(m, &c->h, c->order, code);
		return;
	}
	if (!ask(m, in, &o, EXCH_SLOT_NONE))
		return;
	a = exch_engine_emit(m, EXCH_REC_ACK, sizeof(*a), c->h.instr);
	a->order = c->order;
	m->st.acks++;
	enter(m, in, &o);
}

void
exch_engine_new(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec_new *c)
{
	if (in == NULL || (!exch_is_general(m, in) && is_ordinary(m, c)))
		take_new(m, in, c);
	else
		exch_general_new(m, in, c);
}

void
exch_engine_copy_cause(struct exch_match *m, const struct exch_rec_cancel *c)
{
	const struct exch_ext *e =
	    exch_rec_ext(&c->h, sizeof(*c), EXCH_EXT_CAUSE);

	if (e != NULL)
		m->last =
		    exch_writer_ext(m->out, EXCH_EXT_CAUSE, e->small, e->value);
}

void
exch_engine_cancel(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_cancel *c)
{
	bool imposed = (c->h.flags & EXCH_F_IMPOSED) != 0;
	uint16_t why = imposed ? EXCH_WHY_IMPOSED : EXCH_WHY_USER;
	exch_slot o = EXCH_SLOT_NONE;
	exch_qty open;

	if (in != NULL) {
		/* Entries may say whose order it has to be. */
		if ((in->nspecial | m->general |
			((c->h.flags & (EXCH_F_EXT | EXCH_F_IMPOSED)) ==
			    EXCH_F_EXT)) != 0) {
			exch_general_cancel(m, in, c);
			return;
		}
		o = exch_book_find(m->store, &in->book, c->order);
	}
	if (o == EXCH_SLOT_NONE || c->qty == 0) {
		exch_engine_reject(m, &c->h, c->order,
		    in == NULL ? EXCH_REJ_INSTRUMENT
		    : c->qty == 0 && o != EXCH_SLOT_NONE
			? EXCH_REJ_QTY
			: EXCH_REJ_UNKNOWN_ORDER);
		return;
	}
	open = exch_book_slots(m->store)[o].qty;
	if (c->qty >= open) {
		exch_book_remove(m->store, &in->book, o);
		exch_engine_cancelled(
		    m, c->h.instr, c->order, open, why, false);
	} else {
		exch_book_reduce(m->store, o, c->qty);
		exch_engine_cancelled(
		    m, c->h.instr, c->order, c->qty, why, true);
	}
	if (imposed && c->h.flags & EXCH_F_EXT)
		exch_engine_copy_cause(m, c);
}

/* What a market says of a replacement. */
static enum exch_reject
check_change(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_rec_replace *c, exch_slot old)
{
	uint8_t type = exch_book_tick_of(m->store, old) == EXCH_TICK_MARKET
			   ? EXCH_ORD_MARKET
			   : EXCH_ORD_LIMIT;
	enum exch_reject code = exch_check_market(m, in, c->price);

	if (code != EXCH_REJ_NONE)
		return code;
	if (c->account != 0 && !exch_account_ok(m, c->account))
		return EXCH_REJ_ACCOUNT;
	code = exch_eligible(m, in, EXCH_FREEZE_REPLACE, type, c->tif);
	if (code != EXCH_REJ_NONE)
		return code;
	return exch_is_killed(m, exch_book_slots(m->store)[old].owner) ||
		       (c->account != 0 && exch_is_killed(m, c->account))
		   ? EXCH_REJ_KILLED
		   : EXCH_REJ_NONE;
}

static enum exch_reject
check_replace(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_rec_replace *c, exch_slot old, struct incoming *o)
{
	enum exch_reject code;
	int64_t was;

	if (!o->imposed &&
	    (in->phase == EXCH_PHASE_CLOSED || in->phase == EXCH_PHASE_END))
		return EXCH_REJ_PHASE;
	if (old == EXCH_SLOT_NONE)
		return EXCH_REJ_UNKNOWN_ORDER;
	was = exch_book_tick_of(m->store, old);
	o->b.side = exch_book_side_of(m->store, old);
	if (c->ordflags != 0 && was == EXCH_TICK_MARKET)
		return EXCH_REJ_FLAGS;
	if ((code = exch_engine_check_qty(in, c->qty)) != EXCH_REJ_NONE)
		return code;
	if (was == EXCH_TICK_MARKET) {
		if (c->price != EXCH_PX_NONE)
			return EXCH_REJ_PRICE;
		o->b.tick = EXCH_TICK_MARKET;
	} else if ((code = exch_engine_check_price(in, c->price, &o->b.tick)) !=
		   EXCH_REJ_NONE) {
		return code;
	}
	if (m->rules && !o->imposed &&
	    (code = check_change(m, in, c, old)) != EXCH_REJ_NONE)
		return code;
	if (c->new_order != c->order &&
	    exch_book_find(m->store, &in->book, c->new_order) != EXCH_SLOT_NONE)
		return EXCH_REJ_DUPLICATE;
	if (c->ordflags & EXCH_ORD_POST_ONLY && !o->imposed &&
	    in->phase == EXCH_PHASE_CONTINUOUS &&
	    target(exch_book_slots(m->store), in, o->b.side, o->b.tick) !=
		EXCH_SLOT_NONE)
		return EXCH_REJ_POST_ONLY;
	return EXCH_REJ_NONE;
}

/* The one that is replaced leaves the book; the card has done it already. */
static void
leave(struct exch_match *m, struct exch_instr *in, exch_slot old)
{
	struct exch_aboard *a = m->card;
	bool asked = a != NULL && a->asked && exch_aboard_slot_of(a, old) != 0;

	if (asked) {
		a->card_slot[old] = 0; /* the other one has its slot */
		a->muted = true;
	}
	exch_book_remove(m->store, &in->book, old);
	if (asked)
		a->muted = false;
}

void
exch_engine_replace(struct exch_match *m, struct exch_instr *in,
    const struct exch_rec_replace *c)
{
	struct exch_rec_replaced *r;
	enum exch_reject code = EXCH_REJ_INSTRUMENT;
	exch_slot old = EXCH_SLOT_NONE;
	const struct exch_slot_data *v;
	bool kept;
	struct incoming o = {
	    .b.id = c->new_order,
	    .b.qty = c->qty,
	    .b.owner = c->account,
	    .b.by_id = (c->ordflags & EXCH_ORD_BY_ID) != 0,
	    .b.fresh = true,
	    .tif = c->tif,
	    .imposed = (c->h.flags & EXCH_F_IMPOSED) != 0,
	};

	if (in != NULL &&
	    (exch_is_general(m, in) || c->tif != EXCH_TIF_DAY ||
		(c->ordflags & ~FLAGS_KNOWN) != 0 ||
		(c->h.flags & EXCH_F_EXT) != 0 || c->account >= EXCH_SPECIAL)) {
		exch_general_replace(m, in, c);
		return;
	}
	if (in != NULL) {
		old = exch_book_find(m->store, &in->book, c->order);
		code = check_replace(m, in, c, old, &o);
	}
	if (code != EXCH_REJ_NONE) {
		exch_engine_reject(m, &c->h, c->order, code);
		return;
	}
	v = &exch_book_slots(m->store)[old];
	if (o.b.owner == 0)
		o.b.owner = v->owner;
	kept = c->new_order == c->order && o.b.qty <= v->qty &&
	       o.b.tick == exch_book_tick_of(m->store, old) &&
	       o.b.owner == v->owner;
	if (!kept && !ask(m, in, &o, old))
		return;
	if (!kept)
		leave(m, in, old);
	else if (o.b.qty < v->qty)
		exch_book_reduce(m->store, old, v->qty - o.b.qty);
	r = exch_engine_emit(m, EXCH_REC_REPLACED, sizeof(*r), c->h.instr);
	r->order = c->order;
	r->new_order = c->new_order;
	r->qty = c->qty;
	r->kept = kept;
	m->st.replaces++;
	if (!kept)
		enter(m, in, &o);
}
