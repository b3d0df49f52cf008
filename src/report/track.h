/*
 * The orders of a stream, as they live: what each asked for, what was done
 * with it and what is left.  Reports are told every change and may look at
 * the order; memory holds live orders only.
 *
 * An order's details stand in its command, its fate in the matcher's
 * answer directly behind; so the last command is kept until it is answered.
 */
#ifndef EXCH_REPORT_TRACK_H
#define EXCH_REPORT_TRACK_H

#include "base/err.h"
#include "rec/rec.h"
#include "report/lives.h"

enum exch_change_kind {
	EXCH_CHANGE_ACCEPTED,
	EXCH_CHANGE_EXECUTED,
	EXCH_CHANGE_CANCELLED,
	EXCH_CHANGE_REPLACED,
	EXCH_CHANGE_REJECTED,
	EXCH_CHANGE_RESTATED,
	EXCH_CHANGE_TRIGGERED
};

struct exch_change {
	enum exch_change_kind kind;
	const struct exch_rec *r; /* the answer */
	uint32_t place;
	/*
	 * The order after the change; NULL when the stream never told of it.
	 * REPLACED: the old one as it was, and `next` the order it became
	 * (the same one when the id stayed).  REJECTED: the command as it
	 * asked, not a live order.
	 */
	const struct exch_life *o;
	const struct exch_life *next;
	exch_oid order;	 /* whose change */
	exch_oid contra; /* EXECUTED: the other order */
	uint8_t side;	 /* EXECUTED: known even without o */
	bool ended;	 /* o is gone after this call */
};

/* The answer as its own type: the tracker has seen that it is whole. */
#define EXCH_CHANGE_REC(c, T) ((const struct T *)(const void *)(c)->r)

/*
 * The other side of an execution on paper (struct exch_rec_exec).  It is told
 * of like any side, without an order, so that both sides of each are.
 */
static inline bool
exch_change_nobody(const struct exch_change *c)
{
	return c->kind == EXCH_CHANGE_EXECUTED && c->o == NULL &&
	       c->order == 0 && (c->r->flags & EXCH_F_IMPOSED) != 0;
}

typedef int exch_change_fn(
    void *arg, const struct exch_change *c, struct exch_diag *d);

struct exch_track;
/* What it has of them: for whoever fetches memory ahead (fetch.h). */
const struct exch_lives *exch_track_lives(const struct exch_track *t);

int exch_track_new(exch_change_fn *fn, void *arg, struct exch_track **out,
    struct exch_diag *d);
void exch_track_free(struct exch_track *t);

/* Take any record; `place` is its instrument's. */
int exch_track_record(struct exch_track *t, const struct exch_rec *r,
    uint32_t place, struct exch_diag *d);
/* The live orders in the order in which they came in. */
int exch_track_each(
    struct exch_track *t, exch_life_fn *fn, void *arg, struct exch_diag *d);
/* Answers that spoke of orders the stream does not hold; nobody is none. */
uint64_t exch_track_unknown(const struct exch_track *t);
size_t exch_track_live(const struct exch_track *t);

/* The phase instruments are in before the stream tells; continuous. */
void exch_track_first_phase(struct exch_track *t, uint8_t phase);
/* A live order, or NULL; good until the next record. */
const struct exch_life *exch_track_find(
    const struct exch_track *t, uint32_t place, exch_oid id);
/* Is the order live, or was it asked for? */
bool exch_track_knows(
    const struct exch_track *t, uint32_t instr, uint32_t place, exch_oid id);
/* The phase and the auction of an instrument. */
uint8_t exch_track_phase(
    const struct exch_track *t, uint32_t place, uint8_t *cross);
/* The instrument is in this phase from now on; the stream said it before. */
int exch_track_set_phase(struct exch_track *t, uint32_t place, uint8_t phase,
    uint8_t cross, struct exch_diag *d);

/* True for the records a tracker wants, PHASE aside. */
static inline bool
exch_track_wants(uint8_t type)
{
	return (type >= EXCH_REC_NEW && type <= EXCH_REC_REPLACED) ||
	       type == EXCH_REC_RESTATED || type == EXCH_REC_TRIGGERED;
}

/* ---- standing.c: for track.c ---- */

/* It was accepted, or comes in anew: true if it is put apart. */
bool exch_stand_in(struct exch_life *o, uint8_t phase, uint8_t cross);
/* After `open` went down by an execution. */
void exch_stand_filled(
    struct exch_life *o, uint8_t side, uint8_t aggressor, exch_qty qty);
/* After `open` went down otherwise. */
void exch_stand_reduced(struct exch_life *o);
enum exch_life_event exch_stand_restated(
    struct exch_life *o, const struct exch_rec_restated *r);
enum exch_life_event exch_stand_triggered(
    struct exch_life *o, uint8_t phase, uint8_t cross);

#endif
