/*
 * exch-risk: the gate in front of the matcher.  A filter that judges the
 * commands of a stream by tables of accounts and limits, src/risk/gate.h; a
 * command that may not pass has a RISK record directly before it, by which
 * exch-match refuses it.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/dec.h"
#include "base/sha256.h"
#include "common/cli.h"
#include "rec/schema.h"
#include "risk/gate.h"

enum opt_id {
	OPT_LIMITS = 256,
	OPT_ACCOUNTS,
	OPT_RESTRICTED,
	OPT_EXPLAIN,
	OPT_STRICT
};

static const struct exch_opt opts[] = {
    {"limits", 'l', "FILE", "limits, a table of exch-tables(5)", OPT_LIMITS},
    {"accounts", 'a', "FILE", "who may trade; without it everybody",
	OPT_ACCOUNTS},
    {"restricted", 'r', "FILE", "what may not be traded, or not by whom",
	OPT_RESTRICTED},
    {"explain", 0, "ORDER", "tell each verdict on this order, and why",
	OPT_EXPLAIN},
    {"strict", 0, NULL, "stop at the first record with bad content",
	OPT_STRICT},
    {0},
};

/* Records of bad content, and unknown names, that are told one by one. */
#define BAD_TOLD 5

enum table { LIMITS, ACCOUNTS, RESTRICTED, TABLES };

struct tool {
	struct exch_cli cli;
	const char *path[TABLES];
	char *text[TABLES];
	struct exch_limits limits;
	struct exch_reftable accounts, restricted;
	struct exch_risk_gate *gate;
	exch_oid explain;
	bool explains, strict;
	uint64_t bad, commands, unknown, refused[EXCH_RULES];
	char options[256]; /* those that change the result */
};

/* ---- options and tables ---- */

static int
option(void *arg, struct exch_cli *c, int id, const char *value)
{
	struct tool *t = arg;

	switch (id) {
	case OPT_LIMITS:
		t->path[LIMITS] = value;
		return 0;
	case OPT_ACCOUNTS:
		t->path[ACCOUNTS] = value;
		return 0;
	case OPT_RESTRICTED:
		t->path[RESTRICTED] = value;
		return 0;
	case OPT_STRICT:
		t->strict = true;
		return 0;
	default:
		t->explains = true;
		if (exch_uint_parse(value, strlen(value), &t->explain) == 0)
			return 0;
		return exch_cli_usage(
		    c, "--explain: '%s' is no number of an order", value);
	}
}

static const char *const table_names[TABLES] = {
    "limits", "accounts", "restricted"};

/* One table; what it says is one of the options that change the result. */
static int
load(struct tool *t, enum table which, struct exch_diag *d)
{
	const char *path = t->path[which];
	size_t n, used = strlen(t->options);
	unsigned char sum[32];
	char hex[65];
	struct exch_sha256 s;
	int err = exch_cli_slurp(path, &t->text[which], &n, d);

	if (err != 0)
		return err;
	exch_sha256_init(&s);
	exch_sha256_add(&s, t->text[which], n);
	exch_sha256_end(&s, sum);
	exch_sha256_hex(sum, hex);
	(void)snprintf(t->options + used, sizeof(t->options) - used,
	    "%s%s=%.16s", used > 0 ? " " : "", table_names[which], hex);
	switch (which) {
	case LIMITS:
		return exch_limits_parse(
		    t->text[which], n, path, &t->limits, d);
	case ACCOUNTS:
		return exch_reftable_parse(t->text[which], n, path,
		    &exch_accounts_shape, &t->accounts, d);
	default:
		return exch_reftable_parse(t->text[which], n, path,
		    &exch_restricted_shape, &t->restricted, d);
	}
}

