/*
 * Binary PITCH: each message, what may be wrong with it, and packets that are
 * late, doubled, lost, damaged, of another market or of a unit that begins again.
 */
#include <config.h>

#include <stdio.h>

#include "pitch_kit.h"

#define T0 UINT64_C(1700000000000000000)
#define PORT 30201
#define SEC (9 * 3600 + 1800) /* 09:30 */
#define OPEN (KIT_MIDNIGHT + SEC * UINT64_C(1000000000))

static struct kit msg, pay, frame, file;
static struct kit_got g;
static uint64_t captured;

/* ---- captures ---- */

static void
begin(void)
{
	kit_free(&g);
	msg.n = file.n = 0;
	captured = T0;
	kit_pcap(&file, 1, true, false);
}

/* What `pay` holds, of which `n` bytes of the frame are captured. */
static void
send(unsigned port, uint64_t ms, size_t cut)
{
	captured += ms * 1000000;
	frame.n = 0;
	kit_frame(&frame, port, &pay);
	kit_pcap_packet(
	    &file, captured, true, false, frame.b, frame.n - cut, frame.n);
	pay.n = 0;
}

/* The messages in hand are a packet with these numbers. */
static void
packet_to(
    unsigned port, unsigned unit, uint32_t first, unsigned count, uint64_t ms)
{
	pay.n = 0;
	kit_pitch_packet(&pay, unit, first, count, &msg);
	send(port, ms, 0);
	msg.n = 0;
}

static void
packet(uint32_t first, unsigned count)
{
	packet_to(PORT, 1, first, count, 1);
}

static void
run(void)
{
	struct exch_feed_opts o = kit_opts();

	kit_run(&exch_feed_pcap, file.b, file.n, &o, &g);
}

#define REC(T, type, i) ((const struct T *)(const void *)kit_rec(&g, type, i))
#define LAST(T, type)                                                          \
	((const struct T *)(const void *)kit_rec(&g, type, g.by_type[type] - 1))

/* ---- orders ---- */

static void
test_adds(void)
{
	const struct exch_rec_book_add *a;

	begin();
	kit_pitch_time(&msg, SEC);
	kit_pitch_add(&msg, 5, 7, 'B', 0xffff, "ZVZZT", 0xffff);
	kit_pitch_order(&msg, 34, 0x21, 6, 8, 'S', 100000, "BRK.B", 5123456700);
	kit_u8(&msg, 1);
	kit_pitch_order(&msg, 41, 0x2f, 7, 9, 'B', 1, "LONGNAME", 1);
	kit_u8(&msg, 1);
	kit_text(&msg, "MPID", 4);
	kit_u8(&msg, 'N');
	/* upper bits of a number to base 36 are those of all */
	kit_pitch_add(&msg, 8, UINT64_C(0x3904b28ac1cdc2d9), 'S', 1, "A", 1);
	packet(1, 5);
	run();
	tap_is_i64(g.err, 0, "PITCH is recognised");
	tap_is_u64(g.ntroubles, 0, "and nothing is wrong with it");
	tap_is_u64(g.st.messages, 5, "five messages");
	tap_is_u64(g.st.by_code[0x22], 2, "by type, which is no letter");
	tap_is_u64(g.st.by_type['"'], 0, "not even when it looks like one");
	tap_is_str(REC(exch_rec_instrument, EXCH_REC_INSTRUMENT, 0)->symbol,
	    "ZVZZT", "its symbol is announced");
	tap_is_i64(REC(exch_rec_instrument, EXCH_REC_INSTRUMENT, 0)->tick,
	    100000, "with a tick of 0.0001");
	a = REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 0);
	tap_is_u64(a->h.time, OPEN + 5, "0x22: time");
	tap_is_u64(a->order, 7, "0x22: order");
	tap_is_u64(a->side, EXCH_BUY, "0x22: side");
	tap_is_u64(a->qty, 65535, "0x22: shares");
	tap_is_i64(a->price, INT64_C(655350000000), "0x22: price in 0.01");
	a = REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 1);
	tap_is_u64(a->side, EXCH_SELL, "0x21: side");
	tap_is_u64(a->qty, 100000, "0x21: shares");
	tap_is_i64(a->price, INT64_C(512345670000000), "0x21: price in 0.0001");
	tap_is_str(REC(exch_rec_instrument, EXCH_REC_INSTRUMENT, 2)->symbol,
	    "LONGNAME", "0x2F: symbol of eight");
	a = REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 2);
	tap_ok(memcmp(a->mpid, "MPID", 4) == 0, "0x2F: participant");
	tap_is_i64(a->price, 100000, "0x2F: price");
	a = REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 3);
	tap_is_u64(a->order, UINT64_C(0x1904b28ac1cdc2d9),
	    "numbers have 61 bits of theirs");
}

