/*
 * exch-risk report: what accounts hold at the end of a matched stream, and
 * what it could cost.  The reports are in report_*.c beside this file; here
 * are options, the loop and exit codes.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/time.h"
#include "exch-risk/known.h"
#include "exch-risk/report.h"
#include "exch-risk/tool.h"
#include "feed/feed.h"
#include "store/store.h"

enum opt_id {
	/* the tables first, in their order */
	OPT_TABLE = 256,
	OPT_RULES = OPT_TABLE + RISK_TABLES,
	OPT_DATE,
	OPT_LOTS,
	OPT_MARK,
	OPT_PHASE_IN,
	OPT_SPAN,
	OPT_ACCOUNT,
	OPT_LEVEL,
	OPT_HORIZON,
	OPT_HISTORY,
	OPT_PATHS,
	OPT_THREADS,
	OPT_STRESS,
	OPT_PARTICIPATION,
	OPT_STRICT
};

static const struct exch_opt opts[] = {
    {"accounts", 'a', "FILE", "balances before the stream",
	OPT_TABLE + RISK_ACCOUNTS},
    {"opening", 0, "FILE", "positions before the stream",
	OPT_TABLE + RISK_OPENING},
    {"fees", 0, "FILE", "what executions cost", OPT_TABLE + RISK_FEES},
    {"lots", 0, "METHOD",
	"which part is closed first: average (default) or "
	"fifo",
	OPT_LOTS},
    {"mark", 0, RISK_MARK_WORDS, "what positions are valued at (last)",
	OPT_MARK},
    {"prices", 'p', "FILE", "closing prices of days", OPT_TABLE + RISK_PRICES},
    {"rates", 0, "FILE", "rates without risk", OPT_TABLE + RISK_RATES},
    {"vols", 0, "FILE", "volatilities, yields, classes", OPT_TABLE + RISK_VOLS},
    {"liquidity", 0, "FILE", "volumes and spreads", OPT_TABLE + RISK_LIQUIDITY},
    {"correlations", 0, "FILE", "instead of those of the prices",
	OPT_TABLE + RISK_CORRELATIONS},
    {"spreads", 0, "FILE", "credits between commodities, of SPAN",
	OPT_TABLE + RISK_SPREADS},
    {"scenarios", 's', "FILE", "instead of the days of the rules' stress.csv",
	OPT_TABLE + RISK_SCENARIOS},
    {"profits", 0, "FILE", "profits of days, for the back-test",
	OPT_TABLE + RISK_PROFITS},
    {"day-trades", 0, "FILE", "day trades of the days before",
	OPT_TABLE + RISK_DAY_TRADES},
    {"calendar", 0, "FILE", "days without trading, for the five days before",
	OPT_TABLE + RISK_CALENDAR},
    {"rules", 'r', "DIR", "margin.csv and the others of the package",
	OPT_RULES},
    {"date", 0, "DATE",
	"the day that rules are asked for; without it the "
	"stream's",
	OPT_DATE},
    {"phase-in", 0, NULL, "keep old rules as long as a firm may", OPT_PHASE_IN},
    {"span", 0, "CONVENTION", "extreme moves: current (default) or older",
	OPT_SPAN},
    {"account", 0, "N", "only this account", OPT_ACCOUNT},
    {"level", 0, "SHARE", "of value at risk (99%)", OPT_LEVEL},
    {"horizon", 0, "DAYS", "of value at risk (1)", OPT_HORIZON},
    {"history", 0, "DAYS", "of prices at most (500)", OPT_HISTORY},
    {"paths", 0, "N", "of Monte Carlo (20000)", OPT_PATHS},
    {"threads", 'j', "N", "for Monte Carlo; the result is the same",
	OPT_THREADS},
    {"stress", 0, "SHARE", "correlations nearer to 1 by that (50%)",
	OPT_STRESS},
    {"participation", 0, "SHARE", "of a day's volume that can be ours (20%)",
	OPT_PARTICIPATION},
    {"strict", 0, NULL, "stop at the first record with bad content",
	OPT_STRICT},
    {0},
};

