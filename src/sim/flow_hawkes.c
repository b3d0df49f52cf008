/*
 * Orders that come in bursts: a Hawkes process (hawkes.h; Bacry, Mastromatteo
 * and Muzy 2015) of 4, 6 or 12 kinds of events, half of them for each side:
 *
 *	4	market, limit
 *	6	market, limit, cancel
 *	12	market, limit inside the spread, at the best, away from it,
 *		cancel at the best, away from it
 *
 * The process does not know the book: whoever does not find what to cancel does
 * nothing, and what is to be inside a spread of a tick goes to the best.
 * Nothing of it would keep the book from growing for ever, or from running
 * empty.  So each order is cancelled at a small rate besides (cancel-rate), which
 * is what ties the number of orders to its mean; those times are drawn anew
 * whenever the number has changed, and the process's own are not.
 *
 * What excites is the kind that was drawn, whatever side a loading has given to
 * its order: so the process, its branching and its times are those without a
 * loading.
 */
#include <config.h>

#include <math.h>
#include <string.h>

#include "base/plural.h"
#include "base/real.h"
#include "base/rng.h"
#include "sim/flow_common.h"
#include "sim/flow_kinds.h"
#include "sim/hawkes.h"

#define HALF (EXCH_HAWKES_KINDS / 2)
#define NUMBERS (EXCH_HAWKES_KINDS * EXCH_HAWKES_KINDS)

enum {
	DIMENSIONS,
	BASE_RATES,
	EXCITE,
	BRANCHING,
	DECAYS,
	DECAY_SHARES,
	CANCEL_RATE,
	INSIDE_BY,
	AWAY,
	LIMIT_SHARES,
	COMMON
};

/* Up to OFF they are orders. */
enum what { MARKET, INSIDE, AT, OFF, CANCEL_AT, CANCEL_OFF, LIMIT, CANCEL };

static const char *const dimensions[] = {"12", "6", "4", NULL};

/*
 * What is there when nothing is said, of the buying side; a row for each kind,
 * of how many of it come from one of each kind of its own side and of the other.
 * Markets call for more of the same, and for new orders on both sides; cancels
 * follow orders.  All of it is scaled to a branching of BRANCHING_DEFAULT.
 */
#define BRANCHING_DEFAULT 0.9

/* Where the process has no cancels, all of them are these. */
#define CANCEL_ALONE 0.5

static const double rates12[] = {0.3, 0.3, 0.2, 1.0, 1.5, 0.3};
static const double excite12[] = {0.30, 0.05, 0.01, 0.00, 0.01, 0.00, 0.02,
    0.02, 0.00, 0.00, 0.06, 0.00, 0.15, 0.10, 0.02, 0.01, 0.04, 0.00, 0.25,
    0.05, 0.00, 0.00, 0.02, 0.00, 0.15, 0.20, 0.30, 0.05, 0.15, 0.02, 0.15,
    0.05, 0.05, 0.01, 0.05, 0.01, 0.10, 0.10, 0.08, 0.35, 0.05, 0.15, 0.15,
    0.05, 0.02, 0.05, 0.02, 0.02, 0.05, 0.15, 0.25, 0.05, 0.20, 0.02, 0.10,
    0.05, 0.05, 0.01, 0.05, 0.01, 0.05, 0.05, 0.05, 0.40, 0.02, 0.15, 0.10,
    0.03, 0.02, 0.05, 0.02, 0.02};
static const double rates6[] = {0.4, 1.4, 1.6};
static const double excite6[] = {0.30, 0.02, 0.01, 0.02, 0.01, 0.03, 0.40, 0.45,
    0.20, 0.50, 0.10, 0.08, 0.10, 0.40, 0.20, 0.20, 0.08, 0.05};
static const double rates4[] = {0.4, 2.0};
static const double excite4[] = {
    0.30, 0.02, 0.02, 0.01, 0.50, 0.50, 0.50, 0.10};

static const struct {
	unsigned kinds;
	const double *rates, *excite;
} defaults[] = {
    {12, rates12, excite12}, {6, rates6, excite6}, {4, rates4, excite4}};

static const double decays_default[] = {1000, 30, 1};
static const double decay_shares_default[] = {0.55, 0.35, 0.1};
static const double limit_shares_default[] = {0.15, 0.35, 0.5};