static void
test_lives(void)
{
	const struct exch_rec_book_exec *x;
	const struct exch_rec_book_replace *u;

	begin();
	kit_pitch_time(&msg, SEC);
	for (uint64_t i = 1; i <= 6; i++)
		kit_pitch_add(&msg, 0, i, 'B', 100, "A", 1000);
	kit_pitch_about(&msg, 26, 0x23, 1, 1, 40, 4);
	kit_le(&msg, 77, 8);
	kit_pitch_about(&msg, 26, 0x23, 2, 1, 60, 4);
	kit_le(&msg, 78, 8);
	/* 30 executed at another price, 50 remain: 20 are gone */
	kit_pitch_about(&msg, 38, 0x24, 3, 2, 30, 4);
	kit_le(&msg, 50, 4);
	kit_le(&msg, 79, 8);
	kit_le(&msg, 99900, 8);
	/* and at its own, nothing remains */
	kit_pitch_about(&msg, 38, 0x24, 4, 2, 10, 4);
	kit_le(&msg, 0, 4);
	kit_le(&msg, 80, 8);
	kit_le(&msg, 100000, 8);
	kit_pitch_about(&msg, 18, 0x25, 5, 3, 30, 4);
	kit_pitch_about(&msg, 16, 0x26, 6, 3, 70, 2);
	/* modified: in its place and smaller, unchanged, larger, out of it */
	kit_pitch_about(&msg, 19, 0x28, 7, 4, 60, 2);
	kit_le(&msg, 1000, 2);
	kit_u8(&msg, 3);
	kit_pitch_about(&msg, 19, 0x28, 8, 4, 60, 2);
	kit_le(&msg, 1000, 2);
	kit_u8(&msg, 3);
	kit_pitch_about(&msg, 27, 0x27, 9, 4, 70, 4);
	kit_le(&msg, 100000, 8);
	kit_u8(&msg, 3);
	kit_pitch_about(&msg, 27, 0x27, 10, 5, 100, 4);
	kit_le(&msg, 100100, 8);
	kit_u8(&msg, 1);
	kit_pitch_about(&msg, 14, 0x29, 11, 5, 0, 0);
	/* all that are left: 4 and 6 */
	kit_pitch(&msg, 6, 0x97, 12);
	packet(1, 19);
	run();
	tap_is_u64(g.ntroubles, 0, "lives of orders");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_EXEC], 4, "executions");
	x = REC(exch_rec_book_exec, EXCH_REC_BOOK_EXEC, 0);
	tap_is_u64(x->match, 77, "0x23: number of the execution");
	tap_is_u64(x->qty, 40, "0x23: shares");
	tap_is_i64(x->price, EXCH_PX_NONE, "0x23: at the order's price");
	x = REC(exch_rec_book_exec, EXCH_REC_BOOK_EXEC, 2);
	tap_is_i64(x->price, INT64_C(9990000000), "0x24: at another");
	tap_is_u64(x->match, 79, "0x24: number of the execution");
	x = REC(exch_rec_book_exec, EXCH_REC_BOOK_EXEC, 3);
	tap_is_i64(x->price, EXCH_PX_NONE, "0x24: at its own");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_REDUCE], 3,
	    "0x24, 0x25 and 0x28 that keeps its place reduce");
	tap_is_u64(REC(exch_rec_book_reduce, EXCH_REC_BOOK_REDUCE, 0)->qty, 20,
	    "0x24: what does not remain");
	tap_is_u64(REC(exch_rec_book_reduce, EXCH_REC_BOOK_REDUCE, 1)->qty, 30,
	    "0x25: shares");
	tap_is_u64(REC(exch_rec_book_reduce, EXCH_REC_BOOK_REDUCE, 2)->qty, 40,
	    "0x28: by what it is less");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_REPLACE], 2,
	    "larger, or out of its place, is a replacement");
	u = REC(exch_rec_book_replace, EXCH_REC_BOOK_REPLACE, 1);
	tap_ok(u->order == 5 && u->new_order == 5, "0x27: its number stays");
	tap_is_i64(u->price, INT64_C(10010000000), "0x27: price");
	tap_is_u64(u->qty, 100, "0x27: shares");
	/* 2 and 3 by what was taken, 5 by 0x29, 4 and 6 by 0x97 */
	tap_is_u64(g.by_type[EXCH_REC_BOOK_DELETE], 5, "deleted");
	tap_is_u64(REC(exch_rec_book_delete, EXCH_REC_BOOK_DELETE, 0)->order, 2,
	    "0x24: nothing remains");
	tap_is_u64(REC(exch_rec_book_delete, EXCH_REC_BOOK_DELETE, 1)->order, 3,
	    "0x26: all of it");
	tap_is_u64(REC(exch_rec_book_delete, EXCH_REC_BOOK_DELETE, 2)->order, 5,
	    "0x29");
	tap_is_u64(REC(exch_rec_book_delete, EXCH_REC_BOOK_DELETE, 4)->order, 6,
	    "0x97: all of the unit");
}

