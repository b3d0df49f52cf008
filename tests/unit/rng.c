/*
 * base/rng: the published sequences, and no bias.  The numbers are those
 * of the authors' C code (prng.di.unimi.it) for the same states.
 */
#include <config.h>

#include "../tap.h"
#include "base/rng.h"

int
main(void)
{
	static const uint64_t want[10] = {11520, 0, 1509978240,
	    UINT64_C(1215971899390074240), UINT64_C(1216172134540287360),
	    UINT64_C(607988272756665600), UINT64_C(16172922978634559625),
	    UINT64_C(8476171486693032832), UINT64_C(10595114339597558777),
	    UINT64_C(2904607092377533576)};
	struct exch_rng r = {{1, 2, 3, 4}};
	uint64_t seen[7] = {0};
	uint64_t high = 0;
	unsigned taken = 0;
	bool close = true;

	for (int i = 0; i < 10; i++)
		tap_is_u64(exch_rng_u64(&r), want[i], "xoshiro256** 1 2 3 4");

	exch_rng_seed(&r, 0);
	tap_is_u64(r.s[0], UINT64_C(0xe220a8397b1dcdaf), "splitmix64 of 0");
	tap_is_u64(r.s[1], UINT64_C(0x6e789e6aa1b965f4), "second");
	tap_is_u64(r.s[2], UINT64_C(0x06c45d188009454f), "third");
	tap_is_u64(r.s[3], UINT64_C(0xf88bb8a8724c81ec), "fourth");

	for (int i = 0; i < 700000; i++)
		seen[exch_rng_below(&r, 7)]++;
	/* 100,000 each; sigma is 293, so that 2,000 is out of reach. */
	for (int i = 0; i < 7; i++)
		close = close && seen[i] > 98000 && seen[i] < 102000;
	tap_ok(close, "below(7) is even");

	/*
	 * For n = 3 * 2^62 a generator without rejection yields a multiple
	 * of 3 half of the time instead of a third.
	 */
	for (int i = 0; i < 30000; i++)
		high += exch_rng_below(&r, UINT64_C(3) << 62) % 3 == 0;
	tap_ok(high > 9500 && high < 10500, "below() has no bias");
	tap_is_u64(exch_rng_below(&r, 1), 0, "below(1) is 0");

	for (int i = 0; i < 100000; i++)
		taken += exch_rng_chance(&r, 1, 4);
	tap_ok(taken > 24000 && taken < 26000, "one in four");
	tap_ok(!exch_rng_chance(&r, 0, 5) && exch_rng_chance(&r, 5, 5),
	    "never and always");
	return tap_done();
}
