/*
 * A scenario for a market that runs by itself, read: exch-scenario(5),
 * SIMULATION.  Lines of orders are the script; the others say who else is
 * there, how long orders are on their way, and from when to when it runs.
 */
#ifndef EXCH_SIM_PLAN_H
#define EXCH_SIM_PLAN_H

#include "base/buf.h"
#include "base/time.h"
#include "rec/zio.h"
#include "sim/day.h"
#include "sim/sim.h"

/* A variable, by -D or by a line; those of -D come first and win. */
struct exch_plan_value {
	char *name;
	char *value;
	bool given; /* by -D */
	bool used;
};

struct exch_plan_agent {
	struct exch_sim_agent_opts o;
	char *name;
	uint32_t *instr;
	struct exch_sim_outage *outage;
};

struct exch_plan_flow {
	struct exch_sim_flow_opts o;
	char *name;
};

struct exch_plan_venue {
	struct exch_sim_venue_opts o;
	char *name;
};

/* Where lines say something that only the whole can contradict. */
struct exch_plan_places {
	struct exch_place seed, begin, end, market, day, fill, resync, turns;
	struct exch_place first; /* who trades first: flow or agent */
};

struct exch_plan {
	uint64_t seed;
	exch_ts begin, end; /* EXCH_TS_NONE: not told */
	struct exch_plan_places at;
	uint32_t date;	      /* the first one named, or 0 */
	char zone[64];	      /* the same; "" */
	char *market;	      /* path of the market's file, or NULL */
	char *day;	      /* of the recorded day, or NULL */
	exch_oid first_order; /* behind the day's; 0: there is none */
	struct exch_fill_model fill;
	bool rematch; /* is its word, which is of recorded days */
	enum exch_resync resync;
	uint64_t turns; /* of an agent in a second; 0: not told */
	uint64_t after;
	struct exch_buf script;
	struct exch_plan_flow *flow;
	size_t nflow, cap_flow;
	struct exch_plan_agent *agent;
	size_t nagent, cap_agent;
	struct exch_plan_venue *venue;
	size_t nvenue, cap_venue;
	struct exch_plan_value *value;
	size_t nvalue, cap_value;
	struct exch_buf text; /* all that was read: what it is known by */
	char **file;	      /* names of what was read: of places */
	size_t nfile, cap_file;
};

/* What a recorded day brings along; the directory is the caller's. */
struct exch_plan_day {
	const struct exch_dir *dir; /* good until the plan is read */
	uint32_t account;	    /* the first one that is free */
	exch_oid order;		    /* the same of the numbers of orders */
	uint32_t date;		    /* or 0 */
	char zone[64];		    /* or "" */
};

struct exch_plan_opts {
	uint32_t date;		  /* 0: the scenario's, or its default */
	const struct exch_tz *tz; /* NULL: the scenario's, or UTC */
	/* A line `day FILE`: it is looked through, and *k told. */
	int (*day)(void *arg, const char *path, struct exch_plan_day *k,
	    struct exch_diag *d);
	int (*zone)(const char *name, struct exch_tz **tz, struct exch_diag *d);
	/* A file that the scenario names, from where the scenario lies. */
	int (*open)(void *arg, const char *path, struct exch_in **in,
	    struct exch_diag *d);
	int (*slurp)(void *arg, const char *path, char **bytes, size_t *n,
	    struct exch_diag *d);
	void *arg;
};

void exch_plan_init(struct exch_plan *p);
void exch_plan_clear(struct exch_plan *p);
/* "NAME=VALUE" of -D.  EXCH_ERR_FORMAT, EXCH_ERR_EXISTS, EXCH_ERR_NOMEM. */
int exch_plan_define(struct exch_plan *p, const char *text);
/*
 * Read a scenario.  Mistakes have line and column.  Flows, agents and their
 * parameters are the plan's until exch_plan_start() gives them away.
 */
int exch_plan_read(struct exch_plan *p, struct exch_in *in,
    const struct exch_plan_opts *o, struct exch_diag *d);
/*
 * A value of -D that no line has asked for: its name, or NULL; and which
 * variable of the scenario has one like it, or NULL.
 */
const char *exch_plan_unused(const struct exch_plan *p, const char **near);
/* Everything goes into a simulation. */
int exch_plan_start(
    struct exch_plan *p, struct exch_sim *s, struct exch_diag *d);

#endif
