/*
 * Orders that are worked off by the clock: twap in equal slices, vwap by the
 * usual volume of the day, sweep without looking back.
 *
 * At slice k of n the agent aims at a quantity, want * F(k / n), and sends what
 * is missing to it; so what a slice did not get, the next one makes up for, and
 * roundings do not add up.  F is a straight line for twap, the share of the
 * day's volume up to then for vwap (Berkowitz, Logue and Noser, The total cost
 * of transactions on the NYSE, Journal of Finance 43, 1988).  A sweep sends each
 * slice once, whatever became of the one before: the seller of 6 May 2010
 * looked neither at price nor at time (CFTC and SEC, Findings regarding the
 * market events of May 6, 2010), and a fat finger is one slice.
 *
 * With `style join` a slice first rests at the best price of its own side; what
 * is left of it at the next slice takes what is there.
 */
#include <config.h>

#include <string.h>

#include "sim/agent_slice.h"

enum {
	P_SIDE,
	P_QTY,
	P_START,
	P_OVER,
	P_SLICES,
	P_LIMIT,
	P_STYLE,
	P_PROFILE,
	P_ALL
};

static const char *const styles[] = {"take", "join", NULL};
enum { TAKE, JOIN };

#define PROFILE_MOST 64

/* clang-format off */
#define SCHEDULE_PARAMS(n, over_what)                                          \
	[P_SIDE] = {.name = "side", .kind = EXCH_PARAM_WORD,                   \
	    .what = "buy or sell", .words = exch_agent_sides},                 \
	[P_QTY] = {.name = "quantity", .unit = "lots", .needed = true,         \
	    .what = "in all", .min = 1, .max = 1e9},                           \
	[P_START] = {.name = "start", .kind = EXCH_PARAM_TIME,                 \
	    .what = "of the first slice, from the beginning on",               \
	    .max = 1e15},                                                      \
	[P_OVER] = {.name = "over", .kind = EXCH_PARAM_TIME,                   \
	    .what = over_what, .max = 1e15},                                   \
	[P_SLICES] = {.name = "slices", .unit = "", .what = "how many",        \
	    .def = n, .min = 1, .max = 1e6},                                   \
	[P_LIMIT] = {.name = "limit", .unit = "price",                         \
	    .what = "not beyond it; 0: at any price", .max = 9e9}
#define STYLE_PARAM                                                            \
	[P_STYLE] = {.name = "style", .kind = EXCH_PARAM_WORD,                 \
	    .what = "take what is there, or join the queue first",             \
	    .words = styles}
/* clang-format on */

static const struct exch_param twap_params[] = {
    SCHEDULE_PARAMS(10, "how long; 0: the rest of the run"), STYLE_PARAM};
static const struct exch_param vwap_params[] = {
    SCHEDULE_PARAMS(26, "how long; 0: the rest of the run"), STYLE_PARAM,
    [P_PROFILE] = {.name = "profile",
	.unit = "",
	.what = "volume of equal parts of that time; a U when not given",
	.most = PROFILE_MOST,
	.def = 0,
	.max = 1e9}};
static const struct exch_param sweep_params[] = {
    SCHEDULE_PARAMS(1, "how long; 0: all at once")};

/*
 * Half hours of a day, the first and the last twice as busy as the calm of
 * noon: the U of Jain and Joh (The dependence between hourly prices and trading
 * volume, Journal of Financial and Quantitative Analysis 23, 1988), rounded.
 */
static const double usual[] = {
    2.0, 1.5, 1.3, 1.15, 1.05, 1, 1, 1, 1.05, 1.15, 1.3, 1.5, 2.0};

struct schedule {
	struct exch_agent_view view;
	struct exch_slice s;
	exch_ts start, over;
	uint64_t slices;
	uint64_t next;	 /* slice whose time is to come */
	uint64_t behind; /* lots that are to be done by now */
	uint64_t due;	 /* and with the present slice */
	uint64_t sent;	 /* by a sweep */
	bool caught_up;	 /* this slice has tried to be */
	bool joined;	 /* this slice rests, or did */
	bool leaving;	 /* the cancel of it is on its way */
	const double *weight;
	unsigned nweight;
	double weights; /* their sum */
};

static bool
is_sweep(const struct exch_agent *a)
{
	return a->kind == &exch_agent_sweep;
}

static int
profile(struct exch_agent *a, struct exch_diag *d)
{
	struct schedule *k = a->state;
	const struct exch_param_value *v;

	k->weight = usual;
	k->nweight = EXCH_ARRAY_LEN(usual);
	v = exch_params_get(a->params, P_PROFILE);
	if (v->given) {
		k->weight = v->v;
		k->nweight = v->n;
	}
	for (unsigned i = 0; i < k->nweight; i++)
		k->weights += k->weight[i];
	if (k->weights > 0)
		return EXCH_OK;
	return exch_params_refuse(a->params, P_PROFILE, d,
	    "agent %s: a profile of nothing but zeros: give one above 0",
	    a->name);
}

