/*
 * The naive engine: orders that go by the many, by the clock, and what a
 * change of phase does; see naive.h.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "naive/naive.h"

/* ---- mass cancel ---- */

static bool
wanted(const struct naive_order *o, const struct exch_rec_mass_cancel *c)
{
	if (c->account != 0 && c->account != o->account)
		return false;
	if (c->session != 0 && c->session != o->session)
		return false;
	return c->side == EXCH_SIDE_NONE ||
	       (c->side == EXCH_BUY) == (o->side == EXCH_BUY);
}

static bool
of_the_day(const struct naive_order *o)
{
	return o->tif != EXCH_TIF_GTC && !naive_is_dated(o->tif);
}

/* c NULL: those that end with the day. */
static uint64_t
drop_many(struct naive *n, struct naive_instr *in,
    const struct exch_rec_mass_cancel *c, enum exch_reason why)
{
	static const uint8_t sides[2] = {EXCH_BUY, EXCH_SELL};
	uint64_t *entry =
	    calloc(in->n + in->napart + n->nqueue + 1, sizeof(*entry));
	size_t count = 0;
	uint64_t done = 0;

	if (entry == NULL)
		abort();
	for (int s = 0; s < 2; s++) {
		size_t m;
		size_t *v = naive_sorted(in, sides[s], &m);

		for (size_t k = 0; k < m; k++) {
			const struct naive_order *o = &in->order[v[k]];

			if (c != NULL ? wanted(o, c) : of_the_day(o))
				entry[count++] = o->entry;
		}
		free(v);
	}
	for (;;) {
		const struct naive_order *next = NULL;

		for (size_t i = 0; i < in->napart; i++)
			if (in->apart[i].entry > done &&
			    (next == NULL || in->apart[i].entry < next->entry))
				next = &in->apart[i];
		/* A child whose turn is to come is apart still. */
		for (size_t i = 0; i < n->nqueue; i++)
			if (n->queue[i].waits_for_parent &&
			    n->queue[i].queued_in == in->def.h.instr &&
			    n->queue[i].entry > done &&
			    (next == NULL || n->queue[i].entry < next->entry))
				next = &n->queue[i];
		if (next == NULL)
			break;
		done = next->entry;
		if (c != NULL ? wanted(next, c) : of_the_day(next))
			entry[count++] = next->entry;
	}
	for (size_t k = 0; k < count; k++)
		(void)naive_drop(n, in, entry[k], why);
	free(entry);
	naive_end_answers(n, in);
	return count;
}

bool
naive_is_killed(const struct naive *n, uint32_t account)
{
	if (n->killed_all)
		return true;
	for (size_t i = 0; i < n->nkilled; i++)
		if (n->killed[i] == account)
			return true;
	return false;
}

static void
kill(struct naive *n, const struct exch_rec_mass_cancel *c)
{
	if (c->kind == EXCH_MASS_KILL && c->account == 0)
		n->killed_all = true;
	else if (c->kind == EXCH_MASS_KILL && !naive_is_killed(n, c->account) &&
		 n->nkilled < EXCH_ARRAY_LEN(n->killed))
		n->killed[n->nkilled++] = c->account;
	if (c->kind != EXCH_MASS_RELEASE)
		return;
	if (c->account == 0) {
		n->killed_all = false;
		n->nkilled = 0;
	}
	for (size_t i = 0; i < n->nkilled; i++)
		if (n->killed[i] == c->account)
			n->killed[i] = n->killed[--n->nkilled];
}