/* ---- all else ---- */

static void
test_others(void)
{
	const struct exch_rec_book_print *p;
	const struct exch_rec_auction *a;

	begin();
	kit_pitch_time(&msg, SEC);
	kit_pitch_order(&msg, 33, 0x2b, 1, 5, 'S', 10, "A", 1000);
	kit_le(&msg, 90, 8);
	kit_pitch_order(&msg, 41, 0x2a, 2, 0, 'B', 20, "A", 100000);
	kit_le(&msg, 91, 8);
	kit_pitch_order(&msg, 43, 0x30, 3, 6, 'B', 30, "A", 100000);
	kit_le(&msg, 92, 8);
	kit_pitch_about(&msg, 14, 0x2c, 4, 91, 0, 0);
	kit_pitch(&msg, 18, 0x31, 5);
	kit_text(&msg, "A", 8);
	kit_text(&msg, "H1", 4);
	kit_pitch(&msg, 47, 0x95, 6);
	kit_text(&msg, "A", 8);
	kit_u8(&msg, 'O');
	kit_le(&msg, 100000, 8);
	kit_le(&msg, 300, 4);
	kit_le(&msg, 500, 4);
	kit_le(&msg, 100100, 8);
	kit_le(&msg, 0, 8);
	kit_pitch(&msg, 27, 0x96, 7);
	kit_text(&msg, "A", 8);
	kit_u8(&msg, 'C');
	kit_le(&msg, 100200, 8);
	kit_le(&msg, 900, 4);
	kit_pitch_bare(&msg, 30, 0x2e);
	kit_text(&msg, "00ABCD", 6);
	kit_text(&msg, "SPY   220121C00400000", 21);
	kit_u8(&msg, 'N');
	kit_pitch(&msg, 12, 0xe1, 8);
	kit_text(&msg, "what", 6);
	kit_pitch(&msg, 6, 0x2d, 9);
	packet(1, 11);
	run();
	tap_is_u64(g.ntroubles, 0, "what moves no book");
	p = REC(exch_rec_book_print, EXCH_REC_BOOK_PRINT, 0);
	tap_ok(p->match == 90 && p->qty == 10 && p->order == 5 &&
		   p->side == EXCH_SIDE_NONE && p->kind == EXCH_PRINT_HIDDEN,
	    "0x2B: of a hidden order, whose side is not told");
	tap_is_i64(p->price, INT64_C(10000000000), "0x2B: price");
	p = REC(exch_rec_book_print, EXCH_REC_BOOK_PRINT, 1);
	tap_ok(p->match == 91 && p->qty == 20 && p->side == EXCH_SIDE_NONE,
	    "0x2A: whose side is not told");
	p = REC(exch_rec_book_print, EXCH_REC_BOOK_PRINT, 2);
	tap_ok(p->match == 92 && p->qty == 30, "0x30: the same");
	p = REC(exch_rec_book_print, EXCH_REC_BOOK_PRINT, 3);
	tap_ok(p->qty == 900 && p->kind == EXCH_PRINT_CROSS &&
		   p->cross == EXCH_CROSS_CLOSE && p->price == 10020000000,
	    "0x96: what an auction has traded");
	a = REC(exch_rec_auction, EXCH_REC_AUCTION, 0);
	tap_ok(a->paired == 300 && a->imbalance == 200 &&
		   a->side == EXCH_SELL && a->cross == EXCH_CROSS_OPEN &&
		   a->reference == 10000000000 && a->price == 10010000000 &&
		   a->far == EXCH_PX_NONE,
	    "0x95: how an auction stands");
	tap_is_u64(REC(exch_rec_phase, EXCH_REC_PHASE, 0)->phase,
	    EXCH_PHASE_HALT, "0x31: halted");
	tap_is_u64(g.by_type[EXCH_REC_NOTICE], 4,
	    "0x2C, 0x31, 0x2E and 0x2D are words");
	tap_is_u64(g.st.messages_unknown, 1, "an unknown type is counted");
	tap_is_u64(g.st.by_code[0xe1], 1, "by its number");
}

