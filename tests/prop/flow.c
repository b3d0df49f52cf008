/*
 * The random flow generator; see flow.h.  Probabilities stand in the table
 * of profiles (flow_profiles.c), instruments in a table of their own.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "prop/flow.h"
#include "rec/schema.h"

/* Every grid has its trap: odd ticks, minima that are no lots, futures. */
static const struct flow_market markets[8] = {
    {1, EXCH_KIND_EQUITY, 10000000, 1, 1, EXCH_QTY_NONE, 100000000000},
    {2, EXCH_KIND_EQUITY, 5000000, 100, 100, 10000, EXCH_PX_NONE},
    {9, EXCH_KIND_FUTURE, 250000000, 1, 1, EXCH_QTY_NONE, -1000000000},
    {300, EXCH_KIND_CRYPTO, 1, 1, 0, EXCH_QTY_NONE, 5003},
    {5, EXCH_KIND_BOND, 7, 3, 5, 1000, 100},
    {70000, EXCH_KIND_ETF, 1000000000, 10, 10, 100000, EXCH_PX_NONE},
    {4, EXCH_KIND_FUTURE, 1, 1, 1, UINT64_MAX - 1, EXCH_PX_NONE},
    {3, EXCH_KIND_OPTION, 12345, 7, 7, EXCH_QTY_NONE, 12345 * 77 + 5},
};

static uint64_t
below(struct flow_gen *g, uint64_t n)
{
	return exch_rng_below(&g->rng, n);
}

static bool
mille(struct flow_gen *g, unsigned p)
{
	return exch_rng_below(&g->rng, 1000) < p;
}

void
flow_head(struct flow_gen *g, union flow_cmd *c, uint8_t type, size_t size,
    uint32_t instr)
{
	memset(c, 0, sizeof(*c));
	c->h.type = type;
	c->h.len8 = (uint8_t)(size / 8);
	c->h.instr = instr;
	c->h.time = g->time;
	/* The clock of an input may go back; the engine's may not. */
	if (mille(g, 10))
		c->h.time -= below(g, 50000);
	if (mille(g, g->p->imposed))
		c->h.flags |= EXCH_F_IMPOSED;
}

static const struct naive_order *
some_order(struct flow_gen *g, const struct naive_instr *in)
{
	/* Parked and waiting orders are meant, too. */
	if (in != NULL && g->p->general != 0 && in->napart > 0 &&
	    (in->n == 0 || mille(g, 200)))
		return &in->apart[below(g, in->napart)];
	if (in == NULL || in->n == 0)
		return NULL;
	return &in->order[below(g, in->n)];
}

static exch_oid
odd_id(struct flow_gen *g)
{
	switch (below(g, 5)) {
	case 0:
		return 0;
	case 1:
		return UINT64_MAX;
	case 2:
		return exch_rng_u64(&g->rng);
	case 3:
		return EXCH_OID_SYNTHETIC + below(g, 100);
	default:
		return g->next - below(g, 300);
	}
}

exch_ts
flow_until(struct flow_gen *g)
{
	return g->time + below(g, 100) * below(g, 40000 + g->pace);
}

exch_oid
flow_id(struct flow_gen *g)
{
	return g->next += 1 + below(g, 3);
}

static exch_px
extreme_price(struct flow_gen *g, const struct flow_market *m)
{
	int64_t most = (EXCH_PX_NONE - 1) / m->tick;
	int64_t k = (int64_t)below(g, 4);

	switch (below(g, 4)) {
	case 0:
		return (most - k) * m->tick;
	case 1:
		return (k + 1) * m->tick;
	case 2:
		if (m->kind == EXCH_KIND_FUTURE)
			return (INT64_MIN / m->tick + k) * m->tick;
		return (most / 2 + k) * m->tick;
	default:
		return (int64_t)below(g, (uint64_t)most) * m->tick;
	}
}

exch_px
flow_step(const struct flow_gen *g, const struct naive_instr *in, exch_px price)
{
	const struct naive_rules *r = g->rules;
	exch_px step = in->def.tick;

	for (size_t i = 0; r != NULL && i < r->nticks; i++)
		if (price >= r->from[i] || -price >= r->from[i])
			step = r->step[i] > in->def.tick ? r->step[i]
							 : in->def.tick;
	return step;
}

