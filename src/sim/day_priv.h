/*
 * The recorded day inside the simulation: day.c, resync.c.
 */
#ifndef EXCH_SIM_DAY_PRIV_H
#define EXCH_SIM_DAY_PRIV_H

#include "sim/kernel.h"

/* Executions of one record of the day, in one of the two. */
struct deal;
struct day_deals {
	struct deal *d;
	size_t n, cap;
};

struct sim_day {
	struct exch_sim_day_opts o;
	const struct exch_rec *next; /* NULL: the day is over */
	uint64_t seq;
	bool broken;		   /* its last record is not the day's */
	struct exch_match *match;  /* H */
	struct exch_writer *draft; /* its events */
	struct exch_buf heard;	   /* those of S for the record in hand */
	bool listens;
	struct day_deals in_s, in_h;
	exch_ts filled; /* an agent's last execution */
	struct exch_drift drift;
};

/*
 * S becomes H in an instrument if the policy says so now: what is to be
 * changed is told as imposed commands.
 */
int exch_past_resync(struct exch_sim *s, uint32_t instr, struct exch_diag *d);

#endif
