/*
 * TCP put together: whatever order segments come in, both sides give their
 * bytes once and in order; what never comes is told; memory is bounded.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/rng.h"
#include "sock/soup.h"
#include "feed/tcp.h"
#include "tap.h"

#define SAY 20000
#define HEAD 20

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };

/* What two sides say, and what was heard of it. */
static unsigned char said[2][SAY], heard[2][SAY];
static size_t nheard[2];
static uint64_t lost[2], overs, calls, bytes, backs, astray;
static int client;

static int
on_bytes(void *arg, const struct exch_tcp_bytes *b, struct exch_diag *d)
{
	/* which of both is known by its port */
	unsigned side = b->conn->end[b->from].port != 1000;

	(void)arg;
	(void)d;
	calls++;
	bytes += b->n;
	backs += b->back;
	client = b->conn->client < 0
		     ? -1
		     : b->conn->end[b->conn->client].port == 1000;
	lost[side] += b->lost;
	nheard[side] += b->lost;
	if (nheard[side] + b->n <= SAY)
		memcpy(heard[side] + nheard[side], b->p, b->n);
	nheard[side] += b->n;
	return 0;
}

static int
on_over(void *arg, struct exch_tcp_conn *c, struct exch_diag *d)
{
	(void)arg;
	(void)c;
	(void)d;
	overs++;
	return 0;
}

static int
on_astray(void *arg, const struct exch_feed_at *at, struct exch_diag *d)
{
	(void)arg;
	(void)at;
	(void)d;
	astray++;
	return 0;
}

static const struct exch_tcp_taker taker = {NULL, on_bytes, on_over, on_astray};

static struct exch_tcp *
begin(void)
{
	struct exch_diag d = {0};
	struct exch_tcp *t = NULL;

	memset(heard, 0, sizeof(heard));
	nheard[0] = nheard[1] = lost[0] = lost[1] = overs = calls = 0;
	bytes = backs = astray = 0;
	client = -2;
	tap_is_u64((uint64_t)-exch_tcp_new(&taker, &t, &d), 0, "a new one");
	return t;
}

/* A segment from side 0 (port 1000) or 1 (port 2000). */
static enum exch_tcp_result
send_at(struct exch_tcp *t, exch_ts time, unsigned side, uint32_t seq,
    unsigned flags, const void *p, size_t n)
{
	static const unsigned char addr[2][4] = {{10, 0, 0, 1}, {9, 9, 9, 9}};
	unsigned char b[HEAD + 4096] = {0};
	struct exch_tcp_segment g = {.family = 4,
	    .src = addr[side],
	    .dst = addr[!side],
	    .p = b,
	    .n = HEAD + n,
	    .time = time,
	    .at = {EXCH_POS_PACKET, 1, 34}};
	enum exch_tcp_result r = EXCH_TCP_BAD;
	struct exch_diag d = {0};

	exch_put_be16(b, side == 0 ? 1000 : 2000);
	exch_put_be16(b + 2, side == 0 ? 2000 : 1000);
	exch_put_be32(b + 4, seq);
	b[12] = 5 << 4;
	b[13] = (unsigned char)flags;
	if (n != 0)
		memcpy(b + HEAD, p, n);
	if (exch_tcp_take(t, &g, &r, &d) != 0)
		return EXCH_TCP_BAD;
	return r;
}

#define START UINT32_C(0xffffff00) /* numbers pass through zero */

/* Pieces of one side in a window of disorder, some twice, overlapping. */
static void
say_all(struct exch_tcp *t, struct exch_rng *r, unsigned side)
{
	struct {
		size_t at, n;
	} held[8];
	unsigned n = 0;
	size_t at = 0;

	while (at < SAY || n > 0) {
		unsigned i;

		while (n < 8 && at < SAY) {
			size_t back = (size_t)exch_rng_below(r, 30);
			size_t len = 1 + (size_t)exch_rng_below(r, 400);

			if (at + len > SAY)
				len = SAY - at;
			back = back < at ? back : at;
			held[n].at = at - back;
			held[n++].n = len + back;
			at += len;
		}
		i = (unsigned)exch_rng_below(r, n);
		(void)send_at(t, 1, side, START + 1 + (uint32_t)held[i].at, ACK,
		    said[side] + held[i].at, held[i].n);
		if (!exch_rng_chance(r, 1, 5))
			held[i] = held[--n];
	}
}

