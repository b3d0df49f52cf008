/*
 * IEX: each message of DEEP+, DEEP and TOPS, what may be wrong with it, and
 * segments that are late, doubled, lost, damaged or of a session that starts
 * again.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>

#include "iex_kit.h"

#define T0 UINT64_C(1700000000000000000)
#define PORT 10378

static struct kit msg, seg, frame, file;
static struct kit_got g;
static uint64_t next, captured;

/* ---- captures ---- */

static void
begin(void)
{
	kit_free(&g);
	msg.n = file.n = 0;
	next = 1;
	captured = T0;
	kit_pcap(&file, 1, true, false);
}

/* What `seg` holds, as a packet `ms` after the one before. */
static void
packet_to(unsigned port, uint64_t ms)
{
	captured += ms * 1000000;
	frame.n = 0;
	kit_frame(&frame, port, &seg);
	kit_pcap_packet(
	    &file, captured, true, false, frame.b, frame.n, frame.n);
	seg.n = 0;
}

static void
packet(uint64_t ms)
{
	packet_to(PORT, ms);
}

/* The messages in hand are a segment with these numbers. */
static void
segment(unsigned protocol, uint64_t first, unsigned count, uint64_t ms)
{
	seg.n = 0;
	kit_segment(&seg, protocol, first, count, &msg);
	packet(ms);
	msg.n = 0;
}

static void
run(void)
{
	struct exch_feed_opts o = {0};

	kit_run(&exch_feed_pcap, file.b, file.n, &o, &g);
}

/* One message: its segment, and the run. */
static void
one(unsigned protocol)
{
	segment(protocol, next, 1, 1);
	run();
}

#define REC(T, type, i) ((const struct T *)(const void *)kit_rec(&g, type, i))
#define LAST(T, type)                                                          \
	((const struct T *)(const void *)kit_rec(&g, type, g.by_type[type] - 1))

/* ---- orders ---- */

static void
test_orders(void)
{
	const struct exch_rec_book_add *a;
	const struct exch_rec_book_replace *u;
	const struct exch_rec_book_exec *x;

	begin();
	kit_iex_order(&msg, 'a', '8', T0, "ZIEXT", 429974, 100, 990500);
	kit_iex_order(&msg, 'a', '5', T0 + 1, "BRK.B", UINT64_C(1) << 60, 7, 1);
	kit_iex_order(&msg, 'M', 1, T0 + 2, "ZIEXT", 429974, 60, 990500);
	kit_iex_order(&msg, 'M', 1, T0 + 3, "ZIEXT", 429974, 60, 990500);
	kit_iex_order(&msg, 'M', 0, T0 + 4, "ZIEXT", 429974, 60, 990500);
	kit_iex_order(&msg, 'M', 1, T0 + 5, "ZIEXT", 429974, 50, 990600);
	kit_iex_executed(&msg, 0, T0 + 6, "ZIEXT", 429974, 20, 990600, 5);
	kit_iex_executed(&msg, 0, T0 + 7, "ZIEXT", 429974, 10, 990700, 6);
	kit_iex_delete(&msg, T0 + 8, "ZIEXT", 429974);
	segment(KIT_DEEP_PLUS, 1, 9, 0);
	run();
	tap_is_i64(g.err, 0, "DEEP+ is read without an option");
	tap_is_u64(g.ntroubles, 0, "and nothing is wrong with it");
	tap_is_u64(g.st.messages, 9, "nine messages");
	tap_is_u64(g.st.by_type['M'], 4, "of which four modify");
	tap_is_str(REC(exch_rec_instrument, EXCH_REC_INSTRUMENT, 0)->symbol,
	    "ZIEXT", "its symbol is announced");
	tap_is_i64(REC(exch_rec_instrument, EXCH_REC_INSTRUMENT, 0)->tick,
	    100000, "with a tick of 0.0001");
	tap_is_str(REC(exch_rec_instrument, EXCH_REC_INSTRUMENT, 1)->symbol,
	    "BRK.B", "and the second one's");
	a = REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 0);
	tap_is_u64(a->order, 429974, "a: order");
	tap_is_u64(a->side, EXCH_BUY, "a: 8 buys");
	tap_is_u64(a->qty, 100, "a: size");
	tap_is_i64(a->price, INT64_C(99050000000), "a: price");
	tap_is_u64(a->h.time, T0, "a: time");
	a = REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 1);
	tap_is_u64(a->side, EXCH_SELL, "a: 5 sells");
	tap_is_u64(a->order, UINT64_C(1) << 60, "a: large numbers of orders");
	tap_ok(
	    a->h.instr != 0 &&
		a->h.instr !=
		    LAST(exch_rec_book_delete, EXCH_REC_BOOK_DELETE)->h.instr,
	    "instruments have their own ids");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_REDUCE], 1,
	    "M: smaller in its place is a reduction, unchanged is nothing");
	tap_is_u64(LAST(exch_rec_book_reduce, EXCH_REC_BOOK_REDUCE)->qty, 40,
	    "M: by what it is less");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_REPLACE], 2,
	    "M: out of its place, or at another price, is a replacement");
	u = REC(exch_rec_book_replace, EXCH_REC_BOOK_REPLACE, 1);
	tap_is_u64(u->new_order, 429974, "M: under the same number");
	tap_is_u64(u->qty, 50, "M: size");
	tap_is_i64(u->price, INT64_C(99060000000), "M: price");
	x = REC(exch_rec_book_exec, EXCH_REC_BOOK_EXEC, 0);
	tap_is_u64(x->qty, 20, "L: size");
	tap_is_u64(x->match, 5, "L: number of the trade");
	tap_is_i64(x->price, EXCH_PX_NONE, "L: at the order's price");
	tap_is_u64(x->printable, 1, "L: is volume");
	x = REC(exch_rec_book_exec, EXCH_REC_BOOK_EXEC, 1);
	tap_is_i64(x->price, INT64_C(99070000000), "L: at another");
	tap_is_u64(LAST(exch_rec_book_delete, EXCH_REC_BOOK_DELETE)->order,
	    429974, "R: order");
}

