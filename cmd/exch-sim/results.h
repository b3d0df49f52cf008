/*
 * Databases of runs: a row for each of them, by what it was made of, and one
 * for each of its agents (exch-sim(1), RESULTS).  They are those of SQLite
 * with its rollback journal, which needs no more of a file system than that it
 * locks; a run that is there already is never written over.
 */
#ifndef EXCH_CMD_SIM_RESULTS_H
#define EXCH_CMD_SIM_RESULTS_H

#include "base/err.h"
#include "exch-sim/figures.h"
#include "store/sql.h"

/* A figure of an agent: an integer of 10^-scale of its unit. */
struct sim_metric {
	const char *name;
	int scale;
	/* false: there is none */
	bool (*value)(
	    const struct sim_figures_agent *a, exch_ts span, exch_i128 *v);
};

const struct sim_metric *sim_metrics(unsigned *n);

/* Room for the digest of a stream. */
#define SIM_DIGEST 96

/* A run, as it is told to the database. */
struct sim_run_row {
	char key[65];	 /* SHA-256 of all that it is made of */
	char inputs[65]; /* the same without seed and values of -D */
	const char *scenario;
	uint64_t seed;
	const struct exch_plan *plan; /* whose variables */
	char digest[SIM_DIGEST];
	exch_ts began, ended;
	uint64_t commands, events;
};

struct sim_results;

/*
 * EXCH_ERR_NEED: a device, a pipe or a directory is there, which a database
 * does not take the place of.
 */
int sim_results_place(const char *path, struct exch_diag *d);
/*
 * EXCH_SQL_CREATE: also one that is not there, or is empty, is taken.
 * EXCH_ERR_FORMAT: a foreign file; EXCH_ERR_VERSION: a schema of another
 * version; else as store/sql.h.
 */
int sim_results_open(const char *path, enum exch_sql_mode mode,
    struct sim_results **r, struct exch_diag *d);
/* NULL is fine. */
void sim_results_close(struct sim_results *r);
struct exch_sql *sim_results_sql(struct sim_results *r);

/*
 * Add a run with its agents, all of it or nothing.  Where the key is there
 * nothing changes; EXCH_ERR_DIFFERS: and the digest there is another one.
 */
int sim_results_add(struct sim_results *r, const struct sim_run_row *row,
    const struct sim_figures *f, struct exch_diag *d);

/* The rows of the run of that key into another database, which has them not. */
int sim_results_copy(struct sim_results *from, const char *key,
    struct sim_results *to, struct exch_diag *d);

#endif
