/* Tables of a gate: read, and compared with what there is (tables.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/dec.h"
#include "base/time.h"
#include "exch-risk/tables.h"
#include "rec/schema.h"
#include "risk/known.h"

/* Names that nobody knows and that are told one by one. */
#define UNKNOWN_TOLD 5

static const char *const names[RISK_TABLES] = {"limits", "accounts",
    "restricted", "instruments", "clients", "margin", "day-trades", "opening",
    "fees"};

/* ---- reading ---- */

static int
parse(
    struct risk_tables *t, enum risk_table which, size_t n, struct exch_diag *d)
{
	const char *path = t->path[which];

	switch (which) {
	case RISK_LIMITS:
		return exch_limits_parse(
		    t->text[which], n, path, &t->limits, d);
	case RISK_ACCOUNTS:
		return exch_reftable_parse(t->text[which], n, path,
		    &exch_accounts_shape, &t->accounts, d);
	case RISK_RESTRICTED:
		return exch_reftable_parse(t->text[which], n, path,
		    &exch_restricted_shape, &t->restricted, d);
	case RISK_INSTRUMENTS:
		return exch_reftable_parse(t->text[which], n, path,
		    &exch_instruments_shape, &t->instruments, d);
	case RISK_CLIENTS:
		return exch_clients_parse(
		    t->text[which], n, path, &t->clients, d);
	case RISK_RATES:
		return exch_margin_rules_parse(
		    t->text[which], n, path, &t->margin, d);
	case RISK_DAY_TRADES:
		return exch_day_trades_parse(
		    t->text[which], n, path, &t->day_trades, d);
	case RISK_OPENING:
		return exch_opening_parse(
		    t->text[which], n, path, &t->opening, d);
	default:
		return exch_fees_parse(t->text[which], n, path, &t->fees, d);
	}
}

/* ---- names that nobody knows ---- */

/* Those of the table of accounts, which are all known before the stream. */
static int
check_names(const struct risk_tables *t, struct exch_diag *d)
{
	const struct exch_reftable *accounts =
	    t->path[RISK_ACCOUNTS] != NULL ? &t->accounts : NULL;
	int err = exch_known_told(
	    &t->limits.t, sizeof(struct exch_limits_row), accounts, d);

	if (err == 0)
		err = exch_known_told(
		    &t->fees.t, sizeof(struct exch_fee_row), accounts, d);
	return err != 0 ? err : exch_known_opening(&t->opening, accounts, d);
}

static void
tell_unknown(struct risk_tables *t, const struct exch_cli *c,
    enum risk_table which, uint64_t line, const char *what, const char *name,
    int most)
{
	if (t->unknown++ < UNKNOWN_TOLD)
		exch_cli_note(c, "%s:%llu: %s '%.*s'", t->path[which],
		    (unsigned long long)line, what, most, name);
}

void
risk_tables_look(struct risk_tables *t, const struct exch_cli *c,
    const struct exch_risk_gate *g)
{
	const struct exch_limits_row *l = t->limits.t.row;
	const struct exch_restricted_row *r = t->restricted.row;

	for (size_t i = 0; i < t->limits.t.n; i++)
		if (l[i].whom.scope == EXCH_SCOPE_MEMBER &&
		    !exch_risk_gate_has_member(g, l[i].whom.name))
			tell_unknown(t, c, RISK_LIMITS, t->limits.t.line[i],
			    "no account is of member", l[i].whom.name,
			    (int)sizeof(l->whom.name));
		else if (l[i].whom.symbol[0] != '\0' &&
			 !exch_risk_gate_knows(g, l[i].whom.symbol))
			tell_unknown(t, c, RISK_LIMITS, t->limits.t.line[i],
			    "there is no instrument", l[i].whom.symbol,
			    (int)sizeof(l->whom.symbol));
	for (size_t i = 0; i < t->restricted.n; i++)
		if (!exch_risk_gate_knows(g, r[i].symbol))
			tell_unknown(t, c, RISK_RESTRICTED,
			    t->restricted.line[i], "there is no instrument",
			    r[i].symbol, (int)sizeof(r->symbol));
	if (exch_risk_gate_members_passed(g) > 0)
		exch_cli_note(c,
		    "%llu ACCOUNT records had no effect: the account has "
		    "another member, or had come to the market",
		    (unsigned long long)exch_risk_gate_members_passed(g));
	if (t->unknown > UNKNOWN_TOLD)
		exch_cli_note(c, "%llu rows of tables name nobody",
		    (unsigned long long)t->unknown);
}

