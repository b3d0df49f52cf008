/*
 * A scenario on its way in: what the files that read it share.
 *
 *	plan.c      life, lines and variables, into a simulation
 *	plan_set.c  lines without a time
 *	plan_who.c  flows, agents, strategies
 *	plan_cost.c latencies and fees: theirs, and those of venues
 *	plan_outage.c  paths that are down for a while
 */
#ifndef EXCH_SIM_PLAN_PRIV_H
#define EXCH_SIM_PLAN_PRIV_H

#include "feed/scenario.h"
#include "sim/plan.h"

/* Files within files, at most. */
#define EXCH_PLAN_DEPTH 16u

/* A latency as told: of one agent or (NULL) of all that have none. */
struct plan_latency {
	char *agent;
	struct exch_place at; /* of his name */
	unsigned path;
	struct exch_latency *law;
};

/* The same of an outage, of the paths from the first to the last. */
struct plan_outage {
	char *agent;
	exch_ts from, to;
	unsigned first, last;
};

/* Paths as a scenario calls them. */
struct plan_path {
	const char *word;
	unsigned first, last;
};

struct plan_read {
	struct exch_plan *p;
	const struct exch_plan_opts *o;
	struct exch_diag *d;
	struct exch_feed_opts feed; /* a day changes them */
	struct plan_latency *latency;
	size_t nlatency, cap_latency;
	struct plan_outage *outage;
	size_t noutage, cap_outage;
	int64_t maker_fee, taker_fee; /* of agents without their own */
	/* names of the files that are being read: the scenario is the first */
	const char *inside[EXCH_PLAN_DEPTH + 1];
	unsigned depth;
	const char *file; /* the innermost of them: the plan's */
};

/* A copy of a word, or NULL. */
char *exch_plan_word(const struct scn_word *w);
/* EXCH_OK, or the complaint `own` at a word of the line. */
int exch_plan_said(struct scn *s, const struct scn_word *w, int err,
    const struct exch_diag *own);
/* Where a word stands, for as long as there is the plan. */
struct exch_place exch_plan_place(
    const struct plan_read *r, const struct scn *s, const struct scn_word *w);

/* ---- plan_set.c; 1: none of its lines ---- */
int exch_plan_setting(struct plan_read *r, struct scn *s);
/* At the end: what says something about a day or agents that are not there. */
int exch_plan_settings(const struct exch_plan *p, struct exch_diag *d);

/* ---- plan_who.c ---- */
int exch_plan_flow_line(struct plan_read *r, struct scn *s);
int exch_plan_agent_line(struct plan_read *r, struct scn *s);
int exch_plan_strategy_line(struct plan_read *r, struct scn *s);

/* ---- plan_cost.c ---- */
int exch_plan_latency_line(struct plan_read *r, struct scn *s);
int exch_plan_fees_line(struct plan_read *r, struct scn *s);
int exch_plan_venue_line(struct plan_read *r, struct scn *s);
/* of NAME; NULL: of everybody who has none of his own. */
int exch_plan_of(struct scn *s, char **name);
/* Who is there so far; NULL, complained about at the word before. */
struct exch_plan_agent *exch_plan_agent_so_far(
    struct plan_read *r, struct scn *s, const char *name, int *rc);
/* The next word's; NULL: *rc has the complaint. */
const struct plan_path *exch_plan_path(struct scn *s, int *rc);
/* Latencies, fees and outages find their agents. */
int exch_plan_assign(struct plan_read *r, struct exch_diag *d);

/* ---- plan_outage.c ---- */
int exch_plan_outage_line(struct plan_read *r, struct scn *s);
/* Those of an agent, by their beginning.  EXCH_ERR_NOMEM. */
int exch_plan_outages(const struct plan_read *r, struct exch_plan_agent *a);
void exch_plan_outages_clear(struct plan_read *r);

#endif