/* Orders of before, numbers that come back, books that are cleared. */
static void
test_lives(void)
{
	begin();
	kit_iex_order(&msg, 'M', 1, T0, "ZIEXT", 5, 60, 990500);
	kit_iex_executed(&msg, 0, T0, "ZIEXT", 5, 20, 990600, 5);
	kit_iex_delete(&msg, T0, "ZIEXT", 5);
	segment(KIT_DEEP_PLUS, 100, 3, 0);
	run();
	tap_is_u64(g.ntroubles, 0, "orders of before are no trouble");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_REPLACE] +
		       g.by_type[EXCH_REC_BOOK_EXEC] +
		       g.by_type[EXCH_REC_BOOK_DELETE],
	    3, "and passed on as they are told");
	tap_is_i64(LAST(exch_rec_book_exec, EXCH_REC_BOOK_EXEC)->price,
	    INT64_C(99060000000), "an execution with its price");

	begin();
	for (unsigned i = 0; i < 3; i++) {
		kit_iex_order(&msg, 'a', '8', T0, "ZIEXT", 5, 60, 990500);
		kit_iex_delete(&msg, T0, "ZIEXT", 5);
	}
	kit_iex_order(&msg, 'a', '8', T0, "ZIEXT", 5, 60, 990500);
	kit_iex_executed(&msg, 0, T0, "ZIEXT", 5, 60, 990500, 5);
	kit_iex_order(&msg, 'a', '8', T0, "ZIEXT", 5, 60, 990500);
	kit_iex_order(&msg, 'a', '8', T0, "OTHER", 5, 60, 990500);
	segment(KIT_DEEP_PLUS, 1, 10, 0);
	run();
	tap_is_u64(g.ntroubles, 0, "a number may come back, or be another's");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 6, "of another order");

	begin();
	for (uint64_t i = 1; i < 6; i++) {
		kit_iex_order(&msg, 'a', '8', T0, "ZIEXT", 6 - i, 60, 990500);
		kit_iex_order(&msg, 'a', '8', T0, "OTHER", i, 60, 990500);
	}
	kit_iex(&msg, 18, 'C', 0, T0 + 1, "ZIEXT");
	kit_iex_order(&msg, 'a', '8', T0, "ZIEXT", 3, 60, 990500);
	segment(KIT_DEEP_PLUS, 1, 12, 0);
	run();
	tap_is_u64(g.ntroubles, 0, "a book is cleared");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_DELETE], 5, "of its five orders");
	tap_is_u64(REC(exch_rec_book_delete, EXCH_REC_BOOK_DELETE, 0)->order, 1,
	    "in order of their numbers");

	begin();
	kit_iex_order(&msg, 'a', '8', T0, "ZIEXT", 1, 60, 990500);
	kit_iex_order(&msg, 'a', '8', T0, "OTHER", 1, 60, 990500);
	kit_iex_system(&msg, 'O', T0 + 1);
	kit_iex_order(&msg, 'a', '8', T0, "ZIEXT", 1, 60, 990500);
	segment(KIT_DEEP_PLUS, 1, 4, 0);
	run();
	tap_is_u64(g.by_type[EXCH_REC_BOOK_DELETE], 2,
	    "where messages begin nothing rests");
	tap_is_u64(g.ntroubles, 0, "and all may come again");
}

