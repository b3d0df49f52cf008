/*
 * Days of random trades, and a look at what exch-settle made of them:
 *
 *	settle_days gen ACCOUNTS INSTRUMENTS TRADES SEED DATE >day.xst
 *	settle_days cover ACCOUNTS INSTRUMENTS DATE settled.xst >day.xst
 *	settle_days check ACCOUNTS INSTRUMENTS MODEL settled.xst ...
 *	settle_days lent ACCOUNTS INSTRUMENTS MODEL settled.xst ...
 *	settle_days secured ACCOUNTS INSTRUMENTS MODEL collateral.csv
 *		recalls.csv settled.xst ...
 *
 * The look is in another shape than the engine: arrays by account and unit,
 * and only records.  What an account holds and is due is what it had and what
 * its obligations say; entries, nets and obligations add up to 0; nets are the
 * sums of obligations and not more than gross; balances are those that the
 * postings leave; a day begins with what the one before has left; and nobody
 * delivers what he has not, nor, under models 1 and 2, pays it.
 *
 * With loans, what is lent is what is borrowed, who has borrowed keeps no more
 * than he fails to deliver, and cash goes where it may: collateral and fees are
 * paid by whoever owes them.  A day of `cover` is one on which all who have
 * borrowed buy it, from the last account; none of it is left then.
 *
 * Loans that are secured are worked out again from the tables, the executions
 * and what is lent: the collateral of each account at the end of a day, and
 * which recalls are bought in, when, for whom, and for how much.
 */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rng.h"
#include "base/time.h"
#include "rec/stream.h"

static void
die(const char *what, const struct exch_diag *d)
{
	printf("# %s: %s\n", what, d != NULL ? d->text : "");
	exit(1);
}

static unsigned long
number(const char *s)
{
	return strtoul(s, NULL, 10);
}

/* ---- making a day ---- */

static void
instrument(struct exch_writer *w, uint32_t id, exch_ts at)
{
	struct exch_rec_instrument *r =
	    exch_writer_new(w, EXCH_REC_INSTRUMENT, sizeof(*r), id, at);

	(void)snprintf(r->symbol, sizeof(r->symbol), "S%u", (unsigned)id);
	memcpy(r->currency, id % 3 == 0 ? "EUR" : "USD", 3);
	r->px_decimals = 2;
	r->tick = 10000000;
	r->lot = r->min_qty = 1;
	r->max_qty = EXCH_QTY_NONE;
	r->reference = r->strike = EXCH_PX_NONE;
	r->multiplier = 1000000000;
}

/* Both orders, their answers, and the execution that fills them. */
static void
trade(struct exch_writer *w, const struct exch_rec_exec *e,
    const uint32_t account[2])
{
	for (unsigned i = 0; i < 2; i++) {
		struct exch_rec_new *n = exch_writer_new(
		    w, EXCH_REC_NEW, sizeof(*n), e->h.instr, e->h.time);
		struct exch_rec_ack *a;

		n->order = i == 0 ? e->buy : e->sell;
		n->price = e->price;
		n->qty = e->qty;
		n->account = account[i];
		n->side = i == 0 ? EXCH_BUY : EXCH_SELL;
		n->ordtype = EXCH_ORD_LIMIT;
		a = exch_writer_new(
		    w, EXCH_REC_ACK, sizeof(*a), e->h.instr, e->h.time);
		a->order = i == 0 ? e->buy : e->sell;
	}
	{
		struct exch_rec_exec *x = exch_writer_new(
		    w, EXCH_REC_EXEC, sizeof(*x), e->h.instr, e->h.time);

		x->match = e->match;
		x->buy = e->buy;
		x->sell = e->sell;
		x->price = e->price;
		x->qty = e->qty;
		x->aggressor = EXCH_BUY;
	}
}

struct day {
	struct exch_out *out;
	struct exch_writer *w;
	exch_ts start;
};

