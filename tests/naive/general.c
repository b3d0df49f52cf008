/*
 * The naive engine: new orders, cancels and replaces with everything they
 * may carry; see naive.h.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "naive/naive.h"

/* The entry of an order's record with this tag. */
bool
naive_entry_of(
    const struct exch_rec *r, size_t fixed, uint16_t tag, struct exch_ext *x)
{
	const unsigned char *p = (const unsigned char *)r + fixed;
	const unsigned char *end = (const unsigned char *)r + exch_rec_len(r);

	if (!(r->flags & EXCH_F_EXT) || (r->flags & EXCH_F_IMPOSED))
		return false;
	while (p + 8 <= end) {
		memcpy(x, p, p + sizeof(*x) <= end ? sizeof(*x) : 8);
		if (x->tag == tag)
			return true;
		p += x->tag & 0x8000 ? 8 + ((size_t)x->n + 7) / 8 * 8
				     : sizeof(*x);
	}
	return false;
}

bool
naive_is_call(uint8_t tif)
{
	return tif == EXCH_TIF_ATO || tif == EXCH_TIF_ATC ||
	       tif == EXCH_TIF_GFA;
}

static bool
is_now(uint8_t tif)
{
	return tif == EXCH_TIF_IOC || tif == EXCH_TIF_FOK;
}

bool
naive_is_dated(uint8_t tif)
{
	return tif == EXCH_TIF_GTD || tif == EXCH_TIF_GTT;
}

static bool
is_stop(uint8_t type)
{
	return type == EXCH_ORD_STOP || type == EXCH_ORD_STOP_LIMIT ||
	       type == EXCH_ORD_MIT || type == EXCH_ORD_LIT;
}

bool
naive_takes_part(uint8_t tif, uint8_t cross)
{
	if (tif == EXCH_TIF_ATO)
		return cross == EXCH_CROSS_OPEN;
	if (tif == EXCH_TIF_ATC)
		return cross == EXCH_CROSS_CLOSE;
	return tif == EXCH_TIF_GFA;
}

bool
naive_is_conditional(const struct naive_order *o)
{
	return (o->flags & EXCH_ORD_AON) || (o->min != 0 && !o->min_total);
}

/* ---- everything that lives ---- */

void
naive_apart(struct naive_instr *in, const struct naive_order *o)
{
	if (in->napart == in->capapart) {
		in->capapart = in->capapart * 2 + 16;
		in->apart =
		    realloc(in->apart, in->capapart * sizeof(*in->apart));
		if (in->apart == NULL)
			abort();
	}
	in->apart[in->napart++] = *o;
	in->apart[in->napart - 1].qty += o->reserve;
	in->apart[in->napart - 1].reserve = 0;
}

void
naive_apart_out(struct naive_instr *in, size_t i)
{
	in->napart--;
	memmove(&in->apart[i], &in->apart[i + 1],
	    (in->napart - i) * sizeof(in->apart[0]));
}

static size_t
apart_find(const struct naive_instr *in, exch_oid id)
{
	size_t i = 0;

	while (i < in->napart && in->apart[i].id != id)
		i++;
	return i;
}

bool
naive_drop(struct naive *n, struct naive_instr *in, uint64_t entry,
    enum exch_reason why)
{
	struct naive_order o;

	in->touched = true;
	for (size_t i = 0; i < in->n; i++)
		if (in->order[i].entry == entry) {
			o = in->order[i];
			naive_take_out(in, i);
			goto gone;
		}
	for (size_t i = 0; i < in->napart; i++)
		if (in->apart[i].entry == entry) {
			o = in->apart[i];
			naive_apart_out(in, i);
			goto gone;
		}
	for (size_t i = 0; i < n->nqueue; i++)
		if (n->queue[i].entry == entry) {
			o = n->queue[i];
			n->nqueue--;
			memmove(&n->queue[i], &n->queue[i + 1],
			    (n->nqueue - i) * sizeof(*n->queue));
			memmove(&n->queue_price[i], &n->queue_price[i + 1],
			    (n->nqueue - i) * sizeof(*n->queue_price));
			goto gone;
		}
	if (n->turn != NULL && n->turn->entry == entry && !n->turn_over) {
		o = *n->turn;
		n->turn_over = true;
		goto gone;
	}
	return false;
gone:
	/* all of it traded: it is filled */
	if (o.qty + o.reserve > 0)
		naive_cancelled(
		    n, in->def.h.instr, o.id, o.qty + o.reserve, why, false);
	/* Whoever has his turn is gone when it is over. */
	if (n->turn == NULL || n->turn->entry != entry)
		naive_gone(n, in, &o);
	return true;
}

