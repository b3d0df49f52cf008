/* Ticks of time (ticks.h). */
#include <config.h>

#include <string.h>

#include "plot/ticks.h"

#define MINUTE (60 * EXCH_SEC)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* The step behind one: what people count in, and then days, doubled. */
static uint64_t
next_step(uint64_t step)
{
	static const uint64_t named[] = {EXCH_SEC, 2 * EXCH_SEC, 5 * EXCH_SEC,
	    10 * EXCH_SEC, 15 * EXCH_SEC, 30 * EXCH_SEC, MINUTE, 2 * MINUTE,
	    5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR,
	    3 * HOUR, 6 * HOUR, 12 * HOUR, DAY};
	uint64_t power = 1;

	if (step >= DAY)
		return step * 2;
	for (size_t i = 0; step >= EXCH_SEC && i < EXCH_ARRAY_LEN(named); i++)
		if (named[i] > step)
			return named[i];
	/* below a second 1, 2 and 5 times powers of ten */
	while (step / power >= 10)
		power *= 10;
	return step == power	   ? 2 * power
	       : step == 2 * power ? 5 * power
				   : 10 * power;
}

/* Local time as if it were UTC; the offset never passes the ends of time. */
static exch_ts
local(exch_ts t, const struct exch_tz *tz)
{
	exch_i128 off = (exch_i128)exch_tz_offset(tz, t) * (exch_i128)EXCH_SEC;
	exch_i128 v = (exch_i128)t + off;

	if (v < 0)
		return 0;
	return v > (exch_i128)UINT64_MAX ? UINT64_MAX : (exch_ts)v;
}

void
exch_ticks_of_time(exch_ts start, exch_ts end, const struct exch_tz *tz,
    unsigned most, struct exch_time_ticks *t)
{
	exch_ts from = local(start, tz);
	uint64_t span = end - start;
	uint64_t rest;

	*t = (struct exch_time_ticks){.step = 1, .days = span > DAY};
	while (span / t->step >= most && t->step < UINT64_MAX / 4)
		t->step = next_step(t->step);
	rest = from % t->step == 0 ? 0 : t->step - from % t->step;
	if (rest > span) {
		/* none of them is in it: its beginning is the tick */
		t->first = start;
		t->n = 1;
		return;
	}
	t->first = start + rest;
	t->n = (unsigned)((span - rest) / t->step + 1);
}

/* Labels are written into the caller's array, which has room for all of them. */
static char *
put(char *p, unsigned v)
{
	*p++ = (char)('0' + v / 10 % 10);
	*p++ = (char)('0' + v % 10);
	return p;
}

/* The clock to minutes, seconds, or as far as there are digits. */
static char *
put_clock(char *p, uint64_t tod, uint64_t step)
{
	uint64_t ns = tod % EXCH_SEC;
	char digit[9];
	unsigned n = 9;

	p = put(p, (unsigned)(tod / HOUR));
	*p++ = ':';
	p = put(p, (unsigned)(tod / MINUTE % 60));
	if (step % MINUTE == 0 && tod % MINUTE == 0)
		return p;
	*p++ = ':';
	p = put(p, (unsigned)(tod / EXCH_SEC % 60));
	for (unsigned i = 0; i < 9; i++, ns /= 10)
		digit[8 - i] = (char)('0' + ns % 10);
	while (n > 0 && digit[n - 1] == '0')
		n--;
	if (n == 0)
		return p;
	*p++ = '.';
	memcpy(p, digit, n);
	return p + n;
}

static char *
put_date(char *p, exch_ts t, bool year)
{
	uint32_t date = exch_ts_date(t);

	if (year) {
		p = put(p, date / 1000000);
		p = put(p, date / 10000 % 100);
		*p++ = '-';
	}
	p = put(p, date / 100 % 100);
	*p++ = '-';
	return put(p, date % 100);
}

void
exch_ticks_time_label(const struct exch_time_ticks *t, exch_ts at,
    const struct exch_tz *tz, char label[EXCH_TICK_LABEL])
{
	exch_ts when = local(at, tz);

	if (t->days && when % DAY == 0)
		*put_date(label, when, false) = '\0';
	else
		*put_clock(label, when % DAY, t->step) = '\0';
}

void
exch_ticks_time_of(exch_ts at, const struct exch_tz *tz, bool date,
    char label[EXCH_TICK_LABEL])
{
	exch_ts when = local(at, tz);
	char *p = label;

	if (date) {
		p = put_date(p, when, true);
		*p++ = ' ';
	}
	*put_clock(p, when % DAY, EXCH_SEC) = '\0';
}
