/*
 * The queue-reactive model (Huang, Lehalle and Rosenbaum 2015, model I).  Around
 * a reference price stand K levels on each side, and how often orders come to a
 * level, and leave it, depends on how many are there:
 *
 *	level	 K .. 2 1 | 1 2 .. K		q orders in a level
 *	side	   buys   |   sells		limits	L(q) a second
 *	tick	    r - 1 r|r + 1 ...		cancels	C(q)
 *						markets	M(q), at the best
 *
 * Each level's tables are its own, and both sides have the same.  With a
 * reference that stays, level 1 is a birth and death process, whose queue has
 * the distribution
 *
 *	p(n) ~ L(0) L(1) .. L(n - 1) / ((C + M)(1) .. (C + M)(n)).
 *
 * When the middle of the best prices has moved, and level 1 on that side is
 * empty, the reference follows by a tick with the probability theta.  Then a
 * level that comes into sight is filled as it is in the mean, what is out of
 * sight is cancelled, and with the probability theta-reinit the whole book is
 * drawn anew: news.  That is done by orders, one each nanosecond.
 */
#include <config.h>

#include "base/real.h"
#include "base/rng.h"
#include "sim/flow_queue.h"
#include "sim/flow_common.h"
#include "sim/flow_kinds.h"

#define LEVELS EXCH_QUEUE_LEVELS
#define ROOM EXCH_QUEUE_ROOM
#define LEAVE (-1) /* a level's target: as it is */

enum {
	NLEVELS,
	UNIT,
	THETA,
	REINIT,
	LIMIT_1,
	CANCEL_1 = LIMIT_1 + LEVELS,
	MARKET_1 = CANCEL_1 + LEVELS,
	COMMON = MARKET_1 + LEVELS
};

/*
 * Of the shape that the paper shows for France Telecom: orders come rather
 * evenly, cancels grow less than the queue does, and market orders shy away
 * from long ones.
 */
static const double limit1[] = {1.6, 1.5, 1.4, 1.3, 1.2, 1.15, 1.1, 1.05, 1.0};
static const double limit2[] = {1.1, 1.2, 1.25, 1.2, 1.1, 1.0, 0.95, 0.9};
static const double limit3[] = {0.9, 1.0, 1.05, 1.0, 0.95, 0.9, 0.85};
static const double cancel1[] = {
    0, 0.25, 0.45, 0.6, 0.7, 0.78, 0.85, 0.9, 0.94, 0.97, 1.0};
static const double cancel2[] = {
    0, 0.2, 0.4, 0.55, 0.68, 0.8, 0.9, 0.98, 1.05, 1.1};
static const double cancel3[] = {
    0, 0.2, 0.38, 0.54, 0.68, 0.8, 0.9, 0.97, 1.02};
static const double market1[] = {
    0, 0.55, 0.5, 0.45, 0.4, 0.36, 0.32, 0.29, 0.26, 0.24, 0.22};
static const double market2[] = {0, 0.3, 0.25, 0.2, 0.15};

/* clang-format off */
#define TABLE(title, text, table)                                              \
	{.name = (title), .unit = "1/s", .what = (text), .most = ROOM,         \
	    .max = 1e9, .defs = (table), .ndefs = EXCH_ARRAY_LEN(table)}
#define LIMITS "limit orders into a queue of 0, 1, ...; the last goes on"
#define CANCELS "cancels out of a queue of 0, 1, ...; the last goes on"
#define MARKETS "market orders when it is the best, of 0, 1, ...; the last goes on"

