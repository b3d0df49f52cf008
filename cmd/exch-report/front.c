/* Operands, options that go together, and the run (front.h). */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exch-report/front_run.h"
#include "store/store.h"

static int
no_such_report(
    const struct exch_cli *c, const struct front *f, const char *name)
{
	char names[2048] = "";
	size_t at = 0;

	if (name != NULL && (strcmp(name, "-") == 0 || access(name, F_OK) == 0))
		return exch_cli_usage(c,
		    "the first operand is the name of a %s: %s %s %s", f->one,
		    f->tool, f->all[0]->name, name);
	for (unsigned i = 0; i < f->n && at < sizeof(names) - 1; i++)
		at += (size_t)snprintf(names + at, sizeof(names) - at, "%s%s",
		    i == 0 ? "" : ", ", f->all[i]->name);
	if (name == NULL)
		return exch_cli_usage(
		    c, "which %s? It is one of %s", f->one, names);
	return exch_cli_usage(
	    c, "no %s is called '%s': it is one of %s", f->one, name, names);
}

static const struct exch_report *
by_name(const struct front *f, const char *name)
{
	for (unsigned i = 0; i < f->n && name != NULL; i++)
		if (strcmp(f->all[i]->name, name) == 0)
			return f->all[i];
	return NULL;
}

/* What is not for a file that is checked or shown, and the other way round. */
static int
settle_file(const struct front_run *t)
{
	const struct exch_cli *c = &t->cli;
	const char *option = t->how == EXCH_FILE_CHECK ? "check" : "show";

	if (t->given[OPT_CHECK - OPT_ALL] && t->given[OPT_SHOW - OPT_ALL])
		return exch_cli_usage(
		    c, "--check and --show exclude each other");
	if (t->report->file == NULL)
		return exch_cli_usage(c,
		    "--%s is not an option of the %s '%s': no file has its "
		    "form",
		    option, t->front->one, t->report->name);
	if (t->manifest != NULL || t->o.digest)
		return exch_cli_usage(c,
		    "--%s reads a file: --manifest and --digest are of streams",
		    option);
	return -1;
}

/*
 * What stands before the file in reports of one thing: a symbol, an order, a
 * picture.  -1: go on.
 */
static int
settle_first(struct front_run *t, const char *name, int *at)
{
	const struct exch_cli *c = &t->cli;

	if ((t->report->takes & EXCH_TAKES_SYMBOL) != 0) {
		if (c->noperands < 2 || strchr(c->operand[1], ',') != NULL)
			return exch_cli_usage(c,
			    "'%s' is of one symbol: %s %s SYMBOL [FILE]", name,
			    t->front->tool, name);
		if (c->noperands == 2 && isatty(STDIN_FILENO) &&
		    access(c->operand[1], F_OK) == 0)
			return exch_cli_usage(c,
			    "'%s' is a file: %s %s SYMBOL %s", c->operand[1],
			    t->front->tool, name, c->operand[1]);
		t->o.watch = c->operand[(*at)++];
	}
	if ((t->report->takes & EXCH_TAKES_ORDER) != 0) {
		if (c->noperands < 2)
			return exch_cli_usage(c,
			    "'%s' is of one order: %s %s ORDER [FILE]", name,
			    t->front->tool, name);
		if (c->noperands == 2 &&
		    strspn(c->operand[1], "0123456789") !=
			strlen(c->operand[1]) &&
		    access(c->operand[1], F_OK) == 0)
			return exch_cli_usage(c,
			    "'%s' is a file: %s %s ORDER %s", c->operand[1],
			    t->front->tool, name, c->operand[1]);
		t->o.order = c->operand[(*at)++];
	}
	if ((t->report->takes & EXCH_TAKES_PICTURE) != 0) {
		if (c->noperands < 2)
			return exch_cli_usage(c,
			    "'%s' is of one picture: %s %s NAME [FILE]", name,
			    t->front->tool, name);
		t->o.picture = c->operand[(*at)++];
	}
	return -1;
}

