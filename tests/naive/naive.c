/*
 * The naive engine's commands and phases; see naive.h.  The order of the
 * checks and of the events is that of exch-match(1), MARKET RULES.  The
 * price of an auction comes from uncross.c.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "naive/naive.h"

/* ---- memory and events ---- */

static void *
grow(void *p, size_t *cap, size_t need, size_t size)
{
	if (need <= *cap)
		return p;
	*cap = need * 2;
	p = realloc(p, *cap * size);
	if (p == NULL)
		abort();
	return p;
}

static void *
emit(struct naive *n, uint8_t type, size_t size, uint32_t instr)
{
	struct exch_rec *r;

	n->out = grow(n->out, &n->capout, n->nout + size, 1);
	n->last_out = n->nout;
	r = (struct exch_rec *)(void *)(n->out + n->nout);
	memset(r, 0, size);
	r->type = type;
	r->len8 = (uint8_t)(size / 8);
	r->instr = instr;
	r->time = n->time;
	n->nout += size;
	return r;
}

static void
emit_ack(struct naive *n, uint32_t instr, exch_oid id)
{
	struct exch_rec_ack *e = emit(n, EXCH_REC_ACK, sizeof(*e), instr);

	e->order = id;
}

static void
emit_reject(struct naive *n, const struct exch_rec *cmd, exch_oid id,
    enum exch_reject code)
{
	struct exch_rec_reject *e =
	    emit(n, EXCH_REC_REJECT, sizeof(*e), cmd->instr);

	e->order = id;
	e->code = (uint16_t)code;
	e->command = cmd->type;
}

static void
emit_cancelled(struct naive *n, uint32_t instr, exch_oid id, exch_qty qty,
    enum exch_reason reason, bool open)
{
	struct exch_rec_cancelled *e =
	    emit(n, EXCH_REC_CANCELLED, sizeof(*e), instr);

	e->order = id;
	e->qty = qty;
	e->reason = (uint16_t)reason;
	e->open = open;
}

static void
emit_exec(
    struct naive *n, struct naive_instr *in, const struct exch_rec_exec *what)
{
	struct exch_rec_exec *e =
	    emit(n, EXCH_REC_EXEC, sizeof(*e), in->def.h.instr);

	e->match = in->match++;
	e->buy = what->buy;
	e->sell = what->sell;
	e->price = what->price;
	e->qty = what->qty;
	e->aggressor = what->aggressor;
	e->cross = what->cross;
	in->last = what->price;
	if (!n->expect)
		return;
	in->made =
	    grow(in->made, &in->capmade, in->nmade + 1, sizeof(*in->made));
	in->made[in->nmade++] = *e;
}

/* ---- the book ---- */

struct naive_instr *
naive_find_instr(const struct naive *n, uint32_t id)
{
	for (size_t i = 0; i < n->ninstr; i++)
		if (n->instr[i].def.h.instr == id)
			return &n->instr[i];
	return NULL;
}

/* The instrument with the next larger id, or NULL. */
static struct naive_instr *
next_instr(const struct naive *n, uint32_t id)
{
	struct naive_instr *next = NULL;

	for (size_t i = 0; i < n->ninstr; i++)
		if (n->instr[i].def.h.instr > id &&
		    (next == NULL ||
			n->instr[i].def.h.instr < next->def.h.instr))
			next = &n->instr[i];
	return next;
}

size_t
naive_find_order(const struct naive_instr *in, exch_oid id)
{
	size_t i = 0;

	while (i < in->n && in->order[i].id != id)
		i++;
	return i;
}

/* Does a stand before b's price, both of one side? */
static bool
better(uint8_t side, exch_px a, exch_px b)
{
	if (a == EXCH_PX_NONE || b == EXCH_PX_NONE)
		return a == EXCH_PX_NONE && b != EXCH_PX_NONE;
	return side == EXCH_BUY ? a > b : a < b;
}

size_t
naive_best(const struct naive_instr *in, uint8_t side)
{
	size_t best = in->n;

	for (size_t i = 0; i < in->n; i++)
		if (in->order[i].side == side &&
		    (best == in->n || better(side, in->order[i].price,
					  in->order[best].price)))
			best = i;
	return best;
}

static void
take_out(struct naive_instr *in, size_t i)
{
	in->n--;
	memmove(&in->order[i], &in->order[i + 1],
	    (in->n - i) * sizeof(in->order[0]));
}

