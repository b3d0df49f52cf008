/*
 * exch-sim sweep: many runs as jobs that anybody can do, in any order and
 * again (exch-sweep(7)).
 *
 *	DIR/sweep	what is to be run (grid.h)
 *	DIR/done/N	the results of run N, whole
 *	DIR/failed/N	the exit status of its last attempt, if that failed
 *	DIR/part/	what is being written
 *
 * A job writes under a name that nobody else has and renames, so that it may
 * be killed at any time, and two that do the same do no harm.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/plural.h"
#include "exch-sim/sweep.h"
#include "exch-sim/tool.h"
#include "report/table.h"

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
}

/* ---- the directory ---- */

char *
sim_sweep_path(const char *dir, const char *part, uint64_t n)
{
	struct exch_buf b = {0};

	exch_buf_fmt(&b, "%s/%s", dir, part);
	if (n != 0)
		exch_buf_fmt(&b, "/%" PRIu64, n);
	exch_buf_char(&b, '\0');
	if (b.failed) {
		exch_buf_free(&b);
		return NULL;
	}
	return b.p;
}

bool
sim_sweep_has(const char *dir, const char *part, uint64_t n)
{
	char *path = sim_sweep_path(dir, part, n);
	bool yes = path != NULL && access(path, F_OK) == 0;

	exch_free(path);
	return yes;
}

static int
make_dir(const char *path, struct exch_diag *d)
{
	if (path == NULL)
		return no_memory(d);
	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return EXCH_OK;
	return exch_diag_sys(
	    d, path, errno, "cannot make the directory of the sweep");
}

static int
make_dirs(const char *dir, struct exch_diag *d)
{
	static const char *const parts[] = {"done", "failed", "part"};
	int err = make_dir(dir, d);

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(parts) && err == EXCH_OK; i++) {
		char *path = sim_sweep_path(dir, parts[i], 0);

		err = make_dir(path, d);
		exch_free(path);
	}
	return err;
}

int
sim_sweep_load(const char *dir, struct sim_grid *g, struct exch_diag *d)
{
	char *path = sim_sweep_path(dir, "sweep", 0), *text = NULL;
	size_t n = 0;
	int err =
	    path != NULL ? exch_cli_slurp(path, &text, &n, d) : no_memory(d);

	if (err == EXCH_OK)
		err = sim_grid_get(g, text, n, d);
	if (err != EXCH_OK)
		(void)exch_diag_set(d, (enum exch_err)err, path, EXCH_POS_NONE,
		    0, "%s", exch_err_text((enum exch_err)err));
	if (err != EXCH_OK && d->name[0] == '\0' && path != NULL)
		(void)snprintf(d->name, sizeof(d->name), "%s", path);
	exch_free(text);
	exch_free(path);
	return err;
}

/* ---- the jobs ---- */

/*
 * A word for a POSIX shell.  A line feed would end the job's line: it is told
 * to printf, with a point behind the text so that none at its end is lost.
 */
static void
put_quoted(struct exch_buf *line, const char *text)
{
	bool feeds = strchr(text, '\n') != NULL;

	if (feeds)
		exch_buf_str(line, "d=$(printf %b ");
	exch_buf_char(line, '\'');
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\'')
			exch_buf_str(line, "'\\''");
		else if (feeds && *p == '\n')
			exch_buf_str(line, "\\0012");
		else if (feeds && *p == '\\')
			exch_buf_str(line, "\\\\");
		else
			exch_buf_char(line, *p);
	}
	exch_buf_str(line, feeds ? ".') && " : "'");
}

/* All of them; `dir` is absolute, so that they run from anywhere. */
static int
put_jobs(struct tool *t, const struct sim_grid *g, const char *dir,
    struct exch_diag *d)
{
	struct exch_buf word = {0}, b = {0};
	bool feeds = strchr(dir, '\n') != NULL;
	struct exch_out *out;
	int err = t->jobs_file != NULL
		      ? exch_cli_out_beside(&t->cli, t->jobs_file, &t->out, d)
		      : exch_cli_out_open(&t->cli, &t->out, d);

	if (err != EXCH_OK)
		return err;
	out = exch_cli_out_stream(t->out);
	put_quoted(&word, dir);
	exch_buf_char(&word, '\0');
	for (uint64_t i = 1;
	     i <= g->runs && err == EXCH_OK && !word.failed && !b.failed; i++) {
		b.len = 0;
		exch_buf_fmt(&b,
		    "%sexch-sim sweep --job %" PRIu64 " --dir %s\n",
		    feeds ? word.p : "", i, feeds ? "\"${d%.}\"" : word.p);
		err = exch_out_write(out, b.p, b.len, d);
	}
	if (err == EXCH_OK && (word.failed || b.failed))
		err = no_memory(d);
	exch_buf_free(&word);
	exch_buf_free(&b);
	if (err == EXCH_OK)
		return exch_cli_out_commit(t->out, d);
	exch_cli_out_abort(t->out);
	return err;
}

