/*
 * The same capture in another wrapping, for tests: the bytes of the feed
 * stay, what is around them changes.
 *
 *	rewrap MODE < day.pcap > other
 *
 * pcapng    blocks, nanoseconds
 * pcapng-be the same in the other byte order, microseconds
 * usec      pcap with microseconds
 * swapped   pcap in the other byte order
 * vlan      an 802.1Q tag in every frame
 * qinq      two tags
 * sll, sll2 Linux cooked capture, versions 1 and 2
 * raw       IP without a link layer
 * loop      BSD loopback
 * ipv6      the IPv4 header exchanged for an IPv6 one
 * lines     two lines: every packet goes to port 26401, too; of each hundred
 *           the first line loses the 3rd, 13th and so on, the second one the
 *           5th and 6th, 25th and 26th and so on
 * itch      no capture at all: messages with two-byte lengths
 *
 * Reads only little-endian nanosecond Ethernet/IPv4/UDP captures, and knows
 * nothing of the project's own decoders.
 */
#include <config.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct frame {
	uint32_t sec, nsec;
	uint32_t n;
	unsigned char b[65536 + 64];
};

static int swap; /* write multi-byte fields in the other order */

static void
fail(const char *why)
{
	fprintf(stderr, "rewrap: %s\n", why);
	exit(1);
}

static void
put(const void *p, size_t n)
{
	if (fwrite(p, 1, n, stdout) != n)
		fail("cannot write");
}

static void
put32(uint32_t v)
{
	if (swap)
		v = __builtin_bswap32(v);
	put(&v, 4);
}

static void
put16(uint16_t v)
{
	if (swap)
		v = __builtin_bswap16(v);
	put(&v, 2);
}