/* ---- checks ---- */

struct asked {
	struct naive_order o;
	bool imposed;
	bool has_stop, has_display, has_min, has_expire, has_peg, has_trail;
	bool has_stp, has_oco, has_session, has_discretion, has_parent;
	bool has_request;
	uint32_t quoter; /* its own quoted ids are no duplicates */
	struct exch_ext stop, display, min, expire, peg, trail, stp, oco,
	    session, discretion, parent, request;
};

static enum exch_reject
check_flags(const struct exch_rec_new *c, bool imposed)
{
	uint8_t f = c->ordflags;
	bool limit = c->ordtype == EXCH_ORD_LIMIT;

	if ((f & 128) &&
	    (f != 128 || imposed || !limit || c->tif != EXCH_TIF_IOC))
		return EXCH_REJ_FLAGS;
	if ((f & EXCH_ORD_REQUEST) &&
	    (f != EXCH_ORD_REQUEST || is_now(c->tif) || naive_is_call(c->tif) ||
		(!limit && c->ordtype != EXCH_ORD_MARKET)))
		return EXCH_REJ_FLAGS;
	if (imposed && (f & ~(EXCH_ORD_POST_ONLY | EXCH_ORD_BY_ID)))
		return EXCH_REJ_FLAGS;
	if ((f & EXCH_ORD_POST_ONLY) &&
	    (!limit || is_now(c->tif) || naive_is_call(c->tif)))
		return EXCH_REJ_FLAGS;
	if ((f & EXCH_ORD_SLIDE) && !(f & EXCH_ORD_POST_ONLY))
		return EXCH_REJ_FLAGS;
	if ((f & EXCH_ORD_BY_ID) && !limit)
		return EXCH_REJ_FLAGS;
	if ((f & EXCH_ORD_HIDDEN) &&
	    (c->ordtype == EXCH_ORD_MARKET || c->ordtype == EXCH_ORD_MIT ||
		c->ordtype == EXCH_ORD_STOP || c->ordtype == EXCH_ORD_MTL))
		return EXCH_REJ_FLAGS;
	if ((f & EXCH_ORD_AON) &&
	    (!limit || is_now(c->tif) || naive_is_call(c->tif) ||
		(f & EXCH_ORD_POST_ONLY)))
		return EXCH_REJ_FLAGS;
	if ((f & EXCH_ORD_IMBALANCE) &&
	    (!limit || (c->tif != EXCH_TIF_ATO && c->tif != EXCH_TIF_ATC)))
		return EXCH_REJ_FLAGS;
	return EXCH_REJ_NONE;
}

static bool
has_price(uint8_t type)
{
	return type == EXCH_ORD_LIMIT || type == EXCH_ORD_STOP_LIMIT ||
	       type == EXCH_ORD_LIT;
}

static enum exch_reject
price_of_type(const struct naive_instr *in, uint8_t type, exch_px price)
{
	if (type == EXCH_ORD_PEG && price == EXCH_PX_NONE)
		return EXCH_REJ_NONE;
	return naive_check_price(
	    in, price, !has_price(type) && type != EXCH_ORD_PEG);
}

/* A limit by the market's own rules. */
static enum exch_reject
check_rules(const struct naive *n, const struct naive_instr *in, exch_px p)
{
	const struct naive_rules *r = n->rules;
	exch_px step = 0;

	if (r == NULL || p == EXCH_PX_NONE)
		return EXCH_REJ_NONE;
	for (size_t i = 0; i < r->nticks; i++)
		if (p >= r->from[i] || -p >= r->from[i])
			step = r->step[i];
	if (step != 0 && p % step != 0)
		return EXCH_REJ_TICK;
	for (int k = 0; k < 2; k++) {
		exch_px ref = k == 0 ? in->def.reference : in->last;
		uint64_t pct = k == 0 ? r->still : r->dynamic;
		exch_i128 far, most;

		if (ref == EXCH_PX_NONE || pct == 0)
			continue;
		far = p > ref ? (exch_i128)p - ref : (exch_i128)ref - p;
		most = ref < 0 ? -(exch_i128)ref : ref;
		if (far * 100000000 > most * pct)
			return EXCH_REJ_BAND;
	}
	return EXCH_REJ_NONE;
}

static bool
good_stop(const struct naive_instr *in, const struct naive_order *o, exch_px p)
{
	uint8_t type = o->type, side = o->side;
	bool waits = o->waits_for_parent;
	bool touch = type == EXCH_ORD_MIT || type == EXCH_ORD_LIT;

	if (naive_check_price(in, p, false) != EXCH_REJ_NONE)
		return false;
	if (in->last == EXCH_PX_NONE || waits)
		return true;
	if ((side == EXCH_BUY) != touch)
		return p > in->last;
	return p < in->last;
}

