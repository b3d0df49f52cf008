/*
 * The market-wide breaker: its levels to the last unit, what they stop and
 * for how long, what comes meanwhile, and the lines of a file that it
 * refuses; as exch-market(5) has it.
 */
#include <config.h>

#include "base/time.h"
#include "ref/calendar.h"
#include "ref/timetable.h"
#include "refused.h"
#include "rig_market.h"
#include "tap.h"

#define US                                                                     \
	"breaker index RIG\n"                                                  \
	"breaker fall 7% halt 15us\n"                                          \
	"breaker fall 13% halt 15us\n"                                         \
	"breaker fall 20% close\n"
#define HALT 15000

/* The index has a value, in hundredths. */
static const char *
value(struct rig *r, int64_t px)
{
	struct exch_rec_trade t = {.price = px * RIG_TICK};

	return rig_apply(r, &t, EXCH_REC_TRADE, sizeof(t));
}

static const char *
phase(struct rig *r, uint32_t instr, uint8_t to, uint8_t cross)
{
	struct exch_rec_phase p = {.h.instr = instr,
	    .phase = to,
	    .cross = cross,
	    .reference = EXCH_PX_NONE};

	return rig_apply(r, &p, EXCH_REC_PHASE, sizeof(p));
}

/* Instrument 1 is the index, with its close in whole points; 2 a share. */
static void
open_at(struct rig *r, const char *rules, int64_t close)
{
	rig_open_market(r, rules, close * 100, 1);
	(void)rig_instrument(
	    r, (struct rig_instrument){.instr = 2, .reference = 1000});
}

static const char *
bid(struct rig *r, exch_oid id, int64_t px)
{
	return rig_new(
	    r, (struct rig_order){
		   .id = id, .instr = 2, .side = EXCH_BUY, .qty = 5, .px = px});
}

static const char *
offer(struct rig *r, exch_oid id, int64_t px)
{
	return rig_new(r,
	    (struct rig_order){
		.id = id, .instr = 2, .side = EXCH_SELL, .qty = 5, .px = px});
}

/* NYSE Rule 7.12, Nasdaq 4121 with a close of 5000: 4650, 4350, 4000. */
static void
numbers(void)
{
	struct rig r;

	open_at(&r, US, 5000);
	tap_is_str(value(&r, 500000), "", "the close itself");
	tap_is_str(value(&r, 465001), "", "4650.01 is not 7 % below 5000");
	tap_is_str(value(&r, 465000),
	    "\"breaker level=1 value=4650 close=5000\"; phase halt MWC1; "
	    "i2 phase halt MWC1.",
	    "4650 is");
	tap_is_str(rig_clock_to(&r, r.now + HALT - 1), "", "for 15 minutes");
	tap_is_str(rig_clock_to(&r, r.now + 1),
	    "phase continuous MWCQ!; i2 phase continuous MWCQ.",
	    "and not longer");
	rig_close(&r);
}

/* Every level by itself, and the last value that is none. */
static void
levels(void)
{
	static const struct {
		int64_t short_of, at;
		const char *text;
	} cases[] = {
	    {435001, 435000,
		"\"breaker level=2 value=4350 close=5000\"; phase halt MWC2; "
		"i2 phase halt MWC2."},
	    {400001, 400000,
		"\"breaker level=3 value=4000 close=5000\"; "
		"phase closed MWC3 imposed; i2 phase closed MWC3 imposed."}};

	for (unsigned i = 0; i < 2; i++) {
		struct rig r;

		open_at(&r, US, 5000);
		tap_is_str(value(&r, cases[i].at), cases[i].text,
		    "a level that is reached at once");
		rig_close(&r);
		open_at(&r, US, 5000);
		tap_ok(
		    strstr(value(&r, cases[i].short_of), "level=3") == NULL &&
			strstr(r.text, i == 0 ? "level=1" : "level=2") != NULL,
		    "a hundredth above it, it is the one before");
		rig_close(&r);
	}
}

static void
once_a_day(void)
{
	struct rig r;

	open_at(&r, US, 5000);
	(void)value(&r, 465000);
	(void)rig_clock_to(&r, r.now + HALT);
	(void)value(&r, 500000);
	tap_is_str(value(&r, 460000), "", "a second fall below 7 %: nothing");
	tap_is_str(value(&r, 435000),
	    "\"breaker level=2 value=4350 close=5000\"; phase halt MWC2; "
	    "i2 phase halt MWC2.",
	    "but 13 %");
	(void)rig_clock_to(&r, r.now + HALT);
	rig_close(&r);

	open_at(&r, US, 5000);
	(void)value(&r, 435000);
	(void)rig_clock_to(&r, r.now + HALT);
	tap_is_str(value(&r, 465000), "", "level 1 was jumped: it is used");
	(void)phase(&r, 2, EXCH_PHASE_END, 0);
	tap_is_str(value(&r, 465000), "", "the end of a share changes nothing");
	(void)phase(&r, 1, EXCH_PHASE_END, 0);
	tap_is_str(value(&r, 465000),
	    "\"breaker level=1 value=4650 "
	    "close=5000\".",
	    "that of the index is another day; nobody trades now");
	rig_close(&r);
}

