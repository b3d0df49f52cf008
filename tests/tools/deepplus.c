/*
 * A day of ITCH 5.0 in the messages of IEX DEEP+, for tests: the same orders
 * and executions in another venue's words.
 *
 *	deepplus [lines] < day.itch50 > day.pcap
 *
 * Segments of up to six messages, each in an Ethernet frame of its own.  With
 * `lines` every segment is sent on two lines, of which each loses some, and
 * never the same.
 *
 *	A F	a		E C	L, with C of N as of an auction
 *	D	R		X	M that keeps its place
 *	U	R and a		Q	none: L tells it
 *	S	S		others	none
 *
 * Times are those of 2023-02-07 in China.  Knows nothing of the project's own
 * decoders.
 */
#include <config.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIDNIGHT UINT64_C(1675699200000000000)
#define ORDERS (1u << 24) /* numbers of orders are below */
#define SEGMENT 6	  /* messages */

struct order {
	uint32_t price, shares;
	unsigned char side;
	unsigned char stock[8];
};

static struct order orders[ORDERS];
static unsigned char seg[2048];
static size_t seg_n;
static unsigned seg_count, segments;
static uint64_t number = 1, when;
static int lines;

static void
fail(const char *why)
{
	fprintf(stderr, "deepplus: %s\n", why);
	exit(1);
}

static uint64_t
be(const unsigned char *p, unsigned n)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

static void
le(unsigned char *p, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static void
put(const void *p, size_t n)
{
	if (fwrite(p, 1, n, stdout) != n)
		fail("cannot write");
}

/* ---- segments ---- */

static void
frame(unsigned port, const unsigned char *payload, size_t n)
{
	unsigned char h[16 + 42] = {0};

	le(h, when / 1000000000, 4);
	le(h + 4, when % 1000000000, 4);
	le(h + 8, 42 + n, 4);
	le(h + 12, 42 + n, 4);
	h[16 + 12] = 8;
	h[30] = 0x45;
	h[32] = (unsigned char)((28 + n) >> 8);
	h[33] = (unsigned char)(28 + n);
	h[38] = 16;
	h[39] = 17;
	memcpy(h + 46, "\xe9\xd7\x15\xf1", 4);
	h[52] = (unsigned char)(port >> 8);
	h[53] = (unsigned char)port;
	h[54] = (unsigned char)((8 + n) >> 8);
	h[55] = (unsigned char)(8 + n);
	put(h, sizeof(h));
	put(payload, n);
}

static void
flush(void)
{
	static unsigned char out[40 + sizeof(seg)];

	if (seg_count == 0)
		return;
	memset(out, 0, 40);
	out[0] = 1;
	le(out + 2, 0x8005, 2);
	le(out + 4, 1, 4);
	le(out + 8, 20230207, 4);
	le(out + 12, seg_n, 2);
	le(out + 14, seg_count, 2);
	le(out + 24, number, 8);
	memcpy(out + 40, seg, seg_n);
	segments++;
	if (!lines || segments % 7 != 3)
		frame(10378, out, 40 + seg_n);
	if (lines && segments % 7 != 5)
		frame(10379, out, 40 + seg_n);
	number += seg_count;
	seg_count = 0;
	seg_n = 0;
}

/* A message with its first ten bytes, and room for the others. */
static unsigned char *
begin(unsigned char type, unsigned char flags, unsigned len)
{
	unsigned char *p = seg + seg_n;

	if (seg_count == SEGMENT) {
		flush();
		p = seg;
	}
	le(p, len, 2);
	memset(p + 2, 0, len);
	p[2] = type;
	p[3] = flags;
	le(p + 4, when, 8);
	seg_n += 2 + len;
	seg_count++;
	return p + 2;
}

/* ---- messages ---- */

static struct order *
find(uint64_t ref)
{
	if (ref == 0 || ref >= ORDERS)
		fail("the number of an order is too large");
	return &orders[ref];
}

static void
add(uint64_t ref, const struct order *o)
{
	unsigned char *p = begin('a', o->side == 'B' ? '8' : '5', 38);

	*find(ref) = *o;
	memcpy(p + 10, o->stock, 8);
	le(p + 18, ref, 8);
	le(p + 26, o->shares, 4);
	le(p + 30, o->price, 8);
}

static void
added(const unsigned char *m)
{
	struct order o = {.price = (uint32_t)be(m + 32, 4),
	    .shares = (uint32_t)be(m + 20, 4),
	    .side = m[19]};

	memcpy(o.stock, m + 24, 8);
	add(be(m + 11, 8), &o);
}

static void
executed(const unsigned char *m)
{
	uint64_t ref = be(m + 11, 8);
	struct order *o = find(ref);
	uint32_t shares = (uint32_t)be(m + 19, 4);
	int cross = m[0] == 'C' && m[31] == 'N';
	unsigned char *p = begin('L', cross ? 8 : 0, 46);

	memcpy(p + 10, o->stock, 8);
	le(p + 18, ref, 8);
	le(p + 26, shares, 4);
	le(p + 30, m[0] == 'C' ? be(m + 32, 4) : o->price, 8);
	le(p + 38, be(m + 23, 8), 8);
	o->shares -= shares;
}

static void
cancelled(const unsigned char *m)
{
	uint64_t ref = be(m + 11, 8);
	struct order *o = find(ref);
	unsigned char *p = begin('M', 1, 38);

	o->shares -= (uint32_t)be(m + 19, 4);
	memcpy(p + 10, o->stock, 8);
	le(p + 18, ref, 8);
	le(p + 26, o->shares, 4);
	le(p + 30, o->price, 8);
}

static void
deleted(uint64_t ref)
{
	unsigned char *p = begin('R', 0, 26);

	memcpy(p + 10, find(ref)->stock, 8);
	le(p + 18, ref, 8);
}

static void
replaced(const unsigned char *m)
{
	struct order o = *find(be(m + 11, 8));

	deleted(be(m + 11, 8));
	o.shares = (uint32_t)be(m + 27, 4);
	o.price = (uint32_t)be(m + 31, 4);
	add(be(m + 19, 8), &o);
}

static void
message(const unsigned char *m)
{
	when = MIDNIGHT + be(m + 5, 6);
	switch (m[0]) {
	case 'S':
		(void)begin('S', m[11] == 'Q' ? 'R' : m[11], 10);
		break;
	case 'A':
	case 'F':
		added(m);
		break;
	case 'E':
	case 'C':
		executed(m);
		break;
	case 'X':
		cancelled(m);
		break;
	case 'D':
		deleted(be(m + 11, 8));
		break;
	case 'U':
		replaced(m);
		break;
	default:
		break;
	}
}

int
main(int argc, char **argv)
{
	static const unsigned char head[24] = {0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4,
	    0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1};
	unsigned char m[64 + 2];

	lines = argc == 2 && strcmp(argv[1], "lines") == 0;
	if (argc > 2 || (argc == 2 && !lines))
		fail("usage: deepplus [lines] < in > out");
	put(head, sizeof(head));
	while (fread(m, 1, 2, stdin) == 2) {
		size_t n = be(m, 2);

		if (n == 0) /* the end, where it is told */
			break;
		if (n > 64 || fread(m + 2, 1, n, stdin) != n)
			fail("a message of an odd size");
		message(m + 2);
	}
	flush();
	if (fflush(stdout) != 0 || ferror(stdin))
		fail("input or output failed");
	return 0;
}
