/*
 * Leave one out: every order that rests is taken for the user's own, and each
 * queue model (book/estimate.h) tells from the level's quantities and trades
 * alone whether it is executed.  What happened to it is known.
 *
 * Levels here are those of the orders asked about.  They are kept apart from
 * the books' own, whose slots are another price's as soon as the last order is
 * gone, while an event is judged as a whole when it is over.
 *
 *	level: head -> order -> order ...	all that joined it, ended ones
 *						until their event is over
 */
#ifndef EXCH_REPORT_QUEUE_AUDIT_H
#define EXCH_REPORT_QUEUE_AUDIT_H

#include "book/estimate.h"
#include "report/books.h"
#include "report/report.h"

/* How models did with the orders of an instrument. */
struct exch_queue_score {
	uint64_t orders; /* contested: their price traded while they stood */
	uint64_t filled; /* of them: executed, in part at least */
	uint64_t calm;	 /* not contested: nothing to tell models apart */
	uint64_t apart;	 /* left out: executed otherwise than by the rules */
	uint64_t predicted[EXCH_ESTIMATE_MODELS];
	uint64_t missed[EXCH_ESTIMATE_MODELS]; /* filled, not predicted */
	uint64_t false_fills[EXCH_ESTIMATE_MODELS];
};

struct exch_queue_audit {
	struct exch_books books;
	struct exch_books_watch watch;
	struct exch_queue_score *score; /* by place */
	uint32_t nscores;
	/* orders asked about, a pool; the first is none */
	struct exch_queue_order *order;
	uint32_t order_cap, order_used, order_free;
	struct exch_queue_price *level;
	uint32_t level_cap, level_used, level_free;
	uint32_t *by_order; /* by the tally's order; 0: not asked about */
	uint32_t by_order_cap;
	uint32_t *by_level; /* by the tally's level */
	uint32_t by_level_cap;
	uint32_t *touched; /* levels that this event changed */
	uint32_t ntouched, touched_cap;
	/* what the record at hand does to orders that it takes out */
	uint8_t doing;	   /* enum exch_queue_doing */
	exch_oid restated; /* a snapshot tells of it: it came earlier */
	bool failed;	   /* no memory */
};

int exch_queue_audit_init(struct exch_queue_audit *q,
    const struct exch_insts *insts, struct exch_diag *d);
/* Of zeros, too. */
void exch_queue_audit_clear(struct exch_queue_audit *q);
/* Any record that the books want (exch_books_wants()). */
int exch_queue_audit_record(struct exch_queue_audit *q,
    const struct exch_rec *r, uint32_t place, uint8_t matcher,
    struct exch_diag *d);
/* The stream is over: what still rests was not executed. */
int exch_queue_audit_finish(struct exch_queue_audit *q, struct exch_diag *d);

/* Add b to a. */
void exch_queue_score_sum(
    struct exch_queue_score *a, const struct exch_queue_score *b);
/* Orders of which the model was right. */
static inline uint64_t
exch_queue_right(const struct exch_queue_score *s, unsigned m)
{
	return s->orders - s->missed[m] - s->false_fills[m];
}

/*
 * The model that was right most often among those that see no single orders;
 * of equal ones that which predicts most nearly as many fills as there were,
 * then the first.
 */
unsigned exch_queue_best(const struct exch_queue_score *s);

#endif