static void
begin(struct day *x, uint32_t date, uint32_t instruments)
{
	struct exch_writer_opts o = {.tool = "settle_days", .date = date};
	struct exch_diag d = {0};

	x->start = o.start = exch_date_ts(date) + 9 * 3600 * EXCH_SEC;
	if (exch_out_fd(STDOUT_FILENO, EXCH_OUT_PLAIN, "-", &x->out, &d) != 0 ||
	    exch_writer_open(x->out, &o, &x->w, &d) != 0)
		die("output", &d);
	for (uint32_t i = 1; i <= instruments; i++)
		instrument(x->w, i, x->start);
}

static void
end(struct day *x)
{
	struct exch_diag d = {0};

	if (exch_writer_close(x->w, EXCH_STATUS_COMPLETE, &d) != 0)
		die("output", &d);
	exch_writer_free(x->w);
	exch_out_free(x->out);
}

static int
generate(char **arg)
{
	uint32_t accounts = (uint32_t)number(arg[0]);
	uint32_t instruments = (uint32_t)number(arg[1]);
	uint64_t trades = number(arg[2]);
	struct day x;
	struct exch_rng r;
	exch_px *price = calloc(instruments + 1, sizeof(*price));
	uint64_t *match = calloc(instruments + 1, sizeof(*match));

	exch_rng_seed(&r, number(arg[3]));
	if (price == NULL || match == NULL)
		die("out of memory", NULL);
	begin(&x, (uint32_t)number(arg[4]), instruments);
	for (uint32_t i = 1; i <= instruments; i++)
		price[i] = (exch_px)(1 + exch_rng_below(&r, 200)) * 1000000000;
	for (uint64_t k = 0; k < trades; k++) {
		uint32_t i = (uint32_t)(1 + exch_rng_below(&r, instruments));
		/* Products of two: some accounts trade much more. */
		const uint32_t account[2] = {
		    (uint32_t)(1 + exch_rng_below(
				       &r, 1 + exch_rng_below(&r, accounts))),
		    (uint32_t)(1 + exch_rng_below(&r, accounts))};
		struct exch_rec_exec e = {
		    .h = {.instr = i, .time = x.start + k * 1000}};

		price[i] += ((exch_px)exch_rng_below(&r, 3) - 1) * 10000000;
		if (price[i] < 10000000)
			price[i] = 10000000;
		e.match = ++match[i];
		e.buy = 2 * k + 1;
		e.sell = 2 * k + 2;
		e.price = price[i];
		e.qty = 1 + exch_rng_below(&r, 1000);
		trade(x.w, &e, account);
	}
	end(&x);
	free(price);
	free(match);
	return 0;
}

/* ---- looking ---- */

/* Two currencies stand behind the instruments. */
enum { USD = 1, EUR = 2 };
enum { HOLDING, DUE, OUTSIDE, LOAN, COLLATERAL, LEDGERS };

static uint32_t accounts, instruments, units;
static unsigned model;
static bool lent;
static int64_t *paid, *failed; /* what loans cost; not delivered */
static int64_t *now, *before, *opened, *owed, *netted_qty, *netted_cash;
static unsigned long bad, nets, fails, postings, loans;

static size_t
at(uint32_t account, uint32_t unit, unsigned ledger)
{
	uint32_t a = account == EXCH_ACCOUNT_CCP ? accounts + 1 : account;

	if (a > accounts + 1 || unit >= units)
		die("a record of nobody or nothing", NULL);
	return ((size_t)a * units + unit) * LEDGERS + ledger;
}

static size_t
plain(uint32_t account, uint32_t unit)
{
	return at(account, unit, 0) / LEDGERS;
}

static uint32_t
unit_of(uint32_t instr, const char currency[4])
{
	return instr != 0 ? instr - 1
			  : instruments - 1 +
				(memcmp(currency, "EUR", 3) == 0 ? EUR : USD);
}

static unsigned
ledger_of(uint8_t ledger)
{
	return ledger == EXCH_LEDGER_LOAN ? LOAN
	       : ledger == EXCH_LEDGER_COLLATERAL
		   ? COLLATERAL
		   : ledger - EXCH_LEDGER_HOLDING;
}

