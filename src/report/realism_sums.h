/* What realism.c sums up and realism_facts.c makes statistics of. */
#ifndef EXCH_REPORT_REALISM_SUMS_H
#define EXCH_REPORT_REALISM_SUMS_H

#include "base/times.h"
#include "report/books.h"
#include "report/facts.h"
#include "report/realism.h"

/* Spans of mid returns, in seconds. */
#define EXCH_REALISM_SPANS 4
extern const unsigned exch_realism_span[EXCH_REALISM_SPANS];
#define EXCH_REALISM_LONGEST 60

/* Levels of the depth profile, a side. */
#define EXCH_REALISM_LEVELS 20
/* Levels that distributions tell apart: as deep as LOB-Bench looks. */
#define EXCH_REALISM_TEN 10

/* Where orders are placed: inside, at best, 1 to 5 ticks behind, 6 to 20, more. */
#define EXCH_REALISM_PLACES 5

/* Half hours of a day. */
#define EXCH_REALISM_BINS 48

/*
 * Kinds of events whose effect on the midpoint is followed: market orders,
 * limit orders, cancels; each without and with a move of the midpoint at once.
 */
enum exch_realism_kind {
	EXCH_KIND_MO0,
	EXCH_KIND_MO1,
	EXCH_KIND_LO0,
	EXCH_KIND_LO1,
	EXCH_KIND_CA0,
	EXCH_KIND_CA1,
	EXCH_KINDS
};

#define EXCH_REALISM_LAGS 7
extern const unsigned exch_realism_lag[EXCH_REALISM_LAGS];
/* A power of two above the longest lag. */
#define EXCH_REALISM_RING 128

/* An event whose effect is still to come. */
struct exch_realism_past {
	int64_t half; /* midpoint before it, in half ticks */
	uint8_t kind; /* EXCH_KINDS: none of them */
	int8_t sign;
};

struct exch_realism_effect {
	uint64_t n;
	double sum; /* sign x move, in half ticks */
};

/* Trading in a half hour of the day. */
struct exch_realism_bin {
	uint64_t order; /* of bins as they came, from 1; 0: there was nothing */
	uint64_t open;	/* ns of continuous trading */
	double volume;
};

/* The distributions that are compared. */
enum exch_realism_dist {
	EXCH_DIST_SPREAD,    /* ticks, by time */
	EXCH_DIST_ARRIVAL,   /* ns between commands */
	EXCH_DIST_LIFETIME,  /* ns to withdrawal */
	EXCH_DIST_SIZE,	     /* of orders that rest */
	EXCH_DIST_PLACEMENT, /* class 0..4 of EXCH_REALISM_PLACES */
	EXCH_DIST_DISTANCE,  /* ticks behind the best, 0: at it or inside */
	EXCH_DIST_WITHDRAWN, /* the same of orders withdrawn */
	EXCH_DIST_LEVEL, /* joined, 1: the best price, 11: behind the tenth */
	EXCH_DIST_LEFT_LEVEL, /* the same of orders withdrawn */
	EXCH_DIST_BEST,	      /* at the best prices, by second */
	EXCH_DIST_TEN,	      /* on the first ten levels of a side, by second */
	EXCH_DIST_IMBALANCE,  /* percent of them that is bid, by second */
	EXCH_DISTS
};

/* And those that depend on something else. */
enum exch_realism_given {
	EXCH_GIVEN_SPREAD,     /* at the best offer, by ticks of spread */
	EXCH_GIVEN_VOLATILITY, /* spread, by the moves of a minute */
	EXCH_GIVENS,	       /* kept each by itself */
	EXCH_GIVEN_HOUR = EXCH_GIVENS /* spread, by the hour */
};

#define EXCH_GIVEN_CLASSES 24

struct exch_realism {
	char symbol[32]; /* asked for, or found */
	bool named;	 /* asked for */
	bool known;	 /* `place` is the instrument's */
	bool sees_orders;
	uint8_t matcher; /* source of the last answer, 0: none so far */
	uint32_t place;
	struct exch_insts insts;
	struct exch_books books;
	struct exch_books_watch watch;
	bool failed; /* no memory */

