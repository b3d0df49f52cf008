/*
 * Transaction costs: what executions and orders cost against the market as
 * it stood, summed up without rounding.  exch-tca(7) has the definitions.
 *
 *	tca.c		follows the stream: orders, quotes, what is due
 *	tca_fills.c	executions that wait for their horizons, or may break
 *	tca_cells.c	the sums
 *	tca_totals.c	and those of a row
 *	tca_rows.c	which are shown
 *	tca_asked.c	what was asked for
 *
 * A midpoint is half of bid and ask; so that none is rounded, sums are of
 * twice a price, times quantity: "base" twice the value of what they are of,
 * and a spread, which is twice the distance from the midpoint, as it is.
 */
#ifndef EXCH_REPORT_TCA_H
#define EXCH_REPORT_TCA_H

#include "base/keyed.h"
#include "base/times.h"
#include "rec/redone.h"
#include "report/only.h"
#include "report/parties.h"
#include "report/queue.h"
#include "report/quotes.h"
#include "report/report.h"
#include "report/tracked.h"

#define EXCH_TCA_HORIZONS 8
/* Twice a midpoint that there is not. */
#define EXCH_TCA_NONE INT64_MAX
/* Executions that a break is looked for among. */
#define EXCH_TCA_WINDOW (UINT32_C(1) << 18)

/* What rows may be of. */
enum exch_tca_by {
	EXCH_TCA_ACCOUNT,
	EXCH_TCA_SYMBOL,
	EXCH_TCA_SIDE,
	EXCH_TCA_TYPE,
	EXCH_TCA_TIF,
	EXCH_TCA_STRATEGY,
	EXCH_TCA_GROUP,
	EXCH_TCA_MEMBER,
	EXCH_TCA_BYS
};

enum exch_tca_role {
	EXCH_TCA_TAKER,
	EXCH_TCA_MAKER,
	EXCH_TCA_AUCTION,
	EXCH_TCA_ROLES
};

/* A time after execution. */
struct exch_tca_mark {
	exch_u128 qty; /* of executions whose midpoint was there */
	exch_i128 base;
	exch_i128 out; /* gained by then, twice */
	/* of them those with a midpoint before, too */
	exch_u128 both;
	exch_i128 both_base;
	exch_i128 impact; /* how the midpoint went with the side, twice */
};

/* Executions of a role. */
struct exch_tca_sum {
	exch_u128 qty;
	exch_i128 base;
	/* of them those with a midpoint before */
	exch_u128 quoted_qty;
	exch_i128 quoted_base;
	exch_i128 effective; /* spread paid */
	exch_i128 quoted;    /* spread displayed */
	struct exch_tca_mark mark[EXCH_TCA_HORIZONS];
};

/* Orders of an instrument that one row has. */
struct exch_tca_cell {
	struct exch_key key; /* what they have in common; the instrument */
	uint32_t account;    /* any of them */
	uint8_t side, type, tif;
	uint64_t orders;
	uint64_t execs;
	uint64_t unquoted; /* orders without a midpoint when they came */
	uint64_t broken;   /* executions */
	exch_u128 qty;	   /* asked for */
	exch_u128 filled;
	struct exch_tca_sum role[EXCH_TCA_ROLES];
	/* against the midpoint when the order came: executed, and not */
	exch_i128 arrival, arrival_base;
	exch_i128 missed, missed_base;
	exch_i128 vwap, vwap_base;
	uint64_t nfirst, nfull; /* orders with an execution; filled */
	exch_u128 first_sum, full_sum;
	struct exch_times *first, *full; /* NULL: none */
	uint64_t joined, met; /* orders that rested; of them executed */
	exch_u128 ahead, ahead_met;
	exch_u128 ahead_fill; /* when the event began that filled them */
};

/* An order from its entry to its end, under whatever ids. */
struct exch_tca_order {
	struct exch_key key;
	exch_ts entered;
	int64_t arrival; /* twice the midpoint, or none */
	/* what the market had traded when it came */
	exch_u128 market_qty;
	exch_i128 market_base;
	uint64_t print; /* number of the next print then */
	exch_i128 base; /* of its executions */
	exch_qty filled;
	exch_qty broken; /* of what was filled once */
	exch_qty ahead;	 /* when it joined */
	uint32_t cell;
	uint8_t side;
	bool begun;  /* was executed */
	bool joined; /* a queue */
};

/* A side of an execution. */
struct exch_tca_side {
	exch_oid order;
	int64_t arrival;
	uint32_t cell; /* 0: nobody knows the order */
	uint8_t role;
};

struct exch_tca_fill {
	uint64_t match;
	exch_px price;
	exch_qty qty;
	exch_ts time;
	int64_t mid; /* twice that before the event, or none */
	int64_t width;
	uint32_t place;
	uint8_t source;
	bool exec; /* of the engine; else a trade */
	bool broken;
	struct exch_tca_side side[2]; /* bought, sold */
	int64_t mark[EXCH_TCA_HORIZONS];
};

/* A ring, by number. */
struct exch_tca_fills {
	struct exch_tca_fill *fill;
	uint64_t cap; /* a power of two */
	uint64_t first, next;
	uint64_t due[EXCH_TCA_HORIZONS]; /* the first that waits */
};

/* What the market of an instrument has traded. */
struct exch_tca_market {
	exch_u128 qty;
	exch_i128 base;
};