static void
expect(bool holds, const char *what, uint64_t which)
{
	if (!holds && bad++ < 10)
		printf("# %s (%llu)\n", what, (unsigned long long)which);
}

/* Sums of the entry in hand. */
static struct {
	uint64_t number;
	int64_t *sum;
	uint32_t touched[64];
	unsigned n;
} entry;

static void end_buy(void);

static void
end_entry(void)
{
	end_buy();
	for (unsigned i = 0; i < entry.n; i++) {
		expect(entry.sum[entry.touched[i]] == 0,
		    "an entry does not add up to 0", entry.number);
		entry.sum[entry.touched[i]] = 0;
	}
	entry.n = 0;
}

/* ---- what secures loans, and what is recalled ---- */

/* Rates are whole percents, and no day between is a holiday. */
static struct rate {
	uint32_t from, until;
	int64_t percent;
} rates[8];
static struct recalled {
	uint32_t date, account, unit;
	int64_t keeps;
	uint32_t due;
} * recalls;
static unsigned nrates;
static size_t nrecalls;
static bool secured;
static exch_px *last; /* by unit; 0: there was no execution */
static int64_t *want, *owing, *bought_of;
static unsigned long bought;

static bool
is_weekend(uint32_t date)
{
	/* 1970-01-01 was a Thursday. */
	return (exch_date_days(date) + 3) % 7 > 4;
}

/* So many weekdays behind a day, which is moved to one itself. */
static uint32_t
weekdays(uint32_t date, unsigned n)
{
	int64_t day = exch_date_days(date);

	while (is_weekend(exch_days_date(day)))
		day++;
	while (n-- > 0)
		do
			day++;
		while (is_weekend(exch_days_date(day)));
	return exch_days_date(day);
}

static uint32_t
date_in(const char *s)
{
	uint32_t date = 0;

	if (exch_date_parse(s, strcspn(s, ","), &date) != 0)
		die("no date in a table", NULL);
	return date;
}

/* The line's n-th cell, from 0. */
static const char *
cell(const char *line, unsigned n)
{
	while (n-- > 0) {
		line += strcspn(line, ",");
		line += *line == ',';
	}
	return line;
}

static void
read_rates(const char *path)
{
	char line[200];
	FILE *f = fopen(path, "r");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		struct rate *r = &rates[nrates];

		if (*line < '0' || *line > '9' || nrates == 8)
			continue;
		r->from = date_in(line);
		r->until =
		    *cell(line, 1) != ',' ? date_in(cell(line, 1)) : UINT32_MAX;
		r->percent = (int64_t)number(cell(line, 2));
		nrates++;
	}
	if (f == NULL || fclose(f) != 0 || nrates == 0)
		die("no rates of collateral", NULL);
}

static void
read_recalls(const char *path)
{
	char line[200];
	size_t cap = 0;
	FILE *f = fopen(path, "r");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		struct recalled *r;

		if (*line < '0' || *line > '9')
			continue;
		if (nrecalls == cap) {
			cap = cap == 0 ? 64 : 2 * cap;
			recalls = realloc(recalls, cap * sizeof(*recalls));
			if (recalls == NULL)
				die("out of memory", NULL);
		}
		r = &recalls[nrecalls++];
		r->date = date_in(line);
		r->account = (uint32_t)number(cell(line, 1));
		r->unit = (uint32_t)number(cell(line, 2) + 1) - 1;
		r->keeps = (int64_t)number(cell(line, 3));
		r->due = weekdays(r->date, (unsigned)number(cell(line, 4)));
	}
	if (f == NULL || fclose(f) != 0 || nrecalls == 0)
		die("no recalls", NULL);
}

/* The last row up to a day; NULL: it recalls nothing. */
static const struct recalled *
recall_of(uint32_t account, uint32_t unit, uint32_t date)
{
	const struct recalled *found = NULL;

	for (size_t i = 0; i < nrecalls; i++)
		if (recalls[i].account == account && recalls[i].unit == unit &&
		    recalls[i].date <= date)
			found = &recalls[i];
	return found;
}

