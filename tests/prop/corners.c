/*
 * The corners of what a stream may hold, one by one and through both
 * engines (lockstep.h): what random flows meet seldom is here for certain.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "prop/lockstep.h"
#include "tap.h"

#define TICK INT64_C(10000000)
#define MOST ((EXCH_PX_NONE - 1) / TICK * TICK)

static struct flow g;

static union flow_cmd *
next(uint8_t type, size_t size)
{
	union flow_cmd *c;

	g.cmd = realloc(g.cmd, (g.n + 1) * sizeof(*g.cmd));
	if (g.cmd == NULL)
		abort();
	c = &g.cmd[g.n++];
	memset(c, 0, sizeof(*c));
	c->h.type = type;
	c->h.len8 = (uint8_t)(size / 8);
	c->h.instr = 1;
	c->h.time = g.n;
	return c;
}

static void
begin(uint8_t kind, uint8_t phase)
{
	struct exch_rec_instrument *c;

	memset(&g, 0, sizeof(g));
	g.ladder = "xetra";
	g.phase = phase;
	c = &next(EXCH_REC_INSTRUMENT, sizeof(*c))->instrument;
	c->symbol[0] = 'X';
	c->kind = kind;
	c->tick = TICK;
	c->lot = 1;
	c->max_qty = EXCH_QTY_NONE;
	c->reference = c->strike = EXCH_PX_NONE;
	c->multiplier = EXCH_PX_ONE;
}

static void
order(exch_oid id, uint8_t side, exch_qty qty, exch_px price)
{
	struct exch_rec_new *c = &next(EXCH_REC_NEW, sizeof(*c))->order;

	c->order = id;
	c->side = side;
	c->qty = qty;
	c->price = price;
	c->ordtype = price == EXCH_PX_NONE ? EXCH_ORD_MARKET : EXCH_ORD_LIMIT;
}

static void
cancel(exch_oid id, exch_qty qty)
{
	struct exch_rec_cancel *c = &next(EXCH_REC_CANCEL, sizeof(*c))->cancel;

	c->order = id;
	c->qty = qty;
}

static void
replace(exch_oid id, exch_oid to, exch_qty qty, exch_px price)
{
	struct exch_rec_replace *c =
	    &next(EXCH_REC_REPLACE, sizeof(*c))->replace;

	c->order = id;
	c->new_order = to;
	c->qty = qty;
	c->price = price;
}

static void
phase(uint8_t to)
{
	struct exch_rec_phase *c = &next(EXCH_REC_PHASE, sizeof(*c))->phase;

	c->phase = to;
	c->cross = EXCH_CROSS_OPEN;
	c->reference = EXCH_PX_NONE;
}

/* Both engines agree; *c is what they met. */
static void
agree(struct coverage *c, const char *what)
{
	struct lockstep_opts o = {.look_every = 1};
	struct lockstep l;

	if (g.n > 1000)
		o.look_every = 997;
	memset(c, 0, sizeof(*c));
	lockstep_run(&g, NULL, &o, &l, c);
	tap_is_str(l.differ ? l.what : "same", "same", what);
	if (l.differ)
		lockstep_print(&g, &l);
	lockstep_clear(&l);
	free(g.cmd);
}

/* The ids 0 and 2^64 - 1 are ids like others. */
static void
ids(void)
{
	struct coverage c;

	begin(EXCH_KIND_EQUITY, EXCH_PHASE_CONTINUOUS);
	order(0, EXCH_BUY, 10, 5 * TICK);
	order(0, EXCH_BUY, 10, 5 * TICK); /* duplicate */
	order(UINT64_MAX, EXCH_SELL, 4, 5 * TICK);
	order(UINT64_MAX, EXCH_SELL, 4, 6 * TICK);
	order(UINT64_MAX, EXCH_SELL, 4, 6 * TICK); /* duplicate */
	cancel(0, 2);
	replace(0, UINT64_MAX, 3, 5 * TICK); /* duplicate */
	replace(UINT64_MAX, 0, 3, 6 * TICK); /* duplicate */
	replace(0, 1, 3, 5 * TICK);
	replace(UINT64_MAX, 0, 3, 6 * TICK);
	cancel(UINT64_MAX, EXCH_QTY_NONE); /* unknown */
	cancel(0, EXCH_QTY_NONE);
	agree(&c, "orders 0 and 2^64-1");
	tap_is_u64(c.reject[EXCH_REJ_DUPLICATE], 4, "  each is there once");
	tap_is_u64(c.reject[EXCH_REJ_UNKNOWN_ORDER], 1, "  and goes");
	tap_is_u64(c.type[EXCH_REC_EXEC], 1, "  and trades");
	tap_is_u64(c.type[EXCH_REC_REPLACED], 2, "  and changes its id");
}

