/* Limits of whole accounts by plain sums over all instruments (gate_limit.c). */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prop/gate_limit.h"

struct plain_instr plain_instr[INSTRUMENTS + 1];
struct plain_account plain_account[ACCOUNTS + 1];
bool plain_killed[2][INSTRUMENTS + 1];
bool plain_far;

static struct exch_limits limits;
static struct exch_reftable accounts, instruments;
static char *sectors, *rows_of_limits;

#define NO EXCH_COLLAR_NONE
#define NO_LOSS EXCH_LIMIT_NONE

/* One kind of limit each, and one account with all of them; then groups. */
static const char limit_text[] = "scope,name,margin-long,margin-short,margin-"
				 "rule,concentration,sector,loss\n"
				 "account,1,25%,70%,,,,\n"
				 "account,2,,,keep,,,\n"
				 "account,3,,,initial,,,\n"
				 "account,4,,,,0.9%,,\n"
				 "account,5,,,,,20.1%,\n"
				 "account,6,,,,,,1000\n"
				 "account,9,40%,50%,,2%,21%,500\n"
				 "account,10,10%,,keep,,,\n"
				 "account,11,,,,1%,22%,\n"
				 "account,12,100%,100%,,,,1000\n";
static const char group_text[] = "group,G,,,,,,20\n";
static const char account_text[] =
    "account,balance,group,member\n1,100000,,\n2,100000,,\n3,150000,,\n"
    "4,100000,,M\n5,100000,,\n6,100000,,M\n7,100000,G,\n8,100000,G,\n"
    "9,200000,,M\n10,70000,,\n11,100000,,\n12,300000,,\n13,2000,H,\n"
    "14,2000,H,M\n";
static const struct exch_margin_rates rates = {.initial_long = 500000,
    .initial_short = 500000,
    .long_rate = 250000,
    .short_rate = 300000,
    .short_cheap = 1000000,
    .cheap = INT64_C(5000000000),
    .short_least = INT64_C(5000000000),
    .short_least_cheap = INT64_C(2500000000)};

/* The same as they are to be read. */
static const struct {
	struct plain_limits limits;
	uint8_t rule, group;
	bool is_member;
} rows[ACCOUNTS + 1] = {
    [1] = {{{250000, 700000}, NO, NO, NO_LOSS}, 0, 0, false},
    [2] = {{{NO, NO}, NO, NO, NO_LOSS}, EXCH_MARGIN_BY_KEEP, 0, false},
    [3] = {{{NO, NO}, NO, NO, NO_LOSS}, EXCH_MARGIN_BY_INITIAL, 0, false},
    [4] = {{{NO, NO}, 9000, NO, NO_LOSS}, 0, 0, true},
    [5] = {{{NO, NO}, NO, 201000, NO_LOSS}, 0, 0, false},
    [6] = {{{NO, NO}, NO, NO, 1000000000}, 0, 0, true},
    [7] = {{{NO, NO}, NO, NO, NO_LOSS}, 0, 1, false},
    [8] = {{{NO, NO}, NO, NO, NO_LOSS}, 0, 1, false},
    [9] = {{{400000, 500000}, 20000, 210000, 500000000}, 0, 0, true},
    [10] = {{{100000, NO}, NO, NO, NO_LOSS}, EXCH_MARGIN_BY_KEEP, 0, false},
    [11] = {{{NO, NO}, 10000, 220000, NO_LOSS}, 0, 0, false},
    [12] = {{{1000000, 1000000}, NO, NO, 1000000000}, 0, 0, false},
    [13] = {{{NO, NO}, NO, NO, NO_LOSS}, 0, 2, false},
    [14] = {{{NO, NO}, NO, NO, NO_LOSS}, 0, 2, true},
};

/* Every sixth instrument is in none; another symbol is in the next one. */
static unsigned
sector_by(uint32_t i, bool renamed)
{
	return (i + renamed) % 6;
}

