/*
 * Captures end to end: both byte orders and units, pcapng, every link type
 * that carries a whole session, fragments, recognition of the feed among
 * other traffic, and a small capture cut at every byte.
 */
#include <config.h>

#include "feed_kit.h"

static struct kit cap, frame, pay, udp;
static struct kit_got g;

#define T0 (UINT64_C(1675780200) * 1000000000 + 123456789)

static void
run(struct exch_feed_opts o)
{
	unsigned char *exact = malloc(cap.n != 0 ? cap.n : 1);

	kit_free(&g);
	memcpy(exact, cap.b, cap.n);
	kit_run(&exch_feed_pcap, exact, cap.n, &o, &g);
	free(exact);
}

/* A capture with one Ethernet frame per mold packet of two adds. */
static void
ethernet(unsigned packets, bool nano, bool big)
{
	cap.n = 0;
	kit_pcap(&cap, 1, nano, big);
	for (unsigned i = 0; i < packets; i++) {
		pay.n = frame.n = 0;
		kit_mold_adds(&pay, "SESSION", 1 + 2 * i, 2);
		kit_frame(&frame, 26400, &pay);
		kit_pcap_packet(
		    &cap, T0 + i, nano, big, frame.b, frame.n, frame.n);
	}
}

static void
test_forms(void)
{
	for (int form = 0; form < 4; form++) {
		bool nano = form & 1, big = form & 2;
		const struct exch_rec *r;
		const struct exch_ext *x;
		struct exch_feed_opts o = kit_opts();
		char what[80];

		snprintf(what, sizeof(what), "pcap, %s, %s",
		    big ? "big-endian" : "little-endian",
		    nano ? "nanoseconds" : "microseconds");
		ethernet(3, nano, big);
		tap_ok(exch_feed_pcap.match(cap.b, cap.n), what);
		o.capture_time = true;
		run(o);
		tap_is_i64(g.err, 0, what);
		tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 6, "six adds");
		tap_is_u64(g.st.packets, 3, "three packets");
		r = kit_rec(&g, EXCH_REC_BOOK_ADD, 0);
		x = exch_rec_ext(
		    r, sizeof(struct exch_rec_book_add), EXCH_EXT_CAPTURE_TIME);
		tap_ok(x != NULL, "--capture-time adds an extension");
		tap_is_u64(x != NULL ? x->value : 0,
		    nano ? T0 : T0 / 1000 * 1000, "with the time captured");
		r = kit_rec(&g, EXCH_REC_INSTRUMENT, 0);
		tap_ok(exch_rec_ext(r, sizeof(struct exch_rec_instrument),
			   EXCH_EXT_CAPTURE_TIME) != NULL,
		    "on every record");
		run(kit_opts());
		r = kit_rec(&g, EXCH_REC_BOOK_ADD, 0);
		tap_ok((r->flags & EXCH_F_EXT) == 0, "and only when asked");
	}
	tap_ok(!exch_feed_pcap.match((const unsigned char *)"XST1", 4) &&
		   !exch_feed_pcap.match((const unsigned char *)"\xd4\xc3", 2),
	    "other bytes are no capture");
}

static void
ng_block(struct kit *k, uint32_t type, const struct kit *body, bool big)
{
	size_t pad = (4 - body->n % 4) % 4;

	kit_int(k, type, 4, big);
	kit_int(k, 12 + body->n + pad, 4, big);
	kit_add(k, body->b, body->n);
	kit_be(k, 0, (int)pad);
	kit_int(k, 12 + body->n + pad, 4, big);
}

/* pcapng with two sections and time resolutions of 10^-9 and 2^-20 s. */
static void
pcapng(bool big)
{
	static struct kit b;

	cap.n = 0;
	for (unsigned s = 0; s < 2; s++) {
		uint64_t t = s == 0 ? T0 : (T0 / 1000000000) << 20;

		b.n = 0;
		kit_int(&b, 0x1a2b3c4d, 4, big);
		kit_int(&b, 1, 2, big);
		kit_int(&b, 0, 2, big);
		kit_int(&b, UINT64_MAX, 8, big);
		ng_block(&cap, 0x0a0d0d0a, &b, big);
		b.n = 0;
		kit_int(&b, 1, 2, big);
		kit_int(&b, 0, 2, big);
		kit_int(&b, 65535, 4, big);
		kit_int(&b, 9, 2, big); /* if_tsresol */
		kit_int(&b, 1, 2, big);
		kit_u8(&b, s == 0 ? 9 : 128 + 20);
		kit_be(&b, 0, 3);
		kit_int(&b, 0, 4, big);
		ng_block(&cap, 1, &b, big);
		b.n = 0;
		kit_text(&b, "someone's own block ", 20);
		ng_block(&cap, 0x0bad, &b, big);
		pay.n = frame.n = b.n = 0;
		kit_mold_adds(&pay, "SESSION", 1 + 2 * s, 2);
		kit_frame(&frame, 26400, &pay);
		kit_int(&b, 0, 4, big);
		kit_int(&b, t >> 32, 4, big);
		kit_int(&b, t & 0xffffffff, 4, big);
		kit_int(&b, frame.n, 4, big);
		kit_int(&b, frame.n, 4, big);
		kit_add(&b, frame.b, frame.n);
		ng_block(&cap, 6, &b, big);
	}
}

