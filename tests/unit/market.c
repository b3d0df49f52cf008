/*
 * Market files: every key, every mistake with its line and reason.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "match/market.h"
#include "rec/rec.h"
#include "ref/timetable.h"
#include "refused.h"
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

/* One more line than there is room for, told by their numbers. */
static void
too_many(const char *before, const char *behind, unsigned room, const char *why)
{
	char text[1024] = "name x\n";
	size_t n = strlen(text);

	for (unsigned i = 1; i <= room + 1; i++)
		n += (size_t)snprintf(
		    text + n, sizeof(text) - n, "%s %u%s\n", before, i, behind);
	refused(text, room + 2, why);
}

static void
full(void)
{
	too_many("market-maker", " 1%", EXCH_MARKET_MAKERS,
	    "more than 16 market makers");
	too_many("tick", " 0.01", EXCH_MARKET_TICKS, "more than 32 ticks");
	too_many("freeze close", "m new", EXCH_MARKET_FREEZES,
	    "more than 16 freezes");
	too_many(
	    "luld above", " 5%", EXCH_MARKET_LULD_BANDS, "more than 16 bands");
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
	/* Lines and columns of the timetable are those of the file. */
	tap_is_u64(strspn(m.sessions, "\n"), 18, "sessions on their lines");
	tap_ok(
	    strstr(m.sessions,
		"\n        09:15 call open\n\n        09:25 closed\n") != NULL,
	    "  and in their columns");
	tap_ok(m.any, "such a market looks at every order");
	tap_is_i64(parse("name x\nallocation fifo\n"), 0, "a plain market");
	tap_ok(!m.any && m.alloc.name == NULL, "asks for nothing");
}

static void
mistakes(void)
{
	refused("name x\nblock min", 2, "block needs min and a quantity");
	refused("name x\nvenue A", 2, "venue needs its name and the file");
	refused("name x\nvenue A b.market", 2, "none can be named here");
	refused("name x\nmidpoint max 5", 2, "min and a quantity");
	refused("name x\nmidpoint min 0", 2, "is not a quantity above 0");
	refused("name x\nmidpoint\nmidpoint", 3, "stands a second time");
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
	refused("name x\nallocation\n", 2, "allocation needs a name");
	refused("name x\nallocation pro-rata min\n", 2,
	    "a number each, such as pro-rata min 2");
	refused("name x\nallocation pro-rata min x\n", 2, "whole number");
	refused("name x\nallocation size min 2\n", 2, "no parameter");
	refused("name x\nself-trade maybe\n", 2, "self-trade needs");
	refused("name x\nself-trade both by account\n", 2, "'by'");
	refused("name x\nmarket-maker 7\n", 2, "market-maker needs");
	refused("name x\nmarket-maker 0 1%\n", 2, "number of an account");
	refused("name x\nmarket-maker me 1%\n", 2, "number of an account");
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
	refused("name x\nladder none xetra\n", 2, "is none of open");
	refused(
	    "name x\nladder\n", 2, "open, close, halt, intraday or extended");
	refused("name x\nladder open close xetra\n", 2, "ladder needs a name");
	refused("name x\ntick 1\n", 2, "tick needs");
	refused("name x\ntick 1 0\n", 2, "no step");
	refused("name x\ntick -1 1\n", 2, "not a number");
	/* What EXCH_PX_NONE would be. */
	refused("name x\ntick 9223372036.854775807 1\n", 2, "not a number");
	refused("name x\ntick 1 1\ntick 1 2\n", 3, "not above");
	refused("name x\nband static 10\n", 2, "percentage");
	refused("name x\nband static 0%\n", 2, "percentage");
	refused("name x\nband loose 1%\n", 2, "neither static");
	refused("name x\nband static\n", 2, "band needs static or dynamic");
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
	refused("name x\nfreeze noon 5m new\n", 2, "is none of open");
	refused("name x\nfreeze close 5m new never\n", 2,
	    "'never' is neither new, cancel, replace nor");
	refused("name x\nfreeze close 5m atc\n", 2,
	    "neither new, cancel nor replace");
	refused("name x\ncalendar ../x\n", 2, "no directory and no suffix");
	refused("name x\ncalendar a b\n", 2, "calendar needs one name");
	refused("name x\ncalendar a/b\n", 2, "no directory and no suffix");
	refused("name x\nzone\n", 2, "zone needs");
	refused("name x\naccounts\n", 2, "accounts needs");
	refused("name x\naccounts known\n", 2, "accounts needs");
	full();
	tap_is_i64(exch_market_parse("name x\0y\n", 9, "test", &m, &d),
	    EXCH_ERR_FORMAT, "a byte 0");
	refused("\xef\xbb\xbfname x\norder limit\n", 2, "'order' is no key");
	refused("name x\n\xef\xbb\xbfzone UTC\n", 2, "is no key");
}