/* What a quantity costs at the last price: cents are exact. */
static int64_t
value_of(uint32_t unit, int64_t qty)
{
	return (int64_t)((exch_i128)qty * last[unit] / 1000);
}

/* Entries of a lender in an instrument on a day, and the one in hand of them. */
static struct {
	uint32_t lender, borrower, unit, date;
	int64_t sum, qty, cash;
	bool any, on; /* of the group; the entry in hand */
} buys;

static void
end_group(void)
{
	const struct recalled *r;
	exch_i128 owed_all = 0, so_far = 0, done = 0;

	if (!buys.any)
		return;
	buys.any = false;
	bought++;
	r = recall_of(buys.lender, buys.unit, buys.date);
	expect(r != NULL && r->due <= buys.date,
	    "bought in what nobody has recalled by then", buys.lender);
	expect(r == NULL || now[at(buys.lender, buys.unit, LOAN)] == r->keeps,
	    "not as much is bought in as was recalled", buys.lender);
	for (uint32_t a = 1; a <= accounts; a++)
		owed_all += owing[a];
	for (uint32_t a = 1; a <= accounts; a++) {
		exch_i128 part;

		if (owing[a] == 0)
			continue;
		so_far += owing[a];
		part = so_far * buys.sum / owed_all - done;
		done += part;
		expect(part == bought_of[a],
		    "bought in for another part of what one owes", a);
	}
}

static void
end_buy(void)
{
	if (!secured)
		return;
	if (!buys.on) {
		end_group();
		return;
	}
	buys.on = false;
	buys.sum += buys.qty;
	bought_of[buys.borrower] += buys.qty;
	expect(buys.cash == -value_of(buys.unit, buys.qty) && buys.qty > 0,
	    "bought in at another price", buys.borrower);
}

/* The lender's loan is the first leg of such an entry. */
static void
buy(const struct exch_rec_posting *p, uint32_t unit)
{
	if (p->ledger == EXCH_LEDGER_LOAN && p->qty < 0) {
		if (buys.any && (buys.lender != p->account ||
				    buys.unit != unit || buys.date != p->date))
			end_group();
		if (!buys.any) {
			memset(&buys, 0, sizeof(buys));
			for (uint32_t a = 1; a <= accounts; a++) {
				int64_t v = now[at(a, unit, LOAN)];

				owing[a] = v < 0 ? -v : 0;
				bought_of[a] = 0;
			}
		}
		buys.any = buys.on = true;
		buys.lender = p->account;
		buys.unit = unit;
		buys.date = p->date;
	} else if (p->ledger == EXCH_LEDGER_LOAN) {
		buys.borrower = p->account;
		buys.qty = p->qty;
	} else if (p->h.instr == 0 && p->ledger == EXCH_LEDGER_HOLDING) {
		buys.cash = p->amount;
	}
}

/* Half-even of a * b / c, all above 0. */
static int64_t
part_of(exch_i128 a, exch_i128 b, exch_i128 c)
{
	exch_i128 v = a * b / c, rest = 2 * (a * b % c);

	return (int64_t)(v + (rest > c || (rest == c && v % 2 != 0)));
}

/* Of one instrument, what is wanted of borrowers and had by lenders. */
static void
want_of(uint32_t u, uint32_t money, int64_t percent)
{
	exch_i128 lend = 0, so_far = 0, all = 0;
	int64_t done = 0;

	for (uint32_t a = 1; a <= accounts; a++) {
		int64_t v = now[at(a, u, LOAN)], cash;

		lend += v > 0 ? v : 0;
		if (v >= 0)
			continue;
		cash = part_of(value_of(u, -v), percent, 100);
		want[plain(a, money)] += cash;
		all += cash;
	}
	for (uint32_t a = 1; a <= accounts; a++) {
		int64_t v = now[at(a, u, LOAN)], part;

		if (v <= 0)
			continue;
		so_far += v;
		part = part_of(all, so_far, lend);
		want[plain(a, money)] -= part - done;
		done = part;
	}
}

