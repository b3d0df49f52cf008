/* The best of what rests, beside a list that is walked (src/risk/best.h). */
#include <config.h>

#include "base/rng.h"
#include "risk/best.h"
#include "tap.h"

#define NODES 400u

static struct exch_best best;
static struct {
	uint32_t node, heap; /* node 0: none */
	int64_t rank;
} all[NODES];
static uint32_t root[2];

/* What the walk says; false: nothing is there. */
static bool
lowest(uint32_t heap, uint32_t without, int64_t *rank)
{
	bool found = false;

	for (unsigned i = 0; i < NODES; i++) {
		if (all[i].node == 0 || all[i].heap != heap ||
		    all[i].node == without)
			continue;
		if (!found || all[i].rank < *rank)
			*rank = all[i].rank;
		found = true;
	}
	return found;
}

static uint64_t
differs(uint32_t heap, uint32_t without)
{
	int64_t want = 0, got = 0;
	bool is = lowest(heap, without, &want);

	return exch_best_of(&best, &root[heap], without, &got) != is ||
	       want != got;
}

int
main(void)
{
	struct exch_rng rng;
	uint64_t bad = 0, failed = 0;
	int64_t rank;

	exch_rng_seed(&rng, 11);
	tap_ok(exch_best_init(&best) == 0, "heaps");
	tap_ok(!exch_best_of(&best, &root[0], 0, &rank), "nothing is best");
	for (unsigned step = 0; step < 60000; step++) {
		unsigned i = (unsigned)exch_rng_below(&rng, NODES);
		uint32_t heap = (uint32_t)exch_rng_below(&rng, 2);

		rank = (int64_t)exch_rng_below(&rng, 300) - 150;
		if (all[i].node == 0) {
			all[i].heap = heap;
			all[i].rank = rank;
			failed += exch_best_add(&best, &root[heap], rank,
				      &all[i].node) != 0;
		} else if (exch_rng_below(&rng, 3) == 0) {
			all[i].rank = rank;
			exch_best_move(
			    &best, &root[all[i].heap], all[i].node, rank);
		} else {
			exch_best_drop(&best, &root[all[i].heap], all[i].node);
			all[i].node = 0;
		}
		i = (unsigned)exch_rng_below(&rng, NODES);
		bad += differs(heap, 0);
		bad += all[i].node != 0 && differs(all[i].heap, all[i].node);
	}
	tap_is_u64(failed, 0, "all were added");
	tap_is_u64(bad, 0, "the best is that of a walk, also without one");
	for (unsigned i = 0; i < NODES; i++)
		if (all[i].node != 0)
			exch_best_drop(&best, &root[all[i].heap], all[i].node);
	tap_ok(root[0] == 0 && root[1] == 0 && best.node.live == 0,
	    "and nothing is left");
	exch_best_clear(&best);
	return tap_done();
}
