/*
 * The corners of the general market, one by one and through both engines:
 * what exch-ordertypes(7) says of things that have to come together before
 * it matters, and that random flows bring together too seldom.
 */
#include <config.h>

#include "prop/by_hand.h"

#define FUTURE(t)                                                              \
	((struct exch_rec_instrument){.kind = EXCH_KIND_FUTURE, .tick = (t)})
#define SHARE ((struct exch_rec_instrument){0})
#define OPEN EXCH_PHASE_CONTINUOUS

static struct coverage met;

/* Last price 1000. */
static void
printed(void)
{
	hand_begin(SHARE, OPEN);
	ORDER(.id = 1, .price = P(1000), .side = S, .account = 9);
	ORDER(.id = 2, .price = P(1000), .account = 8);
}

/* Of one moment: by instrument, then by entry. */
static void
expiry(void)
{
	hand_begin(SHARE, OPEN);
	hand_instrument((struct exch_rec_instrument){.h.instr = 2});
	for (exch_oid id = 1; id <= 12; id++)
		ORDER(.id = id, .instr = (uint32_t)(id % 2 + 1),
		    .tif = EXCH_TIF_GTD, WITH(EXPIRE, 0, 5000 + id / 9));
	hand_time = 7000;
	ORDER(.id = 20);
	hand_agree(&met, "orders that end at one moment");
	tap_is_u64(met.reason[EXCH_WHY_EXPIRED], 12, "  all end");
}

/* Half of all accounts have the bit that marks specials in a slot. */
static void
accounts(void)
{
	const uint32_t high = 0x80000001;

	hand_begin(SHARE, OPEN);
	ORDER(.id = 1, .account = high);
	ORDER(.id = 2, .account = high, .tif = EXCH_TIF_IOC, .side = S,
	    .price = P(900), .qty = 10);
	ORDER(.id = 3, .account = UINT32_MAX, .type = EXCH_ORD_MARKET,
	    .side = S, .qty = 10);
	ORDER(.id = 4);
	REPLACE(.order = 4, .price = P(900), .account = high);
	REPLACE(.order = 4, .price = P(901), .qty = 40);
	ORDER(.id = 5, .price = P(900), .side = S, .account = high,
	    WITH(STP, EXCH_STP_OLDEST, 0));
	hand_cancel(5, 10);
	hand_agree(&met, "accounts above 2^31");
	tap_is_u64(met.type[EXCH_REC_EXEC], 2, "  trade");
	tap_is_u64(met.reason[EXCH_WHY_SELF_TRADE], 2, "  and know themselves");
	/* Where all orders were ordinary ones before. */
	hand_begin(SHARE, OPEN);
	ORDER(.id = 1);
	ORDER(.id = 2);
	REPLACE(.order = 2, .price = P(900), .account = high);
	ORDER(.id = 3, .side = S, .price = P(900), .qty = 70, .account = 2);
	hand_agree(&met, "an account above 2^31 by replacement");
	tap_is_u64(met.type[EXCH_REC_EXEC], 2, "  trades behind the others");
	hand_begin(SHARE, OPEN);
	ORDER(.id = 1);
	REPLACE(.order = 1, .price = P(900), WITH(EXPIRE, 0, 9000));
	REPLACE(.order = 1, .price = P(900), .tif = EXCH_TIF_GTD,
	    WITH(EXPIRE, 0, 9000));
	hand_agree(&met, "a date for an ordinary order");
	tap_is_u64(met.reject[EXCH_REJ_EXPIRE], 1, "  needs a time in force");
}

