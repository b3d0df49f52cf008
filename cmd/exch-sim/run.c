/*
 * A scenario into a stream: it is read, its market made, and run to its end.
 */
#include <config.h>

#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/plural.h"
#include "base/sha256.h"
#include "exch-sim/tool.h"
#include "feed/feed.h"

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
}

/* ---- files that the scenario names ---- */

static int
open_beside(
    void *arg, const char *name, struct exch_in **in, struct exch_diag *d)
{
	struct tool *t = arg;
	const char *path = sim_path(t, name);
	int err;

	if (path == NULL)
		return no_memory(d);
	err = exch_cli_open(&t->cli, path, in, d);
	if (err == EXCH_OK)
		err = sim_input_file(t, path, d);
	return err;
}

static int
slurp_beside(
    void *arg, const char *name, char **bytes, size_t *n, struct exch_diag *d)
{
	struct tool *t = arg;
	const char *path = sim_path(t, name);
	int err;

	if (path == NULL)
		return no_memory(d);
	exch_cli_reads(&t->cli, path);
	err = exch_cli_slurp(path, bytes, n, d);
	if (err == EXCH_OK)
		sim_input_text(t, *bytes, *n);
	return err;
}

/* Files are one; or they will be, having one name. */
static bool
is_one(const char *a, const char *b)
{
	struct stat x, y;

	if (stat(a, &x) != 0)
		return strcmp(a, b) == 0;
	return S_ISREG(x.st_mode) && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

/* What strategy i writes down is no file of anybody else. */
static int
record_spares(struct tool *t, size_t i, struct exch_diag *d)
{
	const struct exch_plan_agent *a = t->plan.agent;
	const struct exch_param_value *v =
	    exch_agent_record(a[i].o.kind, a[i].o.p);
	const struct exch_param_value *other;
	struct exch_diag own = {0};
	bool taken;

	if (v == NULL)
		return EXCH_OK;
	taken = exch_cli_spares(&t->cli, v->text, &own) != EXCH_OK ||
		(t->cli.output != NULL && is_one(v->text, t->cli.output));
	for (size_t k = 0; k < i && !taken; k++) {
		other = exch_agent_record(a[k].o.kind, a[k].o.p);
		taken = other != NULL && is_one(v->text, other->text);
	}
	return !taken ? EXCH_OK
		      : exch_place_fail(d, EXCH_ERR_FORMAT, &v->at,
			    "record %s: this run reads that file, or writes "
			    "something else into it: name another",
			    v->text);
}

/* ---- reading ---- */

/* The first time at which anything happens. */
static exch_ts
first_time(const struct exch_plan *p)
{
	for (size_t at = 0; at < p->script.len;) {
		const struct exch_rec *r = (void *)(p->script.p + at);

		if (r->type != EXCH_REC_INSTRUMENT &&
		    r->type != EXCH_REC_ACCOUNT)
			return r->time;
		at += exch_rec_len(r);
	}
	return EXCH_TS_NONE;
}

/* From when to when. */
static int
span(struct tool *t, struct exch_diag *d)
{
	struct exch_plan *p = &t->plan;
	bool alone = p->day != NULL || (p->nflow == 0 && p->nagent == 0);

	if (p->begin == EXCH_TS_NONE)
		p->begin = p->day != NULL ? t->day_begin : first_time(p);
	if (p->begin == EXCH_TS_NONE && !alone)
		return exch_place_fail(d, EXCH_ERR_FORMAT, &p->at.first,
		    "nothing tells when this begins: add a line \"begin "
		    "09:30\"");
	if (p->end == EXCH_TS_NONE && !alone)
		return exch_place_fail(d, EXCH_ERR_FORMAT, &p->at.first,
		    "this would go on for ever: add a line \"end 10:30\"");
	if (p->end != EXCH_TS_NONE && p->end < p->begin)
		return exch_place_fail(d, EXCH_ERR_RANGE, &p->at.end,
		    "the scenario ends before it begins: name a later time, "
		    "or an earlier one behind \"begin\"");
	if (p->begin == EXCH_TS_NONE)
		p->begin = 0;
	if (p->end == EXCH_TS_NONE)
		p->end = EXCH_TS_NONE - 1;
	return sim_day_fits(t, d);
}

/* What -D gives has to be a variable of the scenario. */
static int
all_used(const struct exch_plan *p, struct exch_diag *d)
{
	const char *near, *name = exch_plan_unused(p, &near);

	if (name == NULL)
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
	    "-D %s: the scenario has no $%s%s%s%s", name, name,
	    near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
	    near != NULL ? "\"" : "");
}

