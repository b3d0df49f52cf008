/* Ticks of time (ticks.h). */
#include <config.h>

#include <string.h>

#include "base/buf.h"
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

static void
put(struct exch_buf *b, unsigned v)
{
	exch_buf_char(b, (char)('0' + v / 10 % 10));
	exch_buf_char(b, (char)('0' + v % 10));
}

/* The clock to minutes, seconds, or as far as there are digits. */
static void
put_clock(struct exch_buf *b, uint64_t tod, uint64_t step)
{
	uint64_t ns = tod % EXCH_SEC;
	char digit[9];
	unsigned n = 9;

	put(b, (unsigned)(tod / HOUR));
	exch_buf_char(b, ':');
	put(b, (unsigned)(tod / MINUTE % 60));
	if (step % MINUTE == 0 && tod % MINUTE == 0)
		return;
	exch_buf_char(b, ':');
	put(b, (unsigned)(tod / EXCH_SEC % 60));
	for (unsigned i = 0; i < 9; i++, ns /= 10)
		digit[8 - i] = (char)('0' + ns % 10);
	while (n > 0 && digit[n - 1] == '0')
		n--;
	if (n == 0)
		return;
	exch_buf_char(b, '.');
	exch_buf_add(b, digit, n);
}

static void
put_date(struct exch_buf *b, exch_ts t, bool year)
{
	uint32_t date = exch_ts_date(t);

	if (year) {
		put(b, date / 1000000);
		put(b, date / 10000 % 100);
		exch_buf_char(b, '-');
	}
	put(b, date / 100 % 100);
	exch_buf_char(b, '-');
	put(b, date % 100);
}

/* Into an array of the caller; what does not fit it is left out. */
static void
end_label(struct exch_buf *b, char label[EXCH_TICK_LABEL])
{
	size_t n = b->failed ? 0 : b->len;

	if (n > EXCH_TICK_LABEL - 1)
		n = EXCH_TICK_LABEL - 1;
	if (n > 0)
		memcpy(label, b->p, n);
	label[n] = '\0';
	exch_buf_free(b);
}

void
exch_ticks_time_label(const struct exch_time_ticks *t, exch_ts at,
    const struct exch_tz *tz, char label[EXCH_TICK_LABEL])
{
	struct exch_buf b = {0};
	exch_ts when = local(at, tz);

	if (t->days && when % DAY == 0)
		put_date(&b, when, false);
	else
		put_clock(&b, when % DAY, t->step);
	end_label(&b, label);
}

void
exch_ticks_time_of(exch_ts at, const struct exch_tz *tz, bool date,
    char label[EXCH_TICK_LABEL])
{
	struct exch_buf b = {0};
	exch_ts when = local(at, tz);

	if (date) {
		put_date(&b, when, true);
		exch_buf_char(&b, ' ');
	}
	put_clock(&b, when % DAY, EXCH_SEC);
	end_label(&b, label);
}
