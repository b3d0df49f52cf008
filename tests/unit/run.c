/*
 * What lets decoders run fast must not show: records taken in runs are
 * those taken one by one, trouble keeps its place among them, and packets
 * that go the short way to their session (Ethernet, IPv4) give what the
 * same packets give the long way (no link layer).
 */
#include <config.h>

#include "base/rng.h"
#include "feed/run.h"
#include "feed_kit.h"

/* ---- a log of all that a sink is told ---- */

struct told {
	struct kit bytes;
	unsigned runs; /* calls with more than one record */
	unsigned troubles;
	unsigned stop_at; /* records after which it is enough; 0: never */
	unsigned n;
	size_t shift; /* subtracted from offsets */
	int err;
	struct exch_feed_stats st;
	struct exch_diag d;
};

static int
told_record(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	struct told *t = arg;

	(void)d;
	kit_add(&t->bytes, r, exch_rec_len(r));
	return ++t->n == t->stop_at ? EXCH_ERR_STOP : 0;
}

static int
told_run(void *arg, const struct exch_rec *r, size_t n, struct exch_diag *d)
{
	struct told *t = arg;
	const char *p = (const void *)r;
	int err = 0;

	t->runs += n > exch_rec_len(r);
	for (size_t i = 0; i < n && err == 0;) {
		const struct exch_rec *one = (const void *)(p + i);

		i += exch_rec_len(one);
		err = told_record(arg, one, d);
	}
	return err;
}

static int
told_trouble(void *arg, const struct exch_feed_at *at, const char *text,
    struct exch_diag *d)
{
	struct told *t = arg;
	char line[320];

	(void)d;
	t->troubles++;
	snprintf(line, sizeof(line), "%u %llu %llu %s\n", (unsigned)at->kind,
	    (unsigned long long)at->where,
	    (unsigned long long)(at->offset - (at->offset ? t->shift : 0)),
	    text);
	kit_add(&t->bytes, line, strlen(line));
	return 0;
}

static void
tell(struct told *t, const struct exch_feed *f, const struct kit *in, bool runs)
{
	struct exch_feed_sink sink = {.arg = t,
	    .record = told_record,
	    .run = runs ? told_run : NULL,
	    .trouble = told_trouble};
	struct exch_feed_opts o = kit_opts();
	struct exch_in *e;

	t->bytes.n = 0;
	t->runs = t->troubles = t->n = 0;
	t->st = (struct exch_feed_stats){0};
	exch_diag_clear(&t->d);
	if (exch_in_mem(in->b, in->n, "test", &e, &t->d) != 0)
		abort();
	t->err = f->run(e, &o, &sink, &t->st, &t->d);
	exch_in_close(e);
}

static bool
same(const struct told *a, const struct told *b)
{
	return a->err == b->err && a->bytes.n == b->bytes.n &&
	       memcmp(a->bytes.b, b->bytes.b, a->bytes.n) == 0 &&
	       memcmp(&a->st.packets, &b->st.packets,
		   sizeof(a->st) - offsetof(struct exch_feed_stats, packets)) ==
		   0 &&
	       strcmp(a->d.text, b->d.text) == 0;
}

static struct kit in, other, pay, frame;
static struct told one, two;

/* ---- runs ---- */

static void
file(unsigned messages, unsigned bad_every)
{
	in.n = 0;
	for (unsigned i = 1; i <= messages; i++) {
		kit_be(&in, 36, 2);
		kit_add_order(&in, 1, i, i, i % bad_every ? 'B' : 'X', 100,
		    "TEST", 1000000);
	}
}

static void
test_runs(void)
{
	file(500, 7);
	tell(&one, &exch_feed_itchfile, &in, false);
	tell(&two, &exch_feed_itchfile, &in, true);
	tap_is_u64(one.troubles, 71, "trouble among the records");
	tap_is_u64(one.runs, 0, "records one by one");
	tap_ok(two.runs > 20, "and in runs");
	tap_ok(same(&one, &two), "are the same, trouble in its place");
	in.n -= 5;
	tell(&one, &exch_feed_itchfile, &in, false);
	tell(&two, &exch_feed_itchfile, &in, true);
	tap_is_i64(two.err, EXCH_ERR_CUT, "a file that is cut");
	tap_ok(same(&one, &two), "gives all that is whole");
	one.stop_at = two.stop_at = 250;
	tell(&one, &exch_feed_itchfile, &in, false);
	tell(&two, &exch_feed_itchfile, &in, true);
	tap_is_i64(two.err, EXCH_ERR_STOP, "who has enough");
	tap_is_u64(two.n, 250, "is given nothing more");
	tap_ok(one.bytes.n == two.bytes.n &&
		   memcmp(one.bytes.b, two.bytes.b, one.bytes.n) == 0,
	    "and the same before");
	one.stop_at = two.stop_at = 0;
}

/* ---- lanes ---- */

static struct exch_rng rng;

static unsigned
pick(unsigned n)
{
	return (unsigned)exch_rng_below(&rng, n);
}

/* Something in the headers or in the payload that is not as usual. */
static void
spoil(unsigned char *p, size_t n)
{
	static const unsigned char at[] = {0, 1, 2, 3, 6, 7, 8, 9, 16, 19, 20,
	    22, 23, 24, 25, 28, 29, 37, 38, 45, 46, 47, 48, 49, 50, 69};
	size_t i = at[pick(sizeof(at))];

	if (i < n)
		p[i] =
		    (unsigned char)(pick(2) ? p[i] ^ 1u << pick(8) : pick(256));
}

/* The same IP packets in Ethernet frames and bare. */
static void
captures(unsigned packets)
{
	static const char *const session[] = {"FIRST", "SECOND"};
	uint64_t next[2] = {1, 1};

	in.n = other.n = 0;
	kit_pcap(&in, 1, true, false);
	kit_pcap(&other, 228, true, false);
	for (unsigned i = 0; i < packets; i++) {
		unsigned s = pick(8) == 0, count = pick(4);
		uint64_t ns = UINT64_C(1675780200) * EXCH_SEC + i * 50000;
		size_t sent, n;

		pay.n = frame.n = 0;
		kit_mold_adds(&pay, session[s], next[s], count);
		if (pick(10) != 0)
			next[s] += count;
		kit_frame(&frame, 26400 + pick(16) / 15, &pay);
		sent = n = frame.n;
		if (pick(12) == 0)
			spoil(frame.b + 14, frame.n - 14);
		if (pick(40) == 0)
			n -= pick(20);
		if (pick(20) == 0)
			kit_text(&frame, "", 6); /* padding */
		if (n == sent)
			n = sent = frame.n;
		kit_pcap_packet(&in, ns, true, false, frame.b, n, sent);
		kit_pcap_packet(
		    &other, ns, true, false, frame.b + 14, n - 14, sent - 14);
	}
}

static void
test_lanes(void)
{
	unsigned equal = 0, troubles = 0, adds = 0;

	exch_rng_seed(&rng, 7);
	one.shift = 14;
	for (unsigned i = 0; i < 200; i++) {
		captures(200);
		tell(&one, &exch_feed_pcap, &in, i % 2);
		tell(&two, &exch_feed_pcap, &other, i / 2 % 2);
		equal += same(&one, &two);
		troubles += one.troubles;
		adds += one.n;
	}
	tap_is_u64(equal, 200, "the short way and the long way say the same");
	tap_ok(
	    troubles > 1000 && adds > 10000, "of packets good and bad enough");
}

int
main(void)
{
	test_runs();
	test_lanes();
	return tap_done();
}