/* ---- what may be wrong ---- */

/* One message is trouble, with this in its text, and the next is read. */
static void
is_wrong(const char *want)
{
	static struct kit one;
	char what[96];

	one = msg;
	msg.n = 0;
	kit_pitch_time(&msg, SEC);
	kit_pitch_add(&msg, 1, 1, 'B', 100, "A", 1000);
	kit_add(&msg, one.b, one.n);
	kit_pitch_add(&msg, 2, 2, 'B', 100, "A", 1000);
	packet(1, 4);
	run();
	snprintf(what, sizeof(what), "trouble: %s", want);
	tap_ok(g.ntroubles == 1 && strstr(g.trouble[0].text, want) != NULL &&
		   g.st.messages_bad == 1 && g.by_type[EXCH_REC_BOOK_ADD] == 2,
	    what);
	if (g.ntroubles != 1 || strstr(g.trouble[0].text, want) == NULL)
		printf("# %zu: %s\n", g.ntroubles, g.trouble[0].text);
	begin();
}

static void
test_wrong(void)
{
	begin();
	kit_pitch_add(&msg, 1, 9, 'X', 100, "A", 1000);
	is_wrong("PITCH message 0x22 of 26 bytes: side is neither B nor S");
	kit_pitch_add(&msg, 1, 9, 'B', 0, "A", 1000);
	is_wrong("no shares");
	kit_pitch_add(&msg, 1, 0, 'B', 100, "A", 1000);
	is_wrong("the order is 0");
	kit_pitch_add(&msg, 1, 1, 'B', 100, "A", 1000);
	is_wrong("the order is displayed already");
	kit_pitch_add(&msg, 1, 9, 'B', 100, "", 1000);
	is_wrong("no symbol");
	kit_pitch_order(&msg, 34, 0x21, 1, 9, 'B', 1, "A", UINT64_MAX / 100000);
	kit_u8(&msg, 1);
	is_wrong("the price is out of range");
	kit_pitch_about(&msg, 14, 0x29, 1, 9, 0, 0);
	is_wrong("nobody displayed this order");
	kit_pitch_about(&msg, 16, 0x26, 1, 1, 101, 2);
	is_wrong("more shares than the order has");
	kit_pitch_about(&msg, 16, 0x26, 1, 1, 0, 2);
	is_wrong("no shares");
	kit_pitch_about(&msg, 26, 0x23, 1, 9, 1, 4);
	kit_le(&msg, 1, 8);
	is_wrong("nobody displayed this order");
	kit_pitch_about(&msg, 38, 0x24, 1, 1, 30, 4);
	kit_le(&msg, 71, 4);
	kit_le(&msg, 79, 8);
	kit_le(&msg, 99900, 8);
	is_wrong("more remains than the order has");
	kit_pitch_about(&msg, 19, 0x28, 7, 1, 0, 2);
	kit_le(&msg, 1000, 2);
	kit_u8(&msg, 3);
	is_wrong("no shares");
	kit_pitch_time(&msg, 86400);
	is_wrong("it is no time of day");
	kit_pitch(&msg, 18, 0x31, 5);
	kit_text(&msg, "A", 8);
	kit_text(&msg, "?1", 4);
	is_wrong("trading status is not one of T H S A Q");
}

