/* Limits of whole accounts by plain sums over all instruments (gate_limit.c). */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prop/gate_limit.h"

struct plain_instr plain_instr[INSTRUMENTS + 1];
struct plain_account plain_account[ACCOUNTS + 1];

static struct exch_limits limits;
static struct exch_reftable accounts, instruments;
static char *sectors;

#define GROUP_LOSS INT64_C(20000000)
#define NO EXCH_COLLAR_NONE
#define NO_LOSS EXCH_LIMIT_NONE

/* One kind of limit each, and one account with all of them. */
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
				 "account,12,100%,100%,,,,1000\n"
				 "group,G,,,,,,20\n";
static const char account_text[] =
    "account,balance,group\n1,100000,\n2,100000,\n3,150000,\n4,100000,\n"
    "5,100000,\n6,100000,\n7,100000,G\n8,100000,G\n9,200000,\n10,70000,\n"
    "11,100000,\n12,300000,\n";
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
	uint8_t rule;
} rows[ACCOUNTS + 1] = {
    [1] = {{{250000, 700000}, NO, NO, NO_LOSS}, 0},
    [2] = {{{NO, NO}, NO, NO, NO_LOSS}, EXCH_MARGIN_BY_KEEP},
    [3] = {{{NO, NO}, NO, NO, NO_LOSS}, EXCH_MARGIN_BY_INITIAL},
    [4] = {{{NO, NO}, 9000, NO, NO_LOSS}, 0},
    [5] = {{{NO, NO}, NO, 201000, NO_LOSS}, 0},
    [6] = {{{NO, NO}, NO, NO, 1000000000}, 0},
    [7] = {{{NO, NO}, NO, NO, NO_LOSS}, 0},
    [8] = {{{NO, NO}, NO, NO, NO_LOSS}, 0},
    [9] = {{{400000, 500000}, 20000, 210000, 500000000}, 0},
    [10] = {{{100000, NO}, NO, NO, NO_LOSS}, EXCH_MARGIN_BY_KEEP},
    [11] = {{{NO, NO}, 10000, 220000, NO_LOSS}, 0},
    [12] = {{{1000000, 1000000}, NO, NO, 1000000000}, 0},
};

