/*
 * Value: one who has an opinion of what the instrument is worth, and offers to
 * trade at it.
 *
 * The worth (worth.h) is not seen, but estimated.  At times of a Poisson process
 * the agent looks at it, with an error, and mends its belief as Kalman's filter
 * does: the old belief, drawn to the mean for the time since, and what was seen
 * are weighed by their certainties.  If it believes in more than the middle of
 * the market it sends a buy order, otherwise a sell order, at the belief less
 * (more) a part of what it wants to gain, and withdraws the order before.  When
 * that is beyond the other side's best, it trades, and so the price is drawn to
 * the worth.  (Chakraborty, Das and Peabody, Price evolution in a continuous
 * double auction prediction market, IJCAI 2015; the value agents of ABIDES in
 * the configuration rmsc04, arXiv 1904.12066, which project the belief to the
 * close where this one takes it as of now.)
 */
#include <config.h>

#include "base/real.h"
#include "base/variate.h"
#include "sim/agent_view.h"
#include "sim/worth.h"

enum {
	P_RATE,
	P_QTY,
	P_NOISE,
	P_SHADE,
	P_LIMIT,
	P_MEAN,
	P_KAPPA,
	P_SIGMA,
	P_SHOCKS,
	P_SHOCK,
	P_NEWS_AT,
	P_NEWS,
	P_STEP,
	P_LOADING
};

static const struct exch_param params[] = {
    [P_RATE] = {.name = "rate",
	.unit = "1/s",
	.what = "looks at the worth, each with an order",
	.def = 0.2,
	.min = 1e-6,
	.max = 1e6},
    [P_QTY] = {.name = "quantity",
	.unit = "lots",
	.what = "of an order",
	.def = 1,
	.min = 1,
	.max = 1e9},
    [P_NOISE] = {.name = "noise",
	.unit = "ticks",
	.what = "deviation of what it sees from the worth",
	.def = 10,
	.max = 1e9},
    [P_SHADE] = {.name = "shade",
	.unit = "ticks",
	.what = "that it wants to gain at most, each part as likely",
	.def = 2,
	.max = 1e9},
    [P_LIMIT] = {.name = "limit",
	.unit = "lots",
	.what = "position that it does not exceed",
	.def = 1000,
	.min = 1,
	.max = 1e9},
    [P_MEAN] = {.name = "mean",
	.unit = "price",
	.what = "that the worth comes back to; 0: the reference",
	.max = 9e9},
    [P_KAPPA] = {.name = "kappa",
	.unit = "1/s",
	.what = "how fast it does",
	.def = 1e-6,
	.max = 1e3},
    [P_SIGMA] = {.name = "sigma",
	.unit = "ticks",
	.what = "deviation of the worth in a second",
	.def = 0.5,
	.max = 1e6},
    [P_SHOCKS] = {.name = "shocks",
	.unit = "1/h",
	.what = "jumps of the worth",
	.def = 0,
	.max = 1e6},
    [P_SHOCK] = {.name = "shock",
	.unit = "ticks",
	.what = "deviation of a jump",
	.def = 20,
	.max = 1e9},
    [P_NEWS_AT] = {.name = "news-at",
	.kind = EXCH_PARAM_TIME,
	.what = "a jump that is no chance, from the beginning on",
	.max = 1e15},
    [P_NEWS] = {.name = "news",
	.unit = "ticks",
	.what = "of that jump; 0: none",
	.def = 0,
	.min = -1e9,
	.max = 1e9},
    [P_STEP] = {.name = "step",
	.kind = EXCH_PARAM_TIME,
	.what = "of the worth",
	.def = 1e9,
	.min = 1e6,
	.max = 1e13},
    [P_LOADING] = {.name = "loading",
	.unit = "",
	.what = "correlation of the worth's steps with a factor of the run",
	.def = 0,
	.min = -1,
	.max = 1},
};

