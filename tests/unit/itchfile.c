/*
 * Raw ITCH files: framing, the end mark, cuts at every byte, and what is
 * taken for such a file.
 */
#include <config.h>

#include "feed_kit.h"

static struct kit k;
static struct kit_got g;

static void
run(size_t n)
{
	struct exch_feed_opts o = kit_opts();
	unsigned char *exact = malloc(n != 0 ? n : 1);

	kit_free(&g);
	memcpy(exact, k.b, n);
	kit_run(&exch_feed_itchfile, exact, n, &o, &g);
	free(exact);
}

static void
frames(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		kit_be(&k, 36, 2);
		kit_add_order(&k, 1, 1000 + i, i, 'B', 100, "TEST", 10000);
	}
}

static void
test_frames(void)
{
	size_t good = 0;

	k.n = 0;
	frames(20);
	run(k.n);
	tap_is_i64(g.err, 0, "a file without an end mark");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 20, "twenty adds");
	tap_is_u64(g.st.bytes, 20 * 38, "all bytes read");

	for (size_t n = 0; n <= 5 * 38; n++) {
		run(n);
		good += g.by_type[EXCH_REC_BOOK_ADD] == n / 38 &&
			(n % 38 == 0 ? g.err == 0
				     : g.err == EXCH_ERR_CUT &&
					   g.d.kind == EXCH_POS_BYTE &&
					   g.d.where == n / 38 * 38);
	}
	tap_is_u64(good, 5 * 38 + 1, "cut anywhere: whole frames, position");

	kit_be(&k, 0, 2);
	run(k.n);
	tap_is_u64(g.st.ends, 1, "a frame of length 0 ends the session");
	tap_is_u64(g.ntroubles, 0, "and is no trouble at the end");
	kit_be(&k, 0, 20);
	run(k.n);
	tap_is_u64(g.st.ends, 1, "zeros behind it are the same end");
	frames(2);
	run(k.n);
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], 22, "what follows is read");
	tap_is_u64(g.ntroubles, 1, "and is trouble once");
	tap_is_u64(g.trouble[0].at.kind, EXCH_POS_BYTE, "by byte");
	tap_is_u64(g.trouble[0].at.where, 20 * 38 + 22, "with its offset");
}

/* More than one buffer, with frames of every length. */
static void
test_long(void)
{
	static unsigned char big[6 << 20];
	struct exch_feed_opts o = kit_opts();
	size_t n = 0, count = 0;

	while (n + 2 + 70000 < sizeof(big)) {
		size_t len = 36 + count * 37 % 65500;

		big[n] = (unsigned char)(len >> 8);
		big[n + 1] = (unsigned char)len;
		k.n = 0;
		kit_add_order(&k, 1, count, count, 'S', 1, "LONG", 10000);
		memcpy(big + n + 2, k.b, 36);
		n += 2 + len;
		count++;
	}
	kit_free(&g);
	kit_run(&exch_feed_itchfile, big, n, &o, &g);
	tap_is_i64(g.err, 0, "long frames");
	tap_is_u64(g.by_type[EXCH_REC_BOOK_ADD], count, "each read once");
	tap_is_u64(((const struct exch_rec_book_add *)(const void *)kit_rec(
			&g, -1, g.n - 1))
		       ->order,
	    count - 1, "to the last");
}

static void
test_match(void)
{
	k.n = 0;
	frames(3);
	for (size_t n = 3; n <= k.n; n++) {
		if (!exch_feed_itchfile.match(k.b, n)) {
			tap_is_u64(n, 0, "recognised by its first bytes");
			break;
		}
	}
	tap_ok(exch_feed_itchfile.match(k.b, k.n), "recognised");
	tap_ok(!exch_feed_itchfile.match(k.b, 2), "two bytes are too few");
	k.b[38] = 7;
	tap_ok(!exch_feed_itchfile.match(k.b, k.n), "a second frame must fit");
	tap_ok(!exch_feed_itchfile.match(
		   (const unsigned char *)"time,side,price\n", 16),
	    "text is none");
}

int
main(void)
{
	test_frames();
	test_long();
	test_match();
	kit_free(&g);
	return tap_done();
}
