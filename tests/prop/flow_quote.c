/*
 * Quotes, requests for quotes, trades outside the book and broken trades
 * for the flows (flow.h).
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

static exch_qty
some_qty(struct flow_gen *g, const struct naive_instr *in)
{
	exch_qty q = in->def.lot * (1 + below(g, 20));

	while (q < in->def.min_qty)
		q += in->def.lot;
	return q;
}

/* A price on the grid near what is known of the instrument. */
static exch_px
near(struct flow_gen *g, const struct naive_instr *in)
{
	exch_px tick = in->def.tick;
	exch_px at = in->def.reference;

	if (in->n > 0 && mille(g, 700))
		at = in->order[below(g, in->n)].price;
	else if (in->last != EXCH_PX_NONE)
		at = in->last;
	if (at == EXCH_PX_NONE || at > INT64_MAX / 2 || at < INT64_MIN / 2)
		at = tick * 1000;
	tick = flow_step(g, in, at);
	at -= at % tick;
	return at + tick * ((int64_t)below(g, 9) - 4);
}

/* ---- quotes ---- */

/* The account's own order on a side that it has quoted, or NULL. */
static const struct naive_order *
own(const struct naive_instr *in, uint32_t account, uint8_t side)
{
	for (size_t i = 0; i < in->n; i++)
		if (in->order[i].quoted && in->order[i].account == account &&
		    in->order[i].side == side)
			return &in->order[i];
	return NULL;
}

/* Often the same again, with as much or less; often under the same id. */
static void
again(struct flow_gen *g, const struct naive_order *o, exch_oid *id,
    exch_px *price, exch_qty *qty)
{
	if (o == NULL)
		return;
	if (mille(g, 700))
		*id = o->id;
	if (mille(g, 500))
		*price = o->price;
	if (mille(g, 500))
		*qty = mille(g, 500) ? o->qty : 1 + below(g, o->qty);
}

static void
spoil_quote(
    struct flow_gen *g, const struct naive_instr *in, struct exch_rec_quote *c)
{
	switch (below(g, 8)) {
	case 0:
		c->account = 0;
		break;
	case 1:
		c->bid_qty = 0; /* and has a price */
		break;
	case 2:
		c->ask -= c->ask != EXCH_PX_NONE;
		break;
	case 3:
		c->bid = c->ask;
		break;
	case 4:
		c->ask_order = c->bid_order;
		break;
	case 5:
		c->bid_qty += in->def.lot / 2;
		break;
	case 6:
		c->ask = c->ask == EXCH_PX_NONE ? 0 : -c->ask;
		break;
	default:
		if (in->n > 0)
			c->ask_order = in->order[below(g, in->n)].id;
	}
}

void
flow_quote(struct flow_gen *g, const struct naive_instr *in, union flow_cmd *u)
{
	struct exch_rec_quote *c = &u->quote.quote;
	exch_px tick;

	flow_head(g, u, EXCH_REC_QUOTE, sizeof(*c), in->def.h.instr);
	c->account = (uint32_t)(1 + below(g, 4));
	c->mass = mille(g, 200) ? (uint32_t)below(g, 50) : 0;
	c->bid_order = flow_id(g);
	c->ask_order = flow_id(g);
	c->bid = near(g, in);
	tick = flow_step(g, in, c->bid);
	c->ask = c->bid + tick * (int64_t)(1 + below(g, 5));
	c->bid_qty = some_qty(g, in);
	c->ask_qty = some_qty(g, in);
	again(g, own(in, c->account, EXCH_BUY), &c->bid_order, &c->bid,
	    &c->bid_qty);
	again(g, own(in, c->account, EXCH_SELL), &c->ask_order, &c->ask,
	    &c->ask_qty);
	if (mille(g, 150)) {
		c->bid_qty = 0;
		c->bid = EXCH_PX_NONE;
	}
	if (mille(g, 150)) {
		c->ask_qty = 0;
		c->ask = EXCH_PX_NONE;
	}
	if (mille(g, g->p->illegal * 4))
		spoil_quote(g, in, c);
	if (mille(g, 200)) {
		u->quote.x[0] = (struct exch_ext){
		    .tag = EXCH_EXT_SESSION, .value = below(g, 4)};
		u->h.len8 = (uint8_t)(sizeof(u->quote) / 8);
		u->h.flags |= EXCH_F_EXT;
	}
}

/* ---- requests ---- */

/* Some order that waits and is a request, or an answer; or NULL. */
static const struct naive_order *
waiting(struct flow_gen *g, const struct naive_instr *in, bool answer)
{
	size_t from = in->napart > 0 ? below(g, in->napart) : 0;

	for (size_t k = 0; k < in->napart; k++) {
		const struct naive_order *o =
		    &in->apart[(from + k) % in->napart];

		if (answer ? o->request != 0
			   : (o->flags & EXCH_ORD_REQUEST) != 0)
			return o;
	}
	return NULL;
}

static void
entry(union flow_cmd *u, uint16_t tag, uint64_t value)
{
	struct exch_ext *x =
	    &u->with.x[u->h.len8 - sizeof(struct exch_rec_new) / 8 > 0];

	*x = (struct exch_ext){.tag = tag, .value = value};
	u->h.len8 = (uint8_t)(u->h.len8 + sizeof(*x) / 8);
	u->h.flags |= EXCH_F_EXT;
}