/* ---- all of them ---- */

int
risk_tables_load(struct risk_tables *t, struct exch_cli *c)
{
	struct exch_diag d = {0};
	int err = 0, code;
	size_t n;

	for (unsigned i = 0; i < RISK_TABLES && err == 0; i++) {
		if (t->path[i] == NULL)
			continue;
		code = exch_cli_table(c, names[i], t->path[i], t->words,
		    sizeof(t->words), &t->text[i], &n);
		if (code >= 0)
			return code;
		err = parse(t, (enum risk_table)i, n, &d);
	}
	if (err == 0)
		err = check_names(t, &d);
	/* As an export that went wrong is. */
	if (err == 0 && t->path[RISK_LIMITS] != NULL && t->limits.t.n == 0)
		exch_cli_note(c,
		    "%s: the table has no rows: nothing has a limit",
		    t->path[RISK_LIMITS]);
	return err != 0 ? exch_cli_fail(c, &d) : -1;
}

/* What the five business days that end with `date` have brought before. */
static int
look_back(struct risk_tables *t, uint32_t date,
    const struct exch_calendar *calendar, struct exch_diag *d)
{
	if (t->path[RISK_DAY_TRADES] == NULL)
		return EXCH_OK;
	t->trading.earlier = &t->day_trades;
	t->trading.date = date;
	if (exch_day_trades_since(calendar, date, &t->trading.since) == 0)
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_ABSENT, t->path[RISK_DAY_TRADES],
	    EXCH_POS_NONE, 0,
	    "the calendar says nothing about the five days before %04u-%02u-"
	    "%02u",
	    date / 10000, date / 100 % 100, date % 100);
}

int
risk_tables_date(struct risk_tables *t, uint32_t date,
    const struct exch_calendar *calendar, struct exch_diag *d)
{
	struct exch_margin_rates phased;
	int err;

	if (t->path[RISK_RATES] == NULL)
		return EXCH_OK;
	if (date == 0)
		return exch_diag_set(d, EXCH_ERR_NEED, t->path[RISK_RATES],
		    EXCH_POS_NONE, 0,
		    "the stream does not tell its date: add --date");
	t->trading = (struct exch_day_trading){.date = date};
	err = exch_margin_rules_at(
	    &t->margin, date, false, &t->rates, &t->trading.rule, d);
	if (err == 0)
		err = exch_margin_rules_at(
		    &t->margin, date, true, &phased, &t->trading.phased, d);
	return err != 0 ? err : look_back(t, date, calendar, d);
}

struct exch_risk_opts
risk_tables_opts(const struct risk_tables *t)
{
	return (struct exch_risk_opts){.limits = &t->limits,
	    .accounts = t->path[RISK_ACCOUNTS] != NULL ? &t->accounts : NULL,
	    .restricted =
		t->path[RISK_RESTRICTED] != NULL ? &t->restricted : NULL,
	    .instruments =
		t->path[RISK_INSTRUMENTS] != NULL ? &t->instruments : NULL,
	    .clients = t->path[RISK_CLIENTS] != NULL ? &t->clients : NULL,
	    .rates = t->path[RISK_RATES] != NULL ? &t->rates : NULL,
	    .trading = t->path[RISK_RATES] != NULL ? &t->trading : NULL};
}

void
risk_tables_clear(struct risk_tables *t)
{
	exch_limits_clear(&t->limits);
	exch_reftable_clear(&t->accounts);
	exch_reftable_clear(&t->restricted);
	exch_reftable_clear(&t->instruments);
	exch_reftable_clear(&t->opening);
	exch_reftable_clear(&t->margin);
	exch_day_trades_clear(&t->day_trades);
	exch_clients_clear(&t->clients);
	exch_fees_clear(&t->fees);
	for (unsigned i = 0; i < RISK_TABLES; i++)
		exch_free(t->text[i]);
}

