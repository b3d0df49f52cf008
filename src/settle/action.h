/*
 * Corporate actions: what a company does to those who hold its shares, and
 * what becomes of positions, prices, open orders and options on the ex-date,
 * before trading.
 *
 *	dividend	cash for each share
 *	stock dividend	`new` more shares for `old`
 *	split, reverse	`new` shares in place of `old`
 *	merger		cash and `new` shares of another for `old`, which go
 *	rights		one right a share; `old` of them and a price buy `new`
 *	spin-off	`new` shares of another for `old`, which stay
 *
 * Ratios are whole numbers and all arithmetic is exact; each amount is rounded
 * once, half-even.  Calls below are EXCH_ERR_RANGE for what leaves 128 bits, or
 * 64 in a price or quantity, and then nothing has changed.
 */
#ifndef EXCH_SETTLE_ACTION_H
#define EXCH_SETTLE_ACTION_H

#include "rec/cash.h"
#include "rec/rec.h"
#include "ref/calendar.h"
#include "ref/table.h"
#include "settle/fraction.h"

extern const struct exch_cell_word exch_action_words[];

/* Days are YYYYMMDD. */
struct exch_action_row {
	uint32_t ex;	 /* first day on which it trades without */
	uint32_t record; /* who holds then, has it */
	uint32_t pay;
	uint8_t kind;	 /* enum exch_action */
	uint8_t special; /* a dividend that options are adjusted for */
	char symbol[24];
	char into[24]; /* what is given or comes instead; or NULs */
	uint32_t new_shares, old_shares;
	exch_px cash;	  /* for one share */
	exch_px price;	  /* to subscribe at */
	char currency[4]; /* NULs: the instrument's */
};

/* ---- the table ---- */

/*
 * Rows in the order of their ex-dates, exch-tables(5); cleared by
 * exch_reftable_clear.  Refused besides what a table is: a day before that of
 * the row above, the same action twice, cells that do not belong to the kind or
 * are missing, ratios beyond 1:10000, days that contradict each other.
 */
int exch_actions_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);

/* ---- days: FINRA 11140, 11630 ---- */

/*
 * The ex-date of trades that settle after `days` settlement days.  A normal one
 * is the first day whose trades settle after the record date: under T+1 the
 * record date itself, if it is a business day.  Of a distribution of a quarter
 * of the value and more (`large`) it is the first business day after payment.
 * EXCH_ERR_ABSENT: the calendar, of settlement, says nothing of that year.
 */
int exch_action_ex_date(uint32_t record, uint32_t pay, bool large,
    unsigned days, const struct exch_calendar *settlement, uint32_t *ex);

enum exch_claim {
	EXCH_CLAIM_NONE,
	EXCH_CLAIM_SELLER_OWES, /* a due bill, or a claim from a late trade */
	EXCH_CLAIM_BUYER_OWES	/* had the shares in time, bought without */
};
/*
 * Who trades before the ex-date has the distribution; who holds at the record
 * date is paid it.  Where those are two, one owes it to the other: of a trade
 * of one day that settles, or did settle, on another.
 */
enum exch_claim exch_action_claim(
    const struct exch_action_row *a, uint32_t trade, uint32_t settled);

/* ---- prices ---- */

/* What some actions need to know, each > 0; 0: not known. */
struct exch_action_prices {
	exch_px cum;  /* the last one with it: close of the day before */
	exch_px ex;   /* of a share afterwards: fractions are paid at it */
	exch_px into; /* of a share of what is given */
};

/*
 * The theoretical price without it, in 10^-9, not rounded; of rights TERP,
 * which is `cum` when they are worth nothing.  EXCH_ERR_NEED: a price that it
 * depends on is not known.  EXCH_ERR_RANGE: nothing would be left.
 * EXCH_ERR_ABSENT: of a merger.
 */
int exch_action_ex_price(const struct exch_action_row *a,
    const struct exch_action_prices *p, struct exch_fraction *price);

/* What the right of one old share is worth, 10^-9: cum - TERP.  As above. */
int exch_action_right(const struct exch_action_row *a,
    const struct exch_action_prices *p, struct exch_fraction *value);

