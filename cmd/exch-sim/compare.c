/*
 * exch-sim compare: what many runs say together.  Runs of the same inputs are
 * a group; in it stand, for each agent and figure, the mean over the runs of
 * each value of a variable, and the mean of the differences between runs of
 * two values that have the seed and all other variables in common.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "exch-sim/student.h"
#include "exch-sim/tool.h"
#include "report/table.h"

#define MOST 32u /* figures */

struct seen {
	char *scenario, *inputs, *account;
	char *value;  /* of the variable, or all variables */
	char *pair;   /* what else the run differs by */
	char *digest; /* of its stream */
	double v[MOST];
	bool known[MOST];
};

struct comparison {
	struct exch_table table;
	const struct sim_metric *metric;
	unsigned nmetrics;
	bool shown[MOST]; /* of the figures those that were asked for */
	struct seen *seen;
	size_t n, cap;
};

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
}

static void
drop_row(struct seen *s)
{
	exch_free(s->scenario);
	exch_free(s->inputs);
	exch_free(s->account);
	exch_free(s->value);
	exch_free(s->pair);
	exch_free(s->digest);
}

static void
drop_seen(struct comparison *c)
{
	for (size_t i = 0; i < c->n; i++)
		drop_row(&c->seen[i]);
	exch_free(c->seen);
}

/* ---- reading ---- */

static const char all[] =
    "SELECT scenario, inputs, account, replace(variables, char(10), ' '),"
    " seed, digest, agent.* FROM agent JOIN run USING (key)";

static const char by_variable[] =
    "SELECT scenario, inputs, account, v.value, seed || char(10) ||"
    " ifnull((SELECT group_concat(name || '=' || value, char(10)) FROM"
    " (SELECT name, value FROM variable w WHERE w.key = run.key AND"
    " w.name <> ?1 ORDER BY name)), ''), digest, agent.* FROM agent"
    " JOIN run USING (key) JOIN variable v ON v.key = run.key AND v.name = ?1";

/* Columns before those of the table `agent`, and of it before the figures. */
enum { BEFORE = 6, OWN = 3 };

static double
power10(int n)
{
	double p = 1;

	while (n-- > 0)
		p *= 10;
	return p;
}

static int
take_row(struct comparison *c, struct exch_sql_stmt *t, struct exch_diag *d)
{
	struct seen *s;
	char **text[BEFORE];
	size_t n;

	if (!exch_room(&c->seen, c->n, &c->cap, sizeof(*c->seen)))
		return no_memory(d);
	s = &c->seen[c->n++];
	*s = (struct seen){0};
	text[0] = &s->scenario;
	text[1] = &s->inputs;
	text[2] = &s->account;
	text[3] = &s->value;
	text[4] = &s->pair;
	text[5] = &s->digest;
	for (unsigned i = 0; i < BEFORE; i++) {
		*text[i] = exch_strdup(exch_sql_text(t, i, &n));
		if (*text[i] == NULL)
			return no_memory(d);
	}
	n = strlen(s->value);
	if (n > 0 && s->value[n - 1] == ' ')
		s->value[n - 1] = '\0'; /* behind the last variable */
	for (unsigned i = 0; i < c->nmetrics; i++) {
		struct exch_sql_value v = exch_sql_column(t, BEFORE + OWN + i);

		s->known[i] = v.kind == EXCH_SQL_INT;
		if (s->known[i])
			s->v[i] = (double)v.i / power10(c->metric[i].scale);
	}
	return EXCH_OK;
}

static int
read_all(
    struct tool *t, struct comparison *c, const char *path, struct exch_diag *d)
{
	struct sim_results *r = NULL;
	struct exch_sql_stmt *q = NULL;
	struct exch_sql_value by;
	int rc = sim_results_open(path, EXCH_SQL_READ, &r, d);

	if (rc == EXCH_OK)
		rc = exch_sql_prepare(sim_results_sql(r),
		    t->by != NULL ? by_variable : all, &q, d);
	if (rc == EXCH_OK && t->by != NULL) {
		by = exch_sql_of_text(t->by, strlen(t->by));
		exch_sql_bind(q, &by, 1);
	}
	while (rc == EXCH_OK && (rc = exch_sql_step(q, d)) == 1)
		rc = take_row(c, q, d);
	exch_sql_finish(q);
	sim_results_close(r);
	if (rc == EXCH_OK && c->n == 0)
		return exch_diag_set(d, EXCH_ERR_NEED, path, EXCH_POS_NONE, 0,
		    t->by != NULL
			? "no run with an agent has a variable %s: without "
			  "--by all values stand together"
			: "there are no runs with agents%s",
		    t->by != NULL ? t->by : "");
	return rc;
}

