/*
 * Commands into the engine, and what comes of them: into the stream, into
 * what flows see of the market, to the agents whom it concerns.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "sim/kernel.h"

/* ---- the stream ---- */

void
exch_sim_write(struct exch_sim *s, const struct exch_rec *r)
{
	size_t n = exch_rec_len(r);
	struct exch_rec *p =
	    exch_writer_put(s->out, r->type, n, r->instr, r->time);

	memcpy(p + 1, r + 1, n - sizeof(*r));
	p->flags = r->flags;
}

int
exch_sim_show(struct exch_sim *s, const struct exch_rec *r, struct exch_diag *d)
{
	int err = s->o.seen != NULL ? s->o.seen(s->o.seen_arg, r) : EXCH_OK;

	if (err == EXCH_OK)
		return EXCH_OK;
	return exch_diag_set(d, err, NULL, EXCH_POS_NONE, 0,
	    "the figures of the run: %s", exch_err_text((enum exch_err)err));
}

/* ---- instruments ---- */

/* It gets its place, behind those that were announced before. */
static struct sim_instr *
add_instr(struct exch_sim *s, uint32_t id)
{
	size_t n = s->nplace;

	if (!exch_room(&s->place, id, &s->nplace, sizeof(*s->place)))
		return NULL;
	memset(s->place + n, 0, (s->nplace - n) * sizeof(*s->place));
	if (!exch_room(&s->instr, s->ninstr, &s->cap_instr, sizeof(*s->instr)))
		return NULL;
	s->instr[s->ninstr++] = (struct sim_instr){.m.instr = id};
	s->place[id] = (uint32_t)s->ninstr;
	return &s->instr[s->ninstr - 1];
}

static int
announced(struct exch_sim *s, const struct exch_rec_instrument *r,
    struct exch_diag *d)
{
	struct exch_book *book = exch_match_book(s->match, r->h.instr);
	const struct exch_market *rules =
	    exch_market_rules(s->o.match.market, r->symbol);
	struct sim_instr *in = exch_sim_instr(s, r->h.instr);
	bool known = in != NULL, same;
	exch_px was;
	int err = EXCH_OK;

