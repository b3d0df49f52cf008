/*
 * A day of ITCH 5.0 in the packets of Cboe's binary PITCH, for tests: the same
 * orders and executions in another venue's words.
 *
 *	pitch2 [lines|clear|again] < day.itch50 > day.pcap
 *
 * Packets of up to six messages, each in an Ethernet frame of its own.  Stocks
 * are dealt out to two units, each with its own port and numbers; the packet of
 * one ends when the other has something to say, so that the order of all is kept.
 *
 *	lines	every packet goes on two lines, of which each loses some, and
 *		never the same; and every ninth comes behind the one after it
 *	clear	in the middle each unit says that nothing is there any more
 *	again	in the middle each unit begins again with number 1
 *
 *	A F	0x22 where it fits, else 0x21 or 0x2F, in turns
 *	E	0x23		C	0x24, of which all that is left remains
 *	X	0x25 0x26, or 0x28 that keeps its place, in turns
 *	D	0x29		U	0x27 or 0x28, under the number of the first
 *	S Q	0x2D at the end, H 0x31, others none
 *
 * An order that replaces another keeps its number here: a table leads from
 * ITCH's numbers to those.  Every number has the upper bits of a real one.  Times
 * are as in the input: seconds of the day where it is, and nanoseconds.  Knows
 * nothing of the project's own decoders.
 */
#include <config.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIDNIGHT UINT64_C(1675699200000000000)
#define ORDERS (1u << 24) /* numbers of orders are below */
#define PACKET 6	  /* messages */
#define UPPER UINT64_C(0x2000000000000000)

struct order {
	uint64_t id;
	uint32_t price, shares;
	unsigned char side;
	unsigned char stock[8];
};

struct unit {
	unsigned char seg[2048];
	size_t n;
	unsigned count, packets;
	uint32_t number;
	uint64_t second;
	unsigned char late[2100]; /* a packet that is held back */
	size_t late_n;
};

static struct order orders[ORDERS];
static struct unit units[2];
static uint64_t when;
static unsigned turn, messages;
static int lines, clear, again;