#define BIT(x) (1u << (x))
#define MARGIN (BIT(RISK_MARGIN) | BIT(RISK_TIMS) | BIT(RISK_SPAN))

static const struct risk_report reports[] = {
    {"accounts", "cash, profit, exposure, margin and calls",
	MARGIN | RISK_MARKED, risk_accounts},
    {"day-trades", "of the last five days, for the report of the next", MARGIN,
	risk_day_trades},
    {"positions", "what each holds, at which cost and price", 0,
	risk_positions},
    {"margin", "what each rule asks for, by account and underlying",
	MARGIN | RISK_MARKED | RISK_VALUED, risk_margin},
    {"var", "value at risk, by history, normal and Monte Carlo",
	BIT(RISK_PRICES) | RISK_VALUED, risk_var},
    {"stress", "profit and loss in scenarios",
	BIT(RISK_SCENARIOS) | RISK_VALUED, risk_stress},
    {"greeks", "of options, with the volatility their price implies",
	RISK_VALUED, risk_greeks},
    {"concentration", "how few holdings it is all in", 0, risk_concentration},
    {"decisions", "what the gate refused or held, and why", RISK_SAID,
	risk_decisions},
    {"overrides", "who let pass or refused what the gate held", RISK_SAID,
	risk_overrides},
    {"changes", "limits that changed, and switches that were pulled", RISK_SAID,
	risk_changes},
    {"backtest", "was the value at risk right?",
	BIT(RISK_PROFITS) | BIT(RISK_ZONES), risk_backtest},
    {"page", "all for people: a file for a browser",
	MARGIN | BIT(RISK_SCENARIOS) | RISK_MARKED | RISK_VALUED, risk_page},
};

/* ---- options ---- */

static int
set_share(struct exch_cli *c, const char *name, const char *value,
    int64_t least, int64_t most, int64_t *out)
{
	size_t n = strlen(value);
	bool percent = n > 0 && value[n - 1] == '%';

	if (exch_dec_parse(value, percent ? n - 1 : n, percent ? 4 : 6, out) ==
		0 &&
	    *out >= least && *out <= most)
		return 0;
	return exch_cli_usage(c,
	    "--%s: '%s' is no share such as 0.99 or 99%%, above 0 and below 1",
	    name, value);
}

static int
set_count(struct exch_cli *c, const char *name, const char *value,
    uint64_t least, uint64_t most, uint64_t *out)
{
	if (exch_uint_parse(value, strlen(value), out) == 0 && *out >= least &&
	    *out <= most)
		return 0;
	return exch_cli_usage(c, "--%s needs a number from %llu to %llu", name,
	    (unsigned long long)least, (unsigned long long)most);
}

static int
set_convention(struct risk_tool *t, struct exch_cli *c, const char *value)
{
	for (const struct exch_cell_word *w = exch_span_conventions;
	     w->word != NULL; w++)
		if (strcmp(w->word, value) == 0) {
			t->convention = (enum exch_span_convention)w->code;
			return 0;
		}
	return exch_cli_usage(
	    c, "--span: '%s' is neither current nor older", value);
}

static int
set_lots(struct risk_tool *t, struct exch_cli *c, const char *value)
{
	if (strcmp(value, "fifo") != 0 && strcmp(value, "average") != 0)
		return exch_cli_usage(
		    c, "--lots: '%s' is neither average nor fifo", value);
	t->lots = value[0] == 'f' ? EXCH_LOTS_FIFO : EXCH_LOTS_AVERAGE;
	return 0;
}

