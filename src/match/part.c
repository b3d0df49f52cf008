/*
 * Parts of a market in processes of their own: part.h.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "match/general.h"
#include "match/part.h"

/* ---- life ---- */

static const char *
rule_of_all(const struct exch_match *m)
{
	const struct exch_market_guard *g = exch_guard_of(m);

	if (g->bump != 0)
		return "its speed bump holds the orders of all instruments";
	return NULL;
}

int
exch_part_new(struct exch_match *m, struct exch_diag *d)
{
	const char *rule = rule_of_all(m);
	struct exch_part *p;

	if (rule != NULL)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "the market cannot be matched in parts: %s: use -j", rule);
	p = exch_calloc(1, sizeof(*p));
	if (p == NULL)
		return EXCH_ERR_NOMEM;
	m->all->part = p;
	p->no = m->o.part;
	p->of = m->o.parts;
	p->foreign =
	    exch_calloc((EXCH_INSTR_MAX + 1) / 64, sizeof(*p->foreign));
	return p->foreign == NULL ? EXCH_ERR_NOMEM : EXCH_OK;
}

void
exch_part_free(struct exch_part *p)
{
	if (p == NULL)
		return;
	exch_free(p->foreign);
	exch_free(p->group);
	exch_free(p);
}

/* ---- where events belong ---- */

void
exch_part_step_slow(struct exch_match *m, exch_ts due, enum exch_part_step step,
    uint32_t unit, bool shared)
{
	struct exch_part *p = m->all->part;

	p->at = (struct exch_rec_part){
	    .due = due, .step = (uint8_t)step, .unit = unit, .shared = shared};
	p->last = NULL;
}

/*
 * In place of the one before, if nothing was said behind that.  It is the
 * last record, so that what is done to the last event is done to nothing
 * that is in a block already.
 */
static void
put(struct exch_match *m)
{
	struct exch_part *p = m->all->part;

	if (p->last == NULL || p->written != exch_writer_records(m->out)) {
		p->last = exch_writer_new(m->out, EXCH_REC_PART,
		    sizeof(*p->last), p->at.h.instr, m->now);
		p->written = exch_writer_records(m->out);
	}
	p->last->h.instr = p->at.h.instr;
	p->last->h.time = m->now;
	memcpy(&p->last->due, &p->at.due, sizeof(p->at) - sizeof(p->at.h));
	m->last = &p->last->h;
}

void
exch_part_go_slow(
    struct exch_match *m, enum exch_part_section section, uint32_t instr)
{
	struct exch_part *p = m->all->part;

	p->at.section = (uint8_t)section;
	p->at.gen = 0;
	p->at.h.instr = instr;
	put(m);
}

/*
 * Of one engine's queue the orders come in the order in which the walk over
 * the instruments, or an order before, pushed them.
 */
void
exch_part_turn_slow(
    struct exch_match *m, const struct exch_triggered *t, bool nested)
{
	struct exch_part *p = m->all->part;

	if (!p->at.shared || (p->at.section != EXCH_PART_DONE &&
				 p->at.section != EXCH_PART_QUEUE))
		return;
	if (nested) {
		p->why = "an order that had its turn changed the phase of its "
			 "instrument";
		return;
	}
	p->at.section = EXCH_PART_QUEUE;
	p->at.gen = t->gen;
	p->at.h.instr = t->from;
	put(m);
}

void
exch_part_settle_slow(struct exch_match *m, uint32_t instr)
{
	const struct exch_part *p = m->all->part;

	if (p->at.shared && p->at.section >= EXCH_PART_DONE)
		exch_part_go_slow(m, EXCH_PART_SETTLE, instr);
}

/* ---- whose records are ---- */

static bool
is_foreign(const struct exch_part *p, uint32_t instr)
{
	return instr <= EXCH_INSTR_MAX &&
	       (p->foreign[instr / 64] >> instr % 64 & 1) != 0;
}

bool
exch_part_has(const struct exch_match *m, uint32_t instr)
{
	return m->all->part != NULL && is_foreign(m->all->part, instr);
}