/*
 * Join the queue of its level: at the back, or with by_id before the
 * orders at the back whose ids are greater.  False: the level is full.
 */
static bool
join(struct naive_instr *in, const struct naive_order *o, bool by_id)
{
	exch_u128 sum = o->qty;
	size_t at = in->n;

	for (size_t i = 0; i < in->n; i++)
		if (in->order[i].side == o->side &&
		    in->order[i].price == o->price)
			sum += in->order[i].qty;
	if (sum > UINT64_MAX)
		return false;
	for (size_t i = in->n; by_id && i-- > 0;) {
		if (in->order[i].side != o->side ||
		    in->order[i].price != o->price)
			continue;
		if (in->order[i].id < o->id)
			break;
		at = i;
	}
	in->order = grow(in->order, &in->cap, in->n + 1, sizeof(*in->order));
	memmove(&in->order[at + 1], &in->order[at],
	    (in->n - at) * sizeof(in->order[0]));
	in->order[at] = *o;
	in->n++;
	return true;
}

/* May an order with this limit meet a resting one with that price? */
static bool
meets(const struct naive_order *o, const struct naive_order *resting)
{
	if (o->price == EXCH_PX_NONE)
		return resting->price != EXCH_PX_NONE;
	if (resting->price == EXCH_PX_NONE)
		return true;
	return o->side == EXCH_BUY ? o->price >= resting->price
				   : o->price <= resting->price;
}

static uint8_t
other(uint8_t side)
{
	return side == EXCH_BUY ? EXCH_SELL : EXCH_BUY;
}

static void
fill(const struct naive *n, struct naive_instr *in, size_t i, exch_qty qty)
{
	if (n->fault == NAIVE_FAULT_QTY && qty == in->order[i].qty && qty > 1)
		qty--;
	in->order[i].qty -= qty;
	if (in->order[i].qty == 0)
		take_out(in, i);
}

/* The last order at the price of order i, for NAIVE_FAULT_FIFO. */
static size_t
last_like(const struct naive_instr *in, size_t i)
{
	size_t last = i;

	for (size_t k = i; k < in->n; k++)
		if (in->order[k].side == in->order[i].side &&
		    in->order[k].price == in->order[i].price)
			last = k;
	return last;
}

/* Trade an incoming order against the book; o->qty is what is left. */
static void
trade(struct naive *n, struct naive_instr *in, struct naive_order *o)
{
	while (o->qty > 0) {
		size_t i = naive_best(in, other(o->side));
		struct exch_rec_exec e = {.aggressor = o->side};
		exch_oid rid;

		if (i == in->n || !meets(o, &in->order[i]))
			return;
		if (n->fault == NAIVE_FAULT_FIFO)
			i = last_like(in, i);
		e.price = in->order[i].price;
		if (e.price == EXCH_PX_NONE)
			e.price = o->price;
		if (n->fault == NAIVE_FAULT_PRICE && o->price != EXCH_PX_NONE)
			e.price = o->price;
		e.qty = in->order[i].qty < o->qty ? in->order[i].qty : o->qty;
		rid = in->order[i].id;
		e.buy = o->side == EXCH_BUY ? o->id : rid;
		e.sell = o->side == EXCH_BUY ? rid : o->id;
		emit_exec(n, in, &e);
		o->qty -= e.qty;
		fill(n, in, i, e.qty);
	}
}

/* Everything the opposite side has at the limit or better. */
static exch_u128
available(const struct naive_instr *in, const struct naive_order *o)
{
	exch_u128 sum = 0;

	for (size_t i = 0; i < in->n; i++)
		if (in->order[i].side != o->side && meets(o, &in->order[i]))
			sum += in->order[i].qty;
	return sum;
}

/* Would a limit order trade at once? */
static bool
crosses(const struct naive_instr *in, const struct naive_order *o)
{
	size_t i = naive_best(in, other(o->side));

	return i < in->n && meets(o, &in->order[i]);
}

static void
rest(struct naive *n, struct naive_instr *in, const struct naive_order *o,
    bool by_id)
{
	if (n->fault == NAIVE_FAULT_BY_ID)
		by_id = false;
	if (!join(in, o, by_id))
		emit_cancelled(n, in->def.h.instr, o->id, o->qty,
		    EXCH_WHY_CAPACITY, false);
}

