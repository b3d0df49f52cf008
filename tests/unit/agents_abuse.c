/*
 * sim: agents who abuse the market, or whose orders are there and then are not.
 */
#include <config.h>

#include "agent_kit.h"

static struct kit k;

/* Orders of a side that rest, their lots, and the best price of them. */
static unsigned
resting(uint8_t side, uint64_t *lots, exch_px *best)
{
	unsigned n = 0;

	*lots = 0;
	*best = 0;
	for (size_t i = 0; i < k.o.norder; i++) {
		const struct kit_order *q = &k.o.order[i];
		bool better =
		    side == EXCH_BUY ? q->price > *best : q->price < *best;

		if (q->side != side)
			continue;
		if (n++ == 0 || better)
			*best = q->price;
		*lots += q->lots;
	}
	return n;
}

static size_t
find(uint8_t side)
{
	for (size_t i = 0; i < k.o.norder; i++) {
		if (k.o.order[i].side == side)
			return i;
	}
	return k.o.norder;
}

static void
spoofer(void)
{
	uint64_t lots;
	exch_px best;

	kit_start(&k, "spoofer",
	    "quantity 2 show 30 start 10s every 20s times 3 hold 400ms", 1);
	kit_top(&k, 1, 9999, 10001);
	kit_run(&k, 10 * KIT_S);
	tap_is_u64(resting(EXCH_SELL, &lots, &best), 1, "spoofer: one large");
	tap_is_u64(lots, 30, "of 30 lots");
	tap_is_i64(best, PX(10001), "at the offer");
	tap_is_u64(resting(EXCH_BUY, &lots, &best), 1, "and one small");
	tap_ok(lots == 2 && best == PX(9999), "where it wants to buy");
	kit_fill(&k, find(EXCH_BUY), 1);
	kit_settle(&k);
	tap_is_u64(k.o.norder, 2, "spoofer: half of it is not enough");
	kit_fill(&k, find(EXCH_BUY), 1);
	kit_settle(&k);
	tap_is_u64(k.o.norder, 0, "when it has it, everything goes");

	kit_run(&k, 30 * KIT_S);
	tap_is_u64(resting(EXCH_BUY, &lots, &best), 1, "spoofer: the next one");
	tap_is_u64(lots, 30, "is the other way round");
	kit_run(&k, 30 * KIT_S + 399999999);
	tap_is_u64(k.o.norder, 2, "it stands until the time is up");
	kit_run(&k, 30 * KIT_S + 400000000);
	tap_is_u64(k.o.norder, 0, "and goes without a trade");

	kit_run(&k, 50 * KIT_S);
	kit_fill(&k, find(EXCH_SELL), 1);
	kit_settle(&k);
	tap_is_u64(k.o.norder, 0, "spoofer: one is touched, and all go");
	kit_run(&k, 500 * KIT_S);
	tap_is_u64(k.o.n, 3 * 4 - 1, "three episodes, and no more");
	kit_close(&k);
}

static void
layerer(void)
{
	uint64_t lots;
	exch_px best;

	kit_start(&k, "layerer",
	    "quantity 4 trade take start 1s times 1 side "
	    "sell",
	    1);
	kit_top(&k, 1, 9999, 10001);
	kit_run(&k, KIT_S);
	tap_is_u64(resting(EXCH_BUY, &lots, &best), 5, "layerer: five layers");
	tap_is_u64(lots, 50, "of ten lots each");
	tap_is_i64(best, PX(9996), "from three ticks behind the bid on");
	tap_is_u64(k.o.norder, 5, "and nothing else");
	kit_run(&k, 7 * KIT_S);
	tap_is_i64(k.o.held[1], -4, "layerer: takes in front of them");
	tap_is_u64(k.o.norder, 0, "and they are gone");
	tap_is_u64(k.o.at[5], 6 * KIT_S, "after five seconds");
	kit_close(&k);
}

static void
stuffer(void)
{
	size_t news = 0, most = 0;

	kit_start(&k, "stuffer",
	    "rate 1000 start 1s for 500ms every 2s times 3 distance 10", 1);
	kit_top(&k, 1, 9999, 10001);
	for (unsigned i = 0; i < 10000; i++) {
		kit_run(&k, i * (KIT_S / 1000));
		most = k.o.norder > most ? k.o.norder : most;
	}
	for (size_t i = 0; i < k.o.n; i++) {
		news += k.o.cmd[i].what == EXCH_AGENT_NEW;
		if (k.o.cmd[i].what == EXCH_AGENT_NEW && i == 0)
			tap_is_i64(k.o.cmd[i].price, PX(9989),
			    "stuffer: away from the bid");
	}
	tap_is_u64(k.o.n, 1500, "stuffer: 500 messages, three times");
	tap_is_u64(news, 750, "half of them orders");
	tap_is_u64(most, 1, "of which one lives");
	tap_is_u64(k.o.norder, 0, "and none is left");
	kit_close(&k);
}

