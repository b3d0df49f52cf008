/*
 * exch-store: streams into a history and back, and what a history needs:
 * see exch-store(1).  The history is in src/store; this file is options and
 * the choice of the command.
 */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "base/time.h"
#include "exch-store/tool.h"

enum opt_id {
	OPT_LABEL = 256,
	OPT_PASS,
	OPT_NO_INDEX,
	OPT_DIGEST,
	OPT_POLICY,
	OPT_ON,
	OPT_APPLY,
	OPT_ACCOUNT,
	OPT_WHO,
	OPT_WHY,
	OPT_HOLD,
	OPT_TIP,
	OPT_INSTR,
	OPT_DATE,
	OPT_ORDER
};

static const struct exch_opt opts[] = {
    {"label", 'l', "TEXT", "load: a name that tells equal identities apart",
	OPT_LABEL},
    {"pass", 'p', NULL, "load: copy the stream to standard output", OPT_PASS},
    {"no-index", 0, NULL, "load: leave missing indexes to a later load",
	OPT_NO_INDEX},
    {"digest", 0, NULL, "load, archive: print the SHA-256 of the records",
	OPT_DIGEST},
    {"policy", 0, "FILE", "purge: how many years to keep what", OPT_POLICY},
    {"on", 0, "DATE", "purge: the day of today", OPT_ON},
    {"apply", 0, NULL, "purge: do it, do not only tell", OPT_APPLY},
    {"account", 0, "NUMBER", "hold, release, query: what it has a part in",
	OPT_ACCOUNT},
    {"who", 0, "NAME", "hold, release: who says so", OPT_WHO},
    {"why", 0, "TEXT", "hold, release: and why", OPT_WHY},
    {"hold", 0, "NUMBER", "release: this one of several, by its link",
	OPT_HOLD},
    {"tip", 0, "HEX", "verify: a tip that was noted is in the chain", OPT_TIP},
    {"instr", 0, "NUMBER|SYMBOL", "query: of this instrument", OPT_INSTR},
    {"date", 0, "DATE", "query: of streams of this day", OPT_DATE},
    {"order", 0, "NUMBER", "query: the order of the question order", OPT_ORDER},
    {0},
};

struct command {
	const char *name;
	int (*run)(struct tool *t);
	unsigned takes; /* bits of options, from OPT_LABEL on */
	int most;	/* operands behind the database ... */
	int least;	/* ... and those that it needs */
	const char *what;
};

#define TAKES(o) (1u << ((o)-OPT_LABEL))
#define TAKES_STREAM (1u << 31) /* an option of all tools */

static const struct command commands[] = {
    {"load", tool_load,
	TAKES(OPT_LABEL) | TAKES(OPT_PASS) | TAKES(OPT_NO_INDEX) |
	    TAKES(OPT_DIGEST) | TAKES_STREAM,
	1, 0, "load a stream (without a command, too)"},
    {"list", tool_list, 0, 0, 0, "the streams that are in it"},
    {"verify", tool_verify, TAKES(OPT_TIP), 0, 0,
	"chain, blocks, digests and every row"},
    {"backup", tool_backup, 0, 1, 1, "DB to FILE, while it is written"},
    {"restore", tool_restore, 0, 1, 1, "FILE to DB"},
    {"archive", tool_archive, TAKES(OPT_DIGEST) | TAKES_STREAM, 0, 0,
	"a stream to -o FILE.xst.zst, as it was loaded"},
    {"erase", tool_erase, 0, 1, 1, "a person's NAME, wherever it stands"},
    {"rebuild", tool_rebuild, 0, 0, 0, "all tables again, from the blocks"},
    {"query", tool_query,
	TAKES(OPT_INSTR) | TAKES(OPT_ACCOUNT) | TAKES(OPT_DATE) |
	    TAKES(OPT_ORDER) | TAKES_STREAM,
	1, 0, "answer a question by its NAME; without one, list them"},
    {"rollup", tool_rollup, 0, 0, 0, "add up each day, once"},
    {"purge", tool_purge,
	TAKES(OPT_POLICY) | TAKES(OPT_ON) | TAKES(OPT_APPLY) | TAKES_STREAM, 0,
	0, "what need not be kept any more"},
    {"hold", tool_hold,
	TAKES(OPT_ACCOUNT) | TAKES(OPT_WHO) | TAKES(OPT_WHY) | TAKES_STREAM, 0,
	0, "a stream or an account: nothing of it goes"},
    {"release", tool_release,
	TAKES(OPT_ACCOUNT) | TAKES(OPT_WHO) | TAKES(OPT_WHY) | TAKES(OPT_HOLD) |
	    TAKES_STREAM,
	0, 0, "what is held"},
    {"migrate", tool_migrate, 0, 0, 0,
	"a history of an older version to this one's"},
};

struct line {
	struct tool t;
	unsigned given;
};

static int
date_of(
    struct exch_cli *c, const char *option, const char *text, uint32_t *date)
{
	if (exch_date_parse(text, strlen(text), date) != 0)
		return exch_cli_usage(c, "%s: '%s' is no date", option, text);
	return 0;
}

