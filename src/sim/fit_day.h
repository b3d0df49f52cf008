/*
 * What is counted of a day (fit_day.c), between the stream that tells of it
 * (fit_stream.c) and the lines that are made of it (fit_write.c).
 */
#ifndef EXCH_SIM_FIT_DAY_H
#define EXCH_SIM_FIT_DAY_H

#include "book/book.h"
#include "sim/fit.h"
#include "sim/fit_mike.h"
#include "sim/live.h"

#define EXCH_FIT_PRICES 63 /* of cst, by distance; beyond is one more */
#define EXCH_FIT_LEVELS 3  /* of queue */
#define EXCH_FIT_LONG 32   /* queues of that and more are one */
#define EXCH_FIT_SIZES 4096
#define EXCH_FIT_SPANS 1024 /* of the day, in which events are counted */
#define EXCH_FIT_FAR 1000   /* ticks; farther limits tell nothing of a window */

struct exch_fit_day {
	struct exch_book_store *store;
	struct exch_book book;
	struct exch_live *live;
	bool counts; /* trading is continuous */
	exch_ts now, first;
	double seconds; /* that counted */
	/* events, and the sum over time of what they come of */
	double limits, markets, cancels, orders;
	double far, near;      /* sum of limits' distances, and how many */
	double away, ticks;    /* limits behind the own best, and how far */
	double inside, better; /* those before it */
	double limit_at[EXCH_FIT_PRICES + 1], cancel_at[EXCH_FIT_PRICES + 1],
	    orders_at[EXCH_FIT_PRICES + 1];
	/* by level and length, of both sides */
	int64_t middle; /* the reference: r of flow_queue.c */
	bool referred;
	double in[EXCH_FIT_LEVELS][EXCH_FIT_LONG],
	    out[EXCH_FIT_LEVELS][EXCH_FIT_LONG],
	    took[EXCH_FIT_LEVELS][EXCH_FIT_LONG],
	    stood[EXCH_FIT_LEVELS][EXCH_FIT_LONG],
	    best[EXCH_FIT_LEVELS][EXCH_FIT_LONG]; /* stood as the best */
	uint64_t sizes[EXCH_FIT_SIZES];
	struct exch_fit_mike mike;
	/* Events by the time that counted, and how long each span is. */
	double span[EXCH_FIT_SPANS], span_long;
	/* of the first events: seconds, and which of the 12 kinds */
	double *time;
	uint8_t *kind;
	size_t ntime, cap_time, cap_kind;
};

int exch_fit_day_init(struct exch_fit_day *y);
void exch_fit_day_clear(struct exch_fit_day *y);
/* Counting begins, or ends, at t. */
void exch_fit_day_count(struct exch_fit_day *y, exch_ts t, bool counts);
/* One comes, at a limit or EXCH_SIM_NO_TICK; before it takes or rests. */
void exch_fit_day_order(
    struct exch_fit_day *y, exch_ts t, unsigned side, int64_t tick);
/* An order comes to rest; EXCH_ERR_NOMEM, EXCH_ERR_EXISTS. */
int exch_fit_day_limit(struct exch_fit_day *y, exch_ts t, unsigned side,
    exch_oid id, int64_t tick, uint64_t lots);
/* One takes of the other side; before what it takes is gone. */
int exch_fit_day_market(struct exch_fit_day *y, exch_ts t, unsigned side);
/* Its owner takes one away, all of it; of unknown ones nothing happens. */
int exch_fit_day_cancel(struct exch_fit_day *y, exch_ts t, exch_oid id);
/* So much less of one: of all of it nothing is left. */
void exch_fit_day_less(struct exch_fit_day *y, exch_oid id, uint64_t lots);
/*
 * How busy each of n equal parts of the day was by how busy it was in the mean:
 * events of all kinds, by time that counted.
 */
void exch_fit_day_profile(
    const struct exch_fit_day *y, unsigned n, double *factor);
/* An order was that large when it came. */
void exch_fit_day_size(struct exch_fit_day *y, uint64_t lots);

#endif
