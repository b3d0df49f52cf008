/*
 * The market-wide circuit breaker: an index that falls stops everything,
 * for a while or for the day: exch-market(5), MARKET-WIDE BREAKER.
 *
 * Its values come in the middle of a command, where nothing may change its
 * phase.  So they are looked at at once, and what they bring is an event of
 * its own behind that of the command.
 */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "match/general.h"

/* Percent x 10^6 of 100 percent. */
#define WHOLE 100000000

/* It is the whole market's, whatever else venues have of their own. */
static const struct exch_market_breaker *
rules(const struct exch_match *m)
{
	return &m->all->shard[0]->o.market->breaker;
}

/* ---- the index ---- */

/* The highest level the value reaches now, or 0. */
static uint8_t
level_of(const struct exch_match *m, exch_px close, exch_px value)
{
	const struct exch_market_breaker *k = rules(m);
	exch_i128 fall = ((exch_i128)close - value) * WHOLE;

	for (unsigned i = k->n; i > 0; i--) {
		const struct exch_market_fall *f = &k->fall[i - 1];

		if (fall >= (exch_i128)close * (exch_i128)f->share &&
		    (f->halt == 0 || m->now < k->until.on))
			return (uint8_t)i;
	}
	return 0;
}

void
exch_breaker_prints(
    struct exch_match *m, const struct exch_instr *in, exch_px value)
{
	struct exch_breaker *b = &m->all->breaker;
	exch_px close = in->instr_reference;
	uint8_t level;

	if (!in->more->guard.index || value == EXCH_PX_NONE ||
	    close == EXCH_PX_NONE || close <= 0)
		return;
	level = level_of(m, close, value);
	if (level <= b->reached || level <= b->due)
		return;
	b->due = level;
	b->instr = in->book.instr;
	b->value = value;
	b->close = close;
}

void
exch_breaker_trade(struct exch_match *m, const struct exch_rec_trade *t)
{
	const struct exch_instr *in = exch_engine_instr(m, t->h.instr);

	if (in != NULL)
		exch_breaker_prints(m, in, t->price);
}

void
exch_breaker_day(struct exch_match *m, const struct exch_instr *in)
{
	struct exch_breaker *b = &m->all->breaker;

	if (in->more->guard.index)
		b->reached = b->due = b->shut = 0;
}

/* ---- halts ---- */

static struct exch_rec_phase
phase_of(uint8_t phase, uint8_t level)
{
	struct exch_rec_phase p = {
	    .phase = phase, .reference = EXCH_PX_NONE, .reason = "MWC"};

	p.reason[3] = (char)('0' + level);
	return p;
}

/* What the clock brings to the instrument when the halt is over. */
static void
bring_later(
    struct exch_match *m, struct exch_instr *in, uint8_t phase, uint8_t cross)
{
	struct exch_guarded *g = &in->more->guard;

	g->then_phase = phase;
	g->then_cross = cross;
	memcpy(g->then_reason, "MWCQ", 4);
	exch_alarm_set(m, in, EXCH_ALARM_RESUME, m->all->breaker.until);
}

static void
halt(struct exch_match *m, struct exch_instr *in)
{
	const struct exch_breaker *b = &m->all->breaker;
	struct exch_rec_phase p = phase_of(EXCH_PHASE_HALT, b->halting);

	if (in->phase != EXCH_PHASE_CONTINUOUS)
		return;
	exch_phase_begin(m, in, &p);
	bring_later(m, in, EXCH_PHASE_CONTINUOUS, EXCH_CROSS_NONE);
}

static void
shut(struct exch_match *m, struct exch_instr *in)
{
	struct exch_rec_phase p =
	    phase_of(EXCH_PHASE_CLOSED, m->all->breaker.shut);

	if (in->phase == EXCH_PHASE_CLOSED || in->phase == EXCH_PHASE_END)
		return;
	/* A call may not end with its auction now. */
	p.h.flags = EXCH_F_IMPOSED;
	exch_phase_begin(m, in, &p);
}

static void
tell(struct exch_match *m)
{
	const struct exch_breaker *b = &m->all->breaker;
	char text[100] = "breaker level=";
	char *p = text + strlen(text);

	*p++ = (char)('0' + b->due);
	memcpy(p, " value=", 7);
	p = exch_dec_put(p + 7, b->value, 9, 0);
	memcpy(p, " close=", 7);
	p = exch_dec_put(p + 7, b->close, 9, 0);
	m->last = exch_writer_new_text(m->out, EXCH_REC_NOTICE,
	    sizeof(struct exch_rec_notice), b->instr, m->now, text,
	    (size_t)(p - text));
}

void
exch_breaker_act(struct exch_match *m)
{
	struct exch_breaker *b = &m->all->breaker;

	while (b->due != 0 && !m->ended) {
		const struct exch_market_fall *f = &rules(m)->fall[b->due - 1];
		struct exch_instr *in = NULL;

		tell(m);
		b->reached = b->due;
		b->due = 0;
		if (f->halt == 0) {
			b->shut = b->reached;
		} else {
			exch_ts end = exch_later(m->now, f->halt);

			b->halting = b->reached;
			b->until = end > b->until ? end : b->until;
		}
		while ((in = exch_engine_after(m, in)) != NULL && !m->ended) {
			struct exch_match *h = exch_visit(m, in);

			if (f->halt == 0)
				shut(h, in);
			else
				halt(h, in);
			exch_back(m, h);
		}
		m->last->flags |= EXCH_F_LAST;
	}
}

void
exch_breaker_announced(struct exch_match *m, struct exch_instr *in, bool first)
{
	const struct exch_market_breaker *k = rules(m);

	if (k->n == 0)
		return;
	in->more->guard.index =
	    memcmp(in->symbol, k->symbol, sizeof(k->symbol)) == 0;
	in->wide = in->more->guard.index || in->more->nlinked != 0;
	if (first && m->all->breaker.shut != 0)
		shut(m, in);
	else if (first && m->now < m->all->breaker.until)
		halt(m, in);
}

bool
exch_breaker_holds(
    struct exch_match *m, struct exch_instr *in, const struct exch_rec_phase *p)
{
	const struct exch_breaker *b = &m->all->breaker;
	struct exch_rec_phase stays = phase_of(in->phase, b->halting);

	if (!m->hand.by_clock)
		return false;
	if (b->shut != 0 && in->phase == EXCH_PHASE_CLOSED &&
	    p->phase != EXCH_PHASE_CLOSED && p->phase != EXCH_PHASE_END) {
		stays = phase_of(in->phase, b->shut);
		exch_phase_tell(m, in->book.instr, &stays);
		return true;
	}
	if (m->now >= b->until || !exch_phase_uncrosses(in->phase, p))
		return false;
	if (in->phase == EXCH_PHASE_CALL)
		stays.cross = in->cross;
	exch_phase_tell(m, in->book.instr, &stays);
	in->more->guard.put_off = in->phase == EXCH_PHASE_CALL;
	bring_later(m, in, p->phase, p->cross);
	return true;
}
