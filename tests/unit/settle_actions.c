/*
 * settle/action_table: a table of corporate actions is read, and what makes no
 * sense is refused at its line.
 */
#include <config.h>

#include "settle/action.h"
#include "tap.h"

#define HEAD                                                                   \
	"ex,record,pay,action,symbol,into,new,old,cash,price,currency,"        \
	"special\n"

static struct exch_reftable t;
static struct exch_diag d;

static int
parse(const char *rows)
{
	char text[2048];
	int n = snprintf(text, sizeof(text), HEAD "%s", rows);

	exch_reftable_clear(&t);
	exch_diag_clear(&d);
	return exch_actions_parse(text, (size_t)n, "actions", &t, &d);
}

static void
good(void)
{
	const struct exch_action_row *a;

	tap_is_i64(parse("# six kinds\n"
			 "2026-03-02,,,split,AAA,,3,2,,,,\n"
			 "2026-03-02,,,dividend,BBB,,,,0.50,,USD,yes\n"
			 "2026-03-02,2026-03-02,2026-03-16,dividend,AAA,,,,0."
			 "25,,,\n"
			 "2026-04-01,,,stock-dividend,BBB,,1,20,,,,\n"
			 "2026-04-02,,,reverse-split,BBB,,1,10,,,,\n"
			 "2026-05-04,,,rights,BBB,BBBR,1,4,,8.00,,\n"
			 "2026-05-05,,,spin-off,BBB,SPIN,1,3,,,,\n"
			 "2026-06-01,,,merger,AAA,BBB,2,5,25.00,,,\n"
			 "2026-06-01,,,merger,CCC,,,,25.00,,,\n"
			 "2026-06-01,,,merger,DDD,BBB,2,5,,,,\n"
			 "2026-07-02,2026-06-15,2026-07-01,split,BBB,,2,1,,,,"
			 "\n"),
	    0, "a table of all kinds");
	if (!tap_is_u64(t.n, 11, "has its rows")) {
		printf("# %llu: %s\n", (unsigned long long)d.where, d.text);
		return;
	}
	a = t.row;
	tap_ok(a[0].kind == EXCH_ACTION_SPLIT && a[0].new_shares == 3 &&
		   a[0].old_shares == 2 && strcmp(a[0].symbol, "AAA") == 0,
	    "a split");
	tap_ok(a[0].record == 20260302 && a[0].pay == 20260302,
	    "days that it does not say are the ex-date");
	tap_ok(a[1].cash == EXCH_PX_ONE / 2 && a[1].special == 1 &&
		   strcmp(a[1].currency, "USD") == 0,
	    "a special dividend");
	tap_ok(a[2].pay == 20260316 && a[2].special == 0, "an ordinary one");
	tap_ok(a[5].price == 8 * EXCH_PX_ONE && strcmp(a[5].into, "BBBR") == 0,
	    "rights");
	tap_ok(a[10].ex > a[10].pay, "an ex-date after the payment");
}

static void
refused(const char *rows, uint64_t line, const char *why)
{
	tap_is_i64(parse(rows), EXCH_ERR_FORMAT, why);
	if (!tap_ok(t.n == 0 && d.where == line && strstr(d.text, why) != NULL,
		"is told at its line"))
		printf("# %llu: %s\n", (unsigned long long)d.where, d.text);
}

static void
refusals(void)
{
	refused("2026-03-02,,,split,A,,3,2,,,,\n"
		"2026-03-01,,,split,B,,3,2,,,,\n",
	    3, "the ex-date is before that of line 2");
	refused("2026-03-02,,,split,A,,3,2,,,,\n"
		"2026-03-02,,,split,B,,3,2,,,,\n"
		"2026-03-02,,,split,A,,2,1,,,,\n",
	    4, "line 2 is the same action");
	refused("2026-03-02,,,slipt,A,,3,2,,,,\n", 2, "'slipt' is no 'action'");
	refused("2026-02-29,,,split,A,,3,2,,,,\n", 2, "is no 'ex'");
	refused("2026-03-02,,,split,,,3,2,,,,\n", 2, "is no 'symbol'");
	refused("2026-03-02,,,split,A,,10001,1,,,,\n", 2,
	    "the ratio is beyond 10000 to 1");
	refused("2026-03-02,,,reverse-split,A,,1,10001,,,,\n", 2,
	    "the ratio is beyond 10000 to 1");
	refused("2026-03-02,,,split,A,,1000001,1000000,,,,\n", 2,
	    "'1000001' is no 'new'");
	refused("2026-03-02,,,split,A,,0,1,,,,\n", 2, "'0' is no 'new'");
	refused("2026-03-02,,,split,A,,2,2,,,,\n", 2, "'new' above 'old'");
	refused(
	    "2026-03-02,,,reverse-split,A,,2,2,,,,\n", 2, "'new' below 'old'");
	refused("2026-03-02,,,split,A,,2,,,,,\n", 2,
	    "cells that do not go with 'split': expected new and old");
	refused("2026-03-02,,,split,A,,2,1,0.50,,,\n", 2, "with 'split'");
	refused("2026-03-02,,,split,A,B,2,1,,,,\n", 2, "with 'split'");
	refused("2026-03-02,,,split,A,,2,1,,,,yes\n", 2, "with 'split'");
	refused("2026-03-02,,,dividend,A,,,,,,,\n", 2, "expected cash");
	refused("2026-03-02,,,dividend,A,,,,-0.50,,,\n", 2, "is no 'cash'");
	refused("2026-03-02,,,dividend,A,,1,2,0.50,,,\n", 2, "with 'dividend'");
	refused("2026-03-02,,,merger,A,,,,,,,\n", 2, "with 'merger'");
	refused("2026-03-02,,,merger,A,,1,2,,,,\n", 2, "with 'merger'");
	refused("2026-03-02,,,merger,A,B,,,5.00,,,\n", 2, "with 'merger'");
	refused("2026-03-02,,,merger,A,A,1,2,,,,\n", 2,
	    "'into' is the symbol itself");
	refused("2026-03-02,,,rights,A,B,1,4,,,,\n", 2, "with 'rights'");
	refused("2026-03-02,,,spin-off,A,,1,4,,,,\n", 2, "with 'spin-off'");
	refused("2026-03-02,2026-03-02,2026-03-01,dividend,A,,,,1,,,\n", 2,
	    "it would be paid before the record date");
	refused("2026-03-10,2026-03-02,2026-03-16,dividend,A,,,,1,,,\n", 2,
	    "the ex-date is behind the record date");
	refused(
	    "2026-03-02,,,dividend,A,,,,1,,DOLLAR,\n", 2, "is no 'currency'");
}

int
main(void)
{
	good();
	refusals();
	exch_reftable_clear(&t);
	return tap_done();
}
