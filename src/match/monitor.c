/*
 * Prices that stop continuous trading, calls that are made longer, and what
 * is told of a call while it lasts.
 */
#include <config.h>

#include <string.h>

#include "match/general.h"

/* ---- volatility interruptions ---- */

bool
exch_monitor_within(const struct exch_match *m, const struct exch_instr *in,
    exch_px price, exch_px last, struct exch_breach *broken)
{
	const struct exch_market_guard *k = exch_guard_of(m);
	exch_px still = in->more->guard.auction;

	if (still == EXCH_PX_NONE)
		still = in->instr_reference;
	*broken = (struct exch_breach){still, k->still_time};
	if (!exch_market_within(price, still, k->interrupt.still))
		return false;
	*broken = (struct exch_breach){last, k->dynamic_time};
	return exch_market_within(price, last, k->interrupt.dynamic);
}

bool
exch_monitor_stops(
    struct exch_match *m, struct exch_instr *in, struct exch_spot p)
{
	struct exch_breach broken;
	exch_px last = EXCH_PX_NONE;

	(void)exch_last_price(in, &last);
	if (exch_monitor_within(m, in, exch_spot_price(in, p), last, &broken))
		return false;
	in->more->guard.stopped = true;
	in->more->guard.broken = broken.reference;
	in->more->guard.pause = broken.pause;
	return true;
}

void
exch_monitor_interrupt(struct exch_match *m, struct exch_instr *in)
{
	static const struct exch_rec_phase call = {.phase = EXCH_PHASE_CALL,
	    .cross = EXCH_CROSS_HALT,
	    .reason = "VOLA"};
	struct exch_guarded *g = &in->more->guard;
	struct exch_rec_phase p = call;

	if (!g->stopped || m->ended)
		return;
	g->stopped = false;
	p.reference = g->broken;
	exch_phase_begin(m, in, &p);
	g->then_phase = EXCH_PHASE_CONTINUOUS;
	g->then_cross = EXCH_CROSS_NONE;
	memcpy(g->then_reason, "VOLA", 4);
	exch_alarm_set(m, in, EXCH_ALARM_RESUME, exch_later(m->now, g->pause));
}

void
exch_monitor_resume(struct exch_match *m, struct exch_instr *in)
{
	const struct exch_guarded *g = &in->more->guard;
	struct exch_rec_phase p = {.phase = g->then_phase,
	    .cross = g->then_cross,
	    .reference = EXCH_PX_NONE};

	memcpy(p.reason, g->then_reason, sizeof(p.reason));
	exch_phase_begin(m, in, &p);
}

/* ---- longer calls ---- */

bool
exch_monitor_extends(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec_phase *p)
{
	static const struct exch_rec_phase more = {.phase = EXCH_PHASE_CALL,
	    .reason = "EXT",
	    .reference = EXCH_PX_NONE};
	const struct exch_market_guard *k = exch_guard_of(m);
	struct exch_guarded *g = &in->more->guard;
	int64_t ref = exch_auction_reference(m, in);
	struct exch_ladder_price price;
	struct exch_rec_auction *a;
	struct exch_rec_phase call = more;

	if (k->monitor == 0 || g->extended || ref == EXCH_TICK_MARKET ||
	    in->phase != EXCH_PHASE_CALL || !exch_phase_uncrosses(in->phase, p))
		return false;
	price = exch_auction_price(m, in, ref, in->cross, true);
	if (!price.found ||
	    exch_market_within(exch_engine_price(in, price.tick),
		exch_engine_price(in, ref), k->monitor))
		return false;
	a = exch_auction_tell(m, in, &price, ref, in->cross);
	a->variation = 'E';
	call.cross = in->cross;
	exch_phase_tell(m, in->book.instr, &call);
	g->extended = true;
	g->drawn = false; /* what is longer has an end of its own */
	g->then_phase = p->phase;
	g->then_cross = p->cross;
	memcpy(g->then_reason, call.reason, sizeof(call.reason));
	exch_alarm_set(
	    m, in, EXCH_ALARM_RESUME, exch_later(m->now, k->monitor_time));
	return true;
}

/* ---- indications ---- */

/*
 * The next one; those that could only say that nothing has changed, because
 * nothing happens and no call ends before, are passed over.
 */
static void
indicate_next(struct exch_match *m, struct exch_instr *in)
{
	uint64_t every = exch_guard_of(m)->indicative;
	exch_ts quiet = m->all->horizon, resume = exch_alarm_resume(m);
	exch_ts next = exch_later(m->now, every);

	if (resume < quiet)
		quiet = resume;
	if (quiet != EXCH_TS_NONE && quiet > next)
		next = exch_later(
		    m->now + (quiet - m->now - 1) / every * every, every);
	exch_alarm_set(m, in, EXCH_ALARM_INDICATE, next);
}

void
exch_monitor_indicate(struct exch_match *m, struct exch_instr *in)
{
	struct exch_guarded *g = &in->more->guard;
	int64_t ref = exch_auction_reference(m, in);
	struct exch_ladder_price p =
	    exch_auction_price(m, in, ref, in->cross, true);
	struct exch_rec_auction a;

	if (m->ended)
		return;
	m->st.walked++;
	exch_auction_fill(in, &p, ref, in->cross, &a);
	if (a.price != g->seen_price || a.paired != g->seen_paired ||
	    a.imbalance != g->seen_imbalance || a.side != g->seen_side) {
		(void)exch_auction_tell(m, in, &p, ref, in->cross);
		g->seen_price = a.price;
		g->seen_paired = a.paired;
		g->seen_imbalance = a.imbalance;
		g->seen_side = a.side;
	}
	indicate_next(m, in);
}

/* ---- changes of phase ---- */

void
exch_monitor_begin(struct exch_match *m, struct exch_instr *in)
{
	uint64_t every = exch_guard_of(m)->indicative;

	if (every != 0 && in->phase == EXCH_PHASE_CALL)
		exch_alarm_set(
		    m, in, EXCH_ALARM_INDICATE, exch_later(m->now, every));
}

void
exch_monitor_phase(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec_phase *p)
{
	struct exch_guarded *g = &in->more->guard;
	uint64_t every = exch_guard_of(m)->indicative;

	/* The call in progress named again: whoever waits for it waits on. */
	if (in->phase == EXCH_PHASE_CALL && p->phase == EXCH_PHASE_CALL &&
	    in->cross == p->cross)
		return;
	exch_alarm_set(m, in, EXCH_ALARM_RESUME, EXCH_TS_NONE);
	g->drawn = false;
	g->extended = false;
	g->put_off = false;
	g->stopped = false;
	g->seen_price = EXCH_PX_NONE;
	g->seen_paired = g->seen_imbalance = 0;
	g->seen_side = EXCH_SIDE_NONE;
	exch_alarm_set(m, in, EXCH_ALARM_INDICATE,
	    every != 0 && p->phase == EXCH_PHASE_CALL
		? exch_later(m->now, every)
		: EXCH_TS_NONE);
}
