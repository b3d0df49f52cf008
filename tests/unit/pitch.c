/*
 * PITCH lines, written here as the specification draws them: every type, the
 * orders that E and X do not name a symbol for, malformed lines, and cuts.
 */
#include <config.h>

#include "feed_kit.h"

static struct kit_got g;

static void
run_n(const char *text, size_t n, struct exch_feed_opts o)
{
	kit_free(&g);
	kit_run(&exch_feed_pitch, text, n, &o, &g);
}

static void
run(const char *text)
{
	run_n(text, strlen(text), kit_opts());
}

#define REC(T, type, i) ((const struct T *)(const void *)kit_rec(&g, type, i))
#define AT(ms) (KIT_MIDNIGHT + (uint64_t)(ms)*1000000)

static void
test_orders(void)
{
	const struct exch_rec_book_add *a;
	const struct exch_rec_book_exec *e;

	run("S28800011A00000000000ZB000300SPY   0001424150Y\n"
	    "28800012d000000000010S000200ABCDEFGH0000000001YMAKR\r\n"
	    "S28800013E00000000000Z00010000000000000A\n"
	    "S28800014X00000000000Z000050\n"
	    "S28800015X00000000000Z000150\n"
	    "S28800016E00000000001000020000000000000B\n");
	tap_is_i64(g.err, 0, "orders of two symbols");
	tap_is_u64(g.ntroubles, 0, "without trouble");
	tap_is_u64(g.st.messages, 6, "six messages");
	tap_is_u64(g.st.by_type['X'], 2, "counted by type");
	tap_is_u64(g.by_type[EXCH_REC_INSTRUMENT], 2, "two instruments");
	tap_is_str(REC(exch_rec_instrument, EXCH_REC_INSTRUMENT, 0)->symbol,
	    "SPY", "without the blanks");
	tap_is_i64(REC(exch_rec_instrument, EXCH_REC_INSTRUMENT, 0)->tick,
	    100000, "in hundredths of a cent");
	a = REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 0);
	tap_is_u64(a->h.time, AT(28800011), "A: time");
	tap_is_u64(a->order, 35, "A: order to base 36");
	tap_is_u64(a->side, EXCH_BUY, "A: side");
	tap_is_u64(a->qty, 300, "A: shares");
	tap_is_i64(a->price, 142415000000, "A: price");
	a = REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 1);
	tap_is_u64(a->order, 36, "d: order");
	tap_is_u64(a->h.instr, 2, "d: instrument of eight letters");
	tap_is_i64(a->price, 100000, "d: price");
	tap_ok(memcmp(a->mpid, "MAKR", 4) == 0, "d: who");
	e = REC(exch_rec_book_exec, EXCH_REC_BOOK_EXEC, 0);
	tap_is_u64(e->h.instr, 1, "E: the instrument is the order's");
	tap_is_u64(e->qty, 100, "E: shares");
	tap_is_u64(e->match, 10, "E: number of the execution");
	tap_ok(e->price == EXCH_PX_NONE, "E: at the order's price");
	tap_is_u64(REC(exch_rec_book_reduce, EXCH_REC_BOOK_REDUCE, 0)->qty, 50,
	    "X: some of it");
	tap_is_u64(REC(exch_rec_book_delete, EXCH_REC_BOOK_DELETE, 0)->order,
	    35, "X: all that is left");
	tap_is_u64(REC(exch_rec_book_exec, EXCH_REC_BOOK_EXEC, 1)->h.instr, 2,
	    "E: of the other one");
}

static void
test_trades(void)
{
	const struct exch_rec_book_print *p;

	run("S28800011P00000000000ZS000300SPY   0001424150000000000011\n"
	    "S28800012r000000000000B000100SPY     0001424100000000000012\n"
	    "S28800013B000000000011\n");
	tap_is_u64(g.ntroubles, 0, "trades of hidden orders, and a break");
	p = REC(exch_rec_book_print, EXCH_REC_BOOK_PRINT, 0);
	tap_is_u64(p->kind, EXCH_PRINT_HIDDEN, "P: hidden");
	tap_is_u64(p->order, 35, "P: the order that rested");
	tap_is_u64(p->side, EXCH_SELL, "P: and its side");
	tap_is_u64(p->match, 37, "P: number of the execution");
	tap_is_i64(p->price, 142415000000, "P: price");
	p = REC(exch_rec_book_print, EXCH_REC_BOOK_PRINT, 1);
	tap_is_u64(p->side, EXCH_SIDE_NONE, "r: of an order nobody tells");
	tap_is_u64(p->h.instr, 1, "r: of the same symbol");
	tap_ok(memcmp(REC(exch_rec_notice, EXCH_REC_NOTICE, 0) + 1,
		   "trade-break match=37", 20) == 0,
	    "B: a notice, for it names no symbol");
}

