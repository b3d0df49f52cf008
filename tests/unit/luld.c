/*
 * Limit up, limit down: bands, limits moved to them, limit states and the
 * pause, each as exch-market(5) has it.
 */
#include <config.h>

#include "rig_market.h"
#include "tap.h"

/* Both bounds are allowed; a tick beyond either is refused. */
static void
bands(const char *rule, int64_t close, int64_t lower, int64_t upper)
{
	struct rig r;
	char text[100];

	snprintf(text, sizeof(text), "luld %s\nluld outside reject\n", rule);
	rig_open_market(&r, text, close, 1);
	tap_is_str(rig_buy(&r, 1, 5, upper + 1), "reject new 1 band.",
	    "above the upper band");
	tap_is_str(rig_sell(&r, 2, 5, lower - 1), "reject new 2 band.",
	    "below the lower");
	tap_ok(strncmp(rig_buy(&r, 3, 5, upper), "ack 3", 5) == 0,
	    "the upper itself");
	rig_close(&r);
	rig_open_market(&r, text, close, 1);
	tap_ok(strncmp(rig_sell(&r, 4, 5, lower), "ack 4", 5) == 0,
	    "the lower itself");
	rig_close(&r);
}

static void
states(void)
{
	struct rig r;

	rig_open_market(
	    &r, "luld from 0 10%\nluld limit 20ns\nluld pause 30ns\n", 1000, 1);
	tap_is_str(rig_buy(&r, 1, 5, 1500),
	    "ack 1; restated 1 band 1100 5/5; record 0x0a.",
	    "a bid is moved to the band, which is a limit state");
	tap_is_str(rig_clock_to(&r, r.now + 20), "phase halt.", "for too long");
	tap_is_str(rig_clock_to(&r, r.now + 30),
	    "phase continuous; record 0x0a; record 0x0a.", "it goes on");
	rig_close(&r);
}

static void
reference(void)
{
	struct rig r;

	rig_open_market(&r, "luld from 0 10%\nluld hold 1ns\n", 1000, 1);
	(void)rig_sell(&r, 1, 5, 1009);
	tap_is_str(rig_buy(&r, 2, 5, 1009), "ack 2; exec 1 2/1 5@1009 buy.",
	    "a mean 0.9 % away changes nothing");
	(void)rig_sell(&r, 3, 5, 1011);
	tap_is_str(rig_buy(&r, 4, 5, 1011),
	    "ack 4; exec 2 4/3 5@1011 buy; record 0x0a.", "1 % does");
	tap_is_str(rig_buy(&r, 5, 5, 1112),
	    "ack 5; restated 5 band 1111 5/5; record 0x0a.",
	    "10 % of the mean, 10.10");
	rig_close(&r);
}

/* An imposed offer below the lower band stands there and is nobody's. */
static void
outside(void)
{
	static const struct rig_order imposed = {.id = 1,
	    .side = EXCH_SELL,
	    .qty = 5,
	    .px = 500,
	    .hflags = EXCH_F_IMPOSED};
	static const struct rig_order discreet = {
	    .id = 3, .side = EXCH_BUY, .qty = 5, .px = 1000};
	static const struct exch_ext to[2] = {
	    {.tag = EXCH_EXT_DISCRETION, .value = 11 * EXCH_PX_ONE}};
	struct rig r;

	rig_open_market(&r, "luld from 0 10%\n", 1000, 1);
	tap_is_str(rig_new(&r, imposed), "ack 1.",
	    "imposed orders are left as they are");
	tap_is_str(rig_buy(&r, 2, 5, 1000), "ack 2.", "it is passed over");
	tap_is_str(rig_new_with(&r, discreet, to), "ack 3.",
	    "discretion does not reach for it");
	tap_is_str(rig_sell(&r, 4, 3, 1050),
	    "ack 4; exec 1 3/4 3@1050 buy; restated 3 discretion 1000 2/2.",
	    "but for what is within the bands");
	rig_close(&r);
}

int
main(void)
{
	bands("above 3.00 5%", 2743, 2606, 2880);
	bands("above 3.00 10%", 2743, 2469, 3017);
	bands("from 0.75 20%", 240, 192, 288);
	bands("below 0.75 75% most 0.15", 50, 35, 65);
	states();
	reference();
	outside();
	exch_market_clear(&rig_market);
	return tap_done();
}
