/*
 * A smart order router: one order, the parent, split over the venues of a thing
 * by what they show, in children that are executed at once or not at all.  What
 * a child did not get is free again and goes elsewhere.
 *
 * Always true: executed + on its way <= the parent.
 *
 * What a venue shows is believed only once all that it showed up to the last
 * execution there has come: until then its book still has what is gone, and a
 * router would run after its own shadow.  How long that takes is learned from
 * what comes.
 *
 * A dark venue shows nothing.  It is asked first, with a share of what is to be
 * had, and the less it gave the rarer: the way between two questions is divided
 * by its fill rate, a mean in which the last child counts most (after Ganchev,
 * Kearns, Nevmyvaka and Wortman Vaughan, Censored exploration and the dark pool
 * problem, UAI 2009, whose estimate is of a distribution where this is a rate).
 */
#include <config.h>

#include <string.h>

#include "base/check.h"
#include "ref/venue.h"
#include "sim/router.h"

static const char *const policies[] = {"cost", "size", "fast", NULL};
static const char *const what_rest[] = {"wait", "post", "cancel", NULL};
static const char *const yes_no[] = {"yes", "no", NULL};
static const char *const no_yes[] = {"no", "yes", NULL};

static const struct exch_param params[] = {
    [ROUTER_SIDE] = {.name = "side",
	.kind = EXCH_PARAM_WORD,
	.what = "buy or sell",
	.words = exch_agent_sides},
    [ROUTER_QTY] = {.name = "quantity",
	.unit = "lots",
	.needed = true,
	.what = "in all",
	.min = 1,
	.max = 1e9},
    [ROUTER_LIMIT] = {.name = "limit",
	.unit = "price",
	.what = "not beyond it; 0: at any price",
	.max = 9e9},
    [ROUTER_START] = {.name = "start",
	.kind = EXCH_PARAM_TIME,
	.what = "from the beginning on",
	.max = 1e15},
    [ROUTER_OVER] = {.name = "over",
	.kind = EXCH_PARAM_TIME,
	.what = "how long; 0: the rest of the run",
	.max = 1e15},
    [ROUTER_POLICY] = {.name = "policy",
	.kind = EXCH_PARAM_WORD,
	.what = "who comes first: the cheapest, what is shown, the fastest",
	.words = policies},
    [ROUTER_PROTECT] = {.name = "protect",
	.kind = EXCH_PARAM_WORD,
	.what = "better prices before all of that: yes or no",
	.words = yes_no},
    [ROUTER_TOGETHER] = {.name = "together",
	.kind = EXCH_PARAM_WORD,
	.what = "children wait, to arrive at one time: no or yes",
	.words = no_yes},
    [ROUTER_SWEEP] = {.name = "sweep",
	.kind = EXCH_PARAM_WORD,
	.what = "they are marked as intermarket sweeps: no or yes",
	.words = no_yes},
    [ROUTER_LEVELS] = {.name = "levels",
	.unit = "",
	.what = "of each book that it looks at",
	.def = 5,
	.min = 2,
	.max = EXCH_ROUTE_LEVELS},
    [ROUTER_REST] = {.name = "rest",
	.kind = EXCH_PARAM_WORD,
	.what = "of what nobody has: wait, post at the limit, or cancel",
	.words = what_rest},
    [ROUTER_DARK] = {.name = "dark",
	.unit = "%",
	.what = "of what is left that dark venues are asked for first",
	.def = 100,
	.max = 100},
    [ROUTER_AGAIN] = {.name = "again",
	.kind = EXCH_PARAM_TIME,
	.what = "until a dark venue, or one that refused, is asked again",
	.def = 1e9,
	.min = 1,
	.max = 1e15},
    [ROUTER_MEMORY] = {.name = "memory",
	.unit = "",
	.what = "weight of the last child in a fill rate",
	.def = 0.5,
	.max = 1},
};

/* Fill rates do not fall below it: who gave nothing is asked in the end. */
#define RATE_LEAST (1.0 / 64)

/* ---- what it begins with ---- */

