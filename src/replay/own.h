/*
 * What the files of this part share.  replay.c begins and ends and passes
 * on what is no display; display.c turns displayed orders into commands,
 * for which ahead.c has looked at what comes next; group.c holds executions
 * back until their event is complete and puts the aggressor before them;
 * venue.c follows the venue's phases and infers the call nobody announced;
 * shadow.c keeps the displayed orders.
 */
#ifndef EXCH_REPLAY_OWN_H
#define EXCH_REPLAY_OWN_H

#include "replay/replay.h"
#include "replay/shadow.h"

/* A print held back: an execution or the print of a hidden order. */
struct exch_held {
	uint64_t match;
	exch_oid order; /* that rested; hidden: 0 unknown */
	exch_qty qty;
	exch_px price; /* displayed */
	exch_px print; /* printed */
	uint32_t run;  /* number of its run of executions */
	bool hidden;
	uint8_t guess; /* hidden: aggressor by the quote of that moment */
};

/*
 * The executions of one aggressor, while more may follow.  Prints of
 * hidden orders of the same event stand among them in their order.
 */
struct exch_group {
	struct exch_shown *in;
	uint8_t side;  /* of the resting orders, EXCH_SIDE_NONE: not known */
	bool ended;    /* a fill left its order open: no more can follow */
	exch_px worst; /* display price hit last, the worst of them */
	exch_qty sum;  /* of executions; 0: prints of hidden orders only */
	uint32_t n;
	size_t cap;
	struct exch_held *held;
};

struct exch_replay {
	struct exch_replay_opts o;
	struct exch_replay_stats st;
	struct exch_writer *out;
	struct exch_shadow *shadow;
	/*
	 * Groups held back: the first npending; the others are spare.  All
	 * are of one time, pending_time.
	 */
	struct exch_group **group;
	uint32_t npending, ngroups;
	exch_ts pending_time;
	exch_ts last_time;
	uint64_t number; /* of the last aggressor put back */
	uint8_t phase;	 /* of instruments not seen yet */
};

/* The display that may be what is left of a group's aggressor. */
struct exch_rest {
	const struct exch_shown_order *order;
	exch_oid old; /* replaced by it; 0: a new order */
};

/* The account of an order put into the stream; 0: nobody's. */
static inline uint32_t
exch_replay_owner(const struct exch_replay *r, uint32_t instr, exch_oid order)
{
	return r->o.owners == NULL
		   ? 0
		   : exch_owner_by_rule(r->o.owners, instr, order);
}

/* ---- replay.c ---- */

/* EXCH_ERR_FORMAT: a record shorter than its type is the decoder's defect. */
int exch_replay_cut(struct exch_diag *d);
/* EXCH_ERR_RANGE: so is an instrument beyond all. */
int exch_replay_far(const struct exch_rec *rec, struct exch_diag *d);

/* ---- group.c ---- */

/*
 * An execution of a displayed order (none: it was never displayed) that may
 * print (E, C with Y).
 */
struct exch_ahead;
int exch_replay_execution(struct exch_replay *r, const struct exch_ahead *a,
    exch_slot o, struct exch_diag *d);
/* The print of a hidden order (P). */
int exch_replay_hidden(struct exch_replay *r, struct exch_shown *in,
    const struct exch_rec_book_print *p, struct exch_diag *d);
/* Is this display what is left of the group's aggressor? */
bool exch_group_joins(
    const struct exch_group *g, const struct exch_shown_order *o);
/* Write a group out, with what is left of its aggressor (or NULL). */
void exch_group_flush(
    struct exch_replay *r, struct exch_group *g, const struct exch_rest *rest);
/* Write all of them out, in order of their first records. */
void exch_group_flush_all(struct exch_replay *r);
void exch_group_free(struct exch_replay *r);
/*
 * Count a reference to an order that is not displayed and take qty from it
 * if it is a lost one.  Its price, or EXCH_PX_NONE.
 */
exch_px exch_replay_unknown(
    struct exch_replay *r, struct exch_shown *in, exch_oid order, exch_qty qty);
/* Take qty from an order because the venue did, under a cause. */
void exch_replay_impose_cancel(struct exch_replay *r, uint32_t instr,
    exch_ts time, exch_oid order, exch_qty qty, enum exch_cause cause);

/* A record comes: what was held back for another time is complete. */
static inline void
exch_replay_begin(struct exch_replay *r, const struct exch_rec *rec)
{
	if (r->npending != 0 && rec->time != r->pending_time)
		exch_group_flush_all(r);
	r->last_time = rec->time;
}

/* Another record of the instrument ends its group and its run. */
static inline void
exch_group_end(struct exch_replay *r, struct exch_shown *in)
{
	in->run_open = false;
	if (in->group != NULL)
		exch_group_flush(r, in->group, NULL);
}

/* ---- venue.c ---- */

/* The venue announced a phase for `in` (NULL: all). */
void exch_venue_phase(
    struct exch_replay *r, struct exch_shown *in, uint8_t phase);
/* An order that crosses is displayed: the venue is not matching. */
void exch_venue_crossed(
    struct exch_replay *r, struct exch_shown *in, exch_ts time);
/* An execution says that the venue matches, whatever was known before. */
void exch_venue_matching(
    struct exch_replay *r, struct exch_shown *in, exch_ts time);
/* An auction printed: a call that was only inferred is over. */
void exch_venue_cross(
    struct exch_replay *r, struct exch_shown *in, exch_ts time);

#endif