static void
test_auctions(void)
{
	const struct exch_rec_auction *a;
	const struct exch_rec_book_print *p;

	run("34200000IZVZZT   "
	    "O00000100010000000300000000020000000100050000020000\n"
	    "34200001IZVZZT   "
	    "C00000000000000000300000000030000000000000000000000\n"
	    "34200002JZVZZT   O00000100050000000300\n");
	tap_is_u64(g.ntroubles, 0, "auctions");
	a = REC(exch_rec_auction, EXCH_REC_AUCTION, 0);
	tap_is_u64(a->cross, EXCH_CROSS_OPEN, "I: of the opening");
	tap_is_i64(a->reference, 1000100000, "I: reference");
	tap_is_u64(a->paired, 200, "I: paired");
	tap_is_u64(a->imbalance, 100, "I: imbalance");
	tap_is_u64(a->side, EXCH_BUY, "I: on this side");
	tap_is_i64(a->price, 1000500000, "I: price");
	tap_is_i64(a->far, 2000000000, "I: price without the book");
	a = REC(exch_rec_auction, EXCH_REC_AUCTION, 1);
	tap_ok(a->price == EXCH_PX_NONE && a->far == EXCH_PX_NONE &&
		   a->reference == EXCH_PX_NONE,
	    "I: no prices");
	tap_is_u64(a->side, EXCH_SIDE_NONE, "I: balanced");
	p = REC(exch_rec_book_print, EXCH_REC_BOOK_PRINT, 0);
	tap_is_u64(p->kind, EXCH_PRINT_CROSS, "J: result");
	tap_is_u64(p->qty, 300, "J: shares");
	tap_is_u64(p->match, 3, "J: numbered by its line");
}

static void
test_states(void)
{
	run("34200000HZVZZT   H0  \n34200001HZVZZT   Q0\n34200002HZVZZT   T1\n"
	    "34200003RZVZZT   B\n34200004HZVZZT   X0\n");
	tap_is_u64(REC(exch_rec_phase, EXCH_REC_PHASE, 0)->phase,
	    EXCH_PHASE_HALT, "H: halted");
	tap_is_u64(REC(exch_rec_phase, EXCH_REC_PHASE, 1)->phase,
	    EXCH_PHASE_PRE_OPEN, "Q: quotes alone");
	tap_is_u64(REC(exch_rec_phase, EXCH_REC_PHASE, 2)->phase,
	    EXCH_PHASE_CONTINUOUS, "T: trading");
	tap_ok(memcmp(REC(exch_rec_notice, EXCH_REC_NOTICE, 2) + 1,
		   "reg-sho action=1", 16) == 0,
	    "and its restriction");
	tap_ok(memcmp(REC(exch_rec_notice, EXCH_REC_NOTICE, 3) + 1,
		   "retail-interest flag=B", 22) == 0,
	    "R: in words");
	tap_is_i64(g.err, 0, "a state that is none");
	tap_is_u64(g.ntroubles, 1, "is trouble at the end, too");
}

static void
test_clear(void)
{
	run("1A000000000009B000001ABC   0000000001Y\n"
	    "00000001A000000000009B000001ABC   0000000001Y\n"
	    "00000001A000000000003B000001ABC   0000000001Y\n"
	    "00000001A000000000005B000001DEF   0000000001Y\n"
	    "00000002sABC     \n"
	    "00000003X000000000003000001\n"
	    "00000004X000000000005000001\n");
	tap_is_u64(g.ntroubles, 2, "a line without a time, and one too late");
	tap_is_str(g.trouble[1].text,
	    "PITCH message X: nobody displayed this order",
	    "what was cleared is gone");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_DELETE], 3, "three are gone");
	tap_is_u64(REC(exch_rec_book_delete, EXCH_REC_BOOK_DELETE, 0)->order, 3,
	    "in order of their numbers");
	tap_is_u64(REC(exch_rec_book_delete, EXCH_REC_BOOK_DELETE, 1)->order, 9,
	    "all of the symbol");
}

