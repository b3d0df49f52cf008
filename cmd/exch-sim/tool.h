/*
 * exch-sim's parts:
 *
 *	main.c    the command line, and which of its calls it is
 *	run.c     a scenario into a stream
 *	rules.c   the rules of its market
 *	day.c     a recorded day behind it
 *	models.c  what there is, as a table
 *	realism.c a simulated day against a real one
 *	fit.c     models from a day
 */
#ifndef EXCH_CMD_SIM_TOOL_H
#define EXCH_CMD_SIM_TOOL_H

#include "common/cli.h"
#include "match/match.h"
#include "ref/timetable.h"
#include "sim/plan.h"

struct tool {
	struct exch_cli cli;
	bool orders; /* --orders */
	const char *date_text, *tz_name;
	const char *symbol; /* --symbol, of fit */
	uint32_t date;
	struct exch_plan plan;
	char **path; /* sim_path() */
	size_t npath, cap_path;

	/* the day: as it is looked through, and as it is run */
	struct exch_in *survey_in, *day_in;
	struct exch_reader *survey, *day;
	uint32_t last_account;
	exch_ts day_begin; /* of its first command */

	/* the run */
	struct exch_tz *tz;
	struct exch_market market;
	struct exch_timetable timetable;
	struct exch_match_opts match;
	struct exch_buf options; /* of the simulation, for SOURCE */
	struct exch_buf rules;	 /* and of the engine */
	struct exch_cli_out *out;
	struct exch_writer *w;
	struct exch_sim *sim;
};

/* Each returns the exit code. */
int sim_run(struct tool *t);
int sim_models(struct tool *t);
int sim_fit(struct tool *t);

/* Text of a call that has come so far, to where output goes; b is freed. */
int sim_say(struct tool *t, struct exch_buf *b, int err, struct exch_diag *d);

/* ---- day.c ---- */

int sim_day_survey(
    void *arg, const char *name, struct exch_plan_day *k, struct exch_diag *d);
/* For the run, if the plan names one. */
int sim_day_open(struct tool *t, struct exch_diag *d);
int sim_day_add(struct tool *t, struct exch_diag *d);
/* Does it tell what the venue executed? */
bool sim_day_expects(const struct tool *t);
void sim_day_close(struct tool *t);
/* How far the market has drifted from it. */
void sim_day_tell(const struct tool *t);

/* ---- rules.c ---- */

/*
 * A file that a scenario names, from where the scenario lies.  The tool's, to
 * its end, since whoever opens it keeps the name; NULL: no memory.
 */
const char *sim_path(struct tool *t, const char *name);
void sim_paths_free(struct tool *t);
/* The market that the plan names, for the plan's day. */
int sim_rules(struct tool *t, struct exch_diag *d);
void sim_rules_free(struct tool *t);

#endif
