/*
 * exch-sim: a market that runs by itself.  Options, and which of the tool's
 * calls it is.
 */
#include <config.h>

#include <string.h>

#include "exch-sim/realism.h"
#include "exch-sim/tool.h"
#include "store/store.h"

enum { OPT_DEFINE = 256, OPT_ORDERS, OPT_DATE, OPT_TZ, OPT_SYMBOL };

static const struct exch_opt options[] = {
    {"define", 'D', "NAME=VALUE", "the value of a variable", OPT_DEFINE},
    {"orders", 0, NULL, "the commands only, for exch-match", OPT_ORDERS},
    {"date", 0, "DATE", "the day, where the scenario tells none", OPT_DATE},
    {"tz", 0, "ZONE", "the zone, where the scenario tells none", OPT_TZ},
    {"symbol", 0, "SYMBOL", "fit: of this instrument", OPT_SYMBOL}, {0}};

static int
define(struct tool *t, struct exch_cli *c, const char *v)
{
	switch (exch_plan_define(&t->plan, v)) {
	case EXCH_OK:
		return 0;
	case EXCH_ERR_EXISTS:
		return exch_cli_usage(
		    c, "-D: %s: the variable was given before", v);
	case EXCH_ERR_NOMEM:
		return exch_cli_usage(c, "-D: out of memory");
	default:
		return exch_cli_usage(c,
		    "-D: '%s' is not NAME=VALUE with a name of letters, "
		    "digits and _",
		    v);
	}
}

static int
handle(void *arg, struct exch_cli *c, int id, const char *v)
{
	struct tool *t = arg;

	switch (id) {
	case OPT_DEFINE:
		return define(t, c, v);
	case OPT_ORDERS:
		t->orders = true;
		return 0;
	case OPT_DATE:
		if (exch_date_parse(v, strlen(v), &t->date) != 0)
			return exch_cli_usage(
			    c, "--date: '%s' is not YYYY-MM-DD", v);
		return 0;
	case OPT_SYMBOL:
		t->symbol = v;
		return 0;
	default:
		t->tz_name = v;
		return 0;
	}
}

static int
realism(struct tool *t)
{
	return sim_realism(&t->cli, t->symbol);
}

static const struct {
	const char *word;
	int (*call)(struct tool *t);
} calls[] = {{"models", sim_models}, {"fit", sim_fit}, {"realism", realism}};

int
main(int argc, char **argv)
{
	static struct tool t = {
	    .cli = {.tool = "exch-sim",
		.opts = options,
		.history = exch_store_source,
		.usage =
		    "[SCENARIO | models | fit KIND [FILE] | realism REF SIM]",
		.groups = EXCH_CLI_FORMAT | EXCH_CLI_STREAM | EXCH_CLI_SEED |
			  EXCH_CLI_TRAILER | EXCH_CLI_ZSTD,
		.about = "run a market by itself: scenarios, models, "
			 "strategies"},
	};
	int code;

	exch_plan_init(&t.plan);
	code = exch_cli_parse(&t.cli, argc, argv, handle, &t);
	for (size_t i = 0; i < EXCH_ARRAY_LEN(calls) && code < 0; i++) {
		if (t.cli.noperands > 0 &&
		    strcmp(t.cli.operand[0], calls[i].word) == 0)
			code = calls[i].call(&t);
	}
	if (code < 0 && t.symbol != NULL)
		code = exch_cli_usage(&t.cli, "--symbol goes with fit");
	if (code < 0)
		code = sim_run(&t);
	exch_plan_clear(&t.plan);
	sim_paths_free(&t);
	return code;
}
