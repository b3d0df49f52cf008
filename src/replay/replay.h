/*
 * From what a feed displayed to the orders that must have come in: puts
 * aggressors back, carries the venue's executions along as EXPECT records
 * and imposes what cannot be derived.  Rules by name: exch-replay(1).
 *
 * A shadow book holds the venue's displayed orders.  Every execution is
 * checked against it: one that price-time priority would have given too
 * becomes (part of) an incoming order; any other is imposed under a named
 * cause, so that an engine fed with the result never drifts from the venue.
 */
#ifndef EXCH_REPLAY_REPLAY_H
#define EXCH_REPLAY_REPLAY_H

#include "base/err.h"
#include "rec/stream.h"
#include "replay/owners.h"

struct exch_replay;

struct exch_replay_opts {
	bool expect;   /* carry EXPECT records */
	bool by_id;    /* late-displayed orders take their place by id */
	size_t orders; /* live orders expected */
	/* Whose orders are; NULL: nobody's.  Borrowed. */
	const struct exch_owner_rule *owners;
};

struct exch_replay_stats {
	uint64_t commands;
	uint64_t aggressors;   /* orders put back */
	uint64_t groups;       /* runs of executions of one event and side */
	uint64_t groups_exact; /* of them without an imposed execution */
	uint64_t executions;   /* displayed, printable */
	uint64_t imposed;      /* of them */
	uint64_t remainders;   /* adds joined to their aggressor */
	uint64_t late;	       /* orders displayed late */
	uint64_t unknown_refs; /* references to orders never displayed */
	uint64_t lost_refs;    /* to orders that replaced such a one */
	uint64_t price_gaps;
	uint64_t hidden; /* prints of hidden orders */
	uint64_t cross_fills;
	uint64_t crosses;
	uint64_t crossed_adds;
	uint64_t cause[16]; /* imposed executions by enum exch_cause */
};

int exch_replay_new(const struct exch_replay_opts *o, struct exch_writer *out,
    struct exch_replay **r, struct exch_diag *d);
void exch_replay_free(struct exch_replay *r);
/*
 * Take one record of a decoder.  BOOK_* become commands; INSTRUMENT, PHASE,
 * NOTICE, AUCTION, GAP and commands are passed on in order, a PHASE with
 * the flag IMPOSED.  A BOOK_ADD with the flag SNAPSHOT restates an order
 * displayed before and becomes an IMPOSED NEW.  EXCH_ERR_NOMEM;
 * EXCH_ERR_FORMAT and EXCH_ERR_RANGE for a decoder's defect.  What is
 * wrong with the writer shows at the end.
 */
int exch_replay_take(
    struct exch_replay *r, const struct exch_rec *rec, struct exch_diag *d);
/* Is it one of a book, which a run may consist of? */
static inline bool
exch_replay_is_display(const struct exch_rec *rec)
{
	return (uint8_t)(rec->type - EXCH_REC_BOOK_ADD) <=
	       EXCH_REC_BOOK_PRINT - EXCH_REC_BOOK_ADD;
}
/*
 * The same for the records of *n bytes, one behind the other, up to the
 * first that is none of a book.  *n receives the bytes taken.
 */
int exch_replay_run(struct exch_replay *r, const struct exch_rec *rec,
    size_t *n, struct exch_diag *d);
/* From here on order ids do not tell the time: opts.by_id is false. */
void exch_replay_by_arrival(struct exch_replay *r);
/* Time of the record taken last. */
exch_ts exch_replay_last(const struct exch_replay *r);
/*
 * Nothing of an earlier time will follow: write what is held back for it,
 * as the next record would do anyway.  For those who wait between records.
 */
void exch_replay_until(struct exch_replay *r, exch_ts time);
/* End of input: write what is held back. */
int exch_replay_finish(struct exch_replay *r, struct exch_diag *d);
const struct exch_replay_stats *exch_replay_stats(const struct exch_replay *r);

#endif