static bool
good_trail(const struct naive_instr *in, struct asked *a)
{
	struct naive_order *o = &a->o;

	if ((o->type != EXCH_ORD_STOP && o->type != EXCH_ORD_STOP_LIMIT) ||
	    a->has_stop || a->trail.value == 0)
		return false;
	if (in->last == EXCH_PX_NONE && !o->waits_for_parent)
		return false;
	if (a->trail.small == EXCH_TRAIL_AMOUNT) {
		if (a->trail.value >= INT64_MAX ||
		    (exch_px)a->trail.value % in->def.tick != 0)
			return false;
	} else if (a->trail.small != EXCH_TRAIL_PERCENT ||
		   a->trail.value > 99999999) {
		return false;
	}
	o->trail = a->trail.value;
	o->trail_kind = (uint8_t)a->trail.small;
	if (o->waits_for_parent)
		return true; /* it begins when it comes in */
	o->extreme = in->last;
	o->stop = naive_trail_stop(in, o);
	return true;
}

static enum exch_reject
check_trigger(const struct naive_instr *in, struct asked *a)
{
	struct naive_order *o = &a->o;

	if (a->has_trail)
		return good_trail(in, a) ? EXCH_REJ_NONE : EXCH_REJ_STOP;
	if (!is_stop(o->type))
		return a->has_stop ? EXCH_REJ_STOP : EXCH_REJ_NONE;
	if (!a->has_stop)
		return EXCH_REJ_STOP;
	o->stop = (exch_px)a->stop.value;
	return good_stop(in, o, o->stop) ? EXCH_REJ_NONE : EXCH_REJ_STOP;
}

static enum exch_reject
check_sizes(const struct naive_instr *in, struct asked *a)
{
	struct naive_order *o = &a->o;

	if (a->has_display) {
		if (!has_price(o->type) ||
		    (o->flags & (EXCH_ORD_HIDDEN | EXCH_ORD_AON)) ||
		    is_now(o->tif) || a->display.value < 1 ||
		    a->display.value >= o->qty ||
		    a->display.value % in->def.lot != 0 ||
		    a->display.small > 100)
			return EXCH_REJ_DISPLAY;
		o->peak = a->display.value;
		o->vary = (uint8_t)a->display.small;
	}
	if (a->has_min) {
		if (is_stop(o->type) || (o->flags & EXCH_ORD_AON) ||
		    o->tif == EXCH_TIF_FOK || naive_is_call(o->tif) ||
		    a->has_display || a->min.value < 1 ||
		    a->min.value > o->qty || a->min.value % in->def.lot != 0 ||
		    a->min.small > 1)
			return EXCH_REJ_MIN_QTY;
		o->min = a->min.value;
		o->min_total = a->min.small == EXCH_MIN_TOTAL;
	}
	return EXCH_REJ_NONE;
}

static enum exch_reject
check_expire(
    const struct naive *n, uint8_t tif, bool has, const struct exch_ext *x)
{
	if (has != naive_is_dated(tif))
		return EXCH_REJ_EXPIRE;
	if (has && (x->value <= n->time || x->value == EXCH_TS_NONE))
		return EXCH_REJ_EXPIRE;
	return EXCH_REJ_NONE;
}

/* Further in the market than the limit, where the market allows it. */
static bool
good_discretion(const struct naive *n, const struct naive_instr *in,
    const struct naive_order *o, exch_px limit)
{
	exch_px p = o->discretion;

	if (naive_check_price(in, p, false) != EXCH_REJ_NONE ||
	    check_rules(n, in, p) != EXCH_REJ_NONE ||
	    naive_guard_entry(n, in, o, p) != EXCH_REJ_NONE)
		return false;
	return o->side == EXCH_BUY ? p > limit : p < limit;
}

/* A live order, wherever it is, or NULL. */
static struct naive_order *
find_live(const struct naive_instr *in, exch_oid id)
{
	size_t i = naive_find_order(in, id);

	if (i < in->n)
		return &in->order[i];
	i = apart_find(in, id);
	return i < in->napart ? &in->apart[i] : NULL;
}

