/*
 * settle/action: known numbers of dividends, splits, mergers, rights and
 * spin-offs on positions, prices, orders, options and days.
 */
#include <config.h>

#include "base/time.h"
#include "settle/action.h"
#include "unit/settle_kit.h"

#define PX(cents) ((exch_px)(cents)*10000000)
#define CASH(cents) ((exch_i128)(cents)*10000)

static const struct exch_action_row dividend = {
    .kind = EXCH_ACTION_DIVIDEND, .cash = PX(50)};
static const struct exch_action_row stock = {
    .kind = EXCH_ACTION_STOCK, .new_shares = 1, .old_shares = 20};
static const struct exch_action_row split = {
    .kind = EXCH_ACTION_SPLIT, .new_shares = 3, .old_shares = 2};
static const struct exch_action_row reverse = {
    .kind = EXCH_ACTION_REVERSE, .new_shares = 1, .old_shares = 10};
static const struct exch_action_row merger = {.kind = EXCH_ACTION_MERGER,
    .new_shares = 2,
    .old_shares = 5,
    .cash = PX(2500),
    .into = "NEWCO"};
static const struct exch_action_row rights = {.kind = EXCH_ACTION_RIGHTS,
    .new_shares = 1,
    .old_shares = 4,
    .price = PX(800),
    .into = "RTS"};
static const struct exch_action_row spin_off = {.kind = EXCH_ACTION_SPIN_OFF,
    .new_shares = 1,
    .old_shares = 3,
    .into = "SPIN"};

static struct exch_money share;
static struct exch_action_effect e;

static int
hold(const struct exch_action_row *a, int64_t qty, exch_i128 cost,
    struct exch_action_prices p)
{
	struct exch_holding h = {qty, cost};

	return exch_action_position(a, &h, &p, &share, &share, &e);
}

/* ---- positions ---- */

static void
dividends(void)
{
	struct exch_action_prices none = {0, 0, 0};

	tap_is_i64(hold(&dividend, 300, CASH(600000), none), 0, "0.50 on 300");
	tap_is_i64(e.cash, CASH(15000), "are 150.00");
	tap_ok(e.own.qty == 300 && e.own.cost == CASH(600000), "and no more");
	(void)hold(&dividend, -300, CASH(-600000), none);
	tap_is_i64(e.cash, CASH(-15000), "a short position owes them");
}

static void
splits(void)
{
	struct exch_action_prices at20 = {.ex = PX(2000)};
	struct exch_action_prices none = {0, 0, 0};

	tap_is_i64(hold(&split, 101, CASH(303000), at20), 0, "3:2 of 101");
	tap_is_i64(e.own.qty, 151, "is 151");
	tap_is_i64(e.lieu, CASH(1000), "and half a share in cash");
	tap_is_i64(e.own.cost, CASH(302000), "unit cost 30 is 20");
	tap_is_i64(e.cost, CASH(1000), "of what goes, too");
	(void)hold(&split, -101, CASH(-303000), at20);
	tap_is_i64(e.own.qty, -151, "short it is the same");
	tap_is_i64(e.lieu, CASH(-1000), "the other way round");
	tap_is_i64(e.own.cost, CASH(-302000), "cost, too");
	tap_is_i64(hold(&split, 101, 0, none), EXCH_ERR_NEED,
	    "a fraction needs a price");
	tap_is_i64(hold(&split, 100, 0, none), 0, "none, and it does not");
	(void)hold(&reverse, 1005, CASH(100500),
	    (struct exch_action_prices){.ex = PX(1000)});
	tap_is_i64(e.own.qty, 100, "1:10 of 1005 is 100");
	tap_is_i64(e.lieu, CASH(500), "and half a new share at 10.00");
	tap_is_i64(e.own.cost, CASH(100000), "unit cost 1 is 10");
	(void)hold(&stock, 410, CASH(41000), at20);
	tap_is_i64(e.own.qty, 430, "1 for 20 on 410");
	tap_is_i64(e.lieu, CASH(1000), "and half a share");
	tap_is_i64(
	    hold(&split, INT64_MAX, 0, at20), EXCH_ERR_RANGE, "beyond 64 bits");
	tap_is_i64(e.own.qty, 430, "and nothing has changed");
}

