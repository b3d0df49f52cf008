/*
 * Counting EXPECT and MISS (fidel.h).
 */
#include <config.h>

#include "report/fidel.h"
#include "report/report.h"

static void
mark_bad(struct exch_fidel *f)
{
	if (f->group == 0 || f->group_bad)
		return;
	f->group_bad = true;
	f->groups_bad++;
}

static unsigned
slot_of(uint16_t cause)
{
	return cause < EXCH_FIDEL_CAUSES ? cause : EXCH_FIDEL_CAUSES - 1;
}

int
exch_fidel_record(
    struct exch_fidel *f, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_expect *e;
	const struct exch_rec_miss *m;

	if (r->type == EXCH_REC_EXPECT) {
		if ((e = EXCH_REC_AS(r, exch_rec_expect)) == NULL)
			return exch_report_short(r, d);
		/* 0: not grouped (exch-match --rematch) */
		if (e->group != f->group) {
			f->groups += e->group != 0;
			f->group = e->group;
			f->group_bad = false;
		}
		if ((r->flags & EXCH_F_IMPOSED) == 0) {
			f->expected++;
			return EXCH_OK;
		}
		f->imposed++;
		f->imposed_by[slot_of(e->cause)]++;
		mark_bad(f);
	} else if (r->type == EXCH_REC_MISS) {
		if ((m = EXCH_REC_AS(r, exch_rec_miss)) == NULL)
			return exch_report_short(r, d);
		f->missed_by[slot_of(m->cause)]++;
		if (m->cause == EXCH_CAUSE_UNEXPECTED)
			f->unexpected++;
		else
			f->missed++;
		mark_bad(f);
	}
	return EXCH_OK;
}

void
exch_fidel_sum(struct exch_fidel *a, const struct exch_fidel *b)
{
	a->expected += b->expected;
	a->missed += b->missed;
	a->unexpected += b->unexpected;
	a->imposed += b->imposed;
	a->groups += b->groups;
	a->groups_bad += b->groups_bad;
	for (unsigned i = 0; i < EXCH_FIDEL_CAUSES; i++) {
		a->missed_by[i] += b->missed_by[i];
		a->imposed_by[i] += b->imposed_by[i];
	}
}
