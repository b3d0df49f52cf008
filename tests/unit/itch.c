/*
 * ITCH 5.0, message by message: every type with every field, checked
 * against bytes laid out by hand from the specification's tables.
 */
#include <config.h>

#include "feed/run.h"
#include "feed_kit.h"

static struct kit k;
static struct kit_got g;

/* Decode one message of k after what came before in `it`. */
static void
feed_one(struct exch_itch *it)
{
	struct exch_feed_at at = {EXCH_POS_PACKET, 7, 42};

	g.err = exch_itch_message(it, k.b, k.n, &at, &g.d);
}

static struct exch_itch *
begin(struct exch_feed_opts o)
{
	static struct exch_feed_sink sink = {
	    .arg = &g, .record = kit_record, .trouble = kit_trouble};
	static struct exch_run run;
	struct exch_itch *it;

	kit_free(&g);
	k.n = 0;
	exch_run_begin(&run, &sink);
	if (exch_itch_new(&o, &run, &g.st, &it, &g.d) != 0)
		abort();
	return it;
}

/* Begin, decode what k holds by `fill`, and give the decoder back. */
#define ONE(...)                                                               \
	do {                                                                   \
		struct exch_itch *it_ = begin(kit_opts());                     \
		__VA_ARGS__;                                                   \
		feed_one(it_);                                                 \
		exch_itch_free(it_);                                           \
	} while (0)

#define LAST(T) ((const struct T *)(const void *)kit_rec(&g, -1, g.n - 1))

static void
test_orders(void)
{
	const struct exch_rec_instrument *in;

	ONE(kit_add_order(&k, 77, 34200000000001, 0x1122334455667788, 'S',
	    123456, "ABCD", 1234567));
	tap_is_u64(g.n, 2, "add: announced and added");
	in = (const void *)kit_rec(&g, EXCH_REC_INSTRUMENT, 0);
	tap_is_str(in->symbol, "ABCD", "add: symbol without padding");
	tap_is_u64(in->h.instr, 77, "add: instrument is the locate");
	tap_is_i64(in->tick, 100000, "add: tick 0.0001");
	tap_is_u64(in->px_decimals, 4, "add: four decimals");
	tap_is_u64(in->lot, 1, "add: lot of one");
	tap_is_u64(LAST(exch_rec_book_add)->h.type, EXCH_REC_BOOK_ADD, "A");
	tap_is_u64(LAST(exch_rec_book_add)->h.time,
	    KIT_MIDNIGHT + 34200000000001, "A time");
	tap_is_u64(LAST(exch_rec_book_add)->order, 0x1122334455667788, "A ref");
	tap_is_u64(LAST(exch_rec_book_add)->qty, 123456, "A shares");
	tap_is_i64(LAST(exch_rec_book_add)->price, 123456700000, "A price");
	tap_is_u64(LAST(exch_rec_book_add)->side, EXCH_SELL, "A side");
	tap_is_u64(LAST(exch_rec_book_add)->h.source, 0, "A source 0");

	ONE(kit_itch(&k, 'F', 5, 1); kit_be(&k, 9, 8); kit_u8(&k, 'B');
	    kit_be(&k, 10, 4); kit_text(&k, "XY", 8); kit_be(&k, 50000, 4);
	    kit_text(&k, "GS", 4));
	tap_ok(memcmp(LAST(exch_rec_book_add)->mpid, "GS\0\0", 4) == 0,
	    "F attribution");
	tap_is_u64(LAST(exch_rec_book_add)->side, EXCH_BUY, "F side");

	ONE(kit_itch(&k, 'E', 5, 1); kit_be(&k, 9, 8); kit_be(&k, 10, 4);
	    kit_be(&k, 555, 8));
	tap_is_u64(LAST(exch_rec_book_exec)->order, 9, "E ref");
	tap_is_u64(LAST(exch_rec_book_exec)->qty, 10, "E shares");
	tap_is_u64(LAST(exch_rec_book_exec)->match, 555, "E match");
	tap_ok(LAST(exch_rec_book_exec)->price == EXCH_PX_NONE, "E no price");
	tap_is_u64(LAST(exch_rec_book_exec)->printable, 1, "E printable");
	in = (const void *)kit_rec(&g, EXCH_REC_INSTRUMENT, 0);
	tap_is_str(in->symbol, "#5", "E: unseen locate is announced as #5");

	ONE(kit_itch(&k, 'C', 5, 1); kit_be(&k, 9, 8); kit_be(&k, 10, 4);
	    kit_be(&k, 555, 8); kit_u8(&k, 'N'); kit_be(&k, 10001, 4));
	tap_is_i64(LAST(exch_rec_book_exec)->price, 1000100000, "C price");
	tap_is_u64(LAST(exch_rec_book_exec)->printable, 0, "C not printable");

	ONE(kit_itch(&k, 'X', 5, 1); kit_be(&k, 9, 8); kit_be(&k, 3, 4));
	tap_is_u64(
	    LAST(exch_rec_book_reduce)->h.type, EXCH_REC_BOOK_REDUCE, "X");
	tap_is_u64(LAST(exch_rec_book_reduce)->qty, 3, "X shares");

	ONE(kit_delete_order(&k, 5, 1, 9));
	tap_is_u64(
	    LAST(exch_rec_book_delete)->h.type, EXCH_REC_BOOK_DELETE, "D");
	tap_is_u64(LAST(exch_rec_book_delete)->order, 9, "D ref");

	ONE(kit_itch(&k, 'U', 5, 1); kit_be(&k, 9, 8); kit_be(&k, 10, 8);
	    kit_be(&k, 200, 4); kit_be(&k, 30000, 4));
	tap_is_u64(LAST(exch_rec_book_replace)->order, 9, "U old ref");
	tap_is_u64(LAST(exch_rec_book_replace)->new_order, 10, "U new ref");
	tap_is_u64(LAST(exch_rec_book_replace)->qty, 200, "U shares");
	tap_is_i64(LAST(exch_rec_book_replace)->price, 3000000000, "U price");
}

