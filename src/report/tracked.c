/* A tracker fed by a report (tracked.h). */
#include <config.h>

#include "report/tracked.h"

int
exch_tracked_open(struct exch_tracked *t, struct exch_report_run *run,
    exch_change_fn *change, struct exch_diag *d)
{
	*t = (struct exch_tracked){0};
	return exch_track_new(change, run, &t->track, d);
}

int
exch_tracked_record(struct exch_tracked *t, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d)
{
	bool phase = r->type == EXCH_REC_PHASE;
	uint32_t place;
	int rc;

	if (!exch_track_wants(r->type) && !phase)
		return EXCH_OK;
	rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc != EXCH_OK)
		return rc;
	/* a phase alone makes no instrument */
	if (phase && r->instr != 0 && !run->insts.inst[place].announced)
		return EXCH_OK;
	if (t->matcher != run->matcher) {
		t->matcher = run->matcher;
		exch_track_first_phase(t->track, exch_report_phase(run));
	}
	return exch_track_record(t->track, r, place, d);
}

void
exch_tracked_close(const struct exch_tracked *t, struct exch_report_run *run)
{
	run->unknown = exch_track_unknown(t->track);
}

void
exch_tracked_free(struct exch_tracked *t)
{
	exch_track_free(t->track);
	t->track = NULL;
}
