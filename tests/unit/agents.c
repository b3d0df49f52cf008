/*
 * sim: agents who trade, held to numbers.
 */
#include <config.h>

#include <math.h>

#include "agent_kit.h"
#include "base/variate.h"
#include "sim/worth.h"

static struct kit k;

/* Lots of the i-th new order that it has sent; 0: there is none. */
static uint64_t
sent(size_t i)
{
	for (size_t j = 0; j < k.o.n; j++) {
		if (k.o.cmd[j].what == EXCH_AGENT_NEW && i-- == 0)
			return k.o.cmd[j].qty / KIT_LOT;
	}
	return 0;
}

/* ---- by the clock ---- */

static void
twap(void)
{
	static const uint64_t want[] = {14, 14, 14, 15, 14, 14, 15};
	bool times = true, sizes = true;

	kit_start(&k, "twap",
	    "side sell quantity 100 slices 7 start 10s "
	    "over 70s",
	    1);
	kit_run(&k, 9 * KIT_S);
	tap_is_u64(k.o.n, 0, "twap: nothing before the start");
	kit_run(&k, 200 * KIT_S);
	for (size_t i = 0; i < 7; i++) {
		times = times && k.o.at[i] == (10 + 10 * i) * KIT_S;
		sizes = sizes && sent(i) == want[i];
	}
	tap_is_u64(k.o.n, 7, "twap: seven slices");
	tap_ok(times, "at 10, 20, ... 70 s");
	tap_ok(sizes, "equal but for whole lots");
	tap_is_i64(k.o.held[1], -100, "exactly its quantity");
	kit_close(&k);

	kit_start(&k, "twap", "quantity 100 slices 5 over 50s", 1);
	kit_run(&k, 5 * KIT_S);
	k.o.dry = true;
	kit_run(&k, 25 * KIT_S);
	k.o.dry = false;
	kit_run(&k, 35 * KIT_S);
	tap_is_u64(sent(0), 20, "twap: the first slice");
	tap_is_u64(sent(2), 40, "what one did not get, the next one tries");
	tap_is_u64(sent(3), 60, "and the one behind it gets");
	kit_run(&k, 60 * KIT_S);
	tap_is_i64(k.o.held[1], 100, "all of it");
	tap_is_u64(k.o.n, 5, "in five orders");
	kit_close(&k);
}

static void
join(void)
{
	kit_start(&k, "twap", "quantity 30 slices 3 over 30s style join", 1);
	kit_top(&k, 1, 9999, 10001);
	kit_run(&k, 10 * KIT_S - 1);
	tap_is_u64(k.o.n, 0, "join: there was no market for the first slice");
	kit_run(&k, 10 * KIT_S);
	tap_is_i64(k.o.held[1], 10, "which the second takes");
	tap_is_u64(k.o.norder, 1, "and then rests itself");
	tap_is_i64(k.o.order[0].price, PX(9999), "at the bid");
	kit_fill(&k, 0, 4);
	kit_run(&k, 20 * KIT_S);
	tap_is_i64(k.o.held[1], 20, "what was left of it is taken");
	kit_fill(&k, 0, 10);
	kit_run(&k, 100 * KIT_S);
	tap_is_i64(k.o.held[1], 30, "the last one was executed at rest");
	tap_is_u64(k.o.norder, 0, "and nothing is left");
	kit_close(&k);
}

static void
vwap(void)
{
	kit_start(&k, "vwap", "quantity 40 slices 4 over 40s profile 1,2,1", 1);
	kit_run(&k, 100 * KIT_S);
	tap_is_u64(sent(0), 8, "vwap: 7.5 of 40");
	tap_is_u64(sent(1), 12, "20 by half of the time");
	tap_is_u64(sent(2), 13, "32.5");
	tap_is_u64(sent(3), 7, "40");
	tap_is_i64(k.o.held[1], 40, "no more");
	kit_close(&k);
	kit_start(&k, "vwap", "quantity 1000", 1);
	kit_run(&k, 1000 * KIT_S);
	tap_is_i64(k.o.held[1], 1000, "vwap: over the run, by the usual day");
	tap_ok(sent(0) > 3 * sent(13) / 2 && sent(25) > 3 * sent(13) / 2,
	    "busiest at both ends");
	kit_close(&k);
	tap_is_i64(kit_open(&k, "vwap", "quantity 1 profile 0,0", 1),
	    EXCH_ERR_RANGE, "vwap: a profile of zeros");
	kit_close(&k);
	tap_is_i64(kit_open(&k, "twap", "quantity 1", 2), EXCH_ERR_RANGE,
	    "twap: of which instrument?");
	kit_close(&k);
}

