/*
 * What runs of exch-match match with: by themselves, or with cards of which
 * some go wrong at a random moment.
 */
#ifndef EXCH_TESTS_HANDS_H
#define EXCH_TESTS_HANDS_H

#include "base/rng.h"
#include "runs.h"

struct hands {
	char *const *cards; /* one after the other, "-": none */
	unsigned n;	    /* 0: all match by themselves */
	unsigned turn;
	unsigned wanted;  /* faults */
	uint64_t records; /* of an undisturbed run */
	/* Faults: that were prepared, that happened, and of those the ones
	 * that a primary and a standby have noticed. */
	unsigned ready, happened, primary, standby;
};

/* Of one run. */
struct hand {
	struct place at;
	char card[512];
	bool faulty; /* it may still go wrong */
};

/* The next card; `may`: it may go wrong, while more faults are wanted. */
void hand_deal(
    struct hand *h, struct hands *all, struct exch_rng *rng, bool may);
/*
 * A run has ended with that status, and `as` counts what it has noticed: true
 * when it ended because its card went wrong.
 */
bool hand_noticed(struct hand *h, struct hands *all, const struct life *l,
    int status, unsigned *as);

#endif