/* The step at the anchor of a market file's instrument, in its ticks. */
static int64_t
stride(const struct flow_gen *g, unsigned k)
{
	const struct naive_instr in = {.def.tick = g->market[k].tick};

	return flow_step(g, &in, g->anchor[k] * in.def.tick) / in.def.tick;
}

/* A price on the grid beside the anchor: usually resting, or crossing. */
static exch_px
some_price(struct flow_gen *g, unsigned k, uint8_t side)
{
	const struct flow_market *m = &g->market[k];
	int64_t off = (int64_t)below(g, g->p->width + 1);
	int64_t step = g->rules != NULL ? stride(g, k) : 1;
	int64_t t;

	if (mille(g, g->p->extreme))
		return extreme_price(g, m);
	if (mille(g, 20))
		g->anchor[k] += ((int64_t)below(g, 5) - 2) * step;
	/* Ranges of a real market are wide. */
	if (g->rules != NULL && mille(g, 40))
		off *= (int64_t)(1 + below(g, 60));
	off *= step;
	if (g->anchor[k] < 1 && m->kind != EXCH_KIND_FUTURE)
		g->anchor[k] = 1;
	if (mille(g, g->p->cross))
		off = -(int64_t)below(g, (uint64_t)off / 2 + 1) - step;
	t = g->anchor[k] + (side == EXCH_BUY ? -off : off);
	if (g->rules != NULL && !mille(g, g->p->illegal))
		t -= t % stride(g, k);
	if (t < 1 && m->kind != EXCH_KIND_FUTURE)
		t = step;
	return t * m->tick;
}

static exch_qty
some_qty(struct flow_gen *g, const struct flow_market *m)
{
	exch_qty lots = 1 + below(g, below(g, 10) == 0 ? 300 : 20);
	exch_qty q;

	if (mille(g, g->p->huge)) {
		static const uint64_t base[4] = {UINT64_MAX - 1,
		    UINT64_C(1) << 63, UINT64_C(3) << 62, UINT64_MAX / 3};

		q = base[below(g, 4)] - below(g, 10);
		return q / m->lot * m->lot;
	}
	q = lots * m->lot;
	while (q < m->min_qty)
		q += m->lot;
	if (q > m->max_qty)
		q = m->max_qty / m->lot * m->lot;
	return q;
}

static exch_qty
bad_qty(struct flow_gen *g, const struct flow_market *m)
{
	switch (below(g, 5)) {
	case 0:
		return 0;
	case 1:
		return EXCH_QTY_NONE;
	case 2:
		return m->max_qty == EXCH_QTY_NONE ? 0 : m->max_qty + m->lot;
	case 3:
		return m->min_qty == 0 ? 0 : m->min_qty - 1;
	default:
		return m->lot * 5 + 1;
	}
}

static exch_px
bad_price(struct flow_gen *g, const struct flow_market *m)
{
	switch (below(g, 5)) {
	case 0:
		return EXCH_PX_NONE;
	case 1:
		return 0;
	case 2:
		return -m->tick * (1 + (int64_t)below(g, 9));
	case 3:
		return m->tick * 7 + 1;
	default:
		return INT64_MIN;
	}
}

/* ---- the commands ---- */

/*
 * In a plain flow what is illegal stays so: none of the words by which an
 * order would become one of the general market.
 */
static void
keep_plain(const struct flow_gen *g, struct exch_rec_new *c)
{
	if (g->p->general != 0)
		return;
	if (c->side == EXCH_SHORT || c->side == EXCH_SHORT_EXEMPT)
		c->side = 7;
	if (exch_word_of(exch_words_ordtype, c->ordtype) != NULL &&
	    c->ordtype > EXCH_ORD_LIMIT)
		c->ordtype = 9;
	if (exch_word_of(exch_words_tif, c->tif) != NULL &&
	    c->tif != EXCH_TIF_DAY && c->tif != EXCH_TIF_GTC &&
	    c->tif != EXCH_TIF_IOC && c->tif != EXCH_TIF_FOK)
		c->tif = 5;
	if (c->ordflags > (EXCH_ORD_POST_ONLY | EXCH_ORD_BY_ID))
		c->ordflags |= 128;
}