static void
test_crosses(void)
{
	const struct exch_rec_book_print *p;

	begin();
	kit_iex_order(&msg, 'a', '8', T0, "ZIEXT", 1, 60, 990500);
	kit_iex_order(&msg, 'a', '5', T0, "ZIEXT", 2, 60, 990400);
	kit_iex_executed(&msg, 8, T0 + 1, "ZIEXT", 1, 60, 990450, 9);
	kit_iex_executed(&msg, 8, T0 + 1, "ZIEXT", 2, 60, 990450, 9);
	kit_iex_trade(&msg, 'T', 8, T0 + 2, "ZIEXT", 5, 990450, 10);
	kit_iex_trade(&msg, 'T', 0x20, T0 + 3, "ZIEXT", 6, 990450, 11);
	segment(KIT_DEEP_PLUS, 1, 6, 0);
	run();
	tap_is_u64(REC(exch_rec_book_exec, EXCH_REC_BOOK_EXEC, 0)->printable, 0,
	    "an execution in an auction is no volume");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_PRINT], 3,
	    "its trade is printed once for both orders");
	p = REC(exch_rec_book_print, EXCH_REC_BOOK_PRINT, 0);
	tap_is_u64(p->kind, EXCH_PRINT_CROSS, "as the auction's");
	tap_is_u64(p->match, 9, "under its number");
	tap_is_u64(p->qty, 60, "with its size");
	p = REC(exch_rec_book_print, EXCH_REC_BOOK_PRINT, 1);
	tap_is_u64(p->kind, EXCH_PRINT_CROSS, "so is one of hidden orders");
	p = REC(exch_rec_book_print, EXCH_REC_BOOK_PRINT, 2);
	tap_is_u64(p->kind, EXCH_PRINT_HIDDEN, "T: hidden orders traded");
	tap_is_u64(p->side, EXCH_SIDE_NONE, "T: who came in is not told");
}

/* ---- levels and quotes ---- */

static void
test_levels(void)
{
	const struct exch_rec_book_level *v;
	const struct exch_rec_book_print *p;

	begin();
	kit_iex_level(&msg, '8', 0, T0, "ZIEXT", 9700, 990500);
	kit_iex_level(&msg, '5', 1, T0, "ZIEXT", 0, 990600);
	kit_iex_trade(&msg, 'T', 0, T0, "ZIEXT", 100, 990500, 429974);
	kit_iex_trade(&msg, 'T', 8, T0, "ZIEXT", 100, 990500, 429975);
	kit_iex_trade(&msg, 'B', 0, T0, "ZIEXT", 100, 990500, 429974);
	kit_iex_order(&msg, 'a', '8', T0, "ZIEXT", 1, 60, 990500);
	kit_iex_system(&msg, 'O', T0 + 1);
	kit_iex_system(&msg, 'O', T0 + 2);
	segment(KIT_DEEP, 1, 8, 0);
	run();
	tap_is_u64(g.ntroubles, 0, "DEEP");
	v = REC(exch_rec_book_level, EXCH_REC_BOOK_LEVEL, 0);
	tap_is_u64(v->side, EXCH_BUY, "8: to buy");
	tap_is_u64(v->qty, 9700, "8: size");
	tap_is_i64(v->price, INT64_C(99050000000), "8: price");
	tap_is_u64(v->h.flags, 0, "8: more of the event is to come");
	v = REC(exch_rec_book_level, EXCH_REC_BOOK_LEVEL, 1);
	tap_is_u64(v->side, EXCH_SELL, "5: to sell");
	tap_is_u64(v->qty, 0, "5: nothing is left");
	tap_is_u64(v->h.flags, EXCH_F_LAST, "5: the event is told");
	p = REC(exch_rec_book_print, EXCH_REC_BOOK_PRINT, 0);
	tap_is_u64(p->kind, EXCH_PRINT_TRADE, "T: of whom is not shown");
	tap_is_u64(p->match, 429974, "T: number");
	tap_is_u64(p->qty, 100, "T: size");
	tap_is_i64(p->price, INT64_C(99050000000), "T: price");
	p = REC(exch_rec_book_print, EXCH_REC_BOOK_PRINT, 1);
	tap_is_u64(p->kind, EXCH_PRINT_CROSS, "T: in an auction");
	tap_is_u64(
	    LAST(exch_rec_bust, EXCH_REC_BUST)->match, 429974, "B: number");
	tap_is_u64(g.st.messages_unknown, 1, "DEEP has no orders");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_LEVEL], 3,
	    "where messages begin nothing rests, and that is told once");
	v = LAST(exch_rec_book_level, EXCH_REC_BOOK_LEVEL);
	tap_is_i64(v->price, EXCH_PX_NONE, "at no price");
	tap_is_u64(v->side, EXCH_SIDE_NONE, "on no side");
}

