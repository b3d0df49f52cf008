/*
 * Replay by the clock (pace.h).  Every event has an absolute deadline, counted from
 * the first one: sleeping too long once delays one event and not all that
 * follow, so that a day takes a day.
 */
#include <config.h>

#include <string.h>
#include <time.h>

#include "base/dec.h"
#include "common/cli.h"
#include "common/pace.h"

/* A signal that comes just before a sleep begins is seen after this. */
#define SLICE (EXCH_SEC / 5)

int
exch_pace_parse(struct exch_pace *p, const char *s)
{
	size_t n = strlen(s);
	int64_t v;

	p->speed = 0;
	if (strcmp(s, "max") == 0)
		return 0;
	if (n > 1 && s[n - 1] == 'x')
		n--;
	if (exch_dec_parse(s, n, 9, &v) != 0 || v <= 0)
		return EXCH_ERR_RANGE;
	p->speed = (uint64_t)v;
	return 0;
}

static uint64_t
deadline(const struct exch_pace *p, exch_ts t)
{
	exch_u128 wait = (exch_u128)(t - p->first) * EXCH_SEC / p->speed;

	return wait > INT64_MAX - p->began ? INT64_MAX
					   : p->began + (uint64_t)wait;
}

uint64_t
exch_pace_ahead(struct exch_pace *p, exch_ts t)
{
	uint64_t due, at;

	if (!p->running) {
		p->running = true;
		p->first = t;
		p->began = exch_cli_now();
		return 0;
	}
	if (t <= p->first)
		return 0;
	due = deadline(p, t);
	at = exch_cli_now();
	return due > at ? due - at : 0;
}

void
exch_pace_wait(const struct exch_pace *p, exch_ts t)
{
	uint64_t due = deadline(p, t);
	uint64_t at = exch_cli_now();

	while (at < due && exch_cli_signal == 0) {
		uint64_t till = due - at > SLICE ? at + SLICE : due;
		struct timespec ts = {.tv_sec = (time_t)(till / EXCH_SEC),
		    .tv_nsec = (long)(till % EXCH_SEC)};

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
		at = exch_cli_now();
	}
}