/* ---- checks that NEW and REPLACE share ---- */

static enum exch_reject
check_qty(const struct naive_instr *in, exch_qty qty)
{
	if (qty == 0 || qty == EXCH_QTY_NONE || qty < in->def.min_qty ||
	    qty > in->def.max_qty)
		return EXCH_REJ_QTY;
	if (qty % in->def.lot != 0)
		return EXCH_REJ_LOT;
	return EXCH_REJ_NONE;
}

static enum exch_reject
check_price(const struct naive_instr *in, exch_px price, bool market)
{
	if (market)
		return price == EXCH_PX_NONE ? EXCH_REJ_NONE : EXCH_REJ_PRICE;
	if (price == EXCH_PX_NONE)
		return EXCH_REJ_PRICE;
	if (price <= 0 && in->def.kind != EXCH_KIND_FUTURE)
		return EXCH_REJ_PRICE;
	/* -2^63 has no magnitude of its type: off every grid. */
	if (price == INT64_MIN || price % in->def.tick != 0)
		return EXCH_REJ_TICK;
	return EXCH_REJ_NONE;
}

/* ---- NEW ---- */

static bool
bad_flags(const struct exch_rec_new *c)
{
	bool market = c->ordtype == EXCH_ORD_MARKET;
	bool now = c->tif == EXCH_TIF_IOC || c->tif == EXCH_TIF_FOK;

	if (c->ordflags & ~(EXCH_ORD_POST_ONLY | EXCH_ORD_BY_ID))
		return true;
	if ((c->ordflags & EXCH_ORD_POST_ONLY) && (market || now))
		return true;
	return (c->ordflags & EXCH_ORD_BY_ID) && market;
}

static enum exch_reject
check_new(const struct naive_instr *in, const struct exch_rec_new *c)
{
	bool imposed = c->h.flags & EXCH_F_IMPOSED;
	bool market = c->ordtype == EXCH_ORD_MARKET;
	bool now = c->tif == EXCH_TIF_IOC || c->tif == EXCH_TIF_FOK;
	struct naive_order o = {.price = c->price, .side = c->side};
	enum exch_reject why;

	if (in == NULL)
		return EXCH_REJ_INSTRUMENT;
	if (c->side != EXCH_BUY && c->side != EXCH_SELL)
		return EXCH_REJ_SIDE;
	if (!market && c->ordtype != EXCH_ORD_LIMIT)
		return EXCH_REJ_TYPE;
	if (market && imposed)
		return EXCH_REJ_TYPE;
	if (c->tif != EXCH_TIF_DAY && c->tif != EXCH_TIF_GTC && !now)
		return EXCH_REJ_TIF;
	if (bad_flags(c))
		return EXCH_REJ_FLAGS;
	if ((why = check_qty(in, c->qty)) != EXCH_REJ_NONE)
		return why;
	if ((why = check_price(in, c->price, market)) != EXCH_REJ_NONE)
		return why;
	if (!imposed && in->phase == EXCH_PHASE_CLOSED)
		return EXCH_REJ_PHASE;
	if (!imposed && now && in->phase != EXCH_PHASE_CONTINUOUS)
		return EXCH_REJ_PHASE;
	if (naive_find_order(in, c->order) < in->n)
		return EXCH_REJ_DUPLICATE;
	if (!imposed && (c->ordflags & EXCH_ORD_POST_ONLY) &&
	    in->phase == EXCH_PHASE_CONTINUOUS && crosses(in, &o))
		return EXCH_REJ_POST_ONLY;
	return EXCH_REJ_NONE;
}

