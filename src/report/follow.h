/*
 * Books of any stream that has orders, whoever speaks of them:
 *
 *	engine	the answers of exch-match, wherever it has run (books.h)
 *	display	BOOK_ records, what a feed displayed (exch-replay --raw), order
 *		by order or, where it shows no orders, levels and quotes
 *	venue	commands with the venue's own executions, which nobody has
 *		matched: an EXPECT that was not imposed takes from both
 *		orders, and what is left of the incoming one rests
 *
 * A display is followed wherever it stands.  Whether commands are answered is
 * settled at the first of them: in a stream that exch-match has passed on the
 * venue's own executions are not looked at.
 *
 * The watcher hears of the time, of trades and of whole events, in the order
 * of the stream.
 */
#ifndef EXCH_REPORT_FOLLOW_H
#define EXCH_REPORT_FOLLOW_H

#include "report/books.h"
#include "report/report.h"

/* Who answers commands. */
enum exch_follow_by {
	EXCH_FOLLOW_NOBODY, /* so far */
	EXCH_FOLLOW_ENGINE,
	EXCH_FOLLOW_VENUE
};

/* Each returns EXCH_OK or what ends the run. */
struct exch_follow_watch {
	void *arg;
	/*
	 * The stream's time is about to grow to t; the books are whole.  NULL
	 * for who does not care.
	 */
	int (*time)(void *arg, exch_ts t, struct exch_diag *d);
	/*
	 * An EXEC, TRADE, BUST, EXPECT or MISS as a tape takes it
	 * (report/tape.h); those of a display are made up as such.
	 */
	int (*trade)(void *arg, uint32_t place, const struct exch_rec *r,
	    struct exch_diag *d);
	/* An event of time t is over that may have changed this book. */
	int (*event)(void *arg, uint32_t place, exch_ts t, struct exch_diag *d);
};

struct exch_follow {
	struct exch_books books;
	struct exch_follow_watch watch;
	uint8_t by;	/* enum exch_follow_by */
	bool under_way; /* venue: an event whose end did not come yet */
	bool passes;	/* venue: what is left of `books.in` goes */
	uint32_t place; /* of that event */
	exch_ts time;	/* its time */
	exch_ts clock;	/* the largest time so far */
};

/* `run` is borrowed as long as the follower lives. */
int exch_follow_init(struct exch_follow *f, struct exch_report_run *run,
    const struct exch_follow_watch *watch, struct exch_diag *d);
void exch_follow_clear(struct exch_follow *f);
/*
 * Ends what the record does not belong to; exch_follow_record() does it, too,
 * and this is for whoever wants to look at the books in between.
 */
int exch_follow_before(struct exch_follow *f, const struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d);
/* Any record of the run's stream. */
int exch_follow_record(struct exch_follow *f, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d);
/* The stream is over, or is to be looked at as if it were. */
int exch_follow_finish(struct exch_follow *f, struct exch_diag *d);

#endif
