/*
 * A line that is worse than it need be, for those who test what reads it:
 * packets lost, sent twice, late or after others, by the seed alone.  What is
 * decided here is done by who sends.
 */
#ifndef EXCH_MD_IMPAIR_H
#define EXCH_MD_IMPAIR_H

#include "base/rng.h"
#include "base/types.h"

/* The longest delay and jitter. */
#define EXCH_IMPAIR_DELAY (10 * EXCH_SEC)

struct exch_impair {
	uint32_t loss, duplicate, reorder; /* of a million packets */
	uint64_t delay, jitter;		   /* ns; jitter: up to so much more */
	struct exch_rng rng;
	/* what became of the packets */
	uint64_t seen, lost, doubled, moved, delayed;
	uint64_t messages_lost;
};

/* What becomes of one. */
struct exch_impaired {
	bool lost;
	bool doubled;	/* it comes twice */
	unsigned after; /* it comes behind so many that follow; 0: in turn */
	uint64_t delay; /* ns */
};

/*
 * "loss=5%,duplicate=1%,reorder=2%,delay=3ms,jitter=1ms", each at most once.
 * Returns NULL, or what is wrong, *where being the place in it, from 1.
 */
const char *exch_impair_parse(
    struct exch_impair *m, const char *s, size_t *where);
/* Two lines of one seed do not lose the same packets. */
void exch_impair_seed(struct exch_impair *m, uint64_t seed, unsigned line);
/* The fate of the next packet, which has so many messages. */
struct exch_impaired exch_impair_next(struct exch_impair *m, unsigned messages);

#endif