/* The end of a day: collateral, and what is still lent of what was recalled. */
static void
look_secured(uint32_t date)
{
	int64_t percent = 0;

	for (unsigned i = 0; i < nrates; i++)
		if (rates[i].from <= date && date < rates[i].until)
			percent = rates[i].percent;
	for (uint32_t u = 0; u < units; u++)
		for (uint32_t a = 1; a <= accounts; a++)
			want[plain(a, u)] = 0;
	for (uint32_t u = 0; u < instruments; u++)
		want_of(u, instruments - 1 + ((u + 1) % 3 == 0 ? EUR : USD),
		    percent);
	for (uint32_t u = instruments; u < units; u++)
		for (uint32_t a = 1; a <= accounts; a++)
			expect(now[at(a, u, COLLATERAL)] == want[plain(a, u)],
			    "collateral is not what the loans want", a);
	for (size_t i = 0; i < nrecalls; i++) {
		const struct recalled *r = &recalls[i];
		size_t k = at(r->account, r->unit, LOAN);

		if (r != recall_of(r->account, r->unit, date))
			continue;
		expect(r->due > date || now[k] <= r->keeps,
		    "a recall is late and not bought in", r->account);
		expect(now[k] <= r->keeps || now[k] <= opened[k],
		    "more is lent of what was recalled", r->account);
	}
}

/* ---- records ---- */

static void
posting(const struct exch_rec_posting *p)
{
	uint32_t u = unit_of(p->h.instr, p->currency);
	int64_t v = p->h.instr != 0 ? p->qty : p->amount;

	if (p->entry != entry.number) {
		end_entry();
		expect(p->entry == entry.number + 1, "an entry is missing",
		    p->entry);
		entry.number = p->entry;
	}
	if (secured && p->why == EXCH_POSTED_BUY_IN)
		buy(p, u);
	entry.sum[u] += v;
	if (entry.n == 0 || entry.touched[entry.n - 1] != u)
		entry.touched[entry.n < 63 ? entry.n++ : 63] = u;
	now[at(p->account, u, ledger_of(p->ledger))] += v;
	if (p->why == EXCH_POSTED_OPENING)
		opened[at(p->account, u, ledger_of(p->ledger))] += v;
	/* Of loans only what they cost changes what somebody has in all. */
	if (p->why == EXCH_POSTED_LOAN)
		paid[plain(p->account, u)] += v;
	/* And what was bought outside for who has not given back. */
	if (p->why == EXCH_POSTED_BUY_IN && p->ledger != EXCH_LEDGER_OUTSIDE)
		owed[plain(p->account, u)] += v;
	postings++;
}

/* What is open at the end and should have been delivered by then. */
static void
is_open(uint32_t instr, uint32_t account, int64_t qty)
{
	if (qty < 0 && account != EXCH_ACCOUNT_CCP)
		failed[plain(account, instr - 1)] -= qty;
}

static void
obligation(const struct exch_rec_obligation *o)
{
	uint32_t paper = o->h.instr - 1, money = unit_of(0, o->currency);

	if ((o->h.flags & EXCH_F_SNAPSHOT) != 0 &&
	    o->status == EXCH_DUE_FAILED) {
		is_open(o->h.instr, o->account, o->qty);
		is_open(o->h.instr, o->against, -o->qty);
	}
	/* What settles is told again. */
	if ((o->h.flags & EXCH_F_SNAPSHOT) != 0 ||
	    o->status == EXCH_DUE_SETTLED || o->status == EXCH_DUE_PARTIAL)
		return;
	owed[plain(o->account, paper)] += o->qty;
	owed[plain(o->account, money)] += o->cash;
	netted_qty[plain(o->account, paper)] += o->qty;
	netted_cash[plain(o->account, paper)] += o->cash;
	if (model == 3) {
		owed[plain(EXCH_ACCOUNT_CCP, paper)] -= o->qty;
		owed[plain(EXCH_ACCOUNT_CCP, money)] -= o->cash;
	}
}

