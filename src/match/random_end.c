/*
 * The random end of a call, exch-market(5): when the clock would end one,
 * it goes on for a time that nobody knows.
 */
#include <config.h>

#include <string.h>

#include "base/rng.h"
#include "match/general.h"

/*
 * A generator of its own for each draw: what one instrument draws does not
 * move what another one does.
 */
static uint64_t
draw(const struct exch_match *m, struct exch_instr *in, uint64_t span)
{
	uint32_t n = in->more->guard.draws[in->cross]++;
	struct exch_rng r;

	exch_rng_seed(
	    &r, m->g.seed ^ ((uint64_t)in->book.instr << 32 |
				(uint64_t)in->cross << 24 | (n & 0xffffff)));
	return exch_rng_below(&r, span);
}

bool
exch_random_end(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec_phase *p)
{
	struct exch_rec_phase call = {.phase = EXCH_PHASE_CALL,
	    .cross = in->cross,
	    .reason = "RND",
	    .reference = EXCH_PX_NONE};
	const struct exch_market *k = m->o.market; /* a guarded one */
	struct exch_guarded *g = &in->more->guard;
	uint64_t span;

	if (!m->hand.by_clock || g->drawn || in->phase != EXCH_PHASE_CALL ||
	    in->cross >= EXCH_MARKET_CROSSES ||
	    !exch_phase_uncrosses(in->phase, p))
		return false;
	span = k->day.random_end[in->cross];
	if (span == 0)
		return false;
	exch_phase_tell(m, in->book.instr, &call);
	g->drawn = true;
	g->then_phase = p->phase;
	g->then_cross = p->cross;
	memcpy(g->then_reason, call.reason, sizeof(call.reason));
	exch_alarm_set(
	    m, in, EXCH_ALARM_RESUME, exch_later(m->now, draw(m, in, span)));
	return true;
}
