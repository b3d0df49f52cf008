/*
 * exch-risk: the gate in front of the matcher.  A filter that judges the
 * commands of a stream by tables of accounts and limits, src/risk/gate.h; a
 * command that may not pass has a RISK record directly before it, by which
 * exch-match refuses it.
 */
#include <config.h>

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "base/near.h"
#include "exch-risk/tables.h"
#include "exch-risk/tool.h"
#include "rec/schema.h"
#include "store/store.h"

enum opt_id {
	OPT_LIMITS = 256,
	OPT_ACCOUNTS,
	OPT_RESTRICTED,
	OPT_CLIENTS,
	OPT_EXPLAIN,
	OPT_STRICT
};

static const struct exch_opt opts[] = {
    {"limits", 'l', "FILE", "limits, a table of exch-tables(5)", OPT_LIMITS},
    {"accounts", 'a', "FILE", "who may trade; without it everybody",
	OPT_ACCOUNTS},
    {"restricted", 'r', "FILE", "what may not be traded, or not by whom",
	OPT_RESTRICTED},
    {"clients", 0, "FILE", "to whom accounts belong", OPT_CLIENTS},
    {"explain", 0, "ORDER", "tell each verdict on this order, and why",
	OPT_EXPLAIN},
    {"strict", 0, NULL, "stop at the first record with bad content",
	OPT_STRICT},
    {0},
};

struct tool {
	struct exch_cli cli;
	struct risk_tables tables;
	struct exch_risk_gate *gate;
	struct risk_asked explain;
	struct exch_cli_bad bad;
	struct risk_tally tally;
	bool matched; /* there are events of a matcher */
};

/* ---- options ---- */

static int
option(void *arg, struct exch_cli *c, int id, const char *value)
{
	struct tool *t = arg;

	switch (id) {
	case OPT_LIMITS:
		t->tables.path[RISK_LIMITS] = value;
		return 0;
	case OPT_ACCOUNTS:
		t->tables.path[RISK_ACCOUNTS] = value;
		return 0;
	case OPT_RESTRICTED:
		t->tables.path[RISK_RESTRICTED] = value;
		return 0;
	case OPT_CLIENTS:
		t->tables.path[RISK_CLIENTS] = value;
		return 0;
	case OPT_STRICT:
		t->bad.strict = true;
		return 0;
	default:
		return risk_ask(&t->explain, c, value);
	}
}

static int
prepare(struct tool *t)
{
	struct exch_risk_opts o;
	struct exch_diag d = {0};
	int code;

	if (t->tables.path[RISK_LIMITS] == NULL)
		return exch_cli_usage(
		    &t->cli, "which limits? Add --limits FILE: exch-tables(5)");
	code = risk_asked_check(&t->explain, &t->cli);
	if (code < 0)
		code = risk_tables_load(&t->tables, &t->cli);
	if (code >= 0)
		return code;
	o = risk_tables_opts(&t->tables);
	return exch_risk_gate_new(&o, &t->gate, &d) != 0
		   ? exch_cli_fail(&t->cli, &d)
		   : -1;
}

/* ---- records ---- */

/* What the gate gives by itself, and what it says of that. */
static int
give(struct tool *t, struct exch_writer *w, struct exch_diag *d)
{
	const struct exch_rec *own;
	struct exch_judged v;
	int got;

	while ((got = exch_risk_gate_own(t->gate, &own, &v, d)) > 0) {
		if (v.rule != EXCH_RULE_NONE)
			(void)exch_judged_put(w, own, &v);
		risk_tally_add(&t->tally, own, &v);
		risk_explain(&t->explain, &t->cli, t->gate, own, &v);
		exch_judged_give(w, own);
	}
	return got;
}

/* The matcher refuses what has not the form of its type: it is passed on. */
static int
record(void *arg, const struct exch_rec *r, uint64_t seq, struct exch_writer *w,
    struct exch_diag *d)
{
	struct tool *t = arg;
	struct exch_judged v;
	int err = exch_risk_gate_judge(t->gate, r, &v, d);