static void
test_disorder(void)
{
	struct exch_diag d = {0};
	struct exch_rng r;
	unsigned bad = 0;

	for (uint64_t seed = 1; seed <= 50; seed++) {
		struct exch_tcp *t = begin();

		exch_rng_seed(&r, seed);
		(void)send_at(t, 1, 0, START, SYN, NULL, 0);
		(void)send_at(t, 1, 1, START, SYN | ACK, NULL, 0);
		say_all(t, &r, 0);
		say_all(t, &r, 1);
		(void)exch_tcp_finish(t, &d);
		bad += nheard[0] != SAY || nheard[1] != SAY ||
		       memcmp(heard[0], said[0], SAY) != 0 ||
		       memcmp(heard[1], said[1], SAY) != 0 || lost[0] != 0 ||
		       lost[1] != 0 || overs != 1 || client != 1;
		exch_tcp_free(t);
	}
	tap_is_u64(bad, 0, "fifty orders of segments: what was said is heard");
}

static void
test_holes(void)
{
	struct exch_diag d = {0};
	struct exch_tcp *t = begin();

	(void)send_at(t, 1, 0, 100, ACK, said[0], 10);
	(void)send_at(t, 2, 0, 120, ACK, said[0] + 20, 10);
	tap_is_u64(nheard[0], 10, "a hole is waited for");
	(void)send_at(t, 2 + EXCH_TCP_WAIT, 0, 130, ACK, said[0] + 30, 10);
	tap_is_u64(lost[0], 10, "for a time, then it is told");
	tap_is_u64(nheard[0], 40, "and what was behind it comes");
	(void)send_at(t, 3 + EXCH_TCP_WAIT, 0, 110, ACK, said[0] + 10, 10);
	tap_is_u64(nheard[0], 40, "later than that nobody waits for it");
	tap_is_u64((uint64_t)(client + 2), 1, "who asked was not captured");
	(void)send_at(t, 4 + EXCH_TCP_WAIT, 0, 200, ACK, said[0], 10);
	(void)exch_tcp_finish(t, &d);
	tap_is_u64(lost[0], 70, "at the end all is given up");
	tap_is_u64(exch_tcp_stats(t)->holes, 2, "both are counted");
	exch_tcp_free(t);
	tap_is_u64(overs, 1, "over once");

	/* another connection's time passes, too */
	t = begin();
	(void)send_at(t, 1, 0, 100, ACK, said[0], 10);
	(void)send_at(t, 2, 0, 120, ACK, said[0], 10);
	(void)send_at(t, 3 + EXCH_TCP_WAIT, 1, 7, ACK, said[1], 1);
	tap_is_u64(lost[0], 10, "whoever sends says what time it is");
	exch_tcp_free(t);

	t = begin();
	(void)send_at(t, 1, 0, 100, ACK, said[0], 1);
	for (uint32_t i = 0; i < 400; i++)
		(void)send_at(t, 1, 0, 200 + i * 1000, ACK, said[0], 1000);
	tap_ok(lost[0] == 99, "no more is held back than is allowed");
	exch_tcp_free(t);
}

#define FAR (1u << 21)

/* A damaged number, in a connection that goes on, or is silent for a while. */
static void
test_astray(void)
{
	struct exch_diag d = {0};
	struct exch_tcp *t = begin();

	(void)send_at(t, 1, 0, 100, ACK, said[0], 10);
	(void)send_at(t, 2, 0, 110 + FAR, ACK, said[0], 10);
	for (uint32_t i = 0; i < 20; i++)
		(void)send_at(t, 2 + i * (EXCH_TCP_WAIT / 10), 0, 110 + 10 * i,
		    ACK, said[0], 10);
	tap_is_u64(bytes, 210, "a side goes on without a segment");
	tap_is_u64(lost[0] + exch_tcp_stats(t)->lost, 0, "nothing is missing");
	tap_is_u64(astray, 1, "the segment is told");
	(void)exch_tcp_finish(t, &d);
	tap_is_u64(bytes, 210, "and left out");
	exch_tcp_free(t);

	/* a hole that others fill is waited for from then on */
	t = begin();
	(void)send_at(t, 1, 0, 100, ACK, said[0], 10);
	(void)send_at(t, 2, 0, 130, ACK, said[0], 10);
	(void)send_at(t, EXCH_TCP_WAIT, 0, 110, ACK, said[0], 10);
	(void)send_at(t, EXCH_TCP_WAIT * 2 - 1, 1, 7, ACK, said[1], 1);
	tap_is_u64(bytes, 21, "a hole becomes smaller: there is more to come");
	(void)send_at(t, EXCH_TCP_WAIT * 2 - 1, 0, 120, ACK, said[0], 10);
	tap_is_u64(bytes, 41, "which comes");
	exch_tcp_free(t);

	t = begin();
	(void)send_at(t, 1, 0, 100, ACK, said[0], 10);
	(void)send_at(t, 2, 0, 110 + FAR, ACK, said[0], 10);
	(void)send_at(t, 3 + EXCH_TCP_WAIT, 1, 7, ACK, said[1], 1);
	tap_is_u64(lost[0], FAR, "in silence it is believed");
	(void)send_at(t, 4 + EXCH_TCP_WAIT, 0, 110, ACK, said[0], 10);
	tap_is_u64(backs, 1, "until the next segment");
	(void)send_at(t, 5 + EXCH_TCP_WAIT, 0, 120, ACK, said[0], 10);
	tap_is_u64(bytes, 41, "from which it goes on");
	exch_tcp_free(t);
}