static uint32_t
le32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static unsigned
be16(const unsigned char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* The next frame of standard input; 0 at the end. */
static int
next(struct frame *f)
{
	unsigned char h[16];
	size_t n = fread(h, 1, sizeof(h), stdin);

	if (n == 0)
		return 0;
	if (n != sizeof(h))
		fail("cut header");
	f->sec = le32(h);
	f->nsec = le32(h + 4);
	f->n = le32(h + 8);
	if (f->n < 14 + 20 + 8 || f->n > 65536 || f->n != le32(h + 12))
		fail("frame of an odd size");
	if (fread(f->b, 1, f->n, stdin) != f->n)
		fail("cut frame");
	if (be16(f->b + 12) != 0x0800 || f->b[14] != 0x45)
		fail("not plain IPv4 in Ethernet");
	return 1;
}

/* Exchange the first `from` bytes of the frame for `to` others. */
static void
reface(struct frame *f, uint32_t from, const void *face, uint32_t to)
{
	memmove(f->b + to, f->b + from, f->n - from);
	memcpy(f->b, face, to);
	f->n = f->n - from + to;
}

static void
ipv6(struct frame *f)
{
	unsigned char h[14 + 40];
	unsigned udp = f->n - 34;

	memcpy(h, f->b, 12);
	memset(h + 12, 0, sizeof(h) - 12);
	h[12] = 0x86;
	h[13] = 0xdd;
	h[14] = 0x60;
	h[18] = (unsigned char)(udp >> 8);
	h[19] = (unsigned char)udp;
	h[20] = 17;
	h[21] = 1;
	h[22] = 0xfe;
	h[23] = 0x80;
	h[38] = 0xff;
	h[39] = 0x02;
	reface(f, 34, h, sizeof(h));
}

/* The frame as its link type wants it; returns that type. */
static uint32_t
dress(struct frame *f, const char *mode)
{
	static const unsigned char sll[16] = {
	    0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0};
	static const unsigned char sll2[20] = {
	    8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 1, 6, 2, 0, 0, 0, 0, 1, 0, 0};
	static const unsigned char loop[4] = {2, 0, 0, 0};
	unsigned char tag[20];

	memcpy(tag, f->b, 12);
	memcpy(tag + 12, "\x81\x00\x20\x65\x08\x00", 6);
	if (strcmp(mode, "vlan") == 0) {
		reface(f, 14, tag, 18);
	} else if (strcmp(mode, "qinq") == 0) {
		reface(f, 14, tag, 18);
		memcpy(tag + 12, "\x88\xa8\x00\x07\x81\x00", 6);
		reface(f, 14, tag, 18);
	} else if (strcmp(mode, "sll") == 0) {
		reface(f, 14, sll, sizeof(sll));
		return 113;
	} else if (strcmp(mode, "sll2") == 0) {
		reface(f, 14, sll2, sizeof(sll2));
		return 276;
	} else if (strcmp(mode, "raw") == 0) {
		reface(f, 14, "", 0);
		return 101;
	} else if (strcmp(mode, "loop") == 0) {
		reface(f, 14, loop, sizeof(loop));
		return 0;
	} else if (strcmp(mode, "ipv6") == 0) {
		ipv6(f);
	}
	return 1;
}

/* MoldUDP64 after Ethernet, IPv4 and UDP: 2-byte framed messages. */
static void
put_itch(const struct frame *f)
{
	const unsigned char *p = f->b + 42;
	unsigned count;

	if (f->n < 62)
		fail("no MoldUDP64 packet");
	count = be16(p + 18);
	p += 20;
	for (; count > 0 && count != 0xffff; count--) {
		if (p + 2 > f->b + f->n || p + 2 + be16(p) > f->b + f->n)
			fail("cut message");
		put(p, 2 + be16(p));
		p += 2 + be16(p);
	}
}

static void
put_pcap_head(uint32_t magic, uint32_t link)
{
	put32(magic);
	put16(2);
	put16(4);
	put32(0);
	put32(0);
	put32(65535);
	put32(link);
}

static void
put_pcap(const struct frame *f, uint32_t unit)
{
	put32(f->sec);
	put32(f->nsec / unit);
	put32(f->n);
	put32(f->n);
	put(f->b, f->n);
}

/* Section header and one interface; its clock in 10^-digits seconds. */
static void
put_ng_head(uint32_t link, unsigned char digits)
{
	unsigned char resol[4] = {digits, 0, 0, 0};

	put32(0x0a0d0d0a);
	put32(28);
	put32(0x1a2b3c4d);
	put16(1);
	put16(0);
	put32(0xffffffff);
	put32(0xffffffff);
	put32(28);
	put32(1);
	put32(32);
	put16((uint16_t)link);
	put16(0);
	put32(0);
	put16(9);
	put16(1);
	put(resol, 4);
	put16(0);
	put16(0);
	put32(32);
}

static void
put_ng(const struct frame *f, uint32_t unit)
{
	uint64_t t = ((uint64_t)f->sec * 1000000000 + f->nsec) / unit;
	uint32_t pad = (4 - f->n % 4) % 4;

	put32(6);
	put32(32 + f->n + pad);
	put32(0);
	put32((uint32_t)(t >> 32));
	put32((uint32_t)t);
	put32(f->n);
	put32(f->n);
	put(f->b, f->n);
	put("\0\0\0", pad);
	put32(32 + f->n + pad);
}

/* No packet is lost on both; the second line is a little later. */
static void
put_lines(const struct frame *f, unsigned nth)
{
	static struct frame other;

	if (nth % 10 != 3)
		put_pcap(f, 1);
	if (nth % 20 == 5 || nth % 20 == 6)
		return;
	other = *f;
	other.b[36] = 26401 >> 8;
	other.b[37] = 26401 & 0xff;
	other.b[40] = other.b[41] = 0; /* no sum */
	put_pcap(&other, 1);
}

int
main(int argc, char **argv)
{
	static struct frame f;
	unsigned char head[24];
	const char *mode = argc == 2 ? argv[1] : "";
	int ng = strncmp(mode, "pcapng", 6) == 0, first = 1;
	uint32_t unit = 1;
	unsigned nth = 0;

	if (*mode == '\0')
		fail("usage: rewrap MODE < in > out");
	if (fread(head, 1, sizeof(head), stdin) != sizeof(head) ||
	    le32(head) != 0xa1b23c4d || le32(head + 20) != 1)
		fail("not a nanosecond Ethernet capture");
	swap = strcmp(mode, "swapped") == 0 || strcmp(mode, "pcapng-be") == 0;
	if (strcmp(mode, "usec") == 0 || strcmp(mode, "pcapng-be") == 0)
		unit = 1000;
	for (; next(&f); first = 0) {
		uint32_t link;

		if (strcmp(mode, "itch") == 0) {
			put_itch(&f);
			continue;
		}
		link = dress(&f, mode);
		if (first && ng)
			put_ng_head(link, unit == 1 ? 9 : 6);
		else if (first)
			put_pcap_head(
			    unit == 1 ? 0xa1b23c4d : 0xa1b2c3d4, link);
		if (strcmp(mode, "lines") == 0)
			put_lines(&f, nth++);
		else if (ng)
			put_ng(&f, unit);
		else
			put_pcap(&f, unit);
	}
	if (fflush(stdout) != 0 || ferror(stdin))
		fail("input or output failed");
	return 0;
}
