/*
 * The market rules one by one: new orders, instruments, the clock and
 * EXPECT.  Cancels and replaces are in match_change.c, phases and auctions
 * in match_phase.c.  Every line is a sentence of exch-match(1), MARKET
 * RULES, with the events it promises.
 */
#include <config.h>

#include "rig_market.h"
#include "tap.h"

#define B EXCH_BUY
#define S EXCH_SELL
#define OPEN(r) rig_open(r, "xetra", EXCH_PHASE_CONTINUOUS)

static void
price_time(void)
{
	struct rig r;

	OPEN(&r);
	tap_is_str(rig_buy(&r, 1, 100, 1000), "ack 1.", "an order rests");
	rig_buy(&r, 2, 50, 1001);
	rig_buy(&r, 3, 70, 1000);
	tap_is_str(rig_sell(&r, 4, 160, 1000),
	    "ack 4; exec 1 2/4 50@1001 sell; exec 2 1/4 100@1000 sell; "
	    "exec 3 3/4 10@1000 sell.",
	    "best price first, then the earlier order");
	tap_is_str(rig_sell(&r, 5, 100, 1000),
	    "ack 5; exec 4 3/5 60@1000 sell.",
	    "what is left of an order keeps its place");
	tap_is_str(rig_buy(&r, 6, 10, 999), "ack 6.",
	    "no trade while the prices do not meet");
	tap_is_str(rig_buy(&r, 7, 40, 1005), "ack 7; exec 5 7/5 40@1000 buy.",
	    "the resting order's price, the rest of an order rests");
	tap_is_str(rig_cancel(&r, 5, EXCH_QTY_NONE),
	    "reject cancel 5 "
	    "unknown-order.",
	    "a filled order is gone");
	rig_close(&r);
}

static void
market_orders(void)
{
	struct rig r;

	OPEN(&r);
	tap_is_str(rig_buy(&r, 1, 10, 0), "ack 1; cancelled 1 10 no-liquidity.",
	    "a market order into nothing");
	rig_sell(&r, 2, 30, 1000);
	rig_sell(&r, 3, 30, 2000);
	tap_is_str(rig_buy(&r, 4, 70, 0),
	    "ack 4; exec 1 4/2 30@1000 buy; exec 2 4/3 30@2000 buy; "
	    "cancelled 4 10 no-liquidity.",
	    "a market order takes every price, its rest goes");
	rig_sell(&r, 5, 5, 1000);
	tap_is_str(rig_new(&r,
		       (struct rig_order){
			   .id = 6, .side = B, .qty = 7, .tif = EXCH_TIF_IOC}),
	    "ack 6; exec 3 6/5 5@1000 buy; cancelled 6 2 ioc.",
	    "a market order that is IOC says so");
	tap_is_str(rig_new(&r,
		       (struct rig_order){
			   .id = 6, .side = B, .qty = 7, .tif = EXCH_TIF_GTC}),
	    "ack 6; cancelled 6 7 no-liquidity.",
	    "GTC does not let it rest, and a dead id may come again");
	rig_close(&r);
}

static const char *
with_tif(struct rig *r, exch_oid id, exch_qty qty, int64_t px, uint8_t tif)
{
	return rig_new(
	    r, (struct rig_order){
		   .id = id, .side = B, .qty = qty, .px = px, .tif = tif});
}

