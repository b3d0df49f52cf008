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
 *	record.c  --results: what a run is made of, and what came of it
 *	compare.c what many runs say together
 *	sweep.c   many runs as jobs, and what came of them
 *	merge.c   their results in one database
 *	table.c   their tables
 *
 * figures.h, results.h, grid.h and student.h know nothing of the command line.
 */
#ifndef EXCH_CMD_SIM_TOOL_H
#define EXCH_CMD_SIM_TOOL_H

#include "base/sha256.h"
#include "common/cli.h"
#include "exch-sim/results.h"
#include "match/match.h"
#include "ref/timetable.h"
#include "sim/plan.h"

struct tool {
	struct exch_cli cli;
	bool orders; /* --orders */
	const char *date_text, *tz_name;
	const char *symbol; /* --symbol, of fit */
	uint64_t parts;	    /* --profile, of fit; 0: none */
	uint32_t date;
	struct exch_plan plan;
	char **path; /* sim_path() */
	size_t npath, cap_path;

	/* the day: as it is looked through, and as it is run */
	struct exch_in *survey_in, *day_in;
	struct exch_reader *survey, *day;
	uint32_t last_account;
	exch_oid last_order;
	exch_ts day_begin; /* of its first command */
	exch_ts day_clock; /* its largest time so far */

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

	/* --results */
	const char *results; /* the database's path, or NULL */
	struct exch_sha256 inputs;
	struct sim_results *database;
	struct sim_figures *figures;
	struct sim_run_row row;

	/* -D as it was said; a sweep makes lists of them */
	const char **define;
	size_t ndefine, cap_define;

	/* compare */
	const char *by, *only; /* --by, --figures */

	/* sweep */
	const char *seeds, *jobs_file, *dir;
	const char *job; /* the one that is to be done */
	bool status;
};

/* Each returns the exit code. */
int sim_run(struct tool *t);
/*
 * The scenario is read as a run reads it, and its market's rules; nothing is
 * started.  -1, or the code when something is wrong, which is told.  Once, and
 * instead of a run.
 */
int sim_check(struct tool *t);
int sim_models(struct tool *t);
int sim_fit(struct tool *t);

/* Text of a call that has come so far, to where output goes; b is freed. */
int sim_say(struct tool *t, struct exch_buf *b, int err, struct exch_diag *d);
int sim_compare(struct tool *t);
int sim_realism(struct tool *t);
int sim_sweep(struct tool *t);
int sim_merge(struct tool *t);

/* ---- day.c ---- */

int sim_day_survey(
    void *arg, const char *name, struct exch_plan_day *k, struct exch_diag *d);
/* A run that begins long before the day, or ends long after it, is refused. */
int sim_day_fits(const struct tool *t, struct exch_diag *d);
/* For the run, if the plan names one. */
int sim_day_open(struct tool *t, struct exch_diag *d);
int sim_day_add(struct tool *t, struct exch_diag *d);
/* Does it tell what the venue executed? */
bool sim_day_expects(const struct tool *t);
/* Behind the run: was the day read to an end that it had?  Else it is told. */
bool sim_day_is_whole(const struct tool *t);
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

/* ---- table.c: on standard output, or where -o says ---- */

struct exch_table;

/* -f csv or json, where text has a form of its own. */
bool sim_wants_rows(const struct tool *t);
/* Closed in any case; t->out is the table's. */
int sim_table_open(struct tool *t, struct exch_table *tab, struct exch_diag *d);
/* `err` is what has become of it so far; what it comes to. */
int sim_table_close(
    struct tool *t, struct exch_table *tab, int err, struct exch_diag *d);

/* ---- record.c: nothing at all without --results ---- */

/* What was read is a part of what the run is. */
void sim_input_text(struct tool *t, const char *text, size_t n);
int sim_input_file(struct tool *t, const char *path, struct exch_diag *d);
void sim_input_record(struct tool *t, const struct exch_rec *r);
int sim_record_open(struct tool *t, struct exch_diag *d);
int sim_record_begin(
    struct tool *t, struct exch_sim_opts *o, struct exch_diag *d);
int sim_record_end(struct tool *t, struct exch_diag *d);
int sim_record_put(struct tool *t, int code);
void sim_record_close(struct tool *t);

#endif
