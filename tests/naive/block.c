/*
 * The naive engine: trades outside the book and broken trades, from
 * exch-ordertypes(7); see naive.h.
 */
#include <config.h>

#include <stdlib.h>

#include "naive/naive.h"

static void
tell(struct naive *n, struct naive_instr *in, uint8_t kind, exch_oid report,
    exch_px price, exch_qty qty)
{
	struct exch_rec_trade *e =
	    naive_emit(n, EXCH_REC_TRADE, sizeof(*e), in->def.h.instr);

	e->match = in->match++;
	e->buy = e->sell = report;
	e->price = price;
	e->qty = qty;
	e->kind = kind;
}

static enum exch_reject
check_qty(const struct naive_instr *in, exch_qty qty, exch_qty least)
{
	if (qty == 0 || qty == EXCH_QTY_NONE || qty < least)
		return EXCH_REJ_QTY;
	return qty % in->def.lot == 0 ? EXCH_REJ_NONE : EXCH_REJ_LOT;
}

static enum exch_reject
check_block(const struct naive *n, const struct naive_instr *in,
    const struct exch_rec_block *c)
{
	const struct naive_rules *r = n->rules;
	enum exch_reject why;
	exch_px ref;

	if (in == NULL)
		return EXCH_REJ_INSTRUMENT;
	if (c->h.flags & EXCH_F_IMPOSED)
		return EXCH_REJ_FLAGS;
	why = check_qty(in, c->qty, r != NULL ? r->block_min : 0);
	if (why == EXCH_REJ_NONE)
		why = naive_check_price(in, c->price, false);
	if (why != EXCH_REJ_NONE)
		return why;
	ref = in->last != EXCH_PX_NONE ? in->last : in->def.reference;
	if (r != NULL && r->block_band != 0 && ref != EXCH_PX_NONE) {
		exch_i128 far = (exch_i128)c->price - ref;
		exch_i128 most = (exch_i128)ref * r->block_band;

		if ((far < 0 ? -far : far) * 100000000 >
		    (most < 0 ? -most : most))
			return EXCH_REJ_BAND;
	}
	if (c->buyer == 0 || c->seller == 0 || c->buyer == c->seller)
		return EXCH_REJ_ACCOUNT;
	if (in->phase == EXCH_PHASE_CLOSED || in->phase == EXCH_PHASE_END)
		return EXCH_REJ_PHASE;
	if (naive_is_killed(n, c->buyer) || naive_is_killed(n, c->seller))
		return EXCH_REJ_KILLED;
	return EXCH_REJ_NONE;
}

void
naive_block(
    struct naive *n, struct naive_instr *in, const struct exch_rec_block *c)
{
	enum exch_reject why = check_block(n, in, c);

	if (why != EXCH_REJ_NONE)
		naive_reject(n, &c->h, c->report, why);
	else
		tell(n, in, EXCH_PRINT_BLOCK, c->report, c->price, c->qty);
}

static enum exch_reject
check_break(const struct naive_instr *in, const struct exch_rec_break *c)
{
	enum exch_reject why;

	if (in == NULL)
		return EXCH_REJ_INSTRUMENT;
	if (c->h.flags & EXCH_F_IMPOSED)
		return EXCH_REJ_FLAGS;
	if (c->match < 1 || c->match >= in->match)
		return EXCH_REJ_MATCH;
	for (size_t i = 0; i < in->nbroken; i++)
		if (in->broken[i] == c->match)
			return EXCH_REJ_MATCH;
	if (c->price == EXCH_PX_NONE && c->qty == 0)
		return EXCH_REJ_NONE;
	why = check_qty(in, c->qty, 0);
	return why != EXCH_REJ_NONE ? why
				    : naive_check_price(in, c->price, false);
}

void
naive_break(
    struct naive *n, struct naive_instr *in, const struct exch_rec_break *c)
{
	enum exch_reject why = check_break(in, c);
	struct exch_rec_bust *e;

	if (why != EXCH_REJ_NONE) {
		naive_reject(n, &c->h, c->match, why);
		return;
	}
	in->broken =
	    realloc(in->broken, (in->nbroken + 1) * sizeof(*in->broken));
	if (in->broken == NULL)
		abort();
	in->broken[in->nbroken++] = c->match;
	e = naive_emit(n, EXCH_REC_BUST, sizeof(*e), c->h.instr);
	e->match = c->match;
	if (c->qty != 0)
		tell(n, in, EXCH_PRINT_CORRECTED, 0, c->price, c->qty);
}
