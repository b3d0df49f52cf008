/*
 * Databases of runs (results.h): what is in them, and how a run gets there.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/version.h"
#include "exch-sim/results.h"

/* "XSIM", by which the file is known. */
#define APPLICATION 0x5853494d
#define SCHEMA_VERSION 1

struct sim_results {
	struct exch_sql *sql;
};

/* ---- figures ---- */

/* part of whole, in 10^-6. */
static bool
share(exch_i128 part, exch_i128 whole, exch_i128 *v)
{
	if (whole == 0)
		return false;
	*v = exch_div_half_even(part * 1000000, whole);
	return true;
}

#define METRIC(NAME)                                                           \
	static bool NAME(                                                      \
	    const struct sim_figures_agent *a, exch_ts span, exch_i128 *v)

METRIC(orders)
{
	(void)span;
	*v = a->orders;
	return true;
}

METRIC(fills)
{
	(void)span;
	*v = a->fills;
	return true;
}

METRIC(fill_ratio)
{
	(void)span;
	return share(a->volume, a->asked, v);
}

METRIC(volume)
{
	(void)span;
	*v = a->volume;
	return true;
}

METRIC(turnover)
{
	(void)span;
	*v = a->turnover;
	return !a->mixed;
}

METRIC(pnl)
{
	(void)span;
	*v = sim_figures_gain(a);
	return !a->mixed;
}

METRIC(fees)
{
	(void)span;
	*v = a->fees;
	return !a->mixed;
}

METRIC(sharpe)
{
	double x;

	(void)span;
	if (a->mixed || !sim_figures_sharpe(a, &x) || x > 1e12 || x < -1e12)
		return false;
	*v = (exch_i128)(x * 1e6 + (x < 0 ? -0.5 : 0.5));
	return true;
}

METRIC(drawdown)
{
	(void)span;
	*v = a->drawdown;
	return !a->mixed;
}

METRIC(inventory)
{
	if (span == 0)
		return false;
	*v = exch_div_half_even(a->area, (exch_i128)span);
	return true;
}

METRIC(inventory_abs)
{
	if (span == 0)
		return false;
	*v = exch_div_half_even(a->area_abs, (exch_i128)span);
	return true;
}

METRIC(inventory_max)
{
	(void)span;
	*v = a->most;
	return true;
}

METRIC(maker_share)
{
	(void)span;
	return share(a->maker, a->volume, v);
}

/* `gone` is twice the gain: basis points are 10^4 of the whole. */
static bool
markout(const struct sim_figures_agent *a, unsigned h, exch_i128 *v)
{
	return !a->mixed && share(a->gone[h] * 5000, a->marked[h], v);
}

METRIC(markout_1s)
{
	(void)span;
	return markout(a, 0, v);
}

METRIC(markout_10s)
{
	(void)span;
	return markout(a, 1, v);
}

METRIC(markout_60s)
{
	(void)span;
	return markout(a, 2, v);
}

METRIC(ahead)
{
	(void)span;
	if (a->queued == 0)
		return false;
	*v = exch_div_half_even(a->ahead, (exch_i128)a->queued);
	return true;
}

/* Columns of the table, in this order; new ones make another SCHEMA_VERSION. */
static const struct sim_metric metrics[] = {{"orders", 0, orders},
    {"fills", 0, fills}, {"fill_ratio", 6, fill_ratio}, {"volume", 9, volume},
    {"turnover", 6, turnover}, {"pnl", 6, pnl}, {"fees", 6, fees},
    {"sharpe", 6, sharpe}, {"drawdown", 6, drawdown},
    {"inventory", 9, inventory}, {"inventory_abs", 9, inventory_abs},
    {"inventory_max", 9, inventory_max}, {"maker_share", 6, maker_share},
    {"markout_1s", 6, markout_1s}, {"markout_10s", 6, markout_10s},
    {"markout_60s", 6, markout_60s}, {"ahead", 9, ahead}};

#define METRICS EXCH_ARRAY_LEN(metrics)

const struct sim_metric *
sim_metrics(unsigned *n)
{
	*n = METRICS;
	return metrics;
}

/* ---- the file ---- */

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
}

/* Without row numbers, so that rows lie by their keys, however they came. */
static const char tables[] =
    "CREATE TABLE run (key TEXT PRIMARY KEY, inputs TEXT NOT NULL,"
    " scenario TEXT NOT NULL, seed TEXT NOT NULL, variables TEXT NOT NULL,"
    " digest TEXT NOT NULL, version TEXT NOT NULL, began INTEGER NOT NULL,"
    " ended INTEGER NOT NULL, commands INTEGER NOT NULL,"
    " events INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE variable (key TEXT NOT NULL REFERENCES run,"
    " name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (key, name))"
    " WITHOUT ROWID;"
    "CREATE TABLE agent (key TEXT NOT NULL REFERENCES run,"
    " account TEXT NOT NULL, currency TEXT";

