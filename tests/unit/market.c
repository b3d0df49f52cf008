/*
 * Market files: every key, every mistake with its line and reason.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "match/market.h"
#include "rec/rec.h"
#include "tap.h"

static struct exch_market m;
static struct exch_diag d;

static int
parse(const char *text)
{
	exch_market_clear(&m);
	memset(&d, 0, sizeof(d));
	return exch_market_parse(text, strlen(text), "test", &m, &d);
}

static void
refused(const char *text, uint64_t line, const char *why)
{
	int rc = parse(text);

	tap_ok(rc == EXCH_ERR_FORMAT && d.where == line &&
		   strstr(d.text, why) != NULL,
	    why);
	if (rc != EXCH_ERR_FORMAT || d.where != line ||
	    strstr(d.text, why) == NULL)
		printf("# %d, line %llu: %s\n", rc, (unsigned long long)d.where,
		    d.text);
}

/* One more than there is room for. */
static void
makers(void)
{
	char text[512] = "name x\n";

	for (int i = 1; i <= EXCH_MARKET_MAKERS + 1; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    "market-maker %d 1%%\n", i);
	refused(text, EXCH_MARKET_MAKERS + 2, "more than 16 market makers");
}

static void
keys(void)
{
	tap_is_i64(parse("# a comment\n\nname xyz\r\n"
			 "orders limit peg\nvalid day gtt # until\n"
			 "allocation cme-a min 3\nself-trade both\n"
			 "market-maker 7 10%\nmarket-maker 4294967295 90%\n"
			 "ladder close sse-close\nladder xetra\n"
			 "tick 0 0.001\ntick 10 0.05\n"
			 "band static 10%\nband dynamic 2.5%\n"
			 "block min 500\nblock band 5%\n"
			 "zone Asia/Shanghai\n"
			 "session 09:15 call open\n\nsession 09:25 closed"),
	    0, "a file with every key");
	tap_is_str(m.name, "xyz", "name");
	tap_ok(exch_market_takes(m.types, EXCH_ORD_LIMIT) &&
		   exch_market_takes(m.types, EXCH_ORD_PEG) &&
		   !exch_market_takes(m.types, EXCH_ORD_MARKET),
	    "orders");
	tap_ok(exch_market_takes(m.tifs, EXCH_TIF_GTT) &&
		   !exch_market_takes(m.tifs, EXCH_TIF_IOC),
	    "valid");
	tap_is_str(m.alloc.name, "cme-a", "allocation");
	tap_is_u64(m.alloc.step[1].min, 3, "and its parameter");
	tap_is_u64(m.stp, EXCH_STP_BOTH, "self-trade");
	tap_is_u64(m.nmakers, 2, "market makers");
	tap_is_u64(m.maker[1].account, UINT32_MAX, "the second");
	tap_is_u64(m.maker[1].percent, 90, "and its share");
	tap_is_u64(m.block_min, 500, "block min");
	tap_is_u64(m.block_band, 5000000, "block band");
	tap_is_str(m.ladder[EXCH_CROSS_CLOSE]->name, "sse-close",
	    "the ladder of one auction");
	tap_is_str(m.ladder[EXCH_CROSS_OPEN]->name, "xetra", "and the others'");
	tap_is_u64(m.band.still, 10000000, "static band");
	tap_is_u64(m.band.dynamic, 2500000, "dynamic band");
	tap_is_str(m.zone, "Asia/Shanghai", "zone");
	/* Line numbers of the timetable are those of the file. */
	tap_is_u64(strspn(m.sessions, "\n"), 18, "sessions on their lines");
	tap_ok(
	    strstr(m.sessions, " 09:15 call open\n\n 09:25 closed\n") != NULL,
	    "sessions");
	tap_ok(m.any, "such a market looks at every order");
	tap_is_i64(parse("name x\nallocation fifo\n"), 0, "a plain market");
	tap_ok(!m.any && m.alloc.name == NULL, "asks for nothing");
}

