/*
 * What protects a market, rule by rule: each line is a sentence of
 * exch-market(5), PROTECTIONS, with the events it promises.
 */
#include <config.h>

#include "rig_market.h"
#include "tap.h"

#define B EXCH_BUY
#define S EXCH_SELL
#define MS UINT64_C(1000000)

static void
collar(void)
{
	struct rig r;

	rig_open_market(&r, "collar 10%\n", 1000, 1);
	tap_is_str(rig_buy(&r, 1, 5, 1101), "reject new 1 collar.",
	    "beyond 10 % of the reference");
	tap_is_str(rig_buy(&r, 2, 5, 1100), "ack 2.", "the bound is allowed");
	tap_is_str(rig_sell(&r, 3, 5, 989), "reject new 3 collar.",
	    "from the bid, inwards: 990");
	tap_is_str(rig_sell(&r, 4, 5, 990), "ack 4; exec 1 2/4 5@1100 sell.",
	    "which trades at the bid");
	(void)rig_sell(&r, 5, 5, 1000);
	(void)rig_sell(&r, 6, 5, 1200);
	tap_is_str(rig_buy(&r, 7, 20, 0),
	    "ack 7; exec 2 7/5 5@1000 buy; cancelled 7 15 collar.",
	    "a market order stops at the bound");
	(void)rig_cancel(&r, 6, 5);
	tap_is_str(rig_buy(&r, 8, 20, 0), "ack 8; cancelled 8 20 no-liquidity.",
	    "nobody rests beyond it");
	(void)rig_to(&r, EXCH_PHASE_HALT);
	tap_is_str(rig_buy(&r, 9, 5, 9999), "ack 9.", "not outside trading");
	rig_close(&r);
}

/* A limit that the market moves keeps to the table as those it takes. */
static void
slides(void)
{
	struct rig_order o = {.id = 3,
	    .side = B,
	    .qty = 5,
	    .px = 1005,
	    .flags = EXCH_ORD_POST_ONLY | EXCH_ORD_SLIDE};
	struct rig r;

	rig_open_market(&r, "tick 0 0.05\n", 0, 1);
	tap_is_str(rig_sell(&r, 1, 5, 1004), "reject new 1 tick.", "off it");
	tap_is_str(rig_sell(&r, 2, 5, 1005), "ack 2.", "on it");
	tap_is_str(rig_new(&r, o), "ack 3; restated 3 slide 1000 5/5.",
	    "a buy slides to the next price of the table");
	o.id = 4;
	o.side = EXCH_SELL;
	o.px = 1000;
	tap_is_str(rig_new(&r, o), "ack 4; restated 4 slide 1005 5/5.",
	    "and a sell to the one above");
	rig_close(&r);
}

static void
odd_lots(void)
{
	struct rig r;

	rig_open_market(&r, "odd-lots take\n", 0, 100);
	tap_is_str(rig_sell(&r, 1, 150, 10), "ack 1.", "taken");
	rig_close(&r);
	rig_open_market(&r, "odd-lots refuse\n", 0, 100);
	tap_is_str(rig_sell(&r, 1, 150, 10), "reject new 1 lot.", "refused");
	rig_close(&r);
	rig_open_market(&r, "odd-lots now\n", 0, 100);
	tap_is_str(
	    rig_sell(&r, 1, 150, 10), "reject new 1 lot.", "not to stay");
	tap_is_str(rig_new(&r, (struct rig_order){.id = 2,
				   .side = B,
				   .qty = 7,
				   .px = 10,
				   .tif = EXCH_TIF_IOC}),
	    "ack 2; cancelled 2 7 ioc.", "taken if it trades at once");
	rig_close(&r);
}

static const char *
short_at(struct rig *r, exch_oid id, int64_t px)
{
	return rig_new(
	    r, (struct rig_order){
		   .id = id, .side = EXCH_SHORT, .qty = 5, .px = px});
}

