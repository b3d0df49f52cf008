/*
 * Orders of the general market for the flows (flow.h): what a profile asks
 * for is put on the plain orders that flow.c makes.
 */
#include <config.h>

#include <string.h>

#include "prop/flow.h"

static uint64_t
below(struct flow_gen *g, uint64_t n)
{
	return exch_rng_below(&g->rng, n);
}

static bool
mille(struct flow_gen *g, unsigned p)
{
	return below(g, 1000) < p;
}

#define WITH(tag, small, value)                                                \
	flow_add(&u->h, u->with.x, EXCH_ARRAY_LEN(u->with.x), EXCH_EXT_##tag,  \
	    (uint32_t)(small), (uint64_t)(value))

/* A price beside the last one: where stops stand. */
static exch_px
beside(struct flow_gen *g, const struct naive_instr *in, exch_px price)
{
	exch_px tick = flow_step(
	    g, in, in->last != EXCH_PX_NONE ? in->last : in->def.reference);
	exch_px at =
	    in->last != EXCH_PX_NONE ? in->last - in->last % tick : price;
	int64_t far = (int64_t)below(g, g->p->width + 2) - g->p->width / 2;

	if (at == EXCH_PX_NONE || at > INT64_MAX / 2 || at < INT64_MIN / 2)
		return tick * 5;
	return at + far % 1000 * tick;
}

/* A stop on the other side of the last price, as far from its tick; prices
 * at the end of the range have no other side. */
static exch_px
mirrored(const struct flow_gen *g, const struct naive_instr *in, exch_px stop,
    bool above)
{
	exch_px tick = flow_step(g, in, in->last);
	exch_px part = in->last % tick;

	if (in->last > INT64_MAX / 4 || in->last < INT64_MIN / 4)
		return stop;
	return above ? stop + 2 * (in->last - part - stop) + tick
		     : stop - 2 * (stop - in->last + part) - tick;
}

static void
make_stop(struct flow_gen *g, const struct naive_instr *in, union flow_cmd *u)
{
	static const uint8_t types[] = {
	    EXCH_ORD_STOP, EXCH_ORD_STOP_LIMIT, EXCH_ORD_MIT, EXCH_ORD_LIT};
	struct exch_rec_new *c = &u->order;
	exch_px stop = beside(g, in, c->price);

	c->ordtype = types[below(g, 4)];
	c->ordflags = 0;
	if (c->ordtype == EXCH_ORD_STOP || c->ordtype == EXCH_ORD_MIT)
		c->price = EXCH_PX_NONE;
	else if (c->price == EXCH_PX_NONE)
		c->price = stop;
	if (mille(g, 200) && c->ordtype <= EXCH_ORD_STOP_LIMIT) {
		if (mille(g, 500))
			WITH(TRAIL, EXCH_TRAIL_AMOUNT,
			    in->def.tick * (int64_t)(1 + below(g, 6)));
		else
			WITH(TRAIL, EXCH_TRAIL_PERCENT,
			    1 + below(g, mille(g, 500) ? 99999999 : 3000000));
		return;
	}
	/* Mostly on the side where it makes sense. */
	if (in->last != EXCH_PX_NONE && mille(g, 850)) {
		bool touch =
		    c->ordtype == EXCH_ORD_MIT || c->ordtype == EXCH_ORD_LIT;
		bool above = (c->side == EXCH_BUY) != touch;

		if (above ? stop <= in->last : stop >= in->last)
			stop = mirrored(g, in, stop, above);
	}
	if (!mille(g, g->p->illegal))
		WITH(STOP, 0, stop);
}

static void
make_peg(struct flow_gen *g, const struct naive_instr *in, union flow_cmd *u)
{
	struct exch_rec_new *c = &u->order;
	uint32_t kind = (uint32_t)(1 + below(g, 3));
	exch_px off =
	    ((exch_px)below(g, 5) - 2) * flow_step(g, in, in->def.reference);

	c->ordtype = EXCH_ORD_PEG;
	c->ordflags = 0;
	if (c->tif != EXCH_TIF_DAY)
		c->tif = EXCH_TIF_GTC;
	if (mille(g, 600))
		c->price = EXCH_PX_NONE;
	if (kind == EXCH_PEG_MID && !mille(g, g->p->illegal))
		off = 0;
	WITH(PEG, mille(g, g->p->illegal) ? 9 : kind, off);
	if (mille(g, 200))
		WITH(MIN_QTY, below(g, 2), 1 + below(g, c->qty));
}

