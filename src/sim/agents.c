/*
 * The agents that are built in: the table of them.
 */
#include <config.h>

#include <string.h>

#include "sim/agents.h"

static const struct exch_agent_kind *const all[] = {
    &exch_agent_maker,
    &exch_agent_adaptive,
    &exch_agent_noise,
    &exch_agent_value,
    &exch_agent_momentum,
    &exch_agent_twap,
    &exch_agent_vwap,
    &exch_agent_pov,
    &exch_agent_sweep,
    &exch_agent_arbitrage,
    &exch_agent_router,
    &exch_agent_spoofer,
    &exch_agent_layerer,
    &exch_agent_stuffer,
    &exch_agent_ramper,
    &exch_agent_igniter,
    &exch_agent_washer,
    &exch_agent_canceller,
};

const struct exch_agent_kind *const *
exch_agent_all(unsigned *n)
{
	*n = EXCH_ARRAY_LEN(all);
	return all;
}

const struct exch_agent_kind *
exch_agent_find(const char *name, size_t n)
{
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(all); i++) {
		if (strlen(all[i]->name) == n &&
		    memcmp(all[i]->name, name, n) == 0)
			return all[i];
	}
	return NULL;
}

int
exch_agent_unfit(
    const struct exch_agent *a, struct exch_diag *d, const char *why)
{
	return exch_place_fail(
	    d, EXCH_ERR_RANGE, &a->on, "agent %s: %s", a->name, why);
}

int
exch_agent_no_memory(const struct exch_agent *a, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "agent %s: out of memory", a->name);
}