struct exch_tca {
	struct exch_report_run *run;
	struct exch_tracked tracked;
	struct exch_quotes quotes;
	struct exch_queue queue;
	struct exch_parties parties;
	struct exch_only only;		/* whose orders have rows */
	struct exch_tca_market *market; /* by place */
	uint32_t nmarkets;
	struct exch_keyed order; /* struct exch_tca_order */
	struct exch_keyed cell;	 /* struct exch_tca_cell */
	struct exch_tca_fills fills;
	struct exch_redone redone;
	uint64_t horizon[EXCH_TCA_HORIZONS];
	unsigned nhorizons;
	unsigned spread_at;	      /* of them that of realised spreads */
	unsigned by;		      /* bit i: enum exch_tca_by */
	uint8_t row_of[EXCH_TCA_BYS]; /* the same, as they were asked for */
	unsigned nrow_of;
	exch_ts clock;
	exch_ts next_due;
	uint64_t last_broken; /* number + 1 of what was broken just now */
	uint64_t lost;	      /* broken executions that are not remembered */
	bool overflow;
	char horizon_name[EXCH_TCA_HORIZONS][12];
	/* names of columns for horizons */
	char col_name[4 * EXCH_TCA_HORIZONS][EXCH_COL_NAME];
};

/* ---- tca.c ---- */

/*
 * Twice the middle of an instrument's best prices, which may be equal, before
 * the event at hand; none where a side is missing, or they cross.
 */
int64_t exch_tca_mid(const struct exch_tca *s, uint32_t place, int64_t *width);

/* ---- tca_fills.c ---- */

/* A new one, zeroed but for its marks; NULL: no memory. */
struct exch_tca_fill *exch_tca_fill_new(struct exch_tca *s);
static inline struct exch_tca_fill *
exch_tca_fill_at(struct exch_tca *s, uint64_t n)
{
	return &s->fills.fill[n & (s->fills.cap - 1)];
}
/*
 * The latest of the instrument with the number of a match: its own number
 * from 1, or 0: it is not in the window, or broken already.
 */
uint64_t exch_tca_fill_find(struct exch_tca *s, uint32_t place, uint64_t match,
    uint8_t source, uint8_t matcher);
/* What was due before `now` is marked as the market stood. */
void exch_tca_fill_due(struct exch_tca *s, exch_ts now);
/* All that is due up to the last time of the stream. */
void exch_tca_fill_end(struct exch_tca *s);

/* ---- tca_cells.c ---- */

/* The cell of an order.  Its slot, or 0: no memory. */
uint32_t exch_tca_cell_of(
    struct exch_tca *s, const struct exch_life *o, uint32_t place);
static inline struct exch_tca_cell *
exch_tca_cell_at(struct exch_tca *s, uint32_t slot)
{
	return exch_keyed_at(&s->cell, slot);
}
/* Put an execution into its sides' cells; back: take it out, with marks. */
void exch_tca_cell_fill(
    struct exch_tca *s, const struct exch_tca_fill *f, bool back);
/* Put its mark at a horizon in. */
void exch_tca_cell_mark(
    struct exch_tca *s, const struct exch_tca_fill *f, unsigned h, bool back);
/* sum += a x b. */
void exch_tca_add(struct exch_tca *s, exch_i128 *sum, exch_i128 a, exch_i128 b);
int exch_tca_time(
    struct exch_times **t, exch_u128 *sum, uint64_t ns, struct exch_diag *d);

/* ---- tca_totals.c ---- */

struct exch_tca_line {
	const struct exch_tca_cell *cell;
	const struct exch_party *party; /* NULL: not told */
};

/* Amounts of a role in cash, 10^-6; spreads as they are, not halves. */
struct exch_tca_role_total {
	exch_i128 qty; /* 10^-9 */
	exch_i128 value;
	exch_i128 quoted_value;
	exch_i128 effective;
	exch_i128 quoted;
	struct {
		exch_i128 qty;
		exch_i128 value;
		exch_i128 out;
		exch_i128 both_value;
		exch_i128 impact;
	} mark[EXCH_TCA_HORIZONS];
};

/* A row. */
struct exch_tca_total {
	struct exch_tca_line line; /* one of its cells */
	uint64_t ncells;
	bool several; /* instruments: no prices can be told */
	/* of who takes, without rounding: prices for one unit */
	struct exch_tca_sum taker;
	uint64_t orders, execs, unquoted, broken, nfirst, nfull;
	uint64_t joined, met;
	exch_i128 qty, filled; /* 10^-9 */
	exch_i128 arrival, arrival_value;
	exch_i128 missed, missed_value;
	exch_i128 vwap, vwap_value;
	exch_i128 ahead, ahead_met, ahead_fill; /* 10^-9 */
	exch_u128 first_sum, full_sum;
	struct exch_tca_role_total role[EXCH_TCA_ROLES];
	struct exch_times first, full;
};

/* Sums are of one row from now on. */
void exch_tca_total_clear(struct exch_tca_total *t);
/* EXCH_ERR_RANGE: an amount does not fit 128 bits. */
int exch_tca_total_add(struct exch_tca *s, struct exch_tca_total *t,
    const struct exch_tca_line *line);

/* ---- tca_rows.c ---- */

int exch_tca_show(struct exch_tca *s, struct exch_diag *d);

/* ---- tca_asked.c ---- */

extern const struct exch_report_param exch_tca_params[];
extern const char *const exch_tca_by_name[EXCH_TCA_BYS];

/* Options; the table of parties. */
int exch_tca_asked(struct exch_tca *s, struct exch_diag *d);

#endif
