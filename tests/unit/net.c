/*
 * Link layers, IP, UDP and fragments.  Frames are built header by header
 * and every one is also cut at every length: nothing may be read beyond it
 * (the buffers are exact, so that a sanitizer or valgrind would see).
 */
#include <config.h>

#include "feed/net.h"
#include "feed_kit.h"

static struct kit udp, ip, frame, payload;

static void
reset(void)
{
	udp.n = ip.n = frame.n = 0;
	payload.n = 0;
	kit_text(&payload, "HELLO, FEED", 11);
	kit_udp(&udp, 26400, &payload);
}

/* Follow all headers of the first n bytes of a frame. */
static enum exch_net
follow(int link, size_t n, struct exch_net_ip *i, struct exch_net_udp *u)
{
	unsigned char *exact = malloc(n != 0 ? n : 1);
	enum exch_net r;

	memcpy(exact, frame.b, n);
	r = exch_net_ip(link, exact, n, i);
	if (r == EXCH_NET_OK && !i->fragment)
		r = exch_net_udp(i->p, i->n, i->cut, u);
	if (r == EXCH_NET_OK && !i->fragment) {
		/* Every byte of the payload is there to be read. */
		volatile unsigned sum = 0;

		for (size_t k = 0; k < u->n; k++)
			sum = sum + u->p[k];
		(void)sum;
		u->p = frame.b + (u->p - exact);
		i->dst = frame.b + (i->dst - exact);
	}
	free(exact);
	return r;
}

static void
found(int link, const char *what)
{
	struct exch_net_ip i;
	struct exch_net_udp u;
	size_t whole = frame.n, cut = 0, ok = 0;
	char text[128];

	snprintf(text, sizeof(text), "%s: payload found", what);
	tap_ok(follow(link, whole, &i, &u) == EXCH_NET_OK && i.proto == 17 &&
		   u.dport == 26400 && u.n == 11 && !u.cut &&
		   memcmp(u.p, "HELLO, FEED", 11) == 0,
	    text);
	for (size_t n = 0; n < whole; n++) {
		enum exch_net r = follow(link, n, &i, &u);

		cut += r == EXCH_NET_SHORT;
		ok += r == EXCH_NET_OK && (u.cut || u.n == 11);
	}
	snprintf(text, sizeof(text), "%s: cut anywhere is short", what);
	tap_is_u64(cut + ok, whole, text);
	snprintf(text, sizeof(text), "%s: known link type", what);
	tap_ok(exch_net_link_known(link), text);
}

static void
test_links(void)
{
	reset();
	kit_ethernet(&frame, 0x0800);
	kit_ipv4(&frame, 0, 17, 1, 0, udp.b, udp.n);
	found(1, "Ethernet");
	kit_be(&frame, 0x55555555, 4); /* trailer or padding */
	found(1, "Ethernet with padding");

	static const unsigned tags[] = {0x8100, 0x88a8, 0x9100};
	for (size_t t = 0; t < 3; t++) {
		reset();
		kit_ethernet(&frame, tags[t]);
		kit_be(&frame, 0x008d0800, 4);
		kit_ipv4(&frame, 0, 17, 1, 0, udp.b, udp.n);
		found(1, "one VLAN tag");
	}
	reset();
	kit_ethernet(&frame, 0x88a8);
	kit_be(&frame, 0x00018100, 4);
	kit_be(&frame, 0x00020800, 4);
	kit_ipv4(&frame, 3, 17, 1, 0, udp.b, udp.n);
	found(1, "two VLAN tags and IPv4 options");

	reset();
	kit_ethernet(&frame, 0x86dd);
	kit_ipv6(&frame, 17, udp.b, udp.n);
	found(1, "IPv6");

	reset();
	kit_be(&frame, 0, 14);
	kit_be(&frame, 0x0800, 2);
	kit_ipv4(&frame, 0, 17, 1, 0, udp.b, udp.n);
	found(113, "Linux cooked");
	reset();
	kit_be(&frame, 0x0800, 2);
	for (int i = 0; i < 18; i++)
		kit_u8(&frame, 0);
	kit_ipv4(&frame, 0, 17, 1, 0, udp.b, udp.n);
	found(276, "Linux cooked 2");

	static const int raw[] = {12, 14, 101, 228};
	for (size_t i = 0; i < 4; i++) {
		reset();
		kit_ipv4(&frame, 0, 17, 1, 0, udp.b, udp.n);
		found(raw[i], "raw IPv4");
	}
	static const int raw6[] = {12, 14, 101, 229};
	for (size_t i = 0; i < 4; i++) {
		reset();
		kit_ipv6(&frame, 17, udp.b, udp.n);
		found(raw6[i], "raw IPv6");
	}
	reset();
	kit_be(&frame, 2, 4);
	kit_ipv4(&frame, 0, 17, 1, 0, udp.b, udp.n);
	found(0, "null, big-endian");
	found(108, "loop");
	reset();
	kit_be(&frame, 0x02000000, 4);
	kit_ipv4(&frame, 0, 17, 1, 0, udp.b, udp.n);
	found(0, "null, little-endian");
	reset();
	kit_be(&frame, 0x1e000000, 4);
	kit_ipv6(&frame, 17, udp.b, udp.n);
	found(0, "null, IPv6 of a Mac");
	tap_ok(!exch_net_link_known(127), "radio is not understood");
}