static int
set_number(struct risk_tool *t, struct exch_cli *c, int id, const char *value)
{
	uint64_t n = 0;
	int code;

	switch (id) {
	case OPT_ACCOUNT:
		code = set_count(c, "account", value, 0, UINT32_MAX, &n);
		t->account = (uint32_t)n;
		t->one = true;
		return code;
	case OPT_HORIZON:
		code = set_count(c, "horizon", value, 1, 365, &n);
		t->var.horizon = (uint32_t)n;
		return code;
	case OPT_HISTORY:
		code = set_count(c, "history", value, 2, 100000, &n);
		t->var.days = (size_t)n;
		return code;
	case OPT_PATHS:
		return set_count(
		    c, "paths", value, 100, 100000000, &t->var.carlo.paths);
	default:
		code = set_count(c, "threads", value, 1, 64, &n);
		t->var.carlo.threads = (unsigned)n;
		return code;
	}
}

static int
set_part(struct risk_tool *t, struct exch_cli *c, int id, const char *value)
{
	int64_t v = 0;
	int code;

	switch (id) {
	case OPT_LEVEL:
		code = set_share(c, "level", value, 1, 999999, &v);
		t->var.level = t->var.carlo.level = (uint32_t)v;
		return code;
	case OPT_STRESS:
		code = set_share(c, "stress", value, 0, 1000000, &v);
		t->var.stress = (double)v / 1e6;
		return code;
	default:
		code = set_share(c, "participation", value, 1, 1000000, &v);
		t->var.participation = (double)v / 1e6;
		return code;
	}
}

static int
option(void *arg, struct exch_cli *c, int id, const char *value)
{
	struct risk_tool *t = arg;

	switch (id) {
	case OPT_RULES:
		t->rules = value;
		return 0;
	case OPT_DATE:
		t->dated = true;
		if (exch_date_parse(value, strlen(value), &t->date) == 0)
			return 0;
		return exch_cli_usage(
		    c, "--date: '%s' is no date such as 2026-01-05", value);
	case OPT_PHASE_IN:
		t->phased = true;
		return 0;
	case OPT_STRICT:
		t->bad.strict = true;
		return 0;
	case OPT_SPAN:
		return set_convention(t, c, value);
	case OPT_MARK:
		return risk_mark_option(&t->marks, c, value);
	case OPT_LOTS:
		return set_lots(t, c, value);
	case OPT_LEVEL:
	case OPT_STRESS:
	case OPT_PARTICIPATION:
		return set_part(t, c, id, value);
	default:
		if (id >= OPT_RULES)
			return set_number(t, c, id, value);
		t->path[id - OPT_TABLE] = value;
		return 0;
	}
}

static int
settle(struct risk_tool *t)
{
	const struct exch_cli *c = &t->cli;
	const char *name = c->noperands > 0 ? c->operand[0] : "accounts";
	char names[256] = "";
	size_t at = 0;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(reports); i++) {
		if (strcmp(reports[i].name, name) == 0)
			t->report = &reports[i];
		if (at < sizeof(names))
			at += (size_t)snprintf(names + at, sizeof(names) - at,
			    "%s%s", i == 0 ? "" : ", ", reports[i].name);
	}
	if (t->report == NULL)
		return exch_cli_usage(c,
		    "no report is called '%s': it is one of %s", name, names);
	if (c->noperands > 2)
		return exch_cli_usage(
		    c, "one input only, '%s' is too many", c->operand[2]);
	if (c->format_given && t->report->write == risk_page)
		return exch_cli_usage(
		    c, "the page is HTML: it has no --format");
	t->var.carlo.seed = c->seed;
	return -1;
}

/* ---- the stream ---- */

/* Whom it is about, where one account is asked for that may have nothing. */
static uint32_t
account_in(const struct exch_rec *r)
{
	const struct exch_rec_new *n = EXCH_REC_AS_ASKED(r, exch_rec_new);
	const struct exch_rec_quote *q = EXCH_REC_AS_ASKED(r, exch_rec_quote);
	const struct exch_rec_account *a =
	    EXCH_REC_AS_LONG(r, exch_rec_account);
	const struct exch_rec_risk *k = EXCH_REC_AS(r, exch_rec_risk);

	switch (r->type) {
	case EXCH_REC_NEW:
		return n != NULL ? n->account : 0;
	case EXCH_REC_QUOTE:
		return q != NULL ? q->account : 0;
	case EXCH_REC_ACCOUNT:
		return a != NULL ? a->id : 0;
	case EXCH_REC_RISK:
		return k != NULL ? k->account : 0;
	default:
		return 0;
	}
}

