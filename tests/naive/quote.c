/*
 * The naive engine: quotes, from exch-ordertypes(7), QUOTES; see naive.h.
 */
#include <config.h>

#include "naive/naive.h"

static struct exch_rec_new
side_of(const struct exch_rec_quote *c, uint8_t side)
{
	struct exch_rec_new o = {.h = {.instr = c->h.instr, .time = c->h.time},
	    .order = c->bid_order,
	    .price = c->bid,
	    .qty = c->bid_qty,
	    .account = c->account,
	    .side = side,
	    .ordtype = EXCH_ORD_LIMIT,
	    .tif = EXCH_TIF_DAY};

	if (side == EXCH_SELL) {
		o.order = c->ask_order;
		o.price = c->ask;
		o.qty = c->ask_qty;
	}
	return o;
}

/* The account's quoted order of a side with the lowest entry, or in->n. */
static size_t
first_quoted(const struct naive_instr *in, uint32_t account, uint8_t side,
    uint64_t after)
{
	size_t best = in->n;

	for (size_t i = 0; i < in->n; i++) {
		const struct naive_order *o = &in->order[i];

		if (o->quoted && o->account == account && o->side == side &&
		    o->entry > after &&
		    (best == in->n || o->entry < in->order[best].entry))
			best = i;
	}
	return best;
}

static enum exch_reject
check(struct naive *n, const struct naive_instr *in,
    const struct exch_rec_quote *c)
{
	static const uint8_t sides[2] = {EXCH_BUY, EXCH_SELL};
	bool quotes = false;

	if (in == NULL)
		return EXCH_REJ_INSTRUMENT;
	if (c->h.flags & EXCH_F_IMPOSED)
		return EXCH_REJ_FLAGS;
	if ((c->bid_qty != 0 || c->ask_qty != 0) &&
	    naive_throttles(n, c->account))
		return EXCH_REJ_THROTTLE;
	if (c->account == 0)
		return EXCH_REJ_ACCOUNT;
	for (int s = 0; s < 2; s++) {
		struct exch_rec_new o = side_of(c, sides[s]);
		enum exch_reject why;

		if (o.qty == 0 && o.price != EXCH_PX_NONE)
			return EXCH_REJ_PRICE;
		if (o.qty == 0)
			continue;
		quotes = true;
		why = naive_check_limit(n, in, &o, c->account);
		if (why != EXCH_REJ_NONE)
			return why;
	}
	if (c->bid_qty != 0 && c->ask_qty != 0) {
		if (c->bid >= c->ask)
			return EXCH_REJ_QUOTE;
		if (c->bid_order == c->ask_order)
			return EXCH_REJ_DUPLICATE;
	}
	if (!quotes && first_quoted(in, c->account, EXCH_BUY, 0) == in->n &&
	    first_quoted(in, c->account, EXCH_SELL, 0) == in->n)
		return EXCH_REJ_UNKNOWN_ORDER;
	return EXCH_REJ_NONE;
}

static bool
stays(const struct naive_order *o, const struct exch_rec_new *as)
{
	return as->qty != 0 && o->id == as->order && o->price == as->price &&
	       as->qty <= o->qty;
}

static void
told(struct naive *n, struct naive_instr *in, const struct exch_rec_quote *c,
    const struct exch_rec_new *as, bool kept)
{
	struct exch_ext x = {.value = 0};

	if (as->qty == 0)
		return;
	if (kept) {
		struct exch_rec_replaced *e =
		    naive_emit(n, EXCH_REC_REPLACED, sizeof(*e), c->h.instr);

		e->order = e->new_order = as->order;
		e->qty = as->qty;
		e->kept = 1;
		in->order[naive_find_order(in, as->order)].qty = as->qty;
	} else {
		struct exch_rec_ack *e =
		    naive_emit(n, EXCH_REC_ACK, sizeof(*e), c->h.instr);

		e->order = as->order;
		if (!naive_entry_of(&c->h, sizeof(*c), EXCH_EXT_SESSION, &x))
			x.value = 0;
		naive_enter_quoted(n, in, as, x.value);
	}
}

void
naive_quote(
    struct naive *n, struct naive_instr *in, const struct exch_rec_quote *c)
{
	struct exch_rec_new as[2] = {
	    side_of(c, EXCH_BUY), side_of(c, EXCH_SELL)};
	enum exch_reject why = check(n, in, c);
	bool kept[2] = {false, false};

	if (why != EXCH_REJ_NONE) {
		naive_reject(n, &c->h,
		    c->bid_qty == 0 ? c->ask_order : c->bid_order, why);
		return;
	}
	for (int s = 0; s < 2; s++) {
		uint64_t done = 0;
		size_t i;

		while ((i = first_quoted(in, c->account, as[s].side, done)) <
		       in->n) {
			done = in->order[i].entry;
			if (stays(&in->order[i], &as[s]))
				kept[s] = true;
			else
				(void)naive_drop(n, in, done, EXCH_WHY_QUOTE);
		}
	}
	told(n, in, c, &as[0], kept[0]);
	told(n, in, c, &as[1], kept[1]);
	naive_g_after(n, in);
}
