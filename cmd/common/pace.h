/*
 * By the clock: events at the distances they had, or as fast as is told.
 * Nothing depends on it but when something is done.
 */
#ifndef EXCH_CMD_PACE_H
#define EXCH_CMD_PACE_H

#include "base/err.h"

struct exch_pace {
	uint64_t speed; /* x 10^9; 0: as fast as possible */
	bool running;
	exch_ts first; /* event time and clock when it began */
	uint64_t began;
};

/* "max", "1", "0.5", "10x". */
int exch_pace_parse(struct exch_pace *p, const char *s);
/* ns to wait before an event of this time; starts the clock. */
uint64_t exch_pace_ahead(struct exch_pace *p, exch_ts t);
/* Sleep until the event's time or a signal. */
void exch_pace_wait(const struct exch_pace *p, exch_ts t);

#endif