static void
mergers(void)
{
	struct exch_action_row paper = merger, cash = merger;
	struct exch_action_prices p = {.into = PX(6250)};
	struct exch_action_prices none = {0, 0, 0};

	tap_is_i64(hold(&merger, 100, CASH(400000), p), 0,
	    "25.00 and 0.4 for each of 100");
	tap_is_i64(e.cash, CASH(250000), "are 2,500.00");
	tap_is_i64(e.into.qty, 40, "and 40 shares");
	tap_ok(e.own.qty == 0 && e.own.cost == 0 && e.lieu == 0, "all of it");
	/* 0.4 x 62.50 = 25.00, as much as the cash. */
	tap_is_i64(e.into.cost, CASH(200000), "half of the cost stays");
	tap_is_i64(e.cost, CASH(200000), "half goes");
	(void)hold(&merger, -101, CASH(-404000), p);
	tap_is_i64(e.into.qty, -40, "short");
	tap_is_i64(e.cash, CASH(-252500), "it owes the cash");
	tap_is_i64(e.lieu, CASH(-2500), "and 0.4 of a share at 62.50");
	paper.cash = 0;
	tap_is_i64(hold(&paper, 100, CASH(400000), none), 0, "shares only");
	tap_is_i64(e.into.cost, CASH(400000), "take all the cost");
	cash.new_shares = cash.old_shares = 0;
	tap_is_i64(hold(&cash, 100, CASH(400000), none), 0, "cash only");
	tap_ok(e.cost == CASH(400000) && e.into.qty == 0, "for all the cost");
	tap_is_i64(hold(&merger, 100, CASH(400000), none), EXCH_ERR_NEED,
	    "both need a price");
}

static void
given(void)
{
	struct exch_action_prices p = {.cum = PX(1200)};

	tap_is_i64(hold(&rights, 100, CASH(120000), p), 0, "rights of 100");
	tap_ok(e.own.qty == 100 && e.into.qty == 100, "are 100");
	tap_is_i64(e.into.cost, CASH(8000), "0.80 of 12.00 each");
	tap_is_i64(e.own.cost, CASH(112000), "the shares keep 11.20");
	p = (struct exch_action_prices){.ex = PX(4000), .into = PX(3000)};
	tap_is_i64(hold(&spin_off, 100, CASH(500000), p), 0, "a spin-off");
	tap_is_i64(e.into.qty, 33, "1 for 3 on 100");
	tap_is_i64(e.lieu, CASH(1000), "and a third at 30.00");
	/* 40 and 10 a share: a fifth goes, of it 33 of 33 1/3 stay. */
	tap_is_i64(e.own.cost, CASH(400000), "four fifths of the cost");
	tap_is_i64(e.into.cost, CASH(99000), "and what is left of one");
	tap_is_i64(e.cost, CASH(1000), "beside the third");
	p.ex = 0;
	tap_is_i64(
	    hold(&spin_off, 99, 0, p), EXCH_ERR_NEED, "needs the first price");
}

/* ---- prices ---- */

static int64_t
px(const struct exch_action_row *a, exch_px cum, exch_px into)
{
	struct exch_action_prices p = {.cum = cum, .into = into};
	struct exch_fraction f;
	int err = exch_action_ex_price(a, &p, &f);
	exch_i128 v = 0;

	if (err == EXCH_OK)
		(void)exch_fraction_round(1, f, &v);
	return err == EXCH_OK ? (int64_t)v : err;
}

