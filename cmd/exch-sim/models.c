/*
 * exch-sim models: what flows and agents there are, and their parameters.
 */
#include <config.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "exch-sim/tool.h"
#include "report/table.h"

/* More numbers than that are for the manual. */
#define LIST_SHOWN 12u

/* `shown`: how many numbers of a list at most. */
static void
put_list(struct exch_buf *b, const struct exch_param *p, unsigned shown)
{
	if (p->ndefs > shown) {
		exch_buf_fmt(b, "%u numbers", p->ndefs);
		return;
	}
	for (unsigned i = 0; i < p->ndefs; i++)
		exch_buf_fmt(b, "%s%.6g", i == 0 ? "" : ",", p->defs[i]);
}

/* "1.5", "50us", "buy": how a scenario would write it. */
static void
put_default(struct exch_buf *b, const struct exch_param *p, unsigned shown)
{
	char time[EXCH_PARAM_TIME_ROOM];

	if (p->needed)
		exch_buf_str(b, "needed");
	else if (p->kind == EXCH_PARAM_TEXT)
		exch_buf_str(b, "none");
	else if (p->kind == EXCH_PARAM_WORD)
		exch_buf_str(b, p->words[(unsigned)p->def]);
	else if (p->kind == EXCH_PARAM_TIME)
		exch_buf_str(b, exch_param_time(p->def, time));
	else if (p->defs != NULL)
		put_list(b, p, shown);
	else
		exch_buf_fmt(b, "%.6g", p->def);
}

static void
put_kind(struct exch_buf *b, const char *sort, const char *name,
    const char *what, const struct exch_param *param, unsigned n)
{
	exch_buf_fmt(b, "%s %s: %s\n", sort, name, what);
	for (unsigned i = 0; i < n; i++) {
		exch_buf_fmt(b, "    %-16s ", param[i].name);
		put_default(b, &param[i], LIST_SHOWN);
		exch_buf_fmt(b, "%s%s  %s\n",
		    param[i].unit != NULL && param[i].unit[0] != '\0' ? " "
								      : "",
		    param[i].unit != NULL ? param[i].unit : "", param[i].what);
	}
}

/* The same as rows, one for each parameter. */
static const struct exch_col cols[] = {{"sort", EXCH_COL_TEXT, 8},
    {"kind", EXCH_COL_TEXT, 10}, {"parameter", EXCH_COL_TEXT, 16},
    {"default", EXCH_COL_TEXT, 8}, {"unit", EXCH_COL_TEXT, 6},
    {"needed", EXCH_COL_TEXT, 3}, {"what", EXCH_COL_TEXT, 20}};

struct listing {
	struct exch_buf b;
	struct exch_table *table; /* NULL: text */
	/* what was asked for, with n 0 all; a kind, or all of a sort */
	char *const *asked;
	int n;
	int met; /* how often something was it */
};

static void
cell(struct exch_table *t, const char *s)
{
	s = s != NULL ? s : "";
	exch_table_text(t, s, strlen(s));
}

static void
put_rows(struct listing *l, const char *sort, const char *name,
    const struct exch_param *param, unsigned n)
{
	struct exch_table *t = l->table;

	for (unsigned i = 0; i < n; i++) {
		l->b.len = 0;
		if (!param[i].needed && param[i].kind != EXCH_PARAM_TEXT)
			put_default(&l->b, &param[i], UINT_MAX);
		exch_table_row(t);
		cell(t, sort);
		cell(t, name);
		cell(t, param[i].name);
		exch_table_text(t, l->b.len != 0 ? l->b.p : "", l->b.len);
		cell(t, param[i].unit);
		cell(t, param[i].needed ? "yes" : "no");
		cell(t, param[i].what);
		exch_table_end(t);
	}
}

static bool
is_asked(const struct listing *l, const char *sort, const char *name)
{
	for (int i = 0; i < l->n; i++)
		if (strcmp(l->asked[i], name) == 0 ||
		    strcmp(l->asked[i], sort) == 0)
			return true;
	return l->n == 0;
}

static void
list(struct listing *l, const char *sort, const char *name, const char *what,
    const struct exch_param *param, unsigned n)
{
	if (!is_asked(l, sort, name))
		return;
	l->met++;
	if (l->table == NULL)
		put_kind(&l->b, sort, name, what, param, n);
	else
		put_rows(l, sort, name, param, n);
}

static void
list_all(struct listing *l)
{
	unsigned n;
	const struct exch_flow_kind *const *flow = exch_flow_all(&n);
	const struct exch_agent_kind *const *agent;

	for (unsigned i = 0; i < n; i++)
		list(l, "flow", flow[i]->name, flow[i]->what, flow[i]->param,
		    flow[i]->nparam);
	agent = exch_agent_all(&n);
	for (unsigned i = 0; i < n; i++)
		list(l, "agent", agent[i]->name, agent[i]->what,
		    agent[i]->param, agent[i]->nparam);
	list(l, "strategy", "", exch_agent_program.what,
	    exch_agent_program.param, exch_agent_program.nparam);
}

/* -1, or an exit code: something that there is not was asked for. */
static int
all_there(const struct tool *t)
{
	for (int i = 1; i < t->cli.noperands; i++) {
		struct listing one = {.asked = &t->cli.operand[i], .n = 1};

		list_all(&one);
		exch_buf_free(&one.b);
		if (one.met == 0)
			return exch_cli_usage(&t->cli,
			    "models: nothing is called '%s': without a name "
			    "all are listed",
			    t->cli.operand[i]);
	}
	return -1;
}

int
sim_models(struct tool *t)
{
	struct listing l = {
	    .asked = t->cli.operand + 1, .n = t->cli.noperands - 1};
	struct exch_table table;
	struct exch_diag d = {0};
	int err = all_there(t);

	if (err >= 0)
		return err;
	if (!sim_wants_rows(t)) {
		list_all(&l);
		return sim_say(t, &l.b, EXCH_OK, &d);
	}
	l.table = &table;
	err = sim_table_open(t, &table, &d);
	if (err == EXCH_OK)
		err = exch_table_columns(
		    &table, cols, EXCH_ARRAY_LEN(cols), true, &d);
	if (err == EXCH_OK) {
		list_all(&l);
		if (l.b.failed)
			err = exch_diag_set(&d, EXCH_ERR_NOMEM, NULL,
			    EXCH_POS_NONE, 0, "out of memory");
	}
	err = sim_table_close(t, &table, err, &d);
	exch_buf_free(&l.b);
	return err == EXCH_OK ? EXCH_EXIT_OK : exch_cli_fail(&t->cli, &d);
}

int
sim_say(struct tool *t, struct exch_buf *b, int err, struct exch_diag *d)
{
	if (err == EXCH_OK && b->failed)
		err = exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	if (err == EXCH_OK)
		err = exch_cli_out_open(&t->cli, &t->out, d);
	if (err == EXCH_OK)
		err = exch_out_write(
		    exch_cli_out_stream(t->out), b->p, b->len, d);
	if (err == EXCH_OK)
		err = exch_cli_out_commit(t->out, d);
	else
		exch_cli_out_abort(t->out);
	exch_buf_free(b);
	return err == EXCH_OK ? EXCH_EXIT_OK : exch_cli_fail(&t->cli, d);
}