static const struct exch_param params[] = {
	{.name = "levels", .unit = "", .what = "on each side of the reference",
	    .def = 3, .min = 1, .max = LEVELS},
	{.name = "unit", .unit = "lots",
	    .what = "a queue is counted in; 0: in orders of size",
	    .max = 1e9},
	{.name = "theta", .unit = "",
	    .what = "how often the reference follows the middle",
	    .def = 0.7, .max = 1},
	{.name = "theta-reinit", .unit = "",
	    .what = "how often the book is new when it has",
	    .def = 0.2, .max = 1},
	TABLE("limit-1", LIMITS, limit1),
	TABLE("limit-2", LIMITS, limit2),
	TABLE("limit-3", LIMITS, limit3),
	TABLE("limit-4", LIMITS, limit3),
	TABLE("limit-5", LIMITS, limit3),
	TABLE("cancel-1", CANCELS, cancel1),
	TABLE("cancel-2", CANCELS, cancel2),
	TABLE("cancel-3", CANCELS, cancel3),
	TABLE("cancel-4", CANCELS, cancel3),
	TABLE("cancel-5", CANCELS, cancel3),
	TABLE("market-1", MARKETS, market1),
	TABLE("market-2", MARKETS, market2),
	TABLE("market-3", MARKETS, market2),
	TABLE("market-4", MARKETS, market2),
	TABLE("market-5", MARKETS, market2),
	EXCH_FLOW_COMMON_PARAMS,
};
/* clang-format on */

struct queue {
	struct exch_flow_common common;
	unsigned levels;
	uint64_t unit;
	double theta, reinit;
	const struct exch_param_value *limit[LEVELS], *cancel[LEVELS],
	    *market[LEVELS];
	struct exch_alias *even[LEVELS]; /* queues as they are in the mean */
	bool begun;
	int64_t r;	/* of level 1 of the buys; r + 1 is that of the sells */
	int64_t middle; /* as it was when both were there last */
	/* rates as when() has found them; of limits, of cancels */
	double rate[2][LEVELS][2], trade[2], all;
	/* putting the book in order */
	bool adjusting, adjusted;
	size_t looked[2];
	int target[2][LEVELS];
	bool filling[2][LEVELS];
	struct exch_flow_order next;
};

static double
at(const struct exch_param_value *v, uint64_t q)
{
	return v->v[q < v->n ? q : v->n - 1];
}

/*
 * The distribution of a queue's length, as weights; market orders are those of
 * level 1, which is the best when there are any.  False: there is none, since
 * long queues grow on.
 */
bool
exch_queue_even(const struct exch_param_value *limit,
    const struct exch_param_value *cancel,
    const struct exch_param_value *market, double *weight)
{
	double w = 1, sum = 0;

	for (unsigned n = 0; n < ROOM; n++) {
		double go = at(cancel, n + 1) +
			    (market != NULL ? at(market, n + 1) : 0);

		sum += weight[n] = w;
		if (go <= 0)
			return false;
		w *= at(limit, n) / go;
		if (!(w < 1e200))
			return false;
	}
	/* What is cut off has to be next to nothing. */
	return weight[ROOM - 1] < 1e-3 * sum;
}

/* What was given of a level: what goes, or what comes. */
static unsigned
worst(const struct exch_params *p, unsigned i)
{
	return exch_params_get(p, CANCEL_1 + i)->given ? CANCEL_1 + i
						       : LIMIT_1 + i;
}

static int
open_level(struct queue *s, const struct exch_params *p, unsigned i,
    struct exch_diag *d)
{
	double weight[ROOM];

	s->limit[i] = exch_params_get(p, LIMIT_1 + i);
	s->cancel[i] = exch_params_get(p, CANCEL_1 + i);
	s->market[i] = exch_params_get(p, MARKET_1 + i);
	if (!exch_queue_even(s->limit[i], s->cancel[i],
		i == 0 ? s->market[i] : NULL, weight))
		return exch_params_refuse(p, worst(p, i), d,
		    "level %u: more orders come than go, and its queue would "
		    "grow: the last of cancel-%u%s has to be above that of "
		    "limit-%u, so that %u orders are hardly ever there",
		    i + 1, i + 1, i == 0 ? " and market-1" : "", i + 1, ROOM);
	return exch_flow_weights(weight, ROOM, &s->even[i], d);
}

static int
open_queue(struct exch_flow *f, struct exch_diag *d)
{
	struct queue *s = f->state;
	int rc = exch_flow_common_open(&s->common, f, COMMON, d);

	s->levels = (unsigned)exch_params_number(f->params, NLEVELS);
	s->theta = exch_params_number(f->params, THETA);
	s->reinit = exch_params_number(f->params, REINIT);
	s->unit = (uint64_t)exch_params_number(f->params, UNIT);
	if (s->unit == 0)
		s->unit = (uint64_t)exch_params_number(
		    f->params, COMMON + EXCH_FLOW_SIZE);
	for (unsigned i = 0; i < s->levels && rc == EXCH_OK; i++)
		rc = open_level(s, f->params, i, d);
	return rc;
}