static void
sweep(void)
{
	kit_start(&k, "sweep",
	    "side sell quantity 90 slices 3 over 3s "
	    "start 1s",
	    1);
	k.o.most = 10;
	kit_run(&k, 100 * KIT_S);
	tap_is_u64(k.o.n, 3, "sweep: three orders");
	tap_ok(sent(0) == 30 && sent(1) == 30 && sent(2) == 30,
	    "sweep: each once, whatever became of it");
	tap_is_i64(k.o.held[1], -30, "and what was not there is not sold");
	kit_close(&k);
	kit_start(&k, "sweep", "quantity 7 limit 100.05", 1);
	tap_is_u64(sent(0), 7, "sweep: all at once");
	tap_is_i64(k.o.cmd[0].price, PX(10005), "to its limit");
	kit_close(&k);
	/* The tick is another one by then: a limit is never passed. */
	for (unsigned sells = 0; sells < 2; sells++) {
		kit_start(&k, "sweep",
		    sells ? "quantity 7 limit 100.07 start 10s side sell"
			  : "quantity 7 limit 100.07 start 10s side buy",
		    1);
		k.in[0].tick = 3 * KIT_TICK;
		kit_run(&k, 11 * KIT_S);
		tap_is_i64(k.o.cmd[0].price, PX(sells ? 10008 : 10005),
		    "and within it on another tick");
		kit_close(&k);
	}
}

/* ---- by the volume ---- */

static void
pov(void)
{
	uint64_t others = 0;
	double worst = 0;

	kit_start(&k, "pov", "quantity 100000 share 10 start 10s", 1);
	kit_tell(
	    &k, (struct exch_agent_msg){
		    .what = EXCH_TOLD_TRADE, .instr = 1, .qty = 900 * KIT_LOT});
	kit_settle(&k);
	k.o.now = 10 * KIT_S;
	for (unsigned i = 0; i < 2000; i++) {
		uint64_t lots = 1 + exch_rng_below(&k.a.rng, 30);
		double share;

		others += lots;
		kit_tell(&k, (struct exch_agent_msg){.what = EXCH_TOLD_TRADE,
				 .instr = 1,
				 .qty = lots * KIT_LOT});
		kit_settle(&k);
		share = 0.1 * (double)(others + (uint64_t)k.o.held[1]) -
			(double)k.o.held[1];
		worst = share > worst ? share : worst;
		worst = -share > worst ? -share : worst;
	}
	printf("# pov: %llu of others, %lld of its own, off by %.3f lots\n",
	    (unsigned long long)others, (long long)k.o.held[1], worst);
	tap_ok(worst < 1, "pov: within a lot of its share, always");
	tap_is_i64(k.o.held[1], (int64_t)others / 9, "a ninth of the others'");
	kit_close(&k);

	/* From 10 s to 20 s, and not at 20 s any more. */
	kit_start(&k, "pov", "quantity 100000 share 50 start 10s over 10s", 1);
	for (unsigned i = 0; i < 30; i++) {
		kit_run(&k, i * KIT_S);
		kit_tell(&k, (struct exch_agent_msg){.what = EXCH_TOLD_TRADE,
				 .instr = 1,
				 .qty = 7 * KIT_LOT});
		kit_settle(&k);
	}
	tap_is_i64(k.o.held[1], 70, "pov: for as long as it is to");
	kit_close(&k);

	kit_start(&k, "pov", "quantity 5 share 50", 1);
	for (unsigned i = 0; i < 10; i++) {
		kit_tell(&k,
		    (struct exch_agent_msg){
			.what = EXCH_TOLD_TRADE, .instr = 1, .qty = KIT_LOT});
		kit_settle(&k);
	}
	tap_is_i64(k.o.held[1], 5, "pov: not beyond its quantity");
	kit_close(&k);
}

/* ---- two instruments ---- */

