/*
 * exch-sim models: what flows and agents there are, and their parameters.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "exch-sim/tool.h"

/* More numbers than that are for the manual. */
#define LIST_SHOWN 12u

static void
put_list(struct exch_buf *b, const struct exch_param *p)
{
	if (p->ndefs > LIST_SHOWN) {
		exch_buf_fmt(b, "%u numbers", p->ndefs);
		return;
	}
	for (unsigned i = 0; i < p->ndefs; i++)
		exch_buf_fmt(b, "%s%.6g", i == 0 ? "" : ",", p->defs[i]);
}

/* "1.5", "50us", "buy": how a scenario would write it. */
static void
put_default(struct exch_buf *b, const struct exch_param *p)
{
	if (p->needed)
		exch_buf_str(b, "needed");
	else if (p->kind == EXCH_PARAM_TEXT)
		exch_buf_str(b, "none");
	else if (p->kind == EXCH_PARAM_WORD)
		exch_buf_str(b, p->words[(unsigned)p->def]);
	else if (p->kind == EXCH_PARAM_TIME)
		exch_buf_fmt(b, "%.0fns", p->def);
	else if (p->defs != NULL)
		put_list(b, p);
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
		put_default(b, &param[i]);
		exch_buf_fmt(b, "%s%s  %s\n",
		    param[i].unit != NULL && param[i].unit[0] != '\0' ? " "
								      : "",
		    param[i].unit != NULL ? param[i].unit : "", param[i].what);
	}
}

int
sim_models(struct tool *t)
{
	struct exch_buf b = {0};
	struct exch_diag d = {0};
	unsigned n;
	const struct exch_flow_kind *const *flow = exch_flow_all(&n);
	const struct exch_agent_kind *const *agent;

	for (unsigned i = 0; i < n; i++)
		put_kind(&b, "flow", flow[i]->name, flow[i]->what,
		    flow[i]->param, flow[i]->nparam);
	agent = exch_agent_all(&n);
	for (unsigned i = 0; i < n; i++)
		put_kind(&b, "agent", agent[i]->name, agent[i]->what,
		    agent[i]->param, agent[i]->nparam);
	put_kind(&b, "strategy", "", exch_agent_program.what,
	    exch_agent_program.param, exch_agent_program.nparam);
	return sim_say(t, &b, EXCH_OK, &d);
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