/* Words that are too long, too many, or quoted. */
static void
long_words(void)
{
	refused("name abcdefghijklmnopqrstuvwxyzABCDEF", 1,
	    "one word of at most 31 letters");
	tap_is_i64(parse("name abcdefghijklmnopqrstuvwxyzABCDE"), 0,
	    "a name of 31 letters");
	refused("name x\ncalendar abcdefghijklmnopqrstuvwxyzABCDEF", 2,
	    "calendar needs one name of at most 31 letters");
	refused("name x\ncalendar us.csv", 2, "no directory and no suffix");
	refused(
	    "name x\nzone "
	    "Etc/abcdefghijklmnopqrstuvwxyz/abcdefghijklmnopqrstuvwxyz/abcdef"
	    "\n",
	    2, "zone needs a name");
	/* A message quotes no more than forty letters. */
	refused("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ x", 1,
	    "'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN' is no key");
	refused("name x\nallocation pro-rata "
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ 2",
	    2, "is no parameter of this allocation");
	refused("name x\norders limit limit limit limit limit limit limit "
		"limit limit limit limit limit limit limit limit limit limit "
		"limit limit limit limit limit limit limit limit limit limit "
		"limit limit limit limit limit limit limit limit limit limit "
		"limit limit",
	    2, "too many words");
	tap_is_i64(parse("\tname\tx\t\n \t\r\nself-trade\tboth#no\tmode"),
	    EXCH_ERR_FORMAT, "a comment begins behind a blank");
	tap_is_i64(parse("\tname\tx\t\n \t\r\nself-trade\tboth\t#mode"), 0,
	    "blanks are tabs as well");
}

/* exch-market(5), PROTECTIONS. */
static void
protections(void)
{
	tap_is_i64(
	    parse("name x\ncollar 5%\nodd-lots now\nshort-sale 10%\n"
		  "throttle 100 1s\nspeed-bump 350us\n"
		  "interrupt dynamic 2.5% 2m\ninterrupt static 12% 3m\n"
		  "monitor 1000% 24h\nindicative 1ms\nself-trade both by "
		  "member\naccounts announced\n"),
	    0, "a file with every protection");
	tap_is_u64(m.guard.collar, 5000000, "collar");
	tap_is_u64(m.guard.odd_lots, EXCH_ODD_NOW, "odd lots");
	tap_is_u64(m.guard.short_sale, 10000000, "short sales");
	tap_is_u64(m.guard.throttle, 100, "throttle: how many");
	tap_is_u64(m.guard.window, 1000000000, "and in what time");
	tap_is_u64(m.guard.bump, 350000, "speed bump");
	tap_is_u64(m.guard.interrupt.still, 12000000, "static range");
	tap_is_u64(m.guard.still_time, 180000000000, "and its time");
	tap_is_u64(m.guard.interrupt.dynamic, 2500000, "dynamic range");
	tap_is_u64(m.guard.dynamic_time, 120000000000, "and its time");
	tap_is_u64(m.guard.monitor, 1000000000, "monitor");
	tap_is_u64(m.guard.monitor_time, 86400000000000, "and its time");
	tap_is_u64(m.guard.indicative, 1000000, "indications");
	tap_ok(m.stp_member && m.announced && m.any, "accounts");
	refused("name x\ncollar\n", 2, "a percentage is missing");
	refused("name x\ncollar 1000.000001%\n", 2, "is not a percentage");
	refused("name x\ncollar 0.0000001%\n", 2, "is not a percentage");
	refused("name x\nshort-sale 5% 6%\n", 2, "or more than that");
	refused("name x\nodd-lots\n", 2, "odd-lots needs");
	refused("name x\nodd-lots later\n", 2, "odd-lots needs");
	refused("name x\nthrottle 5\n", 2, "throttle needs how many");
	refused("name x\nthrottle 0 1s\n", 2, "whole number above 0");
	refused("name x\nthrottle many 1s\n", 2, "whole number above 0");
	refused("name x\nthrottle 5 1\n", 2, "'1' is not a time");
	refused("name x\nspeed-bump\n", 2, "a time is missing");
	refused("name x\nspeed-bump 24h1\n", 2, "is not a time");
	refused("name x\nspeed-bump 25h\n", 2, "'25h' is not a time");
	refused("name x\nindicative 999us\n", 2, "less than a millisecond");
	refused("name x\nindicative 5%\n", 2, "'5%' is not a time");
	refused("name x\ninterrupt static 5%\n", 2, "interrupt needs");
	refused("name x\ninterrupt static 5% 5%\n", 2, "is not a time");
	refused("name x\ninterrupt static 5m 5m\n", 2, "not a percentage");
	refused("name x\ninterrupt quick 5% 2m\n", 2, "neither static nor");
	refused("name x\ninterrupt static 5% 2m\ninterrupt dynamic 1% 2m\n"
		"interrupt static 6% 2m\n",
	    4, "'static' has its range already");
	refused("name x\ninterrupt dynamic 5% 2m\ninterrupt dynamic 5% 2m\n", 3,
	    "'dynamic' has its range already");
	refused("name x\nmonitor 5%\n", 2, "monitor needs");
	refused("name x\nmonitor 5 2m\n", 2, "is not a percentage");
	refused("name x\nmonitor 5% 2\n", 2, "is not a time");
	refused("name x\nself-trade\n", 2, "self-trade needs");
	refused("name x\nself-trade both to member\n", 2, "'to' is too much");
	refused("name x\nself-trade both by\n", 2, "'by' is too much");
}

