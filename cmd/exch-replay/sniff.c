/*
 * --sniff: the packets of an interface, as a capture that has no end.
 */
#include <config.h>

#include "exch-replay/tool.h"

static void
is_ready(void *arg)
{
	const struct tool *t = arg;

	if (t->cli.verbose > 0)
		exch_cli_note(&t->cli, "reading %s", t->sniff.interface);
}

static void
are_dropped(void *arg, uint64_t n)
{
	const struct tool *t = arg;

	exch_cli_note(&t->cli,
	    "%s: %llu packets came faster than they were read and are missing"
	    "%s",
	    t->sniff.interface, (unsigned long long)n,
	    t->sniff.filter == NULL ? " (--filter lets fewer in)" : "");
}

int
sniff_settle(struct tool *t)
{
	const struct exch_cli *c = &t->cli;
	struct exch_sniff *s = &t->sniff;

	if (s->interface == NULL)
		return s->filter == NULL
			   ? -1
			   : exch_cli_usage(c, "--filter needs --sniff");
	if (t->join.nlines > 0)
		return exch_cli_usage(
		    c, "--sniff and --join are two inputs: take one of them");
	if (c->noperands > 0)
		return exch_cli_usage(c,
		    "--sniff reads no files: '%s' is too much", c->operand[0]);
	if (t->pace.speed != 0)
		return exch_cli_usage(
		    c, "--speed is for what was recorded, not for --sniff");
	t->cli.keep = true; /* what came does not come again */
	s->idle = t->join.idle;
	s->now = exch_cli_now;
	s->ready = is_ready;
	s->waiting = live_waiting;
	s->dropped = are_dropped;
	s->arg = t;
	return -1;
}

int
sniff_run(struct tool *t, struct exch_diag *d)
{
	struct exch_feed_sink sink = input_sink(t);
	struct exch_feed_opts o = t->feed;

	t->in_name = t->sniff.interface;
	t->kind = t->op->feed;
	t->now = t->op;
	t->book = true;
	o.known = t->dir;
	o.accounts = t->accounts;
	return exch_sniff_run(&t->sniff, &o, &sink, &t->st, d);
}