/* ---- what was said ---- */

int
risk_ask(struct risk_asked *a, struct exch_cli *c, const char *value)
{
	a->again = a->on;
	a->on = true;
	if (exch_uint_parse(value, strlen(value), &a->order) == 0)
		return 0;
	return exch_cli_usage(
	    c, "--explain: '%s' is no number of an order", value);
}

int
risk_asked_check(const struct risk_asked *a, const struct exch_cli *c)
{
	if (a->again)
		return exch_cli_usage(
		    c, "--explain is of one order: it stands twice");
	if (a->on && c->quiet)
		return exch_cli_usage(c,
		    "--explain tells on standard error, where --quiet leaves "
		    "nothing: one of them only");
	return -1;
}

void
risk_explain(struct risk_asked *a, const struct exch_cli *c,
    const struct exch_risk_gate *g, const struct exch_rec *command,
    const struct exch_judged *v)
{
	struct exch_buf b = {0};
	char when[30];
	const char *group = exch_risk_gate_group(g, v->account);

	if (!a->on || v->order != a->order || v->order == 0)
		return;
	a->told = true;
	(void)exch_ts_put(when, command->time);
	exch_judged_text(&b, v);
	exch_buf_char(&b, '\0');
	if (!b.failed)
		exch_cli_note(c,
		    "%.30s %s of order %llu, account %u%s%.16s: %s", when,
		    exch_word_of(exch_words_command, command->type),
		    (unsigned long long)v->order, v->account,
		    group[0] != '\0' ? " of the group " : "", group, b.p);
	exch_buf_free(&b);
}

void
risk_asked_end(const struct risk_asked *a, const struct exch_cli *c)
{
	if (a->on && !a->told)
		exch_cli_note(c,
		    "order %llu was not judged in this run: no command for it "
		    "came, or a gate in front had stopped it",
		    (unsigned long long)a->order);
}

/* Cancels are asked nothing; what the gate gives again was counted before. */
static bool
is_command(const struct exch_rec *r, const struct exch_judged *v)
{
	switch (r->type) {
	case EXCH_REC_LIMIT:
	case EXCH_REC_KILL:
	case EXCH_REC_DECISION:
		return true;
	default:
		return v->order != 0 && (r->flags & EXCH_F_GATE) == 0;
	}
}

void
risk_tally_add(
    struct risk_tally *t, const struct exch_rec *r, const struct exch_judged *v)
{
	t->commands += is_command(r, v);
	if (v->verdict == EXCH_VERDICT_REJECT)
		t->refused[v->rule]++;
	/* A decision may hold the same order for another rule. */
	t->held += v->verdict == EXCH_VERDICT_HOLD && r->type == EXCH_REC_NEW;
}

void
risk_tally_tell(const struct risk_tally *t, const struct exch_risk_gate *g,
    const struct exch_cli *c)
{
	uint64_t still = exch_risk_gate_held(g);
	struct exch_buf b = {0};
	uint64_t sum = 0;

	for (unsigned i = 1; i < EXCH_RULES; i++) {
		sum += t->refused[i];
		if (t->refused[i] > 0)
			exch_buf_fmt(&b, "%s%s %llu", b.len > 0 ? ", " : ": ",
			    exch_word_of(exch_words_rule, (uint16_t)i),
			    (unsigned long long)t->refused[i]);
	}
	if (t->held > 0)
		exch_buf_fmt(&b, "; %llu held", (unsigned long long)t->held);
	if (still > 0)
		exch_buf_fmt(
		    &b, ", %llu of them still", (unsigned long long)still);
	exch_buf_char(&b, '\0');
	exch_cli_note(c, "%llu commands, %llu refused%s",
	    (unsigned long long)t->commands, (unsigned long long)sum,
	    b.failed ? "" : b.p);
	exch_buf_free(&b);
}