static void
prices(void)
{
	struct exch_action_prices p = {.cum = PX(1200)};
	exch_i128 history = EXCH_HISTORY_ONE;
	struct exch_fraction f;

	tap_is_i64(px(&dividend, PX(2000), 0), PX(1950), "less 0.50");
	tap_is_i64(px(&split, PX(3000), 0), PX(2000), "3:2");
	tap_is_i64(px(&reverse, PX(100), 0), PX(1000), "1:10");
	tap_is_i64(px(&stock, PX(2100), 0), PX(2000), "5 %");
	tap_is_i64(px(&rights, PX(1200), 0), PX(1120), "TERP");
	tap_is_i64(px(&rights, PX(800), 0), PX(800), "rights worth nothing");
	tap_is_i64(px(&spin_off, PX(5000), PX(3000)), PX(4000), "a spin-off");
	tap_is_i64(px(&spin_off, PX(5000), 0), EXCH_ERR_NEED, "of what price?");
	tap_is_i64(px(&dividend, PX(50), 0), EXCH_ERR_RANGE, "nothing is left");
	tap_is_i64(px(&dividend, 0, 0), EXCH_ERR_NEED, "of what?");
	tap_is_i64(px(&merger, PX(50), 0), EXCH_ERR_ABSENT, "of a merger none");
	(void)exch_action_right(&rights, &p, &f);
	tap_ok(f.num == PX(80) && f.den == 1, "a right is 0.80, four 3.20");
	tap_is_i64(exch_action_factor(&rights, &p, &f), 0, "the factor");
	tap_ok(f.num == 14 && f.den == 15, "is 0.933333");
	(void)exch_action_history(&rights, &p, &history);
	tap_is_i64(history, INT64_C(933333333333333333), "as a decimal");
	(void)exch_action_history(&split, &p, &history);
	tap_is_i64(history, INT64_C(622222222222222222), "and a split of 3:2");
	(void)exch_action_history(&merger, &p, &history);
	tap_is_i64(history, INT64_C(622222222222222222), "a merger is none");
	p.cum = PX(2000);
	(void)exch_action_factor(&dividend, &p, &f);
	tap_ok(f.num == 39 && f.den == 40, "1 - 0.50 / 20.00");
	(void)exch_action_factor(&reverse, &p, &f);
	tap_ok(f.num == 10 && f.den == 1, "1:10 is 10");
}

/* ---- orders ---- */

static struct exch_open_order o;

static enum exch_order_fate
order(const struct exch_action_row *a, uint8_t side, exch_px limit,
    exch_px stop, exch_qty qty)
{
	struct exch_action_prices p = {.cum = PX(1200), .into = PX(300)};
	enum exch_order_fate fate = EXCH_ORDER_KEPT;

	o.side = side;
	o.limit = limit;
	o.stop = stop;
	o.qty = qty;
	tap_is_i64(exch_action_order(a, &p, PX(1), 1, &o, &fate), 0, "order");
	return fate;
}

static void
is_order(enum exch_order_fate got, enum exch_order_fate want, exch_px limit,
    exch_px stop, exch_qty qty, const char *what)
{
	if (!tap_ok(got == want && o.limit == limit && o.stop == stop &&
			o.qty == qty,
		what))
		printf("# %d: limit %lld, stop %lld, %llu\n", (int)got,
		    (long long)o.limit, (long long)o.stop,
		    (unsigned long long)o.qty);
}

#define NO EXCH_PX_NONE
#define KEPT EXCH_ORDER_KEPT
#define CHANGED EXCH_ORDER_CHANGED
#define GONE EXCH_ORDER_CANCELLED

static void
orders(void)
{
	struct exch_action_row cents = dividend;

	is_order(order(&dividend, EXCH_BUY, PX(2000), NO, 300), CHANGED,
	    PX(1950), NO, 300, "a limit to buy goes down");
	is_order(order(&dividend, EXCH_SELL, NO, PX(1800), 300), CHANGED, NO,
	    PX(1750), 300, "so does a stop to sell");
	is_order(order(&dividend, EXCH_SHORT, PX(1790), PX(1800), 300), CHANGED,
	    PX(1740), PX(1750), 300, "with both of its prices");
	is_order(order(&dividend, EXCH_SELL, PX(2200), NO, 300), KEPT, PX(2200),
	    NO, 300, "a limit to sell stays");
	is_order(order(&dividend, EXCH_BUY, NO, PX(2200), 300), KEPT, NO,
	    PX(2200), 300, "so does a stop to buy");
	cents.cash = PX(1) - 1;
	is_order(order(&cents, EXCH_BUY, PX(2000), NO, 300), KEPT, PX(2000), NO,
	    300, "less than 0.01 is nothing");
	cents.cash = PX(12) + PX(1) / 2;
	is_order(order(&cents, EXCH_BUY, PX(2000), NO, 300), CHANGED, PX(1987),
	    NO, 300, "19.875 goes down to the tick");
	is_order(order(&dividend, EXCH_BUY, PX(50), NO, 300), GONE, PX(50), NO,
	    300, "of which nothing would be left");
	o.no_reduce = true;
	is_order(order(&dividend, EXCH_BUY, PX(2000), NO, 300), KEPT, PX(2000),
	    NO, 300, "DNR");
	is_order(order(&split, EXCH_BUY, PX(3000), NO, 250), CHANGED, PX(2000),
	    NO, 375, "is not for splits");
	o.no_reduce = false;
	is_order(order(&split, EXCH_BUY, PX(3000), NO, 250), CHANGED, PX(2000),
	    NO, 375, "250 at 30.00 are 375 at 20.00");
	is_order(order(&split, EXCH_BUY, PX(1000), NO, 101), CHANGED, PX(666),
	    NO, 151, "6.666 and 151.5 go down");
	o.no_increase = true;
	is_order(order(&split, EXCH_BUY, PX(3000), NO, 250), CHANGED, PX(2000),
	    NO, 250, "DNI keeps the quantity");
	o.no_increase = false;
	is_order(order(&reverse, EXCH_SELL, PX(3000), NO, 250), GONE, PX(3000),
	    NO, 250, "a reverse split cancels");
	is_order(order(&merger, EXCH_SELL, PX(3000), NO, 250), GONE, PX(3000),
	    NO, 250, "so does a merger");
	is_order(order(&rights, EXCH_BUY, PX(1100), NO, 250), CHANGED, PX(1020),
	    NO, 250, "less the right, 0.80");
	is_order(order(&spin_off, EXCH_BUY, PX(1100), NO, 250), CHANGED,
	    PX(1000), NO, 250, "less a third of 3.00");
}

