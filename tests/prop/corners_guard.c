/*
 * The corners of what protects a market, one by one and through both
 * engines: the ends of exch-market(5), PROTECTIONS, where ranges, bands and
 * times reach further than numbers do, or meet each other.
 */
#include <config.h>

#include "prop/by_hand.h"

#define OPEN EXCH_PHASE_CONTINUOUS
#define CALL EXCH_PHASE_CALL
#define SHARE ((struct exch_rec_instrument){0})
#define FUTURE(t)                                                              \
	((struct exch_rec_instrument){.kind = EXCH_KIND_FUTURE, .tick = (t)})
#define PERCENT UINT64_C(1000000)

static struct coverage met;

/* A market with these rules, whose last price is 1000. */
static void
printed(const struct naive_rules *rules)
{
	hand_begin(SHARE, OPEN);
	hand.rules = *rules;
	ORDER(.id = 1, .price = P(1000), .side = S, .account = 9);
	ORDER(.id = 2, .price = P(1000), .account = 8);
}

/* Bounds beyond the highest and the lowest price. */
static void
collars(void)
{
	const exch_px most = NONE - 1;

	hand_begin(FUTURE(1), OPEN);
	hand.rules.collar = 1000 * PERCENT;
	ORDER(.id = 1, .price = most / 2, .side = S);
	ORDER(.id = 2, .price = most, .qty = 60);
	ORDER(.id = 3, .type = EXCH_ORD_MARKET, .side = S, .qty = 20);
	ORDER(.id = 4, .price = -most / 2);
	ORDER(.id = 5, .price = -most, .side = S, .qty = 50);
	ORDER(.id = 6, .type = EXCH_ORD_MARKET);
	hand_agree(&met, "collars wider than prices are");
	tap_is_u64(met.reject[EXCH_REJ_COLLAR], 0, "  refuse nothing");
	tap_is_u64(met.type[EXCH_REC_EXEC], 3, "  and bound nobody");
}

/* One queue by receipt, and a range that a later price is out of. */
static void
stopped(void)
{
	const struct naive_rules rules = {
	    .stop_dynamic = PERCENT, .stop_dynamic_time = 50};

	for (unsigned k = 0; k < 3; k++) {
		printed(&rules);
		hand.alloc = k == 0 ? NULL : "time";
		ORDER(.id = 3, .price = P(1005), .side = S, .account = 2);
		ORDER(.id = 4, .price = P(1050), .side = S, .account = 2);
		ORDER(.id = 5, .price = P(1050), .qty = 80,
		    .tif = k == 2 ? EXCH_TIF_DAY : EXCH_TIF_FOK);
		hand_time += 100;
		ORDER(.id = 6);
		hand_agree(&met, "an order that trades out of the range");
		tap_is_u64(met.reason[EXCH_WHY_FOK], k != 2,
		    "  is not there to fill or kill");
		tap_is_u64(met.clock[1], k == 2 ? 2 : 0, "  or stops trading");
	}
}

/* A peg of another instrument moves, and stops trading there. */
static void
elsewhere(void)
{
	hand_begin(SHARE, OPEN);
	hand.rules.stop_dynamic = PERCENT;
	hand.rules.stop_dynamic_time = 50;
	hand_instrument((struct exch_rec_instrument){.h.instr = 2});
	ORDER(.id = 1, .instr = 2, .price = P(1000), .side = S, .account = 9);
	ORDER(.id = 2, .instr = 2, .price = P(1000), .account = 8);
	ORDER(.id = 3, .instr = 2, .price = P(990), .account = 9);
	ORDER(.id = 4, .instr = 2, .price = P(1010), .side = S,
	    WITH(OCO, 0, 5));
	ORDER(.id = 5, .instr = 2, .price = P(1100), .side = S, .account = 9);
	ORDER(.id = 6, .instr = 2, .price = P(1040), .side = S, .account = 4,
	    .flags = EXCH_ORD_HIDDEN);
	ORDER(.id = 7, .instr = 2, .type = EXCH_ORD_PEG, .account = 3,
	    WITH(PEG, EXCH_PEG_MID, 0));
	ORDER(.id = 1, .price = P(1000), WITH(OCO, 0, 5));
	ORDER(.id = 2, .price = P(1000), .side = S, .account = 2);
	hand_time += 100;
	ORDER(.id = 8);
	hand_agree(&met, "a group here, a peg and a range there");
	tap_is_u64(met.reason[EXCH_WHY_OCO], 1, "  one cancels the other");
	tap_ok(met.clock[1] > 1, "  which stops the other instrument");
}