static void
ioc_and_fok(void)
{
	struct rig r;

	OPEN(&r);
	rig_sell(&r, 1, 30, 1000);
	rig_sell(&r, 2, 30, 1001);
	rig_sell(&r, 3, 30, 1002);
	tap_is_str(with_tif(&r, 4, 61, 1001, EXCH_TIF_FOK),
	    "ack 4; cancelled 4 61 fok.", "FOK: one too many kills it all");
	tap_is_str(with_tif(&r, 5, 60, 1001, EXCH_TIF_FOK),
	    "ack 5; exec 1 5/1 30@1000 buy; exec 2 5/2 30@1001 buy.",
	    "FOK: exactly enough fills it all");
	tap_is_str(with_tif(&r, 6, 40, 1002, EXCH_TIF_IOC),
	    "ack 6; exec 3 6/3 30@1002 buy; cancelled 6 10 ioc.",
	    "IOC: the rest goes");
	tap_is_str(with_tif(&r, 7, 40, 1002, EXCH_TIF_IOC),
	    "ack 7; cancelled 7 40 ioc.", "IOC into nothing");
	rig_sell(&r, 8, 10, 5000);
	tap_is_str(with_tif(&r, 9, 11, 0, EXCH_TIF_FOK),
	    "ack 9; cancelled 9 11 fok.",
	    "FOK market: all of it is too little");
	tap_is_str(with_tif(&r, 9, 10, 0, EXCH_TIF_FOK),
	    "ack 9; exec 4 9/8 10@5000 buy.", "FOK market: any price");
	/* Level sums near 2^64 must not wrap. */
	rig_sell(&r, 11, UINT64_MAX - 1, 1000);
	rig_sell(&r, 12, UINT64_MAX - 1, 1001);
	tap_is_str(with_tif(&r, 13, 5, 1001, EXCH_TIF_FOK),
	    "ack 13; exec 5 13/11 5@1000 buy.", "FOK against huge levels");
	rig_close(&r);
}

static const char *
post(struct rig *r, exch_oid id, uint8_t side, int64_t px)
{
	return rig_new(r, (struct rig_order){.id = id,
			      .side = side,
			      .qty = 10,
			      .px = px,
			      .flags = EXCH_ORD_POST_ONLY});
}

static void
post_only(void)
{
	struct rig r;

	OPEN(&r);
	rig_sell(&r, 1, 10, 1001);
	rig_buy(&r, 2, 10, 999);
	tap_is_str(post(&r, 3, B, 1001), "reject new 3 post-only.",
	    "post-only at the best ask");
	tap_is_str(post(&r, 3, B, 1000), "ack 3.", "post-only below it rests");
	tap_is_str(post(&r, 4, S, 1000), "reject new 4 post-only.",
	    "post-only at the best bid");
	tap_is_str(post(&r, 4, S, 5000), "ack 4.", "post-only away");
	tap_is_str(rig_replace(&r, (struct rig_replace){.id = 4,
				       .qty = 10,
				       .px = 1000,
				       .flags = EXCH_ORD_POST_ONLY}),
	    "reject replace 4 post-only.", "replace into the market");
	tap_is_str(rig_replace(&r, (struct rig_replace){.id = 4,
				       .qty = 10,
				       .px = 1002,
				       .flags = EXCH_ORD_POST_ONLY}),
	    "replaced 4>4 10 lost.", "replace beside it");
	rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CALL});
	tap_is_str(post(&r, 5, B, 2000), "ack 5.", "in a call nothing crosses");
	rig_close(&r);
}

