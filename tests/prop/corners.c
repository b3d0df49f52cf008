/*
 * The corners of what a stream may hold, one by one and through both
 * engines (lockstep.h): what random flows meet seldom is here for certain.
 */
#include <config.h>

#include "prop/by_hand.h"

#define MOST ((EXCH_PX_NONE - 1) / TICK * TICK)

/* Only orders of the plain market: the books are derived as well. */
static void
begin(uint8_t kind, uint8_t phase)
{
	hand_begin((struct exch_rec_instrument){.kind = kind}, phase);
	hand.general = false;
}

static void
order(exch_oid id, uint8_t side, exch_qty qty, exch_px price)
{
	hand_order(&(struct hand_order){.id = id,
	    .side = side,
	    .qty = qty,
	    .type = price == NONE ? EXCH_ORD_MARKET : EXCH_ORD_LIMIT});
	/* Zero is a price here. */
	hand.cmd[hand.n - 1].order.price = price;
}

static void
replace(exch_oid id, exch_oid to, exch_qty qty, exch_px price)
{
	hand_replace(
	    &(struct hand_change){.order = id, .price = price, .qty = qty});
	hand.cmd[hand.n - 1].replace.new_order = to;
}

/* The ids 0 and 2^64 - 1 are ids like others. */
static void
ids(void)
{
	struct coverage c;

	begin(EXCH_KIND_EQUITY, EXCH_PHASE_CONTINUOUS);
	order(0, EXCH_BUY, 10, 5 * TICK);
	order(0, EXCH_BUY, 10, 5 * TICK); /* duplicate */
	order(UINT64_MAX, EXCH_SELL, 4, 5 * TICK);
	order(UINT64_MAX, EXCH_SELL, 4, 6 * TICK);
	order(UINT64_MAX, EXCH_SELL, 4, 6 * TICK); /* duplicate */
	hand_cancel(0, 2);
	replace(0, UINT64_MAX, 3, 5 * TICK); /* duplicate */
	replace(UINT64_MAX, 0, 3, 6 * TICK); /* duplicate */
	replace(0, 1, 3, 5 * TICK);
	replace(UINT64_MAX, 0, 3, 6 * TICK);
	hand_cancel(UINT64_MAX, EXCH_QTY_NONE); /* unknown */
	hand_cancel(0, EXCH_QTY_NONE);
	hand_agree(&c, "orders 0 and 2^64-1");
	tap_is_u64(c.reject[EXCH_REJ_DUPLICATE], 4, "  each is there once");
	tap_is_u64(c.reject[EXCH_REJ_UNKNOWN_ORDER], 1, "  and goes");
	tap_is_u64(c.type[EXCH_REC_EXEC], 1, "  and trades");
	tap_is_u64(c.type[EXCH_REC_REPLACED], 2, "  and changes its id");
}

/* Price times quantity is not the engine's business: it may pass any type. */
static void
notional(void)
{
	struct coverage c;

	begin(EXCH_KIND_EQUITY, EXCH_PHASE_CONTINUOUS);
	order(1, EXCH_SELL, EXCH_QTY_NONE - 1, MOST);
	order(2, EXCH_SELL, 1, MOST); /* joins: the level is full then */
	order(3, EXCH_SELL, 1, MOST); /* no room */
	order(4, EXCH_BUY, EXCH_QTY_NONE - 1, MOST);
	order(5, EXCH_BUY, EXCH_QTY_NONE, MOST); /* qty */
	hand_agree(&c, "the largest quantity at the largest price");
	tap_is_u64(c.type[EXCH_REC_EXEC], 1, "  trades");
	tap_is_u64(c.reason[EXCH_WHY_CAPACITY], 1, "  a full level is full");
	tap_is_u64(c.reject[EXCH_REJ_QTY], 1, "  2^64-1 is no quantity");
}

static void
prices(void)
{
	struct coverage c;

	begin(EXCH_KIND_EQUITY, EXCH_PHASE_CONTINUOUS);
	order(1, EXCH_BUY, 5, TICK);
	order(2, EXCH_BUY, 5, 0);     /* price */
	order(3, EXCH_BUY, 5, -TICK); /* price */
	order(4, EXCH_SELL, 5, MOST);
	order(5, EXCH_SELL, 5, EXCH_PX_NONE - 1); /* tick */
	order(6, EXCH_BUY, 3, MOST);
	order(7, EXCH_SELL, 3, TICK);
	hand_agree(&c, "prices at both ends of a share's range");
	tap_is_u64(c.reject[EXCH_REJ_PRICE], 2, "  not at zero, not below");
	tap_is_u64(c.reject[EXCH_REJ_TICK], 1, "  not beside the grid");
	tap_is_u64(c.type[EXCH_REC_EXEC], 2, "  they trade at both ends");

	begin(EXCH_KIND_FUTURE, EXCH_PHASE_CONTINUOUS);
	order(1, EXCH_BUY, 5, -MOST);
	order(2, EXCH_BUY, 5, INT64_MIN); /* tick */
	order(3, EXCH_SELL, 5, 0);
	order(4, EXCH_BUY, 2, 0);
	order(5, EXCH_SELL, 5, -MOST);
	hand_agree(&c, "a spread's range has another end");
	tap_is_u64(c.reject[EXCH_REJ_TICK], 1, "  which -2^63 is beyond");
	tap_is_u64(c.type[EXCH_REC_EXEC], 2, "  zero and less trade");
}

/* In a call a book may be crossed from one end to the other. */
static void
crossed(void)
{
	struct coverage c;

	begin(EXCH_KIND_EQUITY, EXCH_PHASE_CONTINUOUS);
	hand_phase(1, EXCH_PHASE_CALL, EXCH_CROSS_OPEN);
	order(1, EXCH_SELL, 10, TICK);
	order(2, EXCH_BUY, 6, MOST);
	order(3, EXCH_SELL, EXCH_QTY_NONE - 1, 7 * TICK);
	order(4, EXCH_BUY, EXCH_QTY_NONE - 1, 9 * TICK);
	order(5, EXCH_BUY, 3, EXCH_PX_NONE);
	order(6, EXCH_SELL, 3, EXCH_PX_NONE);
	hand_phase(1, EXCH_PHASE_CONTINUOUS, EXCH_CROSS_OPEN);
	hand_agree(&c, "a book that is crossed in a call");
	tap_is_u64(c.cross[EXCH_CROSS_OPEN], 4, "  is not when it ends");
	tap_is_u64(c.cross[EXCH_CROSS_NONE], 0, "  and nothing traded before");
}

/*
 * One price, many orders: the naive engine sets how many.  The engine alone
 * has a million in tests/unit/match.c.
 */
static void
queue(void)
{
	struct coverage c;

	begin(EXCH_KIND_EQUITY, EXCH_PHASE_CONTINUOUS);
	for (exch_oid i = 1; i <= 4000; i++)
		order(i, EXCH_BUY, 1 + i % 3, 5 * TICK);
	for (exch_oid i = 1; i <= 4000; i += 5)
		hand_cancel(i, EXCH_QTY_NONE);
	order(5000, EXCH_SELL, 5000, 5 * TICK);
	hand_agree(&c, "four thousand orders at one price");
	tap_is_u64(c.deepest, 4000, "  are there at one time");
	tap_ok(c.type[EXCH_REC_EXEC] > 2000, "  and trade in their order");
}

int
main(void)
{
	ids();
	notional();
	prices();
	crossed();
	queue();
	return tap_done();
}