/* A byte less than a type has is trouble; three more are read past. */
static void
test_short(void)
{
	static const unsigned char types[][2] = {{6, 0x20}, {34, 0x21},
	    {26, 0x22}, {26, 0x23}, {38, 0x24}, {18, 0x25}, {16, 0x26},
	    {27, 0x27}, {19, 0x28}, {14, 0x29}, {41, 0x2a}, {33, 0x2b},
	    {14, 0x2c}, {6, 0x2d}, {29, 0x2e}, {40, 0x2f}, {43, 0x30},
	    {18, 0x31}, {47, 0x95}, {27, 0x96}, {6, 0x97}};
	static const unsigned char zeros[64];
	unsigned good = 0;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(types); i++) {
		begin();
		kit_pitch_time(&msg, SEC);
		kit_pitch_bare(&msg, types[i][0] - 1u, types[i][1]);
		kit_add(&msg, zeros, types[i][0] - 3u);
		kit_pitch_add(&msg, 2, 2, 'B', 100, "A", 1000);
		packet(1, 3);
		run();
		good +=
		    g.ntroubles == 1 && g.by_type[EXCH_REC_BOOK_ADD] == 1 &&
		    strstr(g.trouble[0].text, "shorter than its type") != NULL;
	}
	tap_is_u64(good, EXCH_ARRAY_LEN(types), "each type, a byte short");
	begin();
	kit_pitch_time(&msg, SEC);
	kit_pitch_add(&msg, 2, 2, 'B', 100, "A", 1000);
	msg.b[msg.n - 26] += 3;
	kit_add(&msg, zeros, 3);
	packet(1, 2);
	run();
	tap_ok(g.ntroubles == 0 && g.by_type[EXCH_REC_BOOK_ADD] == 1,
	    "a longer message is read by its known part");
}

/* ---- packets ---- */

/* Time, and orders first .. */
static void
adds(uint64_t first, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		kit_pitch_add(
		    &msg, (uint32_t)(first + i), first + i, 'B', 1, "A", 1000);
}

static void
whole_packet(uint32_t first, unsigned count)
{
	adds(first, count);
	packet(first, count);
}

static void
start(void)
{
	begin();
	kit_pitch_time(&msg, SEC);
	adds(2, 1);
	packet(1, 2);
}

/* Are orders 2 .. n there, each once and in order? */
static bool
delivered(uint64_t n)
{
	for (uint64_t i = 2; i <= n; i++) {
		const struct exch_rec_book_add *a =
		    REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, i - 2);

		if (a == NULL || a->order != i)
			return false;
	}
	return g.by_type[EXCH_REC_BOOK_ADD] == n - 1;
}

static void
test_order(void)
{
	start();
	whole_packet(5, 2);
	whole_packet(3, 2);
	whole_packet(5, 2);
	packet(7, 0); /* a heartbeat */
	whole_packet(6, 2);
	run();
	tap_ok(delivered(7), "late and doubled packets");
	tap_is_u64(g.st.heartbeats, 1, "a heartbeat");
	tap_is_u64(g.st.duplicates, 3, "duplicates");
	tap_is_u64(g.st.conflicts, 0, "which are the same");
	tap_is_u64(g.st.gaps, 0, "no gap");

	start();
	packet(5, 0);
	captured += UINT64_C(3000000000);
	whole_packet(5, 1);
	run();
	tap_is_u64(g.st.gap_messages, 2, "a gap that a heartbeat tells");
	tap_is_str(
	    REC(exch_rec_gap, EXCH_REC_GAP, 0)->session, "1", "of a unit");

	start();
	adds(9, 2);
	packet(0, 2);
	run();
	tap_ok(g.by_type[EXCH_REC_BOOK_ADD] == 3 && g.ntroubles == 0,
	    "messages without numbers are taken as they come");
}

/* Two lines by different packets, of which each loses some. */
static void
test_lines(void)
{
	start();
	adds(2, 1);
	packet_to(PORT + 1, 1, 2, 1, 1);
	whole_packet(3, 3);
	adds(3, 1);
	packet_to(PORT + 1, 1, 3, 1, 1);
	adds(4, 4);
	packet_to(PORT + 1, 1, 4, 4, 1);
	whole_packet(7, 2);
	run();
	tap_ok(delivered(8), "two lines");
	tap_ok(g.ntroubles == 0 && g.st.conflicts == 0 && g.st.sessions == 1,
	    "are one session");
	tap_is_u64(g.st.nlines, 2, "and both are told");

	/* Another market's unit 1 has the same numbers. */
	start();
	kit_pitch_time(&msg, SEC);
	kit_pitch_add(&msg, 1, 2, 'S', 5, "B", 1000);
	packet_to(PORT + 7, 1, 1, 2, 1);
	whole_packet(3, 1);
	kit_pitch_add(&msg, 1, 3, 'S', 5, "B", 1000);
	packet_to(PORT + 7, 1, 3, 1, 1);
	kit_pitch_about(&msg, 14, 0x29, 3, 3, 0, 0);
	packet_to(PORT + 7, 1, 4, 1, 1);
	run();
	tap_is_u64(g.st.sessions, 2, "two markets are two sessions");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 4, "with orders of both");
	tap_is_u64(g.ntroubles, 0, "which do not disturb each other");
	tap_ok(LAST(exch_rec_book_delete, EXCH_REC_BOOK_DELETE)->h.instr ==
		   LAST(exch_rec_book_add, EXCH_REC_BOOK_ADD)->h.instr,
	    "though their numbers are the same");

	start();
	kit_pitch_time(&msg, SEC);
	kit_pitch_add(&msg, 1, 2, 'S', 5, "A", 1000);
	kit_pitch_add(&msg, 1, 3, 'S', 5, "A", 1000);
	packet_to(PORT + 7, 1, 1, 3, 1);
	run();
	tap_ok(g.ntroubles == 1 && strstr(g.trouble[0].text,
				       "A of unit 1 is another unit's") != NULL,
	    "a symbol of two markets is told, once");
}

