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

/* Refuse a field: the column is that of its first character. */
static int
bad(const struct parse *p, const struct exch_csv_row *r, size_t field,
    const char *what, struct exch_diag *d)
{
	uint64_t column = 1;
	int rc =
	    exch_diag_set(d, EXCH_ERR_FORMAT, p->name, EXCH_POS_LINE, r->line,
		"'%.40s' %s", field < r->nfields ? r->field[field] : "", what);

	for (size_t i = 0; i < field && i < r->nfields; i++)
		column += r->len[i] + 1;
	if (d != NULL && d->column == 0)
		d->column = column;
	return rc;
}

static int
take_header(struct parse *p, const struct exch_csv_row *r, struct exch_diag *d)
{
	for (size_t i = 0; i < NCOLUMNS; i++)
		if (i >= r->nfields || strcmp(r->field[i], columns[i]) != 0)
			return bad(p, r, i,
			    "stands where the header needs date,event,from,"
			    "to,note",
			    d);
	if (r->nfields > NCOLUMNS)
		return bad(p, r, NCOLUMNS, "is a column too many", d);
	p->headed = true;
	return 0;
}

/* "2026-02-30" is no day although its digits are. */
static bool
is_date(const char *s, size_t n, uint32_t *date)
{
	int y, m, day;

	if (n != 10 || exch_date_parse(s, n, date) != 0)
		return false;
	exch_civil_from_days(exch_days_from_civil((int)(*date / 10000),
				 (int)(*date / 100 % 100), (int)(*date % 100)),
	    &y, &m, &day);
	return (uint32_t)(y * 10000 + m * 100 + day) == *date;
}

static int
take_times(const struct parse *p, const struct exch_csv_row *r,
    struct exch_calendar_row *row, struct exch_diag *d)
{
	for (size_t i = FROM; i <= TO; i++) {
		uint64_t *tod = i == FROM ? &row->from : &row->to;

		if (row->closed && r->len[i] != 0)
			return bad(
			    p, r, i, "stands at a day without trading", d);
		if (!row->closed &&
		    exch_tod_parse(r->field[i], r->len[i], tod) != 0)
			return bad(
			    p, r, i, "is not a time HH:MM[:SS[.fraction]]", d);
	}
	if (!row->closed && row->to >= row->from)
		return bad(p, r, TO, "is not before the time it replaces", d);
	return 0;
}

static int
keep(struct parse *p, const struct exch_calendar_row *row, struct exch_diag *d)
{
	struct exch_calendar *c = p->c;

	if (c->n == p->cap) {
		size_t cap = p->cap > 0 ? 2 * p->cap : 32;
		struct exch_calendar_row *more =
		    exch_realloc(c->row, cap, sizeof(*more));

		if (more == NULL)
			return exch_diag_set(d, EXCH_ERR_NOMEM, p->name,
			    EXCH_POS_NONE, 0, "out of memory for a calendar");
		c->row = more;
		p->cap = cap;
	}
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
		return bad(p, r,
		    r->nfields < NCOLUMNS ? r->nfields - 1 : NCOLUMNS,
		    "does not end a row of five fields", d);
	if (!is_date(r->field[DATE], r->len[DATE], &row.date))
		return bad(p, r, DATE, "is no date such as 2026-11-26", d);
	if (p->c->n > 0 && row.date <= p->c->row[p->c->n - 1].date)
		return bad(p, r, DATE, "is not after the date before it", d);
	row.closed = strcmp(r->field[EVENT], "closed") == 0;
	if (!row.closed && strcmp(r->field[EVENT], "early") != 0)
		return bad(p, r, EVENT, "is neither closed nor early", d);
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
	int64_t days = exch_days_from_civil(
	    (int)(date / 10000), (int)(date / 100 % 100), (int)(date % 100));
	/* 1970-01-01 was a Thursday; 0 is Sunday. */
	int64_t weekday = (days % 7 + 7 + 4) % 7;

	return weekday == 0 || weekday == 6 || (r != NULL && r->closed);
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
