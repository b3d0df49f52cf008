/*
 * Samples of books: the best levels of both sides and what has traded, after
 * each event, at given times or at regular ones.  What a sample looks like
 * is its report's business (depth.c, top.c); this is when there is one.
 */
#ifndef EXCH_REPORT_SAMPLE_H
#define EXCH_REPORT_SAMPLE_H

#include "base/buf.h"
#include "report/ahead.h"
#include "report/follow.h"
#include "report/tape.h"

struct exch_sample_level {
	int64_t tick;
	exch_qty qty; /* 0: there is no such level */
};

/* The state of a report made of samples: run->state. */
struct exch_samples {
	struct exch_follow follow;
	struct exch_tape tape;
	/* Shows now[], the bids and behind them the offers, of a place. */
	int (*put)(struct exch_report_run *run, uint32_t place, exch_ts time,
	    const struct exch_tape_sum *sum, struct exch_diag *d);
	/* Hears of trades when they are told; NULL: nobody does. */
	int (*print)(struct exch_report_run *run, uint32_t place,
	    const struct exch_rec *r, const struct exch_tape_print *p,
	    struct exch_diag *d);
	/* both sides of every place as last shown: 2 x levels each */
	struct exch_sample_level *shown;
	uint32_t nshown; /* places */
	struct exch_sample_level *now;
	/* put() shows what has changed only: between events there is nothing */
	bool sifted;
	bool started;
	exch_ts next;  /* time of the next sample; NONE: no more */
	size_t nth;    /* of the --at list */
	uint32_t date; /* of the --at list */
	struct exch_buf text;
	bool tapeless; /* nobody wants what has traded: put() gets NULL */
	struct exch_ahead ahead; /* sample_ahead.c */
	int failed;		 /* there; told with the next record */
	struct exch_diag diag;
};

int exch_samples_open(struct exch_report_run *run,
    int (*put)(struct exch_report_run *run, uint32_t place, exch_ts time,
	const struct exch_tape_sum *sum, struct exch_diag *d),
    struct exch_diag *d);
/* The same of a state that is there, zeroed, and begins with these. */
int exch_samples_begin(struct exch_report_run *run,
    int (*put)(struct exch_report_run *run, uint32_t place, exch_ts time,
	const struct exch_tape_sum *sum, struct exch_diag *d),
    struct exch_diag *d);
/* These three are the functions of struct exch_report. */
int exch_samples_record(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d);
int exch_samples_close(struct exch_report_run *run, struct exch_diag *d);
void exch_samples_free(struct exch_report_run *run);

/* And this one may be: the short way, where there is no print(). */
void exch_samples_ahead(struct exch_report_run *run, struct exch_reader *in);

/* ---- for sample_ahead.c ---- */

/* One sample of one place. */
int exch_samples_sample(struct exch_report_run *run, uint32_t place,
    exch_ts time, struct exch_diag *d);
/* An EXEC, TRADE, BUST, EXPECT or MISS onto the tape. */
int exch_samples_trade(struct exch_report_run *run, uint32_t place,
    const struct exch_rec *r, struct exch_diag *d);

/* Columns of levels: some, and behind them those of each level. */
struct exch_sample_columns {
	const struct exch_col *first;
	unsigned nfirst;
	/*
	 * "bid_px_" and so on, as many of a bid and behind them of an offer:
	 * the price, the quantity, and what is no number.
	 */
	const char *const *what;
	unsigned each;
};

/* All bids stand before all offers; run->o.levels of them each. */
int exch_samples_columns(struct exch_report_run *run,
    const struct exch_sample_columns *c, bool header, struct exch_diag *d);

/* The price step of the levels of a place. */
static inline exch_px
exch_samples_tick(const struct exch_samples *s, uint32_t place)
{
	return s->follow.books.inst[place].tick;
}

/* Price and quantity of a level, or no values. */
static inline void
exch_samples_cells(struct exch_table *t, const struct exch_sample_level *l,
    exch_px tick, const struct exch_inst *in)
{
	if (l->qty == 0) {
		exch_table_none(t);
		exch_table_none(t);
		return;
	}
	exch_table_px(t, l->tick * tick, in->px_show);
	exch_table_qty(t, l->qty, in->qty_scale);
}

#endif
