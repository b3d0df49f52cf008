/*
 * What exch-ordertypes(7) refuses, one order and one replacement after the
 * other, each with its code, and beside it what is just allowed.  Random
 * flows meet few of these, for nobody makes so many mistakes by chance.
 * Both engines answer (lockstep.h), and nothing but the answer may differ
 * from a market in which the command was never sent.
 */
#include <config.h>

#include "prop/by_hand.h"

/* The market all of them meet: lots of 10, the last price 1000 ticks. */
enum {
	BID = 3,     /* 100 @ 990 */
	OFFER = 4,   /* 100 @ 1010 */
	ICEBERG = 5, /* buys 100, shows 20 */
	STOP = 6,    /* buys at 1050 */
	TRAIL = 7,   /* sells 5 ticks below */
	PEG = 8,     /* buys at the bid */
	DISCREET = 9,
	EACH = 10, /* buys 50, 20 at a time */
	AON = 11,
	ATO = 12,
	ASK = 13,    /* a request for quotes, sells */
	ANSWER = 14, /* to it */
	CHILD = 15,  /* of the bid */
	LIT = 16     /* buys at 950, up to 960 */
};

static const struct hand_order market[] = {
    {.id = 1, .price = P(1000), .side = EXCH_SELL, .account = 3},
    {.id = 2, .price = P(1000), .account = 3},
    {.id = BID, .price = P(990), .qty = 100},
    {.id = OFFER,
	.price = P(1010),
	.qty = 100,
	.side = EXCH_SELL,
	.account = 2},
    {.id = ICEBERG, .price = P(980), .qty = 100, WITH(DISPLAY, 0, 20)},
    {.id = STOP, .type = EXCH_ORD_STOP, WITH(STOP, 0, P(1050))},
    {.id = TRAIL,
	.type = EXCH_ORD_STOP,
	.side = EXCH_SELL,
	WITH(TRAIL, 0, P(5))},
    {.id = PEG, .type = EXCH_ORD_PEG, WITH(PEG, EXCH_PEG_PRIMARY, 0)},
    {.id = DISCREET, .price = P(970), WITH(DISCRETION, 0, P(975))},
    {.id = EACH, .price = P(960), WITH(MIN_QTY, EXCH_MIN_EACH, 20)},
    {.id = AON, .price = P(950), .flags = EXCH_ORD_AON},
    {.id = ATO, .price = P(950), .tif = EXCH_TIF_ATO},
    {.id = ASK, .price = P(1000), .side = EXCH_SELL, .flags = EXCH_ORD_REQUEST},
    {.id = ANSWER, .price = P(1001), .account = 2, WITH(REQUEST, 0, ASK)},
    {.id = CHILD, .price = P(1020), .side = EXCH_SELL, WITH(PARENT, 0, BID)},
    {.id = LIT, .price = P(960), .type = EXCH_ORD_LIT, WITH(STOP, 0, P(950))}};

static void
begin(void)
{
	hand_begin(
	    (struct exch_rec_instrument){.lot = 10}, EXCH_PHASE_CONTINUOUS);
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(market); i++)
		hand_order(&market[i]);
}

/* Both engines run the market and the command behind it. */
static void
answered(enum exch_reject want, const char *what)
{
	struct coverage c;
	uint64_t sum = 0;

	hand_agree(&c, what);
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(c.reject); i++)
		sum += c.reject[i];
	tap_ok(sum == (want != EXCH_REJ_NONE) &&
		   (want == EXCH_REJ_NONE || c.reject[want] == 1),
	    want == EXCH_REJ_NONE ? "  is taken" : "  has its code");
	for (unsigned i = 1; i < EXCH_ARRAY_LEN(c.reject); i++)
		if (c.reject[i] != (i == (unsigned)want))
			printf("# code %u: %u\n", i, (unsigned)c.reject[i]);
}

#define REFUSE(code, text, ...)                                                \
	{                                                                      \
		EXCH_REJ_##code, text,                                         \
		{                                                              \
			.id = 50, __VA_ARGS__                                  \
		}                                                              \
	}
