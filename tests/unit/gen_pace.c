/*
 * The pace of generated days (data/gen/pace.c): whatever is asked for, a
 * busy moment has as many events as are planned for it.
 */
#include <config.h>

#include "gen.h"
#include "tap.h"

/* The half hour after the opening has 17 in a hundred of the day. */
#define BUSY_FROM GEN_HM(9, 30)
#define BUSY_SHARE 170 / 1000 / 1800

/* Events in `seconds` from then on; the day was on time so far. */
static uint64_t
events(uint64_t wanted, int64_t seconds)
{
	struct gen g = {.wanted = wanted, .now = BUSY_FROM};
	uint64_t before = wanted / 1000 * (8 + 32);
	bool follows;

	exch_rng_seed(&g.rng, 1);
	g.messages = before;
	while (g.now < BUSY_FROM + seconds * GEN_SEC) {
		g.now += gen_pace_pause(&g, &follows);
		g.messages++;
	}
	return g.messages - before;
}

static void
test_rate(uint64_t wanted, int64_t seconds, const char *what)
{
	uint64_t planned = wanted * (uint64_t)seconds * BUSY_SHARE;
	uint64_t n = events(wanted, seconds);

	if (!tap_ok(n > planned * 95 / 100 && n < planned * 105 / 100, what))
		printf(
		    "# %" PRIu64 " events, %" PRIu64 " planned\n", n, planned);
}

int
main(void)
{
	test_rate(200000, 1800, "a small day keeps to its plan");
	test_rate(10000000, 60, "so does one of ten million messages");
	test_rate(500000000, 4, "of five hundred million");
	test_rate(UINT64_C(4000000000), 1, "and of as many as may be asked");
	return tap_done();
}
