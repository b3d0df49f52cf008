/*
 * What a router sends (router.h): children that take what venues show, that ask
 * dark venues, that rest; and the withdrawal of these.
 */
#include <config.h>

#include "base/check.h"
#include "sim/router.h"

struct router_child *
exch_router_child(struct router *k, uint64_t tag)
{
	for (unsigned i = 0; i < EXCH_ROUTE_CHILDREN; i++)
		if (k->child[i].tag == tag)
			return &k->child[i];
	return NULL;
}

/* ---- what it sends ---- */

static int
send(struct exch_agent *a, const struct exch_route_child *x, bool rests,
    exch_ts leaves, uint64_t busy, struct exch_agent_out *o)
{
	struct router *k = a->state;
	const struct exch_rec_instrument *in = &a->instr[x->venue];
	struct router_child *c = exch_router_child(k, 0);
	struct exch_agent_cmd cmd = {.what = EXCH_AGENT_NEW,
	    .side = k->r.side,
	    .ordtype =
		x->price == EXCH_PX_NONE ? EXCH_ORD_MARKET : EXCH_ORD_LIMIT,
	    .tif = rests ? EXCH_TIF_DAY : EXCH_TIF_IOC,
	    .instr = in->h.instr,
	    .price = x->price,
	    .qty = x->lots * in->lot,
	    .busy = busy};

	if (c == NULL)
		return EXCH_OK;
	if (exch_agent_whole(a, ROUTER_SWEEP) == 1 && !rests)
		cmd.ordflags = EXCH_ORD_SWEEP;
	*c = (struct router_child){.tag = ++k->tag,
	    .venue = x->venue,
	    .lots = x->lots,
	    .left = x->lots,
	    .sent = leaves,
	    .rests = rests};
	cmd.tag = c->tag;
	k->sent += x->lots;
	k->venue[x->venue].sent += x->lots;
	exch_check(k->done + k->sent <= k->want);
	return exch_agent_say(o, &cmd);
}

static uint64_t
left_of(const struct router *k)
{
	return k->want - k->done - k->sent;
}

/* ---- dark venues ---- */

/* Who may be asked now and gave most; EXCH_ROUTE_VENUES: nobody. */
static unsigned
best_dark(const struct exch_agent *a, exch_ts now)
{
	const struct router *k = a->state;
	unsigned best = EXCH_ROUTE_VENUES;

	for (unsigned i = 0; i < a->ninstr; i++) {
		const struct exch_route_venue *v = &k->venue[i];

		if (v->dark && v->open && v->sent == 0 && v->again <= now &&
		    (best == EXCH_ROUTE_VENUES ||
			v->rate > k->venue[best].rate))
			best = i;
	}
	return best;
}

/*
 * The share of what is left that is asked for there; all of it, or nothing,
 * where that is less than the venue takes.
 */
static uint64_t
share_of(const struct exch_agent *a, unsigned venue)
{
	const struct router *k = a->state;
	exch_qty lot = a->instr[venue].lot;
	uint64_t left = left_of(k);
	uint64_t lots = (uint64_t)((unsigned __int128)left *
				   exch_agent_whole(a, ROUTER_DARK) / 100);
	uint64_t least =
	    a->access[venue].least / lot + (a->access[venue].least % lot != 0);

	if (exch_agent_whole(a, ROUTER_DARK) == 0)
		return 0;
	if (lots == 0 || lots < least)
		lots = left;
	return lots < least ? 0 : lots;
}

static int
ask_dark(struct exch_agent *a, exch_ts now, struct exch_agent_out *o)
{
	struct router *k = a->state;
	struct exch_route_child x = {
	    .venue = best_dark(a, now), .price = k->r.limit};

	if (x.venue == EXCH_ROUTE_VENUES)
		return EXCH_OK;
	x.lots = share_of(a, x.venue);
	return x.lots != 0 ? send(a, &x, false, now, 0, o) : EXCH_OK;
}

/* ---- venues that show what they have ---- */

/*
 * Children that are to arrive together leave later the sooner they are there;
 * the last to leave is said last, since nothing overtakes on its way.
 */
