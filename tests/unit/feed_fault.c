/*
 * Every allocation of every decoder made to fail once, and recognition of
 * what an input is.
 */
#include <config.h>

#include "base/alloc.h"
#include "feed_kit.h"
#include "pitch_kit.h"

static struct kit cap, frame, pay, udp, text;
static struct kit_got g;

/* A capture that makes the decoders use everything they have. */
static void
capture(void)
{
	cap.n = 0;
	kit_pcap(&cap, 1, true, false);
	for (unsigned i = 0; i < 6; i++) {
		uint64_t seq = i == 1 ? 5 : i == 2 ? 3 : 2 * i + 1;

		pay.n = frame.n = udp.n = 0;
		kit_mold_adds(&pay, i < 5 ? "SESSION" : "OTHER", seq, 2);
		kit_udp(&udp, 26400 + i / 5, &pay);
		kit_ethernet(&frame, 0x0800);
		kit_ipv4(&frame, 0, 17, i, 0x2000, udp.b, 24);
		kit_pcap_packet(
		    &cap, EXCH_SEC + i, true, false, frame.b, frame.n, frame.n);
		frame.n = 0;
		kit_ethernet(&frame, 0x0800);
		kit_ipv4(&frame, 0, 17, i, 3, udp.b + 24, udp.n - 24);
		kit_pcap_packet(
		    &cap, EXCH_SEC + i, true, false, frame.b, frame.n, frame.n);
	}
}

/* Units, symbols and orders of binary PITCH; a packet waits, and a unit is cleared. */
static void
pitchbin(void)
{
	cap.n = 0;
	kit_pcap(&cap, 1, true, false);
	for (unsigned i = 0; i < 8; i++) {
		uint32_t seq = i == 2 ? 9 : i == 3 ? 5 : 4 * (i / 2) + 1;

		udp.n = pay.n = frame.n = 0;
		kit_pitch_time(&udp, 34200 + i);
		for (unsigned k = 0; k < 3; k++) {
			char name[9];

			snprintf(name, sizeof(name), "S%u", i + k);
			kit_pitch_add(&udp, k, 10 * i + k + 1, 'B', 1, name, 1);
		}
		if (i == 7)
			kit_pitch(&udp, 6, 0x97, 9);
		kit_pitch_packet(&pay, 1 + i % 2, seq, i == 7 ? 5 : 4, &udp);
		kit_frame(&frame, 30201 + i % 3, &pay);
		kit_pcap_packet(
		    &cap, EXCH_SEC + i, true, false, frame.b, frame.n, frame.n);
	}
}

/* A raw file with a hundred symbols at locate 0. */
static void
symbols(void)
{
	cap.n = 0;
	for (unsigned i = 0; i < 100; i++) {
		char name[9];

		snprintf(name, sizeof(name), "S%u", i);
		kit_be(&cap, 36, 2);
		kit_add_order(&cap, 0, i, i, 'B', 1, name, 1);
	}
}

/* Adds, and orders that were never added, enough to make tables grow. */
static void
rows(void)
{
	text.n = 0;
	for (unsigned i = 1; i < 6000; i++) {
		char row[64];

		snprintf(row, sizeof(row), "%u,%u,%u,1,100,1\n", 34200 + i / 9,
		    i % 2 != 0 ? 1 : 3, i);
		kit_add(&text, row, strlen(row));
	}
}

/* Adds of many symbols, and a book that is cleared. */
static void
pitch(void)
{
	char line[80];

	text.n = 0;
	for (unsigned i = 1; i < 300; i++) {
		snprintf(line, sizeof(line),
		    "00000001A%012uB000001S%05u0000000001Y\n", i, i % 100);
		kit_add(&text, line, strlen(line));
	}
	snprintf(line, sizeof(line), "00000002sS00001  \n");
	kit_add(&text, line, strlen(line));
}

/* A file with one event. */
static void
dbn(void)
{
	static const char events[] = "RAATFCA";

	cap.n = 0;
	kit_add(&cap, "DBN\1", 4);
	kit_int(&cap, 100 + 20, 4, false);
	for (unsigned i = 0; i < 120; i++)
		kit_u8(&cap, 0);
	for (size_t i = 0; i < 7 + 40; i++) {
		char action = i < 7 ? events[i] : 'A';

		kit_int(&cap, 0xa00e, 4, false);
		kit_int(&cap, i % 20, 4, false);
		kit_int(&cap, KIT_MIDNIGHT, 8, false);
		kit_int(&cap, action == 'A' ? i + 1 : 2, 8, false);
		kit_int(&cap, EXCH_PX_ONE, 8, false);
		kit_int(&cap, 5, 4, false);
		kit_u8(&cap, i >= 5 ? 128 : 0);
		kit_u8(&cap, 0);
		kit_u8(&cap, (unsigned char)action);
		kit_u8(&cap, action == 'T' ? 'A' : 'B');
		for (unsigned j = 0; j < 16; j++)
			kit_u8(&cap, 0);
	}
}