/* Every sixth instrument is in none. */
static unsigned
sector_of(uint32_t i)
{
	return i % 6;
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

void
plain_tables(struct exch_risk_opts *o)
{
	struct exch_diag d = {0};
	const struct exch_account_row *row;
	size_t n;
	FILE *f = open_memstream(&sectors, &n);

	fprintf(f, "symbol,sector\n");
	for (uint32_t i = 1; i <= INSTRUMENTS; i++) {
		plain_instr[i] = (struct plain_instr){
		    EXCH_PX_NONE, EXCH_PX_NONE, EXCH_PX_NONE, 1000000000};
		if (sector_of(i) != 0)
			fprintf(f, "X%03u,S%u\n", i, sector_of(i));
	}
	fclose(f);
	must(exch_limits_parse(
		 limit_text, sizeof(limit_text) - 1, "limits", &limits, &d),
	    &d);
	must(exch_reftable_parse(account_text, sizeof(account_text) - 1,
		 "accounts", &exch_accounts_shape, &accounts, &d),
	    &d);
	must(exch_reftable_parse(sectors, n, "instruments",
		 &exch_instruments_shape, &instruments, &d),
	    &d);
	row = accounts.row;
	for (uint32_t a = 1; a <= ACCOUNTS; a++) {
		plain_account[a].limits = rows[a].limits;
		plain_account[a].rule = rows[a].rule;
		plain_account[a].is_group = a == 7 || a == 8;
		plain_account[a].cash = row[a - 1].balance;
		plain_account[a].opening = row[a - 1].balance;
	}
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
}

exch_px
plain_mark(uint32_t i)
{
	const struct plain_instr *in = &plain_instr[i];

	return in->last != EXCH_PX_NONE	       ? in->last
	       : in->reference != EXCH_PX_NONE ? in->reference
					       : in->first;
}

/* Where sums and values end. */
#define MOST ((__int128)INT64_MAX << 32)

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
	if (v > MOST * 10000)
		return below ? -MOST : MOST;
	/* The product of all three need not fit. */
	r = v % unit * plain_instr[i].multiplier;
	q = v / unit * plain_instr[i].multiplier + r / unit;
	r = r % unit * 2;
	q += r > unit || (r == unit && q % 2 != 0);
	return cut(below ? -q : q);
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

	if (a->limits.rate[shorts] != EXCH_COLLAR_NONE ||
	    a->rule <= EXCH_MARGIN_BY_NUMBERS)
		return part(value, a->limits.rate[shorts]);
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

static void
sum(const struct plain_account *a, const struct exch_rec_new *n,
    struct whole *w)
{
	*w = (struct whole){.equity = a->cash};
	for (uint32_t i = 1; i <= INSTRUMENTS; i++) {
		bool mine = i == n->h.instr;
		exch_px mark = plain_mark(i);
		__int128 most[2], needs = 0, gross = 0;

		mark = mark == EXCH_PX_NONE && mine ? n->price : mark;
		for (unsigned s = 0; s < 2 && mark != EXCH_PX_NONE; s++) {
			__int128 v, x;

			most[s] = (__int128)a->open[s][i] +
				  (s == 0 ? 1 : -1) * a->position[i];
			if (mine && s == (n->side != EXCH_BUY))
				most[s] += n->qty;
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
		if (mine)
			w->mine = gross;
		if (sector_of(i) != 0 && sector_of(i) == sector_of(n->h.instr))
			w->sector = cut(w->sector + gross);
	}
}

static bool
no(struct exch_judged *v, enum exch_rule rule, __int128 limit,
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
	       no(v, rule, limit, (part_of * 1000000 + all - 1) / all);
}

/* The two accounts as one: positions are added up before they are valued. */
static bool
beyond_group(struct exch_judged *v)
{
	__int128 equity = 0, opening = 0;

	for (uint32_t a = 1; a <= ACCOUNTS; a++)
		if (plain_account[a].is_group) {
			equity += plain_account[a].cash;
			opening += plain_account[a].opening;
		}
	for (uint32_t i = 1; i <= INSTRUMENTS; i++) {
		__int128 n = 0;

		for (uint32_t a = 1; a <= ACCOUNTS; a++)
			if (plain_account[a].is_group)
				n += plain_account[a].position[i];
		equity += plain_value(i, plain_mark(i), n);
	}
	return opening - equity > GROUP_LOSS &&
	       no(v, EXCH_RULE_GROUP_LOSS, GROUP_LOSS, opening - equity);
}

void
plain_judge(const struct exch_rec_new *n, struct exch_judged *v)
{
	const struct plain_account *a = &plain_account[n->account];
	const struct plain_limits *l = &a->limits;
	bool sell = n->side != EXCH_BUY;
	struct whole w;
	__int128 all;

	*v = (struct exch_judged){.rule = EXCH_RULE_NONE};
	if ((__int128)a->open[sell][n->h.instr] + n->qty +
		(sell ? -1 : 1) * (__int128)a->position[n->h.instr] <=
	    0)
		return;
	sum(a, n, &w);
	all = w.equity > w.gross ? w.equity : w.gross;
	if (l->rate[0] != EXCH_COLLAR_NONE || l->rate[1] != EXCH_COLLAR_NONE ||
	    a->rule > EXCH_MARGIN_BY_NUMBERS) {
		if (n->price == EXCH_PX_NONE &&
		    plain_mark(n->h.instr) == EXCH_PX_NONE) {
			(void)no(v, EXCH_RULE_MARGIN, 0, INT64_MAX);
			return;
		}
		if (w.margin > w.equity &&
		    no(v, EXCH_RULE_MARGIN, w.equity, w.margin))
			return;
	}
	(void)(share(
		   v, EXCH_RULE_CONCENTRATION, l->concentration, w.mine, all) ||
	       share(v, EXCH_RULE_SECTOR, l->sector, w.sector, all) ||
	       (l->loss != EXCH_LIMIT_NONE && a->opening - w.equity > l->loss &&
		   no(v, EXCH_RULE_LOSS, l->loss, a->opening - w.equity)) ||
	       (a->is_group && beyond_group(v)));
}