static int
send_together(struct exch_agent *a, const struct exch_route_child *x,
    unsigned n, exch_ts now, struct exch_agent_out *o)
{
	const struct router *k = a->state;
	uint64_t slowest = 0;
	bool said[EXCH_ROUTE_CHILDREN] = {false};
	int err = EXCH_OK;

	for (unsigned i = 0; i < n; i++)
		if (k->venue[x[i].venue].entry > slowest)
			slowest = k->venue[x[i].venue].entry;
	for (unsigned sent = 0; sent < n && err == EXCH_OK; sent++) {
		unsigned next = n;
		uint64_t busy;

		for (unsigned i = 0; i < n; i++)
			if (!said[i] &&
			    (next == n || k->venue[x[i].venue].entry >
					      k->venue[x[next].venue].entry))
				next = i;
		said[next] = true;
		busy = slowest - k->venue[x[next].venue].entry;
		err = send(a, &x[next], false, now + busy, busy, o);
	}
	return err;
}

static int
send_all(struct exch_agent *a, const struct exch_route_child *x, unsigned n,
    exch_ts now, struct exch_agent_out *o)
{
	int err = EXCH_OK;

	if (exch_agent_whole(a, ROUTER_TOGETHER) == 1)
		return send_together(a, x, n, now, o);
	for (unsigned i = 0; i < n && err == EXCH_OK; i++)
		err = send(a, &x[i], false, now, 0, o);
	return err;
}

/* ---- what nobody has ---- */

static struct router_child *
posted(struct router *k)
{
	for (unsigned i = 0; i < EXCH_ROUTE_CHILDREN; i++)
		if (k->child[i].tag != 0 && k->child[i].rests)
			return &k->child[i];
	return NULL;
}

static int
withdraw(struct router_child *c, struct exch_agent_out *o)
{
	if (c == NULL || c->leaving)
		return EXCH_OK;
	c->leaving = true;
	return exch_agent_cancel(o, c->tag);
}

int
exch_router_withdraw(struct router *k, struct exch_agent_out *o)
{
	return withdraw(posted(k), o);
}

/* Where it rests best: the cheapest for makers, or by what it got, or soon. */
static double
rank(const struct router *k, const struct exch_route_venue *v)
{
	switch (k->r.policy) {
	case EXCH_ROUTE_SIZE:
		return -v->rate;
	case EXCH_ROUTE_FAST:
		return (double)v->entry;
	default:
		return (double)v->maker_fee;
	}
}

static int
post(struct exch_agent *a, exch_ts now, struct exch_agent_out *o)
{
	struct router *k = a->state;
	struct exch_route_child x = {EXCH_ROUTE_VENUES, k->r.limit, left_of(k)};

	for (unsigned i = 0; i < a->ninstr; i++)
		if (k->venue[i].open && !k->venue[i].dark &&
		    k->venue[i].again <= now &&
		    (x.venue == EXCH_ROUTE_VENUES ||
			rank(k, &k->venue[i]) < rank(k, &k->venue[x.venue])))
			x.venue = i;
	return x.venue == EXCH_ROUTE_VENUES || x.lots == 0
		   ? EXCH_OK
		   : send(a, &x, true, now, 0, o);
}

/* Is everything known that could change its mind? */
static bool
knows(const struct exch_agent *a, exch_ts now)
{
	const struct router *k = a->state;

	for (unsigned i = 0; i < a->ninstr; i++)
		if (!k->venue[i].dark && k->venue[i].blind > now)
			return false;
	return k->seen;
}

static int
do_rest(struct exch_agent *a, exch_ts now, struct exch_agent_out *o)
{
	struct router *k = a->state;

	if (k->sent != 0 || !knows(a, now))
		return EXCH_OK;
	switch (exch_agent_whole(a, ROUTER_REST)) {
	case ROUTER_CANCEL:
		k->tried = true;
		return EXCH_OK;
	case ROUTER_POST:
		return post(a, now, o);
	default:
		return EXCH_OK;
	}
}

/* ---- all of it ---- */

int
exch_router_route(struct exch_agent *a, exch_ts now, struct exch_agent_out *o)
{
	struct router *k = a->state;
	struct exch_route_child x[EXCH_ROUTE_CHILDREN];
	struct router_child *rests = posted(k);
	uint64_t lots = left_of(k) + (rests != NULL ? rests->left : 0);
	unsigned n;
	int err = EXCH_OK;

	if (lots == 0 || k->tried)
		return EXCH_OK;
	if (rests == NULL)
		err = ask_dark(a, now, o);
	if (rests == NULL)
		lots = left_of(k);
	n = exch_route_split(&k->r, k->venue, a->ninstr, now, lots, x);
	if (err != EXCH_OK)
		return err;
	/* What rests would be sent twice: it goes first. */
	if (n > 0 && rests != NULL)
		return withdraw(rests, o);
	return n > 0 ? send_all(a, x, n, now, o) : do_rest(a, now, o);
}
