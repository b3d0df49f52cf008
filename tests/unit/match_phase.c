/*
 * The market rules one by one: phases, auctions and the timetable.  Each
 * line is a sentence of exch-match(1), PHASES, with the events it
 * promises; the price ladders have ladder.c.
 */
#include <config.h>

#include "rig.h"
#include "ref/timetable.h"
#include "tap.h"

#define B EXCH_BUY
#define S EXCH_SELL

static const char *
call(struct rig *r, uint8_t cross, int64_t reference)
{
	return rig_phase(r, (struct rig_phase){.phase = EXCH_PHASE_CALL,
				.cross = cross,
				.reference = reference});
}

static void
call_and_uncross(void)
{
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CONTINUOUS);
	tap_is_str(
	    call(&r, EXCH_CROSS_CLOSE, 0), "", "a call begins in silence");
	tap_is_str(rig_buy(&r, 1, 30, 1010), "ack 1.", "orders only gather");
	tap_is_str(rig_sell(&r, 2, 50, 990), "ack 2.", "even when they cross");
	rig_buy(&r, 3, 10, 0);
	rig_buy(&r, 4, 40, 1000);
	rig_sell(&r, 5, 5, 0);
	tap_is_str(rig_to(&r, EXCH_PHASE_CONTINUOUS),
	    "auction close 1000 paired=55 buy=25 ref=none; "
	    "exec 1 3/5 5@1000 close; exec 2 3/2 5@1000 close; "
	    "exec 3 1/2 30@1000 close; exec 4 4/2 15@1000 close.",
	    "market orders, then price, then time; one price for all");
	tap_is_str(rig_sell(&r, 6, 30, 1), "ack 6; exec 5 4/6 25@1000 sell.",
	    "the rest of a partial fill trades on");
	rig_close(&r);
}

static void
no_price(void)
{
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CALL);
	tap_is_str(rig_to(&r, EXCH_PHASE_CLOSED),
	    "auction none none paired=0 none=0 ref=none.",
	    "leaving a call is always told");
	call(&r, EXCH_CROSS_OPEN, 1000);
	rig_buy(&r, 1, 10, 999);
	rig_sell(&r, 2, 10, 1001);
	rig_sell(&r, 3, 10, 0);
	rig_cancel(&r, 1, EXCH_QTY_NONE);
	tap_is_str(rig_to(&r, EXCH_PHASE_CONTINUOUS),
	    "auction open none paired=0 none=0 ref=1000; "
	    "cancelled 3 10 uncrossed.",
	    "a market order without an opposite is cancelled");
	tap_is_str(rig_buy(&r, 4, 10, 1001), "ack 4; exec 1 4/2 10@1001 buy.",
	    "limit orders stay");
	rig_close(&r);
}

static void
left_over_market_orders(void)
{
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CALL);
	rig_sell(&r, 1, 10, 0);
	rig_buy(&r, 2, 15, 0);
	rig_buy(&r, 3, 20, 0);
	rig_buy(&r, 4, 30, 0);
	tap_is_str(rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CLOSED,
				     .hflags = EXCH_F_IMPOSED}),
	    "cancelled 2 15 uncrossed; cancelled 3 20 uncrossed; "
	    "cancelled 4 30 uncrossed; cancelled 1 10 uncrossed.",
	    "an imposed end has no auction; buys in order, then sells");
	call(&r, EXCH_CROSS_INTRADAY, 500);
	rig_sell(&r, 1, 10, 0);
	rig_buy(&r, 2, 15, 0);
	rig_buy(&r, 3, 20, 0);
	tap_is_str(rig_to(&r, EXCH_PHASE_CLOSED),
	    "auction intraday 500 paired=10 buy=25 ref=500; "
	    "exec 1 2/1 10@500 intraday; cancelled 2 5 uncrossed; "
	    "cancelled 3 20 uncrossed.",
	    "only market orders: the reference is the price");
	rig_close(&r);
}

/* One buy, one sell, limits far apart: CLAMP shows the reference. */
static const char *
auction_with(struct rig *r, exch_oid id, int64_t ending)
{
	rig_buy(r, id, 1, 2000);
	rig_sell(r, id + 1, 1, 1000);
	return rig_phase(r, (struct rig_phase){.phase = EXCH_PHASE_CONTINUOUS,
				.reference = ending});
}

