/*
 * sim/live against a list that is searched from end to end: random additions,
 * executions and cancels through several growths, every answer compared; no
 * allocation after warm-up; memory that runs out.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/rng.h"
#include "sim/live.h"
#include "tap.h"

#define MOST 5000u
#define TICKS 40

struct plain {
	exch_oid id;
	unsigned side;
	int64_t tick;
	uint64_t lots;
};

static struct plain list[MOST];
static size_t n;

static void
list_drop(size_t i)
{
	list[i] = list[--n];
}

/* Has the set exactly those of the list that `tick` (or any) selects? */
static uint64_t
compare_at(const struct exch_live *l, unsigned side, int64_t tick, bool any)
{
	size_t want = 0, got;
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		if (list[i].side != side || (!any && list[i].tick != tick))
			continue;
		want++;
		sum += list[i].id * list[i].id;
	}
	got = any ? exch_live_count(l, side) : exch_live_at(l, side, tick);
	if (got != want)
		return 1;
	for (size_t i = 0; i < got; i++) {
		exch_oid id = any ? exch_live_pick(l, side, i)
				  : exch_live_pick_at(l, side, tick, i);

		sum -= id * id;
	}
	return sum != 0;
}

static uint64_t
compare(const struct exch_live *l)
{
	uint64_t wrong = 0, lots;
	unsigned side;
	int64_t tick;

	for (unsigned s = 0; s < 2; s++) {
		wrong += compare_at(l, s, 0, true);
		for (tick = -TICKS; tick <= TICKS; tick++)
			wrong += compare_at(l, s, tick, false);
	}
	for (size_t i = 0; i < n; i++)
		wrong += !exch_live_find(l, list[i].id, &side, &tick, &lots) ||
			 side != list[i].side || tick != list[i].tick ||
			 lots != list[i].lots;
	return wrong;
}

static uint64_t
step(struct exch_live *l, struct exch_rng *r, exch_oid *next, size_t about)
{
	size_t i;

	if (n == 0 || (n < MOST && exch_rng_below(r, 2 * about) >= n)) {
		struct plain p = {*next, (unsigned)exch_rng_below(r, 2),
		    (int64_t)exch_rng_below(r, 2 * TICKS + 1) - TICKS,
		    1 + exch_rng_below(r, 9)};

		/* Ids in sequence, and strange ones. */
		*next += exch_rng_below(r, 50) == 0 ? exch_rng_u64(r) >> 8 : 1;
		list[n++] = p;
		return exch_live_add(l, p.id, p.side, p.tick, p.lots) != 0;
	}
	i = exch_rng_below(r, n);
	list[i].lots = exch_rng_below(r, 3) == 0 ? list[i].lots : 0;
	if (!exch_live_left(l, list[i].id, list[i].lots))
		return 1;
	if (list[i].lots == 0)
		list_drop(i);
	return 0;
}

static void
random_life(uint64_t seed)
{
	struct exch_live *l = exch_live_new();
	struct exch_rng r;
	exch_oid next = 1;
	uint64_t wrong = 0, before;

	n = 0;
	exch_rng_seed(&r, seed);
	for (unsigned i = 0; i < 60000; i++) {
		wrong += step(l, &r, &next, i < 30000 ? 3000 : 200);
		if (i % 4000 == 3999)
			wrong += compare(l);
	}
	tap_is_u64(wrong, 0, "as the list, from thousands of orders to few");
	before = exch_alloc_count();
	for (unsigned i = 0; i < 60000; i++)
		wrong += step(l, &r, &next, 200);
	tap_is_u64(exch_alloc_count(), before, "without any allocation");
	tap_is_u64(wrong + compare(l), 0, "and still so");
	exch_live_free(l);
}

static void
edges(void)
{
	struct exch_live *l = exch_live_new();
	unsigned side;
	int64_t tick;
	uint64_t lots;
	exch_oid id;

	tap_is_i64(exch_live_add(l, 7, 1, 100, 5), EXCH_OK, "one");
	tap_is_i64(exch_live_add(l, 7, 0, 90, 1), EXCH_ERR_EXISTS, "the same");
	tap_is_u64(exch_live_count(l, 0), 0, "which changes nothing");
	tap_ok(!exch_live_left(l, 8, 0), "another's");
	tap_ok(!exch_live_find(l, 8, &side, &tick, &lots), "is not found");
	tap_is_i64(exch_live_noted(l, 7), 0, "without a note");
	exch_live_note(l, 7, -3);
	exch_live_note(l, 8, 4);
	tap_is_i64(exch_live_noted(l, 7) * 10 + exch_live_noted(l, 8), -30,
	    "with one; nobody has another's");
	tap_ok(exch_live_added(l, &id) == 1 && id == 7, "the last there was");
	tap_ok(exch_live_left(l, 7, 2), "less of it is left");
	tap_ok(exch_live_find(l, 7, &side, &tick, &lots) && lots == 2, "2");
	tap_ok(exch_live_left(l, 7, 0) && !exch_live_left(l, 7, 0), "nothing");
	tap_is_u64(exch_live_at(l, 1, 100), 0, "nor at its level");
	exch_live_add(l, 7, 1, 100, 5);
	tap_is_i64(exch_live_noted(l, 7), 0, "the next has no note");
	exch_live_free(l);
	exch_live_free(NULL);
}

/* The n-th allocation fails, for all n: nothing is half added. */
static void
no_memory(void)
{
	uint64_t wrong = 0;
	bool failed = true;
	size_t want = 600;

	for (uint64_t at = 1; failed; at++) {
		struct exch_live *l;

		n = 0;
		exch_alloc_fail_at(at);
		l = exch_live_new();
		failed = l == NULL;
		for (unsigned i = 0; l != NULL && i < want; i++) {
			struct plain p = {i, i % 2, (int64_t)i % 41, 1};

			if (exch_live_add(l, p.id, p.side, p.tick, 1) == 0)
				list[n++] = p;
			else
				failed = true;
		}
		exch_alloc_fail_at(0);
		wrong += l != NULL && compare(l) != 0;
		wrong += failed && l != NULL && n != want - 1;
		exch_live_free(l);
	}
	tap_is_u64(wrong, 0, "one allocation fails: one order is missing");
}

int
main(void)
{
	random_life(20261129);
	edges();
	no_memory();
	return tap_done();
}
