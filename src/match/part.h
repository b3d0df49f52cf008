/*
 * An engine that has a part of the instruments only: one of several
 * processes that read the same stream, whose outputs are merged to that of
 * one engine (exch-replay).  Commands of foreign instruments are passed
 * over; those to all instruments are obeyed for one's own.
 *
 * What several engines do because of one record, or because of the clock,
 * has to be put into the order in which one engine does it.  So in front of
 * it stands a PART record, which says where the events behind it belong:
 *
 *	due      the clock's time; 0: the record before
 *	step     what is done, of those the clock does at one time in this
 *	         order, and `unit`, which of several
 *	section, gen, instr   where in it
 *
 * Engines do not know of each other.  What one can only do knowing what
 * others do is refused, with what to do instead.
 */
#ifndef EXCH_MATCH_PART_H
#define EXCH_MATCH_PART_H

#include "match/engine.h"

enum exch_part_section {
	EXCH_PART_COMMON, /* every engine says the same */
	EXCH_PART_EACH,	  /* instrument by instrument */
	EXCH_PART_DONE,	  /* the same of all, counts being sums */
	EXCH_PART_QUEUE,  /* triggered orders have their turns */
	EXCH_PART_SETTLE  /* pegs move */
};

struct exch_part {
	uint32_t no, of;   /* of this engine, from 0 */
	uint64_t *foreign; /* a bit per instrument that others have */
	/* One-cancels-other groups: open addressing, a power of two. */
	struct exch_part_group {
		uint64_t group;
		uint32_t account;
		uint32_t whose; /* from 1; 0: free */
	} * group;
	size_t ngroup, cap_group;
	struct exch_rec_risk judged; /* of others: the last verdict */
	struct exch_rec_part at;     /* where the events to come belong */
	struct exch_rec_part *last;  /* written last, or NULL */
	uint64_t written;	     /* records with it */
	const char *why;	     /* the first thing that cannot be told */
};

/* EXCH_ERR_NEED: the market has rules that look at all instruments. */
int exch_part_new(struct exch_match *m, struct exch_diag *d);
void exch_part_free(struct exch_part *p);
/* A record of any instrument, at m->now. */
int exch_part_apply(
    struct exch_match *m, const struct exch_rec *r, struct exch_diag *d);
/* What went wrong, if anything did. */
int exch_part_error(const struct exch_match *m, struct exch_diag *d);

/* The calls below do nothing in an engine that has all instruments. */

/* A step begins; `shared`: all engines do it. */
void exch_part_step_slow(struct exch_match *m, exch_ts due,
    enum exch_part_step step, uint32_t unit, bool shared);
/* Events of this section of it, of an instrument or of none, come now. */
void exch_part_go_slow(
    struct exch_match *m, enum exch_part_section section, uint32_t instr);
/* An order in the queue has its turn: who pushed it, and how late. */
void exch_part_turn_slow(
    struct exch_match *m, const struct exch_triggered *t, bool nested);
/* An instrument is settled behind all that. */
void exch_part_settle_slow(struct exch_match *m, uint32_t instr);
/* Is it an instrument of another part? */
bool exch_part_has(const struct exch_match *m, uint32_t instr);

static inline void
exch_part_step(struct exch_match *m, exch_ts due, enum exch_part_step step,
    uint32_t unit, bool shared)
{
	if (__builtin_expect(m->all->part != NULL, 0))
		exch_part_step_slow(m, due, step, unit, shared);
}

static inline void
exch_part_go(
    struct exch_match *m, enum exch_part_section section, uint32_t instr)
{
	if (__builtin_expect(m->all->part != NULL, 0))
		exch_part_go_slow(m, section, instr);
}

/* An order comes into the queue. */
static inline void
exch_part_pushed(const struct exch_match *m, struct exch_triggered *t)
{
	const struct exch_part *p = m->all->part;

	if (__builtin_expect(p != NULL, 0)) {
		t->from = p->at.h.instr;
		t->gen = p->at.gen + 1;
	}
}

static inline void
exch_part_settle(struct exch_match *m, uint32_t instr)
{
	if (__builtin_expect(m->all->part != NULL, 0))
		exch_part_settle_slow(m, instr);
}

static inline void
exch_part_turn(
    struct exch_match *m, const struct exch_triggered *t, bool nested)
{
	if (__builtin_expect(m->all->part != NULL, 0))
		exch_part_turn_slow(m, t, nested);
}

#endif
