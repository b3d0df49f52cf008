/*
 * What an agent knows of an instrument.
 */
#include <config.h>

#include "sim/agent_view.h"

const char *const exch_agent_sides[] = {"buy", "sell", NULL};

void
exch_agent_view_init(struct exch_agent_view *v)
{
	*v = (struct exch_agent_view){.bid = EXCH_PX_NONE,
	    .offer = EXCH_PX_NONE,
	    .last = EXCH_PX_NONE,
	    .open = true};
}

void
exch_agent_see(struct exch_agent_view *v, const struct exch_rec_instrument *in,
    const struct exch_agent_msg *m)
{
	if (m->instr != in->h.instr &&
	    (m->what != EXCH_TOLD_PHASE || m->instr != 0))
		return;
	switch (m->what) {
	case EXCH_TOLD_TOP:
		v->bid = m->price;
		v->bid_qty = m->qty;
		v->offer = m->price2;
		v->offer_qty = m->qty2;
		break;
	case EXCH_TOLD_TRADE:
		v->last = m->price;
		v->volume += m->qty / in->lot;
		break;
	case EXCH_TOLD_PHASE:
		v->open = m->reason == EXCH_PHASE_CONTINUOUS;
		v->closed = m->reason == EXCH_PHASE_CLOSED ||
			    m->reason == EXCH_PHASE_END;
		break;
	default:
		break;
	}
}

/* The nearest number that is a price: somebody may have sent the largest. */
static exch_px
within(__int128 v)
{
	if (v >= EXCH_PX_NONE)
		return EXCH_PX_NONE - 1;
	return v < -EXCH_PX_NONE ? -EXCH_PX_NONE : (exch_px)v;
}

exch_px
exch_agent_sum(exch_px a, exch_px b)
{
	return within((__int128)a + b);
}

exch_px
exch_agent_mid2(const struct exch_agent_view *v)
{
	if (v->bid == EXCH_PX_NONE || v->offer == EXCH_PX_NONE)
		return EXCH_PX_NONE;
	return exch_agent_sum(v->bid, v->offer);
}

exch_px
exch_agent_about2(
    const struct exch_agent_view *v, const struct exch_rec_instrument *in)
{
	exch_px one = v->bid != EXCH_PX_NONE	 ? v->bid
		      : v->offer != EXCH_PX_NONE ? v->offer
		      : v->last != EXCH_PX_NONE	 ? v->last
						 : in->reference;

	if (v->bid != EXCH_PX_NONE && v->offer != EXCH_PX_NONE)
		return exch_agent_mid2(v);
	return one != EXCH_PX_NONE ? exch_agent_sum(one, one) : EXCH_PX_NONE;
}

/* Far beyond any price in ticks, and within what a double holds exactly. */
#define WHOLE_MOST 9e15

int64_t
exch_agent_floor(double x)
{
	int64_t n;

	if (!(x > -WHOLE_MOST))
		return -(int64_t)WHOLE_MOST;
	if (x > WHOLE_MOST)
		return (int64_t)WHOLE_MOST;
	n = (int64_t)x;
	return n - (x < (double)n);
}

int64_t
exch_agent_ceil(double x)
{
	return -exch_agent_floor(-x);
}

exch_px
exch_agent_grid(exch_px tick, double ticks, uint8_t side)
{
	int64_t n =
	    side == EXCH_BUY ? exch_agent_floor(ticks) : exch_agent_ceil(ticks);
	__int128 price = (__int128)n * tick;

	/* Nobody's order gets that far; the engine says so. */
	if (price > INT64_MAX / 4)
		return INT64_MAX / 4;
	if (price < INT64_MIN / 4)
		return INT64_MIN / 4;
	return (exch_px)price;
}

exch_px
exch_agent_better(exch_px price, int64_t ticks, exch_px tick, uint8_t side)
{
	__int128 by = (__int128)ticks * tick;

	return within(side == EXCH_BUY ? price + by : price - by);
}

exch_px
exch_agent_price(exch_px tick, double price, uint8_t side)
{
	int64_t units;

	if (price == 0)
		return EXCH_PX_NONE;
	units = exch_agent_floor(price * 1e9 + 0.5);
	/* What is on the grid stays; a double does not hold every decimal. */
	if (units % tick == 0)
		return units;
	return exch_agent_grid(tick, (double)units / (double)tick, side);
}

int
exch_agent_take(struct exch_agent_out *o, uint32_t instr, uint8_t side,
    exch_px limit, exch_qty qty, uint64_t tag)
{
	struct exch_agent_cmd c = {
	    .what = EXCH_AGENT_NEW,
	    .side = side,
	    .ordtype = EXCH_ORD_LIMIT,
	    .tif = EXCH_TIF_IOC,
	    .instr = instr,
	    .tag = tag,
	    .price = limit,
	    .qty = qty,
	};

	if (limit == EXCH_PX_NONE)
		return exch_agent_market(o, instr, side, qty, tag);
	return exch_agent_say(o, &c);
}

int
exch_agent_next(struct exch_agent_view *v, exch_ts at, struct exch_agent_out *o)
{
	v->asleep = v->closed;
	return v->asleep ? EXCH_OK : exch_agent_wake(o, at);
}

int
exch_agent_one(const struct exch_agent *a, struct exch_diag *d)
{
	if (a->ninstr == 1)
		return EXCH_OK;
	return exch_place_fail(d, EXCH_ERR_RANGE, &a->on,
	    "agent %s: %s trades one instrument: name it by \"on SYMBOL\"",
	    a->name, a->kind->name);
}
