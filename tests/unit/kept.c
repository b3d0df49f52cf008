/*
 * The last messages of a line (md/kept.c): which of them a request is answered
 * by.  Message n is n % 48 + 1 bytes long, unless all have one length, and its
 * bytes are n modulo 251.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "md/kept.h"
#include "tap.h"

#define ROOM 10u

static struct exch_kept k;
static unsigned char out[EXCH_KEPT_PACKET + 64];
static size_t len;
static size_t one_length; /* 0: they differ */

static size_t
size_of(uint64_t n)
{
	return one_length != 0 ? one_length : (size_t)(n % 48 + 1);
}

/* A packet's header, without what is behind it. */
static void
header(unsigned char *p, const char *session, uint64_t first, unsigned count)
{
	memcpy(p, session, 10);
	exch_put_be64(p + 10, first);
	exch_put_be16(p + 18, (uint16_t)count);
}

/* Messages are sent, and kept. */
static void
send(uint64_t first, unsigned count)
{
	static unsigned char p[EXCH_MOLD_HEAD + 65536];
	size_t n = EXCH_MOLD_HEAD;

	header(p, "SESSION   ", first, count);
	for (uint64_t i = first; count != EXCH_MOLD_OVER && i < first + count;
	     i++) {
		exch_put_be16(p + n, (uint16_t)size_of(i));
		memset(p + n + 2, (int)(i % 251), size_of(i));
		n += 2 + size_of(i);
	}
	exch_kept_put(&k, p, n);
}

static enum exch_kept_answer
ask_as(const char *session, uint64_t first, unsigned count, size_t n)
{
	unsigned char p[EXCH_MOLD_HEAD + 1] = {0};

	header(p, session, first, count);
	memset(out, 0xee, sizeof(out));
	len = 99;
	return exch_kept_answer(&k, p, n, out, &len);
}

static enum exch_kept_answer
ask(uint64_t first, unsigned count)
{
	return ask_as("SESSION   ", first, count, EXCH_MOLD_HEAD);
}

/* Is the answer so many messages from `first` on, whole, and nothing behind? */
static bool
has(uint64_t first, unsigned count)
{
	size_t n = EXCH_MOLD_HEAD;

	if (memcmp(out, "SESSION   ", 10) != 0 ||
	    exch_be64(out + 10) != first || exch_be16(out + 18) != count)
		return false;
	for (uint64_t i = first; i < first + count; i++) {
		if (exch_be16(out + n) != size_of(i))
			return false;
		for (size_t b = 0; b < size_of(i); b++)
			if (out[n + 2 + b] != i % 251)
				return false;
		n += 2 + size_of(i);
	}
	return n == len && out[n] == 0xee;
}

static void
begin(uint64_t room)
{
	exch_kept_clear(&k);
	if (exch_kept_init(&k, room) != 0)
		abort();
}

static void
test_few(void)
{
	begin(ROOM);
	tap_is_u64(exch_kept_oldest(&k), 1, "nothing was sent yet");
	send(1, 0);
	tap_is_i64(ask(1, 1), EXCH_KEPT_FUTURE, "a heartbeat is no message");
	tap_is_u64(len, 0, "there is no answer");
	send(1, 3);
	send(4, 2);
	tap_is_i64(ask(1, 1), EXCH_KEPT_SENT, "the first one is there");
	tap_ok(has(1, 1), "as it was sent");
	tap_is_i64(ask(2, 3), EXCH_KEPT_SENT, "some, of two packets");
	tap_ok(has(2, 3), "in one");
	tap_is_i64(ask(4, 100), EXCH_KEPT_SENT, "more than there are");
	tap_ok(has(4, 2), "are those that there are");
	tap_is_i64(ask(6, 1), EXCH_KEPT_FUTURE, "the next one is not there");
	tap_is_i64(
	    ask(UINT64_MAX, 1), EXCH_KEPT_FUTURE, "nor is any other one");
	send(6, EXCH_MOLD_OVER);
	tap_is_i64(ask(6, 1), EXCH_KEPT_FUTURE, "the end is none");
	tap_is_u64(k.next, 6, "and has no number");
}