struct value {
	struct exch_agent_view view;
	exch_px tick; /* what it counts in */
	struct exch_worth worth;
	double belief;	 /* ticks */
	double variance; /* of it */
	exch_ts looked;
	int64_t held; /* lots */
	uint64_t tag;
	uint64_t open[2]; /* lots that may still be bought, sold */
	bool lives;	  /* the order `tag` */
};

/* The law, as far as parameters tell it; all who have the same share it. */
static int
law(const struct exch_agent *a, struct exch_worth_law *l, struct exch_diag *d)
{
	const struct exch_params *p = a->params;
	double tick = (double)a->instr[0].tick;
	double mean = exch_params_number(p, P_MEAN) * 1e9;

	if (mean == 0 && a->instr[0].reference == EXCH_PX_NONE)
		return exch_place_fail(d, EXCH_ERR_RANGE, &a->on,
		    "agent %s: what is %.24s worth?  Give it a \"mean\", or "
		    "the instrument a \"reference\"",
		    a->name, a->instr[0].symbol);
	if (mean == 0)
		mean = (double)a->instr[0].reference;
	*l = (struct exch_worth_law){
	    .mean = mean / tick,
	    .kappa = exch_params_number(p, P_KAPPA),
	    .sigma = exch_params_number(p, P_SIGMA),
	    .shocks = exch_params_number(p, P_SHOCKS) / 3600,
	    .shock = exch_params_number(p, P_SHOCK),
	    .news = exch_params_number(p, P_NEWS),
	    .news_at = exch_agent_when(a, P_NEWS_AT),
	    .begin = a->begin,
	    .step = exch_agent_whole(a, P_STEP),
	    .loading = exch_params_number(p, P_LOADING),
	};
	return EXCH_OK;
}

static int
open_value(struct exch_agent *a, struct exch_diag *d)
{
	struct value *k = a->state;
	struct exch_worth_law l;
	int err = exch_agent_one(a, d);

	if (err == EXCH_OK)
		err = law(a, &l, d);
	if (err != EXCH_OK)
		return err;
	exch_agent_view_init(&k->view);
	exch_worth_init(
	    &k->worth, &l, a->common ^ a->instr[0].h.instr, a->common);
	k->tick = a->instr[0].tick;
	k->belief = l.mean;
	k->looked = a->begin;
	a->wants.levels = 1;
	a->wants.wakes = EXCH_WAKES(EXCH_TOLD_PHASE);
	return EXCH_OK;
}

/* ---- belief ---- */

/* The tick is another one: what it believes, and how sure it is, is not. */
static void
recount(struct exch_agent *a)
{
	struct value *k = a->state;
	double factor = (double)k->tick / (double)a->instr[0].tick;

	exch_worth_scale(&k->worth, factor);
	k->belief *= factor;
	k->variance *= factor * factor;
	k->tick = a->instr[0].tick;
}

/* Kalman's filter of one number. */
static void
look(struct exch_agent *a, exch_ts now)
{
	struct value *k = a->state;
	const struct exch_worth_law *l = &k->worth.law;
	double noise = exch_params_number(a->params, P_NOISE);
	double seen =
	    exch_worth_at(&k->worth, now) + noise * exch_rng_normal(&a->rng);
	double s = (double)(now - k->looked) / 1e9;
	double keep = exch_worth_keep(l, s);
	double sum;

	k->looked = now;
	k->belief = l->mean + (k->belief - l->mean) * keep;
	k->variance = k->variance * keep * keep + exch_worth_doubt(l, s);
	sum = k->variance + noise * noise;
	if (!(sum > 0)) {
		k->belief = seen;
		return;
	}
	k->belief += (seen - k->belief) * (k->variance / sum);
	k->variance *= noise * noise / sum;
}

/* ---- orders ---- */

