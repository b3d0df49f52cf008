/*
 * The gate of an instrument (engine.h): which prices need no questions.
 * What is asked of the others, and of the market's rules exactly, is in
 * intake.c; a gate is only ever narrower.
 */
#include <config.h>

#include "match/general.h"

/* Percent x 10^6 of 100 percent. */
#define WHOLE 100000000

/* Prices from and to, both allowed. */
struct range {
	exch_i128 from, to;
};

static struct range
meet(struct range a, struct range b)
{
	if (b.from > a.from)
		a.from = b.from;
	if (b.to < a.to)
		a.to = b.to;
	return a;
}

/* What a share of a price is, rounded down. */
static exch_i128
share_of(exch_i128 price, uint64_t pct)
{
	if (price < 0)
		price = -price;
	return price * (exch_i128)pct / WHOLE;
}

/* Prices that can be written down; above 0 but for spreads. */
static struct range
valid(const struct exch_instr *in)
{
	struct range r = {1, EXCH_PX_NONE - 1};

	if (in->kind == EXCH_KIND_FUTURE)
		r.from = -(exch_i128)EXCH_PX_NONE;
	return r;
}

/*
 * The row of the table of ticks in which the price is, and its step; 0:
 * below the first.
 */
static struct range
row_of(const struct exch_market *v, exch_px price, exch_px *step)
{
	exch_i128 u = price < 0 ? -(exch_i128)price : price;
	exch_i128 end = (exch_i128)EXCH_PX_NONE + 1;
	struct range r = {0, end};

	*step = 0;
	for (unsigned i = 0; i < v->nticks; i++) {
		if (u < v->tick[i].from) {
			r.to = (exch_i128)v->tick[i].from - 1;
			break;
		}
		r.from = v->tick[i].from;
		*step = v->tick[i].step;
	}
	if (price < 0)
		r = (struct range){-r.to, -r.from};
	return r;
}

/* Of a band round the last price: for what last prices it is to hold. */
static struct range
lasts_of(const struct exch_instr *in, uint64_t pct)
{
	exch_i128 d = (exch_i128)in->tick.d;
	struct range none = {in->last, in->last};
	struct range r;
	exch_i128 slack;

	if (in->last == EXCH_TICK_MARKET)
		return none; /* no price: its product might be too large */
	slack = share_of(in->last * d, pct) / 8 / d;
	r = (struct range){in->last - slack, in->last + slack};
	/* Bounds are straight lines on either side of 0 only. */
	if (r.from <= 0 && r.to + 1 >= 0)
		return none;
	return meet(r, (struct range){INT64_MIN, INT64_MAX});
}

/* The band round each of those, and round half a tick above. */
static struct range
band_of(const struct exch_instr *in, struct range lasts, uint64_t pct)
{
	exch_i128 d = (exch_i128)in->tick.d;
	exch_i128 low = lasts.from * d,
		  high = lasts.to * d + (exch_i128)(d / 2);
	struct range a = {low - share_of(low, pct), low + share_of(low, pct)};
	struct range b = {
	    high - share_of(high, pct), high + share_of(high, pct)};

	a = meet(a, b);
	/* Shares are rounded: between the two the bound may be 1 away. */
	return (struct range){a.from + 1, a.to - 1};
}

static exch_i128
floor_div(exch_i128 a, exch_i128 d)
{
	return a / d - (a % d < 0);
}

/*
 * Whole ticks inside a range of prices; false: there are none.  Only of
 * prices from 0 on does exch_exact_u() say whether they are on the grid.
 */
static bool
set_ticks(struct exch_instr *in, struct range r)
{
	exch_i128 d = (exch_i128)in->tick.d;
	exch_i128 from = r.from <= 0 ? 0 : floor_div(r.from + d - 1, d);
	exch_i128 to = floor_div(r.to, d);

	if (from > to)
		return false;
	in->gate.tick = (int64_t)from;
	in->gate.span = (uint64_t)(to - from);
	return true;
}

/*
 * No last price is the smallest number, so nothing comes through a gate that
 * asks for it.
 */
void
exch_gate_shut(struct exch_instr *in)
{
	in->gate = (struct exch_gate){.last = INT64_MIN};
}

/* Round a price that the market allows. */
static void
open(const struct exch_match *m, struct exch_instr *in, exch_px price)
{
	const struct exch_market *v = m->o.market;
	struct range r = valid(in), lasts = {INT64_MIN + 1, INT64_MAX};
	exch_px step = 0;

	exch_gate_shut(in);
	if (v != NULL)
		r = meet(r, row_of(v, price, &step));
	if (v != NULL && v->band.still != 0 &&
	    in->instr_reference != EXCH_PX_NONE) {
		exch_i128 ref = in->instr_reference;
		exch_i128 far = share_of(ref, v->band.still);

		r = meet(r, (struct range){ref - far, ref + far});
	}
	if (v != NULL && v->band.dynamic != 0) {
		lasts = lasts_of(in, v->band.dynamic);
		if (in->last != EXCH_TICK_MARKET)
			r = meet(r, band_of(in, lasts, v->band.dynamic));
	}
	if (!set_ticks(in, r))
		return;
	if (step != 0 && in->tick.d % (uint64_t)step != 0)
		in->gate.step = exch_div_by((uint64_t)step);
	in->gate.last = (int64_t)lasts.from;
	in->gate.last_span = (uint64_t)(lasts.to - lasts.from);
}

bool
exch_gate_ask(const struct exch_match *m, struct exch_instr *in, exch_px price,
    int64_t *tick)
{
	if (exch_engine_check_price(in, price, tick) != EXCH_REJ_NONE ||
	    exch_check_market(m, in, price) != EXCH_REJ_NONE)
		return false;
	open(m, in, price);
	return true;
}
