/*
 * How good a feed is: accounts of each source of the stream, and alarms of
 * each instrument.  quality.c looks at the records, quality_rows.c shows.
 *
 * Nothing here is an error of the run: what the books cannot take is counted
 * and left out, for that is what was asked.
 */
#ifndef EXCH_MD_QUALITY_H
#define EXCH_MD_QUALITY_H

#include "base/times.h"
#include "report/follow.h"

/* What is looked for; words and units stand in quality_rows.c. */
enum exch_check {
	/* of a source */
	EXCH_CHECK_RECORDS,
	EXCH_CHECK_GAPS, /* sum: messages */
	EXCH_CHECK_ERRORS,
	EXCH_CHECK_LEFT_OUT, /* numbers that are not there; sum: how many */
	EXCH_CHECK_DUPLICATES,
	EXCH_CHECK_BACKWARDS, /* worst: ns */
	EXCH_CHECK_BAD,
	EXCH_CHECK_LATENCY, /* sum of none; worst: ns */
	EXCH_CHECK_EARLY,   /* captured before it happened; worst: ns */
	EXCH_CHECK_SOURCES, /* how many of them */
	/* of an instrument */
	EXCH_CHECK_STALE = EXCH_CHECK_SOURCES, /* worst, sum: ns */
	EXCH_CHECK_REPEATS,
	EXCH_CHECK_RESTARTS,
	EXCH_CHECK_CROSSED, /* worst, sum: ns */
	EXCH_CHECK_LOCKED,  /* worst, sum: ns */
	EXCH_CHECK_PRICES,  /* zero or below */
	EXCH_CHECK_OFF_TICK,
	EXCH_CHECK_FAR,
	EXCH_CHECK_OUTSIDE, /* worst: a price */
	EXCH_CHECK_UNKNOWN,
	EXCH_CHECK_MISSES,
	EXCH_CHECK_ALL
};

#define EXCH_CHECK_INSTRUMENTS (EXCH_CHECK_ALL - EXCH_CHECK_SOURCES)

struct exch_checked {
	uint64_t n;
	exch_ts first, last;
	uint64_t worst;
	exch_u128 sum;
};

/* A source, made when its first record comes. */
struct exch_quality_source {
	struct exch_checked check[EXCH_CHECK_SOURCES];
	struct exch_times latency;
	exch_ts clock; /* the largest time so far */
	uint64_t seq;  /* of its last record */
};

#define EXCH_QUALITY_REPEAT 64 /* longest record that is compared */

struct exch_quality_inst {
	struct exch_checked check[EXCH_CHECK_INSTRUMENTS];
	exch_ts heard; /* time of its last record; 0: none so far */
	/* the best before the record at hand; qty 0: none */
	exch_px px[2];
	exch_qty qty[2];
	exch_px traded; /* last price, or none */
	/* an alarm that is on: CROSSED or LOCKED, else 0 */
	uint8_t alarm;
	exch_ts since;
	exch_px alarm_px[2];
	uint8_t nlast;
	unsigned char last[EXCH_QUALITY_REPEAT];
};

struct exch_quality {
	struct exch_follow follow;
	struct exch_quality_source *source[256];
	struct exch_quality_inst *by; /* by place */
	uint32_t n;
	uint64_t captured; /* records with a time of capture */
	exch_ts clock;
};

int exch_quality_columns(struct exch_report_run *run, struct exch_diag *d);
/* --alarms: one that is over, or that is no state. */
void exch_quality_alarm(struct exch_report_run *run, uint32_t place,
    enum exch_check check, exch_ts time, uint64_t lasted, const exch_px px[2],
    exch_px price);
int exch_quality_show(struct exch_report_run *run, struct exch_diag *d);

#endif