static void
arbitrage(void)
{
	kit_start(&k, "arbitrage", "quantity 60", 2);
	kit_top(&k, 1, 9999, 10001);
	kit_top(&k, 2, 10001, 10003);
	tap_is_u64(k.o.n, 0, "arbitrage: 100.01 here and there gains nothing");
	kit_top(&k, 2, 10004, 10006);
	tap_is_u64(k.o.n, 2, "three ticks: two orders");
	tap_is_i64(k.o.held[1], 50, "as much as is bid for, and no more");
	tap_is_i64(k.o.held[2], -50, "sold there");
	tap_is_i64(k.o.cash, 50 * PX(3), "gained: 50 times three ticks");
	kit_close(&k);

	/* 2 * 100 * 0.01 % is two ticks, and the bid a little more. */
	kit_open(&k, "arbitrage", "", 2);
	k.access[0].taker_fee = k.access[1].taker_fee = 100000;
	kit_give(&k);
	kit_top(&k, 1, 9999, 10000);
	kit_top(&k, 2, 10002, 10003);
	tap_is_u64(k.o.n, 0, "arbitrage: fees are as much");
	kit_top(&k, 2, 10003, 10004);
	tap_is_u64(k.o.n, 2, "and here they are not");
	/* Back again: as much as it holds, and as much as it may. */
	kit_close(&k);
	kit_start(&k, "arbitrage", "limit 60", 2);
	kit_top(&k, 1, 9999, 10001);
	kit_top(&k, 2, 10004, 10006);
	tap_is_i64(k.o.held[1], 50, "arbitrage: bought here");
	kit_top(&k, 2, 9990, 9992);
	tap_is_i64(k.o.held[1], 0, "and where it is bid for now, sold again");
	kit_close(&k);

	/* Each trade has the fee of its own venue: 0.02 % of one of them. */
	for (unsigned paid = 0; paid < 2; paid++) {
		kit_open(&k, "arbitrage", "", 2);
		k.access[paid].taker_fee = 200000;
		kit_give(&k);
		kit_top(&k, 1, 9999, 10001);
		kit_top(&k, 2, 10003, 10004);
		tap_is_u64(k.o.n, 0, "arbitrage: the fee of one is as much");
		kit_top(&k, 2, 10004, 10005);
		tap_is_u64(k.o.n, 2, "and here it is not");
		kit_close(&k);
	}

	/* The bid went before the order came. */
	kit_start(&k, "arbitrage", "quantity 20", 2);
	kit_top(&k, 1, 9999, 10001);
	k.o.bid[2] = PX(9990);
	kit_tell(&k, (struct exch_agent_msg){.what = EXCH_TOLD_TOP,
			 .instr = 2,
			 .price = PX(10004),
			 .qty = 50 * KIT_LOT,
			 .price2 = PX(10006),
			 .qty2 = 50 * KIT_LOT});
	kit_settle(&k);
	tap_is_i64(k.o.held[1], 20, "arbitrage: one half came too late");
	kit_top(&k, 2, 9990, 10006);
	tap_is_i64(k.o.held[1], 0, "the other is closed again");
	tap_is_i64(k.o.cash, -20 * PX(2), "at the price of the spread");
	kit_close(&k);
	tap_is_i64(kit_open(&k, "arbitrage", "", 1), EXCH_ERR_RANGE,
	    "arbitrage: between one?");
	kit_close(&k);
}

/* ---- makers ---- */

/*
 * Executions by chance, cancels that come late: what is held and what may still
 * be executed is never beyond the limit.
 */
static void
never_beyond(const char *kind, const char *words, int64_t limit)
{
	int64_t mid = 10000;
	int64_t worst = 0, most = 0;

	kit_start(&k, kind, words, 1);
	k.o.slow = true;
	for (unsigned i = 0; i < 5000; i++) {
		int64_t may[2] = {k.o.held[1], -k.o.held[1]};

		mid += (int64_t)exch_rng_below(&k.a.rng, 5) - 2;
		kit_top(&k, 1, mid - 1, mid + 1);
		kit_run(&k, k.o.now + KIT_S / 2);
		for (size_t j = 0; j < k.o.norder; j++)
			may[k.o.order[j].side != EXCH_BUY] +=
			    (int64_t)k.o.order[j].lots;
		worst = may[0] > worst ? may[0] : worst;
		worst = may[1] > worst ? may[1] : worst;
		if (k.o.norder > 0) {
			size_t one = exch_rng_below(&k.a.rng, k.o.norder);
			uint64_t lots = k.o.order[one].lots;

			kit_fill(&k, one, 1 + exch_rng_below(&k.a.rng, lots));
		}
		if (exch_rng_chance(&k.a.rng, 1, 3))
			kit_flush(&k);
		kit_settle(&k);
		most = llabs(k.o.held[1]) > most ? llabs(k.o.held[1]) : most;
		if (k.o.n > 3 * KIT_ORDERS)
			k.o.n = k.o.done = 0;
	}
	printf("# %s: held at most %lld, might have held %lld\n", kind,
	    (long long)most, (long long)worst);
	tap_ok(worst <= limit, "never beyond its limit, whatever is executed");
	tap_ok(most > limit / 2, "and it came near");
	kit_close(&k);
}