/* The rest of a market-to-limit order, behind a middle and with a minimum. */
static void
to_limit(void)
{
	for (unsigned k = 0; k < 2; k++) {
		uint8_t mine = k == 0 ? B : S, other = k == 0 ? S : B;

		hand_begin(SHARE, OPEN);
		ORDER(.id = 1, .price = P(990), .side = B);
		ORDER(.id = 2, .price = P(1011), .side = S);
		ORDER(.id = 3, .side = other, .type = EXCH_ORD_PEG,
		    .account = 2, WITH(PEG, EXCH_PEG_MID, 0));
		ORDER(.id = 4, .side = mine, .type = EXCH_ORD_MTL, .qty = 80,
		    WITH(STP, EXCH_STP_OLDEST, 0));
		hand_agree(&met, "half a tick is no limit");
		tap_is_u64(met.type[EXCH_REC_EXEC], 1, "  it trades there");
		tap_is_u64(
		    met.restate[EXCH_RESTATE_TO_LIMIT], 1, "  and rests");
	}
	hand_begin(SHARE, OPEN);
	ORDER(.id = 1, .price = P(1010), .side = S);
	ORDER(.id = 2, .type = EXCH_ORD_MTL, .qty = 80,
	    WITH(MIN_QTY, EXCH_MIN_EACH, 20));
	ORDER(.id = 3, .price = P(1010), .side = S, .qty = 10);
	ORDER(.id = 4, .price = P(1010), .side = S, .qty = 30);
	hand_agree(&met, "a rest with a minimum of each execution");
	tap_is_u64(met.restate[EXCH_RESTATE_TO_LIMIT], 1, "  has a limit");
	tap_is_u64(met.type[EXCH_REC_EXEC], 2, "  and keeps its minimum");
}

/* What was counted can go while the order trades. */
static void
counted(void)
{
	hand_begin(SHARE, OPEN);
	ORDER(.id = 1, .price = P(1000), .side = S, .qty = 10, WITH(OCO, 0, 7));
	ORDER(.id = 2, .price = P(1001), .side = S, .qty = 10, WITH(OCO, 0, 7));
	ORDER(.id = 3, .price = P(1001), .account = 2, .qty = 20,
	    .tif = EXCH_TIF_FOK);
	hand_agree(&met, "fill or kill, and a group whose other half goes");
	tap_is_u64(met.type[EXCH_REC_EXEC], 0, "  is not filled in part");
	tap_is_u64(met.reason[EXCH_WHY_FOK], 1, "  but killed");
	hand_begin(SHARE, OPEN);
	ORDER(.id = 1, .price = P(1000), .side = S, .qty = 10, WITH(OCO, 0, 7));
	ORDER(.id = 2, .price = P(1001), .side = S, .qty = 10, WITH(OCO, 0, 7));
	ORDER(.id = 3, .price = P(1001), .side = S, .qty = 10, .account = 3,
	    WITH(OCO, 0, 7));
	ORDER(.id = 4, .price = P(1001), .account = 2, .qty = 20,
	    .tif = EXCH_TIF_FOK);
	hand_agree(&met, "a group is one of an account");
	tap_is_u64(met.type[EXCH_REC_EXEC], 2, "  and then it is filled");
	/* Its own group goes with its first execution. */
	for (unsigned k = 0; k < 2; k++) {
		hand_begin(SHARE, OPEN);
		if (k == 1)
			hand.alloc = "time";
		ORDER(.id = 1, .price = P(1000), .side = S, .qty = 10,
		    .account = 2);
		ORDER(.id = 2, .price = P(1001), .side = S, .qty = 10,
		    WITH(OCO, 0, 7));
		ORDER(.id = 3, .price = P(1001), .qty = 20,
		    AND(X(MIN_QTY, EXCH_MIN_TOTAL, 20), X(OCO, 0, 7)));
		ORDER(.id = 4, .price = P(1001), .qty = 20, .account = 3,
		    WITH(MIN_QTY, EXCH_MIN_TOTAL, 20));
		hand_agree(&met, "a minimum of one of a group");
		tap_is_u64(met.reason[EXCH_WHY_MIN_QTY], 1, "  is not there");
		tap_is_u64(met.type[EXCH_REC_EXEC], 2, "  for others it is");
	}
}