static const struct exch_param params[] = {
    {.name = "dimensions",
	.kind = EXCH_PARAM_WORD,
	.what = "kinds of events, half of them for each side",
	.words = dimensions},
    {.name = "base-rates",
	.unit = "1/s",
	.what = "of each kind, without excitement; of buys alone, or of both",
	.most = EXCH_HAWKES_KINDS,
	.max = 1e9,
	.defs = rates12,
	.ndefs = HALF},
    {.name = "excite",
	.unit = "",
	.what = "rows of a matrix: events of a kind that come from one of each",
	.most = NUMBERS,
	.max = 1e6,
	.defs = excite12,
	.ndefs = NUMBERS / 2},
    {.name = "branching",
	.unit = "",
	.what = "scale the matrix to this spectral radius; 0: leave it",
	.max = 0.999999},
    {.name = "decays",
	.unit = "1/s",
	.what = "how fast excitement fades (beta)",
	.most = EXCH_HAWKES_DECAYS,
	.min = EXCH_HAWKES_BETA_LEAST,
	.max = EXCH_HAWKES_BETA_MOST,
	.defs = decays_default,
	.ndefs = 3},
    {.name = "decay-shares",
	.unit = "",
	.what = "how much of it fades so",
	.most = EXCH_HAWKES_DECAYS,
	.max = 1e6,
	.defs = decay_shares_default,
	.ndefs = 3},
    {.name = "cancel-rate",
	.unit = "1/s",
	.what = "cancels of each order besides; 0.5 in 4 dimensions",
	.def = 0.02,
	.min = EXCH_FLOW_RATE_LEAST,
	.max = 1e9},
    {.name = "inside",
	.unit = "ticks",
	.what = "how much better than the best, in the mean, what is inside "
		"is placed; 0: anywhere there",
	.max = 1e6},
    {.name = "away",
	.unit = "ticks",
	.what = "how far from the best, in the mean, what is away is placed",
	.def = 4,
	.min = 1,
	.max = 1e6},
    {.name = "limit-shares",
	.unit = "",
	.what = "limits inside, at and away, where they are one kind",
	.most = 3,
	.max = 1e6,
	.defs = limit_shares_default,
	.ndefs = 3},
    EXCH_FLOW_COMMON_PARAMS,
};

struct hawkes {
	struct exch_flow_common common;
	struct exch_hawkes process;
	double delta;
	double inside, away; /* of distances, by geometric() */
	struct exch_alias *limits;
	bool drawn;    /* `event` is when, and `kind` what, comes next */
	bool cancel;   /* but a cancel of cancel-rate comes before */
	exch_ts event; /* of the process: the next or (not drawn) the last */
	unsigned kind;
};

/* Of both sides, or of buys, of which sells are the mirror image. */
static int
open_matrix(struct exch_hawkes *h, const struct exch_params *p,
    const struct exch_param_value *rates, const struct exch_param_value *excite,
    struct exch_diag *d)
{
	unsigned n = h->kinds, half = n / 2;

	if (rates->n != n && rates->n != half)
		return exch_params_refuse(p, BASE_RATES, d,
		    "base-rates has %u number%s: give %u, or %u of buys alone",
		    rates->n, exch_plural(rates->n), n, half);
	if (excite->n != n * n && excite->n != half * n)
		return exch_params_refuse(p, EXCITE, d,
		    "excite has %u number%s: give %u rows of %u, or %u of buys "
		    "alone",
		    excite->n, exch_plural(excite->n), n, n, half);
	for (unsigned i = 0; i < n; i++) {
		bool mirror = excite->n != n * n && i >= half;
		const double *row =
		    excite->v + (size_t)(mirror ? i - half : i) * n;

		h->mu[i] = rates->v[i < rates->n ? i : i - half];
		for (unsigned j = 0; j < n; j++)
			h->a[i][j] = row[mirror ? (j + half) % n : j];
	}
	return EXCH_OK;
}

static int
open_decays(
    struct exch_hawkes *h, const struct exch_params *p, struct exch_diag *d)
{
	const struct exch_param_value *beta = exch_params_get(p, DECAYS);
	const struct exch_param_value *share = exch_params_get(p, DECAY_SHARES);
	bool even = beta->given && !share->given;
	double sum = 0;

	if (!even && share->n != beta->n)
		return exch_params_refuse(p,
		    share->given ? DECAY_SHARES : DECAYS, d,
		    "decays has %u number%s and decay-shares %u: give a share "
		    "for each of decays",
		    beta->n, exch_plural(beta->n), share->n);
	h->decays = beta->n;
	for (unsigned k = 0; k < beta->n; k++) {
		h->beta[k] = beta->v[k];
		h->share[k] = even ? 1 : share->v[k];
		sum += h->share[k];
	}
	if (sum <= 0)
		return exch_params_refuse(p, DECAY_SHARES, d,
		    "decay-shares: all of them are 0: give one above 0");
	for (unsigned k = 0; k < beta->n; k++)
		h->share[k] /= sum;
	return EXCH_OK;
}

static int
open_branching(struct exch_hawkes *h, const struct exch_params *p, double want,
    struct exch_diag *d)
{
	double has = exch_hawkes_branching(h);