static void
test_tops(void)
{
	const struct exch_rec_book_top *q;

	for (unsigned v = KIT_TOPS_1_5; v <= KIT_TOPS; v++) {
		begin();
		kit_iex_quote(&msg, T0, "ZIEXT", 9700, 990500, 990700, 1000);
		kit_iex_quote(&msg, T0, "ZIEXT", 0, 990500, 990700, 1000);
		kit_iex_quote(&msg, T0, "ZIEXT", 0, 0, 0, 0);
		kit_iex_trade(&msg, 'T', 0, T0, "ZIEXT", 3, 990500, 4);
		kit_iex_level(&msg, '8', 0, T0, "ZIEXT", 9700, 990500);
		kit_iex_system(&msg, 'O', T0 + 1);
		segment(v, 1, 6, 0);
		run();
		q = REC(exch_rec_book_top, EXCH_REC_BOOK_TOP, 0);
		tap_is_i64(q->bid, INT64_C(99050000000), "Q: bid");
		tap_is_i64(q->ask, INT64_C(99070000000), "Q: ask");
		tap_is_u64(q->bid_qty, 9700, "Q: bid size");
		tap_is_u64(q->ask_qty, 1000, "Q: ask size");
		q = REC(exch_rec_book_top, EXCH_REC_BOOK_TOP, 1);
		tap_is_i64(q->bid, EXCH_PX_NONE, "Q: no size, no bid");
		tap_is_i64(q->ask, INT64_C(99070000000), "Q: but an ask");
		q = REC(exch_rec_book_top, EXCH_REC_BOOK_TOP, 2);
		tap_is_i64(q->ask, EXCH_PX_NONE, "Q: neither");
		tap_is_u64(
		    REC(exch_rec_book_print, EXCH_REC_BOOK_PRINT, 0)->kind,
		    EXCH_PRINT_TRADE, "T: a trade");
		tap_is_u64(g.st.messages_unknown, 1, "TOPS has no levels");
		tap_is_u64(g.by_type[EXCH_REC_BOOK_TOP], 4,
		    "where messages begin nothing is quoted");
		tap_is_u64(g.ntroubles, 0, "nothing is wrong");
	}
}

/* ---- the rest ---- */

/* The text of the last notice. */
static const char *
notice(void)
{
	const struct exch_rec_notice *n =
	    LAST(exch_rec_notice, EXCH_REC_NOTICE);
	static char text[256];

	snprintf(
	    text, sizeof(text), "%.*s", (int)n->ntext, (const char *)(n + 1));
	return text;
}

static void
test_words(void)
{
	const struct exch_rec_instrument *i;

	begin();
	kit_iex(&msg, 31, 'D', 0xa0, T0, "ZIEXT");
	kit_le(&msg, 100, 4);
	kit_le(&msg, 990500, 8);
	kit_u8(&msg, 1);
	one(KIT_DEEP_PLUS);
	tap_is_str(notice(),
	    "directory flags=0xa0 round-lot=100 adjusted-close=99.05 "
	    "luld-tier=1",
	    "D");
	i = LAST(exch_rec_instrument, EXCH_REC_INSTRUMENT);
	tap_is_u64(i->kind, EXCH_KIND_ETF, "D: an ETP");
	tap_is_str(i->symbol, "ZIEXT", "D: its symbol");
	tap_is_u64(i->h.instr,
	    REC(exch_rec_instrument, EXCH_REC_INSTRUMENT, 0)->h.instr,
	    "D: the instrument that it was");

	begin();
	kit_iex(&msg, 18, 'I', 'A', T0, "ZIEXT");
	one(KIT_TOPS);
	tap_is_str(notice(), "retail-interest flag=A", "I");
	begin();
	kit_iex(&msg, 18, 'O', 'N', T0, "ZIEXT");
	one(KIT_DEEP);
	tap_is_str(notice(), "operational-halt action=N", "O");
	begin();
	kit_iex(&msg, 19, 'P', 1, T0, "ZIEXT");
	kit_u8(&msg, 'A');
	one(KIT_DEEP);
	tap_is_str(notice(), "short-sale-test status=1 detail=A", "P");
	begin();
	kit_iex(&msg, 18, 'E', 'O', T0, "ZIEXT");
	one(KIT_DEEP_PLUS);
	tap_is_str(notice(), "security event=O", "E");
	begin();
	kit_iex(&msg, 26, 'X', 'M', T0, "ZIEXT");
	kit_le(&msg, 123456, 8);
	one(KIT_TOPS);
	tap_is_str(notice(), "official-price of=M price=12.3456", "X");
}

static void
status(char c, uint8_t want, const char *what)
{
	const struct exch_rec_phase *p;

	begin();
	kit_iex(&msg, 22, 'H', (unsigned char)c, T0, "ZIEXT");
	kit_text(&msg, "T1", 4);
	one(KIT_DEEP);
	p = REC(exch_rec_phase, EXCH_REC_PHASE, 0);
	tap_ok(p != NULL && p->phase == want && p->h.instr != 0 &&
		   strcmp(p->reason, "T1") == 0,
	    what);
}