static int
take(struct risk_tool *t, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	int err = exch_fills_record(t->fills, r, d);
	/* More than numbers can say is not in it, and the rest is. */
	enum exch_err survived =
	    err == EXCH_ERR_RANGE ? EXCH_ERR_RANGE : EXCH_ERR_FORMAT;

	risk_flow_note(&t->flow, r);
	if (t->one)
		t->seen |= account_in(r) == t->account;
	if (err == 0)
		err = risk_marks_record(
		    &t->marks, r, exch_fills_portfolio(t->fills), d);

	if (err == 0 && (t->report->needs & RISK_SAID) != 0)
		err = risk_keep(t, r, seq, d);
	/* What has a place is in a table: no record is to blame for that. */
	if (err == 0 || d->kind != EXCH_POS_NONE)
		return err;
	return exch_cli_bad_content(&t->bad, &t->cli, survived, r, seq, d);
}

static int
open_fills(struct risk_tool *t, struct exch_diag *d)
{
	struct exch_portfolio_opts o = {.method = t->lots,
	    .mark = t->marks.how,
	    .accounts = risk_has(t, RISK_ACCOUNTS),
	    .opening = risk_has(t, RISK_OPENING),
	    .fees = t->path[RISK_FEES] != NULL ? &t->fees : NULL};

	int err = risk_marks_begin(&t->marks, d);

	return err != 0 ? err : exch_fills_new(&o, &t->fills, d);
}

/* Every record.  The largest time in *last. */
static int
read_stream(struct risk_tool *t, struct exch_in *in, struct exch_reader *reader,
    exch_ts *last, struct exch_diag *d)
{
	const struct exch_rec *r;
	uint64_t n = 0;
	int got, err;

	while ((got = exch_reader_next(reader, &r, d)) > 0) {
		if (r->type >= EXCH_REC_NEW && r->time > *last)
			*last = r->time;
		err = take(t, r, exch_reader_seq(reader), d);
		if (err != 0)
			return err;
		if (++n % 4096 == 0)
			exch_cli_progress(&t->cli, in, n);
		if (exch_cli_signal != 0)
			return EXCH_ERR_STOP;
	}
	exch_cli_progress_end();
	return got;
}

static int
take_stream(struct risk_tool *t, struct exch_diag *d)
{
	struct exch_reader_opts ro = {.partial = t->cli.partial};
	struct exch_in *in = NULL;
	struct exch_reader *reader = NULL;
	exch_ts last = 0;
	int err = exch_cli_open(
	    &t->cli, t->cli.noperands > 1 ? t->cli.operand[1] : NULL, &in, d);

	if (err == 0)
		err = exch_reader_open(in, &ro, &reader, d);
	if (err == 0)
		err = read_stream(t, in, reader, &last, d);
	if (err == 0 && t->date == 0)
		t->date = exch_reader_info(reader)->date;
	if (err == 0 && t->date == 0 && last != 0)
		t->date = exch_ts_date(last);
	if (err == 0 && t->date == 0)
		err = exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "the stream does not tell its date: add --date");
	exch_reader_close(reader);
	exch_in_close(in);
	return err;
}

static void
tell_unmatched(struct risk_tool *t)
{
	t->unmatched =
	    t->report->needs != RISK_SAID &&
	    risk_flow_lacks(&t->flow, &t->cli, "report", t->report->name);
}

/*
 * Rules lack, and perhaps the matcher, too, which is to be told first: the
 * stream is read as far as its first answer.
 */
