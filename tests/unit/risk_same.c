/*
 * risk/same: random orders beside a list of all that came, and orders that
 * were chosen so that their hashes are one.
 */
#include <config.h>

#include "base/rng.h"
#include "base/salted.h"
#include "risk/same.h"
#include "tap.h"

#define N 60000u
#define KEEP 20000u

static struct exch_same_entry came[N];
static uint32_t ncame;

/* Since when it is known, by looking at everything that is young enough. */
static uint64_t
plain_ask(const struct exch_same_what *w, exch_ts now, uint64_t within)
{
	for (uint32_t i = ncame; i > 0 && now - came[i - 1].time < KEEP; i--)
		if (memcmp(&came[i - 1].what, w, sizeof(*w)) == 0 &&
		    now - came[i - 1].time < within)
			return now - came[i - 1].time;
	came[ncame++] = (struct exch_same_entry){*w, now, 0};
	return EXCH_TS_NONE;
}

/* Quiet and busy times, so that it grows, and forgets many at once. */
static void
at_random(uint64_t seed)
{
	struct exch_rng rng;
	struct exch_same s;
	exch_ts now = 1;
	uint32_t wrong = 0, again = 0;

	exch_rng_seed(&rng, seed);
	ncame = 0;
	tap_is_i64(exch_same_init(&s), 0, "a memory");
	for (uint32_t i = 0; i < N; i++) {
		struct exch_same_what w = {exch_rng_below(&rng, 30) << 8 | 1,
		    (exch_px)exch_rng_below(&rng, 20), exch_rng_below(&rng, 9)};
		uint64_t within = i % 2 == 0 ? KEEP : KEEP / 10, ago, want;

		now += i % 10000 == 0 ? 2 * KEEP
				      : exch_rng_below(&rng, seed % 8 + 1);
		want = plain_ask(&w, now, within);
		if (exch_same_ask(&s, &w, now, within, KEEP, &ago) != 0 ||
		    ago != want)
			wrong++;
		again += want != EXCH_TS_NONE;
	}
	tap_is_u64(wrong, 0, "each as the list says");
	tap_ok(again > N / 10 && again < N - N / 10, "some came before");
	exch_same_clear(&s);
}

/* All of them meet where it begins. */
static struct exch_same_what
chosen(uint32_t i)
{
	uint64_t h = (uint64_t)i * EXCH_SALTED_FACTOR;

	h = (h ^ h >> 31) * UINT64_C(0xd6e8feb86659fd93);
	return (struct exch_same_what){7 - (h ^ h >> 31), (exch_px)i, 0};
}

static void
on_purpose(void)
{
	struct exch_same s;
	uint32_t known = 0;
	uint64_t ago;

	tap_is_i64(exch_same_init(&s), 0, "a memory");
	for (uint32_t i = 0; i < 900; i++) {
		struct exch_same_what w = chosen(i);

		if (exch_same_ask(&s, &w, i, 5000, 5000, &ago) != 0 ||
		    ago != EXCH_TS_NONE)
			known++;
	}
	tap_is_u64(known, 0, "none came before");
	tap_ok(s.salt != 0, "the hash has become another one");
	for (uint32_t i = 0; i < 900; i++) {
		struct exch_same_what w = chosen(i);

		known += exch_same_ask(&s, &w, 1000, 5000, 5000, &ago) == 0 &&
			 ago == 1000 - i;
	}
	tap_is_u64(known, 900, "and all are known");
	exch_same_clear(&s);
}

int
main(void)
{
	for (uint64_t seed = 1; seed <= 4; seed++)
		at_random(seed);
	on_purpose();
	return tap_done();
}