static void
do_new(struct naive *n, const struct exch_rec_new *c)
{
	struct naive_instr *in = naive_find_instr(n, c->h.instr);
	enum exch_reject why = check_new(in, c);
	bool imposed = c->h.flags & EXCH_F_IMPOSED;
	bool by_id = c->ordflags & EXCH_ORD_BY_ID;
	struct naive_order o = {
	    c->order, c->price, c->qty, c->account, c->side};

	if (why != EXCH_REJ_NONE) {
		emit_reject(n, &c->h, c->order, why);
		return;
	}
	emit_ack(n, c->h.instr, c->order);
	if (imposed || in->phase != EXCH_PHASE_CONTINUOUS) {
		rest(n, in, &o, by_id);
		return;
	}
	if (c->tif == EXCH_TIF_FOK && available(in, &o) < o.qty) {
		emit_cancelled(n, c->h.instr, o.id, o.qty, EXCH_WHY_FOK, false);
		return;
	}
	trade(n, in, &o);
	if (o.qty == 0)
		return;
	if (c->tif == EXCH_TIF_IOC)
		emit_cancelled(n, c->h.instr, o.id, o.qty, EXCH_WHY_IOC, false);
	else if (o.price == EXCH_PX_NONE)
		emit_cancelled(
		    n, c->h.instr, o.id, o.qty, EXCH_WHY_NO_LIQUIDITY, false);
	else
		rest(n, in, &o, by_id);
}

/* ---- CANCEL ---- */

/* The command's CAUSE entry, to go behind the event just made. */
static void
add_cause(struct naive *n, const struct exch_rec_cancel *c)
{
	const unsigned char *p = (const unsigned char *)c + sizeof(*c);
	const unsigned char *end =
	    (const unsigned char *)c + exch_rec_len(&c->h);
	struct exch_rec *e;

	if (!(c->h.flags & EXCH_F_EXT))
		return;
	while (p + sizeof(struct exch_ext) <= end) {
		struct exch_ext x;

		memcpy(&x, p, sizeof(x));
		if (x.tag == EXCH_EXT_CAUSE) {
			n->out =
			    grow(n->out, &n->capout, n->nout + sizeof(x), 1);
			memcpy(n->out + n->nout, &x, sizeof(x));
			n->nout += sizeof(x);
			e = (struct exch_rec *)(void *)(n->out + n->last_out);
			e->len8 = (uint8_t)(e->len8 + sizeof(x) / 8);
			e->flags |= EXCH_F_EXT;
			return;
		}
		p += x.tag & 0x8000 ? 8 + ((size_t)x.n + 7) / 8 * 8 : sizeof(x);
	}
}

static void
do_cancel(struct naive *n, const struct exch_rec_cancel *c)
{
	struct naive_instr *in = naive_find_instr(n, c->h.instr);
	size_t i = in == NULL ? 0 : naive_find_order(in, c->order);
	bool imposed = c->h.flags & EXCH_F_IMPOSED;
	enum exch_reason why = imposed ? EXCH_WHY_IMPOSED : EXCH_WHY_USER;
	struct naive_order *o;

	if (in == NULL || i == in->n || c->qty == 0) {
		emit_reject(n, &c->h, c->order,
		    in == NULL	 ? EXCH_REJ_INSTRUMENT
		    : i == in->n ? EXCH_REJ_UNKNOWN_ORDER
				 : EXCH_REJ_QTY);
		return;
	}
	o = &in->order[i];
	if (c->qty >= o->qty) {
		emit_cancelled(n, c->h.instr, o->id, o->qty, why, false);
		take_out(in, i);
	} else {
		emit_cancelled(n, c->h.instr, o->id, c->qty, why, true);
		o->qty -= c->qty;
	}
	if (imposed)
		add_cause(n, c);
}

/* ---- REPLACE ---- */

static enum exch_reject
check_replace(const struct naive_instr *in, const struct exch_rec_replace *c)
{
	bool imposed = c->h.flags & EXCH_F_IMPOSED;
	struct naive_order o;
	enum exch_reject why;
	size_t i;

	if (in == NULL)
		return EXCH_REJ_INSTRUMENT;
	if (!imposed && in->phase == EXCH_PHASE_CLOSED)
		return EXCH_REJ_PHASE;
	i = naive_find_order(in, c->order);
	if (i == in->n)
		return EXCH_REJ_UNKNOWN_ORDER;
	o = in->order[i];
	if (c->tif != EXCH_TIF_DAY && c->tif != EXCH_TIF_GTC)
		return EXCH_REJ_TIF;
	if (c->ordflags & ~(EXCH_ORD_POST_ONLY | EXCH_ORD_BY_ID))
		return EXCH_REJ_FLAGS;
	if (c->ordflags != 0 && o.price == EXCH_PX_NONE)
		return EXCH_REJ_FLAGS;
	if ((why = check_qty(in, c->qty)) != EXCH_REJ_NONE)
		return why;
	why = check_price(in, c->price, o.price == EXCH_PX_NONE);
	if (why != EXCH_REJ_NONE)
		return why;
	if (c->new_order != c->order &&
	    naive_find_order(in, c->new_order) < in->n)
		return EXCH_REJ_DUPLICATE;
	o.price = c->price;
	if (!imposed && (c->ordflags & EXCH_ORD_POST_ONLY) &&
	    in->phase == EXCH_PHASE_CONTINUOUS && crosses(in, &o))
		return EXCH_REJ_POST_ONLY;
	return EXCH_REJ_NONE;
}