	/* the event at hand */
	bool withdraws; /* the record at hand takes orders out by wish */
	bool imposes;	/* or for the venue */
	int8_t took;	/* sign of who took, 0: nobody */
	exch_oid taker; /* the last one of this event, 0: none */
	int8_t added;	/* side of an order that joined: 1 buy, -1 sell */
	int8_t gone;	/* and of one that was withdrawn */

	/* as it stood when the last event was over */
	exch_ts clock; /* largest time so far */
	bool begun;    /* there is a clock */
	bool quoted;   /* both sides, in continuous trading, not crossed */
	bool has[2];
	int64_t best[2]; /* ticks */
	exch_ts *born;	 /* by the tally's order: when it joined; 0: before */
	uint32_t nborn;

	/* returns */
	uint64_t second; /* the next to look at */
	unsigned run;	 /* seconds with a midpoint, in one piece */
	int64_t mid[EXCH_REALISM_LONGEST + 1]; /* half ticks; by second */
	struct exch_moments returns[EXCH_REALISM_SPANS];
	struct exch_memory linear;
	struct exch_memory absolute;
	struct exch_tail tail;

	/* orders and trades */
	struct exch_memory signs;
	exch_ts arrived; /* the last command; 0: none in this session */
	struct exch_moments arrival; /* in seconds */
	struct exch_times arrivals;
	struct exch_times lifetimes;
	double spread_time, spread_sum; /* ns, ns x ticks */
	uint64_t placed[EXCH_REALISM_PLACES];
	uint64_t adds, takers, deletes;
	uint64_t hundreds, odd;
	double volume, hidden;
	uint64_t profiles; /* seconds of which the depth was summed */
	double depth[EXCH_REALISM_LEVELS];
	uint64_t bins;
	struct exch_realism_bin bin[EXCH_REALISM_BINS];

	/* effects */
	uint64_t events; /* since the last gap */
	struct exch_realism_past past[EXCH_REALISM_RING];
	struct exch_realism_effect effect[EXCH_SHAPE_BLOCKS][EXCH_KINDS]
					 [EXCH_REALISM_LAGS];

	struct exch_shape dist[EXCH_DISTS];
	struct exch_shape given[EXCH_GIVENS][EXCH_GIVEN_CLASSES];
};

static inline bool
exch_realism_is_open(const struct exch_realism *x)
{
	return x->books.inst[x->place].phase == EXCH_PHASE_CONTINUOUS;
}

/* The midpoint while there is one. */
static inline int64_t
exch_realism_half_ticks(const struct exch_realism *x)
{
	return x->best[0] + x->best[1];
}

static inline void
exch_realism_count_at(
    struct exch_realism *x, enum exch_realism_dist which, exch_ts t, uint64_t v)
{
	if (exch_shape_add(&x->dist[which], exch_shape_block(t), v, 1) !=
	    EXCH_OK)
		x->failed = true;
}

static inline void
exch_realism_count(
    struct exch_realism *x, enum exch_realism_dist which, uint64_t v)
{
	exch_realism_count_at(x, which, x->clock, v);
}

/* ---- realism_time.c ---- */

/* What holds until t was decided by then. */
void exch_realism_pass(struct exch_realism *x, exch_ts t);
/* Seconds before t are looked at. */
void exch_realism_sample(struct exch_realism *x, exch_ts t);
struct exch_realism_bin *exch_realism_bin_of(struct exch_realism *x, exch_ts t);

/* ---- realism_given.c ---- */

/* At a second with a midpoint, so much being offered at the best price. */
void exch_realism_given_sample(
    struct exch_realism *x, uint64_t second, exch_qty offered);
void exch_realism_given_clear(struct exch_realism *x);
/* False: they have no class in common. */
bool exch_realism_given_compare(const struct exch_realism *ref,
    const struct exch_realism *x, enum exch_realism_given which,
    enum exch_shape_metric metric, struct exch_rng *rng,
    struct exch_shape_distance *out);

#endif
