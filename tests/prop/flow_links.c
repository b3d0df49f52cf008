/*
 * Flows (flow.h): discretion, children, clients that say a thing twice, and
 * commands that say whose order they mean.
 */
#include <config.h>

#include <string.h>

#include "prop/flow.h"

static uint64_t
below(struct flow_gen *g, uint64_t n)
{
	return exch_rng_below(&g->rng, n);
}

static bool
mille(struct flow_gen *g, unsigned p)
{
	return below(g, 1000) < p;
}

void
flow_add(struct exch_rec *h, struct exch_ext *x, size_t max, uint16_t tag,
    uint32_t small, uint64_t value)
{
	size_t n = 0;

	while (n < max && x[n].tag != 0)
		n++;
	if (n == max)
		return;
	x[n] = (struct exch_ext){.tag = tag, .small = small, .value = value};
	h->len8 = (uint8_t)(h->len8 + sizeof(*x) / 8);
	h->flags |= EXCH_F_EXT;
}

#define WITH(tag, value)                                                       \
	flow_add(&u->h, u->with.x, EXCH_ARRAY_LEN(u->with.x), EXCH_EXT_##tag,  \
	    0, (uint64_t)(value))

/* A price further in the market by a few ticks, or not. */
static exch_px
further(struct flow_gen *g, const struct naive_instr *in, uint8_t side,
    exch_px limit)
{
	exch_px step = flow_step(g, in, limit) * (exch_px)(1 + below(g, 8));

	if (mille(g, g->p->illegal))
		step = mille(g, 500) ? 0 : -step;
	if (mille(g, g->p->illegal))
		step += 1;
	if (limit > INT64_MAX / 2 || limit < INT64_MIN / 2)
		return limit;
	return side == EXCH_BUY ? limit + step : limit - step;
}

static void
discretion(struct flow_gen *g, const struct naive_instr *in, union flow_cmd *u)
{
	struct exch_rec_new *c = &u->order;

	if (!mille(g, g->p->illegal)) {
		if (c->ordtype != EXCH_ORD_LIMIT || u->with.x[0].tag != 0)
			return;
		c->ordflags &= EXCH_ORD_HIDDEN | EXCH_ORD_BY_ID;
		if (c->tif != EXCH_TIF_DAY)
			c->tif = EXCH_TIF_GTC;
	}
	WITH(DISCRETION, further(g, in, c->side, c->price));
}

static void
child(struct flow_gen *g, const struct naive_instr *in, union flow_cmd *u)
{
	struct exch_rec_new *c = &u->order;
	const struct naive_order *p = NULL;

	if (in->n + in->napart > 0 && !mille(g, g->p->illegal)) {
		size_t i = below(g, in->n + in->napart);

		p = i < in->n ? &in->order[i] : &in->apart[i - in->n];
		if (!mille(g, g->p->illegal))
			c->account = p->account;
		if (!mille(g, g->p->illegal)) {
			c->ordflags &=
			    (uint8_t) ~(EXCH_ORD_POST_ONLY | EXCH_ORD_SLIDE |
					EXCH_ORD_IMBALANCE);
			if (c->tif != EXCH_TIF_GTD && c->tif != EXCH_TIF_GTT)
				c->tif =
				    mille(g, 500) ? EXCH_TIF_DAY : EXCH_TIF_GTC;
		}
	}
	WITH(PARENT, p != NULL ? p->id : below(g, 5000));
}

void
flow_links(struct flow_gen *g, const struct naive_instr *in, union flow_cmd *u)
{
	if (mille(g, g->p->discretion))
		discretion(g, in, u);
	if (mille(g, g->p->child))
		child(g, in, u);
}

/* A client's number, which is few; or an order said again. */
void
flow_client(struct flow_gen *g, union flow_cmd *u)
{
	struct flow_order *was = &g->told[below(g, EXCH_ARRAY_LEN(g->told))];
	exch_oid order = u->order.order;

	if (!mille(g, g->p->client))
		return;
	if (was->order.h.type == 0 || mille(g, 400)) {
		WITH(CLIENT, below(g, 40000));
		g->told[g->ntold++ % EXCH_ARRAY_LEN(g->told)] = u->with;
		return;
	}
	u->with = *was;
	u->h.time = g->time;
	if (mille(g, 500))
		u->h.flags ^= EXCH_F_DUP;
	if (mille(g, 500))
		u->order.order = order;
	if (mille(g, 200))
		u->order.qty++;
}

/* Whose order a command means: mostly right. */
void
flow_whose(struct flow_gen *g, const struct naive_order *o, struct exch_rec *h,
    struct exch_ext *x, size_t max)
{
	if (o == NULL || !mille(g, g->p->whose))
		return;
	if (mille(g, 500))
		flow_add(h, x, max, EXCH_EXT_SESSION, 0,
		    mille(g, 800) ? o->session : below(g, 4));
	if (mille(g, 500))
		flow_add(h, x, max, EXCH_EXT_ACCOUNT, 0,
		    mille(g, 800) ? o->account : below(g, 4));
}
