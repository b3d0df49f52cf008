/*
 * Checks of entry that protect the market: fat fingers, odd lots, short
 * sales of a falling share, and members who send too much.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "match/general.h"

/* Percent x 10^6 of 100 percent. */
#define WHOLE 100000000

/* ---- prices of the instrument ---- */

static bool
best_shown(const struct exch_match *m, const struct exch_instr *in,
    unsigned side, exch_px *price)
{
	exch_slot l = in->book.side[side].best;

	if (l == EXCH_SLOT_NONE)
		return false;
	*price = exch_engine_price(in, exch_book_slots(m->store)[l].tick);
	return true;
}

bool
exch_last_price(const struct exch_instr *in, exch_px *last)
{
	if (in->last == EXCH_TICK_MARKET)
		return false;
	*last =
	    exch_spot_price(in, (struct exch_spot){in->last, in->last_half});
	return true;
}

/* ---- collar ---- */

bool
exch_guard_collar(const struct exch_match *m, const struct exch_instr *in,
    uint8_t side, int64_t *tick)
{
	uint64_t share = exch_guard_of(m)->collar;
	exch_i128 d = (exch_i128)in->tick.d;
	exch_i128 bound, q;
	exch_px ref;

	if (share == 0 || in->phase != EXCH_PHASE_CONTINUOUS)
		return false;
	if (!best_shown(m, in, side == EXCH_BUY, &ref) &&
	    !exch_last_price(in, &ref)) {
		ref = in->instr_reference;
		if (ref == EXCH_PX_NONE)
			return false;
	}
	/* Exact in 10^-8 of a price step, then onto the grid inwards. */
	bound = (exch_i128)(ref < 0 ? -(exch_i128)ref : ref) * (exch_i128)share;
	bound = (exch_i128)ref * WHOLE + (side == EXCH_BUY ? bound : -bound);
	d *= WHOLE;
	q = bound / d - (bound % d < 0);
	if (side != EXCH_BUY && bound % d != 0)
		q++;
	if (q > INT64_MAX - 1)
		q = INT64_MAX - 1;
	if (q < INT64_MIN + 1)
		q = INT64_MIN + 1;
	*tick = (int64_t)q;
	return true;
}

static enum exch_reject
check_collar(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_special *s)
{
	struct exch_spot bound = {0, false};

	if (s->type != EXCH_ORD_LIMIT || exch_is_call_tif(s->tif) ||
	    !exch_guard_collar(m, in, s->side, &bound.tick))
		return EXCH_REJ_NONE;
	return exch_spot_reaches(s->side, bound, exch_spot_of(in, s->price))
		   ? EXCH_REJ_NONE
		   : EXCH_REJ_COLLAR;
}

/* ---- short sales ---- */

bool
exch_guard_bars(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_special *s, struct exch_spot limit)
{
	exch_slot l = in->book.side[0].best;

	if (!s->sold_short || in->more == NULL ||
	    in->more->guard.restricted == 0 ||
	    in->phase != EXCH_PHASE_CONTINUOUS || exch_is_call_tif(s->tif))
		return false;
	if (limit.tick == EXCH_TICK_MARKET)
		return true;
	return l != EXCH_SLOT_NONE &&
	       !exch_spot_above(
		   limit, (struct exch_spot){
			      exch_book_slots(m->store)[l].tick, false});
}

/* Types that have a limit and no price to wait for are judged by it. */
static enum exch_reject
check_short(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_special *s, exch_px price)
{
	struct exch_spot limit = {EXCH_TICK_MARKET, false};

	if (s->type == EXCH_ORD_LIMIT)
		limit = exch_spot_of(in, price);
	return exch_guard_bars(m, in, s, limit) ? EXCH_REJ_SHORT
						: EXCH_REJ_NONE;
}

static void
tell(struct exch_match *m, const struct exch_instr *in, const char *text)
{
	m->last = exch_writer_new_text(m->out, EXCH_REC_NOTICE,
	    sizeof(struct exch_rec_notice), in->book.instr, m->now, text,
	    strlen(text));
}