static void
until(void)
{
	struct rig r;

	open_at(&r, US, 5000);
	rig_market.breaker.until.on = r.now + 2;
	tap_ok(value(&r, 465000)[0] != '\0', "before 15:25");
	tap_is_str(value(&r, 435000), "",
	    "from then on levels 1 and 2 are not "
	    "reached");
	tap_is_str(value(&r, 400000),
	    "\"breaker level=3 value=4000 close=5000\"; "
	    "phase closed MWC3 imposed; i2 phase closed MWC3 imposed.",
	    "level 3 is, at any time, and halts end with it");
	tap_is_str(rig_clock_to(&r, r.now + HALT), "", "nobody goes on");
	tap_is_str(bid(&r, 1, 1000), "i2 reject new 1 phase.", "it is closed");
	rig_close(&r);
}

static void
orders(void)
{
	struct rig r;

	open_at(&r, US, 50);
	(void)bid(&r, 1, 1000);
	(void)rig_buy(&r, 2, 5, 4650);
	tap_is_str(rig_sell(&r, 3, 5, 4650),
	    "ack 3; exec 1 2/3 5@4650 sell!; "
	    "\"breaker level=1 value=46.5 close=50\"; phase halt MWC1; "
	    "i2 phase halt MWC1.",
	    "an index that is traded here");
	tap_is_str(offer(&r, 4, 990), "i2 ack 4.", "orders rest in the halt");
	tap_is_str(bid(&r, 5, 1010), "i2 ack 5.", "unmatched");
	tap_is_str(rig_clock_to(&r, r.now + HALT - 2),
	    "phase continuous MWCQ!; i2 phase continuous MWCQ; "
	    "i2 auction halt 1010 paired=5 none=0 ref=1000; "
	    "i2 exec 1 5/4 5@1010 halt.",
	    "the auction that ends a halt");
	rig_close(&r);
}

static void
no_level(void)
{
	struct exch_rec_trade unknown = {.h.instr = 7, .price = RIG_TICK};
	struct rig r;

	open_at(&r, US, 0);
	tap_is_str(value(&r, 1), "", "no close, no level");
	(void)rig_instrument(&r, (struct rig_instrument){.reference = -100});
	tap_is_str(value(&r, -1000), "", "nor below zero");
	(void)rig_instrument(&r, (struct rig_instrument){.reference = 100});
	tap_is_str(value(&r, RIG_NONE / RIG_TICK), "", "a value far up");
	tap_is_str(rig_apply(&r, &unknown, EXCH_REC_TRADE, sizeof(unknown)), "",
	    "nothing is known of this one");
	(void)rig_new(
	    &r, (struct rig_order){
		    .id = 1, .instr = 2, .side = EXCH_BUY, .qty = 5, .px = 1});
	tap_is_str(offer(&r, 2, 1), "i2 ack 2; i2 exec 1 1/2 5@1 sell.",
	    "what shares cost does not matter");
	rig_close(&r);
}

/* ---- what comes while a halt lasts ---- */

static void
longer(void)
{
	struct rig r;

	open_at(&r, US, 5000);
	(void)value(&r, 465000);
	(void)phase(&r, 2, EXCH_PHASE_CONTINUOUS, 0);
	tap_is_str(bid(&r, 1, 1000), "i2 ack 1.", "the venue's word counts");
	tap_is_str(value(&r, 435000),
	    "\"breaker level=2 value=4350 close=5000\"; i2 phase halt MWC2.",
	    "another level while the first lasts");
	tap_is_str(rig_clock_to(&r, 4 + HALT - 1),
	    "phase continuous MWCQ; phase halt MWC2.",
	    "the first halt's end is put off");
	(void)rig_instrument(
	    &r, (struct rig_instrument){.instr = 3, .reference = 1000});
	tap_is_str(r.text, "i3 phase halt MWC2.", "announced in the halt");
	tap_is_str(rig_clock_to(&r, 6 + HALT - 1), "",
	    "the moment before the end of the second");
	tap_is_str(rig_clock_to(&r, 6 + HALT),
	    "phase continuous MWCQ!; i2 phase continuous MWCQ!; "
	    "i3 phase continuous MWCQ.",
	    "the later end is the end");
	(void)value(&r, 400000);
	(void)rig_instrument(
	    &r, (struct rig_instrument){.instr = 4, .reference = 1000});
	tap_is_str(r.text, "i4 phase closed MWC3 imposed.",
	    "announced when the day is over");
	rig_close(&r);
}

