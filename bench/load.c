/*
 * Flows for measuring: see load.h.  A command is drawn by share, a price
 * by its distance from a wandering middle: far prices are rarer, in
 * proportion to the square of the distance, which is what order books of
 * real shares look like.  Marketable orders go through the generator's own
 * books, so that later cancels hit what is left.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/err.h"
#include "base/rng.h"
#include "bench/load.h"
#include "book/book.h"
#include "rec/rec.h"

#define TICK 10000000  /* a cent */
#define MIDDLE 1000000 /* ticks, at the start */

const struct load_shape load_shapes[] = {
    {"dense", "18,000 live orders on some 240 prices", 1, 18000, 60, 0, 18, 70,
	1500, 20, false, false},
    {"sparse", "2,700 live orders, 15 % immediate or cancel", 1, 2700, 86, 20,
	150, 120, 400, 200, false, false},
    {"swing", "the middle wanders fast under few orders", 1, 700, 86, 20, 150,
	140, 800, 400, false, false},
    {"crash", "it only falls", 1, 240, 86, 20, 150, 140, 800, 100, true, false},
    {"zipf-1000", "1,000 instruments", 1000, 400, 60, 0, 18, 70, 1500, 20,
	false, false},
    {"zipf-10000", "10,000 instruments", 10000, 40, 60, 0, 18, 70, 1500, 20,
	false, false},
    {"one-price", "all at one price, then cancelled at random", 1, 0, 0, 0, 0,
	0, 0, 0, false, true},
    {"many-prices", "200,000 prices, then cancelled at random", 1, 0, 0, 0, 0,
	0, 200000, 0, false, true},
};
const unsigned load_nshapes = EXCH_ARRAY_LEN(load_shapes);

/* An order that lives, and where to find it. */
struct mine {
	exch_oid id;
	uint32_t instr;
};

struct gen {
	const struct load_shape *s;
	struct load *l;
	struct exch_rng rng;
	size_t cap;
	struct exch_book_store *store;
	struct exch_book *book; /* by instrument, from 1 */
	int64_t *middle;
	uint32_t *busy;	   /* instruments by a table of their shares */
	struct mine *live; /* and some that are gone by now */
	size_t nlive, cap_live;
	exch_oid next;
	exch_ts time;
};

#define BUSY 65536u

static void *
sure(void *p)
{
	exch_check(p != NULL);
	return p;
}

static uint64_t
below(struct gen *g, uint64_t n)
{
	return exch_rng_below(&g->rng, n);
}

static bool
mille(struct gen *g, uint32_t p)
{
	return below(g, 1000) < p;
}

/* ---- records ---- */

static void *
put(struct gen *g, uint8_t type, size_t size, uint32_t instr)
{
	struct load *l = g->l;
	struct exch_rec *r;

	if (l->nbytes + size > g->cap) {
		g->cap = (l->nbytes + size) * 2;
		l->bytes = sure(exch_realloc(l->bytes, g->cap, 1));
	}
	r = memset(l->bytes + l->nbytes, 0, size);
	r->type = type;
	r->len8 = (uint8_t)(size / 8);
	r->source = 1;
	r->instr = instr;
	r->time = g->time += 100;
	l->nbytes += size;
	l->n += type != EXCH_REC_INSTRUMENT;
	return r;
}

static void
announce(struct gen *g, uint32_t id)
{
	struct exch_rec_instrument *i =
	    put(g, EXCH_REC_INSTRUMENT, sizeof(*i), id);

	memcpy(i->symbol, "X00000000", 9);
	for (uint32_t k = 8, v = id; v != 0; k--, v /= 10)
		i->symbol[k] = (char)('0' + v % 10);
	i->tick = TICK;
	i->lot = 100;
	i->min_qty = 100;
	i->max_qty = EXCH_QTY_NONE;
	i->reference = (exch_px)MIDDLE * TICK;
	i->strike = EXCH_PX_NONE;
	i->multiplier = EXCH_PX_ONE;
	i->px_decimals = 2;
}

/* ---- the market as the generator knows it ---- */

static uint32_t
pick(struct gen *g)
{
	return g->busy[below(g, BUSY)];
}

/* How far from the touch: an inverse square, cut off. */
static int64_t
distance(struct gen *g)
{
	uint64_t u = 1 + below(g, 1u << 20);
	uint64_t far = g->s->far;
	uint64_t d = 1;

	/* Square root of 2^20 / u by steps: no floating point. */
	while (d < far && d * d * u < UINT64_C(1) << 20)
		d++;
	d = d + below(g, d + 1);
	return (int64_t)(d < far ? d : far);
}

