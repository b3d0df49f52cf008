/*
 * settle/cycle: how many days by the tables of data/settle, and which day that
 * is by the calendar of the depository, not by that of the exchange.
 */
#include <config.h>

#include <string.h>

#include "rec/rec.h"
#include "settle/cycle.h"
#include "unit/settle_kit.h"

static char text[8192];
static struct exch_reftable t;
static struct exch_diag d;

static int64_t
days(uint8_t kind, uint32_t date)
{
	uint32_t n;

	exch_diag_clear(&d);
	return exch_cycle_days(&t, kind, date, &n, &d) == EXCH_OK ? (int64_t)n
								  : -1;
}

static void
us(void)
{
	size_t n = kit_table("cycles-us.csv", text, sizeof(text));

	tap_is_i64(exch_cycles_parse(text, n, "us", &t, &d), 0, "US");
	tap_is_i64(days(EXCH_KIND_EQUITY, 20170904), 3, "T+3");
	tap_is_i64(days(EXCH_KIND_EQUITY, 20170905), 2, "T+2 since 2017-09-05");
	tap_is_i64(days(EXCH_KIND_EQUITY, 20240527), 2, "until 2024-05-28");
	tap_is_i64(days(EXCH_KIND_EQUITY, 20240528), 1, "T+1 since then");
	tap_is_i64(days(EXCH_KIND_OPTION, 20240527), 1, "options had it");
	tap_is_i64(days(EXCH_KIND_OPTION, 20240528), 1, "and have");
	tap_is_i64(days(EXCH_KIND_EQUITY, 19950606), -1, "before all that");
	tap_is_str(d.text, "no row tells 'days' for 1995-06-06", "is told");
	exch_reftable_clear(&t);
}

static void
eu(void)
{
	size_t n = kit_table("cycles-eu.csv", text, sizeof(text));

	tap_is_i64(exch_cycles_parse(text, n, "eu", &t, &d), 0, "EU");
	tap_is_i64(days(EXCH_KIND_EQUITY, 20271010), 2, "T+2");
	tap_is_i64(days(EXCH_KIND_EQUITY, 20271011), 1, "T+1 on 2027-10-11");
	exch_reftable_clear(&t);
}

static void
refused(void)
{
	static const struct {
		const char *rows, *why;
	} bad[] = {
	    {"2020-01-01,,,31,a\n", "'31' is no 'days'"},
	    {"2020-01-01,,shares,2,a\n", "'shares' is no 'kind'"},
	    {"2020-01-01,,,2,a\n2021-01-01,,,1,a\n", "line 2 says the same"},
	    {"2021-01-01,2020-01-01,,2,a\n", "it would end before it begins"},
	};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(bad); i++) {
		int n = snprintf(text, sizeof(text),
		    "from,until,kind,days,source\n%s", bad[i].rows);

		exch_diag_clear(&d);
		tap_is_i64(exch_cycles_parse(text, (size_t)n, "x", &t, &d),
		    EXCH_ERR_FORMAT, bad[i].why);
		if (!tap_ok(strstr(d.text, bad[i].why) != NULL, "is told"))
			printf("# %s\n", d.text);
	}
}

/* n settlement days after a date. */
static uint32_t
after(const struct exch_calendar *c, uint32_t date, uint32_t n)
{
	uint32_t day;

	exch_diag_clear(&d);
	return exch_settle_step(c, date, n, &day, &d) == EXCH_OK ? day : 0;
}

static void
calendars(void)
{
	struct exch_calendar c = {0};
	uint32_t n;
	bool is;

	kit_dtc(&c);
	/* Columbus Day: trades of Friday and of Monday settle on Tuesday. */
	tap_is_i64(after(&c, 20261009, 1), 20261013, "Friday + 1");
	tap_is_i64(after(&c, 20261012, 1), 20261013, "Monday + 1");
	tap_is_i64(after(&c, 20261012, 0), 20261013, "that Monday is none");
	tap_is_i64(after(&c, 20261013, 0), 20261013, "Tuesday is one");
	tap_is_i64(after(&c, 20261009, 2), 20261014, "Friday + 2");
	tap_is_i64(after(NULL, 20261009, 1), 20261012, "without a calendar");
	tap_is_i64(after(NULL, 20261010, 0), 20261012, "a Saturday is none");
	tap_is_i64(
	    after(NULL, 20261010, 1), 20261012, "and a day later Monday");
	tap_is_i64(after(NULL, 20261231, 1), 20270101, "over the year");
	tap_is_i64(after(&c, 20991231, 1), 0, "a year it says nothing of");
	tap_ok(strstr(d.text, "tells nothing of 20991231") != NULL, "is told");
	tap_is_i64(exch_settle_is_day(&c, 20261012, &is, &d), 0, "asked");
	tap_ok(!is, "Columbus Day is no settlement day");
	tap_is_i64(exch_settle_days(&c, 20261009, 20261014, &n, &d), 0, "so");
	tap_is_i64(n, 2, "two days from Friday to Wednesday");
	tap_is_i64(exch_settle_days(NULL, 20261009, 20261014, &n, &d), 0, "so");
	tap_is_i64(n, 3, "and three without it");
	tap_is_i64(exch_settle_days(NULL, 20261014, 20261014, &n, &d), 0, "so");
	tap_is_i64(n, 0, "none to itself");
	tap_is_i64(exch_settle_days(NULL, 20261009, 20261011, &n, &d), 0, "so");
	tap_is_i64(n, 0, "none over a weekend");
	exch_calendar_clear(&c);
}

int
main(void)
{
	us();
	eu();
	refused();
	calendars();
	return tap_done();
}