static int
account_of(struct exch_cli *c, const char *text, uint32_t *account)
{
	uint64_t n;

	if (exch_uint_parse(text, strlen(text), &n) != 0 || n == 0 ||
	    n > UINT32_MAX)
		return exch_cli_usage(
		    c, "--account: '%s' is no number of an account", text);
	*account = (uint32_t)n;
	return 0;
}

static int
handle(void *arg, struct exch_cli *c, int id, const char *value)
{
	struct line *l = arg;

	l->given |= TAKES(id);
	switch (id) {
	case OPT_LABEL:
		l->t.label = value;
		if (*value == '\0' || strlen(value) > 60)
			return exch_cli_usage(
			    c, "--label needs 1 to 60 characters");
		return 0;
	case OPT_PASS:
		l->t.pass = true;
		return 0;
	case OPT_NO_INDEX:
		l->t.no_index = true;
		return 0;
	case OPT_DIGEST:
		l->t.digest = true;
		return 0;
	case OPT_POLICY:
		l->t.policy = value;
		return 0;
	case OPT_ON:
		return date_of(c, "--on", value, &l->t.on);
	case OPT_APPLY:
		l->t.apply = true;
		return 0;
	case OPT_ACCOUNT:
		return account_of(c, value, &l->t.account);
	case OPT_TIP:
		if (strlen(value) != 64 ||
		    strspn(value, "0123456789abcdef") != 64)
			return exch_cli_usage(
			    c, "--tip: '%s' is no hash of 64 digits", value);
		l->t.tip = value;
		return 0;
	case OPT_INSTR:
		l->t.instr = value;
		return 0;
	case OPT_DATE:
		return date_of(c, "--date", value, &l->t.date);
	case OPT_ORDER:
		if (exch_uint_parse(value, strlen(value), &l->t.order) != 0)
			return exch_cli_usage(
			    c, "--order: '%s' is no number", value);
		l->t.has_order = true;
		return 0;
	case OPT_HOLD:
		if (exch_uint_parse(value, strlen(value), &l->t.hold) != 0 ||
		    l->t.hold == 0)
			return exch_cli_usage(
			    c, "--hold: '%s' is no number of a link", value);
		return 0;
	case OPT_WHO:
		l->t.who = value;
		return 0;
	default:
		l->t.why = value;
		return 0;
	}
}

static const struct command *
command_of(const char *word)
{
	for (size_t i = 0; i < EXCH_ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, word) == 0)
			return &commands[i];
	return NULL;
}

static int
run(struct line *l)
{
	struct tool *t = &l->t;
	const struct exch_cli *c = &t->cli;
	const struct command *cmd = &commands[0];
	int at = 0;

	if (c->noperands > 0 && command_of(c->operand[0]) != NULL)
		cmd = command_of(c->operand[at++]);
	if (at == c->noperands && cmd->run == tool_query)
		return tool_query(t);
	if (at == c->noperands)
		return exch_cli_usage(
		    c, "which history? exch-store %s DB", cmd->name);
	t->path = c->operand[at++];
	exch_cli_reads(&t->cli, t->path);
	t->rest = c->operand + at;
	t->nrest = c->noperands - at;
	if (t->nrest > cmd->most)
		return exch_cli_usage(c, "'%s' is too many for %s",
		    t->rest[cmd->most], cmd->name);
	if (t->nrest < cmd->least)
		return exch_cli_usage(
		    c, "%s needs one operand more", cmd->name);
	for (const struct exch_opt *o = opts; o->name != NULL; o++)
		if ((l->given & ~cmd->takes & TAKES(o->id)) != 0)
			return exch_cli_usage(c, "--%s is not an option of %s",
			    o->name, cmd->name);
	if (c->stream != NULL && (cmd->takes & TAKES_STREAM) == 0)
		return exch_cli_usage(
		    c, "--stream is not an option of %s", cmd->name);
	if (c->format_given && cmd->run != tool_query)
		return exch_cli_usage(c, "-f is an option of query");
	if (cmd->run == tool_load && !t->pass && c->output != NULL)
		return exch_cli_usage(c, "-o needs --pass: the history is DB");
	return cmd->run(t);
}

/* The commands, for --help. */
static void
describe(struct exch_buf *b)
{
	exch_buf_str(b, "keep streams in a history that can be asked:\n");
	for (size_t i = 0; i < EXCH_ARRAY_LEN(commands); i++)
		exch_buf_fmt(
		    b, "\n  %-10s %s", commands[i].name, commands[i].what);
	exch_buf_char(b, '\0');
}

int
main(int argc, char **argv)
{
	static struct line l = {
	    .t = {
		.cli = {.tool = "exch-store",
		    .opts = opts,
		    .usage = "[COMMAND] DB [FILE|NAME]",
		    .groups = EXCH_CLI_PARTIAL | EXCH_CLI_ZSTD | EXCH_CLI_VIEW,
		    .history = exch_store_source}}};
	struct exch_buf about = {0};
	int code;

	describe(&about);
	l.t.cli.about = about.failed ? NULL : about.p;
	code = exch_cli_parse(&l.t.cli, argc, argv, handle, &l);
	if (code < 0)
		code = run(&l);
	exch_buf_free(&about);
	exch_cli_reraise();
	return code;
}