/* Parts of an iceberg that are drawn: none, and more than the level takes. */
static void
icebergs(void)
{
	uint64_t full = 0, drawn = 0;

	for (exch_oid id = 1; id <= 16; id++) {
		hand_begin((struct exch_rec_instrument){.lot = 10}, OPEN);
		ORDER(.id = id, .qty = 200, WITH(DISPLAY, 100, 20));
		ORDER(.id = 50, .qty = (EXCH_QTY_NONE - 20) / 10 * 10,
		    .account = 2);
		ORDER(.id = 51, .qty = 20, .side = S, .account = 3);
		hand_agree(&met, "a part of another size, in a full level");
		full += met.reason[EXCH_WHY_CAPACITY];
		hand_begin((struct exch_rec_instrument){.lot = 10}, OPEN);
		ORDER(.id = id, .qty = 200, WITH(DISPLAY, 100, 10));
		for (exch_oid k = 0; k < 12; k++)
			ORDER(.id = 60 + k, .qty = 10, .side = S);
		hand_agree(&met, "parts of one lot, more or less all of it");
		drawn += met.restate[EXCH_RESTATE_REFRESH];
	}
	tap_ok(full > 0 && full < 16, "some have no room");
	tap_ok(drawn > 100, "a part is never nothing");

	/* What is shown grows back at an auction, if there is room. */
	for (exch_qty room = 4; room < 24; room += 15) {
		hand_begin(SHARE, OPEN);
		ORDER(.id = 1, .qty = 100, WITH(DISPLAY, 0, 20));
		ORDER(.id = 2, .qty = 15, .side = S);
		ORDER(.id = 3, .qty = EXCH_QTY_NONE - 5 - room, .account = 2);
		hand_phase(1, EXCH_PHASE_CALL, EXCH_CROSS_INTRADAY);
		ORDER(.id = 4, .qty = 30, .side = S);
		hand_phase(1, OPEN, 0);
		hand_agree(&met, "an iceberg in an auction at a full level");
		tap_is_u64(met.restate[EXCH_RESTATE_REFRESH], 1,
		    "  says what it shows then");
	}
}

/* OCO, pegs, kill: instruments far apart, and a page of none between. */
static void
elsewhere(void)
{
	static const uint32_t far[] = {2, 700, 5000};
	struct exch_rec_mass_cancel *c;

	hand_begin(SHARE, OPEN);
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(far); i++) {
		hand_instrument(
		    (struct exch_rec_instrument){.h.instr = far[i]});
		ORDER(.id = 1, .instr = far[i], .price = P(990),
		    WITH(OCO, 0, 5));
		ORDER(.id = 2, .instr = far[i], .price = P(980));
		ORDER(.id = 3, .instr = far[i], .type = EXCH_ORD_PEG,
		    WITH(PEG, EXCH_PEG_PRIMARY, 0));
	}
	ORDER(.id = 1, .price = P(1000), .side = S, WITH(OCO, 0, 5));
	ORDER(.id = 2, .price = P(1000), .account = 2, .qty = 20);
	c = &hand_next(EXCH_REC_MASS_CANCEL, sizeof(*c))->mass;
	c->h.instr = 0;
	c->kind = EXCH_MASS_KILL;
	ORDER(.id = 9);
	hand_agree(&met, "what happens in other instruments");
	tap_is_u64(met.reason[EXCH_WHY_OCO], 3, "  a group in four of them");
	tap_is_u64(met.restate[EXCH_RESTATE_PEG], 6, "  three pegs that move");
	tap_is_u64(
	    met.reason[EXCH_WHY_KILL], 7, "  and what is left is killed");
}

/* More groups than buckets have room for one each. */
static void
groups(void)
{
	hand_begin(SHARE, OPEN);
	for (exch_oid k = 0; k < 400; k++)
		ORDER(.id = k + 1, .account = (uint32_t)(k % 2 + 1),
		    .price = P(500 + (exch_px)k % 7), .qty = 1,
		    WITH(OCO, 0, k / 4 + 1));
	ORDER(.id = 1000, .price = P(506), .qty = 9, .side = S, .account = 3);
	hand_agree(&met, "a hundred groups of two accounts");
	tap_is_u64(met.reason[EXCH_WHY_OCO], 9, "  one of each goes");
	/* Two hundred of the four hundred can be had. */
	for (unsigned k = 0; k < 4; k++) {
		hand_begin(SHARE, OPEN);
		if (k >= 2)
			hand.alloc = "pro-rata";
		for (exch_oid i = 0; i < 400; i++)
			ORDER(.id = i + 1, .account = (uint32_t)(i % 2 + 1),
			    .price = P(500 + (exch_px)i % 7), .qty = 1,
			    WITH(OCO, 0, i / 4 + 1));
		ORDER(.id = 1000, .price = P(500), .qty = 200 + k % 2,
		    .side = S, .account = 3, .tif = EXCH_TIF_FOK);
		hand_agree(&met, "fill or kill against all groups");
		tap_is_u64(
		    met.reason[EXCH_WHY_FOK], k % 2, "  finds one of each");
	}
}