static void
test_ipv6_extensions(void)
{
	reset();
	kit_u8(&ip, 43); /* hop by hop, then routing */
	kit_u8(&ip, 0);
	kit_be(&ip, 0, 6);
	kit_u8(&ip, 60); /* routing of 16 bytes, then destination */
	kit_u8(&ip, 1);
	kit_be(&ip, 0, 7);
	kit_be(&ip, 0, 7);
	kit_u8(&ip, 51); /* destination, then authentication */
	kit_u8(&ip, 0);
	kit_be(&ip, 0, 6);
	kit_u8(&ip, 44); /* 12 bytes, then an atomic fragment */
	kit_u8(&ip, 1);
	kit_be(&ip, 0, 5);
	kit_be(&ip, 0, 5);
	kit_u8(&ip, 17);
	kit_u8(&ip, 0);
	kit_be(&ip, 0, 6);
	kit_add(&ip, udp.b, udp.n);
	kit_ipv6(&frame, 0, ip.b, ip.n);
	found(229, "IPv6 with five extension headers");
}

static enum exch_net
ip_only(void)
{
	struct exch_net_ip i;
	struct exch_net_udp u;

	return follow(101, frame.n, &i, &u);
}

static void
test_hostile(void)
{
	struct exch_net_ip i;
	struct exch_net_udp u;

	reset();
	kit_ipv4(&frame, 0, 17, 1, 0, udp.b, udp.n);
	frame.b[0] = 0x44;
	tap_ok(ip_only() == EXCH_NET_BAD, "IPv4 header of 16 bytes");
	frame.b[0] = 0x4f;
	tap_ok(ip_only() == EXCH_NET_BAD, "IPv4 header beyond its total");
	frame.b[0] = 0x55;
	tap_ok(ip_only() == EXCH_NET_BAD, "IP version 5");
	frame.b[0] = 0x45;
	frame.b[2] = frame.b[3] = 0xff;
	tap_ok(follow(101, frame.n, &i, &u) == EXCH_NET_OK && i.cut,
	    "IPv4 total beyond the frame is a cut packet");
	frame.b[2] = frame.b[3] = 0;
	tap_ok(ip_only() == EXCH_NET_OK, "IPv4 total of 0: offloaded");
	frame.b[3] = 10;
	tap_ok(ip_only() == EXCH_NET_BAD, "IPv4 total inside its header");
	frame.b[3] = (unsigned char)frame.n;
	frame.b[24] = 0;
	frame.b[25] = 7;
	tap_ok(ip_only() == EXCH_NET_BAD, "UDP length of 7");
	frame.b[24] = 0xff;
	tap_ok(
	    follow(101, frame.n, &i, &u) == EXCH_NET_OK && u.cut && u.n == 11,
	    "UDP length beyond the packet: what is there");
	frame.b[24] = 0;
	frame.b[25] = 12;
	tap_ok(
	    follow(101, frame.n, &i, &u) == EXCH_NET_OK && !u.cut && u.n == 4,
	    "UDP length inside the packet cuts it");
	frame.b[9] = 6;
	tap_ok(exch_net_ip(101, frame.b, frame.n, &i) == EXCH_NET_OK &&
		   i.proto == 6,
	    "TCP is told apart");

	reset();
	kit_ethernet(&frame, 0x0806);
	kit_be(&frame, 0, 8);
	tap_ok(follow(1, frame.n, &i, &u) == EXCH_NET_OTHER, "ARP is other");

	reset();
	kit_ethernet(&frame, 0x8100);
	for (int t = 0; t < 40; t++)
		kit_be(&frame, 0x00018100, 4);
	tap_ok(follow(1, frame.n, &i, &u) == EXCH_NET_BAD,
	    "tags without end are bad");

	reset();
	for (int t = 0; t < 40; t++) {
		kit_u8(&ip, 60);
		kit_u8(&ip, 0);
		kit_be(&ip, 0, 6);
	}
	kit_ipv6(&frame, 60, ip.b, ip.n);
	tap_ok(
	    ip_only() == EXCH_NET_BAD, "extension headers without end are bad");
	frame.b[41] = 255;
	tap_ok(ip_only() == EXCH_NET_BAD,
	    "an extension header beyond the packet is bad");
}

/* ---- fragments ---- */

static struct exch_frag *f;
static const unsigned char *whole;
static size_t whole_n;
static struct kit big;

/* One IPv4 fragment of `big`: n bytes from `at`. */
static int
piece(unsigned id, size_t at, size_t n, bool more, uint64_t sec)
{
	struct exch_net_ip i;

	frame.n = 0;
	kit_ipv4(&frame, 0, 17, id, (unsigned)(at / 8) | (more ? 0x2000 : 0),
	    big.b + at, n);
	if (exch_net_ip(101, frame.b, frame.n, &i) != EXCH_NET_OK ||
	    !i.fragment)
		abort();
	return exch_frag_take(f, &i, sec * EXCH_SEC, &whole, &whole_n);
}

