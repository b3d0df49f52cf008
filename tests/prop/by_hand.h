/*
 * Flows made by hand, for both engines (lockstep.h): a market of one kind,
 * then command after command.
 *
 *	hand_begin((struct exch_rec_instrument){.lot = 10}, CONTINUOUS);
 *	hand_order(&(struct hand_order){.id = 1, .price = P(990), .qty = 50,
 *	    WITH(DISPLAY, 0, 20)});
 *	hand_agree(&met, "an iceberg rests");
 *
 * Prices are ticks of 0.01 unless the instrument says otherwise; a command
 * is a nanosecond later than the one before.
 */
#ifndef EXCH_TESTS_BY_HAND_H
#define EXCH_TESTS_BY_HAND_H

#include <stdlib.h>
#include <string.h>

#include "prop/lockstep.h"
#include "tap.h"

#define TICK INT64_C(10000000)
#define P(ticks) ((ticks)*TICK)
#define NONE EXCH_PX_NONE
#define B EXCH_BUY
#define S EXCH_SELL

static struct flow hand;
/* When the next command comes; hand_begin() sets it. */
static exch_ts hand_time;

static inline union flow_cmd *
hand_next(uint8_t type, size_t size)
{
	union flow_cmd *c;

	hand.cmd = realloc(hand.cmd, (hand.n + 1) * sizeof(*hand.cmd));
	if (hand.cmd == NULL)
		abort();
	c = &hand.cmd[hand.n++];
	memset(c, 0, sizeof(*c));
	c->h.type = type;
	c->h.len8 = (uint8_t)(size / 8);
	c->h.instr = 1;
	c->h.time = hand_time++;
	return c;
}

/* What is 0 of an instrument: number 1, a share, 0.01, lots of 1. */
static inline void
hand_instrument(struct exch_rec_instrument i)
{
	struct exch_rec_instrument *c =
	    &hand_next(EXCH_REC_INSTRUMENT, sizeof(*c))->instrument;

	c->h.instr = i.h.instr != 0 ? i.h.instr : 1;
	c->symbol[0] = 'X';
	c->symbol[1] = (char)('A' + c->h.instr % 26);
	c->kind = i.kind != 0 ? i.kind : (uint8_t)EXCH_KIND_EQUITY;
	c->tick = i.tick != 0 ? i.tick : TICK;
	c->lot = i.lot != 0 ? i.lot : 1;
	c->min_qty = i.min_qty;
	c->max_qty = EXCH_QTY_NONE;
	c->reference = i.reference != 0 ? i.reference : NONE;
	c->strike = NONE;
	c->multiplier = EXCH_PX_ONE;
}

/* A flow, with instrument 1. */
static inline void
hand_begin(struct exch_rec_instrument i, uint8_t phase)
{
	memset(&hand, 0, sizeof(hand));
	hand_time = 1000;
	hand.ladder = "xetra";
	hand.phase = phase;
	hand.general = true;
	hand_instrument(i);
}

struct hand_entry {
	uint16_t tag;
	uint32_t small;
	uint64_t value;
};

#define X(tag, small, value)                                                   \
	{                                                                      \
		EXCH_EXT_##tag, (small), (uint64_t)(value)                     \
	}
#define WITH(tag, small, value) .x = {X(tag, small, value)}
#define AND(a, b) .x = {a, b}

/* What is 0: a limit order to buy 50 at 900, for the day, of account 1. */
struct hand_order {
	exch_oid id;
	exch_px price;
	exch_qty qty;
	uint32_t account;
	uint32_t instr;
	uint8_t side;
	uint8_t type;
	uint8_t tif;
	uint8_t flags;
	bool imposed;
	struct hand_entry x[2];
};

static inline void
hand_order(const struct hand_order *o)
{
	union flow_cmd *c = hand_next(EXCH_REC_NEW, sizeof(c->order));
	uint8_t type = o->type != 0 ? o->type : (uint8_t)EXCH_ORD_LIMIT;
	bool limit = type == EXCH_ORD_LIMIT || type == EXCH_ORD_STOP_LIMIT ||
		     type == EXCH_ORD_LIT;

	if (o->instr != 0)
		c->h.instr = o->instr;
	c->order.order = o->id;
	c->order.price = o->price != 0 ? o->price : limit ? P(900) : NONE;
	c->order.qty = o->qty != 0 ? o->qty : 50;
	c->order.account = o->account != 0 ? o->account : 1;
	c->order.side = o->side != 0 ? o->side : (uint8_t)EXCH_BUY;
	c->order.ordtype = type;
	c->order.tif = o->tif;
	c->order.ordflags = o->flags;
	for (unsigned i = 0; i < 2 && o->x[i].tag != 0; i++)
		flow_add(&c->h, c->with.x, EXCH_ARRAY_LEN(c->with.x),
		    o->x[i].tag, o->x[i].small, o->x[i].value);
	if (o->imposed)
		c->h.flags |= EXCH_F_IMPOSED;
}

/* One line for one order. */
#define ORDER(...) hand_order(&(const struct hand_order){__VA_ARGS__})

/* What is 0: the same id and account, 50, no price, no flag. */
struct hand_change {
	exch_oid order;
	exch_oid to;
	exch_px price;
	exch_qty qty;
	uint32_t account;
	uint8_t tif;
	uint8_t flags;
	bool imposed;
	struct hand_entry x[2];
};

static inline void
hand_replace(const struct hand_change *k)
{
	union flow_cmd *c = hand_next(EXCH_REC_REPLACE, sizeof(c->replace));

	c->replace.order = k->order;
	c->replace.new_order = k->to != 0 ? k->to : k->order;
	c->replace.price = k->price != 0 ? k->price : NONE;
	c->replace.qty = k->qty != 0 ? k->qty : 50;
	c->replace.account = k->account;
	c->replace.tif = k->tif;
	c->replace.ordflags = k->flags;
	for (unsigned i = 0; i < 2 && k->x[i].tag != 0; i++)
		flow_add(&c->h, c->change.x, EXCH_ARRAY_LEN(c->change.x),
		    k->x[i].tag, k->x[i].small, k->x[i].value);
	if (k->imposed)
		c->h.flags |= EXCH_F_IMPOSED;
}

#define REPLACE(...) hand_replace(&(const struct hand_change){__VA_ARGS__})

static inline void
hand_cancel(exch_oid id, exch_qty qty)
{
	struct exch_rec_cancel *c =
	    &hand_next(EXCH_REC_CANCEL, sizeof(*c))->cancel;

	c->order = id;
	c->qty = qty;
}

/* Of one instrument, or 0 all. */
static inline void
hand_phase(uint32_t instr, uint8_t to, uint8_t cross)
{
	struct exch_rec_phase *c =
	    &hand_next(EXCH_REC_PHASE, sizeof(*c))->phase;

	c->h.instr = instr;
	c->phase = to;
	c->cross = cross;
	c->reference = NONE;
}

/* Both engines agree; *c is what they met. */
static inline void
hand_agree(struct coverage *c, const char *what)
{
	struct lockstep_opts o = {.look_every = 1};
	struct lockstep l;

	if (hand.n > 1000)
		o.look_every = 997;
	memset(c, 0, sizeof(*c));
	lockstep_run(&hand, NULL, &o, &l, c);
	tap_is_str(l.differ ? l.what : "same", "same", what);
	if (l.differ)
		lockstep_print(&hand, &l);
	lockstep_clear(&l);
	free(hand.cmd);
}

#endif