/* One thing, in one unit. */
static int
check_instruments(const struct exch_agent *a, struct exch_diag *d)
{
	const struct exch_rec_instrument *first = &a->instr[0];
	size_t n, thing;

	if (a->ninstr == 0 || a->ninstr > EXCH_ROUTE_VENUES)
		return exch_agent_unfit(a, d,
		    "a router trades one thing at 1 to 16 venues: name them, "
		    "such as \"on ABC.X,ABC.Y\"");
	n = exch_venue_len(first->symbol);
	thing = exch_venue_thing(first->symbol, n);
	for (unsigned i = 1; i < a->ninstr; i++) {
		const struct exch_rec_instrument *in = &a->instr[i];

		n = exch_venue_len(in->symbol);
		if (exch_venue_thing(in->symbol, n) != thing ||
		    memcmp(in->symbol, first->symbol, thing) != 0)
			return exch_agent_unfit(a, d,
			    "a router trades one thing, whose symbols are the "
			    "same up to the last point: name its venues, such "
			    "as \"on ABC.X,ABC.Y\"");
		if (in->lot != first->lot ||
		    in->qty_exponent != first->qty_exponent)
			return exch_agent_unfit(a, d,
			    "the venues of a router have not one lot: give "
			    "them one on their lines");
	}
	return EXCH_OK;
}

static void
open_venues(const struct exch_agent *a, struct router *k)
{
	for (unsigned i = 0; i < a->ninstr; i++)
		k->venue[i] = (struct exch_route_venue){.open = true,
		    .dark = a->access[i].dark,
		    .maker_fee = a->access[i].maker_fee,
		    .taker_fee = a->access[i].taker_fee,
		    .entry = a->access[i].entry,
		    .rate = 1};
}

static int
open_router(struct exch_agent *a, struct exch_diag *d)
{
	struct router *k = a->state;
	uint64_t over = exch_agent_whole(a, ROUTER_OVER);
	int err = check_instruments(a, d);

	if (err != EXCH_OK)
		return err;
	k->r.side = exch_agent_side(a, ROUTER_SIDE);
	k->r.policy = (uint8_t)exch_agent_whole(a, ROUTER_POLICY);
	k->r.protect = exch_agent_whole(a, ROUTER_PROTECT) == 0;
	k->r.limit = exch_agent_price(a->instr[0].tick,
	    exch_params_number(a->params, ROUTER_LIMIT), k->r.side);
	k->want = exch_agent_whole(a, ROUTER_QTY);
	k->start = exch_agent_when(a, ROUTER_START);
	k->end = over == 0 ? EXCH_TS_NONE : k->start + over;
	if (k->r.limit == EXCH_PX_NONE &&
	    exch_agent_whole(a, ROUTER_REST) == ROUTER_POST)
		return exch_params_refuse(a->params, ROUTER_REST, d,
		    "agent %s: what is posted needs a limit: add \"limit "
		    "PRICE\"",
		    a->name);
	open_venues(a, k);
	a->wants.levels = (uint8_t)exch_agent_whole(a, ROUTER_LEVELS);
	a->wants.wakes = EXCH_WAKES_OWN | EXCH_WAKES(EXCH_TOLD_LEVEL) |
			 EXCH_WAKES(EXCH_TOLD_PHASE);
	return EXCH_OK;
}

/* ---- what it is told ---- */

/* The venue did not want it, or threw out what was posted. */
static bool
refused(const struct router_child *c, const struct exch_agent_msg *m)
{
	return m->what == EXCH_TOLD_REJECTED ||
	       (m->what == EXCH_TOLD_CANCELED && c->rests && !c->leaving);
}

/* A child is gone: what it has not got is free again. */
static void
ended(const struct exch_agent *a, struct router_child *c,
    const struct exch_agent_msg *m, exch_ts now)
{
	struct router *k = a->state;
	struct exch_route_venue *v = &k->venue[c->venue];
	double weight = exch_params_number(a->params, ROUTER_MEMORY);
	double again = exch_params_number(a->params, ROUTER_AGAIN);
	double got = (double)(c->lots - c->left) / (double)c->lots;

	k->sent -= c->left;
	v->sent -= c->left;
	if (!c->rests)
		v->rate += weight * (got - v->rate);
	if (v->rate < RATE_LEAST)
		v->rate = RATE_LEAST;
	if (v->dark)
		v->again = now + (uint64_t)(again / v->rate);
	else if (refused(c, m))
		v->again = now + (uint64_t)again;
	else if (!c->rests)
		v->missed = got > 0 ? 0 : v->missed + 1;
	c->tag = 0;
}

