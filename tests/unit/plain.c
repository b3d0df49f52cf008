/*
 * Orders that are taken at a glance (match/plain.c), where the glance is not
 * enough: ids whose cell of the index is taken, prices at the ends of a row
 * of ticks and of a band, quantities at the ends of their type, owners that
 * meet themselves, and orders with conditions beside.
 */
#include <config.h>

#include "rig_market.h"
#include "tap.h"

/* So far apart that ids have one cell, whatever the size of the table. */
#define FAR ((exch_oid)1 << 40)

static void
ids(void)
{
	struct rig r;

	rig_open_market(&r, "tick 0 0.02\n", 1000, 1);
	tap_is_str(rig_buy(&r, 7, 5, 1000), "ack 7.", "an order has a cell");
	tap_is_str(rig_buy(&r, 7 + FAR, 5, 1000), "ack 1099511627783.",
	    "another wants the same");
	tap_is_str(rig_buy(&r, 7 + 2 * FAR, 5, 1001),
	    "reject new 2199023255559 tick.", "a third one is off the step");
	tap_is_str(rig_buy(&r, 7 + FAR, 5, 1000),
	    "reject new 1099511627783 duplicate.", "the second comes again");
	tap_is_str(rig_sell(&r, 7 + 3 * FAR, 1, 1000),
	    "ack 3298534883335; exec 1 7/3298534883335 1@1000 sell.",
	    "a fourth one trades");
	tap_is_str(rig_cancel(&r, 7 + FAR, 2),
	    "cancelled 1099511627783 2 user open.", "the second has less");
	tap_is_str(
	    rig_replace(&r, (struct rig_replace){7 + FAR, .qty = 9, .px = 998}),
	    "replaced 1099511627783>1099511627783 9 lost.", "it is replaced");
	tap_is_str(rig_cancel(&r, 7, 9), "cancelled 7 4 user.", "and goes on");
	tap_is_str(rig_cancel(&r, 7 + FAR, 9),
	    "cancelled 1099511627783 9 user.", "when the first has gone");
	tap_is_str(rig_cancel(&r, 7 + FAR, 9),
	    "reject cancel 1099511627783 unknown-order.", "until it goes");
	rig_close(&r);
}

/* Rows of ticks: a price of another row opens the gate there. */
static void
rows(void)
{
	struct rig r;

	rig_open_market(&r, "tick 1 0.02\ntick 10 0.05\n", 0, 1);
	tap_is_str(rig_buy(&r, 1, 5, 99), "ack 1.", "below the first row");
	tap_is_str(
	    rig_buy(&r, 2, 5, 101), "reject new 2 tick.", "in the first");
	tap_is_str(rig_buy(&r, 2, 5, 100), "ack 2.", "where it begins");
	tap_is_str(rig_buy(&r, 3, 5, 998), "ack 3.", "and ends");
	tap_is_str(
	    rig_buy(&r, 4, 5, 1002), "reject new 4 tick.", "in the second");
	tap_is_str(rig_buy(&r, 4, 5, 1005), "ack 4.", "on its step");
	tap_is_str(
	    rig_sell(&r, 5, 5, 1002), "reject new 5 tick.", "though it sells");
	tap_is_str(rig_buy(&r, 5, 5, 97), "ack 5.", "and back below");
	tap_is_str(
	    rig_new(&r,
		(struct rig_order){
		    .id = 6, .side = EXCH_BUY, .qty = 1, .raw = -RIG_TICK}),
	    "reject new 6 price.", "below nothing");
	tap_is_str(rig_new(&r, (struct rig_order){.id = 6,
				   .side = EXCH_BUY,
				   .qty = 1,
				   .raw = EXCH_PX_NONE,
				   .type = EXCH_ORD_LIMIT}),
	    "reject new 6 price.", "without a price");
	rig_close(&r);
}

/* Bands: the last price moves the dynamic one; the bound belongs to it. */
static void
bands(void)
{
	struct rig r;

	rig_open_market(&r, "band static 10%\nband dynamic 2%\n", 1000, 1);
	tap_is_str(rig_buy(&r, 1, 5, 900), "ack 1.", "the lower bound");
	tap_is_str(rig_buy(&r, 2, 5, 899), "reject new 2 band.", "below it");
	tap_is_str(rig_sell(&r, 2, 5, 1100), "ack 2.", "the upper bound");
	tap_is_str(rig_sell(&r, 3, 5, 1101), "reject new 3 band.", "above it");
	(void)rig_sell(&r, 4, 1, 1000);
	(void)rig_buy(&r, 5, 1, 1000);
	tap_is_str(rig_buy(&r, 6, 5, 980), "ack 6.", "2 % below the last");
	tap_is_str(rig_buy(&r, 7, 5, 979), "reject new 7 band.", "more");
	(void)rig_sell(&r, 8, 1, 1020);
	(void)rig_buy(&r, 9, 1, 1020);
	tap_is_str(
	    rig_buy(&r, 10, 5, 999), "reject new 10 band.", "it has risen");
	tap_is_str(rig_buy(&r, 10, 5, 1000), "ack 10.", "to 999.6");
	tap_is_str(rig_sell(&r, 11, 5, 1040), "ack 11.", "and 1040.4");
	tap_is_str(
	    rig_sell(&r, 12, 5, 1041), "reject new 12 band.", "not more");
	(void)rig_instrument(&r, (struct rig_instrument){.reference = 1000});
	tap_is_str(rig_sell(&r, 12, 5, 1040), "ack 12.", "announced again");
	(void)rig_instrument(&r, (struct rig_instrument){.reference = 2000});
	tap_is_str(rig_sell(&r, 13, 5, 1040), "reject new 13 band.",
	    "with another reference");
	rig_close(&r);
}

