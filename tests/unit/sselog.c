/*
 * The level-2 log of Shanghai, written here as its lines stand: orders that
 * rest, orders that came in, lines out of their order, and what may be wrong.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>

#include "feed_kit.h"

static struct kit_got g;

#define HEAD "//SecurityIDSource=101 "
#define ORDER(biz, time, no, px, qty, type, side)                              \
	HEAD "MsgType=192 MsgLen=64 SecurityID=600519           ChannelNo=6 "  \
	     "ApplSeqNum=1 OrderNo=" no " Price=" px " OrderQty=" qty          \
	     " OrdType=" type " Side=" side " TransactTime=" time              \
	     " resv=    BizIndex=" biz "  \n"
#define EXEC(biz, time, bid, ask, px, qty, type)                               \
	HEAD "MsgType=191 MsgLen=72 SecurityID=600519           ChannelNo=6 "  \
	     "ApplSeqNum=9 BidApplSeqNum=" bid " OfferApplSeqNum=" ask         \
	     " LastPx=" px " LastQty=" qty " ExecType=" type                   \
	     " TransactTime=" time " resv=    BizIndex=" biz "  \n"
#define SNAPSHOT HEAD "MsgType=111 MsgLen=336 SecurityID=600519 LastPx=0\n"

static void
run_n(const char *text, size_t n, exch_px tick)
{
	struct exch_feed_opts o = kit_opts();

	o.tick = tick;
	kit_free(&g);
	kit_run(&exch_feed_sselog, text, n, &o, &g);
}

static void
run(const char *text)
{
	run_n(text, strlen(text), 10000000);
}

/* Commands as text: "N30 B100@1818.88 X30 ...", prices in thousandths. */
static const char *
commands(void)
{
	static char text[1024];
	size_t n = 0;

	text[0] = text[1] = 0;
	for (size_t i = 0; i < g.n && n < sizeof(text) - 80; i++) {
		const void *p = kit_rec(&g, -1, i);
		const struct exch_rec_new *a = p;
		const struct exch_rec_cancel *x = p;

		if (a->h.type == EXCH_REC_NEW)
			n += (size_t)snprintf(text + n, 80,
			    " N%" PRIu64 " %c%" PRIu64 "@%" PRId64, a->order,
			    a->side == EXCH_BUY ? 'B' : 'S', a->qty,
			    a->price / 1000000);
		if (a->h.type == EXCH_REC_CANCEL)
			n += (size_t)snprintf(text + n, 80,
			    " X%" PRIu64 " %" PRIu64, x->order, x->qty);
	}
	return text + 1;
}

static void
test_orders(void)
{
	const struct exch_rec_new *a;

	run(SNAPSHOT ORDER("1", "9150000", "30", "1818880", "100000", "65",
	    "83") ORDER("2", "9150004", "246", "1720770", "200000", "65", "66")
		ORDER("3", "14595999", "30", "1818880", "100000", "68", "83"));
	tap_is_i64(g.err, 0, "orders");
	tap_is_u64(g.ntroubles, 0, "without trouble");
	tap_is_str(commands(), "N30 S100@1818880 N246 B200@1720770 X30 100",
	    "come in and go");
	tap_is_u64(g.st.by_type['A'], 2, "A: published");
	tap_is_u64(g.st.by_type['D'], 1, "D: deleted");
	tap_is_u64(g.st.by_type['S'], 1, "S: a snapshot");
	a = (const void *)kit_rec(&g, EXCH_REC_NEW, 0);
	tap_is_u64(a->h.time, KIT_MIDNIGHT + 33300 * EXCH_SEC, "9:15");
	tap_is_u64(a->ordtype, EXCH_ORD_LIMIT, "with a limit");
	tap_is_u64(a->tif, EXCH_TIF_DAY, "for the day");
	tap_is_u64(kit_rec(&g, EXCH_REC_CANCEL, 0)->time,
	    KIT_MIDNIGHT + 53999 * EXCH_SEC + 990000000, "14:59:59.99");
	tap_is_str(((const struct exch_rec_instrument *)(const void *)kit_rec(
			&g, EXCH_REC_INSTRUMENT, 0))
		       ->symbol,
	    "600519", "one instrument");
}

