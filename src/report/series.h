/*
 * The day of the most active instruments in bins of time, for pictures: what
 * traded, quoted and rested, in memory that does not grow with the day.
 *
 * All instruments share the bins.  When time passes the last of them, a bin
 * becomes a multiple of its width and takes in those that it covers: what is
 * summed is added up, what is a state is that of the latest.  Widths are those
 * that people count in (EXCH_SERIES_BINS of them at most).
 *
 * Which instruments will have been the most active is not known before the
 * end, so that more of them are kept than are shown.  One that has traded
 * twice as often as the least of those kept takes its place, and begins there:
 * its `since` says so.
 */
#ifndef EXCH_REPORT_SERIES_H
#define EXCH_REPORT_SERIES_H

#include "report/follow.h"
#include "report/tape.h"

#define EXCH_SERIES_BINS 480u
/* Levels of a side that are kept at the end of a bin. */
#define EXCH_SERIES_LEVELS 50u
/* What an instrument keeps of that is told of auctions. */
#define EXCH_SERIES_CALLS 360u

struct exch_bins {
	exch_ts start; /* EXCH_TS_NONE: nothing came so far */
	uint64_t width;
	uint32_t n; /* of them begun, the last one perhaps not over */
};

struct exch_series_cell {
	/* of trades in the book */
	exch_px open, high, low, last; /* none: nothing traded */
	uint64_t trades;
	exch_u128 volume; /* all that traded, and of it at a price */
	exch_u128 priced;
	exch_i128 notional; /* price x quantity of that */
	/* time-weighted spread, as the summary has it */
	exch_u128 spread; /* 10^-9 x ns */
	uint64_t quoted;  /* ns */
	/* at its end */
	bool seen; /* a book was */
	exch_px px[2];
	exch_qty qty[2];
	exch_u128 depth[2]; /* of the levels kept */
};

/* A level, beside the best of its side; q 0: there is none. */
struct exch_series_level {
	uint32_t ticks;
	float q;
};

/* What an auction would give, or gave. */
struct exch_series_call {
	exch_ts time;
	exch_px price; /* or none */
	exch_qty paired;
	exch_i128 imbalance; /* above 0: more is bought */
	uint8_t cross;	     /* enum exch_cross */
	bool final;	     /* it is the result */
};

struct exch_series_slot {
	uint32_t place;
	exch_ts since; /* what was before is not in it; 0: all is */
	struct exch_series_cell *cell;	 /* EXCH_SERIES_BINS */
	struct exch_series_level *level; /* of each both sides */
	exch_px tick;			 /* in which levels are apart */
	exch_px spread;			 /* now; 0: not quoted, or crossed */
	exch_ts spread_since;
	/*
	 * Of what was told of auctions every `stride`th, and all results.  When
	 * there is no room, every second one that is no result goes.
	 */
	struct exch_series_call *call; /* EXCH_SERIES_CALLS, or NULL: none */
	uint32_t ncalls, stride;
	uint64_t told;
};

/* Who has bins of its own beside these: told before they change. */
struct exch_series_watch {
	void *arg;
	/* Bin i is over, and all that happened in it has been told. */
	int (*over)(void *arg, uint32_t i, struct exch_diag *d);
	/* So many bins become one, from the first on; `shift` empty ones stand
	 * before it. */
	void (*merge)(void *arg, uint32_t n, uint32_t factor, uint32_t shift);
};

struct exch_series {
	struct exch_report_run *run;
	struct exch_follow follow;
	struct exch_tape tape;
	struct exch_bins bins;
	struct exch_series_watch watch;
	struct exch_series_slot *slot;
	uint32_t nslots, most;
	uint32_t *at; /* by place: slot + 1, 0: none */
	uint32_t nat;
	exch_ts clock;
};

/* At least `top` instruments are kept; `run` is borrowed. */
int exch_series_init(struct exch_series *s, struct exch_report_run *run,
    uint32_t top, struct exch_diag *d);
/* Of zeros, too. */
void exch_series_clear(struct exch_series *s);
int exch_series_record(
    struct exch_series *s, const struct exch_rec *r, struct exch_diag *d);
int exch_series_finish(struct exch_series *s, struct exch_diag *d);

/*
 * The slots, most active first: by trades, then by id of the instrument.
 * *order is the caller's (exch_free), *n how many there are.
 */
int exch_series_order(const struct exch_series *s, uint32_t **order,
    uint32_t *n, struct exch_diag *d);

/* ---- bins, for tests ---- */

/* The width behind one, a multiple of it. */
uint64_t exch_bins_next(uint64_t width);

#endif
