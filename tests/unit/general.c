/*
 * The general market rule by rule: each line is a sentence of
 * exch-ordertypes(7) with the events it promises.
 */
#include <config.h>

#include "rig.h"
#include "tap.h"

#define B EXCH_BUY
#define S EXCH_SELL
#define OPEN(r) rig_open(r, "xetra", EXCH_PHASE_CONTINUOUS)
#define PX(ticks) ((uint64_t)((ticks)*RIG_TICK))

/* One order with up to four instructions. */
#define WITH(r, order, ...)                                                    \
	rig_new_with(r, (struct rig_order)order,                               \
	    (const struct exch_ext[]){__VA_ARGS__, {0}})
#define O(...)                                                                 \
	{                                                                      \
		__VA_ARGS__                                                    \
	}
#define STOP(t)                                                                \
	{                                                                      \
		.tag = EXCH_EXT_STOP, .value = PX(t)                           \
	}
#define SHOW(q, pct)                                                           \
	{                                                                      \
		.tag = EXCH_EXT_DISPLAY, .small = (pct), .value = (q)          \
	}
#define MIN(kind, q)                                                           \
	{                                                                      \
		.tag = EXCH_EXT_MIN_QTY, .small = (kind), .value = (q)         \
	}
#define UNTIL(t)                                                               \
	{                                                                      \
		.tag = EXCH_EXT_EXPIRE, .value = (t)                           \
	}
#define PEG(kind, off)                                                         \
	{                                                                      \
		.tag = EXCH_EXT_PEG, .small = EXCH_PEG_##kind,                 \
		.value = PX(off)                                               \
	}
#define TRAIL(kind, v)                                                         \
	{                                                                      \
		.tag = EXCH_EXT_TRAIL, .small = EXCH_TRAIL_##kind,             \
		.value = (v)                                                   \
	}
#define STP(mode, g)                                                           \
	{                                                                      \
		.tag = EXCH_EXT_STP, .small = EXCH_STP_##mode, .value = (g)    \
	}
#define OCO(g)                                                                 \
	{                                                                      \
		.tag = EXCH_EXT_OCO, .value = (g)                              \
	}
#define SESSION(g)                                                             \
	{                                                                      \
		.tag = EXCH_EXT_SESSION, .value = (g)                          \
	}

/* The last price becomes px. */
static void
print(struct rig *r, int64_t px)
{
	rig_sell(r, 9001, 1, px);
	rig_buy(r, 9002, 1, px);
}

static void
stops(void)
{
	struct rig r;

	OPEN(&r);
	tap_is_str(WITH(&r,
		       O(.id = 1, .side = B, .qty = 10, .px = 0,
			   .type = EXCH_ORD_STOP),
		       STOP(1005)),
	    "ack 1.", "a stop waits");
	tap_is_str(WITH(&r,
		       O(.id = 2, .side = B, .qty = 5, .px = 1006,
			   .type = EXCH_ORD_STOP_LIMIT),
		       STOP(1003)),
	    "ack 2.", "so does a stop-limit");
	tap_is_str(rig_cancel(&r, 2, 1), "cancelled 2 1 user open.",
	    "a parked order can be reduced");
	rig_sell(&r, 10, 20, 1003);
	rig_sell(&r, 11, 20, 1005);
	tap_is_str(rig_buy(&r, 12, 20, 1003),
	    "ack 12; exec 1 12/10 20@1003 buy; triggered 2 1003; exec 2 2/11 "
	    "4@1005 buy; triggered 1 1005; exec 3 1/11 10@1005 buy.",
	    "a trade triggers one, whose trade triggers the next");
	tap_is_str(
	    WITH(&r,
		O(.id = 3, .side = B, .qty = 5, .px = 0, .type = EXCH_ORD_STOP),
		STOP(1005)),
	    "reject new 3 stop.", "a stop the market has passed");
	tap_is_str(
	    WITH(&r,
		O(.id = 3, .side = S, .qty = 5, .px = 0, .type = EXCH_ORD_STOP),
		STOP(1005)),
	    "reject new 3 stop.", "on the other side, too");
	tap_is_str(rig_new(&r, (struct rig_order)O(.id = 3, .side = S, .qty = 5,
				   .px = 0, .type = EXCH_ORD_STOP)),
	    "reject new 3 stop.", "a stop without a stop");
	tap_is_str(
	    WITH(&r, O(.id = 3, .side = S, .qty = 5, .px = 1000), STOP(1000)),
	    "reject new 3 stop.", "a stop on a limit order");
	tap_is_str(
	    WITH(&r,
		O(.id = 4, .side = S, .qty = 3, .px = 0, .type = EXCH_ORD_MIT),
		STOP(1008)),
	    "ack 4.", "market if touched");
	tap_is_str(WITH(&r,
		       O(.id = 5, .side = B, .qty = 3, .px = 1000,
			   .type = EXCH_ORD_LIT),
		       STOP(1001)),
	    "ack 5.", "limit if touched");
	tap_is_str(rig_sell(&r, 4, 1, 1100), "reject new 4 duplicate.",
	    "a parked order's id is taken");
	rig_buy(&r, 13, 1, 1001);
	tap_is_str(rig_sell(&r, 14, 1, 1001),
	    "ack 14; exec 4 13/14 1@1001 sell; triggered 5 1001.",
	    "touched from above: a buyer's limit");
	rig_cancel(&r, 11, EXCH_QTY_NONE);
	rig_sell(&r, 15, 1, 1009);
	tap_is_str(rig_buy(&r, 16, 1, 1009),
	    "ack 16; exec 5 16/15 1@1009 buy; triggered 4 1009; exec 6 5/4 "
	    "3@1000 sell.",
	    "touched from below: a seller's market order");
	rig_close(&r);

	OPEN(&r);
	tap_is_str(
	    WITH(&r,
		O(.id = 1, .side = S, .qty = 5, .px = 0, .type = EXCH_ORD_STOP),
		TRAIL(AMOUNT, PX(5))),
	    "reject new 1 stop.", "nothing to trail behind yet");
	print(&r, 1000);
	tap_is_str(
	    WITH(&r,
		O(.id = 1, .side = S, .qty = 5, .px = 0, .type = EXCH_ORD_STOP),
		TRAIL(AMOUNT, PX(5))),
	    "ack 1.", "five ticks behind");
	tap_is_str(WITH(&r,
		       O(.id = 2, .side = S, .qty = 5, .px = 990,
			   .type = EXCH_ORD_STOP_LIMIT),
		       TRAIL(PERCENT, 1000000)),
	    "ack 2.", "one percent behind");
	print(&r, 1010);
	rig_buy(&r, 3, 2, 1006);
	tap_is_str(rig_sell(&r, 4, 2, 1006), "ack 4; exec 3 3/4 2@1006 sell.",
	    "not far enough down");
	rig_buy(&r, 5, 2, 1005);
	tap_is_str(rig_sell(&r, 6, 2, 1005),
	    "ack 6; exec 4 5/6 2@1005 sell; triggered 1 1005; cancelled 1 5 "
	    "no-liquidity.",
	    "1010 - 5");
	rig_buy(&r, 7, 2, 1000);
	tap_is_str(rig_sell(&r, 8, 2, 1000), "ack 8; exec 5 7/8 2@1000 sell.",
	    "1010 - 1 % is 999.90");
	rig_buy(&r, 7, 2, 999);
	tap_is_str(rig_sell(&r, 8, 2, 999),
	    "ack 8; exec 6 7/8 2@999 sell; triggered 2 999.",
	    "rounded down to 999");
	rig_close(&r);
}

