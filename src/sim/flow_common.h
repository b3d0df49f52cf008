/*
 * What the models of background flow have in common: how large orders are, how
 * busy the market is over the day, and what moves several of them together.
 *
 * The profile of a day is a clock.  A model draws times as if the day were even,
 * in seconds of a clock of its own, which goes as many times faster as the
 * profile says: at a factor of 2 everything happens twice as often, arrivals,
 * cancels, and the decay of whatever a model remembers.  So the book's shape
 * is the same all day, and no model has to know of it.
 *
 * Flows of several instruments are independent but for their loading: a model
 * draws the side of an order, +1 or -1, by its own rules and asks
 * exch_flow_side(), which with the probability |loading| puts in its place
 * what the run's coin (coin.h) says in this step of time, or the opposite for a
 * negative loading.  With o what a flow drew, fair and independent of coins and
 * of other flows, the sides s and t of two orders in one step have
 *
 *	E[s] = 0,  E[s t] = a b		of two flows with the loadings a, b
 *	E[s t] = a a + (1 - |a|)^2 E[o o']	of one flow
 *
 * and in different steps the first is 0, and of the second a a is not there:
 * one factor, as in Sharpe's model of returns (Management Science 9, 1963), of
 * signs here; that order flows have such factors is a finding of Hasbrouck and
 * Seppi (Journal of Financial Economics 59, 2001).  Cancels are left alone.
 */
#ifndef EXCH_SIM_FLOW_COMMON_H
#define EXCH_SIM_FLOW_COMMON_H

#include "base/variate.h"
#include "sim/coin.h"
#include "sim/flow.h"

/* The last rows of every model's table, in this order. */
enum exch_flow_common_param {
	EXCH_FLOW_SIZE,
	EXCH_FLOW_SIZE_SHARES,
	EXCH_FLOW_SIZE_SIGMA,
	EXCH_FLOW_PROFILE,
	EXCH_FLOW_PROFILE_SHAPE,
	EXCH_FLOW_LOADING,
	EXCH_FLOW_LOADING_STEP,
	EXCH_FLOW_NCOMMON
};

extern const char *const exch_flow_shapes[];

#define EXCH_FLOW_SIZES_MOST 32
#define EXCH_FLOW_PROFILE_MOST 64

/* clang-format off */
#define EXCH_FLOW_COMMON_PARAMS                                                \
	{.name = "size", .unit = "lots",                                       \
	    .what = "of orders: one, or several drawn from",                   \
	    .most = EXCH_FLOW_SIZES_MOST, .def = 1, .min = 1, .max = 1e9},     \
	{.name = "size-shares", .unit = "",                                    \
	    .what = "how often each size comes; equally when not given",      \
	    .most = EXCH_FLOW_SIZES_MOST, .def = 1, .max = 1e9},               \
	{.name = "size-sigma", .unit = "",                                     \
	    .what = "log-normal sizes: deviation; size is the median",         \
	    .max = 10},                                                        \
	{.name = "profile", .unit = "",                                        \
	    .what = "how many times busier, by equal parts of the run",        \
	    .most = EXCH_FLOW_PROFILE_MOST, .def = 1, .max = 1e6},             \
	{.name = "profile-shape", .kind = EXCH_PARAM_WORD,                     \
	    .what = "steps, or lines between as many points",                  \
	    .words = exch_flow_shapes},                                        \
	{.name = "loading", .unit = "",                                        \
	    .what = "how often orders take the side of the run's coin",        \
	    .min = -1, .max = 1},                                              \
	{.name = "loading-step", .kind = EXCH_PARAM_TIME,                      \
	    .what = "of time, in which that coin is the same",                 \
	    .def = 1e9, .min = 1e3, .max = 24 * 3600e9}
/* clang-format on */

struct exch_flow_common {
	/* sizes */
	uint64_t lots; /* of all orders, or 0 */
	const double *size;
	double sigma;
	struct exch_alias *shares;
	/* the clock */
	const double *factor;
	unsigned nfactor; /* 1: it is even */
	bool lines;
	exch_ts begin;
	double piece; /* ns that a factor, or a line, is good for */
	/* what moves flows together */
	double loading; /* -1 to 1 */
	struct exch_coin coin;
};

/* `at`: of the first common row.  EXCH_ERR_RANGE, EXCH_ERR_NOMEM. */
int exch_flow_common_open(struct exch_flow_common *c, const struct exch_flow *f,
    unsigned at, struct exch_diag *d);
void exch_flow_common_close(struct exch_flow_common *c);

/* Weights to draw from, and a word where there is no memory for them. */
int exch_flow_weights(const double *weight, unsigned n, struct exch_alias **a,
    struct exch_diag *d);

uint64_t exch_flow_lots_drawn(
    const struct exch_flow_common *c, struct exch_rng *r);

static inline uint64_t
exch_flow_lots(const struct exch_flow_common *c, struct exch_rng *r)
{
	return c->lots != 0 ? c->lots : exch_flow_lots_drawn(c, r);
}

/* The time so many seconds (>= 0) of the model's own clock from now. */
exch_ts exch_flow_later(
    const struct exch_flow_common *c, exch_ts now, double seconds);

unsigned exch_flow_side_loaded(const struct exch_flow_common *c,
    struct exch_rng *r, exch_ts now, unsigned own);

/* The side of an order that comes now; `own` is what the model has drawn. */
static inline unsigned
exch_flow_side(const struct exch_flow_common *c, struct exch_flow *f,
    const struct exch_sim_market *m, unsigned own)
{
	return c->loading == 0 ? own
			       : exch_flow_side_loaded(c, &f->rng, m->now, own);
}

/* Where an order may rest at most, and one tick: its side's half-line. */
static inline int64_t
exch_flow_edge(const struct exch_sim_market *m, unsigned side)
{
	int64_t about;

	if (m->best[!side] != EXCH_SIM_NO_TICK)
		return m->best[!side];
	about = exch_sim_about(m);
	if (m->best[side] == EXCH_SIM_NO_TICK)
		return about;
	return side == 0 ? about + 1 : about - 1;
}

/* So many ticks (from 1) behind the other side's best. */
static inline int64_t
exch_flow_behind(const struct exch_sim_market *m, unsigned side, int64_t ticks)
{
	int64_t edge = exch_flow_edge(m, side);

	return side == 0 ? edge - ticks : edge + ticks;
}

/* Nothing, where there is nothing to trade with. */
static inline void
exch_flow_market(const struct exch_flow_common *c, struct exch_flow *f,
    const struct exch_sim_market *m, unsigned side, struct exch_flow_order *o)
{
	o->what = m->open && m->best[!side] != EXCH_SIM_NO_TICK
		      ? EXCH_FLOW_MARKET
		      : EXCH_FLOW_NOTHING;
	o->side = (uint8_t)side;
	o->lots = exch_flow_lots(c, &f->rng);
}

/* Prices that were above zero stay there. */
static inline void
exch_flow_limit(const struct exch_flow_common *c, struct exch_flow *f,
    const struct exch_sim_market *m, unsigned side, int64_t tick,
    struct exch_flow_order *o)
{
	o->what = EXCH_FLOW_LIMIT;
	o->side = (uint8_t)side;
	o->tick = tick < 1 && m->reference > 0 ? 1 : tick;
	o->lots = exch_flow_lots(c, &f->rng);
}

#endif