#define TAKE(text, ...) REFUSE(NONE, text, __VA_ARGS__)

static const struct {
	enum exch_reject code;
	const char *what;
	struct hand_order o;
} orders[] = {
    /* Words. */
    REFUSE(SIDE, "a side nobody knows", .side = 9),
    REFUSE(TYPE, "a type nobody knows", .type = 'Z'),
    REFUSE(
	TYPE, "a peg that is imposed", .type = EXCH_ORD_PEG, .imposed = true),
    REFUSE(TYPE, "a market order that is", .type = EXCH_ORD_MARKET,
	.imposed = true),
    REFUSE(TIF, "a time in force nobody knows", .tif = 99),
    REFUSE(TIF, "an order for the opening that is imposed", .tif = EXCH_TIF_ATO,
	.imposed = true),
    REFUSE(
	TIF, "one with a date that is", .tif = EXCH_TIF_GTD, .imposed = true),
    /* Flags. */
    REFUSE(FLAGS, "a flag nobody knows", .flags = 128),
    REFUSE(
	FLAGS, "hidden and imposed", .flags = EXCH_ORD_HIDDEN, .imposed = true),
    REFUSE(FLAGS, "post-only without a limit", .type = EXCH_ORD_MARKET,
	.flags = EXCH_ORD_POST_ONLY),
    REFUSE(FLAGS, "post-only and IOC", .tif = EXCH_TIF_IOC,
	.flags = EXCH_ORD_POST_ONLY),
    REFUSE(FLAGS, "post-only for the close", .tif = EXCH_TIF_ATC,
	.flags = EXCH_ORD_POST_ONLY),
    REFUSE(FLAGS, "slide without post-only", .flags = EXCH_ORD_SLIDE),
    TAKE("slide with it", .flags = EXCH_ORD_SLIDE | EXCH_ORD_POST_ONLY),
    REFUSE(FLAGS, "by-id without a limit", .type = EXCH_ORD_MARKET,
	.flags = EXCH_ORD_BY_ID),
    REFUSE(FLAGS, "a hidden market order", .type = EXCH_ORD_MARKET,
	.flags = EXCH_ORD_HIDDEN),
    REFUSE(FLAGS, "a hidden stop", .type = EXCH_ORD_STOP,
	.flags = EXCH_ORD_HIDDEN, WITH(STOP, 0, P(1050))),
    REFUSE(FLAGS, "a hidden touched one", .type = EXCH_ORD_MIT,
	.flags = EXCH_ORD_HIDDEN, WITH(STOP, 0, P(950))),
    REFUSE(FLAGS, "a hidden market-to-limit", .type = EXCH_ORD_MTL,
	.flags = EXCH_ORD_HIDDEN),
    TAKE("a hidden stop with a limit", .price = P(1060),
	.type = EXCH_ORD_STOP_LIMIT, .flags = EXCH_ORD_HIDDEN,
	WITH(STOP, 0, P(1050))),
    REFUSE(FLAGS, "all or none without a limit", .type = EXCH_ORD_MTL,
	.flags = EXCH_ORD_AON),
    REFUSE(
	FLAGS, "all or none, IOC", .tif = EXCH_TIF_IOC, .flags = EXCH_ORD_AON),
    REFUSE(FLAGS, "all or none, post-only",
	.flags = EXCH_ORD_AON | EXCH_ORD_POST_ONLY),
    REFUSE(FLAGS, "imbalance-only without a limit", .type = EXCH_ORD_MARKET,
	.tif = EXCH_TIF_ATO, .flags = EXCH_ORD_IMBALANCE),
    REFUSE(FLAGS, "imbalance-only for any auction", .tif = EXCH_TIF_GFA,
	.flags = EXCH_ORD_IMBALANCE),
    REFUSE(FLAGS, "imbalance-only for the day", .flags = EXCH_ORD_IMBALANCE),
    TAKE("imbalance-only for the close", .tif = EXCH_TIF_ATC,
	.flags = EXCH_ORD_IMBALANCE),
    REFUSE(
	FLAGS, "a hidden request", .flags = EXCH_ORD_REQUEST | EXCH_ORD_HIDDEN),
    REFUSE(FLAGS, "a request that is FOK", .tif = EXCH_TIF_FOK,
	.flags = EXCH_ORD_REQUEST),
    REFUSE(FLAGS, "a request that is a stop", .type = EXCH_ORD_STOP,
	.flags = EXCH_ORD_REQUEST, WITH(STOP, 0, P(1050))),
    TAKE("a request at any price", .type = EXCH_ORD_MARKET,
	.flags = EXCH_ORD_REQUEST),
    /* Quantities and prices. */
    REFUSE(QTY, "2^64-1 of it", .qty = EXCH_QTY_NONE),
    REFUSE(LOT, "a part of a lot", .qty = 45),
    REFUSE(PRICE, "a limit that is none", .price = NONE),
    REFUSE(PRICE, "a limit of zero and less", .price = -TICK),
    REFUSE(PRICE, "a market order with a limit", .price = P(900),
	.type = EXCH_ORD_MARKET),
    REFUSE(PRICE, "a stop with a limit", .price = P(900), .type = EXCH_ORD_STOP,
	WITH(STOP, 0, P(1050))),
    REFUSE(PRICE, "a peg to nothing", .price = -TICK, .type = EXCH_ORD_PEG,
	WITH(PEG, EXCH_PEG_MID, 0)),
    REFUSE(TICK, "half a tick", .price = P(900) + TICK / 2),
    /* STOP and TRAIL. */
    REFUSE(STOP, "a limit order with a trigger", WITH(STOP, 0, P(1050))),
    REFUSE(STOP, "a stop without one", .type = EXCH_ORD_STOP),
    REFUSE(STOP, "at half a tick", .type = EXCH_ORD_STOP,
	WITH(STOP, 0, P(1050) + 1)),
    REFUSE(STOP, "below zero", .type = EXCH_ORD_MIT, WITH(STOP, 0, -TICK)),
    REFUSE(STOP, "that is none", .type = EXCH_ORD_STOP, WITH(STOP, 0, NONE)),
    REFUSE(STOP, "at the last price", .type = EXCH_ORD_STOP,
	WITH(STOP, 0, P(1000))),
    REFUSE(STOP, "touched at the last price", .type = EXCH_ORD_MIT,
	WITH(STOP, 0, P(1000))),
    REFUSE(STOP, "a sell stop at it", .type = EXCH_ORD_STOP, .side = EXCH_SELL,
	WITH(STOP, 0, P(1000))),
    TAKE("just beyond it", .type = EXCH_ORD_STOP, WITH(STOP, 0, P(1001))),
    REFUSE(STOP, "a limit order that trails", WITH(TRAIL, 0, P(5))),
    REFUSE(STOP, "a touched order that does", .type = EXCH_ORD_MIT,
	WITH(TRAIL, 0, P(5))),
    REFUSE(STOP, "trailing, and a trigger", .type = EXCH_ORD_STOP,
	AND(X(TRAIL, 0, P(5)), X(STOP, 0, P(1050)))),
    REFUSE(STOP, "a distance of nothing", .type = EXCH_ORD_STOP,
	WITH(TRAIL, 0, 0)),
    REFUSE(STOP, "of half a tick", .type = EXCH_ORD_STOP,
	WITH(TRAIL, 0, TICK / 2)),
    REFUSE(STOP, "of more than there is", .type = EXCH_ORD_STOP,
	WITH(TRAIL, 0, NONE)),
    REFUSE(
	STOP, "of 2^64-1", .type = EXCH_ORD_STOP, WITH(TRAIL, 0, UINT64_MAX)),
    REFUSE(STOP, "of all of the price", .type = EXCH_ORD_STOP,
	WITH(TRAIL, EXCH_TRAIL_PERCENT, 100000000)),
    TAKE("of nearly all", .type = EXCH_ORD_STOP, .side = EXCH_SELL,
	WITH(TRAIL, EXCH_TRAIL_PERCENT, 99999999)),
    REFUSE(STOP, "in a measure nobody knows", .type = EXCH_ORD_STOP,
	WITH(TRAIL, 2, P(5))),
    /* DISPLAY. */
    REFUSE(DISPLAY, "an iceberg without a limit", .type = EXCH_ORD_MTL,
	WITH(DISPLAY, 0, 20)),
    REFUSE(DISPLAY, "that is hidden", .flags = EXCH_ORD_HIDDEN,
	WITH(DISPLAY, 0, 20)),
    REFUSE(DISPLAY, "all or none", .flags = EXCH_ORD_AON, WITH(DISPLAY, 0, 20)),
    REFUSE(DISPLAY, "IOC", .tif = EXCH_TIF_IOC, WITH(DISPLAY, 0, 20)),
    REFUSE(DISPLAY, "that shows nothing", WITH(DISPLAY, 0, 0)),
    REFUSE(DISPLAY, "that shows all", WITH(DISPLAY, 0, 50)),
    REFUSE(DISPLAY, "that shows a part of a lot", WITH(DISPLAY, 0, 15)),
    REFUSE(
	DISPLAY, "that varies by more than it shows", WITH(DISPLAY, 101, 20)),
    TAKE("that varies by all of it", WITH(DISPLAY, 100, 20)),
    /* MIN_QTY. */
    REFUSE(MIN_QTY, "a minimum of a stop", .type = EXCH_ORD_STOP,
	AND(X(MIN_QTY, 0, 20), X(STOP, 0, P(1050)))),
    REFUSE(
	MIN_QTY, "of all or none", .flags = EXCH_ORD_AON, WITH(MIN_QTY, 0, 20)),
    REFUSE(
	MIN_QTY, "of fill or kill", .tif = EXCH_TIF_FOK, WITH(MIN_QTY, 0, 20)),
    REFUSE(MIN_QTY, "of an order for an auction", .tif = EXCH_TIF_GFA,
	WITH(MIN_QTY, 0, 20)),
    REFUSE(MIN_QTY, "of an iceberg", AND(X(DISPLAY, 0, 20), X(MIN_QTY, 0, 20))),
    REFUSE(MIN_QTY, "of nothing", WITH(MIN_QTY, 0, 0)),
    REFUSE(MIN_QTY, "of more than all", WITH(MIN_QTY, 0, 60)),
    REFUSE(MIN_QTY, "of a part of a lot", WITH(MIN_QTY, 0, 25)),
    REFUSE(MIN_QTY, "of a kind nobody knows", WITH(MIN_QTY, 2, 20)),
    TAKE("of all", .type = EXCH_ORD_MTL, WITH(MIN_QTY, 0, 50)),
    /* EXPIRE. */
    REFUSE(EXPIRE, "until, for the day", WITH(EXPIRE, 0, 5000)),
    REFUSE(EXPIRE, "until no time", .tif = EXCH_TIF_GTT),
    REFUSE(EXPIRE, "until a time that is over", .tif = EXCH_TIF_GTT,
	WITH(EXPIRE, 0, 900)),
    REFUSE(EXPIRE, "until 2^64-1", .tif = EXCH_TIF_GTD,
	WITH(EXPIRE, 0, EXCH_TS_NONE)),
    TAKE("until a moment before that", .tif = EXCH_TIF_GTD,
	WITH(EXPIRE, 0, EXCH_TS_NONE - 1)),
    TAKE("a market order until then", .type = EXCH_ORD_MARKET,
	.tif = EXCH_TIF_GTT, WITH(EXPIRE, 0, 5000)),
    /* PEG. */
    REFUSE(PEG, "a limit order that is pegged", WITH(PEG, EXCH_PEG_MID, 0)),
    REFUSE(PEG, "a peg without an entry", .type = EXCH_ORD_PEG),
    REFUSE(PEG, "to nothing", .type = EXCH_ORD_PEG, WITH(PEG, 0, 0)),
    REFUSE(PEG, "to what nobody knows", .type = EXCH_ORD_PEG, WITH(PEG, 4, 0)),
    REFUSE(PEG, "half a tick away", .type = EXCH_ORD_PEG,
	WITH(PEG, EXCH_PEG_PRIMARY, TICK / 2)),
    REFUSE(PEG, "away from the middle", .type = EXCH_ORD_PEG,
	WITH(PEG, EXCH_PEG_MID, TICK)),
    REFUSE(PEG, "IOC", .type = EXCH_ORD_PEG, .tif = EXCH_TIF_IOC,
	WITH(PEG, EXCH_PEG_MID, 0)),
    REFUSE(PEG, "for the opening", .type = EXCH_ORD_PEG, .tif = EXCH_TIF_ATO,
	WITH(PEG, EXCH_PEG_MID, 0)),
    TAKE("a tick below", .type = EXCH_ORD_PEG, .tif = EXCH_TIF_GTC,
	WITH(PEG, EXCH_PEG_PRIMARY, -TICK)),
    /* DISCRETION. */
    REFUSE(DISCRETION, "no price", WITH(DISCRETION, 0, NONE)),
    REFUSE(DISCRETION, "off the grid", WITH(DISCRETION, 0, P(905) + 1)),
    REFUSE(DISCRETION, "the limit itself", WITH(DISCRETION, 0, P(900))),
    REFUSE(DISCRETION, "of a market-to-limit", .type = EXCH_ORD_MTL,
	WITH(DISCRETION, 0, P(905))),
    REFUSE(DISCRETION, "IOC", .tif = EXCH_TIF_IOC, WITH(DISCRETION, 0, P(905))),
    REFUSE(DISCRETION, "for the opening", .tif = EXCH_TIF_ATO,
	WITH(DISCRETION, 0, P(905))),
    REFUSE(DISCRETION, "of an iceberg",
	AND(X(DISPLAY, 0, 20), X(DISCRETION, 0, P(905)))),
    REFUSE(DISCRETION, "with a minimum",
	AND(X(MIN_QTY, 0, 20), X(DISCRETION, 0, P(905)))),
    REFUSE(DISCRETION, "post-only", .flags = EXCH_ORD_POST_ONLY,
	WITH(DISCRETION, 0, P(905))),
    REFUSE(DISCRETION, "all or none", .flags = EXCH_ORD_AON,
	WITH(DISCRETION, 0, P(905))),
    TAKE("hidden", .flags = EXCH_ORD_HIDDEN, WITH(DISCRETION, 0, P(905))),
    /* OCO, PARENT and REQUEST. */
    REFUSE(LINK, "a group without a number", WITH(OCO, 0, 0)),
    REFUSE(LINK, "a group of one that is IOC", .tif = EXCH_TIF_IOC,
	WITH(OCO, 0, 1)),
    REFUSE(LINK, "a child of nobody", WITH(PARENT, 0, 999)),
    REFUSE(
	LINK, "of another account's order", .account = 2, WITH(PARENT, 0, BID)),
    REFUSE(LINK, "of a request", WITH(PARENT, 0, ASK)),
    REFUSE(LINK, "of an answer", .account = 2, WITH(PARENT, 0, ANSWER)),
    REFUSE(LINK, "that is FOK", .tif = EXCH_TIF_FOK, WITH(PARENT, 0, BID)),
    REFUSE(LINK, "for the close", .tif = EXCH_TIF_ATC, WITH(PARENT, 0, BID)),
    REFUSE(
	LINK, "post-only", .flags = EXCH_ORD_POST_ONLY, WITH(PARENT, 0, BID)),
    TAKE("of a child", WITH(PARENT, 0, CHILD)),
    TAKE("that trails, of a stop", .type = EXCH_ORD_STOP,
	AND(X(TRAIL, EXCH_TRAIL_AMOUNT, P(5)), X(PARENT, 0, STOP))),
    REFUSE(REQUEST, "an iceberg that asks", .flags = EXCH_ORD_REQUEST,
	WITH(DISPLAY, 0, 20)),
    REFUSE(REQUEST, "a minimum that does", .flags = EXCH_ORD_REQUEST,
	WITH(MIN_QTY, 0, 20)),
    REFUSE(REQUEST, "one of a group that does", .flags = EXCH_ORD_REQUEST,
	WITH(OCO, 0, 1)),
    REFUSE(REQUEST, "one with discretion that does", .flags = EXCH_ORD_REQUEST,
	WITH(DISCRETION, 0, P(905))),
    REFUSE(REQUEST, "a child that does", .flags = EXCH_ORD_REQUEST,
	WITH(PARENT, 0, BID)),
    REFUSE(REQUEST, "asks and answers", .price = P(1001), .account = 2,
	.flags = EXCH_ORD_REQUEST, WITH(REQUEST, 0, ASK)),
    REFUSE(REQUEST, "an answer to nobody", .price = P(1001), .account = 2,
	WITH(REQUEST, 0, 999)),
    REFUSE(REQUEST, "to an order", .side = EXCH_SELL, .account = 2,
	WITH(REQUEST, 0, BID)),
    REFUSE(REQUEST, "to an answer", .price = P(1001), .side = EXCH_SELL,
	WITH(REQUEST, 0, ANSWER)),
    REFUSE(REQUEST, "on the same side", .price = P(1001), .side = EXCH_SELL,
	.account = 2, WITH(REQUEST, 0, ASK)),
    REFUSE(REQUEST, "below what the request wants", .price = P(999),
	.account = 2, WITH(REQUEST, 0, ASK)),
    REFUSE(REQUEST, "hidden", .price = P(1001), .account = 2,
	.flags = EXCH_ORD_HIDDEN, WITH(REQUEST, 0, ASK)),
    REFUSE(REQUEST, "for the opening", .price = P(1001), .account = 2,
	.tif = EXCH_TIF_ATO, WITH(REQUEST, 0, ASK)),
    REFUSE(REQUEST, "without a limit", .type = EXCH_ORD_MARKET, .account = 2,
	WITH(REQUEST, 0, ASK)),
    REFUSE(ACCOUNT, "by oneself", .price = P(1001), WITH(REQUEST, 0, ASK)),
    TAKE("at its limit", .price = P(1000), .account = 2, .tif = EXCH_TIF_GTC,
	WITH(REQUEST, 0, ASK)),
};

