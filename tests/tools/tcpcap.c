/*
 * Captures of TCP as networks make them, for tests.
 *
 *	tcpcap wrap SEED < bytes > capture
 *		one connection in which a client sends these bytes in pieces
 *	tcpcap mangle SEED [split] [again] [reorder] [lose]
 *			< capture > another
 *		segments cut in two, sent twice, and captured out of order
 *		within their connection; some in a hundred are missing
 *	tcpcap one-way < capture > another
 *		only what goes to port 26400
 *	tcpcap skip N < capture > another
 *		without the first N packets
 *
 * Reads only little-endian nanosecond captures of Ethernet, IPv4 and TCP
 * without options.
 */
#include <config.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/rng.h"
#include "md/wire.h"

#define HEADS (EXCH_WIRE_ETHERNET + EXCH_WIRE_IPV4 + EXCH_WIRE_TCP)
#define MOST 2048

struct frame {
	unsigned char record[EXCH_WIRE_RECORD];
	unsigned char b[HEADS + MOST];
	size_t n;
};

static struct exch_rng rng;
static bool split, again, reorder, lose;

static void
fail(const char *why)
{
	fprintf(stderr, "tcpcap: %s\n", why);
	exit(1);
}

static void
put(const void *p, size_t n)
{
	if (fwrite(p, 1, n, stdout) != n)
		fail("cannot write");
}

static void
put_frame(struct frame *f)
{
	exch_put_le32(f->record + 8, (uint32_t)f->n);
	exch_put_le32(f->record + 12, (uint32_t)f->n);
	put(f->record, sizeof(f->record));
	put(f->b, f->n);
}

static bool
get_frame(struct frame *f)
{
	size_t n = fread(f->record, 1, sizeof(f->record), stdin);

	if (n == 0)
		return false;
	f->n = exch_le32(f->record + 8);
	if (n != sizeof(f->record) || f->n < HEADS || f->n > sizeof(f->b) ||
	    fread(f->b, 1, f->n, stdin) != f->n)
		fail("no such capture");
	return true;
}

/* ---- mangle ---- */

/* Of `most` in a hundred. */
static bool
chance(unsigned most)
{
	return exch_rng_below(&rng, 100) < most;
}

static size_t
payload(const struct frame *f)
{
	return f->n - HEADS;
}

/* The first `n` bytes of what it carries, or the rest. */
static struct frame
part(const struct frame *f, size_t n, bool rest)
{
	struct frame p = *f;
	unsigned char *seq = p.b + EXCH_WIRE_ETHERNET + EXCH_WIRE_IPV4 + 4;

	if (rest) {
		memmove(p.b + HEADS, p.b + HEADS + n, payload(f) - n);
		exch_put_be32(seq, exch_be32(seq) + (uint32_t)n);
		p.n -= n;
	} else {
		p.n = HEADS + n;
	}
	exch_put_be16(
	    p.b + EXCH_WIRE_ETHERNET + 2, (uint16_t)(p.n - EXCH_WIRE_ETHERNET));
	return p;
}

/* Segments that wait for others to go first. */
#define WINDOW 8
static struct frame wait[WINDOW];
static unsigned waiting;

static void
flush(unsigned keep)
{
	while (waiting > keep) {
		unsigned i = (unsigned)exch_rng_below(&rng, waiting);

		put_frame(&wait[i]);
		wait[i] = wait[--waiting];
	}
}

static uint64_t
time_of(const struct frame *f)
{
	return exch_le32(f->record) * UINT64_C(1000000000) +
	       exch_le32(f->record + 4);
}

/* No network holds one back for longer than others take. */
#define LATE UINT64_C(100000000)

static void
emit(const struct frame *f)
{
	if (lose && chance(1))
		return;
	for (unsigned i = 0; i < waiting; i++)
		if (time_of(f) > time_of(&wait[i]) + LATE) {
			flush(0);
			break;
		}
	if (!reorder) {
		struct frame copy = *f;

		put_frame(&copy);
		return;
	}
	wait[waiting++] = *f;
	if (waiting == WINDOW)
		flush(WINDOW / 2);
}

/*
 * What begins and ends connections stays in its place: a network may change
 * that, too, but then nobody could tell what belongs to which.
 */