/* A maker who holds something and whose quotes are all there is. */
static void
alone(void)
{
	size_t n;

	kit_start(&k, "maker", "quantity 2 half-spread 2 skew 1", 1);
	kit_top(&k, 1, 9990, 10010);
	tap_is_u64(k.o.norder, 2, "maker: two quotes");
	kit_fill(&k, 0, 1);
	kit_settle(&k);
	n = k.o.n;
	for (unsigned i = 0; i < 100; i++) {
		exch_px best[2] = {0, 0};
		exch_qty qty[2] = {0, 0};

		for (size_t j = 0; j < k.o.norder; j++) {
			unsigned side = k.o.order[j].side != EXCH_BUY;

			best[side] = k.o.order[j].price;
			qty[side] = k.o.order[j].lots * KIT_LOT;
		}
		kit_tell(&k, (struct exch_agent_msg){.what = EXCH_TOLD_TOP,
				 .instr = 1,
				 .price = best[0],
				 .qty = qty[0],
				 .price2 = best[1],
				 .qty2 = qty[1]});
		kit_settle(&k);
	}
	tap_ok(k.o.n <= n + 4, "maker: does not follow itself");
	kit_close(&k);
}

static void
adaptive(void)
{
	exch_px worst = 0;
	size_t before;

	kit_start(&k, "adaptive",
	    "levels 3 gap 2 half-spread 2 quantity 4 "
	    "panic 10 away 5s",
	    1);
	kit_top(&k, 1, 9999, 10001);
	kit_run(&k, KIT_S);
	tap_is_u64(k.o.norder, 6, "adaptive: three levels on each side");
	for (size_t i = 0; i < k.o.norder; i++) {
		exch_px off = k.o.order[i].price - PX(10000);

		off = off < 0 ? -off : off;
		worst = off > worst ? off : worst;
		tap_ok(off == PX(2) || off == PX(4) || off == PX(6),
		    "two, four and six ticks from the middle");
	}
	before = k.o.n;
	kit_run(&k, 5 * KIT_S);
	tap_is_u64(k.o.n, before, "nothing moves: nothing is said");

	/* Steps of three ticks and more volume. */
	for (unsigned i = 0; i < 100; i++) {
		int64_t mid = 10000 + 3 * (int64_t)(i % 2);

		kit_tell(&k, (struct exch_agent_msg){.what = EXCH_TOLD_TRADE,
				 .instr = 1,
				 .qty = 400 * KIT_LOT});
		kit_top(&k, 1, mid - 1, mid + 1);
		kit_run(&k, k.o.now + KIT_S);
	}
	tap_is_u64(k.o.norder, 6, "adaptive: still three levels");
	tap_ok(k.o.order[0].lots == 9 || k.o.order[0].lots == 10,
	    "of 2.5 % of 400 lots, as the mean comes to");
	for (size_t i = 0; i < k.o.norder; i++) {
		exch_px off = k.o.order[i].price - PX(10003);

		off = off < 0 ? -off : off;
		worst = off < worst ? off : worst;
	}
	tap_is_i64(worst, PX(3), "and a step away from the middle");

	kit_top(&k, 1, 9979, 9981);
	kit_run(&k, k.o.now + KIT_S);
	tap_is_u64(k.o.norder, 0, "adaptive: it panics");
	kit_run(&k, k.o.now + 3 * KIT_S);
	tap_is_u64(k.o.norder, 0, "and stays away");
	kit_run(&k, k.o.now + 2 * KIT_S);
	tap_is_u64(k.o.norder, 6, "for five seconds");
	kit_close(&k);
}

/* ---- momentum ---- */

/* Steps of four ticks, which are two of the tick that comes. */
static void
another_tick(void)
{
	kit_start(&k, "adaptive", "levels 1 half-spread 0 skew 0", 1);
	k.o.dry = true;
	for (unsigned i = 0; i <= 200; i++) {
		int64_t mid = 10000 + 4 * (int64_t)(i % 2);

		kit_top(&k, 1, mid - 1, mid + 1);
		kit_run(&k, k.o.now + KIT_S);
	}
	k.in[0].tick = 2 * KIT_TICK;
	kit_run(&k, k.o.now + KIT_S);
	/* 4 less a 2/21st, and the root of that is 1.9 ticks of 2. */
	tap_is_u64(k.o.norder, 2, "adaptive: a bid and an offer");
	for (size_t i = 0; i < k.o.norder; i++)
		tap_is_i64(k.o.order[i].price,
		    PX(k.o.order[i].side == EXCH_BUY ? 9996 : 10004),
		    "as far away on another tick");
	kit_close(&k);
}

static void
momentum(void)
{
	/* Means of 2 and 4: 10000 10000 10000 10004 is 10002 above 10001. */
	static const int64_t mid[] = {
	    10000, 10000, 10000, 10004, 10004, 10000, 9990, 9990};
	static const int64_t held[] = {0, 0, 0, 3, 5, 5, 2, -1};
	bool right = true;

	kit_start(&k, "momentum",
	    "every 1s short 2 long 4 band 0.5 quantity 3 limit 5", 1);
	for (size_t i = 0; i < EXCH_ARRAY_LEN(mid); i++) {
		kit_top(&k, 1, mid[i] - 1, mid[i] + 1);
		kit_run(&k, (i + 1) * KIT_S);
		if (k.o.held[1] != held[i])
			printf("# look %zu: held %lld, not %lld\n", i,
			    (long long)k.o.held[1], (long long)held[i]);
		right = right && k.o.held[1] == held[i];
	}
	tap_ok(right, "momentum: with the shorter mean, to its limit");
	kit_close(&k);
}

