/*
 * The naive engine's auctions: who trades at the price uncross.c finds, and
 * what becomes of market orders; see naive.h.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "naive/naive.h"

bool
naive_uncrosses(const struct naive_instr *in, const struct exch_rec_phase *c)
{
	bool opens = c->phase == EXCH_PHASE_CONTINUOUS;

	if (c->h.flags & EXCH_F_IMPOSED)
		return false;
	if (in->phase == EXCH_PHASE_CALL)
		return opens || c->phase == EXCH_PHASE_CLOSED ||
		       c->phase == EXCH_PHASE_END;
	return opens && in->phase != EXCH_PHASE_CONTINUOUS;
}

static uint8_t
kind_of_cross(const struct naive_instr *in)
{
	if (in->phase == EXCH_PHASE_CALL)
		return in->cross;
	return in->phase == EXCH_PHASE_HALT ? EXCH_CROSS_HALT : EXCH_CROSS_OPEN;
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

/* ---- imbalance-only orders ---- */

static bool
offsets(const struct naive_order *o, uint8_t side, uint8_t cross, exch_px p)
{
	if (!(o->flags & EXCH_ORD_IMBALANCE) || o->side != side)
		return false;
	if (o->tif == EXCH_TIF_ATO ? cross != EXCH_CROSS_OPEN
				   : cross != EXCH_CROSS_CLOSE)
		return false;
	return side == EXCH_BUY ? o->price >= p : o->price <= p;
}

static size_t
best_offset(
    const struct naive_instr *in, uint8_t side, uint8_t cross, exch_px p)
{
	size_t best = in->napart;

	for (size_t i = 0; i < in->napart; i++) {
		const struct naive_order *o = &in->apart[i];
		const struct naive_order *b = &in->apart[best];

		if (!offsets(o, side, cross, p))
			continue;
		if (best == in->napart ||
		    (o->price != b->price
			    ? (o->price > b->price) == (side == EXCH_BUY)
			    : o->entry < b->entry))
			best = i;
	}
	return best;
}

/* ---- pairing ---- */

struct head {
	uint8_t side;
	exch_u128 book; /* what resting orders still give */
};

/* Groups that executed, in order. */
struct fired {
	uint64_t group;
	uint32_t account;
	uint64_t entry;
	bool filled;
};

struct pairing {
	struct naive *n;
	struct naive_instr *in;
	exch_px price;
	uint8_t cross;
	struct fired *fired;
	size_t nfired;
};

static struct naive_order *
head_of(const struct pairing *p, const struct head *h, size_t *at)
{
	if (h->book > 0) {
		*at = naive_best(p->in, h->side);
		if (*at == p->in->n)
			abort();
		return &p->in->order[*at];
	}
	*at = best_offset(p->in, h->side, p->cross, p->price);
	if (*at == p->in->napart)
		abort();
	return &p->in->apart[*at];
}

/* What the other orders of its queue show. */
static exch_u128
beside(const struct naive_instr *in, const struct naive_order *o)
{
	exch_u128 sum = 0;

	for (size_t i = 0; i < in->n; i++)
		if (in->order[i].side == o->side &&
		    in->order[i].price == o->price &&
		    in->order[i].hidden == o->hidden)
			sum += in->order[i].qty;
	return sum - o->qty;
}

static void
take_from(struct pairing *p, struct head *h, size_t at, exch_qty qty)
{
	bool rests = h->book > 0;
	struct naive_order *o = rests ? &p->in->order[at] : &p->in->apart[at];
	exch_qty lost = qty;
	exch_qty left;

	if (p->n->fault == NAIVE_FAULT_QTY && o->reserve == 0 &&
	    qty == o->qty && qty > 1)
		lost--;
	left = o->qty + o->reserve - lost;
	if (rests)
		h->book -= qty;
	if (o->oco != 0) {
		p->fired =
		    realloc(p->fired, (p->nfired + 1) * sizeof(*p->fired));
		if (p->fired == NULL)
			abort();
		p->fired[p->nfired++] =
		    (struct fired){o->oco, o->account, o->entry, left == 0};
	}
	o->executed += qty;
	if (left == 0) {
		struct naive_order gone = *o;

		if (rests)
			naive_take_out(p->in, at);
		else
			naive_apart_out(p->in, at);
		naive_gone(p->n, p->in, &gone);
		return;
	}
	if (rests && o->peak != 0) {
		exch_qty shown = o->peak < left ? o->peak : left;
		/* No room for more than it shows already: that is told. */
		bool full = beside(p->in, o) + shown > UINT64_MAX;
		bool changed = full || shown != o->qty;

		if (full)
			shown = o->qty;

		o->qty = shown;
		o->reserve = left - shown;
		if (changed)
			naive_restated(
			    p->n, p->in, o, o->price, EXCH_RESTATE_REFRESH);
		return;
	}
	o->qty = left;
}

