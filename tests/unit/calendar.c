/*
 * ref/calendar: rows, refusals with line and column, weekends, and what an
 * early close does to a timetable, on days when clocks change as well.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "../tap.h"
#include "base/alloc.h"
#include "base/time.h"
#include "ref/calendar.h"

#define HEAD "date,event,from,to,note\n"

static struct exch_calendar c;
static struct exch_diag d;

static int
parse(const char *text)
{
	exch_calendar_clear(&c);
	exch_diag_clear(&d);
	return exch_calendar_parse(text, strlen(text), "cal", &c, &d);
}

static void
refused(const char *text, uint64_t line, uint64_t column, const char *why)
{
	int rc = parse(text);
	bool good = rc == EXCH_ERR_FORMAT && d.where == line &&
		    d.column == column && strstr(d.text, why) != NULL;

	tap_ok(good, why);
	if (!good)
		printf("# %d, %llu:%llu: %s\n", rc, (unsigned long long)d.where,
		    (unsigned long long)d.column, d.text);
}

static void
refusals(void)
{
	refused("", 0, 0, "the header date,event,from,to,note is missing");
	refused("# only words\n", 0, 0, "is missing");
	refused("date,event,from,till,note\n", 1, 17, "'till' stands where");
	refused("date,event\n", 1, 12, "'' stands where the header");
	refused("date,event,from,to,note,more\n", 1, 25, "a column too many");
	refused(HEAD "2026-01-01,closed,,\n", 2, 20, "a row of five fields");
	refused(HEAD "2026-02-29,closed,,,\n", 2, 1, "'2026-02-29' is no date");
	refused(HEAD "20260101,closed,,,\n", 2, 1, "is no date");
	refused(HEAD "2026-01-01,closed,,,\n2026-01-01,closed,,,\n", 3, 1,
	    "is not after the date before it");
	refused(HEAD "2026-01-01,shut,,,\n", 2, 12, "neither closed nor early");
	refused(HEAD "2026-01-01,closed,,13:00,\n", 2, 20,
	    "'13:00' stands at a day without trading");
	refused(HEAD "2026-01-01,early,16:0,13:00,\n", 2, 18, "is not a time");
	refused(HEAD "2026-01-01,early,16:00,,\n", 2, 24, "is not a time");
	refused(HEAD "2026-01-01,early,16:00,16:00,\n", 2, 24,
	    "is not before the time it replaces");
	tap_ok(parse(HEAD "2026-01-01,closed,,,\"New\n") == EXCH_ERR_FORMAT,
	    "a quote without its end");
}

static void
days(void)
{
	uint64_t tod = 0;

	tap_is_i64(parse("# words, and more\n" HEAD
			 "2026-11-26,closed,,,\"Thanks, all\"\n"
			 "# between\n"
			 "2026-11-27,early,15:25,12:25,\n"),
	    0, "a table");
	tap_is_u64(c.n, 2, "two rows");
	tap_ok(exch_calendar_closed(&c, 20261126), "a holiday");
	tap_ok(!exch_calendar_closed(&c, 20261127), "an early close is open");
	tap_ok(!exch_calendar_closed(&c, 20261125), "so is Wednesday");
	tap_ok(exch_calendar_closed(&c, 20261128), "Saturday");
	tap_ok(exch_calendar_closed(&c, 20261129), "Sunday");
	tap_ok(!exch_calendar_closed(&c, 20261130), "Monday");
	tap_ok(exch_calendar_closed(&c, 19691228), "a Sunday before 1970");
	tap_ok(exch_calendar_knows(&c, 20260101), "2026 is known");
	tap_ok(!exch_calendar_knows(&c, 20270101), "2027 is not");
	(void)exch_tod_parse("15:35", 5, &tod);
	tap_ok(exch_calendar_move(&c, 20261127, &tod), "15:35 has a place");
	tap_is_u64(tod, UINT64_C(45300000000000), "at 12:35");
	tap_ok(!exch_calendar_move(&c, 20261127, &tod), "12:35 has none");
	tap_is_u64(tod, UINT64_C(45300000000000), "and stays");
	tap_ok(exch_calendar_move(&c, 20261125, &tod), "on other days it has");
}

static uint32_t
step(uint32_t date, int n)
{
	uint32_t to = 0;
	int err = exch_calendar_step(&c, date, n, &to);

	return err == 0 ? to : (uint32_t)-err;
}

static void
steps(void)
{
	tap_is_u64(step(20261125, 0), 20261125, "a day that is open");
	tap_is_u64(step(20261126, 0), 20261127, "the next after a holiday");
	tap_is_u64(step(20261128, 0), 20261130, "and after a Saturday");
	tap_is_u64(step(20261125, 1), 20261127, "one on, over the holiday");
	tap_is_u64(step(20261125, 2), 20261130, "two on, over the weekend");
	tap_is_u64(step(20261129, 1), 20261130, "one on from a Sunday");
	tap_is_u64(step(20261130, -1), 20261127, "one back");
	tap_is_u64(step(20261129, -2), 20261125, "two back from a Sunday");
	tap_is_u64(step(20261231, 1), 8, "a year that the table has not got");
	tap_is_u64(step(20270102, 0), 8, "nor there");
	tap_is_u64(step(20261131, 1), 5, "a day that there is not");
}

static const char *
row_time(const struct exch_timetable *t, size_t i)
{
	static char text[40];

	if (i >= t->n)
		return "none";
	*exch_ts_put(text, t->row[i].time) = '\0';
	text[19] = '\0';
	return text;
}

static void
timetables(void)
{
	static const char rows[] = "09:30 continuous\n12:30 call intraday\n"
				   "15:50 call close\n16:00 end\n";
	struct exch_timetable t;
	struct exch_tz *tz = NULL;

	(void)exch_tz_fixed(-5 * 3600, &tz);
	(void)exch_timetable_parse(
	    rows, strlen(rows), "t", 20261127, tz, &t, &d);
	tap_is_i64(
	    exch_calendar_apply(&c, 20261127, tz, &t), 0, "an early day");
	tap_is_u64(t.n, 3, "what lies between is left out");
	tap_is_str(row_time(&t, 0), "2026-11-27T14:30:00", "the morning stays");
	tap_is_str(row_time(&t, 1), "2026-11-27T17:50:00", "the closing call");
	tap_is_str(row_time(&t, 2), "2026-11-27T18:00:00", "and the end");
	exch_timetable_clear(&t);
	(void)exch_timetable_parse(
	    rows, strlen(rows), "t", 20261125, tz, &t, &d);
	(void)exch_calendar_apply(&c, 20261125, tz, &t);
	tap_is_u64(t.n, 4, "another day is left alone");
	exch_timetable_clear(&t);
	(void)exch_timetable_parse(
	    rows, strlen(rows), "t", 20261126, tz, &t, &d);
	exch_alloc_fail_at(1);
	tap_is_i64(exch_calendar_apply(&c, 20261126, tz, &t), EXCH_ERR_NOMEM,
	    "without memory");
	exch_alloc_fail_at(0);
	tap_is_u64(t.n, 4, "nothing happens");
	tap_is_i64(exch_calendar_apply(&c, 20261126, tz, &t), 0, "a holiday");
	tap_is_u64(t.n, 1, "has one row");
	tap_is_str(row_time(&t, 0), "2026-11-26T05:00:00", "from midnight on");
	tap_ok(t.row[0].phase == 0 && t.row[0].symbol[0] == '\0',
	    "closed, for all");
	exch_timetable_clear(&t);
	exch_tz_free(tz);
}

static void
no_memory(void)
{
	unsigned told = 0, wrong = 0;

	/* The CSV library itself makes do with less where it can. */
	for (uint64_t n = 1; n < 20; n++) {
		int rc;

		exch_calendar_clear(&c);
		exch_diag_clear(&d);
		exch_alloc_fail_at(n);
		rc = parse(HEAD "2026-11-26,closed,,,\n");
		told += rc == EXCH_ERR_NOMEM && c.row == NULL;
		wrong += rc != EXCH_ERR_NOMEM && (rc != 0 || c.n != 1);
	}
	exch_alloc_fail_at(0);
	tap_ok(told > 1, "memory that fails is told");
	tap_is_u64(wrong, 0, "or the table is whole");
}

int
main(void)
{
	refusals();
	days();
	steps();
	timetables();
	no_memory();
	exch_calendar_clear(&c);
	return tap_done();
}