static void
fail(const char *why)
{
	fprintf(stderr, "pitch2: %s\n", why);
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

/* ---- packets ---- */

static void
frame(unsigned port, const unsigned char *payload, size_t n)
{
	unsigned char h[16 + 42] = {0};

	le(h, (MIDNIGHT + when) / 1000000000, 4);
	le(h + 4, (MIDNIGHT + when) % 1000000000, 4);
	le(h + 8, 42 + n, 4);
	le(h + 12, 42 + n, 4);
	h[16 + 12] = 8;
	h[30] = 0x45;
	h[32] = (unsigned char)((28 + n) >> 8);
	h[33] = (unsigned char)(28 + n);
	h[38] = 16;
	h[39] = 17;
	memcpy(h + 46, "\xe9\xd1\x5c\xc3", 4);
	h[52] = (unsigned char)(port >> 8);
	h[53] = (unsigned char)port;
	h[54] = (unsigned char)((8 + n) >> 8);
	h[55] = (unsigned char)(8 + n);
	put(h, sizeof(h));
	put(payload, n);
}

static void
flush(struct unit *u)
{
	unsigned of = (unsigned)(u - units), port = 30201 + 2 * of;
	unsigned char out[8 + sizeof(u->seg)];

	if (u->count == 0)
		return;
	le(out, 8 + u->n, 2);
	out[2] = (unsigned char)u->count;
	out[3] = (unsigned char)(1 + of);
	le(out + 4, u->number, 4);
	memcpy(out + 8, u->seg, u->n);
	u->packets++;
	if (lines && u->packets % 9 == 1 && u->packets % 7 != 3) {
		memcpy(u->late, out, 8 + u->n);
		u->late_n = 8 + u->n;
	} else if (!lines || u->packets % 7 != 3) {
		frame(port, out, 8 + u->n);
	}
	if (lines && u->packets % 7 != 5)
		frame(port + 1, out, 8 + u->n);
	if (u->late_n != 0 && u->packets % 9 != 1) {
		frame(port, u->late, u->late_n);
		u->late_n = 0;
	}
	u->number += u->count;
	u->count = 0;
	u->n = 0;
}

/* A message with its length and type; the four bytes behind them are left. */
static unsigned char *
bare(struct unit *u, unsigned type, unsigned len)
{
	unsigned char *p;

	if (u->count == PACKET)
		flush(u);
	p = u->seg + u->n;
	memset(p, 0, len);
	p[0] = (unsigned char)len;
	p[1] = (unsigned char)type;
	u->n += len;
	u->count++;
	return p;
}

static unsigned char *
begin(struct unit *u, unsigned type, unsigned len)
{
	unsigned char *p;

	flush(&units[u == units]);
	if (u->second != when / 1000000000) {
		u->second = when / 1000000000;
		le(bare(u, 0x20, 6) + 2, u->second, 4);
	}
	p = bare(u, type, len);
	le(p + 2, when % 1000000000, 4);
	return p;
}

/* ---- messages ---- */

static struct unit *
unit_of(const unsigned char *stock)
{
	return &units[stock[0] % 2];
}

static struct order *
find(uint64_t ref)
{
	if (ref == 0 || ref >= ORDERS)
		fail("the number of an order is too large");
	return &orders[ref];
}

static int
fits(const struct order *o)
{
	return o->shares < 0x10000 && o->price % 100 == 0 &&
	       o->price / 100 < 0x10000;
}

static void
added(const unsigned char *m)
{
	uint64_t ref = be(m + 11, 8);
	struct order o = {.id = ref | UPPER,
	    .price = (uint32_t)be(m + 32, 4),
	    .shares = (uint32_t)be(m + 20, 4),
	    .side = m[19]};
	unsigned char *p;

	memcpy(o.stock, m + 24, 8);
	*find(ref) = o;
	turn++;
	if (fits(&o) && turn % 4 != 0) {
		p = begin(unit_of(o.stock), 0x22, 26);
		le(p + 15, o.shares, 2);
		memcpy(p + 17, o.stock, 6);
		le(p + 23, o.price / 100, 2);
	} else {
		int wide = turn % 8 == 0;

		p = begin(unit_of(o.stock), wide ? 0x2f : 0x21, wide ? 41 : 34);
		le(p + 15, o.shares, 4);
		memcpy(p + 19, o.stock, wide ? 8 : 6);
		le(p + (wide ? 27 : 25), o.price, 8);
	}
	le(p + 6, o.id, 8);
	p[14] = o.side;
}

static void
executed(const unsigned char *m)
{
	struct order *o = find(be(m + 11, 8));
	uint32_t shares = (uint32_t)be(m + 19, 4);
	int at = m[0] == 'C';
	unsigned char *p =
	    begin(unit_of(o->stock), at ? 0x24 : 0x23, at ? 38 : 26);

	o->shares -= shares;
	le(p + 6, o->id, 8);
	le(p + 14, shares, 4);
	if (at) {
		le(p + 18, o->shares, 4);
		le(p + 30, be(m + 32, 4), 8);
	}
	le(p + (at ? 22 : 18), be(m + 23, 8), 8);
}

/* All that an order is now, in short or at length. */
static void
modified(const struct order *o, unsigned flags)
{
	int small = fits(o);
	unsigned char *p =
	    begin(unit_of(o->stock), small ? 0x28 : 0x27, small ? 19 : 27);

	le(p + 6, o->id, 8);
	le(p + 14, o->shares, small ? 2 : 4);
	le(p + (small ? 16 : 18), small ? o->price / 100 : o->price,
	    small ? 2 : 8);
	p[small ? 18 : 26] = (unsigned char)flags;
}

static void
cancelled(const unsigned char *m)
{
	struct order *o = find(be(m + 11, 8));
	uint32_t less = (uint32_t)be(m + 19, 4);
	int small = less < 0x10000;
	unsigned char *p;

	o->shares -= less;
	if (turn++ % 3 == 0 && o->shares != 0) {
		modified(o, 3);
		return;
	}
	p = begin(unit_of(o->stock), small ? 0x26 : 0x25, small ? 16 : 18);
	le(p + 6, o->id, 8);
	le(p + 14, less, small ? 2 : 4);
}

static void
deleted(const unsigned char *m)
{
	const struct order *o = find(be(m + 11, 8));

	le(begin(unit_of(o->stock), 0x29, 14) + 6, o->id, 8);
}

static void
replaced(const unsigned char *m)
{
	struct order o = *find(be(m + 11, 8));

	o.shares = (uint32_t)be(m + 27, 4);
	o.price = (uint32_t)be(m + 31, 4);
	*find(be(m + 19, 8)) = o;
	modified(&o, 1);
}

static void
status(const unsigned char *m)
{
	unsigned char *p = begin(unit_of(m + 11), 0x31, 18);

	memcpy(p + 6, m + 11, 8);
	p[14] = m[19] == 'P' ? 'H' : m[19];
	p[15] = '0';
}

static void
end(void)
{
	for (unsigned i = 0; i < 2; i++)
		if (units[i].number > 1 || units[i].count > 0)
			(void)begin(&units[i], 0x2d, 6);
}

/* The middle of the day. */
static void
middle(void)
{
	for (unsigned i = 0; i < 2; i++) {
		struct unit *u = &units[i];

		if (u->number == 1 && u->count == 0)
			continue;
		if (clear)
			(void)begin(u, 0x97, 6);
		if (again) {
			flush(u);
			u->number = 1;
			u->second = 0;
		}
	}
}

static void
message(const unsigned char *m)
{
	when = be(m + 5, 6);
	if (++messages == 12 && (clear || again))
		middle();
	switch (m[0]) {
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
		deleted(m);
		break;
	case 'U':
		replaced(m);
		break;
	case 'H':
		status(m);
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
	clear = argc == 2 && strcmp(argv[1], "clear") == 0;
	again = argc == 2 && strcmp(argv[1], "again") == 0;
	if (argc > 2 || (argc == 2 && !lines && !clear && !again))
		fail("usage: pitch2 [lines|clear|again] < in > out");
	units[0].number = units[1].number = 1;
	put(head, sizeof(head));
	while (fread(m, 1, 2, stdin) == 2) {
		size_t n = be(m, 2);

		if (n == 0) /* the end, where it is told */
			break;
		if (n > 64 || fread(m + 2, 1, n, stdin) != n)
			fail("a message of an odd size");
		message(m + 2);
	}
	end();
	for (unsigned i = 0; i < 2; i++) {
		flush(&units[i]);
		if (units[i].late_n != 0)
			frame(30201 + 2 * i, units[i].late, units[i].late_n);
	}
	if (fflush(stdout) != 0 || ferror(stdin))
		fail("input or output failed");
	return 0;
}
