/*
 * The agents that are built in, one per file or a few that are nearly the same,
 * and what they share.
 */
#ifndef EXCH_SIM_AGENTS_H
#define EXCH_SIM_AGENTS_H

#include "sim/agent.h"

extern const struct exch_agent_kind exch_agent_maker;
extern const struct exch_agent_kind exch_agent_adaptive;
extern const struct exch_agent_kind exch_agent_noise;
extern const struct exch_agent_kind exch_agent_value;
extern const struct exch_agent_kind exch_agent_momentum;
extern const struct exch_agent_kind exch_agent_twap;
extern const struct exch_agent_kind exch_agent_vwap;
extern const struct exch_agent_kind exch_agent_pov;
extern const struct exch_agent_kind exch_agent_sweep;
extern const struct exch_agent_kind exch_agent_arbitrage;
extern const struct exch_agent_kind exch_agent_router;
extern const struct exch_agent_kind exch_agent_spoofer;
extern const struct exch_agent_kind exch_agent_layerer;
extern const struct exch_agent_kind exch_agent_stuffer;
extern const struct exch_agent_kind exch_agent_ramper;
extern const struct exch_agent_kind exch_agent_igniter;
extern const struct exch_agent_kind exch_agent_washer;
extern const struct exch_agent_kind exch_agent_canceller;

/* A limit order; tag new. */
static inline int
exch_agent_limit(struct exch_agent_out *o, uint32_t instr, uint8_t side,
    exch_px price, exch_qty qty, uint64_t tag)
{
	struct exch_agent_cmd c = {
	    .what = EXCH_AGENT_NEW,
	    .side = side,
	    .ordtype = EXCH_ORD_LIMIT,
	    .tif = EXCH_TIF_DAY,
	    .instr = instr,
	    .tag = tag,
	    .price = price,
	    .qty = qty,
	};

	return exch_agent_say(o, &c);
}

/* What is not executed at once is cancelled. */
static inline int
exch_agent_market(struct exch_agent_out *o, uint32_t instr, uint8_t side,
    exch_qty qty, uint64_t tag)
{
	struct exch_agent_cmd c = {
	    .what = EXCH_AGENT_NEW,
	    .side = side,
	    .ordtype = EXCH_ORD_MARKET,
	    .tif = EXCH_TIF_IOC,
	    .instr = instr,
	    .tag = tag,
	    .price = EXCH_PX_NONE,
	    .qty = qty,
	};

	return exch_agent_say(o, &c);
}

static inline int
exch_agent_cancel(struct exch_agent_out *o, uint64_t tag)
{
	struct exch_agent_cmd c = {.what = EXCH_AGENT_CANCEL, .tag = tag};

	return exch_agent_say(o, &c);
}

static inline int
exch_agent_wake(struct exch_agent_out *o, exch_ts at)
{
	struct exch_agent_cmd c = {.what = EXCH_AGENT_WAKE, .at = at};

	return exch_agent_say(o, &c);
}

/* The instruments are none that it can trade, and why.  EXCH_ERR_RANGE. */
int exch_agent_unfit(
    const struct exch_agent *a, struct exch_diag *d, const char *why);
/* An agent's chance to fail: EXCH_ERR_NOMEM with a diagnosis. */
int exch_agent_no_memory(const struct exch_agent *a, struct exch_diag *d);

#endif
