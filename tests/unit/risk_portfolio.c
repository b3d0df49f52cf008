/*
 * risk/portfolio, position, owner and fees: by hand, and random executions
 * beside a walk over single units.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "risk/portfolio.h"
#include "tap.h"

#define PX(x) ((exch_px)((x)*INT64_C(1000000000)))
#define CASH(x) ((exch_i128)((x)*INT64_C(1000000)))

static struct exch_portfolio *p;
static uint64_t next_id, next_match;

static void
show(void *r, uint8_t type, size_t size, uint32_t instr)
{
	struct exch_rec *h = r;
	struct exch_diag d = {0};

	h->type = type;
	h->len8 = (uint8_t)(size / 8);
	h->source = 2;
	h->instr = instr;
	if (exch_portfolio_record(p, h, &d) != 0)
		tap_ok(false, d.text);
}
#define SHOW(T, r, instr) show(&(r), EXCH_REC_##T, sizeof(r), instr)

static exch_oid
order(uint32_t account, uint32_t instr, uint8_t side, exch_qty qty)
{
	struct exch_rec_new n = {.order = ++next_id,
	    .price = PX(1),
	    .qty = qty,
	    .account = account,
	    .side = side};
	struct exch_rec_ack a = {.order = n.order};

	SHOW(NEW, n, instr);
	SHOW(ACK, a, instr);
	return n.order;
}

/* An execution of new orders; the buyer took. */
static uint64_t
deal(uint32_t buyer, uint32_t seller, uint32_t instr, exch_qty qty,
    exch_px price)
{
	struct exch_rec_exec e = {.match = ++next_match,
	    .sell = order(seller, instr, EXCH_SELL, qty),
	    .buy = order(buyer, instr, EXCH_BUY, qty),
	    .price = price,
	    .qty = qty,
	    .aggressor = EXCH_BUY};

	SHOW(EXEC, e, instr);
	return e.match;
}

static void
bust(uint64_t match, uint32_t instr)
{
	struct exch_rec_bust b = {.match = match};

	SHOW(BUST, b, instr);
}

static void
announce(uint32_t instr, const char *symbol)
{
	struct exch_rec_instrument i = {.reference = PX(10),
	    .multiplier = EXCH_PX_ONE,
	    .tick = 1,
	    .lot = 1};

	strcpy(i.symbol, symbol);
	SHOW(INSTRUMENT, i, instr);
}

static struct exch_position_view
at(uint32_t account, uint32_t instr)
{
	struct exch_position_view v = {0};

	(void)exch_portfolio_position(p, account, instr, &v);
	return v;
}

static void
start(const struct exch_portfolio_opts *o)
{
	struct exch_diag d = {0};

	exch_portfolio_free(p);
	if (exch_portfolio_new(o, &p, &d) != 0)
		tap_ok(false, d.text);
	next_id = next_match = 0;
}

static int
add_balance(void *arg, const struct exch_balance_view *b, struct exch_diag *d)
{
	struct exch_balance_view *sum = arg;

	(void)d;
	sum->cash += b->cash;
	sum->realised += b->realised;
	sum->unrealised += b->unrealised;
	sum->fees += b->fees;
	sum->longs += b->longs + b->shorts;
	sum->account = b->account;
	sum->positions++;
	return 0;
}

static struct exch_balance_view
all(void)
{
	struct exch_balance_view sum = {0};
	struct exch_diag d = {0};

	(void)exch_portfolio_balances(p, add_balance, &sum, &d);
	return sum;
}

/* ---- by hand ---- */

static void
lots(enum exch_lot_method method, int64_t realised)
{
	start(&(struct exch_portfolio_opts){.method = method});
	announce(1, "ABC");
	deal(1, 2, 1, 100, PX(10));
	deal(1, 2, 1, 100, PX(12));
	deal(3, 1, 1, 150, PX(13));
	tap_is_i64((int64_t)(at(1, 1).realised / 1000000), realised,
	    "100 at 10 and 100 at 12, of which 150 go at 13");
	tap_is_i64(at(1, 1).qty, 50, "50 are left");
	tap_is_i64(
	    (int64_t)((at(1, 1).realised + at(1, 1).unrealised) / 1000000), 400,
	    "the whole gain is the same by either method");
	tap_ok(all().realised + all().unrealised == 0 && all().cash == 0,
	    "and what one gained others lost");
}