void
naive_g_mass(struct naive *n, const struct exch_rec_mass_cancel *c)
{
	static const enum exch_reason why[4] = {
	    EXCH_WHY_MASS, EXCH_WHY_KILL, EXCH_WHY_NONE, EXCH_WHY_DISCONNECT};
	struct naive_instr *in = naive_find_instr(n, c->h.instr);
	struct exch_rec_mass_done *e;
	uint64_t count = 0;
	uint32_t last = 0;

	if (c->h.instr != 0 && in == NULL) {
		naive_reject(n, &c->h, 0, EXCH_REJ_INSTRUMENT);
		return;
	}
	if (c->kind > 3) {
		naive_reject(n, &c->h, 0, EXCH_REJ_TYPE);
		return;
	}
	if (c->side > 2 && c->side != EXCH_SHORT &&
	    c->side != EXCH_SHORT_EXEMPT) {
		naive_reject(n, &c->h, 0, EXCH_REJ_SIDE);
		return;
	}
	if (c->kind == EXCH_MASS_DISCONNECT && (c->session | c->account) == 0) {
		naive_reject(n, &c->h, 0, EXCH_REJ_LINK);
		return;
	}
	kill(n, c);
	if (c->kind != EXCH_MASS_RELEASE && in != NULL)
		count = drop_many(n, in, c, why[c->kind]);
	else if (c->kind != EXCH_MASS_RELEASE)
		while ((in = naive_next_instr(n, last)) != NULL) {
			last = in->def.h.instr;
			count += drop_many(n, in, c, why[c->kind]);
		}
	e = naive_emit(n, EXCH_REC_MASS_DONE, sizeof(*e), c->h.instr);
	e->count = count;
	e->kind = c->kind;
	naive_serve(n);
	naive_pegs_elsewhere(n);
}

/* ---- the clock ---- */

/* The order that expires first, or NULL; *pin is where. */
static const struct naive_order *
first_to_expire(struct naive *n, struct naive_instr **pin)
{
	const struct naive_order *o = NULL;
	struct naive_instr *in = NULL;

	for (size_t i = 0; i < n->ninstr; i++)
		for (size_t k = 0; k < n->instr[i].n + n->instr[i].napart;
		     k++) {
			struct naive_instr *x = &n->instr[i];
			const struct naive_order *y =
			    k < x->n ? &x->order[k] : &x->apart[k - x->n];

			if (y->expire == EXCH_TS_NONE)
				continue;
			if (o == NULL || y->expire < o->expire ||
			    (y->expire == o->expire &&
				(x->def.h.instr < in->def.h.instr ||
				    (x == in && y->entry < o->entry)))) {
				in = x;
				o = y;
			}
		}
	*pin = in;
	return o;
}

/* The alarm that comes first: by time, kind, instrument. */
static struct naive_instr *
first_alarm(struct naive *n, int *which, exch_ts *at)
{
	struct naive_instr *in = NULL;

	*at = EXCH_TS_NONE;
	for (int kind = 0; kind < 3; kind++)
		for (size_t i = 0; i < n->ninstr; i++) {
			struct naive_instr *x = &n->instr[i];
			exch_ts t = kind == 0	? x->resume_at
				    : kind == 1 ? x->indicate_at
						: x->limit_at;

			if (t == EXCH_TS_NONE || t > *at ||
			    (t == *at && (*which != kind ||
					     x->def.h.instr > in->def.h.instr)))
				continue;
			in = x;
			*at = t;
			*which = kind;
		}
	return in;
}

/* The one thing that is due first, by `time`; false: nothing is. */
static bool
do_due(struct naive *n, exch_ts time)
{
	struct naive_instr *in, *rings;
	const struct naive_order *o = first_to_expire(n, &in);
	int which = 0;
	exch_ts alarm, expire = o != NULL ? o->expire : EXCH_TS_NONE;
	exch_ts held = n->nheld > 0 ? n->held[0].due : EXCH_TS_NONE;
	exch_ts row = naive_next_row(n), twice = naive_twice_at(n);
	size_t before = n->nout;
	exch_ts first, was = n->time;

	rings = first_alarm(n, &which, &alarm);
	first = expire < alarm ? expire : alarm;
	first = held < first ? held : first;
	first = row < first ? row : first;
	first = twice < first ? twice : first;
	if (first == EXCH_TS_NONE || first > time)
		return false;
	/* A line of an unknown instrument is nothing, not even a time. */
	if (first > n->time && (row != first || expire == first))
		n->time = first;
	if (expire == first) {
		(void)naive_drop(n, in, o->entry, EXCH_WHY_EXPIRED);
		naive_g_after(n, in);
		n->changes++;
	} else if (row == first) {
		naive_do_row(n);
		n->changes++;
	} else if (twice == first) {
		naive_twice(n);
	} else if (alarm == first && which == 0) {
		naive_resume(n, rings);
		n->changes++;
	} else if (alarm == first && which == 1) {
		naive_indicate(n, rings);
		if (n->nout == before)
			n->time = was; /* as if it had not been */
	} else if (alarm == first) {
		naive_luld_pause(n, rings);
		n->changes++;
	} else {
		naive_release(n);
	}
	if (n->nout > before)
		((struct exch_rec *)(void *)(n->out + n->last_out))->flags |=
		    EXCH_F_LAST;
	naive_breaker(n);
	return true;
}

