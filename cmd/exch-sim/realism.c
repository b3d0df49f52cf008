/*
 * exch-sim realism REF SIM: the report of that name, of a simulated day
 * against a real one.
 */
#include <config.h>

#include <string.h>

#include "exch-sim/tool.h"
#include "report/report.h"

/* Most parameters that the report has. */
#define GIVEN_MOST 8u

/* The places of its parameters. */
static struct exch_given *
parameter(
    const struct exch_report *p, struct exch_given *given, const char *name)
{
	for (unsigned i = 0; i < GIVEN_MOST && p->params[i].name != NULL; i++) {
		if (strcmp(p->params[i].name, name) == 0)
			return &given[i];
	}
	return NULL;
}

static int
read_all(
    struct exch_report_run *run, struct exch_reader *in, struct exch_diag *d)
{
	const struct exch_rec *bad;
	int rc;

	do {
		rc = exch_report_read(run, in, 1024, &bad, d);
		if (rc == 1 && exch_cli_signal != 0)
			rc = EXCH_ERR_STOP;
	} while (rc == 1);
	return rc == 0
		   ? exch_report_finish(run, exch_reader_status(in), false, d)
		   : rc;
}

/* What the report says of its stream beside its rows; the code. */
static int
tell(const struct exch_cli *c, const struct exch_report_run *run,
    const struct exch_in *sim, enum exch_status up)
{
	int code = EXCH_EXIT_OK;

	if (run->absent != 0) {
		exch_cli_note(c, "%s: the stream has no instrument '%.24s'",
		    exch_in_name(sim), run->absent_name);
		code = EXCH_EXIT_NO;
	}
	if (run->unknown != 0) {
		exch_cli_note(c,
		    "%llu record%s of orders that the streams do not hold: was "
		    "a part of one left out?",
		    (unsigned long long)run->unknown,
		    run->unknown == 1 ? " speaks" : "s speak");
		code = EXCH_EXIT_NO;
	}
	if (exch_report_lacks(run) != 0) {
		exch_cli_warn(c,
		    "%s: the stream has orders but no answers: put exch-match "
		    "in the pipe",
		    exch_in_name(sim));
		code = EXCH_EXIT_INPUT;
	}
	if (up != EXCH_STATUS_UNKNOWN && !exch_cli_upstream(c, sim, up))
		code = EXCH_EXIT_INPUT;
	return code;
}

static int
compare(struct tool *t, struct exch_in *ref, struct exch_in *sim, int *code,
    struct exch_diag *d)
{
	struct exch_cli *c = &t->cli;
	const struct exch_report *p = exch_report_by_name("realism");
	struct exch_given given[GIVEN_MOST] = {0};
	struct exch_report_opts o = {
	    .format = c->format, .given = given, .stop = &exch_cli_signal};
	const struct exch_reader_opts ro = {0};
	struct exch_given *g = parameter(p, given, "against");
	struct exch_report_run *run = NULL;
	struct exch_reader *in = NULL;
	int rc = exch_reader_open(sim, &ro, &in, d);

	g->value = c->operand[1];
	g->in = ref;
	g = parameter(p, given, "symbol");
	g->value = t->symbol;
	if (o.format == EXCH_FMT_BIN)
		o.format = EXCH_FMT_TEXT;
	if (rc == EXCH_OK)
		rc = exch_report_new(p, &o, exch_reader_info(in),
		    exch_cli_out_stream(t->out), &run, d);
	if (rc == EXCH_OK)
		rc = read_all(run, in, d);
	if (rc == EXCH_OK)
		*code = tell(c, run, sim, exch_reader_status(in));
	exch_report_free(run);
	exch_reader_close(in);
	return rc;
}

int
sim_realism(struct tool *t)
{
	struct exch_cli *c = &t->cli;
	struct exch_in *ref = NULL, *sim = NULL;
	struct exch_diag d = {0};
	int code = EXCH_EXIT_OK, rc;

	if (c->noperands != 3)
		return exch_cli_usage(
		    c, "realism takes two matched streams, the real one first");
	rc = exch_cli_open(c, c->operand[1], &ref, &d);
	if (rc == EXCH_OK)
		rc = exch_cli_open(c, c->operand[2], &sim, &d);
	if (rc == EXCH_OK)
		rc = exch_cli_out_open(c, &t->out, &d);
	if (rc == EXCH_OK)
		rc = compare(t, ref, sim, &code, &d);
	exch_in_close(ref);
	exch_in_close(sim);
	if (rc != EXCH_OK) {
		exch_cli_out_abort(t->out);
		return exch_cli_fail(c, &d);
	}
	rc = exch_cli_out_commit(t->out, &d);
	return rc == EXCH_OK ? code : exch_cli_fail(c, &d);
}
