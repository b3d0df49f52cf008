/*
 * Which orders a market takes in which phase, and the last time before the
 * end of a call in which it lets nobody in or out: exch-market(5), THE DAY.
 */
#include <config.h>

#include <string.h>

#include "match/general.h"
#include "ref/timetable.h"
#include "ref/venue.h"

static bool
concerns(const struct exch_timetable_row *r, const struct exch_instr *in)
{
	return exch_venue_among(r->symbol, in->symbol);
}

static bool
is_call(const struct exch_timetable_row *r, uint8_t cross)
{
	return r->phase == EXCH_PHASE_CALL && r->cross == cross;
}

/*
 * When the clock is to end a call: the one in progress, or else the next one
 * of its kind.  EXCH_TS_NONE: it does not tell.
 */
static exch_ts
call_end(const struct exch_match *m, const struct exch_instr *in, uint8_t cross)
{
	const struct exch_timetable *t = m->o.timetable;
	const struct exch_guarded *g = &in->more->guard;
	bool begun = in->phase == EXCH_PHASE_CALL && in->cross == cross;

	/* A call in its random end should be over: it is frozen as a whole. */
	if (begun && g->drawn)
		return 0;
	if (begun && g->alarm[EXCH_ALARM_RESUME] != EXCH_TS_NONE)
		return g->alarm[EXCH_ALARM_RESUME];
	for (size_t i = m->all->next_row; t != NULL && i < t->n; i++) {
		const struct exch_timetable_row *r = &t->row[i];

		if (!concerns(r, in))
			continue;
		if (begun && !is_call(r, cross))
			return r->time;
		begun = begun || is_call(r, cross);
	}
	return EXCH_TS_NONE;
}

static bool
is_frozen(const struct exch_match *m, const struct exch_instr *in,
    enum exch_freeze what, uint8_t type, uint8_t tif)
{
	const struct exch_market_day *d = &m->o.market->day;

	for (unsigned i = 0; i < d->nfreeze; i++) {
		const struct exch_market_freeze *f = &d->freeze[i];
		exch_ts end;

		if ((f->what & what) == 0 ||
		    !exch_market_takes(f->types, type) ||
		    !exch_market_takes(f->tifs, tif))
			continue;
		end = call_end(m, in, f->cross);
		if (end != EXCH_TS_NONE &&
		    (end <= f->before || m->now >= end - f->before))
			return true;
	}
	return false;
}

_Static_assert(EXCH_PHASE_END + 1 == EXCH_MARKET_PHASES, "phases");

enum exch_reject
exch_eligible(const struct exch_match *m, const struct exch_instr *in,
    enum exch_freeze what, uint8_t type, uint8_t tif)
{
	const struct exch_market *k = m->o.market;

	if (k == NULL)
		return EXCH_REJ_NONE;
	if (what != EXCH_FREEZE_CANCEL &&
	    (!exch_market_takes(k->day.types[in->phase], type) ||
		!exch_market_takes(k->day.tifs[in->phase], tif)))
		return EXCH_REJ_PHASE;
	return is_frozen(m, in, what, type, tif) ? EXCH_REJ_PHASE
						 : EXCH_REJ_NONE;
}

enum exch_reject
exch_eligible_cancel(
    const struct exch_match *m, const struct exch_instr *in, exch_slot o)
{
	const struct exch_special *s = exch_special_of(m, o);
	uint8_t type = EXCH_ORD_LIMIT, tif = EXCH_TIF_DAY;

	if (s != NULL) {
		type = s->type;
		tif = s->tif;
	} else if (exch_book_tick_of(m->store, o) == EXCH_TICK_MARKET) {
		type = EXCH_ORD_MARKET;
	}
	return exch_eligible(m, in, EXCH_FREEZE_CANCEL, type, tif);
}