static void
net(const struct exch_rec_net *n)
{
	size_t k = plain(n->account, n->h.instr - 1);

	if ((n->h.flags & EXCH_F_SNAPSHOT) != 0) {
		if (n->date <= exch_ts_date(n->h.time)) {
			is_open(n->h.instr, n->account, n->qty);
			is_open(n->h.instr, n->against, -n->qty);
		}
		return;
	}
	nets++;
	if (model == 3) {
		expect(n->qty == netted_qty[k] && n->cash == netted_cash[k],
		    "a net is not the sum of its obligations", n->account);
		netted_qty[k] = netted_cash[k] = 0;
	} else { /* sums of pairs: what is left must be nothing */
		netted_qty[k] -= n->qty;
		netted_cash[k] -= n->cash;
	}
	expect((uint64_t)llabs(n->qty) <= n->gross_qty &&
		   llabs(n->cash) <= n->gross_cash,
	    "a net is more than gross", n->account);
}

static void
balance(const struct exch_rec_balance *b)
{
	size_t k = at(
	    b->account, unit_of(b->h.instr, b->currency), ledger_of(b->ledger));
	int64_t v = b->h.instr != 0 ? b->qty : b->amount;

	expect(v == now[k], "a balance is not what was posted", b->account);
	before[k] = v;
}

static void
record(const struct exch_rec *r)
{
	switch (r->type) {
	case EXCH_REC_EXEC:
		if (secured)
			last[r->instr - 1] =
			    ((const struct exch_rec_exec *)(const void *)r)
				->price;
		break;
	case EXCH_REC_OBLIGATION:
		obligation((const void *)r);
		break;
	case EXCH_REC_NET:
		net((const void *)r);
		break;
	case EXCH_REC_POSTING:
		posting((const void *)r);
		break;
	case EXCH_REC_BALANCE:
		balance((const void *)r);
		break;
	case EXCH_REC_FAIL:
		fails++;
		break;
	default:
		break;
	}
}

static bool
lends(uint32_t account)
{
	bool any = false;

	for (uint32_t u = 0; u < instruments; u++)
		any |= account <= accounts && now[at(account, u, LOAN)] != 0;
	return any;
}

/* What an account has of a unit: *sum of all there is of it. */
static void
look_at(uint32_t a, uint32_t u, bool pairs, int64_t *sum)
{
	uint32_t who = a > accounts ? EXCH_ACCOUNT_CCP : a;
	size_t k = at(who, u, 0), p = k / LEDGERS;
	bool cash = u >= instruments;

	expect(now[k] + now[k + DUE] + now[k + LOAN] + now[k + COLLATERAL] ==
		   opened[k] + opened[k + DUE] + opened[k + LOAN] +
		       opened[k + COLLATERAL] + owed[p] + paid[p],
	    "what one has is not what one had and traded", a);
	expect(now[k] >= 0 || a > accounts || (cash && (model == 3 || lent)),
	    "somebody has less than nothing", a);
	expect(now[k + LOAN] >= 0 || now[k] <= failed[p],
	    "somebody keeps what he has borrowed", a);
	expect(lent || now[k + LOAN] == 0, "somebody has borrowed", a);
	loans += now[k + LOAN] != 0 || now[k + COLLATERAL] != 0;
	expect(now[k + COLLATERAL] == 0 || lends(a), "secured is no loan", a);
	for (unsigned l = 0; l < LEDGERS; l++)
		expect(before[k + l] == now[k + l], "a balance is missing", a);
	*sum += now[k] + now[k + DUE] + now[k + OUTSIDE];
	if (!pairs && model != 3)
		return;
	expect(netted_qty[p] == 0 && netted_cash[p] == 0,
	    "obligations are in no net", a);
}