static void
test_life(void)
{
	struct exch_tcp *t = begin();

	(void)send_at(t, 1, 1, 50, SYN, NULL, 0);
	(void)send_at(t, 1, 0, 80, SYN | ACK, NULL, 0);
	(void)send_at(t, 1, 1, 51, ACK, "abc", 3);
	(void)send_at(t, 1, 1, 51, ACK, "abc", 3);
	tap_is_u64(nheard[1], 3, "sent twice, heard once");
	(void)send_at(t, 1, 1, 54, FIN | ACK, NULL, 0);
	tap_is_u64(overs, 0, "one side may go on");
	(void)send_at(t, 1, 0, 81, FIN | ACK, "de", 2);
	tap_is_u64(nheard[0], 2, "with the last that it says");
	tap_is_u64(overs, 1, "then it is over");
	(void)send_at(t, 1, 1, 51, ACK, "abc", 3);
	tap_is_u64(nheard[1], 3, "what comes after is no new connection");
	(void)send_at(t, 2, 1, 9000, SYN, NULL, 0);
	(void)send_at(t, 2, 1, 9001, ACK, "xyz", 3);
	tap_is_u64(nheard[1], 6, "which begins with its own numbers");
	(void)send_at(t, 2, 1, 9004, RST, NULL, 0);
	tap_is_u64(overs, 2, "or is cut off");
	tap_is_u64(send_at(t, 3, 1, 1, ACK, NULL, 0), EXCH_TCP_OK, "idle");
	exch_tcp_free(t);
	tap_is_u64(overs, 2, "each was over once");
}

/* Of what comes at odd times. */
static void
test_resets(void)
{
	struct exch_tcp *t = begin();
	struct exch_diag d = {0};

	(void)send_at(t, 1, 0, 100, ACK, said[0], 10);
	(void)send_at(t, 1, 0, 5, RST, NULL, 0);
	(void)send_at(t, 1, 0, 110, ACK, said[0] + 10, 10);
	tap_is_u64(nheard[0], 20, "a reset of another time is none");
	(void)send_at(t, 1, 0, 140, RST, NULL, 0);
	tap_is_u64(overs, 0, "one behind a hole waits for what is in it");
	(void)send_at(t, 1, 0, 120, ACK, said[0] + 20, 20);
	tap_is_u64(overs, 1, "and then it is over");
	(void)send_at(t, 2, 0, 5000, ACK, said[0], 7);
	tap_is_u64(nheard[0], 47, "other numbers are of another connection");
	exch_tcp_free(t);

	t = begin();
	(void)send_at(t, 1, 0, 99, SYN, NULL, 0);
	(void)send_at(t, 1, 0, 100, FIN, said[0], 5);
	tap_is_u64(overs, 1, "a side that alone was captured ends it alone");
	exch_tcp_free(t);

	/* the first hole is due, the second is not */
	t = begin();
	(void)send_at(t, 1, 0, 100, ACK, said[0], 10);
	(void)send_at(t, 2, 0, 120, ACK, said[0], 10);
	(void)send_at(t, EXCH_TCP_WAIT, 0, 140, ACK, said[0], 10);
	(void)send_at(t, 2 + EXCH_TCP_WAIT, 1, 7, ACK, said[1], 1);
	tap_is_u64(lost[0], 10, "each hole has its own time");
	(void)exch_tcp_finish(t, &d);
	tap_is_u64(lost[0], 20, "or until the end");
	exch_tcp_free(t);
}