static unsigned
sector_of(uint32_t i)
{
	return sector_by(i, plain_instr[i].renamed);
}

static void
must(int err, const struct exch_diag *d)
{
	if (err == 0)
		return;
	printf(
	    "# %s:%llu: %s\n", d->name, (unsigned long long)d->where, d->text);
	exit(1);
}

static void
put_sectors(FILE *f)
{
	fprintf(f, "symbol,sector\n");
	for (uint32_t i = 1; i <= INSTRUMENTS; i++)
		for (unsigned k = 0; k < 2; k++)
			if (sector_by(i, k == 1) != 0)
				fprintf(f, "%c%03u,S%u\n", k == 0 ? 'X' : 'Y',
				    i, sector_by(i, k == 1));
}

static void
parse(bool groups)
{
	struct exch_diag d = {0};
	size_t n, m;
	FILE *f = open_memstream(&sectors, &n);

	put_sectors(f);
	fclose(f);
	f = open_memstream(&rows_of_limits, &m);
	fprintf(f, "%s%s", limit_text, groups ? group_text : "");
	fclose(f);
	must(exch_limits_parse(rows_of_limits, m, "limits", &limits, &d), &d);
	must(exch_reftable_parse(account_text, sizeof(account_text) - 1,
		 "accounts", &exch_accounts_shape, &accounts, &d),
	    &d);
	must(exch_reftable_parse(sectors, n, "instruments",
		 &exch_instruments_shape, &instruments, &d),
	    &d);
}

static void
begin_account(struct plain_account *a, unsigned n)
{
	const struct exch_account_row *row = accounts.row;

	*a = (struct plain_account){.limits = rows[n].limits,
	    .rule = rows[n].rule,
	    .group = rows[n].group,
	    .is_member = rows[n].is_member,
	    .cash = row[n - 1].balance,
	    .opening = row[n - 1].balance};
	for (unsigned i = 0; i <= INSTRUMENTS; i++)
		a->rate_in[0][i] = a->rate_in[1][i] = NO;
}

void
plain_tables(struct exch_risk_opts *o, bool groups)
{
	static const struct plain_group nothing = {EXCH_LIMIT_NONE,
	    EXCH_LIMIT_NONE, EXCH_LIMIT_NONE, EXCH_LIMIT_NONE, EXCH_LIMIT_NONE,
	    EXCH_LIMIT_NONE};

	parse(groups);
	for (uint32_t i = 1; i <= INSTRUMENTS; i++)
		plain_instr[i] = (struct plain_instr){EXCH_PX_NONE,
		    EXCH_PX_NONE, EXCH_PX_NONE, 1000000000, false};
	for (uint32_t a = 1; a <= ACCOUNTS; a++)
		begin_account(&plain_account[a], a);
	for (unsigned i = 1; i <= GROUPS; i++)
		plain_group[i] = nothing;
	if (groups)
		plain_group[1].loss = 20000000;
	memset(plain_killed, 0, sizeof(plain_killed));
	*o = (struct exch_risk_opts){.limits = &limits,
	    .accounts = &accounts,
	    .instruments = &instruments,
	    .rates = &rates,
	    .fills = true};
}

void
plain_clear(void)
{
	exch_limits_clear(&limits);
	exch_reftable_clear(&accounts);
	exch_reftable_clear(&instruments);
	free(sectors);
	free(rows_of_limits);
}

exch_px
plain_mark(uint32_t i)
{
	const struct plain_instr *in = &plain_instr[i];

	return in->last != EXCH_PX_NONE	       ? in->last
	       : in->reference != EXCH_PX_NONE ? in->reference
					       : in->first;
}

/* Where sums and values end, and where sums need not be a walk. */
#define MOST ((__int128)INT64_MAX << 32)
#define FAR ((__int128)1 << 93)
#define ALL ((((__int128)1 << 126) - 1) * 2) /* nearly that there is */

static __int128
cut(__int128 v)
{
	return v > MOST ? MOST : v < -MOST ? -MOST : v;
}

