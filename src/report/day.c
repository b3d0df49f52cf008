/* A day as pictures show it (day.h). */
#include <config.h>

#include "report/day.h"
#include "report/reports.h"

static int
over(void *arg, uint32_t bin, struct exch_diag *d)
{
	struct exch_day *day = arg;

	(void)d;
	return (day->needs & EXCH_DAY_EQUITY) != 0
		   ? exch_equities_over(&day->equity, day->run, bin)
		   : EXCH_OK;
}

static void
merge(void *arg, uint32_t n, uint32_t factor, uint32_t shift)
{
	struct exch_day *day = arg;

	if ((day->needs & EXCH_DAY_EQUITY) != 0)
		exch_equities_merge(&day->equity, n, factor, shift);
}

static int
open_parts(struct exch_day *day, struct exch_diag *d)
{
	const struct {
		unsigned need;
		struct exch_part *part;
		const struct exch_report *report;
		const char *flag;
	} part[] = {
	    {EXCH_DAY_SUMMARY, &day->summary, &exch_report_summary, NULL},
	    {EXCH_DAY_LATENCY, &day->latency, &exch_report_latency,
		"histogram"},
	    {EXCH_DAY_FIDELITY, &day->fidelity, &exch_report_fidelity, NULL},
	    {EXCH_DAY_PNL, &day->pnl, &exch_report_pnl, NULL},
	    {EXCH_DAY_SURVEIL, &day->surveil, &exch_report_surveil, NULL},
	};
	int rc = EXCH_OK;

	for (size_t i = 0; rc == EXCH_OK && i < EXCH_ARRAY_LEN(part); i++)
		if ((day->needs & part[i].need) != 0)
			rc = exch_part_open(part[i].part, day->run,
			    part[i].report, part[i].flag, d);
	return rc;
}

int
exch_day_open(struct exch_day *day, struct exch_report_run *run, unsigned needs,
    uint32_t top, struct exch_diag *d)
{
	int rc = EXCH_OK;

	day->run = run;
	day->needs = needs;
	if ((needs & EXCH_DAY_SERIES) != 0)
		rc = exch_series_init(&day->series, run, top, d);
	day->series.watch = (struct exch_series_watch){day, over, merge};
	if (rc == EXCH_OK && (needs & EXCH_DAY_EQUITY) != 0)
		rc = exch_equities_open(&day->equity, run, d);
	return rc == EXCH_OK ? open_parts(day, d) : rc;
}

/* The first diagnosis stays: others go on, and say no more. */
static void
after(struct exch_day *day, int *rc, int now, struct exch_diag *d)
{
	if (now == EXCH_OK)
		return;
	if (*rc == EXCH_OK) {
		*rc = now;
		*d = day->said;
	}
	exch_diag_clear(&day->said);
}

int
exch_day_record(struct exch_day *day, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	struct exch_part *part[] = {&day->summary, &day->latency,
	    &day->fidelity, &day->pnl, &day->surveil};
	struct exch_diag *said = &day->said;
	int rc = EXCH_OK;

	/* bins that are over are told before the record changes anything */
	if ((day->needs & EXCH_DAY_SERIES) != 0)
		after(day, &rc, exch_series_record(&day->series, r, said), d);
	if ((day->needs & EXCH_DAY_EQUITY) != 0)
		after(day, &rc,
		    exch_equities_record(&day->equity, r, day->run, seq, said),
		    d);
	if ((day->needs & EXCH_DAY_INCIDENTS) != 0)
		after(day, &rc,
		    exch_incidents_record(&day->incidents, day->run, r, said),
		    d);
	for (size_t i = 0; i < EXCH_ARRAY_LEN(part); i++)
		after(day, &rc, exch_part_record(part[i], r, seq, said), d);
	return rc;
}

int
exch_day_finish(struct exch_day *day, struct exch_diag *d)
{
	struct exch_part *part[] = {&day->summary, &day->latency,
	    &day->fidelity, &day->pnl, &day->surveil};
	int rc = EXCH_OK;

	if ((day->needs & EXCH_DAY_SERIES) != 0) {
		rc = exch_series_finish(&day->series, d);
		day->run->unknown = day->series.follow.books.unknown;
	}
	if ((day->needs & EXCH_DAY_EQUITY) != 0)
		exch_charges_close(&day->equity.charges);
	for (size_t i = 0; rc == EXCH_OK && i < EXCH_ARRAY_LEN(part); i++)
		rc = exch_part_finish(part[i], day->run, d);
	return rc;
}

void
exch_day_free(struct exch_day *day)
{
	exch_report_part_free(&day->summary);
	exch_report_part_free(&day->latency);
	exch_report_part_free(&day->fidelity);
	exch_report_part_free(&day->pnl);
	exch_report_part_free(&day->surveil);
	exch_series_clear(&day->series);
	exch_equities_free(&day->equity);
	exch_incidents_clear(&day->incidents);
}

uint32_t
exch_day_date(const struct exch_day *day)
{
	const struct exch_report_run *run = day->run;
	exch_ts t = run->first_time;

	if (run->info->date != 0 || t == EXCH_TS_NONE)
		return run->info->date;
	return exch_ts_date(
	    t + (exch_ts)((int64_t)exch_tz_offset(run->o.tz, t) *
			  (int64_t)EXCH_SEC));
}