static void
test_ring(void)
{
	begin(ROOM);
	send(1, 10);
	tap_is_u64(exch_kept_oldest(&k), 1, "as many as there is room for");
	tap_is_i64(ask(1, 10), EXCH_KEPT_SENT, "are all there");
	tap_ok(has(1, 10), "as they were sent");
	send(11, 1);
	tap_is_u64(exch_kept_oldest(&k), 2, "one more: the first is gone");
	tap_is_i64(ask(1, 5), EXCH_KEPT_OLD, "that is said");
	tap_ok(has(2, 0), "by the number of the oldest");
	tap_is_i64(ask(2, 100), EXCH_KEPT_SENT, "the others are there");
	tap_ok(has(2, 10), "around the end of the ring");
	/* More in one packet than there is room for. */
	send(12, 25);
	tap_is_u64(exch_kept_oldest(&k), 27, "the last ones stay");
	tap_is_i64(ask(26, 1), EXCH_KEPT_OLD, "the one before is gone");
	tap_is_i64(ask(27, 10), EXCH_KEPT_SENT, "they are there");
	tap_ok(has(27, 10), "as they were sent");

	begin(1);
	send(1, 1);
	send(2, 1);
	tap_is_i64(ask(1, 1), EXCH_KEPT_OLD, "room for one: the first is gone");
	tap_ok(has(2, 0), "the oldest is the last");
	tap_is_i64(ask(2, 2), EXCH_KEPT_SENT, "which is there");
	tap_ok(has(2, 1), "alone");
}

/* A packet is full before all that was asked for is in it. */
static void
test_full(void)
{
	uint64_t next = 1;
	unsigned packets = 0, wrong = 0;

	begin(1000);
	for (uint64_t i = 1; i <= 1000; i += 20)
		send(i, 20);
	while (next <= 1000) {
		unsigned n;
		size_t bytes = EXCH_MOLD_HEAD;

		if (ask(next, 0xfffe) != EXCH_KEPT_SENT)
			break;
		n = exch_be16(out + 18);
		for (uint64_t i = next; i < next + n; i++)
			bytes += 2 + size_of(i);
		wrong += !has(next, n) || len > EXCH_KEPT_PACKET;
		/* One more would not have gone in. */
		wrong += next + n <= 1000 &&
			 bytes + 2 + size_of(next + n) <= EXCH_KEPT_PACKET;
		next += n;
		packets++;
	}
	tap_is_u64(next, 1001, "all of it, packet by packet");
	tap_is_u64(wrong, 0, "each as full as it may be, and not more");
	tap_ok(packets > 10, "in some of them");

	one_length = 48;
	begin(1000);
	send(1, 100);
	tap_is_i64(ask(1, 100), EXCH_KEPT_SENT, "28 messages fill a packet");
	tap_ok(has(1, 28), "to its last byte");
	tap_is_u64(len, EXCH_KEPT_PACKET, "and no further");
	one_length = 0;
}

static void
test_others(void)
{
	begin(ROOM);
	send(1, 5);
	tap_is_i64(ask_as("SESSION2  ", 1, 1, EXCH_MOLD_HEAD),
	    EXCH_KEPT_FOREIGN, "another session");
	tap_is_u64(len, 0, "has no answer");
	tap_is_i64(ask_as("SESSION   ", 1, 1, EXCH_MOLD_HEAD - 1),
	    EXCH_KEPT_BAD, "a request cut short");
	tap_is_i64(ask_as("SESSION   ", 1, 1, EXCH_MOLD_HEAD + 1),
	    EXCH_KEPT_BAD, "and one that is too long");
	tap_is_i64(ask(0, 1), EXCH_KEPT_BAD, "there is no message 0");
	tap_is_i64(ask(1, 0), EXCH_KEPT_BAD, "none is asked for");
	tap_is_i64(ask(1, EXCH_MOLD_OVER), EXCH_KEPT_BAD,
	    "an end of session is no request");
	tap_is_u64(len, 0, "they have no answer");
	tap_is_i64(ask(1, 5), EXCH_KEPT_SENT, "and change nothing");
}

int
main(void)
{
	test_few();
	test_ring();
	test_full();
	test_others();
	exch_kept_clear(&k);
	exch_kept_clear(&k);
	tap_ok(k.slot == NULL, "what is cleared may be cleared again");
	return tap_done();
}