static enum exch_reject
check_links(
    const struct naive *n, const struct naive_instr *in, struct asked *a)
{
	struct naive_order *o = &a->o;

	if (a->has_peg != (o->type == EXCH_ORD_PEG))
		return EXCH_REJ_PEG;
	if (a->has_peg) {
		exch_px off = (exch_px)a->peg.value;

		if (a->peg.small < 1 || a->peg.small > 3 ||
		    off % in->def.tick != 0 ||
		    (a->peg.small == EXCH_PEG_MID && off != 0) ||
		    is_now(o->tif) || naive_is_call(o->tif))
			return EXCH_REJ_PEG;
		o->peg = (uint8_t)a->peg.small;
		o->offset = off;
	}
	if (a->has_discretion &&
	    (o->type != EXCH_ORD_LIMIT || is_now(o->tif) ||
		naive_is_call(o->tif) || a->has_display || a->has_min ||
		(o->flags & (EXCH_ORD_POST_ONLY | EXCH_ORD_AON)) ||
		!good_discretion(n, in, o, o->price)))
		return EXCH_REJ_DISCRETION;
	if (a->has_oco && (a->oco.value == 0 || is_now(o->tif)))
		return EXCH_REJ_LINK;
	if (a->has_parent) {
		const struct naive_order *p = find_live(in, o->parent);

		if (is_now(o->tif) || naive_is_call(o->tif) ||
		    (o->flags & EXCH_ORD_POST_ONLY) || p == NULL ||
		    naive_is_request(p) || p->account != o->account)
			return EXCH_REJ_LINK;
		o->allowance = p->executed;
	}
	return EXCH_REJ_NONE;
}

static bool
quoted_by(const struct naive_instr *in, exch_oid id, uint32_t account)
{
	size_t i = naive_find_order(in, id);

	return i < in->n && in->order[i].quoted &&
	       in->order[i].account == account;
}

static bool
is_live(const struct naive_instr *in, exch_oid id)
{
	return naive_find_order(in, id) < in->n ||
	       apart_find(in, id) < in->napart;
}

static enum exch_reject
check_phase(
    const struct naive *n, const struct naive_instr *in, const struct asked *a)
{
	if (a->imposed)
		return EXCH_REJ_NONE;
	if (in->phase == EXCH_PHASE_CLOSED || in->phase == EXCH_PHASE_END)
		return EXCH_REJ_PHASE;
	if (is_now(a->o.tif) && !is_stop(a->o.type) &&
	    in->phase != EXCH_PHASE_CONTINUOUS)
		return EXCH_REJ_PHASE;
	return naive_eligible(n, in, EXCH_REC_NEW, &a->o);
}

static enum exch_reject
check_words(const struct exch_rec_new *c, bool imposed)
{
	bool limit = c->ordtype == EXCH_ORD_LIMIT;

	if (c->side != EXCH_BUY && c->side != EXCH_SELL &&
	    c->side != EXCH_SHORT && c->side != EXCH_SHORT_EXEMPT)
		return EXCH_REJ_SIDE;
	if (!limit && c->ordtype != EXCH_ORD_MARKET && !is_stop(c->ordtype) &&
	    c->ordtype != EXCH_ORD_MTL && c->ordtype != EXCH_ORD_PEG)
		return EXCH_REJ_TYPE;
	if (imposed && !limit)
		return EXCH_REJ_TYPE;
	if (c->tif != EXCH_TIF_DAY && c->tif != EXCH_TIF_GTC &&
	    !is_now(c->tif) &&
	    (imposed || (!naive_is_call(c->tif) && !naive_is_dated(c->tif))))
		return EXCH_REJ_TIF;
	return check_flags(c, imposed);
}

static enum exch_reject
check_new(const struct naive *n, const struct naive_instr *in,
    const struct exch_rec_new *c, struct asked *a)
{
	enum exch_reject why;
	exch_px at;

	if ((why = check_words(c, a->imposed)) != EXCH_REJ_NONE)
		return why;
	why = naive_guard_qty(n, in, c->qty, c->tif);
	if (why != EXCH_REJ_NONE)
		return why;
	if ((why = price_of_type(in, c->ordtype, c->price)) != EXCH_REJ_NONE)
		return why;
	if (!a->imposed && n->rules != NULL) {
		if (n->rules->no_type[c->ordtype])
			return EXCH_REJ_TYPE;
		if (n->rules->no_tif[c->tif])
			return EXCH_REJ_TIF;
		if (n->rules->announced && !naive_is_announced(n, c->account))
			return EXCH_REJ_ACCOUNT;
		if ((why = check_rules(n, in, c->price)) != EXCH_REJ_NONE)
			return why;
		why = naive_guard_entry(n, in, &a->o, c->price);
		if (why != EXCH_REJ_NONE)
			return why;
	}
	if ((why = check_trigger(in, a)) != EXCH_REJ_NONE)
		return why;
	if ((why = check_sizes(in, a)) != EXCH_REJ_NONE)
		return why;
	why = check_expire(n, c->tif, a->has_expire, &a->expire);
	if (why != EXCH_REJ_NONE)
		return why;
	if ((why = check_links(n, in, a)) != EXCH_REJ_NONE)
		return why;
	why = naive_check_request(in, &a->o,
	    a->has_request ? &a->request.value : NULL,
	    a->has_display || a->has_min || a->has_oco || a->has_discretion ||
		a->has_parent);
	if (why != EXCH_REJ_NONE)
		return why;
	if ((why = check_phase(n, in, a)) != EXCH_REJ_NONE)
		return why;
	if (!a->imposed && naive_is_killed(n, c->account))
		return EXCH_REJ_KILLED;
	if (is_live(in, c->order) &&
	    (a->quoter == 0 || !quoted_by(in, c->order, a->quoter)))
		return EXCH_REJ_DUPLICATE;
	if (!a->imposed && (c->ordflags & EXCH_ORD_POST_ONLY) &&
	    !(c->ordflags & EXCH_ORD_SLIDE) &&
	    in->phase == EXCH_PHASE_CONTINUOUS && naive_meets(in, &a->o, &at))
		return EXCH_REJ_POST_ONLY;
	return EXCH_REJ_NONE;
}

