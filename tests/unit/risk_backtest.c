/* risk/backtest: Kupiec's and Christoffersen's numbers, ranges, refusals. */
#include <config.h>

#include <math.h>

#include "risk/backtest.h"
#include "tap.h"

static void
kupiec(void)
{
	static const struct {
		uint32_t x;
		double lr;
	} table[] = {{0, 5.0252}, {1, 1.1765}, {2, 0.1084}, {3, 0.0949},
	    {5, 1.9568}, {6, 3.5554}, {7, 5.4970}, {8, 7.7336}, {10, 12.9555}};
	struct exch_lr lr;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(table); i++) {
		tap_is_i64(exch_kupiec(table[i].x, 250, 10000, &lr), 0, "runs");
		tap_near(lr.value, table[i].lr, 5e-5, "250 days at 1 %");
		tap_ok((lr.value > 3.841459) == (lr.p < 0.05),
		    "rejected where the table says so");
	}
	(void)exch_kupiec(250, 250, 10000, &lr);
	tap_ok(isfinite(lr.value) && lr.p < 1e-100, "every day");
	tap_is_i64(exch_kupiec(1, 0, 10000, &lr), EXCH_ERR_RANGE, "no days");
	tap_is_i64(exch_kupiec(3, 2, 10000, &lr), EXCH_ERR_RANGE,
	    "more exceptions than days");
	tap_is_i64(exch_kupiec(1, 2, 0, &lr), EXCH_ERR_RANGE, "a level of 0");
	tap_is_i64(exch_kupiec(1, 2, 1000000, &lr), EXCH_ERR_RANGE, "and of 1");
}

static void
ranges(void)
{
	static const struct {
		uint32_t days, ppm, least, most;
	} table[] = {{250, 10000, 1, 6}, {250, 25000, 3, 11},
	    {250, 50000, 7, 19}, {500, 10000, 2, 9}, {1000, 10000, 5, 16}};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(table); i++) {
		uint32_t least = 0, most = 0;

		tap_is_i64(exch_kupiec_range(table[i].days, table[i].ppm, 0.05,
			       &least, &most),
		    0, "a range");
		tap_is_u64(least, table[i].least, "from");
		tap_is_u64(most, table[i].most, "to");
	}
}

static struct exch_christoffersen
clusters(const uint32_t *at, size_t n)
{
	struct exch_christoffersen c = {{{0}}, {NAN, NAN}, {NAN, NAN}};
	bool hit[250] = {false};

	for (size_t i = 0; i < n; i++)
		hit[at[i]] = true;
	tap_is_i64(exch_christoffersen(hit, 250, 10000, &c), 0, "runs");
	return c;
}

static void
christoffersen(void)
{
	static const uint32_t close[] = {40, 41, 42, 120, 200, 201};
	static const uint32_t spread[] = {20, 60, 100, 140, 180, 220};
	struct exch_christoffersen c = clusters(close, 6);
	bool one = true;

	tap_is_u64(c.n[0][0], 240, "nothing, and nothing before");
	tap_is_u64(c.n[0][1], 3, "first ones");
	tap_is_u64(c.n[1][0], 3, "last ones");
	tap_is_u64(c.n[1][1], 3, "one after another");
	tap_near(c.independent.value, 15.9153, 5e-5, "in clusters");
	tap_near(c.joint.value, 19.4707, 5e-5, "and all in all");
	tap_ok(c.joint.p < 0.05 && c.independent.p < 0.05, "rejected");
	c = clusters(spread, 6);
	tap_near(c.independent.value, 0.2963, 5e-5, "one by one");
	tap_near(c.joint.value, 3.8517, 5e-5, "and all in all");
	tap_ok(c.joint.p > 0.05, "not rejected");
	c = clusters(spread, 0);
	tap_near(c.independent.value, 0, 1e-12, "none at all");
	tap_near(c.joint.value, 5.0252, 5e-5, "is Kupiec's alone");
	tap_is_i64(exch_christoffersen(&one, 1, 10000, &c), EXCH_ERR_RANGE,
	    "a day has none before it");
}

int
main(void)
{
	kupiec();
	ranges();
	christoffersen();
	return tap_done();
}