/* ---- order ---- */

/* Numbers by what they are worth, other texts behind them by their letters. */
static int
compare_values(const char *a, const char *b)
{
	char *ea, *eb;
	double x = strtod(a, &ea), y = strtod(b, &eb);
	bool na = *a != '\0' && *ea == '\0' && x == x;
	bool nb = *b != '\0' && *eb == '\0' && y == y;

	if (na && nb && (x < y || x > y))
		return x < y ? -1 : 1;
	if (na != nb)
		return na ? -1 : 1;
	return strcmp(a, b);
}

static int
same_group(const struct seen *x, const struct seen *y)
{
	int c = strcmp(x->scenario, y->scenario);

	if (c == 0)
		c = strcmp(x->inputs, y->inputs);
	return c != 0 ? c : strcmp(x->account, y->account);
}

static int
in_order(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;
	int c = same_group(x, y);

	if (c == 0)
		c = compare_values(x->value, y->value);
	if (c == 0)
		c = strcmp(x->pair, y->pair);
	return c != 0 ? c : strcmp(x->digest, y->digest);
}

/*
 * One day that was run twice is one run: its keys differ where a value was
 * given once by the scenario and once by -D.  Each counts once.
 */
static void
drop_twins(struct comparison *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (n > 0 && in_order(&c->seen[n - 1], &c->seen[i]) == 0)
			drop_row(&c->seen[i]);
		else
			c->seen[n++] = c->seen[i];
	}
	c->n = n;
}

/* ---- rows ---- */

#define WIDEST 60u /* of a column, for names */

static void
widen(struct exch_col *col, const char *text)
{
	size_t n = strlen(text);

	if (n > col->width)
		col->width = (uint8_t)(n < WIDEST ? n : WIDEST);
}

/* As wide as the names that come. */
static int
put_head(struct comparison *c, struct exch_diag *d)
{
	enum { SCENARIO, INPUTS, ACCOUNT, VALUE, MINUS };
	struct exch_col cols[] = {{"scenario", EXCH_COL_TEXT, 12},
	    {"inputs", EXCH_COL_TEXT, 8}, {"account", EXCH_COL_TEXT, 8},
	    {"value", EXCH_COL_TEXT, 8}, {"minus", EXCH_COL_TEXT, 8},
	    {"figure", EXCH_COL_TEXT, 13}, {"n", EXCH_COL_NUM, 4},
	    {"mean", EXCH_COL_NUM, 14}, {"low", EXCH_COL_NUM, 14},
	    {"high", EXCH_COL_NUM, 14}};

	for (size_t i = 0; i < c->n; i++) {
		widen(&cols[SCENARIO], c->seen[i].scenario);
		widen(&cols[ACCOUNT], c->seen[i].account);
		widen(&cols[VALUE], c->seen[i].value);
		widen(&cols[MINUS], c->seen[i].value);
	}
	return exch_table_columns(
	    &c->table, cols, EXCH_ARRAY_LEN(cols), true, d);
}

/* To six decimals; not known, or beyond 18 digits before them: nothing. */
static void
put_real(struct exch_table *t, double v, bool known)
{
	if (!known || !(v > -1e18 && v < 1e18))
		exch_table_none(t);
	else
		exch_table_dec(
		    t, (exch_i128)(v * 1e6 + (v < 0 ? -0.5 : 0.5)), 6, 0);
}

static void
put_row(struct comparison *c, const struct seen *s, const char *minus,
    unsigned metric, const struct sim_sample *x)
{
	struct exch_table *t = &c->table;
	double half = 0;
	bool sure = sim_sample_half(x, &half);

	if (!c->shown[metric])
		return;
	exch_table_row(t);
	exch_table_text(t, s->scenario, strlen(s->scenario));
	exch_table_text(t, s->inputs, strnlen(s->inputs, 8));
	exch_table_text(t, s->account, strlen(s->account));
	exch_table_text(t, s->value, strlen(s->value));
	exch_table_text(t, minus, strlen(minus));
	exch_table_word(t, c->metric[metric].name);
	exch_table_u64(t, x->n);
	put_real(t, x->mean, x->n > 0);
	put_real(t, x->mean - half, sure);
	put_real(t, x->mean + half, sure);
	exch_table_end(t);
}