/* Prices where arithmetic ends. */
static void
ends(void)
{
	const exch_px most = NONE - 1;
	const exch_px high = most / TICK * TICK;

	/* A peg's offset passes the grid, and what 64 bits hold. */
	hand_begin(FUTURE(1), OPEN);
	ORDER(.id = 1, .price = most - 5);
	ORDER(.id = 2, .type = EXCH_ORD_PEG, WITH(PEG, EXCH_PEG_PRIMARY, most));
	ORDER(.id = 3, .type = EXCH_ORD_PEG, WITH(PEG, EXCH_PEG_PRIMARY, 5));
	ORDER(.id = 4, .type = EXCH_ORD_PEG, WITH(PEG, EXCH_PEG_PRIMARY, -5));
	ORDER(.id = 5, .type = EXCH_ORD_PEG, WITH(PEG, EXCH_PEG_PRIMARY, 6));
	hand_agree(&met, "pegs beyond the highest price");
	tap_is_u64(met.restate[EXCH_RESTATE_PEG], 2, "  wait, others do not");
	hand_begin(FUTURE(TICK), OPEN);
	ORDER(.id = 1, .price = -high);
	ORDER(.id = 2, .type = EXCH_ORD_PEG,
	    WITH(PEG, EXCH_PEG_PRIMARY, -10 * TICK));
	ORDER(.id = 3, .price = high, .side = S);
	ORDER(.id = 4, .type = EXCH_ORD_PEG, .side = S,
	    WITH(PEG, EXCH_PEG_PRIMARY, 10 * TICK));
	hand_agree(&met, "and beyond the lowest");
	tap_is_u64(met.restate[EXCH_RESTATE_PEG], 0, "  wait as well");

	/* Trailing stops stay on the grid. */
	hand_begin(FUTURE(TICK), OPEN);
	ORDER(.id = 1, .price = P(-1000), .side = S);
	ORDER(.id = 2, .price = P(-1000));
	ORDER(.id = 3, .side = S, .type = EXCH_ORD_STOP, WITH(TRAIL, 0, high));
	ORDER(.id = 4, .price = P(1000), .side = S);
	ORDER(.id = 5, .price = P(1000));
	ORDER(.id = 6, .type = EXCH_ORD_STOP, WITH(TRAIL, 0, high));
	ORDER(.id = 7, .price = high, .side = S);
	ORDER(.id = 8, .price = high);
	hand_agree(&met, "stops that trail by all there is");
	tap_is_u64(met.type[EXCH_REC_TRIGGERED], 1, "  one is reached");

	/* A post-only order that would have to step over the edge. */
	hand_begin(SHARE, OPEN);
	ORDER(.id = 1, .price = high);
	ORDER(.id = 2, .price = P(5), .side = S,
	    .flags = EXCH_ORD_POST_ONLY | EXCH_ORD_SLIDE);
	hand_cancel(1, 50);
	ORDER(.id = 3, .price = P(1), .side = S);
	ORDER(.id = 4, .price = P(5),
	    .flags = EXCH_ORD_POST_ONLY | EXCH_ORD_SLIDE);
	hand_agree(&met, "no price to step back to");
	tap_is_u64(met.reason[EXCH_WHY_POST_ONLY], 2, "  on either side");
}

