/*
 * Tables of exch-risk report: those of options, and those of rules that the
 * package brings.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "exch-risk/report.h"
#include "risk/known.h"
#include "risk/limits.h"

typedef int parse_fn(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);

static int
parse_accounts(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	return exch_reftable_parse(text, n, name, &exch_accounts_shape, t, d);
}

static const struct {
	parse_fn *parse;  /* NULL: not a plain table */
	const char *file; /* in the directory of rules */
	const char *option;
} kinds[RISK_TABLES] = {
    [RISK_ACCOUNTS] = {parse_accounts, NULL, "accounts"},
    [RISK_OPENING] = {exch_opening_parse, NULL, "opening"},
    [RISK_FEES] = {NULL, NULL, "fees"},
    [RISK_PRICES] = {NULL, NULL, "prices"},
    [RISK_RATES] = {exch_rates_parse, NULL, "rates"},
    [RISK_VOLS] = {exch_vols_parse, NULL, "vols"},
    [RISK_LIQUIDITY] = {exch_liquidity_parse, NULL, "liquidity"},
    [RISK_CORRELATIONS] = {exch_correlations_parse, NULL, "correlations"},
    [RISK_SPREADS] = {exch_spreads_parse, NULL, "spreads"},
    [RISK_SCENARIOS] = {exch_scenarios_parse, "stress.csv", "scenarios"},
    [RISK_PROFITS] = {exch_pl_parse, NULL, "profits"},
    [RISK_DAY_TRADES] = {NULL, NULL, "day-trades"},
    [RISK_CALENDAR] = {NULL, NULL, "calendar"},
    [RISK_MARGIN] = {exch_margin_rules_parse, "margin.csv", NULL},
    [RISK_TIMS] = {exch_tims_parse, "tims.csv", NULL},
    [RISK_SPAN] = {exch_span_parse, "span.csv", NULL},
    [RISK_ZONES] = {exch_backtest_parse, "backtest.csv", NULL},
};

/* Where a table of rules lies, unless an option said so. */
static int
find(struct risk_tool *t, enum risk_table which, struct exch_diag *d)
{
	size_t n = strlen(t->rules) + strlen(kinds[which].file) + 2;

	if (t->path[which] != NULL)
		return EXCH_OK;
	t->found[which] = exch_malloc(n);
	if (t->found[which] == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for a path");
	(void)snprintf(
	    t->found[which], n, "%s/%s", t->rules, kinds[which].file);
	t->path[which] = t->found[which];
	return EXCH_OK;
}

/* A table of rules that was not asked for by name cannot be read. */
static int
no_rules(struct risk_tool *t, struct exch_diag *d)
{
	t->no_rules = true;
	return exch_diag_more(d,
	    "--rules names the directory of the rules, data/risk of the "
	    "sources");
}

static int
load(struct risk_tool *t, enum risk_table which, struct exch_diag *d)
{
	const char *path = t->path[which];
	size_t n;
	int err = exch_cli_slurp(path, &t->text[which], &n, d);

	if (err != 0)
		return path == t->found[which] ? no_rules(t, d) : err;
	if (which == RISK_FEES)
		return exch_fees_parse(t->text[which], n, path, &t->fees, d);
	if (which == RISK_DAY_TRADES)
		return exch_day_trades_parse(
		    t->text[which], n, path, &t->day_trades, d);
	if (which == RISK_CALENDAR)
		return exch_calendar_parse(
		    t->text[which], n, path, &t->calendar, d);
	if (which == RISK_PRICES)
		return exch_prices_parse(
		    t->text[which], n, path, &t->prices, d);
	return kinds[which].parse(t->text[which], n, path, &t->table[which], d);
}

/* Those of the table of accounts, which are all known before the stream. */
static int
check_names(const struct risk_tool *t, struct exch_diag *d)
{
	const struct exch_reftable *accounts = risk_has(t, RISK_ACCOUNTS);
	int err = exch_known_told(
	    &t->fees.t, sizeof(struct exch_fee_row), accounts, d);

	return err != 0
		   ? err
		   : exch_known_opening(&t->table[RISK_OPENING], accounts, d);
}

int
risk_load(struct risk_tool *t, struct exch_diag *d)
{
	for (unsigned i = 0; i < RISK_TABLES; i++) {
		bool needed = (t->report->needs >> i & 1) != 0;
		int err = 0;

		if (needed && kinds[i].file != NULL)
			err = find(t, (enum risk_table)i, d);
		if (err == 0 && needed && t->path[i] == NULL)
			return exch_diag_set(d, EXCH_ERR_NEED, NULL,
			    EXCH_POS_NONE, 0,
			    "the report '%s' needs more: add --%s FILE, a "
			    "table of exch-tables(5)",
			    t->report->name, kinds[i].option);
		if (err == 0 && t->path[i] != NULL)
			err = load(t, (enum risk_table)i, d);
		if (err != 0)
			return err;
	}
	return check_names(t, d);
}

void
risk_unload(struct risk_tool *t)
{
	exch_prices_clear(&t->prices);
	exch_fees_clear(&t->fees);
	exch_day_trades_clear(&t->day_trades);
	exch_calendar_clear(&t->calendar);
	exch_spreads_clear(&t->spreads);
	for (unsigned i = 0; i < RISK_TABLES; i++) {
		exch_reftable_clear(&t->table[i]);
		exch_free(t->text[i]);
		exch_free(t->found[i]);
	}
}

const struct exch_reftable *
risk_has(const struct risk_tool *t, enum risk_table which)
{
	return t->path[which] != NULL ? &t->table[which] : NULL;
}
