/*
 * Who gets how much of an incoming order at one price: an allocation is
 * data, a list of steps, each of which gives out some of the quantity the
 * steps before left over.  A new venue is a new row in alloc.c, not a
 * branch.  The module knows neither book nor engine: orders of one level
 * and a quantity go in, parts come out.
 *
 * What every step has in common:
 *
 * - it sees what is still open of each order (its quantity less what
 *   earlier steps gave it) and the quantity still to be given out, both as
 *   they are when the step begins: shares of a proportional step have one
 *   base, which is not updated from order to order;
 * - it never gives an order more than is open of it;
 * - products are made in 128 bits, shares are rounded down to the unit
 *   (exch_alloc_state.unit), except where a step says up;
 * - what it cannot give goes to the next step, and what the last one
 *   leaves goes to the orders in the order of the queue.
 *
 * exch-match(1), ALLOCATION, has the same rules with an example each.
 */
#ifndef EXCH_MATCH_ALLOC_H
#define EXCH_MATCH_ALLOC_H

#include "base/types.h"

enum exch_alloc_kind {
	EXCH_ALLOC_END = 0,
	/* The first order marked `top`, if at least min is open of it: all
	 * that is open, at most max, at most floor(left * percent / 100). */
	EXCH_ALLOC_TOP,
	/* Each participant with a share: floor(left * lmm / 100), less than
	 * min is nothing, at most max; its orders in the order of the queue.
	 * Participants in ascending order of number while there is any. */
	EXCH_ALLOC_LMM,
	/* The next step gives out at most floor(left * percent / 100). */
	EXCH_ALLOC_SPLIT,
	/* Queue order, each order all that is open. */
	EXCH_ALLOC_FIFO,
	/* Largest open quantity first, then queue order; all that is open. */
	EXCH_ALLOC_SIZE,
	/* floor(open * left / sum of open), less than min is nothing, at
	 * most max. */
	EXCH_ALLOC_PRO_RATA,
	/* The same with weights open * (orders of the level from this one to
	 * the end of the queue): the oldest of n counts n times. */
	EXCH_ALLOC_TIME_PRO_RATA,
	/* The same as PRO_RATA rounded up to the unit, largest first and then
	 * queue order, while there is any. */
	EXCH_ALLOC_SIZE_UP,
	/* One unit to each order that has nothing yet, in queue order; min
	 * 0 switches the step off. */
	EXCH_ALLOC_LEVELING,
	/* One lot after the other to the participants in turn, who are in
	 * ascending order of number; a participant's orders in queue order.
	 * Owner 0, all who have no number, is one participant. */
	EXCH_ALLOC_PARITY
};

/* Fields a kind does not name above are not read. */
struct exch_alloc_step {
	enum exch_alloc_kind kind;
	exch_qty min;	 /* 0 and 1 are the same: no minimum */
	exch_qty max;	 /* of one order or participant; 0: none */
	exch_qty lot;	 /* of PARITY; 0: one unit */
	uint8_t percent; /* 0..100 */
};

#define EXCH_ALLOC_STEPS 8

/*
 * Rows are copied and their parameters changed in the copy
 * (exch_alloc_set); `name` is borrowed from the table.
 */
struct exch_alloc {
	const char *name;
	/* One queue by receipt over all prices: the caller walks it with
	 * exch_alloc_before, exch_alloc_run knows a single level only. */
	bool by_time;
	struct exch_alloc_step step[EXCH_ALLOC_STEPS]; /* END or full */
};

/* The plain queue by whatever name: nothing needs to be shared. */
bool exch_alloc_is_queue(const struct exch_alloc *a);
/* A row by its name, or NULL. */
const struct exch_alloc *exch_alloc_by_name(const char *name);
/* All of them; *n receives how many. */
const struct exch_alloc *exch_alloc_all(unsigned *n);

/*
 * Change a parameter in every step that has it: top-min, top-max,
 * top-percent, lmm-min, lmm-max, fifo-percent (of SPLIT: pro rata has the
 * rest), min, max (of PRO_RATA, TIME_PRO_RATA, SIZE_UP), leveling (0, 1),
 * lot (of PARITY).  EXCH_ERR_ABSENT: no such parameter, or no step of this
 * allocation has it; EXCH_ERR_RANGE: no such value; both change nothing.
 */
int exch_alloc_set(struct exch_alloc *a, const char *param, uint64_t value);

/* A displayed order of the level. */
struct exch_alloc_order {
	exch_qty qty;	/* above zero */
	exch_ts time;	/* of receipt, for exch_alloc_before */
	uint64_t entry; /* number of arrival, for exch_alloc_before */
	uint32_t owner; /* participant, 0: none */
	bool top;
	uint8_t lmm; /* percent for its participant, 0..100, 0: none; the
		      * participant's first such order in the queue tells */
};

/* Working memory; zeroed is empty.  It grows with the longest level met. */
struct exch_alloc_slot {
	exch_qty qty;
	exch_qty part;
	uint32_t at;
	uint32_t owner;
};

struct exch_alloc_scratch {
	struct exch_alloc_slot *slot;
	size_t n;
};

/* Room for levels of n orders; EXCH_ERR_NOMEM leaves it as it was. */
int exch_alloc_reserve(struct exch_alloc_scratch *s, size_t n);
void exch_alloc_scratch_clear(struct exch_alloc_scratch *s);

/*
 * What outlives a run: one per instrument and side.  Zeroed but for the
 * scratch, which many states may share, it is ready.
 */
struct exch_alloc_state {
	uint32_t next; /* PARITY: the participant whose turn it is, or, when
			* it has no order here, the next higher number, or
			* the lowest */
	exch_qty unit; /* smallest quantity to give out, as an instrument's
			* lot; 0 is 1.  Parts are multiples of it as long
			* as all quantities are. */
	struct exch_alloc_scratch *scratch;
};

/*
 * Give out `incoming`, which is less than the sum of the n orders, which
 * stand in queue order; part[i] receives what order i gets.  The parts sum
 * to incoming exactly.  (With at least the sum every order gets all it
 * has.)  Fails only with EXCH_ERR_NOMEM, only when the list has one of
 * LMM, SIZE, SIZE_UP and PARITY and the scratch has no room for n orders
 * yet, and then nothing is changed but part[].
 */
int exch_alloc_run(const struct exch_alloc *a, struct exch_alloc_state *st,
    const struct exch_alloc_order *o, size_t n, exch_qty incoming,
    exch_qty *part);

/*
 * The order of one queue by receipt: a stands before b when it was received
 * in an earlier microsecond, in the same one when it is larger, and when
 * they are equally large when its number of arrival is lower.
 */
bool exch_alloc_before(
    const struct exch_alloc_order *a, const struct exch_alloc_order *b);

#endif