static void
hidden(uint64_t ref, char side)
{
	ONE(kit_itch(&k, 'P', 5, 1); kit_be(&k, ref, 8);
	    kit_u8(&k, (unsigned char)side); kit_be(&k, 40, 4);
	    kit_text(&k, "XY", 8); kit_be(&k, 50001, 4); kit_be(&k, 66, 8));
}

static void
test_trades(void)
{
	hidden(0, 'B');
	tap_is_u64(LAST(exch_rec_book_print)->kind, EXCH_PRINT_HIDDEN, "P");
	tap_is_u64(LAST(exch_rec_book_print)->side, EXCH_SIDE_NONE,
	    "P: B without a reference is no side");
	tap_is_u64(LAST(exch_rec_book_print)->qty, 40, "P shares");
	tap_is_i64(LAST(exch_rec_book_print)->price, 5000100000, "P price");
	tap_is_u64(LAST(exch_rec_book_print)->match, 66, "P match");
	hidden(0, 'S');
	tap_is_u64(LAST(exch_rec_book_print)->side, EXCH_SELL, "P: S is");
	hidden(4, 'B');
	tap_is_u64(LAST(exch_rec_book_print)->side, EXCH_BUY,
	    "P: B with a reference is");

	ONE(kit_itch(&k, 'Q', 5, 1); kit_be(&k, 0x100000002, 8);
	    kit_text(&k, "XY", 8); kit_be(&k, 50001, 4); kit_be(&k, 67, 8);
	    kit_u8(&k, 'C'));
	tap_is_u64(LAST(exch_rec_book_print)->kind, EXCH_PRINT_CROSS, "Q");
	tap_is_u64(LAST(exch_rec_book_print)->qty, 0x100000002,
	    "Q shares are 64 bits");
	tap_is_u64(
	    LAST(exch_rec_book_print)->cross, EXCH_CROSS_CLOSE, "Q cross");
	tap_is_u64(LAST(exch_rec_book_print)->match, 67, "Q match");

	ONE(kit_itch(&k, 'B', 5, 1); kit_be(&k, 68, 8));
	tap_is_u64(LAST(exch_rec_bust)->h.type, EXCH_REC_BUST, "B");
	tap_is_u64(LAST(exch_rec_bust)->match, 68, "B match");

	ONE(kit_itch(&k, 'I', 5, 1); kit_be(&k, 1000, 8); kit_be(&k, 200, 8);
	    kit_u8(&k, 'S'); kit_text(&k, "XY", 8); kit_be(&k, 0, 4);
	    kit_be(&k, 50002, 4); kit_be(&k, 50003, 4); kit_u8(&k, 'O');
	    kit_u8(&k, 'L'));
	tap_is_u64(LAST(exch_rec_auction)->h.type, EXCH_REC_AUCTION, "I");
	tap_is_u64(LAST(exch_rec_auction)->final, 0, "I is indicative");
	tap_is_u64(LAST(exch_rec_auction)->paired, 1000, "I paired");
	tap_is_u64(LAST(exch_rec_auction)->imbalance, 200, "I imbalance");
	tap_is_u64(LAST(exch_rec_auction)->side, EXCH_SELL, "I side");
	tap_ok(LAST(exch_rec_auction)->far == EXCH_PX_NONE, "I no far price");
	tap_is_i64(LAST(exch_rec_auction)->price, 5000200000, "I near price");
	tap_is_i64(
	    LAST(exch_rec_auction)->reference, 5000300000, "I reference");
	tap_is_u64(LAST(exch_rec_auction)->cross, EXCH_CROSS_OPEN, "I cross");
	tap_is_u64(LAST(exch_rec_auction)->variation, 'L', "I variation");
}