/* Price times quantity is not the engine's business: it may pass any type. */
static void
notional(void)
{
	struct coverage c;

	begin(EXCH_KIND_EQUITY, EXCH_PHASE_CONTINUOUS);
	order(1, EXCH_SELL, EXCH_QTY_NONE - 1, MOST);
	order(2, EXCH_SELL, 1, MOST); /* joins: the level is full then */
	order(3, EXCH_SELL, 1, MOST); /* no room */
	order(4, EXCH_BUY, EXCH_QTY_NONE - 1, MOST);
	order(5, EXCH_BUY, EXCH_QTY_NONE, MOST); /* qty */
	agree(&c, "the largest quantity at the largest price");
	tap_is_u64(c.type[EXCH_REC_EXEC], 1, "  trades");
	tap_is_u64(c.reason[EXCH_WHY_CAPACITY], 1, "  a full level is full");
	tap_is_u64(c.reject[EXCH_REJ_QTY], 1, "  2^64-1 is no quantity");
}

static void
prices(void)
{
	struct coverage c;

	begin(EXCH_KIND_EQUITY, EXCH_PHASE_CONTINUOUS);
	order(1, EXCH_BUY, 5, TICK);
	order(2, EXCH_BUY, 5, 0);     /* price */
	order(3, EXCH_BUY, 5, -TICK); /* price */
	order(4, EXCH_SELL, 5, MOST);
	order(5, EXCH_SELL, 5, EXCH_PX_NONE - 1); /* tick */
	order(6, EXCH_BUY, 3, MOST);
	order(7, EXCH_SELL, 3, TICK);
	agree(&c, "prices at both ends of a share's range");
	tap_is_u64(c.reject[EXCH_REJ_PRICE], 2, "  not at zero, not below");
	tap_is_u64(c.reject[EXCH_REJ_TICK], 1, "  not beside the grid");
	tap_is_u64(c.type[EXCH_REC_EXEC], 2, "  they trade at both ends");

	begin(EXCH_KIND_FUTURE, EXCH_PHASE_CONTINUOUS);
	order(1, EXCH_BUY, 5, -MOST);
	order(2, EXCH_BUY, 5, INT64_MIN); /* tick */
	order(3, EXCH_SELL, 5, 0);
	order(4, EXCH_BUY, 2, 0);
	order(5, EXCH_SELL, 5, -MOST);
	agree(&c, "a spread's range has another end");
	tap_is_u64(c.reject[EXCH_REJ_TICK], 1, "  which -2^63 is beyond");
	tap_is_u64(c.type[EXCH_REC_EXEC], 2, "  zero and less trade");
}

/* In a call a book may be crossed from one end to the other. */
static void
crossed(void)
{
	struct coverage c;

	begin(EXCH_KIND_EQUITY, EXCH_PHASE_CONTINUOUS);
	phase(EXCH_PHASE_CALL);
	order(1, EXCH_SELL, 10, TICK);
	order(2, EXCH_BUY, 6, MOST);
	order(3, EXCH_SELL, EXCH_QTY_NONE - 1, 7 * TICK);
	order(4, EXCH_BUY, EXCH_QTY_NONE - 1, 9 * TICK);
	order(5, EXCH_BUY, 3, EXCH_PX_NONE);
	order(6, EXCH_SELL, 3, EXCH_PX_NONE);
	phase(EXCH_PHASE_CONTINUOUS);
	agree(&c, "a book that is crossed in a call");
	tap_is_u64(c.cross[EXCH_CROSS_OPEN], 4, "  is not when it ends");
	tap_is_u64(c.cross[EXCH_CROSS_NONE], 0, "  and nothing traded before");
}

/*
 * One price, many orders: the naive engine sets how many.  The engine alone
 * has a million in tests/unit/match.c.
 */
static void
queue(void)
{
	struct coverage c;

	begin(EXCH_KIND_EQUITY, EXCH_PHASE_CONTINUOUS);
	for (exch_oid i = 1; i <= 4000; i++)
		order(i, EXCH_BUY, 1 + i % 3, 5 * TICK);
	for (exch_oid i = 1; i <= 4000; i += 5)
		cancel(i, EXCH_QTY_NONE);
	order(5000, EXCH_SELL, 5000, 5 * TICK);
	agree(&c, "four thousand orders at one price");
	tap_is_u64(c.deepest, 4000, "  are there at one time");
	tap_ok(c.type[EXCH_REC_EXEC] > 2000, "  and trade in their order");
}

int
main(void)
{
	ids();
	notional();
	prices();
	crossed();
	queue();
	return tap_done();
}