/* Half-even, and the same below 0. */
__int128
plain_value(uint32_t i, exch_px price, __int128 qty)
{
	__int128 unit = (__int128)1000 * 1000000000;
	bool below = (price < 0) != (qty < 0);
	__int128 q, r, v;

	qty = qty < 0 ? -qty : qty;
	qty = qty > INT64_MAX ? INT64_MAX : qty;
	if (price == EXCH_PX_NONE || qty == 0)
		return 0;
	v = (price < 0 ? -(__int128)price : price) * qty;
	/* The product of all three need not fit: sums leave it to walks. */
	if (v > ALL / plain_instr[i].multiplier)
		plain_far = true;
	if (v > MOST * 10000)
		return below ? -MOST : MOST;
	r = v % unit * plain_instr[i].multiplier;
	q = v / unit * plain_instr[i].multiplier + r / unit;
	r = r % unit * 2;
	q += r > unit || (r == unit && q % 2 != 0);
	return cut(below ? -q : q);
}

__int128
plain_owed(uint32_t i, bool sell, exch_px price, exch_qty qty)
{
	__int128 v = plain_value(i, price, qty);

	v = sell ? -v : v;
	return v < 0 ? 0 : v;
}

uint32_t
plain_holdings(uint32_t account)
{
	const struct plain_account *a = &plain_account[account];
	uint32_t n = 0;

	for (uint32_t i = 1; i <= INSTRUMENTS; i++)
		n +=
		    a->position[i] != 0 || (a->open[0][i] | a->open[1][i]) != 0;
	return n;
}

static __int128
size_of(__int128 v)
{
	return v < 0 ? -v : v;
}

static __int128
part(__int128 value, uint32_t rate)
{
	return rate == EXCH_COLLAR_NONE ? 0 : (value * rate + 999999) / 1000000;
}

/* What so many of a side are worth, and need. */
static __int128
need(const struct plain_account *a, uint32_t i, bool shorts, exch_px mark,
    __int128 qty)
{
	__int128 value = size_of(plain_value(i, mark, qty)), most, least;
	bool cheap = mark < rates.cheap;
	uint32_t rate = shorts ? NO : a->rate_in[plain_instr[i].renamed][i];

	rate = rate != NO ? rate : a->limits.rate[shorts];
	if (rate != NO || a->rule <= EXCH_MARGIN_BY_NUMBERS)
		return part(value, rate);
	if (a->rule == EXCH_MARGIN_BY_INITIAL)
		return part(
		    value, shorts ? rates.initial_short : rates.initial_long);
	if (!shorts)
		return part(value, rates.long_rate);
	most = part(value, cheap ? rates.short_cheap : rates.short_rate);
	least = plain_value(
	    i, cheap ? rates.short_least_cheap : rates.short_least, qty);
	return most > least ? most : least;
}

struct whole {
	__int128 equity, margin, gross, mine, sector;
};

/* With the entry, or (NULL) without. */
static void
sum(const struct plain_account *a, const struct plain_entry *e, uint32_t at,
    struct whole *w)
{
	*w = (struct whole){.equity = a->cash};
	for (uint32_t i = 1; i <= INSTRUMENTS; i++) {
		bool mine = e != NULL && i == at;
		exch_px mark = plain_mark(i);
		__int128 most[2], needs = 0, gross = 0;

		mark = mark == EXCH_PX_NONE && mine ? e->price : mark;
		for (unsigned s = 0; s < 2 && mark != EXCH_PX_NONE; s++) {
			__int128 v, x;

			most[s] = (__int128)a->open[s][i] +
				  (s == 0 ? 1 : -1) * a->position[i];
			if (mine && s == e->sell)
				most[s] += (__int128)e->qty - e->old;
			if (most[s] <= 0)
				continue;
			v = size_of(plain_value(i, mark, most[s]));
			x = need(a, i, s == 1, mark, most[s]);
			gross = v > gross ? v : gross;
			needs = x > needs ? x : needs;
		}
		w->equity =
		    cut(w->equity + plain_value(i, mark, a->position[i]));
		w->margin = cut(w->margin + needs);
		w->gross = cut(w->gross + gross);
		if (i == at)
			w->mine = gross;
		if (sector_of(i) != 0 && sector_of(i) == sector_of(at))
			w->sector = cut(w->sector + gross);
	}
	if (w->gross > FAR || w->margin > FAR || size_of(a->cash) > FAR)
		plain_far = true;
}