static bool
is_big(void)
{
	return whole_n == big.n && memcmp(whole, big.b, big.n) == 0;
}

static void
again(void)
{
	exch_frag_free(f);
	f = exch_frag_new();
	whole_n = 0;
}

static void
test_fragments(void)
{
	big.n = 0;
	for (int i = 0; i < 1003; i++)
		kit_u8(&big, (unsigned)(i * 7 + i / 256));

	again();
	tap_is_i64(piece(1, 0, 400, true, 1), 0, "first piece");
	tap_is_i64(piece(1, 400, 400, true, 1), 0, "second");
	tap_is_i64(piece(1, 800, 203, false, 1), 1, "third makes it whole");
	tap_ok(is_big(), "in its bytes");
	tap_is_u64(exch_frag_lost(f), 0, "nothing lost");

	again();
	piece(2, 800, 203, false, 1);
	piece(2, 400, 400, true, 1);
	tap_ok(piece(2, 0, 400, true, 1) == 1 && is_big(), "backwards");

	again();
	piece(3, 0, 400, true, 1);
	piece(4, 0, 400, true, 1);
	piece(3, 400, 603, false, 1);
	tap_ok(is_big(), "two datagrams at once: the first");
	whole_n = 0;
	piece(4, 400, 603, false, 1);
	tap_ok(is_big(), "and the second");

	again();
	piece(5, 0, 400, true, 1);
	piece(5, 0, 400, true, 1);
	piece(5, 200, 400, true, 1);
	tap_ok(piece(5, 400, 603, false, 1) == 1 && is_big(),
	    "doubled and overlapping pieces with the same bytes");

	again();
	piece(6, 0, 400, true, 1);
	big.b[300] ^= 1;
	piece(6, 200, 400, true, 1);
	big.b[300] ^= 1;
	tap_is_i64(piece(6, 400, 603, false, 1), 0,
	    "overlap with other bytes gives it up");
	tap_is_u64(exch_frag_lost(f), 1, "counted once");

	again();
	piece(7, 0, 400, true, 1);
	piece(7, 800, 203, false, 1);
	exch_frag_expire(f, 20 * EXCH_SEC, false);
	tap_is_u64(exch_frag_lost(f), 0, "a hole is waited for");
	exch_frag_expire(f, 40 * EXCH_SEC, false);
	tap_is_u64(exch_frag_lost(f), 1, "not for ever");
	tap_is_i64(piece(7, 400, 400, true, 41), 0, "too late");

	again();
	piece(8, 0, 401, true, 1);
	tap_is_u64(exch_frag_lost(f), 1, "a middle piece of odd length");
	again();
	piece(9, 800, 203, false, 1);
	piece(9, 960, 40, true, 1);
	piece(9, 1000, 3, true, 1);
	tap_is_u64(exch_frag_lost(f), 1, "a piece beyond the end");
	again();
	piece(10, 800, 200, true, 1);
	piece(10, 400, 203, false, 1);
	tap_is_u64(exch_frag_lost(f), 1, "an end before a piece");

	again();
	for (unsigned i = 0; i < EXCH_FRAG_SLOTS + 10; i++)
		piece(100 + i, 0, 400, true, 1 + i / 8);
	tap_is_u64(exch_frag_lost(f), 10, "the oldest make room");
	exch_frag_expire(f, 0, true);
	tap_is_u64(exch_frag_lost(f), EXCH_FRAG_SLOTS + 10, "all at the end");

	again();
	frame.n = 0;
	kit_ipv4(&frame, 0, 17, 1, 0x1fff, big.b, 16);
	struct exch_net_ip i;
	tap_ok(exch_net_ip(101, frame.b, frame.n, &i) == EXCH_NET_OK &&
		   exch_frag_take(f, &i, 1, &whole, &whole_n) == 0,
	    "a piece beyond 64 KiB");
	tap_is_u64(exch_frag_lost(f), 1, "is given up");
}

static void
test_fragments6(void)
{
	struct exch_net_ip i;
	int r = 0;

	again();
	for (size_t at = 0; at < big.n; at += 504) {
		size_t n = big.n - at < 504 ? big.n - at : 504;

		ip.n = frame.n = 0;
		kit_u8(&ip, 17);
		kit_u8(&ip, 0);
		kit_be(&ip, at | (at + n < big.n), 2);
		kit_be(&ip, 0xcafe, 4);
		kit_add(&ip, big.b + at, n);
		kit_ipv6(&frame, 44, ip.b, ip.n);
		if (exch_net_ip(229, frame.b, frame.n, &i) != EXCH_NET_OK)
			abort();
		r = exch_frag_take(f, &i, 1, &whole, &whole_n);
	}
	tap_ok(r == 1 && is_big() && i.proto == 17, "IPv6 fragments");
}

int
main(void)
{
	test_links();
	test_ipv6_extensions();
	test_hostile();
	test_fragments();
	test_fragments6();
	exch_frag_free(f);
	return tap_done();
}