/* Trailing stops are looked at when there is a new extreme. */
static void
many_trails(void)
{
	uint64_t before;
	struct rig r;

	OPEN(&r);
	print(&r, 1000);
	for (exch_oid i = 100; i < 1100; i++)
		WITH(&r,
		    O(.id = i, .side = i % 2 ? S : B, .qty = 5, .px = 0,
			.type = EXCH_ORD_STOP),
		    TRAIL(AMOUNT, PX(5 + (int64_t)i)));
	before = exch_match_stats(r.m)->walked;
	for (int i = 0; i < 1000; i++)
		print(&r, 1000);
	tap_is_u64(exch_match_stats(r.m)->walked - before, 0,
	    "a thousand executions at the same price move no stop");
	print(&r, 1001);
	tap_is_u64(exch_match_stats(r.m)->walked - before, 1000,
	    "a new high has all looked at");
	print(&r, 999);
	before = exch_match_stats(r.m)->walked;
	for (int i = 0; i < 1000; i++)
		print(&r, 999 + i % 3);
	tap_is_u64(exch_match_stats(r.m)->walked - before, 0,
	    "and between the extremes nobody again");
	rig_close(&r);
}

static void
icebergs(void)
{
	struct rig r;

	OPEN(&r);
	tap_is_str(
	    WITH(&r, O(.id = 1, .side = S, .qty = 50, .px = 1000), SHOW(10, 0)),
	    "ack 1.", "fifty, ten of them shown");
	rig_sell(&r, 2, 20, 1000);
	tap_is_str(rig_buy(&r, 3, 15, 1000),
	    "ack 3; exec 1 3/1 10@1000 buy; restated 1 refresh 1000 40/10; "
	    "exec 2 3/2 5@1000 buy.",
	    "the next part stands at the back");
	tap_is_str(rig_buy(&r, 4, 40, 1000),
	    "ack 4; exec 3 4/2 15@1000 buy; exec 4 4/1 10@1000 buy; restated "
	    "1 refresh 1000 30/10; exec 5 4/1 10@1000 buy; restated 1 refresh "
	    "1000 20/10; exec 6 4/1 5@1000 buy.",
	    "one buyer meets several parts");
	tap_is_str(rig_cancel(&r, 1, 12), "cancelled 1 12 user open.",
	    "a partial cancel takes the reserve first");
	tap_is_str(rig_buy(&r, 5, 9, 1000), "ack 5; exec 7 5/1 3@1000 buy.",
	    "three are left");
	tap_is_str(
	    WITH(&r, O(.id = 6, .side = S, .qty = 10, .px = 1000), SHOW(10, 0)),
	    "reject new 6 display.", "showing all of it is no iceberg");
	tap_is_str(
	    WITH(&r, O(.id = 6, .side = S, .qty = 10, .px = 1000), SHOW(0, 0)),
	    "reject new 6 display.", "showing nothing is none");
	tap_is_str(rig_new_with(&r,
		       (struct rig_order){.id = 6,
			   .side = S,
			   .qty = 10,
			   .px = 1000,
			   .flags = EXCH_ORD_HIDDEN},
		       (const struct exch_ext[]){SHOW(5, 0), {0}}),
	    "reject new 6 display.", "nor is a hidden order");
	rig_close(&r);
}