/* From the root on. */
static int
whole_path(const char *name, char **path, struct exch_diag *d)
{
	char *p = realpath(name, NULL);

	if (p == NULL)
		return exch_diag_sys(d, name, errno, "cannot open");
	*path = exch_strdup(p);
	free(p); /* realpath's, not ours */
	return *path != NULL ? EXCH_OK : no_memory(d);
}

/* What the command line asks for. */
static int
asked(struct tool *t, struct sim_grid *g, struct exch_diag *d)
{
	int err = whole_path(t->cli.operand[1], &g->scenario, d);

	if (err == EXCH_OK)
		err = whole_path(".", &g->from, d);
	for (size_t i = 0; i < t->ndefine && err == EXCH_OK; i++)
		err = sim_grid_define(g, t->define[i], d);
	if (err == EXCH_OK)
		err = sim_grid_seeds(g, t->seeds != NULL ? t->seeds : "1", d);
	return err == EXCH_OK ? sim_grid_count(g, d) : err;
}

/* Another one is there: is it the same, but for where its jobs run? */
static int
refuse_sweep(const char *path, const char *text, size_t n,
    const struct sim_grid *g, struct exch_diag *d)
{
	struct sim_grid old = {0}, new = *g;
	struct exch_diag own = {0};
	struct exch_buf a = {0}, b = {0};
	char *from = NULL;
	bool same = false;

	if (sim_grid_get(&old, text, n, &own) == EXCH_OK) {
		from = old.from;
		old.from = new.from = NULL;
		sim_grid_put(&old, &a);
		sim_grid_put(&new, &b);
		same = !a.failed && !b.failed && a.len == b.len &&
		       memcmp(a.p, b.p, a.len) == 0;
		old.from = from;
	}
	exch_buf_free(&a);
	exch_buf_free(&b);
	if (same && from != NULL)
		(void)exch_diag_set(d, EXCH_ERR_EXISTS, path, EXCH_POS_NONE, 0,
		    "this sweep was made in %s, and its jobs run there: make "
		    "it there again, or take another --dir",
		    from);
	else if (same)
		(void)exch_diag_set(d, EXCH_ERR_EXISTS, path, EXCH_POS_NONE, 0,
		    "an older version made it: remove this file and make the "
		    "sweep again; what is done stays");
	else
		(void)exch_diag_set(d, EXCH_ERR_EXISTS, path, EXCH_POS_NONE, 0,
		    "another sweep is kept there: take another --dir, or "
		    "remove it");
	sim_grid_clear(&old);
	return d->code;
}

/* A name that nobody else has, on no machine. */
static char *
part_path(const char *dir, uint64_t n)
{
	char host[256] = "", part[320];

	(void)gethostname(host, sizeof(host) - 1); /* "" does as well */
	for (char *p = host; *p != '\0'; p++)
		*p = *p == '/' ? '_' : *p;
	(void)snprintf(part, sizeof(part), "part/%" PRIu64 ".%s.%ld", n, host,
	    (long)getpid());
	return sim_sweep_path(dir, part, 0);
}

/*
 * The file appears whole, and never in the place of another one: of two sweeps
 * that are made at once the second finds that of the first.
 */
static int
make_sweep(struct tool *t, const char *path, const struct exch_buf *b,
    struct exch_diag *d)
{
	char *part = part_path(t->dir, 0);
	struct exch_cli_out *out = NULL;
	int err = part == NULL ? no_memory(d)
			       : exch_cli_out_beside(&t->cli, part, &out, d);

	if (err == EXCH_OK)
		err = exch_out_write(exch_cli_out_stream(out), b->p, b->len, d);
	if (err == EXCH_OK)
		err = exch_cli_out_commit(out, d);
	else
		exch_cli_out_abort(out);
	/* Not every file system has links. */
	if (err == EXCH_OK && link(part, path) != 0 && errno != EEXIST &&
	    rename(part, path) != 0)
		err = exch_diag_sys(d, path, errno, "cannot rename");
	if (part != NULL)
		(void)unlink(part); /* it may have another name now */
	exch_free(part);
	return err;
}