enum whose { OWN, FOREIGN, ALL };

/* Instruments nobody announced are the first engine's. */
static enum whose
whose(const struct exch_match *m, const struct exch_rec *r)
{
	const struct exch_part *p = m->all->part;

	if (r->type == EXCH_REC_MASS_CANCEL || r->type == EXCH_REC_ACCOUNT ||
	    (r->type == EXCH_REC_PHASE && r->instr == 0))
		return ALL;
	if (exch_engine_instr(m, r->instr) != NULL)
		return OWN;
	if (is_foreign(p, r->instr))
		return FOREIGN;
	if (r->type == EXCH_REC_INSTRUMENT)
		return exch_shard_deal(m, r) == p->no ? OWN : FOREIGN;
	return p->no == 0 ? OWN : FOREIGN;
}

/* ---- groups ---- */

static struct exch_part_group *
place_of(const struct exch_part *p, uint64_t group, uint32_t account)
{
	uint64_t h =
	    (group ^ (uint64_t)account << 32) * UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (size_t)(h >> 32);

	for (;; i++) {
		struct exch_part_group *g = &p->group[i & (p->cap_group - 1)];

		if (g->whose == 0 ||
		    (g->group == group && g->account == account))
			return g;
	}
}

static bool
grow(struct exch_part *p)
{
	struct exch_part_group *was = p->group, *more;
	size_t n = p->cap_group, cap = n == 0 ? 256 : n * 2;

	if (p->ngroup * 2 < n)
		return true;
	more = exch_calloc(cap, sizeof(*more));
	if (more == NULL)
		return false;
	p->group = more;
	p->cap_group = cap;
	for (size_t i = 0; i < n; i++)
		if (was[i].whose != 0)
			*place_of(p, was[i].group, was[i].account) = was[i];
	exch_free(was);
	return true;
}

/* A group's orders have to be in one part: whose they are, from 0. */
static void
note_group(struct exch_match *m, const struct exch_rec_new *c, bool own)
{
	struct exch_part *p = m->all->part;
	const struct exch_ext *e =
	    exch_rec_ext(&c->h, sizeof(*c), EXCH_EXT_OCO);
	struct exch_part_group *g;

	if (e == NULL)
		return;
	if (!grow(p)) {
		m->ended = true;
		return;
	}
	g = place_of(p, e->value, c->account);
	if (g->whose == 0) {
		*g =
		    (struct exch_part_group){e->value, c->account, own ? 1 : 2};
		p->ngroup++;
	} else if (g->whose != (own ? 1 : 2)) {
		p->why = "orders that cancel each other are in instruments of "
			 "several parts";
	}
}

/* One that moves an order to another account moves it to another group. */
static void
note_replace(struct exch_match *m, const struct exch_rec_replace *c)
{
	const struct exch_instr *in = exch_engine_instr(m, c->h.instr);
	const struct exch_special *s;
	exch_slot o;

	if (in == NULL || !in->grouped || c->account == 0)
		return;
	o = exch_book_find(m->store, &in->book, c->order);
	s = o != EXCH_SLOT_NONE ? exch_special_of(m, o) : NULL;
	if (s != NULL && s->oco != 0 && s->account != c->account)
		m->all->part->why =
		    "an order of a group that cancels each other changed its "
		    "account";
}

/* ---- records ---- */

/* Whoever has it will refuse it: it is as if it were not sent. */
static bool
is_stopped(struct exch_part *p, const struct exch_rec *r)
{
	const struct exch_rec_risk *k = EXCH_REC_AS(r, exch_rec_risk);
	struct exch_stopped was = {
	    p->judged.order, EXCH_REJ_RISK, p->judged.command};
	bool stopped = p->judged.verdict != EXCH_VERDICT_PASS &&
		       p->judged.h.instr == r->instr &&
		       exch_verdict_is_for(&was, r);

	if (r->type == EXCH_REC_RISK && k != NULL)
		p->judged = *k;
	else if (stopped)
		p->judged.verdict = EXCH_VERDICT_PASS;
	return stopped;
}

