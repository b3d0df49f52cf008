/*
 * The coin that is common to all background flows of a run: in each step of
 * time it says buy or sell, and a flow follows it as often as its loading says
 * (flow_common.h).
 *
 * It is a function of the run and of the step's number alone.  So it is the same
 * for all flows, however many there are and in which order they ask, and a flow
 * that does not follow it changes nothing.  Flows with steps of another length
 * have another coin, which has nothing to do with this one.
 */
#ifndef EXCH_SIM_COIN_H
#define EXCH_SIM_COIN_H

#include "base/types.h"

struct exch_coin {
	uint64_t key;
	uint64_t step; /* ns */
};

/* `run`: the run's number of the common flows; step > 0, in ns. */
void exch_coin_init(struct exch_coin *c, uint64_t run, uint64_t step);
/* The side of step n: 0 buy, 1 sell, each as likely. */
unsigned exch_coin_side(const struct exch_coin *c, uint64_t n);

#endif