static void
state(char c)
{
	ONE(kit_itch(&k, 'H', 5, 1); kit_text(&k, "XY", 8);
	    kit_u8(&k, (unsigned char)c); kit_u8(&k, ' ');
	    kit_text(&k, "T1", 4));
}

static void
system_event(char c)
{
	ONE(kit_itch(&k, 'S', 0, 1); kit_u8(&k, (unsigned char)c));
}

static const char *
words(void)
{
	static char text[512];
	const struct exch_rec_notice *r =
	    (const void *)kit_rec(&g, EXCH_REC_NOTICE, 0);

	if (r == NULL)
		return "";
	snprintf(text, sizeof(text), "%.*s", r->ntext, (const char *)(r + 1));
	if (exch_rec_len(&r->h) % 8 != 0 ||
	    exch_rec_len(&r->h) < sizeof(*r) + r->ntext)
		return "length is wrong";
	return text;
}

static void
test_phases(void)
{
	static const struct {
		char c;
		uint8_t phase;
	} states[] = {{'T', EXCH_PHASE_CONTINUOUS}, {'H', EXCH_PHASE_HALT},
	    {'P', EXCH_PHASE_HALT}, {'Q', EXCH_PHASE_PRE_OPEN}};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(states); i++) {
		state(states[i].c);
		tap_is_u64(LAST(exch_rec_phase)->phase, states[i].phase,
		    "H gives its phase");
		tap_is_u64(LAST(exch_rec_phase)->h.instr, 5, "H instrument");
	}
	tap_ok(
	    memcmp(LAST(exch_rec_phase)->reason, "T1\0\0", 4) == 0, "H reason");
	state('?');
	tap_is_u64(g.st.messages_bad, 1, "H with another state is bad");

	system_event('S');
	tap_is_u64(
	    LAST(exch_rec_phase)->phase, EXCH_PHASE_CONTINUOUS, "S S opens");
	tap_is_u64(LAST(exch_rec_phase)->h.instr, 0, "S is for all");
	tap_is_str(words(), "system event=S", "S S is noticed too");
	system_event('E');
	tap_is_u64(
	    LAST(exch_rec_phase)->phase, EXCH_PHASE_CLOSED, "S E closes");
	for (const char *c = "OQMC"; *c != 0; c++) {
		system_event(*c);
		tap_is_u64(g.by_type[EXCH_REC_PHASE], 0,
		    "S O, Q, M, C change no phase");
		tap_is_u64(g.by_type[EXCH_REC_NOTICE], 1, "but are noticed");
	}
}

