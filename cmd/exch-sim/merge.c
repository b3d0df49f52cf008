/*
 * exch-sim merge: the results of sweeps in one database.  Runs are put into
 * it in the order of their keys, so that it is the same whatever the order in
 * which they were made.
 */
#include <config.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/plural.h"
#include "exch-sim/sweep.h"
#include "exch-sim/tool.h"

struct part {
	char key[65];
	char digest[SIM_DIGEST]; /* of its stream */
	const char *dir;
	uint64_t n;
};

struct merge {
	struct part *part;
	size_t n, cap;
	uint64_t missing;
	char inputs[65]; /* of the directory at hand */
	uint64_t first;	 /* its first run that is there */
	bool replaces;	 /* what -o names is there */
	struct stat out;
};

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
}

static int
open_part(
    const char *dir, uint64_t n, struct sim_results **r, struct exch_diag *d)
{
	char *path = sim_sweep_path(dir, "done", n);
	int err = path != NULL ? sim_results_open(path, EXCH_SQL_READ, r, d)
			       : no_memory(d);

	exch_free(path);
	return err;
}

/* What is merged must not be what the result takes the place of. */
static int
spares(const struct merge *m, const char *dir, const char *part, uint64_t n,
    struct exch_diag *d)
{
	char *path = sim_sweep_path(dir, part, n);
	struct stat st;
	int err = EXCH_OK;

	if (path == NULL)
		err = no_memory(d);
	else if (m->replaces && stat(path, &st) == 0 &&
		 st.st_dev == m->out.st_dev && st.st_ino == m->out.st_ino)
		err = exch_diag_set(d, EXCH_ERR_NEED, path, EXCH_POS_NONE, 0,
		    "it is read and would be replaced: name another file with "
		    "-o");
	exch_free(path);
	return err;
}

static void
get_text(struct exch_sql_stmt *t, unsigned i, char *to, size_t room)
{
	size_t n;

	(void)snprintf(to, room, "%s", exch_sql_text(t, i, &n));
}

/* What its only run is known by, and what it was made of. */
static int
read_part(
    struct sim_results *r, struct part *p, char inputs[65], struct exch_diag *d)
{
	struct exch_sql *sql = sim_results_sql(r);
	struct exch_sql_stmt *t;
	int rc =
	    exch_sql_prepare(sql, "SELECT key, inputs, digest FROM run", &t, d);

	if (rc != EXCH_OK)
		return rc;
	rc = exch_sql_step(t, d);
	if (rc == 1) {
		get_text(t, 0, p->key, sizeof(p->key));
		get_text(t, 1, inputs, 65);
		get_text(t, 2, p->digest, sizeof(p->digest));
		rc = exch_sql_step(t, d);
		if (rc == 0) {
			exch_sql_finish(t);
			return EXCH_OK;
		}
	}
	exch_sql_finish(t);
	return rc < 0 ? rc
		      : exch_diag_set(d, EXCH_ERR_FORMAT, exch_sql_name(sql),
			    EXCH_POS_NONE, 0,
			    "the results are not those of one run: remove the "
			    "file and run its job again");
}

static int
take_part(struct merge *m, const char *dir, uint64_t n, struct exch_diag *d)
{
	struct sim_results *r = NULL;
	struct part *p;
	char inputs[65];
	int err;

	if (!exch_room(&m->part, m->n, &m->cap, sizeof(*m->part)))
		return no_memory(d);
	p = &m->part[m->n];
	*p = (struct part){.dir = dir, .n = n};
	err = spares(m, dir, "done", n, d);
	if (err == EXCH_OK)
		err = open_part(dir, n, &r, d);
	if (err == EXCH_OK)
		err = read_part(r, p, inputs, d);
	sim_results_close(r);
	if (err != EXCH_OK)
		return err;
	if (m->first == 0) {
		memcpy(m->inputs, inputs, sizeof(inputs));
		m->first = n;
	} else if (strcmp(m->inputs, inputs) != 0) {
		return exch_diag_set(d, EXCH_ERR_DIFFERS, dir, EXCH_POS_NONE, 0,
		    "runs %" PRIu64 " and %" PRIu64
		    " were made of different inputs: the scenario, or a file "
		    "that it names, has changed between them; make the sweep "
		    "again in another directory",
		    m->first, n);
	}
	m->n++;
	return EXCH_OK;
}