static void
mistakes(void)
{
	refused("name x\nblock min", 2, "block needs min and a quantity");
	refused("name x\nblock max 5", 2, "is neither min nor band");
	refused("name x\nblock min 5%", 2, "is not a whole number");
	refused("name x\nblock band 5", 2, "is not a percentage");
	refused("", 0, "no name");
	refused("name x\nname y\n", 2, "a second time");
	refused("name\n", 1, "one word");
	refused("nme x\n", 1, "'nme' is no key (did you mean 'name'?)");
	refused("name x\norder limit\n", 2, "did you mean 'orders'?");
	refused("name x\nquantum 5\n", 2, "is no key of exch-market(5)");
	refused("name x\norders limit limt\n", 2,
	    "'limt' is none of market, limit, stop, stop-limit, mit, mtl, peg, "
	    "lit");
	refused("name x\nvalid\n", 2, "list of words");
	refused("name x\nallocation prorata\n", 2, "no allocation");
	refused("name x\nallocation pro-rata min\n", 2,
	    "a number each, such as pro-rata min 2");
	refused("name x\nallocation pro-rata min x\n", 2, "whole number");
	refused("name x\nallocation size min 2\n", 2, "no parameter");
	refused("name x\nself-trade maybe\n", 2, "self-trade needs");
	refused("name x\nself-trade both by account\n", 2, "'by'");
	refused("name x\nmarket-maker 7\n", 2, "market-maker needs");
	refused("name x\nmarket-maker 0 1%\n", 2, "number of an account");
	refused(
	    "name x\nmarket-maker 4294967296 1%\n", 2, "number of an account");
	refused("name x\nmarket-maker 7 0%\n", 2, "not a percentage");
	refused("name x\nmarket-maker 7 1.5%\n", 2, "whole percentage");
	refused("name x\nmarket-maker 7 1%\nmarket-maker 7 2%\n", 3,
	    "its share already");
	refused("name x\nmarket-maker 7 60%\nmarket-maker 8 41%\n", 3,
	    "more than 100%");
	refused("name x\nladder frankfurt\n", 2, "no ladder");
	refused("name x\nladder lunch xetra\n", 2, "is none of open");
	refused("name x\ntick 1\n", 2, "tick needs");
	refused("name x\ntick 1 0\n", 2, "no step");
	refused("name x\ntick -1 1\n", 2, "not a number");
	refused("name x\ntick 1 1\ntick 1 2\n", 3, "not above");
	refused("name x\nband static 10\n", 2, "percentage");
	refused("name x\nband static 0%\n", 2, "percentage");
	refused("name x\nband loose 1%\n", 2, "neither static");
	refused("name x\nsession 09:00\n", 2, "a time and a phase");
	refused("name x\nrandom-end open\n", 2, "an auction and a time");
	refused("name x\nrandom-end noon 1s\n", 2,
	    "'noon' is none of open, close, halt, intraday, extended");
	refused("name x\nrandom-end none 1s\n", 2, "'none' is none of open");
	refused("name x\nrandom-end open 0s\n", 2, "'0s' is not a time");
	refused("name x\nrandom-end open 1s\nrandom-end open 2s\n", 3,
	    "has its random end already");
	refused("name x\nphase call orders\n", 2, "phase needs the phase");
	refused("name x\nphase lunch orders limit\n", 2,
	    "'lunch' is none of closed, pre-open, call");
	refused("name x\nphase call takes limit\n", 2,
	    "is neither orders nor valid");
	refused("name x\nphase call valid limit\n", 2,
	    "'limit' is none of day, gtc");
	refused("name x\nfreeze close 5m\n", 2, "freeze needs an auction");
	refused("name x\nfreeze close 5 new\n", 2, "is not a time");
	refused("name x\nfreeze close 5m new never\n", 2,
	    "'never' is neither new, cancel, replace nor");
	refused("name x\nfreeze close 5m atc\n", 2,
	    "neither new, cancel nor replace");
	refused("name x\ncalendar ../x\n", 2, "no directory and no suffix");
	refused("name x\ncalendar a b\n", 2, "calendar needs one name");
	refused("name x\nzone\n", 2, "zone needs");
	refused("name x\naccounts\n", 2, "accounts needs");
	refused("name x\naccounts known\n", 2, "accounts needs");
	makers();
	tap_is_i64(exch_market_parse("name x\0y\n", 9, "test", &m, &d),
	    EXCH_ERR_FORMAT, "a byte 0");
	refused("\xef\xbb\xbfname x\norder limit\n", 2, "'order' is no key");
	refused("name x\n\xef\xbb\xbfzone UTC\n", 2, "is no key");
}

static void
prices(void)
{
	(void)parse("name x\ntick 1 0.01\ntick 10 0.05\n");
	tap_ok(exch_market_on_tick(&m, 500000001), "below the first: any");
	tap_ok(!exch_market_on_tick(&m, 1005000000), "1.005");
	tap_ok(exch_market_on_tick(&m, 9990000000), "9.99");
	tap_ok(!exch_market_on_tick(&m, 10010000000), "10.01");
	tap_ok(exch_market_on_tick(&m, -10050000000), "-10.05");
	tap_ok(!exch_market_on_tick(&m, INT64_MIN), "the lowest there is");
	/* LULD's numbers (5 % of 27.43), before they are rounded. */
	tap_ok(exch_market_within(28801500000, 27430000000, 5000000),
	    "28.8015 is within 5 % of 27.43");
	tap_ok(!exch_market_within(28801500001, 27430000000, 5000000),
	    "a billionth more is not");
	tap_ok(exch_market_within(26058500000, 27430000000, 5000000),
	    "26.0585 is");
	tap_ok(exch_market_within(INT64_MAX - 1, INT64_MIN + 1, 1000000000),
	    "no overflow");
	tap_ok(exch_market_within(1, EXCH_PX_NONE, 1), "without a reference");
}

int
main(void)
{
	keys();
	mistakes();
	prices();
	for (uint64_t n = 1; n < 3; n++) {
		exch_market_clear(&m);
		exch_alloc_fail_at(n);
		tap_is_i64(
		    exch_market_parse("name x\nsession 1 closed\nsession "
				      "2 closed\n",
			44, "test", &m, &d),
		    EXCH_ERR_NOMEM, "out of memory");
		exch_alloc_fail_at(0);
	}
	exch_market_clear(&m);
	return tap_done();
}
