/*
 * The naive engine: limit up, limit down, as exch-market(5) has it; see
 * naive.h.  Every execution of the phase is kept with its part of the
 * window, and all of them are looked through each time.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "naive/naive.h"

#define WHOLE 100000000

static bool
has(const struct naive *n)
{
	return n->rules != NULL && n->rules->nluld != 0;
}

static bool
banded(const struct naive_instr *in)
{
	return in->lower != EXCH_PX_NONE;
}

bool
naive_outside(const struct naive_instr *in, exch_px price)
{
	return banded(in) && (price < in->lower || price > in->upper);
}

static bool
beyond(const struct naive_instr *in, uint8_t side, exch_px price)
{
	return banded(in) && price != EXCH_PX_NONE &&
	       (side == EXCH_BUY ? price > in->upper : price < in->lower);
}

/* v / 10^8 onto the grid: up to the half goes down, from it on up. */
static exch_px
to_grid(exch_i128 v, exch_px tick)
{
	exch_i128 unit = (exch_i128)tick * WHOLE, k, most;

	if (v < 0)
		v = 0;
	k = v / unit;
	if (2 * (v - k * unit) >= unit)
		k++;
	most = (EXCH_PX_NONE - 1) / tick;
	k = k > most ? most : k;
	return (exch_px)(k < 1 ? 1 : k) * tick;
}

static void
no_bands(struct naive_instr *in)
{
	in->lower = in->upper = EXCH_PX_NONE;
}

static void
make_bands(const struct naive *n, struct naive_instr *in)
{
	exch_px close = in->def.reference;
	exch_i128 share = 0, most = 0, middle;
	bool twice = false;

	no_bands(in);
	if (close == EXCH_PX_NONE)
		close = in->luld_ref;
	for (size_t i = n->rules->nluld; i > 0; i--) {
		const struct naive_luld *b = &n->rules->luld[i - 1];

		if ((b->rel > 0 && close > b->at) ||
		    (b->rel == 0 && close >= b->at) ||
		    (b->rel < 0 && close < b->at)) {
			share = b->share;
			most = b->most;
			twice = b->twice;
		}
	}
	if (twice && n->time >= n->rules->luld_twice &&
	    n->fault != NAIVE_FAULT_DOUBLE) {
		share *= 2;
		most *= 2;
	}
	if (share == 0 || in->luld_ref == EXCH_PX_NONE || in->luld_ref <= 0)
		return;
	middle = (exch_i128)in->luld_ref * WHOLE;
	share *= in->luld_ref;
	if (most != 0 && share > most * WHOLE)
		share = most * WHOLE;
	in->lower = to_grid(middle - share, in->def.tick);
	in->upper = to_grid(middle + share, in->def.tick);
}

const char *
naive_shortest(exch_px v, char *s, size_t size)
{
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	size_t k;

	snprintf(s, size, "%s%llu.%09llu", v < 0 ? "-" : "",
	    (unsigned long long)(u / EXCH_PX_ONE),
	    (unsigned long long)(u % EXCH_PX_ONE));
	for (k = strlen(s); s[k - 1] == '0'; k--)
		s[k - 1] = '\0';
	if (s[k - 1] == '.')
		s[k - 1] = '\0';
	return s;
}

static void
sweep(struct naive *n, struct naive_instr *in, uint8_t side)
{
	bool any = true;

	while (any) {
		size_t m;
		size_t *v = naive_sorted(in, side, &m);

		any = false;
		for (size_t k = 0; k < m && !any; k++) {
			const struct naive_order *o = &in->order[v[k]];

			if (o->peg == 0 && beyond(in, side, o->price)) {
				(void)naive_drop(
				    n, in, o->entry, EXCH_WHY_BAND);
				any = true;
			}
		}
		free(v);
	}
}

