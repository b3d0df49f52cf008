/*
 * What goes by the phase and the clock, exch-market(5), THE DAY: random ends
 * of calls, eligibility by phase, and freezes.
 */
#include <config.h>

#include "base/rng.h"
#include "rig.h"
#include "ref/timetable.h"
#include "tap.h"

static struct exch_market k;
static struct exch_timetable_row row[] = {
    {.time = 1000, .phase = EXCH_PHASE_CALL, .cross = EXCH_CROSS_OPEN},
    {.time = 2000000, .phase = EXCH_PHASE_CONTINUOUS},
    {.time = 4000000, .phase = EXCH_PHASE_CALL, .cross = EXCH_CROSS_CLOSE},
    {.time = 5000000, .phase = EXCH_PHASE_CLOSED},
};
static struct exch_timetable t = {row, EXCH_ARRAY_LEN(row)};

static void
open_market(struct rig *r, const char *text, uint64_t seed)
{
	struct exch_match_opts o = {.timetable = &t,
	    .market = &k,
	    .seed = seed,
	    .phase = EXCH_PHASE_PRE_OPEN};
	struct exch_diag d = {0};

	exch_market_clear(&k);
	if (exch_market_parse(text, strlen(text), "test", &k, &d) != 0) {
		printf("# %s\n", d.text);
		exit(99);
	}
	rig_open_opts(r, &o);
	rig_instrument(r, (struct rig_instrument){0});
	rig_instrument(r, (struct rig_instrument){.instr = 2});
}

static const char *
at(struct rig *r, exch_ts time)
{
	(void)exch_match_advance(r->m, time, &r->d);
	r->now = time;
	return rig_events(r, 0);
}

/* The draw, in the words of the manual. */
static uint64_t
drawn(uint64_t seed, uint64_t instr, uint64_t cross, uint64_t n, uint64_t span)
{
	struct exch_rng g;

	exch_rng_seed(&g, seed ^ (instr << 32) ^ (cross << 24) ^ n);
	return exch_rng_below(&g, span);
}

static void
random_ends(void)
{
	uint64_t one = drawn(9, 1, EXCH_CROSS_OPEN, 0, 1000000);
	uint64_t two = drawn(9, 2, EXCH_CROSS_OPEN, 0, 1000000);
	char want[400];
	struct rig r;

	open_market(&r, "name x\nrandom-end open 1ms\n", 9);
	at(&r, 1000);
	rig_buy(&r, 1, 10, 1000);
	at(&r, 2000000);
	tap_is_str(r.text,
	    "i0 phase continuous; phase call RND; i2 phase call RND.",
	    "the calls go on");
	rig_sell(&r, 2, 10, 1000);
	tap_is_str(r.text, "ack 2.", "and gather");
	at(&r, 3900000);
	snprintf(want, sizeof(want),
	    "[t%llu] %sphase continuous RND; [t%llu] %sauction open",
	    (unsigned long long)(2000000 + (one < two ? one : two)),
	    one < two ? "" : "i2 ",
	    (unsigned long long)(2000000 + (one < two ? one : two)),
	    one < two ? "" : "i2 ");
	tap_ok(strncmp(r.text, want, strlen(want)) == 0,
	    "each ends at its own draw");
	if (strncmp(r.text, want, strlen(want)) != 0)
		printf("# %s\n# %s\n", r.text, want);
	tap_ok(strstr(r.text, "exec 1 1/2 10@1000 open") != NULL,
	    "who came late takes part");
	at(&r, 4000000);
	tap_is_str(at(&r, 5000000),
	    "i0 phase closed; auction close none paired=0 none=0 "
	    "ref=1000; i2 auction close none paired=0 none=0 ref=none.",
	    "an auction without a random end is punctual");
	rig_close(&r);
}