/* ---- coming in ---- */

static bool
slides(struct naive *n, struct naive_instr *in, struct naive_order *o)
{
	struct naive_grid g = {in->def.tick, n->rules};
	exch_px tick = in->def.tick;
	exch_px at, rest;
	exch_i128 to;

	if (!(o->flags & EXCH_ORD_SLIDE) ||
	    in->phase != EXCH_PHASE_CONTINUOUS || !naive_meets(in, o, &at))
		return true;
	rest = at % tick;
	if (rest < 0)
		rest += tick;
	if (o->side == EXCH_BUY)
		to = rest != 0 ? (exch_i128)at - rest : (exch_i128)at - tick;
	else
		to = (exch_i128)at - rest + tick;
	if (to > -(exch_i128)INT64_MAX && to < INT64_MAX)
		to = naive_good(&g, (exch_px)to, o->side != EXCH_BUY);
	o->price = (exch_px)to;
	if ((to <= 0 && in->def.kind != EXCH_KIND_FUTURE) ||
	    to < -(exch_i128)INT64_MAX || to >= INT64_MAX) {
		naive_cancelled(n, in->def.h.instr, o->id, o->qty,
		    EXCH_WHY_POST_ONLY, false);
		naive_gone(n, in, o);
		return false;
	}
	naive_restated(n, in, o, o->price, EXCH_RESTATE_SLIDE);
	return true;
}

/* An accepted order, new or replacing. */
static void
come_in(struct naive *n, struct naive_instr *in, struct naive_order *o,
    bool imposed, bool by_id)
{
	o->entry = ++n->entries;
	o->time = n->time;
	o->received = o->qty;
	naive_place(n, in, o, imposed, by_id);
}

void
naive_place(struct naive *n, struct naive_instr *in, struct naive_order *o,
    bool imposed, bool by_id)
{
	o->hidden = (o->flags & (EXCH_ORD_HIDDEN | EXCH_ORD_AON)) ||
		    (o->min != 0 && !o->min_total) || o->peg == EXCH_PEG_MID;
	if (o->peg != 0) {
		o->cap = o->price;
		o->price = EXCH_PX_NONE;
	}
	if (naive_is_request(o) || o->waits_for_parent) {
		naive_apart(in, o);
		return;
	}
	if (naive_is_call(o->tif) &&
	    ((o->flags & EXCH_ORD_IMBALANCE) || in->phase != EXCH_PHASE_CALL ||
		!naive_takes_part(o->tif, in->cross))) {
		naive_apart(in, o);
		return;
	}
	if (!naive_is_call(o->tif) && is_stop(o->type)) {
		o->wants_trigger = true;
		naive_apart(in, o);
		return;
	}
	if (o->peg != 0) {
		naive_apart(in, o);
		return;
	}
	if (in->phase != EXCH_PHASE_CONTINUOUS && naive_is_conditional(o)) {
		naive_apart(in, o);
		return;
	}
	if (!imposed && !slides(n, in, o))
		return;
	naive_turn(n, in, o, imposed, by_id);
}

static struct asked
ask(const struct naive *n, const struct exch_rec_new *c)
{
	return (struct asked){.imposed = c->h.flags & EXCH_F_IMPOSED,
	    .o = {.id = c->order,
		.price = c->price,
		.qty = c->qty,
		.account = c->account,
		.side = c->side == EXCH_BUY ? EXCH_BUY : EXCH_SELL,
		.type = c->ordtype,
		.tif = c->tif,
		.flags = c->ordflags,
		.stp = n->stp != 0 ? n->stp : EXCH_STP_NONE,
		.sold_short = c->side == EXCH_SHORT,
		.cap = EXCH_PX_NONE,
		.expire = EXCH_TS_NONE}};
}

