/*
 * Limit up, limit down: bands around a reference that follows the
 * executions, orders kept within them, and the pause when the market stays
 * at one: exch-market(5), LIMIT UP, LIMIT DOWN.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "match/general.h"
#include "match/part.h"

/* Percent x 10^6 of 100 percent. */
#define WHOLE 100000000

static const struct exch_market_luld *
rules(const struct exch_match *m)
{
	return &m->o.market->luld;
}

bool
exch_luld_get(struct exch_match *m, struct exch_instr *in)
{
	struct exch_luld *l;

	if (rules(m)->nbands == 0)
		return true;
	l = exch_calloc(1, sizeof(*l));
	if (l == NULL) {
		m->ended = true;
		return false;
	}
	l->reference = l->lower = l->upper = l->opened = EXCH_PX_NONE;
	l->state = EXCH_SIDE_NONE;
	in->more->guard.luld = l;
	return true;
}

/* ---- bands ---- */

/* The line for a price of yesterday, or NULL. */
static const struct exch_market_luld_band *
band_of(const struct exch_market_luld *k, exch_px close)
{
	for (unsigned i = 0; i < k->nbands; i++) {
		const struct exch_market_luld_band *b = &k->band[i];

		if ((b->rel == EXCH_LULD_ABOVE && close > b->at) ||
		    (b->rel == EXCH_LULD_FROM && close >= b->at) ||
		    (b->rel == EXCH_LULD_BELOW && close < b->at))
			return b;
	}
	return NULL;
}

/* The multiple of the tick next to v x 10^-8, halves up; at least one. */
static exch_px
nearest(const struct exch_instr *in, exch_i128 v)
{
	exch_i128 unit = (exch_i128)in->tick.d * WHOLE;
	exch_i128 q = v < 0 ? 0 : (2 * v + unit) / (2 * unit);
	exch_i128 most = (EXCH_PX_NONE - 1) / (int64_t)in->tick.d;

	if (q < 1)
		q = 1;
	return (exch_px)(q > most ? most : q) * (exch_px)in->tick.d;
}

static void
set_bands(const struct exch_match *m, const struct exch_instr *in)
{
	struct exch_luld *l = in->more->guard.luld;
	exch_px close = in->instr_reference;
	const struct exch_market_luld_band *b;
	exch_i128 width, most;

	if (close == EXCH_PX_NONE)
		close = l->reference;
	b = band_of(rules(m), close);
	l->lower = l->upper = EXCH_PX_NONE;
	if (b == NULL || l->reference == EXCH_PX_NONE || l->reference <= 0)
		return;
	width = (exch_i128)l->reference * (exch_i128)b->share;
	most = (exch_i128)b->most * WHOLE;
	if (b->doubles && m->now >= rules(m)->doubles.on) {
		width *= 2;
		most *= 2;
	}
	if (b->most != 0 && width > most)
		width = most;
	l->lower = nearest(in, (exch_i128)l->reference * WHOLE - width);
	l->upper = nearest(in, (exch_i128)l->reference * WHOLE + width);
}

static void
tell(struct exch_match *m, const struct exch_instr *in, const char *text,
    size_t n)
{
	m->last = exch_writer_new_text(m->out, EXCH_REC_NOTICE,
	    sizeof(struct exch_rec_notice), in->book.instr, m->now, text, n);
}

static char *
put(char *p, const char *word, exch_px v)
{
	while (*word != '\0')
		*p++ = *word++;
	return exch_dec_put(p, v, 9, 0);
}

static void
tell_bands(struct exch_match *m, const struct exch_instr *in)
{
	const struct exch_luld *l = in->more->guard.luld;
	char text[160];
	char *p = text;

	if (l->lower == EXCH_PX_NONE)
		return;
	p = put(p, "luld lower=", l->lower);
	p = put(p, " upper=", l->upper);
	p = put(p, " reference=", l->reference);
	tell(m, in, text, (size_t)(p - text));
}