/* Three quarters of a tick, above and below, and then five below. */
static void
band(void)
{
	static const int64_t mid[] = {
	    10000, 10000, 10000, 10003, 10000, 10000, 10000, 9995};

	kit_start(&k, "momentum",
	    "every 1s short 2 long 4 band 1 quantity 3 limit 5", 1);
	for (size_t i = 0; i < EXCH_ARRAY_LEN(mid); i++) {
		kit_top(&k, 1, mid[i] - 1, mid[i] + 1);
		kit_run(&k, (i + 1) * KIT_S);
		if (i + 2 == EXCH_ARRAY_LEN(mid))
			tap_is_u64(k.o.n, 0, "momentum: nothing in its band");
	}
	tap_is_i64(k.o.held[1], -3, "and below it sells");
	kit_close(&k);
}

/* ---- who deceives ---- */

/* What it said: the time in ms, the price in ticks, lots. */
static bool
said(size_t i, uint64_t ms, uint8_t side, int64_t ticks, uint64_t lots)
{
	const struct exch_agent_cmd *c = &k.o.cmd[i];
	bool right = i < k.o.n && c->what == EXCH_AGENT_NEW &&
		     k.o.at[i] == ms * (KIT_S / 1000) && c->side == side &&
		     (ticks == 0 || c->price == PX(ticks)) &&
		     c->qty == lots * KIT_LOT;

	if (!right)
		printf("# %zu of %zu: at %llu, %lld, %llu\n", i, k.o.n,
		    (unsigned long long)k.o.at[i], (long long)c->price,
		    (unsigned long long)c->qty);
	return right;
}

static void
push(void)
{
	static const uint64_t back[] = {7, 8, 7, 8}; /* of 30 in four */
	bool right = true;

	kit_start(&k, "igniter",
	    "takes 3 quantity 10 reach 2 pause 1s start 5s wait 10s back 4 "
	    "back-pause 2s",
	    1);
	kit_top(&k, 1, 9999, 10001);
	kit_run(&k, 100 * KIT_S);
	for (size_t i = 0; i < 3; i++)
		right = said(i, 5000 + i * 1000, EXCH_BUY, 10003, 10) && right;
	tap_ok(right, "igniter: three takes, two ticks beyond the best");
	right = k.o.n == 7;
	for (size_t i = 0; i < 4; i++)
		right = said(3 + i, 17000 + i * 2000, EXCH_SELL, 0, back[i]) &&
			right;
	tap_ok(right, "and ten seconds behind the last all of it back");
	tap_is_i64(k.o.held[1], 0, "of which nothing is left");
	kit_close(&k);

	kit_start(&k, "ramper", "takes 1 start 5s back 0 side sell", 1);
	kit_top(&k, 1, 9999, 10001);
	kit_run(&k, 100 * KIT_S);
	tap_ok(k.o.n == 1 && said(0, 5000, EXCH_SELL, 9999, 50),
	    "ramper: what stands at the best price");
	kit_close(&k);
}

static void
canceller(void)
{
	bool right;

	kit_start(&k, "canceller",
	    "levels 2 distance 3 quantity 1 at 10s how each over 4s away 5s",
	    1);
	kit_run(&k, 100 * KIT_S);
	right =
	    said(0, 0, EXCH_BUY, 9997, 1) && said(1, 0, EXCH_SELL, 10003, 1) &&
	    said(2, 0, EXCH_BUY, 9996, 1) && said(3, 0, EXCH_SELL, 10004, 1);
	tap_ok(right, "canceller: two levels from three ticks on");
	for (size_t i = 4; i < 8; i++)
		right = right && k.o.cmd[i].what == EXCH_AGENT_CANCEL &&
			k.o.at[i] == (i + 6) * KIT_S;
	tap_ok(right, "one goes each second");
	tap_ok(k.o.n == 12 && said(8, 19000, EXCH_BUY, 9997, 1),
	    "and five seconds behind the end they are back");
	kit_close(&k);
}

