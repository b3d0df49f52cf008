/*
 * Phases: what a change does to an instrument, and the timetable that
 * causes changes when the stream does not.
 */
#include <config.h>

#include <string.h>

#include "match/general.h"
#include "match/part.h"
#include "ref/timetable.h"
#include "ref/venue.h"

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
	if (p->phase == EXCH_PHASE_END || m->rules || exch_is_general(m, in)) {
		if (m->guarded && (exch_breaker_holds(m, in, p) ||
				      exch_random_end(m, in, p) ||
				      exch_monitor_extends(m, in, p)))
			return;
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

static void
change_one(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec_phase *p)
{
	struct exch_match *h = exch_visit(m, in);

	if (h->hand.phases)
		exch_part_go(h, EXCH_PART_EACH, in->book.instr);
	change(h, in, p);
	exch_back(m, h);
}

/* What is announced from now on. */
static void
begin_in(struct exch_match *h, uint8_t phase, uint8_t cross)
{
	h->first_phase = phase;
	h->first_cross = cross;
}

/*
 * All instruments change as one event: what the change of one does to orders
 * of another one waits until that has changed as well.
 */
static void
change_all(struct exch_match *m, const struct exch_rec_phase *p)
{
	struct exch_instr *in = NULL;
	struct exch_match *h = NULL;

	while ((h = exch_shard_after(m, h)) != NULL)
		begin_in(h, p->phase, p->cross);
	m->hand.phases = true;
	while ((in = exch_engine_after(m, in)) != NULL)
		change_one(m, in, p);
	m->hand.phases = false;
	exch_part_go(m, EXCH_PART_DONE, 0);
	exch_park_serve(m, NULL);
	exch_peg_elsewhere(m);
}

void
exch_engine_phase(struct exch_match *m, const struct exch_rec_phase *p)
{
	struct exch_instr *in;

	if (p->phase > EXCH_PHASE_END)
		return;
	if (p->h.instr != 0) {
		in = exch_engine_instr(m, p->h.instr);
		if (in != NULL)
			change_one(m, in, p);
		return;
	}
	change_all(m, p);
}

/* The next instrument that a row names, in the order of their ids. */
static const struct exch_instr *
next_of(
    const struct exch_match *m, const char *symbol, const struct exch_instr *in)
{
	do
		in = exch_engine_after(m, in);
	while (in != NULL && !exch_venue_among(symbol, in->symbol));
	return in;
}

const struct exch_rec_phase *
exch_phase_tell(
    struct exch_match *m, uint32_t instr, const struct exch_rec_phase *as)
{
	struct exch_rec_phase *p =
	    exch_engine_emit(m, EXCH_REC_PHASE, sizeof(*p), instr);

	p->h.flags |= (uint8_t)(as->h.flags & EXCH_F_IMPOSED);
	p->phase = as->phase;
	p->cross = as->cross;
	memcpy(p->reason, as->reason, sizeof(p->reason));
	p->reference = as->reference;
	return p;
}

void
exch_phase_begin(struct exch_match *m, const struct exch_instr *in,
    const struct exch_rec_phase *as)
{
	uint32_t instr = in != NULL ? in->book.instr : 0;
	/* The record moves when more is written. */
	struct exch_rec_phase p = *exch_phase_tell(m, instr, as);
	bool was = m->hand.by_clock;

	m->hand.by_clock = true;
	exch_engine_phase(m, &p);
	m->hand.by_clock = was;
}

/* Of one instrument, or of all. */
static void
row_for(struct exch_match *m, const struct exch_timetable_row *row,
    const struct exch_instr *in)
{
	struct exch_rec_phase p = {.phase = row->phase,
	    .cross = row->cross,
	    .reference = EXCH_PX_NONE};

	if (row->time > m->now)
		m->now = row->time;
	exch_part_step(m, row->time, EXCH_PART_TIMETABLE,
	    (uint32_t)m->all->next_row, in == NULL);
	exch_part_go(m, in == NULL ? EXCH_PART_COMMON : EXCH_PART_EACH,
	    in != NULL ? in->book.instr : 0);
	exch_phase_begin(m, in, &p);
	m->last->flags |= EXCH_F_LAST;
}

/* A row of all at a venue with rules of its own is of those to come, too. */
static void
row_for_venue(struct exch_match *m, const struct exch_timetable_row *row)
{
	const struct exch_market *k = m->all->shard[0]->o.market;
	unsigned venue;

	if (k == NULL || row->symbol[0] != '*' || row->symbol[1] != '.')
		return;
	venue = exch_market_venue_of(k, row->symbol);
	if (venue < k->nvenues)
		begin_in(m->all->shard[venue + 1], row->phase, row->cross);
}

void
exch_phase_row(struct exch_match *m, const struct exch_timetable_row *row)
{
	const struct exch_instr *in = NULL;

	if (row->symbol[0] == '\0') {
		row_for(m, row, NULL);
		return;
	}
	row_for_venue(m, row);
	in = next_of(m, row->symbol, NULL);
	/* not traded today, misspelt, or in another part */
	if (in == NULL)
		m->st.rows_idle += m->all->part == NULL;
	for (; in != NULL && !m->ended; in = next_of(m, row->symbol, in))
		row_for(m, row, in);
}