static void
spoil_new(struct flow_gen *g, struct exch_rec_new *c, unsigned k)
{
	switch (below(g, 9)) {
	case 0:
		c->side = (uint8_t)below(g, 256);
		break;
	case 1:
		c->ordtype = (uint8_t)below(g, 256);
		break;
	case 2:
		c->tif = (uint8_t)below(g, 256);
		break;
	case 3:
		c->ordflags = (uint8_t)below(g, 256);
		break;
	case 4:
		c->ordflags = (uint8_t)below(g, 4);
		c->tif = (uint8_t)below(g, 5);
		c->ordtype = (uint8_t)(1 + below(g, 2));
		break;
	case 5:
		c->qty = bad_qty(g, &g->market[k]);
		break;
	case 6:
		c->price = bad_price(g, &g->market[k]);
		break;
	case 7:
		c->h.instr = (uint32_t)below(g, 12) * 6 + 6;
		break;
	default:
		c->order = odd_id(g);
	}
	keep_plain(g, c);
}

static void
make_new(
    struct flow_gen *g, const struct naive *n, unsigned k, union flow_cmd *u)
{
	const struct flow_market *m = &g->market[k];
	const struct naive_instr *in = naive_find_instr(n, m->id);
	const struct naive_order *o = some_order(g, in);
	struct exch_rec_new *c = &u->order;

	flow_head(g, u, EXCH_REC_NEW, sizeof(*c), m->id);
	c->order = flow_id(g);
	c->side = below(g, 2) ? EXCH_BUY : EXCH_SELL;
	c->ordtype = EXCH_ORD_LIMIT;
	c->price = some_price(g, k, c->side);
	c->qty = some_qty(g, m);
	if (n->rules != NULL && (n->rules->odd_take || n->rules->odd_now) &&
	    mille(g, 200))
		c->qty += below(g, m->lot);
	c->account = (uint32_t)below(g, 4);
	c->tif = mille(g, 500) ? EXCH_TIF_DAY : EXCH_TIF_GTC;
	if (mille(g, g->p->ioc))
		c->tif = EXCH_TIF_IOC;
	else if (mille(g, g->p->fok))
		c->tif = EXCH_TIF_FOK;
	if (mille(g, g->p->market)) {
		c->ordtype = EXCH_ORD_MARKET;
		c->price = EXCH_PX_NONE;
	} else if (c->tif < EXCH_TIF_IOC && mille(g, g->p->post)) {
		c->ordflags |= EXCH_ORD_POST_ONLY;
	}
	if (c->ordtype == EXCH_ORD_LIMIT && mille(g, g->p->by_id)) {
		/* An id older than others in the queue. */
		c->ordflags |= EXCH_ORD_BY_ID;
		c->order = g->next - below(g, 200);
		if (o != NULL && o->price != EXCH_PX_NONE && mille(g, 700)) {
			c->side = o->side;
			c->price = o->price;
		}
	}
	if (mille(g, 5) && o != NULL)
		c->order = o->id;
	if (mille(g, 5))
		c->order = odd_id(g);
	if (g->p->general != 0)
		flow_general_new(g, n, u);
	if (mille(g, g->p->illegal))
		spoil_new(g, c, k);
	flow_client(g, u);
}

static void
make_cancel(
    struct flow_gen *g, const struct naive *n, unsigned k, union flow_cmd *u)
{
	const struct flow_market *m = &g->market[k];
	const struct naive_order *o = some_order(g, naive_find_instr(n, m->id));
	struct exch_rec_cancel *c = &u->cancel;
	exch_qty open = o == NULL ? 5 : o->qty + o->reserve;

	flow_head(g, u, EXCH_REC_CANCEL, sizeof(*c), m->id);
	c->order = o == NULL || mille(g, 100) ? odd_id(g) : o->id;
	c->qty = EXCH_QTY_NONE;
	switch (below(g, 8)) {
	case 0:
	case 1:
		c->qty = 1 + below(g, open);
		break;
	case 2:
		c->qty = open;
		break;
	case 3:
		c->qty = open + (open < EXCH_QTY_NONE);
		break;
	}
	if (mille(g, g->p->illegal))
		c->qty = 0;
	if (mille(g, g->p->illegal / 4))
		c->h.instr += 1000;
	if (mille(g, 100) || ((c->h.flags & EXCH_F_IMPOSED) && mille(g, 500))) {
		flow_add(&u->h, u->cause.x, EXCH_ARRAY_LEN(u->cause.x),
		    EXCH_EXT_CAUSE, (uint32_t)(1 + below(g, 14)), 0);
	}
	flow_whose(g, o, &u->h, u->cause.x, EXCH_ARRAY_LEN(u->cause.x));
}