static void
short_sales(void)
{
	struct rig r;

	rig_open_market(&r, "short-sale 10%\n", 5000, 1);
	(void)rig_buy(&r, 1, 5, 4501);
	(void)rig_buy(&r, 2, 5, 4500);
	(void)rig_buy(&r, 3, 20, 4490);
	tap_is_str(rig_sell(&r, 4, 5, 4501), "ack 4; exec 1 1/4 5@4501 sell.",
	    "45.01 of 50.00 does not restrict");
	tap_is_str(short_at(&r, 5, 4500),
	    "ack 5; \"short-sale restriction=on\"; exec 2 2/5 5@4500 sell.",
	    "45.00 does, told before the execution");
	tap_is_str(short_at(&r, 6, 4490), "reject new 6 short.", "at the bid");
	tap_is_str(short_at(&r, 7, 0), "reject new 7 short.", "at any price");
	tap_is_str(short_at(&r, 8, 4491), "ack 8.", "above the bid");
	tap_is_str(rig_replace(
		       &r, (struct rig_replace){.id = 8, .qty = 5, .px = 4490}),
	    "reject replace 8 short.", "a replace is no way around");
	tap_is_str(
	    rig_new(&r,
		(struct rig_order){
		    .id = 9, .side = EXCH_SHORT_EXEMPT, .qty = 1, .px = 4490}),
	    "ack 9; exec 3 3/9 1@4490 sell.", "exempt is exempt");
	(void)rig_to(&r, EXCH_PHASE_END);
	(void)rig_to(&r, EXCH_PHASE_CONTINUOUS);
	(void)rig_buy(&r, 10, 5, 4600);
	tap_is_str(short_at(&r, 11, 4600), "reject new 11 short.",
	    "the next day as well");
	tap_is_str(rig_to(&r, EXCH_PHASE_END),
	    "\"short-sale restriction=off\"; cancelled 10 5 expired.",
	    "until it ends");
	(void)rig_to(&r, EXCH_PHASE_CONTINUOUS);
	(void)rig_buy(&r, 12, 5, 4600);
	tap_is_str(short_at(&r, 13, 4600), "ack 13; exec 4 12/13 5@4600 sell.",
	    "the day behind that it is free");
	rig_close(&r);
}

static const char *
of_account(struct rig *r, exch_oid id, uint32_t account, exch_ts time)
{
	r->now = time;
	return rig_new(r, (struct rig_order){.id = id,
			      .side = B,
			      .qty = 1,
			      .px = 10,
			      .account = account,
			      .time = time});
}

static void
throttle(void)
{
	struct rig r;
	bool all = true;

	rig_open_market(&r, "throttle 2 1ms\n", 0, 1);
	(void)of_account(&r, 1, 7, MS + 1);
	tap_is_str(of_account(&r, 1, 7, MS + 2), "reject new 1 duplicate.",
	    "a refused order counts");
	tap_is_str(of_account(&r, 3, 7, 2 * MS - 1), "reject new 3 throttle.",
	    "the third of a window");
	tap_is_str(
	    of_account(&r, 4, 8, 2 * MS - 1), "ack 4.", "of one account");
	tap_is_str(of_account(&r, 5, 7, 2 * MS), "ack 5.", "in one window");
	for (uint32_t k = 0; k < 300; k++)
		all = all && strncmp(of_account(&r, 100 + k, 100 + k, 2 * MS),
				 "ack", 3) == 0;
	tap_ok(all, "as many accounts as there are");
	for (exch_oid k = 0; k < 4; k++)
		(void)of_account(&r, 900 + k, 0, 2 * MS);
	tap_is_str(of_account(&r, 910, 0, 2 * MS), "ack 910.",
	    "nobody's orders are not counted");
	rig_close(&r);
}