static void
pause(void)
{
	struct rig r;

	open_at(&r, US "luld above 9 10%\nluld limit 10ns\nluld pause 30ns\n",
	    5000);
	tap_is_str(bid(&r, 1, 1100), "i2 ack 1; i2 \"luld limit-state=buy\".",
	    "a limit state");
	tap_is_str(
	    rig_clock_to(&r, r.now + 10), "i2 phase halt LUDP.", "a pause");
	tap_is_str(value(&r, 465000),
	    "\"breaker level=1 value=4650 close=5000\"; phase halt MWC1.",
	    "the paused share is halted already");
	tap_is_str(rig_clock_to(&r, r.now + 29),
	    "i2 phase continuous LUDP; i2 phase halt MWC1.",
	    "and it stays so when the pause is over");
	tap_is_str(rig_clock_to(&r, r.now - 29 + HALT),
	    "phase continuous MWCQ; \"luld lower=4500 upper=5500 "
	    "reference=5000\"!; i2 phase continuous MWCQ; "
	    "i2 \"luld lower=9 upper=11 reference=10\"; "
	    "i2 \"luld limit-state=buy\".",
	    "until the halt is");
	rig_close(&r);
}

/* A day with a clock: lines of the timetable at these times. */
static void
open_day(struct rig *r, const struct exch_timetable *t, uint8_t phase)
{
	struct exch_match_opts o = {.ladder = exch_ladder_by_name("xetra"),
	    .phase = phase,
	    .timetable = t,
	    .market = &rig_market};
	struct exch_diag d = {.code = EXCH_OK};

	exch_market_clear(&rig_market);
	if (exch_market_parse("name x\n" US, strlen("name x\n" US), "test",
		&rig_market, &d) != 0)
		abort();
	rig_open_opts(r, &o);
	(void)rig_instrument(r, (struct rig_instrument){.reference = 500000});
	(void)rig_instrument(
	    r, (struct rig_instrument){.instr = 2, .reference = 1000});
}

static void
clocked(void)
{
	static struct exch_timetable_row rows[] = {
	    {.time = 100, .phase = EXCH_PHASE_CALL, .cross = EXCH_CROSS_OPEN},
	    {.time = 200, .phase = EXCH_PHASE_CONTINUOUS},
	    {.time = 300, .phase = EXCH_PHASE_END}};
	static struct exch_timetable_row shut[] = {
	    {.time = 100, .phase = EXCH_PHASE_CLOSED},
	    {.time = 200, .phase = EXCH_PHASE_HALT}};
	struct exch_timetable t = {.row = rows, .n = 3};
	struct rig r;

	open_day(&r, &t, EXCH_PHASE_PRE_OPEN);
	tap_is_str(value(&r, 465000),
	    "\"breaker level=1 value=4650 close=5000\".", "nobody trades");
	tap_is_str(rig_clock_to(&r, 100), "i0 phase call.", "a call begins");
	(void)bid(&r, 1, 1000);
	(void)offer(&r, 2, 1000);
	r.now = 190;
	tap_is_str(rig_clock_to(&r, 200),
	    "i0 phase continuous; phase call MWC1; i2 phase call MWC1.",
	    "its end is put off");
	tap_is_str(rig_clock_to(&r, 300),
	    "i0 phase end; phase call MWC1; i2 phase call MWC1.",
	    "and another one in its place");
	r.now = 3 + HALT;
	r.err = exch_match_advance(r.m, EXCH_TS_NONE, &r.d);
	tap_is_str(rig_events(&r, 0),
	    "phase end MWCQ; auction open none paired=0 none=0 ref=500000!; "
	    "i2 phase end MWCQ; "
	    "i2 auction open 1000 paired=5 none=0 ref=1000; "
	    "i2 exec 1 1/2 5@1000 open.",
	    "the input's end waits for it");
	rig_close(&r);

	open_day(&r, &t, EXCH_PHASE_CONTINUOUS);
	(void)value(&r, 400000);
	tap_is_str(rig_clock_to(&r, 200),
	    "[t100] i0 phase call; [t100] phase closed MWC3; "
	    "[t100] i2 phase closed MWC3!; "
	    "i0 phase continuous; phase closed MWC3; i2 phase closed MWC3.",
	    "what was closed stays so");
	tap_is_str(rig_clock_to(&r, 300), "i0 phase end.", "to the end");
	rig_close(&r);

	t = (struct exch_timetable){.row = shut, .n = 2};
	open_day(&r, &t, EXCH_PHASE_CONTINUOUS);
	(void)phase(&r, 2, EXCH_PHASE_CLOSED, 0);
	tap_is_str(value(&r, 400000),
	    "\"breaker level=3 value=4000 close=5000\"; "
	    "phase closed MWC3 imposed.",
	    "what was closed before is not closed again");
	tap_is_str(rig_clock_to(&r, 200),
	    "[t100] i0 phase closed!; i0 phase halt; phase closed MWC3; "
	    "i2 phase closed MWC3.",
	    "nor told so when the clock closes it");
	rig_close(&r);
}