static void
hidden(void)
{
	struct rig r;

	OPEN(&r);
	rig_new(&r, (struct rig_order){.id = 1,
			.side = S,
			.qty = 10,
			.px = 1000,
			.flags = EXCH_ORD_HIDDEN});
	rig_sell(&r, 2, 10, 1000);
	rig_new(&r, (struct rig_order){.id = 3,
			.side = S,
			.qty = 10,
			.px = 999,
			.flags = EXCH_ORD_HIDDEN});
	tap_is_str(rig_buy(&r, 4, 25, 1000),
	    "ack 4; exec 1 4/3 10@999 buy; exec 2 4/2 10@1000 buy; exec 3 4/1 "
	    "5@1000 buy.",
	    "price, then displayed, then hidden");
	tap_is_str(rig_new(&r, (struct rig_order){.id = 5,
				   .side = B,
				   .qty = 5,
				   .px = 1000,
				   .flags = EXCH_ORD_POST_ONLY}),
	    "reject new 5 post-only.", "post-only meets hidden ones");
	tap_is_str(
	    rig_new(&r, (struct rig_order){.id = 5,
			    .side = B,
			    .qty = 5,
			    .px = 1002,
			    .flags = EXCH_ORD_POST_ONLY | EXCH_ORD_SLIDE}),
	    "ack 5; restated 5 slide 999 5/5.", "slide: one tick short");
	tap_is_str(rig_sell(&r, 6, 1, 999), "ack 6; exec 4 5/6 1@999 sell.",
	    "there it rests");
	rig_close(&r);
}

static void
conditions(void)
{
	struct rig r;

	OPEN(&r);
	rig_new(&r, (struct rig_order){.id = 1,
			.side = S,
			.qty = 50,
			.px = 1000,
			.flags = EXCH_ORD_AON});
	rig_sell(&r, 2, 10, 1000);
	tap_is_str(rig_buy(&r, 3, 30, 1000), "ack 3; exec 1 3/2 10@1000 buy.",
	    "all or none is passed over");
	tap_is_str(rig_buy(&r, 4, 50, 1000), "ack 4; exec 2 4/1 50@1000 buy.",
	    "one order that has enough");
	rig_cancel(&r, 3, EXCH_QTY_NONE);
	WITH(&r, O(.id = 5, .side = S, .qty = 50, .px = 1000),
	    MIN(EXCH_MIN_EACH, 20));
	tap_is_str(rig_buy(&r, 6, 19, 1000), "ack 6.", "too small");
	tap_is_str(rig_buy(&r, 7, 35, 1000), "ack 7; exec 3 7/5 35@1000 buy.",
	    "large enough");
	tap_is_str(rig_buy(&r, 8, 15, 1000), "ack 8; exec 4 8/5 15@1000 buy.",
	    "the rest is its own minimum");
	rig_cancel(&r, 6, EXCH_QTY_NONE);
	rig_sell(&r, 9, 30, 1000);
	tap_is_str(WITH(&r, O(.id = 10, .side = B, .qty = 50, .px = 1000),
		       MIN(EXCH_MIN_TOTAL, 40)),
	    "ack 10; cancelled 10 50 min-qty.",
	    "too little there: displayed, it would cross");
	tap_is_str(WITH(&r, O(.id = 10, .side = B, .qty = 50, .px = 999),
		       MIN(EXCH_MIN_TOTAL, 40)),
	    "ack 10.", "nothing there: it rests");
	rig_cancel(&r, 10, EXCH_QTY_NONE);
	tap_is_str(rig_new_with(&r,
		       (struct rig_order){.id = 10,
			   .side = B,
			   .qty = 50,
			   .px = 1000,
			   .tif = EXCH_TIF_IOC},
		       (const struct exch_ext[]){MIN(EXCH_MIN_TOTAL, 40), {0}}),
	    "ack 10; cancelled 10 50 min-qty.", "or goes");
	tap_is_str(WITH(&r, O(.id = 11, .side = B, .qty = 50, .px = 1000),
		       MIN(EXCH_MIN_TOTAL, 30)),
	    "ack 11; exec 5 11/9 30@1000 buy.", "enough on entry");
	tap_is_str(rig_new(&r, (struct rig_order){.id = 12,
				   .side = S,
				   .qty = 30,
				   .px = 1000,
				   .flags = EXCH_ORD_AON}),
	    "ack 12.", "an order of all or none finds too little");
	tap_is_str(rig_new(&r, (struct rig_order){.id = 13,
				   .side = S,
				   .qty = 20,
				   .px = 1000,
				   .flags = EXCH_ORD_AON}),
	    "ack 13; exec 6 11/13 20@1000 sell.", "and another one enough");
	rig_close(&r);
}