static void
decoy(void)
{
	bool right;

	kit_start(&k, "spoofer",
	    "quantity 1 show 20 layers 2 distance 1 hold 300ms start 5s "
	    "every 10s times 2",
	    1);
	kit_top(&k, 1, 9999, 10001);
	k.o.dry = true;
	kit_run(&k, 100 * KIT_S);
	tap_is_u64(k.o.n, 12, "spoofer: two episodes of three orders");
	right = said(0, 5000, EXCH_SELL, 10002, 20) &&
		said(1, 5000, EXCH_SELL, 10003, 20) &&
		said(2, 5000, EXCH_BUY, 9999, 1);
	for (size_t i = 3; i < 6; i++)
		right = right && k.o.cmd[i].what == EXCH_AGENT_CANCEL &&
			k.o.at[i] == 5300 * (KIT_S / 1000);
	tap_ok(right, "large ones behind the offer, for 300 ms");
	right = said(6, 15000, EXCH_BUY, 9998, 20) &&
		said(7, 15000, EXCH_BUY, 9997, 20) &&
		said(8, 15000, EXCH_SELL, 10001, 1);
	tap_ok(right, "then the other way round");
	kit_close(&k);

	/* A large one is touched: everything goes at once. */
	kit_start(&k, "spoofer", "show 20 hold 300ms start 5s times 1", 1);
	kit_top(&k, 1, 9999, 10001);
	k.o.dry = true;
	kit_run(&k, 5 * KIT_S);
	tap_is_u64(k.o.norder, 2, "spoofer: a large one and a small one");
	kit_fill(&k, 0, 1);
	kit_settle(&k);
	tap_is_u64(k.o.norder, 0, "none of both when the large one is touched");
	kit_close(&k);
}

/* ---- noise and value ---- */

static void
noise(void)
{
	uint64_t sides[2] = {0}, markets = 0, news = 0;
	size_t most = 0;
	bool depth = true;

	kit_start(&k, "noise", "rate 10 market 25 orders 7 depth 5", 1);
	k.o.dry = true;
	kit_top(&k, 1, 9999, 10001);
	for (unsigned i = 0; i < 400; i++) {
		kit_run(&k, (i + 1) * KIT_S);
		most = k.o.norder > most ? k.o.norder : most;
	}
	for (size_t i = 0; i < k.o.n; i++) {
		const struct exch_agent_cmd *c = &k.o.cmd[i];
		exch_px off = c->side == EXCH_BUY ? PX(10001) - c->price
						  : c->price - PX(9999);

		if (c->what != EXCH_AGENT_NEW)
			continue;
		news++;
		sides[c->side != EXCH_BUY]++;
		if (c->ordtype == EXCH_ORD_MARKET)
			markets++;
		else
			depth = depth && off >= PX(1) && off <= PX(5);
	}
	/* Poisson of 4000: four deviations are 253; of its half, 179. */
	printf("# noise: %llu orders, %llu of them market\n",
	    (unsigned long long)news, (unsigned long long)markets);
	tap_ok(news > 3747 && news < 4253, "noise: ten in a second");
	tap_ok(markets > 890 && markets < 1110, "a quarter market orders");
	tap_ok(sides[0] > 1821 && sides[0] < 2179, "of both sides");
	tap_ok(depth, "one to five ticks behind the other side");
	tap_is_u64(most, 7, "seven live at most");
	kit_close(&k);
}

static void
worth(void)
{
	struct exch_worth_law l = {.mean = 10000,
	    .kappa = 0.5,
	    .sigma = 3,
	    .news_at = 5000 * KIT_S,
	    .news = 100,
	    .step = KIT_S};
	struct exch_worth a, b;
	double sum = 0, squares = 0, last = 0;

	exch_worth_init(&a, &l, 9, 1);
	exch_worth_init(&b, &l, 9, 2);
	for (unsigned i = 1; i <= 4999; i++) {
		double x = exch_worth_at(&a, i * KIT_S) - 10000;

		sum += x;
		squares += x * x;
		last = x;
	}
	tap_ok(exch_worth_at(&b, 4999 * KIT_S) - 10000 == last,
	    "worth: the same whenever one asks");
	/* sigma^2 / 2 kappa is 9; neighbours are alike, hence the band. */
	squares /= 4999;
	sum /= 4999;
	printf("# worth: mean %.3f, variance %.3f\n", sum, squares);
	tap_ok(squares > 7.8 && squares < 10.2, "worth: variance about 9");
	tap_ok(sum > -0.4 && sum < 0.4, "about its mean");
	tap_ok(exch_worth_at(&a, 5000 * KIT_S) > 10080, "until the news");
	l.kappa = 0;
	tap_ok(exch_worth_variance(&l, 4) == 36 && exch_worth_keep(&l, 4) == 1,
	    "worth: without pull it wanders");
}