/* Every check has an order that fails it and, where it can, later ones. */
static void
checks(void)
{
	static const struct {
		struct rig_order o;
		const char *want;
		const char *what;
	} v[] = {
	    {{.id = 1, .side = 3, .instr = 9}, "i9 reject new 1 instrument.",
		"1 instrument"},
	    {{.id = 1, .side = 0, .type = 9}, "reject new 1 side.", "2 side"},
	    {{.id = 1, .side = 3, .type = 9}, "reject new 1 side.", "2 side"},
	    {{.id = 1, .side = B, .type = 9, .tif = 9}, "reject new 1 type.",
		"3 type"},
	    {{.id = 1, .side = B, .qty = 9, .hflags = EXCH_F_IMPOSED},
		"reject new 1 type.", "3 an imposed market order"},
	    {{.id = 1, .side = B, .px = 7, .tif = 8, .flags = 128},
		"reject new 1 tif.", "4 time in force"},
	    {{.id = 1, .side = B, .px = 7, .tif = 5}, "reject new 1 tif.",
		"4 time in force"},
	    {{.id = 1, .side = B, .px = 7, .flags = 128}, "reject new 1 flags.",
		"5 an unknown flag"},
	    {{.id = 1, .side = B, .flags = EXCH_ORD_POST_ONLY},
		"reject new 1 flags.", "5 post-only without a price"},
	    {{.id = 1,
		 .side = B,
		 .px = 7,
		 .tif = EXCH_TIF_IOC,
		 .flags = EXCH_ORD_POST_ONLY},
		"reject new 1 flags.", "5 post-only and IOC"},
	    {{.id = 1,
		 .side = B,
		 .px = 7,
		 .tif = EXCH_TIF_FOK,
		 .flags = EXCH_ORD_POST_ONLY},
		"reject new 1 flags.", "5 post-only and FOK"},
	    {{.id = 1, .side = B, .flags = EXCH_ORD_BY_ID},
		"reject new 1 flags.", "5 by-id without a price"},
	    {{.id = 1, .side = B, .px = RIG_NONE, .type = EXCH_ORD_LIMIT},
		"reject new 1 qty.", "6 quantity zero, before the price"},
	    {{.id = 1, .side = B, .qty = EXCH_QTY_NONE, .px = 10},
		"reject new 1 qty.", "6 quantity none"},
	    {{.id = 1, .side = B, .qty = 19, .px = 10}, "reject new 1 qty.",
		"6 below the minimum, before the lot"},
	    {{.id = 1, .side = B, .qty = 1001, .px = 10}, "reject new 1 qty.",
		"6 above the maximum"},
	    {{.id = 1, .side = B, .qty = 25, .raw = 1}, "reject new 1 lot.",
		"7 lot, before the tick"},
	    {{.id = 1,
		 .side = B,
		 .qty = 20,
		 .px = RIG_NONE,
		 .type = EXCH_ORD_LIMIT},
		"reject new 1 price.", "8 a limit without a price"},
	    {{.id = 1, .side = B, .qty = 20, .px = 10, .type = EXCH_ORD_MARKET},
		"reject new 1 price.", "8 a market order with one"},
	    {{.id = 1, .side = B, .qty = 20, .raw = -1}, "reject new 1 price.",
		"8 a negative price, before the tick"},
	    {{.id = 1, .side = B, .qty = 20, .raw = INT64_MIN},
		"reject new 1 price.", "8 the most negative price"},
	    {{.id = 1, .side = B, .qty = 20, .px = 11}, "reject new 1 tick.",
		"9 tick"},
	    {{.id = 7, .side = B, .qty = 20, .raw = 1}, "reject new 7 tick.",
		"9 tick, before the duplicate"},
	    {{.id = 7, .side = B, .qty = 20, .px = 10},
		"reject new 7 duplicate.", "11 a live id"},
	    {{.id = 7,
		 .side = B,
		 .qty = 20,
		 .px = 2000,
		 .flags = EXCH_ORD_POST_ONLY},
		"reject new 7 duplicate.", "11 before post-only"},
	    {{.id = 0, .side = B, .qty = 1000, .px = 990}, "ack 0.",
		"id 0 is an id, the maximum is allowed"},
	    {{.id = UINT64_MAX, .side = B, .qty = 20, .px = 992},
		"ack 18446744073709551615.",
		"id 2^64-1 is an id, the minimum is allowed"},
	};
	struct rig r;

	OPEN(&r);
	rig_instrument(&r, (struct rig_instrument){
			       .tick = 2, .lot = 10, .min = 20, .max = 1000});
	rig_sell(&r, 7, 20, 1000);
	for (size_t i = 0; i < EXCH_ARRAY_LEN(v); i++)
		tap_is_str(rig_new(&r, v[i].o), v[i].want, v[i].what);
	tap_is_str(rig_cancel(&r, 1, EXCH_QTY_NONE),
	    "reject cancel 1 unknown-order.", "no reject left an order");
	tap_is_str(rig_sell(&r, 8, 1000, 990),
	    "ack 8; exec 1 18446744073709551615/8 20@992 sell; "
	    "exec 2 0/8 980@990 sell.",
	    "only what was accepted rests");
	rig_close(&r);
}