static void
do_replace(struct naive *n, const struct exch_rec_replace *c)
{
	struct naive_instr *in = naive_find_instr(n, c->h.instr);
	enum exch_reject why = check_replace(in, c);
	bool imposed = c->h.flags & EXCH_F_IMPOSED;
	struct exch_rec_replaced *e;
	struct naive_order o;
	size_t i;
	bool kept;

	if (why != EXCH_REJ_NONE) {
		emit_reject(n, &c->h, c->order, why);
		return;
	}
	i = naive_find_order(in, c->order);
	o = in->order[i];
	kept = c->new_order == c->order && c->price == o.price &&
	       (c->qty <= o.qty || n->fault == NAIVE_FAULT_REPLACE) &&
	       (c->account == 0 || c->account == o.account);
	e = emit(n, EXCH_REC_REPLACED, sizeof(*e), c->h.instr);
	e->order = c->order;
	e->new_order = c->new_order;
	e->qty = c->qty;
	e->kept = kept;
	if (kept) {
		in->order[i].qty = c->qty;
		return;
	}
	take_out(in, i);
	o.id = c->new_order;
	o.price = c->price;
	o.qty = c->qty;
	if (c->account != 0)
		o.account = c->account;
	if (!imposed && in->phase == EXCH_PHASE_CONTINUOUS)
		trade(n, in, &o);
	if (o.qty > 0)
		rest(n, in, &o, c->ordflags & EXCH_ORD_BY_ID);
}

/* ---- phases and auctions ---- */

static bool
may_trade_at(const struct naive_order *o, exch_px p)
{
	if (o->price == EXCH_PX_NONE)
		return true;
	return o->side == EXCH_BUY ? o->price >= p : o->price <= p;
}

/* Pair the heads of both sides until the volume is done. */
static void
pair(struct naive *n, struct naive_instr *in, exch_px price, exch_u128 volume,
    uint8_t cross)
{
	while (volume > 0) {
		size_t b = naive_best(in, EXCH_BUY);
		size_t s = naive_best(in, EXCH_SELL);
		struct exch_rec_exec e = {.price = price, .cross = cross};

		if (b == in->n || s == in->n ||
		    !may_trade_at(&in->order[b], price) ||
		    !may_trade_at(&in->order[s], price))
			abort();
		e.buy = in->order[b].id;
		e.sell = in->order[s].id;
		e.qty = in->order[b].qty;
		if (in->order[s].qty < e.qty)
			e.qty = in->order[s].qty;
		if (volume < e.qty)
			e.qty = (exch_qty)volume;
		emit_exec(n, in, &e);
		volume -= e.qty;
		/* The one behind first, so that the other keeps its place. */
		fill(n, in, b > s ? b : s, e.qty);
		fill(n, in, b > s ? s : b, e.qty);
	}
}

/* 2^64 - 1 means "none", so the largest quantity is one less. */
static exch_qty
at_most_64(exch_u128 v)
{
	return v >= EXCH_QTY_NONE ? EXCH_QTY_NONE - 1 : (exch_qty)v;
}

/* A reference off the grid is moved to it, towards zero. */
static exch_px
on_grid(exch_px ref, exch_px tick)
{
	if (ref == EXCH_PX_NONE || ref == INT64_MIN)
		return EXCH_PX_NONE;
	return ref - ref % tick;
}

