/*
 * Where displayed orders stand in their queues, from books that are rebuilt
 * (books.h): how much is ahead of an order when it joins its level, and how
 * much was when the event began that fills it.
 *
 * The orders of a level are a list through the slots of the tally, so that
 * joining and leaving cost a few steps; only the question how much is ahead
 * walks, from the order to the front.  Who is filled by price and time
 * stands in front.
 */
#ifndef EXCH_REPORT_QUEUE_H
#define EXCH_REPORT_QUEUE_H

#include "report/books.h"

/* An order joined the queue of its price behind so much. */
typedef void exch_queue_fn(
    void *arg, uint32_t place, exch_oid id, exch_qty ahead);

struct exch_queue {
	struct exch_books *books;
	struct exch_books_watch watch;
	struct exch_queue_link *link; /* by the tally's order */
	uint32_t nlinks;
	struct exch_queue_level *level; /* by its slot */
	uint32_t nlevels;
	exch_queue_fn *joined;
	void *arg;
	bool failed; /* no memory: positions are not known any more */
};

/* `books` are watched from now on; they stand as long as the queue. */
void exch_queue_init(struct exch_queue *q, struct exch_books *books,
    exch_queue_fn *joined, void *arg);
/* Of zeros, too. */
void exch_queue_clear(struct exch_queue *q);

/*
 * So much of a resting order is about to be executed, and the books do not
 * know yet: false if it rests in none, else *ahead is what stood in front of
 * it when the event began.  Where levels are not filled from the front, what
 * the event executed before counts as ahead.  `ask`: else only what is
 * executed is noted.
 */
bool exch_queue_exec(struct exch_queue *q, uint32_t place, exch_oid id,
    exch_qty qty, bool ask, exch_qty *ahead);

#endif