static void
test_states(void)
{
	const struct exch_rec_auction *a;
	const struct exch_rec_phase *p;

	status('T', EXCH_PHASE_CONTINUOUS, "H: T trades");
	status('H', EXCH_PHASE_HALT, "H: H is halted");
	status('P', EXCH_PHASE_PRE_OPEN, "H: P collects orders");
	status('O', EXCH_PHASE_PRE_OPEN, "H: O does, too");

	begin();
	kit_iex_system(&msg, 'O', T0);
	kit_iex_system(&msg, 'S', T0 + 1);
	kit_iex_system(&msg, 'R', T0 + 2);
	kit_iex_system(&msg, 'M', T0 + 3);
	kit_iex_system(&msg, 'E', T0 + 4);
	kit_iex_system(&msg, 'C', T0 + 5);
	segment(KIT_DEEP_PLUS, 1, 6, 0);
	run();
	tap_is_u64(g.by_type[EXCH_REC_NOTICE], 6, "S: six notices");
	tap_is_str(notice(), "system event=C", "S: in words");
	tap_is_u64(g.by_type[EXCH_REC_PHASE], 2, "S: and two phases");
	p = REC(exch_rec_phase, EXCH_REC_PHASE, 0);
	tap_is_u64(p->phase, EXCH_PHASE_CONTINUOUS, "S: system hours begin");
	p = REC(exch_rec_phase, EXCH_REC_PHASE, 1);
	tap_is_u64(p->phase, EXCH_PHASE_CLOSED, "S: and end");

	begin();
	kit_iex(&msg, 80, 'A', 'C', T0, "ZIEXT");
	kit_le(&msg, 1000, 4);
	kit_le(&msg, 990500, 8);
	kit_le(&msg, 990600, 8);
	kit_le(&msg, 251, 4);
	kit_u8(&msg, 'S');
	kit_u8(&msg, 0);
	kit_le(&msg, 1700000000, 4);
	kit_le(&msg, 0, 8);
	kit_le(&msg, 1, 8);
	kit_le(&msg, 2, 8);
	kit_le(&msg, 3, 8);
	one(KIT_DEEP);
	a = REC(exch_rec_auction, EXCH_REC_AUCTION, 0);
	tap_is_u64(a->cross, EXCH_CROSS_CLOSE, "A: of the close");
	tap_is_u64(a->paired, 1000, "A: paired");
	tap_is_u64(a->imbalance, 251, "A: imbalance");
	tap_is_u64(a->side, EXCH_SELL, "A: of sellers");
	tap_is_i64(a->reference, INT64_C(99050000000), "A: reference");
	tap_is_i64(a->price, INT64_C(99060000000), "A: indicative price");
	tap_is_i64(a->far, EXCH_PX_NONE, "A: no price of the book alone");
}

/* ---- what may be wrong ---- */

/* One message is trouble, with this in its text, and the next is read. */
static void
is_wrong(unsigned protocol, const char *want)
{
	char what[96];

	kit_iex(&msg, 18, 'I', 'A', T0 + 9, "LAST");
	segment(protocol, 1, 2, 0);
	run();
	snprintf(what, sizeof(what), "trouble: %s", want);
	tap_ok(g.ntroubles == 1 && strstr(g.trouble[0].text, want) != NULL &&
		   g.st.messages_bad == 1 && g.by_type[EXCH_REC_NOTICE] == 1,
	    what);
	if (g.ntroubles != 1 || strstr(g.trouble[0].text, want) == NULL)
		printf("# %zu: %s\n", g.ntroubles, g.trouble[0].text);
	begin();
}

static void
test_wrong(void)
{
	begin();
	kit_iex_order(&msg, 'a', '6', T0, "ZIEXT", 1, 60, 990500);
	is_wrong(KIT_DEEP_PLUS, "DEEP+ message a of 38 bytes: side is neither");
	kit_iex_order(&msg, 'a', '8', T0, "ZIEXT", 0, 60, 990500);
	is_wrong(KIT_DEEP_PLUS, "number of the order is out of range");
	kit_iex_order(&msg, 'a', '8', T0, "ZIEXT", UINT64_C(1) << 61, 6, 9905);
	is_wrong(KIT_DEEP_PLUS, "number of the order is out of range");
	kit_iex_order(&msg, 'a', '8', T0, "ZIEXT", 1, 0, 990500);
	is_wrong(KIT_DEEP_PLUS, "no shares");
	kit_iex_order(&msg, 'a', '8', T0, "ZIEXT", 1, 1, UINT64_MAX);
	is_wrong(KIT_DEEP_PLUS, "price is out of range");
	kit_iex_order(&msg, 'a', '8', T0, "ZIEXT", 1, 1, INT64_MAX / 100000);
	is_wrong(KIT_DEEP_PLUS, "price is out of range");
	kit_iex_order(&msg, 'a', '8', T0, "", 1, 60, 990500);
	is_wrong(KIT_DEEP_PLUS, "no symbol");
	kit_iex_order(&msg, 'a', '8', 0, "ZIEXT", 1, 60, 990500);
	is_wrong(KIT_DEEP_PLUS, "time is out of range");
	kit_iex_order(&msg, 'a', '8', UINT64_MAX, "ZIEXT", 1, 60, 990500);
	is_wrong(KIT_DEEP_PLUS, "time is out of range");
	kit_iex_order(&msg, 'M', 1, T0, "ZIEXT", 1, 0, 990500);
	is_wrong(KIT_DEEP_PLUS, "DEEP+ message M of 38 bytes: no shares");
	kit_iex_executed(&msg, 0, T0, "ZIEXT", 0, 20, 990600, 5);
	is_wrong(KIT_DEEP_PLUS, "number of the order is out of range");
	kit_iex_level(&msg, '8', 0, T0, "ZIEXT", 9700, UINT64_MAX);
	is_wrong(KIT_DEEP, "DEEP message 8 of 30 bytes: the price");
	kit_iex_trade(&msg, 'T', 0, T0, "ZIEXT", 0, 990500, 4);
	is_wrong(KIT_DEEP, "no shares");
	kit_iex_quote(&msg, T0, "ZIEXT", 9700, UINT64_MAX, 990700, 1000);
	is_wrong(KIT_TOPS, "TOPS message Q of 42 bytes: the price");
	kit_iex(&msg, 22, 'H', 'x', T0, "ZIEXT");
	kit_text(&msg, "T1", 4);
	is_wrong(KIT_TOPS, "trading status is not one of");

	/* The second of a number that is there. */
	kit_iex_order(&msg, 'a', '8', T0, "ZIEXT", 1, 60, 990500);
	kit_iex_order(&msg, 'a', '8', T0, "ZIEXT", 1, 70, 990500);
	segment(KIT_DEEP_PLUS, 1, 2, 0);
	run();
	tap_ok(g.ntroubles == 1 &&
		   strstr(g.trouble[0].text, "displayed already") != NULL,
	    "trouble: the order is displayed already");
	tap_is_u64(g.trouble[0].at.offset, 42 + 40 + 40 + 2,
	    "with its place in the packet");

	/* Empty, unknown, and longer than its type. */
	begin();
	kit_iex_system(&msg, 'O', T0);
	kit_le(&msg, 0, 2);
	kit_iex(&msg, 18, '?', 'A', T0, "ZIEXT");
	kit_iex(&msg, 20, 'I', 'A', T0, "ZIEXT");
	kit_le(&msg, 0, 2);
	segment(KIT_DEEP, 1, 4, 0);
	run();
	tap_ok(g.ntroubles == 1 && strstr(g.trouble[0].text, "empty") != NULL,
	    "trouble: an empty message");
	tap_is_u64(g.st.messages_unknown, 1, "an unknown type is counted");
	tap_is_str(notice(), "retail-interest flag=A", "a longer one is read");
}

