/*
 * A recorded day as the background: its commands go into the market as they
 * came in (the books of the simulation, S), and into a second engine that
 * nobody else sends anything (the books as they were recorded, H).  Without
 * anybody else S is H, which is the fidelity run.  With others in the market
 * the two drift apart: history goes on to cancel and execute orders that were
 * taken away before.  How far is measured all the time, and S may be brought
 * back (exch-backtest(7)).
 */
#ifndef EXCH_SIM_DAY_H
#define EXCH_SIM_DAY_H

#include "rec/stream.h"
#include "sim/agent.h"

/* When S becomes H again, but for the orders of the agents. */
enum exch_resync {
	EXCH_RESYNC_NONE,  /* never */
	EXCH_RESYNC_IDLE,  /* when no agent has a live order */
	EXCH_RESYNC_AFTER, /* so long after an agent's last execution */
	EXCH_RESYNC_HARD   /* after each record of the day */
};

struct exch_drift {
	uint64_t records;      /* of the day that were carried out */
	uint64_t orphans;      /* commands that S refused and H did not */
	uint64_t same;	       /* executed alike in both, in units */
	uint64_t only_s;       /* executed of the day's orders in S alone */
	uint64_t only_h;       /* in H alone */
	uint64_t resyncs;      /* times that S was brought back */
	uint64_t moved;	       /* orders that were taken out or put in then */
	exch_ts first;	       /* the first difference, EXCH_TS_NONE: none */
	uint64_t first_record; /* its record of the day */
	double apart;	       /* |middle of S - middle of H| x ns, in ticks */
	double most;	       /* its largest value, in ticks */
	double watched;	       /* ns over which both had a middle */
};

struct exch_sim;

struct exch_sim_day_opts {
	struct exch_reader *in; /* borrowed; nothing was read from it */
	const char *name;	/* for messages */
	enum exch_resync resync;
	uint64_t after;	      /* ns */
	struct exch_place at; /* of the name in the scenario */
};

/* To be added before the run, at most once. */
int exch_sim_add_day(
    struct exch_sim *s, const struct exch_sim_day_opts *o, struct exch_diag *d);
/* NULL: there is no day. */
const struct exch_drift *exch_sim_drift(const struct exch_sim *s);

#endif