enum exch_reject
naive_check_limit(const struct naive *n, const struct naive_instr *in,
    const struct exch_rec_new *c, uint32_t quoter)
{
	struct asked a = ask(n, c);

	a.quoter = quoter;
	return check_new(n, in, c, &a);
}

void
naive_enter_quoted(struct naive *n, struct naive_instr *in,
    const struct exch_rec_new *c, uint64_t session)
{
	struct asked a = ask(n, c);

	a.o.quoted = true;
	a.o.session = session;
	come_in(n, in, &a.o, false, false);
}

void
naive_g_new(
    struct naive *n, struct naive_instr *in, const struct exch_rec_new *c)
{
	struct asked a = ask(n, c);
	enum exch_reject why;
	struct exch_rec_ack *e;
	struct exch_ext client;
	bool has_client =
	    naive_entry_of(&c->h, sizeof(*c), EXCH_EXT_CLIENT, &client);

#define ENTRY(name, TAG)                                                       \
	a.has_##name =                                                         \
	    naive_entry_of(&c->h, sizeof(*c), EXCH_EXT_##TAG, &a.name)
	ENTRY(stop, STOP);
	ENTRY(display, DISPLAY);
	ENTRY(min, MIN_QTY);
	ENTRY(expire, EXPIRE);
	ENTRY(peg, PEG);
	ENTRY(trail, TRAIL);
	ENTRY(stp, STP);
	ENTRY(oco, OCO);
	ENTRY(session, SESSION);
	ENTRY(request, REQUEST);
	ENTRY(discretion, DISCRETION);
	ENTRY(parent, PARENT);
#undef ENTRY
	if (a.has_expire)
		a.o.expire = a.expire.value;
	if (a.has_oco)
		a.o.oco = a.oco.value;
	if (a.has_session)
		a.o.session = a.session.value;
	a.o.discreet = a.has_discretion;
	if (a.has_discretion)
		a.o.discretion = (exch_px)a.discretion.value;
	a.o.waits_for_parent = a.has_parent;
	if (a.has_parent)
		a.o.parent = a.parent.value;
	if (a.has_stp) {
		a.o.group = a.stp.value;
		if (a.stp.small >= 1 && a.stp.small <= 5)
			a.o.stp = (uint8_t)a.stp.small;
	}
	if (has_client && naive_client_answers(n, c, client.value))
		return;
	if (!a.imposed && naive_throttles(n, c->account))
		why = EXCH_REJ_THROTTLE;
	else
		why = check_new(n, in, c, &a);
	if (has_client)
		naive_client_note(n, c, client.value, why);
	if (why != EXCH_REJ_NONE) {
		naive_reject(n, &c->h, c->order, why);
		return;
	}
	e = naive_emit(n, EXCH_REC_ACK, sizeof(*e), c->h.instr);
	e->order = c->order;
	come_in(n, in, &a.o, a.imposed, c->ordflags & EXCH_ORD_BY_ID);
	naive_g_after(n, in);
}

/* ---- cancel ---- */

static void
shrink(struct naive_order *o, exch_qty qty)
{
	exch_qty first = qty < o->reserve ? qty : o->reserve;

	o->reserve -= first;
	o->qty -= qty - first;
}

/* The command says whose order it means, and it is another's. */
static bool
is_foreign(const struct naive_order *o, const struct exch_rec *r, size_t fixed)
{
	struct exch_ext x;

	if (naive_entry_of(r, fixed, EXCH_EXT_SESSION, &x) &&
	    x.value != o->session)
		return true;
	return naive_entry_of(r, fixed, EXCH_EXT_ACCOUNT, &x) &&
	       x.value != o->account;
}

void
naive_g_cancel(
    struct naive *n, struct naive_instr *in, const struct exch_rec_cancel *c)
{
	enum exch_reason why =
	    c->h.flags & EXCH_F_IMPOSED ? EXCH_WHY_IMPOSED : EXCH_WHY_USER;
	struct naive_order *o = find_live(in, c->order);
	enum exch_reject why_not;

