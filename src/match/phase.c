/*
 * Phases: what a change does to an instrument, and the timetable that
 * causes changes when the stream does not.
 */
#include <config.h>

#include <string.h>

#include "match/general.h"
#include "ref/timetable.h"

/*
 * Whether an auction ends the phase: exch-match(1), PHASES.  Continuous
 * trading never begins with a crossed book unless the venue imposed it.
 */
bool
exch_phase_uncrosses(uint8_t from, const struct exch_rec_phase *p)
{
	bool opens = p->phase == EXCH_PHASE_CONTINUOUS;

	if (p->h.flags & EXCH_F_IMPOSED)
		return false;
	if (from == EXCH_PHASE_CALL)
		return opens || p->phase == EXCH_PHASE_CLOSED ||
		       p->phase == EXCH_PHASE_END;
	return opens && from != EXCH_PHASE_CONTINUOUS;
}

uint8_t
exch_phase_cross(const struct exch_instr *in)
{
	if (in->phase == EXCH_PHASE_CALL)
		return in->cross;
	return in->phase == EXCH_PHASE_HALT ? EXCH_CROSS_HALT : EXCH_CROSS_OPEN;
}

static void
change(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec_phase *p)
{
	/* A reference is of one call: the next one begins without. */
	if (in->phase != EXCH_PHASE_CALL)
		in->reference = EXCH_PX_NONE;
	if (p->reference != EXCH_PX_NONE)
		in->reference = p->reference;
	if (p->phase == EXCH_PHASE_END || exch_is_general(m, in)) {
		exch_general_phase(m, in, p);
		return;
	}
	if (exch_phase_uncrosses(in->phase, p))
		exch_engine_uncross(
		    m, in, exch_phase_cross(in), in->phase == EXCH_PHASE_CALL);
	in->phase = p->phase;
	if (p->phase == EXCH_PHASE_CALL)
		in->cross = p->cross;
	if (p->phase == EXCH_PHASE_CONTINUOUS || p->phase == EXCH_PHASE_CLOSED)
		exch_engine_drop_market(m, in);
}

void
exch_engine_phase(struct exch_match *m, const struct exch_rec_phase *p)
{
	struct exch_instr *in;
	uint32_t id;

	if (p->phase > EXCH_PHASE_END)
		return;
	if (p->h.instr != 0) {
		in = exch_engine_instr(m, p->h.instr);
		if (in != NULL)
			change(m, in, p);
		return;
	}
	m->default_phase = p->phase;
	m->default_cross = p->cross;
	for (id = 1; id <= m->max_instr; id++) {
		if (m->page[id / EXCH_INSTR_PAGE] == NULL) {
			id |= EXCH_INSTR_PAGE - 1;
			continue;
		}
		in = exch_engine_instr(m, id);
		if (in != NULL)
			change(m, in, p);
	}
}

static uint32_t
find_symbol(const struct exch_match *m, const char *symbol)
{
	uint32_t id;

	for (id = 1; id <= m->max_instr; id++) {
		const struct exch_instr *in = exch_engine_instr(m, id);

		if (in != NULL &&
		    strncmp(in->symbol, symbol, sizeof(in->symbol)) == 0)
			return id;
	}
	return 0;
}

static void
apply_row(struct exch_match *m, const struct exch_timetable_row *row)
{
	struct exch_rec_phase *p, copy;
	uint32_t instr = 0;

	if (row->symbol[0] != '\0') {
		instr = find_symbol(m, row->symbol);
		if (instr == 0) {
			m->st.rows_idle++; /* not traded today, or misspelt */
			return;
		}
	}
	if (row->time > m->now)
		m->now = row->time;
	p = exch_engine_emit(m, EXCH_REC_PHASE, sizeof(*p), instr);
	p->phase = row->phase;
	p->cross = row->cross;
	p->reference = EXCH_PX_NONE;
	copy = *p;
	exch_engine_phase(m, &copy);
	m->last->flags |= EXCH_F_LAST;
}

void
exch_engine_due(struct exch_match *m)
{
	const struct exch_timetable *t = m->o.timetable;
	exch_ts expire = exch_expire_next(m);

	m->hot.due = EXCH_TS_NONE;
	if (t != NULL && m->next_row < t->n)
		m->hot.due = t->row[m->next_row].time;
	if (expire < m->hot.due)
		m->hot.due = expire;
}

/* The one thing that is due first; of one time, what expires. */
static void
do_due(struct exch_match *m)
{
	const struct exch_timetable *t = m->o.timetable;

	if (exch_expire_next(m) <= m->hot.due)
		exch_expire_one(m);
	else if (t != NULL)
		apply_row(m, &t->row[m->next_row++]);
	exch_engine_due(m);
}

int
exch_match_advance_slow(struct exch_match *m, exch_ts time, struct exch_diag *d)
{
	const struct exch_timetable *t = m->o.timetable;

	/* What lies behind the day is not ours to tell. */
	if (time == EXCH_TS_NONE)
		time = t != NULL && t->n > 0 ? t->row[t->n - 1].time : 0;
	while (m->hot.due <= time && m->hot.due != EXCH_TS_NONE && !m->nomem)
		do_due(m);
	if (m->nomem)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory in an auction");
	return EXCH_OK;
}