/* Only the side of the surplus is another one. */
static void
indications(void)
{
	hand_begin(SHARE, CALL);
	hand.rules.indicative = 100;
	ORDER(.id = 1, .price = P(1000), .qty = 100);
	ORDER(.id = 2, .price = P(1000), .qty = 50, .side = S);
	hand_time += 100;
	hand_cancel(1, 50);
	ORDER(.id = 3, .price = P(1000), .qty = 50, .side = S);
	hand_time += 100;
	hand_cancel(3, 50);
	ORDER(.id = 4, .price = P(1000), .qty = 50);
	hand_time += 300;
	ORDER(.id = 5, .price = P(500), .qty = 1);
	hand_agree(&met, "indications of one price and quantity");
	tap_is_u64(met.type[EXCH_REC_AUCTION], 3, "  and of either side");
}

static void
luld(void)
{
	struct naive_rules rules = {.nluld = 1,
	    .luld = {{.rel = 0, .share = 150 * PERCENT}},
	    .luld_window = 100,
	    .luld_change = 1,
	    .luld_hold = 1,
	    .luld_limit = 1000,
	    .luld_pause = 1000};
	const exch_px high = (NONE - 1) / TICK * TICK;

	/* More than all of it: a tick is the lowest, and the parts of a
	 * window of less than 300 ns are one of these. */
	rules.luld_hold = 1000;
	printed(&rules);
	rules.luld_hold = 1;
	ORDER(.id = 3, .price = P(1), .qty = 5);
	ORDER(.id = 4, .price = P(2500), .qty = 5, .side = S);
	ORDER(.id = 5, .price = P(2501), .qty = 5, .side = S);
	ORDER(.id = 6, .qty = 5, .type = EXCH_ORD_MARKET, .account = 2);
	ORDER(.id = 7, .qty = 5, .type = EXCH_ORD_MARKET, .account = 2);
	hand_time += 500;
	ORDER(.id = 8, .price = P(1), .qty = 1, .side = S, .account = 2);
	hand_agree(&met, "bands of more than the price");
	tap_is_u64(met.reason[EXCH_WHY_BAND], 1, "  beyond them nobody trades");

	/* At the other end the highest price is the band. */
	hand_begin(
	    (struct exch_rec_instrument){.reference = high - P(5)}, OPEN);
	hand.rules = rules;
	ORDER(.id = 1, .price = high, .side = S, .qty = 5);
	ORDER(.id = 2, .price = high, .qty = 5, .account = 2);
	hand_agree(&met, "a band beyond the highest price");
	tap_is_u64(met.type[EXCH_REC_EXEC], 1, "  is the highest price");

	/* A reference of zero has no bands, and a mean that is the same when
	 * it is cut is none that counts. */
	hand_begin(FUTURE(1), OPEN);
	hand.rules = rules;
	ORDER(.id = 1, .price = 5, .side = S, .qty = 5);
	ORDER(.id = 2, .price = 5, .qty = 5, .account = 2);
	ORDER(.id = 3, .price = 6, .side = S, .qty = 5);
	ORDER(.id = 4, .price = 6, .qty = 5, .account = 2);
	hand_agree(&met, "a mean cut to the reference");
	hand_begin(FUTURE(1), OPEN);
	hand.rules = rules;
	ORDER(.id = 1, .price = -5, .side = S, .qty = 5);
	ORDER(.id = 2, .price = -5, .qty = 5, .account = 2);
	ORDER(.id = 3, .price = 60, .side = S, .qty = 5);
	ORDER(.id = 4, .price = 60, .qty = 5, .account = 2);
	hand_agree(&met, "a reference below zero");
	tap_is_u64(met.type[EXCH_REC_EXEC], 2, "  has no bands");

	/* Pegs move by themselves; children are not looked at before they
	 * come in. */
	rules.luld[0].share = 2 * PERCENT;
	rules.luld_window = 30000;
	rules.luld_reject = true;
	printed(&rules);
	ORDER(.id = 3, .price = P(990), .account = 7, .qty = 20);
	ORDER(.id = 4, .price = P(990), .account = 6);
	ORDER(.id = 5, .price = P(1100), WITH(PARENT, 0, 3), .account = 7);
	ORDER(.id = 6, .price = P(1200), .side = S, .account = 7);
	ORDER(.id = 7, .type = EXCH_ORD_PEG, .account = 7,
	    WITH(PEG, EXCH_PEG_PRIMARY, P(80)));
	hand_time += 2000;
	ORDER(.id = 8, .price = P(990), .qty = 30, .side = S, .account = 2);
	hand_agree(&met, "a peg and a child beyond bands that move");
	tap_is_u64(met.type[EXCH_REC_EXEC], 3, "  the peg is passed over");
	tap_is_u64(met.reason[EXCH_WHY_BAND], 1, "  the child may not come in");
}