/* Of others, what concerns us all the same. */
static void
note_foreign(struct exch_match *m, const struct exch_rec *r)
{
	struct exch_part *p = m->all->part;
	const struct exch_rec_new *c =
	    r->type == EXCH_REC_NEW ? EXCH_REC_AS_ASKED(r, exch_rec_new) : NULL;
	const struct exch_rec_quote *q =
	    r->type == EXCH_REC_QUOTE ? EXCH_REC_AS_ASKED(r, exch_rec_quote)
				      : NULL;

	if (r->type == EXCH_REC_INSTRUMENT && !is_foreign(p, r->instr)) {
		p->foreign[r->instr / 64] |= UINT64_C(1) << r->instr % 64;
		m->all->dealt++;
	}
	if ((r->flags & EXCH_F_IMPOSED) != 0 || !is_foreign(p, r->instr) ||
	    is_stopped(p, r))
		return;
	if (c != NULL) {
		const struct exch_ext *e =
		    exch_rec_ext(r, sizeof(*c), EXCH_EXT_CLIENT);

		note_group(m, c, false);
		/* What was said before is not counted again. */
		if (e == NULL || exch_client_foreign(m, c, e->value))
			(void)exch_guard_throttles(m, c->account);
	}
	if (q != NULL && (q->bid_qty != 0 || q->ask_qty != 0))
		(void)exch_guard_throttles(m, q->account);
}

static void
note_own(struct exch_match *m, const struct exch_rec *r)
{
	const struct exch_rec_new *c =
	    r->type == EXCH_REC_NEW ? EXCH_REC_AS_ASKED(r, exch_rec_new) : NULL;
	const struct exch_rec_replace *x =
	    r->type == EXCH_REC_REPLACE ? EXCH_REC_AS_ASKED(r, exch_rec_replace)
					: NULL;

	if (c != NULL && (r->flags & EXCH_F_IMPOSED) == 0)
		note_group(m, c, true);
	if (x != NULL)
		note_replace(m, x);
}

static bool
is_valid(const struct exch_rec *r)
{
	const struct exch_rec_instrument *i =
	    EXCH_REC_AS(r, exch_rec_instrument);

	return i != NULL && exch_instrument_valid(i);
}

/* Its values stop all instruments. */
static bool
is_index(const struct exch_match *m, const struct exch_rec *r)
{
	const struct exch_market *k = m->o.market;
	const struct exch_rec_instrument *i =
	    EXCH_REC_AS(r, exch_rec_instrument);

	return k != NULL && k->breaker.n != 0 && i != NULL &&
	       memcmp(i->symbol, k->breaker.symbol, sizeof(i->symbol)) == 0;
}

int
exch_part_error(const struct exch_match *m, struct exch_diag *d)
{
	const struct exch_part *p = m->all->part;

	if (p->why == NULL)
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
	    "%s: parts cannot know that of each other: use -j", p->why);
}

int
exch_part_apply(
    struct exch_match *m, const struct exch_rec *r, struct exch_diag *d)
{
	struct exch_part *p = m->all->part;
	enum whose w = whose(m, r);
	int err = EXCH_OK;

	if (r->type == EXCH_REC_INSTRUMENT && is_index(m, r))
		p->why = "the index of the market-wide breaker is among the "
			 "instruments";
	exch_part_step_slow(
	    m, 0, EXCH_PART_RECORD, 0, w == ALL && r->type != EXCH_REC_ACCOUNT);
	if (w == FOREIGN) {
		if (r->type != EXCH_REC_INSTRUMENT || is_valid(r))
			note_foreign(m, r);
	} else {
		note_own(m, r);
		err = exch_engine_take(m, r, m->now, d);
		/* Of those that are all engines' one of them complains. */
		if (err == EXCH_ERR_FORMAT && w == ALL && p->no != 0) {
			exch_diag_clear(d);
			err = EXCH_OK;
		}
	}
	if (err == EXCH_OK && m->ended)
		return exch_engine_why(m, d);
	return err != EXCH_OK ? err : exch_part_error(m, d);
}