/* What was there at the end of the day, of every account and unit. */
static void
look(bool pairs)
{
	loans = 0;
	for (uint32_t u = 0; u < units; u++) {
		int64_t sum = 0, lend = 0, cost = 0;

		for (uint32_t a = 0; a <= accounts + 1; a++) {
			uint32_t who = a > accounts ? EXCH_ACCOUNT_CCP : a;

			look_at(a, u, pairs, &sum);
			lend +=
			    now[at(who, u, LOAN)] + now[at(who, u, COLLATERAL)];
			cost += paid[plain(who, u)];
		}
		expect(sum == 0, "a unit does not add up to 0", u);
		expect(lend == 0, "what is lent is not borrowed", u);
		expect(cost == 0, "what loans cost nobody gets", u);
	}
}

static void
read_day(const char *path, bool first, size_t n)
{
	struct exch_diag d = {0};
	const struct exch_rec *r;
	struct exch_reader *reader;
	struct exch_in *in;
	unsigned long was = nets;
	int fd = open(path, O_RDONLY), got;

	if (fd < 0 || exch_in_fd(fd, true, path, &in, &d) != 0 ||
	    exch_reader_open(in, NULL, &reader, &d) != 0)
		die(path, &d);
	memset(now, 0, n * sizeof(*now));
	memset(opened, 0, n * sizeof(*now));
	memset(owed, 0, n / LEDGERS * sizeof(*now));
	memset(paid, 0, n / LEDGERS * sizeof(*now));
	memset(failed, 0, n / LEDGERS * sizeof(*now));
	memset(netted_qty, 0, n / LEDGERS * sizeof(*now));
	memset(netted_cash, 0, n / LEDGERS * sizeof(*now));
	entry.number = 0;
	{
		int64_t *carried = malloc(n * sizeof(*carried));

		memcpy(carried, before, n * sizeof(*carried));
		memset(before, 0, n * sizeof(*before));
		while ((got = exch_reader_next(reader, &r, &d)) > 0)
			record(r);
		end_entry();
		end_group();
		for (size_t i = 0; !first && i < n; i++)
			expect(carried[i] == opened[i],
			    "a day begins otherwise than one ended", i);
		free(carried);
	}
	if (got < 0)
		die(path, &d);
	look(nets > was);
	if (secured)
		look_secured(exch_reader_info(reader)->date);
	exch_reader_close(reader);
	exch_in_close(in);
}

static int
check(int argc, char **arg)
{
	int days = secured ? 5 : 3;
	size_t n;

	accounts = (uint32_t)number(arg[0]);
	instruments = (uint32_t)number(arg[1]);
	model = (unsigned)number(arg[2]);
	units = instruments + 2;
	n = (size_t)(accounts + 2) * units * LEDGERS;
	now = calloc(n, sizeof(*now));
	before = calloc(n, sizeof(*now));
	opened = calloc(n, sizeof(*now));
	owed = calloc(n / LEDGERS, sizeof(*now));
	paid = calloc(n / LEDGERS, sizeof(*now));
	failed = calloc(n / LEDGERS, sizeof(*now));
	netted_qty = calloc(n / LEDGERS, sizeof(*now));
	netted_cash = calloc(n / LEDGERS, sizeof(*now));
	entry.sum = calloc(units, sizeof(*now));
	want = calloc(n / LEDGERS, sizeof(*want));
	owing = calloc(accounts + 1, sizeof(*owing));
	bought_of = calloc(accounts + 1, sizeof(*bought_of));
	last = calloc(units, sizeof(*last));
	if (secured) {
		read_rates(arg[3]);
		read_recalls(arg[4]);
	}
	for (int i = days; i < argc; i++)
		read_day(arg[i], i == days, n);
	printf("# %lu nets, %lu fails, %lu postings, %lu loans at the end, "
	       "%lu bought in, %lu bad\n",
	    nets, fails, postings, loans, bought, bad);
	free(now);
	free(before);
	free(opened);
	free(owed);
	free(paid);
	free(failed);
	free(netted_qty);
	free(netted_cash);
	free(entry.sum);
	free(want);
	free(owing);
	free(bought_of);
	free(last);
	free(recalls);
	return bad > 0 || postings == 0;
}

