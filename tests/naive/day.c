/*
 * The naive engine: rules by the phase and the clock, sentence by sentence
 * as exch-market(5), THE DAY, has them, and the timetable; see naive.h.
 */
#include <config.h>

#include <string.h>

#include "base/rng.h"
#include "naive/naive.h"

static const struct naive_rules no_rules;

static const struct naive_rules *
rules(const struct naive *n)
{
	return n->rules != NULL ? n->rules : &no_rules;
}

/* ---- which orders, in which phase ---- */

/* A line of the timetable is for all instruments, or for one symbol. */
static bool
is_for(const struct naive_row *r, const struct naive_instr *in)
{
	return r->symbol[0] == '\0' ||
	       strncmp(r->symbol, in->def.symbol, sizeof(r->symbol)) == 0;
}

static bool
is_in(const struct naive_instr *in, uint8_t cross)
{
	return in->phase == EXCH_PHASE_CALL && in->cross == cross;
}

/*
 * When the clock will end the call of this kind, or the next such one;
 * EXCH_TS_NONE: nobody knows.
 */
static exch_ts
end_of_call(const struct naive *n, const struct naive_instr *in, uint8_t cross)
{
	const struct naive_rules *r = rules(n);
	size_t i = n->next_row;

	if (is_in(in, cross) && in->resume_at != EXCH_TS_NONE)
		return in->resume_at;
	/* To where such a call begins, unless it has. */
	while (!is_in(in, cross) && i < r->nrows &&
	       !(is_for(&r->row[i], in) && r->row[i].phase == EXCH_PHASE_CALL &&
		   r->row[i].cross == cross))
		i++;
	for (; i < r->nrows; i++)
		if (is_for(&r->row[i], in) &&
		    (r->row[i].phase != EXCH_PHASE_CALL ||
			r->row[i].cross != cross))
			return r->row[i].time;
	return EXCH_TS_NONE;
}

static bool
in_last_part(const struct naive *n, const struct naive_instr *in,
    const struct naive_freeze *f)
{
	exch_ts end = end_of_call(n, in, f->cross);

	if (is_in(in, f->cross) && in->lingers)
		return true;
	return end != EXCH_TS_NONE && (exch_u128)n->time + f->part >= end;
}

enum exch_reject
naive_eligible(const struct naive *n, const struct naive_instr *in,
    uint8_t command, const struct naive_order *o)
{
	const struct naive_rules *r = rules(n);
	/* A peg stays one, whatever its turns make of it here. */
	uint8_t type = o->peg != 0 ? (uint8_t)EXCH_ORD_PEG : o->type;

	if (command != EXCH_REC_CANCEL && in->phase <= EXCH_PHASE_END &&
	    (r->no_type_in[in->phase][type] || r->no_tif_in[in->phase][o->tif]))
		return EXCH_REJ_PHASE;
	if (command == EXCH_REC_CANCEL && n->fault == NAIVE_FAULT_FREEZE)
		return EXCH_REJ_NONE;
	for (size_t i = 0; i < r->nfreezes; i++) {
		const struct naive_freeze *f = &r->freeze[i];

		if (f->command[command] && f->type[type] && f->tif[o->tif] &&
		    in_last_part(n, in, f))
			return EXCH_REJ_PHASE;
	}
	return EXCH_REJ_NONE;
}

/* ---- random ends ---- */

bool
naive_random_end(
    struct naive *n, struct naive_instr *in, const struct exch_rec_phase *c)
{
	struct exch_rec_phase call = {.phase = EXCH_PHASE_CALL,
	    .cross = in->cross,
	    .reference = EXCH_PX_NONE,
	    .reason = "RND"};
	struct exch_rng g;
	uint64_t span, seed;

	if (in->phase != EXCH_PHASE_CALL || in->cross > EXCH_CROSS_EXTENDED ||
	    in->lingers || !naive_uncrosses(in, c))
		return false;
	span = rules(n)->random_end[in->cross];
	if (span == 0)
		return false;
	seed = n->seed;
	seed ^= (uint64_t)in->def.h.instr * 4294967296U +
		(uint64_t)in->cross * 16777216U + in->random_ends[in->cross];
	in->random_ends[in->cross]++;
	exch_rng_seed(&g, seed);
	naive_tell_phase(n, in->def.h.instr, &call);
	in->lingers = true;
	in->resume_at = naive_later(n->time, exch_rng_below(&g, span));
	if (n->fault == NAIVE_FAULT_RANDOM)
		in->resume_at++;
	in->resume_at = naive_due(in->resume_at);
	in->then = *c;
	in->then.h.instr = in->def.h.instr;
	in->then.reference = EXCH_PX_NONE;
	memcpy(in->then.reason, "RND", sizeof(in->then.reason));
	return true;
}

bool
naive_lingers(const struct naive *n)
{
	for (size_t i = 0; i < n->ninstr; i++)
		if (n->instr[i].resume_at != EXCH_TS_NONE &&
		    (n->instr[i].lingers || n->instr[i].extended ||
			n->instr[i].put_off))
			return true;
	return false;
}

/* ---- the timetable ---- */

exch_ts
naive_next_row(const struct naive *n)
{
	return n->next_row < rules(n)->nrows ? rules(n)->row[n->next_row].time
					     : EXCH_TS_NONE;
}

exch_ts
naive_last_row(const struct naive *n)
{
	return rules(n)->nrows > 0 ? rules(n)->row[rules(n)->nrows - 1].time
				   : 0;
}

void
naive_do_row(struct naive *n)
{
	const struct naive_row *r = &rules(n)->row[n->next_row++];
	struct exch_rec_phase p = {
	    .phase = r->phase, .cross = r->cross, .reference = EXCH_PX_NONE};
	struct naive_instr *in = NULL;
	uint32_t last = 0;

	if (r->symbol[0] != '\0') {
		do {
			in = naive_next_instr(n, last);
			if (in == NULL)
				return; /* not known yet: passed over */
			last = in->def.h.instr;
		} while (!is_for(r, in));
		p.h.instr = last;
	}
	if (r->time > n->time)
		n->time = r->time;
	naive_tell_phase(n, p.h.instr, &p);
	naive_phases(n, &p, true);
}