static void
exhaust(const struct exch_feed *f, const struct kit *k)
{
	struct exch_feed_opts o = kit_opts();
	char what[64];
	uint64_t n;
	bool right = true;

	o.symbol = "X";
	o.tick = EXCH_PX_ONE;
	for (n = 1; n < 1000 && right; n++) {
		struct exch_feed_sink sink = {
		    .arg = &g, .record = kit_record, .trouble = kit_trouble};
		struct exch_in *in;

		kit_free(&g);
		if (exch_in_mem(k->b, k->n, "test", &in, &g.d) != 0)
			abort();
		exch_alloc_fail_at(n);
		g.err = f->run(in, &o, &sink, &g.st, &g.d);
		exch_alloc_fail_at(0);
		exch_in_close(in);
		if (g.err == 0)
			break;
		right = g.err == EXCH_ERR_NOMEM && g.d.code == EXCH_ERR_NOMEM;
	}
	snprintf(what, sizeof(what), "%s: %u allocations fail well", f->name,
	    (unsigned)n - 1);
	tap_ok(right && n > 2 && n < 1000, what);
}

static const char *
recognised(const char *bytes, size_t n, const char *as)
{
	struct exch_feed_opts o = kit_opts();
	const struct exch_feed *f = NULL;
	struct exch_in *in;

	o.as = as;
	kit_free(&g);
	if (exch_in_mem(bytes, n, "test", &in, &g.d) != 0)
		abort();
	g.err = exch_feed_recognise(in, &o, &f, &g.d);
	exch_in_close(in);
	return f != NULL ? f->name : "nothing";
}

static void
test_recognise(void)
{
	static const char lobster[] = "34200.1,1,16,18,5853300,1\n";
	unsigned n;

	capture();
	tap_is_str(recognised((char *)cap.b, cap.n, NULL), "pcap", "a capture");
	tap_is_str(recognised((char *)cap.b, cap.n, "itch50"), "pcap",
	    "--as itch50 says what is in a capture");
	tap_is_str(recognised((char *)cap.b, cap.n, "lobster"), "lobster",
	    "any other name is taken at its word");
	symbols();
	tap_is_str(
	    recognised((char *)cap.b, cap.n, NULL), "itch50", "a raw file");
	tap_is_str(recognised(lobster, sizeof(lobster) - 1, NULL), "lobster",
	    "a LOBSTER file");
	pitch();
	tap_is_str(recognised((char *)text.b, text.n, NULL), "pitch",
	    "lines of PITCH");
	tap_is_str(
	    recognised("\1\2\3\4\5\6", 6, NULL), "nothing", "other bytes");
	tap_is_i64(g.err, EXCH_ERR_FORMAT, "are of no known kind");
	tap_ok(strstr(g.d.text, "lobster") != NULL, "the kinds are named");
	tap_is_str(recognised("", 0, NULL), "nothing", "no bytes");
	tap_is_i64(g.err, EXCH_ERR_FORMAT, "are no input");
	tap_is_str(recognised("x", 1, "nosuch"), "nothing", "--as nosuch");
	tap_is_i64(g.err, EXCH_ERR_ABSENT, "is no feed");
	tap_ok(strstr(g.d.text, "pcap, dbn, itch50") != NULL,
	    "the feeds are named");
	(void)exch_feed_all(&n);
	tap_is_u64(n, 13, "thirteen feeds");
}

int
main(void)
{
	capture();
	exhaust(&exch_feed_pcap, &cap);
	pitchbin();
	exhaust(&exch_feed_pcap, &cap);
	symbols();
	exhaust(&exch_feed_itchfile, &cap);
	rows();
	exhaust(&exch_feed_lobster, &text);
	dbn();
	exhaust(&exch_feed_dbn, &cap);
	pitch();
	exhaust(&exch_feed_pitch, &text);
	test_recognise();
	kit_free(&g);
	return tap_done();
}