static void
lots(void)
{
	struct exch_action_prices p = {0, 0, 0};
	enum exch_order_fate fate = KEPT;

	o = (struct exch_open_order){
	    .side = EXCH_BUY, .limit = PX(3000), .stop = NO, .qty = 300};
	(void)exch_action_order(&split, &p, PX(5), 100, &o, &fate);
	is_order(fate, CHANGED, PX(2000), NO, 400, "450 in lots of 100");
	tap_is_i64(exch_action_order(&rights, &p, PX(1), 1, &o, &fate),
	    EXCH_ERR_NEED, "rights need a price");
	o.qty = INT64_MAX;
	tap_is_i64(exch_action_order(&split, &p, PX(1), 1, &o, &fate),
	    EXCH_ERR_RANGE, "a quantity beyond 63 bits");
	is_order(fate, KEPT, PX(2000), NO, INT64_MAX, "nothing has changed");
}

/* ---- options ---- */

static struct exch_option_terms terms;

static int
option(const struct exch_action_row *a, exch_px strike)
{
	terms = (struct exch_option_terms){.strike = strike,
	    .multiplier = 100 * EXCH_PX_ONE,
	    .shares = 100 * EXCH_PX_ONE,
	    .contracts = 10};
	return exch_action_option(a, PX(1), &terms);
}

static void
options(void)
{
	struct exch_action_row two = split, special = dividend;

	tap_is_i64(option(&split, PX(3000)), 0, "3:2");
	tap_ok(terms.strike == PX(2000) && terms.shares == 150 * EXCH_PX_ONE &&
		   terms.multiplier == 150 * EXCH_PX_ONE &&
		   terms.contracts == 10,
	    "a lower strike, 150 shares");
	two.new_shares = 4;
	(void)option(&two, PX(3000));
	tap_ok(terms.strike == PX(1500) && terms.shares == 100 * EXCH_PX_ONE &&
		   terms.contracts == 20,
	    "4:2 are two contracts for one");
	(void)option(&split, PX(5000));
	tap_is_i64(terms.strike, PX(3333), "33.333 to the nearest tick");
	(void)option(&split, PX(4000));
	tap_is_i64(terms.strike, PX(2667), "26.666, too");
	(void)option(&reverse, PX(300));
	tap_ok(terms.strike == PX(3000) && terms.shares == 10 * EXCH_PX_ONE,
	    "1:10 are 10 shares at ten times the price");
	(void)option(&stock, PX(2100));
	tap_ok(terms.strike == PX(2000) && terms.shares == 105 * EXCH_PX_ONE,
	    "5 %");
	(void)option(&dividend, PX(3000));
	tap_is_i64(terms.strike, PX(3000), "a dividend leaves it");
	special.special = 1;
	(void)option(&special, PX(3000));
	tap_is_i64(terms.strike, PX(2950), "a special one does not");
	(void)option(&merger, PX(3000));
	tap_ok(terms.shares == 0 && terms.into == 40 * EXCH_PX_ONE &&
		   terms.cash == PX(250000) && terms.strike == PX(3000),
	    "a merger: 40 others and 2,500.00");
	(void)option(&spin_off, PX(3000));
	tap_ok(terms.shares == 100 * EXCH_PX_ONE && terms.into == 33333333333,
	    "a spin-off comes with them");
	(void)option(&rights, PX(3000));
	tap_ok(terms.strike == PX(3000) && terms.shares == 100 * EXCH_PX_ONE,
	    "rights leave it");
	tap_is_i64(option(&special, PX(50)), EXCH_ERR_RANGE,
	    "nothing of the strike would be left");
	tap_is_i64(terms.strike, PX(50), "and nothing has changed");
}