static void
owners(void)
{
	static const struct {
		struct exch_ext x;
		exch_qty qty;
		const char *want;
		const char *what;
	} v[] = {
	    {STP(NEWEST, 0), 50, "ack 9; cancelled 9 50 self-trade.",
		"cancel newest"},
	    {STP(OLDEST, 0), 50,
		"ack 9; cancelled 1 30 self-trade; exec 1 9/2 20@1000 buy.",
		"cancel oldest"},
	    {STP(BOTH, 0), 50,
		"ack 9; cancelled 1 30 self-trade; cancelled 9 50 self-trade.",
		"cancel both"},
	    {STP(DECREMENT, 0), 50,
		"ack 9; cancelled 1 30 self-trade; cancelled 9 30 self-trade "
		"open; exec 1 9/2 20@1000 buy.",
		"decrement: the resting one is smaller"},
	    {STP(DECREMENT, 0), 10,
		"ack 9; cancelled 1 10 self-trade open; cancelled 9 10 "
		"self-trade.",
		"decrement: the incoming one is smaller"},
	    {STP(DECREMENT, 0), 30,
		"ack 9; cancelled 1 30 self-trade; cancelled 9 30 self-trade.",
		"decrement: equal"},
	    {STP(NONE, 0), 50,
		"ack 9; exec 1 9/1 30@1000 buy; exec 2 9/2 20@1000 buy.",
		"none: they trade"},
	    {STP(NEWEST, 7), 50,
		"ack 9; exec 1 9/1 30@1000 buy; exec 2 9/2 20@1000 buy.",
		"a group of its own is no account's"},
	};
	struct rig r;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(v); i++) {
		OPEN(&r);
		rig_new(&r, (struct rig_order){.id = 1,
				.side = S,
				.qty = 30,
				.px = 1000,
				.account = 5});
		rig_new(&r, (struct rig_order){.id = 2,
				.side = S,
				.qty = 20,
				.px = 1000,
				.account = 6});
		tap_is_str(rig_new_with(&r,
			       (struct rig_order){.id = 9,
				   .side = B,
				   .qty = v[i].qty,
				   .px = 1000,
				   .account = 5},
			       (const struct exch_ext[]){v[i].x, {0}}),
		    v[i].want, v[i].what);
		rig_close(&r);
	}
	OPEN(&r);
	rig_new(
	    &r, (struct rig_order){
		    .id = 1, .side = S, .qty = 300, .px = 1000, .account = 5});
	tap_is_str(
	    rig_new_with(&r,
		(struct rig_order){
		    .id = 2, .side = B, .qty = 500, .px = 1000, .account = 5},
		(const struct exch_ext[]){STP(DECREMENT, 0), {0}}),
	    "ack 2; cancelled 1 300 self-trade; cancelled 2 300 self-trade "
	    "open.",
	    "300 against 500: 200 go on, no trade is printed");
	rig_close(&r);
}

static void
pegs(void)
{
	struct rig r;

	OPEN(&r);
	tap_is_str(
	    WITH(&r,
		O(.id = 1, .side = B, .qty = 10, .px = 0, .type = EXCH_ORD_PEG),
		PEG(MID, 0)),
	    "ack 1.", "no middle yet");
	rig_buy(&r, 2, 5, 1000);
	tap_is_str(rig_sell(&r, 3, 5, 1003),
	    "ack 3; restated 1 peg 10015000000n 10/0.",
	    "halfway between two prices");
	tap_is_str(rig_sell(&r, 4, 4, 1001),
	    "ack 4; exec 1 1/4 4@10015000000n sell.",
	    "whoever comes in meets it there");
	tap_is_str(
	    WITH(&r,
		O(.id = 5, .side = B, .qty = 7, .px = 0, .type = EXCH_ORD_PEG),
		PEG(PRIMARY, 0)),
	    "ack 5; restated 5 peg 1000 7/7.", "with the bid");
	tap_is_str(rig_buy(&r, 6, 1, 1001),
	    "ack 6; restated 1 peg 1002 6/0; restated 5 peg 1001 7/7.",
	    "both follow a better bid");
	tap_is_str(rig_cancel(&r, 6, 1),
	    "cancelled 6 1 user; restated 1 peg 10015000000n 6/0; restated 5 "
	    "peg 1000 7/7.",
	    "and back");
	tap_is_str(WITH(&r,
		       O(.id = 7, .side = S, .qty = 3, .px = 1002,
			   .type = EXCH_ORD_PEG),
		       PEG(MARKET, 1)),
	    "ack 7; restated 7 peg 1002 3/3.",
	    "a seller with the bid and one tick, not below its cap");
	tap_is_str(rig_cancel(&r, 3, 5),
	    "cancelled 3 5 user; restated 1 peg none 6/0.",
	    "pegs are no reference for others");
	tap_is_str(
	    WITH(&r,
		O(.id = 8, .side = B, .qty = 3, .px = 0, .type = EXCH_ORD_PEG),
		PEG(MID, 1)),
	    "reject new 8 peg.", "the middle knows no offset");
	tap_is_str(rig_new(&r, (struct rig_order)O(.id = 8, .side = B, .qty = 3,
				   .px = 0, .type = EXCH_ORD_PEG)),
	    "reject new 8 peg.", "a peg to nothing");
	tap_is_str(rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_HALT}),
	    "restated 5 peg none 7/0; restated 7 peg none 3/0.",
	    "in a halt they wait");
	rig_close(&r);
}

/* The last price as an auction's reference is moved to the grid, up here. */
static void
half_below_zero(void)
{
	struct rig r;

	OPEN(&r);
	rig_instrument(
	    &r, (struct rig_instrument){.kind = EXCH_KIND_FUTURE, .tick = 2});
	rig_buy(&r, 1, 5, -1002);
	rig_sell(&r, 2, 5, -1000);
	WITH(&r, O(.id = 3, .side = B, .qty = 5, .px = 0, .type = EXCH_ORD_PEG),
	    PEG(MID, 0));
	tap_is_str(rig_sell(&r, 4, 5, -1002), "ack 4; exec 1 3/4 5@-1001 sell.",
	    "between two ticks");
	rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CALL,
			  .cross = EXCH_CROSS_INTRADAY});
	tap_is_str(rig_to(&r, EXCH_PHASE_CONTINUOUS),
	    "auction intraday none paired=0 none=0 ref=-1000.", "towards zero");
	rig_close(&r);
}