static void
by_hand(void)
{
	uint64_t m;

	lots(EXCH_LOTS_FIFO, 350);
	lots(EXCH_LOTS_AVERAGE, 300);
	start(&(struct exch_portfolio_opts){0});
	announce(1, "ABC");
	deal(2, 1, 1, 10, PX(10));
	m = deal(1, 2, 1, 25, PX(9));
	tap_ok(at(1, 1).qty == 15 && at(1, 1).realised == CASH(10) &&
		   at(1, 1).cost == CASH(135),
	    "a short of 10 turned into 15: 10 gained, 15 cost 9 each");
	bust(m, 1);
	tap_ok(at(1, 1).qty == -10 && at(1, 1).trades == 1,
	    "broken: the short is back");
	tap_ok(all().realised + all().unrealised == 0, "and nothing is lost");
	bust(m, 1);
	tap_is_i64(at(1, 1).qty, -10, "twice broken is broken once");
	tap_ok(at(9, 1).qty == 0 && at(9, 1).mark == 0, "nobody has nothing");
}

static void
corrected(void)
{
	struct exch_rec_trade t = {
	    .price = PX(11), .qty = 5, .kind = EXCH_PRINT_CORRECTED};

	start(&(struct exch_portfolio_opts){0});
	announce(1, "ABC");
	bust(deal(4, 5, 1, 10, PX(10)), 1);
	t.match = ++next_match;
	SHOW(TRADE, t, 1);
	tap_ok(at(4, 1).qty == 5 && at(5, 1).qty == -5 &&
		   at(4, 1).paid == CASH(55),
	    "a correction is between the two of what it corrects");
	bust(t.match, 1);
	tap_ok(at(4, 1).qty == 0 && at(4, 1).paid == 0, "and may be broken");
}

/* A contract that is adjusted: what was paid before is given back. */
static void
adjusted(void)
{
	struct exch_rec_instrument i = {
	    .multiplier = 50 * EXCH_PX_ONE, .tick = 1, .lot = 1};
	uint64_t match;

	start(&(struct exch_portfolio_opts){0});
	strcpy(i.symbol, "FUT");
	i.kind = EXCH_KIND_FUTURE;
	SHOW(INSTRUMENT, i, 1);
	match = deal(1, 2, 1, 1, PX(100));
	tap_ok(at(1, 1).cost == CASH(5000), "1 at 100, of 50");
	i.multiplier = 10 * EXCH_PX_ONE;
	SHOW(INSTRUMENT, i, 1);
	deal(1, 2, 1, 1, PX(100));
	tap_ok(at(1, 1).cost == CASH(6000), "another one, of 10 by then");
	bust(match, 1);
	tap_ok(at(1, 1).qty == 1 && at(1, 1).paid == CASH(1000) &&
		   at(2, 1).got == CASH(1000) && all().cash == 0,
	    "broken, the first one gives back what it was");
}

static void
rounded(void)
{
	start(&(struct exch_portfolio_opts){0});
	announce(1, "ABC");
	/* 10^-9 each: a cash of 0.5 x 10^-6, half-even */
	deal(1, 2, 1, 500, 1);
	deal(1, 2, 1, 1500, 1);
	deal(3, 1, 1, 1999, 3);
	tap_ok(
	    at(1, 1).realised - at(1, 1).cost == at(1, 1).got - at(1, 1).paid,
	    "realised - cost = got - paid, whatever was rounded");
	deal(3, 1, 1, 1, 3);
	tap_ok(at(1, 1).cost == 0 && at(1, 1).qty == 0,
	    "and what is closed has no cost");
}