static void
peek(struct risk_tool *t)
{
	struct exch_reader_opts ro = {.partial = t->cli.partial};
	struct exch_in *in = NULL;
	struct exch_reader *reader = NULL;
	struct exch_diag d = {0};
	const struct exch_rec *r;
	int got = 0;
	int err = exch_cli_open(
	    &t->cli, t->cli.noperands > 1 ? t->cli.operand[1] : NULL, &in, &d);

	if (err == 0)
		err = exch_reader_open(in, &ro, &reader, &d);
	while (err == 0 && !t->flow.answered && exch_cli_signal == 0 &&
	       (got = exch_reader_next(reader, &r, &d)) > 0)
		risk_flow_note(&t->flow, r);
	if (err == 0 && got == 0)
		tell_unmatched(t);
	exch_reader_close(reader);
	exch_in_close(in);
}

/* ---- what is held ---- */

/* The business days that count for day traders. */
static int
settle_days(struct risk_tool *t, struct exch_diag *d)
{
	bool known = t->path[RISK_CALENDAR] != NULL;

	t->margin.earlier = &t->day_trades;
	if (exch_day_trades_since(
		known ? &t->calendar : NULL, t->date, &t->margin.since) == 0)
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_ABSENT, t->path[RISK_CALENDAR],
	    EXCH_POS_NONE, 0,
	    "the calendar says nothing about the five days before %04u-%02u-"
	    "%02u",
	    t->date / 10000, t->date / 100 % 100, t->date % 100);
}

/* Spreads of the day, between what is held. */
static int
settle_spreads(struct risk_tool *t, struct exch_diag *d)
{
	const char **symbol = exch_calloc(t->h.nthings + 1, sizeof(*symbol));
	int err = symbol == NULL
		      ? exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
			    "out of memory for spreads")
		      : exch_spreads_at(
			    &t->table[RISK_SPREADS], t->date, &t->spreads, d);

	for (uint32_t i = 0; i < t->h.nthings && err == 0; i++)
		symbol[i] = t->h.thing[i].symbol;
	if (err == 0)
		exch_spreads_keep(&t->spreads, symbol, t->h.nthings);
	exch_free(symbol);
	t->margin.spreads = &t->spreads;
	return err;
}

/* Who wrote a scenario without a date did not ask for its day. */
static int
settle_margin(struct risk_tool *t, struct exch_diag *d)
{
	int err = exch_margin_day(&t->table[RISK_MARGIN], &t->table[RISK_TIMS],
	    &t->table[RISK_SPAN], t->convention, t->date, t->phased, &t->margin,
	    d);

	return err != EXCH_ERR_ABSENT || t->dated ||
		       t->date != EXCH_SCENARIO_DATE
		   ? err
		   : exch_diag_more(d,
			 "that is the day of the stream, and --date names "
			 "another one; a scenario is of 2000-01-03 unless it "
			 "has a line such as 'date 2026-01-05'");
}

static int
settle_holdings(struct risk_tool *t, struct exch_diag *d)
{
	struct exch_model_tables m = {
	    risk_has(t, RISK_RATES), risk_has(t, RISK_VOLS)};
	const char *currency = NULL;
	int err = exch_fills_holdings(t->fills, t->date,
	    t->path[RISK_PRICES] != NULL ? &t->prices : NULL, &t->h, d);

	if (err == 0)
		err = exch_holdings_model(&t->h, &m, d);
	for (size_t i = 0; err == 0 && i < t->h.nholdings; i++) {
		const char *c = t->h.thing[t->h.holding[i].place].currency;

		if (currency != NULL && memcmp(currency, c, 4) != 0)
			err = exch_diag_set(d, EXCH_ERR_FORMAT, NULL,
			    EXCH_POS_NONE, 0,
			    "what is held is in %.4s and in %.4s: pick the "
			    "instruments of one with exch-replay --symbol",
			    currency[0] != '\0' ? currency : "no currency",
			    c[0] != '\0' ? c : "none");
		currency = c;
	}
	if (err == 0 && (t->report->needs & BIT(RISK_MARGIN)) != 0)
		err = settle_margin(t, d);
	if (err == 0 && t->path[RISK_DAY_TRADES] != NULL)
		err = settle_days(t, d);
	if (err == 0 && t->path[RISK_SPREADS] != NULL)
		err = settle_spreads(t, d);
	t->var.prices = t->path[RISK_PRICES] != NULL ? &t->prices : NULL;
	t->var.correlations = risk_has(t, RISK_CORRELATIONS);
	t->var.vols = risk_has(t, RISK_VOLS);
	t->var.liquidity = risk_has(t, RISK_LIQUIDITY);
	return err;
}