/* The file of the sweep; where there is one, it has to be the same. */
static int
put_sweep(struct tool *t, const struct sim_grid *g, struct exch_diag *d)
{
	char *path = sim_sweep_path(t->dir, "sweep", 0), *is = NULL;
	struct exch_buf b = {0};
	size_t n = 0;
	int err = EXCH_OK;

	sim_grid_put(g, &b);
	if (path == NULL || b.failed)
		err = no_memory(d);
	else if (access(path, F_OK) != 0)
		err = make_sweep(t, path, &b, d);
	if (err == EXCH_OK)
		err = exch_cli_slurp(path, &is, &n, d);
	if (err == EXCH_OK && (n != b.len || memcmp(is, b.p, n) != 0))
		err = refuse_sweep(path, is, n, g, d);
	exch_buf_free(&b);
	exch_free(is);
	exch_free(path);
	return err;
}

/*
 * Call with the scenario and the values of run n as if the command line had
 * named them; the code.
 */
static int
with_values(
    struct tool *t, struct sim_grid *g, uint64_t n, int (*call)(struct tool *t))
{
	struct exch_diag d = {0};
	struct exch_buf values = {0};
	const char **said = t->define;
	size_t nsaid = t->ndefine;
	char **operand = t->cli.operand;
	int noperands = t->cli.noperands;
	const char **define = exch_calloc(g->naxis + 1, sizeof(*define));
	size_t *at = exch_calloc(g->naxis + 1, sizeof(*at));
	int code;

	for (size_t i = 0; i < g->naxis && at != NULL; i++) {
		at[i] = values.len;
		sim_grid_value(g, n, i, &values);
		exch_buf_char(&values, '\0');
	}
	if (define == NULL || at == NULL || values.failed) {
		(void)no_memory(&d);
		code = exch_cli_fail(&t->cli, &d);
	} else {
		for (size_t i = 0; i < g->naxis; i++)
			define[i] = values.p + at[i];
		t->define = define;
		t->ndefine = g->naxis;
		t->cli.operand = &g->scenario;
		t->cli.noperands = 1;
		code = call(t);
		t->define = said;
		t->ndefine = nsaid;
		t->cli.operand = operand;
		t->cli.noperands = noperands;
	}
	exch_buf_free(&values);
	exch_free(define);
	exch_free(at);
	return code;
}

/* A mistake of the scenario would be one of every job. */
static int
first_run(struct tool *t, struct sim_grid *g)
{
	t->cli.seed = sim_grid_seed(g, 1);
	t->cli.seed_given = true;
	return with_values(t, g, 1, sim_check);
}

static int
plan_sweep(struct tool *t)
{
	struct exch_diag d = {0};
	struct sim_grid g = {0};
	char *dir = NULL;
	int err = asked(t, &g, &d), code = -1;

	if (err == EXCH_ERR_FORMAT || err == EXCH_ERR_EXISTS ||
	    err == EXCH_ERR_LIMIT)
		code = exch_cli_usage(&t->cli, "%s", d.text);
	else if (err == EXCH_OK)
		code = first_run(t, &g);
	if (code >= 0) {
		sim_grid_clear(&g);
		return code;
	}
	if (err == EXCH_OK && t->jobs_file != NULL)
		err = exch_cli_spares(&t->cli, t->jobs_file, &d);
	if (err == EXCH_OK)
		err = make_dirs(t->dir, &d);
	if (err == EXCH_OK)
		err = put_sweep(t, &g, &d);
	if (err == EXCH_OK)
		err = whole_path(t->dir, &dir, &d);
	if (err == EXCH_OK)
		err = put_jobs(t, &g, dir, &d);
	if (err == EXCH_OK)
		exch_cli_note(
		    &t->cli, "%" PRIu64 " job%s", g.runs, exch_plural(g.runs));
	exch_free(dir);
	sim_grid_clear(&g);
	return err == EXCH_OK ? EXCH_EXIT_OK : exch_cli_fail(&t->cli, &d);
}

/* ---- one job ---- */

static void
forget(const char *path)
{
	struct exch_buf b = {0};

	(void)unlink(path); /* it may not have been made */
	exch_buf_fmt(&b, "%s-journal", path);
	exch_buf_char(&b, '\0');
	if (!b.failed)
		(void)unlink(b.p);
	exch_buf_free(&b);
}

/* How the job has ended, for --status. */
static void
tell_failed(struct tool *t, uint64_t n, int code)
{
	struct exch_cli_out *out = NULL;
	struct exch_diag d = {0};
	struct exch_buf b = {0};
	char *path = sim_sweep_path(t->dir, "failed", n);

	exch_buf_fmt(&b, "%d\n", code);
	if (path == NULL || b.failed ||
	    exch_cli_out_beside(&t->cli, path, &out, &d) != EXCH_OK)
		goto done; /* it counts as missing then */
	if (exch_out_write(exch_cli_out_stream(out), b.p, b.len, &d) == 0)
		(void)exch_cli_out_commit(out, &d);
	else
		exch_cli_out_abort(out);
done:
	exch_buf_free(&b);
	exch_free(path);
}