#define DENY(code, text, id, ...)                                              \
	{                                                                      \
		EXCH_REJ_##code, text,                                         \
		{                                                              \
			.order = (id), __VA_ARGS__                             \
		}                                                              \
	}
#define LET(text, id, ...) DENY(NONE, text, id, __VA_ARGS__)

static const struct {
	enum exch_reject code;
	const char *what;
	struct hand_change k;
} changes[] = {
    DENY(UNKNOWN_ORDER, "an order that is not there", 999, .price = P(900)),
    DENY(REQUEST, "a request", ASK, .price = P(1000)),
    DENY(REQUEST, "an answer", ANSWER, .price = P(1001)),
    DENY(TIF, "that becomes IOC", BID, .price = P(990), .tif = EXCH_TIF_IOC),
    DENY(TIF, "that is for the opening then", BID, .price = P(990),
	.tif = EXCH_TIF_ATO),
    DENY(TIF, "that has a date, imposed", BID, .price = P(990),
	.tif = EXCH_TIF_GTD, .imposed = true),
    DENY(EXPIRE, "until no time", BID, .price = P(990), .tif = EXCH_TIF_GTT),
    DENY(EXPIRE, "until a time, for the day", BID, .price = P(990),
	WITH(EXPIRE, 0, 5000)),
    DENY(EXPIRE, "until a time that is over", BID, .price = P(990),
	.tif = EXCH_TIF_GTT, WITH(EXPIRE, 0, 900)),
    LET("until a time", BID, .price = P(990), .tif = EXCH_TIF_GTT,
	WITH(EXPIRE, 0, 5000)),
    DENY(FLAGS, "hidden from now on", BID, .price = P(990),
	.flags = EXCH_ORD_HIDDEN),
    DENY(FLAGS, "slide without post-only", BID, .price = P(990),
	.flags = EXCH_ORD_SLIDE),
    DENY(FLAGS, "slide, imposed", BID, .price = P(990),
	.flags = EXCH_ORD_SLIDE | EXCH_ORD_POST_ONLY, .imposed = true),
    LET("slide with post-only", BID, .price = P(990),
	.flags = EXCH_ORD_SLIDE | EXCH_ORD_POST_ONLY),
    DENY(FLAGS, "post-only, of a stop", STOP, .flags = EXCH_ORD_POST_ONLY),
    DENY(FLAGS, "post-only, all or none", AON, .price = P(950),
	.flags = EXCH_ORD_POST_ONLY),
    DENY(FLAGS, "post-only, for the opening", ATO, .price = P(950),
	.flags = EXCH_ORD_POST_ONLY),
    DENY(FLAGS, "post-only, with discretion", DISCREET, .price = P(970),
	.flags = EXCH_ORD_POST_ONLY),
    DENY(FLAGS, "post-only, of a child", CHILD, .price = P(1020),
	.flags = EXCH_ORD_POST_ONLY),
    DENY(QTY, "2^64-1 of it", BID, .price = P(990), .qty = EXCH_QTY_NONE),
    DENY(LOT, "a part of a lot", BID, .price = P(990), .qty = 45),
    DENY(PRICE, "a limit order without", BID, .qty = 50),
    DENY(PRICE, "a stop with a limit", STOP, .price = P(1050)),
    DENY(PRICE, "a limit if touched without", LIT, .qty = 50),
    DENY(PRICE, "a peg below zero", PEG, .price = -TICK),
    LET("a peg with a limit", PEG, .price = P(980)),
    DENY(TICK, "half a tick", BID, .price = P(990) + TICK / 2),
    DENY(STOP, "a trigger of a limit order", BID, .price = P(990),
	WITH(STOP, 0, P(1060))),
    DENY(STOP, "of one that trails", TRAIL, WITH(STOP, 0, P(990))),
    DENY(STOP, "at the last price", STOP, WITH(STOP, 0, P(1000))),
    DENY(STOP, "off the grid", STOP, WITH(STOP, 0, P(1060) + 1)),
    LET("a tick further", STOP, WITH(STOP, 0, P(1051))),
    DENY(DISPLAY, "shown part of an order that shows all", BID, .price = P(990),
	WITH(DISPLAY, 0, 20)),
    DENY(DISPLAY, "of nothing", ICEBERG, .price = P(980), WITH(DISPLAY, 0, 0)),
    DENY(DISPLAY, "of all", ICEBERG, .price = P(980), WITH(DISPLAY, 0, 50)),
    DENY(DISPLAY, "of a part of a lot", ICEBERG, .price = P(980),
	WITH(DISPLAY, 0, 15)),
    DENY(DISPLAY, "that varies too much", ICEBERG, .price = P(980),
	WITH(DISPLAY, 101, 20)),
    LET("that varies", ICEBERG, .price = P(980), WITH(DISPLAY, 100, 30)),
    DENY(MIN_QTY, "less than its minimum", EACH, .price = P(960), .qty = 10),
    DENY(DISCRETION, "of an order without", BID, .price = P(990),
	WITH(DISCRETION, 0, P(1000))),
    DENY(DISCRETION, "that is no further than the limit", DISCREET,
	.price = P(970), WITH(DISCRETION, 0, P(970))),
    DENY(
	DISCRETION, "that the new limit has passed", DISCREET, .price = P(980)),
    LET("that goes with it", DISCREET, .price = P(980),
	WITH(DISCRETION, 0, P(985))),
};

int
main(void)
{
	begin();
	answered(EXCH_REJ_NONE, "the market itself");
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(orders); i++) {
		begin();
		hand_order(&orders[i].o);
		answered(orders[i].code, orders[i].what);
	}
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(changes); i++) {
		begin();
		hand_replace(&changes[i].k);
		answered(changes[i].code, changes[i].what);
	}
	return tap_done();
}