static int
write_report(struct risk_tool *t, struct exch_diag *d)
{
	struct exch_cli_out *to = t->to;
	int err = exch_table_init(
	    &t->out, exch_cli_out_stream(to), t->cli.format, NULL, d);

	if (err == 0)
		err = t->report->write(t, d);
	if (err == 0)
		err = exch_table_flush(&t->out, d);
	exch_table_clear(&t->out);
	if (err != 0)
		return err;
	t->to = NULL;
	return exch_cli_out_commit(to, d);
}

/* What can be wrong before a stream that may take all day is. */
static int
prepare(struct risk_tool *t, struct exch_diag *d)
{
	const char *input = t->cli.noperands > 1 ? t->cli.operand[1] : "-";
	int err = risk_load(t, d);

	if (err == 0 && t->report->write == risk_var && t->prices.t.n == 0)
		err = exch_diag_set(d, EXCH_ERR_ABSENT, t->prices.t.name,
		    EXCH_POS_NONE, 0,
		    "the table has no rows: value at risk needs closing "
		    "prices");
	if (err == 0)
		err = open_fills(t, d);
	/* It is opened later, and must not be what is written. */
	if (err == 0 && strcmp(input, "-") != 0)
		exch_cli_reads(&t->cli, input);
	return err != 0 ? err : exch_cli_out_open(&t->cli, &t->to, d);
}

/* Is it what the report would have to know of a holding, and does not? */
static bool
lacks(const struct risk_tool *t, const struct exch_held *x)
{
	const struct exch_thing *g = &t->h.thing[x->place];
	unsigned needs = t->report->needs;

	if (x->qty == 0 || g->ended || (t->one && x->account != t->account))
		return false;
	if ((needs & RISK_MARKED) != 0 && g->mark == EXCH_PX_NONE)
		return true;
	/* Greeks are of options alone. */
	return (needs & RISK_VALUED) != 0 &&
	       (t->report->write != risk_greeks ||
		   g->kind == EXCH_KIND_OPTION) &&
	       !exch_held_known(&t->h, x);
}

/* What depends on them has no number: EXCH_EXIT_NO, and the first is named. */
static int
tell_unknown(const struct risk_tool *t)
{
	const struct exch_thing *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < t->h.nholdings; i++) {
		if (!lacks(t, &t->h.holding[i]))
			continue;
		n++;
		if (first == NULL)
			first = &t->h.thing[t->h.holding[i].place];
	}
	if (n == 0)
		return EXCH_EXIT_OK;
	exch_cli_note(&t->cli,
	    "'%.24s' has no price%s; %zu positions are not valued, and what "
	    "depends on them is not known",
	    first->symbol,
	    (t->report->needs & RISK_VALUED) == 0
		? ": add --prices"
		: ", or no volatility: add --prices or --vols",
	    n);
	return EXCH_EXIT_NO;
}

/* A position in what is over is for the settlement, and no risk. */
static void
tell_ended(const struct risk_tool *t)
{
	const struct exch_thing *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < t->h.nholdings; i++) {
		const struct exch_held *x = &t->h.holding[i];
		const struct exch_thing *thing = &t->h.thing[x->place];

		if (x->qty == 0 || !thing->ended ||
		    (t->one && x->account != t->account))
			continue;
		n++;
		first = first != NULL ? first : thing;
	}
	if (n > 0)
		exch_cli_note(&t->cli,
		    "%zu positions are in options that had expired by %u (the "
		    "first is %.*s, of %u): no model counts them; exch-settle "
		    "exercises and closes them",
		    n, t->h.date, EXCH_SYMBOL, first->symbol, first->expiry);
}

