/*
 * Where an axis has its ticks, and what stands at them.  Values are integers
 * in units of 10^-scale, as records have them, so that a tick is exact and its
 * label never ends in rounding.
 */
#ifndef EXCH_PLOT_TICKS_H
#define EXCH_PLOT_TICKS_H

#include "base/time.h"
#include "base/types.h"

/* Ticks are first, first + step, ...: n of them. */
struct exch_ticks {
	int64_t first;
	uint64_t step; /* 1, 2 or 5 times a power of ten */
	unsigned n;
	/* how labels are written, by exch_ticks_label() */
	int scale;
	int unit;     /* they count in 10^unit: 0, 3 (k), 6 (M), ... */
	int decimals; /* digits behind the point */
};

/*
 * The finest ticks of which at most `most` (>= 3) lie within lo..hi, both
 * included, lo <= hi, any of 64 bits.  Of a single value that value.
 */
void exch_ticks_of(
    int64_t lo, int64_t hi, int scale, unsigned most, struct exch_ticks *t);
/* Most bytes of a label; no NUL is counted. */
#define EXCH_TICK_LABEL 48
/* The label of a value at a tick: "1750.5", "-20", "1.5M".  NUL-terminated. */
void exch_ticks_label(
    const struct exch_ticks *t, int64_t v, char label[EXCH_TICK_LABEL]);

/* Ticks of time. */
struct exch_time_ticks {
	exch_ts first;
	uint64_t step; /* ns */
	unsigned n;
	bool days; /* the axis is longer than a day: midnight says its date */
};

/*
 * The same of start..end (start <= end): steps that people count in, from the
 * local time of `tz` (NULL: UTC) that holds at `start`.
 */
void exch_ticks_of_time(exch_ts start, exch_ts end, const struct exch_tz *tz,
    unsigned most, struct exch_time_ticks *t);
/* "09:30", "09:30:05", "09:30:05.25", or "01-05" of a midnight. */
void exch_ticks_time_label(const struct exch_time_ticks *t, exch_ts at,
    const struct exch_tz *tz, char label[EXCH_TICK_LABEL]);
/*
 * A time of day in a zone in full, "09:30:05.250000000" with zeros at its end
 * left out, and the date before it if there is to be one.
 */
void exch_ticks_time_of(exch_ts at, const struct exch_tz *tz, bool date,
    char label[EXCH_TICK_LABEL]);

#endif