static void
close_queue(struct exch_flow *f)
{
	struct queue *s = f->state;

	for (unsigned i = 0; i < LEVELS; i++)
		exch_alias_free(s->even[i]);
	exch_flow_common_close(&s->common);
}

static int64_t
tick_of(const struct queue *s, unsigned side, unsigned level)
{
	return side == 0 ? s->r - level : s->r + 1 + level;
}

static uint64_t
length(const struct queue *s, const struct exch_sim_market *m, unsigned side,
    unsigned level)
{
	uint64_t lots = exch_sim_lots(m, side, tick_of(s, side, level));

	return (lots + s->unit - 1) / s->unit;
}

/* ---- putting the book in order ---- */

/* All levels anew, or only the last of a side (2: of none). */
static void
adjust(struct queue *s, struct exch_rng *r, bool all, unsigned side)
{
	for (unsigned i = 0; i < 2; i++)
		for (unsigned l = 0; l < s->levels; l++) {
			bool now = all || (i == side && l + 1 == s->levels);

			s->target[i][l] =
			    now ? (int)exch_alias_draw(s->even[l], r) : LEAVE;
			s->filling[i][l] = false;
		}
	s->looked[0] = s->looked[1] = 0;
	s->adjusting = true;
	s->adjusted = false;
}

static void
to_cancel(struct queue *s, exch_oid id)
{
	s->next = (struct exch_flow_order){.what = EXCH_FLOW_CANCEL, .id = id};
}

/* One of its orders that stands where no level is. */
static bool
out_of_sight(struct queue *s, const struct exch_flow *f, unsigned side)
{
	int64_t tick, behind;
	uint64_t lots;
	unsigned is;

	for (; s->looked[side] < exch_live_count(f->live, side);
	     s->looked[side]++) {
		exch_oid id = exch_live_pick(f->live, side, s->looked[side]);

		exch_live_find(f->live, id, &is, &tick, &lots);
		behind = side == 0 ? s->r - tick : tick - s->r - 1;
		if (behind < 0 || behind >= (int64_t)s->levels) {
			to_cancel(s, id);
			return true;
		}
	}
	return false;
}

/*
 * One order towards a level's target: first down to it, then up, and never down
 * again, as sizes may not fit.
 */
static bool
off_target(struct queue *s, struct exch_flow *f,
    const struct exch_sim_market *m, unsigned side, unsigned level)
{
	int64_t tick = tick_of(s, side, level);
	int q = (int)length(s, m, side, level);

	if (s->target[side][level] == LEAVE)
		return false;
	if (!s->filling[side][level] && q > s->target[side][level] &&
	    exch_live_at(f->live, side, tick) > 0) {
		to_cancel(s, exch_live_pick_at(f->live, side, tick, 0));
		return true;
	}
	s->filling[side][level] = true;
	/* What would trade is not put in order. */
	if (q < s->target[side][level] &&
	    (m->best[!side] == EXCH_SIM_NO_TICK ||
		(side == 0 ? tick < m->best[1] : tick > m->best[0]))) {
		exch_flow_limit(&s->common, f, m, side, tick, &s->next);
		return true;
	}
	s->target[side][level] = LEAVE;
	return false;
}

static bool
put_in_order(
    struct queue *s, struct exch_flow *f, const struct exch_sim_market *m)
{
	for (unsigned side = 0; side < 2; side++)
		if (out_of_sight(s, f, side))
			return true;
	for (unsigned l = 0; l < s->levels; l++)
		for (unsigned side = 0; side < 2; side++)
			if (off_target(s, f, m, side, l))
				return true;
	return false;
}

/* ---- the model ---- */

static void
rates(struct queue *s, const struct exch_sim_market *m)
{
	s->all = 0;
	for (unsigned side = 0; side < 2; side++) {
		int64_t best = m->best[side];
		int64_t level = -1; /* of the best, if it has one */

		if (best != EXCH_SIM_NO_TICK)
			level = side == 0 ? s->r - best : best - s->r - 1;
		s->trade[side] = 0;
		for (unsigned l = 0; l < s->levels; l++) {
			uint64_t q = length(s, m, side, l);
			double *rate = s->rate[side][l];

			rate[0] = at(s->limit[l], q);
			rate[1] = q > 0 ? at(s->cancel[l], q) : 0;
			s->all += rate[0] + rate[1];
			if (level == (int64_t)l)
				s->trade[side] = at(s->market[l], q);
		}
		s->all += s->trade[side];
	}
}

