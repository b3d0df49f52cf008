/* Feeds that are recognised and not read: their headers, right and wrong. */
#include <config.h>

#include "feed/guess.h"
#include "feed_kit.h"

static struct kit k;

static const char *
udp(void)
{
	const char *what = exch_guess_udp(k.b, k.n);

	return what != NULL ? what : "nothing";
}

/* One byte less, one more, and a count that is not right. */
static void
only_whole(size_t count, const char *name)
{
	char what[96];

	k.n--;
	snprintf(what, sizeof(what), "%s: a byte is missing", name);
	tap_is_str(udp(), "nothing", what);
	k.n += 2;
	snprintf(what, sizeof(what), "%s: a byte too many", name);
	tap_is_str(udp(), "nothing", what);
	k.n--;
	k.b[count]++;
	snprintf(what, sizeof(what), "%s: a message too many", name);
	tap_is_str(udp(), "nothing", what);
	k.n = 0;
}

static void
test_udp(void)
{
	tap_is_str(udp(), "nothing", "no bytes");

	kit_int(&k, 8 + 6 + 7, 2, false);
	kit_u8(&k, 2);
	kit_u8(&k, 1);
	kit_int(&k, 77, 4, false);
	kit_u8(&k, 6);
	kit_text(&k, " ", 5);
	kit_u8(&k, 7);
	kit_u8(&k, 0x22);
	kit_text(&k, "order", 5);
	tap_is_str(udp(), "a feed of Cboe without orders", "PITCH");
	only_whole(2, "PITCH");

	kit_int(&k, 16 + 6, 2, false);
	kit_u8(&k, 11);
	kit_u8(&k, 1);
	kit_int(&k, 7, 4, false);
	kit_int(&k, 0, 8, false);
	kit_int(&k, 6, 2, false);
	kit_text(&k, "dddd", 4);
	tap_is_str(udp(), "XDP of NYSE Pillar", "XDP");
	only_whole(3, "XDP");

	kit_u8(&k, 2);
	kit_u8(&k, 18);
	kit_be(&k, 1, 8);
	kit_be(&k, 2, 8);
	kit_be(&k, 1, 2);
	kit_be(&k, 3, 2);
	kit_text(&k, "sbe", 3);
	tap_is_str(udp(), "Memoir of MEMX", "Memoir");
	only_whole(19, "Memoir");

	kit_mold(&k, "SESSION", 1, 1);
	kit_be(&k, 3, 2);
	kit_text(&k, "E..", 3);
	tap_is_str(udp(), "MoldUDP64 with another ITCH than Nasdaq's 5.0",
	    "another ITCH");
	only_whole(19, "another ITCH");
}

int
main(void)
{
	test_udp();
	return tap_done();
}