/* Every length of every type below its own is trouble. */
static void
test_short(void)
{
	static const struct {
		char type;
		unsigned len, protocol;
	} t[] = {{'S', 10, KIT_TOPS}, {'D', 31, KIT_TOPS}, {'H', 22, KIT_TOPS},
	    {'I', 18, KIT_TOPS}, {'O', 18, KIT_TOPS}, {'P', 19, KIT_TOPS},
	    {'E', 18, KIT_DEEP}, {'Q', 42, KIT_TOPS}, {'8', 30, KIT_DEEP},
	    {'5', 30, KIT_DEEP}, {'T', 38, KIT_TOPS}, {'B', 38, KIT_TOPS},
	    {'X', 26, KIT_TOPS}, {'A', 80, KIT_TOPS}, {'a', 38, KIT_DEEP_PLUS},
	    {'M', 38, KIT_DEEP_PLUS}, {'R', 26, KIT_DEEP_PLUS},
	    {'L', 46, KIT_DEEP_PLUS}, {'C', 18, KIT_DEEP_PLUS}};
	unsigned right = 0, all = 0;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(t); i++) {
		for (unsigned n = 1; n < t[i].len; n++) {
			begin();
			kit_iex_system(&msg, 'C', T0);
			kit_le(&msg, n, 2);
			kit_u8(&msg, (unsigned char)t[i].type);
			while (msg.n < 12 + 2 + n)
				kit_u8(&msg, 'x');
			segment(t[i].protocol, 1, 2, 0);
			run();
			all++;
			right += g.ntroubles == 1 && g.st.messages_bad == 1;
		}
	}
	tap_is_u64(right, all, "every type, shorter than it is");
}

/* ---- segments ---- */

/* Orders whose numbers are those of the messages. */
static void
adds(uint64_t first, unsigned count, uint64_t ms)
{
	for (unsigned i = 0; i < count; i++)
		kit_iex_order(&msg, 'a', '8', T0 + first + i, "ZIEXT",
		    first + i, 60, 990500);
	segment(KIT_DEEP_PLUS, first, count, ms);
}

/* Delivered numbers as text; gaps as [first+count]. */
static const char *
delivered(void)
{
	static char text[512];
	size_t n = 0;

	run();
	text[0] = text[1] = 0;
	for (size_t i = 0; i < g.n && n < sizeof(text) - 64; i++) {
		const struct exch_rec *r = kit_rec(&g, -1, i);
		const void *p = r;
		const struct exch_rec_book_add *a = p;
		const struct exch_rec_gap *gap = p;

		if (r->type == EXCH_REC_BOOK_ADD)
			n += (size_t)snprintf(
			    text + n, 32, " %" PRIu64, a->order);
		if (r->type == EXCH_REC_GAP)
			n += (size_t)snprintf(text + n, 64,
			    " [%" PRIu64 "+%" PRIu64 "]", gap->first,
			    gap->count);
	}
	return text + 1;
}

