/*
 * Dates and time stamps as text.  Zones are in tz.c; nothing here knows
 * what time it is now.
 */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "base/time.h"

#define DAY_NS (86400 * EXCH_SEC)

/*
 * Years are counted from March, so that the leap day is the last of its
 * year and months have 31 30 31 30 31 days again and again: (153m + 2) / 5
 * days lie before month m (0 is March).  Eras of 400 years have 146097 days.
 */
int64_t
exch_days_from_civil(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t m = month > 2 ? month - 3 : month + 9;
	int64_t doy = (153 * m + 2) / 5 + day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

void
exch_civil_from_days(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468; /* from 0000-03-01 */
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t m = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

/* Exactly n digits; -1 when there is anything else. */
static int
digits(const char *s, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	return v;
}

static int
check_date(int y, int m, int d)
{
	static const int last[12] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

	if (y < 0 || m < 1 || m > 12 || d < 1 ||
	    d > last[m - 1] + (m == 2 && leap))
		return EXCH_ERR_FORMAT;
	/* 2^64 ns end in July 2554. */
	return y >= 1970 && y <= 2553 ? 0 : EXCH_ERR_RANGE;
}

/* Its numbers; they need not be a date's. */
static int
date_numbers(const char *s, size_t n, uint32_t *yyyymmdd)
{
	int y, m, d;

	if (n == 10 && s[4] == '-' && s[7] == '-') {
		y = digits(s, 4);
		m = digits(s + 5, 2);
		d = digits(s + 8, 2);
	} else if (n == 8) {
		y = digits(s, 4);
		m = digits(s + 4, 2);
		d = digits(s + 6, 2);
	} else {
		return EXCH_ERR_FORMAT;
	}
	if (y < 0 || m < 0 || d < 0)
		return EXCH_ERR_FORMAT;
	*yyyymmdd = (uint32_t)(y * 10000 + m * 100 + d);
	return 0;
}

static int
check_number(uint32_t v)
{
	return check_date(
	    (int)(v / 10000), (int)(v / 100 % 100), (int)(v % 100));
}

int
exch_date_parse(const char *s, size_t n, uint32_t *yyyymmdd)
{
	uint32_t v;
	int err = date_numbers(s, n, &v);

	if (err == 0)
		err = check_number(v);
	if (err == 0)
		*yyyymmdd = v;
	return err;
}

bool
exch_birth_is(uint32_t yyyymmdd)
{
	return yyyymmdd >= 18500101 && yyyymmdd <= 21991231 &&
	       check_number(yyyymmdd) != EXCH_ERR_FORMAT;
}

int
exch_birth_parse(const char *s, size_t n, uint32_t *yyyymmdd)
{
	uint32_t v;
	int err = date_numbers(s, n, &v);

	if (err == 0 && !exch_birth_is(v))
		err = EXCH_ERR_FORMAT;
	if (err == 0)
		*yyyymmdd = v;
	return err;
}

bool
exch_date_is(uint32_t yyyymmdd)
{
	return yyyymmdd <= 99991231 &&
	       check_date((int)(yyyymmdd / 10000), (int)(yyyymmdd / 100 % 100),
		   (int)(yyyymmdd % 100)) == 0;
}

int64_t
exch_date_days(uint32_t yyyymmdd)
{
	return exch_days_from_civil((int)(yyyymmdd / 10000),
	    (int)(yyyymmdd / 100 % 100), (int)(yyyymmdd % 100));
}

uint32_t
exch_days_date(int64_t days)
{
	int y, m, d;

	exch_civil_from_days(days, &y, &m, &d);
	return (uint32_t)(y * 10000 + m * 100 + d);
}

exch_ts
exch_date_ts(uint32_t yyyymmdd)
{
	int64_t days = exch_date_days(yyyymmdd);

	return days > 0 ? (uint64_t)days * DAY_NS : 0;
}

uint32_t
exch_ts_date(exch_ts t)
{
	return exch_days_date((int64_t)(t / DAY_NS));
}

/* 1..9 digits of a second's fraction to ns. */
static int
fraction(const char *s, size_t n, uint64_t *ns)
{
	uint64_t v;

	if (n < 1 || n > 9 || exch_uint_parse(s, n, &v) != 0)
		return EXCH_ERR_FORMAT;
	*ns = v * exch_pow10[9 - n];
	return 0;
}

int
exch_tod_parse(const char *s, size_t n, uint64_t *ns)
{
	int h, m;
	int sec = 0;
	uint64_t frac = 0;
	uint64_t v;

	if (n < 5 || s[2] != ':')
		return EXCH_ERR_FORMAT;
	h = digits(s, 2);
	m = digits(s + 3, 2);
	if (n > 5) {
		if (n < 8 || s[5] != ':')
			return EXCH_ERR_FORMAT;
		sec = digits(s + 6, 2);
	}
	if (n > 8 && (s[8] != '.' || fraction(s + 9, n - 9, &frac) != 0))
		return EXCH_ERR_FORMAT;
	if (h < 0 || m < 0 || m > 59 || sec < 0 || sec > 59)
		return EXCH_ERR_FORMAT;
	v = (uint64_t)(h * 3600 + m * 60 + sec) * EXCH_SEC + frac;
	if (v > DAY_NS)
		return EXCH_ERR_FORMAT;
	*ns = v;
	return 0;
}

int
exch_ts_parse(const char *s, size_t n, exch_ts *out)
{
	uint32_t date;
	uint64_t tod;
	int err;

	/* Seconds are needed here, and 24:00 would be a second name. */
	if (n < 20 || s[10] != 'T' || s[n - 1] != 'Z')
		return exch_uint_parse(s, n, out);
	if (s[4] != '-')
		return EXCH_ERR_FORMAT;
	err = exch_date_parse(s, 10, &date);
	if (err != 0)
		return err;
	if (exch_tod_parse(s + 11, n - 12, &tod) != 0 || tod == DAY_NS)
		return EXCH_ERR_FORMAT;
	*out = exch_date_ts(date) + tod;
	return 0;
}

/* Two digits and a separator. */
static char *
put2(char *p, unsigned v, char then)
{
	p[0] = (char)('0' + v / 10 % 10);
	p[1] = (char)('0' + v % 10);
	p[2] = then;
	return p + 3;
}

char *
exch_tod_put(char *p, uint64_t ns)
{
	unsigned sec = (unsigned)(ns / EXCH_SEC);
	unsigned frac = (unsigned)(ns % EXCH_SEC);

	p = put2(p, sec / 3600, ':');
	p = put2(p, sec / 60 % 60, ':');
	p = put2(p, sec % 60, '.');
	for (int i = 8; i >= 0; i--) {
		p[i] = (char)('0' + frac % 10);
		frac /= 10;
	}
	return p + 9;
}

char *
exch_ts_put(char *p, exch_ts t)
{
	int y, m, d;

	exch_civil_from_days((int64_t)(t / DAY_NS), &y, &m, &d);
	p[0] = (char)('0' + y / 1000);
	p[1] = (char)('0' + y / 100 % 10);
	p = put2(p + 2, (unsigned)y % 100, '-');
	p = put2(p, (unsigned)m, '-');
	p = put2(p, (unsigned)d, 'T');
	p = exch_tod_put(p, t % DAY_NS);
	*p = 'Z';
	return p + 1;
}

int
exch_duration_parse(const char *s, size_t n, uint64_t *ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} unit[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", EXCH_SEC},
	    {"m", 60 * EXCH_SEC}, {"h", 3600 * EXCH_SEC}};
	size_t digits = 0;
	uint64_t v;

	while (digits < n && s[digits] >= '0' && s[digits] <= '9')
		digits++;
	if (digits == 0 || exch_uint_parse(s, digits, &v) != 0 || v == 0)
		return EXCH_ERR_FORMAT;
	for (size_t i = 0; i < EXCH_ARRAY_LEN(unit); i++)
		if (strlen(unit[i].name) == n - digits &&
		    memcmp(s + digits, unit[i].name, n - digits) == 0)
			return !__builtin_mul_overflow(v, unit[i].ns, ns) &&
				       *ns <= 24 * 3600 * EXCH_SEC
				   ? EXCH_OK
				   : EXCH_ERR_RANGE;
	return EXCH_ERR_FORMAT;
}