	if (err != 0)
		err = exch_cli_bad_content(
		    &t->bad, &t->cli, EXCH_ERR_FORMAT, r, seq, d);
	else if (v.verdict != EXCH_VERDICT_PASS || v.overrules)
		(void)exch_judged_put(w, r, &v);
	t->matched |= r->type >= EXCH_REC_ACK && r->type <= EXCH_REC_REPLACED;
	risk_tally_add(&t->tally, r, &v);
	risk_explain(&t->explain, &t->cli, t->gate, r, &v);
	exch_writer_copy(w, r, seq);
	return err == 0 ? give(t, w, d) : err;
}

static int
finish(void *arg, bool whole, struct exch_writer *w, struct exch_diag *d)
{
	struct tool *t = arg;

	(void)w;
	(void)d;
	if (t->matched)
		exch_cli_note(&t->cli,
		    "the stream was matched already, and this gate looks at "
		    "no execution: exch-match --rematch --risk FILE does");
	if (whole)
		risk_tables_look(&t->tables, &t->cli, t->gate);
	risk_asked_end(&t->explain, &t->cli);
	risk_tally_tell(&t->tally, t->gate, &t->cli);
	return exch_cli_bad_end(&t->bad, &t->cli, "could not be judged");
}

static const struct {
	const char *word;
	int (*run)(int argc, char **argv);
} commands[] = {{"approve", risk_decide_main}, {"refuse", risk_decide_main},
    {"report", risk_report_main}, {"watch", risk_watch_main}};

/* A word, and no file has that name: it was to be one of the commands. */
static bool
is_misspelt(const char *word)
{
	const char *p = word;

	while (isalpha((unsigned char)*p) || *p == '-')
		p++;
	return isalpha((unsigned char)*word) && *p == '\0' &&
	       access(word, F_OK) != 0;
}

static int
misspelt(const struct exch_cli *c, const char *word)
{
	const char *words[EXCH_ARRAY_LEN(commands)], *near;

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(commands); i++)
		words[i] = commands[i].word;
	near = exch_nearest(word, strlen(word), words, EXCH_ARRAY_LEN(words));
	if (near != NULL && strcmp(near, word) == 0)
		return exch_cli_usage(
		    c, "'%s' is a subcommand, and stands first", word);
	return exch_cli_usage(c,
	    "'%s' is no subcommand, and no file%s%s%s; the subcommands are "
	    "approve, refuse, report and watch",
	    word, near != NULL ? ": did you mean '" : "",
	    near != NULL ? near : "", near != NULL ? "'?" : "");
}

int
main(int argc, char **argv)
{
	struct tool t = {.cli = {.tool = "exch-risk",
			     .opts = opts,
			     .history = exch_store_source,
			     .usage = "--limits FILE [FILE]",
			     .about = "judge the commands of a stream before "
				      "they are matched"}};
	struct exch_cli_filter f = {.options = t.tables.words,
	    .arg = &t,
	    .record = record,
	    .finish = finish};
	int code;

	for (unsigned i = 0; argc > 1 && i < EXCH_ARRAY_LEN(commands); i++)
		if (strcmp(argv[1], commands[i].word) == 0)
			return commands[i].run(argc - 1, argv + 1);
	if (argc > 1 && is_misspelt(argv[1]))
		return misspelt(&t.cli, argv[1]);
	code = exch_cli_parse(&t.cli, argc, argv, option, &t);
	if (code < 0 && t.cli.noperands > 0 && is_misspelt(t.cli.operand[0]))
		return misspelt(&t.cli, t.cli.operand[0]);
	if (code < 0)
		code = prepare(&t);
	if (code < 0)
		code = exch_cli_filter(&t.cli, &f);
	exch_risk_gate_free(t.gate);
	risk_tables_clear(&t.tables);
	return code;
}