static void
test_bad(void)
{
	struct exch_tcp *t = begin();
	unsigned char b[24] = {0};
	static const unsigned char addr[4] = {1, 2, 3, 4};
	struct exch_tcp_segment g = {
	    .family = 4, .src = addr, .dst = addr, .p = b, .time = 1};
	enum exch_tcp_result r = EXCH_TCP_OK;
	struct exch_diag d = {0};
	unsigned wrong = 0;

	for (g.n = 0; g.n < 20; g.n++)
		wrong +=
		    exch_tcp_take(t, &g, &r, &d) != 0 || r != EXCH_TCP_SHORT;
	tap_is_u64(wrong, 0, "a header that is cut");
	g.n = 20;
	b[12] = 4 << 4;
	tap_ok(exch_tcp_take(t, &g, &r, &d) == 0 && r == EXCH_TCP_BAD,
	    "one of four words");
	b[12] = 6 << 4;
	tap_ok(exch_tcp_take(t, &g, &r, &d) == 0 && r == EXCH_TCP_SHORT,
	    "options that are not there");
	(void)send_at(t, 1, 0, 1, ACK, "a", 1);
	tap_is_u64(send_at(t, 1, 0, UINT32_C(0x80000000), ACK, "a", 1),
	    EXCH_TCP_BAD, "a number of no window");
	exch_tcp_free(t);
}

/* ---- SoupBinTCP ---- */

static char packets[64];
static size_t npackets;

static int
on_packet(void *arg, unsigned char type, const unsigned char *p, size_t n,
    struct exch_diag *d)
{
	(void)arg;
	(void)d;
	packets[npackets++] = (char)type;
	if (n > 0)
		packets[npackets++] = (char)p[n - 1];
	packets[npackets] = '\0';
	return 0;
}

static void
test_soup(void)
{
	static const unsigned char b[] = "\0\3Uab\0\1R\0\4Sxyz\0\1Z";
	const size_t n = sizeof(b) - 1;
	const struct exch_soup_taker to = {NULL, on_packet};
	struct exch_diag d = {0};
	unsigned wrong = 0;
	bool bad = false;

	for (size_t cut = 0; cut <= n; cut++) {
		struct exch_soup s = {.have = 0};

		npackets = 0;
		(void)exch_soup_take(&s, b, cut, &to, &bad, &d);
		wrong += bad;
		(void)exch_soup_take(&s, b + cut, n - cut, &to, &bad, &d);
		wrong += bad || strcmp(packets, "UbRSzZ") != 0;
		exch_soup_clear(&s);
	}
	tap_is_u64(wrong, 0, "packets in two pieces, cut anywhere");

	for (size_t cut = 0; cut < n; cut++) {
		struct exch_soup s = {.have = 0};

		npackets = 0;
		packets[0] = '\0';
		(void)exch_soup_take(&s, b, cut, &to, &bad, &d);
		exch_soup_lose(&s);
		(void)exch_soup_take(&s, b + 8, n - 8, &to, &bad, &d);
		wrong += strstr(packets, "SzZ") == NULL;
		exch_soup_clear(&s);
	}
	tap_is_u64(wrong, 0, "after a loss it goes on where one begins");

	tap_ok(exch_soup_is(b, n) && exch_soup_is(b, 4), "is it, or a part");
	tap_ok(!exch_soup_is(b, 2), "too little to tell");
	tap_ok(!exch_soup_is((const unsigned char *)"\0\2Rx", 4),
	    "no heartbeat has two bytes");
	tap_ok(!exch_soup_is((const unsigned char *)"GET / HTTP/1.1\r\n", 16),
	    "nor is this one");

	/* a length that would swallow what follows */
	{
		static const unsigned char lies[] = "\0\3Uab\377\377Uxx\0\1R";
		struct exch_soup s = {.have = 0};

		npackets = 0;
		packets[0] = '\0';
		(void)exch_soup_take(&s, lies, sizeof(lies) - 1, &to, &bad, &d);
		tap_ok(bad, "a length of 65535 is none");
		(void)exch_soup_take(&s, b, n, &to, &bad, &d);
		tap_is_str(packets, "UbUbRSzZ", "and what follows is there");
		exch_soup_clear(&s);
	}
}

int
main(void)
{
	struct exch_rng r;

	exch_rng_seed(&r, 1);
	for (size_t i = 0; i < SAY; i++) {
		said[0][i] = (unsigned char)exch_rng_u64(&r);
		said[1][i] = (unsigned char)exch_rng_u64(&r);
	}
	test_disorder();
	test_holes();
	test_astray();
	test_life();
	test_resets();
	test_bad();
	test_soup();
	return tap_done();
}