/*
 * Rule 201: from so much below the reference on, for the rest of this day
 * and the next.
 */
void
exch_guard_prints(struct exch_match *m, struct exch_instr *in, exch_px price)
{
	struct exch_guarded *g = &in->more->guard;
	uint64_t share = exch_guard_of(m)->short_sale;
	exch_px ref = in->instr_reference;

	exch_luld_prints(m, in, price);
	exch_breaker_prints(m, in, price);
	if (share == 0 || ref == EXCH_PX_NONE || ref <= 0 ||
	    ((exch_i128)ref - price) * WHOLE <
		(exch_i128)ref * (exch_i128)share)
		return;
	if (g->restricted == 0)
		tell(m, in, "short-sale restriction=on");
	g->restricted = 2;
}

void
exch_guard_day(struct exch_match *m, struct exch_instr *in)
{
	struct exch_guarded *g = &in->more->guard;

	if (g->restricted == 0)
		return;
	if (--g->restricted == 0)
		tell(m, in, "short-sale restriction=off");
}

enum exch_reject
exch_guard_entry(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_special *s, exch_px price)
{
	struct exch_special as = *s;
	enum exch_reject code;

	/* What waits for its parent comes into another market than this. */
	if (s->child != EXCH_CHILD_NOT)
		return EXCH_REJ_NONE;
	as.price = price;
	code = check_collar(m, in, &as);
	if (code == EXCH_REJ_NONE)
		code = check_short(m, in, &as, price);
	if (code == EXCH_REJ_NONE && m->guarded)
		code = exch_luld_check(m, in, s, price);
	return code;
}

/* ---- quantities ---- */

enum exch_reject
exch_guard_qty(const struct exch_match *m, const struct exch_instr *in,
    exch_qty qty, uint8_t tif)
{
	enum exch_reject code = exch_engine_check_qty(in, qty);
	uint8_t odd = exch_guard_of(m)->odd_lots;

	if (code != EXCH_REJ_LOT)
		return code;
	return odd == EXCH_ODD_TAKE ||
		       (odd == EXCH_ODD_NOW &&
			   (tif == EXCH_TIF_IOC || tif == EXCH_TIF_FOK))
		   ? EXCH_REJ_NONE
		   : EXCH_REJ_LOT;
}

/* ---- throttle ---- */

static struct exch_rate *
rate_of(struct exch_shared *g, uint32_t account, uint32_t venue)
{
	size_t i = (account + ((uint64_t)venue << 32)) *
		       UINT64_C(0x9e3779b97f4a7c15) >>
		   32;

	for (;; i++) {
		struct exch_rate *r = &g->rate[i & (g->cap_rate - 1)];

		if (r->account == 0 ||
		    (r->account == account && r->venue == venue))
			return r;
	}
}

static bool
rate_grow(struct exch_match *m)
{
	struct exch_shared *g = m->all;
	struct exch_rate *was = g->rate, *p;
	size_t n = g->cap_rate;

	if (g->nrate * 2 < g->cap_rate)
		return true;
	p = exch_calloc(n == 0 ? 64 : n * 2, sizeof(*p));
	if (p == NULL) {
		m->ended = true;
		return false;
	}
	g->rate = p;
	g->cap_rate = n == 0 ? 64 : n * 2;
	for (size_t i = 0; i < n; i++)
		if (was[i].account != 0)
			*rate_of(g, was[i].account, was[i].venue) = was[i];
	exch_free(was);
	return true;
}

bool
exch_guard_throttles(struct exch_match *m, uint32_t account)
{
	const struct exch_market_guard *k = exch_guard_of(m);
	uint32_t venue = exch_shard_venue(m);
	struct exch_rate *r;

	if (k->throttle == 0 || account == 0 || !rate_grow(m))
		return false;
	r = rate_of(m->all, account, venue);
	m->all->nrate += r->account == 0;
	if (r->account == 0 || r->window != m->now / k->window)
		r->count = 0;
	r->account = account;
	r->venue = venue;
	r->window = m->now / k->window;
	return ++r->count > k->throttle;
}