static void
test_words(void)
{
	ONE(kit_itch(&k, 'Y', 5, 1); kit_text(&k, "XY", 8); kit_u8(&k, '1'));
	tap_is_str(words(), "reg-sho action=1", "Y");
	tap_is_u64(LAST(exch_rec_notice)->h.instr, 5, "Y instrument");
	ONE(kit_itch(&k, 'L', 5, 1); kit_text(&k, "GSCO", 4);
	    kit_text(&k, "XY", 8); kit_text(&k, "YNA", 3));
	tap_is_str(
	    words(), "participant mpid=GSCO primary=Y mode=N state=A", "L");
	tap_is_str(((const struct exch_rec_instrument *)(const void *)kit_rec(
			&g, EXCH_REC_INSTRUMENT, 0))
		       ->symbol,
	    "XY", "L: the stock stands behind the participant");
	ONE(kit_itch(&k, 'V', 0, 1); kit_be(&k, 377710000000, 8);
	    kit_be(&k, 353310000001, 8); kit_be(&k, 324810000000, 8));
	tap_is_str(words(),
	    "mwcb-levels level1=3777.10 level2=3533.10000001 level3=3248.10",
	    "V in Price(8)");
	ONE(kit_itch(&k, 'W', 0, 1); kit_u8(&k, '2'));
	tap_is_str(words(), "mwcb-status level=2", "W");
	ONE(kit_itch(&k, 'K', 5, 1); kit_text(&k, "XY", 8);
	    kit_be(&k, 36000, 4); kit_u8(&k, 'A'); kit_be(&k, 170000, 4));
	tap_is_str(
	    words(), "ipo-quoting release=36000 qualifier=A price=17.00", "K");
	ONE(kit_itch(&k, 'J', 5, 1); kit_text(&k, "XY", 8);
	    kit_be(&k, 100000, 4); kit_be(&k, 105000, 4); kit_be(&k, 95001, 4);
	    kit_be(&k, 1, 4));
	tap_is_str(words(),
	    "luld-collar reference=10.00 upper=10.50 lower=9.5001 extension=1",
	    "J");
	ONE(kit_itch(&k, 'h', 5, 1); kit_text(&k, "XY", 8);
	    kit_text(&k, "QH", 2));
	tap_is_str(words(), "operational-halt market=Q action=H", "h");
	ONE(kit_itch(&k, 'N', 5, 1); kit_text(&k, "XY", 8); kit_u8(&k, 'A'));
	tap_is_str(words(), "retail-interest flag=A", "N");
	ONE(kit_itch(&k, 'O', 5, 1); kit_text(&k, "XY", 8); kit_u8(&k, 'Y');
	    kit_be(&k, 10000, 4); kit_be(&k, 20000, 4); kit_be(&k, 15000, 4);
	    kit_be(&k, 34200000000000, 8); kit_be(&k, 14000, 4);
	    kit_be(&k, 16000, 4));
	tap_is_str(words(),
	    "direct-listing eligible=Y minimum=1.00 maximum=2.00 near=1.50 "
	    "near-time=34200000000000 lower=1.40 upper=1.60",
	    "O");
}

static void
directory(unsigned locate, const char *stock, char etp)
{
	kit_itch(&k, 'R', locate, 1);
	kit_text(&k, stock, 8);
	kit_text(&k, "QN", 2);
	kit_be(&k, 100, 4);
	kit_text(&k, "NC", 2);
	kit_text(&k, "Z", 2);
	kit_text(&k, "PN 1", 4);
	kit_u8(&k, (unsigned char)etp);
	kit_be(&k, 3, 4);
	kit_u8(&k, 'Y');
}

static const struct exch_rec_instrument *
instrument(size_t i)
{
	return (const void *)kit_rec(&g, EXCH_REC_INSTRUMENT, i);
}

static void
test_directory(void)
{
	struct exch_feed_opts o = kit_opts();
	struct exch_itch *it;

	ONE(directory(9, "QQQ", 'Y'));
	tap_is_u64(instrument(0)->kind, EXCH_KIND_ETF, "R: an ETF");
	tap_is_u64(instrument(0)->lot, 1, "R: round lots do not bind");
	tap_is_str(words(),
	    "directory market=Q status=N round-lot=100 round-lots-only=N "
	    "class=C subtype=Z authenticity=P short-sale=N ipo=- luld-tier=1 "
	    "etp=Y leverage=3 inverse=Y",
	    "R: every field");

	it = begin(o);
	kit_delete_order(&k, 9, 1, 1);
	feed_one(it);
	feed_one(it);
	tap_is_u64(g.by_type[EXCH_REC_INSTRUMENT], 1,
	    "a placeholder is announced once");
	k.n = 0;
	kit_add_order(&k, 9, 2, 2, 'B', 1, "QQQ", 1);
	feed_one(it);
	feed_one(it);
	tap_is_u64(g.by_type[EXCH_REC_INSTRUMENT], 2,
	    "and again when its name is known");
	tap_is_u64(instrument(1)->h.instr, 9, "under the same id");
	tap_is_str(instrument(1)->symbol, "QQQ", "with the name");

	/* Locate 0 with a stock. */
	k.n = 0;
	kit_add_order(&k, 0, 2, 2, 'B', 1, "ZERO", 1);
	feed_one(it);
	tap_is_u64(
	    instrument(2)->h.instr, 65536, "locate 0: an id above all locates");
	k.n = 0;
	kit_add_order(&k, 0, 2, 2, 'B', 1, "ZERO2", 1);
	feed_one(it);
	tap_is_u64(instrument(3)->h.instr, 65537, "the next symbol another");
	k.n = 0;
	kit_add_order(&k, 0, 2, 2, 'B', 1, "ZERO", 1);
	feed_one(it);
	tap_is_u64(
	    kit_rec(&g, -1, g.n - 1)->instr, 65536, "the same symbol the same");
	tap_is_u64(g.by_type[EXCH_REC_INSTRUMENT], 4, "without a second word");
	exch_itch_free(it);

	/* Hostile stock. */
	ONE(kit_add_order(&k, 3, 2, 2, 'B', 1, "A\n\x80\x01Z", 1));
	tap_is_str(instrument(0)->symbol, "A???Z", "bytes that are no text");

	o.tick = 10000000;
	it = begin(o);
	directory(9, "QQQ", 'N');
	feed_one(it);
	tap_is_i64(instrument(0)->tick, 10000000, "--tick wins");
	tap_is_u64(instrument(0)->px_decimals, 2, "and says the decimals");
	exch_itch_free(it);
}