/* Under its name, and not failed any more. */
static int
settle(struct tool *t, uint64_t n, struct exch_diag *d)
{
	char *done = sim_sweep_path(t->dir, "done", n);
	char *failed = sim_sweep_path(t->dir, "failed", n);
	int err = EXCH_OK;

	if (done == NULL || failed == NULL)
		err = no_memory(d);
	else if (rename(t->results, done) != 0)
		err = exch_diag_sys(d, done, errno, "cannot rename");
	else
		(void)unlink(failed); /* mostly it is not there */
	exch_free(done);
	exch_free(failed);
	return err;
}

/* The run is the one that the command line would ask for. */
static int
run_job(struct tool *t, struct sim_grid *g, uint64_t n)
{
	t->cli.seed = sim_grid_seed(g, n);
	t->cli.seed_given = true;
	t->cli.output = "/dev/null";
	t->cli.format = EXCH_FMT_BIN;
	t->cli.format_given = true;
	t->cli.quiet = true;
	return with_values(t, g, n, sim_run);
}

static int
attempt(struct tool *t, struct sim_grid *g, uint64_t n)
{
	struct exch_diag d = {0};
	char *part = part_path(t->dir, n);
	int code;

	if (part == NULL) {
		(void)no_memory(&d);
		return exch_cli_fail(&t->cli, &d);
	}
	t->results = part;
	code = run_job(t, g, n);
	if (exch_cli_signal != 0) {
		forget(part); /* nobody's failure: it is still to be done */
	} else if (code != EXCH_EXIT_OK) {
		forget(part);
		tell_failed(t, n, code);
	} else if (settle(t, n, &d) != EXCH_OK) {
		forget(part);
		code = exch_cli_fail(&t->cli, &d);
	}
	t->results = NULL;
	exch_free(part);
	return code;
}

/* Of a job's number: 0 it is none. */
static uint64_t
job_number(const char *text, const struct sim_grid *g)
{
	uint64_t n = 0;

	for (const char *p = text; *p != '\0'; p++) {
		if (*p < '0' || *p > '9' || n > g->runs)
			return 0;
		n = n * 10 + (unsigned)(*p - '0');
	}
	return n <= g->runs ? n : 0;
}

/*
 * A job runs where the sweep was asked for: programs of strategies, and what
 * these open, are found from there.
 */
static int
go_there(const char *dir, const struct sim_grid *g, struct exch_diag *d)
{
	char *path;
	int err;

	if (g->from == NULL) {
		path = sim_sweep_path(dir, "sweep", 0);
		err = exch_diag_set(d, EXCH_ERR_VERSION, path, EXCH_POS_NONE, 0,
		    "an older version made it, which did not keep where its "
		    "jobs run: remove this file and make the sweep again; "
		    "what is done stays");
		exch_free(path);
		return err;
	}
	if (chdir(g->from) == 0)
		return EXCH_OK;
	return exch_diag_sys(d, g->from, errno,
	    "cannot go to where the sweep was made, and its jobs run there");
}

static int
do_numbered(struct tool *t, struct sim_grid *g, uint64_t n)
{
	struct exch_diag d = {0};
	char *dir = NULL;
	int err = whole_path(t->dir, &dir, &d), code;

	if (err == EXCH_OK)
		err = go_there(dir, g, &d);
	if (err != EXCH_OK) {
		exch_free(dir);
		return exch_cli_fail(&t->cli, &d);
	}
	t->dir = dir;
	code = attempt(t, g, n);
	t->dir = NULL;
	exch_free(dir);
	return code;
}

static int
do_job(struct tool *t)
{
	struct exch_diag d = {0};
	struct sim_grid g = {0};
	uint64_t n;
	int code;

	if (t->ndefine != 0 || t->cli.seed_given)
		return exch_cli_usage(
		    &t->cli, "--job: values and seed are those of the sweep");
	if (sim_sweep_load(t->dir, &g, &d) != EXCH_OK) {
		sim_grid_clear(&g);
		return exch_cli_fail(&t->cli, &d);
	}
	n = job_number(t->job, &g);
	if (n == 0)
		code = exch_cli_usage(&t->cli,
		    "--job: '%s' is none of 1 to %" PRIu64, t->job, g.runs);
	else if (sim_sweep_has(t->dir, "done", n))
		code = EXCH_EXIT_OK;
	else
		code = do_numbered(t, &g, n);
	sim_grid_clear(&g);
	return code;
}

