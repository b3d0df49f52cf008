/*
 * settle/penalty: the table of data/settle has the rates of the regulation,
 * known amounts come out of them, and tables that make no sense are refused.
 */
#include <config.h>

#include "rec/rec.h"
#include "settle/penalty.h"
#include "unit/settle_kit.h"

static char text[8192];
static struct exch_reftable t;
static struct exch_diag d;

static int64_t
points(uint32_t date, enum exch_penalty_class class)
{
	int64_t p = -1;

	exch_diag_clear(&d);
	return exch_penalty_points(&t, date, class, &p, &d) == EXCH_OK ? p : -1;
}

static void
rates(void)
{
	static const int64_t want[] = {[EXCH_PENALTY_LIQUID] = 1000000,
	    [EXCH_PENALTY_ILLIQUID] = 500000,
	    [EXCH_PENALTY_GROWTH] = 250000,
	    [EXCH_PENALTY_SOVEREIGN] = 100000,
	    [EXCH_PENALTY_DEBT] = 200000,
	    [EXCH_PENALTY_GROWTH_DEBT] = 150000,
	    [EXCH_PENALTY_OTHER] = 500000};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(want); i++)
		tap_is_i64(points(20261127, (enum exch_penalty_class)i),
		    want[i], exch_penalty_classes[i].word);
	tap_is_i64(points(20220201, EXCH_PENALTY_LIQUID), 1000000,
	    "from the first day");
	tap_is_i64(points(20220131, EXCH_PENALTY_LIQUID), -1, "not before");
	tap_is_str(
	    d.text, "no row tells 'liquid' for 2022-01-31", "which is told");
}

static void
amounts(void)
{
	struct exch_money share = exch_money_of(0, 0, EXCH_KIND_EQUITY);
	struct exch_money bond = exch_money_of(0, 0, EXCH_KIND_BOND);
	struct exch_money contract =
	    exch_money_of(2, 100 * EXCH_PX_ONE, EXCH_KIND_OPTION);
	exch_i128 cash = 0, sum = 0;

	for (int day = 0; day < 3; day++) {
		tap_is_i64(exch_penalty_day(&share, 25 * EXCH_PX_ONE, 10000,
			       points(20261127, EXCH_PENALTY_LIQUID), &cash),
		    0, "10,000 shares at 25.00");
		sum += cash;
	}
	tap_is_i64(sum, 75 * EXCH_CASH_ONE, "cost 75.00 in three days");
	sum = 0;
	for (int day = 0; day < 2; day++) {
		(void)exch_penalty_day(&bond, INT64_C(99500000000), 5000000,
		    points(20261127, EXCH_PENALTY_DEBT), &cash);
		sum += cash;
	}
	tap_is_i64(sum, 199 * EXCH_CASH_ONE,
	    "a nominal of 5,000,000 at 99.5 costs 199.00 in two");
	(void)exch_penalty_day(
	    &contract, EXCH_PX_ONE, 150, EXCH_PENALTY_POINT, &cash);
	tap_is_i64(cash, 15000, "1.50 contracts on 100 at 1.00");
	/* 0.0000005 and 0.0000015 of cash: to the even millionth. */
	(void)exch_penalty_day(&share, 5000000, 1, EXCH_PENALTY_POINT, &cash);
	tap_is_i64(cash, 0, "half a millionth is none");
	(void)exch_penalty_day(&share, 15000000, 1, EXCH_PENALTY_POINT, &cash);
	tap_is_i64(cash, 2, "one and a half are two");
	tap_is_i64(exch_penalty_day(&share, INT64_MAX, EXCH_QTY_NONE - 2,
		       EXCH_PENALTY_POINT - 1, &cash),
	    EXCH_ERR_RANGE, "beyond 128 bits");
	tap_is_i64(cash, 2, "what was there stays");
	/* 4.4 % of 1,000,000 over 360. */
	tap_is_i64(exch_penalty_cash_day(
		       1000000 * EXCH_CASH_ONE, INT64_C(44000000), &cash),
	    0, "cash that does not come");
	tap_is_i64(cash, 122222222, "costs 122.222222 a day at 4.4 %");
	(void)exch_penalty_cash_day(1000000 * EXCH_CASH_ONE, -5000000, &cash);
	tap_is_i64(cash, 0, "and never less than nothing");
}

static void
refused(const char *rows, uint64_t line, const char *why)
{
	char table[1024];
	int n = snprintf(
	    table, sizeof(table), "from,until,class,points,source\n%s", rows);

	exch_diag_clear(&d);
	tap_is_i64(exch_penalties_parse(table, (size_t)n, "bad", &t, &d),
	    EXCH_ERR_FORMAT, why);
	if (!tap_ok(t.n == 0 && d.where == line && strstr(d.text, why) != NULL,
		"is told at its line"))
		printf("# %llu: %s\n", (unsigned long long)d.where, d.text);
}

static void
refusals(void)
{
	refused("2022-02-01,,liquid,1,a\n2023-02-01,,liquid,2,b\n", 3,
	    "line 2 says the same");
	refused("2022-02-01,2022-02-01,liquid,1,a\n", 2,
	    "it would end before it begins");
	refused("2022-02-01,,fluid,1,a\n", 2, "'fluid' is no 'class'");
	refused("2022-02-01,,liquid,-1,a\n", 2, "is no 'points'");
	refused("2022-02-01,,liquid,10001,a\n", 2, "from 0 to 10000");
	refused("2022-02-30,,liquid,1,a\n", 2, "is no 'from'");
	refused("2022-02-01,,liquid,1,\n", 2, "is no 'source'");
}

int
main(void)
{
	size_t n = kit_table("penalties.csv", text, sizeof(text));

	tap_is_i64(exch_penalties_parse(text, n, "penalties", &t, &d), 0,
	    "is a table");
	rates();
	amounts();
	exch_reftable_clear(&t);
	refusals();
	return tap_done();
}