static void
luld(void)
{
	tap_is_i64(parse("name x\nluld above 3.00 5%\n"
			 "luld from 0.75 20%\n"
			 "luld below 0.75 75% most 0.15\n"),
	    0, "bands");
	tap_is_u64(m.luld.nbands, 3, "three");
	tap_is_u64(m.luld.band[0].rel, EXCH_LULD_ABOVE, "above");
	tap_is_i64(m.luld.band[0].at, 3000000000, "3.00");
	tap_is_i64(m.luld.band[0].most, 0, "as wide as it gets");
	tap_is_u64(m.luld.band[1].rel, EXCH_LULD_FROM, "from");
	tap_is_u64(m.luld.band[2].rel, EXCH_LULD_BELOW, "below");
	tap_is_u64(m.luld.band[2].share, 75000000, "75%");
	tap_is_i64(m.luld.band[2].most, 150000000, "most 0.15");
	tap_is_u64(m.luld.window, 300000000000, "without a word: 5m");
	tap_is_u64(m.luld.change, 1000000, "1%");
	tap_is_u64(m.luld.hold, 30000000000, "30s");
	tap_is_u64(m.luld.limit, 15000000000, "15s");
	tap_is_u64(m.luld.pause, 300000000000, "and 5m");
	tap_ok(!m.luld.reject, "limits beyond are moved");
	tap_is_i64(parse("name x\nluld window 4m\nluld change 2%\nluld hold "
			 "20s\nluld limit 10s\nluld pause 9m\nluld outside "
			 "reject\n"),
	    0, "all times of it");
	tap_is_u64(m.luld.window, 240000000000, "window");
	tap_is_u64(m.luld.change, 2000000, "change");
	tap_is_u64(m.luld.hold, 20000000000, "hold");
	tap_is_u64(m.luld.limit, 10000000000, "limit");
	tap_is_u64(m.luld.pause, 540000000000, "pause");
	tap_ok(m.luld.reject, "outside reject");
	tap_is_i64(parse("name x\nluld outside reject\nluld outside reprice\n"),
	    0, "said twice");
	tap_ok(!m.luld.reject, "the last word counts");
	refused("name x\nluld above\n", 2, "luld needs a word and its value");
	refused("name x\nluld above 3\n", 2, "luld needs above, from or");
	refused(
	    "name x\nluld above 3 5% most\n", 2, "maybe most and an amount");
	refused(
	    "name x\nluld above 3 5% least 1\n", 2, "maybe most and an amount");
	refused("name x\nluld above three 5%\n", 2, "'three' is not a number");
	refused("name x\nluld above -1 5%\n", 2, "'-1' is not a number");
	refused("name x\nluld above 3 5 most 1\n", 2, "'5' is not a perc");
	refused("name x\nluld above 3 5% most x\n", 2, "'x' is not a number");
	refused("name x\nluld above 3 5% most 0\n", 2, "no amount above 0");
	refused("name x\nluld window 5m 6m\n", 2, "luld has too many words");
	refused("name x\nluld hold 5%\n", 2, "'5%' is not a time");
	refused("name x\nluld near 5\n", 2, "is none of above, from, below");
	refused("name x\nluld outside drop\n", 2, "reprice nor reject");
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

/*
 * As many lines as a file can hold are read in the time of their bytes: once
 * all were counted again for each, which took minutes.
 */
static void
many_sessions(void)
{
	static const char line[] = "\nsession 09:00 closed";
	const size_t n = 200000, each = sizeof(line) - 1;
	char *text = exch_malloc(7 + n * each);

	if (text == NULL)
		abort();
	memcpy(text, "name x\n", 7);
	for (size_t i = 0; i < n; i++)
		memcpy(text + 7 + i * each, line, each);
	exch_market_clear(&m);
	tap_is_i64(exch_market_parse(text, 7 + n * each, "test", &m, &d), 0,
	    "many sessions");
	/* Two empty lines in front, each with its end. */
	tap_is_u64(m.nsessions, 2 + n * each, "where they stand in the file");
	exch_free(text);
}

/* Two venues, one of them with sessions. */
static int
slurp(
    void *arg, const char *path, char **text, size_t *n, struct exch_diag *why)
{
	const char *rules = strcmp(path, "dir/a.market") == 0
				? "name a\nsession 10:00 closed\n"
				: "name b\nmidpoint min 5\n";

	(void)arg;
	(void)why;
	*text = exch_strdup(rules);
	*n = strlen(rules);
	return *text != NULL ? EXCH_OK : EXCH_ERR_NOMEM;
}

static int
read_venues(struct exch_timetable *t)
{
	static const char text[] = "name x\nvenue A a.market\n"
				   "venue B b.market\nsession 09:00 closed\n";
	struct exch_market_files files = {slurp, NULL};
	int err;

	exch_market_clear(&m);
	memset(t, 0, sizeof(*t));
	exch_diag_clear(&d);
	err = exch_market_read(
	    text, strlen(text), "dir/x.market", &files, &m, &d);
	if (err == EXCH_OK)
		err = exch_timetable_parse(
		    m.sessions, m.nsessions, "x", 20260105, NULL, t, &d);
	if (err == EXCH_OK)
		err = exch_market_venues_date(
		    &m, 20260105, NULL, NULL, NULL, t, &d);
	return err;
}

static void
venues(void)
{
	static const char at_a[24] = "ABC.A", at_b[24] = "ABC.B";
	static const char at_none[24] = "ABC";
	struct exch_timetable t;
	unsigned told = 0, untold = 0;

	for (uint64_t n = 1;; n++) {
		int err;

		exch_alloc_fail_at(n);
		err = read_venues(&t);
		exch_alloc_fail_at(0);
		if (err == EXCH_OK)
			break;
		told += err == EXCH_ERR_NOMEM;
		untold += err != EXCH_ERR_NOMEM || d.text[0] == '\0';
		exch_timetable_clear(&t);
	}
	tap_ok(told > 8, "allocations of venues were made to fail");
	tap_is_u64(untold, 0, "each was told");
	tap_is_u64(m.nvenues, 2, "two venues");
	tap_is_u64(exch_market_venue_of(&m, at_a), 0, "ABC.A is at the first");
	tap_is_u64(exch_market_rules(&m, at_b)->midpoint_min, 5,
	    "ABC.B has the rules of the second");
	tap_ok(exch_market_rules(&m, at_none) == &m, "ABC has the market's");
	tap_ok(exch_market_dated(&m), "a venue has sessions");
	tap_is_u64(t.n, 2, "they joined");
	tap_is_str(t.row[1].symbol, "*.A", "as its own");
	exch_timetable_clear(&t);
}

int
main(void)
{
	venues();
	many_sessions();
	keys();
	mistakes();
	long_words();
	protections();
	luld();
	prices();
	for (uint64_t n = 1; n < 3; n++) {
		exch_market_clear(&m);
		exch_alloc_fail_at(n);
		tap_is_i64(
		    exch_market_parse("name x\nsession 1 closed\nsession "
				      "2 closed\nsession 3 closed\n",
			61, "test", &m, &d),
		    EXCH_ERR_NOMEM, "out of memory");
		exch_alloc_fail_at(0);
	}
	exch_market_clear(&m);
	return tap_done();
}
