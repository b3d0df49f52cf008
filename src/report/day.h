/*
 * A day as pictures show it: what html and plot have in common.  The day is
 * collected once, and each picture (pictures.h) is made of it at the end.
 */
#ifndef EXCH_REPORT_DAY_H
#define EXCH_REPORT_DAY_H

#include "report/equity.h"
#include "report/incidents.h"
#include "report/parts.h"
#include "report/series.h"

/* What of a day is collected. */
enum exch_day_needs {
	EXCH_DAY_SERIES = 1,
	EXCH_DAY_EQUITY = 2, /* with SERIES: it has the bins */
	EXCH_DAY_INCIDENTS = 4,
	EXCH_DAY_SUMMARY = 8,
	EXCH_DAY_LATENCY = 16,
	EXCH_DAY_FIDELITY = 32,
	EXCH_DAY_PNL = 64,
	EXCH_DAY_SURVEIL = 128,
	EXCH_DAY_ALL = 255
};

struct exch_day {
	struct exch_report_run *run;
	unsigned needs; /* enum exch_day_needs */
	struct exch_series series;
	struct exch_equities equity;
	struct exch_incidents incidents;
	struct exch_part summary, latency, fidelity, pnl, surveil;
	struct exch_diag said; /* by one of them, of the record at hand */
};

/* Of `top` instruments; see exch_series_init(). */
int exch_day_open(struct exch_day *day, struct exch_report_run *run,
    unsigned needs, uint32_t top, struct exch_diag *d);
int exch_day_record(struct exch_day *day, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d);
int exch_day_finish(struct exch_day *day, struct exch_diag *d);
/* Of zeros, too. */
void exch_day_free(struct exch_day *day);

/* The trading date YYYYMMDD, of the header or of the first record; 0: none. */
uint32_t exch_day_date(const struct exch_day *day);

/* Parameters of reports that collect a day: those of their parts. */
#define EXCH_DAY_PARAMS                                                        \
	EXCH_PARAM_PARTIES, EXCH_PARAM_FEES,                                   \
	    {.name = "parameters",                                             \
		.arg = "FILE",                                                 \
		.what = "thresholds of surveil",                               \
		.table = true,                                                 \
		.stock = "surveillance.csv"},                                  \
	{                                                                      \
		.name = "accounts", .arg = "NAME,...",                         \
		.what = "whose gains and positions are drawn (html, plot)"     \
	}

#endif
