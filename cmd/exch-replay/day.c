/*
 * The day of the input: its zone and date, for the header of the output and
 * for times of day in --from and --to; and the window between those.
 */
#include <config.h>

#include <string.h>

#include "exch-replay/tool.h"

static uint32_t
local_date(const struct exch_tz *tz, exch_ts at)
{
	int64_t off = exch_tz_offset(tz, at);

	return exch_ts_date(at + (uint64_t)(off * (int64_t)EXCH_SEC));
}

/* The zone that an input names, if one did. */
static int
load_said(struct tool *t, struct exch_diag *d)
{
	return t->said == NULL && t->said_zone[0] != '\0'
		   ? exch_cli_zone(t->said_zone, &t->said, d)
		   : 0;
}

/*
 * What a scenario says goes before the options, in both zone and date: its
 * first record, at midnight where the market is, may be on another day in
 * UTC and at --tz, and the timetable would be that day's.
 */
int
day_head(struct tool *t, exch_ts start, struct exch_buf *text, uint32_t *date,
    struct exch_diag *d)
{
	const char *name = t->said_zone[0] != '\0' ? t->said_zone : t->tz_name;
	int rc;

	*date = t->feed.date;
	if (t->copy == NULL && name != NULL)
		exch_buf_fmt(text, "zone=%s\n", name);
	if (start == 0 || (*date != 0 && t->kind != &exch_feed_scenario))
		return 0;
	rc = load_said(t, d);
	if (rc == 0)
		*date = local_date(t->said != NULL ? t->said : t->tz, start);
	return rc;
}

/* ---- the window ---- */

/*
 * A time of day belongs to the date given, or to that of the first event, in
 * the zone given, or in that of the input.
 */
int
day_time(struct tool *t, const char *text, const char *option, exch_ts first,
    exch_ts *out, struct exch_diag *d)
{
	uint64_t ns;
	uint32_t date = t->feed.date;
	const struct exch_tz *tz;
	int rc;

	if (exch_ts_parse(text, strlen(text), out) == 0)
		return 0;
	if (exch_tod_parse(text, strlen(text), &ns) != 0)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "%s: \"%s\" is neither HH:MM[:SS] nor a time like "
		    "2023-02-07T01:30:00Z",
		    option, text);
	rc = load_said(t, d);
	if (rc != 0)
		return rc;
	tz = t->tz_name != NULL || t->said == NULL ? t->tz : t->said;
	if (date == 0)
		date = local_date(tz, first);
	*out = exch_tz_local(tz, date, ns);
	return 0;
}

static int
window_open(struct tool *t, exch_ts first, struct exch_diag *d)
{
	int rc = 0;

	t->from = 0;
	t->to = EXCH_TS_NONE;
	t->window_known = true;
	if (t->from_text != NULL)
		rc = day_time(t, t->from_text, "--from", first, &t->from, d);
	if (rc == 0 && t->to_text != NULL)
		rc = day_time(t, t->to_text, "--to", first, &t->to, d);
	if (rc == 0 && t->to <= t->from)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--to %s is not after --from %s", t->to_text,
		    t->from_text != NULL ? t->from_text : "the beginning");
	return rc;
}

static int
before_window(struct tool *t, const struct exch_rec *r, struct exch_diag *d)
{
	if (!t->book) {
		t->before++;
		return 0;
	}
	if (t->snap == NULL)
		t->snap = snap_new();
	if (t->snap == NULL || snap_take(t->snap, r) != 0)
		return exch_diag_set(d, EXCH_ERR_NOMEM, t->in_name,
		    EXCH_POS_NONE, 0,
		    "out of memory for the orders displayed before --from");
	return 0;
}

int
day_window(struct tool *t, const struct exch_rec *r, struct exch_diag *d)
{
	int rc = 0;

	if (!t->window_known)
		rc = window_open(t, r->time, d);
	if (rc != 0)
		return rc;
	if (r->time >= t->to) {
		t->enough = true;
		return EXCH_ERR_STOP;
	}
	if (r->time < t->from) {
		rc = before_window(t, r, d);
		return rc != 0 ? rc : 1;
	}
	if (t->snap != NULL) {
		rc = snap_give(t->snap, take_seed, t, d);
		snap_free(t->snap);
		t->snap = NULL;
	}
	return rc;
}
