/*
 * The summary's figures, collected in summary.c, shown by summary_page.c
 * (text) and summary_rows.c (CSV, JSON).
 */
#ifndef EXCH_REPORT_SUMMARY_H
#define EXCH_REPORT_SUMMARY_H

#include "rec/life.h"
#include "report/ahead.h"
#include "report/books.h"
#include "report/fidel.h"
#include "report/report.h"
#include "report/tape.h"

#define EXCH_SUM_CROSSES 6
#define EXCH_SUM_REJECTS 128

/* The auctions of one kind. */
struct exch_sum_auction {
	uint64_t n;
	exch_px price; /* of the last */
	exch_u128 volume;
};

/*
 * One instrument, or all.  What nearly every event changes stands first, in
 * 64 bytes.
 */
struct exch_sum {
	uint64_t orders;
	uint64_t cancels; /* asked for, or imposed */
	uint64_t replaces;
	/* time-weighted spread, while both sides were quoted in trading */
	uint64_t spread; /* in ticks now; 0: not quoted, or crossed */
	exch_ts since;
	uint64_t quoted;       /* ns */
	exch_u128 spread_area; /* ticks x ns */
	uint64_t expired;      /* taken out by the engine's rules */
	uint64_t rejects;
	uint64_t resting;
	bool used; /* something else happened in it, or anything at the end */
	struct exch_sum_auction auction[EXCH_SUM_CROSSES];
};

struct exch_summary {
	struct exch_books books;
	struct exch_tape tape;
	struct exch_sum *by; /* by place; so are fidel and tape.sum */
	uint32_t n;
	struct exch_fidel *fidel; /* NULL until an EXPECT came */
	uint32_t nfidel;
	uint64_t reject[EXCH_SUM_REJECTS];
	uint64_t gaps;
	uint64_t gap_messages;
	uint64_t errors;
	exch_ts clock;
	struct exch_ahead ahead; /* summary_ahead.c */
};

/* Was it taken out by somebody, and not by the engine's rules? */
static inline bool
exch_sum_is_cancel(uint16_t reason)
{
	return reason == EXCH_WHY_USER ||
	       exch_life_cancel(reason) == EXCH_LIFE_CANCEL;
}

/* Something was taken out, and not for what is left of it. */
static inline void
exch_sum_cancelled(struct exch_sum *b, uint16_t reason)
{
	if (exch_sum_is_cancel(reason))
		b->cancels++;
	else
		b->expired++;
}

static inline void
exch_summary_rejected(struct exch_summary *s, uint16_t code)
{
	s->reject[code < EXCH_SUM_REJECTS ? code : 0]++;
}

/* Time passes with the spread as it is. */
static inline void
exch_sum_until(struct exch_sum *b, exch_ts now)
{
	if (b->spread > 0 && now > b->since) {
		b->spread_area += (exch_u128)b->spread * (now - b->since);
		b->quoted += now - b->since;
	}
	b->since = now;
}

/* The spread may be another one from now on. */
static inline void
exch_sum_look(struct exch_summary *s, uint32_t place, exch_ts now)
{
	const struct exch_tally_side *side = s->books.tally.book[place].side;
	struct exch_sum *b = &s->by[place];
	uint64_t spread = 0;

	if (side[0].best != EXCH_SLOT_NONE && side[1].best != EXCH_SLOT_NONE &&
	    s->books.inst[place].phase == EXCH_PHASE_CONTINUOUS &&
	    side[1].best_tick > side[0].best_tick)
		/* of both ends of the range it takes all 64 bits */
		spread =
		    (uint64_t)side[1].best_tick - (uint64_t)side[0].best_tick;
	if (spread == b->spread)
		return;
	exch_sum_until(b, now);
	b->spread = spread;
}

/* An event is over: its books are as they will be until the next record. */
static inline void
exch_summary_look(struct exch_summary *s)
{
	if (!s->books.boundary)
		return;
	for (uint32_t i = 0; i < s->books.ntouched; i++)
		exch_sum_look(s, s->books.touched[i], s->clock);
}

/* summary_ahead.c: a report's `ahead`. */
void exch_summary_ahead(struct exch_report_run *run, struct exch_reader *in);

/* Mean spread over the time quoted in 10^-4 ticks; -1: none, or too wide. */
int64_t exch_sum_spread(const struct exch_sum *s);
/* The same as a price; EXCH_PX_NONE: none, or too wide. */
exch_px exch_sum_spread_px(
    const struct exch_sum *s, const struct exch_inst *in);

/* What the totals add up; false in `same_*` when units differ. */
struct exch_sum_total {
	struct exch_sum sum;
	struct exch_fidel fidel;
	uint64_t trades;
	exch_u128 volume;
	exch_i128 turnover;
	uint64_t blocks;
	exch_u128 block_volume;
	uint64_t busts;
	uint64_t corrected;
	bool same_currency;
	bool same_scale;
	char currency[8];
	uint8_t qty_scale;
	uint32_t instruments; /* that were used */
};

void exch_summary_total(struct exch_report_run *run, struct exch_sum_total *t);

int exch_summary_columns(struct exch_report_run *run, struct exch_diag *d);
void exch_summary_rows(struct exch_report_run *run);
int exch_summary_page(struct exch_report_run *run, struct exch_diag *d);

#endif