static void
references(void)
{
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CONTINUOUS);
	call(&r, EXCH_CROSS_OPEN, 0);
	tap_is_str(auction_with(&r, 1, 0),
	    "auction open 1500 paired=1 none=0 ref=none; "
	    "exec 1 1/2 1@1500 open.",
	    "no reference: the middle of the range");
	call(&r, EXCH_CROSS_OPEN, 1100);
	tap_is_str(auction_with(&r, 3, 0),
	    "auction open 1100 paired=1 none=0 ref=1100; "
	    "exec 2 3/4 1@1100 open.",
	    "the reference given with the call");
	call(&r, EXCH_CROSS_OPEN, 0);
	tap_is_str(auction_with(&r, 5, 0),
	    "auction open 1100 paired=1 none=0 ref=1100; "
	    "exec 3 5/6 1@1100 open.",
	    "else the last trade's price");
	call(&r, EXCH_CROSS_OPEN, 1200);
	tap_is_str(auction_with(&r, 7, 1300),
	    "auction open 1300 paired=1 none=0 ref=1300; "
	    "exec 4 7/8 1@1300 open.",
	    "the one that ends the call is later and wins");
	call(&r, EXCH_CROSS_OPEN, 1400);
	tap_is_str(call(&r, EXCH_CROSS_CLOSE, 0), "", "a call again");
	tap_is_str(auction_with(&r, 9, 0),
	    "auction close 1400 paired=1 none=0 ref=1400; "
	    "exec 5 9/10 1@1400 close.",
	    "changes the kind and keeps the reference");
	call(&r, EXCH_CROSS_OPEN, 1600);
	rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CONTINUOUS,
			  .hflags = EXCH_F_IMPOSED});
	call(&r, EXCH_CROSS_OPEN, 0);
	tap_is_str(auction_with(&r, 11, 0),
	    "auction open 1400 paired=1 none=0 ref=1400; "
	    "exec 6 11/12 1@1400 open.",
	    "a reference is of its own call only");
	rig_close(&r);
}

static void
reference_of_the_instrument(void)
{
	struct rig r;
	struct exch_rec_phase p = {.phase = EXCH_PHASE_CALL,
	    .cross = EXCH_CROSS_OPEN,
	    .reference = 1234 * RIG_TICK + 5};

	rig_open(&r, "xetra", EXCH_PHASE_CALL);
	rig_instrument(&r, (struct rig_instrument){.reference = 1700});
	tap_is_str(auction_with(&r, 1, 0),
	    "auction none 1700 paired=1 none=0 ref=1700; exec 1 1/2 1@1700.",
	    "the previous close, when there is nothing newer");
	rig_apply(&r, &p, EXCH_REC_PHASE, sizeof(p));
	tap_is_str(auction_with(&r, 3, 0),
	    "auction open 1234 paired=1 none=0 ref=1234; "
	    "exec 2 3/4 1@1234 open.",
	    "a reference off the grid is moved to it");
	rig_close(&r);
}

static void
halts(void)
{
	struct rig r;

	rig_open(&r, "euronext", EXCH_PHASE_CONTINUOUS);
	rig_buy(&r, 1, 10, 1000);
	tap_is_str(rig_to(&r, EXCH_PHASE_HALT), "", "a halt");
	tap_is_str(rig_sell(&r, 2, 4, 990), "ack 2.", "gathers orders");
	rig_buy(&r, 3, 6, 0);
	tap_is_str(rig_to(&r, EXCH_PHASE_CONTINUOUS),
	    "auction halt 1000 paired=4 buy=12 ref=none; "
	    "exec 1 3/2 4@1000 halt; cancelled 3 2 uncrossed.",
	    "and ends with an auction of its kind");
	rig_to(&r, EXCH_PHASE_HALT);
	tap_is_str(rig_to(&r, EXCH_PHASE_CONTINUOUS), "",
	    "silent when nothing can trade");
	rig_to(&r, EXCH_PHASE_HALT);
	rig_sell(&r, 4, 5, 900);
	tap_is_str(
	    rig_to(&r, EXCH_PHASE_CALL), "", "from halt to call: silent");
	tap_is_str(rig_to(&r, EXCH_PHASE_HALT), "", "and back: no auction");
	rig_buy(&r, 5, 5, 0);
	tap_is_str(rig_to(&r, EXCH_PHASE_CLOSED), "cancelled 5 5 uncrossed.",
	    "a halt that closes: no auction");
	rig_close(&r);
}

