/*
 * The naive engine: pegged orders, and what follows every command; see
 * naive.h.
 */
#include <config.h>

#include "naive/naive.h"

static bool
reference(const struct naive_instr *in, uint8_t side, exch_px *p)
{
	bool found = false;

	for (size_t i = 0; i < in->n; i++) {
		const struct naive_order *o = &in->order[i];

		if (o->side != side || o->hidden || o->peg != 0 ||
		    o->price == EXCH_PX_NONE)
			continue;
		if (!found ||
		    (side == EXCH_BUY ? o->price > *p : o->price < *p))
			*p = o->price;
		found = true;
	}
	return found;
}

static exch_px
working_price(const struct naive_instr *in, const struct naive_order *o)
{
	exch_px bid = 0, offer = 0;
	bool has_bid = reference(in, EXCH_BUY, &bid);
	bool has_offer = reference(in, EXCH_SELL, &offer);
	bool buys = o->side == EXCH_BUY;
	exch_px tick = in->def.tick;
	exch_i128 p;

	if (in->phase != EXCH_PHASE_CONTINUOUS)
		return EXCH_PX_NONE;
	if (o->peg == EXCH_PEG_MID) {
		if (!has_bid || !has_offer || bid >= offer)
			return EXCH_PX_NONE;
		p = ((exch_i128)bid + offer) / 2;
		if (((exch_i128)bid + offer) % 2 != 0 &&
		    (exch_i128)bid + offer < 0)
			p--;
		if (tick % 2 != 0) {
			exch_i128 r = p % tick;

			p -= r < 0 ? r + tick : r;
		}
	} else {
		bool own = o->peg == EXCH_PEG_PRIMARY;
		bool from_bid = own == buys;

		if (!(from_bid ? has_bid : has_offer))
			return EXCH_PX_NONE;
		p = (exch_i128)(from_bid ? bid : offer) + o->offset;
		if (p / tick > INT64_MAX || p / tick < INT64_MIN)
			return EXCH_PX_NONE;
		if (buys && has_offer && p > (exch_i128)offer - tick)
			p = (exch_i128)offer - tick;
		if (!buys && has_bid && p < (exch_i128)bid + tick)
			p = (exch_i128)bid + tick;
	}
	if (o->cap != EXCH_PX_NONE && (buys ? p > o->cap : p < o->cap))
		p = o->cap;
	if (p <= 0 && in->def.kind != EXCH_KIND_FUTURE)
		return EXCH_PX_NONE;
	if (p < -(exch_i128)INT64_MAX || p >= INT64_MAX)
		return EXCH_PX_NONE;
	return (exch_px)p;
}

static struct naive_order *
find_peg(struct naive_instr *in, uint64_t after, bool *rests, size_t *at)
{
	struct naive_order *best = NULL;

	for (size_t i = 0; i < in->n; i++)
		if (in->order[i].peg != 0 && in->order[i].entry > after &&
		    (best == NULL || in->order[i].entry < best->entry)) {
			best = &in->order[i];
			*rests = true;
			*at = i;
		}
	for (size_t i = 0; i < in->napart; i++)
		if (in->apart[i].peg != 0 && !in->apart[i].waits_for_parent &&
		    in->apart[i].entry > after &&
		    (best == NULL || in->apart[i].entry < best->entry)) {
			best = &in->apart[i];
			*rests = false;
			*at = i;
		}
	return best;
}

static bool
round_of_pegs(struct naive *n, struct naive_instr *in)
{
	struct naive_order *found;
	uint64_t done = 0;
	bool moved = false, rests = false;
	size_t at = 0;

	while ((found = find_peg(in, done, &rests, &at)) != NULL) {
		struct naive_order o = *found;
		exch_px price = working_price(in, &o);
		exch_px now = rests ? o.price : EXCH_PX_NONE;

		done = o.entry;
		if (price == now || in->stopped)
			continue;
		moved = true;
		if (rests)
			naive_take_out(in, at);
		else
			naive_apart_out(in, at);
		o.price = price;
		o.hidden = o.peg == EXCH_PEG_MID || naive_is_conditional(&o) ||
			   (o.flags & EXCH_ORD_HIDDEN);
		naive_restated(n, in, &o, price, EXCH_RESTATE_PEG);
		if (price == EXCH_PX_NONE) {
			naive_apart(in, &o);
			continue;
		}
		o.type = EXCH_ORD_LIMIT;
		naive_turn(n, in, &o, false, false);
		naive_serve(n);
	}
	return moved;
}

/* The discretionary order whose turn it is, or in->n. */
static size_t
find_discreet(const struct naive *n, const struct naive_instr *in)
{
	size_t best = in->n;

	for (size_t i = 0; i < in->n; i++) {
		const struct naive_order *o = &in->order[i];
		bool reaches = false;

		struct naive_order to = *o;

		to.price = o->discretion;
		if (!o->discreet || naive_barred(n, in, &to))
			continue;
		for (size_t k = 0; k < in->n; k++) {
			const struct naive_order *r = &in->order[k];

			if (r->side == o->side || r->hidden ||
			    r->price == EXCH_PX_NONE ||
			    naive_outside(in, r->price))
				continue;
			reaches |= o->side == EXCH_BUY
				       ? r->price <= o->discretion
				       : r->price >= o->discretion;
		}
		if (reaches &&
		    (best == in->n || o->entry < in->order[best].entry))
			best = i;
	}
	return best;
}

static bool
discretion(struct naive *n, struct naive_instr *in)
{
	bool any = false;
	size_t i;

	while (in->phase == EXCH_PHASE_CONTINUOUS && !in->stopped &&
	       (i = find_discreet(n, in)) < in->n) {
		struct naive_order o = in->order[i];

		any = true;
		naive_take_out(in, i);
		naive_turn_discretion(n, in, &o);
		naive_serve(n);
	}
	return any;
}

void
naive_pegs(struct naive *n, struct naive_instr *in)
{
	do
		for (int k = 0; k < 16 && round_of_pegs(n, in); k++)
			;
	while (discretion(n, in));
}

void
naive_pegs_elsewhere(struct naive *n)
{
	while (n->changing == NULL) {
		struct naive_instr *in = NULL;
		uint32_t last = 0;

		while ((in = naive_next_instr(n, last)) != NULL && !in->touched)
			last = in->def.h.instr;
		if (in == NULL)
			return;
		in->touched = false;
		naive_pegs(n, in);
		naive_interrupt(n, in);
	}
}

void
naive_g_after(struct naive *n, struct naive_instr *in)
{
	/* A command that was refused did nothing to look at. */
	bool refused =
	    n->nout > 0 &&
	    ((struct exch_rec *)(void *)(n->out + n->last_out))->type ==
		EXCH_REC_REJECT;

	naive_end_answers(n, in);
	do {
		naive_serve(n);
		naive_interrupt(n, in);
		in->touched = false;
		naive_pegs(n, in);
		naive_interrupt(n, in);
	} while (!refused && naive_luld_look(n, in));
	if (!refused)
		naive_luld_state(n, in);
	naive_pegs_elsewhere(n);
}
