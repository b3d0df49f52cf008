/* Tables for measuring the gate (gate_tables.h). */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "bench/gate_tables.h"

/* Accounts of one owner, and of one member. */
#define GROUP 10u
#define MEMBER 100u
#define SECTORS 20u

static const char COLUMNS[] =
    "scope,name,symbol,size,value,position,collar,messages,per,duplicate,"
    "open-orders,credit,margin-long,margin-short,margin-rule,concentration,"
    "sector,loss,gross,notional,self-trade,day-trader\n";

/* For everybody; times are those of a flow, 100 ns apart. */
static const char *const LIMITS[] = {
    [GATE_ORDER] = " size=2000 value=20000000 position=2000000 collar=20%"
		   " messages=1000 per=10ms duplicate=1ms open-orders=100000"
		   " credit=1000000000000",
    [GATE_WHOLE] = " margin-rule=keep concentration=95% sector=95%"
		   " loss=1000000000000",
    [GATE_ALL] = " self-trade=allow day-trader=rule",
    [GATE_TIGHT] = "",
    [GATE_LIMIT] = " margin-long=50% margin-short=50%",
};
static const char GROUP_LIMITS[] =
    " position=20000000 gross=20000000 notional=1000000000000"
    " open-orders=1000000 credit=1000000000000 loss=1000000000000";

/* Who has next to nothing runs into these first. */
#define FREE " margin-rule=none concentration=4000 sector=4000"
/* What one account, or group of one account, runs into. */
static const struct tight {
	unsigned account;
	const char *limits, *group;
} tight[] = {
    {3, " messages=1 per=1s", NULL},
    {4, " size=50", NULL},
    {5, " value=1", NULL},
    {6, " collar=0.0001%", NULL},
    {7, " duplicate=10s", NULL},
    {8, " open-orders=0", NULL},
    {9, " position=50", NULL},
    {10, " credit=0", NULL},
    {11, " margin-long=1 margin-short=1", NULL},
    {12, " concentration=0.0001%", NULL},
    {13, " sector=0.0001%", NULL},
    {14, " loss=0", NULL},
    {18, NULL, " open-orders=0"},
    {19, NULL, " position=50"},
    {20, NULL, " gross=50"},
    {21, NULL, " notional=1"},
    {22, FREE, " credit=0"},
    {23, NULL, " loss=0"},
    {24, " self-trade=group", NULL},
    {25, FREE, NULL},
    {26, FREE, NULL},
};
/* Below these all are alone in their group, and have no more than that. */
#define ALONE 30u

static int64_t
balance_of(enum gate_checks checks, unsigned account)
{
	static const uint16_t few[ALONE] = {
	    [10] = 1, [11] = 1, [22] = 1, [25] = 1, [26] = 30000};
	bool is_few =
	    checks == GATE_TIGHT && account < ALONE && few[account] != 0;

	return is_few ? few[account] : INT64_C(1000000000);
}

/* A row with those cells, "column=cell" behind blanks. */
static void
put_row(FILE *f, const char *whom, const char *cells)
{
	fprintf(f, "%s,", whom);
	/* Behind scope, name and symbol. */
	for (const char *c = COLUMNS + strlen("scope,name,symbol");
	     *c == ',';) {
		size_t n = strcspn(++c, ",\n");
		const char *p = cells;

		while (
		    p != NULL && (strncmp(p + 1, c, n) != 0 || p[1 + n] != '='))
			p = strchr(p + 1, ' ');
		if (p != NULL)
			fprintf(f, ",%.*s", (int)strcspn(p + n + 2, " "),
			    p + n + 2);
		else
			fprintf(f, ",");
		c += n;
	}
	fprintf(f, "\n");
}

static void
write_limits(FILE *f, enum gate_checks checks, uint32_t instruments)
{
	char cells[600] = "", whom[40];

	(void)instruments;
	for (unsigned i = 0; i <= checks; i++)
		snprintf(cells + strlen(cells), sizeof(cells) - strlen(cells),
		    "%s", LIMITS[i]);
	fprintf(f, "%s", COLUMNS);
	put_row(f, "all,", cells);
	put_row(f, "account,107",
	    " value=15000000 position=100000 collar=10% messages=500 per=10ms"
	    " open-orders=50000 credit=500000000000");
	fprintf(
	    f, "account,107,X00000001,1000%.*s\n", 18, ",,,,,,,,,,,,,,,,,,");
	/* In these flows everybody is at the touch, and would meet themselves. */
	if (checks >= GATE_ALL)
		put_row(f, "member,M1", " self-trade=account");
	for (unsigned i = 0; checks >= GATE_ALL && i < GATE_ACCOUNTS / GROUP;
	     i++) {
		snprintf(whom, sizeof(whom), "group,G%u", i);
		put_row(f, whom, GROUP_LIMITS);
	}
	for (unsigned i = 0; checks == GATE_TIGHT && i < EXCH_ARRAY_LEN(tight);
	     i++) {
		if (tight[i].limits != NULL) {
			snprintf(
			    whom, sizeof(whom), "account,%u", tight[i].account);
			put_row(f, whom, tight[i].limits);
		}
		if (tight[i].group != NULL) {
			snprintf(
			    whom, sizeof(whom), "group,T%u", tight[i].account);
			put_row(f, whom, tight[i].group);
		}
	}
}