bool
exch_luld_outside(const struct exch_instr *in, exch_px price)
{
	const struct exch_luld *l = in->more->guard.luld;

	return l != NULL && l->lower != EXCH_PX_NONE &&
	       (price < l->lower || price > l->upper);
}

/* Is the limit of that side beyond its band?  *band is. */
static bool
is_beyond(
    const struct exch_instr *in, uint8_t side, exch_px limit, exch_px *band)
{
	const struct exch_luld *l = in->more->guard.luld;

	if (l == NULL || l->lower == EXCH_PX_NONE)
		return false;
	*band = side == EXCH_BUY ? l->upper : l->lower;
	return side == EXCH_BUY ? limit > *band : limit < *band;
}

/* The first resting order of a side beyond its band; pegs move away. */
static bool
find_beyond(const struct exch_match *m, const struct exch_instr *in,
    uint8_t side, struct exch_walk *w)
{
	exch_px band;

	exch_walk_first(m, in, side, w);
	for (; w->o != EXCH_SLOT_NONE; exch_walk_next(m, in, w)) {
		const struct exch_special *s = exch_special_of(m, w->o);

		if (!is_beyond(in, side, exch_spot_price(in, w->p), &band))
			return false;
		if (s == NULL || s->peg == 0)
			return true;
	}
	return false;
}

/* Other bands hold: who rests beyond them goes. */
static void
sweep(struct exch_match *m, struct exch_instr *in, uint8_t side)
{
	struct exch_walk w;

	while (!m->ended && find_beyond(m, in, side, &w)) {
		struct exch_special *s = exch_special_of(m, w.o);
		struct exch_slot_data v = exch_book_slots(m->store)[w.o];

		if (s != NULL) {
			exch_drop(m, in, s, EXCH_WHY_BAND);
			continue;
		}
		exch_book_remove(m->store, &in->book, w.o);
		exch_peg_mark(m, in);
		exch_engine_cancelled(
		    m, in->book.instr, v.id, v.qty, EXCH_WHY_BAND, false);
	}
}

static void
take_reference(struct exch_match *m, struct exch_instr *in, exch_px reference)
{
	struct exch_luld *l = in->more->guard.luld;

	l->reference = reference;
	l->since = m->now;
	set_bands(m, in);
	tell_bands(m, in);
	sweep(m, in, EXCH_BUY);
	sweep(m, in, EXCH_SELL);
}

/* The clock alone changes the bands; who is within them stays there. */
static bool
widen(struct exch_match *m, struct exch_instr *in)
{
	struct exch_luld *l = in->more->guard.luld;
	exch_px close = in->instr_reference;
	const struct exch_market_luld_band *b;

	if (in->phase != EXCH_PHASE_CONTINUOUS || l->lower == EXCH_PX_NONE)
		return false;
	b = band_of(rules(m), close != EXCH_PX_NONE ? close : l->reference);
	if (b == NULL || !b->doubles)
		return false;
	set_bands(m, in);
	tell_bands(m, in);
	return true;
}

/* Venues may have times of their own. */
static bool
doubles_now(const struct exch_match *m, const struct exch_instr *in)
{
	return in->more != NULL && in->more->guard.luld != NULL &&
	       rules(m)->doubles.on == m->all->doubles;
}

static exch_ts
next_doubling(const struct exch_match *m)
{
	const struct exch_match *h = NULL;
	exch_ts next = EXCH_TS_NONE;

	while ((h = exch_shard_after(m, h)) != NULL) {
		exch_ts on =
		    h->o.market != NULL ? rules(h)->doubles.on : EXCH_TS_NONE;

		if (on > m->all->doubles && on < next)
			next = on;
	}
	return next;
}