static void
test_pcapng(void)
{
	for (int big = 0; big < 2; big++) {
		struct exch_feed_opts o = kit_opts();
		const struct exch_ext *x;

		pcapng(big);
		tap_ok(exch_feed_pcap.match(cap.b, cap.n), "pcapng");
		o.capture_time = true;
		run(o);
		tap_is_i64(g.err, 0, big ? "big-endian" : "little-endian");
		tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 4,
		    "two sections, two packets");
		x = exch_rec_ext(kit_rec(&g, EXCH_REC_BOOK_ADD, 0),
		    sizeof(struct exch_rec_book_add), EXCH_EXT_CAPTURE_TIME);
		tap_is_u64(x->value, T0, "nanoseconds by if_tsresol");
		x = exch_rec_ext(kit_rec(&g, EXCH_REC_BOOK_ADD, 2),
		    sizeof(struct exch_rec_book_add), EXCH_EXT_CAPTURE_TIME);
		tap_is_u64(x->value, T0 / 1000000000 * 1000000000,
		    "binary fractions too");
	}
}

static void
test_links(void)
{
	static const int links[] = {0, 12, 14, 101, 108, 113, 228, 276};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(links); i++) {
		char what[64];

		cap.n = frame.n = pay.n = udp.n = 0;
		kit_pcap(&cap, (unsigned)links[i], true, false);
		kit_mold_adds(&pay, "SESSION", 1, 2);
		kit_udp(&udp, 1, &pay);
		if (links[i] == 0 || links[i] == 108)
			kit_be(&frame, 2, 4);
		if (links[i] == 113)
			kit_be(&frame, 0x0800, 16);
		if (links[i] == 276) {
			kit_be(&frame, 0x0800, 2);
			kit_be(&frame, 0, 18);
		}
		kit_ipv4(&frame, 0, 17, 1, 0, udp.b, udp.n);
		kit_pcap_packet(
		    &cap, T0, true, false, frame.b, frame.n, frame.n);
		run(kit_opts());
		snprintf(what, sizeof(what), "link type %d", links[i]);
		tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 2, what);
	}
	cap.n = 0;
	kit_pcap(&cap, 147, true, false);
	run(kit_opts());
	tap_is_i64(g.err, EXCH_ERR_FORMAT, "a link type not understood");
}

static void
add_frame(uint64_t t)
{
	kit_pcap_packet(&cap, t, true, false, frame.b, frame.n, frame.n);
	frame.n = 0;
}

static void
test_fragments(void)
{
	cap.n = 0;
	kit_pcap(&cap, 1, true, false);
	for (unsigned i = 0; i < 3; i++) {
		udp.n = pay.n = frame.n = 0;
		kit_mold_adds(&pay, "SESSION", 1 + 40 * i, 40);
		kit_udp(&udp, 9, &pay);
		kit_ethernet(&frame, 0x0800);
		kit_ipv4(&frame, 0, 17, i, 0x2000, udp.b, 800);
		add_frame(T0 + i);
		if (i == 1)
			continue; /* its second half is lost */
		kit_ethernet(&frame, 0x0800);
		kit_ipv4(&frame, 0, 17, i, 100, udp.b + 800, udp.n - 800);
		add_frame(T0 + i);
	}
	run(kit_opts());
	tap_is_i64(g.err, 0, "fragments");
	tap_is_u64(g.st.fragments, 5, "five of them");
	tap_is_u64(g.st.fragments_lost, 1, "one datagram never completed");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 80, "two datagrams whole");
	tap_is_u64(g.st.gap_messages, 40, "the third is a gap");
	tap_is_u64(g.ntroubles, 1, "and trouble");
}

