/*
 * What became of each agent of a run: orders, executions, gain, risk.  In one
 * pass over the records, while they are written; money in integers
 * (rec/cash.h).
 *
 *	gain       cash of executions less fees, and what is held at the last
 *	           price of its instrument
 *	drawdown   the deepest fall of the gain below its highest value, looked
 *	           at after each execution of the market
 *	sharpe     mean of the changes of the gain from one whole minute of the
 *	           run to the next, by their standard deviation; not annualised
 *	inventory  what is held, of all instruments together, weighted by time
 *	markout    how far the middle of the book has gone in favour of an
 *	           execution so much later, by turnover; what is not due by the
 *	           end or meets an empty side is left out
 *	ahead      what rests at the price of an order that does not cross,
 *	           when it comes
 *
 * Orders on paper (sim/paper.h) and their executions count as all others; what
 * is ahead of one is what rests in the market.
 *
 * Trades that are agreed on outside the book, and what is broken later, are
 * not looked at.  Memory grows with live orders, with agents times instruments
 * and with the executions of the last minute.
 */
#ifndef EXCH_CMD_SIM_FIGURES_H
#define EXCH_CMD_SIM_FIGURES_H

#include "base/buf.h"
#include "rec/cash.h"
#include "rec/owner.h"
#include "ref/fees.h"
#include "sim/plan.h"

#define SIM_HORIZONS 3u /* 1 s, 10 s, 60 s */

/* Numbers with a fraction: cash 10^-6, quantities 10^-9. */
struct sim_figures_agent {
	const char *name; /* the plan's */
	uint32_t account;
	char currency[4];
	bool traded;
	bool mixed; /* several currencies: sums of money say nothing */
	uint64_t orders, fills;
	exch_i128 asked;	 /* by orders and replacements */
	exch_i128 volume, maker; /* of it, as a maker */
	exch_i128 turnover;	 /* cash that changed hands */
	exch_i128 cash, fees;	 /* paid less received */
	exch_i128 value;	 /* of what is held */
	exch_i128 peak, drawdown;
	exch_i128 held, most;	      /* now; the largest without its sign */
	exch_i128 area, area_abs;     /* times ns */
	exch_i128 gone[SIM_HORIZONS]; /* twice the gain of marked executions */
	exch_i128 marked[SIM_HORIZONS]; /* their turnover */
	exch_i128 ahead;
	uint64_t queued; /* orders that `ahead` is of */
	/* changes by the minute: Welford's sums */
	exch_i128 minute; /* the gain at the last one */
	double mean, squares;
	uint64_t minutes;
};

struct sim_figures;

/* Of the plan's agents, who are borrowed.  EXCH_ERR_NOMEM. */
int sim_figures_new(const struct exch_plan *p, struct sim_figures **f);
void sim_figures_free(struct sim_figures *f);
/* The simulation whose books are looked at, before anything is shown. */
void sim_figures_of(struct sim_figures *f, const struct exch_sim *s);
/* As exch_sim_opts wants it.  EXCH_ERR_NOMEM, EXCH_ERR_RANGE. */
int sim_figures_seen(void *arg, const struct exch_rec *r);
/* The run is over: at the plan's end, or with the last record. */
int sim_figures_end(struct sim_figures *f);
/* How long it was. */
exch_ts sim_figures_span(const struct sim_figures *f, exch_ts *end);

size_t sim_figures_count(const struct sim_figures *f);
const struct sim_figures_agent *sim_figures_at(
    const struct sim_figures *f, size_t i);

static inline exch_i128
sim_figures_gain(const struct sim_figures_agent *a)
{
	return a->cash - a->fees + a->value;
}

/* false: fewer than two minutes, or nothing changed. */
bool sim_figures_sharpe(const struct sim_figures_agent *a, double *v);

#endif
