/*
 * What becomes of the packets of a bad line (md/impair.c): as often as was
 * said, by the seed alone, and one rate does not change what another decides.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "md/impair.h"
#include "tap.h"

#define PACKETS 200000u

static struct exch_impair m;

static void
begin(const char *what, uint64_t seed, unsigned line)
{
	size_t where;

	if (exch_impair_parse(&m, what, &where) != NULL)
		abort();
	exch_impair_seed(&m, seed, line);
}

/* A sum over the fates of n packets. */
static uint64_t
sum(unsigned n)
{
	uint64_t h = 0;

	for (unsigned i = 0; i < n; i++) {
		struct exch_impaired f = exch_impair_next(&m, 3);

		h = (h ^ (f.lost | f.doubled << 1 | f.after << 2)) *
		    UINT64_C(0x100000001b3);
		h = (h ^ f.delay) * UINT64_C(0x100000001b3);
	}
	return h;
}

static void
test_words(void)
{
	static const struct {
		const char *text, *why;
		size_t where;
	} bad[] = {
	    {"", "not loss=", 1},
	    {"luck=1%", "not loss=", 1},
	    {"loss", "not loss=", 1},
	    {"loss=1%,", "not loss=", 9},
	    {"los=1%", "not loss=", 1},
	    {"loss=", "not a share", 6},
	    {"loss=1", "not a share", 6},
	    {"loss=-1%", "not a share", 6},
	    {"loss=100.0001%", "not a share", 6},
	    {"loss=1.00001%", "not a share", 6},
	    {"loss=1%,loss=1%", "said twice", 9},
	    {"delay=5", "not a time", 7},
	    {"delay=10001ms", "not a time", 7},
	    {"loss=1%,jitter=x", "not a time", 16},
	};
	const char *why;
	size_t where;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(bad); i++) {
		why = exch_impair_parse(&m, bad[i].text, &where);
		tap_ok(why != NULL &&
			   strncmp(why, bad[i].why, strlen(bad[i].why)) == 0,
		    bad[i].text);
		tap_is_u64(where, bad[i].where, "its place");
	}
	why = exch_impair_parse(&m,
	    "jitter=10s,delay=1500us,reorder=0%,duplicate=100%,loss=0.0001%",
	    &where);
	tap_ok(why == NULL, "all of them, in any order");
	tap_is_u64(m.loss, 1, "a millionth");
	tap_is_u64(m.duplicate, 1000000, "always");
	tap_is_u64(m.reorder, 0, "never");
	tap_is_u64(m.delay, 1500000, "a time");
	tap_is_u64(m.jitter, 10 * EXCH_SEC, "as long as may be");
}

static void
test_seed(void)
{
	static const char what[] =
	    "loss=5%,duplicate=10%,reorder=20%,delay=2ms,jitter=1ms";
	uint64_t first, again;

	begin(what, 7, 0);
	first = sum(1000);
	begin(what, 7, 0);
	again = sum(1000);
	tap_is_u64(again, first, "the same seed gives the same");
	begin(what, 8, 0);
	tap_ok(sum(1000) != first, "another one something else");
	begin(what, 7, 1);
	tap_ok(sum(1000) != first, "and so does the other line");
	begin(what, 7, 1);
	first = sum(1000);
	begin(what, 7, 1);
	tap_is_u64(sum(1000), first, "which has a seed, too");
}

/* Within six standard deviations of the commonest fate. */
static void
near(uint64_t got, uint64_t want, const char *what)
{
	tap_near((double)got, (double)want, 1050, what);
}

static void
test_rates(void)
{
	uint64_t lost = 0, doubled = 0, moved = 0, bad = 0;
	uint64_t by[5] = {0};
	uint64_t least = UINT64_MAX, most = 0;

	begin("loss=5%,duplicate=10%,reorder=20%,delay=2ms,jitter=1ms", 1, 0);
	for (unsigned i = 0; i < PACKETS; i++) {
		struct exch_impaired f = exch_impair_next(&m, 3);

		lost += f.lost;
		if (f.lost) {
			bad += f.doubled || f.after != 0 || f.delay != 0;
			continue;
		}
		doubled += f.doubled;
		moved += f.after != 0;
		bad += f.after > 4;
		by[f.after <= 4 ? f.after : 0]++;
		least = f.delay < least ? f.delay : least;
		most = f.delay > most ? f.delay : most;
	}
	near(lost, PACKETS / 20, "a twentieth is lost");
	near(doubled, PACKETS * 19 / 200, "a tenth of the others comes twice");
	near(moved, PACKETS * 19 / 100, "a fifth comes later");
	for (unsigned i = 1; i <= 4; i++)
		near(by[i], PACKETS * 19 / 400,
		    "behind one to four others alike");
	tap_is_u64(bad, 0, "what is lost has no other fate");
	tap_ok(least >= 2000000 && least < 2010000, "the shortest delay");
	tap_ok(most <= 3000000 && most > 2990000, "and the longest");
	tap_is_u64(m.seen, PACKETS, "all are counted");
	tap_is_u64(m.lost, lost, "and those that are lost");
	tap_is_u64(m.messages_lost, 3 * lost, "with their messages");
	tap_is_u64(m.doubled, doubled, "that come twice");
	tap_is_u64(m.moved, moved, "that come later");
	tap_is_u64(m.delayed, PACKETS - lost, "that are delayed");
}

/* The packets that are lost, with other rates besides. */
static void
test_apart(const char *other)
{
	struct exch_impair alone;
	unsigned same = 0;

	begin("loss=30%", 3, 0);
	alone = m;
	begin(other, 3, 0);
	for (unsigned i = 0; i < 1000; i++)
		same += exch_impair_next(&alone, 1).lost ==
			exch_impair_next(&m, 1).lost;
	tap_is_u64(same, 1000, other);
}

static void
test_extremes(void)
{
	begin("loss=100%", 1, 0);
	(void)sum(1000); /* counted */
	tap_is_u64(m.lost, 1000, "all is lost");
	begin("loss=0%,duplicate=100%", 1, 0);
	(void)sum(1000); /* counted */
	tap_is_u64(m.lost, 0, "nothing is lost");
	tap_is_u64(m.doubled, 1000, "and all comes twice");
	tap_is_u64(m.moved + m.delayed, 0, "in turn and at once");
}

int
main(void)
{
	test_words();
	test_seed();
	test_rates();
	test_apart("loss=30%,duplicate=50%");
	test_apart("loss=30%,reorder=50%,delay=1ms");
	test_extremes();
	return tap_done();
}