static int
take_dir(struct merge *m, const char *dir, struct exch_diag *d)
{
	struct sim_grid g = {0};
	int err = spares(m, dir, "sweep", 0, d);

	if (err == EXCH_OK)
		err = sim_sweep_load(dir, &g, d);
	m->first = 0;
	for (uint64_t n = 1; n <= g.runs && err == EXCH_OK; n++) {
		if (sim_sweep_has(dir, "done", n))
			err = take_part(m, dir, n, d);
		else
			m->missing++;
	}
	sim_grid_clear(&g);
	return err;
}

static int
by_key(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return strcmp(x->key, y->key);
}

/* The same run, in another directory, and other records: nobody knows why. */
static int
refuse_twin(const struct part *a, const struct part *b, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_DIFFERS, b->dir, EXCH_POS_NONE, 0,
	    "run %" PRIu64 " has other records than the same run %" PRIu64
	    " in %s: something outside the scenario has changed, such as a "
	    "program that trades; leave one of the two out",
	    b->n, a->n, a->dir);
}

/* One transaction: all of it, or the file is thrown away. */
static int
fill(struct merge *m, const char *path, struct exch_diag *d)
{
	struct sim_results *to = NULL;
	int err = sim_results_open(path, EXCH_SQL_CREATE, &to, d);

	if (err == EXCH_OK)
		err = exch_sql_exec(sim_results_sql(to), "BEGIN IMMEDIATE", d);
	for (size_t i = 0; i < m->n && err == EXCH_OK; i++) {
		const struct part *p = &m->part[i];
		struct sim_results *from = NULL;

		/* Of two directories with the same run one is enough. */
		if (i > 0 && strcmp(p->key, p[-1].key) == 0) {
			if (strcmp(p->digest, p[-1].digest) != 0)
				err = refuse_twin(&p[-1], p, d);
			continue;
		}
		err = open_part(p->dir, p->n, &from, d);
		if (err == EXCH_OK)
			err = sim_results_copy(from, p->key, to, d);
		sim_results_close(from);
	}
	if (err == EXCH_OK)
		err = exch_sql_exec(sim_results_sql(to), "COMMIT", d);
	sim_results_close(to);
	return err;
}

/* It appears whole, in the place of what was there. */
static int
write_merged(struct tool *t, struct merge *m, struct exch_diag *d)
{
	struct exch_buf temp = {0}, journal = {0};
	int err = EXCH_OK;

	exch_buf_fmt(&temp, "%s.%ld.tmp", t->cli.output, (long)getpid());
	exch_buf_char(&temp, '\0');
	if (!temp.failed)
		exch_buf_fmt(&journal, "%s-journal", temp.p);
	exch_buf_char(&journal, '\0');
	if (temp.failed || journal.failed)
		err = no_memory(d);
	if (err == EXCH_OK)
		err = fill(m, temp.p, d);
	if (err == EXCH_OK && exch_cli_signal != 0)
		err = EXCH_ERR_STOP;
	if (err == EXCH_OK && rename(temp.p, t->cli.output) != 0)
		err = exch_diag_sys(d, t->cli.output, errno, "cannot rename");
	if (err != EXCH_OK && !temp.failed && !journal.failed) {
		(void)unlink(temp.p); /* it may not have been made */
		(void)unlink(journal.p);
	}
	exch_buf_free(&temp);
	exch_buf_free(&journal);
	return err;
}

int
sim_merge(struct tool *t)
{
	struct exch_diag d = {0};
	struct merge m = {0};
	int err = EXCH_OK;

	if (t->cli.noperands < 2 || t->cli.output == NULL)
		return exch_cli_usage(&t->cli,
		    "merge needs the directories of sweeps, and -o FILE");
	err = sim_results_place(t->cli.output, &d);
	m.replaces = stat(t->cli.output, &m.out) == 0;
	for (int i = 1; i < t->cli.noperands && err == EXCH_OK; i++)
		err = take_dir(&m, t->cli.operand[i], &d);
	if (err == EXCH_OK) {
		if (m.n > 0)
			qsort(m.part, m.n, sizeof(*m.part), by_key);
		err = write_merged(t, &m, &d);
	}
	exch_free(m.part);
	if (err == EXCH_ERR_STOP)
		return EXCH_EXIT_SYSTEM;
	if (err != EXCH_OK)
		return exch_cli_fail(&t->cli, &d);
	if (m.missing == 0)
		return EXCH_EXIT_OK;
	exch_cli_warn(&t->cli,
	    "%" PRIu64 " run%s %s not there: exch-sim sweep --status tells "
	    "which",
	    m.missing, exch_plural(m.missing), m.missing == 1 ? "is" : "are");
	return EXCH_EXIT_NO;
}
