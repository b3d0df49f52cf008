/*
 * --results: what a run is made of, and its row in a database (results.h).
 *
 * The key is SHA-256 of everything that was read, of the options that change
 * the stream, of the seed and the values of -D.  A program that trades is
 * known by the line that calls it alone.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "exch-sim/tool.h"

/* Texts stand one behind the other with their lengths between. */
static void
add(struct exch_sha256 *s, const char *what, const void *p, size_t n)
{
	uint64_t len = n;

	exch_sha256_add(s, what, strlen(what) + 1);
	exch_sha256_add(s, &len, sizeof(len));
	exch_sha256_add(s, p, n);
}

void
sim_input_text(struct tool *t, const char *text, size_t n)
{
	if (t->results != NULL)
		add(&t->inputs, "file", text, n);
}

int
sim_input_file(struct tool *t, const char *path, struct exch_diag *d)
{
	char *text = NULL;
	struct stat st;
	size_t n = 0;
	int err;

	if (t->results == NULL)
		return EXCH_OK;
	/* It is read twice, and would be empty the second time. */
	if (stat(path, &st) == 0 &&
	    (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)))
		return exch_diag_set(d, EXCH_ERR_NEED, path, EXCH_POS_NONE, 0,
		    "a pipe, and with --results it is read twice: put it into "
		    "a file");
	err = exch_cli_slurp(path, &text, &n, d);
	if (err == EXCH_OK)
		sim_input_text(t, text, n);
	exch_free(text);
	return err;
}

void
sim_input_record(struct tool *t, const struct exch_rec *r)
{
	if (t->results != NULL)
		exch_sha256_add(&t->inputs, r, exch_rec_len(r));
}

/* ---- before the run ---- */

int
sim_record_open(struct tool *t, struct exch_diag *d)
{
	int err;

	if (t->results == NULL)
		return EXCH_OK;
	exch_sha256_init(&t->inputs);
	err = sim_results_place(t->results, d);
	if (err == EXCH_OK)
		err = exch_cli_spares(&t->cli, t->results, d);
	if (err == EXCH_OK)
		err = sim_results_open(
		    t->results, EXCH_SQL_CREATE, &t->database, d);
	if (err != EXCH_OK)
		return err;
	/* Whatever is written now must not be it. */
	exch_cli_reads(&t->cli, t->results);
	t->cli.summed = true;
	return EXCH_OK;
}

int
sim_record_begin(struct tool *t, struct exch_sim_opts *o, struct exch_diag *d)
{
	if (t->results == NULL)
		return EXCH_OK;
	if (sim_figures_new(&t->plan, &t->figures) != EXCH_OK)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	o->seen = sim_figures_seen;
	o->seen_arg = t->figures;
	return EXCH_OK;
}

/* ---- behind it ---- */

static int
by_name(const void *a, const void *b)
{
	const struct exch_plan_value *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void
hex(struct exch_sha256 *s, char out[65])
{
	unsigned char sum[32];

	exch_sha256_end(s, sum);
	exch_sha256_hex(sum, out);
}

static void
name_run(struct tool *t, struct sim_run_row *row)
{
	struct exch_plan *p = &t->plan;
	struct exch_sha256 s;

	add(&t->inputs, "date", &t->date, sizeof(t->date));
	if (t->tz_name != NULL)
		add(&t->inputs, "tz", t->tz_name, strlen(t->tz_name));
	if (t->orders)
		add(&t->inputs, "orders", "", 0);
	hex(&t->inputs, row->inputs);
	exch_sha256_init(&s);
	add(&s, "inputs", row->inputs, 64);
	add(&s, "seed", &p->seed, sizeof(p->seed));
	if (p->nvalue > 1)
		qsort(p->value, p->nvalue, sizeof(*p->value), by_name);
	for (size_t i = 0; i < p->nvalue; i++) {
		if (!p->value[i].given)
			continue;
		add(&s, "name", p->value[i].name, strlen(p->value[i].name));
		add(&s, "value", p->value[i].value, strlen(p->value[i].value));
	}
	hex(&s, row->key);
}

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* The run is over, and its simulation is still there. */
int
sim_record_end(struct tool *t, struct exch_diag *d)
{
	struct sim_run_row *row = &t->row;
	const struct exch_sim_stats *st = exch_sim_stats(t->sim);
	int err;

	if (t->results == NULL)
		return EXCH_OK;
	err = sim_figures_end(t->figures);
	if (err != EXCH_OK)
		return exch_diag_set(d, (enum exch_err)err, NULL, EXCH_POS_NONE,
		    0, "the figures of the run: %s",
		    exch_err_text((enum exch_err)err));
	name_run(t, row);
	row->scenario = last_part(t->cli.operand[0]);
	row->seed = t->plan.seed;
	row->plan = &t->plan;
	row->began = t->plan.begin;
	(void)sim_figures_span(t->figures, &row->ended);
	row->commands = st->commands;
	row->events = st->events;
	return EXCH_OK;
}

/* The stream is whole, `code`: its row. */
int
sim_record_put(struct tool *t, int code)
{
	struct exch_diag d = {0};

	if (t->results == NULL || code != EXCH_EXIT_OK)
		return code;
	memcpy(t->row.digest, t->cli.sum, sizeof(t->row.digest));
	switch (sim_results_add(t->database, &t->row, t->figures, &d)) {
	case EXCH_OK:
		return code;
	case EXCH_ERR_DIFFERS:
		exch_cli_report(&t->cli, &d);
		return EXCH_EXIT_NO;
	default:
		return exch_cli_fail(&t->cli, &d);
	}
}

void
sim_record_close(struct tool *t)
{
	sim_results_close(t->database);
	sim_figures_free(t->figures);
}