void
naive_end(struct naive *n)
{
	while (do_due(n, naive_last_row(n)))
		;
	while ((n->nheld > 0 || naive_lingers(n)) && do_due(n, EXCH_TS_NONE))
		;
}

void
naive_clock(struct naive *n, exch_ts time)
{
	n->nout = 0;
	while (do_due(n, time))
		;
}

/* ---- phases ---- */

static bool
left_over(const struct naive_order *o, uint8_t cross)
{
	return naive_is_call(o->tif) && naive_takes_part(o->tif, cross);
}

static void
drop_left_over(struct naive *n, struct naive_instr *in, uint8_t side)
{
	uint64_t *entry = calloc(in->n + in->napart + 1, sizeof(*entry));
	size_t count = 0, m;
	size_t *v = naive_sorted(in, side, &m);
	uint64_t done = 0;

	if (entry == NULL)
		abort();
	for (size_t k = 0; k < m; k++)
		if (left_over(&in->order[v[k]], in->cross))
			entry[count++] = in->order[v[k]].entry;
	free(v);
	for (;;) {
		const struct naive_order *next = NULL;

		for (size_t i = 0; i < in->napart; i++)
			if (in->apart[i].entry > done &&
			    (in->apart[i].flags & EXCH_ORD_IMBALANCE) &&
			    in->apart[i].side == side &&
			    left_over(&in->apart[i], in->cross) &&
			    (next == NULL || in->apart[i].entry < next->entry))
				next = &in->apart[i];
		if (next == NULL)
			break;
		done = next->entry;
		entry[count++] = done;
	}
	for (size_t k = 0; k < count; k++)
		(void)naive_drop(n, in, entry[k], EXCH_WHY_UNCROSSED);
	free(entry);
}

static void
convert(struct naive *n, struct naive_instr *in, uint8_t side, exch_px price)
{
	for (;;) {
		struct naive_order o;
		size_t i = 0;

		while (i < in->n && (in->order[i].side != side ||
					in->order[i].price != EXCH_PX_NONE ||
					in->order[i].type != EXCH_ORD_MTL))
			i++;
		if (i == in->n)
			return;
		o = in->order[i];
		naive_take_out(in, i);
		o.type = EXCH_ORD_LIMIT;
		o.price = price;
		naive_restated(n, in, &o, price, EXCH_RESTATE_TO_LIMIT);
		naive_turn(n, in, &o, true, false);
	}
}

/* The waiting order of the lowest entry above `after` that is meant. */
static size_t
next_waiting(
    const struct naive_instr *in, uint64_t after, bool for_call, uint8_t cross)
{
	size_t best = in->napart;

	for (size_t i = 0; i < in->napart; i++) {
		const struct naive_order *o = &in->apart[i];
		bool meant = for_call ? naive_is_call(o->tif) &&
					    naive_takes_part(o->tif, cross) &&
					    !(o->flags & EXCH_ORD_IMBALANCE)
				      : !o->wants_trigger && o->peg == 0 &&
					    !o->waits_for_parent &&
					    naive_is_conditional(o);

		if (meant && o->entry > after &&
		    (best == in->napart || o->entry < in->apart[best].entry))
			best = i;
	}
	return best;
}