static void
pre_open(void)
{
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_PRE_OPEN);
	rig_buy(&r, 1, 10, 1000);
	rig_sell(&r, 2, 10, 1000);
	tap_is_str(rig_to(&r, EXCH_PHASE_CONTINUOUS),
	    "auction open 1000 paired=10 none=0 ref=none; "
	    "exec 1 1/2 10@1000 open.",
	    "pre-open ends with an opening auction");
	rig_to(&r, EXCH_PHASE_PRE_OPEN);
	rig_buy(&r, 1, 10, 1000);
	rig_sell(&r, 2, 10, 1000);
	tap_is_str(
	    rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CONTINUOUS,
			      .hflags = EXCH_F_IMPOSED}),
	    "", "unless the venue says otherwise");
	tap_is_str(rig_buy(&r, 3, 1, 1000), "ack 3; exec 2 3/2 1@1000 buy.",
	    "the crossed book trades with who comes");
	rig_close(&r);
}

static void
crossed_while_closed(void)
{
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_HALT);
	rig_buy(&r, 1, 10, 1000);
	rig_sell(&r, 2, 10, 1000);
	tap_is_str(rig_to(&r, EXCH_PHASE_CLOSED), "",
	    "a halt that ends the day has no auction");
	tap_is_str(rig_to(&r, EXCH_PHASE_CONTINUOUS),
	    "auction open 1000 paired=10 none=0 ref=none; "
	    "exec 1 1/2 10@1000 open.",
	    "its crossed book is uncrossed when trading begins");
	rig_close(&r);
}

static void
all_instruments(void)
{
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CONTINUOUS);
	/* Announced in another order than their ids. */
	rig_instrument(&r, (struct rig_instrument){.instr = 700});
	rig_instrument(&r, (struct rig_instrument){.instr = 3});
	call(&r, EXCH_CROSS_OPEN, 0);
	for (uint32_t i = 0; i < 3; i++) {
		uint32_t id = i == 0 ? 700 : i == 1 ? 3 : 1;

		rig_new(&r,
		    (struct rig_order){
			.instr = id, .id = 1, .side = B, .qty = 1, .px = 10});
		rig_new(&r,
		    (struct rig_order){
			.instr = id, .id = 2, .side = S, .qty = 1, .px = 10});
	}
	rig_instrument(&r, (struct rig_instrument){.instr = 2});
	tap_is_str(rig_new(&r, (struct rig_order){.instr = 2,
				   .id = 1,
				   .side = B,
				   .qty = 1,
				   .px = 10,
				   .tif = EXCH_TIF_IOC}),
	    "i2 reject new 1 phase.", "a newcomer is in the call too");
	tap_is_str(rig_to(&r, EXCH_PHASE_CONTINUOUS),
	    "auction open 10 paired=1 none=0 ref=none; exec 1 1/2 1@10 open; "
	    "i2 auction open none paired=0 none=0 ref=none; "
	    "i3 auction open 10 paired=1 none=0 ref=none; "
	    "i3 exec 1 1/2 1@10 open; "
	    "i700 auction open 10 paired=1 none=0 ref=none; "
	    "i700 exec 1 1/2 1@10 open.",
	    "all of them, by ascending id, as one event");
	tap_is_str(rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CLOSED,
				     .instr = 3}),
	    "", "one of them");
	tap_is_str(rig_new(&r,
		       (struct rig_order){
			   .instr = 3, .id = 9, .side = B, .qty = 1, .px = 10}),
	    "i3 reject new 9 phase.", "is closed");
	tap_is_str(rig_buy(&r, 9, 1, 10), "ack 9.", "the others are not");
	tap_is_str(rig_to(&r, 77), "", "an unknown phase is ignored");
	tap_is_str(
	    rig_sell(&r, 8, 1, 10), "ack 8; exec 2 9/8 1@10 sell.", "really");
	rig_phase(
	    &r, (struct rig_phase){.phase = EXCH_PHASE_CLOSED, .instr = 55});
	rig_instrument(&r, (struct rig_instrument){.instr = 55});
	tap_is_str(
	    rig_new(&r,
		(struct rig_order){
		    .instr = 55, .id = 1, .side = B, .qty = 1, .px = 10}),
	    "i55 ack 1.", "a phase of an unknown instrument is ignored");
	rig_close(&r);
}

