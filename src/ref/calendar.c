/*
 * A venue's calendar (calendar.h): reading it strictly, and what it does to
 * the timetable of a day.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/csv.h"
#include "base/time.h"
#include "ref/calendar.h"

enum column { DATE, EVENT, FROM, TO, NOTE, NCOLUMNS };

static const char *const columns[NCOLUMNS] = {
    "date", "event", "from", "to", "note"};

struct parse {
	struct exch_calendar *c;
	size_t cap;
	const char *name;
	bool headed;
};

static int
take_header(struct parse *p, const struct exch_csv_row *r, struct exch_diag *d)
{
	for (size_t i = 0; i < NCOLUMNS; i++)
		if (i >= r->nfields || strcmp(r->field[i], columns[i]) != 0)
			return exch_csv_bad(r, p->name, i, d,
			    "stands where the header needs date,event,from,"
			    "to,note");
	if (r->nfields > NCOLUMNS)
		return exch_csv_bad(
		    r, p->name, NCOLUMNS, d, "is a column too many");
	p->headed = true;
	return 0;
}

static int
take_times(const struct parse *p, const struct exch_csv_row *r,
    struct exch_calendar_row *row, struct exch_diag *d)
{
	for (size_t i = FROM; i <= TO; i++) {
		uint64_t *tod = i == FROM ? &row->from : &row->to;

		if (row->closed && r->len[i] != 0)
			return exch_csv_bad(r, p->name, i, d,
			    "stands at a day without trading");
		if (!row->closed &&
		    exch_tod_parse(r->field[i], r->len[i], tod) != 0)
			return exch_csv_bad(r, p->name, i, d,
			    "is not a time HH:MM[:SS[.fraction]]");
	}
	if (!row->closed && row->to >= row->from)
		return exch_csv_bad(
		    r, p->name, TO, d, "is not before the time it replaces");
	return 0;
}

static int
keep(struct parse *p, const struct exch_calendar_row *row, struct exch_diag *d)
{
	struct exch_calendar *c = p->c;

	if (!exch_room(&c->row, c->n, &p->cap, sizeof(*row)))
		return exch_diag_set(d, EXCH_ERR_NOMEM, p->name, EXCH_POS_NONE,
		    0, "out of memory for a calendar");
	c->row[c->n++] = *row;
	return 0;
}

static int
take_row(void *arg, const struct exch_csv_row *r, struct exch_diag *d)
{
	struct parse *p = arg;
	struct exch_calendar_row row = {0};
	int err;

	if (r->nfields > 0 && r->field[0][0] == '#')
		return 0;
	if (!p->headed)
		return take_header(p, r, d);
	if (r->nfields != NCOLUMNS)
		return exch_csv_bad(r, p->name,
		    r->nfields < NCOLUMNS ? r->nfields - 1 : NCOLUMNS, d,
		    "does not end a row of five fields");
	if (r->len[DATE] != 10 ||
	    exch_date_parse(r->field[DATE], 10, &row.date) != 0)
		return exch_csv_bad(
		    r, p->name, DATE, d, "is no date such as 2026-11-26");
	if (p->c->n > 0 && row.date <= p->c->row[p->c->n - 1].date)
		return exch_csv_bad(
		    r, p->name, DATE, d, "is not after the date before it");
	row.closed = strcmp(r->field[EVENT], "closed") == 0;
	if (!row.closed && strcmp(r->field[EVENT], "early") != 0)
		return exch_csv_bad(
		    r, p->name, EVENT, d, "is neither closed nor early");
	err = take_times(p, r, &row, d);
	return err == 0 ? keep(p, &row, d) : err;
}

int
exch_calendar_parse(const char *text, size_t n, const char *name,
    struct exch_calendar *c, struct exch_diag *d)
{
	struct parse p = {.c = c, .name = name};
	int err;

	memset(c, 0, sizeof(*c));
	err = exch_csv_parse(text, n, name, take_row, &p, d);
	if (err == 0 && !p.headed)
		err = exch_diag_set(d, EXCH_ERR_FORMAT, name, EXCH_POS_NONE, 0,
		    "the header date,event,from,to,note is missing");
	if (err != 0)
		exch_calendar_clear(c);
	return err;
}

void
exch_calendar_clear(struct exch_calendar *c)
{
	exch_free(c->row);
	memset(c, 0, sizeof(*c));
}

/* ---- asking ---- */

static const struct exch_calendar_row *
find(const struct exch_calendar *c, uint32_t date)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->row[i].date == date)
			return &c->row[i];
	return NULL;
}

bool
exch_calendar_knows(const struct exch_calendar *c, uint32_t date)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->row[i].date / 10000 == date / 10000)
			return true;
	return false;
}

bool
exch_calendar_closed(const struct exch_calendar *c, uint32_t date)
{
	const struct exch_calendar_row *r = find(c, date);
	int64_t days = exch_date_days(date);
	/* 1970-01-01 was a Thursday; 0 is Sunday. */
	int64_t weekday = (days % 7 + 7 + 4) % 7;

	return weekday == 0 || weekday == 6 || (r != NULL && r->closed);
}

int
exch_calendar_step(
    const struct exch_calendar *c, uint32_t date, int n, uint32_t *out)
{
	int step = n < 0 ? -1 : 1, left = n < 0 ? -n : n;

	if (!exch_date_is(date))
		return EXCH_ERR_RANGE;
	if (!exch_calendar_knows(c, date))
		return EXCH_ERR_ABSENT;
	while (left > 0 || exch_calendar_closed(c, date)) {
		date = exch_days_date(exch_date_days(date) + step);
		if (!exch_calendar_knows(c, date))
			return EXCH_ERR_ABSENT;
		left -= left > 0 && !exch_calendar_closed(c, date);
	}
	*out = date;
	return EXCH_OK;
}

bool
exch_calendar_move(const struct exch_calendar *c, uint32_t date, uint64_t *tod)
{
	const struct exch_calendar_row *r = find(c, date);

	if (r == NULL || r->closed || *tod < r->to)
		return true;
	if (*tod < r->from)
		return false;
	*tod -= r->from - r->to;
	return true;
}

/* ---- the timetable ---- */

static int
close_day(struct exch_timetable *t, exch_ts midnight)
{
	struct exch_timetable_row *row = exch_calloc(1, sizeof(*row));

	if (row == NULL)
		return EXCH_ERR_NOMEM;
	row->time = midnight;
	exch_free(t->row);
	t->row = row;
	t->n = 1;
	return 0;
}

int
exch_calendar_apply(const struct exch_calendar *c, uint32_t date,
    const struct exch_tz *tz, struct exch_timetable *t)
{
	const struct exch_calendar_row *r = find(c, date);
	exch_ts from, to;
	size_t n = 0;

	if (exch_calendar_closed(c, date))
		return close_day(t, exch_tz_local(tz, date, 0));
	if (r == NULL)
		return 0;
	from = exch_tz_local(tz, date, r->from);
	to = exch_tz_local(tz, date, r->to);
	for (size_t i = 0; i < t->n; i++) {
		struct exch_timetable_row row = t->row[i];

		if (row.time >= to && row.time < from)
			continue;
		if (row.time >= from)
			row.time -= from - to;
		t->row[n++] = row;
	}
	t->n = n;
	return 0;
}
