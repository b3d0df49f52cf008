/*
 * A large order in small ones: how much of it is done, and what is on its way.
 * Shared by those who work a quantity off (twap, vwap, sweep, pov) and those
 * who push a price.
 */
#ifndef EXCH_SIM_AGENT_SLICE_H
#define EXCH_SIM_AGENT_SLICE_H

#include "sim/agent_view.h"

/*
 * Always true: done + open <= what was sent, and open is 0 once every order has
 * been answered.  Quantities are lots.
 */
struct exch_slice {
	uint8_t side;
	exch_px limit; /* of all its orders, or none */
	uint64_t want; /* in all */
	uint64_t done; /* executed */
	uint64_t open; /* of the order that lives */
	uint64_t tag;  /* of it, and the last one used */
};

void exch_slice_hear(struct exch_slice *s, const struct exch_rec_instrument *in,
    const struct exch_agent_msg *m);
/* So much at once; nothing while an order lives, or for 0 lots. */
int exch_slice_take(struct exch_slice *s, const struct exch_rec_instrument *in,
    uint64_t lots, struct exch_agent_out *o);
/* So much as an order that rests at a price. */
int exch_slice_rest(struct exch_slice *s, const struct exch_rec_instrument *in,
    uint64_t lots, exch_px price, struct exch_agent_out *o);

#endif