/* Middles on a grid that has no half, and of prices around zero. */
static void
middles(void)
{
	hand_begin(FUTURE(5), OPEN);
	ORDER(.id = 1, .price = 10);
	ORDER(.id = 2, .price = 25, .side = S);
	ORDER(.id = 3, .type = EXCH_ORD_PEG, WITH(PEG, EXCH_PEG_MID, 0));
	ORDER(.id = 4, .price = 15, .side = S, .qty = 10);
	hand_agree(&met, "the middle where a tick has no half");
	tap_is_u64(met.type[EXCH_REC_EXEC], 1, "  is the tick below it");

	/* From now on a share: half a tick above zero is a price. */
	hand_begin(FUTURE(TICK), OPEN);
	ORDER(.id = 1, .price = P(-1));
	ORDER(.id = 2, .price = P(1), .side = S);
	ORDER(.id = 3, .type = EXCH_ORD_PEG, WITH(PEG, EXCH_PEG_MID, 0));
	hand_instrument(SHARE);
	ORDER(.id = 4, .price = P(2), .side = S);
	hand_cancel(2, 50);
	hand_cancel(1, 50);
	hand_agree(&met, "a middle at zero");
	hand_begin(FUTURE(TICK), OPEN);
	ORDER(.id = 1);
	hand.cmd[hand.n - 1].order.price = 0;
	ORDER(.id = 2, .price = P(1), .side = S);
	hand_instrument(SHARE);
	ORDER(.id = 3, .type = EXCH_ORD_PEG, WITH(PEG, EXCH_PEG_MID, 0));
	hand_agree(&met, "and half a tick above it");
	tap_is_u64(met.restate[EXCH_RESTATE_PEG], 1, "  which is a price");
}

/*
 * A peg one tick below the best offer meets a hidden order there; that
 * triggers a stop, which takes the offer, so that the peg moves on.
 */
static void
rounds(void)
{
	hand_begin(SHARE, OPEN);
	for (exch_oid k = 0; k < 20; k++) {
		exch_px offer = P(1000 + 10 * (exch_px)k);

		ORDER(.id = 100 + k, .side = S, .price = offer, .qty = 1,
		    .account = 2);
		ORDER(.id = 200 + k, .side = S, .price = offer - TICK, .qty = 1,
		    .account = 2, .flags = EXCH_ORD_HIDDEN);
		ORDER(.id = 300 + k, .type = EXCH_ORD_STOP, .qty = 1,
		    .account = 3, WITH(STOP, 0, offer - 2 * TICK));
	}
	ORDER(.id = 1, .type = EXCH_ORD_PEG, .qty = 100,
	    WITH(PEG, EXCH_PEG_MARKET, 0));
	hand_agree(&met, "a peg that moves and moves");
	tap_is_u64(met.restate[EXCH_RESTATE_PEG], 16, "  sixteen times");
	tap_is_u64(met.type[EXCH_REC_EXEC], 32, "  and stays then");
}

/* Orders that only offset: by price, then by entry, on either side. */
static void
offsets(void)
{
	static const exch_px px[] = {1001, 999, 1000, 999, 1001, 1000};

	for (unsigned k = 0; k < 2; k++) {
		uint8_t side = k == 0 ? S : B;

		hand_begin(SHARE, EXCH_PHASE_PRE_OPEN);
		for (exch_oid i = 0; i < 6; i++)
			ORDER(.id = 10 + i, .price = P(px[i]), .side = side,
			    .tif = EXCH_TIF_ATO, .qty = 10,
			    .flags = EXCH_ORD_IMBALANCE);
		hand_phase(0, EXCH_PHASE_CALL, EXCH_CROSS_OPEN);
		ORDER(.id = 1, .price = P(1000), .side = k == 0 ? B : S,
		    .qty = 85);
		ORDER(.id = 2, .price = P(1000), .side = side, .account = 2);
		hand_phase(0, OPEN, 0);
		hand_agree(&met, "orders that only offset a surplus");
		tap_is_u64(met.cross[EXCH_CROSS_OPEN], 5, "  the best first");
	}
}