/* ---- who has borrowed buys it ---- */

/* Of each account and instrument: borrowed, and all it has to deliver. */
static void
lack(const char *path, int64_t *lacks)
{
	struct exch_diag d = {0};
	const struct exch_rec *r;
	struct exch_reader *reader;
	struct exch_in *in;
	int fd = open(path, O_RDONLY), got;

	if (fd < 0 || exch_in_fd(fd, true, path, &in, &d) != 0 ||
	    exch_reader_open(in, NULL, &reader, &d) != 0)
		die(path, &d);
	while ((got = exch_reader_next(reader, &r, &d)) > 0) {
		const struct exch_rec_balance *b = (const void *)r;
		const struct exch_rec_net *n = (const void *)r;
		const struct exch_rec_obligation *o = (const void *)r;
		int64_t *of = &lacks[r->instr];

		if ((r->flags & EXCH_F_SNAPSHOT) == 0 || r->instr == 0)
			continue;
		if (r->type == EXCH_REC_BALANCE &&
		    b->ledger == EXCH_LEDGER_LOAN && b->qty < 0)
			of[b->account * (instruments + 1)] -= b->qty;
		if (r->type == EXCH_REC_NET &&
		    (n->qty < 0 || n->against != EXCH_ACCOUNT_CCP))
			of[(n->qty < 0 ? n->account : n->against) *
			    (instruments + 1)] += llabs(n->qty);
		if (r->type == EXCH_REC_OBLIGATION)
			of[(o->qty < 0 ? o->account : o->against) *
			    (instruments + 1)] += llabs(o->qty);
	}
	if (got < 0)
		die(path, &d);
	exch_reader_close(reader);
	exch_in_close(in);
}

/* From the last account, of which nobody has borrowed; at 10.00. */
static int
cover(char **arg)
{
	uint64_t k = 0;
	int64_t *lacks;
	struct day x;

	accounts = (uint32_t)number(arg[0]);
	instruments = (uint32_t)number(arg[1]);
	lacks = calloc((accounts + 1) * (instruments + 1), sizeof(*lacks));
	if (lacks == NULL)
		die("out of memory", NULL);
	lack(arg[3], lacks);
	begin(&x, (uint32_t)number(arg[2]), instruments);
	for (uint32_t a = 1; a < accounts; a++)
		for (uint32_t i = 1; i <= instruments; i++) {
			const uint32_t account[2] = {a, accounts};
			struct exch_rec_exec e = {
			    .h = {.instr = i, .time = x.start + k * 1000},
			    .match = k + 1,
			    .buy = 2 * k + 1,
			    .sell = 2 * k + 2,
			    .price = INT64_C(10000000000)};

			e.qty = (exch_qty)lacks[a * (instruments + 1) + i];
			if (e.qty == 0)
				continue;
			trade(x.w, &e, account);
			k++;
		}
	end(&x);
	free(lacks);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 7 && strcmp(argv[1], "gen") == 0)
		return generate(argv + 2);
	if (argc == 6 && strcmp(argv[1], "cover") == 0)
		return cover(argv + 2);
	secured = argc > 7 && strcmp(argv[1], "secured") == 0;
	lent = secured || (argc > 1 && strcmp(argv[1], "lent") == 0);
	if (argc > 5 && (lent || strcmp(argv[1], "check") == 0))
		return check(argc - 2, argv + 2);
	fprintf(stderr,
	    "settle_days: gen ACCOUNTS INSTRUMENTS TRADES SEED DATE, cover "
	    "ACCOUNTS INSTRUMENTS DATE FILE, check or lent ACCOUNTS "
	    "INSTRUMENTS MODEL FILE..., secured ACCOUNTS INSTRUMENTS MODEL "
	    "COLLATERAL RECALLS FILE...\n");
	return 2;
}