static void
spoil_replace(struct flow_gen *g, struct exch_rec_replace *c, unsigned k)
{
	switch (below(g, 6)) {
	case 0:
		c->qty = bad_qty(g, &g->market[k]);
		break;
	case 1:
		c->price = bad_price(g, &g->market[k]);
		break;
	case 2:
		c->tif = (uint8_t)below(g, 6);
		break;
	case 3:
		c->ordflags = (uint8_t)below(g, 256);
		if (g->p->general == 0 && c->ordflags > 3)
			c->ordflags |= 128;
		break;
	case 4:
		c->h.instr += (uint32_t)below(g, 3);
		break;
	default:
		c->order = odd_id(g);
	}
}

static void
make_replace(
    struct flow_gen *g, const struct naive *n, unsigned k, union flow_cmd *u)
{
	const struct flow_market *m = &g->market[k];
	const struct naive_instr *in = naive_find_instr(n, m->id);
	const struct naive_order *o = some_order(g, in);
	const struct naive_order *o2 = some_order(g, in);
	struct exch_rec_replace *c = &u->replace;

	flow_head(g, u, EXCH_REC_REPLACE, sizeof(*c), m->id);
	c->order = o == NULL ? odd_id(g) : o->id;
	c->new_order = mille(g, 500) ? c->order : flow_id(g);
	c->price = o == NULL ? some_price(g, k, EXCH_BUY) : o->price;
	if (o != NULL && o->price != EXCH_PX_NONE && mille(g, 500))
		c->price = some_price(g, k, o->side);
	c->qty = some_qty(g, m);
	if (o != NULL && mille(g, 500)) {
		c->qty = o->qty;
		if (mille(g, 600))
			c->qty = (o->qty - below(g, o->qty)) / m->lot * m->lot;
	}
	c->account = (uint32_t)below(g, 3);
	if (o != NULL && mille(g, 400))
		c->account = o->account;
	c->tif = mille(g, 500) ? EXCH_TIF_DAY : EXCH_TIF_GTC;
	if (mille(g, g->p->post))
		c->ordflags |= EXCH_ORD_POST_ONLY;
	if (mille(g, g->p->by_id)) {
		c->ordflags |= EXCH_ORD_BY_ID;
		if (mille(g, 500))
			c->new_order = g->next - below(g, 200);
	}
	if (o2 != NULL && mille(g, 10))
		c->new_order = o2->id;
	if (mille(g, 5))
		c->new_order = odd_id(g);
	if (g->p->general != 0)
		flow_general_replace(g, n, u);
	if (mille(g, g->p->illegal))
		spoil_replace(g, c, k);
}

static void
make_phase(struct flow_gen *g, unsigned k, uint8_t phase, union flow_cmd *u)
{
	const struct flow_market *m = &g->market[k];
	struct exch_rec_phase *c = &u->phase;

	flow_head(g, u, EXCH_REC_PHASE, sizeof(*c), mille(g, 150) ? 0 : m->id);
	c->phase = phase;
	c->cross = (uint8_t)below(g, 6);
	c->reference = EXCH_PX_NONE;
	/* So that none of these looks like one of the engine's own. */
	memcpy(c->reason, "FLOW", sizeof(c->reason));
	if (mille(g, 300))
		c->reference = some_price(g, k, EXCH_BUY);
	if (mille(g, 30) && c->reference != EXCH_PX_NONE)
		c->reference -= c->reference > 0; /* off the grid */
	else if (g->rules != NULL && mille(g, 300) &&
		 c->reference != EXCH_PX_NONE)
		c->reference += (exch_px)below(g, 100) * m->tick;
	if (mille(g, g->p->illegal / 2))
		c->phase = (uint8_t)below(g, 256);
	if (g->p->general == 0 && c->phase == EXCH_PHASE_END)
		c->phase = 6;
	if (mille(g, 5))
		c->h.instr += 1000;
}