static void
asked_for(void)
{
	struct rig r;

	open_market(&r, "name x\nrandom-end open 1ms\n", 9);
	at(&r, 1000);
	tap_ok(strstr(rig_to(&r, EXCH_PHASE_CONTINUOUS), "call") == NULL,
	    "a phase of the stream is obeyed at once");
	rig_close(&r);
	open_market(&r, "name x\nrandom-end close 1ms\n", 9);
	at(&r, 4000000);
	at(&r, EXCH_TS_NONE);
	tap_ok(strstr(r.text, "auction close") != NULL &&
		   strstr(r.text, "i2 auction close") != NULL,
	    "at the end of the input the random end happens");
	rig_close(&r);
}

static void
eligibility(void)
{
	struct rig r;

	open_market(&r,
	    "name x\nphase pre-open orders limit\nphase pre-open valid gtc\n"
	    "phase call valid day gtc\n",
	    0);
	tap_is_str(rig_buy(&r, 1, 10, 1000), "reject new 1 phase.",
	    "a time in force the phase does not take");
	tap_is_str(rig_new(&r, (struct rig_order){.id = 1,
				   .side = EXCH_BUY,
				   .qty = 10,
				   .px = 1000,
				   .tif = EXCH_TIF_GTC}),
	    "ack 1.", "one it takes");
	tap_is_str(
	    rig_new(&r,
		(struct rig_order){
		    .id = 2, .side = EXCH_BUY, .qty = 10, .tif = EXCH_TIF_GTC}),
	    "reject new 2 phase.", "a type it does not take");
	tap_is_str(rig_replace(&r,
		       (struct rig_replace){.id = 1, .qty = 10, .px = 1001}),
	    "reject replace 1 phase.", "a replacement that would be DAY");
	tap_is_str(rig_cancel(&r, 1, 4), "cancelled 1 4 user open.",
	    "a cancel is no entry");
	at(&r, 1000);
	tap_is_str(rig_replace(
		       &r, (struct rig_replace){.id = 1, .qty = 5, .px = 1001}),
	    "replaced 1>1 5 lost.", "another phase takes it");
	tap_is_str(rig_new(&r, (struct rig_order){.id = 3,
				   .side = EXCH_BUY,
				   .qty = 10,
				   .px = 1000,
				   .tif = EXCH_TIF_ATO}),
	    "reject new 3 phase.", "but nothing for the auction");
	tap_is_str(rig_new(&r, (struct rig_order){.id = 3,
				   .side = EXCH_BUY,
				   .qty = 10,
				   .px = 1000,
				   .tif = EXCH_TIF_DAY,
				   .hflags = EXCH_F_IMPOSED}),
	    "ack 3.", "imposed orders are above it");
	rig_close(&r);
}

static void
freezes(void)
{
	struct rig r;

	open_market(&r,
	    "name x\nfreeze open 500us new ato\nfreeze open 1ms cancel replace"
	    " limit\nrandom-end open 1ms\n",
	    9);
	at(&r, 999997);
	rig_new(&r, (struct rig_order){.id = 1,
			.side = EXCH_BUY,
			.qty = 10,
			.px = 1000,
			.tif = EXCH_TIF_ATO});
	rig_buy(&r, 2, 10, 0);
	tap_is_str(r.text, "ack 2.", "a market order in the call");
	tap_is_str(rig_cancel(&r, 1, 1), "reject cancel 1 phase.",
	    "a millisecond before the end");
	tap_is_str(rig_cancel(&r, 9, 1), "reject cancel 9 unknown-order.",
	    "that there is no such order comes first");
	tap_is_str(rig_cancel(&r, 1, 0), "reject cancel 1 qty.",
	    "and so does everything else that is wrong");
	tap_is_str(rig_cancel(&r, 2, 1), "cancelled 2 1 user open.",
	    "other types are free");
	tap_is_str(rig_replace(
		       &r, (struct rig_replace){.id = 1, .qty = 5, .px = 1000}),
	    "reject replace 1 phase.", "nor replaced");
	r.now = 1499998;
	tap_is_str(rig_new(&r, (struct rig_order){.id = 3,
				   .side = EXCH_BUY,
				   .qty = 10,
				   .px = 1000,
				   .tif = EXCH_TIF_ATO}),
	    "ack 3.", "a nanosecond before the entry is frozen");
	tap_is_str(rig_new(&r, (struct rig_order){.id = 4,
				   .side = EXCH_BUY,
				   .qty = 10,
				   .px = 1000,
				   .tif = EXCH_TIF_ATO}),
	    "reject new 4 phase.", "half a millisecond before the end");
	tap_is_str(rig_buy(&r, 4, 10, 1000), "ack 4.", "not for the others");
	at(&r, 2000000);
	tap_is_str(rig_cancel(&r, 1, 1), "reject cancel 1 phase.",
	    "and all of its random end");
	at(&r, 3500000);
	tap_is_str(rig_cancel(&r, 4, 1), "cancelled 4 1 user open.",
	    "afterwards everybody is free");
	rig_close(&r);
}

