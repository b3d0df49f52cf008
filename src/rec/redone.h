/*
 * Which execution of the engine stands for one of the venue's.  A day that is
 * matched again has both: the venue's own as an EXPECT with the venue's
 * number, and the engine's EXEC with the engine's.  What says something of an
 * execution later, a BUST, has the number that its source knows.
 *
 * The engine says where the two differ (MISS) and nothing where they agree:
 * so its comparison is done here again.  An instrument's executions wait for
 * their EXPECT, in order, until its next command.
 *
 *	EXEC -> waiting | EXPECT: the first is taken off, and compared
 *
 * As many of the venue's are remembered as whoever asks says, the last ones.
 */
#ifndef EXCH_REC_REDONE_H
#define EXCH_REC_REDONE_H

#include "base/keyed.h"
#include "rec/rec.h"

/* What those remember who have no reason for another number. */
#define EXCH_REDONE_WINDOW (UINT32_C(1) << 18)

struct exch_redone_exec;
struct exch_redone_key;

struct exch_redone {
	struct exch_keyed venue;       /* the venue's executions */
	struct exch_keyed waiting;     /* the queue of each instrument */
	struct exch_redone_exec *exec; /* what waits; 0 is none */
	size_t nexec, cap_exec;
	uint32_t free;
	struct exch_redone_key *ring; /* of the venue's, in order */
	size_t cap_ring;
	uint64_t window; /* so many at most, 1 or more */
	uint64_t next;
};

enum exch_redone_said {
	EXCH_REDONE_OWN,  /* of no EXPECT that is remembered: as it stands */
	EXCH_REDONE_EXEC, /* it is the engine's that *match and *source say */
	EXCH_REDONE_NONE  /* the engine did not do it: no EXEC stands for it */
};

/* EXCH_ERR_NOMEM. */
int exch_redone_init(struct exch_redone *x, uint64_t window);
/* Of zeros, too. */
void exch_redone_clear(struct exch_redone *x);
/* Any record.  EXCH_ERR_NOMEM. */
int exch_redone_record(struct exch_redone *x, const struct exch_rec *r);
/* What is the execution with this number, of this source? */
enum exch_redone_said exch_redone_of(const struct exch_redone *x,
    uint32_t instr, uint64_t *match, uint8_t *source);

#endif