/* So much that nothing on its way can carry it beyond the limit. */
static uint64_t
room(const struct exch_agent *a, unsigned side)
{
	const struct value *k = a->state;
	int64_t held = side == 0 ? k->held : -k->held;
	int64_t left = (int64_t)exch_agent_whole(a, P_LIMIT) - held -
		       (int64_t)k->open[side];
	uint64_t lots = exch_agent_whole(a, P_QTY);

	if (left <= 0)
		return 0;
	return lots < (uint64_t)left ? lots : (uint64_t)left;
}

static int
act(struct exch_agent *a, struct exch_agent_out *o)
{
	struct value *k = a->state;
	const struct exch_rec_instrument *in = &a->instr[0];
	exch_px about2 = exch_agent_about2(&k->view, in);
	double mid = about2 == EXCH_PX_NONE
			 ? k->belief
			 : (double)about2 / (2.0 * (double)in->tick);
	double shade =
	    exch_rng_unit(&a->rng) * exch_params_number(a->params, P_SHADE);
	bool even = exch_rng_below(&a->rng, 2) == 0;
	bool buy = k->belief > mid || (k->belief == mid && even);
	uint8_t side = buy ? EXCH_BUY : EXCH_SELL;
	exch_px price =
	    exch_agent_grid(in->tick, k->belief + (buy ? -shade : shade), side);
	uint64_t lots = room(a, !buy);
	int err = EXCH_OK;

	if (k->lives)
		err = exch_agent_cancel(o, k->tag);
	k->lives = false;
	if (err != EXCH_OK || lots == 0 || price <= 0 || k->view.closed)
		return err;
	k->lives = true;
	k->open[!buy] += lots;
	return exch_agent_limit(
	    o, in->h.instr, side, price, lots * in->lot, ++k->tag);
}

static void
hear(struct exch_agent *a, const struct exch_agent_msg *m)
{
	struct value *k = a->state;
	unsigned side = m->side != EXCH_BUY;
	uint64_t lots = m->qty / a->instr[0].lot;

	exch_agent_see(&k->view, &a->instr[0], m);
	if (m->what == EXCH_TOLD_FILLED)
		k->held += side == 0 ? (int64_t)lots : -(int64_t)lots;
	if (m->what == EXCH_TOLD_REJECTED && exch_agent_gone(m))
		lots = exch_agent_whole(a, P_QTY);
	else if (m->what != EXCH_TOLD_FILLED && m->what != EXCH_TOLD_CANCELED)
		return;
	k->open[side] -= lots < k->open[side] ? lots : k->open[side];
	if (exch_agent_gone(m) && m->tag == k->tag)
		k->lives = false;
}

static exch_ts
later(struct exch_agent *a, exch_ts now)
{
	double s = exch_rng_exponential(&a->rng) /
		   exch_params_number(a->params, P_RATE);

	return now + (exch_ts)(s * 1e9);
}

static int
turn(struct exch_agent *a, exch_ts now, const struct exch_agent_msg *m,
    size_t n, struct exch_agent_out *o, struct exch_diag *d)
{
	struct value *k = a->state;
	bool due = exch_agent_is_due(&k->view, m, n);
	exch_ts next = due ? later(a, now) : now;
	int err = EXCH_OK;

	if (k->tick != a->instr[0].tick)
		recount(a);
	for (size_t i = 0; i < n; i++)
		hear(a, &m[i]);
	if (n > 0 && m[n - 1].what == EXCH_TOLD_TIMER) {
		look(a, now);
		err = act(a, o);
	}
	if (err == EXCH_OK && due)
		err = exch_agent_next(&k->view, next, o);
	return err == EXCH_OK ? EXCH_OK : exch_agent_no_memory(a, d);
}

const struct exch_agent_kind exch_agent_value = {
    .name = "value",
    .what = "trades towards what it believes the instrument is worth",
    .param = params,
    .nparam = EXCH_ARRAY_LEN(params),
    .size = sizeof(struct value),
    .open = open_value,
    .turn = turn,
};