static void
checks_of_phases(void)
{
	struct rig r;
	struct rig_order o = {.id = 1, .side = B, .qty = 10, .px = 1000};
	struct rig_order ioc = o;

	OPEN(&r);
	ioc.tif = EXCH_TIF_IOC;
	rig_buy(&r, 5, 10, 900);
	for (uint8_t p = EXCH_PHASE_CLOSED; p <= EXCH_PHASE_HALT; p++) {
		if (p == EXCH_PHASE_CONTINUOUS)
			continue;
		rig_phase(&r,
		    (struct rig_phase){.phase = p, .hflags = EXCH_F_IMPOSED});
		tap_is_str(rig_new(&r, ioc), "reject new 1 phase.",
		    "10 IOC outside continuous trading");
		ioc.tif = EXCH_TIF_FOK;
		tap_is_str(rig_new(&r, ioc), "reject new 1 phase.",
		    "10 FOK outside continuous trading");
		ioc.tif = EXCH_TIF_IOC;
		if (p == EXCH_PHASE_CLOSED) {
			tap_is_str(rig_new(&r, o), "reject new 1 phase.",
			    "10 nothing enters a closed market");
			o.id = 5;
			tap_is_str(rig_new(&r, o), "reject new 5 phase.",
			    "10 before the duplicate");
			o.id = 1;
			tap_is_str(rig_replace(&r,
				       (struct rig_replace){
					   .id = 77, .qty = 5, .px = 900}),
			    "reject replace 77 phase.",
			    "replace: closed, before the unknown order");
		} else {
			tap_is_str(
			    rig_new(&r, o), "ack 1.", "others take orders");
		}
		tap_is_str(rig_cancel(&r, p == EXCH_PHASE_CLOSED ? 5 : 1,
			       p == EXCH_PHASE_CLOSED ? 1 : EXCH_QTY_NONE),
		    p == EXCH_PHASE_CLOSED ? "cancelled 5 1 user open."
					   : "cancelled 1 10 user.",
		    "cancels are taken in every phase");
	}
	rig_close(&r);
}

static void
prices_below_zero(void)
{
	struct rig r;

	OPEN(&r);
	rig_instrument(
	    &r, (struct rig_instrument){
		    .instr = 2, .kind = EXCH_KIND_FUTURE, .tick = 5});
	tap_is_str(
	    rig_new(&r,
		(struct rig_order){
		    .instr = 2, .id = 1, .side = S, .qty = 1, .px = -25}),
	    "i2 ack 1.", "a future may cost less than nothing");
	tap_is_str(
	    rig_new(&r,
		(struct rig_order){
		    .instr = 2, .id = 2, .side = S, .qty = 1, .px = -26}),
	    "i2 reject new 2 tick.", "but on the grid");
	tap_is_str(rig_new(&r, (struct rig_order){.instr = 2,
				   .id = 3,
				   .side = B,
				   .qty = 2,
				   .raw = EXCH_PX_NONE,
				   .type = EXCH_ORD_LIMIT}),
	    "i2 reject new 3 price.", "and with a price");
	tap_is_str(
	    rig_new(&r,
		(struct rig_order){
		    .instr = 2, .id = 3, .side = B, .qty = 2, .px = -20}),
	    "i2 ack 3; i2 exec 1 3/1 1@-25 buy.", "-25 is better than -20");
	rig_close(&r);
}

static const char *
by_id(struct rig *r, exch_oid id, int64_t px)
{
	return rig_new(r, (struct rig_order){.id = id,
			      .side = B,
			      .qty = 1,
			      .px = px,
			      .flags = EXCH_ORD_BY_ID});
}