static void
pair(struct pairing *p, struct head *buy, struct head *sell, exch_u128 volume)
{
	while (volume > 0) {
		struct exch_rec_exec e = {.price = p->price, .cross = p->cross};
		size_t b, s;
		const struct naive_order *x = head_of(p, buy, &b);
		const struct naive_order *y = head_of(p, sell, &s);
		exch_u128 qb = (exch_u128)x->qty + x->reserve;
		exch_u128 qs = (exch_u128)y->qty + y->reserve;
		uint64_t ye = y->entry;

		if (buy->book > 0 && qb > buy->book)
			qb = buy->book;
		if (sell->book > 0 && qs > sell->book)
			qs = sell->book;
		if (qs < qb)
			qb = qs;
		if (volume < qb)
			qb = volume;
		e.buy = x->id;
		e.sell = y->id;
		e.qty = (exch_qty)qb;
		naive_exec(p->n, p->in, &e);
		volume -= qb;
		take_from(p, buy, b, e.qty);
		/* the seller may have moved by one */
		(void)head_of(p, sell, &s);
		if ((sell->book > 0 ? p->in->order[s] : p->in->apart[s])
			.entry != ye)
			abort();
		take_from(p, sell, s, e.qty);
	}
}

static void
fire(struct pairing *p)
{
	for (size_t i = 0; i < p->nfired; i++) {
		struct fired *f = &p->fired[i];
		bool lives = false;

		for (size_t k = 0; k < p->in->n; k++)
			lives |= p->in->order[k].entry == f->entry;
		for (size_t k = 0; k < p->in->napart; k++)
			lives |= p->in->apart[k].entry == f->entry;
		if (lives || f->filled)
			naive_fire(p->n, f->group, f->account,
			    f->filled ? 0 : f->entry);
	}
	free(p->fired);
}

/* The better of two limits of a side; market orders have none. */
static exch_px
better(uint8_t side, exch_px a, exch_px b)
{
	if (a == EXCH_PX_NONE || b == EXCH_PX_NONE)
		return a == EXCH_PX_NONE ? b : a;
	return (a > b) == (side == EXCH_BUY) ? a : b;
}

const char *
naive_ladder(const struct naive *n, uint8_t cross)
{
	if (n->fault == NAIVE_FAULT_UNCROSS)
		return "plain-low";
	if (n->rules != NULL && cross < 6 && n->rules->ladder[cross][0] != '\0')
		return n->rules->ladder[cross];
	return n->ladder;
}

/* The price of everybody's full quantity. */
struct naive_price
naive_price_now(
    const struct naive *n, const struct naive_instr *in, exch_px ref)
{
	const char *ladder = naive_ladder(n, kind_of_cross(in));
	const struct naive_grid g = {in->def.tick, n->rules};
	struct naive_order *all = calloc(in->n + 1, sizeof(*all));
	struct naive_order *stay = calloc(in->n + 1, sizeof(*stay));
	struct naive_quote q = {EXCH_PX_NONE, EXCH_PX_NONE, EXCH_PX_NONE};
	struct naive_price p;
	exch_i128 mid2;
	size_t nstay = 0;

	if (all == NULL || stay == NULL)
		abort();
	for (size_t i = 0; i < in->n; i++) {
		all[i] = in->order[i];
		all[i].qty += all[i].reserve;
		/* As far as the limit reaches on the market's table. */
		if (all[i].price != EXCH_PX_NONE)
			all[i].price = naive_good(
			    &g, all[i].price, all[i].side == EXCH_SELL);
		if (naive_is_call(all[i].tif))
			continue;
		/* What continuous trading would have, too. */
		stay[nstay++] = all[i];
		if (all[i].side == EXCH_BUY)
			q.bid = better(EXCH_BUY, q.bid, all[i].price);
		else
			q.offer = better(EXCH_SELL, q.offer, all[i].price);
	}
	/* No quote and no clearing price: no band of its own. */
	p = naive_uncross_banded(ladder, stay, nstay, &g, ref, NULL, NULL);
	if (p.found)
		q.clearing = p.price;
	mid2 = (exch_i128)q.bid + q.offer;
	p = naive_uncross_banded(ladder, all, in->n, &g, ref,
	    q.bid == EXCH_PX_NONE || q.offer == EXCH_PX_NONE ? NULL : &mid2,
	    n->no_band ? NULL : &q);
	free(stay);
	free(all);
	return p;
}