static void
make_instrument(struct flow_gen *g, unsigned k, bool plain, union flow_cmd *u)
{
	const struct flow_market *m = &g->market[k];
	struct exch_rec_instrument *c = &u->instrument;

	flow_head(g, u, EXCH_REC_INSTRUMENT, sizeof(*c), m->id);
	c->symbol[0] = (char)('A' + k);
	c->symbol[1] = 'X';
	if (k == 0 && g->rules != NULL && g->rules->nfalls != 0)
		memcpy(c->symbol, g->rules->index, sizeof(c->symbol));
	c->kind = m->kind;
	c->px_decimals = 9;
	c->tick = m->tick;
	c->lot = m->lot;
	c->min_qty = m->min_qty;
	c->max_qty = m->max_qty;
	c->reference = m->reference;
	c->strike = EXCH_PX_NONE;
	c->multiplier = EXCH_PX_ONE;
	if (plain)
		return;
	switch (below(g, 5)) {
	case 0:
		c->lot = m->lot * 2;
		break;
	case 1:
		c->min_qty = m->lot * 4;
		break;
	case 2:
		c->max_qty = m->lot * 15;
		break;
	case 3:
		c->reference = some_price(g, k, EXCH_SELL);
		break;
	default:
		c->tick = m->tick * (1 + (int64_t)below(g, 2));
	}
}

/* ---- EXPECT ---- */

/* Note the executions of the command just applied, to expect them. */
static void
note_execs(struct flow_gen *g, const struct naive *n)
{
	g->nexec = 0;
	g->said = 0;
	for (size_t at = 0; at < n->nout;) {
		const struct exch_rec *r = (const void *)(n->out + at);

		if (r->type == EXCH_REC_EXEC &&
		    g->nexec < EXCH_ARRAY_LEN(g->exec))
			memcpy(&g->exec[g->nexec++], r, sizeof(g->exec[0]));
		at += exch_rec_len(r);
	}
}

/* The venue's version of an execution: mostly equal, sometimes not. */
static void
make_expect(struct flow_gen *g, const struct naive *n, union flow_cmd *u)
{
	static const struct exch_rec_exec nothing = {.price = 1000};
	const struct exch_rec_exec *x =
	    g->said < g->nexec ? &g->exec[g->said] : &nothing;
	struct exch_rec_expect *c = &u->expect;
	uint32_t instr = x->h.instr;

	if (instr == 0)
		instr = g->market[below(g, g->p->ninstr)].id;
	if (naive_find_instr(n, instr) == NULL)
		instr = g->market[0].id;
	g->said++;
	flow_head(g, u, EXCH_REC_EXPECT, sizeof(*c), instr);
	c->match = ++g->venue;
	c->buy = x->buy;
	c->sell = x->sell;
	c->price = x->price;
	c->qty = x->qty;
	c->aggressor = x->aggressor;
	c->cross = x->cross;
	c->print = x->price;
	if (mille(g, 30))
		c->buy += 1;
	if (mille(g, 30))
		c->sell += 1;
	if (mille(g, 30))
		c->price -= c->price > 0;
	if (mille(g, 30))
		c->qty += 1;
	if (mille(g, 30))
		c->aggressor = (uint8_t)below(g, 3);
}

/* ---- choosing ---- */

/* Phases other than continuous trading are left again after a while. */
static bool
phase_due(struct flow_gen *g, const struct naive_instr *in, uint8_t *phase)
{
	static const uint8_t next[] = {EXCH_PHASE_CONTINUOUS,
	    EXCH_PHASE_CONTINUOUS, EXCH_PHASE_CONTINUOUS, EXCH_PHASE_CALL,
	    EXCH_PHASE_CLOSED, EXCH_PHASE_HALT};

	if (mille(g, g->p->phase)) {
		*phase = (uint8_t)below(g, g->p->general != 0 ? 6 : 5);
		if (mille(g, 500))
			*phase = EXCH_PHASE_CALL;
		return true;
	}
	if (in == NULL || in->phase == EXCH_PHASE_CONTINUOUS)
		return false;
	if (!mille(g, in->phase == EXCH_PHASE_CLOSED ? 100 : 15))
		return false;
	*phase = next[below(g, EXCH_ARRAY_LEN(next))];
	return true;
}

void
flow_gen_init(struct flow_gen *g, uint64_t seed, const struct flow_profile *p,
    bool expect)
{
	memset(g, 0, sizeof(*g));
	exch_rng_seed(&g->rng, seed);
	g->p = p;
	g->expect = expect;
	g->time = FLOW_BEGIN;
	g->next = 1000;
	memcpy(g->market, markets, sizeof(g->market));
	for (unsigned k = 0; k < 8; k++)
		g->anchor[k] = g->market[k].reference == EXCH_PX_NONE
				   ? 1000
				   : g->market[k].reference / g->market[k].tick;
}