static void
test_bad_lines(void)
{
	static const char *const bad[] = {"S2880001", "S2880x011X", "x",
	    "99999999X000000000003000001", "\"quoted", "a,b",
	    "00000001A00000000000zB000001ABC   0000000001Y",
	    "00000001A000000000000B000001ABC   0000000001Y",
	    "00000001A000000000001B000001ABC   0000000001Y",
	    "00000001A000000000008C000001ABC   0000000001Y",
	    "00000001A000000000008B000000ABC   0000000001Y",
	    "00000001A000000000008B00000xABC   0000000001Y",
	    "00000001A000000000008B000001ABC   000000000.Y",
	    "00000001A000000000008B000001      0000000001Y",
	    "00000001A000000000008B000001A C   0000000001Y",
	    "00000001A000000000008B000001A\001C   0000000001Y",
	    "00000001A000000000008B000001ABC   0000000001",
	    "00000001E000000000001000002000000000001",
	    "00000001E00000000000100000100000000000*",
	    "00000001E000000000002000001000000000001",
	    "00000001X000000000001000000",
	    "00000001P000000000001B000001ABC   000000000100000000000-",
	    "00000001B00000000000-", "00000001sA B     ", "00000001HABC     ?0",
	    "00000001IABC     "
	    "O000000000x000000000000000000000000000000000000000"
	    "0",
	    "00000001JABC     O00000000010000000+01", "00000001RABC     \002"};
	size_t reported = 0;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(bad); i++) {
		char text[300];

		snprintf(text, sizeof(text),
		    "00000001A000000000001B000001ABC   0000000001Y\n%s\n"
		    "00000001A000000000007B000001ABC   0000000001Y\n",
		    bad[i]);
		run(text);
		if (g.err == 0 && g.ntroubles == 1 &&
		    g.trouble[0].at.kind == EXCH_POS_LINE &&
		    g.trouble[0].at.where == 2 &&
		    g.by_type[EXCH_REC_BOOK_ADD] == 2 && g.n == 3 &&
		    g.st.messages_bad == 1)
			reported++;
		else
			printf("# not as it should be: %s\n", bad[i]);
	}
	tap_is_u64(reported, EXCH_ARRAY_LEN(bad),
	    "malformed lines are told with their line, the rest is read");
	run("00000001A000000000001B000001ABC   0000000001Y\n"
	    "S00000001A000000000001S000001ABC   0000000001Y\n\n");
	tap_is_u64(g.ntroubles, 1, "malformed at the end, with its line end");
	run("H\n00000001q000000000001\nH\n00000002sABC     \nZ\n");
	tap_is_u64(g.st.heartbeats, 2, "heartbeats");
	tap_is_u64(g.st.ends, 1, "end of the session");
	tap_is_u64(g.st.messages_unknown, 1, "types of other versions");
	run_n("0000001\0A\n", 10, kit_opts());
	tap_is_u64(g.ntroubles, 1, "a NUL");
}

static void
test_cuts(void)
{
	static const char text[] =
	    "S00000001A000000000001B000001ABC   0000000001Y\n"
	    "S00000002A000000000002B000001ABC   0000000001Y\n";
	size_t n = sizeof(text) - 1, good = 0;
	size_t first = (size_t)(strchr(text, '\n') - text) + 1;

	for (size_t i = first; i <= n; i++) {
		run_n(text, i, kit_opts());
		if (i == first || i >= n - 1)
			good += g.err == 0 && g.n == (i == first ? 2 : 3);
		else
			good += g.err == EXCH_ERR_CUT && g.n == 2 &&
				g.d.kind == EXCH_POS_LINE && g.d.where == 2;
	}
	tap_is_u64(good, n - first + 1, "cut anywhere in the last line");
}

static void
test_needs(void)
{
	static const char text[] = "00000002sABC     \n";
	struct exch_feed_opts o = kit_opts();

	o.tz = NULL;
	run_n(text, sizeof(text) - 1, o);
	tap_is_i64(g.err, EXCH_ERR_NEED, "no zone");
	tap_ok(strstr(g.d.text, "--tz") != NULL &&
		   strstr(g.d.text, "--date") == NULL,
	    "only that is asked for");
	o.date = 0;
	run_n(text, sizeof(text) - 1, o);
	tap_ok(strstr(g.d.text, "--tz") != NULL &&
		   strstr(g.d.text, "--date") != NULL,
	    "both are asked for at once");
}

static void
test_match(void)
{
	static const struct {
		const char *text;
		bool yes;
	} t[] = {{"S00000002sABC     \n", true},
	    {"00000002sABC     \r\n", true},
	    {"00000002sABC     \nS00000003", true},
	    {"00000002sABC     \nnonsense\n", false},
	    {"00000002sABC     ", false}, {"99999999sABC     \n", false},
	    {"00000002qABC     \n", false}, {"00000002A\n", false},
	    {"34200.0,1,16,18,58,1\n", false}, {"", false}};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(t); i++)
		tap_ok(exch_feed_pitch.match((const unsigned char *)t[i].text,
			   strlen(t[i].text)) == t[i].yes,
		    t[i].yes ? "recognised" : "not recognised");
}

int
main(void)
{
	test_orders();
	test_trades();
	test_auctions();
	test_states();
	test_clear();
	test_bad_lines();
	test_cuts();
	test_needs();
	test_match();
	kit_free(&g);
	return tap_done();
}