static void
tell_bands(struct naive *n, const struct naive_instr *in)
{
	char text[200], a[40], b[40], c[40];

	if (!banded(in))
		return;
	snprintf(text, sizeof(text), "luld lower=%s upper=%s reference=%s",
	    naive_shortest(in->lower, a, sizeof(a)),
	    naive_shortest(in->upper, b, sizeof(b)),
	    naive_shortest(in->luld_ref, c, sizeof(c)));
	naive_notice(n, in, text);
}

static void
new_reference(struct naive *n, struct naive_instr *in, exch_px reference)
{
	in->luld_ref = reference;
	in->luld_since = n->time;
	make_bands(n, in);
	tell_bands(n, in);
	sweep(n, in, EXCH_BUY);
	sweep(n, in, EXCH_SELL);
}

static uint64_t
part(const struct naive *n)
{
	uint64_t width = n->rules->luld_window / 300;

	return n->time / (width > 0 ? width : 1);
}

void
naive_luld_prints(struct naive *n, struct naive_instr *in, exch_px price)
{
	if (!has(n) || in->phase != EXCH_PHASE_CONTINUOUS)
		return;
	in->prints =
	    realloc(in->prints, (in->nprints + 1) * sizeof(*in->prints));
	if (in->prints == NULL)
		abort();
	in->prints[in->nprints++] = (struct naive_print){part(n), price};
	in->printed = true;
}

bool
naive_luld_look(struct naive *n, struct naive_instr *in)
{
	exch_i128 sum = 0, count = 0, far, least;

	if (!has(n) || in->phase != EXCH_PHASE_CONTINUOUS || !in->printed)
		return false;
	in->printed = false;
	for (size_t i = 0; i < in->nprints; i++)
		if (part(n) - in->prints[i].part < 300) {
			sum += in->prints[i].price;
			count++;
		}
	if (count == 0)
		return false;
	if (in->luld_ref != EXCH_PX_NONE) {
		if (n->time - in->luld_since < n->rules->luld_hold)
			return false;
		far = sum - count * in->luld_ref;
		least = count * in->luld_ref * (exch_i128)n->rules->luld_change;
		far = far < 0 ? -far : far;
		least = least < 0 ? -least : least;
		if (far * WHOLE < least)
			return false;
	}
	if (sum / count == in->luld_ref)
		return false;
	new_reference(n, in, (exch_px)(sum / count));
	return true;
}

static void
begin(struct naive *n, struct naive_instr *in, exch_px opened)
{
	exch_px r = opened;

	if (r == EXCH_PX_NONE)
		r = in->luld_ref;
	if (r == EXCH_PX_NONE)
		r = in->def.reference;
	in->nprints = 0;
	in->printed = false;
	if (r != EXCH_PX_NONE)
		new_reference(n, in, r);
}

void
naive_luld_announced(struct naive *n, struct naive_instr *in)
{
	in->luld_ref = EXCH_PX_NONE;
	no_bands(in);
	if (has(n) && in->phase == EXCH_PHASE_CONTINUOUS)
		begin(n, in, EXCH_PX_NONE);
}

void
naive_luld_phase(
    struct naive *n, struct naive_instr *in, uint8_t was, exch_px opened)
{
	if (!has(n))
		return;
	if (in->phase == EXCH_PHASE_CONTINUOUS) {
		if (was != EXCH_PHASE_CONTINUOUS)
			begin(n, in, opened);
		return;
	}
	if (in->phase == EXCH_PHASE_END)
		in->luld_ref = EXCH_PX_NONE;
	no_bands(in);
	in->luld_state = EXCH_SIDE_NONE;
	in->limit_at = EXCH_TS_NONE;
}

bool
naive_luld_refuses(const struct naive *n, const struct naive_instr *in,
    const struct naive_order *o, exch_px price)
{
	return has(n) && n->rules->luld_reject && o->type == EXCH_ORD_LIMIT &&
	       o->peg == 0 && !naive_is_call(o->tif) &&
	       in->phase == EXCH_PHASE_CONTINUOUS && beyond(in, o->side, price);
}

