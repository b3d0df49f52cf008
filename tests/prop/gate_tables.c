/* Tables with every limit, for some accounts and instruments (gate_tables.h). */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prop/gate_tables.h"
#include "prop/gate_write.h"

struct exch_limits limits;
struct exch_reftable accounts, restricted, instruments;
bool whole_limits;
static char *text_of_limits;
/* As in margin_text. */
const struct exch_margin_rates gate_rates = {.initial_long = 500000,
    .initial_short = 500000,
    .long_rate = 250000,
    .short_rate = 300000,
    .short_cheap = 1000000,
    .cheap = INT64_C(9500000000),
    .short_least = INT64_C(5000000000),
    .short_least_cheap = INT64_C(2500000000)};
static const char margin_text[] =
    "from,rule,value,source\n"
    "2020-01-01,initial-long,50%,-\n2020-01-01,initial-short,50%,-\n"
    "2020-01-01,keep-long,25%,-\n2020-01-01,keep-short,30%,-\n"
    "2020-01-01,keep-short-cheap,100%,-\n2020-01-01,cheap-below,9.50,-\n"
    "2020-01-01,short-least,5.00,-\n2020-01-01,short-least-cheap,2.50,-\n"
    "2020-01-01,minimum-equity,0.00,-\n"
    "2020-01-01,day-trades,2,-\n2020-01-01,day-trade-share,6%,-\n"
    "2020-01-01,day-trader-equity,900.00,-\n2020-01-01,day-trader-power,2,-\n";
/* Since the day of the last row too many have passed. */
static const char day_trade_text[] =
    "date,account,daytrades,trades\n2026-01-02,16,3,40\n"
    "2025-12-30,21,0,90\n2025-12-31,21,1,2\n2025-12-29,26,9,9\n";
static struct exch_day_trades earlier;
const struct exch_day_trading gate_trading = {
    .rule = {2, 60000, INT64_C(900000000), 2},
    .phased = {2, 60000, INT64_C(900000000), 2},
    .earlier = &earlier,
    .since = 20251230,
    .date = 20260105};

/* Rows of both tables, and limits that only the one within can ask for. */
static const char front_text[] =
    "scope,name,symbol,size,value,position,collar,messages,per,"
    "duplicate,open-orders,credit,gross,self-trade\n"
    "all,,,500,4500.00,900,9.5%,30,1s,40ms,9,6000,,account\n"
    "all,,BBB,,,300,,,,,,,,\n"
    "all,,EEE,,,,0.02,,,,,,,\n"
    "all,,FFF,,,,500%,,,,,,,\n"
    "member,M1,,,,1500,,,,,,20000,,group\n"
    "member,M1,CCC,90,,,,,,,,,,\n"
    "member,M2,,,,,,3,200ms,,2,,,\n"
    "account,7,,,,80,,,,1s,,,,\n"
    "account,8,AAA,10,,,,,,,,,,\n"
    "account,9,,,,,,,,,,,,allow\n";
static const char limit_text[] =
    "scope,name,symbol,size,value,position,collar,messages,per,"
    "duplicate,open-orders,credit,margin-long,margin-short,concentration,"
    "sector,loss,collar-of,gross,notional,self-trade,margin-rule,day-trader\n"
    "all,,,500,4500.00,900,9.5%,30,1s,40ms,9,6000,,,,,150,,,,account,,\n"
    "all,,BBB,,,300,,,,,,,,,70%,,,,,,,,\n"
    "all,,EEE,,,,0.02,,,,,,,,,,,reference,,,,,\n"
    "all,,FFF,,,,500%,,,,,,20%,,,,,,,,,,\n"
    "member,M1,,,,1500,,,,,,20000,50%,150%,,,,last,,,group,,\n"
    "member,M1,CCC,90,,,,,,,,,30%,1.3,,,,,,,,,\n"
    "member,M2,,,,,,3,200ms,,2,,,,60%,80%,1000,,,,,keep,rule\n"
    "account,7,,,,80,,,,1s,,,,,,,,,,,,,\n"
    "account,8,AAA,10,,,,,,,,,,,,,,,,,,,\n"
    "account,9,,,,,,,,,,,,,,75%,,,,,allow,initial,\n"
    "account,16,,,,,,,,,,,,,,,,,,,,,rule\n"
    "account,14,,,,,,,,,,,,,,,,,,,,,none\n"
    "account,26,,,,,,,,,,,,,,,,,,,,,phase-in\n"
    "account,21,,,,,,,,,,,,,,,,,,,,,rule\n";
/* The first groups have one limit each, in turn. */
#define GROUPS 60u
static const char *const group_limits[] = {"position=600", "gross=400",
    "open-orders=5", "credit=700", "notional=1500.00", "loss=60"};