static void
uncross(struct naive *n, struct naive_instr *in, exch_px ref, uint8_t cross,
    bool always)
{
	const char *ladder =
	    n->fault == NAIVE_FAULT_UNCROSS ? "plain-low" : n->ladder;
	struct exch_rec_auction *e;
	struct naive_price p;

	if (ref == EXCH_PX_NONE)
		ref = in->last;
	if (ref == EXCH_PX_NONE)
		ref = in->def.reference;
	ref = on_grid(ref, in->def.tick);
	p = naive_uncross_price(ladder, in->order, in->n, in->def.tick, ref);
	if (!p.found && !always)
		return;
	e = emit(n, EXCH_REC_AUCTION, sizeof(*e), in->def.h.instr);
	e->price = p.found ? p.price : EXCH_PX_NONE;
	e->paired = at_most_64(p.volume);
	e->imbalance =
	    at_most_64((exch_u128)(p.surplus < 0 ? -p.surplus : p.surplus));
	e->side = p.surplus > 0	  ? EXCH_BUY
		  : p.surplus < 0 ? EXCH_SELL
				  : EXCH_SIDE_NONE;
	e->reference = ref;
	e->far = EXCH_PX_NONE;
	e->cross = cross;
	e->final = 1;
	if (p.found)
		pair(n, in, p.price, p.volume, cross);
}

/* Market orders that nothing can execute any more. */
static void
drop_market_orders(struct naive *n, struct naive_instr *in)
{
	static const uint8_t sides[2] = {EXCH_BUY, EXCH_SELL};

	for (int s = 0; s < 2; s++) {
		for (size_t i = 0; i < in->n;) {
			struct naive_order o = in->order[i];

			if (o.side != sides[s] || o.price != EXCH_PX_NONE) {
				i++;
				continue;
			}
			take_out(in, i);
			emit_cancelled(n, in->def.h.instr, o.id, o.qty,
			    EXCH_WHY_UNCROSSED, false);
		}
	}
}

static void
phase_of_one(
    struct naive *n, struct naive_instr *in, const struct exch_rec_phase *c)
{
	bool runs = !(c->h.flags & EXCH_F_IMPOSED);
	bool opens = c->phase == EXCH_PHASE_CONTINUOUS;
	bool ends = opens || c->phase == EXCH_PHASE_CLOSED;
	exch_px ref = c->reference;

	if (in->phase == EXCH_PHASE_CALL && ref == EXCH_PX_NONE)
		ref = in->call_ref;
	if (runs && in->phase == EXCH_PHASE_CALL && ends)
		uncross(n, in, ref, in->cross, true);
	else if (runs && in->phase == EXCH_PHASE_HALT && opens)
		uncross(n, in, ref, EXCH_CROSS_HALT, false);
	else if (runs && in->phase != EXCH_PHASE_CONTINUOUS && opens)
		uncross(n, in, ref, EXCH_CROSS_OPEN, false);
	in->phase = c->phase;
	if (c->phase == EXCH_PHASE_CALL) {
		in->cross = c->cross;
		in->call_ref = ref;
	}
	if (ends)
		drop_market_orders(n, in);
}

static void
do_phase(struct naive *n, const struct exch_rec_phase *c)
{
	struct naive_instr *in;
	uint32_t last = 0;

	if (c->phase > EXCH_PHASE_HALT)
		return;
	if (c->h.instr != 0) {
		in = naive_find_instr(n, c->h.instr);
		if (in != NULL)
			phase_of_one(n, in, c);
		return;
	}
	n->phase = c->phase;
	n->cross = c->cross;
	while ((in = next_instr(n, last)) != NULL) {
		last = in->def.h.instr;
		phase_of_one(n, in, c);
	}
}

/* ---- INSTRUMENT ---- */

static void
do_instrument(struct naive *n, const struct exch_rec_instrument *c)
{
	struct naive_instr *in = naive_find_instr(n, c->h.instr);

	if (in != NULL && in->def.tick != c->tick) {
		if (in->n > 0) {
			emit(n, EXCH_REC_ERROR, sizeof(struct exch_rec_error),
			    c->h.instr);
			return;
		}
		in->last = EXCH_PX_NONE; /* of another grid */
	}
	if (in != NULL) {
		in->def = *c;
		return;
	}
	n->instr = realloc(n->instr, (n->ninstr + 1) * sizeof(*n->instr));
	if (n->instr == NULL)
		abort();
	in = &n->instr[n->ninstr++];
	*in = (struct naive_instr){.def = *c,
	    .phase = n->phase,
	    .cross = n->cross,
	    .call_ref = EXCH_PX_NONE,
	    .last = EXCH_PX_NONE,
	    .match = 1};
}

/* ---- EXPECT ---- */