static void
auctions(void)
{
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_PRE_OPEN);
	tap_is_str(rig_new(&r, (struct rig_order){.id = 1,
				   .side = B,
				   .qty = 30,
				   .px = 1001,
				   .tif = EXCH_TIF_ATO}),
	    "ack 1.", "for the opening: it waits");
	rig_new(&r, (struct rig_order){
			.id = 2, .side = B, .qty = 10, .tif = EXCH_TIF_ATC});
	rig_new(&r, (struct rig_order){.id = 3,
			.side = S,
			.qty = 50,
			.px = 999,
			.tif = EXCH_TIF_ATO,
			.flags = EXCH_ORD_IMBALANCE});
	tap_is_str(rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CALL,
				     .cross = EXCH_CROSS_OPEN}),
	    "restated 1 enter 1001 30/30.", "its call begins");
	rig_new(
	    &r, (struct rig_order){.id = 4, .side = S, .qty = 10, .px = 1000});
	rig_new(&r, (struct rig_order){
			.id = 5, .side = B, .qty = 40, .type = EXCH_ORD_MTL});
	WITH(&r, O(.id = 6, .side = S, .qty = 20, .px = 1001), SHOW(5, 0));
	tap_is_str(
	    rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CONTINUOUS}),
	    "auction open 1001 paired=70 none=0 ref=none; exec 1 5/4 10@1001 "
	    "open; exec 2 5/6 20@1001 open; exec 3 5/3 10@1001 open; exec 4 "
	    "1/3 30@1001 open; cancelled 3 10 uncrossed.",
	    "icebergs give all, the imbalance is offset");
	tap_is_str(rig_sell(&r, 7, 5, 1000), "ack 7.", "the book is empty");
	tap_is_str(rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CALL,
				     .cross = EXCH_CROSS_CLOSE}),
	    "restated 2 enter none 10/10.", "the closing call");
	tap_is_str(rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_END}),
	    "auction close 1000 paired=5 buy=5 ref=1001; exec 5 2/7 5@1000 "
	    "close; cancelled 2 5 uncrossed.",
	    "what a market-on-close order does not get");
	rig_close(&r);

	rig_open(&r, "xetra", EXCH_PHASE_CALL);
	rig_new(&r, (struct rig_order){
			.id = 1, .side = B, .qty = 40, .type = EXCH_ORD_MTL});
	rig_sell(&r, 2, 10, 1000);
	tap_is_str(
	    rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CONTINUOUS}),
	    "auction none 1000 paired=10 buy=30 ref=none; exec 1 1/2 10@1000; "
	    "restated 1 to-limit 1000 30/30.",
	    "market to limit: the auction's price");
	rig_close(&r);
}

/* Market to limit in continuous trading: one price, and the rest at it. */
static void
one_price(void)
{
	struct rig r;

	OPEN(&r);
	rig_sell(&r, 1, 10, 1010);
	rig_sell(&r, 2, 10, 1010);
	rig_sell(&r, 3, 10, 1011);
	tap_is_str(rig_new(&r, (struct rig_order){.id = 4,
				   .side = B,
				   .qty = 25,
				   .type = EXCH_ORD_MTL,
				   .tif = EXCH_TIF_FOK}),
	    "ack 4; cancelled 4 25 fok.", "the next price does not count");
	tap_is_str(
	    WITH(&r, O(.id = 5, .side = B, .qty = 25, .type = EXCH_ORD_MTL),
		MIN(EXCH_MIN_TOTAL, 21)),
	    "ack 5; cancelled 5 25 min-qty.", "nor for a minimum");
	tap_is_str(
	    rig_new(&r,
		(struct rig_order){
		    .id = 6, .side = B, .qty = 25, .type = EXCH_ORD_MTL}),
	    "ack 6; exec 1 6/1 10@1010 buy; exec 2 6/2 10@1010 buy; "
	    "restated 6 to-limit 1010 5/5.",
	    "it stays at the price");
	tap_is_str(rig_sell(&r, 7, 5, 1010), "ack 7; exec 3 6/7 5@1010 sell.",
	    "where it is met");
	rig_close(&r);
}

/*
 * Of orders that cancel each other one can be had: what is counted is there.
 */