static void
make_auction_only(struct flow_gen *g, union flow_cmd *u)
{
	static const uint8_t tifs[] = {
	    EXCH_TIF_ATO, EXCH_TIF_ATC, EXCH_TIF_GFA};
	struct exch_rec_new *c = &u->order;

	c->ordflags = 0;
	if (mille(g, 300)) {
		c->ordtype = EXCH_ORD_MTL;
		c->price = EXCH_PX_NONE;
		if (mille(g, 500))
			return;
	}
	c->tif = tifs[below(g, 3)];
	if (c->ordtype == EXCH_ORD_LIMIT && mille(g, 350))
		c->ordflags = EXCH_ORD_IMBALANCE;
}

/* Instructions that go with ordinary limit orders. */
static void
decorate(struct flow_gen *g, const struct naive_instr *in, union flow_cmd *u)
{
	const struct flow_profile *p = g->p;
	struct exch_rec_new *c = &u->order;
	exch_qty lot = in->def.lot;

	if (mille(g, p->iceberg) && c->qty > 1) {
		exch_qty peak = (1 + below(g, c->qty)) / lot * lot;

		if (!mille(g, p->illegal))
			c->ordflags &= (uint8_t)~EXCH_ORD_HIDDEN;
		WITH(DISPLAY, mille(g, 300) ? below(g, 102) : 0,
		    peak == 0 ? lot : peak);
	}
	if (mille(g, p->hidden))
		c->ordflags |= EXCH_ORD_HIDDEN;
	if (mille(g, p->hidden))
		c->ordflags |= EXCH_ORD_POST_ONLY | EXCH_ORD_SLIDE;
	if (mille(g, p->condition)) {
		exch_qty min = (1 + below(g, c->qty)) / lot * lot;

		if (mille(g, 400))
			c->ordflags = EXCH_ORD_AON;
		else
			WITH(MIN_QTY, below(g, 2), min == 0 ? lot : min);
	}
	if (mille(g, p->until)) {
		c->tif = mille(g, 500) ? EXCH_TIF_GTD : EXCH_TIF_GTT;
		if (!mille(g, p->illegal))
			WITH(EXPIRE, 0, flow_until(g));
	}
}

/*
 * At the end of the grid nothing can slide any more: a seller at one tick,
 * and buyers who want to step back from him.
 */
static bool
make_last_tick(
    struct flow_gen *g, const struct naive_instr *in, union flow_cmd *u)
{
	struct exch_rec_new *c = &u->order;
	size_t i = naive_best(in, EXCH_SELL);

	if (i < in->n && in->order[i].price == in->def.tick && mille(g, 300)) {
		c->side = EXCH_BUY;
		c->ordflags = EXCH_ORD_POST_ONLY | EXCH_ORD_SLIDE;
	} else if (mille(g, 5)) {
		c->side = EXCH_SELL;
		c->ordflags = 0;
		u->h.flags |= EXCH_F_IMPOSED;
	} else {
		return false;
	}
	c->ordtype = EXCH_ORD_LIMIT;
	c->tif = EXCH_TIF_DAY;
	c->price = in->def.tick;
	return true;
}