static void
queue_by_id(void)
{
	struct rig r;

	OPEN(&r);
	/* 50 arrived first but its id is greater than those behind it. */
	rig_buy(&r, 50, 1, 1000);
	rig_buy(&r, 10, 1, 1000);
	rig_buy(&r, 20, 1, 1000);
	rig_buy(&r, 30, 1, 1000);
	tap_is_str(by_id(&r, 15, 1000), "ack 15.", "an older order, late");
	by_id(&r, 40, 1000);
	by_id(&r, 5, 1000);
	tap_is_str(rig_sell(&r, 99, 7, 1000),
	    "ack 99; exec 1 5/99 1@1000 sell; exec 2 50/99 1@1000 sell; "
	    "exec 3 10/99 1@1000 sell; exec 4 15/99 1@1000 sell; "
	    "exec 5 20/99 1@1000 sell; exec 6 30/99 1@1000 sell; "
	    "exec 7 40/99 1@1000 sell.",
	    "it walks from the back while ids are greater");
	rig_buy(&r, 60, 1, 1000);
	rig_buy(&r, 55, 1, 1000);
	by_id(&r, 58, 1000);
	tap_is_str(rig_sell(&r, 99, 3, 1000),
	    "ack 99; exec 8 60/99 1@1000 sell; exec 9 55/99 1@1000 sell; "
	    "exec 10 58/99 1@1000 sell.",
	    "and no further: a smaller id at the back stops it");
	rig_sell(&r, 70, 2, 1001);
	tap_is_str(by_id(&r, 65, 1001), "ack 65; exec 11 65/70 1@1001 buy.",
	    "in the market it trades like any other");
	rig_close(&r);
}

static void
capacity(void)
{
	const exch_qty big = UINT64_MAX - 1;
	struct rig r;

	OPEN(&r);
	tap_is_str(rig_buy(&r, 1, big, 1000), "ack 1.", "a huge order");
	tap_is_str(rig_buy(&r, 2, 1, 1000), "ack 2.", "up to 2^64-1");
	tap_is_str(rig_buy(&r, 3, 1, 1000), "ack 3; cancelled 3 1 capacity.",
	    "no room for one more");
	tap_is_str(rig_buy(&r, 4, 1, 999), "ack 4.", "other prices have room");
	tap_is_str(rig_replace(
		       &r, (struct rig_replace){.id = 4, .qty = 1, .px = 1000}),
	    "replaced 4>4 1 lost; cancelled 4 1 capacity.",
	    "replaced into a full level");
	tap_is_str(rig_cancel(&r, 2, 1), "cancelled 2 1 user.", "make room");
	rig_sell(&r, 5, 3, 1001);
	tap_is_str(rig_replace(&r,
		       (struct rig_replace){.id = 1, .qty = big, .px = 1001}),
	    "replaced 1>1 18446744073709551614 lost; exec 1 1/5 3@1001 buy.",
	    "its own quantity does not count twice");
	rig_to(&r, EXCH_PHASE_CALL);
	rig_buy(&r, 6, big, 0);
	tap_is_str(rig_buy(&r, 7, 2, 0), "ack 7; cancelled 7 2 capacity.",
	    "the market level has the same limit");
	rig_close(&r);
}