/* Why a report may be empty: an exit code of what lacks. */
static int
tell_lacks(const struct risk_tool *t)
{
	bool known = t->seen;

	if (t->report->write == risk_backtest)
		return EXCH_EXIT_OK;
	for (size_t i = 0; i < t->h.nholders && !known; i++)
		known = t->h.holder[i].account == t->account;
	if (t->unmatched)
		return EXCH_EXIT_INPUT;
	if (t->one && !known) {
		exch_cli_note(&t->cli,
		    "--account: the stream has no account %u", t->account);
		return EXCH_EXIT_NO;
	}
	return EXCH_EXIT_OK;
}

static int
run(struct risk_tool *t)
{
	struct exch_diag d = {0};
	int code, unknown, err = prepare(t, &d);

	/* A back-test is about its table alone. */
	if (err == 0 && t->report->write == risk_backtest) {
		t->date = t->date != 0 ? t->date : risk_last_profit(t);
	} else {
		if (err == 0)
			err = take_stream(t, &d);
		else if (t->no_rules && t->cli.noperands > 1 &&
			 strcmp(t->cli.operand[1], "-") != 0)
			peek(t);
		if (err == 0)
			tell_unmatched(t);
		if (err == 0)
			err = risk_known_symbols(&t->cli,
			    exch_fills_portfolio(t->fills),
			    &t->table[RISK_OPENING], &t->fees.t,
			    risk_has(t, RISK_SCENARIOS), &d);
		if (err == 0)
			risk_known_members(&t->cli,
			    exch_fills_portfolio(t->fills), &t->fees.t,
			    sizeof(struct exch_fee_row));
		if (err == 0)
			err = settle_holdings(t, &d);
	}
	if (err == 0)
		err = write_report(t, &d);
	exch_cli_out_abort(t->to);
	if (err != 0)
		return exch_cli_signal != 0 ? 0 : exch_cli_fail(&t->cli, &d);
	if (exch_fills_unpriced(t->fills) > 0)
		exch_cli_note(&t->cli,
		    "%llu trades had no price and are not in the report",
		    (unsigned long long)exch_fills_unpriced(t->fills));
	tell_ended(t);
	unknown = tell_unknown(t);
	code = tell_lacks(t);
	if (code == EXCH_EXIT_OK)
		code = exch_cli_bad_end(
		    &t->bad, &t->cli, "could not go into the report");
	return code != EXCH_EXIT_OK ? code : unknown;
}

int
risk_report_main(int argc, char **argv)
{
	static struct risk_tool t = {
	    .cli = {.tool = "exch-risk report",
		.opts = opts,
		.history = exch_store_source,
		.usage = "[REPORT [FILE]]",
		.groups = EXCH_CLI_VIEW | EXCH_CLI_PARTIAL | EXCH_CLI_ZSTD |
			  EXCH_CLI_SEED},
	    .convention = EXCH_SPAN_CURRENT,
	    .lots = EXCH_LOTS_AVERAGE,
	    .var = {.level = 990000,
		.days = 500,
		.horizon = 1,
		.stress = 0.5,
		.participation = 0.2,
		.spread_k = 3,
		.carlo = {.paths = 20000, .level = 990000, .threads = 1}}};
	static char about[1024];
	size_t at = (size_t)snprintf(about, sizeof(about),
	    "tell what accounts hold and could lose:\n\n");
	int code;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(reports) && at < sizeof(about);
	     i++)
		at += (size_t)snprintf(about + at, sizeof(about) - at,
		    "  %-13s %s%s", reports[i].name, reports[i].what,
		    i + 1 < EXCH_ARRAY_LEN(reports) ? "\n" : "");
	t.cli.about = about;
	t.rules = exch_cli_tables("risk", EXCH_RISK_DIR);
	code = exch_cli_parse(&t.cli, argc, argv, option, &t);
	if (code < 0)
		code = settle(&t);
	if (code < 0)
		code = run(&t);
	exch_holdings_clear(&t.h);
	risk_marks_end(&t.marks);
	exch_fills_free(t.fills);
	risk_forget(&t);
	risk_unload(&t);
	exch_cli_reraise();
	return code;
}