/* Is it a quarter of the value and more?  As above. */
int exch_action_is_large(const struct exch_action_row *a,
    const struct exch_action_prices *p, bool *large);

/*
 * Prices of before, times the factor, go on where those of afterwards begin:
 * theoretical ex-price / last price with it, 1 of a merger.  A history is
 * multiplied by the factors of all later actions: *history, 10^-18, takes up
 * one more, rounded half-even; it begins as one.  As above.
 */
#define EXCH_HISTORY_ONE INT64_C(1000000000000000000)
int exch_action_factor(const struct exch_action_row *a,
    const struct exch_action_prices *p, struct exch_fraction *factor);
int exch_action_history(const struct exch_action_row *a,
    const struct exch_action_prices *p, exch_i128 *history);

/* ---- positions ---- */

/* Below 0 sold short: it owes what others get.  Cost is cash 10^-6. */
struct exch_holding {
	int64_t qty;
	exch_i128 cost;
};

struct exch_action_effect {
	struct exch_holding own;  /* afterwards */
	struct exch_holding into; /* given */
	exch_i128 cash;		  /* dividend or price of a merger */
	exch_i128 lieu;		  /* for fractions that are no whole unit */
	exch_i128 cost; /* of fractions and what a merger paid for in cash */
};

/*
 * What a position becomes.  Quantities go down to whole units, long and short;
 * the rest is paid in cash.  Cost goes with the shares: own.cost + into.cost +
 * cost is what it was.  Of a spin-off and of rights it is divided by market
 * values on the first ex-day, and so is that of a merger between shares and
 * cash; `m` and `into` are the money of the instruments.  EXCH_ERR_NEED: a
 * price of `p` that this depends on is not known.
 */
int exch_action_position(const struct exch_action_row *a,
    const struct exch_holding *h, const struct exch_action_prices *p,
    const struct exch_money *m, const struct exch_money *into,
    struct exch_action_effect *out);

/* ---- open orders: FINRA 5330 ---- */

struct exch_open_order {
	exch_px limit; /* or EXCH_PX_NONE, each */
	exch_px stop;
	exch_qty qty;
	uint8_t side;	  /* EXCH_BUY, or any sell */
	bool no_reduce;	  /* DNR: not for dividends in cash */
	bool no_increase; /* DNI: no more shares */
};

enum exch_order_fate {
	EXCH_ORDER_KEPT,
	EXCH_ORDER_CHANGED,
	EXCH_ORDER_CANCELLED
};

/*
 * What becomes of an order on the ex-date.  Limits to buy and stops to sell go
 * down by what is distributed, and down to the tick; limits to sell and stops
 * to buy stay, and so does all for dividends below 0.01.  Of stock dividends
 * and splits quantities grow, down to the lot.  Reverse splits and mergers
 * cancel, and so does a price that nothing would be left of.  EXCH_ERR_NEED as
 * of exch_action_ex_price.
 */
int exch_action_order(const struct exch_action_row *a,
    const struct exch_action_prices *p, exch_px tick, exch_qty lot,
    struct exch_open_order *o, enum exch_order_fate *fate);

/* ---- options ---- */

struct exch_option_terms {
	exch_px strike;
	int64_t multiplier; /* 10^-9: the strike is paid so many times */
	int64_t shares;	    /* that a contract delivers, 10^-9 */
	int64_t into;	    /* shares of another that come with them, 10^-9 */
	exch_px cash;	    /* and cash of a contract */
	int64_t contracts;
};

/*
 * What becomes of contracts: a whole ratio of a split makes more contracts of a
 * lower strike, any other more shares of a contract; the strike goes the other
 * way, to the nearest `tick`, ties up, as OCC rounds.  A special dividend lowers
 * the strike, an ordinary one does nothing.  What is given by a merger or a
 * spin-off is delivered with the contract, and the strike stays; so it does for
 * rights.
 */
int exch_action_option(
    const struct exch_action_row *a, exch_px tick, struct exch_option_terms *o);

#endif