/* What all markets say alike tells none from another. */
static void
test_alike(void)
{
	start();
	kit_pitch_time(&msg, SEC);
	packet_to(PORT + 7, 1, 1, 1, 1);
	kit_pitch_add(&msg, 1, 2, 'S', 5, "B", 1000);
	packet_to(PORT + 7, 1, 2, 1, 1);
	run();
	tap_is_u64(g.st.sessions, 2, "a second is told alike by two markets");
	tap_is_u64(g.st.conflicts, 0, "which are not one");
}

/* An order of another market, one a packet. */
static void
foreign(uint32_t number, uint64_t ms)
{
	kit_pitch_add(&msg, 1, 100000 + number, 'S', 5, "B", 1000);
	packet_to(PORT + 7, 1, number, 1, ms);
}

/*
 * A second market's numbers, which are near: so many messages of each in turn,
 * from there on, and so many to one of the first.
 */
static void
near(uint32_t first, uint32_t other, unsigned n, unsigned times, uint64_t ms)
{
	char what[80];

	begin();
	kit_pitch_time(&msg, SEC);
	packet(first - 1, 1);
	kit_pitch_time(&msg, SEC);
	packet_to(PORT + 7, 1, other - 1, 1, 1);
	for (unsigned i = 0; i < n; i++) {
		adds(2 + i, 1);
		packet_to(PORT, 1, first + i, 1, ms);
		for (unsigned j = 0; j < times; j++)
			foreign(other + i * times + j, 0);
	}
	run();
	snprintf(what, sizeof(what), "numbers from %u and %u, %u to 1", first,
	    other, times);
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], n + n * times, what);
	tap_ok(g.ntroubles == 0 && g.st.sessions == 2 && g.st.conflicts == 0 &&
		   g.st.gaps == 0 && g.st.late == 0,
	    "two markets, and nothing is wrong");
}

static void
test_near(void)
{
	near(500, 502, 300, 1, 1);
	near(500, 502, 300, 1, 20);
	near(500, 510, 300, 3, 1);
	near(500, 2000, 300, 1, 10);
	near(2000, 500, 300, 1, 10);
	near(2000, 500, 100, 1, 0);

	/* The same numbers, told again where one line fell silent. */
	start();
	adds(3, 3);
	packet(3, 3);
	for (unsigned i = 0; i < 40; i++) {
		adds(6 + i, 1);
		packet_to(PORT + 1, 1, 6 + i, 1, 50);
	}
	run();
	tap_ok(g.ntroubles == 0 && g.st.sessions == 1 && delivered(45),
	    "a line that goes on where the other one fell silent");

	/* The first packet of the second line is damaged. */
	start();
	adds(3, 1);
	packet(3, 1);
	adds(33, 1);
	packet_to(PORT + 1, 1, 3, 1, 1);
	for (unsigned i = 4; i < 20; i++) {
		adds(i, 1);
		packet(i, 1);
		adds(i, 1);
		packet_to(PORT + 1, 1, i, 1, 0);
	}
	run();
	tap_ok(g.st.sessions == 1 && g.st.conflicts == 1 && g.ntroubles == 1 &&
		   g.by_type[EXCH_REC_BOOK_ADD] == 18,
	    "one packet that differs makes no market");
}

/* One day behind the other, in one capture. */
static void
test_next_day(void)
{
	start();
	adds(3, 1);
	kit_pitch(&msg, 6, 0x2d, 9);
	packet(3, 2);
	kit_pitch_time(&msg, SEC - 60);
	adds(4, 1);
	packet(1, 2);
	adds(5, 1);
	packet(3, 1);
	run();
	tap_is_u64(g.st.sessions, 2, "behind its end a unit begins again");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 4, "with all its orders");
	tap_is_u64(
	    LAST(exch_rec_book_add, EXCH_REC_BOOK_ADD)->h.time / 60 / EXCH_SEC,
	    (OPEN / EXCH_SEC - 60) / 60, "and with its own second");
	tap_is_u64(g.ntroubles, 1, "of which only the beginning is told");
}

