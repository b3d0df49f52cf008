/*
 * risk/rulebook: the tables of data/risk have the numbers that the measures
 * are tested with, on their days, and tables that say two things at once are
 * refused.
 */
#include <config.h>

#include <stdlib.h>

#include "risk/rulebook.h"
#include "tap.h"

static char text[65536];
static struct exch_reftable t;
static struct exch_diag d;

static size_t
load(const char *file)
{
	const char *src = getenv("srcdir");
	char path[512];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/data/risk/%s", src != NULL ? src : ".",
	    file);
	f = fopen(path, "rb");
	tap_ok(f != NULL, file);
	if (f == NULL)
		return 0;
	n = fread(text, 1, sizeof(text), f);
	fclose(f);
	return n;
}

static void
margin(void)
{
	struct exch_margin_rates r;
	struct exch_day_trader day;
	size_t n = load("margin.csv");

	tap_is_i64(exch_margin_rules_parse(text, n, "margin", &t, &d), 0,
	    "is a table");
	tap_is_i64(exch_margin_rules_at(&t, 20260603, false, &r, &day, &d), 0,
	    "the last day of the old rule");
	tap_is_u64(r.initial_long, 500000, "Regulation T");
	tap_is_u64(r.initial_short, 500000, "and of short ones");
	tap_is_u64(r.long_rate, 250000, "long ones keep");
	tap_is_u64(r.short_rate, 300000, "short ones keep");
	tap_is_u64(r.short_cheap, 1000000, "cheap ones keep");
	tap_is_i64(r.cheap, INT64_C(5000000000), "which are below");
	tap_is_i64(r.short_least, INT64_C(5000000000), "a share");
	tap_is_i64(r.short_least_cheap, INT64_C(2500000000), "a cheap one");
	tap_is_i64(r.minimum_equity, INT64_C(2000000000), "of an account");
	tap_is_u64(day.trades, 4, "day trades");
	tap_is_u64(day.share, 60000, "of all");
	tap_is_i64(day.equity, INT64_C(25000000000), "equity they take");
	tap_is_u64(day.power, 4, "buying power");
	(void)exch_margin_rules_at(&t, 20260604, false, &r, &day, &d);
	tap_is_u64(day.trades, 0, "the rule is gone");
	(void)exch_margin_rules_at(&t, 20260604, true, &r, &day, &d);
	tap_is_u64(day.trades, 4, "a firm may keep it");
	(void)exch_margin_rules_at(&t, 20271019, true, &r, &day, &d);
	tap_is_u64(day.trades, 4, "until then");
	(void)exch_margin_rules_at(&t, 20271020, true, &r, &day, &d);
	tap_is_u64(day.trades, 0, "and no longer");
	tap_is_i64(exch_margin_rules_at(&t, 20191231, false, &r, &day, &d),
	    EXCH_ERR_ABSENT, "before the table begins");
	tap_is_str(d.text, "no row tells 'initial-long' for 2019-12-31",
	    "which is told");
	exch_reftable_clear(&t);
}

static void
accounts(void)
{
	struct exch_margin_rates r = {.minimum_equity = 2000};
	struct exch_day_trader day = {.trades = 4, .share = 60000};

	tap_is_i64(exch_margin_equity(&r, 2500, 9000, 0), 2500, "what is kept");
	tap_is_i64(exch_margin_equity(&r, 1000, 4000, 0), 2000, "the least");
	tap_is_i64(
	    exch_margin_equity(&r, 300, 1200, 0), 1200, "what was paid for");
	tap_is_i64(
	    exch_margin_equity(&r, 300, 0, 1000), 2000, "a short one: all");
	tap_is_i64(exch_margin_equity(&r, 0, 0, 0), 0, "nothing for nothing");
	tap_ok(!exch_is_day_trader(&day, 3, 3), "three");
	tap_ok(exch_is_day_trader(&day, 4, 4), "four");
	tap_ok(exch_is_day_trader(&day, 6, 99), "6 in 99");
	tap_ok(!exch_is_day_trader(&day, 6, 100), "6 % is not more than 6 %");
	day.trades = 0;
	tap_ok(!exch_is_day_trader(&day, 9, 9), "without a rule");
}