static void
speed_bump(void)
{
	struct rig r;

	rig_open_market(&r, "speed-bump 10ns\n", 0, 1);
	tap_is_str(
	    rig_new(&r,
		(struct rig_order){
		    .id = 1, .side = S, .qty = 5, .px = 10, .time = 100}),
	    "", "held");
	r.now = 101;
	tap_is_str(rig_cancel(&r, 1, 5), "", "its cancel waits behind it");
	tap_is_str(rig_clock_to(&r, 109), "", "not yet");
	tap_is_str(rig_clock_to(&r, 110), "ack 1.", "now");
	(void)rig_apply(&r,
	    &(struct exch_rec_mass_cancel){.h.instr = 1,
		.h.time = 110,
		.kind = EXCH_MASS_KILL,
		.account = 9},
	    EXCH_REC_MASS_CANCEL, sizeof(struct exch_rec_mass_cancel));
	tap_ok(r.err == 0, "the kill switch does not wait");
	tap_is_str(rig_clock_to(&r, 200), "[t112] cancelled 1 5 user.",
	    "the cancel finds it");
	tap_is_u64(exch_match_stats(r.m)->held, 0, "nothing is held");
	(void)rig_new(
	    &r, (struct rig_order){
		    .id = 2, .side = S, .qty = 5, .px = 10, .time = 300});
	tap_is_u64(exch_match_stats(r.m)->held, 1, "one is");
	r.now = 310;
	tap_is_i64(exch_match_advance(r.m, EXCH_TS_NONE, &r.d), 0, "the end");
	tap_is_str(rig_events(&r, 0), "ack 2.", "comes behind it");
	rig_close(&r);
}

static void
interrupt(void)
{
	struct rig r;

	rig_open_market(&r,
	    "interrupt static 10% 20ns\ninterrupt dynamic 3% 10ns\n", 1000, 1);
	(void)rig_sell(&r, 1, 5, 1101);
	tap_is_str(rig_buy(&r, 2, 5, 1101), "ack 2; phase call VOLA.",
	    "11.01 is out of 10 % of 10.00");
	tap_is_str(rig_clock_to(&r, r.now + 19), "", "for its own time");
	tap_is_str(rig_clock_to(&r, r.now + 1),
	    "phase continuous VOLA; auction halt 1101 paired=5 none=0 "
	    "ref=1000; "
	    "exec 1 2/1 5@1101 halt.",
	    "then an auction, whose price is the next static reference");
	(void)rig_sell(&r, 3, 5, 1134);
	(void)rig_sell(&r, 4, 5, 1169);
	tap_is_str(rig_new(&r, (struct rig_order){.id = 5,
				   .side = B,
				   .qty = 9,
				   .px = 1169,
				   .tif = EXCH_TIF_FOK}),
	    "ack 5; cancelled 5 9 fok.", "fill or kill sees the range");
	tap_is_str(rig_new(&r, (struct rig_order){.id = 6,
				   .side = B,
				   .qty = 9,
				   .px = 1169,
				   .tif = EXCH_TIF_IOC}),
	    "ack 6; exec 2 6/3 5@1134 buy; cancelled 6 4 ioc; phase call VOLA.",
	    "3 % of 11.34 is 11.68: interrupted, and not to rest");
	tap_is_str(rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CALL,
				     .cross = EXCH_CROSS_HALT,
				     .instr = 1}),
	    "", "the call named again");
	tap_is_str(rig_clock_to(&r, r.now + 10),
	    "[t37] phase continuous VOLA; [t37] auction halt none paired=0 "
	    "none=0 "
	    "ref=1134.",
	    "goes on as long as it was to");
	rig_close(&r);
}

static void
calls(void)
{
	struct rig r;

	rig_open_market(&r, "monitor 5% 10ns\nindicative 1ms\n", 1000, 1);
	(void)rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CALL,
				.cross = EXCH_CROSS_OPEN});
	(void)rig_sell(&r, 1, 5, 1060);
	(void)rig_buy(&r, 2, 8, 1060);
	tap_is_str(rig_to(&r, EXCH_PHASE_CONTINUOUS),
	    "auction open 1060 paired=5 buy=3 ref=1000 ?; phase call EXT.",
	    "6 % away: the call goes on");
	tap_is_str(rig_clock_to(&r, r.now + 10),
	    "phase continuous EXT; auction open 1060 paired=5 buy=3 ref=1000; "
	    "exec 1 2/1 5@1060 open.",
	    "once");
	(void)rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CALL,
				.cross = EXCH_CROSS_CLOSE});
	(void)rig_sell(&r, 3, 1, 1060);
	tap_is_str(rig_clock_to(&r, 10 * MS),
	    "[t1000016] auction close 1060 paired=1 buy=2 ref=1060 ?.",
	    "told once while nothing changes");
	rig_close(&r);
}