/* The laws of what the worth is made of, each alone. */
static void
worth_laws(void)
{
	struct exch_worth_law l = {.mean = 100,
	    .kappa = 0.5,
	    .sigma = 3,
	    .shock = 7,
	    .news_at = EXCH_TS_NONE,
	    .step = KIT_S};
	struct exch_worth a, b;
	double sum = 0, two = 0, four = 0, last = 100;
	bool scaled = true;

	tap_near(exch_worth_keep(&l, 2), exp(-1), 1e-12, "worth: what is kept");
	tap_near(exch_worth_variance(&l, 2), 9 * (1 - exp(-2)), 1e-12,
	    "worth: the variance of two seconds");
	/* Shocks fade as steps do: 49 times 5 a second. */
	l.shocks = 5;
	tap_near(exch_worth_doubt(&l, 2), 254 * (1 - exp(-2)), 1e-10,
	    "and with shocks");
	/* So many normal ones as Poisson says: a kurtosis of 3 + 3 / 5. */
	l.kappa = l.sigma = 0;
	exch_worth_init(&a, &l, 3, 4);
	for (unsigned i = 1; i <= 20000; i++) {
		double x = exch_worth_at(&a, i * KIT_S) - last;

		last += x;
		two += x * x / 20000;
		four += x * x * x * x / 20000;
	}
	tap_near(two, 245, 11, "worth: five shocks a second");
	tap_near(four / two / two, 3.6, 0.25, "each by itself");
	/* The mean goes with the news, and the worth does not come back. */
	l = (struct exch_worth_law){.mean = 100,
	    .kappa = 1,
	    .sigma = 1,
	    .news_at = 10 * KIT_S,
	    .news = 50,
	    .step = KIT_S};
	exch_worth_init(&a, &l, 5, 6);
	for (unsigned i = 11; i <= 1010; i++)
		sum += exch_worth_at(&a, i * KIT_S) / 1000;
	tap_near(sum, 150, 0.2, "worth: news stay");
	/* Smaller ticks: the same path in more of them. */
	l.shocks = 0.1;
	l.shock = 20;
	exch_worth_init(&a, &l, 5, 6);
	exch_worth_init(&b, &l, 5, 6);
	exch_worth_scale(&b, 4);
	for (unsigned i = 1; i <= 100; i++)
		scaled = scaled && exch_worth_at(&b, i * KIT_S) ==
				       4 * exch_worth_at(&a, i * KIT_S);
	tap_ok(scaled, "worth: another tick is no other path");
}

/* Steps of two paths, which have a mean of 0: their correlation. */
static double
together(double loading_a, double loading_b)
{
	struct exch_worth_law l = {
	    .sigma = 3, .news_at = EXCH_TS_NONE, .step = KIT_S};
	struct exch_worth a, b;
	double old_a = 0, old_b = 0, aa = 0, bb = 0, ab = 0;

	l.loading = loading_a;
	exch_worth_init(&a, &l, 9, 7);
	l.loading = loading_b;
	exch_worth_init(&b, &l, 10, 7);
	for (unsigned i = 1; i <= 20000; i++) {
		double x = exch_worth_at(&a, i * KIT_S) - old_a;
		double y = exch_worth_at(&b, i * KIT_S) - old_b;

		old_a += x;
		old_b += y;
		aa += x * x;
		bb += y * y;
		ab += x * y;
	}
	/* Loadings share a variance out and do not change it. */
	tap_near(aa / 20000, 9, 0.4, "worth: variance with a loading");
	return ab / sqrt(aa * bb);
}

static void
loadings(void)
{
	/* Five deviations of an estimate of 20,000 steps are 0.035 at most. */
	tap_near(together(0.9, 0.9), 0.81, 0.015, "loadings of 0.9");
	tap_near(together(0.9, -0.5), -0.45, 0.03, "of 0.9 and -0.5");
	tap_near(together(0.9, 0), 0, 0.035, "one without");
	tap_ok(together(1, 1) > 0.999999, "of 1: the same path");
}

/*
 * Its belief by a filter of the test's own, which sees what the agent sees: the
 * same numbers are drawn from a copy of its generator.  Orders tell the belief
 * to a tick, of some hundred that it wanders.
 */
