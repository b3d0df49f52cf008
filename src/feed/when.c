/*
 * Text to times for the order CSV and the scenario.  Rows come in the
 * order of time, so that the zone is asked once per minute of the day and
 * not once per row: no zone of the database changes inside a minute.
 */
#include <config.h>

#include <string.h>

#include "feed/when.h"

#define MINUTE (60 * EXCH_SEC)

void
exch_when_init(
    struct exch_when *w, uint32_t date, const struct exch_tz *tz, bool utc)
{
	*w = (struct exch_when){.date = date, .tz = tz, .utc = utc};
	w->minute = UINT64_MAX;
}

static bool
digit(char c)
{
	return (unsigned char)(c - '0') <= 9;
}

static unsigned
two(const char *s)
{
	return (unsigned)(s[0] - '0') * 10 + (unsigned)(s[1] - '0');
}

/* ".ffffffff" to ns; the point has been seen. */
static bool
fraction(const char *s, size_t n, uint64_t *ns)
{
	static const uint32_t unit[10] = {
	    0, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
	uint64_t v = 0;

	if (n == 0 || n > 9)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!digit(s[i]))
			return false;
		v = v * 10 + (uint64_t)(s[i] - '0');
	}
	*ns = v * unit[n];
	return true;
}

/* Minute of the day and ns inside it. */
static bool
time_of_day(const char *s, size_t n, uint64_t *minute, uint64_t *ns)
{
	unsigned hour, min, sec = 0;
	uint64_t frac = 0;

	if (n >= 4 && digit(s[0]) && s[1] == ':') {
		hour = (unsigned)(s[0] - '0');
		s += 2;
		n -= 2;
	} else if (n >= 5 && digit(s[0]) && digit(s[1]) && s[2] == ':') {
		hour = two(s);
		s += 3;
		n -= 3;
	} else {
		return false;
	}
	if (!digit(s[0]) || !digit(s[1]))
		return false;
	min = two(s);
	if (n > 2) {
		if (n < 5 || s[2] != ':' || !digit(s[3]) || !digit(s[4]))
			return false;
		sec = two(s + 3);
		if (n > 5 && (s[5] != '.' || !fraction(s + 6, n - 6, &frac)))
			return false;
	}
	if (hour > 24 || min > 59 || sec > 59 ||
	    (hour == 24 && (min != 0 || sec != 0 || frac != 0)))
		return false;
	*minute = hour * 60 + min;
	*ns = sec * EXCH_SEC + frac;
	return true;
}

static int
local(struct exch_when *w, uint32_t date, const char *s, size_t n, exch_ts *t,
    const char **need)
{
	uint64_t minute, ns;

	if (!time_of_day(s, n, &minute, &ns))
		return EXCH_ERR_FORMAT;
	if (minute != w->minute || date != w->base_date) {
		if (date == 0) {
			*need = "--date YYYY-MM-DD";
			return EXCH_ERR_NEED;
		}
		if (w->tz == NULL && !w->utc) {
			*need = "--tz ZONE";
			return EXCH_ERR_NEED;
		}
		w->base = w->tz != NULL
			      ? exch_tz_local(w->tz, date, minute * MINUTE)
			      : exch_date_ts(date) + minute * MINUTE;
		w->minute = minute;
		w->base_date = date;
	}
	*t = w->base + ns;
	return 0;
}

/* A date, T or a blank, a time of day, and perhaps the offset. */
static int
stamp(
    struct exch_when *w, const char *s, size_t n, exch_ts *t, const char **need)
{
	uint32_t date;
	uint64_t minute, ns;
	char text[7];
	int off = 0;
	int64_t east;

	if (exch_date_parse(s, 10, &date) != 0)
		return EXCH_ERR_FORMAT;
	s += 11;
	n -= 11;
	if (s[n - 1] == 'Z') {
		n--;
	} else if (n > 6 && (s[n - 6] == '+' || s[n - 6] == '-')) {
		memcpy(text, s + n - 6, 6);
		text[6] = '\0';
		if (exch_tz_offset_parse(text, &off) != 0)
			return EXCH_ERR_FORMAT;
		n -= 6;
	} else {
		return local(w, date, s, n, t, need);
	}
	if (!time_of_day(s, n, &minute, &ns))
		return EXCH_ERR_FORMAT;
	*t = exch_date_ts(date) + minute * MINUTE + ns;
	east = (int64_t)off * (int64_t)EXCH_SEC;
	/* Before 1970 there is no time. */
	if (east > 0 && (uint64_t)east > *t)
		return EXCH_ERR_FORMAT;
	*t -= (uint64_t)east;
	return 0;
}

/* The time of a row in the same second as the one before it. */
static bool
same_second(const struct exch_when *w, const char *s, size_t n, exch_ts *t)
{
	uint64_t text, ns = 0;

	memcpy(&text, s, sizeof(text));
	if (text != w->second_text)
		return false;
	if (n > 8 && (s[8] != '.' || !fraction(s + 9, n - 9, &ns)))
		return false;
	*t = w->second + ns;
	return true;
}

static int
of_the_day(
    struct exch_when *w, const char *s, size_t n, exch_ts *t, const char **need)
{
	int rc;

	if (n >= 8 && same_second(w, s, n, t))
		return 0;
	rc = local(w, w->date, s, n, t, need);
	w->second_text = 0;
	/* 24:00:00 is a time, 24:00:00.5 is not. */
	if (rc == 0 && n >= 8 && s[2] == ':' && (s[0] != '2' || s[1] != '4')) {
		memcpy(&w->second_text, s, sizeof(w->second_text));
		w->second = *t - *t % EXCH_SEC;
	}
	return rc;
}

int
exch_when_parse(
    struct exch_when *w, const char *s, size_t n, exch_ts *t, const char **need)
{
	if (n >= 4 && n <= 18 && (s[1] == ':' || s[2] == ':'))
		return of_the_day(w, s, n, t, need);
	if (n >= 15 && n <= 40 && s[4] == '-' && (s[10] == 'T' || s[10] == ' '))
		return stamp(w, s, n, t, need);
	for (size_t i = 0; i < n; i++) {
		if (!digit(s[i]))
			return EXCH_ERR_FORMAT;
	}
	return n == 0 || n > 20 ? EXCH_ERR_FORMAT : exch_ts_parse(s, n, t);
}