static void
quantities(void)
{
	struct rig r;

	rig_open(&r, "plain-ref", EXCH_PHASE_CONTINUOUS);
	tap_is_str(rig_buy(&r, 1, EXCH_QTY_NONE, 1000), "reject new 1 qty.",
	    "no quantity");
	tap_is_str(
	    rig_buy(&r, 1, EXCH_QTY_NONE - 1, 1000), "ack 1.", "the largest");
	(void)rig_instrument(&r, (struct rig_instrument){.min = 9, .max = 8});
	tap_is_str(rig_buy(&r, 2, 9, 900), "reject new 2 qty.",
	    "a range that holds nothing");
	tap_is_str(rig_buy(&r, 2, EXCH_QTY_NONE, 900), "reject new 2 qty.",
	    "not even that");
	(void)rig_instrument(&r, (struct rig_instrument){.lot = 7});
	tap_is_str(
	    rig_buy(&r, 2, 9, 900), "reject new 2 lot.", "part of a lot");
	tap_is_str(rig_buy(&r, 2, (exch_qty)7 << 61, 900), "ack 2.",
	    "more lots than half the type holds");
	tap_is_str(rig_buy(&r, 3, ((exch_qty)7 << 61) + 1, 900),
	    "reject new 3 lot.", "and a part");
	rig_close(&r);
}

static struct rig_order
of(uint32_t account, exch_oid id, uint8_t side, exch_qty qty, int64_t px)
{
	return (struct rig_order){
	    .id = id, .side = side, .qty = qty, .px = px, .account = account};
}

static void
owners(void)
{
	struct rig r;

	rig_open_market(&r, "self-trade decrement\n", 1000, 1);
	(void)rig_new(&r, of(5, 1, EXCH_SELL, 4, 1000));
	(void)rig_new(&r, of(6, 2, EXCH_SELL, 4, 1000));
	(void)rig_new(&r, of(5, 3, EXCH_SELL, 4, 1001));
	tap_is_str(rig_new(&r, of(5, 4, EXCH_BUY, 10, 1001)),
	    "ack 4; cancelled 1 4 self-trade; cancelled 4 4 self-trade open; "
	    "exec 1 4/2 4@1000 buy; cancelled 3 2 self-trade open; "
	    "cancelled 4 2 self-trade.",
	    "its own orders shrink, others trade");
	(void)rig_new(&r, of(0, 5, EXCH_SELL, 1, 1000));
	tap_is_str(rig_new(&r, of(0, 6, EXCH_BUY, 1, 1000)),
	    "ack 6; exec 2 6/5 1@1000 buy.", "nobody is not an owner");
	rig_close(&r);
}

/* A stop keeps still until something trades. */
static void
beside(void)
{
	const struct exch_ext stop[] = {
	    {.tag = EXCH_EXT_STOP, .value = (uint64_t)(1000 * RIG_TICK)},
	    {.tag = 0}};
	struct rig r;

	rig_open(&r, "plain-ref", EXCH_PHASE_CONTINUOUS);
	(void)rig_new_with(&r,
	    (struct rig_order){
		.id = 1, .side = EXCH_BUY, .qty = 3, .type = EXCH_ORD_STOP},
	    stop);
	tap_is_str(rig_sell(&r, 2, 5, 1000), "ack 2.", "an order rests");
	tap_is_str(rig_sell(&r, 3, 5, 1001), "ack 3.", "and another");
	tap_is_str(
	    rig_cancel(&r, 3, 2), "cancelled 3 2 user open.", "which has less");
	tap_is_str(rig_buy(&r, 4, 1, 1000),
	    "ack 4; exec 1 4/2 1@1000 buy; triggered 1 1000; "
	    "exec 2 1/2 3@1000 buy.",
	    "what trades triggers the stop");
	rig_close(&r);
}

int
main(void)
{
	ids();
	rows();
	bands();
	quantities();
	owners();
	beside();
	exch_market_clear(&rig_market);
	return tap_done();
}
