/*
 * Tables that measures of risk need: what is taken can be asked, and what is
 * refused leaves nothing and says why.
 */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "risk/history.h"
#include "risk/rulebook.h"
#include "risk/var.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef int parse_fn(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);

#define DATE 20260105

static void
ask_scenarios(const struct exch_reftable *t)
{
	static const char symbol[EXCH_SYMBOL] = "ABC";

	for (size_t i = 0; i < t->n; i = exch_scenario_next(t, i)) {
		double shock, vol;

		exch_scenario_move(t, i, symbol, 0, &shock, &vol);
		if (!(shock >= -1) || !(vol >= -1))
			abort();
	}
}

static void
ask_rates(const struct exch_reftable *t)
{
	struct exch_diag d = {0};
	double rate = 0;

	if (exch_rate_at(t, DATE, 45.5, &rate, &d) == 0 && !isfinite(rate))
		abort();
}

static void
ask_margin(const struct exch_reftable *t)
{
	struct exch_margin_rates r;
	struct exch_day_trader day;
	struct exch_diag d = {0};

	if (exch_margin_rules_at(t, DATE, true, &r, &day, &d) == 0 &&
	    (r.cheap < 0 || r.minimum_equity < 0))
		abort();
	(void)exch_margin_rules_trader_last(t, DATE);
}

static void
table(const char *text, size_t n, parse_fn *parse,
    void (*ask)(const struct exch_reftable *t))
{
	struct exch_reftable t;
	struct exch_diag d = {0};
	int err = parse(text, n, "fuzz", &t, &d);

	if (err != 0 && (d.code == EXCH_OK || t.n != 0))
		abort();
	if (err == 0 && ask != NULL)
		ask(&t);
	exch_reftable_clear(&t);
}

/* Returns of what has prices are numbers, and their matrix is one. */
static void
prices(const char *text, size_t n)
{
	struct exch_prices p;
	struct exch_returns r;
	struct exch_diag d = {0};

	if (exch_prices_parse(text, n, "fuzz", &p, &d) == 0 && p.t.n > 0) {
		const char *symbol[2] = {
		    p.row[0]->symbol, p.row[p.t.n - 1]->symbol};
		double sd[2], corr[4];

		if (exch_returns_of(&p, symbol, 2, DATE, 10, &r, &d) == 0) {
			exch_returns_sd(&r, sd);
			exch_returns_corr(&r, corr);
			if (!(sd[0] >= 0) || !(fabs(corr[1]) <= 1))
				abort();
			exch_returns_clear(&r);
		}
	}
	exch_prices_clear(&p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (text == NULL)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	table(text, size, exch_margin_rules_parse, ask_margin);
	table(text, size, exch_tims_parse, NULL);
	table(text, size, exch_span_parse, NULL);
	table(text, size, exch_backtest_parse, NULL);
	table(text, size, exch_rates_parse, ask_rates);
	table(text, size, exch_vols_parse, NULL);
	table(text, size, exch_liquidity_parse, NULL);
	table(text, size, exch_correlations_parse, NULL);
	table(text, size, exch_scenarios_parse, ask_scenarios);
	table(text, size, exch_pl_parse, NULL);
	prices(text, size);
	free(text);
	return 0;
}