	if (want > 0 && has <= 0)
		return exch_params_refuse(p, BRANCHING, d,
		    "branching: excite excites nothing that could be scaled: "
		    "leave one of them out");
	if (want > 0)
		for (unsigned i = 0; i < h->kinds; i++)
			for (unsigned j = 0; j < h->kinds; j++)
				h->a[i][j] *= want / has;
	if (want <= 0 && has >= 1)
		return exch_params_refuse(p, EXCITE, d,
		    "excite has the branching ratio %.6g: at 1 or more events "
		    "never end; make it less, or say branching",
		    has);
	return EXCH_OK;
}

static int
open_process(struct hawkes *s, const struct exch_params *p, struct exch_diag *d)
{
	unsigned which = (unsigned)exch_params_number(p, DIMENSIONS);
	unsigned n = defaults[which].kinds;
	struct exch_param_value rates = *exch_params_get(p, BASE_RATES);
	struct exch_param_value excite = *exch_params_get(p, EXCITE);
	double branching = exch_params_number(p, BRANCHING), sum = 0;
	int rc;

	s->process.kinds = n;
	if (!rates.given)
		rates = (struct exch_param_value){
		    .v = defaults[which].rates, .n = n / 2};
	if (!excite.given)
		excite = (struct exch_param_value){
		    .v = defaults[which].excite, .n = n * n / 2};
	if (!excite.given && !exch_params_get(p, BRANCHING)->given)
		branching = BRANCHING_DEFAULT;
	for (unsigned i = 0; i < rates.n; i++)
		sum += rates.v[i];
	if (sum <= 0)
		return exch_params_refuse(p, BASE_RATES, d,
		    "base-rates: all of them are 0: give one above 0");
	rc = open_matrix(&s->process, p, &rates, &excite, d);
	rc = rc == EXCH_OK ? open_branching(&s->process, p, branching, d) : rc;
	return rc == EXCH_OK ? open_decays(&s->process, p, d) : rc;
}

/* The logarithm of one less than the share that a tick has; 0: no distances. */
static double
geometric(double mean)
{
	return mean > 0 ? exch_real_log(1 - 1 / (mean < 1 ? 1 : mean)) : 0;
}

static int
open_hawkes(struct exch_flow *f, struct exch_diag *d)
{
	struct hawkes *s = f->state;
	const struct exch_param_value *shares =
	    exch_params_get(f->params, LIMIT_SHARES);
	int rc = open_process(s, f->params, d);

	if (rc != EXCH_OK)
		return rc;
	if (shares->n != 3 || shares->v[0] + shares->v[1] + shares->v[2] <= 0)
		return exch_params_refuse(f->params, LIMIT_SHARES, d,
		    "limit-shares: give three, not all of them 0");
	s->delta = exch_params_number(f->params, CANCEL_RATE);
	if (s->process.kinds == 4 &&
	    !exch_params_get(f->params, CANCEL_RATE)->given)
		s->delta = CANCEL_ALONE;
	s->away = geometric(exch_params_number(f->params, AWAY));
	s->inside = geometric(exch_params_number(f->params, INSIDE_BY));
	s->event = f->begin;
	exch_hawkes_begin(&s->process);
	rc = exch_flow_weights(shares->v, 3, &s->limits, d);
	return rc == EXCH_OK ? exch_flow_common_open(&s->common, f, COMMON, d)
			     : rc;
}

static void
close_hawkes(struct exch_flow *f)
{
	struct hawkes *s = f->state;

	exch_alias_free(s->limits);
	exch_flow_common_close(&s->common);
}

static exch_ts
when(struct exch_flow *f, const struct exch_sim_market *m)
{
	struct hawkes *s = f->state;
	double n =
	    (double)(exch_live_count(f->live, 0) + exch_live_count(f->live, 1));
	exch_ts cancel = EXCH_TS_NONE;

	if (!s->drawn) {
		double t;

		/* A market that opens late begins then. */
		if (s->event < m->now)
			s->event = m->now;
		t = exch_hawkes_next(&s->process, &f->rng, &s->kind);

		s->event = exch_flow_later(&s->common, s->event, t);
		s->drawn = true;
	}
	/* Nobody was asked for a while, as in a halt: it is not too late. */
	if (s->event <= m->now)
		s->event = m->now + 1;
	if (n > 0)
		cancel = exch_flow_later(&s->common, m->now,
		    exch_rng_exponential(&f->rng) / (s->delta * n));
	s->cancel = cancel < s->event;
	return s->cancel ? cancel : s->event;
}