void
exch_luld_double(struct exch_match *m)
{
	struct exch_instr *in = NULL;

	if (m->all->doubles > m->now)
		m->now = m->all->doubles;
	exch_part_step(m, m->all->doubles, EXCH_PART_DOUBLE, 0, true);
	m->last = NULL;
	while ((in = exch_engine_after(m, in)) != NULL) {
		struct exch_match *h = exch_visit(m, in);

		exch_part_go(h, EXCH_PART_EACH, in->book.instr);
		if (doubles_now(h, in) && widen(h, in))
			exch_general_after(h, in); /* discretion reaches more */
		exch_back(m, h);
	}
	m->all->doubles = next_doubling(m);
	if (m->last != NULL)
		m->last->flags |= EXCH_F_LAST;
}

/* ---- the reference ---- */

static uint64_t
part_of(const struct exch_match *m)
{
	uint64_t width = rules(m)->window / EXCH_LULD_PARTS;

	return m->now / (width == 0 ? 1 : width);
}

void
exch_luld_prints(struct exch_match *m, struct exch_instr *in, exch_px price)
{
	struct exch_luld *l = in->more->guard.luld;
	uint64_t part;
	struct exch_luld_part *p;

	if (l == NULL || in->phase != EXCH_PHASE_CONTINUOUS)
		return;
	part = part_of(m);
	p = &l->at[part % EXCH_LULD_PARTS];
	if (p->part != part)
		*p = (struct exch_luld_part){.part = part};
	p->n++;
	p->sum += price;
	l->printed = true;
}

/* The mean of the window has another value that counts. */
bool
exch_luld_look(struct exch_match *m, struct exch_instr *in)
{
	struct exch_luld *l = in->more->guard.luld;
	exch_i128 sum = 0, n = 0, far;
	uint64_t part;

	if (l == NULL || in->phase != EXCH_PHASE_CONTINUOUS || !l->printed ||
	    m->ended)
		return false;
	l->printed = false;
	part = part_of(m);
	for (unsigned i = 0; i < EXCH_LULD_PARTS; i++)
		if (l->at[i].n != 0 && part - l->at[i].part < EXCH_LULD_PARTS) {
			sum += l->at[i].sum;
			n += l->at[i].n;
		}
	if (n == 0)
		return false;
	if (l->reference != EXCH_PX_NONE) {
		exch_i128 ref = l->reference;

		if (m->now - l->since < rules(m)->hold)
			return false;
		far = sum - ref * n;
		if ((far < 0 ? -far : far) * WHOLE <
		    (ref < 0 ? -ref : ref) * n * (exch_i128)rules(m)->change)
			return false;
	}
	if (sum / n == l->reference)
		return false;
	take_reference(m, in, (exch_px)(sum / n));
	return true;
}

static void
begin(struct exch_match *m, struct exch_instr *in)
{
	struct exch_luld *l = in->more->guard.luld;
	exch_px reference = l->opened;

	if (reference == EXCH_PX_NONE)
		reference = l->reference;
	if (reference == EXCH_PX_NONE)
		reference = in->instr_reference;
	memset(l->at, 0, sizeof(l->at));
	l->printed = false;
	if (reference != EXCH_PX_NONE)
		take_reference(m, in, reference);
}

void
exch_luld_announced(struct exch_match *m, struct exch_instr *in, bool anew)
{
	struct exch_luld *l = in->more->guard.luld;

	if (l == NULL || !anew)
		return;
	l->reference = l->opened = l->lower = l->upper = EXCH_PX_NONE;
	if (in->phase == EXCH_PHASE_CONTINUOUS)
		begin(m, in);
}

void
exch_luld_phase(struct exch_match *m, struct exch_instr *in, uint8_t was)
{
	struct exch_luld *l = in->more->guard.luld;

	if (l == NULL)
		return;
	if (in->phase == EXCH_PHASE_END)
		l->reference = EXCH_PX_NONE;
	if (in->phase == EXCH_PHASE_CONTINUOUS) {
		if (was != EXCH_PHASE_CONTINUOUS)
			begin(m, in);
		return;
	}
	l->lower = l->upper = EXCH_PX_NONE;
	l->state = EXCH_SIDE_NONE;
	exch_alarm_set(m, in, EXCH_ALARM_LIMIT, EXCH_TS_NONE);
}

/* ---- orders ---- */