	if (o == NULL || is_foreign(o, &c->h, sizeof(*c)) || c->qty == 0) {
		naive_reject(n, &c->h, c->order,
		    o == NULL			       ? EXCH_REJ_UNKNOWN_ORDER
		    : is_foreign(o, &c->h, sizeof(*c)) ? EXCH_REJ_FOREIGN
						       : EXCH_REJ_QTY);
		return;
	}
	why_not = c->h.flags & EXCH_F_IMPOSED
		      ? EXCH_REJ_NONE
		      : naive_eligible(n, in, EXCH_REC_CANCEL, o);
	if (why_not != EXCH_REJ_NONE) {
		naive_reject(n, &c->h, c->order, why_not);
		return;
	}
	if (c->qty >= o->qty + o->reserve) {
		(void)naive_drop(n, in, o->entry, why);
	} else {
		shrink(o, c->qty);
		naive_cancelled(n, c->h.instr, c->order, c->qty, why, true);
	}
}

/* ---- replace ---- */

static enum exch_reject
replace_words(
    const struct naive *n, const struct exch_rec_replace *c, struct asked *a)
{
	struct naive_order *o = &a->o;
	uint8_t f = c->ordflags;
	uint8_t known = EXCH_ORD_POST_ONLY | EXCH_ORD_BY_ID;
	enum exch_reject why;

	if (!naive_is_call(o->tif)) {
		if (c->tif != EXCH_TIF_DAY && c->tif != EXCH_TIF_GTC &&
		    (a->imposed || !naive_is_dated(c->tif)))
			return EXCH_REJ_TIF;
		why = check_expire(n, c->tif, a->has_expire, &a->expire);
		if (why != EXCH_REJ_NONE)
			return why;
		o->tif = c->tif;
		o->expire = a->has_expire ? a->expire.value : EXCH_TS_NONE;
	}
	if (!a->imposed)
		known |= EXCH_ORD_SLIDE;
	if ((f & ~known) ||
	    (f != 0 && (o->type != EXCH_ORD_LIMIT || o->peg != 0)) ||
	    ((f & EXCH_ORD_SLIDE) && !(f & EXCH_ORD_POST_ONLY)))
		return EXCH_REJ_FLAGS;
	if ((f & EXCH_ORD_POST_ONLY) &&
	    ((o->flags & EXCH_ORD_AON) || naive_is_call(o->tif) ||
		o->discreet || o->waits_for_parent))
		return EXCH_REJ_FLAGS;
	o->flags = (uint8_t)((o->flags & (EXCH_ORD_HIDDEN | EXCH_ORD_AON |
					     EXCH_ORD_IMBALANCE)) |
			     f);
	return EXCH_REJ_NONE;
}

static enum exch_reject
replace_entries(const struct naive *n, const struct naive_instr *in,
    const struct exch_rec_replace *c, struct asked *a)
{
	struct naive_order *o = &a->o;

	if (a->has_stop) {
		if (!is_stop(o->type) || o->trail != 0 ||
		    !good_stop(in, o, (exch_px)a->stop.value))
			return EXCH_REJ_STOP;
		o->stop = (exch_px)a->stop.value;
	}
	if (a->has_display) {
		if (o->peak == 0 || a->display.value < 1 ||
		    a->display.value >= c->qty ||
		    a->display.value % in->def.lot != 0 ||
		    a->display.small > 100)
			return EXCH_REJ_DISPLAY;
		o->peak = a->display.value;
		o->vary = (uint8_t)a->display.small;
	}
	if (o->min > c->qty)
		return EXCH_REJ_MIN_QTY;
	if (a->has_discretion && !o->discreet)
		return EXCH_REJ_DISCRETION;
	if (a->has_discretion)
		o->discretion = (exch_px)a->discretion.value;
	if (o->discreet && !a->imposed && !good_discretion(n, in, o, c->price))
		return EXCH_REJ_DISCRETION;
	return EXCH_REJ_NONE;
}

static enum exch_reject
check_replace(const struct naive *n, struct naive_instr *in,
    const struct exch_rec_replace *c, struct asked *a)
{
	struct naive_order *old, test;
	enum exch_reject why;
	exch_px at;

	if (!a->imposed &&
	    (in->phase == EXCH_PHASE_CLOSED || in->phase == EXCH_PHASE_END))
		return EXCH_REJ_PHASE;
	old = find_live(in, c->order);
	if (old == NULL)
		return EXCH_REJ_UNKNOWN_ORDER;
	if (naive_is_request(old))
		return EXCH_REJ_REQUEST;
	if (is_foreign(old, &c->h, sizeof(*c)))
		return EXCH_REJ_FOREIGN;
	a->o = *old;
	if ((why = replace_words(n, c, a)) != EXCH_REJ_NONE)
		return why;
	why = naive_guard_qty(n, in, c->qty, EXCH_TIF_DAY);
	if (why != EXCH_REJ_NONE)
		return why;
	why = price_of_type(
	    in, a->o.peg != 0 ? EXCH_ORD_PEG : a->o.type, c->price);
	if (why != EXCH_REJ_NONE)
		return why;
	if (!a->imposed &&
	    ((why = check_rules(n, in, c->price)) != EXCH_REJ_NONE ||
		(why = naive_guard_entry(n, in, &a->o, c->price)) !=
		    EXCH_REJ_NONE))
		return why;
	if ((why = replace_entries(n, in, c, a)) != EXCH_REJ_NONE)
		return why;
	if (!a->imposed && c->account != 0 && n->rules != NULL &&
	    n->rules->announced && !naive_is_announced(n, c->account))
		return EXCH_REJ_ACCOUNT;
	if (!a->imposed && (why = naive_eligible(n, in, EXCH_REC_REPLACE,
				&a->o)) != EXCH_REJ_NONE)
		return why;
	if (!a->imposed &&
	    (naive_is_killed(n, old->account) ||
		(c->account != 0 && naive_is_killed(n, c->account))))
		return EXCH_REJ_KILLED;
	if (c->new_order != c->order && is_live(in, c->new_order))
		return EXCH_REJ_DUPLICATE;
	test = a->o;
	test.price = c->price;
	test.qty = c->qty;
	if (!a->imposed && (c->ordflags & EXCH_ORD_POST_ONLY) &&
	    !(c->ordflags & EXCH_ORD_SLIDE) &&
	    in->phase == EXCH_PHASE_CONTINUOUS && naive_meets(in, &test, &at))
		return EXCH_REJ_POST_ONLY;
	return EXCH_REJ_NONE;
}

/* What is imposed rests for the day, whatever it says. */
static uint8_t
end_of(const struct naive_order *o)
{
	if (o->tif == EXCH_TIF_IOC || o->tif == EXCH_TIF_FOK)
		return EXCH_TIF_DAY;
	return o->tif;
}

void
naive_g_replace(
    struct naive *n, struct naive_instr *in, const struct exch_rec_replace *c)
{
	struct asked a = {.imposed = c->h.flags & EXCH_F_IMPOSED};
	struct exch_rec_replaced *e;
	struct naive_order *old, o;
	enum exch_reject why;
	bool kept;