static void
instruments(void)
{
	struct rig r;

	OPEN(&r);
	tap_is_str(rig_new(&r,
		       (struct rig_order){
			   .id = 1, .side = B, .qty = 1, .px = 10, .instr = 2}),
	    "i2 reject new 1 instrument.", "not announced yet");
	rig_instrument(&r, (struct rig_instrument){.instr = 2});
	tap_is_str(rig_new(&r,
		       (struct rig_order){
			   .id = 1, .side = B, .qty = 1, .px = 10, .instr = 2}),
	    "i2 ack 1.", "announced");
	tap_is_str(rig_buy(&r, 1, 1, 10), "ack 1.",
	    "the same id in another instrument");
	tap_is_str(rig_sell(&r, 2, 1, 10), "ack 2; exec 1 1/2 1@10 sell.",
	    "matches are numbered per instrument");
	tap_is_str(rig_new(&r,
		       (struct rig_order){
			   .id = 2, .side = S, .qty = 1, .px = 10, .instr = 2}),
	    "i2 ack 2; i2 exec 1 1/2 1@10 sell.", "from 1");
	rig_buy(&r, 3, 7, 10);
	tap_is_str(rig_instrument(&r, (struct rig_instrument){.tick = 5}),
	    "error.", "no new grid under resting orders");
	tap_is_str(rig_buy(&r, 4, 1, 11), "ack 4.", "the old one stays");
	tap_is_str(
	    rig_instrument(&r, (struct rig_instrument){.lot = 10, .max = 20}),
	    "", "new limits, the same grid");
	tap_is_str(
	    rig_buy(&r, 5, 7, 10), "reject new 5 lot.", "hold from now on");
	tap_is_str(rig_buy(&r, 5, 30, 10), "reject new 5 qty.", "all of them");
	tap_is_str(rig_sell(&r, 6, 20, 10),
	    "ack 6; exec 2 4/6 1@11 sell; exec 3 3/6 7@10 sell.",
	    "older orders stay as they are");
	rig_cancel(&r, 6, EXCH_QTY_NONE);
	tap_is_str(rig_instrument(&r, (struct rig_instrument){.tick = 5}), "",
	    "an empty book may change its grid");
	tap_is_str(
	    rig_buy(&r, 7, 1, 11), "reject new 7 tick.", "and then does");
	rig_close(&r);
}

static void
clock_goes_on(void)
{
	struct rig r;

	OPEN(&r);
	rig_new(&r, (struct rig_order){
			.id = 1, .side = B, .qty = 1, .px = 10, .time = 500});
	r.now = 500;
	tap_is_str(
	    rig_new(&r,
		(struct rig_order){
		    .id = 2, .side = S, .qty = 1, .px = 10, .time = 100}),
	    "ack 2; exec 1 1/2 1@10 sell.", "events never go back in time");
	rig_close(&r);
}

/* Records that say nothing the engine could use. */
static void
bad_instruments(void)
{
	static const struct {
		uint32_t id;
		int64_t tick;
		exch_qty lot;
	} bad[] = {{0, RIG_TICK, 1}, {EXCH_INSTR_MAX + 1, RIG_TICK, 1},
	    {2, 0, 1}, {2, -RIG_TICK, 1}, {2, RIG_TICK, 0},
	    {2, RIG_TICK, (exch_qty)INT64_MAX + 1}};
	struct exch_rec_instrument c = {.h.type = EXCH_REC_INSTRUMENT,
	    .h.len8 = sizeof(c) / 8,
	    .max_qty = EXCH_QTY_NONE,
	    .reference = EXCH_PX_NONE};
	struct exch_diag d = {0};
	struct rig r;

	OPEN(&r);
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(bad); i++) {
		c.h.instr = bad[i].id;
		c.tick = bad[i].tick;
		c.lot = bad[i].lot;
		tap_is_i64(exch_match_apply(r.m, &c.h, &d), 0, "an instrument");
		tap_ok(strstr(rig_events(&r, 0), "error.") != NULL,
		    "without a valid id, tick and lot is told");
	}
	tap_is_u64(
	    exch_match_stats(r.m)->refused, EXCH_ARRAY_LEN(bad), "and counted");
	tap_is_str(rig_new(&r,
		       (struct rig_order){
			   .id = 1, .side = B, .qty = 1, .px = 10, .instr = 2}),
	    "i2 reject new 1 instrument.", "and is none");
	tap_is_str(rig_new(&r, (struct rig_order){.id = 1,
				   .side = B,
				   .qty = 1,
				   .px = 10,
				   .instr = EXCH_INSTR_MAX + 1}),
	    "i16777216 reject new 1 instrument.", "nor is one beyond all ids");
	tap_is_str(
	    rig_instrument(&r, (struct rig_instrument){.min = 9, .max = 8}), "",
	    "a range of quantities that holds nothing");
	tap_is_str(rig_buy(&r, 1, 9, 10), "reject new 1 qty.", "takes none");
	tap_is_str(rig_buy(&r, 1, 8, 10), "reject new 1 qty.", "of both ends");
	tap_is_str(rig_buy(&r, 1, EXCH_QTY_NONE, 10), "reject new 1 qty.",
	    "and not \"none\"");
	rig_close(&r);
}