/* Writing over what was just read would lose it. */
static bool
is_output(const struct tool *t, const char *path)
{
	struct stat x, y;

	return t->cli.output != NULL && stat(path, &x) == 0 &&
	       S_ISREG(x.st_mode) && stat(t->cli.output, &y) == 0 &&
	       x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* ---- names that nobody knows: as if the row were not there ---- */

static void
tell_unknown(struct tool *t, enum table which, uint64_t line, const char *what,
    const char *name, int most)
{
	if (t->unknown++ < BAD_TOLD)
		exch_cli_note(&t->cli, "%s:%llu: there is no %s '%.*s'",
		    t->path[which], (unsigned long long)line, what, most, name);
}

static bool
is_member(const struct tool *t, const char name[16])
{
	const struct exch_account_row *a = t->accounts.row;

	for (size_t i = 0; i < t->accounts.n; i++)
		if (memcmp(a[i].member, name, sizeof(a->member)) == 0)
			return true;
	return false;
}

/* Of members and accounts, where there is a table of these. */
static void
look_at_owners(struct tool *t)
{
	const struct exch_limits_row *l = t->limits.t.row;

	for (size_t i = 0; i < t->limits.t.n; i++)
		if (l[i].scope == EXCH_SCOPE_MEMBER && !is_member(t, l[i].name))
			tell_unknown(t, LIMITS, t->limits.t.line[i], "member",
			    l[i].name, (int)sizeof(l->name));
}

/* Of symbols, when all instruments were announced that are. */
static void
look_at_symbols(struct tool *t)
{
	const struct exch_limits_row *l = t->limits.t.row;
	const struct exch_restricted_row *r = t->restricted.row;

	for (size_t i = 0; i < t->limits.t.n; i++)
		if (l[i].symbol[0] != '\0' &&
		    !exch_risk_gate_knows(t->gate, l[i].symbol))
			tell_unknown(t, LIMITS, t->limits.t.line[i],
			    "instrument", l[i].symbol, (int)sizeof(l->symbol));
	for (size_t i = 0; i < t->restricted.n; i++)
		if (!exch_risk_gate_knows(t->gate, r[i].symbol))
			tell_unknown(t, RESTRICTED, t->restricted.line[i],
			    "instrument", r[i].symbol, (int)sizeof(r->symbol));
	if (t->unknown > BAD_TOLD)
		exch_cli_note(&t->cli, "%llu rows of tables name nobody",
		    (unsigned long long)t->unknown);
}

static int
prepare(struct tool *t)
{
	struct exch_risk_opts o = {.limits = &t->limits, .fills = false};
	struct exch_diag d = {0};
	int err = 0;

	if (t->path[LIMITS] == NULL)
		return exch_cli_usage(
		    &t->cli, "which limits? Add --limits FILE: exch-tables(5)");
	for (unsigned i = 0; i < TABLES && err == 0; i++) {
		if (t->path[i] == NULL)
			continue;
		if (is_output(t, t->path[i]))
			return exch_cli_usage(&t->cli,
			    "%s is the table of %s and would be replaced: "
			    "--output needs another name",
			    t->path[i], table_names[i]);
		err = load(t, (enum table)i, &d);
	}
	if (err == 0 && t->path[ACCOUNTS] != NULL)
		look_at_owners(t);
	o.accounts = t->path[ACCOUNTS] != NULL ? &t->accounts : NULL;
	o.restricted = t->path[RESTRICTED] != NULL ? &t->restricted : NULL;
	if (err == 0)
		err = exch_risk_gate_new(&o, &t->gate, &d);
	return err != 0 ? exch_cli_fail(&t->cli, &d) : -1;
}

/* ---- records ---- */

static void
explain(
    const struct tool *t, const struct exch_rec *r, const struct exch_judged *v)
{
	struct exch_buf b = {0};
	char when[30];

	(void)exch_ts_put(when, r->time);
	exch_judged_text(&b, v);
	exch_buf_char(&b, '\0');
	if (!b.failed)
		exch_cli_note(&t->cli, "%.30s %s of order %llu, account %u: %s",
		    when, exch_word_of(exch_words_command, r->type),
		    (unsigned long long)v->order, v->account, b.p);
	exch_buf_free(&b);
}

static int
bad_content(
    struct tool *t, const struct exch_rec *r, uint64_t seq, struct exch_diag *d)
{
	if (t->strict || d->code != EXCH_ERR_FORMAT)
		return d->code;
	if (t->bad++ < BAD_TOLD)
		exch_cli_note(&t->cli, "source %u, record %llu: %s", r->source,
		    (unsigned long long)seq, d->text);
	exch_diag_clear(d);
	return 0;
}

/* The matcher refuses what has not the form of its type: it is passed on. */
static int
record(void *arg, const struct exch_rec *r, uint64_t seq, struct exch_writer *w,
    struct exch_diag *d)
{
	struct tool *t = arg;
	struct exch_judged v;
	struct exch_rec_risk *k;
	int err = exch_risk_gate_judge(t->gate, r, &v, d);

	if (err != 0) {
		err = bad_content(t, r, seq, d);
	} else if (v.rule != EXCH_RULE_NONE) {
		k = exch_writer_new(
		    w, EXCH_REC_RISK, sizeof(*k), r->instr, r->time);
		k->order = v.order;
		k->limit = v.limit;
		k->observed = v.observed;
		k->account = v.account;
		k->rule = (uint8_t)v.rule;
		k->verdict = EXCH_VERDICT_REJECT;
		k->command = r->type;
		t->refused[v.rule]++;
	}
	if (v.order != 0) {
		t->commands++;
		if (t->explains && v.order == t->explain)
			explain(t, r, &v);
	}
	exch_writer_copy(w, r, seq);
	return err;
}

static int
finish(void *arg, bool whole, struct exch_writer *w, struct exch_diag *d)
{
	struct tool *t = arg;
	struct exch_buf b = {0};
	uint64_t sum = 0;

	(void)w;
	(void)d;
	if (whole)
		look_at_symbols(t);
	for (unsigned i = 1; i < EXCH_RULES; i++) {
		sum += t->refused[i];
		if (t->refused[i] > 0)
			exch_buf_fmt(&b, "%s%s %llu", b.len > 0 ? ", " : ": ",
			    exch_word_of(exch_words_rule, (uint16_t)i),
			    (unsigned long long)t->refused[i]);
	}
	exch_buf_char(&b, '\0');
	exch_cli_note(&t->cli, "%llu commands, %llu refused%s",
	    (unsigned long long)t->commands, (unsigned long long)sum,
	    b.failed ? "" : b.p);
	exch_buf_free(&b);
	if (t->bad == 0)
		return 0;
	exch_cli_note(&t->cli,
	    "%llu records had bad content and were not judged",
	    (unsigned long long)t->bad);
	return EXCH_EXIT_NO;
}

int
main(int argc, char **argv)
{
	struct tool t = {.cli = {.tool = "exch-risk",
			     .opts = opts,
			     .usage = "--limits FILE [FILE]",
			     .about = "judge the commands of a stream before "
				      "they are matched"}};
	struct exch_cli_filter f = {.options = t.options,
	    .arg = &t,
	    .record = record,
	    .finish = finish};
	int code = exch_cli_parse(&t.cli, argc, argv, option, &t);

	if (code < 0)
		code = prepare(&t);
	if (code < 0)
		code = exch_cli_filter(&t.cli, &f);
	exch_risk_gate_free(t.gate);
	exch_limits_clear(&t.limits);
	exch_reftable_clear(&t.accounts);
	exch_reftable_clear(&t.restricted);
	for (unsigned i = 0; i < TABLES; i++)
		exch_free(t.text[i]);
	return code;
}