/* ---- what came of them ---- */

static const struct exch_col status_cols[] = {{"job", EXCH_COL_NUM, 8},
    {"state", EXCH_COL_TEXT, 8}, {"exit", EXCH_COL_NUM, 4},
    {"seed", EXCH_COL_ID, 8}, {"values", EXCH_COL_TEXT, 0}};

/* The exit status that a job has left; "?" if it cannot be read. */
static int64_t
exit_of(const char *dir, uint64_t n)
{
	char *path = sim_sweep_path(dir, "failed", n), *text = NULL;
	struct exch_diag d = {0};
	size_t len;
	int64_t code = -1;

	if (path != NULL && exch_cli_slurp(path, &text, &len, &d) == 0 &&
	    len > 1 && text[0] >= '0' && text[0] <= '9')
		code = strtol(text, NULL, 10);
	exch_free(text);
	exch_free(path);
	return code;
}

static void
put_status(struct exch_table *tab, const struct sim_grid *g, uint64_t n,
    bool failed, int64_t code)
{
	struct exch_buf b = {0};

	for (size_t i = 0; i < g->naxis; i++) {
		if (i != 0)
			exch_buf_char(&b, ' ');
		sim_grid_value(g, n, i, &b);
	}
	exch_table_row(tab);
	exch_table_u64(tab, n);
	exch_table_word(tab, failed ? "failed" : "missing");
	if (code >= 0)
		exch_table_u64(tab, (uint64_t)code);
	else
		exch_table_none(tab);
	exch_table_u64(tab, sim_grid_seed(g, n));
	exch_table_text(tab, b.p, b.failed ? 0 : b.len);
	exch_table_end(tab);
	exch_buf_free(&b);
}

/* The rows; how many are failed and missing. */
static int
put_states(struct tool *t, const struct sim_grid *g, uint64_t count[2],
    struct exch_diag *d)
{
	struct exch_table tab;
	int err = sim_table_open(t, &tab, d);

	if (err == EXCH_OK)
		err = exch_table_columns(
		    &tab, status_cols, EXCH_ARRAY_LEN(status_cols), true, d);
	for (uint64_t n = 1; n <= g->runs && err == EXCH_OK; n++) {
		bool failed;

		if (sim_sweep_has(t->dir, "done", n))
			continue;
		failed = sim_sweep_has(t->dir, "failed", n);
		count[failed ? 0 : 1]++;
		put_status(&tab, g, n, failed,
		    failed ? exit_of(t->dir, n) : INT64_C(-1));
	}
	return sim_table_close(t, &tab, err, d);
}

static int
show_status(struct tool *t)
{
	struct exch_diag d = {0};
	struct sim_grid g = {0};
	uint64_t count[2] = {0};
	int err = sim_sweep_load(t->dir, &g, &d);

	if (err == EXCH_OK)
		err = put_states(t, &g, count, &d);
	if (err == EXCH_OK)
		exch_cli_note(&t->cli,
		    "of %" PRIu64 " run%s %" PRIu64 " done, %" PRIu64
		    " failed, %" PRIu64 " missing",
		    g.runs, exch_plural(g.runs), g.runs - count[0] - count[1],
		    count[0], count[1]);
	sim_grid_clear(&g);
	if (err != EXCH_OK)
		return exch_cli_fail(&t->cli, &d);
	return count[0] + count[1] == 0 ? EXCH_EXIT_OK : EXCH_EXIT_NO;
}

/* ---- which of them ---- */

int
sim_sweep(struct tool *t)
{
	const char *operand = t->cli.noperands == 2 ? t->cli.operand[1] : NULL;

	if (t->status) {
		if (t->dir == NULL)
			t->dir = operand;
		if (t->dir == NULL || t->cli.noperands > 2)
			return exch_cli_usage(
			    &t->cli, "--status: name the sweep's directory");
		return show_status(t);
	}
	if (t->dir == NULL)
		return exch_cli_usage(&t->cli,
		    "a sweep needs --dir DIR, where its results are kept");
	if (t->job != NULL)
		return do_job(t);
	if (operand == NULL || strcmp(operand, "-") == 0)
		return exch_cli_usage(
		    &t->cli, "a sweep needs one scenario, which is a file");
	if (t->cli.seed_given || t->results != NULL)
		return exch_cli_usage(&t->cli,
		    "a sweep has --seeds instead of --seed, and keeps its "
		    "results itself");
	return plan_sweep(t);
}