static void
portfolio(void)
{
	struct exch_points p;
	struct exch_span s = {.price_range = 1};
	size_t n = load("tims.csv");

	tap_is_i64(exch_tims_parse(text, n, "tims", &t, &d), 0, "is a table");
	tap_is_i64(
	    exch_tims_at(&t, 20260105, EXCH_TIMS_STOCK, &p, &d), 0, "stocks");
	tap_near(p.down, 0.15, 1e-12, "down");
	tap_near(p.up, 0.15, 1e-12, "up");
	tap_near(p.least_option, 0.375, 1e-12, "each option");
	(void)exch_tims_at(&t, 20260105, EXCH_TIMS_LARGE_INDEX, &p, &d);
	tap_near(p.down, 0.08, 1e-12, "large index down");
	tap_near(p.up, 0.06, 1e-12, "and up");
	(void)exch_tims_at(&t, 20260105, EXCH_TIMS_BROAD_INDEX, &p, &d);
	tap_near(p.down, 0.10, 1e-12, "another one");
	exch_reftable_clear(&t);
	n = load("span.csv");
	tap_is_i64(exch_span_parse(text, n, "span", &t, &d), 0, "is a table");
	(void)exch_span_at(&t, 20260105, EXCH_SPAN_OLDER, &s, &d);
	tap_near(s.extreme, 2, 1e-12, "two ranges");
	tap_near(s.cover, 0.35, 1e-12, "of which 35 %");
	(void)exch_span_at(&t, 20260105, EXCH_SPAN_CURRENT, &s, &d);
	tap_near(s.extreme, 3, 1e-12, "three ranges");
	tap_near(s.cover, 0.33, 1e-12, "of which 33 %");
	tap_is_i64(exch_span_at(&t, 20000101, EXCH_SPAN_CURRENT, &s, &d),
	    EXCH_ERR_ABSENT, "before the table begins");
	exch_reftable_clear(&t);
}

static void
traffic(void)
{
	static const struct {
		uint32_t x;
		enum exch_zone zone;
		double basel, frtb;
	} row[] = {{0, EXCH_ZONE_GREEN, 3, 1.5}, {4, EXCH_ZONE_GREEN, 3, 1.5},
	    {5, EXCH_ZONE_YELLOW, 3.40, 1.70},
	    {6, EXCH_ZONE_YELLOW, 3.50, 1.76},
	    {7, EXCH_ZONE_YELLOW, 3.65, 1.83},
	    {8, EXCH_ZONE_YELLOW, 3.75, 1.88},
	    {9, EXCH_ZONE_YELLOW, 3.85, 1.92}, {10, EXCH_ZONE_RED, 4, 2},
	    {250, EXCH_ZONE_RED, 4, 2}};
	size_t n = load("backtest.csv");

	tap_is_i64(
	    exch_backtest_parse(text, n, "zones", &t, &d), 0, "is a table");
	for (size_t i = 0; i < EXCH_ARRAY_LEN(row); i++) {
		struct exch_traffic b, f;

		tap_is_i64(exch_backtest_at(&t, 20260105, EXCH_BACKTEST_BASEL,
			       row[i].x, &b, &d),
		    0, "Basel");
		tap_is_i64(exch_backtest_at(&t, 20260105, EXCH_BACKTEST_FRTB,
			       row[i].x, &f, &d),
		    0, "FRTB");
		tap_is_u64(b.zone, row[i].zone, "its zone");
		tap_is_u64(f.zone, row[i].zone, "and of the other");
		tap_near((double)b.multiplier / 1e9, row[i].basel, 1e-9,
		    "its multiplier");
		tap_near((double)f.multiplier / 1e9, row[i].frtb, 1e-9,
		    "and of the other");
	}
	exch_reftable_clear(&t);
}

static void
refused(const char *rows, uint64_t line, const char *why)
{
	char table[1024];
	int n = snprintf(table, sizeof(table),
	    "from,until,phase-in,rule,value,source\n%s", rows);

	exch_diag_clear(&d);
	tap_is_i64(exch_margin_rules_parse(table, (size_t)n, "bad", &t, &d),
	    EXCH_ERR_FORMAT, why);
	if (!tap_ok(t.n == 0 && d.where == line && strstr(d.text, why) != NULL,
		"is told at its line"))
		printf("# %llu: %s\n", (unsigned long long)d.where, d.text);
}

static void
refusals(void)
{
	refused("2020-01-01,,,keep-long,25%,a\n2021-01-01,,,keep-long,30%,b\n",
	    3, "line 2 says the same");
	/* The later line is told, whichever begins first; and the first such. */
	refused("2021-01-01,,,keep-long,30%,b\n"
		"2020-01-01,2021-06-01,,keep-long,25%,a\n",
	    3, "line 2 says the same");
	refused("2020-01-01,2020-06-01,,keep-long,25%,a\n"
		"2021-01-01,2024-01-01,,keep-long,30%,b\n"
		"2022-01-01,2022-06-01,,keep-long,30%,c\n"
		"2022-06-01,2023-01-01,,keep-long,30%,d\n",
	    4, "line 3 says the same");
	refused("2020-01-01,2020-01-01,,keep-long,25%,a\n", 2,
	    "it would end before it begins");
	refused("2020-01-01,,,keep-lung,25%,a\n", 2, "is no 'rule'");
	refused("2020-01-01,,,keep-long,-25%,a\n", 2, "is no 'value'");
	refused("2020-01-01,,,keep-long,25,a\n", 2, "does not suit");
	refused("2020-01-01,,,day-trades,4.5,a\n", 2, "does not suit");
	refused("2020-13-01,,,keep-long,25%,a\n", 2, "is no 'from'");
	refused("2020-01-01,,,keep-long,25%,\n", 2, "is no 'source'");
}

int
main(void)
{
	margin();
	accounts();
	portfolio();
	traffic();
	refusals();
	return tap_done();
}