enum exch_reject
exch_luld_check(const struct exch_match *m, const struct exch_instr *in,
    const struct exch_special *s, exch_px price)
{
	exch_px band;

	if (s->type != EXCH_ORD_LIMIT || in->phase != EXCH_PHASE_CONTINUOUS ||
	    s->child != EXCH_CHILD_NOT || exch_is_call_tif(s->tif) ||
	    in->more->guard.luld == NULL || !rules(m)->reject)
		return EXCH_REJ_NONE;
	return is_beyond(in, s->side, price, &band) ? EXCH_REJ_BAND
						    : EXCH_REJ_NONE;
}

bool
exch_luld_bounds(
    struct exch_match *m, struct exch_instr *in, struct exch_turn *t)
{
	struct exch_special as = {.id = t->id};
	exch_qty shown = t->left;
	exch_px band;

	if (t->limit.tick == EXCH_TICK_MARKET || t->discreet ||
	    (t->s != NULL && t->s->peg != 0) ||
	    !is_beyond(in, t->side, exch_spot_price(in, t->limit), &band))
		return true;
	if (rules(m)->reject)
		return false;
	t->limit = exch_spot_of(in, band);
	if (t->s != NULL) {
		t->s->price = band;
		if (exch_special_hidden(t->s))
			shown = 0;
		else if (t->s->peak != 0 && t->s->peak < shown)
			shown = t->s->peak;
	}
	exch_restated(m, in, &as, band, t->left, shown, EXCH_RESTATE_BAND);
	return true;
}

/* ---- limit states ---- */

static bool
best(const struct exch_match *m, const struct exch_instr *in, unsigned side,
    exch_px *price)
{
	exch_slot l = in->book.side[side].best;

	if (l == EXCH_SLOT_NONE)
		return false;
	*price = exch_engine_price(in, exch_book_slots(m->store)[l].tick);
	return true;
}

static uint8_t
state_of(const struct exch_match *m, const struct exch_instr *in)
{
	const struct exch_luld *l = in->more->guard.luld;
	exch_px bid = EXCH_PX_NONE, offer = EXCH_PX_NONE;
	bool bids = best(m, in, 0, &bid), offers = best(m, in, 1, &offer);

	if (l->lower == EXCH_PX_NONE || (bids && offers && bid >= offer))
		return EXCH_SIDE_NONE;
	if (bids && bid == l->upper)
		return EXCH_BUY;
	return offers && offer == l->lower ? EXCH_SELL : EXCH_SIDE_NONE;
}

void
exch_luld_state(struct exch_match *m, struct exch_instr *in)
{
	static const char *const text[] = {
	    [EXCH_SIDE_NONE] = "luld limit-state=none",
	    [EXCH_BUY] = "luld limit-state=buy",
	    [EXCH_SELL] = "luld limit-state=sell"};
	struct exch_luld *l = in->more->guard.luld;
	uint8_t state;

	if (l == NULL || in->phase != EXCH_PHASE_CONTINUOUS || m->ended)
		return;
	state = state_of(m, in);
	if (state == l->state)
		return;
	l->state = state;
	tell(m, in, text[state], strlen(text[state]));
	exch_alarm_set(m, in, EXCH_ALARM_LIMIT,
	    state == EXCH_SIDE_NONE ? EXCH_TS_NONE
				    : exch_later(m->now, rules(m)->limit));
}

void
exch_luld_pause(struct exch_match *m, struct exch_instr *in)
{
	struct exch_rec_phase halt = {.phase = EXCH_PHASE_HALT,
	    .reference = EXCH_PX_NONE,
	    .reason = "LUDP"};
	struct exch_guarded *g = &in->more->guard;

	exch_phase_begin(m, in, &halt);
	g->then_phase = EXCH_PHASE_CONTINUOUS;
	g->then_cross = EXCH_CROSS_NONE;
	memcpy(g->then_reason, "LUDP", 4);
	exch_alarm_set(
	    m, in, EXCH_ALARM_RESUME, exch_later(m->now, rules(m)->pause));
}