static void
trade(struct gen *g, struct exch_book *b, uint8_t side, int64_t tick,
    exch_qty *left)
{
	uint8_t other = side == EXCH_BUY ? EXCH_SELL : EXCH_BUY;

	while (*left > 0) {
		exch_slot level = exch_book_top(b, other);
		const struct exch_slot_data *v = exch_book_slots(g->store);
		exch_slot o;
		exch_qty q;

		if (level == EXCH_SLOT_NONE ||
		    (side == EXCH_BUY ? v[level].tick > tick
				      : v[level].tick < tick))
			return;
		o = exch_book_first(g->store, level);
		q = v[o].qty < *left ? v[o].qty : *left;
		exch_book_fill(g->store, b, o, q);
		*left -= q;
	}
}

static void
rest(struct gen *g, struct exch_book *b, const struct exch_book_order *o)
{
	exch_check(exch_book_add(g->store, b, o, NULL) == EXCH_OK);
	if (g->nlive == g->cap_live) {
		g->cap_live = g->cap_live * 2 + 1024;
		g->live =
		    sure(exch_realloc(g->live, g->cap_live, sizeof(*g->live)));
	}
	g->live[g->nlive++] = (struct mine){o->id, b->instr};
	if (exch_book_live(g->store) > g->l->most)
		g->l->most = exch_book_live(g->store);
}

static void
enter(struct gen *g, uint32_t instr, struct exch_book_order *o, bool stays)
{
	struct exch_book *b = &g->book[instr];

	trade(g, b, o->side, o->tick, &o->qty);
	if (o->qty > 0 && stays)
		rest(g, b, o);
}

/* ---- commands ---- */

static int64_t
price(struct gen *g, uint32_t instr, uint8_t side, bool through)
{
	/* Those who want to trade seldom ask for more than the touch has. */
	int64_t d = through ? (int64_t)below(g, 4) : distance(g);

	if ((side == EXCH_BUY) != through)
		d = -d;
	return g->middle[instr] + d;
}

static void
new_order(struct gen *g, uint32_t instr)
{
	struct exch_rec_new *c = put(g, EXCH_REC_NEW, sizeof(*c), instr);
	bool ioc = mille(g, g->s->ioc);
	bool through = ioc || mille(g, g->s->marketable);
	struct exch_book_order o = {.id = g->next++,
	    .side = mille(g, 500) ? EXCH_BUY : EXCH_SELL,
	    .qty = 100 * (1 + below(g, 10)),
	    .owner = 1 + (uint32_t)below(g, 1000),
	    .fresh = true};

	o.tick = price(g, instr, o.side, through);
	c->order = o.id;
	c->price = o.tick * TICK;
	c->qty = o.qty;
	c->account = o.owner;
	c->side = o.side;
	c->ordtype = EXCH_ORD_LIMIT;
	c->tif = ioc ? EXCH_TIF_IOC : EXCH_TIF_DAY;
	enter(g, instr, &o, !ioc);
}

/* A live order out of the list; half of the time among the newest. */
static bool
draw(struct gen *g, struct mine *m, exch_slot *slot)
{
	while (g->nlive > 0) {
		size_t n = g->nlive;
		size_t k = mille(g, 500) && n > 16 ? n - 1 - below(g, 16)
						   : below(g, n);

		*m = g->live[k];
		g->live[k] = g->live[--g->nlive];
		*slot = exch_book_find(g->store, &g->book[m->instr], m->id);
		if (*slot != EXCH_SLOT_NONE)
			return true;
	}
	return false;
}

static void
cancel(struct gen *g)
{
	struct exch_rec_cancel *c;
	struct mine m = {1, pick(g)};
	exch_slot o = EXCH_SLOT_NONE;

	/* The first order of all is long gone. */
	if (!mille(g, g->s->stale) && !draw(g, &m, &o))
		return;
	c = put(g, EXCH_REC_CANCEL, sizeof(*c), m.instr);
	c->order = m.id;
	c->qty = EXCH_QTY_NONE;
	if (o != EXCH_SLOT_NONE)
		exch_book_remove(g->store, &g->book[m.instr], o);
}

static void
replace(struct gen *g)
{
	struct exch_rec_replace *c;
	struct mine m;
	exch_slot s;
	struct exch_book_order o = {.fresh = true};

	if (!draw(g, &m, &s))
		return;
	c = put(g, EXCH_REC_REPLACE, sizeof(*c), m.instr);
	o.id = m.id;
	o.side = exch_book_side_of(g->store, s);
	o.owner = exch_book_slots(g->store)[s].owner;
	o.qty = 100 * (1 + below(g, 10));
	o.tick = price(g, m.instr, o.side, false);
	c->order = c->new_order = m.id;
	c->price = o.tick * TICK;
	c->qty = o.qty;
	c->tif = EXCH_TIF_DAY;
	exch_book_remove(g->store, &g->book[m.instr], s);
	enter(g, m.instr, &o, true);
}