/* Other traffic around the feed, and feeds that only look like it. */
static void
test_recognition(void)
{
	struct exch_feed_opts o = kit_opts();

	ethernet(2, true, false);
	frame.n = pay.n = 0;
	kit_text(&pay, "any other protocol, longer than a header", 40);
	kit_frame(&frame, 53, &pay);
	add_frame(T0);
	kit_ethernet(&frame, 0x0806);
	kit_be(&frame, 0, 28);
	add_frame(T0);
	kit_ethernet(&frame, 0x0800);
	kit_ipv4(&frame, 0, 6, 1, 0, cap.b, 40);
	add_frame(T0);
	/* An ITCH of another make: its type has another length. */
	pay.n = 0;
	kit_mold(&pay, "000000001", 1, 1);
	kit_be(&pay, 30, 2);
	kit_u8(&pay, 'A');
	kit_be(&pay, 0, 29);
	kit_frame(&frame, 26401, &pay);
	add_frame(T0);
	run(kit_opts());
	tap_is_i64(g.err, 0, "other traffic");
	tap_is_u64(g.st.packets_other, 4, "is counted");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 4, "and the feed is found");
	tap_is_u64(g.ntroubles, 0, "without trouble");

	/* Nothing of the feed at all. */
	cap.n = 0;
	kit_pcap(&cap, 1, true, false);
	kit_frame(&frame, 26401, &pay);
	add_frame(T0);
	o.date = 0;
	run(o);
	tap_is_i64(g.err, EXCH_ERR_FORMAT, "no feed inside");
	tap_ok(strstr(g.d.text, "none of the 1 packets") != NULL, "is said");
	cap.n = 24;
	run(o);
	tap_is_i64(g.err, EXCH_ERR_FORMAT, "no packets at all");

	ethernet(1, true, false);
	run(o);
	tap_is_i64(g.err, EXCH_ERR_NEED, "the date is needed");

	/* Blank sessions and numbers. */
	cap.n = pay.n = frame.n = 0;
	kit_pcap(&cap, 1, true, false);
	kit_be(&pay, 0, 18);
	kit_be(&pay, 1, 2);
	kit_be(&pay, 36, 2);
	kit_add_order(&pay, 1, 1, 1, 'B', 1, "X", 1);
	for (int i = 0; i < 3; i++) {
		kit_frame(&frame, 0, &pay);
		add_frame(T0 + (unsigned)i);
	}
	o = kit_opts();
	run(o);
	tap_is_i64(g.err, EXCH_ERR_NEED, "a blank session");
	tap_ok(strstr(g.d.text, "--as itch50") != NULL, "asks for --as");
	o.as = "itch50";
	run(o);
	tap_is_i64(g.err, 0, "and is read with it");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 3, "every packet");
	tap_is_u64(
	    g.st.gaps + g.st.duplicates + g.ntroubles, 0, "without accounts");
}

/* Two venues with the same locates, and two lines of one venue. */
static void
test_venues(void)
{
	cap.n = frame.n = pay.n = 0;
	kit_pcap(&cap, 1, true, false);
	kit_mold_adds(&pay, "VENUE-1", 1, 1);
	kit_frame(&frame, 1001, &pay);
	add_frame(T0);
	kit_frame(&frame, 1002, &pay); /* its second line */
	add_frame(T0);
	pay.n = 0;
	kit_mold_adds(&pay, "VENUE-2", 1, 1);
	kit_frame(&frame, 2001, &pay);
	add_frame(T0);
	pay.n = 0;
	kit_mold_adds(&pay, "VENUE-1B", 1, 1); /* a new session of the first */
	kit_frame(&frame, 1002, &pay);
	add_frame(T0);
	run(kit_opts());
	tap_is_u64(g.st.duplicates, 1, "two lines give one");
	tap_is_u64(g.by_type[EXCH_REC_INSTRUMENT], 2, "two venues");
	tap_is_u64(kit_rec(&g, EXCH_REC_BOOK_ADD, 0)->instr, 1, "the first");
	tap_is_u64(kit_rec(&g, EXCH_REC_BOOK_ADD, 1)->instr, 65536,
	    "the second has ids of its own");
	tap_is_u64(kit_rec(&g, EXCH_REC_BOOK_ADD, 2)->instr, 1,
	    "a new session of the first keeps them");
}

/* Packets captured short, and packets shorter than their headers. */
static void
test_short(void)
{
	size_t n;

	cap.n = frame.n = pay.n = 0;
	kit_pcap(&cap, 1, true, false);
	kit_mold_adds(&pay, "SESSION", 1, 3);
	kit_frame(&frame, 26400, &pay);
	n = frame.n;
	kit_pcap_packet(&cap, T0, true, false, frame.b, n - 50, n);
	run(kit_opts());
	tap_is_u64(g.st.packets_cut, 1, "captured short");
	tap_is_u64(g.st.packets_bad, 0, "is not malformed");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 1, "whole messages are read");
	tap_ok(strstr(g.trouble[0].text, "captured short") != NULL, "is said");

	cap.n = 24;
	kit_pcap_packet(&cap, T0, true, false, frame.b, n - 50, n - 50);
	run(kit_opts());
	tap_is_u64(g.st.packets_cut, 0, "shorter than its headers");
	tap_ok(g.st.packets_bad > 0, "is malformed");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 1, "whole messages are read");
	tap_is_u64(g.trouble[0].at.where, 1, "with the packet's number");
}