static void
groups(void)
{
	const struct exch_match_opts o = {.phase = EXCH_PHASE_CONTINUOUS,
	    .alloc = exch_alloc_by_name("pro-rata")};
	struct rig r;

	OPEN(&r);
	WITH(&r, O(.id = 1, .side = S, .qty = 10, .px = 1010), OCO(7));
	WITH(&r, O(.id = 2, .side = S, .qty = 10, .px = 1011), OCO(7));
	tap_is_str(WITH(&r, O(.id = 3, .side = B, .qty = 20, .px = 1011),
		       MIN(EXCH_MIN_TOTAL, 11)),
	    "ack 3; cancelled 3 20 min-qty.", "a minimum counts one");
	WITH(&r,
	    O(.id = 4, .side = B, .qty = 20, .px = 1011, .flags = EXCH_ORD_AON),
	    STP(NONE, 0));
	tap_is_str(rig_cancel(&r, 4, 20), "cancelled 4 20 user.",
	    "so does all or none");
	/* Its own group: the execution with 1 would cancel it. */
	tap_is_str(WITH(&r,
		       O(.id = 5, .side = B, .qty = 20, .px = 1011,
			   .flags = EXCH_ORD_AON),
		       OCO(7)),
	    "ack 5.", "its own group is not there for it");
	rig_close(&r);

	rig_open_opts(&r, &o);
	rig_instrument(&r, (struct rig_instrument){0});
	WITH(&r, O(.id = 1, .side = S, .qty = 10, .px = 1010), OCO(7));
	WITH(&r, O(.id = 2, .side = S, .qty = 30, .px = 1010), OCO(7));
	rig_sell(&r, 3, 10, 1010);
	tap_is_str(rig_buy(&r, 4, 10, 1010),
	    "ack 4; exec 1 4/1 5@1010 buy; cancelled 2 30 oco; "
	    "exec 2 4/3 5@1010 buy.",
	    "the first of a group takes part in a level that is shared");
	rig_close(&r);
}

/*
 * All instruments end as one event: what the auction of the first does to
 * the second must not let a peg trade there behind the end.
 */
static void
phase_of_all(void)
{
	struct rig r;

	OPEN(&r);
	rig_instrument(&r, (struct rig_instrument){.instr = 2});
	rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CALL,
			  .instr = 1,
			  .cross = EXCH_CROSS_CLOSE});
	WITH(&r, O(.id = 1, .side = B, .qty = 5, .px = 1000), OCO(7));
	rig_sell(&r, 2, 5, 1000);
	rig_new(&r, (struct rig_order){.id = 1,
			.instr = 2,
			.side = B,
			.qty = 5,
			.px = 995,
			.flags = EXCH_ORD_HIDDEN});
	rig_new(&r, (struct rig_order){
			.id = 2, .instr = 2, .side = B, .qty = 5, .px = 990});
	WITH(&r, O(.id = 3, .instr = 2, .side = B, .qty = 5, .px = 1000),
	    OCO(7));
	tap_is_str(WITH(&r,
		       O(.id = 4, .instr = 2, .side = S, .qty = 5, .px = 0,
			   .type = EXCH_ORD_PEG),
		       PEG(MARKET, 0)),
	    "i2 ack 4; i2 restated 4 peg 1001 5/5.", "above the bid");
	tap_is_str(rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_END}),
	    "auction close 1000 paired=5 none=0 ref=none; exec 1 1/2 5@1000 "
	    "close; i2 cancelled 3 5 oco; i2 restated 4 peg none 5/0; "
	    "i2 cancelled 1 5 expired; i2 cancelled 2 5 expired; "
	    "i2 cancelled 4 5 expired.",
	    "nothing trades in the second");
	rig_close(&r);
}

/* Instruments at the ends of pages of the directory, and of it. */
static void
far_apart(void)
{
	static const uint32_t id[] = {
	    16777215, 256, 16384, 255, 257, 511, 8388608};
	struct rig r;

	OPEN(&r);
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(id); i++) {
		rig_instrument(&r, (struct rig_instrument){.instr = id[i]});
		rig_new(&r, (struct rig_order){.id = 1,
				.instr = id[i],
				.side = B,
				.qty = i + 1,
				.px = 1000});
	}
	tap_is_str(rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_END}),
	    "i255 cancelled 1 4 expired; i256 cancelled 1 2 expired; "
	    "i257 cancelled 1 5 expired; i511 cancelled 1 6 expired; "
	    "i16384 cancelled 1 3 expired; i8388608 cancelled 1 7 expired; "
	    "i16777215 cancelled 1 1 expired.",
	    "all instruments are each of them once, by id");
	rig_close(&r);
}

static void
links(void)
{
	struct rig r;

	OPEN(&r);
	print(&r, 1000);
	WITH(&r, O(.id = 1, .side = S, .qty = 10, .px = 1010), OCO(7));
	WITH(&r,
	    O(.id = 2, .side = S, .qty = 10, .px = 0, .type = EXCH_ORD_STOP),
	    STOP(990), OCO(7));
	tap_is_str(rig_buy(&r, 3, 4, 1010),
	    "ack 3; exec 2 3/1 4@1010 buy; cancelled 2 10 oco.",
	    "an execution cancels the other");
	WITH(&r, O(.id = 4, .side = B, .qty = 10, .px = 900), OCO(8));
	WITH(&r,
	    O(.id = 5, .side = B, .qty = 10, .px = 0, .type = EXCH_ORD_STOP),
	    STOP(1012), OCO(8));
	rig_sell(&r, 6, 1, 1012);
	rig_cancel(&r, 1, 6);
	tap_is_str(rig_buy(&r, 7, 1, 1012),
	    "ack 7; exec 3 7/6 1@1012 buy; triggered 5 1012; cancelled 4 10 "
	    "oco; cancelled 5 10 no-liquidity.",
	    "so does a trigger");
	rig_close(&r);
}