static void
drift(struct gen *g, uint32_t instr)
{
	/* A step of one tick, as often as the shape asks for. */
	uint64_t p = g->s->swing;

	for (; p >= 1000; p -= 1000)
		g->middle[instr] += g->s->falls || mille(g, 500) ? -1 : 1;
	if (mille(g, (uint32_t)p))
		g->middle[instr] += g->s->falls || mille(g, 500) ? -1 : 1;
	if (g->middle[instr] < MIDDLE / 2)
		g->middle[instr] = MIDDLE;
}

static void
wander(struct gen *g, bool full)
{
	uint32_t instr = pick(g);

	drift(g, instr);
	if (mille(g, g->s->replace))
		replace(g);
	else if (full ? mille(g, 520) : mille(g, 200))
		cancel(g);
	else
		new_order(g, instr);
}

/* First until the books are as full as they are to be, then n commands. */
static void
fill_and_wander(struct gen *g, uint64_t n)
{
	uint64_t want = (uint64_t)g->s->live * g->s->instruments;

	while (exch_book_live(g->store) < want)
		wander(g, false);
	g->l->head = g->l->nbytes;
	g->l->n = 0;
	while (g->l->n < n)
		wander(g, exch_book_live(g->store) >= want);
}

static void
fill_and_cancel(struct gen *g, uint64_t n)
{
	for (uint64_t k = 0; k < n / 2; k++) {
		struct exch_rec_new *c = put(g, EXCH_REC_NEW, sizeof(*c), 1);
		struct exch_book_order o = {.id = g->next++,
		    .side = EXCH_BUY,
		    .qty = 100,
		    .owner = 1 + (uint32_t)below(g, 1000),
		    .tick = MIDDLE - (int64_t)below(g, g->s->far + 1),
		    .fresh = true};

		c->order = o.id;
		c->price = o.tick * TICK;
		c->qty = o.qty;
		c->account = o.owner;
		c->side = o.side;
		c->ordtype = EXCH_ORD_LIMIT;
		rest(g, &g->book[1], &o);
	}
	while (g->nlive > 0 && g->l->n < n) {
		size_t k = below(g, g->nlive);
		struct exch_rec_cancel *c =
		    put(g, EXCH_REC_CANCEL, sizeof(*c), 1);
		exch_slot o =
		    exch_book_find(g->store, &g->book[1], g->live[k].id);

		c->order = g->live[k].id;
		c->qty = EXCH_QTY_NONE;
		exch_book_remove(g->store, &g->book[1], o);
		g->live[k] = g->live[--g->nlive];
	}
}

/* ---- all of it ---- */

/* Instrument k is drawn in proportion to 1/k. */
static void
make_busy(struct gen *g, uint32_t n)
{
	uint64_t sum = 0;
	uint32_t at = 0;

	g->busy = sure(exch_calloc(BUSY, sizeof(*g->busy)));
	for (uint32_t k = 1; k <= n; k++)
		sum += (UINT64_C(1) << 32) / k;
	for (uint32_t k = 1; k <= n && at < BUSY; k++) {
		uint64_t part = (UINT64_C(1) << 32) / k;
		uint64_t times = (uint64_t)((exch_u128)part * BUSY / sum);

		for (uint64_t i = 0; i <= times && at < BUSY; i++)
			g->busy[at++] = k;
	}
	while (at < BUSY) {
		g->busy[at] = 1 + at % n;
		at++;
	}
}

void
load_make(const struct load_shape *s, uint64_t seed, uint64_t n, struct load *l)
{
	struct gen g = {
	    .s = s, .l = l, .next = 1, .time = UINT64_C(1767600000) * EXCH_SEC};

	memset(l, 0, sizeof(*l));
	exch_rng_seed(&g.rng, seed);
	g.store = sure(exch_book_store_new(1024));
	g.book = sure(exch_calloc(s->instruments + 1, sizeof(*g.book)));
	g.middle = sure(exch_calloc(s->instruments + 1, sizeof(*g.middle)));
	make_busy(&g, s->instruments);
	for (uint32_t i = 1; i <= s->instruments; i++) {
		g.book[i].instr = i;
		g.middle[i] = MIDDLE;
		announce(&g, i);
	}
	l->head = l->nbytes;
	if (s->fill_then_cancel)
		fill_and_cancel(&g, n);
	else
		fill_and_wander(&g, n);
	l->live = exch_book_live(g.store);
	exch_book_store_free(g.store);
	exch_free(g.book);
	exch_free(g.middle);
	exch_free(g.busy);
	exch_free(g.live);
}

void
load_free(struct load *l)
{
	exch_free(l->bytes);
}