static exch_px
common_divisor(exch_px a, exch_px b)
{
	while (b != 0) {
		exch_px r = a % b;

		a = b;
		b = r;
	}
	return a;
}

/*
 * Instruments of a market with a table of ticks: with the finest tick that
 * all steps are multiples of or with a coarser one, and with prices in the
 * table's rows and around their ends.
 */
static void
fit_markets(struct flow_gen *g)
{
	static const exch_px usual[] = {
	    100 * EXCH_PX_ONE, 27430 * EXCH_PX_ONE / 1000, EXCH_PX_ONE / 2};
	const struct naive_rules *r = g->rules;
	exch_px finest = 0;

	for (size_t i = 0; i < r->nticks; i++)
		finest = common_divisor(r->step[i], finest);
	for (unsigned k = 0; k < EXCH_ARRAY_LEN(g->market); k++) {
		struct flow_market *m = &g->market[k];
		exch_px from = r->from[below(g, r->nticks)];

		m->kind = EXCH_KIND_EQUITY;
		m->tick = finest * (mille(g, 300) ? 100 : 1);
		m->lot = k % 3 == 1 ? 100 : 1;
		m->min_qty = 1;
		m->max_qty = EXCH_QTY_NONE;
		m->reference = usual[below(g, EXCH_ARRAY_LEN(usual))];
		if (from != 0 && mille(g, 400))
			m->reference = from;
		g->anchor[k] = m->reference / m->tick;
		if (mille(g, 150))
			m->reference = EXCH_PX_NONE;
		else if (mille(g, 400)) /* off the table, and the tick */
			m->reference +=
			    (exch_px)below(g, 200) * m->tick + m->tick / 3;
	}
}

void
flow_gen_venue(struct flow_gen *g, const struct naive_rules *rules,
    exch_ts begin, uint64_t pace)
{
	g->rules = rules;
	g->time = begin;
	g->pace = pace;
	if (rules->nticks != 0)
		fit_markets(g);
}

/* What does not come as an order. */
static bool
make_negotiated(
    struct flow_gen *g, const struct naive_instr *in, union flow_cmd *c)
{
	const struct flow_profile *p = g->p;

	if (p->quote != 0 && mille(g, p->quote))
		flow_quote(g, in, c);
	else if (p->request != 0 && mille(g, p->request))
		flow_accept(g, in, c);
	else if (p->block != 0 && mille(g, p->block))
		flow_block(g, in, c);
	else if (p->block != 0 && mille(g, p->block))
		flow_break(g, in, c);
	else
		return false;
	if (mille(g, p->illegal / 4))
		c->h.instr += 1000;
	return true;
}

/*
 * Where trading is interrupted for so short a time, or the day is so short,
 * a second is long.
 */
static bool
is_hurried(const struct naive *n)
{
	const struct naive_rules *r = n->rules;

	return r != NULL &&
	       (r->stop_still_time != 0 || r->stop_dynamic_time != 0 ||
		   r->nrows != 0 || r->nluld != 0 || r->nfalls != 0);
}

/*
 * Time goes on; the day of a market file takes as long as it does, with many
 * commands at about one time.
 */
static void
go_on(struct flow_gen *g, const struct naive *n)
{
	uint64_t most = 2000;

	if (g->pace != 0)
		most = mille(g, 700) ? 1 + g->pace / 100 : 1 + g->pace * 20 / 3;
	else if (mille(g, 5))
		most = is_hurried(n) ? 200000 : 1000000000;
	g->time += below(g, most);
}

/* An order of those that the market takes, mostly. */
static void
make_taken(
    struct flow_gen *g, const struct naive *n, unsigned k, union flow_cmd *c)
{
	for (unsigned again = 0; again < 12; again++) {
		const struct naive_rules *r = g->rules;

		make_new(g, n, k, c);
		if (r == NULL || mille(g, g->p->illegal) ||
		    (!r->no_type[c->order.ordtype] && !r->no_tif[c->order.tif]))
			return;
	}
}