/* A quote takes back whatever of its account was quoted. */
static void
quotes(void)
{
	struct exch_rec_quote *c;

	hand_begin(SHARE, OPEN);
	c = &hand_next(EXCH_REC_QUOTE, sizeof(*c))->quote.quote;
	c->bid = c->ask = NONE;
	c->account = 1;
	for (uint32_t k = 0; k < 4; k++) {
		c = &hand_next(EXCH_REC_QUOTE, sizeof(*c))->quote.quote;
		c->bid_order = 10 + 2 * k;
		c->ask_order = 11 + 2 * k;
		c->bid = P(900 + k);
		c->ask = P(910 + k);
		c->bid_qty = c->ask_qty = 5;
		c->account = k == 3 ? 1 : k + 1;
		if (k == 1 || k == 2)
			REPLACE(.order = 10 + 2 * k, .price = P(899), .qty = 5,
			    .account = 1);
		if (k == 2) /* the first of them is the last to come now */
			REPLACE(.order = 10, .price = P(900), .qty = 5,
			    .tif = EXCH_TIF_GTC);
	}
	hand_agree(&met, "bids that came to an account by replacement");
	tap_is_u64(met.reject[EXCH_REJ_UNKNOWN_ORDER], 1,
	    "  at first there is nothing to take back");
	tap_is_u64(met.reason[EXCH_WHY_QUOTE], 4, "  then all of its own");
}

/* Levels longer, and books deeper, than the first pieces of memory. */
static void
large(void)
{
	hand_begin(SHARE, OPEN);
	hand.alloc = "pro-rata";
	for (exch_oid id = 1; id <= 200; id++)
		ORDER(.id = id, .qty = 1 + id % 9);
	ORDER(.id = 300, .qty = 500, .side = S, .account = 2);
	ORDER(.id = 301, .qty = 100, .side = S, .account = 2,
	    WITH(MIN_QTY, EXCH_MIN_TOTAL, 20));
	ORDER(.id = 302, .qty = 100, .side = S, .account = 2,
	    WITH(MIN_QTY, EXCH_MIN_EACH, 2));
	hand_agree(&met, "two hundred orders share an order");
	tap_ok(met.type[EXCH_REC_EXEC] > 200, "  each has a part");
	hand_begin(SHARE, EXCH_PHASE_CALL);
	for (exch_oid id = 1; id <= 600; id++)
		ORDER(.id = id, .price = P(1000 + (exch_px)(id * 7 % 600)),
		    .side = id % 2 == 0 ? B : S, .qty = 1 + id % 5);
	hand_phase(0, OPEN, 0);
	hand_agree(&met, "six hundred prices in an auction");
	tap_ok(met.type[EXCH_REC_EXEC] > 100, "  trade");
}

/* An order and one of those that share it are of one group. */
static void
shared(void)
{
	hand_begin(SHARE, OPEN);
	hand.alloc = "pro-rata";
	ORDER(.id = 1, .account = 2);
	ORDER(.id = 2, WITH(OCO, 0, 5));
	ORDER(.id = 3, .account = 2);
	ORDER(.id = 4, .side = S, .qty = 90, WITH(OCO, 0, 5));
	hand_agree(&met, "a level that is shared with its own group");
	tap_is_u64(met.reason[EXCH_WHY_OCO], 1, "  which takes one of them");

	/* The place in front goes with the order, not with its slot. */
	for (unsigned k = 0; k < 2; k++) {
		hand_begin(SHARE, OPEN);
		hand.alloc = "cme-a";
		ORDER(.id = 1, .account = 2);
		ORDER(.id = 2, .account = 3);
		if (k == 1)
			hand_cancel(1, 50);
		ORDER(.id = 3, .account = 4);
		ORDER(.id = 4, .side = S, .qty = 40, .account = 5);
		hand_agree(&met, "who bettered the market");
		tap_is_u64(met.type[EXCH_REC_EXEC], 1 + k,
		    "  has its part first, while it is there");
	}
}

/* What is announced while orders wait that are in no book. */
static void
announced(void)
{
	struct exch_rec_accept *c;

	hand_begin(SHARE, OPEN);
	ORDER(.id = 1, .type = EXCH_ORD_STOP, WITH(STOP, 0, P(1050)));
	hand_instrument((struct exch_rec_instrument){.tick = 5 * TICK});
	ORDER(.id = 2, .price = P(901));
	hand_agree(&met, "another grid under a parked order");
	tap_is_u64(met.type[EXCH_REC_ERROR], 1, "  is refused");

	/* A part of a lot, where that is all there is. */
	hand_begin(SHARE, OPEN);
	ORDER(.id = 1, .flags = EXCH_ORD_REQUEST);
	ORDER(.id = 2, .side = S, .qty = 15, .account = 2, .price = P(900),
	    WITH(REQUEST, 0, 1));
	hand_instrument((struct exch_rec_instrument){.lot = 10});
	for (exch_qty q = 14; q <= 16; q++) {
		c = &hand_next(EXCH_REC_ACCEPT, sizeof(*c))->accept;
		c->order = 1;
		c->answer = 2;
		c->qty = q;
	}
	hand_agree(&met, "a request in lots that are new");
	tap_is_u64(met.reject[EXCH_REJ_LOT], 1, "  not a part of a lot");
	tap_is_u64(met.type[EXCH_REC_EXEC], 1, "  but all of an answer");
}

