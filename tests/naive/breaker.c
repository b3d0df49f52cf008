/*
 * The naive engine: the market-wide breaker, as exch-market(5) has it; see
 * naive.h.  Values of the index are kept until the event they belong to is
 * over, and then all levels are tried with all of them, the highest first.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "naive/naive.h"

static bool
has(const struct naive *n)
{
	return n->rules != NULL && n->rules->nfalls != 0;
}

static bool
is_index(const struct naive *n, const struct naive_instr *in)
{
	return strncmp(in->def.symbol, n->rules->index,
		   sizeof(in->def.symbol)) == 0;
}

void
naive_index_value(struct naive *n, const struct naive_instr *in, exch_px value)
{
	if (!has(n) || in == NULL || !is_index(n, in) || value == EXCH_PX_NONE)
		return;
	n->value = realloc(n->value, (n->nvalue + 1) * sizeof(*n->value));
	if (n->value == NULL)
		abort();
	n->value[n->nvalue++] =
	    (struct naive_value){in->def.h.instr, value, in->def.reference};
}

/* value <= close - share of it, in 10^-8 of 10^-9 */
static bool
reaches(const struct naive *n, const struct naive_value *v, uint64_t share)
{
	exch_i128 bound = (exch_i128)v->close * 100000000 -
			  (exch_i128)v->close * (exch_i128)share;

	if (n->fault == NAIVE_FAULT_BREAKER)
		bound--;
	return v->close != EXCH_PX_NONE && v->close > 0 &&
	       (exch_i128)v->value * 100000000 <= bound;
}

/* The highest level there is anything for, and its first value. */
static unsigned
highest(const struct naive *n, struct naive_value *what)
{
	for (size_t k = n->rules->nfalls; k > n->fallen; k--) {
		const struct naive_fall *f = &n->rules->fall[k - 1];

		if (f->halt != 0 && n->time >= n->rules->fall_until)
			continue;
		for (size_t i = 0; i < n->nvalue; i++)
			if (reaches(n, &n->value[i], f->share)) {
				*what = n->value[i];
				return (unsigned)k;
			}
	}
	return 0;
}

static void
tell(struct naive *n, const struct naive_instr *in, uint8_t phase,
    unsigned level, uint8_t flags)
{
	struct exch_rec_phase p = {.phase = phase,
	    .reference = EXCH_PX_NONE,
	    .reason = {'M', 'W', 'C', (char)('0' + level)}};

	if (phase == EXCH_PHASE_CALL)
		p.cross = in->cross;
	naive_tell_phase(n, in->def.h.instr, &p);
	((struct exch_rec *)(void *)(n->out + n->last_out))->flags |= flags;
}

static void
begin(struct naive *n, struct naive_instr *in, uint8_t phase, unsigned level,
    uint8_t flags)
{
	struct exch_rec_phase p = {.h.instr = in->def.h.instr,
	    .h.flags = flags,
	    .phase = phase,
	    .reference = EXCH_PX_NONE};

	tell(n, in, phase, level, flags);
	naive_phase(n, in, &p, true);
}

/* This comes when the halt is over. */
static void
afterwards(
    struct naive *n, struct naive_instr *in, uint8_t phase, uint8_t cross)
{
	in->then = (struct exch_rec_phase){.h.instr = in->def.h.instr,
	    .phase = phase,
	    .cross = cross,
	    .reference = EXCH_PX_NONE,
	    .reason = {'M', 'W', 'C', 'Q'}};
	in->resume_at = naive_due(n->stop_end);
}

static void
close_it(struct naive *n, struct naive_instr *in)
{
	if (in->phase != EXCH_PHASE_CLOSED && in->phase != EXCH_PHASE_END)
		begin(n, in, EXCH_PHASE_CLOSED, n->over_level, EXCH_F_IMPOSED);
}

static void
halt_it(struct naive *n, struct naive_instr *in)
{
	if (in->phase != EXCH_PHASE_CONTINUOUS)
		return;
	begin(n, in, EXCH_PHASE_HALT, n->stop_level, 0);
	afterwards(n, in, EXCH_PHASE_CONTINUOUS, EXCH_CROSS_NONE);
}

static void
reach(struct naive *n, unsigned level, const struct naive_value *v)
{
	uint64_t time = n->rules->fall[level - 1].halt;
	struct naive_instr *in;
	char text[200], a[40], b[40];
	uint32_t last = 0;

	snprintf(text, sizeof(text), "breaker level=%u value=%s close=%s",
	    level, naive_shortest(v->value, a, sizeof(a)),
	    naive_shortest(v->close, b, sizeof(b)));
	naive_notice(n, naive_find_instr(n, v->instr), text);
	n->fallen = level;
	if (time == 0) {
		n->over_level = level;
	} else {
		n->stop_level = level;
		if (naive_later(n->time, time) > n->stop_end)
			n->stop_end = naive_later(n->time, time);
	}
	while ((in = naive_next_instr(n, last)) != NULL) {
		last = in->def.h.instr;
		if (time == 0)
			close_it(n, in);
		else
			halt_it(n, in);
	}
	n->changes++;
	((struct exch_rec *)(void *)(n->out + n->last_out))->flags |=
	    EXCH_F_LAST;
}

void
naive_breaker(struct naive *n)
{
	struct naive_value v = {.value = EXCH_PX_NONE};
	unsigned level;

	while (n->nvalue > 0) {
		level = highest(n, &v);
		n->nvalue = 0;
		if (level != 0)
			reach(n, level, &v);
	}
}

void
naive_breaker_day(struct naive *n, const struct naive_instr *in)
{
	if (!has(n) || !is_index(n, in))
		return;
	n->fallen = n->over_level = 0;
	n->nvalue = 0;
}

void
naive_breaker_announced(struct naive *n, struct naive_instr *in)
{
	if (has(n) && n->over_level != 0)
		close_it(n, in);
	else if (has(n) && n->time < n->stop_end)
		halt_it(n, in);
}

bool
naive_puts_off(
    struct naive *n, struct naive_instr *in, const struct exch_rec_phase *c)
{
	if (n->over_level != 0 && in->phase == EXCH_PHASE_CLOSED) {
		if (c->phase == EXCH_PHASE_CLOSED || c->phase == EXCH_PHASE_END)
			return false;
		tell(n, in, in->phase, n->over_level, 0);
		return true;
	}
	if (n->time >= n->stop_end || !naive_uncrosses(in, c))
		return false;
	tell(n, in, in->phase, n->stop_level, 0);
	if (in->phase == EXCH_PHASE_CALL)
		in->put_off = true;
	afterwards(n, in, c->phase, c->cross);
	return true;
}