/* The same with points in the numbers, for people. */
static void
put_view(struct exch_buf *b)
{
	exch_buf_str(b,
	    "CREATE VIEW result AS SELECT scenario, seed, variables, account,"
	    " currency");
	for (unsigned i = 0; i < METRICS; i++) {
		exch_buf_fmt(b, ", %s", metrics[i].name);
		if (metrics[i].scale != 0)
			exch_buf_fmt(b, " / 1e%d AS %s", metrics[i].scale,
			    metrics[i].name);
	}
	exch_buf_str(b, " FROM agent JOIN run USING (key);");
}

static int
make(struct exch_sql *sql, struct exch_diag *d)
{
	struct exch_buf b = {0};
	int err;

	exch_buf_str(&b, tables);
	for (unsigned i = 0; i < METRICS; i++)
		exch_buf_fmt(&b, ", %s INTEGER", metrics[i].name);
	exch_buf_str(&b, ", PRIMARY KEY (key, account)) WITHOUT ROWID;");
	put_view(&b);
	exch_buf_fmt(&b, "PRAGMA application_id = %d; PRAGMA user_version = %d",
	    APPLICATION, SCHEMA_VERSION);
	exch_buf_char(&b, '\0');
	err = b.failed ? no_memory(d) : exch_sql_exec(sql, b.p, d);
	exch_buf_free(&b);
	return err;
}

static int
known(struct exch_sql *sql, struct exch_diag *d)
{
	int64_t id, version = 0;
	int err = exch_sql_number(sql, "PRAGMA application_id", 0, &id, d);

	if (err == EXCH_OK)
		err =
		    exch_sql_number(sql, "PRAGMA user_version", 0, &version, d);
	if (err != EXCH_OK)
		return err;
	if (id != APPLICATION)
		return exch_diag_set(d, EXCH_ERR_FORMAT, exch_sql_name(sql),
		    EXCH_POS_NONE, 0,
		    "a database, but not one of results: name another file, "
		    "exch-sim --results makes it");
	if (version == SCHEMA_VERSION)
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_VERSION, exch_sql_name(sql),
	    EXCH_POS_NONE, 0,
	    "the results are of version %lld, this program knows %d: name "
	    "another file",
	    (long long)version, SCHEMA_VERSION);
}

/* One that is empty becomes one; two that try wait for each other. */
static int
made(struct exch_sql *sql, struct exch_diag *d)
{
	int64_t things;
	int err = exch_sql_exec(sql, "BEGIN IMMEDIATE", d);

	if (err != EXCH_OK)
		return err;
	err = exch_sql_number(
	    sql, "SELECT count(*) FROM sqlite_schema", 0, &things, d);
	if (err == EXCH_OK && things == 0)
		err = make(sql, d);
	if (err == EXCH_OK)
		return exch_sql_exec(sql, "COMMIT", d);
	(void)exch_sql_exec(sql, "ROLLBACK", NULL); /* the error is told */
	return err;
}

int
sim_results_place(const char *path, struct exch_diag *d)
{
	struct stat st;

	if (stat(path, &st) != 0 || S_ISREG(st.st_mode))
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_NEED, path, EXCH_POS_NONE, 0,
	    "no regular file, and a database is one: name another");
}

int
sim_results_open(const char *path, enum exch_sql_mode mode,
    struct sim_results **res, struct exch_diag *d)
{
	struct sim_results *r = exch_calloc(1, sizeof(*r));
	int64_t things = 1;
	int err;

	if (r == NULL)
		return no_memory(d);
	err = exch_sql_open(path, mode, &r->sql, d);
	/* Only one that nobody has made yet is locked. */
	if (err == EXCH_OK && mode == EXCH_SQL_CREATE)
		err = exch_sql_number(r->sql,
		    "SELECT count(*) FROM sqlite_schema", 0, &things, d);
	if (err == EXCH_OK && things == 0)
		err = made(r->sql, d);
	if (err == EXCH_OK)
		err = known(r->sql, d);
	if (err != EXCH_OK) {
		sim_results_close(r);
		return err;
	}
	*res = r;
	return EXCH_OK;
}

void
sim_results_close(struct sim_results *r)
{
	if (r == NULL)
		return;
	exch_sql_close(r->sql);
	exch_free(r);
}

struct exch_sql *
sim_results_sql(struct sim_results *r)
{
	return r->sql;
}

/* ---- a run ---- */

static struct exch_sql_value
text(const char *s)
{
	return exch_sql_of_text(s, strlen(s));
}