static void
write_accounts(FILE *f, enum gate_checks checks, uint32_t instruments)
{
	bool is_tight = checks == GATE_TIGHT;

	(void)instruments;
	fprintf(f, "account,member,status,kyc,balance,short,client,group\n");
	for (unsigned a = 1; a <= GATE_ACCOUNTS; a++) {
		bool alone = is_tight && a < ALONE;

		fprintf(f, "%u,M%u,%s,ok,%" PRId64 ",%s,C%u,%c%u\n", a,
		    a / MEMBER, is_tight && a == 1 ? "suspended" : "active",
		    balance_of(checks, a),
		    /* Or it had what it sold for. */
		    is_tight && a == 22 ? "no" : "yes", a, alone ? 'T' : 'G',
		    alone ? a : (a - 1) / GROUP);
	}
}

static void
write_clients(FILE *f, enum gate_checks checks, uint32_t instruments)
{
	(void)checks;
	(void)instruments;
	fprintf(f, "client,status,kyc,products\n");
	for (unsigned a = 1; a <= GATE_ACCOUNTS; a++)
		fprintf(f, "C%u,active,ok,equity etf\n", a);
}

static void
write_restricted(FILE *f, enum gate_checks checks, uint32_t instruments)
{
	(void)instruments;
	fprintf(f, "symbol,account\nGONE,\n");
	if (checks == GATE_TIGHT)
		fprintf(f, "X00000001,2\n");
}

static void
write_instruments(FILE *f, enum gate_checks checks, uint32_t instruments)
{
	(void)checks;
	fprintf(f, "symbol,sector\n");
	for (uint32_t i = 1; i <= instruments; i++)
		fprintf(f, "X%08" PRIu32 ",S%" PRIu32 "\n", i, i % SECTORS);
}

typedef void write_table(
    FILE *f, enum gate_checks checks, uint32_t instruments);

static char *
text_of(write_table *write, enum gate_checks checks, uint32_t instruments)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	exch_check(f != NULL);
	write(f, checks, instruments);
	exch_check(fclose(f) == 0);
	return text;
}

/* What a table says, or where it is wrong. */
static void
must(int err, const struct exch_diag *d)
{
	if (err == 0)
		return;
	fprintf(stderr, "gate: %s\n", d->text);
	exit(4);
}

/* Round numbers, as in the rules of the United States. */
static void
set_rules(struct gate_tables *t)
{
	struct exch_day_trader trader = {.trades = 4,
	    .share = 60000,
	    .equity = INT64_C(25000000000),
	    .power = 4};

	t->rates = (struct exch_margin_rates){.initial_long = 500000,
	    .initial_short = 500000,
	    .long_rate = 250000,
	    .short_rate = 300000,
	    .short_cheap = 1000000,
	    .cheap = INT64_C(5000000000),
	    .short_least = INT64_C(5000000000),
	    .short_least_cheap = INT64_C(2500000000)};
	t->trading = (struct exch_day_trading){.rule = trader,
	    .phased = trader,
	    .since = 20251230,
	    .date = 20260105};
}

void
gate_tables_make(
    struct gate_tables *t, enum gate_checks checks, uint32_t instruments)
{
	static write_table *const tables[] = {write_limits, write_accounts,
	    write_restricted, write_instruments, write_clients};
	struct exch_diag d = {0};
	char **x = t->text;

	*t = (struct gate_tables){.opts = {.fills = true}};
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(tables); i++)
		x[i] = text_of(tables[i], checks, instruments);
	must(exch_limits_parse(x[0], strlen(x[0]), "limits", &t->limits, &d),
	    &d);
	t->opts.limits = &t->limits;
	if (checks == GATE_ORDER)
		return;
	must(exch_reftable_parse(x[1], strlen(x[1]), "accounts",
		 &exch_accounts_shape, &t->accounts, &d),
	    &d);
	must(exch_reftable_parse(x[2], strlen(x[2]), "restricted",
		 &exch_restricted_shape, &t->restricted, &d),
	    &d);
	must(exch_reftable_parse(x[3], strlen(x[3]), "instruments",
		 &exch_instruments_shape, &t->instruments, &d),
	    &d);
	must(exch_clients_parse(x[4], strlen(x[4]), "clients", &t->clients, &d),
	    &d);
	set_rules(t);
	t->opts.accounts = &t->accounts;
	t->opts.restricted = &t->restricted;
	t->opts.instruments = &t->instruments;
	t->opts.clients = &t->clients;
	t->opts.rates = &t->rates;
	t->opts.trading = &t->trading;
}

void
gate_tables_free(struct gate_tables *t)
{
	exch_limits_clear(&t->limits);
	exch_reftable_clear(&t->accounts);
	exch_reftable_clear(&t->restricted);
	exch_reftable_clear(&t->instruments);
	exch_clients_clear(&t->clients);
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(t->text); i++)
		free(t->text[i]);
}