static void
enter(struct naive *n, struct naive_instr *in, bool for_call, uint8_t cross)
{
	uint64_t done = 0;
	size_t i;

	while ((i = next_waiting(in, done, for_call, cross)) < in->napart) {
		struct naive_order o = in->apart[i];
		struct naive_order told = o;

		done = o.entry;
		naive_apart_out(in, i);
		if (o.peak != 0 && o.peak < o.qty) {
			told.qty = o.peak;
			told.reserve = o.qty - o.peak;
		}
		told.hidden = (o.flags & (EXCH_ORD_HIDDEN | EXCH_ORD_AON)) ||
			      naive_is_conditional(&o);
		naive_restated(n, in, &told, o.price, EXCH_RESTATE_ENTER);
		naive_turn(
		    n, in, &o, for_call, (o.flags & EXCH_ORD_BY_ID) != 0);
		if (!for_call)
			naive_serve(n);
	}
}

static void
leave(struct naive *n, struct naive_instr *in)
{
	uint64_t done = 0;

	for (;;) {
		size_t best = in->n;
		struct naive_order o;

		for (size_t i = 0; i < in->n; i++)
			if (in->order[i].entry > done &&
			    in->order[i].peg == 0 &&
			    naive_is_conditional(&in->order[i]) &&
			    (best == in->n ||
				in->order[i].entry < in->order[best].entry))
				best = i;
		if (best == in->n)
			return;
		o = in->order[best];
		done = o.entry;
		naive_take_out(in, best);
		o.hidden = true;
		naive_restated(n, in, &o, o.price, EXCH_RESTATE_LEAVE);
		naive_apart(in, &o);
	}
}

void
naive_g_phase(struct naive *n, struct naive_instr *in,
    const struct exch_rec_phase *c, exch_px call_ref)
{
	bool opens = c->phase == EXCH_PHASE_CONTINUOUS;
	bool ends = opens || c->phase == EXCH_PHASE_CLOSED ||
		    c->phase == EXCH_PHASE_END;
	uint8_t was = in->phase, was_cross = in->cross;
	exch_px price = EXCH_PX_NONE;

	if (naive_uncrosses(in, c))
		price = naive_uncross(n, in, call_ref);
	if (was == EXCH_PHASE_CALL &&
	    (c->phase != EXCH_PHASE_CALL || c->cross != was_cross)) {
		drop_left_over(n, in, EXCH_BUY);
		drop_left_over(n, in, EXCH_SELL);
	}
	if (opens && naive_uncrosses(in, c))
		naive_uncross_rest(n, in, call_ref, &price);
	if (opens && price != EXCH_PX_NONE) {
		convert(n, in, EXCH_BUY, price);
		convert(n, in, EXCH_SELL, price);
	}
	naive_guard_phase(n, in, c);
	in->phase = c->phase;
	if (c->phase == EXCH_PHASE_CALL) {
		in->cross = c->cross;
		in->call_ref = call_ref;
	}
	if (ends)
		naive_drop_market(n, in);
	naive_luld_phase(n, in, was, price);
	if (was == EXCH_PHASE_CONTINUOUS && !opens) {
		leave(n, in);
		naive_pegs(n, in);
	}
	if (c->phase == EXCH_PHASE_CALL &&
	    (was != EXCH_PHASE_CALL || was_cross != c->cross))
		enter(n, in, true, c->cross);
	if (opens && was != EXCH_PHASE_CONTINUOUS) {
		enter(n, in, false, 0);
		if (in->last != EXCH_PX_NONE)
			naive_event(n, in, in->last);
	}
	if (c->phase == EXCH_PHASE_END) {
		naive_end_of_day(n, in);
		naive_breaker_day(n, in);
		(void)drop_many(n, in, NULL, EXCH_WHY_EXPIRED);
	}
	naive_g_after(n, in);
}
