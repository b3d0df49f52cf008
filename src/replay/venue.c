/*
 * The venue's phases, announced or inferred.
 *
 * Rule imposed-phase: every phase is passed on with the flag IMPOSED, so
 * that the engine never runs an auction of its own: the venue's auction
 * comes as fills that do not print and a bulk print, because the orders
 * that took part in it were not all displayed.
 *
 * Rule crossed-add: an order displayed at a price that would have matched
 * shows that the venue is collecting orders (SSE publishes no phases, and a
 * Nasdaq halt may begin before its message).  Displays only rest until the
 * venue executes in the ordinary way again (rule implied-continuous) or
 * prints an auction (rule cross-ends-call).
 */
#include <config.h>

#include "replay/own.h"

static void
tell(struct exch_replay *r, struct exch_shown *in, exch_ts time, uint8_t phase)
{
	struct exch_rec_phase *p = exch_writer_new(
	    r->out, EXCH_REC_PHASE, sizeof(*p), in->book.instr, time);

	p->h.flags |= EXCH_F_SYNTHETIC | EXCH_F_IMPOSED;
	p->phase = phase;
	p->reference = EXCH_PX_NONE;
	in->phase = phase;
}

static void
take_phase(struct exch_shown *in, uint8_t phase)
{
	in->phase = phase;
	in->inferred = false;
}

void
exch_venue_phase(struct exch_replay *r, struct exch_shown *in, uint8_t phase)
{
	uint32_t instr = 0;

	if (phase > EXCH_PHASE_HALT)
		return; /* as the engine does */
	if (in != NULL) {
		take_phase(in, phase);
		return;
	}
	r->phase = phase;
	while ((in = exch_shadow_next(r->shadow, &instr)) != NULL)
		take_phase(in, phase);
}

void
exch_venue_crossed(struct exch_replay *r, struct exch_shown *in, exch_ts time)
{
	r->st.crossed_adds++;
	if (in->phase != EXCH_PHASE_CONTINUOUS)
		return;
	tell(r, in, time, EXCH_PHASE_CALL);
	in->inferred = true;
}

void
exch_venue_matching(struct exch_replay *r, struct exch_shown *in, exch_ts time)
{
	tell(r, in, time, EXCH_PHASE_CONTINUOUS);
	in->inferred = false;
}

void
exch_venue_cross(struct exch_replay *r, struct exch_shown *in, exch_ts time)
{
	if (!in->inferred)
		return;
	/* Only continuous trading is ever taken for a call. */
	tell(r, in, time, EXCH_PHASE_CONTINUOUS);
	in->inferred = false;
}