static int
by_name(const void *a, const void *b)
{
	const struct exch_plan_value *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* "name=value\n", by name. */
static int
variables(const struct exch_plan *p, const struct exch_plan_value ***sorted,
    struct exch_buf *b, struct exch_diag *d)
{
	const struct exch_plan_value **v =
	    exch_calloc(p->nvalue + 1, sizeof(const struct exch_plan_value *));

	if (v == NULL)
		return no_memory(d);
	for (size_t i = 0; i < p->nvalue; i++)
		v[i] = &p->value[i];
	qsort(v, p->nvalue, sizeof(*v), by_name);
	for (size_t i = 0; i < p->nvalue; i++)
		exch_buf_fmt(b, "%s=%s\n", v[i]->name, v[i]->value);
	*sorted = v;
	return b->failed ? no_memory(d) : EXCH_OK;
}

static int
put_run(struct exch_sql *sql, const struct sim_run_row *row, const char *vars,
    struct exch_diag *d)
{
	struct exch_sql_stmt *t;
	char seed[24] = "";
	struct exch_buf b = {0};
	int err = exch_sql_prepare(
	    sql, "INSERT INTO run VALUES (?,?,?,?,?,?,?,?,?,?,?)", &t, d);

	if (err != EXCH_OK)
		return err;
	exch_buf_uint(&b, row->seed);
	if (!b.failed)
		memcpy(seed, b.p, b.len);
	const struct exch_sql_value v[] = {text(row->key), text(row->inputs),
	    text(row->scenario), exch_sql_of_text(seed, b.len), text(vars),
	    text(row->digest), text(EXCH_VERSION),
	    exch_sql_of_int((int64_t)row->began),
	    exch_sql_of_int((int64_t)row->ended),
	    exch_sql_of_int((int64_t)row->commands),
	    exch_sql_of_int((int64_t)row->events)};
	err =
	    b.failed ? no_memory(d) : exch_sql_run(t, v, EXCH_ARRAY_LEN(v), d);
	exch_buf_free(&b);
	exch_sql_finish(t);
	return err;
}

static int
put_variables(struct exch_sql *sql, const struct sim_run_row *row,
    const struct exch_plan_value *const *sorted, struct exch_diag *d)
{
	struct exch_sql_stmt *t;
	int err =
	    exch_sql_prepare(sql, "INSERT INTO variable VALUES (?,?,?)", &t, d);

	for (size_t i = 0; i < row->plan->nvalue && err == EXCH_OK; i++) {
		const struct exch_sql_value v[] = {text(row->key),
		    text(sorted[i]->name), text(sorted[i]->value)};

		err = exch_sql_run(t, v, EXCH_ARRAY_LEN(v), d);
	}
	exch_sql_finish(t);
	return err;
}

static int
put_agent(struct exch_sql_stmt *t, const char *key,
    const struct sim_figures_agent *a, exch_ts span, struct exch_diag *d)
{
	struct exch_sql_value v[3 + METRICS] = {text(key), text(a->name)};

	if (a->traded && !a->mixed)
		v[2] = exch_sql_of_text(
		    a->currency, strnlen(a->currency, sizeof(a->currency)));
	for (unsigned i = 0; i < METRICS; i++) {
		exch_i128 x;

		if (!metrics[i].value(a, span, &x))
			continue;
		if (x > INT64_MAX || x < -INT64_MAX)
			return exch_diag_set(d, EXCH_ERR_RANGE, NULL,
			    EXCH_POS_NONE, 0,
			    "agent %s: %s is beyond what results can hold",
			    a->name, metrics[i].name);
		v[3 + i] = exch_sql_of_int((int64_t)x);
	}
	return exch_sql_run(t, v, EXCH_ARRAY_LEN(v), d);
}

/* "INSERT INTO agent VALUES (?,?,...)" */
static int
prepare_agents(
    struct exch_sql *sql, struct exch_sql_stmt **t, struct exch_diag *d)
{
	struct exch_buf b = {0};
	int err;

	exch_buf_str(&b, "INSERT INTO agent VALUES (?,?,?");
	for (unsigned i = 0; i < METRICS; i++)
		exch_buf_str(&b, ",?");
	exch_buf_add(&b, ")", 2);
	err = b.failed ? no_memory(d) : exch_sql_prepare(sql, b.p, t, d);
	exch_buf_free(&b);
	return err;
}

static int
put_agents(struct exch_sql *sql, const struct sim_run_row *row,
    const struct sim_figures *f, struct exch_diag *d)
{
	struct exch_sql_stmt *t = NULL;
	exch_ts end, span = sim_figures_span(f, &end);
	int err = prepare_agents(sql, &t, d);

	for (size_t i = 0; i < sim_figures_count(f) && err == EXCH_OK; i++)
		err = put_agent(t, row->key, sim_figures_at(f, i), span, d);
	exch_sql_finish(t);
	return err;
}

/* Is the run there?  1, 0 or an error; EXCH_ERR_DIFFERS. */
static int
there(struct exch_sql *sql, const struct sim_run_row *row, struct exch_diag *d)
{
	const struct exch_sql_value v = text(row->key);
	struct exch_sql_stmt *t;
	const char *digest, *version;
	size_t n;
	int rc = exch_sql_prepare(
	    sql, "SELECT digest, version FROM run WHERE key = ?", &t, d);

	if (rc != EXCH_OK)
		return rc;
	exch_sql_bind(t, &v, 1);
	rc = exch_sql_step(t, d);
	if (rc == 1) {
		version = exch_sql_text(t, 1, &n);
		digest = exch_sql_text(t, 0, &n);
		if (strcmp(digest, row->digest) != 0)
			rc = exch_diag_set(d, EXCH_ERR_DIFFERS,
			    exch_sql_name(sql), EXCH_POS_NONE, 0,
			    "run %.8s is there with other records (%.23s, by "
			    "version %s): something outside the scenario has "
			    "changed, such as a program that trades; what was "
			    "there stays",
			    row->key, digest, version);
	}
	exch_sql_finish(t);
	return rc;
}

static int
put(struct exch_sql *sql, const struct sim_run_row *row,
    const struct sim_figures *f, struct exch_diag *d)
{
	const struct exch_plan_value **sorted = NULL;
	struct exch_buf vars = {0};
	int err = variables(row->plan, &sorted, &vars, d);

	exch_buf_char(&vars, '\0');
	if (err == EXCH_OK && vars.failed)
		err = no_memory(d);
	if (err == EXCH_OK)
		err = put_run(sql, row, vars.p, d);
	if (err == EXCH_OK)
		err = put_variables(sql, row, sorted, d);
	if (err == EXCH_OK)
		err = put_agents(sql, row, f, d);
	exch_buf_free(&vars);
	exch_free(sorted);
	return err;
}

int
sim_results_add(struct sim_results *r, const struct sim_run_row *row,
    const struct sim_figures *f, struct exch_diag *d)
{
	int rc = exch_sql_exec(r->sql, "BEGIN IMMEDIATE", d);

	if (rc != EXCH_OK)
		return rc;
	rc = there(r->sql, row, d);
	if (rc == 0)
		rc = put(r->sql, row, f, d);
	if (rc == 0)
		rc = exch_sql_exec(r->sql, "COMMIT", d);
	if (rc != 0)
		(void)exch_sql_exec(r->sql, "ROLLBACK", NULL);
	return rc < 0 ? rc : EXCH_OK;
}

/* ---- from one into another ---- */

static int
copy_table(struct sim_results *from, const char *name, const char *key,
    struct sim_results *to, struct exch_diag *d)
{
	const struct exch_sql_value k = text(key);
	struct exch_sql_value v[3 + METRICS];
	struct exch_sql_stmt *in = NULL, *out = NULL;
	struct exch_buf b = {0};
	unsigned n = 0;
	int rc;

	exch_buf_fmt(&b, "SELECT * FROM %s WHERE key = ? ORDER BY 1, 2", name);
	exch_buf_char(&b, '\0');
	rc = b.failed ? no_memory(d) : exch_sql_prepare(from->sql, b.p, &in, d);
	if (rc == EXCH_OK)
		n = exch_sql_columns(in);
	b.len = 0;
	exch_buf_fmt(&b, "INSERT INTO %s VALUES (?", name);
	for (unsigned i = 1; i < n; i++)
		exch_buf_str(&b, ",?");
	exch_buf_add(&b, ")", 2);
	if (rc == EXCH_OK && (b.failed || n > EXCH_ARRAY_LEN(v)))
		rc = no_memory(d);
	if (rc == EXCH_OK)
		rc = exch_sql_prepare(to->sql, b.p, &out, d);
	if (rc == EXCH_OK)
		exch_sql_bind(in, &k, 1);
	while (rc == EXCH_OK && (rc = exch_sql_step(in, d)) == 1) {
		for (unsigned i = 0; i < n; i++)
			v[i] = exch_sql_column(in, i);
		rc = exch_sql_run(out, v, n, d);
	}
	exch_sql_finish(in);
	exch_sql_finish(out);
	exch_buf_free(&b);
	return rc;
}

int
sim_results_copy(struct sim_results *from, const char *key,
    struct sim_results *to, struct exch_diag *d)
{
	static const char *const names[] = {"run", "variable", "agent"};
	int err = EXCH_OK;

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(names) && err == EXCH_OK; i++)
		err = copy_table(from, names[i], key, to, d);
	return err;
}
