/*
 * Statistics of a session, instrument by instrument: what traded, what was
 * quoted and for how long, what was asked of the venue, and which phases and
 * auctions there were.  stats.c counts, stats_rows.c shows.
 *
 * Of quotes there is what stood while the market was continuous and both
 * sides were there, the bid below the offer: each state of them is weighted
 * with the time that it lasted.
 */
#ifndef EXCH_MD_STATS_H
#define EXCH_MD_STATS_H

#include "report/follow.h"
#include "report/summary.h"
#include "report/tape.h"

/* The best of both sides; a quantity 0: nothing. */
struct exch_stat_quote {
	exch_px px[2]; /* exch_book_index() */
	exch_qty qty[2];
};

struct exch_stat {
	/* what came in, as far as the stream tells it */
	uint64_t orders;
	uint64_t cancels; /* by who has them, or imposed */
	uint64_t expired; /* taken out by rules of the venue */
	uint64_t replaces;
	uint64_t rejects;
	/* the largest trade outside auctions, the first of its size */
	exch_qty largest;
	exch_px largest_px;
	exch_ts largest_time;
	/* the state since `since`, and sums of state x ns before it */
	struct exch_stat_quote now;
	exch_ts since;
	uint8_t phase;	     /* enum exch_phase */
	bool used;	     /* a record of the market speaks of it */
	uint64_t continuous; /* ns */
	uint64_t quoted;     /* ns of it with both sides */
	uint64_t halted;     /* ns */
	uint64_t halts;
	exch_u128 spread_area; /* price x ns */
	exch_u128 mid_area;    /* both prices x ns: twice the middle */
	bool below;	       /* some bid was below 0: no middle then */
	exch_u128 qty_area[2];
	struct exch_sum_auction auction[EXCH_SUM_CROSSES];
};

/* A phase begins, or an auction is over. */
struct exch_stat_act {
	exch_ts time;
	exch_px price;	 /* of the auction, or none */
	exch_qty volume; /* of the auction */
	exch_qty imbalance;
	uint64_t lasts; /* ns, of a phase: known at the end */
	uint32_t place; /* UINT32_MAX: the phase is that of all */
	bool auction;
	uint8_t phase;
	uint8_t cross;
	uint8_t side; /* of the imbalance */
	char reason[4];
};

#define EXCH_STAT_ALL UINT32_MAX

struct exch_stats {
	struct exch_follow follow;
	struct exch_tape tape;
	struct exch_stat *by; /* by place */
	uint32_t n;	      /* room */
	uint32_t made;	      /* of it in use */
	struct exch_stat_act *act;
	uint32_t nact;
	uint32_t act_cap;
	uint8_t first_phase; /* of instruments that come to be known */
	exch_ts clock;	     /* the largest time so far */
};

/* Are both sides there, the bid below the offer? */
static inline bool
exch_stat_is_quoted(const struct exch_stat_quote *q)
{
	return q->qty[0] > 0 && q->qty[1] > 0 && q->px[0] < q->px[1];
}

/* Columns of the table, and all that is to be shown when the day is over. */
int exch_stats_columns(struct exch_report_run *run, struct exch_diag *d);
int exch_stats_show(struct exch_report_run *run, struct exch_diag *d);

#endif