/* The limit of an order that has its turn; false: it has to end. */
bool
naive_luld_bounds(
    struct naive *n, struct naive_instr *in, struct naive_order *o, bool hides)
{
	struct naive_order told;

	if (o->peg != 0 || !beyond(in, o->side, o->price))
		return true;
	if (n->rules->luld_reject)
		return false;
	o->price = o->side == EXCH_BUY ? in->upper : in->lower;
	told = *o;
	told.hidden = hides;
	if (o->peak != 0 && o->peak < o->qty) {
		told.qty = o->peak;
		told.reserve = o->qty - o->peak;
	}
	naive_restated(n, in, &told, o->price, EXCH_RESTATE_BAND);
	return true;
}

void
naive_luld_state(struct naive *n, struct naive_instr *in)
{
	exch_px bid = EXCH_PX_NONE, offer = EXCH_PX_NONE;
	uint8_t state = EXCH_SIDE_NONE;

	if (!has(n) || in->phase != EXCH_PHASE_CONTINUOUS)
		return;
	for (size_t i = 0; i < in->n; i++) {
		const struct naive_order *o = &in->order[i];
		exch_px *best = o->side == EXCH_BUY ? &bid : &offer;

		if (o->hidden || o->price == EXCH_PX_NONE)
			continue;
		if (*best == EXCH_PX_NONE ||
		    (o->side == EXCH_BUY ? o->price > bid : o->price < offer))
			*best = o->price;
	}
	if (banded(in) && offer == in->lower)
		state = EXCH_SELL;
	if (banded(in) && bid == in->upper)
		state = EXCH_BUY;
	if (bid != EXCH_PX_NONE && offer != EXCH_PX_NONE && bid >= offer)
		state = EXCH_SIDE_NONE;
	if (state == in->luld_state)
		return;
	in->luld_state = state;
	naive_notice(n, in,
	    state == EXCH_BUY	 ? "luld limit-state=buy"
	    : state == EXCH_SELL ? "luld limit-state=sell"
				 : "luld limit-state=none");
	in->limit_at =
	    state == EXCH_SIDE_NONE
		? EXCH_TS_NONE
		: naive_due(naive_later(n->time, n->rules->luld_limit));
}

void
naive_luld_pause(struct naive *n, struct naive_instr *in)
{
	struct exch_rec_phase halt = {.h.instr = in->def.h.instr,
	    .phase = EXCH_PHASE_HALT,
	    .reference = EXCH_PX_NONE,
	    .reason = "LUDP"};

	in->limit_at = EXCH_TS_NONE;
	naive_tell_phase(n, in->def.h.instr, &halt);
	naive_phase(n, in, &halt, true);
	in->resume_at = naive_due(naive_later(n->time, n->rules->luld_pause));
	in->then = halt;
	in->then.phase = EXCH_PHASE_CONTINUOUS;
}

/* ---- bands that double ---- */

exch_ts
naive_twice_at(const struct naive *n)
{
	return has(n) && !n->twice_told ? n->rules->luld_twice : EXCH_TS_NONE;
}

/* Whose line has the word, by the same search as for the bands. */
static bool
is_twice(const struct naive *n, const struct naive_instr *in)
{
	exch_px close = in->def.reference;

	if (close == EXCH_PX_NONE)
		close = in->luld_ref;
	for (size_t i = 0; i < n->rules->nluld; i++) {
		const struct naive_luld *b = &n->rules->luld[i];

		if (b->rel > 0	 ? close > b->at
		    : b->rel < 0 ? close < b->at
				 : close >= b->at)
			return b->twice;
	}
	return false;
}

void
naive_twice(struct naive *n)
{
	struct naive_instr *in;
	uint32_t last = 0;

	n->twice_told = true;
	while ((in = naive_next_instr(n, last)) != NULL) {
		last = in->def.h.instr;
		if (in->phase != EXCH_PHASE_CONTINUOUS || !banded(in) ||
		    !is_twice(n, in))
			continue;
		make_bands(n, in);
		tell_bands(n, in);
		naive_g_after(n, in);
	}
}