static const char instrument_text[] =
    "symbol,sector\nAAA,ORE\nBBB,ORE\nCCC,BANKS\nEEE,BANKS\nFFF,BANKS\n";

/* A row of the table with the column's cell alone. */
static void
put_row(FILE *f, const char *header, const char *whom, const char *limit)
{
	size_t n = strcspn(limit, "=");

	fprintf(f, "%s", whom);
	/* Behind scope, name and symbol. */
	for (const char *c = header + strlen("scope,name,symbol"); *c == ',';) {
		size_t len = strcspn(++c, ",\n");

		fprintf(f, ",%s",
		    len == n && memcmp(c, limit, n) == 0 ? limit + n + 1 : "");
		c += len;
	}
	fprintf(f, "\n");
}

/* With rows for groups, of their first `kinds` of limits. */
static void
parse_limits(const char *rows, unsigned kinds)
{
	struct exch_diag d = {0};
	size_t n;
	FILE *f = open_memstream(&text_of_limits, &n);
	char whom[40];

	fprintf(f, "%s", rows);
	for (unsigned i = 0; i < GROUPS; i++) {
		snprintf(whom, sizeof(whom), "group,G%u,", i);
		put_row(f, rows, whom, group_limits[i % kinds]);
		snprintf(whom, sizeof(whom), "group,G%u,AAA", i);
		if (i % kinds == 0)
			put_row(f, rows, whom, "position=200");
	}
	fclose(f);
	if (exch_limits_parse(text_of_limits, n, "limits", &limits, &d) == 0)
		return;
	printf("# %llu: %s\n", (unsigned long long)d.where, d.text);
	exit(1);
}

void
gate_tables(uint32_t naccounts)
{
	static const char restricted_text[] = "symbol,account\nDDD,3\nAAA,12\n";
	size_t cap = 200 + naccounts * 80;
	char *text = malloc(cap), *p = text;
	struct exch_diag d = {0};

	p += snprintf(p, cap,
	    "account,member,status,kyc,sanctions,short,"
	    "balance,group\n");
	for (uint32_t a = 1; a <= naccounts; a++)
		p += snprintf(p, (size_t)(text + cap - p),
		    "%u,%s,%s,%s,%s,%s,%u.%u,%s%.0u\n", a,
		    a % 5 == 0	 ? "M1"
		    : a % 7 == 0 ? "M2"
				 : "",
		    a % 19 == 0	  ? "suspended"
		    : a % 29 == 0 ? "closed"
				  : "",
		    a % 31 == 0 ? "expired" : "", a % 37 == 0 ? "yes" : "",
		    a % 4 == 0 ? "no" : "", a * 37 % 5000, a % 10,
		    a % 3 == 0 ? ""
		    : a < 6    ? "G0"
			       : "G",
		    a % 3 == 0 ? 0 : a / 6);
	if (exch_reftable_parse(text, (size_t)(p - text), "accounts",
		&exch_accounts_shape, &accounts, &d) != 0 ||
	    exch_reftable_parse(instrument_text, sizeof(instrument_text) - 1,
		"instruments", &exch_instruments_shape, &instruments,
		&d) != 0 ||
	    exch_day_trades_parse(day_trade_text, sizeof(day_trade_text) - 1,
		"day trades", &earlier, &d) != 0 ||
	    exch_reftable_parse(restricted_text, sizeof(restricted_text) - 1,
		"restricted", &exch_restricted_shape, &restricted, &d) != 0) {
		printf("# %s:%llu: %s\n", d.name, (unsigned long long)d.where,
		    d.text);
		exit(1);
	}
	gate_write_table("accounts.csv", text, (size_t)(p - text));
	gate_write_table(
	    "restricted.csv", restricted_text, sizeof(restricted_text) - 1);
	gate_write_table(
	    "instruments.csv", instrument_text, sizeof(instrument_text) - 1);
	gate_write_table(
	    "daytrades.csv", day_trade_text, sizeof(day_trade_text) - 1);
	gate_write_table("margin.csv", margin_text, sizeof(margin_text) - 1);
	whole_limits = true;
	parse_limits(limit_text, EXCH_ARRAY_LEN(group_limits));
	gate_write_table("limits.csv", text_of_limits, strlen(text_of_limits));
	free(text);
}

void
gate_front_tables(void)
{
	whole_limits = false;
	exch_limits_clear(&limits);
	free(text_of_limits);
	parse_limits(front_text, EXCH_ARRAY_LEN(group_limits) - 2);
}

void
gate_tables_clear(void)
{
	exch_reftable_clear(&accounts);
	exch_reftable_clear(&restricted);
	exch_reftable_clear(&instruments);
	exch_day_trades_clear(&earlier);
	exch_limits_clear(&limits);
	free(text_of_limits);
}