static void
answer(struct flow_gen *g, const struct naive_order *q, union flow_cmd *u)
{
	struct exch_rec_new *c = &u->order;

	c->ordtype = EXCH_ORD_LIMIT;
	c->ordflags = 0;
	c->side = q->side == EXCH_BUY ? EXCH_SELL : EXCH_BUY;
	if (q->price != EXCH_PX_NONE && mille(g, 700))
		c->price = q->price;
	if (mille(g, 900))
		c->account = q->account % 3 + 1;
	if (mille(g, 30))
		c->side = q->side;
	entry(u, EXCH_EXT_REQUEST, mille(g, 970) ? q->id : q->id + 1);
}

bool
flow_request(
    struct flow_gen *g, const struct naive_instr *in, union flow_cmd *u)
{
	struct exch_rec_new *c = &u->order;
	const struct naive_order *q = waiting(g, in, false);

	if (c->tif != EXCH_TIF_DAY && mille(g, 900))
		c->tif = EXCH_TIF_GTC;
	if (q != NULL && mille(g, 650)) {
		answer(g, q, u);
	} else {
		c->ordflags = EXCH_ORD_REQUEST;
		if (mille(g, 20))
			entry(u, EXCH_EXT_REQUEST, c->order);
		if (mille(g, 20))
			c->ordflags |= EXCH_ORD_HIDDEN;
	}
	if (mille(g, g->p->until)) {
		c->tif = EXCH_TIF_GTT;
		entry(u, EXCH_EXT_EXPIRE, flow_until(g));
	} else if (mille(g, 30)) {
		entry(u, EXCH_EXT_OCO, 1 + below(g, 3));
	}
	return true;
}

void
flow_accept(struct flow_gen *g, const struct naive_instr *in, union flow_cmd *u)
{
	struct exch_rec_accept *c = &u->accept;
	const struct naive_order *a = waiting(g, in, true);
	const struct naive_order *q = waiting(g, in, false);

	flow_head(g, u, EXCH_REC_ACCEPT, sizeof(*c), in->def.h.instr);
	for (size_t i = 0; a != NULL && i < in->napart; i++)
		if (in->apart[i].entry == a->request && mille(g, 970))
			q = &in->apart[i];
	c->order = q != NULL && mille(g, 980) ? q->id : flow_id(g);
	c->answer = a != NULL && mille(g, 980) ? a->id : flow_id(g);
	c->qty = EXCH_QTY_NONE;
	if (a != NULL && mille(g, 600))
		c->qty = 1 + below(g, a->qty);
	if (mille(g, 600) && c->qty > in->def.lot)
		c->qty -= c->qty % in->def.lot;
	if (mille(g, 20))
		c->qty = 0;
}

/* ---- outside the book ---- */

void
flow_block(struct flow_gen *g, const struct naive_instr *in, union flow_cmd *u)
{
	struct exch_rec_block *c = &u->block;

	flow_head(g, u, EXCH_REC_BLOCK, sizeof(*c), in->def.h.instr);
	c->report = flow_id(g);
	c->price = near(g, in);
	c->qty = some_qty(g, in);
	c->buyer = (uint32_t)below(g, 5);
	c->seller = (uint32_t)below(g, 5);
	if (mille(g, 50))
		c->qty = below(g, 3) * in->def.lot / 2;
	if (mille(g, 20))
		c->qty = EXCH_QTY_NONE;
	if (mille(g, 50))
		c->price = mille(g, 500) ? EXCH_PX_NONE : c->price - 1;
	if (mille(g, 50))
		c->price = in->def.tick * (int64_t)(1 + below(g, 100));
}

void
flow_break(struct flow_gen *g, const struct naive_instr *in, union flow_cmd *u)
{
	struct exch_rec_break *c = &u->broken;

	flow_head(g, u, EXCH_REC_BREAK, sizeof(*c), in->def.h.instr);
	/* Beside the newest ones; 0 and those to come are no numbers. */
	c->match = below(g, in->match + 2);
	if (mille(g, 500) && in->match > 10)
		c->match = in->match - below(g, 10);
	c->price = EXCH_PX_NONE;
	if (mille(g, 500)) {
		c->price = near(g, in);
		c->qty = some_qty(g, in);
	}
	if (mille(g, 50))
		c->qty = mille(g, 500) ? EXCH_QTY_NONE : c->qty / 2;
	if (mille(g, 50))
		c->price = mille(g, 500) ? EXCH_PX_NONE : c->price - 1;
}

void
flow_value(struct flow_gen *g, const struct naive *n,
    const struct naive_instr *in, union flow_cmd *u)
{
	const struct naive_rules *r = n->rules;
	struct exch_rec_trade *c = &u->trade;
	uint64_t share = r->fall[exch_rng_below(&g->rng, r->nfalls)].share;
	exch_px close = in->def.reference;
	exch_px step = (exch_px)exch_rng_below(&g->rng, 3) - 1;

	flow_head(g, u, EXCH_REC_TRADE, sizeof(*c), in->def.h.instr);
	c->h.flags = 0;
	c->price = EXCH_PX_NONE;
	if (close == EXCH_PX_NONE || exch_rng_below(&g->rng, 30) == 0)
		return;
	/* Often one that the day has had, or none at all. */
	if (exch_rng_below(&g->rng, 2) == 0)
		share = exch_rng_below(&g->rng, 3 * share / 2 + 1);
	c->price = close -
		   (exch_px)((exch_i128)close * (exch_i128)share / 100000000) +
		   step;
	c->qty = exch_rng_below(&g->rng, 2);
}
