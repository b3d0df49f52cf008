/*
 * A flow through an engine of one shard, and through threads that have its
 * instruments between them: every byte has to be the same.
 */
#ifndef EXCH_TESTS_APART_H
#define EXCH_TESTS_APART_H

#include "match/match.h"
#include "prop/flow.h"

/* Of the records, how many were executed by threads. */
struct apart {
	uint64_t records;
	uint64_t apart;
};

/*
 * By those options, with 2, 3 and 5 threads and batches of several sizes.
 * NULL, or what differs.
 */
const char *apart_differs(
    const struct flow *f, const struct exch_match_opts *mo, struct apart *a);

#endif
