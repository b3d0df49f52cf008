/*
 * A large order in small ones.
 */
#include <config.h>

#include "sim/agent_slice.h"

void
exch_slice_hear(struct exch_slice *s, const struct exch_rec_instrument *in,
    const struct exch_agent_msg *m)
{
	uint64_t lots = m->qty / in->lot;

	if (m->tag != s->tag || s->tag == 0)
		return;
	switch (m->what) {
	case EXCH_TOLD_FILLED:
		s->done += lots;
		s->open -= lots < s->open ? lots : s->open;
		break;
	case EXCH_TOLD_CANCELED:
	case EXCH_TOLD_REJECTED:
		if (exch_agent_gone(m))
			s->open = 0;
		break;
	default:
		break;
	}
}

/* The limit on the grid as it is now. */
static exch_px
limit_now(const struct exch_slice *s, const struct exch_rec_instrument *in)
{
	exch_px off = s->limit == EXCH_PX_NONE ? 0 : s->limit % in->tick;

	if (off == 0 || s->side == EXCH_BUY)
		return s->limit - off;
	return s->limit - off + in->tick;
}

int
exch_slice_take(struct exch_slice *s, const struct exch_rec_instrument *in,
    uint64_t lots, struct exch_agent_out *o)
{
	if (lots == 0 || s->open != 0)
		return EXCH_OK;
	s->open = lots;
	return exch_agent_take(o, in->h.instr, s->side, limit_now(s, in),
	    lots * in->lot, ++s->tag);
}

int
exch_slice_rest(struct exch_slice *s, const struct exch_rec_instrument *in,
    uint64_t lots, exch_px price, struct exch_agent_out *o)
{
	if (lots == 0 || s->open != 0)
		return EXCH_OK;
	s->open = lots;
	return exch_agent_limit(
	    o, in->h.instr, s->side, price, lots * in->lot, ++s->tag);
}