bool
plain_no(struct exch_judged *v, enum exch_rule rule, __int128 limit,
    __int128 observed)
{
	v->rule = rule;
	v->limit = limit > INT64_MAX   ? INT64_MAX
		   : limit < INT64_MIN ? INT64_MIN
				       : (int64_t)limit;
	v->observed = observed > INT64_MAX   ? INT64_MAX
		      : observed < INT64_MIN ? INT64_MIN
					     : (int64_t)observed;
	return true;
}

static bool
share(struct exch_judged *v, enum exch_rule rule, uint32_t limit,
    __int128 part_of, __int128 all)
{
	return limit != EXCH_COLLAR_NONE && all > 0 &&
	       part_of * 1000000 > all * limit &&
	       plain_no(v, rule, limit, (part_of * 1000000 + all - 1) / all);
}

static bool
is_killed(const struct plain_entry *e)
{
	const struct plain_account *a = &plain_account[e->account];

	return a->killed[0] || a->killed[e->instr] || plain_killed[0][0] ||
	       plain_killed[0][e->instr] ||
	       (a->is_member &&
		   (plain_killed[1][0] || plain_killed[1][e->instr]));
}

static bool
beyond_margin(
    const struct plain_entry *e, const struct whole *w, struct exch_judged *v)
{
	const struct plain_account *a = &plain_account[e->account];

	if (a->limits.rate[0] == NO && a->limits.rate[1] == NO &&
	    a->rule <= EXCH_MARGIN_BY_NUMBERS)
		return false;
	if (e->price == EXCH_PX_NONE && plain_mark(e->instr) == EXCH_PX_NONE)
		return plain_no(v, EXCH_RULE_MARGIN, 0, INT64_MAX);
	return w->margin > w->equity &&
	       plain_no(v, EXCH_RULE_MARGIN, w->equity, w->margin);
}

static bool
on_the_whole(const struct plain_entry *e, struct exch_judged *v)
{
	const struct plain_account *a = &plain_account[e->account];
	const struct plain_limits *l = &a->limits;
	struct whole w;
	__int128 all;

	if (e->old > 0)
		sum(a, NULL, e->instr, &w); /* is it far? */
	sum(a, e, e->instr, &w);
	all = w.equity > w.gross ? w.equity : w.gross;
	return beyond_margin(e, &w, v) ||
	       share(
		   v, EXCH_RULE_CONCENTRATION, l->concentration, w.mine, all) ||
	       share(v, EXCH_RULE_SECTOR, l->sector, w.sector, all) ||
	       (l->loss != EXCH_LIMIT_NONE && a->opening - w.equity > l->loss &&
		   plain_no(v, EXCH_RULE_LOSS, l->loss, a->opening - w.equity));
}

void
plain_judge(const struct plain_entry *e, struct exch_judged *v)
{
	const struct plain_account *a = &plain_account[e->account];
	bool grows = (__int128)a->open[e->sell][e->instr] + e->qty - e->old +
			 (e->sell ? -1 : 1) * (__int128)a->position[e->instr] >
		     0;

	plain_far = false;
	*v = (struct exch_judged){.rule = EXCH_RULE_NONE};
	if (grows && is_killed(e))
		(void)plain_no(v, EXCH_RULE_KILL, 0, 0);
	else if (!grows || !on_the_whole(e, v))
		(void)(a->group != 0 && plain_group_says(e, v));
}