/* Operands, and options that do not go together.  -1: go on. */
static int
settle(struct front_run *t)
{
	const struct exch_cli *c = &t->cli;
	const char *name = c->noperands > 0 ? c->operand[0] : t->front->first;
	int at, code;

	t->report = by_name(t->front, name);
	if (t->report == NULL)
		return no_such_report(c, t->front, name);
	at = 1;
	code = settle_first(t, name, &at);
	if (code >= 0)
		return code;
	if (c->noperands > at + 1)
		return exch_cli_usage(
		    c, "one input only, '%s' is too many", c->operand[at + 1]);
	t->input = c->noperands > at ? c->operand[at] : NULL;
	code = front_options_settle(t, name);
	if (code >= 0)
		return code;
	/* a pipe has its pace from who fills it */
	if (t->report->screen && !t->given[OPT_SPEED - OPT_ALL])
		t->o.speed = t->input != NULL && strcmp(t->input, "-") != 0
				 ? EXCH_SEC
				 : 0;
	if (t->front->own != NULL) {
		code = t->front->own->settle(
		    t->front->own->arg, &t->cli, t->report, &t->o);

		if (code >= 0)
			return code;
	}
	if ((t->report->binary || front_is_filter(t)) && t->o.publish == NULL &&
	    c->output == NULL && isatty(STDOUT_FILENO))
		return exch_cli_usage(
		    c, "'%s' is not for terminals: add -o FILE", name);
	if (t->report->levels != 0 && !t->given[OPT_LEVELS - OPT_ALL])
		t->o.levels = t->report->levels;
	if (t->o.file) {
		code = settle_file(t);

		if (code >= 0)
			return code;
	}
	t->o.given = t->params.given;
	at = params_settle(
	    &t->params, c, t->report, t->front->one, t->rules, &t->o);
	if (at < 0 && t->redact != NULL)
		at = t->front->kept->secret(
		    &t->cli, t->redact, &t->o.secret, &t->o.nsecret);
	if (at < 0 && t->manifest != NULL && t->input != NULL)
		exch_cli_reads(&t->cli, t->input);
	if (at < 0 && t->manifest != NULL)
		at = t->front->kept->settle(&t->cli, t->manifest, t->sign);
	return at;
}

/* What there is by name, for --help. */
static void
describe(const struct front *f, char *p, size_t room)
{
	size_t at = (size_t)snprintf(p, room, "%s:\n\n", f->about);

	for (unsigned i = 0; i < f->n && at < room; i++)
		at += (size_t)snprintf(p + at, room - at, "  %-12s %s%s",
		    f->all[i]->name, f->all[i]->what, i + 1 < f->n ? "\n" : "");
}

int
front_main(const struct front *f, int argc, char **argv)
{
	static struct front_run t = {
	    .cli = {.history = exch_store_source,
		.groups = EXCH_CLI_PARTIAL | EXCH_CLI_ZSTD},
	    .o = {.interval = 60 * EXCH_SEC,
		.stale = 60 * EXCH_SEC,
		.misses = 20,
		.begin = EXCH_TS_NONE}};
	static char about[4096];
	int code;

	t.front = f;
	t.o.levels = f->levels;
	t.cli.groups |= f->groups;
	t.cli.tool = f->tool;
	params_build(&t.params, f->opts, f->all, f->n);
	t.cli.opts = t.params.opt;
	if (f->rules != NULL)
		t.rules = exch_cli_tables("report", f->rules);
	t.cli.usage = f->usage;
	describe(f, about, sizeof(about));
	t.cli.about = about;
	code = exch_cli_parse(&t.cli, argc, argv, front_option, &t);
	if (code < 0)
		code = settle(&t);
	if (code >= 0)
		return code;
	front_go(&t);
	exch_cli_reraise();
	return t.code;
}