	if (book == NULL)
		return EXCH_OK;
	if (!known)
		in = add_instr(s, r->h.instr);
	if (in == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for instruments");
	same = in->rec.tick == r->tick && in->rec.lot == r->lot &&
	       in->rec.reference == r->reference &&
	       in->rec.min_qty == r->min_qty && in->rec.max_qty == r->max_qty;
	was = in->tick;
	if (was != r->tick)
		in->m.last = EXCH_SIM_NO_TICK; /* it was in other ticks */
	in->rec = *r;
	in->venue = exch_where_is(s, r);
	in->dark = rules != NULL && rules->midpoint;
	in->least = r->min_qty;
	if (in->dark && rules->midpoint_min > in->least)
		in->least = rules->midpoint_min;
	in->tick = r->tick;
	in->m.lot = r->lot;
	in->m.reference = r->reference != EXCH_PX_NONE ? r->reference / r->tick
						       : EXCH_SIM_NO_TICK;
	if (known) {
		if (was != in->tick)
			err = exch_paper_announced(s, in, was, d);
		return err != EXCH_OK || same || in->desks == 0
			   ? err
			   : exch_desk_announced(s, r);
	}
	in->m.book = book;
	in->m.store = exch_match_books(s->match, r->h.instr);
	in->m.best[0] = in->m.best[1] = in->m.last = EXCH_SIM_NO_TICK;
	in->phase = s->o.match.phase;
	in->flows = EXCH_SIM_NOBODY;
	return EXCH_OK;
}

static int
phase(struct exch_sim *s, const struct exch_rec_phase *p)
{
	struct sim_instr *in;

	if (p->h.instr != 0) {
		in = exch_sim_instr(s, p->h.instr);
		if (in != NULL)
			in->phase = p->phase;
	} else {
		for (size_t i = 0; i < s->ninstr; i++)
			s->instr[i].phase = p->phase;
		s->all_changed = true;
	}
	return exch_desk_phase(s, p->h.instr, p->phase);
}

/* ---- events ---- */

/* So much of an order is gone. */
static inline void
less(struct exch_sim *s, struct sim_instr *in, exch_oid order, exch_qty qty)
{
	if (order == s->hand.order)
		s->hand.qty -= qty;
	else
		(void)exch_crowd_less(s, in, order, qty);
}

static void
executed(
    struct exch_sim *s, struct sim_instr *in, const struct exch_rec_exec *e)
{
	in->m.trades++;
	in->m.last = e->price / in->tick;
	if (s->npaper != 0)
		exch_paper_hear(s, in, e);
	less(s, in, e->buy, e->qty);
	less(s, in, e->sell, e->qty);
}

static inline void
touch(struct exch_sim *s, uint32_t instr)
{
	if (s->changed == 0)
		s->changed = instr;
	else if (s->changed != instr)
		s->all_changed = true;
}

static int
hear(struct exch_sim *s, const struct exch_rec *r)
{
	struct sim_instr *in = exch_sim_instr(s, r->instr);

	s->st.events++;
	if (r->type == EXCH_REC_PHASE) {
		int err = phase(s, (const void *)r);

		if (err != EXCH_OK)
			return err;
	}
	if (in == NULL)
		return EXCH_OK;
	touch(s, r->instr);
	switch (r->type) {
	case EXCH_REC_EXEC:
		executed(s, in, (const void *)r);
		break;
	case EXCH_REC_CANCELLED: {
		const struct exch_rec_cancelled *c = (const void *)r;

		less(s, in, c->order, c->qty);
		break;
	}
	case EXCH_REC_REJECT:
		if (((const struct exch_rec_reject *)r)->order == s->hand.order)
			s->hand.gone = true;
		break;
	default:
		break;
	}
	return in->desks != 0 ? exch_desk_hear(s, in, r) : EXCH_OK;
}

/* What the engine has said goes on. */
static int
drain(struct exch_sim *s, struct exch_diag *d)
{
	const unsigned char *p, *end;
	size_t n = exch_writer_drafted(s->draft, &p);
	int err = EXCH_OK;

	if (n == 0)
		return EXCH_OK;
	if (!s->o.orders) {
		exch_writer_turn(s->out, true);
		exch_writer_adopt(s->out, p, n);
		exch_writer_turn(s->out, false);
	}
	if (s->day != NULL)
		exch_past_hear(s, p, n);
	for (end = p + n; p < end && err == EXCH_OK;) {
		const struct exch_rec *r = (const void *)p;

		p += exch_rec_len(r);
		err = hear(s, r);
		if (err == EXCH_OK && s->o.seen != NULL)
			err = exch_sim_show(s, r, d);
	}
	if (err == EXCH_OK)
		err = exch_writer_error(s->draft, d);
	exch_writer_draft_clear(s->draft);
	return err;
}

/* ---- what has changed ---- */

static inline int64_t
best(const struct exch_sim_market *m, unsigned side)
{
	exch_slot l = m->book->side[side].best;

	return l == EXCH_SLOT_NONE ? EXCH_SIM_NO_TICK : m->store->slot[l].tick;
}

static int
look(struct exch_sim *s, struct sim_instr *in, struct exch_diag *d)
{
	in->m.best[0] = best(&in->m, 0);
	in->m.best[1] = best(&in->m, 1);
	in->m.open = in->phase == EXCH_PHASE_CONTINUOUS;
	if (s->npaper != 0) {
		int err = exch_paper_settle(s, in, d);

		if (err != EXCH_OK)
			return err;
	}
	return in->desks != 0 ? exch_desk_book(s, in) : EXCH_OK;
}

static int
settle(struct exch_sim *s, struct exch_diag *d)
{
	int err = EXCH_OK;

	if (s->all_changed) {
		for (size_t i = 0; i < s->ninstr && err == EXCH_OK; i++)
			err = look(s, &s->instr[i], d);
	} else if (s->changed != 0) {
		err = look(s, exch_sim_instr(s, s->changed), d);
	}
	if (err == EXCH_OK)
		exch_crowd_settle(s);
	s->changed = 0;
	s->all_changed = false;
	return err;
}

int
exch_sim_clock(struct exch_sim *s, exch_ts t, struct exch_diag *d)
{
	int err = exch_match_advance(s->match, t, d);

	if (err == EXCH_OK)
		err = drain(s, d);
	return err == EXCH_OK ? settle(s, d) : err;
}

/* It stands in the output: what becomes of it. */
static int
carry_out(struct exch_sim *s, const struct exch_rec *r, struct exch_diag *d)
{
	bool announces = r->type == EXCH_REC_INSTRUMENT;
	uint64_t refused = announces ? exch_match_stats(s->match)->refused : 0;
	int err = exch_sim_show(s, r, d);

	if (err == EXCH_OK)
		err = exch_match_apply(s->match, r, d);
	s->st.commands += r->type >= EXCH_REC_NEW && r->type <= EXCH_REC_BREAK;
	if (err == EXCH_OK)
		err = drain(s, d);
	/* What was refused stays as it was: the ERROR record says why. */
	if (err == EXCH_OK && announces &&
	    exch_match_stats(s->match)->refused == refused)
		err = announced(s, (const void *)r, d);
	if (err != EXCH_OK)
		return err;
	if (r->type == EXCH_REC_PHASE && phase(s, (const void *)r) != EXCH_OK)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for messages");
	/* A command about an instrument nobody has announced is refused. */
	if (exch_sim_instr(s, r->instr) != NULL)
		touch(s, r->instr);
	return settle(s, d);
}

int
exch_sim_command(struct exch_sim *s, struct exch_rec *r, struct exch_diag *d)
{
	int err = exch_match_advance(s->match, r->time, d);

	if (err == EXCH_OK)
		err = drain(s, d);
	if (err != EXCH_OK)
		return err;
	exch_sim_write(s, r);
	return carry_out(s, r, d);
}

int
exch_sim_pass(struct exch_sim *s, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	int err = exch_match_advance(s->match, r->time, d);

	if (err == EXCH_OK)
		err = drain(s, d);
	if (err != EXCH_OK)
		return err;
	exch_writer_copy(s->out, r, seq);
	return carry_out(s, r, d);
}