/* Smaller, and yet behind the others. */
static void
test_place(void)
{
	start();
	kit_pitch_about(&msg, 19, 0x28, 7, 2, 1, 2);
	kit_le(&msg, 1000, 2);
	kit_u8(&msg, 1);
	packet(3, 1);
	run();
	tap_ok(g.ntroubles == 0 && g.by_type[EXCH_REC_BOOK_REPLACE] == 1 &&
		   g.by_type[EXCH_REC_BOOK_REDUCE] == 0,
	    "0x28: as it was, but for its place");
}

static void
test_seconds(void)
{
	begin();
	kit_pitch_time(&msg, SEC);
	adds(2, 1);
	packet_to(PORT, 1, 1, 2, 1);
	kit_pitch_add(&msg, 1, 50, 'B', 1, "B", 1000);
	kit_pitch_add(&msg, 2, 51, 'B', 1, "B", 1000);
	kit_pitch_time(&msg, SEC + 1);
	kit_pitch_add(&msg, 3, 52, 'B', 1, "B", 1000);
	packet_to(PORT + 1, 2, 700, 4, 1);
	run();
	tap_ok(g.ntroubles == 1 && strstr(g.trouble[0].text,
				       "unit 2 has told no second") != NULL,
	    "a unit without a second is told, once");
	tap_is_u64(REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 1)->h.time,
	    OPEN + 1, "another unit's has to do");
	tap_is_u64(REC(exch_rec_book_add, EXCH_REC_BOOK_ADD, 3)->h.time,
	    OPEN + 1000000003, "until its own");

	begin();
	kit_pitch_time(&msg, SEC + 5);
	adds(2, 1);
	packet(1, 2);
	kit_pitch_time(&msg, SEC);
	adds(3, 1);
	packet(3, 2);
	run();
	tap_ok(g.ntroubles == 1 &&
		   strcmp(g.trouble[0].text,
		       "unit 1 goes back from second 34205 of the day to "
		       "34200") == 0,
	    "seconds that go back are told");
	tap_is_u64(g.trouble[0].at.where, 2, "with their place");
	tap_is_u64(
	    LAST(exch_rec_book_add, EXCH_REC_BOOK_ADD)->h.time / EXCH_SEC,
	    OPEN / EXCH_SEC, "and count");
}

static void
test_again(void)
{
	start();
	whole_packet(3, 2);
	kit_pitch_time(&msg, SEC + 60);
	adds(2, 1);
	packet(1, 2);
	run();
	tap_is_u64(g.st.sessions, 2, "a unit begins again");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_DELETE], 3, "without its orders");
	tap_is_u64(REC(exch_rec_book_delete, EXCH_REC_BOOK_DELETE, 0)->h.time,
	    OPEN + UINT64_C(60000000000), "when it does");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 4, "and has new ones");

	/* The same when its first packet is lost. */
	start();
	whole_packet(3, 4);
	whole_packet(7, 4);
	kit_pitch_time(&msg, SEC + 60);
	adds(30, 1);
	packet(4, 2);
	adds(31, 1);
	packet(6, 1);
	run();
	tap_is_u64(g.st.sessions, 2, "and when that is lost");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_DELETE], 9, "without them, too");
}

/* ---- damage ---- */

/* One packet of two orders behind a good one, with a byte of it changed. */
static void
lie(size_t at, unsigned value, const char *want, uint64_t orders)
{
	char what[96];

	start();
	adds(3, 2);
	pay.n = 0;
	kit_pitch_packet(&pay, 1, 3, 2, &msg);
	pay.b[at] = (unsigned char)value;
	msg.n = 0;
	send(PORT, 1, 0);
	run();
	snprintf(what, sizeof(what), "byte %zu is %u: %s", at, value, want);
	tap_ok(g.ntroubles == 1 && strstr(g.trouble[0].text, want) != NULL &&
		   g.st.packets_bad == 1 &&
		   g.by_type[EXCH_REC_BOOK_ADD] == 1 + orders,
	    what);
	if (g.ntroubles != 1 || strstr(g.trouble[0].text, want) == NULL)
		printf("# %zu: %s\n", g.ntroubles, g.trouble[0].text);
}

