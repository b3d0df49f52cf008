/*
 * The days on which a venue does not trade, or closes early: a dated table
 * in CSV.
 *
 *	# anything behind a number sign
 *	date,event,from,to,note
 *	2026-11-26,closed,,,Thanksgiving Day
 *	2026-11-27,early,15:25,12:25,the day after
 *
 * Saturdays and Sundays are closed without a row.  On an early day what the
 * local clock brings at `from` or later comes earlier by from - to, and
 * what it brings from `to` on, but before `from`, does not come at all.
 */
#ifndef EXCH_REF_CALENDAR_H
#define EXCH_REF_CALENDAR_H

#include "base/err.h"
#include "ref/timetable.h"

struct exch_tz;

struct exch_calendar_row {
	uint32_t date; /* 20261126 */
	bool closed;   /* else early */
	uint64_t from; /* ns of the local clock */
	uint64_t to;
};

struct exch_calendar {
	struct exch_calendar_row *row; /* ascending dates */
	size_t n;
};

/*
 * Parse the table's text.  What is wrong is refused with line and column.
 * The rows are owned by *c and freed by exch_calendar_clear.
 */
int exch_calendar_parse(const char *text, size_t n, const char *name,
    struct exch_calendar *c, struct exch_diag *d);
void exch_calendar_clear(struct exch_calendar *c);

/* Does the table say anything about the date's year? */
bool exch_calendar_knows(const struct exch_calendar *c, uint32_t date);
bool exch_calendar_closed(const struct exch_calendar *c, uint32_t date);
/*
 * The n-th day after a date that is not closed, or of n < 0 before it; of 0
 * the date itself, or when it is closed the next one.  EXCH_ERR_ABSENT: the
 * table says nothing about a year that is met; EXCH_ERR_RANGE: no such date.
 */
int exch_calendar_step(
    const struct exch_calendar *c, uint32_t date, int n, uint32_t *out);
/* Where a time of the local clock goes on that date; false: nowhere. */
bool exch_calendar_move(
    const struct exch_calendar *c, uint32_t date, uint64_t *tod);
/*
 * The timetable of that date and zone as the calendar has it: moved rows on
 * an early day, nothing but "closed" from midnight on when it is closed.
 * EXCH_ERR_NOMEM, and the timetable is as before.
 */
int exch_calendar_apply(const struct exch_calendar *c, uint32_t date,
    const struct exch_tz *tz, struct exch_timetable *t);

#endif
