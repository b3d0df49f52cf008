/*
 * What happens to each displayed order, one act after another: the third
 * level of market data.  The books are followed (report/follow.h), and what a
 * record has changed of them is told, so that whoever applies the acts in
 * their order has the same book, whatever kind of orders the market knows.
 *
 * An order that is replaced under another number or price is deleted and
 * added.  An order comes to be displayed when the event that let it in is
 * over.
 */
#ifndef EXCH_MD_ACTS_H
#define EXCH_MD_ACTS_H

#include "report/follow.h"

enum exch_act_kind {
	EXCH_ACT_ADD,
	EXCH_ACT_EXECUTE,
	EXCH_ACT_REDUCE,
	EXCH_ACT_DELETE
};

struct exch_act {
	exch_ts time;
	exch_oid order;
	exch_px price;	/* of the order, or of the execution; or none */
	exch_qty qty;	/* added, executed or taken away */
	exch_qty left;	/* of the order, afterwards */
	uint64_t match; /* of an execution */
	uint32_t place;
	uint8_t kind; /* enum exch_act_kind */
	uint8_t side;
};

/* Orders that a record names, two at most, as they stood before it. */
struct exch_acts_named {
	exch_oid order;
	exch_px price;
	exch_qty qty; /* 0: not displayed */
	uint32_t place;
	uint8_t side;
};

struct exch_acts {
	struct exch_follow follow;
	struct exch_books_watch watch;
	/* Told of each act. */
	void (*act)(void *arg, const struct exch_act *a);
	void *arg;
	exch_ts time; /* of the record at hand */
	struct exch_acts_named named[2];
	unsigned nnamed;
	/* if the record is an execution */
	exch_px price;
	exch_qty executed;
	uint64_t match;
};

/* `run` is borrowed as long as this lives, and so is a itself. */
int exch_acts_init(struct exch_acts *a, struct exch_report_run *run,
    void (*act)(void *arg, const struct exch_act *a), void *arg,
    struct exch_diag *d);
void exch_acts_clear(struct exch_acts *a);
/* Any record of the run's stream. */
int exch_acts_record(struct exch_acts *a, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d);
int exch_acts_finish(struct exch_acts *a, struct exch_diag *d);

#endif