void
flow_next(struct flow_gen *g, const struct naive *n, union flow_cmd *c)
{
	unsigned k = (unsigned)below(g, g->p->ninstr);
	const struct naive_instr *in = naive_find_instr(n, g->market[k].id);
	unsigned p = (unsigned)below(g, 1000);
	bool full = in != NULL && in->n + in->napart > g->p->depth;
	bool none = in != NULL && in->n == 0 && !mille(g, 50);
	uint8_t phase;

	go_on(g, n);
	if (g->expect && n->nout > 0 &&
	    ((const struct exch_rec *)(const void *)n->out)->type !=
		EXCH_REC_MISS)
		note_execs(g, n);
	if (g->expect && (g->said < g->nexec ? mille(g, 970) : mille(g, 20))) {
		make_expect(g, n, c);
		return;
	}
	g->nexec = 0;
	if (in == NULL && mille(g, 300)) {
		make_instrument(g, k, true, c);
		return;
	}
	if (mille(g, g->p->announce)) {
		make_instrument(g, k, mille(g, 700), c);
		return;
	}
	if (n->rules != NULL && (n->rules->announced || n->rules->by_member) &&
	    n->naccount < 5 && mille(g, n->rules->by_member ? 30 : 5)) {
		struct exch_rec_account *x = &c->account;

		flow_head(g, c, EXCH_REC_ACCOUNT, sizeof(*x), 0);
		c->h.len8 = 0;
		x->bytes = sizeof(*x);
		x->id = (uint32_t)(n->naccount % 4);
		if (mille(g, 700))
			x->member[0] = (char)('A' + mille(g, 300));
		return;
	}
	if (g->p->mass != 0 && mille(g, g->p->mass)) {
		memset(c, 0, sizeof(*c));
		flow_general_mass(g, g->market[k].id, c);
		return;
	}
	if (in != NULL && n->rules != NULL && n->rules->nfalls != 0 &&
	    strncmp(n->rules->index, in->def.symbol, sizeof(in->def.symbol)) ==
		0 &&
	    mille(g, g->rules != NULL ? 8 : 40)) {
		flow_value(g, n, in, c);
		return;
	}
	if (phase_due(g, in, &phase)) {
		make_phase(g, k, phase, c);
		return;
	}
	if (in != NULL && make_negotiated(g, in, c))
		return;
	if (none)
		make_taken(g, n, k, c);
	else if (p < g->p->cancel || full)
		make_cancel(g, n, k, c);
	else if (p < g->p->cancel + g->p->replace)
		make_replace(g, n, k, c);
	else
		make_taken(g, n, k, c);
}

bool
flow_drain(
    struct flow_gen *g, const struct naive *n, unsigned step, union flow_cmd *c)
{
	unsigned k = step / FLOW_DRAIN_STEPS;
	struct exch_rec_new *o = &c->order;
	const struct naive_instr *in;

	if (k >= g->p->ninstr)
		return false;
	in = naive_find_instr(n, g->market[k].id);
	step %= FLOW_DRAIN_STEPS;
	if (step == 7 && g->p->general != 0) {
		memset(c, 0, sizeof(*c));
		flow_general_mass(g, g->market[k].id, c);
		c->mass.kind = EXCH_MASS_CANCEL;
		c->mass.side = EXCH_SIDE_NONE;
		c->mass.account = 0;
		c->mass.session = 0;
	} else if (step == 0) {
		make_instrument(g, k, true, c);
		if (in != NULL)
			c->instrument.tick = in->def.tick;
		c->instrument.lot = 1;
		c->instrument.min_qty = 1;
		c->instrument.max_qty = EXCH_QTY_NONE;
	} else if (step == 1) {
		make_phase(g, k, EXCH_PHASE_CONTINUOUS, c);
		c->h.instr = g->market[k].id;
		c->phase.phase = EXCH_PHASE_CONTINUOUS;
		c->h.flags |= EXCH_F_IMPOSED;
	} else {
		flow_head(g, c, EXCH_REC_NEW, sizeof(*o), g->market[k].id);
		o->order = UINT64_C(0xd0000000) + k * FLOW_DRAIN_STEPS + step;
		o->side = step % 2 ? EXCH_BUY : EXCH_SELL;
		o->ordtype = EXCH_ORD_MARKET;
		o->tif = EXCH_TIF_IOC;
		o->price = EXCH_PX_NONE;
		o->qty = EXCH_QTY_NONE - 1;
		c->h.flags = 0;
	}
	return true;
}