/* A call that a day is lengthened by is not looked at every millisecond. */
static void
long_call(void)
{
	const exch_ts hour = 3600 * EXCH_SEC;
	uint64_t before;
	struct rig r;

	rig_open_market(&r, "monitor 5% 24h\nindicative 1ms\n", 1000, 1);
	(void)rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CALL,
				.cross = EXCH_CROSS_OPEN});
	(void)rig_sell(&r, 1, 5, 1060);
	(void)rig_buy(&r, 2, 8, 1060);
	(void)rig_to(&r, EXCH_PHASE_CONTINUOUS);
	before = exch_match_stats(r.m)->walked;
	tap_is_str(rig_clock_to(&r, hour),
	    "[t1000002] auction open 1060 paired=5 buy=3 ref=1000 ?.",
	    "a call of a day tells what there is");
	(void)rig_buy(&r, 3, 1, 1060);
	tap_is_str(rig_clock_to(&r, 25 * hour),
	    "[t3600000000002] auction open 1060 paired=5 buy=4 ref=1000 ?!; "
	    "[t86400000000005] phase continuous EXT; "
	    "[t86400000000005] auction open 1060 paired=5 buy=4 ref=1000; "
	    "[t86400000000005] exec 1 2/1 5@1060 open.",
	    "and what has changed, until it ends");
	tap_ok(exch_match_stats(r.m)->walked - before < 10,
	    "without a look at every millisecond");
	rig_close(&r);
}

/*
 * At the last moment there is, what sets itself again does not: the clock
 * would never get past it.
 */
static void
end_of_time(void)
{
	const exch_ts last = EXCH_TS_NONE - 1;
	const struct rig_phase call = {
	    .phase = EXCH_PHASE_CALL, .cross = EXCH_CROSS_OPEN};
	struct rig r;

	rig_open_market(&r, "indicative 1ms\n", 1000, 1);
	r.now = last - 3 * MS / 2;
	(void)rig_phase(&r, call);
	(void)rig_buy(&r, 1, 5, 1000);
	(void)rig_sell(&r, 2, 5, 1000);
	tap_is_str(rig_clock_to(&r, last),
	    "[t18446744073709051615] auction open 1000 paired=5 none=0 "
	    "ref=1000 ?.",
	    "an indication, and no second one");
	rig_close(&r);

	rig_open_market(&r, "indicative 24h\n", 1000, 1);
	(void)rig_phase(&r, call);
	(void)rig_buy(&r, 1, 5, 1000);
	(void)rig_sell(&r, 2, 5, 1000);
	tap_is_str(rig_clock_to(&r, last),
	    "[t86400000000002] auction open 1000 paired=5 none=0 ref=1000 ?.",
	    "all of time in one step");
	rig_close(&r);

	rig_open_market(&r, "monitor 5% 3ns\nrandom-end open 1h\n", 1000, 1);
	r.now = last - 10;
	(void)rig_phase(&r, call);
	(void)rig_sell(&r, 1, 5, 1060);
	(void)rig_buy(&r, 2, 8, 1060);
	(void)rig_to(&r, EXCH_PHASE_CONTINUOUS);
	tap_is_str(rig_clock_to(&r, last),
	    "[t18446744073709551611] phase continuous EXT; "
	    "[t18446744073709551611] phase call RND.",
	    "a random end does not go round to 1970");
	rig_close(&r);

	rig_open_market(&r, "luld from 0 10%\n", 1000, 1);
	r.now = last;
	tap_is_str(rig_buy(&r, 1, 5, 1500),
	    "ack 1; restated 1 band 1100 5/5; \"luld limit-state=buy\".",
	    "a limit state");
	tap_is_str(rig_clock_to(&r, last), "", "that no pause ends");
	rig_close(&r);
}

int
main(void)
{
	long_call();
	end_of_time();
	collar();
	slides();
	odd_lots();
	short_sales();
	throttle();
	speed_bump();
	interrupt();
	calls();
	exch_market_clear(&rig_market);
	return tap_done();
}