void
flow_general_new(struct flow_gen *g, const struct naive *n, union flow_cmd *u)
{
	const struct flow_profile *p = g->p;
	const struct naive_instr *in = naive_find_instr(n, u->h.instr);

	if (in == NULL || !mille(g, p->general))
		return;
	if (g->rules == NULL && make_last_tick(g, in, u))
		return;
	if (p->request != 0 && mille(g, p->request * 2) &&
	    flow_request(g, in, u))
		return;
	if (mille(g, p->stop))
		make_stop(g, in, u);
	else if (mille(g, p->peg))
		make_peg(g, in, u);
	else if (mille(g, p->auction))
		make_auction_only(g, u);
	decorate(g, in, u);
	if (mille(g, p->stp))
		WITH(STP, below(g, 7), below(g, 3));
	if (mille(g, p->link))
		WITH(OCO, 0, below(g, 5));
	if (mille(g, p->link))
		WITH(SESSION, 0, below(g, 4));
	flow_links(g, in, u);
	if (mille(g, 100) && u->order.side == EXCH_SELL)
		u->order.side = (uint8_t)(EXCH_SHORT + below(g, 2));
}

#define CHANGE(tag, small, value)                                              \
	flow_add(&u->h, u->change.x, EXCH_ARRAY_LEN(u->change.x),              \
	    EXCH_EXT_##tag, (uint32_t)(small), (uint64_t)(value))

static const struct naive_order *
find(const struct naive_instr *in, exch_oid id)
{
	size_t i = naive_find_order(in, id);

	if (i < in->n)
		return &in->order[i];
	for (i = 0; i < in->napart; i++)
		if (in->apart[i].id == id)
			return &in->apart[i];
	return NULL;
}

void
flow_general_replace(
    struct flow_gen *g, const struct naive *n, union flow_cmd *u)
{
	const struct naive_instr *in = naive_find_instr(n, u->h.instr);
	struct exch_rec_replace *c = &u->replace;
	const struct naive_order *o;

	if (in == NULL || !mille(g, g->p->general))
		return;
	/* Often one that is parked or waits. */
	if (in->napart > 0 && mille(g, 600)) {
		o = &in->apart[below(g, in->napart)];
		if (c->new_order == c->order)
			c->new_order = o->id;
		c->order = o->id;
		c->price = o->peg != 0 ? o->cap : o->price;
		c->ordflags = 0;
		if (mille(g, 500))
			c->qty = o->qty;
		if (o->wants_trigger && o->trail == 0 && mille(g, 400))
			CHANGE(STOP, 0, beside(g, in, c->price));
	}
	if (mille(g, g->p->iceberg / 2))
		CHANGE(DISPLAY, 0, 1 + below(g, 20));
	if (mille(g, g->p->until)) {
		c->tif = mille(g, 500) ? EXCH_TIF_GTD : EXCH_TIF_GTT;
		CHANGE(EXPIRE, 0, flow_until(g));
	}
	if (c->ordflags & EXCH_ORD_POST_ONLY && mille(g, 300))
		c->ordflags |= EXCH_ORD_SLIDE;
	o = find(in, c->order);
	if (o != NULL && mille(g, g->p->discretion / 2))
		CHANGE(DISCRETION, 0,
		    o->discretion +
			(exch_px)below(g, 3) * flow_step(g, in, o->discretion));
	flow_whose(g, o, &u->h, u->change.x, EXCH_ARRAY_LEN(u->change.x));
}

void
flow_general_mass(struct flow_gen *g, uint32_t instr, union flow_cmd *u)
{
	struct exch_rec_mass_cancel *c = &u->mass;

	u->h.type = EXCH_REC_MASS_CANCEL;
	u->h.len8 = sizeof(*c) / 8;
	u->h.instr = mille(g, 300) ? 0 : instr;
	u->h.time = g->time;
	c->kind = (uint8_t)below(g, 4);
	if (mille(g, 700))
		c->account = (uint32_t)(1 + below(g, 3));
	if (c->kind == EXCH_MASS_KILL && mille(g, 900) && c->account == 0)
		c->account = 3;
	if (c->kind == EXCH_MASS_RELEASE && mille(g, 300))
		c->account = 0;
	if (c->kind == EXCH_MASS_DISCONNECT)
		c->session = below(g, 4);
	if (mille(g, 200))
		c->side = mille(g, 500) ? EXCH_BUY : EXCH_SELL;
	if (mille(g, g->p->illegal))
		c->kind = (uint8_t)below(g, 256);
	if (mille(g, g->p->illegal))
		c->side = (uint8_t)below(g, 256);
}