/* Two sells of one group at 1000 and 1001, and what a third has at 1002. */
static void
open_group(struct rig *r, const char *alloc)
{
	struct exch_match_opts o = {.ladder = exch_ladder_by_name("xetra"),
	    .phase = EXCH_PHASE_CONTINUOUS,
	    .alloc = alloc != NULL ? exch_alloc_by_name(alloc) : NULL};

	rig_open_opts(r, &o);
	rig_instrument(r, (struct rig_instrument){.lot = 1});
	WITH(r, O(.id = 1, .side = S, .qty = 10, .px = 1000), OCO(7));
	WITH(r, O(.id = 2, .side = S, .qty = 4, .px = 1000), OCO(7));
	rig_sell(r, 3, 10, 1001);
}

/* What is cancelled on the way is not there to be found. */
static void
links_found(void)
{
	struct rig r;

	open_group(&r, NULL);
	tap_is_str(rig_new(&r, (struct rig_order){.id = 9,
				   .side = B,
				   .qty = 21,
				   .px = 1001,
				   .tif = EXCH_TIF_FOK}),
	    "ack 9; cancelled 9 21 fok.", "only one of a group is found");
	tap_is_str(rig_new(&r, (struct rig_order){.id = 9,
				   .side = B,
				   .qty = 20,
				   .px = 1001,
				   .tif = EXCH_TIF_FOK}),
	    "ack 9; exec 1 9/1 10@1000 buy; cancelled 2 4 oco; exec 2 9/3 "
	    "10@1001 buy.",
	    "the one that is met first");
	rig_close(&r);
	open_group(&r, "pro-rata");
	tap_is_str(rig_new(&r, (struct rig_order){.id = 9,
				   .side = B,
				   .qty = 15,
				   .px = 1001,
				   .tif = EXCH_TIF_FOK}),
	    "ack 9; exec 1 9/1 10@1000 buy; cancelled 2 4 oco; exec 2 9/3 "
	    "5@1001 buy.",
	    "where they share a level, the first in the queue");
	rig_close(&r);
	/* Behind the 10 of the first, all or none is passed over. */
	open_group(&r, "pro-rata");
	rig_cancel(&r, 3, 10);
	rig_cancel(&r, 2, 4);
	WITH(&r, O(.id = 2, .side = S, .qty = 9, .px = 1000), OCO(7));
	rig_new(&r, (struct rig_order){.id = 3,
			.side = S,
			.qty = 5,
			.px = 1001,
			.flags = EXCH_ORD_AON});
	tap_is_str(rig_new(&r, (struct rig_order){.id = 9,
				   .side = B,
				   .qty = 14,
				   .px = 1001,
				   .tif = EXCH_TIF_FOK}),
	    "ack 9; cancelled 9 14 fok.", "and nothing in its place");
	rig_close(&r);
	open_group(&r, NULL);
	tap_is_str(WITH(&r,
		       O(.id = 9, .side = B, .qty = 16, .px = 1001,
			   .flags = EXCH_ORD_AON),
		       OCO(7)),
	    "ack 9.", "behind one of the own group nothing is found");
	tap_is_str(rig_cancel(&r, 9, EXCH_QTY_NONE), "cancelled 9 16 user.",
	    "so that it waits");
	tap_is_str(WITH(&r,
		       O(.id = 9, .side = B, .qty = 10, .px = 1001,
			   .flags = EXCH_ORD_AON),
		       OCO(7)),
	    "ack 9; exec 1 9/1 10@1000 buy; cancelled 2 4 oco.",
	    "what it displays is");
	rig_close(&r);
}

static const char *
mass(struct rig *r, uint8_t kind, uint32_t account, uint8_t side,
    uint64_t session)
{
	struct exch_rec_mass_cancel c = {
	    .session = session, .account = account, .side = side, .kind = kind};

	return rig_apply(r, &c, EXCH_REC_MASS_CANCEL, sizeof(c));
}

/* Whoever is shut out, whatever the order of kills and releases. */
static void
many_killed(struct rig *r)
{
	static const uint32_t kill[] = {7, UINT32_MAX, 9, 6, 8, 9};
	struct rig_order o = {.id = 60, .side = S, .qty = 10, .px = 999};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(kill); i++)
		(void)mass(r, EXCH_MASS_KILL, kill[i], 0, 0);
	(void)mass(r, EXCH_MASS_RELEASE, 8, 0, 0);
	(void)mass(r, EXCH_MASS_RELEASE, 5, 0, 0);
	for (size_t i = 0; i < EXCH_ARRAY_LEN(kill); i++) {
		o.account = kill[i];
		tap_is_str(rig_new(r, o),
		    kill[i] == 8 ? "ack 60." : "reject new 60 killed.",
		    "one of many");
	}
	(void)mass(r, EXCH_MASS_RELEASE, 0, 0, 0);
	o.id = 61;
	o.account = UINT32_MAX;
	tap_is_str(rig_new(r, o), "ack 61.", "all are released");
}

