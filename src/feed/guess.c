/*
 * Recognition of feeds that are not read (guess.h).  Each is known by a header
 * whose lengths and counts are those of the datagram, to the last byte.
 */
#include <config.h>

#include "base/bytes.h"
#include "feed/guess.h"

/* Messages behind their lengths in two bytes, to the end. */
static bool
blocks_fit(const unsigned char *p, size_t n, unsigned count)
{
	if (count == 0 || count == 0xffff)
		return false;
	for (; count > 0; count--) {
		if (n < 3 || n - 2 < exch_be16(p) || exch_be16(p) == 0)
			return false;
		n -= 2 + (size_t)exch_be16(p);
		p += 2 + (size_t)exch_be16(p);
	}
	return n == 0;
}

/* Length, count, unit and number; each message begins with its length. */
static bool
is_cboe(const unsigned char *p, size_t n)
{
	unsigned count;

	if (n < 8 || exch_le16(p) != n || p[2] == 0)
		return false;
	count = p[2];
	for (p += 8, n -= 8; count > 0; count--) {
		if (n < 2 || p[0] < 2 || p[0] > n || p[1] < 0x20)
			return false;
		n -= p[0];
		p += p[0];
	}
	return n == 0;
}

/* Length, flag, count, number and time; lengths of messages count themselves. */
static bool
is_pillar(const unsigned char *p, size_t n)
{
	unsigned count;

	if (n < 16 || exch_le16(p) != n || p[3] == 0 || p[2] == 0)
		return false;
	count = p[3];
	for (p += 16, n -= 16; count > 0; count--) {
		if (n < 4 || exch_le16(p) < 4 || exch_le16(p) > n)
			return false;
		n -= exch_le16(p);
		p += exch_le16(p);
	}
	return n == 0;
}

/* Type, length of the header, session, number; then it tells its messages. */
static bool
is_memoir(const unsigned char *p, size_t n)
{
	return n > 20 && p[0] <= 2 && p[1] == 18 &&
	       blocks_fit(p + 20, n - 20, exch_be16(p + 18));
}

static bool
is_mold(const unsigned char *p, size_t n)
{
	if (n < 20 || !blocks_fit(p + 20, n - 20, exch_be16(p + 18)))
		return false;
	for (unsigned i = 0; i < 10; i++)
		if (p[i] < ' ' || p[i] > '~')
			return false;
	return true;
}

const char *
exch_guess_udp(const unsigned char *p, size_t n)
{
	if (is_cboe(p, n))
		return "a feed of Cboe without orders";
	if (is_pillar(p, n))
		return "XDP of NYSE Pillar";
	if (is_memoir(p, n))
		return "Memoir of MEMX";
	if (is_mold(p, n))
		return "MoldUDP64 with another ITCH than Nasdaq's 5.0";
	return NULL;
}