/* ---- days ---- */

static struct exch_calendar c;

/* The first day whose trades settle after the record date, by looking. */
static uint32_t
look(uint32_t record, unsigned days)
{
	int64_t t = exch_date_days(record) - 20;

	for (;; t++) {
		uint32_t date = exch_days_date(t), to = date;

		if (exch_calendar_closed(&c, date))
			continue;
		(void)exch_calendar_step(&c, date, (int)days, &to);
		if (to > record)
			return date;
	}
}

static void
days(void)
{
	struct exch_action_row a = {.ex = 20260610, .record = 20260610};
	int64_t last = exch_date_days(20281101);
	unsigned bad = 0;
	uint32_t ex = 0;
	bool large;

	(void)exch_action_ex_date(20260610, 20260624, false, 1, &c, &ex);
	tap_is_u64(ex, 20260610, "T+1: the record date");
	(void)exch_action_ex_date(20260613, 20260624, false, 1, &c, &ex);
	tap_is_u64(ex, 20260612, "on a Saturday the Friday");
	(void)exch_action_ex_date(20260610, 20260624, false, 2, &c, &ex);
	tap_is_u64(ex, 20260609, "T+2: the day before");
	(void)exch_action_ex_date(20260610, 20260624, true, 1, &c, &ex);
	tap_is_u64(ex, 20260625, "a large one: the day after payment");
	(void)exch_action_ex_date(20260610, 20261009, true, 1, &c, &ex);
	tap_is_u64(ex, 20261013, "which Columbus Day is not");
	tap_is_i64(exch_action_ex_date(20290102, 0, false, 1, &c, &ex),
	    EXCH_ERR_ABSENT, "beyond the calendar");
	for (int64_t t = exch_date_days(20240201); t < last; t++)
		for (unsigned n = 0; n < 4; n++) {
			uint32_t record = exch_days_date(t);

			bad += exch_action_ex_date(
				   record, record, false, n, &c, &ex) != 0 ||
			       ex != look(record, n);
		}
	tap_is_u64(bad, 0, "every record date from 2024 to 2028");

	tap_is_i64(exch_action_claim(&a, 20260609, 20260610), EXCH_CLAIM_NONE,
	    "bought with it, settled in time");
	tap_is_i64(exch_action_claim(&a, 20260609, 20260611),
	    EXCH_CLAIM_SELLER_OWES, "settled late");
	tap_is_i64(exch_action_claim(&a, 20260610, 20260611), EXCH_CLAIM_NONE,
	    "bought without");
	tap_is_i64(exch_action_claim(&a, 20260610, 20260610),
	    EXCH_CLAIM_BUYER_OWES, "bought without, settled at once");
	a.ex = 20260625;
	a.pay = 20260624;
	tap_is_i64(exch_action_claim(&a, 20260610, 20260611),
	    EXCH_CLAIM_SELLER_OWES,
	    "between record date and ex-date: due bill");
	(void)exch_action_is_large(
	    &split, &(struct exch_action_prices){0, 0, 0}, &large);
	tap_ok(large, "a split of 3:2 is large");
	(void)exch_action_is_large(
	    &stock, &(struct exch_action_prices){0, 0, 0}, &large);
	tap_ok(!large, "5 % are not");
	(void)exch_action_is_large(
	    &dividend, &(struct exch_action_prices){.cum = PX(200)}, &large);
	tap_ok(large, "0.50 of 2.00 is");
	(void)exch_action_is_large(
	    &dividend, &(struct exch_action_prices){.cum = PX(201)}, &large);
	tap_ok(!large, "of 2.01 it is not");
	exch_calendar_clear(&c);
}

int
main(void)
{
	share = exch_money_of(0, 0, EXCH_KIND_EQUITY);
	dividends();
	splits();
	mergers();
	given();
	prices();
	orders();
	lots();
	options();
	kit_dtc(&c);
	days();
	return tap_done();
}