static exch_oid
resting_of(uint8_t aggressor, exch_oid buy, exch_oid sell)
{
	return aggressor == EXCH_BUY ? sell : buy;
}

/* What the engine did and the venue did not. */
static void
unexpected(struct naive *n, struct naive_instr *in)
{
	for (size_t i = 0; i < in->nmade; i++) {
		const struct exch_rec_exec *x = &in->made[i];
		struct exch_rec_miss *e =
		    emit(n, EXCH_REC_MISS, sizeof(*e), in->def.h.instr);

		e->got_match = x->match;
		e->got_resting = resting_of(x->aggressor, x->buy, x->sell);
		e->got_price = x->price;
		e->got_qty = x->qty;
		e->cause = EXCH_CAUSE_UNEXPECTED;
		e->aggressor = x->aggressor;
	}
	in->nmade = 0;
}

static void
do_expect(struct naive *n, const struct exch_rec_expect *c)
{
	struct naive_instr *in = naive_find_instr(n, c->h.instr);
	struct exch_rec_exec x = {.match = 0};
	bool any = in != NULL && in->nmade > 0;
	exch_oid want = resting_of(c->aggressor, c->buy, c->sell);
	enum exch_cause cause = EXCH_CAUSE_NONE;
	struct exch_rec_miss *e;

	if (!n->expect || c->h.flags & EXCH_F_IMPOSED)
		return;
	if (any) {
		x = in->made[0];
		in->nmade--;
		memmove(in->made, in->made + 1, in->nmade * sizeof(x));
	}
	if (!any)
		cause = EXCH_CAUSE_ABSENT;
	else if (resting_of(x.aggressor, x.buy, x.sell) != want ||
		 x.aggressor != c->aggressor)
		cause = EXCH_CAUSE_ORDER;
	else if (x.qty != c->qty)
		cause = EXCH_CAUSE_QTY;
	else if (x.price != c->price)
		cause = EXCH_CAUSE_PRICE;
	if (cause == EXCH_CAUSE_NONE)
		return;
	e = emit(n, EXCH_REC_MISS, sizeof(*e), c->h.instr);
	e->match = c->match;
	e->got_match = x.match;
	e->resting = want;
	e->got_resting = resting_of(x.aggressor, x.buy, x.sell);
	e->price = c->price;
	e->got_price = x.price;
	e->qty = c->qty;
	e->got_qty = x.qty;
	e->cause = (uint16_t)cause;
	e->aggressor = c->aggressor;
}

/* ---- the whole ---- */

void
naive_init(struct naive *n, const char *ladder, uint8_t phase)
{
	*n = (struct naive){.ladder = ladder, .phase = phase};
}

void
naive_clear(struct naive *n)
{
	for (size_t i = 0; i < n->ninstr; i++) {
		free(n->instr[i].order);
		free(n->instr[i].made);
	}
	free(n->instr);
	free(n->out);
	memset(n, 0, sizeof(*n));
}

void
naive_apply(struct naive *n, const struct exch_rec *r)
{
	struct naive_instr *in = naive_find_instr(n, r->instr);

	n->nout = 0;
	if (r->time > n->time)
		n->time = r->time;
	if (in != NULL &&
	    (r->type == EXCH_REC_NEW || r->type == EXCH_REC_CANCEL ||
		r->type == EXCH_REC_REPLACE))
		unexpected(n, in);
	if (r->type == EXCH_REC_INSTRUMENT)
		do_instrument(n, (const void *)r);
	else if (r->type == EXCH_REC_PHASE)
		do_phase(n, (const void *)r);
	else if (r->type == EXCH_REC_NEW)
		do_new(n, (const void *)r);
	else if (r->type == EXCH_REC_CANCEL)
		do_cancel(n, (const void *)r);
	else if (r->type == EXCH_REC_REPLACE)
		do_replace(n, (const void *)r);
	else if (r->type == EXCH_REC_EXPECT)
		do_expect(n, (const void *)r);
	if (n->nout > 0)
		((struct exch_rec *)(void *)(n->out + n->last_out))->flags |=
		    EXCH_F_LAST;
}

void
naive_finish(struct naive *n)
{
	uint32_t last = 0;
	struct naive_instr *in;

	n->nout = 0;
	while ((in = next_instr(n, last)) != NULL) {
		last = in->def.h.instr;
		unexpected(n, in);
	}
}