static void
belief(void)
{
	struct exch_worth_law l = {.mean = 10000,
	    .kappa = 0.2,
	    .sigma = 3,
	    .shocks = 0.5,
	    .shock = 60,
	    .news_at = EXCH_TS_NONE,
	    .step = KIT_S};
	struct exch_worth worth;
	double m = 10000, p = 0, far = 0;
	exch_ts last = 0;
	unsigned right = 0, looks = 500;

	kit_start(&k, "value",
	    "rate 1 noise 100 sigma 3 kappa 0.2 shocks 1800 shock 60 shade 0 "
	    "news 0 limit 100000",
	    1);
	k.o.dry = true;
	exch_worth_init(&worth, &l, 77 ^ 1, 77);
	for (unsigned i = 0; i < looks; i++) {
		struct exch_rng r = k.a.rng;
		exch_ts t = k.o.wake;
		double s = (double)(t - last) / 1e9, gain, seen;
		double keep = exp(-0.2 * s);

		(void)exch_rng_exponential(&r); /* when it looks next */
		seen = exch_worth_at(&worth, t) + 100 * exch_rng_normal(&r);
		m = 10000 + (m - 10000) * keep;
		p = p * keep * keep +
		    (9 + 0.5 * 3600) * (1 - keep * keep) / (2 * 0.2);
		gain = p / (p + 100 * 100);
		m += gain * (seen - m);
		p *= 1 - gain;
		last = t;
		kit_run(&k, t);
		right +=
		    k.o.norder == 1 &&
		    k.o.order[0].price == PX(m > 10000 ? floor(m) : ceil(m));
		far = fabs(m - 10000) > far ? fabs(m - 10000) : far;
	}
	tap_is_u64(right, looks, "value: believes as Kalman's filter does");
	tap_ok(far > 60, "and not always the same");
	kit_close(&k);
}

/* Orders for its sake: what it wants to gain, and how far it goes. */
static void
shade(void)
{
	int64_t low = INT64_MAX, high = 0;
	uint64_t lots = 0;

	kit_start(&k, "value",
	    "rate 1 noise 0 sigma 0 shade 4 mean 100.07 limit 5 quantity 2", 1);
	kit_top(&k, 1, 9999, 10001);
	k.o.dry = true;
	for (unsigned i = 1; i <= 200; i++) {
		kit_run(&k, i * KIT_S);
		if (k.o.norder == 0)
			continue;
		low = k.o.order[0].price < low ? k.o.order[0].price : low;
		high = k.o.order[0].price > high ? k.o.order[0].price : high;
	}
	tap_is_i64(
	    low, PX(10003), "value: buys for what it wants to gain less");
	tap_is_i64(high, PX(10006), "to nearly nothing");
	kit_top(&k, 1, 10019, 10021);
	low = INT64_MAX;
	high = 0;
	for (unsigned i = 201; i <= 400; i++) {
		kit_run(&k, i * KIT_S);
		if (k.o.norder == 0 || k.o.order[0].side == EXCH_BUY)
			continue;
		low = k.o.order[0].price < low ? k.o.order[0].price : low;
		high = k.o.order[0].price > high ? k.o.order[0].price : high;
	}
	tap_is_i64(low, PX(10008), "and sells for more");
	tap_is_i64(high, PX(10011), "to as much");
	/* Cancels are on their way: what they speak of may be executed. */
	k.o.slow = true;
	kit_run(&k, 450 * KIT_S);
	for (size_t i = 0; i < k.o.norder; i++)
		lots += k.o.order[i].lots;
	tap_is_u64(lots, 5, "never beyond its limit, whatever is executed");
	kit_close(&k);
}

static void
value(void)
{
	kit_start(&k, "value",
	    "rate 1 noise 0 sigma 0 shade 0 mean 100.07 quantity 2 limit 5", 1);
	kit_top(&k, 1, 9999, 10001);
	k.o.dry = true;
	kit_run(&k, 10 * KIT_S);
	tap_is_u64(k.o.norder, 1, "value: one order");
	tap_ok(k.o.order[0].side == EXCH_BUY, "to buy, for it is worth more");
	tap_is_i64(k.o.order[0].price, PX(10007), "at what it is worth");
	k.o.dry = false;
	kit_run(&k, 100 * KIT_S);
	tap_is_i64(k.o.held[1], 5, "value: to its limit");
	kit_top(&k, 1, 10019, 10021);
	kit_run(&k, 200 * KIT_S);
	tap_is_i64(k.o.held[1], -5, "and above the worth it sells");
	kit_close(&k);

	/* Noise 3, sigma 0: of n looks the mean is what it believes. */
	kit_start(&k, "value", "rate 1 noise 3 sigma 2 kappa 0.1 shade 0", 1);
	kit_top(&k, 1, 9999, 10001);
	k.o.dry = true;
	kit_run(&k, 500 * KIT_S);
	tap_ok(k.o.norder <= 1, "value: the order before is withdrawn");
	kit_close(&k);
	tap_is_i64(kit_open(&k, "value", "", 2), EXCH_ERR_RANGE,
	    "value: of which instrument?");
	kit_close(&k);
}

int
main(void)
{
	twap();
	join();
	vwap();
	sweep();
	pov();
	arbitrage();
	never_beyond("maker", "quantity 3 half-spread 1 limit 10 skew 0.1", 10);
	never_beyond("adaptive", "levels 4 quantity 3 limit 10", 10);
	alone();
	adaptive();
	another_tick();
	momentum();
	band();
	push();
	canceller();
	decoy();
	noise();
	worth();
	worth_laws();
	loadings();
	belief();
	shade();
	value();
	return tap_done();
}