static void
many(void)
{
	struct rig r;

	OPEN(&r);
	rig_new(
	    &r, (struct rig_order){
		    .id = 1, .side = B, .qty = 10, .px = 990, .account = 5});
	rig_new(
	    &r, (struct rig_order){
		    .id = 2, .side = B, .qty = 10, .px = 991, .account = 5});
	rig_new(
	    &r, (struct rig_order){
		    .id = 3, .side = S, .qty = 10, .px = 999, .account = 6});
	WITH(&r,
	    O(.id = 4, .side = B, .qty = 10, .px = 0, .type = EXCH_ORD_STOP),
	    STOP(1012));
	WITH(&r, O(.id = 5, .side = S, .qty = 10, .px = 1005), SESSION(77));
	tap_is_str(mass(&r, EXCH_MASS_DISCONNECT, 0, 0, 77),
	    "cancelled 5 10 disconnect; mass disconnect 1.",
	    "a session's orders go with it");
	tap_is_str(mass(&r, EXCH_MASS_CANCEL, 5, 0, 0),
	    "cancelled 2 10 mass; cancelled 1 10 mass; mass cancel 2.",
	    "an account's, best price first");
	tap_is_str(mass(&r, EXCH_MASS_KILL, 6, 0, 0),
	    "cancelled 3 10 kill; mass kill 1.", "the kill switch");
	tap_is_str(
	    rig_new(&r,
		(struct rig_order){
		    .id = 6, .side = S, .qty = 10, .px = 999, .account = 6}),
	    "reject new 6 killed.", "takes nothing more");
	mass(&r, EXCH_MASS_RELEASE, 6, 0, 0);
	tap_is_str(
	    rig_new(&r,
		(struct rig_order){
		    .id = 6, .side = S, .qty = 10, .px = 999, .account = 6}),
	    "ack 6.", "until it is released");
	many_killed(&r);
	tap_is_str(mass(&r, EXCH_MASS_CANCEL, 0, B, 0),
	    "cancelled 4 10 mass; mass cancel 1.", "a side's, parked ones too");
	tap_is_str(mass(&r, EXCH_MASS_DISCONNECT, 0, 0, 0),
	    "reject mass-cancel 0 link.", "nobody's connection is gone");
	tap_is_str(mass(&r, 9, 0, 0, 0), "reject mass-cancel 0 type.",
	    "an unknown kind");
	rig_close(&r);
}

static void
ends(void)
{
	struct rig r;

	OPEN(&r);
	rig_new_with(&r,
	    (struct rig_order){
		.id = 1, .side = B, .qty = 10, .px = 990, .tif = EXCH_TIF_GTT},
	    (const struct exch_ext[]){UNTIL(50), {0}});
	rig_buy(&r, 2, 10, 990);
	rig_new(&r,
	    (struct rig_order){
		.id = 3, .side = B, .qty = 10, .px = 989, .tif = EXCH_TIF_GTC});
	tap_is_str(rig_new_with(&r,
		       (struct rig_order){.id = 4,
			   .side = B,
			   .qty = 10,
			   .px = 990,
			   .tif = EXCH_TIF_GTD},
		       (const struct exch_ext[]){UNTIL(1), {0}}),
	    "reject new 4 expire.", "an end in the past");
	tap_is_i64(exch_match_advance(r.m, 49, &r.d), 0, "the clock");
	tap_is_str(rig_events(&r, 0), "", "not yet");
	tap_is_i64(exch_match_advance(r.m, 50, &r.d), 0, "goes on");
	r.now = 50;
	tap_is_str(rig_events(&r, 0), "cancelled 1 10 expired.",
	    "good till time: until then");
	tap_is_str(rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_END}),
	    "cancelled 2 10 expired.", "the day's orders end with it");
	tap_is_str(rig_cancel(&r, 3, 10), "cancelled 3 10 user.",
	    "good till cancelled");
	rig_close(&r);
}

/* CME's own example (notice of 7 February 2005). */
static void
shares(void)
{
	static const exch_qty bid[] = {10, 5, 20, 50, 75};
	struct exch_match_opts o = {.ladder = exch_ladder_by_name("xetra"),
	    .phase = EXCH_PHASE_CONTINUOUS,
	    .alloc = exch_alloc_by_name("cme-a")};
	struct rig r;

	rig_open_opts(&r, &o);
	rig_instrument(&r, (struct rig_instrument){0});
	for (size_t i = 0; i < EXCH_ARRAY_LEN(bid); i++)
		rig_buy(&r, i + 1, bid[i], 1000);
	tap_is_str(rig_sell(&r, 9, 60, 1000),
	    "ack 9; exec 1 1/9 10@1000 sell; exec 2 2/9 3@1000 sell; exec 3 "
	    "3/9 6@1000 sell; exec 4 4/9 16@1000 sell; exec 5 5/9 25@1000 "
	    "sell.",
	    "top, pro rata with two at least, the rest by time");
	rig_close(&r);

	o.alloc = exch_alloc_by_name("time");
	rig_open_opts(&r, &o);
	rig_instrument(&r, (struct rig_instrument){0});
	rig_buy(&r, 1, 10, 1000);
	rig_new(
	    &r, (struct rig_order){
		    .id = 2, .side = B, .qty = 10, .px = 1002, .time = 5000});
	rig_new(
	    &r, (struct rig_order){
		    .id = 3, .side = B, .qty = 20, .px = 1001, .time = 5500});
	r.now = 6000;
	tap_is_str(rig_sell(&r, 9, 35, 1000),
	    "ack 9; exec 1 1/9 10@1000 sell; exec 2 3/9 20@1001 sell; exec 3 "
	    "2/9 5@1002 sell.",
	    "strict time: the earliest, and of one microsecond the largest");
	rig_close(&r);
}

int
main(void)
{
	shares();
	stops();
	many_trails();
	icebergs();
	hidden();
	conditions();
	owners();
	pegs();
	half_below_zero();
	auctions();
	one_price();
	groups();
	phase_of_all();
	far_apart();
	links();
	links_found();
	many();
	ends();
	return tap_done();
}