/* 1, 2, ... ticks. */
static int64_t
distance(double log, struct exch_rng *r)
{
	/* The mean is 1: there is nothing else, and no logarithm of 0. */
	if (!(log > -HUGE_VAL))
		return 1;
	return 1 + (int64_t)(exch_rng_exponential(r) / -log);
}

/* How many prices of those inside, from the other side: 1 to room. */
static int64_t
inside(const struct hawkes *s, struct exch_rng *r, int64_t room)
{
	int64_t better;

	if (s->inside >= 0)
		return 1 + (int64_t)exch_rng_below(r, (uint64_t)room);
	better = distance(s->inside, r);
	return better < room ? room + 1 - better : 1;
}

static void
limit(const struct hawkes *s, struct exch_flow *f,
    const struct exch_sim_market *m, unsigned side, enum what what,
    struct exch_flow_order *o)
{
	int64_t step = side == 0 ? -1 : 1, edge = exch_flow_edge(m, side);
	int64_t best = m->best[side], room;

	/* An empty side begins as near as it can be. */
	if (best == EXCH_SIM_NO_TICK)
		best = edge + step;
	room = (best - edge) * step - 1; /* prices inside */
	if (what == OFF)
		best += step * distance(s->away, &f->rng);
	else if (what == INSIDE && room > 0)
		best = edge + step * inside(s, &f->rng, room);
	exch_flow_limit(&s->common, f, m, side, best, o);
}

static void
cancel_one(exch_oid id, struct exch_flow_order *o)
{
	o->what = EXCH_FLOW_CANCEL;
	o->id = id;
}

/* One at the best, or one that is not; where there is none, nothing. */
static void
cancel(struct exch_flow *f, const struct exch_sim_market *m, unsigned side,
    bool at, struct exch_flow_order *o)
{
	size_t n = exch_live_count(f->live, side);
	size_t near = exch_live_at(f->live, side, m->best[side]);
	unsigned was;
	int64_t tick;
	uint64_t lots;

	if (at && near > 0)
		cancel_one(exch_live_pick_at(f->live, side, m->best[side],
			       exch_rng_below(&f->rng, near)),
		    o);
	/* Half of them are away, or most: a few draws find one. */
	for (unsigned i = 0; !at && near < n && i < 64; i++) {
		exch_oid id =
		    exch_live_pick(f->live, side, exch_rng_below(&f->rng, n));

		exch_live_find(f->live, id, &was, &tick, &lots);
		if (tick != m->best[side]) {
			cancel_one(id, o);
			return;
		}
	}
}

/* Which kind's number i is, of one side. */
static enum what
what_of(const struct hawkes *s, unsigned i)
{
	static const enum what few[] = {MARKET, LIMIT, CANCEL};

	return s->process.kinds == EXCH_HAWKES_KINDS ? (enum what)i : few[i];
}

static void
act_kind(const struct hawkes *s, struct exch_flow *f,
    const struct exch_sim_market *m, struct exch_flow_order *o)
{
	unsigned half = s->process.kinds / 2, side = s->kind >= half;
	enum what what = what_of(s, s->kind - (side ? half : 0));
	size_t n = exch_live_count(f->live, side);

	if (what == LIMIT)
		what =
		    (enum what)(INSIDE + exch_alias_draw(s->limits, &f->rng));
	if (what <= OFF)
		side = exch_flow_side(&s->common, f, m, side);
	if (what == MARKET)
		exch_flow_market(&s->common, f, m, side, o);
	else if (what == CANCEL_AT || what == CANCEL_OFF)
		cancel(f, m, side, what == CANCEL_AT, o);
	else if (what != CANCEL)
		limit(s, f, m, side, what, o);
	else if (n > 0)
		cancel_one(
		    exch_live_pick(f->live, side, exch_rng_below(&f->rng, n)),
		    o);
}

static void
act(struct exch_flow *f, const struct exch_sim_market *m,
    struct exch_flow_order *o)
{
	struct hawkes *s = f->state;
	size_t buys = exch_live_count(f->live, 0);
	size_t n = buys + exch_live_count(f->live, 1), i;
	unsigned side;

	o->what = EXCH_FLOW_NOTHING;
	if (!s->cancel) {
		s->drawn = false;
		act_kind(s, f, m, o);
		return;
	}
	i = exch_rng_below(&f->rng, n);
	side = i >= buys;
	cancel_one(exch_live_pick(f->live, side, i - (side ? buys : 0)), o);
}

const struct exch_flow_kind exch_flow_hawkes = {
    .name = "hawkes",
    .what = "orders that excite each other and come in bursts (Hawkes)",
    .param = params,
    .nparam = EXCH_ARRAY_LEN(params),
    .size = sizeof(struct hawkes),
    .reactive = true,
    .open = open_hawkes,
    .close = close_hawkes,
    .when = when,
    .act = act,
};
