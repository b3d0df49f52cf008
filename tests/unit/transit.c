/*
 * What is on its way: against the simplest list, for random arrivals that
 * overtake or do not; a great many that all overtake; and no memory.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/rng.h"
#include "sim/transit.h"
#include "tap.h"

struct parcel {
	exch_ts at;
	uint64_t no;
	uint64_t mark;
};

/* The first of a list by time and number; the last takes its place. */
static struct parcel
first_of(struct parcel *list, size_t *n)
{
	size_t best = 0;
	struct parcel p;

	for (size_t i = 1; i < *n; i++)
		if (list[i].at < list[best].at ||
		    (list[i].at == list[best].at && list[i].no < list[best].no))
			best = i;
	p = list[best];
	list[best] = list[--*n];
	return p;
}

/* One of `often` overtakes; puts and takes until nothing is left. */
static void
against_list(uint64_t seed, unsigned often)
{
	struct parcel list[1000];
	struct exch_transit t;
	struct exch_rng r;
	size_t n = 0, wrong = 0;
	uint64_t no = 0;
	char name[64];

	exch_rng_seed(&r, seed);
	exch_transit_init(&t, sizeof(struct parcel));
	while (no < 5000 || n > 0) {
		if (no < 5000 && n < 1000 && exch_rng_below(&r, 100) < 55) {
			struct parcel p = {.at = no / 4, .no = no};

			if (exch_rng_below(&r, often) == 0)
				p.at = exch_rng_below(&r, no / 4 + 1);
			p.mark = exch_rng_u64(&r);
			list[n++] = p;
			wrong +=
			    exch_transit_put(&t, p.at, no++, &p) != EXCH_OK;
		} else if (n > 0) {
			struct parcel want = first_of(list, &n), got;

			wrong += exch_transit_next(&t) != want.at;
			exch_transit_take(&t, &got);
			wrong += memcmp(&got, &want, sizeof(got)) != 0;
		}
	}
	wrong += exch_transit_head(&t) != NULL;
	wrong += exch_transit_next(&t) != EXCH_TS_NONE;
	snprintf(name, sizeof(name), "one in %u overtakes, seed %llu", often,
	    (unsigned long long)seed);
	tap_is_u64(wrong, 0, name);
	exch_transit_clear(&t);
}

/* Moved one by one they would take hours. */
static void
all_overtake(void)
{
	const uint64_t n = 1000000;
	struct exch_transit t;
	uint64_t wrong = 0, at;

	exch_transit_init(&t, sizeof(at));
	for (uint64_t i = 0; i < n; i++) {
		at = n - i;
		wrong += exch_transit_put(&t, at, i, &at) != EXCH_OK;
	}
	for (uint64_t i = 1; i <= n; i++) {
		exch_transit_take(&t, &at);
		wrong += at != i;
	}
	tap_is_u64(wrong, 0, "a million, each before all others");
	exch_transit_clear(&t);
}

/* Whichever allocation fails, what was there stays. */
static void
no_memory(void)
{
	unsigned failed = 0, wrong = 0;

	for (uint64_t nth = 1;; nth++) {
		struct exch_transit t;
		uint64_t got, n = 0;
		int err = EXCH_OK;

		exch_transit_init(&t, sizeof(got));
		exch_alloc_fail_at(nth);
		while (n < 300 && err == EXCH_OK) {
			err =
			    exch_transit_put(&t, n % 2 != 0 ? 1 : 2 + n, n, &n);
			n += err == EXCH_OK;
		}
		exch_alloc_fail_at(0);
		for (uint64_t i = 0; i < n; i++)
			exch_transit_take(&t, &got);
		wrong += exch_transit_head(&t) != NULL;
		exch_transit_clear(&t);
		if (err == EXCH_OK)
			break;
		wrong += err != EXCH_ERR_NOMEM;
		failed++;
	}
	tap_ok(failed > 5, "allocations failed");
	tap_is_u64(wrong, 0, "none lost what was there");
}

int
main(void)
{
	for (uint64_t seed = 1; seed <= 4; seed++) {
		against_list(seed, 1);
		against_list(seed, 3);
		against_list(seed, 100);
	}
	all_overtake();
	no_memory();
	return tap_done();
}