static void
mangle_one(const struct frame *f)
{
	struct frame p;

	if (payload(f) == 0) {
		flush(0);
		p = *f;
		put_frame(&p);
		return;
	}
	if (split && payload(f) > 1 && chance(60)) {
		size_t n = 1 + (size_t)exch_rng_below(&rng, payload(f) - 1);

		p = part(f, n, false);
		emit(&p);
		p = part(f, n, true);
		emit(&p);
	} else {
		emit(f);
	}
	if (again && chance(20))
		emit(f);
}

static void
mangle(void)
{
	unsigned char head[24];
	static struct frame f;

	if (fread(head, 1, sizeof(head), stdin) != sizeof(head))
		fail("no head");
	put(head, sizeof(head));
	while (get_frame(&f))
		mangle_one(&f);
	flush(0);
}

/* One way, or both without the first ones. */
static void
some(unsigned long without, bool way)
{
	unsigned char head[24];
	static struct frame f;

	if (fread(head, 1, sizeof(head), stdin) != sizeof(head))
		fail("no head");
	put(head, sizeof(head));
	for (unsigned long n = 0; get_frame(&f); n++)
		if (n >= without &&
		    (!way ||
			exch_be16(f.b + HEADS - EXCH_WIRE_TCP + 2) == 26400))
			put_frame(&f);
}

/* ---- wrap ---- */

static void
put_segment(const unsigned char *p, size_t n, uint32_t seq, uint8_t flags,
    uint64_t time)
{
	static const unsigned char client[4] = {198, 51, 100, 7};
	const struct exch_wire_ip ip = {client, exch_wire_host, 6, 64};
	const struct exch_wire_tcp tcp = {
	    40000, 9878, seq, (flags & EXCH_WIRE_SYN) != 0 ? 0 : 1, flags};
	struct exch_buf b = {0};
	unsigned char f[HEADS + MOST];

	if (n != 0)
		memcpy(f + HEADS, p, n);
	exch_wire_ip(f, &ip, EXCH_WIRE_TCP + n);
	exch_wire_tcp(f + HEADS - EXCH_WIRE_TCP, &ip, &tcp, EXCH_WIRE_TCP + n);
	exch_wire_record(&b, time, HEADS + n);
	if (b.failed)
		fail("no memory");
	put(b.p, b.len);
	put(f, HEADS + n);
	exch_buf_free(&b);
}

static void
wrap(void)
{
	uint64_t time = UINT64_C(1767623400000000000);
	uint32_t seq = 0xfffffff0u; /* it passes through zero */
	unsigned char p[MOST];
	struct exch_buf b = {0};
	size_t n;

	exch_wire_file(&b);
	if (b.failed)
		fail("no memory");
	put(b.p, b.len);
	exch_buf_free(&b);
	put_segment(NULL, 0, seq++, EXCH_WIRE_SYN, time);
	for (;; time += 1000) {
		n = fread(p, 1, 1 + exch_rng_below(&rng, 1400), stdin);
		if (n == 0)
			break;
		put_segment(p, n, seq, EXCH_WIRE_PSH | EXCH_WIRE_ACK, time);
		seq += (uint32_t)n;
	}
	put_segment(NULL, 0, seq, EXCH_WIRE_FIN | EXCH_WIRE_ACK, time);
}

int
main(int argc, char **argv)
{
	if (argc < 2)
		fail("usage: tcpcap wrap|mangle|one-way|skip [SEED [HOW...]]");
	exch_rng_seed(&rng, argc > 2 ? strtoull(argv[2], NULL, 10) : 1);
	for (int i = 3; i < argc; i++) {
		split |= strcmp(argv[i], "split") == 0;
		again |= strcmp(argv[i], "again") == 0;
		reorder |= strcmp(argv[i], "reorder") == 0;
		lose |= strcmp(argv[i], "lose") == 0;
	}
	if (strcmp(argv[1], "wrap") == 0)
		wrap();
	else if (strcmp(argv[1], "mangle") == 0)
		mangle();
	else if (strcmp(argv[1], "one-way") == 0)
		some(0, true);
	else if (strcmp(argv[1], "skip") == 0 && argc > 2)
		some(strtoul(argv[2], NULL, 10), false);
	else
		fail("what?");
	if (fflush(stdout) != 0)
		fail("cannot write");
	return 0;
}