/* Its words, and nothing that is made of them. */
static int
read_words(struct tool *t, struct exch_diag *d)
{
	struct exch_plan_opts o = {.date = t->date,
	    .zone = exch_cli_zone,
	    .day = sim_day_survey,
	    .open = open_beside,
	    .slurp = slurp_beside,
	    .arg = t};
	const char *name = t->cli.noperands > 0 ? t->cli.operand[0] : NULL;
	struct exch_in *in = NULL;
	int err = EXCH_OK;

	if (t->tz_name != NULL)
		err = exch_cli_zone(t->tz_name, &t->tz, d);
	o.tz = t->tz;
	if (err == EXCH_OK)
		err = exch_cli_open(&t->cli, name, &in, d);
	if (err == EXCH_OK && name != NULL)
		err = sim_input_file(t, name, d);
	if (err == EXCH_OK)
		err = exch_plan_read(&t->plan, in, &o, d);
	exch_in_close(in);
	return err;
}

static int
read_scenario(struct tool *t, struct exch_diag *d)
{
	int err = read_words(t, d);

	if (err == EXCH_OK)
		err = all_used(&t->plan, d);
	for (size_t i = 0; i < t->plan.nagent && err == EXCH_OK; i++)
		err = record_spares(t, i, d);
	if (err == EXCH_OK)
		err = span(t, d);
	if (err == EXCH_OK)
		err = sim_day_open(t, d);
	if (t->cli.seed_given)
		t->plan.seed = t->cli.seed;
	if (t->plan.date == 0)
		t->plan.date = exch_ts_date(t->plan.begin);
	return err;
}

/* ---- running ---- */

static int
tick(void *arg, struct exch_diag *d)
{
	struct tool *t = arg;

	return exch_cli_tick(t->out, d);
}

/*
 * When the stream begins: with the first record of the script, be it midnight.
 * An engine behind a pipe begins there, too, and has the same clock.
 */
static exch_ts
first_record(const struct exch_plan *p)
{
	const struct exch_rec *r = (const void *)p->script.p;

	return p->script.len != 0 && r->time < p->begin ? r->time : p->begin;
}

/* Numbers of agents' accounts, the first of them: pictures show these. */
#define AGENTS_TOLD 64u

static void
tell_agents(const struct exch_plan *p, struct exch_buf *text)
{
	for (size_t i = 0; i < p->nagent && i < AGENTS_TOLD; i++)
		exch_buf_fmt(text, "%s%u", i == 0 ? "agents=" : ",",
		    p->agent[i].o.account);
	if (p->nagent != 0)
		exch_buf_char(text, '\n');
}

static int
open_writer(struct tool *t, struct exch_diag *d)
{
	struct exch_buf text = {0};
	struct exch_writer_opts o = {.guest = "exch-match"};
	int err;

	exch_buf_fmt(
	    &t->options, "seed=%llu", (unsigned long long)t->plan.seed);
	exch_buf_char(&t->options, '\0');
	exch_buf_char(&t->rules, '\0');
	if (t->plan.zone[0] != '\0' && t->day == NULL)
		exch_buf_fmt(&text, "zone=%s\n", t->plan.zone);
	exch_buf_fmt(&text, "seed=%llu\n", (unsigned long long)t->plan.seed);
	tell_agents(&t->plan, &text);
	exch_buf_char(&text, '\0');
	if (text.failed || t->options.failed || t->rules.failed) {
		exch_buf_free(&text);
		return no_memory(d);
	}
	o.options = t->options.p;
	o.guest_options = t->rules.p;
	o.text = text.p;
	o.date = t->plan.date;
	o.start = first_record(&t->plan);
	o.upstream = t->day;
	if (t->orders)
		o.guest = NULL;
	err = exch_cli_writer(&t->cli, t->out, NULL, &o, &t->w, d);
	exch_buf_free(&text);
	return err;
}