/* Every type the engine reads, cut by 8 bytes. */
static void
cut_records(struct rig *r, const char *what)
{
	static const struct {
		uint8_t type;
		size_t size;
	} t[] = {{EXCH_REC_NEW, sizeof(struct exch_rec_new)},
	    {EXCH_REC_CANCEL, sizeof(struct exch_rec_cancel)},
	    {EXCH_REC_REPLACE, sizeof(struct exch_rec_replace)},
	    {EXCH_REC_EXPECT, sizeof(struct exch_rec_expect)},
	    {EXCH_REC_PHASE, sizeof(struct exch_rec_phase)},
	    {EXCH_REC_INSTRUMENT, sizeof(struct exch_rec_instrument)},
	    {EXCH_REC_ACCOUNT, sizeof(struct exch_rec_account)},
	    {EXCH_REC_MASS_CANCEL, sizeof(struct exch_rec_mass_cancel)},
	    {EXCH_REC_QUOTE, sizeof(struct exch_rec_quote)},
	    {EXCH_REC_ACCEPT, sizeof(struct exch_rec_accept)},
	    {EXCH_REC_BLOCK, sizeof(struct exch_rec_block)},
	    {EXCH_REC_BREAK, sizeof(struct exch_rec_break)},
	    {EXCH_REC_TRADE, sizeof(struct exch_rec_trade)}};
	uint64_t space[32] = {0};
	struct exch_rec *h = (void *)space;
	bool told = true;

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(t); i++) {
		struct exch_diag d = {0};

		*h = (struct exch_rec){.type = t[i].type,
		    .len8 = (uint8_t)(t[i].size / 8 - 1),
		    .instr = 1,
		    .time = 1};
		if (exch_match_apply(r->m, h, &d) == EXCH_ERR_FORMAT &&
		    d.text[0] != '\0')
			continue;
		told = false;
		printf("# type 0x%02x\n", t[i].type);
	}
	tap_ok(told, what);
	/* A length where the order's id should be moves all its fields. */
	h->type = EXCH_REC_NEW;
	h->len8 = 0;
	space[2] = 2048;
	tap_is_i64(exch_match_apply(r->m, h, &r->d), EXCH_ERR_FORMAT,
	    "  nor has a long record the form of an order");
	exch_diag_clear(&r->d);
	tap_is_str(rig_events(r, 0), "", "  none of them does anything");
	h->type = EXCH_REC_NOTICE;
	tap_is_i64(exch_match_apply(r->m, h, &r->d), 0, "others are ignored");
}

static void
short_records(void)
{
	struct rig r;

	OPEN(&r);
	cut_records(&r, "records shorter than their type have a diagnosis");
	tap_is_str(rig_buy(&r, 1, 1, 10), "ack 1.", "life goes on");
	rig_close(&r);
	rig_open_market(&r, "speed-bump 1ms\n", 0, 1);
	cut_records(&r, "and at once where orders are held");
	tap_is_u64(exch_match_stats(r.m)->held, 0, "nothing is held");
	rig_close(&r);
}