/* What is imposed rests, and a freeze knows its time in force. */
static void
frozen_by_time_in_force(void)
{
	struct rig r;

	open_market(&r, "name x\nfreeze open 1ms cancel day\n", 9);
	at(&r, 1000);
	rig_buy(&r, 1, 10, 1000);
	tap_is_str(rig_new(&r, (struct rig_order){.id = 2,
				   .side = EXCH_BUY,
				   .qty = 10,
				   .px = 1000,
				   .tif = EXCH_TIF_FOK,
				   .hflags = EXCH_F_IMPOSED}),
	    "ack 2.", "fill or kill is imposed");
	at(&r, 1500000);
	tap_is_str(rig_cancel(&r, 1, 1), "reject cancel 1 phase.",
	    "orders of the day are frozen");
	tap_is_str(rig_cancel(&r, 2, 1), "cancelled 2 1 user open.",
	    "that one is not");
	rig_close(&r);
}

static const char *
on_close(struct rig *r, exch_oid id)
{
	return rig_new(r, (struct rig_order){.id = id,
			      .side = EXCH_BUY,
			      .qty = 10,
			      .px = 1000,
			      .tif = EXCH_TIF_ATC});
}

/* Before the closing call has begun, and when it has no length. */
static void
freezes_ahead(void)
{
	struct rig r;

	open_market(&r, "name x\nfreeze close 2ms new cancel atc\n", 9);
	at(&r, 2000000);
	r.now = 2999998;
	tap_is_str(
	    on_close(&r, 1), "ack 1.", "two milliseconds and one before");
	tap_is_str(on_close(&r, 2), "reject new 2 phase.",
	    "two before the end of a call of one, in continuous trading");
	tap_is_str(rig_cancel(&r, 1, 1), "reject cancel 1 phase.", "nor out");
	tap_is_str(rig_buy(&r, 2, 10, 1000), "ack 2.", "not for the others");
	r.now = 4000000;
	tap_is_str(
	    on_close(&r, 3), "reject new 3 phase.", "in the call as before");
	rig_close(&r);

	row[2].time = 5000000;
	open_market(&r, "name x\nfreeze close 1ms new atc\n", 9);
	at(&r, 2000000);
	on_close(&r, 1);
	r.now = 3999999;
	tap_is_str(on_close(&r, 2), "reject new 2 phase.",
	    "a millisecond before a call without length");
	tap_is_str(rig_sell(&r, 3, 10, 1000), "ack 3.", "trading goes on");
	tap_is_str(at(&r, 5000000),
	    "i0 phase call; restated 1 enter 1000 10/10!; "
	    "i0 phase closed; auction close 1000 paired=10 none=0 ref=none; "
	    "exec 1 1/3 10@1000 close; i2 auction close none paired=0 none=0 "
	    "ref=none.",
	    "until the auction");
	row[2].time = 4000000;
	rig_close(&r);
}

int
main(void)
{
	random_ends();
	asked_for();
	eligibility();
	freezes();
	frozen_by_time_in_force();
	freezes_ahead();
	exch_market_clear(&k);
	return tap_done();
}