static void
opened(void)
{
	static const char positions[] = "account,symbol,quantity,price\n"
					"7,ABC,-40,9.5\n7,XYZ,5,1\n";
	static const char accounts[] = "account,balance\n7,1000\n";
	struct exch_reftable t, a;
	struct exch_diag d = {0};

	tap_is_i64(
	    exch_opening_parse(positions, sizeof(positions) - 1, "p", &t, &d),
	    0, "a table of positions");
	tap_is_i64(exch_reftable_parse(accounts, sizeof(accounts) - 1, "a",
		       &exch_accounts_shape, &a, &d),
	    0, "and of accounts");
	start(&(struct exch_portfolio_opts){.opening = &t, .accounts = &a});
	announce(1, "ABC");
	announce(1, "ABC");
	tap_ok(at(7, 1).qty == -40 && at(7, 1).cost == -CASH(380) &&
		   at(7, 1).unrealised == -CASH(20),
	    "sold at 9.50 before, and the reference is 10");
	deal(7, 8, 1, 40, PX(9));
	tap_ok(at(7, 1).realised == CASH(20), "bought back at 9");
	tap_ok(all().cash == CASH(1000), "a balance is cash");
	exch_reftable_clear(&t);
	exch_reftable_clear(&a);
}

static void
fees(void)
{
	static const char text[] =
	    "scope,name,symbol,from,maker,taker,maker-unit,least,most\n"
	    "all,,,,-0.01%,0.1%,,,\n"
	    "account,1,,,,,0.003,1,2\n"
	    "account,1,,500,,,0.002,,\n";
	struct exch_fees f;
	struct exch_diag d = {0};

	tap_is_i64(exch_fees_parse(text, sizeof(text) - 1, "fees", &f, &d), 0,
	    "a table of fees");
	start(&(struct exch_portfolio_opts){.fees = &f});
	announce(1, "ABC");
	deal(2, 3, 1, 100, PX(10));
	tap_ok(at(2, 1).fees == CASH(1) && at(3, 1).fees == -CASH(0.1),
	    "who took pays a thousandth, who rested gets a tenth of that");
	deal(2, 1, 1, 100, PX(10));
	tap_ok(at(1, 1).fees == CASH(1), "0.30 is less than the least fee");
	deal(2, 1, 1, 1000, PX(10));
	tap_ok(at(1, 1).fees == CASH(3), "and 3 more than the most");
	bust(deal(2, 1, 1, 1000, PX(10)), 1);
	tap_ok(at(1, 1).fees == CASH(3), "a broken one costs nothing");
	deal(2, 1, 1, 1000, PX(10));
	tap_ok(at(1, 1).fees == CASH(5), "behind 500 it is 0.002 each");
	tap_ok(
	    all().realised + all().unrealised == 0 && all().cash == -all().fees,
	    "fees are no loss of a trade, but cash");
	exch_fees_clear(&f);
	tap_ok(
	    exch_fees_parse(
		"scope,least,most\nall,2,1\n", 25, "fees", &f, &d) != 0 &&
		strstr(d.text, "the least fee is more than the most") != NULL,
	    "a table that cannot be is refused");
}

/* ---- random ---- */

#define ACCOUNTS 6u
#define DEALS 4000u

/* Units in the order in which they were opened, each with what it cost. */
static struct {
	int64_t qty;
	int64_t unit[200000];
	unsigned first, n;
	int64_t realised;
	/* at average cost, in millionths */
	int64_t cost, gain;
} held[ACCOUNTS];

/* Half to the even one, of a quotient that is not below 0. */
static int64_t
quotient(int64_t n, int64_t d)
{
	int64_t q = n / d, twice = n % d * 2;

	return q + (twice > d || (twice == d && q % 2 != 0));
}

/* The same with one cost for all of it; before walk() counts it. */
static void
walk_average(unsigned a, bool sell, exch_qty qty, int64_t price)
{
	int64_t all = held[a].qty < 0 ? -held[a].qty : held[a].qty;
	int64_t n = (int64_t)qty, part;
	int64_t sign = sell ? -1 : 1;

	if (all > 0 && (held[a].qty > 0) == sell) {
		n = n < all ? n : all;
		part = quotient(llabs(held[a].cost) * n, all);
		part = held[a].cost < 0 ? -part : part;
		held[a].gain -= part + sign * n * price * 1000000;
		held[a].cost -= part;
		n = (int64_t)qty - n;
	}
	held[a].cost += sign * n * price * 1000000;
}

static void
walk(unsigned a, bool sell, exch_qty qty, int64_t price)
{
	walk_average(a, sell, qty, price);
	for (; qty > 0; qty--) {
		bool closes = sell ? held[a].qty > 0 : held[a].qty < 0;

		if (closes) {
			int64_t was = held[a].unit[held[a].first++];

			held[a].realised += sell ? price - was : was - price;
		} else {
			held[a].unit[held[a].n++] = price;
		}
		held[a].qty += sell ? -1 : 1;
	}
}