static void
ramper(void)
{
	bool up = true;

	kit_start(&k, "ramper",
	    "takes 5 start 1s pause 1s wait 10s back 2 back-pause 3s", 1);
	for (unsigned i = 0; i < 5; i++) {
		kit_top(&k, 1, 9999 + i, 10001 + i);
		kit_run(&k, (i + 1) * KIT_S);
		up = up && k.o.cmd[i].price == PX(10001 + i) &&
		     k.o.cmd[i].side == EXCH_BUY;
	}
	tap_is_u64(k.o.n, 5, "ramper: five takes");
	tap_ok(up, "each at the offer, a tick above the last one");
	tap_is_i64(k.o.held[1], 350, "of all that stood there");
	kit_run(&k, 15 * KIT_S - 1);
	tap_is_i64(k.o.held[1], 350, "ramper: waits");
	kit_run(&k, 15 * KIT_S);
	tap_is_i64(k.o.held[1], 175, "gives half of it back");
	kit_run(&k, 100 * KIT_S);
	tap_is_i64(k.o.held[1], 0, "and the rest");
	tap_is_u64(k.o.n, 7, "in two orders");
	kit_close(&k);
}

static void
igniter(void)
{
	kit_start(&k, "igniter", "side sell quantity 30 takes 4 start 1s", 1);
	kit_top(&k, 1, 9999, 10001);
	kit_run(&k, 3 * KIT_S);
	tap_is_i64(k.o.held[1], -120, "igniter: four times thirty");
	tap_is_u64(k.o.at[3], KIT_S + 600000000, "in 600 ms");
	tap_is_i64(k.o.cmd[0].price, PX(8999), "far through the bid");
	k.o.dry = true;
	kit_run(&k, 12 * KIT_S);
	k.o.dry = false;
	kit_run(&k, 100 * KIT_S);
	tap_is_i64(k.o.held[1], 0,
	    "igniter: what was not there at first is bought back later");
	kit_close(&k);
}

static void
washer(void)
{
	kit_start(&k, "washer",
	    "quantity 3 times 4 start 1s every 1s "
	    "delay 1ms",
	    1);
	kit_top(&k, 1, 9998, 10002);
	kit_run(&k, KIT_S);
	tap_is_u64(k.o.norder, 1, "washer: an order");
	tap_is_i64(k.o.order[0].price, PX(10001), "inside the spread");
	kit_run(&k, KIT_S + 1000000);
	tap_is_u64(k.o.n, 2, "and a millisecond later another one");
	tap_ok(k.o.cmd[1].side == EXCH_BUY && k.o.cmd[1].price == PX(10001) &&
		   k.o.cmd[1].tif == EXCH_TIF_IOC,
	    "that meets it");
	kit_run(&k, 2 * KIT_S);
	tap_ok(k.o.cmd[3].side == EXCH_BUY && k.o.cmd[3].price == PX(9999),
	    "washer: then the other way round, and what was left is cleared");
	kit_run(&k, 100 * KIT_S);
	tap_is_u64(k.o.n, 4 * 2 + 3, "four times");
	kit_close(&k);

	kit_start(&k, "washer", "part second quantity 3 times 2 start 1s", 1);
	kit_top(&k, 1, 9998, 10001);
	kit_run(&k, 100 * KIT_S);
	tap_is_u64(k.o.n, 2, "washer: the second part only meets");
	tap_ok(k.o.cmd[0].side == EXCH_BUY && k.o.cmd[0].price == PX(10001),
	    "what is offered");
	tap_is_i64(k.o.held[1], 0, "and gives it back");
	kit_close(&k);
	kit_start(&k, "washer", "start 1s times 1", 1);
	kit_top(&k, 1, 10000, 10001);
	kit_run(&k, 100 * KIT_S);
	tap_is_u64(k.o.n, 0, "washer: a spread of a tick has no inside");
	kit_close(&k);
}

static void
canceller(void)
{
	uint64_t lots;
	exch_px best;

	kit_start(&k, "canceller",
	    "levels 3 orders 4 quantity 2 distance 5 at 10s away 5s", 1);
	tap_is_u64(resting(EXCH_BUY, &lots, &best), 12, "canceller: 3 times 4");
	tap_is_u64(lots, 24, "of two lots");
	tap_is_i64(best, PX(9995), "from five ticks below the reference on");
	kit_top(&k, 1, 10099, 10101);
	kit_run(&k, 10 * KIT_S - 1);
	tap_is_u64(k.o.norder, 24, "they rest");
	kit_run(&k, 10 * KIT_S);
	tap_is_u64(k.o.norder, 0, "until the time");
	tap_is_u64(k.o.n, 25, "and one command is enough");
	kit_run(&k, 15 * KIT_S);
	tap_is_u64(resting(EXCH_SELL, &lots, &best), 12, "canceller: is back");
	tap_is_i64(best, PX(10105), "where the market is then");
	kit_run(&k, 100 * KIT_S);
	tap_is_u64(k.o.norder, 24, "for good");
	kit_close(&k);

	kit_start(&k, "canceller", "levels 5 at 10s how each over 1s", 1);
	kit_fill(&k, 0, 1);
	kit_run(&k, 10 * KIT_S + 500000000);
	tap_is_u64(k.o.norder, 4, "canceller: six of ten by half of the time");
	kit_run(&k, 11 * KIT_S);
	tap_is_u64(k.o.norder, 0, "all by the end");
	tap_is_u64(k.o.n, 20, "each by its own command");
	kit_close(&k);
}

int
main(void)
{
	spoofer();
	layerer();
	stuffer();
	ramper();
	igniter();
	washer();
	canceller();
	return tap_done();
}