/* EXPECT: what the venue did, compared and never obeyed. */
static void
fidelity(void)
{
	struct exch_match_opts o = {
	    .phase = EXCH_PHASE_CONTINUOUS, .expect = true};
	struct rig_expect e = {.match = 77,
	    .buy = 1,
	    .sell = 9,
	    .qty = 5,
	    .px = 1000,
	    .aggressor = S};
	const struct exch_match_stats *st;
	struct rig r;

	rig_open_opts(&r, &o);
	rig_instrument(&r, (struct rig_instrument){0});
	rig_buy(&r, 1, 100, 1000);
	rig_sell(&r, 9, 5, 1000);
	tap_is_str(rig_expect(&r, e), "", "the same: nothing to say");
	rig_sell(&r, 9, 5, 1000);
	e.buy = 2;
	tap_is_str(rig_expect(&r, e),
	    "miss order 77/2 order 2/1 qty 5/5 price 1000/1000.",
	    "another order rested");
	rig_sell(&r, 9, 4, 1000);
	e.buy = 1;
	tap_is_str(rig_expect(&r, e),
	    "miss qty 77/3 order 1/1 qty 5/4 price 1000/1000.",
	    "another quantity");
	rig_sell(&r, 9, 5, 999);
	e.px = 999;
	tap_is_str(rig_expect(&r, e),
	    "miss price 77/4 order 1/1 qty 5/5 price 999/1000.",
	    "another price");
	tap_is_str(rig_expect(&r, e),
	    "miss absent 77/0 order 1/0 qty 5/0 price 999/0.",
	    "no execution is left");
	rig_sell(&r, 9, 5, 1000);
	tap_is_str(rig_buy(&r, 3, 1, 1),
	    "miss unexpected 0/5 order 0/1 qty 0/5 price 0/1000; ack 3.",
	    "told before the next command's events");
	rig_sell(&r, 9, 5, 1000);
	e.hflags = EXCH_F_IMPOSED;
	tap_is_str(rig_expect(&r, e), "", "imposed: only counted");
	tap_is_i64(exch_match_finish(r.m, &r.d), 0, "the end");
	tap_is_str(rig_events(&r, 0),
	    "miss unexpected 0/6 order 0/1 qty 0/5 price 0/1000",
	    "the last one is told at the end");
	st = exch_match_stats(r.m);
	tap_is_u64(st->expected, 5, "expected");
	tap_is_u64(st->exact, 1, "exact");
	tap_is_u64(st->unexpected, 2, "unexpected");
	tap_is_u64(st->imposed, 1, "imposed");
	tap_is_u64(st->missed, 6, "missed");
	rig_close(&r);

	OPEN(&r);
	rig_buy(&r, 1, 100, 1000);
	rig_sell(&r, 9, 5, 999);
	tap_is_str(rig_expect(&r, e), "", "nothing is compared unless asked");
	tap_is_u64(exch_match_stats(r.m)->expected, 0, "nor counted");
	rig_close(&r);
}

/* A million orders at one price: one sweep, in the order of the queue. */
static void
million(void)
{
	const uint64_t n = 1000000;
	struct exch_rec_new c = {
	    .h = {.type = EXCH_REC_NEW, .len8 = sizeof(c) / 8, .instr = 1},
	    .price = 1000 * RIG_TICK,
	    .qty = 2,
	    .side = EXCH_BUY,
	    .ordtype = EXCH_ORD_LIMIT};
	const struct exch_match_stats *st;
	struct rig r;
	int err = 0;

	rig_open(&r, "xetra", EXCH_PHASE_CONTINUOUS);
	for (uint64_t i = 1; i <= n && err == 0; i++) {
		c.order = i;
		err = exch_match_apply(r.m, &c.h, &r.d);
	}
	c.order = n + 1;
	c.side = EXCH_SELL;
	c.qty = 2 * n - 1;
	if (err == 0)
		err = exch_match_apply(r.m, &c.h, &r.d);
	(void)rig_events(&r, UINT32_MAX); /* only counted */
	tap_is_i64(err, 0, "a million orders at one price");
	st = exch_match_stats(r.m);
	tap_is_u64(st->acks, n + 1, "  are all taken");
	tap_is_u64(st->execs, n, "  and executed by one");
	tap_is_str(rig_sell(&r, n + 2, 5, 1000),
	    "ack 1000002; exec 1000001 1000000/1000002 1@1000 sell.",
	    "  but for a part of the last");
	rig_close(&r);
}

int
main(void)
{
	price_time();
	market_orders();
	ioc_and_fok();
	post_only();
	checks();
	checks_of_phases();
	prices_below_zero();
	queue_by_id();
	capacity();
	instruments();
	clock_goes_on();
	bad_instruments();
	short_records();
	fidelity();
	million();
	return tap_done();
}