/* Of [a, b): all of one value. */
static void
put_means(struct comparison *c, size_t a, size_t b)
{
	for (unsigned k = 0; k < c->nmetrics; k++) {
		struct sim_sample x = {0};

		for (size_t i = a; i < b; i++) {
			if (c->seen[i].known[k])
				sim_sample_add(&x, c->seen[i].v[k]);
		}
		put_row(c, &c->seen[a], "", k, &x);
	}
}

/* Values [a, b) less values [p, q), by what makes a pair. */
static void
put_differences(struct comparison *c, size_t a, size_t b, size_t p, size_t q)
{
	for (unsigned k = 0; k < c->nmetrics; k++) {
		struct sim_sample x = {0};
		size_t i = a, j = p;

		while (i < b && j < q) {
			const struct seen *u = &c->seen[i], *v = &c->seen[j];
			int order = strcmp(u->pair, v->pair);

			if (order == 0 && u->known[k] && v->known[k])
				sim_sample_add(&x, u->v[k] - v->v[k]);
			i += order <= 0;
			j += order >= 0;
		}
		put_row(c, &c->seen[a], c->seen[p].value, k, &x);
	}
}

/* The end of what has the value of `a`, or (group) its group. */
static size_t
end_of(const struct comparison *c, size_t a, bool group)
{
	size_t b = a + 1;

	while (b < c->n && same_group(&c->seen[a], &c->seen[b]) == 0 &&
	       (group || strcmp(c->seen[a].value, c->seen[b].value) == 0))
		b++;
	return b;
}

static void
put_group(struct comparison *c, size_t a, size_t end)
{
	for (size_t i = a; i < end; i = end_of(c, i, false))
		put_means(c, i, end_of(c, i, false));
	for (size_t p = a; p < end; p = end_of(c, p, false)) {
		size_t q = end_of(c, p, false);

		for (size_t i = q; i < end; i = end_of(c, i, false))
			put_differences(c, i, end_of(c, i, false), p, q);
	}
}

/* Which figures --figures names: all without it.  -1, or an exit code. */
static int
choose(struct tool *t, struct comparison *c)
{
	const char *p = t->only;
	char all_names[512] = "";
	size_t used = 0;

	for (unsigned k = 0; k < c->nmetrics; k++)
		c->shown[k] = p == NULL;
	while (p != NULL) {
		size_t n = strcspn(p, ",");
		unsigned k = 0;

		while (k < c->nmetrics &&
		       (strlen(c->metric[k].name) != n ||
			   memcmp(c->metric[k].name, p, n) != 0))
			k++;
		if (k == c->nmetrics)
			break;
		c->shown[k] = true;
		p = p[n] == ',' ? p + n + 1 : NULL;
	}
	if (p == NULL)
		return -1;
	for (unsigned k = 0; k < c->nmetrics && used < sizeof(all_names); k++)
		used +=
		    (size_t)snprintf(all_names + used, sizeof(all_names) - used,
			"%s%s", k == 0 ? "" : ", ", c->metric[k].name);
	return exch_cli_usage(&t->cli, "--figures: '%.*s' is none of %s",
	    (int)strcspn(p, ","), p, all_names);
}

int
sim_compare(struct tool *t)
{
	struct exch_diag d = {0};
	struct comparison c = {0};
	int err, code;

	if (t->cli.noperands != 2)
		return exch_cli_usage(
		    &t->cli, "compare needs one database of results");
	c.metric = sim_metrics(&c.nmetrics);
	code = choose(t, &c);
	if (code >= 0)
		return code;
	exch_cli_reads(&t->cli, t->cli.operand[1]);
	err = read_all(t, &c, t->cli.operand[1], &d);
	if (err == EXCH_OK) {
		qsort(c.seen, c.n, sizeof(*c.seen), in_order);
		drop_twins(&c);
		err = sim_table_open(t, &c.table, &d);
		if (err == EXCH_OK)
			err = put_head(&c, &d);
		for (size_t i = 0, end; i < c.n && err == EXCH_OK; i = end) {
			end = end_of(&c, i, true);
			put_group(&c, i, end);
		}
		err = sim_table_close(t, &c.table, err, &d);
	}
	drop_seen(&c);
	return err == EXCH_OK ? EXCH_EXIT_OK : exch_cli_fail(&t->cli, &d);
}