/* Every phase, and what it refuses. */
static void
phases(void)
{
	static const struct {
		uint8_t phase;
		unsigned refused;
	} p[] = {{EXCH_PHASE_CLOSED, 5}, {EXCH_PHASE_PRE_OPEN, 2},
	    {EXCH_PHASE_CALL, 2}, {EXCH_PHASE_CONTINUOUS, 0},
	    {EXCH_PHASE_HALT, 2}, {EXCH_PHASE_END, 5}};

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(p); i++)
		for (unsigned general = 0; general < 2; general++) {
			hand_begin(SHARE, OPEN);
			ORDER(.id = 1, .tif = EXCH_TIF_GTC);
			hand_phase(0, p[i].phase, EXCH_CROSS_INTRADAY);
			if (general)
				hand.alloc = "parity";
			ORDER(.id = 2);
			ORDER(.id = 3, .tif = EXCH_TIF_IOC);
			ORDER(.id = 4, .tif = EXCH_TIF_FOK, .qty = 1);
			REPLACE(.order = 1, .price = P(901),
			    .tif = EXCH_TIF_GTC);
			REPLACE(.order = 1, .price = P(902), .imposed = true);
			ORDER(.id = 5, .imposed = true);
			REPLACE(.order = 77, .price = P(902));
			hand_cancel(1, 10);
			hand_agree(&met, "a phase");
			tap_is_u64(met.reject[EXCH_REJ_PHASE], p[i].refused,
			    "  what it refuses");
			tap_is_u64(met.reject[EXCH_REJ_UNKNOWN_ORDER],
			    p[i].refused < 5, "  before it looks for orders");
			tap_is_u64(met.type[EXCH_REC_CANCELLED],
			    1 + (p[i].refused == 0) * 2, "  not a cancel");
		}
	hand_begin(SHARE, OPEN);
	ORDER(.id = 1);
	hand_phase(0, 77, 0);
	hand_phase(0, EXCH_PHASE_CALL, 200);
	ORDER(.id = 2, .side = S);
	ORDER(.id = 3, .side = S, .tif = EXCH_TIF_GFA);
	hand_phase(0, OPEN, 0);
	hand_agree(&met, "a phase and an auction nobody knows");
	tap_is_u64(met.type[EXCH_REC_EXEC], 1, "  the auction is one");
}

/* An iceberg that is to show more than it has, and steps back. */
static void
stepping(void)
{
	printed();
	ORDER(.id = 3, .qty = 100, .price = P(990), WITH(DISPLAY, 0, 20));
	ORDER(.id = 4, .price = P(1000), .side = S, .account = 2);
	REPLACE(.order = 3, .qty = 10, .price = P(1001),
	    .flags = EXCH_ORD_POST_ONLY | EXCH_ORD_SLIDE);
	ORDER(.id = 5, .price = P(998), .qty = 40, .side = S, .account = 2);
	hand_agree(&met, "an iceberg smaller than its part slides");
	tap_is_u64(met.restate[EXCH_RESTATE_SLIDE], 1, "  a tick below");
	tap_is_u64(met.type[EXCH_REC_EXEC], 2, "  and trades with all it has");
}

int
main(void)
{
	expiry();
	accounts();
	to_limit();
	counted();
	icebergs();
	elsewhere();
	groups();
	ends();
	middles();
	rounds();
	offsets();
	quotes();
	large();
	shared();
	announced();
	phases();
	stepping();
	return tap_done();
}