static int
open_schedule(struct exch_agent *a, struct exch_diag *d)
{
	struct schedule *k = a->state;
	int err = exch_agent_one(a, d);

	if (err != EXCH_OK)
		return err;
	exch_agent_view_init(&k->view);
	k->s.side = exch_agent_side(a, P_SIDE);
	k->s.want = exch_agent_whole(a, P_QTY);
	k->s.limit = exch_agent_price(a->instr[0].tick,
	    exch_params_number(a->params, P_LIMIT), k->s.side);
	k->start = exch_agent_when(a, P_START);
	k->over = exch_agent_whole(a, P_OVER);
	if (k->over == 0 && !is_sweep(a) && k->start < a->end)
		k->over = a->end - k->start;
	k->slices = exch_agent_whole(a, P_SLICES);
	a->wants.levels = 1;
	/* A slice that rests may have to be followed when it is gone. */
	if (!is_sweep(a) && exch_agent_whole(a, P_STYLE) == JOIN)
		a->wants.wakes = EXCH_WAKES(EXCH_TOLD_FILLED) |
				 EXCH_WAKES(EXCH_TOLD_CANCELED);
	return a->kind == &exch_agent_vwap ? profile(a, d) : EXCH_OK;
}

/* n * of / in, rounded down, of what would not fit in between. */
static uint64_t
part(uint64_t of, uint64_t n, uint64_t in)
{
	return (uint64_t)((unsigned __int128)of * n / in);
}

/* What slices before slice n aim at, in lots. */
static uint64_t
aim(const struct schedule *k, uint64_t n)
{
	double at, sum = 0;
	unsigned i;

	if (k->weight == NULL || n >= k->slices)
		return part(
		    k->s.want, n < k->slices ? n : k->slices, k->slices);
	at = (double)n * k->nweight / (double)k->slices;
	for (i = 0; i + 1 <= at && i < k->nweight; i++)
		sum += k->weight[i];
	if (i < k->nweight)
		sum += k->weight[i] * (at - i);
	return (uint64_t)exch_agent_floor(
	    (double)k->s.want * sum / k->weights + 0.5);
}

/* ---- acting ---- */

/* The next slice begins, or with the last of them all ends. */
static void
advance(struct schedule *k, exch_ts now)
{
	while (k->next <= k->slices &&
	       k->start + part(k->over, k->next, k->slices) <= now) {
		k->behind = k->due;
		k->due = aim(k, k->next + 1);
		k->next++;
		k->caught_up = k->joined = false;
	}
}

static int
act(struct exch_agent *a, struct exch_agent_out *o)
{
	struct schedule *k = a->state;
	const struct exch_rec_instrument *in = &a->instr[0];
	bool join = exch_agent_whole(a, P_STYLE) == JOIN;
	uint64_t must = join ? k->behind : k->due;
	exch_px best = exch_agent_best(&k->view, k->s.side);

	if (k->s.open != 0) {
		if (k->joined || k->leaving || !join)
			return EXCH_OK;
		k->leaving = true;
		return exch_agent_cancel(o, k->s.tag);
	}
	k->leaving = false;
	if (!k->caught_up && k->s.done < must) {
		k->caught_up = true;
		return exch_slice_take(&k->s, in, must - k->s.done, o);
	}
	if (join && !k->joined && k->s.done < k->due && best != EXCH_PX_NONE) {
		k->joined = true;
		return exch_slice_rest(&k->s, in, k->due - k->s.done, best, o);
	}
	return EXCH_OK;
}

/* Each slice once: what is still open was refused its chance. */
static int
act_sweep(struct exch_agent *a, struct exch_agent_out *o)
{
	struct schedule *k = a->state;
	uint64_t lots = k->due - k->sent;

	k->s.open = 0;
	k->sent = k->due;
	return exch_slice_take(&k->s, &a->instr[0], lots, o);
}

static int
turn(struct exch_agent *a, exch_ts now, const struct exch_agent_msg *m,
    size_t n, struct exch_agent_out *o, struct exch_diag *d)
{
	struct schedule *k = a->state;
	uint64_t was = k->next;
	int err = EXCH_OK;

	for (size_t i = 0; i < n; i++) {
		exch_agent_see(&k->view, &a->instr[0], &m[i]);
		exch_slice_hear(&k->s, &a->instr[0], &m[i]);
	}
	advance(k, now);
	if (is_sweep(a) && k->next == was)
		err = EXCH_OK;
	else if (is_sweep(a))
		err = act_sweep(a, o);
	else if (k->next > 0)
		err = act(a, o);
	if (err == EXCH_OK && k->next <= k->slices)
		err = exch_agent_wake(
		    o, k->start + part(k->over, k->next, k->slices));
	return err == EXCH_OK ? EXCH_OK : exch_agent_no_memory(a, d);
}

const struct exch_agent_kind exch_agent_twap = {
    .name = "twap",
    .what = "works a quantity off in equal slices of time",
    .param = twap_params,
    .nparam = EXCH_ARRAY_LEN(twap_params),
    .size = sizeof(struct schedule),
    .open = open_schedule,
    .turn = turn,
};

const struct exch_agent_kind exch_agent_vwap = {
    .name = "vwap",
    .what = "works a quantity off by the usual volume of the day",
    .param = vwap_params,
    .nparam = EXCH_ARRAY_LEN(vwap_params),
    .size = sizeof(struct schedule),
    .open = open_schedule,
    .turn = turn,
};

const struct exch_agent_kind exch_agent_sweep = {
    .name = "sweep",
    .what = "buys or sells so much in so long, at any price",
    .param = sweep_params,
    .nparam = EXCH_ARRAY_LEN(sweep_params),
    .size = sizeof(struct schedule),
    .open = open_schedule,
    .turn = turn,
};
