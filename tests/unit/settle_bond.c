/*
 * settle/bond: a table of bonds is sorted, each is found with its schedule, and
 * tables that make no sense are refused where they do not.
 */
#include <config.h>

#include <string.h>

#include "settle/bond.h"
#include "unit/settle_kit.h"

#define HEAD "symbol,coupon,daycount,per_year,issue,maturity,first,month_end\n"

static struct exch_reftable t;
static struct exch_diag d;

static int
parse(const char *rows)
{
	char text[1024];

	snprintf(text, sizeof(text), HEAD "%s", rows);
	exch_reftable_clear(&t);
	exch_diag_clear(&d);
	return exch_bonds_parse(text, strlen(text), "bonds.csv", &t, &d);
}

static const struct exch_bond *
find(const char *name)
{
	char symbol[24] = {0};
	const struct exch_bond_row *r;

	memcpy(symbol, name, strlen(name));
	r = exch_bond_find(&t, symbol);
	return r != NULL ? &r->bond : NULL;
}

/* Interest of 1,000 (a note) or 100, in 10^-6. */
static int64_t
interest(const char *name, uint32_t settle, exch_qty nominal)
{
	const struct exch_bond *b = find(name);
	exch_i128 v = -1;

	if (b == NULL || exch_accrued_cash(b, settle, nominal, 0, &v) != 0)
		return -1;
	return (int64_t)v;
}

static void
known(void)
{
	tap_is_i64(parse("ZZZ,4%,act/act-icma,2,2024-08-15,2034-08-15,,\n"
			 "CORP,6%,30/360,2,2024-03-01,2034-03-01,,\n"
			 "BILL,0%,act/360,1,2026-01-05,2027-01-05,,\n"
			 "LAST,0.05,act/365f,4,2024-02-29,2028-02-29,"
			 "2024-08-31,yes\n"),
	    0, "four bonds");
	tap_is_u64(t.n, 4, "all of them");
	/* The last coupons before are of 1 March and of 15 February. */
	tap_is_i64(interest("CORP", 20260715, 1000), 22333333,
	    "1,000 at 6 % 30/360, 134 days");
	tap_is_i64(interest("ZZZ", 20260610, 100), 1270718,
	    "100 at 4 % ACT/ACT ICMA, 115 of 181 days");
	tap_is_i64(interest("ZZZ", 20260815, 100), 0, "nothing on its day");
	tap_is_i64(interest("BILL", 20260610, 100), 0, "no coupon");
	tap_is_i64(
	    interest("CORP", 20240229, 100), -1, "none before its issue");
	tap_is_i64(interest("CORP", 20340301, 100), -1, "nor at maturity");
	tap_ok(find("CORP") != NULL && find("CORP")->month_end == false &&
		   find("CORP")->first == 0,
	    "what may lack");
	tap_ok(find("LAST") != NULL && find("LAST")->month_end &&
		   find("LAST")->first == 20240831 &&
		   find("LAST")->daycount == EXCH_DAYCOUNT_ACT_365F &&
		   find("LAST")->per_year == 4,
	    "and what is there");
	tap_ok(find("COR") == NULL && find("CORPS") == NULL, "no other one");
	tap_ok(exch_bond_find(NULL, (const char[24]){"CORP"}) == NULL,
	    "nor in no table");
}

/* Refused in that line, with those words. */
static void
bad(const char *rows, unsigned line, const char *words)
{
	tap_ok(parse(rows) != 0, words);
	tap_is_u64(d.where, line, "in its line");
	tap_ok(strstr(d.text, words) != NULL, d.text);
	tap_is_u64(t.n, 0, "and there is no table");
	tap_ok(find("A") == NULL, "nor a bond");
}

#define GOOD "A,6%,30/360,2,2024-03-01,2034-03-01,,\n"

static void
refused(void)
{
	bad(GOOD "B,6%,30/360,2,2024-03-01,2024-03-01,,\n", 3,
	    "the maturity is not after the issue");
	bad("B,6%,30/360,2,2024-03-01,2034-03-01,2024-03-01,\n" GOOD, 2,
	    "the first coupon is not after the issue");
	bad("B,6%,30/360,2,2024-03-01,2034-03-01,2034-03-02,\n", 2,
	    "up to the maturity");
	bad("B,6%,30/360,2,1970-01-01,2034-03-01,,\n", 2, "before 1970");
	bad(GOOD GOOD, 3, "the same bond");
	bad("B,6%,30/366,2,2024-03-01,2034-03-01,,\n", 2, "daycount");
	bad("B,6%,30/360,5,2024-03-01,2034-03-01,,\n", 2, "per_year");
	bad("B,101%,30/360,2,2024-03-01,2034-03-01,,\n", 2, "coupon");
	bad("B,-1%,30/360,2,2024-03-01,2034-03-01,,\n", 2, "coupon");
	bad("B,6%,30/360,2,2024-02-30,2034-03-01,,\n", 2, "issue");
	bad("B,6%,30/360,2,2024-03-01,,,\n", 2, "maturity");
}

int
main(void)
{
	known();
	refused();
	exch_reftable_clear(&t);
	return tap_done();
}