static exch_u128
offset_sum(const struct naive_instr *in, uint8_t side, uint8_t cross, exch_px p)
{
	exch_u128 sum = 0;

	for (size_t i = 0; i < in->napart; i++)
		if (offsets(&in->apart[i], side, cross, p))
			sum += in->apart[i].qty;
	return sum;
}

exch_px
naive_auction_reference(
    const struct naive *n, const struct naive_instr *in, exch_px ref)
{
	const struct naive_grid g = {in->def.tick, n->rules};

	if (ref == EXCH_PX_NONE)
		ref = in->last;
	if (ref == EXCH_PX_NONE)
		ref = in->def.reference;
	ref = on_grid(ref, in->def.tick);
	return ref == EXCH_PX_NONE ? ref : naive_good(&g, ref, ref < 0);
}

exch_px
naive_uncross(struct naive *n, struct naive_instr *in, exch_px ref)
{
	uint8_t cross = kind_of_cross(in);
	struct pairing pr = {.n = n, .in = in, .cross = cross};
	struct head buy = {.side = EXCH_BUY}, sell = {.side = EXCH_SELL};
	struct exch_rec_auction *e;
	struct naive_price p;
	exch_u128 extra = 0;

	ref = naive_auction_reference(n, in, ref);
	p = naive_price_now(n, in, ref);
	if (!p.found && (in->phase != EXCH_PHASE_CALL || n->no_band))
		return EXCH_PX_NONE;
	buy.book = sell.book = p.volume;
	if (p.found && p.surplus > 0) {
		extra = offset_sum(in, EXCH_SELL, cross, p.price);
		if (extra > (exch_u128)p.surplus)
			extra = (exch_u128)p.surplus;
		buy.book += extra;
		p.surplus -= (exch_i128)extra;
	} else if (p.found && p.surplus < 0) {
		extra = offset_sum(in, EXCH_BUY, cross, p.price);
		if (extra > (exch_u128)-p.surplus)
			extra = (exch_u128)-p.surplus;
		sell.book += extra;
		p.surplus += (exch_i128)extra;
	}
	e = naive_emit(n, EXCH_REC_AUCTION, sizeof(*e), in->def.h.instr);
	e->price = p.found ? p.price : EXCH_PX_NONE;
	e->paired = at_most_64(p.volume + extra);
	e->imbalance =
	    at_most_64((exch_u128)(p.surplus < 0 ? -p.surplus : p.surplus));
	e->side = p.surplus > 0	  ? EXCH_BUY
		  : p.surplus < 0 ? EXCH_SELL
				  : EXCH_SIDE_NONE;
	e->reference = ref;
	e->far = EXCH_PX_NONE;
	e->cross = cross;
	e->final = 1;
	if (!p.found)
		return EXCH_PX_NONE;
	in->auction = p.price;
	pr.price = p.price;
	pair(&pr, &buy, &sell, p.volume + extra);
	fire(&pr);
	return p.price;
}

void
naive_uncross_rest(
    struct naive *n, struct naive_instr *in, exch_px ref, exch_px *price)
{
	const char *ladder = naive_ladder(n, kind_of_cross(in));
	exch_px bid = EXCH_PX_NONE, offer = EXCH_PX_NONE, at;

	if (strcmp(ladder, "nasdaq") != 0 && strcmp(ladder, "nyse") != 0)
		return;
	for (size_t i = 0; i < in->n; i++) {
		const struct naive_order *o = &in->order[i];

		if (o->side == EXCH_BUY)
			bid = better(EXCH_BUY, bid, o->price);
		else
			offer = better(EXCH_SELL, offer, o->price);
	}
	if (bid == EXCH_PX_NONE || offer == EXCH_PX_NONE || bid < offer)
		return;
	n->no_band = true;
	at = naive_uncross(n, in, ref);
	n->no_band = false;
	if (at != EXCH_PX_NONE)
		*price = at;
}

void
naive_drop_market(struct naive *n, struct naive_instr *in)
{
	static const uint8_t sides[2] = {EXCH_BUY, EXCH_SELL};

	for (int s = 0; s < 2; s++)
		for (size_t i = 0; i < in->n;) {
			struct naive_order o = in->order[i];

			if (o.side != sides[s] || o.price != EXCH_PX_NONE) {
				i++;
				continue;
			}
			(void)naive_drop(n, in, o.entry, EXCH_WHY_UNCROSSED);
		}
}
