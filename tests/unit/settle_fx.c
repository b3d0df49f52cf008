/*
 * settle/fx: rates one way, the other and through a third currency; what is
 * paid for an amount, to the hundredth and what that leaves; and tables that
 * make no sense.
 */
#include <config.h>

#include <string.h>

#include "rec/rec.h"
#include "settle/fx.h"
#include "unit/settle_kit.h"

static struct exch_reftable t;
static struct exch_diag d;

static int
parse(const char *text)
{
	exch_reftable_clear(&t);
	exch_diag_clear(&d);
	return exch_fx_parse(text, strlen(text), "fx.csv", &t, &d);
}

/* What one million of a currency is worth in another. */
static int64_t
million(const char from[4], const char to[4], uint32_t date)
{
	struct exch_fraction f;
	exch_i128 v = -1;

	if (exch_fx_worth(t.row, t.n, date, from, to, "USD", &f) != EXCH_OK)
		return -1;
	tap_is_i64(
	    exch_fraction_round(1000000 * EXCH_CASH_ONE, f, &v), 0, "rounded");
	return (int64_t)v;
}

static void
rates(void)
{
	tap_is_i64(parse("date,base,quote,rate\n"
			 "2026-10-05,EUR,USD,1.08\n"
			 "2026-10-07,EUR,USD,1.0825\n"
			 "2026-10-05,USD,JPY,150.25\n"),
	    0, "a table");
	tap_is_i64(million("EUR", "USD", 20261004), -1, "no rate before");
	tap_is_i64(million("EUR", "USD", 20261005), 1080000000000, "its day");
	tap_is_i64(million("EUR", "USD", 20261006), 1080000000000,
	    "and until the next one");
	tap_is_i64(million("EUR", "USD", 20261007), 1082500000000, "of that");
	tap_is_i64(million("EUR", "USD", EXCH_FX_LAST), 1082500000000, "last");
	/* 10^6 / 1.08 = 925,925.925925925.. */
	tap_is_i64(
	    million("USD", "EUR", 20261006), 925925925926, "the other way");
	/* 1.08 x 150.25 = 162.27 */
	tap_is_i64(
	    million("EUR", "JPY", 20261006), 162270000000000, "through USD");
	/* 10^6 / 162.27 = 6,162.568558.. */
	tap_is_i64(million("JPY", "EUR", 20261006), 6162568559, "and back");
	tap_is_i64(million("GBP", "EUR", 20261006), -1, "of none no rate");
	tap_is_i64(million("EUR", "EUR", 20261004), 1000000000000, "itself");
}

static void
buy(double want, double has, struct exch_fraction rate, int64_t got,
    int64_t paid, int64_t worth, const char *name)
{
	struct exch_fx_deal x = {0};

	tap_is_i64(exch_fx_buy((exch_i128)(want * 1e6), (exch_i128)(has * 1e6),
		       rate, &x),
	    0, name);
	tap_is_i64((int64_t)x.got, got, "  got");
	tap_is_i64((int64_t)x.paid, paid, "  paid");
	tap_is_i64((int64_t)x.worth, worth, "  worth");
}

static void
deals(void)
{
	/* Dollars for euros, 1.0825 for one: a dollar costs 1 / 1.0825. */
	struct exch_fraction dollar = exch_fraction_of(10000, 10825);
	struct exch_fx_deal x;

	/* 6000 / 1.0825 = 5542.7251732.., up to a hundredth 5542.73 */
	buy(6000, 6000, dollar, 6000000000, 5542730000, 5542725173,
	    "as much as it takes");
	/* 100.019 has 100.01 in hundredths, x 1.0825 = 108.260825 */
	buy(6000, 100.019, dollar, 108260825, 100010000, 100010000,
	    "as much as there is");
	buy(6000, 0.009, dollar, 0, 0, 0, "less than a hundredth buys nothing");
	buy(1082.5, 1000, dollar, 1082500000, 1000000000, 1000000000,
	    "no rest where there is none");
	buy(0.000001, 5, dollar, 1, 10000, 1, "the least costs a hundredth");
	/* 10^17 x 10^15 / 10^6 .. does not fit 128 bits with 2^126. */
	tap_is_i64(exch_fx_buy((exch_i128)1 << 100, (exch_i128)1 << 120,
		       exch_fraction_of((exch_i128)1 << 60, 3), &x),
	    EXCH_ERR_RANGE, "beyond 128 bits");
}

static void
refused(void)
{
	static const struct {
		const char *row, *text;
		uint64_t line;
	} bad[] = {
	    {"2026-10-05,EUR,EUR,1\n", "EUR is bought with itself", 2},
	    {"2026-10-05,eur,USD,1\n", "'eur' in column 'base' is no currency",
		2},
	    {"2026-10-05,EUR,US,1\n", "'US' in column 'quote' is no currency",
		2},
	    {"2026-10-05,EUR,USD,0\n", "'rate'", 2},
	    {"2026-10-05,EUR,USD,-1.08\n", "'rate'", 2},
	    {"2026-10-05,EUR,USD,1.0800000001\n", "'rate'", 2},
	    {"2026-10-05,EUR,USD,1,08\n", "", 2},
	    {"2026-13-05,EUR,USD,1\n", "'date'", 2},
	    {"2026-10-05,EUROS,USD,1\n", "'base'", 2},
	    {"2026-10-05,,USD,1\n", "'base'", 2},
	    {"2026-10-05,EUR,USD,1.08\n2026-10-05,EUR,USD,1.09\n",
		"line 2 has the rate of this pair for this day", 3},
	    {"2026-10-05,EUR,USD,1.08\n2026-10-06,USD,EUR,0.92\n",
		"line 2 has this pair the other way round", 3},
	};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(bad); i++) {
		char text[256];

		(void)snprintf(
		    text, sizeof(text), "date,base,quote,rate\n%s", bad[i].row);
		tap_is_i64(parse(text), EXCH_ERR_FORMAT, "a bad row");
		if (!tap_ok(strstr(d.text, bad[i].text) != NULL, "  is told"))
			printf("# %s\n", d.text);
		tap_is_i64((int64_t)d.where, (int64_t)bad[i].line, "  where");
		tap_is_i64((int64_t)t.n, 0, "  and nothing is kept");
	}
}

static void
moneys(void)
{
	static const char good[] = "account,currency,amount\n"
				   "1,USD,4000.00\n1,EUR,-2.5\n2,USD,1\n";
	static const char twice[] = "account,currency,amount\n"
				    "1,USD,4000.00\n1,USD,1\n";
	static const char ccp[] = "account,currency,amount\n"
				  "4294967294,USD,1\n";
	const struct exch_money_row *r;
	struct exch_reftable m = {0};

	tap_is_i64(exch_moneys_parse(good, sizeof(good) - 1, "c.csv", &m, &d),
	    0, "cash");
	r = m.row;
	tap_is_i64(r[1].amount, -2500000, "may be owed");
	exch_reftable_clear(&m);
	exch_diag_clear(&d);
	tap_is_i64(exch_moneys_parse(twice, sizeof(twice) - 1, "c.csv", &m, &d),
	    EXCH_ERR_FORMAT, "twice");
	tap_is_i64((int64_t)d.where, 3, "  where");
	exch_diag_clear(&d);
	tap_is_i64(exch_moneys_parse(ccp, sizeof(ccp) - 1, "c.csv", &m, &d),
	    EXCH_ERR_FORMAT, "the bank is no participant");
}

int
main(void)
{
	rates();
	deals();
	refused();
	moneys();
	exch_reftable_clear(&t);
	return tap_done();
}
