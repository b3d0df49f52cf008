/*
 * Prices on a market's table of ticks.
 */
#include <config.h>

#include "match/step.h"
#include "tap.h"

/* A tick of 0.01; steps of 0.02 from 0.10 on and of 0.05 from 1.01 on. */
static const struct exch_market_tick rows[] = {
    {EXCH_PX_ONE / 10, EXCH_PX_ONE / 50},
    {EXCH_PX_ONE * 101 / 100, EXCH_PX_ONE / 20},
};
static const struct exch_steps steps = {rows, 2, EXCH_PX_ONE / 100};

static void
both(const struct exch_steps *s, int64_t tick, int64_t down, int64_t up)
{
	char name[80];

	snprintf(name, sizeof(name), "%lld down", (long long)tick);
	tap_is_i64(exch_step_down(s, tick), down, name);
	snprintf(name, sizeof(name), "%lld up", (long long)tick);
	tap_is_i64(exch_step_up(s, tick), up, name);
}

static void
table(void)
{
	both(&steps, 0, 0, 0);
	both(&steps, 9, 9, 9);
	both(&steps, 10, 10, 10);
	both(&steps, 11, 10, 12);
	both(&steps, 100, 100, 100);
	/* 1.01 is where the next row begins, and on neither. */
	both(&steps, 101, 100, 105);
	both(&steps, 104, 100, 105);
	both(&steps, 109, 105, 110);
	both(&steps, -104, -105, -100);
	both(&steps, -11, -12, -10);
	tap_is_i64(exch_step_in(&steps, 109), 105, "towards zero");
	tap_is_i64(exch_step_in(&steps, -109), -105, "from below, too");
}

static void
ends(void)
{
	const struct exch_market_tick coarse = {0, 3 * EXCH_PX_ONE};
	const struct exch_market_tick odd = {0, 1000003};
	struct exch_steps s = {&coarse, 1, EXCH_PX_ONE};
	int64_t most = (EXCH_PX_NONE - 1) / EXCH_PX_ONE;

	both(&s, 1, 1, 3);
	both(&s, -2, -3, -2);
	tap_ok(most % 3 != 0, "the last price is on no step");
	tap_is_i64(exch_step_up(&s, most), most, "nothing is above it");
	tap_is_i64(exch_step_down(&s, most), most - most % 3, "but below it");
	s.n = 0;
	both(&s, 7, 7, 7);
	/* Multiples of both: of 1,000,003 x 7 units. */
	s = (struct exch_steps){&odd, 1, 7};
	both(&s, 1000004, 1000003, 2000006);
	both(&s, INT64_MIN, INT64_MIN, INT64_MIN);
}

int
main(void)
{
	table();
	ends();
	return tap_done();
}