/* libpcap's modified form, and lengths no packet can have. */
static void
test_rare(void)
{
	cap.n = 0;
	kit_pcap(&cap, 1, false, false);
	memcpy(cap.b, "\x34\xcd\xb2\xa1", 4);
	for (unsigned i = 0; i < 2; i++) {
		pay.n = frame.n = 0;
		kit_mold_adds(&pay, "SESSION", 1 + i, 1);
		kit_frame(&frame, 26400, &pay);
		kit_int(&cap, 1675780200, 4, false);
		kit_int(&cap, 0, 4, false);
		kit_int(&cap, frame.n, 4, false);
		kit_int(&cap, frame.n, 4, false);
		kit_int(&cap, 0, 8, false);
		kit_add(&cap, frame.b, frame.n);
	}
	tap_ok(exch_feed_pcap.match(cap.b, cap.n), "modified pcap");
	run(kit_opts());
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 2, "is read");

	ethernet(2, true, false);
	kit_pcap_packet(&cap, T0, true, false, "", 0, 0);
	memcpy(cap.b + cap.n - 8, "\xff\xff\xff\xff", 4);
	run(kit_opts());
	tap_is_i64(g.err, EXCH_ERR_FORMAT, "a packet of 4 GiB is damage");
	tap_is_u64(g.d.where, 3, "in its place");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 4, "what came before is read");

	/* A frame of no bytes, and one of a single byte. */
	ethernet(1, true, false);
	kit_pcap_packet(&cap, T0, true, false, "", 0, 60);
	kit_pcap_packet(&cap, T0, true, false, "x", 1, 1);
	run(kit_opts());
	tap_is_i64(g.err, 0, "frames of almost nothing");
	tap_is_u64(g.st.packets_cut, 1, "one is cut");
	tap_is_u64(g.st.packets_bad, 1, "one is bad");
}

/* Every cut of a small capture. */
static void
test_cuts(bool ng)
{
	size_t whole, each, good = 0, n;

	if (ng)
		pcapng(false);
	else
		ethernet(4, true, false);
	whole = cap.n;
	each = ng ? 0 : (whole - 24) / 4;
	for (n = 0; n < whole; n++) {
		cap.n = n;
		run(kit_opts());
		if (ng) {
			/* Cut between blocks pcapng cannot be told short. */
			good +=
			    g.err == EXCH_ERR_CUT || g.err == EXCH_ERR_FORMAT ||
			    (g.err == 0 && g.by_type[EXCH_REC_BOOK_ADD] >= 2);
		} else if (n < 24) {
			good += g.err == EXCH_ERR_CUT && g.n == 0;
		} else {
			size_t k = (n - 24) / each;
			bool clean = (n - 24) % each == 0;

			good += g.by_type[EXCH_REC_BOOK_ADD] == 2 * k &&
				(clean ? g.err == (k > 0 ? 0 : EXCH_ERR_FORMAT)
				       : g.err == EXCH_ERR_CUT &&
					     g.d.kind == EXCH_POS_PACKET &&
					     g.d.where == k + 1);
		}
	}
	tap_is_u64(good, whole, ng ? "pcapng cut anywhere" : "cut anywhere");
}

/* Every byte of a small capture made 0, 0xff and flipped. */
static void
test_damage(void)
{
	size_t whole, survived = 0;

	ethernet(3, true, false);
	whole = cap.n;
	for (size_t i = 0; i < whole; i++) {
		for (int how = 0; how < 3; how++) {
			unsigned char was = cap.b[i];

			cap.b[i] = how == 0 ? 0 : how == 1 ? 0xff : was ^ 0x10;
			run(kit_opts());
			survived += g.err <= 0;
			cap.b[i] = was;
		}
	}
	tap_is_u64(survived, 3 * whole, "any byte damaged: no crash");
}

int
main(void)
{
	test_forms();
	test_pcapng();
	test_links();
	test_fragments();
	test_recognition();
	test_venues();
	test_short();
	test_rare();
	test_cuts(false);
	test_cuts(true);
	test_damage();
	kit_free(&g);
	return tap_done();
}