/* Every type at every shorter length is trouble, longer is well. */
static void
test_lengths(void)
{
	static const char types[] = "SRHYLVWKJhAFECXDUPQBINO";
	size_t shorter = 0, longer = 0, tried = 0;

	for (const char *t = types; *t != 0; t++) {
		for (size_t n = 1; n < 60; n++) {
			struct exch_itch *it = begin(kit_opts());

			kit_itch(&k, *t, 1, 1);
			while (k.n < 60)
				kit_u8(&k,
				    *t == 'H' && k.n == 19 ? 'T'
				    : (*t == 'A' || *t == 'F' || *t == 'P') &&
					    k.n == 19
					? 'B'
				    : *t == 'C' && k.n == 31 ? 'Y'
							     : 'x');
			k.n = n;
			feed_one(it);
			tried++;
			if (g.err == 0 && g.st.messages_bad == 1 &&
			    g.ntroubles == 1 && g.n == 0)
				shorter++;
			if (g.err == 0 && g.st.messages_bad == 0 && g.n > 0)
				longer++;
			exch_itch_free(it);
		}
	}
	/* Sum of (length - 1) over the specification's 23 lengths. */
	tap_is_u64(shorter, 694 - 23, "every shorter length is trouble");
	tap_is_u64(shorter + longer, tried, "every other length is read");
}

static void
test_bad(void)
{
	struct exch_feed_opts o = kit_opts();
	struct exch_feed_sink sink = {
	    .arg = &g, .record = kit_record, .trouble = kit_trouble};
	struct exch_run run;
	struct exch_itch *it;

	exch_run_begin(&run, &sink);
	ONE(kit_add_order(&k, 1, EXCH_SEC * 86400 - 1, 1, 'B', 1, "A", 1));
	tap_is_u64(g.st.messages_bad, 0, "the last moment of the day");
	ONE(kit_add_order(&k, 1, EXCH_SEC * 86400, 1, 'B', 1, "A", 1));
	tap_is_u64(g.st.messages_bad, 1, "a time after the day is bad");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 0, "and not passed on");

	ONE(kit_add_order(&k, 1, 1, 1, 'X', 1, "A", 1));
	tap_is_u64(g.st.messages_bad, 1, "side X is bad");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 0, "and not passed on");
	tap_is_u64(g.trouble[0].at.where, 7, "trouble has its packet");
	tap_is_u64(g.trouble[0].at.offset, 42, "and offset");
	tap_is_str(g.trouble[0].text,
	    "ITCH message A of 36 bytes: side is neither B nor S", "and text");
	ONE(kit_add_order(&k, 1, 1, 1, 'B', 0, "A", 1));
	tap_is_u64(g.st.messages_bad, 1, "no shares is bad");
	ONE((void)0);
	tap_is_u64(g.st.messages_bad, 1, "no bytes is bad");
	ONE(kit_itch(&k, 'z', 1, 1));
	tap_is_u64(g.st.messages_unknown, 1, "type z is unknown");
	tap_is_u64(g.st.messages_bad, 0, "and not bad");
	tap_is_u64(g.st.by_type['z'], 1, "and counted");

	kit_free(&g);
	o.date = 0;
	tap_is_i64(exch_itch_new(&o, &run, &g.st, &it, &g.d), EXCH_ERR_NEED,
	    "no date");
	tap_ok(strstr(g.d.text, "--date") != NULL, "is asked for by name");
	kit_free(&g);
	o = kit_opts();
	o.tz = NULL;
	tap_is_i64(exch_itch_new(&o, &run, &g.st, &it, &g.d), EXCH_ERR_NEED,
	    "no zone");
	tap_ok(strstr(g.d.text, "--tz") != NULL, "is asked for by name");
}

int
main(void)
{
	test_orders();
	test_trades();
	test_phases();
	test_words();
	test_directory();
	test_lengths();
	test_bad();
	kit_free(&g);
	return tap_done();
}