/* An iceberg smaller than its part comes back beyond a band. */
static void
moved(void)
{
	const struct naive_rules rules = {.nluld = 1,
	    .luld = {{.rel = 0, .share = PERCENT}},
	    .luld_window = 30000,
	    .luld_change = 100 * PERCENT,
	    .luld_hold = 1000,
	    .luld_limit = 100000,
	    .luld_pause = 1000};

	printed(&rules);
	ORDER(.id = 3, .price = P(995), .qty = 100, WITH(DISPLAY, 0, 20));
	REPLACE(.order = 3, .price = P(1050), .qty = 10);
	ORDER(.id = 4, .price = P(1050), .qty = 100, WITH(DISPLAY, 0, 20));
	hand_agree(&met, "icebergs beyond a band");
	tap_is_u64(met.restate[EXCH_RESTATE_BAND], 2, "  are moved to it");
}

/* Rules hold on another grid, and what went by prices begins anew. */
static void
announced(void)
{
	const struct naive_rules rules = {
	    .stop_still = PERCENT, .stop_still_time = 50};

	hand_begin(SHARE, CALL);
	hand.rules = rules;
	ORDER(.id = 1, .price = P(1000), .side = S, .account = 9);
	ORDER(.id = 2, .price = P(1000), .account = 8);
	hand_phase(1, OPEN, 0);
	hand_instrument((struct exch_rec_instrument){.tick = 5 * TICK});
	ORDER(.id = 3, .price = P(2000), .side = S, .account = 9);
	ORDER(.id = 4, .price = P(2000), .account = 8);
	hand_agree(&met, "an auction's price forgotten with its grid");
	tap_is_u64(met.type[EXCH_REC_EXEC], 2, "  stops nobody");
}

/* Imposed orders are above the rules, and rest whatever they say. */
static void
imposed(void)
{
	const struct naive_rules rules = {.collar = PERCENT};

	printed(&rules);
	ORDER(.id = 3, .price = P(2000), .tif = EXCH_TIF_IOC, .imposed = true);
	ORDER(.id = 4, .price = P(1500), .side = S, .imposed = true);
	ORDER(.id = 5, .price = P(2050));
	ORDER(.id = 6, .price = P(1400), .side = S);
	hand_agree(&met, "imposed orders beyond a collar");
	tap_is_u64(met.type[EXCH_REC_ACK], 4, "  are taken");
	tap_is_u64(met.reject[EXCH_REJ_COLLAR], 2, "  others are not");
}

/* Calls of a kind that no rule names. */
static void
unknown(void)
{
	struct naive_rules rules = {.day = true, .nrows = 1};

	for (unsigned i = 0; i < 6; i++)
		rules.random_end[i] = 10;
	rules.row[0] = (struct naive_row){.time = 1050, .phase = OPEN};
	hand_begin(SHARE, CALL);
	hand.rules = rules;
	hand_phase(0, CALL, 200);
	ORDER(.id = 1, .price = P(1000), .side = S);
	ORDER(.id = 2, .price = P(1000));
	hand_time += 100;
	ORDER(.id = 3);
	hand_agree(&met, "an auction nobody knows, and random ends");
	tap_is_u64(met.type[EXCH_REC_EXEC], 1, "  it ends when it should");
	tap_is_u64(met.clock[3], 0, "  without one");
}

/* What is held when time ends. */
static void
held(void)
{
	hand_begin(SHARE, OPEN);
	hand.rules.bump = 1000;
	hand_time = EXCH_TS_NONE - 10;
	ORDER(.id = 1, .price = P(1000), .side = S);
	ORDER(.id = 2, .price = P(1000), .account = 2);
	hand_agree(&met, "a speed bump at the end of time");
	tap_is_u64(met.type[EXCH_REC_EXEC], 1, "  ends then");
}

int
main(void)
{
	collars();
	stopped();
	elsewhere();
	indications();
	luld();
	moved();
	announced();
	imposed();
	unknown();
	held();
	return tap_done();
}