static void
test_lies(void)
{
	lie(0, 8 + 51, "packet longer than its header says", 0);
	lie(0, 8 + 53, "packet shorter than its header says", 0);
	lie(1, 1, "packet shorter than its header says", 0);
	lie(2, 1, "26 bytes behind the 1 messages", 1);
	lie(2, 3, "2 of the 3 messages it announces are whole", 2);
	lie(8, 0, "0 of the 2 messages it announces are whole", 0);
	lie(8, 255, "0 of the 2 messages it announces are whole", 0);
	lie(34, 0, "1 of the 2 messages it announces are whole", 1);
	lie(34, 27, "1 of the 2 messages it announces are whole", 1);
}

static void
test_no_type(void)
{
	start();
	kit_u8(&msg, 1);
	adds(4, 1);
	packet(3, 2);
	run();
	tap_ok(
	    g.ntroubles == 1 && g.by_type[EXCH_REC_BOOK_ADD] == 2 &&
		strstr(g.trouble[0].text, "of 1 byte: it has no type") != NULL,
	    "a message of nothing but its length");
}

/* A packet that ends at each byte, on the wire or in the capture. */
static void
test_ends(void)
{
	static struct kit full;
	size_t good = 0, cut_good = 0;

	adds(3, 2);
	kit_pitch_packet(&full, 1, 3, 2, &msg);
	for (size_t n = 0; n < full.n; n++) {
		uint64_t whole = n < 8 + 26 ? 0 : 1;

		start();
		pay = full;
		pay.n = n;
		send(PORT, 1, 0);
		run();
		good += g.err == 0 && g.ntroubles == 1 &&
			g.by_type[EXCH_REC_BOOK_ADD] == 1;
		start();
		pay = full;
		send(PORT, 1, full.n - n);
		run();
		cut_good += g.err == 0 && g.ntroubles == 1 &&
			    g.by_type[EXCH_REC_BOOK_ADD] == 1 + whole;
	}
	msg.n = 0;
	tap_is_u64(good, full.n, "ends at each byte");
	tap_is_u64(cut_good, full.n, "captured up to each byte");
}

/* ---- what it is, and what it is not ---- */

static void
test_known(void)
{
	struct exch_feed_opts o = kit_opts();

	begin();
	packet(1, 0);
	run();
	tap_is_i64(g.err, EXCH_ERR_FORMAT, "a heartbeat alone is nothing");

	kit_free(&g);
	o.as = "pitchbin";
	kit_run(&exch_feed_pcap, file.b, file.n, &o, &g);
	tap_is_i64(g.err, 0, "but with --as pitchbin");

	start();
	kit_mold_adds(&pay, "SESSION", 1, 3);
	send(26400, 1, 0);
	whole_packet(3, 1);
	run();
	tap_ok(
	    g.err == 0 && g.ntroubles == 0 && g.by_type[EXCH_REC_BOOK_ADD] == 5,
	    "PITCH and ITCH in one capture");

	kit_free(&g);
	kit_run(&exch_feed_pcap, file.b, file.n, &o, &g);
	tap_ok(g.by_type[EXCH_REC_BOOK_ADD] == 2 && g.st.packets_other == 1,
	    "--as pitchbin: its alone");

	kit_free(&g);
	o.as = "iextp";
	kit_run(&exch_feed_pcap, file.b, file.n, &o, &g);
	tap_is_i64(g.err, EXCH_ERR_FORMAT, "--as iextp: it is none");

	kit_free(&g);
	o = (struct exch_feed_opts){.date = 20230207};
	start();
	kit_run(&exch_feed_pcap, file.b, file.n, &o, &g);
	tap_is_i64(g.err, EXCH_ERR_NEED, "a zone is needed");
	tap_ok(strstr(g.d.text, "--tz") != NULL, "and asked for");

	kit_free(&g);
	o = kit_opts();
	o.capture_time = true;
	kit_run(&exch_feed_pcap, file.b, file.n, &o, &g);
	tap_ok((kit_rec(&g, EXCH_REC_BOOK_ADD, 0)->flags & EXCH_F_EXT) != 0,
	    "--capture-time");
}

int
main(void)
{
	test_adds();
	test_lives();
	test_others();
	test_wrong();
	test_short();
	test_order();
	test_lines();
	test_alike();
	test_near();
	test_next_day();
	test_place();
	test_seconds();
	test_again();
	test_lies();
	test_no_type();
	test_ends();
	test_known();
	kit_free(&g);
	return tap_done();
}
