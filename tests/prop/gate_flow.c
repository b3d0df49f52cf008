/* Commands of gate.c, as random as they may be (gate_flow.h). */
#include <config.h>

#include <string.h>

#include "base/rng.h"
#include "embed/engine.h"
#include "prop/gate_flow.h"

static struct exch_rng rng;

void
gate_flow_seed(uint64_t seed)
{
	exch_rng_seed(&rng, seed);
}

uint64_t
below(uint64_t n)
{
	return exch_rng_below(&rng, n);
}

static const struct order *
some_order(uint32_t a)
{
	const struct order *o = account[a].live;

	for (uint64_t i = below(4); o != NULL && o->next != NULL && i > 0; i--)
		o = o->next;
	return o;
}

bool
gate_flow_below_zero(uint32_t instr)
{
	return instr == INSTRS;
}

static exch_px
some_price(uint32_t instr)
{
	return gate_flow_below_zero(instr)
		   ? PX((int64_t)below(2000) - 1100)
		   : PX(900 + below(200) + (below(40) == 0) * 300);
}

const struct order *
gate_flow_quoted(uint32_t a, uint32_t instr, bool sell)
{
	const struct order *o = account[a].live;

	while (o != NULL && (!o->quote || o->instr != instr || o->sell != sell))
		o = o->next;
	return o;
}

/* A side of a quote: none, the old one in its place, its number again, new. */
static void
make_leg(uint32_t a, uint32_t instr, bool sell, exch_oid *order, exch_px *price,
    exch_qty *qty, uint64_t *id)
{
	const struct order *o = gate_flow_quoted(a, instr, sell);
	uint64_t what = below(8);

	*price = EXCH_PX_NONE;
	if (what == 0)
		return;
	*qty = 1 + below(150);
	*price = gate_flow_below_zero(instr)
		     ? PX((sell ? -400 : -500) + (int64_t)below(700))
		     : PX(sell ? 1000 + below(60) : 940 + below(60));
	*order = a * UINT64_C(1000000) + ++*id;
	if (o != NULL && what < 4)
		*order = o->id;
	if (o != NULL && what < 3) {
		*price = o->price;
		*qty = 1 + below(o->open);
	}
}

static void
make_quote(union command *x, uint32_t a, exch_ts now, uint64_t *id)
{
	uint32_t instr = 1 + (uint32_t)below(INSTRS);

	x->q.h = exch_embed_head(EXCH_REC_QUOTE, sizeof(x->q), instr, now);
	x->q.account = a;
	make_leg(
	    a, instr, false, &x->q.bid_order, &x->q.bid, &x->q.bid_qty, id);
	make_leg(a, instr, true, &x->q.ask_order, &x->q.ask, &x->q.ask_qty, id);
}

void
gate_flow_make(union command *x, uint32_t a, exch_ts now, uint64_t *id)
{
	const struct order *o = some_order(a);
	uint32_t instr = 1 + (uint32_t)below(INSTRS);
	uint64_t what = below(100);
	exch_px price = some_price(instr);
	exch_qty qty = 1 + below(below(10) == 0 ? 700 : 120);

	memset(x, 0, sizeof(*x));
	if (acts_of_god && below(gate_killed.on != 0 ? 40 : 300) == 0) {
		gate_said_make(&x->h, a, now, &rng);
	} else if (acts_of_god && below(200) == 0) {
		x->d.h =
		    exch_embed_head(EXCH_REC_DEPOSIT, sizeof(x->d), 0, now);
		x->d.account = a;
		x->d.amount = ((int64_t)below(200) - 110) * 10000000;
	} else if (acts_of_god && ndeal > 0 && below(100) == 0) {
		const struct deal *y =
		    &deal[ndeal - 1 - below(ndeal < 50 ? ndeal : 50)];

		x->b.h = exch_embed_head(
		    EXCH_REC_BREAK, sizeof(x->b), y->instr, now);
		x->b.match = y->match; /* 0: the engine refuses */
		x->b.price =
		    below(2) == 0 ? EXCH_PX_NONE : some_price(y->instr);
		x->b.qty = x->b.price == EXCH_PX_NONE ? 0 : 1 + below(100);
	} else if (o != NULL && what < 25) {
		x->c.h = exch_embed_head(
		    EXCH_REC_CANCEL, sizeof(x->c), o->instr, now);
		x->c.order = o->id;
		x->c.qty = below(3) == 0 ? 1 + below(50) : EXCH_QTY_NONE;
	} else if (o != NULL && what < 45) {
		x->r.h = exch_embed_head(
		    EXCH_REC_REPLACE, sizeof(x->r), o->instr, now);
		x->r.order = o->id;
		x->r.new_order =
		    below(2) == 0 ? o->id : a * UINT64_C(1000000) + ++*id;
		x->r.price = below(3) == 0 ? o->price : some_price(o->instr);
		x->r.qty = qty;
	} else if (what >= 90) {
		make_quote(x, a, now, id);
	} else {
		static const uint8_t tifs[] = {EXCH_TIF_DAY, EXCH_TIF_DAY,
		    EXCH_TIF_DAY, EXCH_TIF_IOC, EXCH_TIF_FOK};

		x->n.h =
		    exch_embed_head(EXCH_REC_NEW, sizeof(x->n), instr, now);
		/* Now and then an id that is live, or was. */
		x->n.order =
		    a * UINT64_C(1000000) +
		    (below(30) == 0 && *id > 0 ? 1 + below(*id) : ++*id);
		x->n.price = below(3) != 0		   ? price
			     : gate_flow_below_zero(instr) ? PX(-100)
							   : PX(1000);
		x->n.qty = below(3) == 0 ? 100 : qty;
		x->n.account = a;
		x->n.side = below(2) == 0 ? EXCH_BUY : EXCH_SELL;
		x->n.ordtype = EXCH_ORD_LIMIT;
		x->n.tif = tifs[below(EXCH_ARRAY_LEN(tifs))];
		x->n.ordflags = x->n.tif == EXCH_TIF_DAY && below(10) == 0
				    ? EXCH_ORD_POST_ONLY
				    : 0;
	}
	if ((x->h.type == EXCH_REC_NEW || x->h.type == EXCH_REC_REPLACE) &&
	    acts_of_god && below(50) == 0)
		x->h.flags = EXCH_F_IMPOSED;
}