static void
executed(const struct exch_agent *a, struct router_child *c, uint64_t lots)
{
	struct router *k = a->state;

	if (lots > c->left)
		lots = c->left;
	c->left -= lots;
	k->sent -= lots;
	k->venue[c->venue].sent -= lots;
	k->done += lots;
	exch_check(k->done + k->sent <= k->want);
}

static void
hear_own(
    const struct exch_agent *a, const struct exch_agent_msg *m, exch_ts now)
{
	struct router *k = a->state;
	struct router_child *c =
	    m->tag != 0 ? exch_router_child(k, m->tag) : NULL;
	struct exch_route_venue *v;

	if (c == NULL)
		return;
	v = &k->venue[c->venue];
	/* A nanosecond is the least there is, of what is not late at all. */
	if (m->what == EXCH_TOLD_ACCEPTED && m->time >= c->sent)
		v->entry = m->time - c->sent > 1 ? m->time - c->sent : 0;
	if (m->what == EXCH_TOLD_FILLED)
		executed(a, c, m->qty / a->instr[c->venue].lot);
	if (m->what != EXCH_TOLD_ACCEPTED && m->time + v->feed > v->blind)
		v->blind = m->time + v->feed;
	if (exch_agent_gone(m))
		ended(a, c, m, now);
}

/* Slow news count at once, fast ones little by little. */
static void
learn(struct exch_route_venue *v, uint64_t took)
{
	if (took > v->feed)
		v->feed = took;
	else
		v->feed -= (v->feed - took) / 8;
}

/* What was refused or could not be withdrawn before may be in this phase. */
static void
phase(struct router *k, unsigned venue, bool open)
{
	struct exch_route_venue *v = &k->venue[venue];

	v->open = open;
	v->missed = 0;
	if (!v->dark)
		v->again = 0;
	for (unsigned i = 0; i < EXCH_ROUTE_CHILDREN; i++)
		if (k->child[i].venue == venue)
			k->child[i].leaving = false;
}

static void
hear(const struct exch_agent *a, const struct exch_agent_msg *m, exch_ts now)
{
	struct router *k = a->state;

	for (unsigned i = 0; i < a->ninstr; i++) {
		struct exch_route_venue *v = &k->venue[i];

		if (m->instr != a->instr[i].h.instr &&
		    (m->what != EXCH_TOLD_PHASE || m->instr != 0))
			continue;
		if (m->what == EXCH_TOLD_PHASE)
			phase(k, i, m->reason == EXCH_PHASE_CONTINUOUS);
		if (m->what != EXCH_TOLD_LEVEL)
			continue;
		k->seen = true;
		learn(v, m->at - m->time);
		if (m->side == k->r.side)
			continue;
		v->missed = 0;
		exch_route_level(
		    v, k->r.side, m->price, m->qty / a->instr[i].lot);
	}
	hear_own(a, m, now);
}

/* ---- a turn ---- */

/* When it has to look again though nobody tells it anything. */
static exch_ts
next_look(const struct exch_agent *a, exch_ts now)
{
	const struct router *k = a->state;
	exch_ts next = now < k->start ? k->start : k->end;

	for (unsigned i = 0; i < a->ninstr && now >= k->start; i++) {
		const struct exch_route_venue *v = &k->venue[i];

		if (v->again > now && v->again < next)
			next = v->again;
		if (!v->dark && v->blind > now && v->blind < next)
			next = v->blind;
	}
	return next;
}

static int
turn(struct exch_agent *a, exch_ts now, const struct exch_agent_msg *m,
    size_t n, struct exch_agent_out *o, struct exch_diag *d)
{
	struct router *k = a->state;
	int err = EXCH_OK;

	for (size_t i = 0; i < n; i++)
		hear(a, &m[i], now);
	if (now >= k->end)
		err = exch_router_withdraw(k, o);
	else if (now >= k->start)
		err = exch_router_route(a, now, o);
	if (err == EXCH_OK && now < k->end && k->done < k->want)
		err = exch_agent_wake(o, next_look(a, now));
	return err == EXCH_OK ? EXCH_OK : exch_agent_no_memory(a, d);
}

const struct exch_agent_kind exch_agent_router = {
    .name = "router",
    .what = "splits an order over the venues of a thing",
    .param = params,
    .nparam = EXCH_ARRAY_LEN(params),
    .size = sizeof(struct router),
    .open = open_router,
    .turn = turn,
};
