/*
 * Phases: what a change does to an instrument, and the timetable that
 * causes changes when the stream does not.
 */
#include <config.h>

#include <string.h>

#include "match/engine.h"
#include "ref/timetable.h"

/*
 * Whether an auction ends the phase: exch-match(1), PHASES.  Continuous
 * trading never begins with a crossed book unless the venue imposed it.
 */
static bool
uncrosses(uint8_t from, uint8_t to)
{
	if (from == EXCH_PHASE_CALL)
		return to == EXCH_PHASE_CONTINUOUS || to == EXCH_PHASE_CLOSED;
	return to == EXCH_PHASE_CONTINUOUS && from != EXCH_PHASE_CONTINUOUS;
}

static uint8_t
cross_of(const struct exch_instr *in)
{
	if (in->phase == EXCH_PHASE_CALL)
		return in->cross;
	return in->phase == EXCH_PHASE_HALT ? EXCH_CROSS_HALT : EXCH_CROSS_OPEN;
}

static void
change(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec_phase *p)
{
	bool imposed = (p->h.flags & EXCH_F_IMPOSED) != 0;

	/* A reference is of one call: the next one begins without. */
	if (in->phase != EXCH_PHASE_CALL)
		in->reference = EXCH_PX_NONE;
	if (p->reference != EXCH_PX_NONE)
		in->reference = p->reference;
	if (!imposed && uncrosses(in->phase, p->phase))
		exch_engine_uncross(
		    m, in, cross_of(in), in->phase == EXCH_PHASE_CALL);
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

	if (p->phase > EXCH_PHASE_HALT)
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

int
exch_match_advance(struct exch_match *m, exch_ts time, struct exch_diag *d)
{
	const struct exch_timetable *t = m->o.timetable;

	if (t == NULL)
		return EXCH_OK;
	while (m->next_row < t->n && t->row[m->next_row].time <= time)
		apply_row(m, &t->row[m->next_row++]);
	if (m->nomem)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory in an auction");
	return EXCH_OK;
}