static void
random_deals(uint64_t seed, enum exch_lot_method method)
{
	static struct {
		uint64_t match;
		unsigned buyer, seller;
		exch_qty qty;
		int64_t price;
	} past[DEALS];
	struct exch_rng rng;
	unsigned wrong = 0, broken = 0;
	int64_t last = 0;

	memset(held, 0, sizeof(held));
	exch_rng_seed(&rng, seed);
	start(&(struct exch_portfolio_opts){.method = method});
	announce(1, "ABC");
	for (unsigned i = 0; i < DEALS; i++) {
		unsigned b = (unsigned)exch_rng_below(&rng, ACCOUNTS);
		unsigned s = (unsigned)exch_rng_below(&rng, ACCOUNTS);
		exch_qty qty = 1 + exch_rng_below(&rng, 20);
		int64_t price = 90 + (int64_t)exch_rng_below(&rng, 21);

		past[i].match = deal(b, s, 1, qty, PX(price));
		past[i].buyer = b;
		past[i].seller = s;
		past[i].qty = qty;
		past[i].price = last = price;
		walk(b, false, qty, price);
		walk(s, true, qty, price);
		if (exch_rng_chance(&rng, 1, 20)) {
			unsigned k = (unsigned)exch_rng_below(&rng, i + 1);

			if (past[k].match == 0)
				continue;
			bust(past[k].match, 1);
			past[k].match = 0;
			walk(past[k].buyer, true, past[k].qty, past[k].price);
			walk(past[k].seller, false, past[k].qty, past[k].price);
			broken++;
		}
		for (unsigned a = 0; a < ACCOUNTS; a++)
			wrong += at(a, 1).qty != held[a].qty ||
				 at(a, 1).realised !=
				     (method == EXCH_LOTS_FIFO
					     ? CASH(held[a].realised)
					     : held[a].gain);
	}
	tap_ok(broken > 100, "some were broken");
	tap_is_u64(wrong, 0, "positions and gains are those of a walk");
	for (unsigned a = 0; a < ACCOUNTS; a++) {
		int64_t u = 0;

		for (unsigned i = held[a].first; i < held[a].n; i++)
			u += held[a].qty > 0 ? last - held[a].unit[i]
					     : held[a].unit[i] - last;
		wrong += at(a, 1).unrealised !=
			 (method == EXCH_LOTS_FIFO
				 ? CASH(u)
				 : CASH(held[a].qty * last) - held[a].cost);
	}
	tap_is_u64(wrong, 0, "and so is what is not realised");
	tap_ok(all().realised + all().unrealised == 0 && all().cash == 0 &&
		   all().longs == 0 && all().positions == ACCOUNTS,
	    "the sums are nothing");
}

static void
beyond(void)
{
	struct exch_rec_exec e = {
	    .h = {EXCH_REC_EXEC, sizeof(e) / 8, 0, 2, 1, 0},
	    .match = 1,
	    .price = INT64_MAX - 1,
	    .qty = (exch_qty)INT64_MAX};
	struct exch_diag d = {0};

	start(&(struct exch_portfolio_opts){0});
	announce(1, "ABC");
	tap_is_i64(exch_portfolio_record(p, &e.h, &d), EXCH_ERR_RANGE,
	    "more than numbers can say is refused");
	e.price = 1;
	tap_is_i64(exch_portfolio_record(p, &e.h, &d), 0, "the most is not");
	e.match = 2;
	tap_is_i64(exch_portfolio_record(p, &e.h, &d), 0,
	    "both sides of nobody come to nothing again");
	tap_is_i64(at(0, 1).qty, 0, "whatever the quantity");
}

int
main(void)
{
	by_hand();
	corrected();
	adjusted();
	rounded();
	opened();
	fees();
	random_deals(1, EXCH_LOTS_FIFO);
	random_deals(2, EXCH_LOTS_FIFO);
	random_deals(3, EXCH_LOTS_AVERAGE);
	random_deals(4, EXCH_LOTS_AVERAGE);
	beyond();
	exch_portfolio_free(p);
	return tap_done();
}