/* More than one order may be left in part only if it is the last met. */
static void
partial_fill(void)
{
	struct rig r;

	rig_open(&r, "plain-high", EXCH_PHASE_CALL);
	rig_buy(&r, 1, 10, 1000);
	rig_buy(&r, 2, 10, 1000);
	rig_buy(&r, 3, 10, 1000);
	rig_sell(&r, 4, 15, 1000);
	tap_is_str(rig_to(&r, EXCH_PHASE_CONTINUOUS),
	    "auction none 1000 paired=15 buy=15 ref=none; "
	    "exec 1 1/4 10@1000; exec 2 2/4 5@1000.",
	    "one order is filled in part");
	tap_is_str(rig_sell(&r, 5, 15, 1000),
	    "ack 5; exec 3 2/5 5@1000 sell; exec 4 3/5 10@1000 sell.",
	    "and is still first");
	rig_close(&r);
}

/* Volume beyond 2^64: told as 2^64-2, traded in full. */
static void
huge_auction(void)
{
	const exch_qty big = UINT64_MAX - 1;
	struct rig r;

	rig_open(&r, "xetra", EXCH_PHASE_CALL);
	rig_buy(&r, 1, big, 1000);
	rig_buy(&r, 2, big, 1001);
	rig_sell(&r, 3, big, 1000);
	rig_sell(&r, 4, big, 999);
	tap_is_str(rig_to(&r, EXCH_PHASE_CONTINUOUS),
	    "auction none 1000 paired=18446744073709551614 none=0 ref=none; "
	    "exec 1 2/4 18446744073709551614@1000; "
	    "exec 2 1/3 18446744073709551614@1000.",
	    "sums of 65 bits");
	tap_is_str(rig_cancel(&r, 1, 1), "reject cancel 1 unknown-order.",
	    "nothing is left");
	rig_close(&r);
}

static void
timetable(void)
{
	struct exch_timetable_row row[] = {
	    {.time = 100, .phase = EXCH_PHASE_CALL, .cross = EXCH_CROSS_OPEN},
	    {.time = 200, .phase = EXCH_PHASE_CONTINUOUS},
	    {.time = 300, .phase = EXCH_PHASE_CLOSED, .symbol = "RIG"},
	    {.time = 300, .phase = EXCH_PHASE_CLOSED, .symbol = "NOBODY"},
	    {.time = 400, .phase = EXCH_PHASE_CLOSED},
	};
	struct exch_timetable t = {row, EXCH_ARRAY_LEN(row)};
	struct exch_match_opts o = {
	    .timetable = &t, .phase = EXCH_PHASE_CLOSED};
	struct rig r;

	rig_open_opts(&r, &o);
	rig_instrument(&r, (struct rig_instrument){0});
	tap_is_i64(exch_match_advance(r.m, 99, &r.d), 0, "advance");
	tap_is_str(rig_events(&r, 0), "", "too early");
	tap_is_str(rig_buy(&r, 1, 10, 1000), "reject new 1 phase.", "closed");
	r.now = 100;
	exch_match_advance(r.m, 100, &r.d);
	tap_is_str(rig_events(&r, 0), "i0 phase call.", "at its time");
	rig_buy(&r, 1, 10, 1000);
	rig_sell(&r, 2, 10, 1000);
	r.now = 200;
	exch_match_advance(r.m, 250, &r.d);
	tap_is_str(rig_events(&r, 0),
	    "i0 phase continuous; auction open 1000 paired=10 none=0 ref=none; "
	    "exec 1 1/2 10@1000 open.",
	    "the event has the row's time");
	r.now = 300;
	exch_match_advance(r.m, 300, &r.d);
	tap_is_str(rig_events(&r, 0), "phase closed.",
	    "one symbol; unknown ones are passed over");
	r.now = 400;
	exch_match_advance(r.m, EXCH_TS_NONE, &r.d);
	tap_is_str(
	    rig_events(&r, 0), "i0 phase closed.", "the rest of the day");
	rig_close(&r);
}

int
main(void)
{
	call_and_uncross();
	no_price();
	left_over_market_orders();
	references();
	reference_of_the_instrument();
	halts();
	pre_open();
	crossed_while_closed();
	all_instruments();
	partial_fill();
	huge_auction();
	timetable();
	return tap_done();
}
