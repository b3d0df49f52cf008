/*
 * exch-sim: a market that runs by itself.  Options, and which of the tool's
 * calls it is.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "exch-sim/tool.h"
#include "sim/fit.h"
#include "store/store.h"

enum {
	OPT_DEFINE = 256,
	OPT_ORDERS,
	OPT_DATE,
	OPT_TZ,
	OPT_SYMBOL,
	OPT_PROFILE,
	OPT_RESULTS,
	OPT_BY,
	OPT_FIGURES,
	OPT_SEEDS,
	OPT_JOBS_FILE,
	OPT_DIR,
	OPT_STATUS,
	OPT_JOB
};

static const struct exch_opt options[] = {
    {"define", 'D', "NAME=VALUE", "the value of a variable", OPT_DEFINE},
    {"orders", 0, NULL, "the commands only, for exch-match", OPT_ORDERS},
    {"date", 0, "DATE", "the day, where the scenario tells none", OPT_DATE},
    {"tz", 0, "ZONE", "the zone, where the scenario tells none", OPT_TZ},
    {"symbol", 0, "SYMBOL", "fit: of this instrument", OPT_SYMBOL},
    {"profile", 0, "N", "fit: how busy N parts of the day are", OPT_PROFILE},
    {"results", 0, "DB", "add what came of the run to a database", OPT_RESULTS},
    {"by", 0, "VARIABLE", "compare its values (compare)", OPT_BY},
    {"figures", 0, "NAME,...", "these only, such as pnl (compare)",
	OPT_FIGURES},
    {"seeds", 0, "LIST", "seeds such as 1..100 (sweep)", OPT_SEEDS},
    {"jobs-file", 0, "JOBS", "the jobs, one a line (sweep)", OPT_JOBS_FILE},
    {"dir", 0, "DIR", "where results are kept (sweep)", OPT_DIR},
    {"status", 0, NULL, "what is missing or failed (sweep)", OPT_STATUS},
    {"job", 0, "N", "do this one (sweep)", OPT_JOB}, {0}};

static int
define(struct tool *t, struct exch_cli *c, const char *v)
{
	if (!exch_room(
		&t->define, t->ndefine, &t->cap_define, sizeof(*t->define)))
		return exch_cli_usage(c, "-D: out of memory");
	t->define[t->ndefine++] = v;
	return 0;
}

/* Options whose text is kept as it is. */
static int
word(struct tool *t, int id, const char *v)
{
	const char **kept = id == OPT_RESULTS	  ? &t->results
			    : id == OPT_BY	  ? &t->by
			    : id == OPT_FIGURES	  ? &t->only
			    : id == OPT_SEEDS	  ? &t->seeds
			    : id == OPT_JOBS_FILE ? &t->jobs_file
			    : id == OPT_DIR	  ? &t->dir
						  : &t->job;

	*kept = v;
	return 0;
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
	case OPT_PROFILE:
		if (exch_uint_parse(v, strlen(v), &t->parts) != 0 ||
		    t->parts < 1 || t->parts > EXCH_FIT_PARTS)
			return exch_cli_usage(c,
			    "--profile: '%s' is no number from 1 to %u", v,
			    EXCH_FIT_PARTS);
		return 0;
	case OPT_TZ:
		t->tz_name = v;
		return 0;
	case OPT_STATUS:
		t->status = true;
		return 0;
	default:
		return word(t, id, v);
	}
}

/* A run takes no options of other calls: it would be another one than meant. */
static int
refuse_others(const struct tool *t)
{
	const struct {
		bool given;
		const char *option, *call;
	} others[] = {{t->symbol != NULL, "symbol", "fit"},
	    {t->parts != 0, "profile", "fit"}, {t->by != NULL, "by", "compare"},
	    {t->only != NULL, "figures", "compare"},
	    {t->seeds != NULL, "seeds", "sweep"},
	    {t->jobs_file != NULL, "jobs-file", "sweep"},
	    {t->dir != NULL, "dir", "sweep"}, {t->job != NULL, "job", "sweep"},
	    {t->status, "status", "sweep"}};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(others); i++)
		if (others[i].given)
			return exch_cli_usage(&t->cli, "--%s goes with %s",
			    others[i].option, others[i].call);
	return -1;
}

static const struct {
	const char *word;
	int (*call)(struct tool *t);
} calls[] = {{"models", sim_models}, {"fit", sim_fit}, {"realism", sim_realism},
    {"compare", sim_compare}, {"sweep", sim_sweep}, {"merge", sim_merge}};

int
main(int argc, char **argv)
{
	static struct tool t = {
	    .cli = {.tool = "exch-sim",
		.opts = options,
		.history = exch_store_source,
		.usage = "[SCENARIO | models [NAME ...] | fit KIND [FILE] | "
			 "realism REF SIM | compare DB | sweep SCENARIO | "
			 "merge DIR ...]",
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
	if (code < 0)
		code = refuse_others(&t);
	if (code < 0)
		code = sim_run(&t);
	exch_plan_clear(&t.plan);
	sim_paths_free(&t);
	exch_free(t.define);
	exch_cli_reraise();
	return code;
}