/* Both best prices, as ticks, added up; 0: one of them is not there. */
static int64_t
middle(const struct exch_sim_market *m)
{
	if (m->best[0] == EXCH_SIM_NO_TICK || m->best[1] == EXCH_SIM_NO_TICK)
		return 0;
	return m->best[0] + m->best[1];
}

static exch_ts
when(struct exch_flow *f, const struct exch_sim_market *m)
{
	struct queue *s = f->state;

	if (!s->begun) {
		s->r = exch_sim_about(m) - 1;
		s->begun = true;
		adjust(s, &f->rng, true, 2);
	}
	if (s->adjusting) {
		s->adjusting = put_in_order(s, f, m);
		s->adjusted = s->adjusting;
		if (s->adjusting)
			return m->now + 1;
		/* What moves from here on may be followed. */
		s->middle = middle(m);
	}
	rates(s, m);
	if (s->all <= 0)
		return EXCH_TS_NONE;
	return exch_flow_later(
	    &s->common, m->now, exch_rng_exponential(&f->rng) / s->all);
}

static void
cancel(const struct queue *s, struct exch_flow *f, unsigned side,
    unsigned level, struct exch_flow_order *o)
{
	int64_t tick = tick_of(s, side, level);
	size_t n = exch_live_at(f->live, side, tick);

	if (n == 0) /* all of them are others' */
		return;
	o->what = EXCH_FLOW_CANCEL;
	o->id =
	    exch_live_pick_at(f->live, side, tick, exch_rng_below(&f->rng, n));
}

static void
limit(const struct queue *s, struct exch_flow *f,
    const struct exch_sim_market *m, unsigned side, unsigned level,
    struct exch_flow_order *o)
{
	exch_flow_limit(&s->common, f, m, side, tick_of(s, side, level), o);
}

static void
act(struct exch_flow *f, const struct exch_sim_market *m,
    struct exch_flow_order *o)
{
	struct queue *s = f->state;
	double u = exch_rng_unit(&f->rng) * s->all;

	if (s->adjusted) {
		*o = s->next;
		s->adjusted = false;
		return;
	}
	o->what = EXCH_FLOW_NOTHING;
	for (unsigned side = 0; side < 2; side++) {
		u -= s->trade[side];
		if (u < 0) {
			exch_flow_market(&s->common, f, m,
			    exch_flow_side(&s->common, f, m, !side), o);
			return;
		}
		for (unsigned l = 0; l < s->levels; l++) {
			u -= s->rate[side][l][0];
			if (u < 0) {
				limit(s, f, m,
				    exch_flow_side(&s->common, f, m, side), l,
				    o);
				return;
			}
			u -= s->rate[side][l][1];
			if (u < 0) {
				cancel(s, f, side, l, o);
				return;
			}
		}
	}
}

/* The reference follows the middle, where that has moved. */
static void
told(struct exch_flow *f, const struct exch_sim_market *m, bool own)
{
	struct queue *s = f->state;
	int64_t was = s->middle, is = middle(m);
	bool up = is > was;

	(void)own; /* whoever has moved it */
	if (s->adjusting || is == 0)
		return;
	s->middle = is;
	if (was == 0 || is == was)
		return;
	if (exch_sim_lots(m, up, tick_of(s, up, 0)) > 0 ||
	    exch_rng_unit(&f->rng) >= s->theta)
		return;
	s->r += up ? 1 : -1;
	adjust(s, &f->rng, exch_rng_unit(&f->rng) < s->reinit, up);
}

const struct exch_flow_kind exch_flow_queue = {
    .name = "queue",
    .what = "rates by the length of queues (Huang, Lehalle, Rosenbaum)",
    .param = params,
    .nparam = EXCH_ARRAY_LEN(params),
    .size = sizeof(struct queue),
    .reactive = true,
    .open = open_queue,
    .close = close_queue,
    .when = when,
    .act = act,
    .told = told,
};