static int
prepare(struct tool *t, struct exch_diag *d)
{
	struct exch_sim_opts so = {
	    .orders = t->orders, .tick = tick, .tick_arg = t};
	int err = sim_record_open(t, d);

	if (err == EXCH_OK)
		err = read_scenario(t, d);
	if (err == EXCH_OK)
		err = sim_rules(t, d);
	if (err == EXCH_OK)
		err = exch_cli_out_open(&t->cli, &t->out, d);
	if (err == EXCH_OK)
		err = open_writer(t, d);
	if (err != EXCH_OK)
		return err;
	so.match = t->match;
	so.match.seed = t->plan.seed;
	so.seed = t->plan.seed;
	so.fill = t->plan.fill;
	so.turns = t->plan.turns;
	so.begin = t->plan.begin;
	so.end = t->plan.end;
	so.first_order = t->plan.first_order;
	so.match.expect = t->day != NULL && sim_day_expects(t);
	err = sim_record_begin(t, &so, d);
	if (err == EXCH_OK)
		err = exch_sim_new(&so, t->w, &t->sim, d);
	if (err == EXCH_OK && t->figures != NULL)
		sim_figures_of(t->figures, t->sim);
	if (err == EXCH_OK)
		err = sim_day_add(t, d);
	return err == EXCH_OK ? exch_plan_start(&t->plan, t->sim, d) : err;
}

static void
tell(const struct tool *t)
{
	const struct exch_sim_stats *st = exch_sim_stats(t->sim);

	if (t->cli.verbose > 0)
		exch_cli_note(&t->cli,
		    "%llu command%s, %llu event%s, %llu turn%s of agents",
		    (unsigned long long)st->commands, exch_plural(st->commands),
		    (unsigned long long)st->events, exch_plural(st->events),
		    (unsigned long long)st->turns, exch_plural(st->turns));
}

/* What -D said, in the order in which it was said. */
static int
define(struct tool *t)
{
	for (size_t i = 0; i < t->ndefine; i++) {
		const char *v = t->define[i];

		switch (exch_plan_define(&t->plan, v)) {
		case EXCH_OK:
			break;
		case EXCH_ERR_EXISTS:
			return exch_cli_usage(&t->cli,
			    "-D: %s: the variable was given before", v);
		case EXCH_ERR_NOMEM:
			return exch_cli_usage(&t->cli, "-D: out of memory");
		default:
			return exch_cli_usage(&t->cli,
			    "-D: '%s' is not NAME=VALUE with a name of "
			    "letters, digits and _",
			    v);
		}
	}
	return -1;
}

/* What is said does not go together? */
static int
wrong(struct tool *t)
{
	const char *name = t->cli.noperands > 0 ? t->cli.operand[0] : NULL;

	if (t->cli.noperands > 1)
		return exch_cli_usage(&t->cli, "one scenario at a time");
	if (t->results != NULL && (name == NULL || strcmp(name, "-") == 0))
		return exch_cli_usage(&t->cli,
		    "--results: a run is known by what it is made of: name "
		    "the scenario's file");
	return define(t);
}

int
sim_check(struct tool *t)
{
	struct exch_diag d = {0};
	int code = define(t), err = EXCH_OK;

	if (code < 0)
		err = read_scenario(t, &d);
	if (code < 0 && err == EXCH_OK)
		err = sim_rules(t, &d);
	if (err != EXCH_OK)
		code = exch_cli_fail(&t->cli, &d);
	sim_day_close(t);
	sim_rules_free(t);
	exch_tz_free(t->tz);
	exch_buf_free(&t->rules);
	return code;
}

int
sim_run(struct tool *t)
{
	struct exch_diag d = {0};
	enum exch_status status = EXCH_STATUS_COMPLETE;
	int code = wrong(t);
	int err;

	if (code >= 0)
		return code;
	code = EXCH_EXIT_OK;
	err = prepare(t, &d);
	if (err == EXCH_OK)
		err = exch_sim_run(t->sim, &d);
	if (err == EXCH_OK && exch_cli_signal == 0)
		err = sim_record_end(t, &d);
	if (exch_cli_signal != 0) {
		status = EXCH_STATUS_SIGNAL;
	} else if (err != EXCH_OK) {
		code = exch_cli_fail(&t->cli, &d);
		status = EXCH_STATUS_ERROR;
	} else {
		tell(t);
		sim_day_tell(t);
		if (!sim_day_is_whole(t)) {
			status = EXCH_STATUS_UPSTREAM;
			code = EXCH_EXIT_INPUT;
		}
	}
	exch_sim_free(t->sim);
	if (t->w != NULL)
		code = exch_cli_end(&t->cli, t->out, t->w, status, code);
	else
		exch_cli_out_abort(t->out);
	if (status == EXCH_STATUS_COMPLETE)
		code = sim_record_put(t, code);
	sim_record_close(t);
	sim_day_close(t);
	sim_rules_free(t);
	exch_tz_free(t->tz);
	exch_buf_free(&t->options);
	exch_buf_free(&t->rules);
	return code;
}