	a.has_stop = naive_entry_of(&c->h, sizeof(*c), EXCH_EXT_STOP, &a.stop);
	a.has_display =
	    naive_entry_of(&c->h, sizeof(*c), EXCH_EXT_DISPLAY, &a.display);
	a.has_expire =
	    naive_entry_of(&c->h, sizeof(*c), EXCH_EXT_EXPIRE, &a.expire);
	a.has_discretion = naive_entry_of(
	    &c->h, sizeof(*c), EXCH_EXT_DISCRETION, &a.discretion);
	why = check_replace(n, in, c, &a);
	if (why != EXCH_REJ_NONE) {
		naive_reject(n, &c->h, c->order, why);
		return;
	}
	old = find_live(in, c->order);
	kept = c->new_order == c->order &&
	       c->price == (old->peg != 0 ? old->cap : old->price) &&
	       (c->qty <= old->qty + old->reserve ||
		   n->fault == NAIVE_FAULT_REPLACE) &&
	       end_of(old) == end_of(&a.o) && old->expire == a.o.expire &&
	       (c->account == 0 || c->account == old->account) && !a.has_stop &&
	       !a.has_display && !a.has_discretion;
	e = naive_emit(n, EXCH_REC_REPLACED, sizeof(*e), c->h.instr);
	e->order = c->order;
	e->new_order = c->new_order;
	e->qty = c->qty;
	e->kept = kept;
	if (kept) {
		if (c->qty <= old->qty + old->reserve)
			shrink(old, old->qty + old->reserve - c->qty);
		else
			old->qty = c->qty;
		old->flags = a.o.flags;
		old->tif = a.o.tif;
		return;
	}
	if (naive_find_order(in, c->order) < in->n)
		naive_take_out(in, naive_find_order(in, c->order));
	else
		naive_apart_out(in, apart_find(in, c->order));
	for (size_t i = 0; i < in->napart; i++)
		if (in->apart[i].waits_for_parent &&
		    in->apart[i].parent == c->order)
			in->apart[i].parent = c->new_order;
	o = a.o;
	o.id = c->new_order;
	o.price = c->price;
	o.qty = c->qty;
	o.reserve = 0;
	o.refreshes = 0;
	o.wants_trigger = false;
	if (c->account != 0)
		o.account = c->account;
	come_in(n, in, &o, a.imposed, c->ordflags & EXCH_ORD_BY_ID);
}