static void
test_segments(void)
{
	begin();
	adds(1, 2, 0);
	adds(5, 2, 1);
	adds(3, 2, 1);
	adds(3, 2, 1);
	segment(KIT_DEEP_PLUS, 7, 0, 1);
	tap_is_str(delivered(), "1 2 3 4 5 6", "late and doubled segments");
	tap_is_u64(g.st.reordered, 1, "one was late");
	tap_is_u64(g.st.duplicates, 2, "two messages were doubled");
	tap_is_u64(g.st.heartbeats, 1, "and there was a heartbeat");
	tap_is_u64(g.st.sessions, 1, "of one session");

	begin();
	adds(1, 2, 0);
	adds(5, 2, 1);
	adds(7, 1, 1500);
	tap_is_str(delivered(), "1 2 [3+2] 5 6 7", "a gap that is not filled");
	tap_is_str(REC(exch_rec_gap, EXCH_REC_GAP, 0)->session, "77",
	    "names its session");
	tap_is_u64(g.st.gap_messages, 2, "and is counted");

	begin();
	adds(1, 2, 0);
	segment(KIT_DEEP_PLUS, 5, 0, 1);
	tap_is_str(delivered(), "1 2 [3+2]", "a heartbeat tells what is lost");

	begin();
	adds(1, 2, 0);
	adds(INT64_MAX - 5, 1, 1);
	adds(3, 1, 1);
	adds(4, 1, 1500);
	tap_is_str(delivered(), "1 2 3 4", "a number astray");
	tap_is_u64(g.st.packets_bad, 1, "is a bad packet");

	begin();
	adds(1, 2, 0);
	adds(UINT64_C(1) << 63, 1, 1);
	adds(UINT64_MAX, 1, 1);
	adds(3, 1, 1);
	tap_is_str(delivered(), "1 2 3", "numbers below 0");
	tap_is_u64(g.st.packets_bad, 2, "are bad packets");

	/* The other line has what this one lost. */
	begin();
	adds(1, 2, 0);
	for (unsigned i = 0; i < 2; i++)
		kit_iex_order(
		    &msg, 'a', '8', T0 + 3 + i, "ZIEXT", 3 + i, 60, 990500);
	kit_segment(&seg, KIT_DEEP_PLUS, 3, 2, &msg);
	packet_to(PORT + 1, 1);
	msg.n = 0;
	adds(5, 2, 1);
	tap_is_str(delivered(), "1 2 3 4 5 6", "two lines are one");

	/* And in segments of other messages: each is compared. */
	begin();
	adds(1, 3, 0);
	adds(2, 2, 1);
	adds(3, 2, 1);
	tap_is_str(delivered(), "1 2 3 4", "cut otherwise, too");
	tap_is_u64(g.st.duplicates, 3, "three messages were doubled");
	tap_is_u64(g.st.conflicts, 0, "and were the same");

	/* The same again, under its number. */
	begin();
	kit_iex_system(&msg, 'O', T0);
	segment(KIT_DEEP_PLUS, 1, 1, 0);
	kit_iex_order(&msg, 'a', '8', T0 + 1, "ZIEXT", 9, 60, 990500);
	segment(KIT_DEEP_PLUS, 2, 1, 0);
	segment(KIT_DEEP_PLUS, 1, 0, 1);
	kit_iex_system(&msg, 'O', T0 + 100);
	segment(KIT_DEEP_PLUS, 1, 1, 0);
	kit_iex_order(&msg, 'a', '8', T0 + 101, "ZIEXT", 9, 60, 990500);
	segment(KIT_DEEP_PLUS, 2, 1, 0);
	tap_is_str(delivered(), "9 9", "a session that starts again");
	tap_is_u64(g.st.sessions, 2, "is another run");
	tap_is_u64(g.ntroubles, 1, "and is told");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_DELETE], 1,
	    "nothing of the first one rests in the second");

	/* And when its first message was lost. */
	begin();
	adds(1, 3, 0);
	for (unsigned i = 0; i < 2; i++) {
		kit_iex_order(
		    &msg, 'a', '8', T0 + 100 + i, "ZIEXT", 7 + i, 60, 990500);
		segment(KIT_DEEP_PLUS, 2 + i, 1, 0);
	}
	tap_is_str(delivered(), "1 2 3 7 8", "also without its beginning");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_DELETE], 3,
	    "nothing of before rests any more");
}

/* Lying headers. */
static void
lie(unsigned at, unsigned value, unsigned bytes, const char *want)
{
	char what[96];

	begin();
	adds(1, 2, 0);
	for (unsigned i = 0; i < 2; i++)
		kit_iex_order(
		    &msg, 'a', '8', T0 + 3 + i, "ZIEXT", 3 + i, 60, 990500);
	kit_segment(&seg, KIT_DEEP_PLUS, 3, 2, &msg);
	msg.n = 0;
	for (unsigned i = 0; i < bytes; i++)
		seg.b[at + i] = (unsigned char)(value >> 8 * i);
	packet(1);
	adds(5, 1, 1);
	run();
	snprintf(what, sizeof(what), "a header that lies: %s", want);
	tap_ok(g.ntroubles == 1 && strstr(g.trouble[0].text, want) != NULL &&
		   g.st.packets_bad == 1,
	    what);
	if (g.ntroubles != 1 || strstr(g.trouble[0].text, want) == NULL)
		printf("# %zu: %s\n", g.ntroubles, g.trouble[0].text);
}

