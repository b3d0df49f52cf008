/*
 * An engine of several shards at work on several threads.  Its caller reads
 * records and offers each to the crew:
 *
 *	n = exch_crew_take(crew, rec, seq, d);
 *	if (n <= 0)
 *		return n;	(taken, or a failure)
 *	... else advance, copy and apply it, as with one shard
 *
 * What concerns one instrument only (shared.h) is taken, and copied to the
 * writer together with the events it caused when its batch is done; before
 * anything else the crew has caught up and rests.  So the output is that of
 * one shard, record by record: what reaches further is executed alone, at
 * its place, and the rest is put back into the order of the input.
 *
 *	caller    | fill A | fill B | fill C, merge A | fill D, merge B | ...
 *	thread 1         | A     | B      | C | D ...
 *	thread 2         | A | B        | C      | D ...
 *
 * The writer is the caller's; between a take and a catch-up nobody else may
 * write with it.
 */
#ifndef EXCH_MATCH_CREW_H
#define EXCH_MATCH_CREW_H

#include "match/match.h"

struct exch_crew;

struct exch_crew_opts {
	uint32_t batch; /* records handed out at a time; 0: as is good */
	/*
	 * Up to so many are not worth waking threads for, and are executed
	 * by the caller; 0: as is good, UINT32_MAX: always wake them.
	 */
	uint32_t few;
};

struct exch_crew_stats {
	uint64_t apart; /* records executed by the threads */
	uint64_t alone; /* records before which the crew caught up */
};

/*
 * Threads for the shards of an engine, which stays the caller's; *out is the
 * writer it was made with.  EXCH_ERR_NOMEM, EXCH_ERR_SYSTEM.
 */
int exch_crew_new(struct exch_match *m, struct exch_writer *out,
    const struct exch_crew_opts *o, struct exch_crew **crew,
    struct exch_diag *d);
/* Lets the threads end; what they had not merged is lost.  NULL is fine. */
void exch_crew_free(struct exch_crew *c);

/*
 * 0: taken.  1: it may reach further than its instrument, everything before
 * it is in the output, and the caller executes it.  Negative: a record before
 * it failed, and is the last one in the output.
 */
int exch_crew_take(struct exch_crew *c, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d);
/* Everything taken is in the output, and nobody is at work. */
int exch_crew_catch_up(struct exch_crew *c, struct exch_diag *d);

const struct exch_crew_stats *exch_crew_stats(const struct exch_crew *c);

#endif