static void
test_aggressors(void)
{
	run(ORDER("1", "9300000", "1", "10000", "100000", "65", "83")
		ORDER("2", "9300000", "2", "10010", "100000", "65", "83")
		    EXEC("3", "9300100", "9", "1", "10000", "100000", "66")
			EXEC("4", "9300100", "9", "2", "10010", "50000", "66"));
	tap_is_str(commands(), "N1 S100@10000 N2 S100@10010 N9 B150@10010",
	    "an order that was filled: what it did, at its worst price");
	run(ORDER("1", "9300000", "1", "10000", "100000", "65", "66")
		EXEC("2", "9300100", "1", "9", "10000", "100000", "83") ORDER(
		    "3", "9300100", "9", "9990", "300000", "65", "83")
		    ORDER("4", "9300200", "9", "9990", "300000", "68", "83"));
	tap_is_str(commands(), "N1 B100@10000 N9 S400@9990 X9 300",
	    "one that was filled in part: with the rest, at its price");
	run(ORDER("1", "9300000", "1", "10000", "100000", "65", "66")
		ORDER("2", "9300000", "9", "9990", "300000", "65", "83")
		    EXEC("3", "9300100", "1", "9", "10000", "100000", "83"));
	tap_is_str(commands(), "N1 B100@10000 N9 S300@9990",
	    "one that was published before is what it was");
	run(ORDER("1", "9150000", "1", "10000", "100000", "65", "66")
		ORDER("2", "9150000", "2", "9990", "300000", "65", "83")
		    EXEC("3", "9250000", "1", "2", "10000", "100000", "78"));
	tap_is_str(commands(), "N1 B100@10000 N2 S300@9990",
	    "nobody came in at an auction");
}

static void
test_sorting(void)
{
	run(ORDER("3", "9300002", "3", "3000", "100000", "65", "66")
		ORDER("1", "9300001", "1", "1000", "100000", "65", "66") ORDER(
		    "2", "9300003", "2", "2000", "100000", "65", "66")
		    ORDER("2", "9300003", "2", "2000", "100000", "65", "66"));
	tap_is_str(commands(), "N1 B100@1000 N2 B100@2000 N3 B100@3000",
	    "lines in the order of BizIndex");
	tap_is_u64(g.st.duplicates, 1, "one that comes twice is counted");
	tap_is_u64(g.ntroubles, 0, "and no trouble");
	tap_is_u64(kit_rec(&g, EXCH_REC_INSTRUMENT, 0)->time,
	    kit_rec(&g, EXCH_REC_NEW, 0)->time,
	    "the instrument comes with its first order");
	run(ORDER("1", "9300001", "1", "1000", "100000", "65", "66")
		ORDER("1", "9300001", "2", "2000", "100000", "65", "66"));
	tap_ok(g.ntroubles == 1 &&
		   strstr(g.trouble[0].text, "has its BizIndex") != NULL,
	    "two messages with one BizIndex are trouble");
	tap_is_u64(g.trouble[0].at.where, 2, "in the line of the second");

	/* Two channels by time, each in its own order. */
	run(HEAD "MsgType=192 SecurityID=600000 ChannelNo=2 OrderNo=7 "
		 "Price=1000 OrderQty=1000 OrdType=65 Side=66 "
		 "TransactTime=9300000 BizIndex=900\n" ORDER(
		     "1", "9300001", "7", "1000", "100000", "65", "66") HEAD
	    "MsgType=192 SecurityID=600000 ChannelNo=2 OrderNo=8 "
	    "Price=1000 OrderQty=1000 OrdType=65 Side=66 "
	    "TransactTime=9300002 BizIndex=901\n");
	tap_is_str(commands(), "N7 B1@1000 N7 B100@1000 N8 B1@1000",
	    "two channels have their own numbers");
	tap_is_u64(g.by_type[EXCH_REC_INSTRUMENT], 2, "and instruments");
}

/* The second of two lines is trouble with this in its text. */
static void
is_wrong(const char *line, const char *want)
{
	static char text[1024];
	char what[96];

	snprintf(text, sizeof(text), "%s%s%s",
	    ORDER("1", "9300001", "1", "1000", "100000", "65", "66"), line,
	    ORDER("9", "9300009", "9", "1000", "100000", "65", "66"));
	run(text);
	snprintf(what, sizeof(what), "trouble: %s", want);
	tap_ok(g.ntroubles == 1 && g.st.messages_bad == 1 &&
		   strstr(g.trouble[0].text, want) != NULL &&
		   g.trouble[0].at.where == 2 && g.by_type[EXCH_REC_NEW] == 2,
	    what);
	if (g.ntroubles != 1 || strstr(g.trouble[0].text, want) == NULL)
		printf("# %zu: %s\n", g.ntroubles, g.trouble[0].text);
}