static void
test_lies(void)
{
	lie(0, 2, 1, "version is not 1");
	lie(2, 0x8006, 2, "message protocol 0x8006 is not known");
	lie(12, 79, 2, "longer than its payload");
	lie(12, 81, 2, "shorter than its payload");
	lie(14, 3, 2, "ends early: 2 of the 3 messages");
	lie(14, 1, 2, "40 bytes behind the 1 messages");
	lie(14, 0xffff, 2, "ends early: 2 of the 65535 messages");
	lie(40, 200, 2, "ends early: 0 of the 2 messages");
	lie(31, 0x80, 1, "sequence number out of range");

	begin();
	adds(1, 2, 0);
	kit_text(&seg, "short", 5);
	packet(1);
	run();
	tap_ok(g.ntroubles == 1 && strstr(g.trouble[0].text,
				       "shorter than an IEX-TP header") != NULL,
	    "less than a header");

	/* What is no segment is another's, as long as there was none. */
	begin();
	kit_text(
	    &seg, "nothing of this is a segment of any feed that is known", 60);
	packet(1);
	run();
	tap_is_i64(g.err, EXCH_ERR_FORMAT, "no segment at all");
	tap_ok(strstr(g.d.text, "IEX-TP") != NULL, "says what is known");
}

/* Two feeds in one capture. */
static void
test_mixed(void)
{
	struct exch_feed_opts o = kit_opts();

	begin();
	adds(1, 2, 0);
	kit_mold_adds(&seg, "SESSION", 1, 3);
	packet_to(26400, 1);
	adds(3, 1, 1);
	kit_iex_quote(&msg, T0, "ZIEXT", 9700, 990500, 990700, 1000);
	kit_segment(&seg, KIT_TOPS, 1, 1, &msg);
	packet_to(PORT + 7, 1);
	kit_run(&exch_feed_pcap, file.b, file.n, &o, &g);
	tap_is_i64(g.err, 0, "ITCH, DEEP+ and TOPS in one capture");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 6, "orders of both");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_TOP], 1, "and a quote");
	tap_is_u64(g.st.packets_other, 0, "nothing is another's");

	kit_free(&g);
	o.as = "iextp";
	kit_run(&exch_feed_pcap, file.b, file.n, &o, &g);
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 3, "--as iextp: its alone");
	tap_is_u64(g.st.packets_other, 1, "ITCH is another's");

	kit_free(&g);
	o.as = "itch50";
	kit_run(&exch_feed_pcap, file.b, file.n, &o, &g);
	tap_ok(g.by_type[EXCH_REC_BOOK_TOP] == 0, "--as itch50: no IEX");
}

static void
test_capture_time(void)
{
	struct exch_feed_opts o = {.capture_time = true};
	const struct exch_ext *x;
	const struct exch_rec *r;

	begin();
	adds(1, 1, 5);
	kit_run(&exch_feed_pcap, file.b, file.n, &o, &g);
	r = kit_rec(&g, EXCH_REC_BOOK_ADD, 0);
	x = (const void *)((const char *)r + sizeof(struct exch_rec_book_add));
	tap_ok((r->flags & EXCH_F_EXT) != 0 &&
		   x->tag == EXCH_EXT_CAPTURE_TIME && x->value == T0 + 5000000,
	    "--capture-time");
}

/* A file cut at any place gives what came before, and no more. */
static void
test_cuts(void)
{
	static struct kit whole;
	size_t ends[64], n = 0, good = 0;

	begin();
	ends[n++] = file.n;
	for (unsigned i = 0; i < 5; i++) {
		kit_iex_quote(&msg, T0 + i, "ZIEXT", 9700, 990500, 990700, 1);
		segment(KIT_TOPS, 1 + i, 1, 1);
		ends[n++] = file.n;
	}
	whole = file;
	for (size_t cut = 0; cut <= whole.n; cut++) {
		size_t packets = 0;
		bool at_end = false;
		struct exch_feed_opts o = {0};

		kit_free(&g);
		for (size_t i = 0; i < n; i++) {
			packets += i > 0 && ends[i] <= cut;
			at_end |= ends[i] == cut;
		}
		kit_run(&exch_feed_pcap, whole.b, cut, &o, &g);
		good += g.by_type[EXCH_REC_BOOK_TOP] == packets &&
			(g.err == 0) == (at_end && packets > 0);
	}
	tap_is_u64(good, whole.n + 1, "a file cut anywhere");
}

int
main(void)
{
	test_orders();
	test_lives();
	test_crosses();
	test_levels();
	test_tops();
	test_words();
	test_states();
	test_wrong();
	test_short();
	test_segments();
	test_lies();
	test_mixed();
	test_capture_time();
	test_cuts();
	kit_free(&g);
	return tap_done();
}
