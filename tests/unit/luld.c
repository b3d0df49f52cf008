/*
 * Limit up, limit down: bands, limits moved to them, limit states and the
 * pause, each as exch-market(5) has it.
 */
#include <config.h>

#include "refused.h"
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
	    "ack 1; restated 1 band 1100 5/5; \"luld limit-state=buy\".",
	    "a bid is moved to the band, which is a limit state");
	tap_is_str(
	    rig_clock_to(&r, r.now + 20), "phase halt LUDP.", "for too long");
	tap_is_str(rig_clock_to(&r, r.now + 30),
	    "phase continuous LUDP; "
	    "\"luld lower=9 upper=11 reference=10\"; "
	    "\"luld limit-state=buy\".",
	    "it goes on");
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
	    "ack 4; exec 2 4/3 5@1011 buy; "
	    "\"luld lower=9.09 upper=11.11 reference=10.1\".",
	    "1 % does");
	tap_is_str(rig_buy(&r, 5, 5, 1112),
	    "ack 5; restated 5 band 1111 5/5; \"luld limit-state=buy\".",
	    "10 % of the mean, 10.10");
	rig_close(&r);
}

/* What a band is at least, and what an iceberg shows when it is moved. */
static void
edges(void)
{
	static const struct rig_order iceberg = {
	    .id = 1, .side = EXCH_BUY, .qty = 10, .px = 1500};
	static const struct exch_ext shows[2] = {
	    {.tag = EXCH_EXT_DISPLAY, .value = 3}};
	struct rig r;

	rig_open_market(&r, "luld from 0 100%\n", 50, 1);
	tap_is_str(r.text, "\"luld lower=0.01 upper=1 reference=0.5\".",
	    "a band is at least one tick");
	rig_close(&r);
	rig_open_market(&r, "luld from 0 10%\n", 1000, 1);
	tap_is_str(rig_new_with(&r, iceberg, shows),
	    "ack 1; restated 1 band 1100 10/3; \"luld limit-state=buy\".",
	    "an iceberg goes on showing its part");
	rig_close(&r);
	rig_open_market(&r, "luld above 10 10%\n", 1000, 1);
	tap_is_str(r.text, "", "no line for this price, no bands");
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

/* ---- the last 25 minutes ---- */

/*
 * Bands before and behind the time, of a file in which tier 1 doubles at
 * every price and tier 2 up to 3.00.
 */
static void
doubles(unsigned tier, int64_t close, const char *before, const char *behind)
{
	struct rig r;
	char text[300];

	snprintf(text, sizeof(text),
	    "luld above 3.00 %s\nluld from 0.75 20%% double\n"
	    "luld below 0.75 75%% most 0.15 double\n"
	    "luld double 00:00:01\n",
	    tier == 1 ? "5% double" : "10%");
	rig_open_market(&r, text, close, 1);
	tap_is_str(r.text, before, "single");
	tap_is_str(rig_clock_to(&r, EXCH_SEC - 1), "", "until the time comes");
	tap_is_str(rig_clock_to(&r, EXCH_SEC), behind, "and then");
	(void)rig_instrument(
	    &r, (struct rig_instrument){.instr = 2, .reference = close});
	snprintf(text, sizeof(text), "i2 %s", behind[0] ? behind : before);
	tap_is_str(r.text, text, "of later ones at once");
	rig_close(&r);
}

static void
last_minutes(void)
{
	static const char late[] = "luld from 0 10% double\nluld outside "
				   "reject\nluld double 00:00:01\n";
	struct rig r;

	doubles(1, 2743, "\"luld lower=26.06 upper=28.8 reference=27.43\".",
	    "\"luld lower=24.69 upper=30.17 reference=27.43\".");
	doubles(
	    2, 2743, "\"luld lower=24.69 upper=30.17 reference=27.43\".", "");
	doubles(1, 301, "\"luld lower=2.86 upper=3.16 reference=3.01\".",
	    "\"luld lower=2.71 upper=3.31 reference=3.01\".");
	doubles(2, 301, "\"luld lower=2.71 upper=3.31 reference=3.01\".", "");
	for (unsigned tier = 1; tier <= 2; tier++) {
		doubles(tier, 300, "\"luld lower=2.4 upper=3.6 reference=3\".",
		    "\"luld lower=1.8 upper=4.2 reference=3\".");
		doubles(tier, 50,
		    "\"luld lower=0.35 upper=0.65 reference=0.5\".",
		    "\"luld lower=0.2 upper=0.8 reference=0.5\".");
	}

	rig_open_market(&r, late, 1000, 1);
	tap_is_str(rig_buy(&r, 1, 5, 1200), "reject new 1 band.", "before");
	tap_is_str(rig_buy(&r, 2, 5, 1100), "ack 2; \"luld limit-state=buy\".",
	    "at the band");
	tap_is_str(rig_clock_to(&r, EXCH_SEC),
	    "\"luld lower=8 upper=12 reference=10\"; "
	    "\"luld limit-state=none\".",
	    "the band leaves the bid behind");
	tap_is_str(rig_buy(&r, 3, 5, 1201), "reject new 3 band.", "beyond");
	tap_is_str(rig_buy(&r, 4, 5, 1200), "ack 4; \"luld limit-state=buy\".",
	    "20 % now");
	rig_close(&r);
}

/* ---- lines of a file that make no sense ---- */

static void
refusals(void)
{
	static const char shape[] =
	    "luld needs above, from or below, a price, a percentage, maybe "
	    "most and an amount, and maybe double";
	char many[600] = "name x\n";

	refused("name x\nluld\n", 2, "luld needs a word and its value");
	refused("name x\nluld above\n", 2, "luld needs a word and its value");
	refused("name x\nluld above 3.00\n", 2, shape);
	refused("name x\nluld above 3.00 double\n", 2,
	    "'double' is not a percentage");
	refused("name x\n\nluld from 3.00 5% 1.00\n", 3, shape);
	refused("name x\nluld from 3.00 5% most\n", 2, shape);
	refused("name x\nluld from 3.00 5% most double\n", 2, shape);
	refused("name x\nluld from 3.00 5% least 1.00\n", 2, shape);
	refused("name x\nluld from 3.00 5% double most 1.00\n", 2, shape);
	refused("name x\nluld above three 5%\n", 2,
	    "'three' is not a number such as 0.01");
	refused("name x\nluld above -3 5%\n", 2, "'-3' is not a number");
	refused("name x\nluld below 3 5\n", 2,
	    "'5' is not a percentage such as 7.5%");
	refused("name x\nluld below 3 0%\n", 2, "'0%' is not a percentage");
	refused("name x\nluld below 3 5% most x\n", 2, "'x' is not a number");
	refused(
	    "name x\nluld below 3 5% most 0\n", 2, "'0' is no amount above 0");
	for (int i = 0; i <= EXCH_MARKET_LULD_BANDS; i++)
		snprintf(many + strlen(many), sizeof(many) - strlen(many),
		    "luld above %d 5%%\n", i);
	refused(
	    many, EXCH_MARKET_LULD_BANDS + 2, "there are more than 16 bands");
	refused("name x\nluld hold 1s 2s\n", 2, "luld has too many words");
	refused("name x\nluld between 1s\n", 2,
	    "'between' is none of above, from, below, window, change, hold, "
	    "limit, pause, double, outside");
	refused("name x\nluld window 5\n", 2, "'5' is not a time such as 2m");
	refused("name x\nluld change 5\n", 2, "'5' is not a percentage");
	refused("name x\nluld hold never\n", 2, "'never' is not a time");
	refused("name x\nluld limit 0s\n", 2, "'0s' is not a time");
	refused("name x\nluld pause 25h\n", 2, "'25h' is not a time");
	refused("name x\nluld double 5m\n", 2,
	    "'5m' is not a time of day such as 15:25");
	refused("name x\nluld outside trade\n", 2,
	    "'trade' is neither reprice nor reject");
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
	edges();
	outside();
	last_minutes();
	refusals();
	exch_market_clear(&rig_market);
	return tap_done();
}