/* ---- the file ---- */

static void
refusals(void)
{
	char many[400] = "name x\n";

	refused("name x\nbreaker\n", 2, "breaker needs a word and its value");
	refused("name x\nbreaker index\n", 2, "a word and its value");
	refused("name x\nbreaker level 7%\n", 2,
	    "'level' is none of index, fall, until");
	refused("name x\nbreaker index A B\n", 2, "needs one symbol");
	refused("name x\nbreaker index A\nbreaker index B\n", 3,
	    "there is an index already");
	refused("name x\nbreaker index A234567890123456789012345\n", 2,
	    "is longer than a symbol can be");
	refused("name x\nbreaker fall 7%\n", 2, "breaker fall needs");
	refused("name x\nbreaker fall 7% stop\n", 2, "breaker fall needs");
	refused("name x\nbreaker fall 7% close 1m\n", 2, "breaker fall needs");
	refused("name x\nbreaker fall 7% halt\n", 2, "breaker fall needs");
	refused("name x\nbreaker fall 7 close\n", 2, "'7' is not a percentage");
	refused("name x\nbreaker fall 7% halt 0m\n", 2, "'0m' is not a time");
	refused("name x\nbreaker fall 7% close\nbreaker fall 7% close\n", 3,
	    "'7%' is not farther than the level before it");
	for (int i = 1; i <= EXCH_MARKET_FALLS + 1; i++)
		snprintf(many + strlen(many), sizeof(many) - strlen(many),
		    "breaker fall %d%% close\n", i);
	refused(many, EXCH_MARKET_FALLS + 2, "more than 9 levels");
	refused(
	    "name x\nbreaker until 25:00\n", 2, "'25:00' is not a time of day");
	refused("name x\nbreaker until 15:25 16:00\n", 2, "needs one time");
	refused("name x\nbreaker index A\n", 0, "both an index and levels");
	refused("name x\nbreaker fall 7% close\n", 0, "both an index");
}

/* Times of the local clock on a date, as the calendar has them. */
static void
dates(void)
{
	static const char text[] = "name x\n" US "breaker until 15:25\n"
				   "luld double 15:35\n";
	static const char days[] = "date,event,from,to,note\n"
				   "2026-11-27,early,15:25,12:25,\n"
				   "2026-12-24,early,15:30,12:30,\n";
	struct exch_diag d = {.code = EXCH_OK};
	struct exch_calendar c = {.n = 0};
	struct exch_market *m = &rig_market;
	struct exch_tz *tz = NULL;
	exch_ts day = UINT64_C(1795755600000000000); /* 2026-11-27 in NY */

	exch_market_clear(m);
	if (exch_market_parse(text, strlen(text), "test", m, &d) != 0 ||
	    exch_calendar_parse(days, strlen(days), "cal", &c, &d) != 0 ||
	    exch_tz_fixed(-5 * 3600, &tz) != 0)
		abort();
	tap_ok(exch_market_dated(m), "there are times");
	tap_is_u64(m->breaker.until.on, EXCH_TS_NONE, "that need a date");
	exch_market_date(m, 20261127, tz, NULL);
	tap_is_u64(m->breaker.until.on, day + 55500 * EXCH_SEC, "15:25");
	tap_is_u64(m->luld.doubles.on, day + 56100 * EXCH_SEC, "15:35");
	exch_market_date(m, 20261127, tz, &c);
	tap_is_u64(m->breaker.until.on, day + 44700 * EXCH_SEC,
	    "12:25 on an early day");
	tap_is_u64(m->luld.doubles.on, day + 45300 * EXCH_SEC, "and 12:35");
	exch_market_date(m, 20261224, tz, &c);
	tap_is_u64(m->breaker.until.on, EXCH_TS_NONE,
	    "a time that does not take place");
	exch_calendar_clear(&c);
	exch_tz_free(tz);
	exch_market_clear(m);
	(void)exch_market_parse(
	    "name x\n" US, strlen("name x\n" US), "test", m, &d);
	tap_ok(!exch_market_dated(m), "no time, no date");
}

int
main(void)
{
	numbers();
	levels();
	once_a_day();
	until();
	orders();
	no_level();
	longer();
	pause();
	clocked();
	refusals();
	dates();
	exch_market_clear(&rig_market);
	return tap_done();
}