static void
test_wrong(void)
{
	is_wrong("nothing of this\n", "SecurityIDSource is missing");
	is_wrong("a,b\n", "has commas");
	is_wrong("//SecurityIDSource=102 MsgType=192\n", "is not 101");
	is_wrong(
	    HEAD "MsgType=192 OrdType=65 Side=66\n", "ChannelNo is missing");
	is_wrong(ORDER("2", "9300001", "2", "1000", "100000", "67", "66"),
	    "OrdType is neither");
	is_wrong(ORDER("2", "9300001", "2", "1000", "100000", "65", "67"),
	    "Side is neither");
	is_wrong(ORDER("2", "9300001", "2", "1000", "0", "65", "66"),
	    "OrderQty is not whole shares");
	is_wrong(ORDER("2", "9300001", "2", "1000", "1500", "65", "66"),
	    "OrderQty is not whole shares");
	is_wrong(ORDER("2", "9300001", "2", "-1", "1000", "65", "66"),
	    "Price is not a number");
	is_wrong(
	    ORDER("2", "9300001", "2", "9223372036854", "1000", "65", "66"),
	    "Price is not a number in its range");
	is_wrong(ORDER("2", "9600001", "2", "1000", "1000", "65", "66"),
	    "TransactTime is no time of day");
	is_wrong(ORDER("2", "24000000", "2", "1000", "1000", "65", "66"),
	    "TransactTime is not a number");
	is_wrong(ORDER("x", "9300001", "2", "1000", "1000", "65", "66"),
	    "BizIndex is not a number");
	is_wrong(ORDER("2", "9300001", "2305843009213693952", "1000", "1000",
		     "65", "66"),
	    "OrderNo is not a number in its range");
	is_wrong(EXEC("2", "9300001", "2", "1", "1000", "1000", "70"),
	    "ExecType is not one of");
	is_wrong(HEAD "MsgType=192 SecurityID= ChannelNo=6 OrderNo=2 "
		      "Price=1 OrderQty=1000 OrdType=65 Side=66 "
		      "TransactTime=9300001 BizIndex=2\n",
	    "SecurityID is no symbol");
	is_wrong(ORDER("2", "9300001", "1", "1000", "1000", "65", "66"),
	    "published already");
	is_wrong(ORDER("2", "9300001", "2", "1000", "1000", "68", "66"),
	    "nobody published this order");
	{
		static const char zeros[] = "//SecurityIDSource\0\0\0=101 \n";

		run_n(zeros, sizeof(zeros) - 1, 10000000);
		tap_ok(g.ntroubles == 1 &&
			   strstr(g.trouble[0].text, "is missing") != NULL,
		    "zeros in a key");
	}
	run(HEAD "MsgType=12\n");
	tap_is_u64(g.st.messages_unknown, 1, "an unknown type is counted");
}

static void
test_needs(void)
{
	static const char one[] =
	    ORDER("1", "9300001", "1", "1000", "100000", "65", "66");
	struct exch_feed_opts o = {.tick = 1};

	run_n(one, sizeof(one) - 1, 0);
	tap_is_i64(g.err, EXCH_ERR_NEED, "the price step is asked for");
	tap_ok(strstr(g.d.text, "add --tick STEP") != NULL, "by name");
	kit_free(&g);
	kit_run(&exch_feed_sselog, one, sizeof(one) - 1, &o, &g);
	tap_is_i64(g.err, EXCH_ERR_NEED, "so are date and zone");
	tap_ok(strstr(g.d.text, "--date YYYY-MM-DD --tz Asia/Shanghai") != NULL,
	    "by name");
	tap_ok(exch_feed_sselog.match((const void *)one, sizeof(one) - 1),
	    "it is known by its first field");
	tap_ok(!exch_feed_sselog.match(
		   (const void *)"//SecurityIDSource=102 ", 23),
	    "and Shenzhen's is not");
}

/* Cut anywhere: whole lines count, half a line is told. */
static void
test_cuts(void)
{
	static const char two[] =
	    ORDER("1", "9300001", "1", "1000", "100000", "65", "66")
		ORDER("2", "9300001", "2", "1000", "100000", "65", "66");
	size_t n = sizeof(two) - 1, good = 0, half = 0;

	for (size_t cut = n / 2 + 1; cut <= n; cut++) {
		size_t orders;

		run_n(two, cut, 10000000);
		orders = g.by_type[EXCH_REC_NEW];
		/* BizIndex is the last field: only behind it is a line whole. */
		good += orders == 2 ? g.err == 0
				    : orders == 1 && g.err == EXCH_ERR_CUT;
		half += g.err == EXCH_ERR_CUT;
	}
	tap_is_u64(good, n - n / 2, "a log cut anywhere in its last line");
	tap_ok(half > 100 && half < n / 2, "is cut where it is not whole");
}

int
main(void)
{
	test_orders();
	test_aggressors();
	test_sorting();
	test_wrong();
	test_needs();
	test_cuts();
	kit_free(&g);
	return tap_done();
}
