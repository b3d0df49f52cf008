/*
 * Trades agreed outside the book: checked, numbered with the executions of
 * the instrument, and told.  Nothing in the book knows of them.
 */
#include <config.h>

#include "match/general.h"

/* Is the price near enough to what the market knows? */
static bool
within(const struct exch_match *m, const struct exch_instr *in, exch_px price)
{
	exch_px ref = in->instr_reference;

	(void)exch_last_price(in, &ref);
	return m->o.market == NULL ||
	       exch_market_within(price, ref, m->o.market->block_band);
}

static enum exch_reject
check(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_rec_block *c)
{
	exch_qty min = m->o.market != NULL ? m->o.market->block_min : 0;
	enum exch_reject code;
	int64_t tick;

	if (in == NULL)
		return EXCH_REJ_INSTRUMENT;
	if (c->h.flags & EXCH_F_IMPOSED)
		return EXCH_REJ_FLAGS;
	if (c->qty == 0 || c->qty == EXCH_QTY_NONE || c->qty < min)
		return EXCH_REJ_QTY;
	if (c->qty % in->lot != 0)
		return EXCH_REJ_LOT;
	code = exch_engine_check_price(in, c->price, &tick);
	if (code != EXCH_REJ_NONE)
		return code;
	if (!within(m, in, c->price))
		return EXCH_REJ_BAND;
	if (c->buyer == 0 || c->seller == 0 || c->buyer == c->seller)
		return EXCH_REJ_ACCOUNT;
	if (in->phase == EXCH_PHASE_CLOSED || in->phase == EXCH_PHASE_END)
		return EXCH_REJ_PHASE;
	return exch_is_killed(m, c->buyer) || exch_is_killed(m, c->seller)
		   ? EXCH_REJ_KILLED
		   : EXCH_REJ_NONE;
}

void
exch_general_block(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec_block *c)
{
	enum exch_reject code = check(m, in, c);
	struct exch_rec_trade *t;

	if (code != EXCH_REJ_NONE) {
		exch_engine_reject(m, &c->h, c->report, code);
		return;
	}
	t = exch_engine_emit(m, EXCH_REC_TRADE, sizeof(*t), c->h.instr);
	t->match = ++in->match;
	t->buy = c->report;
	t->sell = c->report;
	t->price = c->price;
	t->qty = c->qty;
	t->kind = EXCH_PRINT_BLOCK;
}
